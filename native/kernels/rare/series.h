// What functions without a closed form are computed from: Chebyshev series, fitted to them by us in 60 digits.
#pragma once

#include "native/kernels/arithmetic.h"

namespace strided {
namespace {

constexpr double kNan = __builtin_nan("");
constexpr double kCirclePi = 3.14159265358979323846;

/// c[0] + c[1] T1(t) + c[2] T2(t) + ..., |t| <= 1, by Clenshaw's recurrence.
template <int N>
inline double chebyshev(const double (&c)[N], double t) {
  double b = 0.0, before = 0.0;
  for (int i = N - 1; i > 0; --i) {
    const double next = 2.0 * t * b - before + c[i];
    before = b;
    b = next;
  }
  return t * b - before + c[0];
}

}  // namespace
}  // namespace strided
