#include "native/ops/factorize.h"

#include <vector>

#include "native/ops/gemm.h"

namespace strided::linalg {
namespace {

constexpr int64_t kStrip = 16;    // columns that are factored one by one
constexpr int64_t kPanel = 64;    // reflections that are applied together
constexpr int64_t kSmall = 4096;  // multiply-adds that gemm would take longer to set up than to do

/// A matrix or its transpose, as a factor of a product.
template <class T>
struct Factor {
  const T* data;
  int64_t rows, columns, row, column;
};
template <class T>
Factor<T> plain(const Matrix<T>& m) {
  return {m.data, m.rows, m.columns, 1, m.step};
}
template <class T>
Factor<T> flipped(const Matrix<T>& m) {
  return {m.data, m.columns, m.rows, m.step, 1};
}

/// c = alpha a b + beta c
template <class T>
void multiply(const Matrix<T>& c, const Factor<T>& a, const Factor<T>& b, T alpha, T beta) {
  if (c.rows == 0 || c.columns == 0) return;
  if (c.rows * c.columns * a.columns > kSmall) {
    gemm<T>({c.rows, c.columns, a.columns, a.data, a.row, a.column, b.data, b.row, b.column, c.data, 1, c.step, alpha,
             beta});
    return;
  }
  for (int64_t j = 0; j < c.columns; ++j) {
    T* y = c.column(j);
    for (int64_t i = 0; i < c.rows; ++i) y[i] = beta == 0 ? 0 : beta * y[i];
    for (int64_t k = 0; k < a.columns; ++k) {
      const T factor = alpha * b.data[k * b.row + j * b.column];
      const T* x = a.data + k * a.column;
      if (a.row == 1) add_multiple(c.rows, factor, x, y);
      else
        for (int64_t i = 0; i < c.rows; ++i) y[i] += factor * x[i * a.row];
    }
  }
}

/// c -= a b
template <class T>
void subtract_product(const Matrix<T>& c, const Factor<T>& a, const Factor<T>& b) {
  multiply(c, a, b, T(-1), T(1));
}

/// Where to cut `n` in two: a multiple of the strip.
int64_t half_of(int64_t n) { return (n / 2 + kStrip - 1) / kStrip * kStrip; }

/// Column by column: each takes all the swaps and multiples of those before it.
template <class T>
int32_t factor_lu_strip(const Matrix<T>& a, int32_t* pivots) {
  int32_t zero = 0;
  const int64_t steps = std::min(a.rows, a.columns);
  for (int64_t j = 0; j < a.columns; ++j) {
    T* x = a.column(j);
    const int64_t before = std::min(j, steps);
    for (int64_t k = 0; k < before; ++k) std::swap(x[k], x[pivots[k] - 1]);
    for (int64_t k = 0; k < before; ++k)
      if (x[k] != 0) add_multiple(a.rows - k - 1, -x[k], a.column(k) + k + 1, x + k + 1);
    if (j >= steps) continue;
    int64_t best = j;
    for (int64_t i = j + 1; i < a.rows; ++i)
      if (std::abs(x[i]) > std::abs(x[best])) best = i;
    pivots[j] = static_cast<int32_t>(best + 1);
    if (x[best] == 0) {
      if (zero == 0) zero = static_cast<int32_t>(j + 1);
      continue;
    }
    for (int64_t k = 0; k <= j; ++k) std::swap(a(j, k), a(best, k));
    for (int64_t i = j + 1; i < a.rows; ++i) x[i] /= x[j];
  }
  return zero;
}

/// Row k of `a` changes places with row pivots[k] - 1, for each of the `count` pivots in turn.
template <class T>
void swap_rows(const Matrix<T>& a, const int32_t* pivots, int64_t count) {
  for (int64_t j = 0; j < a.columns; ++j) {
    T* x = a.column(j);
    for (int64_t k = 0; k < count; ++k) std::swap(x[k], x[pivots[k] - 1]);
  }
}

template <class T>
int32_t factor_cholesky_strip(const Matrix<T>& a) {
  for (int64_t j = 0; j < a.columns; ++j) {
    T* x = a.column(j);
    std::fill(x, x + j, T(0));
    for (int64_t k = 0; k < j; ++k) add_multiple(a.rows - j, -a(j, k), a.column(k) + j, x + j);
    if (!(x[j] > 0)) return static_cast<int32_t>(j + 1);
    x[j] = std::sqrt(x[j]);
    for (int64_t i = j + 1; i < a.rows; ++i) x[i] /= x[j];
  }
  return 0;
}

/// X = B L^-T in place of B, for a lower triangle L.
template <class T>
void solve_from_right(const Matrix<T>& l, const Matrix<T>& b) {
  const int64_t n = l.columns;
  if (n > kStrip) {
    const int64_t half = half_of(n);
    const Matrix<T> first = b.block(0, 0, b.rows, half), second = b.block(0, half, b.rows, n - half);
    solve_from_right(l.block(0, 0, half, half), first);
    subtract_product(second, plain(first), flipped(l.block(half, 0, n - half, half)));
    return solve_from_right(l.block(half, half, n - half, n - half), second);
  }
  for (int64_t j = 0; j < n; ++j) {
    T* x = b.column(j);
    for (int64_t k = 0; k < j; ++k) add_multiple(b.rows, -l(j, k), b.column(k), x);
    for (int64_t i = 0; i < b.rows; ++i) x[i] /= l(j, j);
  }
}

/// c -= a a' in the lower half of c; above it strips of blocks are written as well.
template <class T>
void subtract_square(const Matrix<T>& c, const Matrix<T>& a) {
  if (c.columns <= kPanel) return subtract_product(c, plain(a), flipped(a));
  const int64_t half = half_of(c.columns), rest = c.columns - half;
  const Matrix<T> upper = a.block(0, 0, half, a.columns), lower = a.block(half, 0, rest, a.columns);
  subtract_square(c.block(0, 0, half, half), upper);
  subtract_product(c.block(half, 0, rest, half), plain(lower), flipped(upper));
  subtract_square(c.block(half, half, rest, rest), lower);
}

template <class T>
void solve_triangle_strip(const Matrix<T>& a, const Matrix<T>& b, bool upper, bool unit) {
  const int64_t n = a.rows;
  for (int64_t j = 0; j < b.columns; ++j) {
    T* x = b.column(j);
    for (int64_t step = 0; step < n; ++step) {
      const int64_t k = upper ? n - 1 - step : step;
      if (!unit) x[k] /= a(k, k);
      if (upper) add_multiple(k, -x[k], a.column(k), x);
      else add_multiple(n - k - 1, -x[k], a.column(k) + k + 1, x + k + 1);
    }
  }
}

/// Reflections that are applied together: H_0 H_1 … = I - V S V', with V (m, w) and the upper triangle S (w, w).
template <class T>
class BlockReflector {
 public:
  /// Of the columns of `v`, below the diagonal of which the reflections lie.
  BlockReflector(const Matrix<T>& v, const T* tau)
      : memory_(static_cast<size_t>((v.rows + v.columns) * v.columns)),
        v_{memory_.data(), v.rows, v.columns},
        s_{memory_.data() + v.rows * v.columns, v.columns, v.columns} {
    const int64_t w = v.columns;
    for (int64_t j = 0; j < w; ++j) {
      T* x = v_.column(j);
      x[j] = 1;
      std::copy(v.column(j) + j + 1, v.column(j) + v.rows, x + j + 1);
    }
    multiply(s_, flipped(v_), plain(v_), T(1), T(0));
    for (int64_t j = 0; j < w; ++j) {
      T* x = s_.column(j);
      // -tau S (V' v_j), the upper triangle times a column, from its first row on.
      for (int64_t i = 0; i < j; ++i) {
        T sum = 0;
        for (int64_t k = i; k < j; ++k) sum += s_(i, k) * x[k];
        x[i] = -tau[j] * sum;
      }
      x[j] = tau[j];
      std::fill(x + j + 1, x + w, T(0));
    }
  }

