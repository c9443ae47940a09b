// Sums, products, means and truth over dimensions.
#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/ops/reduce_plan.h"

namespace strided::ops {
namespace {

DType sum_dtype(DType t) { return is_floating(t) ? t : DType::Int64; }

/// `x` as PyTorch reads it for a result of this dtype; no copy where the accumulators hold the same values anyway.
Tensor operand(const Tensor& x, DType result) {
  const bool widens = is_half(x.dtype()) && result == DType::Float32;
  const bool counts = !is_floating(x.dtype()) && result == DType::Int64;
  return widens || counts ? x : strided::to_dtype(x, result);
}

Tensor reduce_to(ReduceOp op, const Tensor& x, const Dims& dims, bool keepdim, OptDType dtype) {
  const DType result = dtype ? *dtype : sum_dtype(x.dtype());
  return strided::to_dtype(reduce(op, operand(x, result), dims, keepdim), result);
}

Tensor truth(ReduceOp op, const Tensor& x, const Dims& dims, bool keepdim) {
  const DType result = x.dtype() == DType::UInt8 ? DType::UInt8 : DType::Bool;
  return strided::to_dtype(reduce(op, strided::to_dtype(x, DType::Bool), dims, keepdim), result);
}

/// Unlike sums, any and all reduce nothing over an empty list.
Dims truth_dims(const Tensor& x, const OptDims& dims) { return dims && dims->empty() ? Dims() : reduced_dims(x, dims); }

Tensor without_nan(const Tensor& x) {
  return is_floating(x.dtype()) ? where(unary(UnaryOp::isnan, x), Value(Scalar(0)), Value(x)) : x;
}

}  // namespace

Tensor sum(const Tensor& x, const OptDims& dims, bool keepdim, OptDType dtype) {
  return reduce_to(ReduceOp::sum, x, reduced_dims(x, dims), keepdim, dtype);
}
Tensor sum_all(const Tensor& x, OptDType dtype) { return sum(x, {}, false, dtype); }

Tensor nansum(const Tensor& x, const OptDims& dims, bool keepdim, OptDType dtype) {
  return sum(without_nan(x), dims, keepdim, dtype);
}

Tensor prod(const Tensor& x, int64_t dim, bool keepdim, OptDType dtype) {
  return reduce_to(ReduceOp::prod, x, reduced_dims(x, Dims{dim}), keepdim, dtype);
}
Tensor prod_all(const Tensor& x, OptDType dtype) {
  return reduce_to(ReduceOp::prod, x, reduced_dims(x, {}), false, dtype);
}

Tensor mean(const Tensor& x, const OptDims& dims, bool keepdim, OptDType dtype) {
  const DType result = dtype ? *dtype : x.dtype();
  check(is_floating(result), "mean(): could not infer output dtype. ", dtype ? "Optional" : "Input",
        " dtype must be either a floating point or complex dtype. Got: ", dtype_scalar_name(result));
  const Dims reduced = reduced_dims(x, dims);
  const Tensor total = reduce(ReduceOp::sum, operand(x, result), reduced, keepdim);
  binary(BinaryOp::div, total, Scalar(static_cast<double>(reduced_numel(x.shape(), reduced))), total);
  return strided::to_dtype(total, result);
}
Tensor mean_all(const Tensor& x, OptDType dtype) { return mean(x, {}, false, dtype); }

Tensor any(const Tensor& x, const OptDims& dims, bool keepdim) {
  return truth(ReduceOp::any, x, truth_dims(x, dims), keepdim);
}
Tensor any_all(const Tensor& x) { return any(x, {}, false); }
Tensor all(const Tensor& x, const OptDims& dims, bool keepdim) {
  return truth(ReduceOp::all, x, truth_dims(x, dims), keepdim);
}
Tensor all_all(const Tensor& x) { return all(x, {}, false); }

Tensor count_nonzero(const Tensor& x, const OptDims& dims) {
  return reduce(ReduceOp::sum, strided::to_dtype(x, DType::Bool), reduced_dims(x, dims), false);
}

Tensor sum_to(const Tensor& x, const Dims& shape) {
  if (x.shape() == shape) return x;
  const int lead = x.dim() - shape.size();
  check(lead >= 0, "size {", shape, "} is not expandable to size {", x.shape(), "}.");
  Dims dims;
  for (int d = 0; d < x.dim(); ++d) {
    if (d < lead || (shape[d - lead] == 1 && x.size(d) != 1)) dims.push_back(d);
    else check(shape[d - lead] == x.size(d), "size {", shape, "} is not expandable to size {", x.shape(), "}.");
  }
  const Tensor total = strided::to_dtype(reduce(ReduceOp::sum, x, dims, true), x.dtype());
  return total.with_layout(contiguous_layout(shape));
}

}  // namespace strided::ops
