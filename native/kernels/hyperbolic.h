// Inverse hyperbolic functions: log(1 + u) of a u that is small where the result is, in two parts, so that nothing
// cancels.
#pragma once

#include "native/kernels/logarithm.h"

namespace strided {
namespace {

/// From here on asinh and acosh are log(2 x).
constexpr double kLogarithmic = 0x1p28;

/// log(1 + a + b + low), or log(2 size) for a large size; |a| >= |b|.
template <class R>
STRIDED_MATH double log_of_sum(double size, double a, double b, double low) {
  const bool far = size > kLogarithmic;
  const Pair<double> u = fast_two_sum(far ? size - 1.0 : a, far ? 0.0 : b);
  const double y = log1p_of<R>(u.hi, far ? 0.0 : u.lo + low);
  return far ? y + (kLn2High + kLn2Low) : y;
}

/// asinh(x) = log(1 + x + (sqrt(1 + x^2) - 1)) for x >= 0; odd.
template <class R>
STRIDED_MATH double asinh_of(double x) {
  const double size = size_of(x), z = x * x;
  return with_sign(log_of_sum<R>(size, size, z / (1.0 + root(1.0 + z)), 0.0), x);
}
/// acosh(1 + t) = log(1 + t + sqrt(2 t + t^2))
template <class R>
STRIDED_MATH double acosh_of(double x) {
  const double t = x - 1.0;
  const Pair<double> d = two_sum(2.0, t);
  const Pair<double> square = two_product(t, d.hi);
  const double s = root(square.hi);
  const Pair<double> back = two_product(s, s);
  const double rest = ((square.hi - back.hi) - back.lo) + (square.lo + t * d.lo);
  const double y = log_of_sum<R>(x, s, t, t > 0.0 ? rest / (2.0 * s) : 0.0);
  return x < 1.0 ? __builtin_nan("") : y;
}
/// atanh(x) = log(1 + 2 x / (1 - x)) / 2 for x >= 0; odd.
template <class R>
STRIDED_MATH double atanh_of(double x) {
  const double size = size_of(x), twice = size + size;
  const Pair<double> d = fast_two_sum(1.0, -size);
  const double u = twice / d.hi;
  const Pair<double> back = two_product(u, d.hi);
  const double rest = (((twice - back.hi) - back.lo) - u * d.lo) / d.hi;
  return with_sign(0.5 * log1p_of<R>(u, rest), x);
}

STRIDED_MATH_OF(inverse_sinh, asinh_of)
STRIDED_MATH_OF(inverse_cosh, acosh_of)
STRIDED_MATH_OF(inverse_tanh, atanh_of)

}  // namespace
}  // namespace strided
