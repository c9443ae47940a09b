// How sums become elements of C. For the sources of gemm only.
#pragma once

#include <cstdint>

#include "native/kernels/gemm.h"
#include "native/kernels/vec/narrow.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }

// Stores a sum, or the first lanes of a vector of them, as the element of C that it is.
template <class T>
inline void store_result(const GemmTarget<T>& t, int64_t at, GemmSum<T> x) {
  if constexpr (sizeof(T) == 2) {
    if (t.rounded) {
      t.rounded[at] = T(x);
      return;
    }
  }
  t.c[at] = x;
}
template <class T>
inline void store_result(const GemmTarget<T>& t, int64_t at, Vec<GemmSum<T>> x, int count) {
  if constexpr (sizeof(T) == 2) {
    if (t.rounded) return store_rounded(t.rounded + at, x, count);
  }
  if (count == kLanes<GemmSum<T>>) store(t.c + at, x);
  else store_first(t.c + at, x, count);
}

// Writes a tile of sums, tile_row apart, to C at (i0, j0).
template <class T>
void write_tile(const GemmSum<T>* tile, int64_t tile_row, int64_t rows, int64_t cols, const GemmTarget<T>& t,
                int64_t i0, int64_t j0) {
  using Sum = GemmSum<T>;
  constexpr int lanes = kLanes<Sum>;
  const bool reads = t.beta != Sum{0};
  if (t.c_col != 1 || (reads && t.d_col != 1 && t.d_col != 0)) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < cols; ++j) {
        Sum x = t.alpha * tile[i * tile_row + j];
        if (reads) x += t.beta * t.d[(i0 + i) * t.d_row + (j0 + j) * t.d_col];
        store_result(t, (i0 + i) * t.c_row + (j0 + j) * t.c_col, x);
      }
    }
    return;
  }
  const Vec<Sum> alpha = splat(t.alpha), beta = splat(t.beta);
  for (int64_t i = 0; i < rows; ++i) {
    const Sum* sums = tile + i * tile_row;
    const int64_t c = (i0 + i) * t.c_row + j0;
    const Sum* d = reads ? t.d + (i0 + i) * t.d_row + j0 * t.d_col : nullptr;
    for (int64_t j = 0; j < cols; j += lanes) {
      const int count = static_cast<int>(min(lanes, cols - j));
      Vec<Sum> x = alpha * load(sums + j);
      if (reads) {
        if (t.d_col == 0) x = fma(beta, splat(*d), x);
        else x = fma(beta, count == lanes ? load(d + j) : load_first(d + j, count), x);
      }
      store_result<T>(t, c + j, x, count);
    }
  }
}

}  // namespace
}  // namespace strided::STRIDED_ISA
