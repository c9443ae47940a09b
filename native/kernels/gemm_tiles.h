// Products of bfloat16 in tile registers, which take 16 rows of A times 16 columns of B over 32 of the depth at once.
// For the sources of gemm, and for a test that puts registers of its own in the place of a CPU's.
#pragma once

#include "native/kernels/gemm_pack.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int64_t kTileSide = 16;
/// A group is one tile's worth of the depth: 16 pairs, each in the place of a sum.
constexpr int64_t kTilesRows = 2 * kTileSide, kTilesCols = 2 * kTileSide, kTilesGroup = 2 * kTileSide;

/// Columns of B: pairs, up to a whole group.
inline void pack_tiles_b(float* to, int64_t width, const BFloat16* from, int64_t count, int64_t stride, int64_t depth,
                         int64_t depth_stride) {
  pack<Pairs<BFloat16>>(to, width, from, count, stride, depth, depth_stride);
  const int64_t packed = (depth + 1) / 2, whole = (packed + kTileSide - 1) / kTileSide * kTileSide;
  for (int64_t i = packed * width; i < whole * width; ++i) to[i] = 0;
}

/// Rows of A: group by group, in each of them row by row, 16 pairs to a row.
inline void pack_tiles_a(float* to, int64_t height, const BFloat16* from, int64_t count, int64_t stride, int64_t depth,
                         int64_t depth_stride) {
  using G = Pairs<BFloat16>;
  using Lane = G::Lane;
  constexpr int64_t lanes = kLanes<Lane>;
  const int64_t pairs = (depth + 1) / 2;
  for (int64_t first = 0; first < pairs; first += kTileSide) {
    Lane* group = reinterpret_cast<Lane*>(to) + first * height;
    const bool whole = 2 * (first + kTileSide) <= depth;
    int64_t i = 0;
    if (depth_stride == 1 && whole) {
      for (; i < count; ++i) __builtin_memcpy(group + i * kTileSide, from + i * stride + 2 * first, 4 * kTileSide);
    } else if (stride == 1 && whole) {
      // Rows side by side: squares of lanes x lanes are transposed in registers.
      for (; i + lanes <= count; i += lanes) {
        for (int64_t p = 0; p < kTileSide; p += lanes) {
          Vec<Lane> square[lanes];
#pragma GCC unroll 16
          for (int64_t r = 0; r < lanes; ++r) square[r] = G::across(from + i, first + p + r, depth, depth_stride);
          transpose<Lane>(square);
#pragma GCC unroll 16
          for (int64_t r = 0; r < lanes; ++r) store(group + (i + r) * kTileSide + p, square[r]);
        }
      }
    }
    for (; i < count; ++i) {
      for (int64_t p = 0; p < kTileSide; ++p) {
        group[i * kTileSide + p] =
            first + p < pairs ? G::one(from + i * stride, first + p, depth, depth_stride) : Lane{0};
      }
    }
  }
}

template <class Registers, bool Lower, bool Right>
void multiply_tiles(Registers& registers, int64_t height, int64_t depth, const float* a, const float* b, float* tile) {
  registers.template zero<Lower, Right>();
  for (int64_t p = 0; p < depth; p += kTileSide) {
    registers.template add_product<Lower, Right>(a + p * height, b + p * kTilesCols);
  }
  registers.template store<Lower, Right>(tile);
}

template <class Registers>
void block_tiles(int64_t rows, int64_t cols, int64_t depth, const float* a, int64_t height, const float* b,
                 const GemmTarget<BFloat16>& target) {
  alignas(64) float tile[kTilesRows * kTilesCols];
  Registers registers;
  int64_t shape = 0;
  for (int64_t j = 0; j < cols; j += kTilesCols) {
    const int64_t width = min(kTilesCols, cols - j);
    for (int64_t i = 0; i < rows; i += height) {
      const int64_t high = min(height, rows - i);
      if (high != shape) registers.shape(shape = high);
      const bool lower = high > kTileSide, right = width > kTileSide;
      const auto multiply =
          lower ? (right ? multiply_tiles<Registers, true, true> : multiply_tiles<Registers, true, false>)
                : (right ? multiply_tiles<Registers, false, true> : multiply_tiles<Registers, false, false>);
      multiply(registers, high, depth, a + i * depth, b + j * depth, tile);
      write_tile(tile, kTilesCols, high, width, target, i, j);
    }
  }
}

/// `like`, with products in tiles.
template <class Registers>
constexpr GemmKernel<BFloat16> tiles_kernel(GemmKernel<BFloat16> like) {
  like.tile_rows = kTilesRows, like.tile_cols = kTilesCols;
  // A panel of B half as deep fits in the first level of cache.
  like.block_depth /= 2, like.block_rows = 2 * like.block_rows / kTilesRows * kTilesRows;
  like.group = kTilesGroup, like.group_sums = kTileSide;
  like.pack_a = pack_tiles_a, like.pack_b = pack_tiles_b, like.block = block_tiles<Registers>;
  return like;
}

}  // namespace
}  // namespace strided::STRIDED_ISA
