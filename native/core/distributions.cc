#include "native/core/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "native/core/box_muller.h"
#include "native/core/distributions_dispatch.h"

namespace strided {
namespace {

// x * (to - from) + from with one rounding, for x on [0, 1); a result that the cast rounds up to `to` becomes `from`.
template <class T, class C>
void scale_uniform(const C* x, T* out, int64_t n, C from, C to) {
  const C range = to - from;
  const T first = static_cast<T>(from), last = static_cast<T>(to);
  for (int64_t i = 0; i < n; ++i) {
    C value;
    if constexpr (std::is_same_v<C, float>) {
      value = static_cast<float>(static_cast<double>(x[i]) * range + from);
    } else {
      value = from == 0 ? x[i] * range : std::fma(x[i], range, from);
    }
    const T rounded = static_cast<T>(value);
    out[i] = rounded == last ? first : rounded;
  }
}

constexpr int64_t kBlock = 512;

void uniform_block(Generator& generator, float* out, int64_t n) {
  uint32_t words[kBlock];
  generator.random_block(words, n);
  for (int64_t i = 0; i < n; ++i) out[i] = static_cast<float>(static_cast<int32_t>(words[i] & 0xffffffu)) * 0x1p-24f;
}

void uniform_block(Generator& generator, double* out, int64_t n) {
  uint32_t words[2 * kBlock];
  generator.random_block(words, 2 * n);
  for (int64_t i = 0; i < n; ++i) {
    const uint64_t bits = static_cast<uint64_t>(words[2 * i] & 0x1fffffu) << 32 | words[2 * i + 1];
    out[i] = static_cast<double>(static_cast<int64_t>(bits)) * 0x1p-53;
  }
}

template <class T>
using Compute = std::conditional_t<std::is_same_v<T, double>, double, float>;

// Whole blocks of 16 first; a remainder draws 16 fresh samples for the last 16 elements, over some of the blocks'.
template <class T>
void fill_normal_blocks(Generator& generator, T* out, int64_t n, Compute<T> mean, Compute<T> std) {
  using C = Compute<T>;
  C samples[kBlock];
  const auto block = [&](T* to, int64_t count) {
    uniform_block(generator, samples, count);
    for (int64_t i = 0; i + 16 <= count; i += 16) box_muller_16(samples + i, mean, std);
    for (int64_t i = 0; i < count; ++i) to[i] = static_cast<T>(samples[i]);
  };
  const int64_t whole = n / 16 * 16;
  for (int64_t i = 0; i < whole; i += kBlock) block(out + i, std::min(kBlock, whole - i));
  if (n == whole) return;
  // The float and double methods draw uniforms for the remainder too before they start over; the 16-bit ones do not.
  if constexpr (std::is_same_v<T, C>) uniform_block(generator, samples, n - whole);
  block(out + n - 16, 16);
}

// Transformed rejection (Hoermann, 1993) for large rates, multiplication of uniforms for small ones.
int64_t poisson(Generator& generator, double rate) {
  check(rate >= 0, "invalid Poisson rate, expected rate to be non-negative");
  if (rate == 0) return 0;
  if (rate < 10) {
    const double limit = std::exp(-rate);
    int64_t count = 0;
    for (double product = generator.uniform_double(); product > limit; product *= generator.uniform_double()) ++count;
    return count;
  }
  const double root = std::sqrt(rate);
  const double log_rate = std::log(rate);
  const double b = 0.931 + 2.53 * root;
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double v_r = 0.9277 - 3.6224 / (b - 2);
  while (true) {
    const double u = generator.uniform_double() - 0.5;
    const double v = generator.uniform_double();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2 * a / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= v_r) return static_cast<int64_t>(k);
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const double bound = -rate + k * log_rate - std::lgamma(k + 1);
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <= bound) return static_cast<int64_t>(k);
  }
}

void check_probability(bool valid) {
  check(valid,
        "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, "
        "please report an enhancement request to PyTorch.)");
}

}  // namespace

void fill_uniform(Generator& generator, DType dtype, void* out, int64_t n, double from, double to) {
  with_floating(dtype, "check_uniform_bounds", [&](auto type) {
    using T = typename decltype(type)::type;
    using C = Compute<T>;
    constexpr double max = kLargest<T>;
    check(from >= -max && from <= max, "from is out of bounds for ", cpp_name(dtype));
    check(to >= -max && to <= max, "to is out of bounds for ", cpp_name(dtype));
    check(from <= to, "uniform_ expects to return a [from, to) range, but found from=", from, " > to=", to);
    check(to - from <= max, "uniform_ expects to-from <= std::numeric_limits<", dtype_scalar_name(dtype),
          ">::max(), but found to=", to, " and from=", from, " which result in to-from to exceed the limit");
    C samples[kBlock];
    for (int64_t i = 0; i < n; i += kBlock) {
      const int64_t count = std::min(kBlock, n - i);
      uniform_block(generator, samples, count);
      scale_uniform(samples, static_cast<T*>(out) + i, count, static_cast<C>(from), static_cast<C>(to));
    }
  });
}

