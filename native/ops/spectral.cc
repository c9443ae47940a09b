#include "native/ops/spectral.h"

#include <limits>
#include <numeric>

#include "native/ops/factorize.h"

namespace strided::linalg {
namespace {

constexpr double kEps = std::numeric_limits<double>::epsilon();
constexpr int kMaxSteps = 60;  // shifted QL or QR steps for one value

double& at(Doubles& x, int64_t i) { return x[static_cast<size_t>(i)]; }

void set_identity(const Matrix<double>& a) {
  for (int64_t j = 0; j < a.columns; ++j) {
    std::fill(a.column(j), a.column(j) + a.rows, 0.0);
    if (j < a.rows) a(j, j) = 1;
  }
}

/// Rotations of pairs of columns, kept until there are enough to turn some rows while they are in the cache.
class Rotations {
 public:
  explicit Rotations(const Matrix<double>& columns) : columns_(columns) {
    pending_.reserve(static_cast<size_t>(kTimes * columns.columns + 1));
  }
  void add(int64_t x, int64_t y, double c, double s) {
    pending_.push_back({x, y, c, s});
    if (pending_.size() == pending_.capacity()) flush();
  }
  void flush() {
    const int64_t blocks = (columns_.rows + kRows - 1) / kRows;
    const int64_t grain = 32768 / static_cast<int64_t>(pending_.size() + 1);
    // A thread keeps its rows from one time to the next, in its cache.
    const int64_t share = (blocks + num_threads() - 1) / num_threads();
    parallel_for(blocks, std::max(share, grain), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin * kRows; i < std::min(end * kRows, columns_.rows); i += kRows)
        vector_kernels().f64.rotate(pending_.data(), static_cast<int64_t>(pending_.size()), columns_.data + i,
                                    columns_.step, std::min(kRows, columns_.rows - i));
    });
    pending_.clear();
  }

 private:
  static constexpr int64_t kRows = 64, kTimes = 16;

  Matrix<double> columns_;
  std::vector<Rotation<double>> pending_;
};

/// Q' A Q = the tridiagonal matrix (diagonal, beside), by reflections; A, symmetric and full, becomes Q.
void make_tridiagonal(const Matrix<double>& a, Doubles& diagonal, Doubles& beside) {
  const int64_t n = a.rows;
  Doubles tau = doubles(n), w = doubles(n), kept = doubles(n * n);
  for (int64_t k = 0; k + 1 < n; ++k) {
    const int64_t m = n - k - 1;
    double* v = a.column(k) + k + 1;
    const double t = at(tau, k) = make_reflection(m, v);
    at(diagonal, k) = a(k, k);
    at(beside, k) = v[0];
    if (t == 0) continue;
    v[0] = 1;
    std::fill(w.begin(), w.begin() + m, 0.0);
    for (int64_t j = 0; j < m; ++j) add_multiple(m, t * v[j], a.column(k + 1 + j) + k + 1, w.data());
    add_multiple(m, -t / 2 * inner_product(m, w.data(), v), v, w.data());
    for (int64_t j = 0; j < m; ++j)
      vector_kernels().f64.add_two_multiples(m, -v[j], w.data(), -at(w, j), v, a.column(k + 1 + j) + k + 1);
  }
  if (n > 0) at(diagonal, n - 1) = a(n - 1, n - 1);
  const Matrix<double> reflections{kept.data(), n, n};
  for (int64_t j = 0; j < n; ++j) std::copy_n(a.column(j), n, reflections.column(j));
  set_identity(a);
  if (n > 1) apply_reflections(reflections.block(1, 0, n - 1, n - 1), tau.data(), n - 1, a.block(1, 1, n - 1, n - 1));
}

/// The eigenvalues of a tridiagonal matrix, by implicitly shifted QL; the columns of `q` take part in all rotations.
/// Returns whether it converged.
bool diagonalize(int64_t n, Doubles& diagonal, Doubles& beside, const Matrix<double>& q) {
  double *d = diagonal.data(), *e = beside.data();
  Rotations rotations(q);
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
        rotations.add(i, i + 1, c, s);
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
  rotations.flush();
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
    Doubles old = doubles(m->rows * static_cast<int64_t>(order.size()));
    for (size_t j = 0; j < order.size(); ++j)
      std::copy_n(m->column(static_cast<int64_t>(j)), m->rows, old.data() + static_cast<int64_t>(j) * m->rows);
    for (size_t j = 0; j < order.size(); ++j)
      std::copy_n(old.data() + order[j] * m->rows, m->rows, m->column(static_cast<int64_t>(j)));
  }
}

