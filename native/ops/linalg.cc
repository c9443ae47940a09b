// Factorizations that end after so many steps: LU, Cholesky, QR, and solving with triangles.
#include "native/ops/linalg.h"

#include <numeric>

#include "native/ops/elementwise.h"
#include "native/ops/factorize.h"
#include "native/ops/ops.h"

namespace strided::linalg {

int64_t batch_of(const Tensor& x) {
  int64_t count = 1;
  for (int d = 0; d + 2 < x.dim(); ++d) count *= x.size(d);
  return count;
}

Dims batch_shape(const Tensor& x, std::initializer_list<int64_t> last) {
  Dims shape;
  for (int d = 0; d + 2 < x.dim(); ++d) shape.push_back(x.size(d));
  for (const int64_t n : last) shape.push_back(n);
  return shape;
}

Tensor empty_columns(const Tensor& x, int64_t rows, int64_t columns, DType dtype) {
  const Tensor rows_first = strided::empty(batch_shape(x, {columns, rows}), dtype);
  return rows_first.with_layout(transpose(rows_first.layout(), -2, -1));
}

Tensor columns_of(const Tensor& x, DType dtype) {
  check(x.dim() >= 2, "linalg: expected a matrix or a batch of matrices, but got a tensor of shape ", x.shape());
  Tensor copy = empty_columns(x, x.size(x.dim() - 2), x.size(x.dim() - 1), dtype);
  copy_into(copy, x);
  return copy;
}

}  // namespace strided::linalg

namespace strided::ops {
namespace {

using namespace linalg;

int64_t work_of(const Tensor& x) {
  const int64_t rows = x.size(x.dim() - 2), columns = x.size(x.dim() - 1);
  return rows * columns * std::min(rows, columns);
}

}  // namespace

/// x (…, m, n): [L and U, the pivots (…, min(m, n)), the first zero pivot of each or 0].
Triple lu_factor(const Tensor& x) {
  Tensor result = columns_of(x, x.dtype());
  const int64_t steps = std::min(x.size(x.dim() - 2), x.size(x.dim() - 1));
  Tensor pivots = strided::empty(batch_shape(x, {steps}), DType::Int32);
  Tensor info = strided::empty(batch_shape(x, {}), DType::Int32);
  for_dtype("lu_factor_cpu", x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for_each_matrix(batch_of(x), work_of(x), [&](int64_t i) {
      info.data_as<int32_t>()[i] = factor_lu(matrix_of<T>(result, i), pivots.data_as<int32_t>() + i * steps);
    });
  });
  return {result, pivots, info};
}

/// x (…, n, n), of which the lower half is read: [L, the first minor of each that is not positive or 0].
Pair cholesky_factor(const Tensor& x) {
  Tensor result = columns_of(x, x.dtype());
  Tensor info = strided::empty(batch_shape(x, {}), DType::Int32);
  for_dtype("cholesky_cpu", x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for_each_matrix(batch_of(x), work_of(x),
                    [&](int64_t i) { info.data_as<int32_t>()[i] = factor_cholesky(matrix_of<T>(result, i)); });
  });
  return {result, info};
}

/// a (…, n, n) and b (…, n, k) of one batch: X with A X = B.
Tensor triangle_solve(const Tensor& a, const Tensor& b, bool upper, bool unit) {
  check(a.dim() >= 2 && b.dim() >= 2 && a.dtype() == b.dtype() && a.size(a.dim() - 1) == a.size(a.dim() - 2) &&
            batch_shape(b, {a.size(a.dim() - 1)}) == batch_shape(a, {b.size(b.dim() - 2)}),
        "triangular_solve: A (", dtype_name(a.dtype()), " of shape ", a.shape(), ") and B (", dtype_name(b.dtype()),
        " of shape ", b.shape(), ") do not fit together");
  const Tensor triangle = columns_of(a, a.dtype());
  Tensor result = columns_of(b, b.dtype());
  for_dtype("triangular_solve_cpu", a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const int64_t n = a.size(a.dim() - 1);
    for_each_matrix(batch_of(a), n * n * b.size(b.dim() - 1), [&](int64_t i) {
      solve_triangle(matrix_of<T>(triangle, i), matrix_of<T>(result, i), upper, unit);
    });
  });
  return result;
}

