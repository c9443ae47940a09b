// The gamma function's logarithm and its derivatives, one element at a time, in two doubles inside: the series for
// large arguments, which the recurrence reaches, the reflection for negative ones, expansions near roots.
#pragma once

#include "native/kernels/gamma_roots.h"
#include "native/kernels/power.h"
#include "native/kernels/trigonometric.h"

namespace strided {
namespace {

constexpr double kLargeGamma = 16.0;  // from here on the series have full precision
/// B(2k) of Bernoulli, k = 10 down to 1.
constexpr double kBernoulli[] = {-529.1242424242424,   54.971177944862156,  -7.092156862745098,   1.1666666666666667,
                                 -0.2531135531135531,  0.07575757575757576, -0.03333333333333333, 0.023809523809523808,
                                 -0.03333333333333333, 0.16666666666666666};
constexpr int kTerms = 10;

STRIDED_MATH Pair<double> pair_sum(Pair<double> a, Pair<double> b) {
  const Pair<double> sum = two_sum(a.hi, b.hi);
  return fast_two_sum(sum.hi, sum.lo + (a.lo + b.lo));
}
STRIDED_MATH Pair<double> negative(Pair<double> a) { return {-a.hi, -a.lo}; }
STRIDED_MATH Pair<double> pair_log(Pair<double> x) {
  const Pair<double> log = long_log(x.hi);
  return fast_two_sum(log.hi, log.lo + x.lo / x.hi);
}
/// a / b
STRIDED_MATH Pair<double> pair_quotient(Pair<double> a, Pair<double> b) {
  const double q = a.hi / b.hi;
  const Pair<double> back = two_product(q, b.hi);
  return {q, (((a.hi - back.hi) - back.lo) + (a.lo - q * b.lo)) / b.hi};
}

/// lgamma of 1e-20 < x < 1e20: Stirling's series at x + n, less log(x (x + 1) ... (x + n - 1)).
inline Pair<double> lgamma_above(double x) {
  Pair<double> at = {x, 0.0}, passed = {1.0, 0.0};
  for (; at.hi < kLargeGamma; at = pair_sum(at, {1.0, 0.0})) passed = product(passed, at);
  const double inverse = 1.0 / at.hi, square = inverse * inverse;
  double series = 0.0;
  for (int i = 0; i < kTerms; ++i) {
    const double k = kTerms - i;
    series = series * square + kBernoulli[i] / (2.0 * k * (2.0 * k - 1.0));
  }
  const Pair<double> power = product(pair_sum(at, {-0.5, 0.0}), pair_log(at));
  const Pair<double> constant = {0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55};  // log(2 pi) / 2
  const Pair<double> y = pair_sum(pair_sum(power, negative(at)), pair_sum(constant, {series * inverse, 0.0}));
  return pair_sum(y, negative(pair_log(passed)));
}

inline double lgamma_of(double x) {
  const double size = size_of(x);
  if (!(size < kInfinity<double>)) return x * x;
  if (size < 1e-20) return -std::log(size);
  if (x >= 1e20) return x * (std::log(x) - 1.0);
  if (x > 0.0) {
    for (const auto& root : kLgammaZeros)
      if (root.serves(x)) return root.value(x);
    const Pair<double> y = lgamma_above(x);
    return y.hi + y.lo;
  }
  const double r = size - std::nearbyint(size);
  if (r == 0.0) return kInfinity<double>;
  for (const auto& root : kLgammaRoots)
    if (root.serves(x)) return root.value(x);
  // log(pi / (|x| |sin(pi x)|)) - lgamma(|x|)
  const Pair<double> area = product({size, 0.0}, sine_of_pi(size_of(r)));
  const Pair<double> log = pair_log(pair_quotient(kWholePi, area));
  const Pair<double> y = pair_sum(log, negative(lgamma_above(size)));
  return y.hi + y.lo;
}

/// digamma of x > 0, not tiny.
inline Pair<double> digamma_above(double x) {
  Pair<double> at = {x, 0.0}, passed = {0.0, 0.0};
  for (; at.hi < kLargeGamma; at = pair_sum(at, {1.0, 0.0})) passed = pair_sum(passed, pair_quotient({1.0, 0.0}, at));
  const Pair<double> inverse = pair_quotient({1.0, 0.0}, at);
  const double square = inverse.hi * inverse.hi;
  double series = 0.0;
  for (int i = 0; i < kTerms; ++i) series = series * square + kBernoulli[i] / (2.0 * (kTerms - i));
  const Pair<double> rest = pair_sum({0.5 * inverse.hi, 0.5 * inverse.lo}, {series * square, 0.0});
  return pair_sum(pair_log(at), negative(pair_sum(rest, passed)));
}

inline double digamma_of(double x) {
  if (x == 0.0) return with_sign(kInfinity<double>, -x);
  const double size = size_of(x);
  if (!(size < kInfinity<double>)) return x > 0.0 ? x : x - x;
  if (size < 1e-20) return -1.0 / x;
  if (x >= 1e20) return std::log(x);
  for (const auto& root : kDigammaRoots)
    if (root.serves(x)) return root.value(x);
  if (x > 0.0) {
    const Pair<double> y = digamma_above(x);
    return y.hi + y.lo;
  }
  const double r = x - std::nearbyint(x);
  if (r == 0.0) return __builtin_nan("");
  // digamma(|x|) + 1 / |x| - pi / tan(pi x)
  const double offset = size_of(r);
  const Pair<double> cotangent = pair_quotient(sine_of_pi<true>(offset), sine_of_pi(offset));
  const Pair<double> slope = product(cotangent, {with_sign(kWholePi.hi, r), with_sign(kWholePi.lo, r)});
  const Pair<double> above = pair_sum(digamma_above(size), pair_quotient({1.0, 0.0}, {size, 0.0}));
  const Pair<double> y = pair_sum(above, negative(slope));
  return y.hi + y.lo;
}

/// Hurwitz's zeta function of s > 1: the sum of (x + i)^-s, x > 0.
inline double hurwitz(double s, double x) {
  double sum = 0.0, at = x;
  for (; at < kLargeGamma || at < s; at += 1.0) {
    const double term = std::pow(at, -s);
    sum += term;
    if (term <= 1e-17 * sum) return sum;
  }
  // Euler's and Maclaurin's remainder: B(2k) s (s + 1) ... (s + 2k - 2) / (2k)! at^(-s - 2k + 1), in Horner's form
  const double square = 1.0 / (at * at);
  double series = 0.0;
  for (int i = 0; i < kTerms; ++i) {
    const int k = kTerms - i;
    const double before = kBernoulli[i] / ((2.0 * k) * (2.0 * k - 1.0));
    const double rise = k == 1 ? s : (s + 2.0 * k - 3.0) * (s + 2.0 * k - 2.0);
    const double fall = k == 1 ? 1.0 : (2.0 * k - 2.0) * (2.0 * k - 3.0);
    series = (series * square + before) * (rise / fall);
  }
  return sum + std::pow(at, 1.0 - s) * (1.0 / (s - 1.0) + (0.5 + series / at) / at);
}
/// The same sum for x < 0, neither whole nor infinite, and a whole s: term by term up to 0, or from far below over all
/// x + i, i of either sign, which repeats with period 1, less the part below x.
inline double hurwitz_below(double s, double x) {
  if (x > -100.0) {
    double sum = 0.0;
    for (; x < 0.0; x += 1.0) sum += std::pow(x, -s);
    return sum + hurwitz(s, x);
  }
  const double r = x - std::nearbyint(x), mirror = std::fmod(s, 2.0) == 0.0 ? 1.0 : -1.0;
  const double all = std::pow(r, -s) + hurwitz(s, 1.0 + r) + mirror * hurwitz(s, 1.0 - r);
  return all - mirror * hurwitz(s, 1.0 - x);
}

inline double zeta_of(double s, double x) {
  if (s == 1.0) return kInfinity<double>;
  if (!(s > 1.0) || x != x) return __builtin_nan("");
  if (s == kInfinity<double>) return std::pow(x, -s);
  if (x > 0.0) return hurwitz(s, x);
  if (x == std::nearbyint(x)) return kInfinity<double>;
  return s == std::nearbyint(s) ? hurwitz_below(s, x) : __builtin_nan("");
}

/// The n-th derivative of digamma.
inline double polygamma_of(double x, double n) {
  if (n == 0.0) return digamma_of(x);
  if (x != x) return x;
  const double s = n + 1.0;
  const bool even = std::fmod(n, 2.0) == 0.0;
  const double factor = even ? -std::tgamma(s) : std::tgamma(s);
  if (size_of(x) == kInfinity<double>) {
    if (n == 1.0) return x > 0.0 ? 0.0 : __builtin_nan("");
    return x > 0.0 ? __builtin_nan("") : factor * kInfinity<double>;
  }
  if (x > 0.0) return factor * hurwitz(s, x);
  return x == std::nearbyint(x) ? factor * kInfinity<double> : factor * hurwitz_below(s, x);
}

template <class T>
inline T log_gamma(T x) {
  return static_cast<T>(lgamma_of(static_cast<double>(x)));
}
template <class T>
inline T digamma_at(T x) {
  return static_cast<T>(digamma_of(static_cast<double>(x)));
}
template <class T>
inline T polygamma_at(T x, T n) {
  return static_cast<T>(polygamma_of(static_cast<double>(x), static_cast<double>(n)));
}

}  // namespace
}  // namespace strided
