// How operands of a matrix product are packed: into panels of `width` rows (of A) or columns (of B), one group along
// the depth after the other. For the sources of gemm only.
#pragma once

#include <cstdint>

#include "native/kernels/gemm_store.h"

namespace strided::STRIDED_ISA {
namespace {

/// Groups of one element, converted to what it is summed in.
template <class T>
struct Single {
  using Element = T;
  using Lane = GemmSum<T>;
  static constexpr int64_t group = 1;
  // Groups p, p + 1, ... of a row that is contiguous along the depth; group p alone; one of elements `stride` apart.
  static Vec<Lane> lanes(const T* row, int64_t p) { return load_sum(row + p); }
  static Lane one(const T* from, int64_t p, int64_t, int64_t stride) { return to_sum(from[p * stride]); }
  // Group p of neighbours, whose depth is `stride` apart.
  static Vec<Lane> across(const T* from, int64_t p, int64_t, int64_t stride) { return load_sum(from + p * stride); }
  static Vec<Lane> across(const T* from, int64_t p, int64_t, int64_t stride, int count) {
    return load_sum_first(from + p * stride, count);
  }
};

/// Groups of two 16-bit elements in one lane; behind an odd depth comes a zero.
template <class T>
struct Pairs {
  using Element = T;
  using Lane = int32_t;
  static constexpr int64_t group = 2;
  static Vec<Lane> lanes(const T* row, int64_t p) {
    Vec<Lane> v;
    __builtin_memcpy(&v, row + 2 * p, sizeof v);
    return v;
  }
  static Lane one(const T* from, int64_t p, int64_t depth, int64_t stride) {
    const uint32_t high = 2 * p + 1 < depth ? from[(2 * p + 1) * stride].bits : 0;
    return static_cast<Lane>(from[2 * p * stride].bits | high << 16);
  }
  static Vec<Lane> across(const T* from, int64_t p, int64_t depth, int64_t stride) {
    Shorts low, high{};
    __builtin_memcpy(&low, from + 2 * p * stride, sizeof low);
    if (2 * p + 1 < depth) __builtin_memcpy(&high, from + (2 * p + 1) * stride, sizeof high);
    return pairs_of(low, high);
  }
  static Vec<Lane> across(const T* from, int64_t p, int64_t depth, int64_t stride, int count) {
    Shorts low = shorts_first(from + 2 * p * stride, count), high{};
    if (2 * p + 1 < depth) high = shorts_first(from + (2 * p + 1) * stride, count);
    return pairs_of(low, high);
  }
};

// Rows contiguous along the depth: squares of lanes x lanes are transposed in registers. The groups of lanes go from
// last to first, because an incomplete last group spills into the first group of the next p.
template <class G>
void pack_transposed(typename G::Lane* to, int64_t width, const typename G::Element* from, int64_t count,
                     int64_t stride, int64_t depth) {
  using Lane = typename G::Lane;
  constexpr int64_t lanes = kLanes<Lane>;
  const int64_t groups = (depth + G::group - 1) / G::group;
  for (int64_t first = (width - 1) / lanes * lanes; first >= 0; first -= lanes) {
    const typename G::Element* rows = from + first * stride;
    const int64_t valid = min(lanes, count - first);
    int64_t p = 0;
    if (valid == lanes) {
      for (; (p + lanes) * G::group <= depth; p += lanes) {
        Vec<Lane> square[lanes];
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) square[i] = G::lanes(rows + i * stride, p);
        transpose<Lane>(square);
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) store(to + (p + i) * width + first, square[i]);
      }
    } else {
      for (; (p + lanes) * G::group <= depth; p += lanes) {
        Vec<Lane> square[lanes];
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) square[i] = i < valid ? G::lanes(rows + i * stride, p) : Vec<Lane>{};
        transpose<Lane>(square);
#pragma GCC unroll 16
        for (int64_t i = 0; i < lanes; ++i) store(to + (p + i) * width + first, square[i]);
      }
    }
    const int64_t end = min(lanes, width - first);
    for (; p < groups; ++p) {
      for (int64_t i = 0; i < end; ++i) {
        to[p * width + first + i] = i < valid ? G::one(rows + i * stride, p, depth, 1) : Lane{0};
      }
    }
  }
}

template <class G>
void pack(GemmSum<typename G::Element>* panel, int64_t width, const typename G::Element* from, int64_t count,
          int64_t stride, int64_t depth, int64_t depth_stride) {
  using Lane = typename G::Lane;
  constexpr int64_t lanes = kLanes<Lane>;
  Lane* to = reinterpret_cast<Lane*>(panel);
  if (depth_stride == 1 && stride != 1) return pack_transposed<G>(to, width, from, count, stride, depth);
  const int64_t groups = (depth + G::group - 1) / G::group;
  const int64_t whole = stride == 1 ? count / lanes * lanes : 0;
  const int tail = stride == 1 ? static_cast<int>(count - whole) : 0;
  for (int64_t p = 0; p < groups; ++p) {
    if (stride == 1) {
      for (int64_t i = 0; i < whole; i += lanes) store(to + i, G::across(from + i, p, depth, depth_stride));
      if (tail) store_first(to + whole, G::across(from + whole, p, depth, depth_stride, tail), tail);
    } else {
      for (int64_t i = 0; i < count; ++i) to[i] = G::one(from + i * stride, p, depth, depth_stride);
    }
    for (int64_t i = count; i < width; ++i) to[i] = Lane{0};
    to += width;
  }
}

}  // namespace
}  // namespace strided::STRIDED_ISA
