// Gamma and binomial samples.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "native/core/distributions.h"
#include "native/core/distributions_dispatch.h"

namespace strided {
namespace {

// Marsaglia and Tsang (2000); a shape below 1 is raised by one and made good by a power of a uniform sample. Constants
// of T are rounded to it, as in PyTorch, since they decide between acceptance and another draw.
template <class T>
T standard_gamma(Generator& generator, T alpha) {
  double scale = 1.0;
  if (alpha < T(1)) {
    if (alpha == T(0)) return T(0);
    scale = std::pow(1.0 - generator.uniform_double(), static_cast<double>(1.0f / alpha));
    alpha += T(1);
  }
  const double d = alpha - 1.0f / 3.0f;
  const double c = 1.0 / std::sqrt(9.0 * d);
  while (true) {
    double x = 0, y = 0;
    do {
      x = generator.normal_double();
      y = 1.0 + c * x;
    } while (y <= 0);
    const double v = y * y * y, u = 1.0 - generator.uniform_double(), square = x * x;
    if (u < 1.0 - static_cast<double>(0.0331f) * square * square ||
        std::log(u) < 0.5 * square + d * (1.0 - v + std::log(v))) {
      return static_cast<T>(scale * d * v);
    }
  }
}

// Counts geometric waiting times that fit into the trials.
template <class T>
T binomial_inversion(Generator& generator, T count, T p) {
  const double log_failure = std::log1p(-p);
  double waited = 0;
  for (T successes = 0;; successes += T(1)) {
    waited += std::ceil(std::log(generator.uniform_double()) / log_failure);
    if (waited > count) return successes;
  }
}

// log(k!) less Stirling's approximation of it.
double stirling_tail(double k) {
  constexpr double kFirst[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
                               0.0166446911898211,  0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
                               0.00925546218271273, 0.00833056343336287};
  if (k < 10) return kFirst[static_cast<int>(k)];
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

// Transformed rejection with squeeze (Hoermann, 1993), for at least ten successes to be expected.
template <class T>
T binomial_rejection(Generator& generator, T count, T p) {
  const double deviation = std::sqrt(count * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double center = count * p + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  const double odds = p / (1 - p);
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double m = std::floor((count + 1) * p);
  while (true) {
    const double u = generator.uniform_double() - 0.5;
    double v = generator.uniform_double();
    const double us = 0.5 - std::abs(u);
    const T k = static_cast<T>(std::floor((2 * a / us + b) * u + center));
    if (k < 0 || k > count) continue;
    if (us >= 0.07 && v <= v_r) return k;
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (odds * (count - m + 1))) +
                         (count + 1) * std::log((count - m + 1) / (count - k + 1)) +
                         (k + 0.5) * std::log(odds * (count - k + 1) / (k + 1)) + stirling_tail(m) +
                         stirling_tail(count - m) - stirling_tail(k) - stirling_tail(count - k);
    if (v <= bound) return k;
  }
}

template <class T>
T binomial(Generator& generator, T count, T p) {
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  if (!(p <= 1)) return std::numeric_limits<T>::quiet_NaN();
  const bool mirrored = p > T(0.5);
  const T rarer = mirrored ? static_cast<T>(1.0 - p) : p;
  const T successes = count * rarer >= T(10) ? binomial_rejection(generator, count, rarer)
                                             : binomial_inversion(generator, count, rarer);
  return mirrored ? count - successes : successes;
}

/// Calls body(Type<T>()) for float and double, the types that PyTorch has these samplers for.
template <class Body>
void with_float_or_double(DType dtype, const char* kernel, Body body) {
  if (dtype == DType::Float32) return body(Type<float>());
  if (dtype == DType::Float64) return body(Type<double>());
  fail_not_implemented(kernel, dtype);
}

}  // namespace

void fill_standard_gamma(Generator& generator, DType dtype, void* out, int64_t n, const void* alpha) {
  with_float_or_double(dtype, "gamma_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    const T* alphas = static_cast<const T*>(alpha);
    fill<T>(out, n, [&] { return std::max(std::numeric_limits<T>::min(), standard_gamma(generator, *alphas++)); });
  });
}

void fill_binomial(Generator& generator, DType dtype, void* out, int64_t n, const void* count, const void* p) {
  with_float_or_double(dtype, "binomial_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    const T *counts = static_cast<const T*>(count), *ps = static_cast<const T*>(p);
    fill<T>(out, n, [&] { return binomial(generator, *counts++, *ps++); });
  });
}

}  // namespace strided
