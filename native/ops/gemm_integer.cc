// Matrix products of integers, by blocks of B that stay in the cache.
#include <memory>

#include "native/core/parallel.h"
#include "native/ops/gemm.h"

namespace strided {
namespace {

// Multiply-adds below which a second thread costs more than it brings.
constexpr int64_t kParallelWork = int64_t{1} << 20;
// Rows and columns of a block of B.
constexpr int64_t kBlock = 256;

// Both wrap around in an integer of either sign.
template <class T>
T product(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}
template <class T>
T sum(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

// C at (i, j) = x + beta * D, where D is C itself from the second block of the depth on, or if there is no other.
template <class T>
void put(const GemmProblem<T>& p, bool first, int64_t i, int64_t j, T x) {
  T& c = p.c[i * p.c_row + j * p.c_col];
  const T added = first && p.d ? (p.beta ? p.d[i * p.d_row + j * p.d_col] : T{0}) : c;
  const T beta = first ? p.beta : T{1};
  c = beta == T{0} ? x : sum(x, product(beta, added));
}

}  // namespace

template <class T>
void naive_gemm(const GemmProblem<T>& p) {
  // Unsigned arithmetic wraps; a product of two narrow types would be computed, and may overflow, as int.
  using U = std::make_unsigned_t<T>;
  using Wide = std::conditional_t<(sizeof(T) < 4), uint32_t, U>;
  if (p.m <= 0 || p.n <= 0) return;
  if (p.k <= 0) {
    for (int64_t i = 0; i < p.m; ++i) {
      for (int64_t j = 0; j < p.n; ++j) put(p, true, i, j, T{0});
    }
    return;
  }
  const int64_t blocks = (p.n + kBlock - 1) / kBlock;
  const auto run = [&](int64_t begin, int64_t end) {
    const auto packed = std::make_unique_for_overwrite<U[]>(std::min(kBlock, p.k) * std::min(kBlock, p.n));
    U* b = packed.get();
    for (int64_t index = begin; index < end; ++index) {
      const int64_t j0 = index * kBlock, cols = std::min(kBlock, p.n - j0);
      for (int64_t q0 = 0; q0 < p.k; q0 += kBlock) {
        const int64_t depth = std::min(kBlock, p.k - q0);
        for (int64_t q = 0; q < depth; ++q) {
          const T* from = p.b + (q0 + q) * p.b_row + j0 * p.b_col;
          for (int64_t j = 0; j < cols; ++j) b[q * cols + j] = static_cast<U>(from[j * p.b_col]);
        }
        for (int64_t i = 0; i < p.m; ++i) {
          U sums[kBlock] = {};
          for (int64_t q = 0; q < depth; ++q) {
            const Wide x = static_cast<U>(p.a[i * p.a_row + (q0 + q) * p.a_col]);
            for (int64_t j = 0; j < cols; ++j) sums[j] = static_cast<U>(sums[j] + x * b[q * cols + j]);
          }
          for (int64_t j = 0; j < cols; ++j) put(p, q0 == 0, i, j0 + j, product(p.alpha, static_cast<T>(sums[j])));
        }
      }
    }
  };
  parallel_for(blocks, (kParallelWork + p.m * p.k * kBlock - 1) / (p.m * p.k * kBlock), run);
}

template void naive_gemm(const GemmProblem<uint8_t>&);
template void naive_gemm(const GemmProblem<int8_t>&);
template void naive_gemm(const GemmProblem<int16_t>&);
template void naive_gemm(const GemmProblem<int32_t>&);
template void naive_gemm(const GemmProblem<int64_t>&);

}  // namespace strided
