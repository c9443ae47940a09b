// The vector kernels of the factorizations, at lengths around those of their blocks.
#include <cmath>
#include <vector>

#include "native/kernels/vectors.h"
#include "native/test/harness.h"

using namespace strided;

namespace {

template <class T>
std::vector<T> waves(int64_t n, double from) {
  std::vector<T> out(static_cast<size_t>(n));
  for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<T>(std::sin(from + 0.37 * static_cast<double>(i)));
  return out;
}

template <class T>
void check_length(const VectorKernel<T>& kernel, int64_t n, double close) {
  const std::vector<T> x = waves<T>(n, 1), z = waves<T>(n, 2);
  double product = 0;
  for (size_t i = 0; i < x.size(); ++i) product += static_cast<double>(x[i]) * z[i];
  CHECK_NEAR(kernel.inner_product(n, x.data(), z.data()), product, close * static_cast<double>(n + 1));
  std::vector<T> one = waves<T>(n, 3), two = one;
  kernel.add_multiple(n, T(0.5), x.data(), one.data());
  kernel.add_two_multiples(n, T(0.5), x.data(), T(-2), z.data(), two.data());
  const std::vector<T> before = waves<T>(n, 3);
  for (size_t i = 0; i < x.size(); ++i) {
    CHECK_NEAR(one[i], before[i] + x[i] / 2, close);
    CHECK_NEAR(two[i], before[i] + x[i] / 2 - 2 * z[i], 4 * close);
  }
  // Columns of n + 3 elements, of which n are turned; the second rotation takes the first one's result.
  std::vector<T> columns = waves<T>(3 * (n + 3), 4), turned = columns;
  const Rotation<T> both[] = {{0, 1, T(0.6), T(0.8)}, {1, 2, T(0.8), T(-0.6)}};
  kernel.rotate(both, 2, turned.data(), n + 3, n);
  for (const Rotation<T>& r : both) {
    for (int64_t i = 0; i < n; ++i) {
      T &a = columns[static_cast<size_t>(r.x * (n + 3) + i)], &b = columns[static_cast<size_t>(r.y * (n + 3) + i)];
      const T first = a, second = b;
      a = r.c * first - r.s * second;
      b = r.s * first + r.c * second;
    }
  }
  for (size_t i = 0; i < columns.size(); ++i) CHECK_NEAR(turned[i], columns[i], 4 * close);
}

}  // namespace

TEST("vectors: inner products, multiples and rotations of any length") {
  for (const int64_t n : {0, 1, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 200}) {
    check_length(vector_kernels().f32, n, 2e-7);
    check_length(vector_kernels().f64, n, 4e-16);
  }
}
