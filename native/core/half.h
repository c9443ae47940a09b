// The 16-bit float types: storage only, every computation happens in float. Everything is forced inline because kernel
// objects of several instruction sets include this file and may not share a weak symbol.
#pragma once

#include <cstdint>

namespace strided {

/// `a` where `value` < `bound`, else `b`; masks instead of a choice so that every vector unit gets the loops it is in.
[[gnu::always_inline]] static inline uint32_t select_below(uint32_t value, uint32_t bound, uint32_t a, uint32_t b) {
  const uint32_t mask = static_cast<uint32_t>(static_cast<int32_t>(value - bound) >> 31);
  return (a & mask) | (b & ~mask);
}

/// Nearest IEEE half (ties to even); overflow gives infinity, NaN the quiet NaN of its sign. No subnormal float takes
/// part, so the result does not depend on a flush-to-zero mode.
[[gnu::always_inline]] static inline uint16_t half_from_float(float value) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t magnitude = bits & 0x7fffffffu;
  // Rebias the exponent from 127 to 15 and round at bit 13; a carry runs on into the exponent, at most up to infinity.
  const uint32_t normal = (magnitude - (112u << 23) + 0xfffu + ((magnitude >> 13) & 1u)) >> 13;
  // The last bit of a float in [0.5, 1) weighs 2^-24, the unit of subnormal halves: the addition rounds to it.
  const float shifted = __builtin_bit_cast(float, magnitude) + 0.5f;
  const uint32_t subnormal = __builtin_bit_cast(uint32_t, shifted) - 0x3f000000u;
  const uint32_t special = select_below(magnitude, 0x7f800001u, 0x7c00u, 0x7e00u);
  const uint32_t finite = select_below(magnitude, 0x38800000u, subnormal, normal);
  return static_cast<uint16_t>(select_below(magnitude, 0x47800000u, finite, special) | ((bits >> 16) & 0x8000u));
}

[[gnu::always_inline]] static inline float float_from_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t magnitude = half & 0x7fffu;
  const uint32_t normal = (magnitude << 13) + (112u << 23);
  const float shifted = __builtin_bit_cast(float, magnitude | 0x3f000000u) - 0.5f;
  const uint32_t subnormal = __builtin_bit_cast(uint32_t, shifted);
  const uint32_t quiet = select_below(magnitude, 0x7c01u, 0u, 0x400000u);
  const uint32_t special = (normal + (112u << 23)) | quiet;
  const uint32_t finite = select_below(magnitude, 0x400u, subnormal, normal);
  return __builtin_bit_cast(float, select_below(magnitude, 0x7c00u, finite, special) | sign);
}

/// Nearest bfloat16 (ties to even); every NaN becomes the one positive quiet NaN, as in PyTorch.
[[gnu::always_inline]] static inline uint16_t bfloat16_from_float(float value) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, value);
  const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  return static_cast<uint16_t>((bits & 0x7fffffffu) > 0x7f800000u ? 0x7fc0u : rounded);
}

[[gnu::always_inline]] static inline float float_from_bfloat16(uint16_t bfloat16) {
  return __builtin_bit_cast(float, static_cast<uint32_t>(bfloat16) << 16);
}

/// IEEE binary16. Arithmetic and comparison happen in float, which it converts to silently; the way back is explicit.
struct Half {
  uint16_t bits;

  Half() = default;
  [[gnu::always_inline]] explicit Half(float value) : bits(half_from_float(value)) {}
  [[gnu::always_inline]] operator float() const { return float_from_half(bits); }
  [[gnu::always_inline]] static Half from_bits(uint16_t bits) {
    Half half;
    half.bits = bits;
    return half;
  }
};

/// The upper half of a float.
struct BFloat16 {
  uint16_t bits;

  BFloat16() = default;
  [[gnu::always_inline]] explicit BFloat16(float value) : bits(bfloat16_from_float(value)) {}
  [[gnu::always_inline]] operator float() const { return float_from_bfloat16(bits); }
  [[gnu::always_inline]] static BFloat16 from_bits(uint16_t bits) {
    BFloat16 bfloat16;
    bfloat16.bits = bits;
    return bfloat16;
  }
};

static_assert(sizeof(Half) == 2 && __is_trivially_copyable(Half));
static_assert(sizeof(BFloat16) == 2 && __is_trivially_copyable(BFloat16));

}  // namespace strided
