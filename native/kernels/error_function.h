// erf, erfc and gelu.
#pragma once

#include "native/kernels/exponential.h"

namespace strided {
namespace {

/// exp(z^2) erfc(z) = t p(u) with t = 1 / (z + kShift) and u = kScale t - kOffset, which takes [0, the end] to [1, -1].
/// Our own fits, 2^-25 and 2^-55 off; shift, scale and offset of float64 are exact.
template <class R>
struct ErfcConstants;
template <>
struct ErfcConstants<float> {
  static constexpr double kShift = 2.5, kScale = 6.201923076923077, kOffset = 1.4807692307692308, kEnd = 10.4;
  template <class T>
  static constexpr T kPolynomial[] = {T(-2.3087156039866962e-05), T(6.735842936295249e-05), T(0.0002954798522395292),
                                      T(-0.0009643253954968549),  T(-0.004555044906638809), T(0.00747033352708538),
                                      T(0.09925317802285925),     T(0.36343300790426486),   T(0.8067190382946388),
                                      T(1.228304065415905)};
};
template <>
struct ErfcConstants<double> {
  static constexpr double kShift = 3.0, kScale = 6.640625, kOffset = 1.2109375, kEnd = 28.0;
  template <class T>
  static constexpr T kPolynomial[] = {
      -4.2555199838244205e-12, -3.988470569238705e-12, 5.940254773426798e-11,   2.567781700889425e-12,
      -4.3362526701705576e-10, 4.2017533324170187e-10, 2.132713646199648e-09,   -5.201134004738556e-09,
      -6.712562976901476e-09,  4.172234376705228e-08,  -1.8338689145755257e-09, -2.867189680785107e-07,
      2.5606760962441956e-07,  1.9572087448546232e-06, -2.917613947320821e-06,  -1.5111871398478924e-05,
      2.4367165702151452e-05,  0.00014459279796642476, -0.0001224975025273642,  -0.0016461937171640961,
      -0.0018097265027960845,  0.01538848703001776,    0.08790506243990204,     0.26392692902767356,
      0.5587728973644407,      0.9063807714849367,     1.1626466494139347,
  };
};
constexpr double kRoot2 = 1.4142135623730951, kRootHalf = 0.7071067811865476, kDensity = 0.3989422804014327;

/// value 2^k
template <class T>
struct Tail {
  T value, density;  // the integral, and exp(-h)
  BitsOf<T> k;
};
STRIDED_MATH Pair<double> times_root_half(double x) {
  const Pair<double> y = two_product(x, kRootHalf);
  return {y.hi, mul_add(x, -4.833646656726457e-17, y.lo)};
}
/// t p(u) in two parts. At large z the last terms of p nearly cancel: their products and sums keep what they lose.
STRIDED_MATH Pair<double> scaled_erfc(Pair<double> z) {
  using C = ErfcConstants<double>;
  constexpr auto& c = C::kPolynomial<double>;
  constexpr double kRest[] = {1.3591229694461429e-17, 4.726161655067757e-17, 9.057361058751776e-18,
                              1.0525509684768684e-16};  // of the last coefficients
  constexpr int kExact = 4, kPlain = sizeof(c) / sizeof(c[0]) - kExact;
  const Pair<double> sum = two_sum(C::kShift, z.hi);
  const double t = 1.0 / sum.hi;
  const Pair<double> back = two_product(t, sum.hi);
  const double lost = t * (((1.0 - back.hi) - back.lo) - t * (sum.lo + z.lo));
  const Pair<double> scaled_t = two_product(t, C::kScale);
  const Pair<double> moved = two_sum(scaled_t.hi, -C::kOffset);
  const double u = moved.hi, u_rest = mul_add(lost, C::kScale, moved.lo + scaled_t.lo);
  double first = c[0];
#pragma GCC unroll 32
  for (int i = 1; i < kPlain; ++i) first = mul_add(first, u, c[i]);
  Pair<double> p = {first, 0.0};
#pragma GCC unroll 4
  for (int i = 0; i < kExact; ++i) {
    const Pair<double> term = two_product(p.hi, u);
    const Pair<double> next = two_sum(term.hi, c[kPlain + i]);
    p = {next.hi, mul_add(p.lo, u, mul_add(p.hi, u_rest, (term.lo + kRest[i]) + next.lo))};
  }
  const Pair<double> y = two_product(t, p.hi);
  return {y.hi, y.lo + (t * p.lo + lost * p.hi)};
}
/// erfc(size), or where `normal` the integral of the normal density beyond size. 0 <= size <= its end.
template <class R, bool normal, class T>
STRIDED_MATH Tail<T> tail_of(T size) {
  const Pair<T> square = two_product(size, size);
  constexpr T kHalf = normal ? T(-0.5) : T(-1);
  const Exponential<T> e = exponential_parts<R>(kHalf * square.hi, kHalf * square.lo);
  if constexpr (sizeof(R) == sizeof(double)) {
    const Pair<double> p = scaled_erfc(normal ? times_root_half(size) : Pair<double>{size, 0.0});
    const Pair<double> m = e.mantissa(), y = two_product(p.hi, m.hi);
    const double value = y.hi + (y.lo + mul_add(p.hi, m.lo, p.lo * m.hi));
    return {normal ? 0.5 * value : value, m.hi, e.k};
  } else {
    using C = ErfcConstants<R>;
    // Of the variable size / sqrt(2): shift and scale take the root.
    constexpr T kShift = normal ? T(C::kShift * kRoot2) : T(C::kShift);
    constexpr T kScale = normal ? T(C::kScale * kRoot2) : T(C::kScale);
    const T t = T(1) / (size + kShift);
    const T u = mul_add(t, kScale, T(-C::kOffset));
    const T exponent = e.t + e.small;
    const T p = polynomial(C::template kPolynomial<T>, u) * (normal ? t * T(kRootHalf) : t);
    return {mul_add(p, exponent, p), T(1) + exponent, e.k};
  }
}

/// erf: x + x p(x^2) up to 1; beyond, 1 - exp(-g) with g = -log(erfc(x)) as a polynomial in x - 1. Our own fits, 8e-9
/// off at most; from 4 on it is 1 in float32.
STRIDED_MATH float error_function(float x) {
  constexpr float kNear[] = {-9.673590284364764e-06f, 0.00011268253729213029f, -0.0008484396385028958f,
                             0.005221053492277861f,   -0.026865437626838684f,  0.11283782869577408f,
                             -0.37612637877464294f,   0.128379225730896f};
  constexpr float kFar[] = {-1.2523528312158305e-06f, 2.9550357794505544e-05f, -0.00030862208222970366f,
                            0.0020349370315670967f,   -0.010061011649668217f,  0.041568249464035034f,
                            0.8431063294410706f,      2.638967514038086f,      1.8496055603027344f};
  const float size = size_of(x);
  const float near = mul_add(size, polynomial(kNear, size * size), size);
  const float far = 1.0f - exponential(-polynomial(kFar, (size > 4.0f ? 4.0f : size) - 1.0f));
  return with_sign(size > 1.0f ? far : near, x);  // a NaN is not above 1; the polynomial keeps it
}
/// erf(x) - x for |x| <= 1.
STRIDED_MATH double erf_rest(double x) {
  constexpr double kNear[] = {-7.795898827002142e-10, 1.3720064546777686e-08, -1.6208483801871705e-07,
                              1.6447424703317362e-06, -1.492473690741966e-05, 0.00012055294904839707,
                              -0.0008548325975389692, 0.0052239776071164225,  -0.02686617064323777,
                              0.11283791670945006,    -0.37612638903183543,   0.12837916709551256};
  return x * polynomial(kNear, x * x);
}
STRIDED_MATH double error_function(double x) {
  const double size = size_of(x);
  const double near = size + erf_rest(size);
  const Tail<double> tail = tail_of<double, false>(within(size, 0.0, 6.5));
  const double far = 1.0 - tail.value * power_of_2<double>(tail.k);
  return with_sign(size > 1.0 ? far : near, x);
}

template <class R>
STRIDED_MATH double erfc_of(double x) {
  const Tail<double> tail = tail_of<R, false>(within(size_of(x), 0.0, ErfcConstants<R>::kEnd));
  const double y = sizeof(R) == 4 ? tail.value * power_of_2<double>(tail.k) : scaled(tail.value, tail.k);
  const double far = x < 0.0 ? 2.0 - y : y;
  if constexpr (sizeof(R) == 4) return far;
  const Pair<double> sum = two_sum(1.0, -x);
  return size_of(x) < 0.75 ? sum.hi + (sum.lo - erf_rest(x)) : far;
}
STRIDED_MATH float error_function_complement(float x) {
  return static_cast<float>(erfc_of<float>(static_cast<double>(x)));
}
STRIDED_MATH double error_function_complement(double x) { return erfc_of<double>(x); }

/// Beyond any tail PyTorch multiplies by 0: NaN for -infinity.
template <class T>
constexpr double kNoTail = sizeof(T) == 4 ? 14.6 : 39.0;

/// x times the integral of the normal density up to x, as max(x, 0) - |x| tail: nothing cancels.
template <class R>
STRIDED_MATH double gelu_of(double x) {
  const double size = within(size_of(x), 0.0, kNoTail<R>);
  const Tail<double> tail = tail_of<R, true>(size);
  const double above = x < 0.0 ? 0.0 : x;
  double y;
  if constexpr (sizeof(R) == 4) {
    y = above - size * (tail.value * power_of_2<double>(tail.k));
    y = size < 1e-15 ? 0.5 * x : y;
  } else {
    y = above - scaled(size * tail.value, tail.k);
    const Pair<double> z = times_root_half(x), sum = two_sum(1.0, z.hi);
    y = size < 0.625 ? 0.5 * x * (sum.hi + (sum.lo + (z.lo + erf_rest(z.hi)))) : y;
  }
  return x < -1000.0 ? x * 0.0 : y;
}
STRIDED_MATH_OF(gaussian_unit, gelu_of)

/// The slope of gelu: the integral up to x, and x times the density.
template <class T>
STRIDED_MATH T gelu_slope(T x) {
  const T size = within(size_of(x), T(0), T(kNoTail<T>));
  const Tail<T> tail = tail_of<T, true>(size);
  const T part = scaled(tail.value - size * (tail.density * T(kDensity)), tail.k);
  return x < T(0) ? part : T(1) - part;
}

/// 2 u of gelu's tanh form, 0.5 x (1 + tanh(u)) = x / (1 + exp(-2 u)), with its rounding error.
template <class T>
STRIDED_MATH Pair<T> gelu_tanh_argument(T x) {
  constexpr double kLinear = 1.5957691216057308, kCubic = kLinear * 0.044715;
  constexpr T linear = T(kLinear), cubic = T(kCubic);
  constexpr T linear_rest = sizeof(T) == 4 ? T(kLinear - linear) : T(-9.96930880911092e-17);
  constexpr T cubic_rest = sizeof(T) == 4 ? T(kCubic - cubic) : T(-6.175149918155315e-19);
  const Pair<T> square = two_product(x, x);
  const Pair<T> term = product(Pair<T>{cubic, cubic_rest}, square);
  const Pair<T> sum = two_sum(linear, term.hi);
  return product(Pair<T>{x, T(0)}, Pair<T>{sum.hi, sum.lo + (term.lo + linear_rest)});
}
template <class T>
STRIDED_MATH T gelu_tanh_of(T x) {
  const T end = sizeof(T) == 4 ? T(12) : T(25);
  const Pair<T> u = gelu_tanh_argument(within(x, -end, end));
  const T y = logistic_parts(u.hi, u.lo).times(x);
  return x < T(-1000) ? x * T(0) : y;
}
template <class T>
STRIDED_MATH T gelu_tanh_slope(T x) {
  const T end = sizeof(T) == 4 ? T(12) : T(25);
  const T v = within(x, -end, end), square = v * v;
  const T s = logistic(v * (T(1.5957691216057308) * mul_add(square, T(0.044715), T(1))));
  const T inner = T(1.5957691216057308) * mul_add(square, T(3 * 0.044715), T(1));
  return s + v * inner * (s * (T(1) - s));
}

}  // namespace
}  // namespace strided
