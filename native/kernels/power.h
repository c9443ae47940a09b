// Powers: exp(y log(x)), in float64 with a logarithm of twice the digits.
#pragma once

#include "native/kernels/exponential.h"

namespace strided {
namespace {

/// log(x) to about 66 bits, 0 < x < infinity.
STRIDED_MATH Pair<double> long_log(double x) {
  // The logarithm of (1 + s) / (1 - s) again, with 2/3 apart.
  constexpr double kTail[] = {0.11723178623876518, 0.11706236339491206, 0.1333480469384731,  0.1538459496251843,
                              0.18181818335392802, 0.22222222221655885, 0.28571428571429364, 0.4};
  const Binade b = binade_of(x);
  const Pair<double> d = two_sum(2.0, b.f);
  const double quotient = b.f / d.hi;
  const Pair<double> back = two_product(quotient, d.hi);
  const Pair<double> s = {quotient, (((b.f - back.hi) - back.lo) - quotient * d.lo) / d.hi};
  const Pair<double> z = product(s, s);
  const double tail = z.hi * polynomial(kTail, z.hi);
  const Pair<double> third = fast_two_sum(0x1.5555555555555p-1, tail);
  const Pair<double> cubic = product(s, product(z, {third.hi, third.lo + 0x1.5555555555555p-55}));
  const Pair<double> sum = two_sum(b.k * kLn2High, 2.0 * s.hi);
  const Pair<double> all = two_sum(sum.hi, cubic.hi);
  return fast_two_sum(all.hi, (sum.lo + all.lo) + (2.0 * s.lo + (cubic.lo + b.k * kLn2Low)));
}

/// x^y for x > 0 where neither is infinite.
STRIDED_MATH double power_inside(double x, double y, double) {
  y = within(y, -0x1p70, 0x1p70);
  const Pair<double> log = long_log(x);
  const Pair<double> p = two_product(y, log.hi);
  const Exponential<double> e =
      exponential_parts<double>(within(p.hi, -760.0, 720.0), within(mul_add(y, log.lo, p.lo), -1.0, 1.0));
  return scaled(1.0 + (e.t + e.small), e.k);
}
STRIDED_MATH double power_inside(double x, double y, float) {
  const Exponential<double> e = exponential_parts<float>(within(y * log_of<double>(x), -200.0, 200.0));
  return (1.0 + (e.t + e.small)) * power_of_2<double>(e.k);
}

/// x^y with the special cases of C.
template <class R>
STRIDED_MATH double power_of(double x, double y) {
  const double size = size_of(x), height = size_of(y), half = 0.5 * height;
  const bool whole = (height >= 0x1p52) | ((height + 0x1p52) - 0x1p52 == height);
  const bool odd = whole & (height < 0x1p53) & (((half + 0x1p52) - 0x1p52) != half);
  double r = power_inside(size, y, R(0));
  // Where the result is a limit: a base of 0 or infinity, an infinite exponent.
  const double grows = y > 0.0 ? kInfinity<double> : 0.0, shrinks = y > 0.0 ? 0.0 : kInfinity<double>;
  r = height == kInfinity<double> ? (size > 1.0 ? grows : shrinks) : r;
  r = size == 0.0 ? shrinks : r;
  r = size == kInfinity<double> ? grows : r;
  r = (x < 0.0) & (size < kInfinity<double>)&!whole ? __builtin_nan("") : r;
  r = odd ? with_sign(r, x) : r;
  r = (height == kInfinity<double>)&(size == 1.0) ? 1.0 : r;
  r = (x != x) | (y != y) ? x + y : r;
  return (y == 0.0) | (x == 1.0) ? 1.0 : r;
}

STRIDED_MATH float power_real(float x, float y) {
  return static_cast<float>(power_of<float>(static_cast<double>(x), static_cast<double>(y)));
}
STRIDED_MATH double power_real(double x, double y) { return power_of<double>(x, y); }

}  // namespace
}  // namespace strided
