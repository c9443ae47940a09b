// Functions of mathematical physics and statistics, one element at a time, in double precision inside.
#pragma once

#include <cmath>
#include <limits>

namespace strided {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// The inverse of erf: Winitzki's formula (2008, three digits), then Halley's steps, each of which triples them.
inline double inverse_erf(double x) {
  const double size = std::abs(x);
  if (!(size < 1)) return size == 1 ? std::copysign(std::numeric_limits<double>::infinity(), x) : std::nan("");
  if (size < 1e-8) return x * 0.88622692545275801;  // sqrt(pi) / 2
  const double tail = 1 - size;                     // exact for size >= 1/2
  const double log_term = std::log(tail) + std::log1p(size);
  const double a = 0.147;
  const double half = 2 / (kPi * a) + log_term / 2;
  double y = std::sqrt(std::sqrt(half * half - log_term / a) - half);
  for (int i = 0; i < 3; ++i) {
    const double error = size < 0.5 ? std::erf(y) - size : tail - std::erfc(y);
    const double step = error / (1.1283791670955126 * std::exp(-y * y));  // 2 / sqrt(pi)
    y -= step / (1 + y * step);
  }
  return std::copysign(y, x);
}

template <class T>
inline T inverse_error_function(T x) {
  return static_cast<T>(inverse_erf(static_cast<double>(x)));
}

/// sin(pi x) / (pi x)
template <class T>
inline T cardinal_sine(T x) {
  if (x == T(0)) return T(1);
  const T angle = static_cast<T>(kPi) * x;
  return std::sin(angle) / angle;
}

}  // namespace
}  // namespace strided
