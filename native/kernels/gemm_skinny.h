// Products of few rows, at the speed at which B comes: dot products where B is contiguous along the depth, sums of its
// rows where those are contiguous. For the sources of gemm only.
#pragma once

#include <cstdint>

#include "native/kernels/gemm_store.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int kDotRows = kVecRegisters == 32 ? 4 : 2, kDotCols = 4;
constexpr int64_t kFewRows = kVecRegisters == 32 ? 8 : 3;
constexpr int64_t kDotLimit = kVecRegisters == 32 ? 16 : 4;

template <class T, int Rows, int Cols>
void dot_tile(int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col, GemmSum<T>* tile) {
  using Sum = GemmSum<T>;
  // A lone dot product needs several sums to keep the multipliers busy.
  constexpr int chains = Rows * Cols == 1 ? 8 : Rows * Cols <= 4 ? 2 : 1;
  constexpr int64_t lanes = kLanes<Sum>;
  Vec<Sum> sums[Rows][Cols][chains] = {};
  int64_t p = 0;
  for (; p + chains * lanes <= depth; p += chains * lanes) {
#pragma GCC unroll 8
    for (int s = 0; s < chains; ++s) {
      Vec<Sum> y[Cols];
#pragma GCC unroll 8
      for (int j = 0; j < Cols; ++j) y[j] = load_sum(b + j * b_col + p + s * lanes);
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) {
        const Vec<Sum> x = load_sum(a + i * a_row + p + s * lanes);
#pragma GCC unroll 8
        for (int j = 0; j < Cols; ++j) sums[i][j][s] = fma(x, y[j], sums[i][j][s]);
      }
    }
  }
  for (; p < depth; p += lanes) {
    const int count = static_cast<int>(min(lanes, depth - p));
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      const Vec<Sum> x = load_sum_first(a + i * a_row + p, count);
#pragma GCC unroll 8
      for (int j = 0; j < Cols; ++j) sums[i][j][0] = fma(x, load_sum_first(b + j * b_col + p, count), sums[i][j][0]);
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < Cols; ++j) {
#pragma GCC unroll 8
      for (int half = chains / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
        for (int s = 0; s < half; ++s) sums[i][j][s] += sums[i][j][s + half];
      }
      tile[i * kDotCols + j] = sum_lanes<Sum>(sums[i][j][0]);
    }
  }
}

template <class T, int Rows, int Cols>
void dot_tile_at(int64_t i, int64_t j, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
                 const GemmTarget<T>& target) {
  // A whole vector may be read beside the tile's last element.
  alignas(64) GemmSum<T> tile[Rows * kDotCols + kLanes<GemmSum<T>>] = {};
  dot_tile<T, Rows, Cols>(depth, a + i * a_row, a_row, b + j * b_col, b_col, tile);
  write_tile<T>(tile, kDotCols, Rows, Cols, target, i, j);
}

template <class T, int Cols>
void dot_cols(int64_t rows, int64_t j, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
              const GemmTarget<T>& target) {
  int64_t i = 0;
  for (; i + kDotRows <= rows; i += kDotRows) dot_tile_at<T, kDotRows, Cols>(i, j, depth, a, a_row, b, b_col, target);
  for (; i < rows; ++i) dot_tile_at<T, 1, Cols>(i, j, depth, a, a_row, b, b_col, target);
}

template <class T>
void dots(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, const T* b, int64_t b_col,
          const GemmTarget<T>& target) {
  int64_t j = 0;
  for (; j + kDotCols <= cols; j += kDotCols) dot_cols<T, kDotCols>(rows, j, depth, a, a_row, b, b_col, target);
  for (; j < cols; ++j) dot_cols<T, 1>(rows, j, depth, a, a_row, b, b_col, target);
}

// sums[i] += the products of Rows x Deep elements of A and Deep rows of B, over `count` columns. Sums are as far apart
// as kSumBytes allows.
constexpr int64_t kSumBytes = 16384;
template <class T, int Rows>
constexpr int64_t kSumWidth = kSumBytes / Rows / static_cast<int64_t>(sizeof(GemmSum<T>));

template <class T, int Rows, int Deep>
void add_rows(int64_t count, const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, GemmSum<T>* sums) {
  using Sum = GemmSum<T>;
  constexpr int64_t lanes = kLanes<Sum>;
  Vec<Sum> x[Rows][Deep];
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int s = 0; s < Deep; ++s) x[i][s] = splat(to_sum(a[i * a_row + s * a_col]));
  }
  const auto add = [&](const Vec<Sum>(&y)[Deep], int64_t j) {
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      Vec<Sum> sum = load(sums + i * kSumWidth<T, Rows> + j);
#pragma GCC unroll 4
      for (int s = 0; s < Deep; ++s) sum = fma(x[i][s], y[s], sum);
      store(sums + i * kSumWidth<T, Rows> + j, sum);
    }
  };
  int64_t j = 0;
  for (; j + lanes <= count; j += lanes) {
    Vec<Sum> y[Deep];
#pragma GCC unroll 4
    for (int s = 0; s < Deep; ++s) y[s] = load_sum(b + s * b_row + j);
    add(y, j);
  }
  if (j == count) return;
  Vec<Sum> y[Deep];
#pragma GCC unroll 4
  for (int s = 0; s < Deep; ++s) y[s] = load_sum_first(b + s * b_row + j, static_cast<int>(count - j));
  add(y, j);
}

// Sums stay in the first level of cache while rows of B stream by, four at a time.
template <class T, int Rows>
void rows_together(int64_t i0, int64_t cols, int64_t depth, const T* a, int64_t a_row, int64_t a_col, const T* b,
                   int64_t b_row, const GemmTarget<T>& target) {
  using Sum = GemmSum<T>;
  constexpr int64_t width = kSumWidth<T, Rows>;
  alignas(64) Sum sums[Rows * width];
  a += i0 * a_row;
  for (int64_t j0 = 0; j0 < cols; j0 += width) {
    const int64_t count = min(width, cols - j0);
    for (int i = 0; i < Rows; ++i) {
      for (int64_t j = 0; j < count; j += kLanes<Sum>) store<Sum>(sums + i * width + j, Vec<Sum>{});
    }
    int64_t p = 0;
    for (; p + 4 <= depth; p += 4) {
      add_rows<T, Rows, 4>(count, a + p * a_col, a_row, a_col, b + p * b_row + j0, b_row, sums);
    }
    for (; p < depth; ++p) {
      add_rows<T, Rows, 1>(count, a + p * a_col, a_row, a_col, b + p * b_row + j0, b_row, sums);
    }
    write_tile<T>(sums, width, Rows, count, target, i0, j0);
  }
}

template <class T>
void few_rows(int64_t rows, int64_t cols, int64_t depth, const T* a, int64_t a_row, int64_t a_col, const T* b,
              int64_t b_row, const GemmTarget<T>& target) {
  int64_t i = 0;
  if constexpr (kVecRegisters == 32) {
    for (; i + 4 <= rows; i += 4) rows_together<T, 4>(i, cols, depth, a, a_row, a_col, b, b_row, target);
  }
  for (; i + 2 <= rows; i += 2) rows_together<T, 2>(i, cols, depth, a, a_row, a_col, b, b_row, target);
  if (i < rows) rows_together<T, 1>(i, cols, depth, a, a_row, a_col, b, b_row, target);
}

}  // namespace
}  // namespace strided::STRIDED_ISA
