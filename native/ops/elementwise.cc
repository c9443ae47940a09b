#include "native/ops/elementwise.h"

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/core/parallel.h"
#include "native/kernels/move.h"

namespace strided {
namespace {

constexpr int kMaxInputs = 3;

struct Traits {
  const char* name;
  Domain domain;
  Gives gives;
};

#define UNARY(name, domain, gives, value) {#name, Domain::domain, Gives::gives},
constexpr Traits kUnary[] = {
#include "native/kernels/unary.def"
};
#undef UNARY
#define BINARY(name, domain, gives, value) {#name, Domain::domain, Gives::gives},
constexpr Traits kBinary[] = {
#include "native/kernels/binary.def"
};
#undef BINARY
#define TERNARY(name, domain, value) {#name, Domain::domain, Gives::Same},
constexpr Traits kTernary[] = {
#include "native/kernels/ternary.def"
};
#undef TERNARY

struct RareTraits {
  Traits traits;
  Takes takes;
};
#define RARE(name, takes, value) {{#name "_cpu", Domain::Floating, Gives::Same}, Takes::takes},
constexpr RareTraits kRareUnary[] = {
#include "native/kernels/rare_unary.def"
};
constexpr RareTraits kRareBinary[] = {
#include "native/kernels/rare_binary.def"
};
#undef RARE

DType kernel_dtype(const Traits& op, DType common) {
  if (op.domain == Domain::Floating && !is_floating(common)) return default_dtype();
  return common;
}

[[noreturn]] void fail_dtype(const Traits& op, DType t) {
  fail(ErrorKind::NotImplemented, "\"", op.name, "\" not implemented for '", dtype_scalar_name(t), "'");
}

void check_loop(Loop loop, const Traits& op, DType t) {
  if (!loop) fail_dtype(op, t);
}

DType kernel_dtype(const RareTraits& op, DType common) {
  if (op.takes == Takes::Wide && is_half(common)) fail_dtype(op.traits, common);
  if (op.takes == Takes::Exact && !is_floating(common)) fail_dtype(op.traits, common);
  return kernel_dtype(op.traits, common);
}

/// Whether the elements of `t` are those of a result of this shape one after another, with nothing to convert.
bool is_plain(const Tensor& t, const Dims& shape, DType as) {
  return t.dtype() == as && t.shape() == shape && t.is_contiguous();
}

// What most calls come to: one inner loop, without dimensions to order and merge.
void run_plain(Loop loop, const Tensor& result, std::initializer_list<const Value*> inputs, DType compute) {
  alignas(8) char numbers[kMaxInputs][8];
  char* data[1 + kMaxInputs] = {result.data()};
  int64_t steps[1 + kMaxInputs] = {result.item_size()};
  int count = 0;
  for (const Value* v : inputs) {
    char* number = numbers[count++];
    if (!v->is_tensor()) v->number.store(compute, number);
    data[count] = v->is_tensor() ? v->tensor.data() : number;
    steps[count] = v->is_tensor() ? item_size(compute) : 0;
  }
  bool streams = result.numel() * steps[0] >= kStreamedBytes;
  for (int k = 1; k <= count; ++k) streams = streams && data[k] != data[0];
  parallel_for(result.numel(), kElementwiseGrain, [&](int64_t begin, int64_t end) {
    char* at[1 + kMaxInputs];
    for (int k = 0; k <= count; ++k) at[k] = data[k] + begin * steps[k];
    if (!streams) return loop(at, steps, end - begin);
    run_streamed(loop, at, steps, 1 + count, steps[0], end - begin);
    move_kernels().finish();
  });
}

// Element-wise ops on 0-d results, small ones and large ones all come through here.
Tensor run(const Traits& op, Loop loop, DType common, const Dims& shape, std::initializer_list<const Value*> inputs,
           const Tensor& out) {
  const DType compute = compute_dtype(common);
  const DType given = op.gives == Gives::Bool ? DType::Bool : common;
  const Tensor* tensors[kMaxInputs];
  int count = 0;
  bool plain = true;
  for (const Value* v : inputs) {
    if (!v->is_tensor()) continue;
    tensors[count++] = &v->tensor;
    plain = plain && is_plain(v->tensor, shape, compute);
  }
  Tensor result = out;
  if (result.defined()) {
    check_result_cast(given, result);
    check(result.shape() == shape, "output with shape ", result.shape(), " doesn't match the broadcast shape ", shape);
    check_no_self_overlap(result);
    for (int i = 0; i < count; ++i) check_no_overlap(result, *tensors[i]);
  } else {
    result = plain ? empty(shape, given) : empty_strided(shape, result_strides(shape, tensors, count), given);
  }
  const DType written = op.gives == Gives::Bool ? DType::Bool : compute;
  if (plain && is_plain(result, shape, written)) {
    run_plain(loop, result, inputs, compute);
    return result;
  }
  Iterator it(shape);
  it.output(result, written);
  for (const Value* v : inputs) {
    if (v->is_tensor()) it.input(v->tensor, compute);
    else it.input(v->number, compute);
  }
  it.run(loop);
  return result;
}

bool divides(BinaryOp op) {
  return op == BinaryOp::div_trunc || op == BinaryOp::div_floor || op == BinaryOp::remainder || op == BinaryOp::fmod;
}

bool has_zero(const Value& v) {
  if (!v.is_tensor()) return !v.number.to_bool();
  const Tensor nonzero = binary(BinaryOp::eq, v, Scalar(0));
  const Tensor dense = contiguous(nonzero);
  const bool* p = dense.data_as<bool>();
  return std::find(p, p + dense.numel(), true) != p + dense.numel();
}

Dims broadcast_shapes(const Value& x, const Value& y) {
  if (!x.is_tensor() || !y.is_tensor())
    return x.is_tensor() ? x.tensor.shape() : y.is_tensor() ? y.tensor.shape() : Dims{};
  return x.tensor.shape() == y.tensor.shape() ? x.tensor.shape()
                                              : strided::broadcast_shapes(x.tensor.shape(), y.tensor.shape());
}

void check_alpha(const Scalar& alpha, DType common) {
  check(alpha.category() != Category::Bool || common == DType::Bool,
        "Boolean alpha only supported for Boolean results.");
  check(is_floating(common) || !alpha.is_float(),
        "For integral input tensors, argument alpha must not be a floating point number.");
}

}  // namespace

void check_result_cast(DType from, const Tensor& out) {
  check(can_cast(from, out.dtype()), "result type ", dtype_scalar_name(from),
        " can't be cast to the desired output type ", dtype_scalar_name(out.dtype()));
}

Tensor empty_result(const Dims& shape, DType dtype, std::initializer_list<const Tensor*> inputs) {
  return empty_strided(shape, result_strides(shape, inputs.begin(), static_cast<int>(inputs.size())), dtype);
}

Tensor unary(UnaryOp op, const Tensor& x, const Tensor& out) {
  const Traits& traits = kUnary[static_cast<int>(op)];
  const DType common = kernel_dtype(traits, x.dtype());
  check(op != UnaryOp::neg || common != DType::Bool, ErrorKind::NotImplemented,
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the "
        "`~` or "
        "`logical_not()` operator instead.");
  const Loop loop = unary_kernels().loops[static_cast<int>(op)][compute_dtype(common)];
  check_loop(loop, traits, common);
  const Value v(x);
  return run(traits, loop, common, x.shape(), {&v}, out);
}

Tensor unary(RareUnaryOp op, const Tensor& x, const Tensor& out) {
  const RareTraits& rare = kRareUnary[static_cast<int>(op)];
  const DType common = kernel_dtype(rare, x.dtype());
  const Value v(x);
  return run(rare.traits, rare_kernels().unary[static_cast<int>(op)][compute_dtype(common)], common, x.shape(), {&v},
             out);
}

Tensor binary(BinaryOp op, const Value& x, const Value& y, const Tensor& out) {
  const Traits& traits = kBinary[static_cast<int>(op)];
  const DType common = kernel_dtype(traits, result_type(x, y));
  if (op == BinaryOp::sub && common == DType::Bool) {
    fail(ErrorKind::NotImplemented,
         "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` "
         "operator instead.");
  }
  if (divides(op) && is_integral(common)) check(!has_zero(y), "ZeroDivisionError");
  if (op == BinaryOp::pow && is_integral(common) && !y.is_tensor()) {
    check(y.number.to_int() >= 0, "Integers to negative integer powers are not allowed.");
  }
  if (op == BinaryOp::pow && common == DType::Bool && !y.is_tensor()) {  // x ** True is x, x ** False is True
    return binary(BinaryOp::logical_or, x, Scalar(!y.number.to_bool()), out);
  }
  const Loop loop = binary_kernels().loops[static_cast<int>(op)][compute_dtype(common)];
  check_loop(loop, traits, common);
  return run(traits, loop, common, broadcast_shapes(x, y), {&x, &y}, out);
}

Tensor binary(RareBinaryOp op, const Value& x, const Value& y, const Tensor& out) {
  const RareTraits& rare = kRareBinary[static_cast<int>(op)];
  const DType common = kernel_dtype(rare, result_type(x, y));
  const Loop loop = rare_kernels().binary[static_cast<int>(op)][compute_dtype(common)];
  return run(rare.traits, loop, common, broadcast_shapes(x, y), {&x, &y}, out);
}

Tensor ternary(TernaryOp op, const Value& x, const Value& y, const Value& z, const Tensor& out) {
  const Traits& traits = kTernary[static_cast<int>(op)];
  // x + alpha y: the number alpha has no say in the dtype.
  const bool scaled = (op == TernaryOp::add_scaled || op == TernaryOp::sub_scaled) && !z.is_tensor();
  const DType common = kernel_dtype(traits, scaled ? result_type(x, y) : result_type(x, y, z));
  if (scaled) check_alpha(z.number, common);
  const Loop loop = ternary_kernels().loops[static_cast<int>(op)][compute_dtype(common)];
  check_loop(loop, traits, common);
  Dims shape;
  for (const Value* v : {&x, &y, &z}) {
    if (v->is_tensor()) shape = strided::broadcast_shapes(shape, v->tensor.shape());
  }
  return run(traits, loop, common, shape, {&x, &y, &z}, out);
}

void copy_into(const Tensor& to, const Tensor& from) {
  if (to.is_same(from)) return;
  Iterator it(to.shape());
  it.output(to, to.dtype());
  it.input(from, from.dtype());
  if (to.dtype() == from.dtype()) return it.copy();
  it.run(copy_kernels().cast[static_cast<int>(from.dtype())][to.dtype()]);
}

void fill_with(const Tensor& to, const Scalar& value) {
  // All elements become the same, so one that several indices of an expanded tensor share is written once.
  Layout once = to.layout();
  for (int d = 0; d < once.dim(); ++d)
    if (once.strides[d] == 0 && once.shape[d] > 1) once.shape[d] = 1;
  const Tensor distinct = to.with_layout(once);
  Iterator it(once.shape);
  it.output(distinct, to.dtype()).input(value, to.dtype());
  it.run(copy_kernels().cast[static_cast<int>(to.dtype())][to.dtype()]);
}

Tensor to_dtype(const Tensor& x, DType dtype) {
  if (x.dtype() == dtype) return x;
  Tensor out = empty_result(x.shape(), dtype, {&x});
  copy_into(out, x);
  return out;
}

Tensor contiguous(const Tensor& x) {
  if (x.is_contiguous()) return x;
  Tensor out = empty(x.shape(), x.dtype());
  copy_into(out, x);
  return out;
}

Tensor clone(const Tensor& x) {
  Tensor out = x.layout().is_dense() ? empty_strided(x.shape(), x.strides(), x.dtype())
                                     : empty_result(x.shape(), x.dtype(), {&x});
  copy_into(out, x);
  return out;
}

}  // namespace strided
