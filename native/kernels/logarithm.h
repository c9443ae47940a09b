// Logarithms and powers. float32 is computed in double with shorter polynomials.
#pragma once

#include "native/kernels/arithmetic.h"

namespace strided {
namespace {

// log((1 + s) / (1 - s)) = 2 s + s z L(z) with z = s^2, for arguments between sqrt(1/2) and sqrt(2).
constexpr double kLog[] = {0.14616585424888623, 0.15331710618210773, 0.18182889455674947, 0.22222211130259878,
                           0.2857142862600327,  0.39999999999899444, 0.666666666666667};
constexpr double kLogShort[] = {0.2958005304318844, 0.39988778282162807, 0.6666668504515603};
constexpr double kLn2High = 0x1.62e42fee00000p-1, kLn2Low = 0x1.a39ef35793c76p-33;

/// x = (1 + f) 2^k
struct Binade {
  double f, k;
};
STRIDED_MATH Binade binade_of(double x) {
  const bool tiny = x < 0x1p-1022;
  const double scaled_up = tiny ? x * 0x1p54 : x;
  // Counted from sqrt(1/2), so that 1 + f lies around 1.
  const auto above = static_cast<int64_t>(static_cast<uint64_t>(bits_of(scaled_up)) - 0x3fe6a09e667f3bcd);
  // The exponent as a double: its bits into the mantissa of 2^52.
  const double biased =
      from_bits<double>(static_cast<int64_t>(((static_cast<uint64_t>(above) + (uint64_t{2048} << 52)) >> 52) & 0xfff) +
                        0x4330000000000000);
  const double k = biased - (0x1p52 + 2048.0) - (tiny ? 54.0 : 0.0);
  const int64_t mantissa = (above & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd;
  return {from_bits<double>(mantissa) - 1.0, k};
}
/// What logarithms give outside (0, infinity).
STRIDED_MATH double log_at_ends(double x, double y) {
  y = x == 0.0 ? -kInfinity<double> : y;
  y = x == kInfinity<double> ? x : y;
  return x >= 0.0 ? y : x - x == 0.0 || x < 0.0 ? __builtin_nan("") : x;
}

/// s (f^2 / 2 + R): log(1 + f) = f - (f^2 / 2 - that)
template <class R>
STRIDED_MATH double log_rest(double f, double half_square) {
  const double s = f / (2.0 + f), z = s * s;
  double p;
  if constexpr (sizeof(R) == 4) p = polynomial(kLogShort, z);
  else p = polynomial(kLog, z);
  return s * mul_add(z, p, half_square);
}

template <class R>
STRIDED_MATH double log_of(double x) {
  const Binade b = binade_of(x);
  const double half_square = 0.5 * b.f * b.f;
  const double rest = log_rest<R>(b.f, half_square);
  return log_at_ends(x, b.k * kLn2High - ((half_square - (rest + b.k * kLn2Low)) - b.f));
}

/// log(1 + x + tail), the tail far smaller than x.
template <class R>
STRIDED_MATH double log1p_of(double x, double tail = 0.0) {
  const double u = 1.0 + x;
  const Binade b = binade_of(u);
  // Near 0, f is x itself; else what the sum lost is added, relative to u.
  const double lost = x < 1.0 ? x - (u - 1.0) : 1.0 - (u - x);
  const double f = b.k == 0.0 ? x : b.f;
  const double low = mul_add(b.k, kLn2Low, ((b.k == 0.0 ? 0.0 : lost) + tail) / u);
  const double half_square = 0.5 * f * f;
  const double rest = log_rest<R>(f, half_square);
  const double y = b.k * kLn2High - ((half_square - (rest + low)) - f);
  // -0 and subnormal numbers are their own logarithms here.
  return size_of(x) < 0x1p-54 ? x : log_at_ends(u, y);
}

/// log(x) / log(b) as k scale + (hi + lo) inverse, in two parts each.
template <class R>
STRIDED_MATH double log_to_base(double x, Pair<double> scale, Pair<double> inverse) {
  const Binade b = binade_of(x);
  const double half_square = 0.5 * b.f * b.f;
  const double rest = log_rest<R>(b.f, half_square);
  // hi has half the digits, so that its product with the upper half of the constant is exact.
  const double hi = from_bits<double>(bits_of(b.f - half_square) & static_cast<int64_t>(0xffffffff00000000));
  const double lo = ((b.f - hi) - half_square) + rest;
  const Pair<double> sum = two_sum(b.k * scale.hi, hi * inverse.hi);
  const double low = b.k * scale.lo + ((lo + hi) * inverse.lo + lo * inverse.hi);
  return log_at_ends(x, sum.hi + (sum.lo + low));
}
template <class R>
STRIDED_MATH double log2_of(double x) {
  return log_to_base<R>(x, {1.0, 0.0}, {0x1.7154700000000p+0, 0x1.94ae0bf85ddf4p-22});
}
template <class R>
STRIDED_MATH double log10_of(double x) {
  return log_to_base<R>(x, {0x1.3441350800000p-2, 0x1.f79fef311f12bp-34},
                        {0x1.bcb7b00000000p-2, 0x1.526e50e32a6abp-26});
}

STRIDED_MATH_OF(logarithm, log_of)
STRIDED_MATH_OF(logarithm_1p, log1p_of)
STRIDED_MATH_OF(logarithm_2, log2_of)
STRIDED_MATH_OF(logarithm_10, log10_of)

}  // namespace
}  // namespace strided
