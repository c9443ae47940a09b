// Orthogonal polynomials by their recurrences; those of Chebyshev inside (-1, 1) by the angle where the degree is high.
#pragma once

#include "native/kernels/rare/series.h"

namespace strided {
namespace {

constexpr double kRecurred = 8.0;        // degree up to which the recurrence is used everywhere
constexpr double kHermiteLimit = 512.0;  // beyond, all but everything is too large

/// The degree, a whole number; below 0 for what is none.
inline double degree_of(double n) {
  const double whole = std::trunc(n);
  return whole >= 0.0 && whole < kInfinity<double> ? whole : -1.0;
}
inline double parity(double n) { return std::fmod(n, 2.0) == 0.0 ? 1.0 : -1.0; }

/// p of degree n from p of 0, which is 1, and of 1: next(k, p of k, p of k - 1) is p of k + 1.
template <class Next>
inline double recur(double n, double first, Next next) {
  if (n < 0.0) return 0.0;
  if (n == 0.0) return 1.0;
  double before = 1.0, p = first;
  for (double k = 1.0; k < n && p == p; ++k) {
    const double after = next(k, p, before);
    before = p;
    p = after;
  }
  return p;
}
inline double chebyshev_recur(double x, double n, double first) {
  return recur(n, first, [x](double, double p, double before) { return 2.0 * x * p - before; });
}
inline bool by_angle(double x, double n) { return n > kRecurred && size_of(x) < 1.0; }

inline double chebyshev_t_of(double x, double n) {
  n = degree_of(n);
  if (by_angle(x, n)) return std::cos(n * std::acos(x));
  if (size_of(x) == 1.0 && n > 0.0) return x > 0.0 ? 1.0 : parity(n);
  return chebyshev_recur(x, n, x);
}
inline double chebyshev_u_of(double x, double n) {
  n = degree_of(n);
  if (by_angle(x, n)) return std::sin((n + 1.0) * std::acos(x)) / std::sin(std::acos(x));
  if (size_of(x) == 1.0 && n > 0.0) return (n + 1.0) * (x > 0.0 ? 1.0 : parity(n));
  return chebyshev_recur(x, n, 2.0 * x);
}
inline double chebyshev_v_of(double x, double n) {
  n = degree_of(n);
  if (by_angle(x, n)) return std::cos((n + 0.5) * std::acos(x)) / std::cos(0.5 * std::acos(x));
  if (size_of(x) == 1.0 && n > 0.0) return x > 0.0 ? 1.0 : (2.0 * n + 1.0) * parity(n);
  return chebyshev_recur(x, n, 2.0 * x - 1.0);
}
inline double chebyshev_w_of(double x, double n) {
  n = degree_of(n);
  if (by_angle(x, n)) return std::sin((n + 0.5) * std::acos(x)) / std::sin(0.5 * std::acos(x));
  if (size_of(x) == 1.0 && n > 0.0) return x > 0.0 ? 2.0 * n + 1.0 : parity(n);
  return chebyshev_recur(x, n, 2.0 * x + 1.0);
}

inline double hermite_h_of(double x, double n) {
  n = degree_of(n);
  if (n > kHermiteLimit) return kNan;
  return recur(n, 2.0 * x, [x](double k, double p, double before) { return 2.0 * (x * p - k * before); });
}
inline double hermite_he_of(double x, double n) {
  n = degree_of(n);
  if (n > kHermiteLimit) return kNan;
  return recur(n, x, [x](double k, double p, double before) { return x * p - k * before; });
}
inline double laguerre_l_of(double x, double n) {
  n = degree_of(n);
  if (x == 0.0 && n > 0.0) return 1.0;
  return recur(n, 1.0 - x,
               [x](double k, double p, double before) { return ((2.0 * k + 1.0 - x) * p - k * before) / (k + 1.0); });
}
inline double legendre_p_of(double x, double n) {
  n = degree_of(n);
  if (size_of(x) == 1.0 && n > 0.0) return x > 0.0 ? 1.0 : parity(n);
  return recur(n, x,
               [x](double k, double p, double before) { return ((2.0 * k + 1.0) * x * p - k * before) / (k + 1.0); });
}

}  // namespace
}  // namespace strided
