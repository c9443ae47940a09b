// Products in tiles on CPUs without AMX: everything around the registers as it is, and registers of our own.
#define STRIDED_ISA tiles_test
#include "native/kernels/gemm_tiles.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "native/core/parallel.h"
#include "native/ops/bfloat16_kernel.h"
#include "native/ops/gemm.h"
#include "native/test/harness.h"

namespace strided {
namespace {

// What the manual says of tdpbf16ps, and of registers that have fewer rows.
class Registers {
 public:
  void shape(int64_t height) { height_ = height; }
  template <bool Lower, bool Right>
  void zero() {
    for (auto& row : sums_) std::fill(std::begin(row), std::end(row), std::numeric_limits<float>::quiet_NaN());
    for (int64_t i = 0; i < rows<Lower>(); ++i) std::fill_n(sums_[i], cols<Right>(), 0.0f);
  }
  template <bool Lower, bool Right>
  void add_product(const float* a, const float* b) {
    for (int64_t i = 0; i < rows<Lower>(); ++i) {
      for (int64_t j = 0; j < cols<Right>(); ++j) {
        for (int64_t p = 0; p < 16; ++p) {
          BFloat16 x[2], y[2];
          std::memcpy(x, a + i * 16 + p, sizeof x);
          std::memcpy(y, b + p * 32 + j, sizeof y);
          sums_[i][j] += float(x[0]) * float(y[0]) + float(x[1]) * float(y[1]);
        }
      }
    }
  }
  template <bool Lower, bool Right>
  void store(float* sums) const {
    for (int64_t i = 0; i < rows<Lower>(); ++i) std::copy_n(sums_[i], cols<Right>(), sums + i * 32);
  }

 private:
  template <bool Lower>
  int64_t rows() const {
    return Lower ? height_ : std::min<int64_t>(height_, 16);
  }
  template <bool Right>
  static constexpr int64_t cols() {
    return Right ? 32 : 16;
  }
  int64_t height_ = 0;
  float sums_[32][32];
};

// Packing as compiled for this instruction set where that has tiles, else as compiled here.
GemmKernel<BFloat16> emulated() {
  const GemmKernel<BFloat16> compiled = gemm_kernels().bf16_tiles;
  GemmKernel<BFloat16> kernel = tiles_test::tiles_kernel<Registers>(gemm_kernels().bf16);
  if (compiled.group == kernel.group) kernel.pack_a = compiled.pack_a, kernel.pack_b = compiled.pack_b;
  return kernel;
}

class WithTiles {
 public:
  WithTiles() : kernel_(emulated()) { set_bfloat16_kernel(&kernel_); }
  ~WithTiles() { set_bfloat16_kernel(nullptr); }

 private:
  GemmKernel<BFloat16> kernel_;
};

struct Order {
  bool a_turned, b_turned, c_turned;
};

// The number of elements of C that are not as they should be: whole numbers, whose sums are exact in float.
int64_t wrong(int64_t m, int64_t n, int64_t k, Order order, float beta = 0) {
  std::mt19937 random(static_cast<uint32_t>(m * 1000003 + n * 1009 + k));
  const auto numbers = [&](int64_t count) {
    std::vector<BFloat16> values(static_cast<size_t>(count));
    for (BFloat16& x : values) x = BFloat16(static_cast<float>(static_cast<int>(random() % 9) - 4));
    return values;
  };
  const std::vector<BFloat16> a = numbers(m * k), b = numbers(k * n);
  std::vector<BFloat16> c(static_cast<size_t>(m * n + 1), BFloat16(77));
  std::vector<float> d(static_cast<size_t>(m * n));
  for (float& x : d) x = static_cast<float>(random() % 5);
  GemmProblem<BFloat16> p{m, n, k, a.data(), k, 1, b.data(), n, 1, c.data(), n, 1};
  if (order.a_turned) p.a_row = 1, p.a_col = m;
  if (order.b_turned) p.b_row = 1, p.b_col = k;
  if (order.c_turned) p.c_row = 1, p.c_col = m;
  p.beta = beta, p.d = d.data(), p.d_row = n, p.d_col = 1;
  gemm(p);
  int64_t count = float(c.back()) != 77;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      float sum = beta * d[static_cast<size_t>(i * n + j)];
      for (int64_t q = 0; q < k; ++q)
        sum += float(p.a[i * p.a_row + q * p.a_col]) * float(p.b[q * p.b_row + j * p.b_col]);
      count += float(c[static_cast<size_t>(i * p.c_row + j * p.c_col)]) != float(BFloat16(sum));
    }
  }
  return count;
}

TEST("products in tiles are right at every size around the borders of a tile") {
  const WithTiles tiles;
  for (int64_t m : {5, 15, 16, 17, 31, 32, 33, 47, 64, 65}) {
    int64_t count = 0;
    for (int64_t n : {9, 16, 17, 32, 33, 70}) {
      for (int64_t k : {40, 63, 64, 65, 97}) count += wrong(m, n, k, {false, false, false});
    }
    CHECK_EQ(count, 0);
  }
}

TEST("products in tiles take every order of rows and columns, and add") {
  const WithTiles tiles;
  for (int i = 0; i < 8; ++i) {
    const Order order{(i & 1) != 0, (i & 2) != 0, (i & 4) != 0};
    CHECK_EQ(wrong(45, 70, 83, order), 0);
    CHECK_EQ(wrong(64, 96, 64, order, 2), 0);
  }
}

TEST("products in tiles are right over several blocks, with any number of threads") {
  const WithTiles tiles;
  const int before = num_threads();
  for (int threads : {1, 2}) {
    set_num_threads(threads);
    CHECK_EQ(wrong(530, 75, 1100, {false, false, false}), 0);
    CHECK_EQ(wrong(40, 300, 700, {true, true, false}, 1), 0);
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace strided
