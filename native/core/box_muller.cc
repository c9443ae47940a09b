#include "native/core/box_muller.h"

#include <cmath>
#include <cstdint>

#include "native/kernels/select.h"

namespace strided {
namespace {

// PyTorch's vectors round a*b+c once. Without that instruction the sum in double is the same but for one case in 2^29.
template <bool kFused>
[[gnu::always_inline]] inline float multiply_add(float a, float b, float c) {
  if constexpr (kFused) return __builtin_fmaf(a, b, c);
  return static_cast<float>(static_cast<double>(a) * b + c);
}

template <bool kFused, int kCount>
[[gnu::always_inline]] inline float horner(float x, const float (&coefficients)[kCount]) {
  float y = coefficients[0];
#pragma GCC unroll 16
  for (int i = 1; i < kCount; ++i) y = multiply_add<kFused>(y, x, coefficients[i]);
  return y;
}

// Natural logarithm on (0, 1], after Cephes: a polynomial on [sqrt(1/2), sqrt(2)), the exponent times a split ln 2.
template <bool kFused>
[[gnu::always_inline]] inline float log_of_unit(float u) {
  constexpr float kLog[] = {7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,
                            -1.2420140846e-1f, 1.4249322787e-1f,  -1.6668057665e-1f,
                            2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};
  const uint32_t bits = __builtin_bit_cast(uint32_t, u);
  const uint32_t mantissa_bits = (bits & 0x007fffffu) | 0x3f000000u;
  const float mantissa = __builtin_bit_cast(float, mantissa_bits);
  // All ones below sqrt(1/2), whose bits these are: such mantissas double and lower the exponent by one.
  const int32_t low = static_cast<int32_t>(mantissa_bits - 0x3f3504f3u) >> 31;
  const float exponent = static_cast<float>(static_cast<int32_t>(bits >> 23) - 126 + low);
  const float x = (mantissa - 1.0f) + __builtin_bit_cast(float, mantissa_bits& static_cast<uint32_t>(low));
  const float square = x * x;
  float y = horner<kFused>(x, kLog) * x;
  y = multiply_add<kFused>(y, square, exponent * -2.12194440e-4f);
  y = multiply_add<kFused>(square, -0.5f, y);
  return multiply_add<kFused>(exponent, 0.693359375f, x + y);
}

// Sine and cosine on [0, 2 pi), after Cephes: subtract an even multiple of pi/4 in three parts, then two polynomials.
template <bool kFused>
[[gnu::always_inline]] inline void sine_cosine(float angle, float* sine, float* cosine) {
  constexpr float kSine[] = {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f};
  constexpr float kCosine[] = {2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f};
  const uint32_t octant = static_cast<uint32_t>(static_cast<int32_t>(angle * 1.27323954473516f) + 1) & ~1u;
  const float turns = static_cast<float>(static_cast<int32_t>(octant));
  float x = multiply_add<kFused>(turns, -0.78515625f, angle);
  x = multiply_add<kFused>(turns, -2.4187564849853515625e-4f, x);
  x = multiply_add<kFused>(turns, -3.77489497744594108e-8f, x);
  const float square = x * x;
  const float c = multiply_add<kFused>(horner<kFused>(square, kCosine) * square, square, square * -0.5f) + 1.0f;
  const float s = multiply_add<kFused>(horner<kFused>(square, kSine) * square, x, x);
  const bool swapped = octant & 2u;
  const uint32_t sine_sign = (octant & 4u) << 29;
  const uint32_t cosine_sign = (~(octant - 2u) & 4u) << 29;
  *sine = __builtin_bit_cast(float, __builtin_bit_cast(uint32_t, swapped ? c : s) ^ sine_sign);
  *cosine = __builtin_bit_cast(float, __builtin_bit_cast(uint32_t, swapped ? s : c) ^ cosine_sign);
}

template <bool kFused>
[[gnu::always_inline]] inline void transform(float* data, float mean, float std) {
  float radius[8], sine[8], cosine[8];
  for (int i = 0; i < 8; ++i) radius[i] = -2.0f * log_of_unit<kFused>(1.0f - data[i]);
  for (int i = 0; i < 8; ++i) radius[i] = __builtin_sqrtf(radius[i]);
  for (int i = 0; i < 8; ++i) sine_cosine<kFused>(6.283185307179586f * data[i + 8], &sine[i], &cosine[i]);
  for (int i = 0; i < 8; ++i) data[i] = multiply_add<kFused>(radius[i] * cosine[i], std, mean);
  for (int i = 0; i < 8; ++i) data[i + 8] = multiply_add<kFused>(radius[i] * sine[i], std, mean);
}

#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void transform_fused(float* data, float mean, float std) {
  transform<true>(data, mean, std);
}
#endif

}  // namespace

void box_muller_16(float* data, float mean, float std) {
#if defined(__x86_64__)
  if (active_isa() != Isa::Baseline) return transform_fused(data, mean, std);
  transform<false>(data, mean, std);
#else
  transform<true>(data, mean, std);
#endif
}

void box_muller_16(double* data, double mean, double std) {
  for (int i = 0; i < 8; ++i) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - data[i]));
    const double angle = 2.0 * M_PI * data[i + 8];
    data[i] = std::fma(radius * std::cos(angle), std, mean);
    data[i + 8] = std::fma(radius * std::sin(angle), std, mean);
  }
}

}  // namespace strided
