// exp and its kin as scalar code without branches: a loop over it becomes vector code.
#pragma once

#include <cmath>
#include <cstdint>

namespace strided {
namespace {

/// What exponential needs: how the exponent is cut off, and exp(r) = 1 + r + r^2 p(r) for |r| <= log(2) / 2.
template <class T>
struct ExpConstants;
template <>
struct ExpConstants<float> {
  using Bits = int32_t;
  static constexpr int kMantissa = 23, kBias = 127;
  static constexpr float kRound = 12582912.0f;  // its last bit weighs 1
  static constexpr float kHigh = 0.693359375f, kLow = -2.12194440e-4f;
  static constexpr float kLeast = -104.0f, kMost = 88.8f;
  static constexpr float kPolynomial[] = {1.98910798644647e-4f,   1.3933731243014336e-3f, 8.33331048488617e-3f,
                                          4.1666463017463684e-2f, 0.1666666716337204f,    0.5f};
};
template <>
struct ExpConstants<double> {
  using Bits = int64_t;
  static constexpr int kMantissa = 52, kBias = 1023;
  static constexpr double kRound = 6755399441055744.0;
  static constexpr double kHigh = 0x1.62e42fee00000p-1, kLow = 0x1.a39ef35793c76p-33;
  static constexpr double kLeast = -746.0, kMost = 709.8;
  static constexpr double kPolynomial[] = {2.0918256861773575e-09,
                                           2.510530835154436e-08,
                                           2.755726352369889e-07,
                                           2.755725518145644e-06,
                                           2.480158733510469e-05,
                                           1.9841269874989524e-04,
                                           1.388888888888038e-03,
                                           8.333333333326089e-03,
                                           4.166666666666667e-02,
                                           0.1666666666666667,
                                           0.5};
};

/// exp(x) in a form that loops over it become vector code of: at most 1 ULP off, subnormal results included.
template <class T>
[[gnu::always_inline]] inline T exponential(T x) {
  using C = ExpConstants<T>;
  using Bits = typename C::Bits;
  x = x < C::kLeast ? C::kLeast : x;  // NaN stays NaN
  x = x > C::kMost ? C::kMost : x;
  const T shifted = x * T(1.442695040888963407359924681) + C::kRound;
  const T n = shifted - C::kRound;
  const T r = (x - n * C::kHigh) - n * C::kLow;
  T p = C::kPolynomial[0];
#pragma GCC unroll 16
  for (int i = 1; i < static_cast<int>(sizeof C::kPolynomial / sizeof(T)); ++i) p = p * r + C::kPolynomial[i];
  const T y = p * (r * r) + r + T(1);
  // 2^n in two factors: one alone is out of range where the result is subnormal or nearly too large.
  const Bits k = __builtin_bit_cast(Bits, shifted) - __builtin_bit_cast(Bits, C::kRound);
  const Bits half = (k + 2 * C::kBias) / 2 - C::kBias;
  const T first = __builtin_bit_cast(T, static_cast<Bits>((half + C::kBias) << C::kMantissa));
  const T second = __builtin_bit_cast(T, static_cast<Bits>((k - half + C::kBias) << C::kMantissa));
  return y * first * second;
}

/// 1 / (1 + exp(-x))
template <class T>
[[gnu::always_inline]] inline T logistic(T x) {
  return T(1) / (T(1) + exponential(-x));
}

/// tanh: an odd polynomial near 0, where 1 - 2 / (exp(2x) + 1) would lose digits. Our own fit, relative error below
/// 2e-10.
[[gnu::always_inline]] inline float hyperbolic_tangent(float x) {
  const float size = __builtin_fabsf(x);
  const float z = size * size;
  float q = 0.002159158466383815f;
  q = q * z - 0.00819708313792944f;
  q = q * z + 0.02170974388718605f;
  q = q * z - 0.053948692977428436f;
  q = q * z + 0.1333322525024414f;
  q = q * z - 0.3333333134651184f;
  const float near = size * z * q + size;
  const float far = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
  return __builtin_copysignf(size < 0.625f ? near : far, x);  // NaN is not below: far is NaN too
}
[[gnu::always_inline]] inline double hyperbolic_tangent(double x) { return std::tanh(x); }

/// erf: x + x p(x^2) up to 1; beyond, 1 - exp(-g) with g = -log(erfc(x)) as a polynomial in x - 1. Our own fits, 8e-9
/// off at most; from 4 on it is 1 in float32.
[[gnu::always_inline]] inline float error_function(float x) {
  const float size = __builtin_fabsf(x);
  const float z = size * size;
  float p = -9.673590284364764e-06f;
  p = p * z + 0.00011268253729213029f;
  p = p * z - 0.0008484396385028958f;
  p = p * z + 0.005221053492277861f;
  p = p * z - 0.026865437626838684f;
  p = p * z + 0.11283782869577408f;
  p = p * z - 0.37612637877464294f;
  p = p * z + 0.128379225730896f;  // 1 apart: the last sum then rounds once
  const float u = (size > 4.0f ? 4.0f : size) - 1.0f;
  float g = -1.2523528312158305e-06f;
  g = g * u + 2.9550357794505544e-05f;
  g = g * u - 0.00030862208222970366f;
  g = g * u + 0.0020349370315670967f;
  g = g * u - 0.010061011649668217f;
  g = g * u + 0.041568249464035034f;
  g = g * u + 0.8431063294410706f;
  g = g * u + 2.638967514038086f;
  g = g * u + 1.8496055603027344f;
  // A NaN is neither below nor above 1; the polynomial keeps it.
  const float value = size > 1.0f ? 1.0f - exponential(-g) : size * p + size;
  return __builtin_copysignf(value, x);
}
[[gnu::always_inline]] inline double error_function(double x) { return std::erf(x); }

}  // namespace
}  // namespace strided