/// Row i of P' A is row order[i] of A, for the pivots (…, k) of matrices of so many rows.
Tensor pivot_order(const Tensor& pivots, int64_t rows) {
  check(pivots.dim() >= 1 && pivots.dtype() == DType::Int32 && rows >= pivots.size(pivots.dim() - 1),
        "lu_unpack: pivots of shape ", pivots.shape(), " and dtype ", dtype_name(pivots.dtype()), " for ", rows,
        " rows");
  const Tensor swaps = strided::contiguous(pivots);
  const int64_t steps = pivots.size(pivots.dim() - 1);
  Dims shape = pivots.shape();
  shape[shape.size() - 1] = rows;
  Tensor result = strided::empty(shape, DType::Int64);
  const int64_t count = rows == 0 ? 0 : result.numel() / rows;
  for (int64_t b = 0; b < count; ++b) {
    int64_t* order = result.data_as<int64_t>() + b * rows;
    const int32_t* with = swaps.data_as<int32_t>() + b * steps;
    std::iota(order, order + rows, 0);
    for (int64_t i = 0; i < steps; ++i) {
      check(with[i] >= 1 && with[i] <= rows, "lu_unpack: pivot ", with[i], " is not a row from 1 to ", rows);
      std::swap(order[i], order[with[i] - 1]);
    }
  }
  return result;
}

/// x (…, m, n): [R with the reflections of Q below it, tau (…, min(m, n))], as LAPACK's geqrf.
Pair geqrf(const Tensor& x) {
  check(x.dim() >= 2, "torch.geqrf: input must have at least 2 dimensions.");
  Tensor result = columns_of(x, x.dtype());
  const int64_t steps = std::min(x.size(x.dim() - 2), x.size(x.dim() - 1));
  Tensor tau = strided::empty(batch_shape(x, {steps}), x.dtype());
  for_dtype("geqrf_cpu", x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for_each_matrix(batch_of(x), work_of(x),
                    [&](int64_t i) { factor_qr(matrix_of<T>(result, i), tau.data_as<T>() + i * steps); });
  });
  return {result, tau};
}

/// The first `columns` columns of H_0 H_1 …, for reflections (…, m, n) as geqrf returns them, tau (…, k).
Tensor reflections_product(const Tensor& x, const Tensor& tau, int64_t columns) {
  check(x.dim() >= 2 && tau.dim() >= 1 && x.dtype() == tau.dtype() && columns >= 0 &&
            tau.size(tau.dim() - 1) <= std::min(x.size(x.dim() - 2), x.size(x.dim() - 1)) &&
            batch_shape(x, {tau.size(tau.dim() - 1)}) == tau.shape(),
        "orgqr: reflections (", dtype_name(x.dtype()), " of shape ", x.shape(), ") and tau (", dtype_name(tau.dtype()),
        " of shape ", tau.shape(), ") do not fit together");
  const Tensor v = columns_of(x, x.dtype());
  const Tensor factors = strided::contiguous(tau);
  const int64_t rows = x.size(x.dim() - 2), count = tau.size(tau.dim() - 1);
  Tensor result = empty_columns(x, rows, columns, x.dtype());
  fill_with(result, Scalar(0));
  for_dtype("orgqr_cpu", x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for_each_matrix(batch_of(x), rows * columns * count, [&](int64_t i) {
      const Matrix<T> q = matrix_of<T>(result, i);
      for (int64_t j = 0; j < std::min(rows, columns); ++j) q(j, j) = 1;
      apply_reflections(matrix_of<T>(v, i), factors.data_as<T>() + i * count, count, q);
    });
  });
  return result;
}

}  // namespace strided::ops
