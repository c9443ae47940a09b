// 16-bit floats in the vector layer: they are read as vectors of float and written rounded. `load_sum` and
// `load_sum_first` read any floating type as what its products are summed in.
#pragma once

#include "native/core/half.h"
#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

// As many 16-bit integers as a vector has floats.
typedef uint16_t Shorts __attribute__((vector_size(kVecBytes / 2)));

inline Vec<float> floats_of(Shorts bits, const BFloat16*) {
  return (Vec<float>)(__builtin_convertvector(bits, Vec<uint32_t>) << 16);
}

inline Vec<float> floats_of(Shorts bits, const Half*) {
#if defined(__AVX512F__)
  return (Vec<float>)_mm512_maskz_cvtph_ps(0xffff, (__m256i)bits);
#elif defined(__F16C__)
  return (Vec<float>)_mm256_cvtph_ps((__m128i)bits);
#else
  Vec<float> v;
  for (int i = 0; i < kLanes<float>; ++i) v[i] = float_from_half(bits[i]);
  return v;
#endif
}

/// One element, as sums of T have it.
inline float to_sum(float x) { return x; }
inline double to_sum(double x) { return x; }
inline float to_sum(BFloat16 x) { return x; }
inline float to_sum(Half x) {
#if defined(__F16C__)
  return _cvtsh_ss(x.bits);
#else
  return x;
#endif
}

/// Lanes from the first element on, as sums of T have them.
inline Vec<float> load_sum(const float* from) { return load(from); }
inline Vec<double> load_sum(const double* from) { return load(from); }
template <class T>
inline Vec<float> load_sum(const T* from) {
  Shorts bits;
  __builtin_memcpy(&bits, from, sizeof bits);
  return floats_of(bits, from);
}

inline Vec<float> load_sum_first(const float* from, int count) { return load_first(from, count); }
inline Vec<double> load_sum_first(const double* from, int count) { return load_first(from, count); }
template <class T>
inline Shorts shorts_first(const T* from, int count) {
#if defined(__AVX512F__)
  return (Shorts)_mm256_maskz_loadu_epi16((__mmask16)((1u << count) - 1), from);
#else
  Shorts bits{};
  for (int i = 0; i < count; ++i) bits[i] = from[i].bits;
  return bits;
#endif
}
template <class T>
inline Vec<float> load_sum_first(const T* from, int count) {
  return floats_of(shorts_first(from, count), from);
}

inline Shorts rounded_to(Vec<float> v, const BFloat16*) {
  const Vec<uint32_t> bits = (Vec<uint32_t>)v;
  const Vec<uint32_t> rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const Vec<uint32_t> nan = (Vec<uint32_t>)(v != v);
  return __builtin_convertvector((rounded & ~nan) | (nan & 0x7fc0u), Shorts);
}

inline Shorts rounded_to(Vec<float> v, const Half*) {
#if defined(__F16C__)
  // The NaN of the other operations: quiet, without payload.
  const Vec<uint32_t> bits = (Vec<uint32_t>)v, nan = (Vec<uint32_t>)(v != v);
  const Vec<uint32_t> clean = (bits & ~nan) | (nan & ((bits & 0x80000000u) | 0x7fc00000u));
#if defined(__AVX512F__)
  return (Shorts)_mm512_maskz_cvtps_ph(0xffff, (__m512)clean, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  return (Shorts)_mm256_cvtps_ph((__m256)clean, _MM_FROUND_TO_NEAREST_INT);
#endif
#else
  Shorts bits;
  for (int i = 0; i < kLanes<float>; ++i) bits[i] = half_from_float(v[i]);
  return bits;
#endif
}

/// Writes the first `count` lanes, each rounded to T.
template <class T>
inline void store_rounded(T* to, Vec<float> v, int count) {
  const Shorts bits = rounded_to(v, to);
  if (count == kLanes<float>) {
    __builtin_memcpy(to, &bits, sizeof bits);
    return;
  }
  for (int i = 0; i < count; ++i) to[i].bits = bits[i];
}

/// Pairs of neighbours along the depth: `low` and `high` are two rows, of which each lane gets one element.
inline Vec<int32_t> pairs_of(Shorts low, Shorts high) {
  return (Vec<int32_t>)(__builtin_convertvector(low, Vec<uint32_t>) |
                        (__builtin_convertvector(high, Vec<uint32_t>) << 16));
}

#if defined(__AVX512F__)
// Of a function that only CPUs with AVX512-BF16 run.
#define STRIDED_PAIRS_TARGET __attribute__((target("avx512bf16")))

/// sum + the products of both halves of each lane.
STRIDED_PAIRS_TARGET inline Vec<float> fma_pairs(Vec<int32_t> a, Vec<int32_t> b, Vec<float> sum) {
  return (Vec<float>)_mm512_dpbf16_ps((__m512)sum, (__m512bh)(__m512i)a, (__m512bh)(__m512i)b);
}
#endif

}  // namespace
}  // namespace strided::STRIDED_ISA
