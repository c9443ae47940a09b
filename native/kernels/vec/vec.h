// One small vector layer over the compiler's vector extensions, as wide as the instruction set of this compilation.
// For kernel sources only: everything is local to the object. Operators (+ - * / < & ?:) are the compiler's own.
#pragma once

#include <cstdint>
#include <utility>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace strided::STRIDED_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kVecBytes = 64;
#elif defined(__AVX__)
constexpr int kVecBytes = 32;
#else
constexpr int kVecBytes = 16;
#endif

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int kVecRegisters = 32;
#else
constexpr int kVecRegisters = 16;
#endif

template <class T>
struct VecOf {
  typedef T type __attribute__((vector_size(kVecBytes)));
};
template <class T>
using Vec = typename VecOf<T>::type;

/// Elements of T in one vector.
template <class T>
constexpr int kLanes = kVecBytes / static_cast<int>(sizeof(T));

template <class T>
inline Vec<T> load(const T* from) {
  Vec<T> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class T>
inline void store(T* to, Vec<T> v) {
  __builtin_memcpy(to, &v, sizeof v);
}

/// Stores a vector to an aligned address past the caches, for results too large to be read from them; the caller ends
/// with a fence.
inline void store_past_cache(char* to, Vec<int> v) {
#if defined(__AVX512F__)
  _mm512_stream_si512((__m512i*)to, (__m512i)v);
#elif defined(__AVX__)
  _mm256_stream_si256((__m256i*)to, (__m256i)v);
#elif defined(__SSE2__)
  _mm_stream_si128((__m128i*)to, (__m128i)v);
#else
  __builtin_memcpy(to, &v, sizeof v);
#endif
}

inline void fence_stores() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

/// All lanes equal to x (x - 0 keeps the sign of zero, where 0 + x would not).
template <class T>
inline Vec<T> splat(T x) {
  return x - Vec<T>{};
}

#if defined(__AVX2__) && !defined(__AVX512F__)
// All bits set in the first `count` lanes.
inline __m256i first_lanes_32(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline __m256i first_lanes_64(int count) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}
#endif

/// The first `count` lanes from memory, the others 0; reads nothing beyond them. 0 <= count <= lanes.
template <class T>
inline Vec<T> load_first(const T* from, int count) {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return (Vec<T>)_mm512_maskz_loadu_epi32((__mmask16)((1u << count) - 1), from);
  if constexpr (sizeof(T) == 8) return (Vec<T>)_mm512_maskz_loadu_epi64((__mmask8)((1u << count) - 1), from);
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4) return (Vec<T>)_mm256_maskload_epi32((const int*)from, first_lanes_32(count));
  if constexpr (sizeof(T) == 8) return (Vec<T>)_mm256_maskload_epi64((const long long*)from, first_lanes_64(count));
#endif
  Vec<T> v{};
  for (int i = 0; i < count; ++i) v[i] = from[i];
  return v;
}

/// Writes the first `count` lanes and nothing beyond them.
template <class T>
inline void store_first(T* to, Vec<T> v, int count) {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return _mm512_mask_storeu_epi32(to, (__mmask16)((1u << count) - 1), (__m512i)v);
  if constexpr (sizeof(T) == 8) return _mm512_mask_storeu_epi64(to, (__mmask8)((1u << count) - 1), (__m512i)v);
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4) return _mm256_maskstore_epi32((int*)to, first_lanes_32(count), (__m256i)v);
  if constexpr (sizeof(T) == 8) return _mm256_maskstore_epi64((long long*)to, first_lanes_64(count), (__m256i)v);
#endif
  for (int i = 0; i < count; ++i) to[i] = v[i];
}

