// Bessel functions of the first and second kind, of orders 0 and 1. Near 0 a series in x^2 (times x for order 1; of the
// second kind less its logarithm); beyond, amplitudes in 1 / x^2 of a sine and a cosine.
#pragma once

#include "native/kernels/rare/series.h"

namespace strided {
namespace {

constexpr double kNear = 8.0;
constexpr double kTwoOverPi = 0.63661977236758134;

/// J0(x) in x^2 / 32 - 1.
constexpr double kJ0Near[] = {0.15772797147489012,     -0.008723442352852221,   0.2651786132033368,
                              -0.37009499387264977,    0.15806710233209725,     -0.034893769411408884,
                              0.004819180069467605,    -0.00046062616620627504, 3.246032882100508e-05,
                              -1.7619469077621507e-06, 7.608163592418782e-08,   -2.679253530557673e-09,
                              7.848696314479465e-11,   -1.9438346867370164e-12, 4.125320595634374e-14,
                              -7.588508125447546e-16,  1.2218515873961411e-17};
/// J1(x) / x in x^2 / 32 - 1.
constexpr double kJ1Near[] = {
    0.08104484632565812,    -0.1489751450676521,    0.1609992623572097,     -0.08268049176681791,
    0.022213639654966037,   -0.003646940600769276,  0.0004050337728354822,  -3.255554866857259e-05,
    1.9858774049915165e-06, -9.521984756750436e-08, 3.687133759097148e-09,  -1.178026622695885e-10,
    3.160154580348003e-12,  -7.221755239651773e-14, 1.4232144003513942e-15, -2.4441972916190464e-17};
/// Y0(x) - 2 / pi log(x) J0(x) in x^2 / 32 - 1.
constexpr double kY0Near[] = {-0.03314611320328494,    -0.2744743055297453,    0.17903431407718265,
                              0.26156734625504663,     -0.17730201278114358,   0.04719668959576339,
                              -0.007287962479552079,   0.0007531135932577742,  -5.632079141056987e-05,
                              3.206532537654801e-06,   -1.44072332740187e-07,  5.248794787330516e-09,
                              -1.5837552541812015e-10, 4.02633081830612e-12,   -8.747341203310769e-14,
                              1.6434898714919468e-15,  -2.6977881152566837e-17};
/// (Y1(x) - 2 / pi (log(x) J1(x) - 1 / x)) / x in x^2 / 32 - 1.
constexpr double kY1Near[] = {
    0.0025380132357417816,   -0.01608717304766875,   -0.09591204536083074,    0.08445197259652346,
    -0.028328123944594365,   0.005289897544167113,   -0.0006414551451326356,  5.505982873338744e-05,
    -3.53808001868935e-06,   1.7707804556154404e-07, -7.11055004989928e-09,   2.344337905911516e-10,
    -6.4651518414115946e-12, 1.51429151205002e-13,   -3.0511859694473254e-15, 5.34668038572867e-17};
/// The part of the cosine in J0(x), in 128 / x^2 - 1.
constexpr double kP0Far[] = {0.9994603493475187,      -0.0005365220468132117,  3.0751847875194745e-06,
                             -5.1705945376060975e-08, 1.6306464635151382e-09,  -7.86409137723707e-11,
                             5.168262387349193e-12,   -4.3045788699253914e-13, 4.3265957431549404e-14,
                             -5.069034095935236e-15,  6.748072215733873e-16,   -1.0011513723467786e-16};
/// X times the part of the sine in J0(x), in 128 / x^2 - 1.
constexpr double kQ0Far[] = {-0.12444683684269607,    0.0005470815954089319,  -5.9315987288485175e-06,
                             1.4377965798375193e-07,  -5.817532749493056e-09, 3.376097523734991e-10,
                             -2.565397936797308e-11,  2.404916100281365e-12,  -2.6690625482579414e-13,
                             3.4041800321963686e-14,  -4.87994410531204e-15,  7.729703176242605e-16,
                             -1.3348852171502517e-16, 2.4865952389390515e-17, -4.952892629886516e-18};
/// The part of the cosine in J1(x), in 128 / x^2 - 1.
constexpr double kP1Far[] = {1.0009030408600137,     0.0008989898330859408,   -3.987284300488908e-06,
                             6.177633960644299e-08,  -1.8718907491063067e-09, 8.816898659582339e-11,
                             -5.704863640395645e-12, 4.699195515230542e-13,   -4.6842237839904895e-14,
                             5.452674896044717e-15,  -7.221180842274018e-16,  1.0667689114335412e-16};
/// X times the part of the sine in J1(x), in 128 / x^2 - 1.
constexpr double kQ1Far[] = {0.3742222965562826,     -0.0007702178839325664, 7.3108922063643636e-06,
                             -1.676782510726674e-07, 6.583354662120443e-09,  -3.749090950541556e-10,
                             2.8121750359748866e-11, -2.61145253946232e-12,  2.8774212663332235e-13,
                             -3.649001916061838e-14, 5.206626366226707e-15,  -8.215318025458595e-16,
                             1.4141084390211833e-16, -2.626761589838529e-17};

inline double near_at(double x) { return x * x / 32.0 - 1.0; }

/// Both of order 0 are a cosine at x - pi / 4; those of order 1 a quarter turn later.
struct Waves {
  double cosine, sine;  // times the amplitude sqrt(2 / (pi x))
};
inline Waves waves_at(double x) {
  const double c = std::cos(x), s = std::sin(x), amplitude = 1.0 / std::sqrt(kCirclePi * x);
  return {amplitude * (c + s), amplitude * (s - c)};
}
inline double far_at(double x) { return 128.0 / (x * x) - 1.0; }

inline double bessel_j0_of(double x) {
  const double size = size_of(x);
  if (size <= kNear) return chebyshev(kJ0Near, near_at(x));
  const Waves w = waves_at(size);
  const double t = far_at(size);
  return chebyshev(kP0Far, t) * w.cosine - chebyshev(kQ0Far, t) / size * w.sine;
}

inline double bessel_j1_of(double x) {
  const double size = size_of(x);
  if (size <= kNear) return x * chebyshev(kJ1Near, near_at(x));
  const Waves w = waves_at(size);
  const double t = far_at(size);
  return with_sign(1.0, x) * (chebyshev(kP1Far, t) * w.sine + chebyshev(kQ1Far, t) / size * w.cosine);
}

inline double bessel_y0_of(double x) {
  if (x < 0.0) return kNan;
  if (x == 0.0) return -kInfinity<double>;
  if (x <= kNear) return chebyshev(kY0Near, near_at(x)) + kTwoOverPi * std::log(x) * bessel_j0_of(x);
  const Waves w = waves_at(x);
  const double t = far_at(x);
  return chebyshev(kP0Far, t) * w.sine + chebyshev(kQ0Far, t) / x * w.cosine;
}

inline double bessel_y1_of(double x) {
  if (x < 0.0) return kNan;
  if (x == 0.0) return -kInfinity<double>;
  if (x <= kNear) return x * chebyshev(kY1Near, near_at(x)) + kTwoOverPi * (std::log(x) * bessel_j1_of(x) - 1.0 / x);
  const Waves w = waves_at(x);
  const double t = far_at(x);
  return chebyshev(kQ1Far, t) / x * w.sine - chebyshev(kP1Far, t) * w.cosine;
}

inline double spherical_bessel_j0_of(double x) {
  if (x == 0.0) return 1.0;
  return size_of(x) == kInfinity<double> ? 0.0 : std::sin(x) / x;
}

}  // namespace
}  // namespace strided
