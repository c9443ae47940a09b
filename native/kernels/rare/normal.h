// The normal distribution: erfc without its exponential and the logarithm of its distribution function.
#pragma once

#include "native/kernels/inverse_error.h"
#include "native/kernels/rare/series.h"

namespace strided {
namespace {

/// (1 + 2 x) exp(x^2) erfc(x) in (x - 4) / (x + 4).
constexpr double kErfcx[] = {
    1.1774832005374487,      -0.007260796620301901,   -0.081265123236185,      0.06009212804122225,
    -0.02875393558027666,    0.01059566336347286,     -0.003136927294554264,   0.0007456494372536184,
    -0.0001369696503010054,  1.7183861600300937e-05,  -7.158364623450346e-07,  -2.4261399442449534e-07,
    5.5765709395703566e-08,  -2.1057869513809494e-09, -1.1717889351884957e-09, 1.9098355172456688e-10,
    1.408871764208813e-11,   -6.901108320480815e-12,  9.167958364111294e-14,   2.1454508286554553e-13,
    -1.4716575027010623e-14, -6.668675118770408e-15,  7.504598509880083e-16,   2.22009300666632e-16,
    -3.1704898956330886e-17};

/// exp(x^2) with what x * x loses.
inline double exp_square(double x) {
  const Pair<double> square = two_product(x, x);
  return std::exp(square.hi) * (1.0 + square.lo);
}

inline double erfcx_of(double x) {
  if (x < -27.0) return kInfinity<double>;
  if (x < 0.0) return 2.0 * exp_square(x) - erfcx_of(-x);
  if (x == kInfinity<double>) return 0.0;
  return chebyshev(kErfcx, (x - 4.0) / (x + 4.0)) / (1.0 + 2.0 * x);
}

inline double log_ndtr_of(double x) {
  constexpr double kRootHalf = 0.70710678118654752;
  if (x < -1.0) return std::log(0.5 * erfcx_of(-x * kRootHalf)) - 0.5 * x * x;
  if (x < 1.0) return std::log1p(-0.5 * std::erfc(x * kRootHalf));
  if (x > 40.0) return -0.0;
  const Pair<double> square = two_product(x, x);
  return std::log1p(-0.5 * erfcx_of(x * kRootHalf) * std::exp(-0.5 * square.hi) * (1.0 - 0.5 * square.lo));
}

inline double entr_of(double x) {
  return x > 0.0 ? -x * std::log(x) : x == 0.0 ? 0.0 : x < 0.0 ? -kInfinity<double> : x;
}

}  // namespace
}  // namespace strided
