// exp, expm1 and what is made of them: hyperbolic functions, sigmoid, silu, softplus.
#pragma once

#include "native/kernels/logarithm.h"

namespace strided {
namespace {

/// What exponentials need: exp(r) = 1 + r + r^2 p(r) for |r| <= log(2) / 2, and where results end.
template <class T>
struct ExpConstants;
template <>
struct ExpConstants<float> {
  static constexpr float kHigh = 0.693359375f, kLow = -2.12194440e-4f;
  static constexpr float kLeast = -104.0f, kMost = 88.8f;
  static constexpr float kPolynomial[] = {1.98910798644647e-4f,   1.3933731243014336e-3f, 8.33331048488617e-3f,
                                          4.1666463017463684e-2f, 0.1666666716337204f,    0.5f};
};
template <>
struct ExpConstants<double> {
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
  /// For results of float32.
  static constexpr double kShort[] = {0.00019894458673855336, 0.0013933746264758223, 0.008333306782722408,
                                      0.04166646405670175,    0.16666666690853943,   0.5000000013552875};
};

/// An exponential in parts: (1 + t + small) 2^k.
template <class T>
struct Exponential {
  T t, small;
  BitsOf<T> k;
  /// 1 + t + small
  STRIDED_MATH Pair<T> mantissa() const {
    const Pair<T> sum = fast_two_sum(T(1), t);
    return fast_two_sum(sum.hi, sum.lo + small);
  }
};

/// exp(x + tail) in parts, for x that does not exceed ExpConstants by much. `R` is the dtype of the result: float32
/// takes a short polynomial.
template <class R, class T>
STRIDED_MATH Exponential<T> exponential_parts(T x, T tail = T(0)) {
  using C = ExpConstants<T>;
  const T shifted = mul_add(x, T(1.442695040888963407359924681), Format<T>::kRound);
  const T n = shifted - Format<T>::kRound;
  const T high = x - n * C::kHigh;  // exact
  const T low = n * C::kLow - tail;
  const T r = high - low;
  T p;
  if constexpr (sizeof(R) < sizeof(T)) p = polynomial(C::kShort, r);
  else p = polynomial(C::kPolynomial, r);
  const T rest = (high - r) - low;
  return {r, mul_add(r * r, p, rest), bits_of(shifted) - bits_of(Format<T>::kRound)};
}

/// Keeps x within [least, most]; NaN stays NaN.
template <class T>
STRIDED_MATH T within(T x, T least, T most) {
  x = x < least ? least : x;
  return x > most ? most : x;
}

/// exp(x): at most 1 ULP off, subnormal results included.
template <class T>
STRIDED_MATH T exponential(T x) {
  using C = ExpConstants<T>;
  x = within(x, C::kLeast, C::kMost);
  const T shifted = mul_add(x, T(1.442695040888963407359924681), Format<T>::kRound);
  const T n = shifted - Format<T>::kRound;
  const T r = (x - n * C::kHigh) - n * C::kLow;
  const T y = mul_add(polynomial(C::kPolynomial, r), r * r, r) + T(1);
  return scaled(y, static_cast<BitsOf<T>>(bits_of(shifted) - bits_of(Format<T>::kRound)));
}

/// expm1 of x in parts: hi is the result. Takes x below -40 or beyond the overflow as those.
template <class R>
STRIDED_MATH Pair<double> expm1_parts(double x) {
  const Exponential<double> e = exponential_parts<R>(within(x, -40.0, 709.8));
  // At half the size, since 2^1024 is out of range; 2^k - 1 is exact or far below.
  const double power = power_of_2<double>(e.k - 1);
  const Pair<double> sum = two_sum(power - 0.5, power * e.t);
  const double low = mul_add(power, e.small, sum.lo);
  const Pair<double> y = fast_two_sum(sum.hi, low);
  return {2.0 * y.hi, 2.0 * y.lo};
}
template <class R>
STRIDED_MATH double expm1_of(double x) {
  const double y = expm1_parts<R>(x).hi;
  return size_of(x) < 0x1p-54 ? x : y;  // halved, a subnormal number would lose its last bit
}

/// 1 / (1 + exp(-x)) as 2^k / d.
template <class T>
struct Logistic {
  Pair<T> d;
  BitsOf<T> k;
  STRIDED_MATH T times(T x) const {
    const T y = x / d.hi;
    return x > T(1000) ? x : scaled(y - y * (d.lo / d.hi), k);
  }
};
template <class T>
STRIDED_MATH Logistic<T> logistic_parts(T x, T tail = T(0)) {
  // exp(-x) = m 2^-k, and 2^k / (2^k + m) keeps full precision down to the subnormal numbers.
  // Far enough below for x exp(x) to be 0 too.
  const T least = ExpConstants<T>::kLeast - T(30), most = sizeof(T) == 4 ? T(30) : T(60);
  const Exponential<T> e = exponential_parts<T>(-within(x, least, most), -tail);
  const Pair<T> m = e.mantissa();
  const BitsOf<T> lowest = sizeof(T) == 4 ? 100 : 1000;
  const T power = power_of_2<T>(static_cast<BitsOf<T>>(e.k < lowest ? -e.k : -lowest));
  const Pair<T> d = two_sum(power, m.hi);
  return {{d.hi, d.lo + m.lo}, static_cast<BitsOf<T>>(-e.k)};
}
template <class T>
STRIDED_MATH T logistic(T x) {
  const Logistic<T> y = logistic_parts(x);
  const T q = T(1) / y.d.hi;
  return scaled(q - q * q * y.d.lo, y.k);
}
/// x / (1 + exp(-x)); -infinity gives NaN as in PyTorch.
template <class T>
STRIDED_MATH T silu_of(T x) {
  const T y = logistic_parts(x).times(x);
  return x < T(-1000) ? x * T(0) : y;
}
template <class T>
STRIDED_MATH T silu_slope(T x) {
  const T s = logistic(x);
  return x < T(-1000) ? x * T(0) : s * mul_add(x, T(1) - s, T(1));
}
template <class T>
STRIDED_MATH T inverse_root(T x) {
  return T(1) / root(x);
}

// Odd and even parts up to 1, as polynomials of z = x^2: sinh(x) = x + x z s(z), cosh(x) = 1 + z c(z),
// tanh(x) = x + x z n(z) / cosh(x).
constexpr double kSinh[] = {2.8445264169895285e-15, 7.646625361656657e-13, 1.6059048396350562e-10,
                            2.505210836405804e-08,  2.755731922404034e-06, 0.00019841269841269773,
                            0.008333333333333333,   0.16666666666666666};
constexpr double kSinhShort[] = {2.8062802582276946e-06, 0.00019838101968683888, 0.00833333967591706,
                                 0.16666666646842135};
constexpr double kCosh[] = {
    4.842346201844238e-14,  1.1469721885352242e-11, 2.0876765658642154e-09, 2.755731918331876e-07,
    2.4801587301690853e-05, 0.001388888888888876,   0.041666666666666664,   0.5};
constexpr double kTanh[] = {-4.557893560145285e-14, -1.0705059349186577e-11, -1.92708608190071e-09,
                            -2.505210834691296e-07, -2.204585537928682e-05,  -0.0011904761904761782,
                            -0.03333333333333333,   -0.3333333333333333};

/// m 2^(k - 1) and 2^(-k - 1) / m, half of exp(|x|) and of its inverse.
template <class R>
STRIDED_MATH Pair<double> half_exponentials(double size) {
  const Exponential<double> e = exponential_parts<R>(within(size, 0.0, 711.0));
  const Pair<double> m = e.mantissa();
  const double inverse = power_of_2<double>(e.k < 500 ? -e.k - 1 : -501) / m.hi;
  return {scaled(m.hi + m.lo, e.k - 1), inverse};
}
template <class R>
STRIDED_MATH double sinh_of(double x) {
  const double size = size_of(x), z = x * x;
  const Pair<double> half = half_exponentials<R>(size);
  double p;
  if constexpr (sizeof(R) == 4) p = polynomial(kSinhShort, z);
  else p = polynomial(kSinh, z);
  const double near = mul_add(size * z, p, size);
  return with_sign(size < 1.0 ? near : half.hi - half.lo, x);
}
template <class R>
STRIDED_MATH double cosh_of(double x) {
  const Pair<double> half = half_exponentials<R>(size_of(x));
  return half.hi + half.lo;
}

/// tanh in float32: an odd polynomial near 0, where 1 - 2 / (exp(2x) + 1) would lose digits.
STRIDED_MATH float hyperbolic_tangent(float x) {
  constexpr float kNear[] = {0.002159158466383815f,  -0.00819708313792944f, 0.02170974388718605f,
                             -0.053948692977428436f, 0.1333322525024414f,   -0.3333333134651184f};
  const float size = size_of(x);
  const float z = size * size;
  const float near = mul_add(size * z, polynomial(kNear, z), size);
  const float far = 1.0f - 2.0f / (exponential(size + size) + 1.0f);
  return with_sign(size < 0.625f ? near : far, x);  // NaN is not below: far is NaN too
}
STRIDED_MATH double hyperbolic_tangent(double x) {
  const double size = size_of(x);
  const double s = within(size, 0.0, 1.0), z = s * s;
  const double near = mul_add(s * z, polynomial(kTanh, z) / mul_add(polynomial(kCosh, z), z, 1.0), s);
  const double far = 1.0 - 2.0 / (exponential(size + size) + 1.0);
  return with_sign(size < 1.0 ? near : far, x);
}

/// log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|))
template <class R>
STRIDED_MATH double log1p_exp(double x) {
  const Exponential<double> e = exponential_parts<R>(-within(size_of(x), 0.0, 745.2));
  const Pair<double> m = e.mantissa();
  const double small = scaled(m.hi + m.lo, e.k);
  const double y = log1p_of<R>(small);
  return (x < 0.0 ? 0.0 : x) + y;
}

STRIDED_MATH_OF(exponential_minus_1, expm1_of)
STRIDED_MATH_OF(hyperbolic_sine, sinh_of)
STRIDED_MATH_OF(hyperbolic_cosine, cosh_of)
STRIDED_MATH_OF(soft_plus, log1p_exp)

}  // namespace
}  // namespace strided
