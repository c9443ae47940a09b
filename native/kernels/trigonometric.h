// Circular functions and their inverses. float32 is computed in double with shorter polynomials.
#pragma once

#include "native/kernels/exponential.h"

namespace strided {
namespace {

// With z = r^2, |r| <= pi / 4: sin(r) = r + r z s(z), cos(r) = 1 - z / 2 + z^2 c(z), tan(r) = r + r z t(z) / cos(r).
constexpr double kSin[] = {-7.586636882825159e-13, 1.6058530596645953e-10, -2.50521062259944e-08, 2.755731921932058e-06,
                           -0.0001984126984126504, 0.008333333333333331,   -0.16666666666666666};
constexpr double kSinShort[] = {2.724962008007533e-06, -0.00019840084376422702, 0.008333331870341349,
                                -0.16666666663844049};
constexpr double kCos[] = {4.745838412531023e-14,  -1.1470460319209511e-11, 2.0876755787492604e-09,
                           -2.755731922139249e-07, 2.4801587301584632e-05,  -0.0013888888888888887,
                           0.041666666666666664};
constexpr double kCosShort[] = {2.454768977246003e-05, -0.001388830186756237, 0.04166665465348879};
constexpr double kTan[] = {-4.461926045787404e-14, 1.0705664401772596e-11, -1.927085069926442e-09,
                           2.505210837993009e-07,  -2.204585537918005e-05, 0.0011904761904761897,
                           -0.03333333333333333,   0.3333333333333333};
constexpr double kTanShort[] = {-2.1738490655497756e-05, 0.0011903578128141573, -0.033333318726208996,
                                0.3333333330515184};
// z in [0, 1]: atan(t) = t + t z p(z); z in [0, 1/4]: asin(s) = s + s z p(z).
constexpr double kAtan[] = {-1.1832505417555692e-05, 0.0001368724853148122, -0.0007518472526973822,
                            0.002622977891906089,    -0.006575683344151699, 0.012756172907694298,
                            -0.020238706986393514,   0.027567942297344678,  -0.033750132001619734,
                            0.03872640214042632,     -0.04308119655330471,  0.04752086773576656,
                            -0.05261265735709454,    0.05882074956371294,   -0.06666636435777692,
                            0.07692305354678655,     -0.09090908969557403,  0.11111111107234799,
                            -0.14285714285648404,    0.19999999999999554,   -0.3333333333333333};
constexpr double kAtanShort[] = {-0.0009362994719496015, 0.00620725453378005,  -0.019261081322765883,
                                 0.038327445983064846,   -0.05760716083128117, 0.0741749696430051,
                                 -0.09036742342070782,   0.1110470678864422,   -0.14285317963907304,
                                 0.19999990275947271,    -0.33333333293301176};
constexpr double kAsin[] = {0.028757851367421566, -0.014851887071247204, 0.01740087944269402,  0.005457506718640358,
                            0.01032281435018578,  0.011479177415184906,  0.013971212973552933, 0.017352392720869973,
                            0.02237217294214989,  0.030381944138531247,  0.04464285714635543,  0.07499999999998433,
                            0.16666666666666669};
constexpr double kAsinShort[] = {0.03369084720283012, 0.017149238357677253, 0.03110066273549457,
                                 0.04459940152851218, 0.07500094543497424,  0.16666666337430859};
constexpr Pair<double> kHalfPi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
constexpr Pair<double> kWholePi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};

/// The long polynomial or the short one, by the dtype of the result.
template <class R, int N, int M>
STRIDED_MATH double fitted(const double (&exact)[N], const double (&brief)[M], double z) {
  if constexpr (sizeof(R) == 4) return polynomial(brief, z);
  else return polynomial(exact, z);
}

/// Up to here three parts of pi / 2 reduce; beyond, the loop takes the library's functions (see elementwise.inc).
constexpr double kCircularEnd = 6.0e6;

/// x - n pi / 2
struct Reduced {
  double hi, lo;
  int64_t n;
};
STRIDED_MATH Reduced reduce_angle(double x) {
  const double shifted = mul_add(x, 0x1.45f306dc9c883p-1, Format<double>::kRound);
  const double n = shifted - Format<double>::kRound;
  // The first three products and the first difference are exact: 31 bits each, n has 22.
  const Pair<double> first = two_sum(x - n * 0x1.921fb54400000p+0, n * -0x1.0b4611a400000p-34);
  const Pair<double> second = two_sum(first.hi, n * -0x1.13198a2c00000p-65);
  const Pair<double> sum = fast_two_sum(second.hi, first.lo + (second.lo - n * 0x1.01b839a25204ap-96));
  return {sum.hi, sum.lo, bits_of(shifted)};
}
template <class R>
STRIDED_MATH double reduced_sin(Reduced r, double z) {
  return r.hi + mul_add(r.hi * z, fitted<R>(kSin, kSinShort, z), r.lo * (1.0 - 0.5 * z));
}
template <class R>
STRIDED_MATH double reduced_cos(Reduced r, double z) {
  const double w = 1.0 - 0.5 * z;
  return w + (((1.0 - w) - 0.5 * z) + mul_add(z * z, fitted<R>(kCos, kCosShort, z), -(r.hi * r.lo)));
}
/// sin(x + quarter pi / 2)
template <class R, int quarter>
STRIDED_MATH double circular(double x) {
  const Reduced r = reduce_angle(x);
  const double z = r.hi * r.hi;
  const double s = reduced_sin<R>(r, z), c = reduced_cos<R>(r, z);
  const int64_t n = r.n + quarter;
  const int64_t odd = -(n & 1);
  const int64_t value = (bits_of(c) & odd) | (bits_of(s) & ~odd);
  return from_bits<double>(value ^ static_cast<int64_t>(static_cast<uint64_t>(n & 2) << 62));
}
template <class R>
STRIDED_MATH double sin_of(double x) {
  const double y = circular<R, 0>(x);
  return size_of(x) < 0x1p-27 ? x : y;
}
template <class R>
STRIDED_MATH double cos_of(double x) {
  return circular<R, 1>(x);
}
template <class R>
STRIDED_MATH double tan_of(double x) {
  const Reduced r = reduce_angle(x);
  const double z = r.hi * r.hi;
  const double rest = r.hi * z * fitted<R>(kTan, kTanShort, z) / reduced_cos<R>({r.hi, 0.0, 0}, z);
  const double t = r.hi + rest;
  const Pair<double> y = fast_two_sum(r.hi, mul_add(r.lo, mul_add(t, t, 1.0), rest));
  // Where n is odd, -1 / (hi + lo).
  const double inverse = -1.0 / y.hi;
  const double corrected = mul_add(inverse * inverse, y.lo, inverse);
  const int64_t odd = -(r.n & 1);
  const double value = from_bits<double>((bits_of(corrected) & odd) | (bits_of(y.hi) & ~odd));
  return size_of(x) < 0x1p-27 ? x : value;
}

template <class R>
STRIDED_MATH double asin_of(double x) {
  const double size = size_of(x);
  const bool far = size > 0.5;
  const double z = far ? 0.5 * (1.0 - size) : x * x;
  const double s = far ? root(z) : size;
  const double rest = s * z * fitted<R>(kAsin, kAsinShort, z);
  const Pair<double> turned = fast_two_sum(kHalfPi.hi, -2.0 * s);
  return with_sign(far ? turned.hi + (turned.lo + (kHalfPi.lo - 2.0 * rest)) : s + rest, x);
}
template <class R>
STRIDED_MATH double acos_of(double x) {
  const double size = size_of(x);
  const bool far = size > 0.5;
  const double z = far ? 0.5 * (1.0 - size) : x * x;
  const double s = far ? root(z) : x;
  const double rest = s * z * fitted<R>(kAsin, kAsinShort, z);
  // pi / 2 - asin(x), 2 asin(s) or pi - 2 asin(s)
  const double twice = far ? 2.0 : 1.0;
  const double base = x < -0.5 ? kWholePi.hi : far ? 0.0 : kHalfPi.hi;
  const double base_low = x < -0.5 ? kWholePi.lo : far ? 0.0 : kHalfPi.lo;
  const double sign = x > 0.5 ? twice : -twice;
  const Pair<double> sum = two_sum(base, sign * s);
  return sum.hi + (sum.lo + mul_add(sign, rest, base_low));
}

template <class R>
STRIDED_MATH double atan_of(double x) {
  const double size = size_of(x);
  const bool far = size > 1.0;
  const double t = (far ? 1.0 : size) / (far ? size : 1.0);
  const double z = t * t;
  const double rest = t * z * fitted<R>(kAtan, kAtanShort, z);
  const Pair<double> turned = fast_two_sum(kHalfPi.hi, -t);
  return with_sign(far ? turned.hi + (turned.lo + (kHalfPi.lo - rest)) : t + rest, x);
}
template <class R>
STRIDED_MATH double atan2_of(double y, double x) {
  const double height = size_of(y), width = size_of(x);
  const bool steep = height > width;
  const bool left = bits_of(x) < 0;
  const double high = steep ? height : width, low = steep ? width : height;
  double t = low / high;
  t = high == 0.0 ? 0.0 : t;
  t = low == kInfinity<double> ? 1.0 : t;
  const double z = t * t;
  const double rest = t * z * fitted<R>(kAtan, kAtanShort, z);
  const double base = steep ? kHalfPi.hi : left ? kWholePi.hi : 0.0;
  const double base_low = steep ? kHalfPi.lo : left ? kWholePi.lo : 0.0;
  const double sign = steep != left ? -1.0 : 1.0;
  const Pair<double> sum = two_sum(base, sign * t);
  const double angle = sum.hi + (sum.lo + mul_add(sign, rest, base_low));
  return with_sign(x != x || y != y ? x + y : angle, y);
}

STRIDED_MATH_OF(sine, sin_of)
STRIDED_MATH_OF(cosine, cos_of)
STRIDED_MATH_OF(tangent, tan_of)
STRIDED_MATH_OF(arc_sine, asin_of)
STRIDED_MATH_OF(arc_cosine, acos_of)
STRIDED_MATH_OF(arc_tangent, atan_of)
STRIDED_MATH float arc_tangent_2(float y, float x) {
  return static_cast<float>(atan2_of<float>(static_cast<double>(y), static_cast<double>(x)));
}
STRIDED_MATH double arc_tangent_2(double y, double x) { return atan2_of<double>(y, x); }

}  // namespace
}  // namespace strided
