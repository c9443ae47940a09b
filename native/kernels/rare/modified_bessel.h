// Modified Bessel functions of orders 0 and 1: their power series near 0, where all terms have one sign, and what is
// left of them beyond when the exponential and 1 / sqrt(x) are taken out.
#pragma once

#include "native/kernels/rare/series.h"

namespace strided {
namespace {

constexpr double kFirstKindNear = 10.0, kSecondKindNear = 1.5;

/// Sqrt(x) exp(-x) I0(x) in 20 / x - 1.
constexpr double kI0Far[] = {0.4015515111840504,      0.0026497964898474524,   4.181574629336313e-05,
                             1.3115016971692717e-06,  6.590371077944386e-08,   4.899126539776211e-09,
                             5.227677835134496e-10,   7.558186594854892e-11,   1.2430838691394886e-11,
                             1.5559064173377983e-12,  -1.3922244473311207e-13, -1.79543872659633e-13,
                             -6.008393682164408e-14,  -6.032086368419264e-15,  3.678306345899403e-15,
                             1.7350549724192145e-15,  9.433276417310474e-17,   -1.690552819047939e-16,
                             -4.9365151183726427e-17, 1.0441928166657574e-17,  8.081941838807073e-18};
/// Sqrt(x) exp(-x) I1(x) in 20 / x - 1.
constexpr double kI1Far[] = {0.3912720804232682,      -0.007736219337137269,   -6.772347425703535e-05,
                             -1.7808310259365696e-06, -8.196474732868447e-08,  -5.770209506562669e-09,
                             -5.929963074709415e-10,  -8.370573738837494e-11,  -1.3647999032369583e-11,
                             -1.7397200717322044e-12, 1.2658313047421118e-13,  1.8647883418424494e-13,
                             6.381536400800916e-14,   6.857303983976774e-15,   -3.720018585909761e-15,
                             -1.824096013279882e-15,  -1.155222863407673e-16,  1.7277239890598655e-16,
                             5.2519621464882593e-17,  -1.0205833324085724e-17, -8.410124322486573e-18};
/// Sqrt(x) exp(x) K0(x) in 3 / x - 1.
constexpr double kK0Far[] = {
    1.2109672344196714,     -0.03962922544633739,    0.002439120141915826,   -0.00024140409874978767,
    3.1246108378268916e-05, -4.839137919888442e-06,  8.546651903068591e-07,  -1.6713425666116112e-07,
    3.54831899376514e-08,   -8.065151203709493e-09,  1.9424822797695176e-09, -4.918475007995527e-10,
    1.3011877267797357e-10, -3.578670402252456e-11,  1.0190714590671667e-11, -2.994445970206688e-12,
    9.053508445283851e-13,  -2.8096285921699505e-13, 8.931050875790733e-14,  -2.9026024499635966e-14,
    9.629684287799079e-15,  -3.2566125015573414e-15, 1.1212655772675037e-15, -3.926054584844096e-16,
    1.3966140769039535e-16, -5.0428759009201626e-17};
/// Sqrt(x) exp(x) K1(x) in 3 / x - 1.
constexpr double kK1Far[] = {
    1.3925173928334924,      0.13424318075799324,    -0.004534572968945711,   0.00037359124157242043,
    -4.409447502905232e-05,  6.454417370721999e-06,  -1.09696587008466e-06,   2.085814955691458e-07,
    -4.3340790679191155e-08, 9.684484300571312e-09,  -2.3002630264215606e-09, 5.757246584191471e-10,
    -1.5081828320023085e-10, 4.113032582292903e-11,  -1.1626428652179237e-11, 3.3942510843662907e-12,
    -1.0203434106240921e-12, 3.1502406325917104e-13, -9.967464382390739e-14,  3.2258631186685094e-14,
    -1.0661270381602677e-14, 3.592874456897516e-15,  -1.2330652219630033e-15, 4.3047019572701927e-16,
    -1.5270996776320815e-16, 5.4999386264554724e-17};

/// The highest power first.
template <int N>
struct PowerSeries {
  double c[N];
};
/// 1 / (k! (k + order)!)
template <int N>
constexpr PowerSeries<N> first_kind(int order) {
  PowerSeries<N> series{};
  long double c = 1;
  for (int k = 0; k < N; c /= static_cast<long double>(k + 1) * (k + 1 + order), ++k)
    series.c[N - 1 - k] = static_cast<double>(c);
  return series;
}
/// The same times the mean of digamma(k + 1) and digamma(k + order + 1).
template <int N>
constexpr PowerSeries<N> second_kind(int order) {
  PowerSeries<N> series{};
  long double c = 1, mean = -0.57721566490153286061L + 0.5L * order;
  for (int k = 0; k < N; ++k) {
    series.c[N - 1 - k] = static_cast<double>(c * mean);
    c /= static_cast<long double>(k + 1) * (k + 1 + order);
    mean += 0.5L / (k + 1) + 0.5L / (k + 1 + order);
  }
  return series;
}
constexpr int kFirstTerms = 30, kSecondTerms = 12;
constexpr auto kI0Near = first_kind<kFirstTerms>(0), kI1Near = first_kind<kFirstTerms>(1);
constexpr auto kI0Small = first_kind<kSecondTerms>(0), kI1Small = first_kind<kSecondTerms>(1);
constexpr auto kK0Small = second_kind<kSecondTerms>(0), kK1Small = second_kind<kSecondTerms>(1);

/// In two factors, each exp(x / 2), so that neither is too large before the result is.
inline double grown(double x, double rest) {
  const double half = std::exp(0.5 * x);
  return half * rest * half;
}

inline double i0e_of(double x) {
  const double size = size_of(x);
  if (size <= kFirstKindNear) return std::exp(-size) * polynomial(kI0Near.c, 0.25 * x * x);
  return chebyshev(kI0Far, 20.0 / size - 1.0) / std::sqrt(size);
}
inline double i0_of(double x) {
  const double size = size_of(x);
  return size <= kFirstKindNear ? polynomial(kI0Near.c, 0.25 * x * x) : grown(size, i0e_of(size));
}
inline double i1e_of(double x) {
  const double size = size_of(x);
  if (size <= kFirstKindNear) return std::exp(-size) * (0.5 * x * polynomial(kI1Near.c, 0.25 * x * x));
  return with_sign(chebyshev(kI1Far, 20.0 / size - 1.0) / std::sqrt(size), x);
}
inline double i1_of(double x) {
  const double size = size_of(x);
  return size <= kFirstKindNear ? 0.5 * x * polynomial(kI1Near.c, 0.25 * x * x) : grown(size, i1e_of(x));
}

inline double k0_near(double x) {
  const double q = 0.25 * x * x;
  return polynomial(kK0Small.c, q) - std::log(0.5 * x) * polynomial(kI0Small.c, q);
}
inline double k1_near(double x) {
  const double q = 0.25 * x * x;
  return 1.0 / x + 0.5 * x * (std::log(0.5 * x) * polynomial(kI1Small.c, q) - polynomial(kK1Small.c, q));
}
inline double k0e_of(double x) {
  if (x < 0.0) return kNan;
  if (x == 0.0) return kInfinity<double>;
  if (x <= kSecondKindNear) return std::exp(x) * k0_near(x);
  return chebyshev(kK0Far, 3.0 / x - 1.0) / std::sqrt(x);
}
inline double k0_of(double x) { return x > 0.0 && x <= kSecondKindNear ? k0_near(x) : std::exp(-x) * k0e_of(x); }
inline double k1e_of(double x) {
  if (x < 0.0) return kNan;
  if (x == 0.0) return kInfinity<double>;
  if (x <= kSecondKindNear) return std::exp(x) * k1_near(x);
  return chebyshev(kK1Far, 3.0 / x - 1.0) / std::sqrt(x);
}
inline double k1_of(double x) { return x > 0.0 && x <= kSecondKindNear ? k1_near(x) : std::exp(-x) * k1e_of(x); }

}  // namespace
}  // namespace strided