/// U' A V = the upper bidiagonal matrix (diagonal, above), by reflections from the left and the right in turn. A (n, n)
/// is lost.
void make_bidiagonal(const Matrix<double>& a, Doubles& diagonal, Doubles& above, const Matrix<double>& u,
                     const Matrix<double>& v) {
  const int64_t n = a.columns;
  Doubles left = doubles(n), right = doubles(n), kept = doubles(n * n), along = doubles(n);
  const Matrix<double> rows{kept.data(), n, n};  // the reflections of rows, as columns
  for (int64_t k = 0; k < n; ++k) {
    double* x = a.column(k) + k;
    at(left, k) = make_reflection(n - k, x);
    at(diagonal, k) = x[0];
    if (at(left, k) != 0)
      for (int64_t j = k + 1; j < n; ++j) reflect(n - k, at(left, k), x, a.column(j) + k);
    if (k + 1 >= n) break;
    const int64_t m = n - k - 1;
    double* y = rows.column(k) + k + 1;
    for (int64_t j = 0; j < m; ++j) y[j] = a(k, k + 1 + j);
    at(right, k) = make_reflection(m, y);
    at(above, k) = y[0];
    if (at(right, k) == 0) continue;
    y[0] = 1;
    std::fill(along.begin(), along.end(), 0.0);
    for (int64_t j = 0; j < m; ++j) add_multiple(m, y[j], a.column(k + 1 + j) + k + 1, along.data());
    for (int64_t j = 0; j < m; ++j) add_multiple(m, -at(right, k) * y[j], along.data(), a.column(k + 1 + j) + k + 1);
  }
  set_identity(u);
  apply_reflections(a, left.data(), n, u);
  set_identity(v);
  if (n > 1) apply_reflections(rows.block(1, 0, n - 1, n - 1), right.data(), n - 1, v.block(1, 1, n - 1, n - 1));
}

struct Turn {
  double c, s, length;
};
/// c f + s g = length, c g - s f = 0.
Turn turn(double f, double g) {
  if (g == 0) return {1, 0, f};
  const double length = std::copysign(std::hypot(f, g), f);
  return {f / length, g / length, length};
}

/// The singular values of an upper bidiagonal matrix.
class BidiagonalSolver {
 public:
  BidiagonalSolver(Doubles& diagonal, Doubles& above, const Matrix<double>& u, const Matrix<double>& v)
      : d_(diagonal.data()), e_(above.data()), n_(u.columns), u_(u), v_(v) {
    for (int64_t i = 0; i < n_; ++i) {
      const double next = i + 1 < n_ ? std::abs(e_[i]) : 0;
      tiny_ = std::max(tiny_, kEps * (std::abs(d_[i]) + next));
    }
  }

  /// By implicitly shifted QR; returns whether it converged.
  bool run() {
    for (int64_t last = n_ - 1; last >= 0; --last) {
      for (int step = 0;; ++step) {
        int64_t first = last;
        while (first > 0 && !(std::abs(e_[first - 1]) <= negligible(first - 1))) --first;
        if (first > 0) e_[first - 1] = 0;
        if (first == last) break;
        if (step == kMaxSteps || std::isnan(d_[last])) return false;
        if (!drop_zero(first, last)) chase(first, last);
      }
    }
    u_.flush();
    v_.flush();
    return true;
  }

 private:
  double negligible(int64_t i) const { return std::max(kEps * (std::abs(d_[i]) + std::abs(d_[i + 1])), kEps * tiny_); }

