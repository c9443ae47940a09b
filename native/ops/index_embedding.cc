// Rows of a table by number, the gradient of that, and indices that repeat.
#include <algorithm>

#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/index.h"
#include "native/ops/ops.h"

namespace strided::ops {

namespace {

void check_indices(const Tensor& indices, int argument, const char* name) {
  check(indices.dtype() == DType::Int64 || indices.dtype() == DType::Int32, "Expected tensor for argument #", argument,
        " 'indices' to have one of the following scalar types: Long, Int; but got torch.",
        dtype_scalar_name(indices.dtype()), "Tensor instead (while checking arguments for ", name, ")");
}

}  // namespace

Tensor embedding(const Tensor& weight, const Tensor& indices) {
  check(weight.dim() == 2, "'weight' must be 2-D");
  check_indices(indices, 1, "embedding");
  const int64_t n = indices.numel(), columns = weight.size(1);
  const Addresses at = addresses(indices, weight, 0, kRowBounds);
  Dims shape = indices.shape();
  shape.push_back(columns);
  Tensor out = strided::empty(shape, weight.dtype());
  const Dims rows{n, columns};
  take_at(walk(out, rows, {columns, 1}), walk(weight, rows, {0, weight.stride(1)}), walk(at, rows, {1, 0}));
  return out;
}

Tensor embedding_dense_backward(const Tensor& gradient, const Tensor& indices, int64_t rows, int64_t padding,
                                bool scale_by_frequency) {
  const int64_t n = indices.numel(), columns = gradient.dim() ? gradient.size(gradient.dim() - 1) : 0;
  check_indices(indices, 2, "embedding_backward");
  check(gradient.numel() == n * columns, "shape '", Dims{n, columns}, "' is invalid for input of size ",
        gradient.numel());
  const Tensor dense = strided::contiguous(gradient);
  Tensor out = full({rows, columns}, Scalar(0), gradient.dtype());
  const Addresses at = addresses(indices, out, 0, kRowBounds);
  const Dims shape{n, columns};
  combine_at(Combine::Add, walk(out, shape, {0, 1}), walk(dense, shape, {columns, 1}), walk(at, shape, {1, 0}));
  if (scale_by_frequency) {
    Tensor count = full({rows, 1}, Scalar(0), gradient.dtype());
    const Addresses counted = addresses(indices, count, 0, kRowBounds);
    combine_at(Combine::Add, walk(count, {n}, {0}), Scalar(1), walk(counted, {n}, {1}));
    binary(BinaryOp::maximum, count, Scalar(1), count);
    binary(BinaryOp::div, out, count, out);
  }
  if (padding >= 0 && padding < rows) fill_with(out.with_layout(strided::select(out.layout(), 0, padding)), Scalar(0));
  return out;
}

Tensor repeat_interleave(const Tensor& repeats, OptInt output_size) {
  check(repeats.dim() <= 1, "repeat_interleave only accept 1D vector as repeat");
  check(repeats.dtype() == DType::Int64 || repeats.dtype() == DType::Int32, ErrorKind::NotImplemented,
        "\"repeat_interleave_cpu\" not implemented for '", dtype_scalar_name(repeats.dtype()), "'");
  const Tensor counts = strided::contiguous(strided::to_dtype(at_least_1d(repeats), DType::Int64));
  const auto* count = counts.data_as<int64_t>();
  int64_t total = 0;
  for (int64_t i = 0; i < counts.numel(); ++i) {
    check(count[i] >= 0, "repeats can not be negative");
    total += count[i];
  }
  check(output_size.value_or(total) == total, "allocated size does not match required size");
  Tensor out = strided::empty({total}, DType::Int64);
  auto* p = out.data_as<int64_t>();
  for (int64_t i = 0; i < counts.numel(); ++i) p = std::fill_n(p, count[i], i);
  return strided::to_dtype(out, repeats.dtype());
}

}  // namespace strided::ops
