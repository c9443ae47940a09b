// Factorizations that iterate: eigenvalues of symmetric matrices and singular values. Both compute in float64, whatever
// the dtype: they are exact to the last digit of float32, and there is one copy of them.
#include <limits>
#include <numeric>
#include <vector>

#include "native/ops/elementwise.h"
#include "native/ops/factorize.h"
#include "native/ops/linalg.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

using namespace linalg;

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr int kMaxSteps = 60;   // shifted QL steps for one eigenvalue
constexpr int kMaxSweeps = 40;  // Jacobi sweeps over all pairs of columns

using Doubles = std::vector<double>;
Doubles doubles(int64_t n) { return Doubles(static_cast<size_t>(n)); }

void rotate(int64_t n, double c, double s, double* x, double* y) {
  for (int64_t i = 0; i < n; ++i) {
    const double first = x[i], second = y[i];
    x[i] = c * first - s * second;
    y[i] = s * first + c * second;
  }
}

/// Q' A Q = the tridiagonal matrix (diagonal, beside), by reflections; A, symmetric and full, becomes Q.
void make_tridiagonal(const Matrix<double>& a, double* diagonal, double* beside) {
  const int64_t n = a.rows;
  Doubles tau = doubles(n), w = doubles(n);
  for (int64_t k = 0; k + 1 < n; ++k) {
    const int64_t m = n - k - 1;
    double* v = a.column(k) + k + 1;
    tau[static_cast<size_t>(k)] = make_reflection(m, v);
    diagonal[k] = a(k, k);
    beside[k] = v[0];
    const double t = tau[static_cast<size_t>(k)];
    if (t == 0) continue;
    v[0] = 1;
    std::fill(w.begin(), w.begin() + m, 0.0);
    for (int64_t j = 0; j < m; ++j) add_multiple(m, t * v[j], a.column(k + 1 + j) + k + 1, w.data());
    add_multiple(m, -t / 2 * inner_product(m, w.data(), v), v, w.data());
    for (int64_t j = 0; j < m; ++j) {
      double* x = a.column(k + 1 + j) + k + 1;
      add_multiple(m, -v[j], w.data(), x);
      add_multiple(m, -w[static_cast<size_t>(j)], v, x);
    }
  }
  if (n > 0) diagonal[n - 1] = a(n - 1, n - 1);
  // Reflection k works on rows k + 1 and below: moved one column on it makes room for the columns of Q, from the last.
  for (int64_t k = n - 2; k >= 0; --k) {
    double* x = a.column(k + 1);
    std::copy(a.column(k) + k + 1, a.column(k) + n, x + k + 1);
    std::fill(x, x + k + 1, 0.0);
    const int64_t m = n - k - 1;
    const double t = tau[static_cast<size_t>(k)];
    double* v = x + k + 1;
    for (int64_t j = k + 2; j < n; ++j) reflect(m, t, v, a.column(j) + k + 1);
    v[0] = 1 - t;
    for (int64_t i = 1; i < m; ++i) v[i] *= -t;
  }
  if (n > 0) {
    std::fill(a.column(0), a.column(0) + n, 0.0);
    a(0, 0) = 1;
  }
}

/// The eigenvalues of a tridiagonal matrix, by implicitly shifted QL; the columns of `q` take part in all rotations.
/// Returns whether it converged.
bool diagonalize(int64_t n, double* d, double* e, const Matrix<double>& q) {
  for (int64_t l = 0; l < n; ++l) {
    for (int step = 0;; ++step) {
      int64_t end = l;
      while (end + 1 < n && !(std::abs(e[end]) <= kEps * (std::abs(d[end]) + std::abs(d[end + 1])))) ++end;
      if (end == l) break;
      if (step == kMaxSteps) return false;
      const double half = (d[l + 1] - d[l]) / (2 * e[l]);
      double g = d[end] - d[l] + e[l] / (half + std::copysign(std::hypot(half, 1.0), half));
      double s = 1, c = 1, moved = 0;
      int64_t i = end - 1;
      for (; i >= l; --i) {
        const double f = s * e[i], b = c * e[i], r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) break;
        s = f / r;
        c = g / r;
        g = d[i + 1] - moved;
        const double change = (d[i] - g) * s + 2 * c * b;
        moved = s * change;
        d[i + 1] = g + moved;
        g = c * change - b;
        rotate(q.rows, c, s, q.column(i), q.column(i + 1));
      }
      if (i >= l) {  // It fell apart in the middle.
        d[i + 1] -= moved;
        e[end] = 0;
        continue;
      }
      d[l] -= moved;
      e[l] = g;
      e[end] = 0;
    }
  }
  return true;
}

/// Puts columns in the order of `keys`, rising or falling.
void sort_columns(Doubles& keys, bool rising, std::initializer_list<const Matrix<double>*> all) {
  std::vector<int64_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  auto key = [&](int64_t i) { return keys[static_cast<size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return rising ? key(a) < key(b) : key(b) < key(a); });
  const Doubles before = keys;
  for (size_t j = 0; j < order.size(); ++j) keys[j] = before[static_cast<size_t>(order[j])];
  for (const Matrix<double>* m : all) {
    const Doubles old(m->data, m->data + m->rows * m->columns);
    for (size_t j = 0; j < order.size(); ++j)
      std::copy_n(old.data() + order[j] * m->rows, m->rows, m->column(static_cast<int64_t>(j)));
  }
}

