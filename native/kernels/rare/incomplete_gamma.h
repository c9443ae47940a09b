// The regularized incomplete gamma functions P (lower) and Q (upper), P + Q = 1.
#pragma once

#include "native/kernels/gamma.h"
#include "native/kernels/rare/series.h"

namespace strided {
namespace {

constexpr double kUniformFrom = 100.0;  // from this a on, Temme's uniform expansion near x = a
constexpr double kUniformWidth = 0.3;   // for |x - a| up to that times a
constexpr int kMostTerms = 5000;
constexpr double kNegligible = 1e-17;

/// Temme's series (1979, DLMF 8.12): row k holds the coefficient of a^-k by powers of eta.
constexpr double kUniform[][16] = {
    {-0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073, 0.0003527336860670194,
     -0.0001787551440329218, 3.919263178522438e-05, -2.185448510679992e-06, -1.85406221071516e-06,
     8.296711340953087e-07, -1.7665952736826078e-07, 6.707853543401498e-09, 1.0261809784240309e-08,
     -4.382036018453353e-09, 9.14769958223679e-10, -2.5514193994946248e-11},
    {-0.001851851851851852, -0.003472222222222222, 0.0026455026455026454, -0.0009902263374485596,
     0.00020576131687242798, -4.018775720164609e-07, -1.8098550334489977e-05, 7.64916091608111e-06,
     -1.6120900894563446e-06, 4.647127802807434e-09, 1.378633446915721e-07, -5.752545603517705e-08,
     1.1951628599778148e-08, -1.7543241719747647e-11},
    {0.004133597883597883, -0.0026813271604938273, 0.0007716049382716049, 2.0093878600823047e-06,
     -0.0001073665322636516, 5.2923448829120125e-05, -1.2760635188618728e-05, 3.423578734096138e-08,
     1.3721957309062934e-06, -6.298992138380055e-07, 1.4280614206064242e-07, -2.0477098421990866e-10},
    {0.0006494341563786008, 0.00022947209362139917, -0.0004691894943952557, 0.00026772063206283885,
     -7.561801671883977e-05, -2.396505113867297e-07, 1.1082654115347302e-05, -5.6749528269915965e-06,
     1.4230900732435883e-06, -2.7861080291528143e-11},
    {-0.0008618882909167117, 0.0007840392217200666, -0.0002990724803031902, -1.4638452578843418e-06,
     6.641498215465122e-05, -3.968365047179435e-05, 1.1375726970678419e-05, 2.507497226237533e-10},
    {-0.00033679855336635813, -6.972813758365857e-05, 0.0002772753244959392, -0.00019932570516188847,
     6.797780477937208e-05, 1.419062920643967e-07},
    {0.0005313079364639922, -0.0005921664373536939, 0.0002708782096718045, 7.902353232660328e-07},
};

/// m - log(1 + m) at m = (x - a) / a; of second order at 0.
inline double log_excess(double a, double x) {
  const double m = (x - a) / a;
  if (!(size_of(m) < 0.5)) return m - std::log(x / a);
  const double r = m / (2.0 + m), square = r * r;
  double odd = 0.0;
  for (int k = 35; k >= 3; k -= 2) odd = odd * square + 1.0 / k;
  return r * m - 2.0 * r * square * odd;
}

/// x^a exp(-x) / gamma(a + 1)
inline double gamma_weight(double a, double x) {
  if (a < 10.0) {
    if (x > 800.0) return 0.0;
    return std::pow(x, a) * std::exp(-x) / std::tgamma(a + 1.0);
  }
  // Stirling's formula, whose large factors make up one exponent.
  const double inverse = 1.0 / a, square = inverse * inverse;
  double series = 0.0;
  for (int i = 0; i < kTerms; ++i) {
    const double k = kTerms - i;
    series = series * square + kBernoulli[i] / (2.0 * k * (2.0 * k - 1.0));
  }
  return std::exp(-a * log_excess(a, x) - series * inverse) / std::sqrt(2.0 * kCirclePi * a);
}

/// P by its power series; quick where x is below a or small.
inline double lower_series(double a, double x) {
  double term = 1.0, sum = 1.0;
  for (int n = 1; n < kMostTerms && term > kNegligible * sum; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return gamma_weight(a, x) * sum;
}

/// Q by its continued fraction (Lentz's method); quick where x is above a and not small.
inline double upper_fraction(double a, double x) {
  const double weight = gamma_weight(a, x);
  if (weight == 0.0) return 0.0;
  double b = x + 1.0 - a, c = 1e300, d = 1.0 / b, value = d;
  for (int n = 1; n < kMostTerms; ++n) {
    const double numerator = n * (a - n);
    b += 2.0;
    d = 1.0 / (numerator * d + b);
    c = b + numerator / c;
    const double factor = c * d;
    value *= factor;
    if (size_of(factor - 1.0) < 1e-16) break;
  }
  return weight * a * value;
}

/// lgamma(1 + a) of a small a > 0, to the last digits of a.
inline double lgamma_above_1(double a) {
  constexpr double kSmall[] = {0.12550966947475425, -0.14404989676884612, 0.16955717699740819, -0.20738555102867398,
                               0.27058080842778454, -0.40068563438653143, 0.82246703342411322, -0.57721566490153286};
  return a < 0.01 ? a * polynomial(kSmall, a) : lgamma_of(1.0 + a);
}
/// Q for small a and x, where 1 - P would cancel: 1 - (1 + excess) (1 + rest) with both small.
inline double upper_series(double a, double x) {
  double term = a, rest = 0.0;
  for (int n = 1; n < 40; ++n) {
    term *= -x / n;
    rest += term / (a + n);
  }
  const double excess = std::expm1(a * std::log(x) - lgamma_above_1(a));
  return -excess - (1.0 + excess) * rest;
}

/// P (sign -1) or Q (sign 1) near x = a, for large a.
inline double uniform_expansion(double a, double x, double sign) {
  const double square = 2.0 * log_excess(a, x), eta = with_sign(std::sqrt(square), x - a);
  double sum = 0.0;
  for (int k = 6; k >= 0; --k) {
    double row = 0.0;
    for (int n = 15; n >= 0; --n) row = row * eta + kUniform[k][n];
    sum = sum / a + row;
  }
  const double correction = std::exp(-0.5 * a * square) / std::sqrt(2.0 * kCirclePi * a) * sum;
  return 0.5 * std::erfc(sign * eta * std::sqrt(0.5 * a)) + sign * correction;
}

inline bool is_uniform(double a, double x) { return a >= kUniformFrom && size_of(x - a) < kUniformWidth * a; }

inline double igamma_of(double a, double x) {
  if (!(a >= 0.0 && x >= 0.0)) return kNan;
  if (a == 0.0) return x > 0.0 ? 1.0 : kNan;
  if (a == kInfinity<double>) return x == a ? kNan : 0.0;
  if (x == 0.0 || x == kInfinity<double>) return x == 0.0 ? 0.0 : 1.0;
  if (is_uniform(a, x)) return uniform_expansion(a, x, -1.0);
  return x > 1.0 && x > a ? 1.0 - upper_fraction(a, x) : lower_series(a, x);
}

inline double igammac_of(double a, double x) {
  if (!(a >= 0.0 && x >= 0.0)) return kNan;
  if (a == 0.0) return x > 0.0 ? 0.0 : kNan;
  if (a == kInfinity<double>) return x == a ? kNan : 1.0;
  if (x == 0.0 || x == kInfinity<double>) return x == 0.0 ? 1.0 : 0.0;
  if (is_uniform(a, x)) return uniform_expansion(a, x, 1.0);
  if (x <= 1.1) return a < 1.5 ? upper_series(a, x) : 1.0 - lower_series(a, x);
  return x > a ? upper_fraction(a, x) : 1.0 - lower_series(a, x);
}

}  // namespace
}  // namespace strided