  /// x = Q x, or Q' x.
  void apply(const Matrix<T>& x, bool transposed) const {
    std::vector<T> room(static_cast<size_t>(2 * s_.rows * x.columns));
    const Matrix<T> along{room.data(), s_.rows, x.columns};
    const Matrix<T> scaled{room.data() + s_.rows * x.columns, s_.rows, x.columns};
    multiply(along, flipped(v_), plain(x), T(1), T(0));
    multiply(scaled, transposed ? flipped(s_) : plain(s_), plain(along), T(1), T(0));
    subtract_product(x, plain(v_), plain(scaled));
  }

 private:
  std::vector<T> memory_;
  Matrix<T> v_, s_;
};

/// Finds H = I - tau v v', v[0] = 1, with H x = (beta, 0, …) for each column in turn.
template <class T>
void factor_qr_strip(const Matrix<T>& a, T* tau) {
  for (int64_t k = 0; k < std::min(a.rows, a.columns); ++k) {
    T* v = a.column(k) + k;
    tau[k] = make_reflection(a.rows - k, v);
    if (tau[k] == 0) continue;
    for (int64_t j = k + 1; j < a.columns; ++j) reflect(a.rows - k, tau[k], v, a.column(j) + k);
  }
}

}  // namespace

template <class T>
int32_t factor_lu(const Matrix<T>& a, int32_t* pivots) {
  const int64_t steps = std::min(a.rows, a.columns);
  if (steps <= kStrip) return factor_lu_strip(a, pivots);
  const int64_t half = half_of(steps), rest = a.columns - half, below = a.rows - half;
  const Matrix<T> left = a.block(0, 0, a.rows, half), right = a.block(0, half, a.rows, rest);
  const int32_t first = factor_lu(left, pivots);
  swap_rows(right, pivots, half);
  const Matrix<T> top = right.block(0, 0, half, rest), bottom = right.block(half, 0, below, rest);
  solve_triangle(left.block(0, 0, half, half), top, false, true);
  subtract_product(bottom, plain(left.block(half, 0, below, half)), plain(top));
  const int32_t second = factor_lu(bottom, pivots + half);
  swap_rows(left.block(half, 0, below, half), pivots + half, steps - half);
  for (int64_t k = half; k < steps; ++k) pivots[k] += static_cast<int32_t>(half);
  return first || !second ? first : second + static_cast<int32_t>(half);
}

template <class T>
int32_t factor_cholesky(const Matrix<T>& a) {
  const int64_t n = a.columns;
  if (n <= kStrip) return factor_cholesky_strip(a);
  const int64_t half = half_of(n), rest = n - half;
  const Matrix<T> corner = a.block(0, 0, half, half), below = a.block(half, 0, rest, half);
  const int32_t first = factor_cholesky(corner);
  if (first) return first;
  solve_from_right(corner, below);
  subtract_square(a.block(half, half, rest, rest), below);
  for (int64_t j = half; j < n; ++j) std::fill(a.column(j), a.column(j) + half, T(0));
  const int32_t second = factor_cholesky(a.block(half, half, rest, rest));
  return second ? second + static_cast<int32_t>(half) : 0;
}

template <class T>
void solve_triangle(const Matrix<T>& a, const Matrix<T>& b, bool upper, bool unit) {
  const int64_t n = a.rows;
  if (n <= kStrip) return solve_triangle_strip(a, b, upper, unit);
  const int64_t half = half_of(n), rest = n - half;
  const Matrix<T> top = b.block(0, 0, half, b.columns), bottom = b.block(half, 0, rest, b.columns);
  const Matrix<T> first = a.block(0, 0, half, half), last = a.block(half, half, rest, rest);
  if (upper) {
    solve_triangle(last, bottom, upper, unit);
    subtract_product(top, plain(a.block(0, half, half, rest)), plain(bottom));
    solve_triangle(first, top, upper, unit);
  } else {
    solve_triangle(first, top, upper, unit);
    subtract_product(bottom, plain(a.block(half, 0, rest, half)), plain(top));
    solve_triangle(last, bottom, upper, unit);
  }
}

template <class T>
void factor_qr(const Matrix<T>& a, T* tau) {
  const int64_t steps = std::min(a.rows, a.columns);
  if (a.columns <= kStrip / 2 || steps <= kStrip / 2) return factor_qr_strip(a, tau);
  const int64_t width = std::min({half_of(a.columns), kPanel, steps});
  const Matrix<T> left = a.block(0, 0, a.rows, width), right = a.block(0, width, a.rows, a.columns - width);
  if (width == a.columns) return factor_qr_strip(a, tau);
  factor_qr(left, tau);
  BlockReflector<T>(left, tau).apply(right, true);
  if (steps > width) factor_qr(right.block(width, 0, a.rows - width, right.columns), tau + width);
}

template <class T>
void apply_reflections(const Matrix<T>& v, const T* tau, int64_t count, const Matrix<T>& x) {
  if (v.rows * count * x.columns <= 8 * kSmall) {
    for (int64_t k = count - 1; k >= 0; --k)
      for (int64_t j = 0; j < x.columns && tau[k] != 0; ++j)
        reflect(v.rows - k, tau[k], v.column(k) + k, x.column(j) + k);
    return;
  }
  for (int64_t k = (count - 1) / kPanel * kPanel; k >= 0; k -= kPanel) {
    const int64_t width = std::min(kPanel, count - k);
    BlockReflector<T>(v.block(k, k, v.rows - k, width), tau + k).apply(x.block(k, 0, x.rows - k, x.columns), false);
  }
}

#define INSTANTIATE(T)                                                          \
  template int32_t factor_lu(const Matrix<T>&, int32_t*);                       \
  template int32_t factor_cholesky(const Matrix<T>&);                           \
  template void solve_triangle(const Matrix<T>&, const Matrix<T>&, bool, bool); \
  template void factor_qr(const Matrix<T>&, T*);                                \
  template void apply_reflections(const Matrix<T>&, const T*, int64_t, const Matrix<T>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace strided::linalg
