// Matrix products: what one block of C needs, for float and double, per instruction set. native/ops/gemm.cc drives it.
#pragma once

#include <cstdint>

#include "native/kernels/select.h"

namespace strided {

/// Where a product goes: C = alpha * A B + beta * D, where D may be C itself; beta == 0 never reads D.
template <class T>
struct GemmTarget {
  T* c;
  int64_t c_row, c_col;
  const T* d;
  int64_t d_row, d_col;
  T alpha, beta;
};

template <class T>
struct GemmKernel {
  // The micro-kernel's tile is at most tile_rows x tile_cols; a block of A, block_rows x block_depth, stays in the
  // second level of cache, a panel of B, block_depth x tile_cols, in or near the first.
  int64_t tile_rows, tile_cols, lanes;
  int64_t block_rows, block_depth;
  // Up to this many rows `dots` beats packing.
  int64_t dot_rows;
  /// to[p * width + i] = from[i * stride + p * depth_stride] for i < count, 0 for count <= i < width; p < depth.
  /// Unless width is a multiple of `lanes` it may write up to `lanes` elements too far; the next panel overwrites them.
  void (*pack)(T* to, int64_t width, const T* from, int64_t count, int64_t stride, int64_t depth, int64_t depth_stride);
  /// The product of packed A, in panels of `height` rows (the last may be lower), and packed B, in panels of tile_cols.
  void (*block)(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t height, const T* b,
                const GemmTarget<T>& target);
  /// The product of few rows of A and columns of B that both lie contiguous along the depth: a_row and b_col apart.
  void (*dots)(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
               const GemmTarget<T>& target);
  /// The product of one row, its elements a_col apart, and B with contiguous rows b_row apart.
  void (*row)(int64_t cols, int64_t depth, const T* a, int64_t a_col, const T* b, int64_t b_row,
              const GemmTarget<T>& target);
};

struct GemmKernels {
  GemmKernel<float> f32;
  GemmKernel<double> f64;
};

STRIDED_TABLE(GemmKernels, gemm_kernels)

}  // namespace strided
