// The inverses of erf and of the normal distribution function: x p(w) with w = -log(1 - x^2).
#pragma once

#include "native/kernels/logarithm.h"

namespace strided {
namespace {

/// p(w) up to kBend in kNearScale w - 1, beyond, as far as numbers of that dtype reach, in (sqrt(w) - kMiddle) /
/// kReach. Our own fits in 40 digits, 2^-27 and 2^-52 off.
template <class R>
struct InverseErf;
template <>
struct InverseErf<float> {
  static constexpr double kBend = 5.0, kNearScale = 0.4, kMiddle = 3.15, kReach = 0.92;
  static constexpr double kNear[] = {4.149577433493437e-06,  -3.3339809314926145e-05, 2.5157435365049296e-05,
                                     0.00028407515288397475, -0.0008364687382200096,  -0.0004843499507017,
                                     0.008525934497817092,   -0.019574194007122948,   -0.026108280762080514,
                                     0.6166007234735246,     1.5014093517282388};
  static constexpr double kFar[] = {-1.3741316890837211e-05, 5.480002866811313e-05,  -4.406607581666462e-05,
                                    -0.0001865624532922168,  0.0007354431292584425,  -0.0015418336844619774,
                                    0.002499396588736982,    -0.0038437788247065357, 0.005640673213040698,
                                    0.9237364394700588,      2.9834174392113044};
};
template <>
struct InverseErf<double> {
  static constexpr double kBend = 6.25, kNearScale = 0.32, kMiddle = 4.3, kReach = 1.8;
  static constexpr double kNear[] = {
      7.680990475576525e-10,   -8.186442916595773e-11,  -8.557984074479201e-09,  9.050516362783658e-09,
      3.9142671001331085e-08,  -1.0509863560329017e-07, -1.0167881522843899e-08, 5.455731449441755e-07,
      -1.059336931327948e-06,  -6.87597660449069e-07,   7.1300663740767115e-06,  -1.12556848303199e-05,
      -1.5027713926607673e-05, 9.336693850145469e-05,   -0.00011688883906368398, -0.0002643935887486061,
      0.001232485568550093,    -0.0012716922767024804,  -0.004137314377403391,   0.01780836181873851,
      -0.022604447453450232,   -0.058922567103787134,   0.7504943200799635,      1.6536545626831027};
  static constexpr double kFar[] = {
      -3.5236241772599087e-09, -3.462824995667545e-08,  1.4883659078405395e-07, -3.099984888695327e-08,
      -5.555809960590489e-07,  9.97659953098101e-07,    -8.096436671376841e-07, -3.0466665868186506e-07,
      4.196841315130701e-06,   -1.0732624518953023e-05, 1.2012859240796392e-05, 3.2800452658670603e-06,
      -3.740003826283235e-05,  7.397751250273467e-05,   -7.865015334774832e-05, 1.628287756160791e-05,
      0.00012008250999029433,  -0.00029277420353817724, 0.0004366389686450696,  -0.0005026879591622943,
      0.0004980552571451274,   -0.0004984967658265093,  0.000638940736502968,   -0.001102049988178269,
      0.002066492813753384,    -0.0033068394198309246,  0.002023930769934191,   1.8180811747236365,
      4.142724044720679};
};

template <class R>
STRIDED_MATH double inverse_erf_over_x(double w) {
  using C = InverseErf<R>;
  const double near = polynomial(C::kNear, mul_add(w, C::kNearScale, -1.0));
  const double far = polynomial(C::kFar, (__builtin_sqrt(w) - C::kMiddle) * (1.0 / C::kReach));
  return w < C::kBend ? near : far;
}

template <class R>
STRIDED_MATH double inverse_erf_of(double x) {
  const double size = size_of(x);
  const double y = x * inverse_erf_over_x<R>(-log_of<R>((1.0 - size) * (1.0 + size)));
  return size < 1.0 ? y : size == 1.0 ? x * kInfinity<double> : __builtin_nan("");
}
STRIDED_MATH_OF(inverse_error_function, inverse_erf_of)

/// p(w) / sqrt(w) in 1 / sqrt(w), for w from 36 to 784: the tails of the normal distribution.
constexpr double kInverseErfTail[] = {
    -3.070422123978083e-10,  4.786403710165501e-10,  1.091354113371329e-09,  -1.565876189833264e-09,
    -2.5946640475758002e-09, 3.6852128105874408e-09, 2.0101536430692117e-09, -2.1398746502563203e-09,
    -5.116017030427459e-09,  8.174346198075861e-09,  -9.400692577738863e-09, 1.9511118450078133e-08,
    -4.22693329008113e-08,   8.667250273363417e-08,  -1.832302657598941e-07, 4.0481223682127536e-07,
    -9.391978370949171e-07,  2.3237460899701476e-06, -6.250775066028219e-06, 1.8910820424540496e-05,
    -7.550398041486969e-05,  0.0004542448967497058,  -0.0014747471815400074, -0.011125253655667067,
    0.9888591261731686};

/// The number below which a part `p` of the normal distribution lies: sqrt(2) erfinv(2 p - 1), where 1 - (2 p - 1)^2 is
/// 4 p (1 - p).
inline double normal_quantile(double p) {
  if (!(p > 0.0 && p < 1.0)) return p == 0.0 ? -kInfinity<double> : p == 1.0 ? kInfinity<double> : __builtin_nan("");
  constexpr double kRoot2 = 1.4142135623730951, kMiddle = 17.0 / 168.0, kReach = 11.0 / 168.0;
  const double x = 2.0 * p - 1.0, w = -log_of<double>(4.0 * p * (1.0 - p));
  if (w <= 36.0) return kRoot2 * x * inverse_erf_over_x<double>(w);
  const double root = __builtin_sqrt(w);
  return kRoot2 * x * root * polynomial(kInverseErfTail, (1.0 / root - kMiddle) / kReach);
}

}  // namespace
}  // namespace strided