/// a * b + c, in one rounding where the instruction set has it (all but the x86-64 baseline), whatever -ffp-contract
/// is.
inline Vec<float> fma(Vec<float> a, Vec<float> b, Vec<float> c) {
#if defined(__AVX512F__)
  return (Vec<float>)_mm512_fmadd_ps(a, b, c);
#elif defined(__FMA__)
  return (Vec<float>)_mm256_fmadd_ps(a, b, c);
#elif defined(__aarch64__)
  return (Vec<float>)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

inline Vec<double> fma(Vec<double> a, Vec<double> b, Vec<double> c) {
#if defined(__AVX512F__)
  return (Vec<double>)_mm512_fmadd_pd(a, b, c);
#elif defined(__FMA__)
  return (Vec<double>)_mm256_fmadd_pd(a, b, c);
#elif defined(__aarch64__)
  return (Vec<double>)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}

/// a > b ? a : b in one instruction, so b where one is NaN.
inline Vec<float> larger(Vec<float> a, Vec<float> b) {
#if defined(__AVX512F__)
  return (Vec<float>)_mm512_maskz_max_ps(0xffff, a, b);
#elif defined(__AVX__)
  return (Vec<float>)_mm256_max_ps(a, b);
#elif defined(__SSE2__)
  return (Vec<float>)_mm_max_ps(a, b);
#else
  return a > b ? a : b;
#endif
}

/// y 2^n for whole n down to -252, rounded once.
inline Vec<float> scale_by_power(Vec<float> y, Vec<float> n) {
#if defined(__AVX512F__)
  return (Vec<float>)_mm512_maskz_scalef_ps(0xffff, y, n);
#else
  const Vec<int32_t> k = __builtin_convertvector(n, Vec<int32_t>), half = k >> 1;
  return y * (Vec<float>)((half + 127) << 23) * (Vec<float>)((k - half + 127) << 23);
#endif
}

/// Whether a comparison holds in every lane.
inline bool all(Vec<int32_t> holds) {
#if defined(__AVX512F__)
  return _mm512_movepi32_mask((__m512i)holds) == 0xffff;
#elif defined(__AVX__)
  return _mm256_movemask_ps((__m256)holds) == 0xff;
#elif defined(__SSE2__)
  return _mm_movemask_ps((__m128)holds) == 0xf;
#elif defined(__aarch64__)
  return vminvq_u32((uint32x4_t)holds) != 0;
#else
  for (int i = 0; i < kLanes<int32_t>; ++i) {
    if (!holds[i]) return false;
  }
  return true;
#endif
}

#if defined(__AVX512F__)
#define STRIDED_LOOKUP
/// table[index mod 16] in every lane, from registers.
inline Vec<float> lookup(const float (&table)[16], Vec<int32_t> index) {
  return (Vec<float>)_mm512_maskz_permutexvar_ps(0xffff, (__m512i)index, _mm512_loadu_ps(table));
}
#elif defined(__AVX2__)
#define STRIDED_LOOKUP
inline Vec<float> lookup(const float (&table)[16], Vec<int32_t> index) {
  const __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)index);
  const __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table + 8), (__m256i)index);
  return (Vec<float>)_mm256_blendv_ps(low, high, (__m256)_mm256_slli_epi32((__m256i)index, 28));
}
#endif

template <class T, int Half, int... L>
inline Vec<T> upper_half(Vec<T> v, std::integer_sequence<int, L...>) {
  return __builtin_shufflevector(v, v, (L < Half ? L + Half : L)...);
}

/// All lanes combined by f, always in the same order: the upper half onto the lower, and so on.
template <class T, int Half = kLanes<T> / 2, class F>
[[gnu::always_inline]] inline T fold_lanes(Vec<T> v, F f) {
  v = f(v, upper_half<T, Half>(v, std::make_integer_sequence<int, kLanes<T>>{}));
  if constexpr (Half > 1) return fold_lanes<T, Half / 2>(v, f);
  return v[0];
}

template <class T>
inline T sum_lanes(Vec<T> v) {
  return fold_lanes<T>(v, [](Vec<T> a, Vec<T> b) { return a + b; });
}

// One step of a transposition: exchanges the off-diagonal S x S blocks of two rows that are S apart.
template <class T, int S, int... L>
inline void exchange_blocks(Vec<T>& upper, Vec<T>& lower, std::integer_sequence<int, L...>) {
  constexpr int n = kLanes<T>;
  const Vec<T> a = upper, b = lower;
  upper = __builtin_shufflevector(a, b, ((L & S) ? n + L - S : L)...);
  lower = __builtin_shufflevector(a, b, ((L & S) ? n + L : L + S)...);
}

template <class T, int S = 1>
inline void transpose(Vec<T> (&rows)[kLanes<T>]) {
  if constexpr (S < kLanes<T>) {
#pragma GCC unroll 64
    for (int i = 0; i < kLanes<T>; ++i) {
      if (!(i & S)) exchange_blocks<T, S>(rows[i], rows[i + S], std::make_integer_sequence<int, kLanes<T>>{});
    }
    transpose<T, 2 * S>(rows);
  }
}

}  // namespace
}  // namespace strided::STRIDED_ISA