  /// A zero on the diagonal: what lies beside it is turned out of the matrix, which falls apart there.
  bool drop_zero(int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      if (std::abs(d_[i]) > kEps * tiny_) continue;
      double g = e_[i];
      d_[i] = e_[i] = 0;
      for (int64_t j = i + 1; j <= last && g != 0; ++j) {
        const Turn t = turn(d_[j], g);
        d_[j] = t.length;
        if (j < last) {
          g = -t.s * e_[j];
          e_[j] *= t.c;
        }
        u_.add(i, j, t.c, t.s);
      }
      return true;
    }
    if (std::abs(d_[last]) > kEps * tiny_) return false;
    double g = e_[last - 1];
    d_[last] = e_[last - 1] = 0;
    for (int64_t j = last - 1; j >= first && g != 0; --j) {
      const Turn t = turn(d_[j], g);
      d_[j] = t.length;
      if (j > first) {
        g = -t.s * e_[j - 1];
        e_[j - 1] *= t.c;
      }
      v_.add(last, j, t.c, t.s);
    }
    return true;
  }

  /// One step: the eigenvalue of B'B's last corner that is nearest to its last element is the shift.
  void chase(int64_t first, int64_t last) {
    const double scale = std::max(
        {std::abs(d_[last]), std::abs(d_[last - 1]), std::abs(e_[last - 1]), std::abs(d_[first]), std::abs(e_[first])});
    const double low = d_[last] / scale, high = d_[last - 1] / scale, beside = e_[last - 1] / scale;
    const double half = ((high + low) * (high - low) + beside * beside) / 2, square = low * beside * low * beside;
    const double root = std::copysign(std::sqrt(half * half + square), half);
    const double shift = square == 0 ? 0 : square / (half + root);
    const double start = d_[first] / scale;
    double f = (start + low) * (start - low) + shift, g = start * (e_[first] / scale);
    for (int64_t i = first; i < last; ++i) {
      const Turn columns = turn(f, g);
      if (i > first) e_[i - 1] = columns.length;
      f = columns.c * d_[i] + columns.s * e_[i];
      e_[i] = columns.c * e_[i] - columns.s * d_[i];
      g = columns.s * d_[i + 1];
      d_[i + 1] *= columns.c;
      v_.add(i, i + 1, columns.c, -columns.s);
      const Turn rows = turn(f, g);
      d_[i] = rows.length;
      f = rows.c * e_[i] + rows.s * d_[i + 1];
      d_[i + 1] = rows.c * d_[i + 1] - rows.s * e_[i];
      if (i + 1 < last) {
        g = rows.s * e_[i + 1];
        e_[i + 1] *= rows.c;
      }
      u_.add(i, i + 1, rows.c, -rows.s);
    }
    e_[last - 1] = f;
  }

  double *d_, *e_;
  int64_t n_;
  Rotations u_, v_;
  double tiny_ = 0;
};

}  // namespace

bool decompose_symmetric(const Matrix<double>& a, Doubles& values) {
  Doubles beside = doubles(a.rows);
  make_tridiagonal(a, values, beside);
  const bool converged = diagonalize(a.rows, values, beside, a);
  sort_columns(values, true, {&a});
  return converged;
}

bool decompose_singular(const Matrix<double>& a, const Matrix<double>& u, Doubles& s, const Matrix<double>& v) {
  const int64_t m = a.rows, n = a.columns;
  double largest = 0;
  for (int64_t i = 0; i < m * n; ++i) largest = std::max(largest, std::abs(a.data[i]));
  set_identity(u);
  set_identity(v);
  if (!std::isfinite(largest)) return false;
  const double scale = largest == 0 ? 1 : largest;
  for (int64_t i = 0; i < m * n; ++i) a.data[i] /= scale;
  Doubles tau = doubles(n), above = doubles(n), square = doubles(n * n);
  factor_qr(a, tau.data());
  const Matrix<double> r{square.data(), n, n};
  for (int64_t j = 0; j < n; ++j) std::copy_n(a.column(j), j + 1, r.column(j));
  const Matrix<double> corner = u.block(0, 0, n, n);
  make_bidiagonal(r, s, above, corner, v);
  const bool converged = BidiagonalSolver(s, above, corner, v).run();
  for (int64_t j = 0; j < n; ++j) {
    if (!std::signbit(at(s, j))) continue;
    at(s, j) = -at(s, j);
    for (int64_t i = 0; i < n; ++i) v(i, j) = -v(i, j);
  }
  sort_columns(s, false, {&corner, &v});
  apply_reflections(a, tau.data(), n, u);
  for (double& value : s) value *= scale;
  return converged;
}

}  // namespace strided::linalg
