// Eigenvalues of symmetric matrices and singular values.
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/ops/spectral.h"

namespace strided::ops {

using namespace linalg;

/// x (…, n, n), symmetric and full: [eigenvalues (…, n), rising; eigenvectors; whether each failed to converge].
Triple eigh_factor(const Tensor& x) {
  const int64_t n = x.size(x.dim() - 1);
  const Tensor vectors = columns_of(x, DType::Float64);
  const Tensor values = strided::empty(batch_shape(x, {n}), DType::Float64);
  Tensor info = strided::empty(batch_shape(x, {}), DType::Int32);
  for_each_matrix(batch_of(x), 8 * n * n * n, [&](int64_t i) {
    Doubles d = doubles(n);
    info.data_as<int32_t>()[i] = decompose_symmetric(matrix_of<double>(vectors, i), d) ? 0 : 1;
    std::copy(d.begin(), d.end(), values.data_as<double>() + i * n);
  });
  return {strided::to_dtype(values, x.dtype()), columns_of(vectors, x.dtype()), info};
}

/// x (…, m, n): [U, S (…, min(m, n)), V'] and whether each failed to converge; `full`: U and V square.
TensorList svd_factor(const Tensor& x, bool full) {
  const int64_t m = x.size(x.dim() - 2), n = x.size(x.dim() - 1), k = std::min(m, n);
  const bool tall = m >= n;
  // Of a wide matrix the transpose is decomposed: U and V change places.
  const Tensor a = columns_of(tall ? x : x.with_layout(transpose(x.layout(), -2, -1)), DType::Float64);
  const int64_t high = std::max(m, n);
  const Tensor u = empty_columns(x, high, full ? high : k, DType::Float64);
  const Tensor v = empty_columns(x, k, k, DType::Float64);
  const Tensor values = strided::empty(batch_shape(x, {k}), DType::Float64);
  Tensor info = strided::empty(batch_shape(x, {}), DType::Int32);
  for_each_matrix(batch_of(x), 16 * m * n * k, [&](int64_t i) {
    Doubles s = doubles(k);
    const bool converged =
        decompose_singular(matrix_of<double>(a, i), matrix_of<double>(u, i), s, matrix_of<double>(v, i));
    info.data_as<int32_t>()[i] = converged ? 0 : 1;
    std::copy(s.begin(), s.end(), values.data_as<double>() + i * k);
  });
  const Tensor& left = tall ? u : v;
  const Tensor& right = tall ? v : u;
  return {columns_of(left, x.dtype()), strided::to_dtype(values, x.dtype()),
          columns_of(right.with_layout(transpose(right.layout(), -2, -1)), x.dtype()), info};
}

}  // namespace strided::ops
