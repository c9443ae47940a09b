// Moments and norms.
#include <cmath>

#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/ops/reduce_plan.h"

namespace strided::ops {
namespace {

/// Mean and sum of squared deviations in double, in two passes: no cancellation, whatever the mean.
struct Moments {
  Tensor mean, squares;
  int64_t n;

  Moments(const Tensor& x, const OptDims& dims, bool keepdim) {
    const Dims reduced = reduced_dims(x, dims);
    n = reduced_numel(x.shape(), reduced);
    mean = reduce(ReduceOp::total, x, reduced, keepdim);
    binary(BinaryOp::div, mean, Scalar(static_cast<double>(n)), mean);
    squares = reduce(ReduceOp::deviation, x, reduced, keepdim, mean);
  }
  Tensor variance(OptDouble correction, bool root) const {
    const double divisor = std::max(0.0, static_cast<double>(n) - correction.value_or(1));
    binary(BinaryOp::div, squares, Scalar(divisor), squares);
    return root ? unary(UnaryOp::sqrt, squares, squares) : squares;
  }
};

Tensor spread(const Tensor& x, const OptDims& dims, OptDouble correction, bool keepdim, bool root) {
  check(is_floating(x.dtype()), "std and var only support floating point and complex dtypes");
  return strided::to_dtype(Moments(x, dims, keepdim).variance(correction, root), x.dtype());
}

Pair spread_and_mean(const char* name, const Tensor& x, const OptDims& dims, OptDouble correction, bool keepdim,
                     bool root) {
  check(is_floating(x.dtype()), name, " only support floating point and complex dtypes");
  const Moments moments(x, dims, keepdim);
  return {strided::to_dtype(moments.variance(correction, root), x.dtype()), strided::to_dtype(moments.mean, x.dtype())};
}

bool has_identity(double p) { return p >= 0 && !std::isinf(p); }

void check_norm(const Tensor& x, double p, const Dims& dims, bool all, OptDType dtype) {
  const char* name = "linalg.vector_norm: ";
  check(is_floating(x.dtype()), name, "Expected a floating point or complex tensor as input. Got ",
        dtype_scalar_name(x.dtype()));
  if (dtype) {
    check(is_floating(*dtype), name, "dtype should be floating point or complex, but got ", dtype_scalar_name(*dtype));
    check(promote(x.dtype(), *dtype) == *dtype, name, "the dtype of the input (", dtype_scalar_name(x.dtype()),
          ") should be convertible without narrowing to the specified dtype (", dtype_scalar_name(*dtype), ")");
  }
  if (has_identity(p) || x.numel() != 0) return;
  check(!all, "linalg.vector_norm cannot compute the ", p,
        " norm on an empty tensor because the operation does not have an identity");
  for (int64_t d : dims) {
    check(x.size(static_cast<int>(d)) != 0, "linalg.vector_norm cannot compute the ", p, " norm on the dimension ", d,
          "because this dimension is empty and the operation does not have an identity");
  }
}

Tensor power_sum(const Tensor& x, double p, const Dims& dims, bool keepdim) {
  if (p == 1) return reduce(ReduceOp::norm1, x, dims, keepdim);
  if (p == 2) {
    const Tensor squares = reduce(ReduceOp::norm2, x, dims, keepdim);
    return unary(UnaryOp::sqrt, squares, squares);
  }
  if (p == 0) return reduce(ReduceOp::sum, strided::to_dtype(x, DType::Bool), dims, keepdim);
  const Tensor magnitude = strided::to_dtype(unary(UnaryOp::abs, x), compute_dtype(x.dtype()));
  if (std::isinf(p)) return reduce(p > 0 ? ReduceOp::amax : ReduceOp::amin, magnitude, dims, keepdim);
  const Tensor total = reduce(ReduceOp::sum, binary(BinaryOp::pow, magnitude, Scalar(p), magnitude), dims, keepdim);
  return binary(BinaryOp::pow, total, Scalar(1 / p), total);
}

}  // namespace

Tensor var(const Tensor& x, const OptDims& dims, OptDouble correction, bool keepdim) {
  return spread(x, dims, correction, keepdim, false);
}
Tensor std(const Tensor& x, const OptDims& dims, OptDouble correction, bool keepdim) {
  return spread(x, dims, correction, keepdim, true);
}
Pair var_mean(const Tensor& x, const OptDims& dims, OptDouble correction, bool keepdim) {
  return spread_and_mean("var_mean", x, dims, correction, keepdim, false);
}
Pair std_mean(const Tensor& x, const OptDims& dims, OptDouble correction, bool keepdim) {
  return spread_and_mean("std_mean", x, dims, correction, keepdim, true);
}

Tensor vector_norm(const Tensor& x, double p, const OptDims& dims, bool keepdim, OptDType dtype) {
  const Dims reduced = reduced_dims(x, dims);
  check_norm(x, p, reduced, !dims || dims->empty(), dtype);
  const DType result = dtype ? *dtype : x.dtype();
  const bool widens = is_half(x.dtype()) && result == DType::Float32;
  return strided::to_dtype(power_sum(widens ? x : strided::to_dtype(x, result), p, reduced, keepdim), result);
}

}  // namespace strided::ops
