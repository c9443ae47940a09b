// What the factorizations share: matrices of a batch, column by column as LAPACK has them, and Householder's
// reflections.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/core/tensor.h"
#include "native/kernels/vectors.h"

namespace strided::linalg {

/// A matrix whose columns are contiguous, `step` elements apart: one after another unless it is part of a larger one.
template <class T>
struct Matrix {
  T* data;
  int64_t rows, columns, step;

  Matrix(T* d, int64_t m, int64_t n) : Matrix(d, m, n, m) {}
  Matrix(T* d, int64_t m, int64_t n, int64_t between) : data(d), rows(m), columns(n), step(between) {}
  T* column(int64_t j) const { return data + j * step; }
  T& operator()(int64_t i, int64_t j) const { return data[i + j * step]; }
  /// `m` rows from i on of `n` columns from j on.
  Matrix block(int64_t i, int64_t j, int64_t m, int64_t n) const { return {data + i + j * step, m, n, step}; }
};

constexpr int64_t kShort = 16;  // elements below which a call takes longer than they do

template <class T>
const VectorKernel<T>& vectors() {
  if constexpr (std::is_same_v<T, float>) return vector_kernels().f32;
  else return vector_kernels().f64;
}

/// y += factor x
template <class T>
inline void add_multiple(int64_t n, T factor, const T* x, T* y) {
  if (n >= kShort) return vectors<T>().add_multiple(n, factor, x, y);
  for (int64_t i = 0; i < n; ++i) y[i] += factor * x[i];
}

template <class T>
inline T inner_product(int64_t n, const T* x, const T* y) {
  if (n >= kShort) return vectors<T>().inner_product(n, x, y);
  T sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += x[i] * y[i];
  return sum;
}

/// The length of x, without overflow.
template <class T>
inline T length(int64_t n, const T* x) {
  T largest = 0;
  for (int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
  if (largest == 0 || !std::isfinite(largest)) return std::sqrt(inner_product(n, x, x));
  T sum = 0;
  for (int64_t i = 0; i < n; ++i) sum += (x[i] / largest) * (x[i] / largest);
  return largest * std::sqrt(sum);
}

/// Finds H = I - tau v v', v[0] = 1, with H x = (beta, 0, …); x becomes beta and the rest of v. Returns tau.
template <class T>
inline T make_reflection(int64_t n, T* x) {
  const T rest = length(n - 1, x + 1);
  if (rest == 0) return 0;
  const T beta = -std::copysign(std::hypot(x[0], rest), x[0]);
  const T tau = (beta - x[0]) / beta, scale = 1 / (x[0] - beta);
  for (int64_t i = 1; i < n; ++i) x[i] *= scale;
  x[0] = beta;
  return tau;
}

/// Applies H to x; the first element of v is taken as 1.
template <class T>
inline void reflect(int64_t n, T tau, const T* v, T* x) {
  const T along = tau * (x[0] + inner_product(n - 1, v + 1, x + 1));
  x[0] -= along;
  add_multiple(n - 1, -along, v + 1, x + 1);
}

/// How many matrices there are in x (…, m, n).
int64_t batch_of(const Tensor& x);
/// The dimensions before the last two, and then these.
Dims batch_shape(const Tensor& x, std::initializer_list<int64_t> last);
/// A new (…, rows, columns) tensor for the batch of `x`, its matrices column by column.
Tensor empty_columns(const Tensor& x, int64_t rows, int64_t columns, DType dtype);
/// A copy of x, its matrices column by column.
Tensor columns_of(const Tensor& x, DType dtype);

/// Matrix i of a tensor that columns_of() or empty_columns() made.
template <class T>
Matrix<T> matrix_of(const Tensor& x, int64_t i) {
  const int64_t rows = x.size(x.dim() - 2), columns = x.size(x.dim() - 1);
  return {x.data_as<T>() + i * rows * columns, rows, columns};
}

/// Calls body(i) for each matrix of a batch, each of which takes `work` operations. The threads share out the matrices,
/// or the work of a single one.
template <class F>
void for_each_matrix(int64_t count, int64_t work, F&& body) {
  if (count == 1) return body(int64_t{0});
  parallel_for(count, std::max<int64_t>(1, 32768 / std::max<int64_t>(work, 1)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

/// Calls body(T{}) with the element type of `dtype`, for which `name` has to be defined.
template <class F>
void for_dtype(const char* name, DType dtype, F&& body) {
  if (dtype == DType::Float32) return body(float{});
  if (dtype == DType::Float64) return body(double{});
  fail(ErrorKind::Runtime, "\"", name, "\" not implemented for '", dtype_scalar_name(dtype), "'");
}

}  // namespace strided::linalg
