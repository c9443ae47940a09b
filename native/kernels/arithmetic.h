// What the mathematical functions are made of: fused steps, sums and products with their rounding errors, polynomials,
// powers of 2. Everything is without branches, so that loops over it become vector code.
#pragma once

#include <cmath>
#include <cstdint>

namespace strided {
namespace {

#define STRIDED_MATH [[gnu::always_inline]] inline

/// name(x) of both dtypes from function<R>(double), R the dtype of the result.
#define STRIDED_MATH_OF(name, function)                                                                    \
  STRIDED_MATH float name(float x) { return static_cast<float>(function<float>(static_cast<double>(x))); } \
  STRIDED_MATH double name(double x) { return function<double>(x); }

/// a * b + c, in one rounding where the instruction set has it.
STRIDED_MATH float mul_add(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fmaf(a, b, c);
#else
  return a * b + c;
#endif
}
STRIDED_MATH double mul_add(double a, double b, double c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// A number as the sum of two: hi is the sum rounded, or nearly so.
template <class T>
struct Pair {
  T hi, lo;
};

/// a + b exactly.
template <class T>
STRIDED_MATH Pair<T> two_sum(T a, T b) {
  const T sum = a + b;
  const T part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}
/// a + b exactly, where |a| >= |b|.
template <class T>
STRIDED_MATH Pair<T> fast_two_sum(T a, T b) {
  const T sum = a + b;
  return {sum, b - (sum - a)};
}
/// a * b exactly, where it is in the range in which its error is no subnormal.
template <class T>
STRIDED_MATH Pair<T> two_product(T a, T b) {
  const T product = a * b;
#if defined(__FMA__) || defined(__aarch64__)
  return {product, mul_add(a, b, -product)};
#else
  constexpr T kSplit = sizeof(T) == 4 ? T(4097) : T(134217729);
  const T ca = a * kSplit, cb = b * kSplit;
  const T ah = ca - (ca - a), bh = cb - (cb - b);
  const T al = a - ah, bl = b - bh;
  return {product, ((ah * bh - product) + ah * bl + al * bh) + al * bl};
#endif
}
template <class T>
STRIDED_MATH Pair<T> product(Pair<T> a, Pair<T> b) {
  const Pair<T> p = two_product(a.hi, b.hi);
  return fast_two_sum(p.hi, p.lo + (a.hi * b.lo + a.lo * b.hi));
}

/// c[0] x^(N - 1) + ... + c[N - 1]
template <class T, int N>
STRIDED_MATH T polynomial(const T (&c)[N], T x) {
  T p = c[0];
#pragma GCC unroll 32
  for (int i = 1; i < N; ++i) p = mul_add(p, x, c[i]);
  return p;
}

template <class T>
struct Format;
template <>
struct Format<float> {
  using Bits = int32_t;
  static constexpr int kMantissa = 23, kBias = 127;
  static constexpr float kRound = 12582912.0f;  // its last bit weighs 1
};
template <>
struct Format<double> {
  using Bits = int64_t;
  static constexpr int kMantissa = 52, kBias = 1023;
  static constexpr double kRound = 6755399441055744.0;
};
template <class T>
using BitsOf = typename Format<T>::Bits;

template <class T>
STRIDED_MATH BitsOf<T> bits_of(T x) {
  return __builtin_bit_cast(BitsOf<T>, x);
}
template <class T>
STRIDED_MATH T from_bits(BitsOf<T> bits) {
  return __builtin_bit_cast(T, bits);
}
STRIDED_MATH float size_of(float x) { return __builtin_fabsf(x); }
STRIDED_MATH double size_of(double x) { return __builtin_fabs(x); }
STRIDED_MATH float with_sign(float size, float sign) { return __builtin_copysignf(size, sign); }
STRIDED_MATH double with_sign(double size, double sign) { return __builtin_copysign(size, sign); }
STRIDED_MATH float root(float x) { return __builtin_sqrtf(x); }
STRIDED_MATH double root(double x) { return __builtin_sqrt(x); }

template <class T>
constexpr T kInfinity = static_cast<T>(__builtin_inf());

/// 2^k, k within the range of normal exponents.
template <class T>
STRIDED_MATH T power_of_2(BitsOf<T> k) {
  return from_bits<T>(static_cast<BitsOf<T>>((k + Format<T>::kBias) << Format<T>::kMantissa));
}
/// x 2^k in two factors: one alone is out of range where the result is subnormal or nearly too large.
template <class T>
STRIDED_MATH T scaled(T x, BitsOf<T> k) {
  constexpr int kBias = Format<T>::kBias;
  const BitsOf<T> half = (k + 2 * kBias) / 2 - kBias;
  return x * power_of_2<T>(half) * power_of_2<T>(k - half);
}

}  // namespace
}  // namespace strided
