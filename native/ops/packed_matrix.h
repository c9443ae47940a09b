// The right-hand side of many products, packed once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "native/core/parallel.h"
#include "native/core/tensor.h"
#include "native/kernels/gemm.h"
#include "native/ops/workspace.h"

namespace strided {

/// B (k, n), for products with a few rows A again and again, as the steps of a recurrent network are.
template <class T>
class PackedMatrix {
 public:
  PackedMatrix(const T* b, int64_t k, int64_t n, int64_t b_row, int64_t b_col)
      : kernel_(kernel()), k_(k), n_(n), depth_(even(k, kernel_.block_depth, 1)), padded_(up(n, kernel_.tile_cols)) {
    T* packed = packed_.template at_least<T>(k * padded_ + kernel_.lanes);
    parallel_for(padded_ / kernel_.tile_cols, (int64_t{1} << 16) / (k * kernel_.tile_cols) + 1,
                 [&](int64_t begin, int64_t end) {
      for (int64_t panel = begin; panel < end; ++panel) {
        const int64_t j = panel * kernel_.tile_cols, width = std::min(kernel_.tile_cols, n - j);
        for (int64_t q = 0; q < k; q += depth_) {
          const int64_t depth = std::min(depth_, k - q);
          kernel_.pack_b(packed + q * padded_ + j * depth, kernel_.tile_cols, b + q * b_row + j * b_col, width, b_col,
                         depth, b_row);
        }
      }
    });
    data_ = packed;
  }

  /// C (m, n) = A B + D, rows of A contiguous and a_row apart; D may be null.
  void multiply(int64_t m, const T* a, int64_t a_row, T* c, int64_t c_row, const T* d, int64_t d_row) {
    const int64_t rows = even(m, kernel_.block_rows, 1);
    for (int64_t i = 0; i < m; i += rows) {
      multiply_rows(std::min(rows, m - i), a + i * a_row, a_row,
                    {c + i * c_row, c_row, 1, d ? d + i * d_row : nullptr, d_row, 1, T{1}, d ? T{1} : T{0}});
    }
  }

 private:
  static const GemmKernel<T>& kernel() {
    if constexpr (std::is_same_v<T, float>) return gemm_kernels().f32;
    else return gemm_kernels().f64;
  }
  static int64_t up(int64_t a, int64_t unit) { return (a + unit - 1) / unit * unit; }
  static int64_t even(int64_t total, int64_t most, int64_t unit) {
    const int64_t pieces = std::max<int64_t>((total + most - 1) / most, 1);
    return std::max<int64_t>(up((total + pieces - 1) / pieces, unit), 1);
  }

  void multiply_rows(int64_t m, const T* a, int64_t a_row, const GemmTarget<T>& whole) {
    const int64_t height = even(m, kernel_.tile_rows, 1), width = kernel_.tile_cols;
    T* rows = rows_.template at_least<T>(m * k_ + kernel_.lanes);
    for (int64_t q = 0; q < k_; q += depth_) {
      const int64_t depth = std::min(depth_, k_ - q);
      for (int64_t r = 0; r < m; r += height) {
        const int64_t high = std::min(height, m - r);
        kernel_.pack_a(rows + q * m + r * depth, high, a + r * a_row + q, high, a_row, depth, 1);
      }
    }
    parallel_for(padded_ / width, (int64_t{1} << 19) / (m * k_ * width) + 1, [&](int64_t begin, int64_t end) {
      const int64_t first = begin * width, cols = std::min(n_, end * width) - first;
      for (int64_t q = 0; q < k_; q += depth_) {
        const int64_t depth = std::min(depth_, k_ - q);
        GemmTarget<T> t = whole;
        if (q > 0) t = {t.c, t.c_row, 1, t.c, t.c_row, 1, T{1}, T{1}};
        t.c += first;
        if (t.beta != 0) t.d += first;
        kernel_.block(m, cols, depth, rows + q * m, height, data_ + q * padded_ + first * depth, t);
      }
    });
  }

  const GemmKernel<T>& kernel_;
  const int64_t k_, n_;
  // Only the blocks of the depth decide how an element is summed.
  const int64_t depth_, padded_;
  Workspace packed_, rows_;
  const T* data_ = nullptr;
};

}  // namespace strided
