// Matrix products: what one block of C needs, for each floating dtype, per instruction set. native/ops/gemm.cc drives
// it.
#pragma once

#include <cstdint>

#include "native/core/half.h"
#include "native/kernels/select.h"

namespace strided {

/// What products of T are summed in.
template <class T>
struct GemmSumOf {
  using type = T;
};
template <>
struct GemmSumOf<Half> {
  using type = float;
};
template <>
struct GemmSumOf<BFloat16> {
  using type = float;
};
template <class T>
using GemmSum = typename GemmSumOf<T>::type;

/// Where a product goes: C = alpha * A B + beta * D, where D may be C itself; beta == 0 never reads D. Where
/// `rounded` is set, C is there, rounded once to T; `c` is not read or written then.
template <class T>
struct GemmTarget {
  using Sum = GemmSum<T>;
  Sum* c;
  int64_t c_row, c_col;
  const Sum* d;
  int64_t d_row, d_col;
  Sum alpha, beta;
  T* rounded = nullptr;
};

template <class T>
struct GemmKernel {
  using Sum = GemmSum<T>;
  // The micro-kernel's tile is at most tile_rows x tile_cols; a block of A, block_rows x block_depth, stays in the
  // second level of cache, a panel of B, block_depth x tile_cols, in or near the first.
  int64_t tile_rows, tile_cols, lanes;
  int64_t block_rows, block_depth;
  // So many elements along the depth are packed together, in the place of so many sums: two in one for machines that
  // multiply pairs.
  int64_t group, group_sums;
  // Up to this many rows `dots` beats packing.
  int64_t dot_rows;
  // Up to this many rows `few_rows` does.
  int64_t few;
  /// Packs a panel of `width` rows of A or columns of B: those at from[i * stride + p * depth_stride] for i < count, 0
  /// for count <= i < width; p < depth; in groups, of which the last is filled up with zeros. Unless width is a
  /// multiple of `lanes` it may write up to `lanes` sums too far; the next panel overwrites them.
  using Pack = void (*)(Sum* to, int64_t width, const T* from, int64_t count, int64_t stride, int64_t depth,
                        int64_t depth_stride);
  Pack pack_a, pack_b;
  /// The product of packed A, in panels of `height` rows (the last may be lower), and packed B, in panels of tile_cols;
  /// `depth` counts packed sums.
  void (*block)(int64_t rows, int64_t cols, int64_t depth, const Sum* a, int64_t height, const Sum* b,
                const GemmTarget<T>& target);
  /// A small product as it lies, without packing: B has contiguous rows, b_row apart.
  void (*direct)(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, int64_t a_col, const T* b,
                 int64_t b_row, const GemmTarget<T>& target);
  /// The product of few rows of A and columns of B that both lie contiguous along the depth: a_row and b_col apart.
  void (*dots)(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
               const GemmTarget<T>& target);
  /// The product of few rows of A, elements and rows anyhow apart, and B with contiguous rows b_row apart.
  void (*few_rows)(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, int64_t a_col, const T* b,
                   int64_t b_row, const GemmTarget<T>& target);
};

struct GemmKernels {
  GemmKernel<float> f32;
  GemmKernel<double> f64;
  GemmKernel<Half> f16;
  GemmKernel<BFloat16> bf16;
  /// For CPUs with AVX512-BF16, and with AMX; the same as bf16 in the tables of other instruction sets.
  GemmKernel<BFloat16> bf16_pairs, bf16_tiles;
};

STRIDED_TABLE(GemmKernels, gemm_kernels)

}  // namespace strided