void fill_normal(Generator& generator, DType dtype, void* out, int64_t n, double mean, double std, bool contiguous) {
  check(std >= 0.0, "normal expects std >= 0.0, but found std ", std);
  if (n == 0) return;
  with_floating(dtype, "normal_kernel_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    using C = Compute<T>;
    if (n >= 16 && contiguous) {
      return fill_normal_blocks(generator, static_cast<T*>(out), n, static_cast<C>(mean), static_cast<C>(std));
    }
    fill<T>(out, n, [&] { return std::fma(generator.normal_double(), std, mean); });
  });
}

void fill_log_normal(Generator& generator, DType dtype, void* out, int64_t n, double mean, double std) {
  check(std > 0.0, "log_normal_ expects std > 0.0, but found std=", std);
  if (n == 0) return;
  with_floating(dtype, "log_normal_cpu", [&](auto type) {
    fill<typename decltype(type)::type>(out, n,
                                        [&] { return std::exp(std::fma(generator.normal_double(), std, mean)); });
  });
}

void fill_cauchy(Generator& generator, DType dtype, void* out, int64_t n, double median, double sigma) {
  check(sigma > 0.0, "cauchy_ expects sigma > 0.0, but found sigma=", sigma);
  check(is_floating(dtype),
        "Cauchy distribution is a continuous probability distribution. dtype must be a floating point but you "
        "specified ",
        cpp_name(dtype));
  with_floating(dtype, "cauchy_cpu", [&](auto type) {
    fill<typename decltype(type)::type>(
        out, n, [&] { return std::fma(sigma, std::tan(M_PI * (generator.uniform_double() - 0.5)), median); });
  });
}

void fill_exponential(Generator& generator, DType dtype, void* out, int64_t n, double lambda) {
  check(lambda > 0.0, "exponential_ expects lambda > 0.0, but found lambda=", lambda);
  if (n == 0) return;
  check(is_floating(dtype),
        "Exponential distribution is a continuous probability distribution. dtype must be a floating point but you "
        "specified ",
        dtype_scalar_name(dtype));
  with_floating(dtype, "exponential_cpu", [&](auto type) {
    fill<typename decltype(type)::type>(out, n,
                                        [&] { return -1.0 / lambda * std::log1p(-generator.uniform_double()); });
  });
}

void fill_geometric(Generator& generator, DType dtype, void* out, int64_t n, double p) {
  check(0 < p && p < 1, "geometric_ expects p to be in (0, 1), but got p=", p);
  if (n == 0) return;
  with_number(dtype, "geometric_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    // Integers take the low bits of a 64-bit count; a draw of exactly 0 has an infinite one.
    const auto count = [&] {
      const double value = std::ceil(std::log(generator.uniform_double()) / std::log1p(-p));
      if constexpr (std::is_integral_v<T>) {
        return value < 0x1p63 ? static_cast<int64_t>(value) : std::numeric_limits<int64_t>::max();
      } else {
        return value;
      }
    };
    fill<T>(out, n, count);
  });
}

void fill_bernoulli(Generator& generator, DType dtype, void* out, int64_t n, double p) {
  check(0 <= p && p <= 1, "bernoulli_ expects p to be in [0, 1], but got p=", p);
  with_any(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    double samples[kBlock];
    for (int64_t i = 0; i < n; i += kBlock) {
      const int64_t count = std::min(kBlock, n - i);
      uniform_block(generator, samples, count);
      const double* sample = samples;
      fill<T>(static_cast<T*>(out) + i, count, [&] { return static_cast<float>(*sample++ < p); });
    }
  });
}

void fill_bernoulli(Generator& generator, DType dtype, void* out, int64_t n, DType p_dtype, const void* p) {
  if (n == 0) return;
  with_any(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    with_floating(p_dtype, "bernoulli_tensor_cpu_p_", [&](auto p_type) {
      using P = typename decltype(p_type)::type;
      const P* probability = static_cast<const P*>(p);
      fill<T>(out, n, [&] {
        const Compute<P> threshold = *probability++;
        check_probability(threshold >= 0 && threshold <= 1);
        if constexpr (std::is_same_v<P, double>) return static_cast<float>(generator.uniform_double() < threshold);
        return static_cast<float>(generator.uniform_float() < threshold);
      });
    });
  });
}

void fill_poisson(Generator& generator, DType dtype, void* out, int64_t n, const void* rate) {
  with_floating(dtype, "poisson_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    const T* rates = static_cast<const T*>(rate);
    fill<T>(out, n, [&] { return poisson(generator, static_cast<double>(*rates++)); });
  });
}

}  // namespace strided
