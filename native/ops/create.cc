// New tensors, copies and fills.
#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {

Tensor empty(const Dims& shape, DType dtype) { return strided::empty(shape, dtype); }
Tensor empty_strided(const Dims& shape, const Dims& strides, DType dtype) {
  return strided::empty_strided(shape, strides, dtype);
}

Tensor full(const Dims& shape, const Scalar& value, DType dtype) {
  value.check_fits(dtype);
  Tensor out = strided::empty(shape, dtype);
  fill_with(out, value);
  return out;
}

Tensor empty_like(const Tensor& x, DType dtype) {
  if (x.layout().is_dense()) return strided::empty_strided(x.shape(), x.strides(), dtype);
  return empty_result(x.shape(), dtype, {&x});
}

Tensor clone(const Tensor& x) { return strided::clone(x); }
Tensor contiguous(const Tensor& x) { return strided::contiguous(x); }
Tensor to_dtype(const Tensor& x, DType dtype) {
  return x.dtype() == dtype ? strided::clone(x) : strided::to_dtype(x, dtype);
}

Tensor copy_(const Tensor& to, const Tensor& from) {
  if (to.is_same(from)) return to;
  check_no_self_overlap(to);
  // Memory shared in a way that this does not see is read and written element by element, as in PyTorch.
  check_no_overlap(to, from);
  copy_into(to, from);
  return to;
}

Tensor fill_(const Tensor& to, const Scalar& value) {
  value.check_fits(to.dtype());
  fill_with(to, value);
  return to;
}

Tensor fill_item_(const Tensor& to, const Scalar& value) {
  check_no_self_overlap(to);
  return fill_(to, value);
}

Tensor zero_(const Tensor& to) { return fill_(to, Scalar(0)); }

Tensor where(const Tensor& condition, const Value& x, const Value& y) {
  check(condition.dtype() == DType::Bool || condition.dtype() == DType::UInt8,
        "where expected condition to be a boolean tensor, but got a tensor with dtype ",
        dtype_scalar_name(condition.dtype()));
  const DType dtype = strided::result_type(x, y);
  Dims shape = condition.shape();
  const Tensor* inputs[3] = {&condition};
  int count = 1;
  for (const Value* v : {&x, &y}) {
    if (!v->is_tensor()) continue;
    shape = broadcast_shapes(shape, v->tensor.shape());
    inputs[count++] = &v->tensor;
  }
  Tensor out = strided::empty_strided(shape, result_strides(shape, inputs, count), dtype);
  const DType compute = compute_dtype(dtype);
  Iterator it(shape);
  it.output(out, compute).input(condition, DType::Bool);
  for (const Value* v : {&x, &y}) {
    if (v->is_tensor()) it.input(v->tensor, compute);
    else it.input(v->number, compute);
  }
  it.run(ternary_kernels().where[compute]);
  return out;
}

// Several steps of a 16-bit op are rounded once, at the end.
static Tensor in_float32(Tensor (*op)(const Tensor&, const Tensor&, const Tensor&, const Scalar&), const Tensor& x,
                         const Tensor& y, const Tensor& z, const Scalar& value) {
  const auto wide = [](const Tensor& t) { return strided::to_dtype(t, DType::Float32); };
  return strided::to_dtype(op(wide(x), wide(y), wide(z), value), strided::result_type(x, y, z));
}

/// value * y, rounded to the dtype of the whole result only.
static Tensor scaled(const Tensor& y, const Scalar& value, DType common) {
  return binary(BinaryOp::mul, Value(strided::to_dtype(y, common)), Value(value));
}

Tensor addcmul(const Tensor& x, const Tensor& y, const Tensor& z, const Scalar& value) {
  const DType common = strided::result_type(x, y, z);
  if (is_half(common)) return in_float32(&addcmul, x, y, z, value);
  return ternary(TernaryOp::add_scaled, x, scaled(y, value, common), z);
}

Tensor addcdiv(const Tensor& x, const Tensor& y, const Tensor& z, const Scalar& value) {
  const DType common = strided::result_type(y, z);
  check(is_floating(common),
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true "
        "division of tensor1 "
        "and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / "
        "tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The "
        "future addcdiv "
        "behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes.");
  const DType whole = strided::result_type(x, y, z);
  if (is_half(whole)) return in_float32(&addcdiv, x, y, z, value);
  return ternary(TernaryOp::add_divided, x, scaled(y, value, whole), z);
}

}  // namespace strided::ops