/// One-sided Jacobi: turns pairs of columns until all are orthogonal, the same in V. Returns whether it came to an end.
bool orthogonalize(const Matrix<double>& a, const Matrix<double>& v) {
  const int64_t n = a.columns;
  double largest = 0;
  for (int64_t j = 0; j < n; ++j) largest = std::max(largest, inner_product(a.rows, a.column(j), a.column(j)));
  const double noise = largest * kEps * kEps;
  for (int sweep = 0; sweep < kMaxSweeps; ++sweep) {
    bool still = true;
    for (int64_t p = 0; p + 1 < n; ++p)
      for (int64_t q = p + 1; q < n; ++q) {
        double *x = a.column(p), *y = a.column(q);
        const double xx = inner_product(a.rows, x, x), yy = inner_product(a.rows, y, y);
        const double xy = inner_product(a.rows, x, y);
        if (std::isnan(xy)) return false;
        if (std::abs(xy) <= kEps * std::sqrt(xx * yy) * 4 || std::min(xx, yy) <= noise) continue;
        still = false;
        const double zeta = (yy - xx) / (2 * xy);
        const double t = std::copysign(1.0, zeta) / (std::abs(zeta) + std::hypot(1.0, zeta));
        const double c = 1 / std::hypot(1.0, t);
        rotate(a.rows, c, c * t, x, y);
        rotate(v.rows, c, c * t, v.column(p), v.column(q));
      }
    if (still) return true;
  }
  return true;  // What is left is noise between columns of about equal length.
}

/// Columns whose length is lost in rounding become unit vectors orthogonal to all others.
void complete_columns(const Matrix<double>& u, const Doubles& lengths) {
  const int64_t n = u.columns;
  for (int64_t j = 0; j < n; ++j) {
    const double size = lengths[static_cast<size_t>(j)];
    double* x = u.column(j);
    if (size > lengths[0] * kEps * static_cast<double>(n)) {
      for (int64_t i = 0; i < u.rows; ++i) x[i] /= size;
      continue;
    }
    for (int64_t unit = 0; unit < u.rows; ++unit) {
      std::fill(x, x + u.rows, 0.0);
      x[unit] = 1;
      for (int again = 0; again < 2; ++again)
        for (int64_t k = 0; k < j; ++k) add_multiple(u.rows, -inner_product(u.rows, u.column(k), x), u.column(k), x);
      const double left = length(u.rows, x);
      if (left < 0.5 / std::sqrt(static_cast<double>(u.rows))) continue;
      for (int64_t i = 0; i < u.rows; ++i) x[i] /= left;
      break;
    }
  }
}

/// A (m, n), m >= n, = U S V': U (m, m or n), S falling. A is lost. Returns whether it converged.
bool decompose(const Matrix<double>& a, const Matrix<double>& u, Doubles& s, const Matrix<double>& v) {
  const int64_t m = a.rows, n = a.columns;
  double largest = 0;
  for (int64_t i = 0; i < m * n; ++i) largest = std::max(largest, std::abs(a.data[i]));
  std::fill(v.data, v.data + n * n, 0.0);
  for (int64_t j = 0; j < n; ++j) v(j, j) = 1;
  std::fill(u.data, u.data + u.rows * u.columns, 0.0);
  for (int64_t j = n; j < u.columns; ++j) u(j, j) = 1;
  if (!std::isfinite(largest)) return false;
  const double scale = largest == 0 ? 1 : largest;
  for (int64_t i = 0; i < m * n; ++i) a.data[i] /= scale;
  Doubles tau = doubles(n), square = doubles(n * n);
  factor_qr(a, tau.data());
  const Matrix<double> r{square.data(), n, n};
  for (int64_t j = 0; j < n; ++j) std::copy_n(a.column(j), j + 1, r.column(j));
  const bool converged = orthogonalize(r, v);
  for (int64_t j = 0; j < n; ++j) s[static_cast<size_t>(j)] = length(n, r.column(j));
  sort_columns(s, false, {&r, &v});
  complete_columns(r, s);
  for (int64_t j = 0; j < n; ++j) std::copy_n(r.column(j), n, u.column(j));
  apply_reflections(a, tau.data(), n, u);
  for (double& value : s) value *= scale;
  return converged;
}

}  // namespace

/// x (…, n, n), symmetric and full: [eigenvalues (…, n), rising; eigenvectors; whether each failed to converge].
Triple eigh_factor(const Tensor& x) {
  const int64_t n = x.size(x.dim() - 1);
  const Tensor vectors = columns_of(x, DType::Float64);
  const Tensor values = strided::empty(batch_shape(x, {n}), DType::Float64);
  Tensor info = strided::empty(batch_shape(x, {}), DType::Int32);
  for_each_matrix(batch_of(x), 8 * n * n * n, [&](int64_t i) {
    const Matrix<double> a = matrix_of<double>(vectors, i);
    Doubles d = doubles(n), e = doubles(n);
    make_tridiagonal(a, d.data(), e.data());
    info.data_as<int32_t>()[i] = diagonalize(n, d.data(), e.data(), a) ? 0 : 1;
    sort_columns(d, true, {&a});
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
    const bool converged = decompose(matrix_of<double>(a, i), matrix_of<double>(u, i), s, matrix_of<double>(v, i));
    info.data_as<int32_t>()[i] = converged ? 0 : 1;
    std::copy(s.begin(), s.end(), values.data_as<double>() + i * k);
  });
  const Tensor& left = tall ? u : v;
  const Tensor& right = tall ? v : u;
  return {columns_of(left, x.dtype()), strided::to_dtype(values, x.dtype()),
          columns_of(right.with_layout(transpose(right.layout(), -2, -1)), x.dtype()), info};
}

}  // namespace strided::ops
