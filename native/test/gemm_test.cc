#include "native/ops/gemm.h"

#include <array>
#include <cstring>
#include <limits>
#include <random>

#include "native/core/parallel.h"
#include "native/test/harness.h"

namespace strided {
namespace {

// How a matrix lies in memory: its strides, and where in the buffer its first element is.
struct Layout {
  int64_t row, col, offset, size;
};

template <class T>
constexpr bool kSixteenBits = sizeof(T) == 2 && !std::is_integral_v<T>;

enum class Order { Rows, Columns, Apart, Backwards };
constexpr Order kOrders[] = {Order::Rows, Order::Columns, Order::Apart, Order::Backwards};

Layout layout_of(Order order, int64_t rows, int64_t cols) {
  switch (order) {
    case Order::Rows: return {cols + 1, 1, 0, rows * (cols + 1)};
    case Order::Columns: return {1, rows + 2, 0, cols * (rows + 2)};
    case Order::Apart: return {3 * cols, 3, 0, 3 * rows * cols};
    default: return {-cols, -1, std::max<int64_t>(rows * cols - 1, 0), rows * cols};
  }
}

template <class T>
struct Matrix {
  Matrix(Order order, int64_t rows, int64_t cols, std::mt19937& random) : at(layout_of(order, rows, cols)) {
    data.resize(static_cast<size_t>(at.size) + 1);
    for (T& x : data) {
      const int whole = static_cast<int>(random() % 2001) - 1000;
      if constexpr (std::is_integral_v<T>) x = static_cast<T>(whole);
      else x = static_cast<T>(static_cast<GemmSum<T>>(whole) / 500);
    }
  }
  T* first() { return data.data() + at.offset; }
  T& operator()(int64_t i, int64_t j) { return first()[i * at.row + j * at.col]; }
  Layout at;
  std::vector<T> data;
};

template <class T>
struct Setup {
  Setup(int64_t m, int64_t n, int64_t k, Order oa, Order ob, Order oc, uint32_t seed = 1)
      : random(seed), a(oa, m, k, random), b(ob, k, n, random), c(oc, m, n, random), before(c) {
    problem = {m, n, k, a.first(), a.at.row, a.at.col, b.first(), b.at.row, b.at.col, c.first(), c.at.row, c.at.col};
    if constexpr (kSixteenBits<T>) {
      added.assign(c.data.begin(), c.data.end());
      problem.d = added.data() + c.at.offset, problem.d_row = c.at.row, problem.d_col = c.at.col;
    }
  }

  // The largest error of C in units of what rounding may do, and whether nothing beside C was written.
  double error(GemmSum<T> alpha, GemmSum<T> beta) {
    double worst = 0;
    for (int64_t i = 0; i < problem.m; ++i) {
      for (int64_t j = 0; j < problem.n; ++j) {
        double sum = 0, magnitude = 0;
        for (int64_t p = 0; p < problem.k; ++p) {
          const double product = static_cast<double>(a(i, p)) * static_cast<double>(b(p, j));
          sum += product;
          magnitude += std::abs(product);
        }
        double expected = static_cast<double>(alpha) * sum;
        if (beta != 0) expected += static_cast<double>(beta) * static_cast<double>(before(i, j));
        magnitude = std::abs(static_cast<double>(alpha)) * magnitude + std::abs(static_cast<double>(beta) * 2) + 1e-30;
        double allowed = magnitude * static_cast<double>(std::numeric_limits<GemmSum<T>>::epsilon()) *
                         (2 + std::sqrt(static_cast<double>(problem.k)));
        // One rounding at the end: half a unit in the last place.
        if constexpr (kSixteenBits<T>) {
          allowed += std::abs(expected) * (std::is_same_v<T, Half> ? 0x1.01p-11 : 0x1.01p-8) + 0x1p-25;
        }
        const double off = std::abs(static_cast<double>(c(i, j)) - expected) / allowed;
        worst = std::isnan(off) ? 1e300 : std::max(worst, off);
        c(i, j) = before(i, j);
      }
    }
    const bool beside_untouched = std::memcmp(c.data.data(), before.data.data(), c.data.size() * sizeof(T)) == 0;
    return beside_untouched ? worst : 1e301;
  }

  std::mt19937 random;
  Matrix<T> a, b, c, before;
  std::vector<GemmSum<T>> added;
  GemmProblem<T> problem;
};

template <class T>
double error_of(int64_t m, int64_t n, int64_t k, Order oa, Order ob, Order oc, GemmSum<T> alpha = 1,
                GemmSum<T> beta = 0) {
  Setup<T> s(m, n, k, oa, ob, oc);
  s.problem.alpha = alpha;
  s.problem.beta = beta;
  gemm(s.problem);
  return s.error(alpha, beta);
}

template <class T>
void check_orders() {
  for (Order oa : kOrders) {
    for (Order ob : kOrders) {
      for (Order oc : kOrders) {
        double worst = 0;
        for (int64_t m : {1, 3, 17}) {
          for (int64_t n : {1, 5, 37}) {
            for (int64_t k : {1, 19, 40})
              worst = std::max(worst, error_of<T>(m, n, k, oa, ob, oc, GemmSum<T>(0.5), GemmSum<T>(-2)));
          }
        }
        CHECK_NEAR(worst, 0, 1);
      }
    }
  }
}

TEST("gemm takes every combination of strides, with alpha and beta") {
  check_orders<float>();
  check_orders<double>();
  check_orders<Half>();
  check_orders<BFloat16>();
}

template <class T>
void check_sizes() {
  for (int64_t m = 1; m <= 70; m += m < 34 ? 1 : 5) {
    double worst = 0;
    for (int64_t n = 1; n <= 70; n += n < 36 ? 1 : 3) {
      const Order ob = (m + n) % 2 ? Order::Rows : Order::Columns;
      worst = std::max(worst, error_of<T>(m, n, 1 + (7 * m + n) % 40, Order::Rows, ob, Order::Rows));
    }
    CHECK_NEAR(worst, 0, 1);
  }
}

TEST("gemm is right at every size around the borders of a tile") {
  check_sizes<float>();
  check_sizes<double>();
  check_sizes<Half>();
  check_sizes<BFloat16>();
}

template <class T>
void check_large() {
  for (Order oa : {Order::Rows, Order::Columns}) {
    for (Order ob : {Order::Rows, Order::Columns}) {
      CHECK_NEAR(error_of<T>(300, 200, 150, oa, ob, Order::Rows, 1, 1), 0, 1);
      CHECK_NEAR(error_of<T>(30, 40, 1500, oa, ob, Order::Columns), 0, 1);
      CHECK_NEAR(error_of<T>(20, 7, 7000, oa, ob, Order::Rows, 1, 2), 0, 1);
      CHECK_NEAR(error_of<T>(9, 70, 400, oa, ob, Order::Rows), 0, 1);
      CHECK_NEAR(error_of<T>(1, 3000, 50, oa, ob, Order::Rows), 0, 1);
      CHECK_NEAR(error_of<T>(3000, 1, 50, oa, ob, Order::Rows), 0, 1);
      CHECK_NEAR(error_of<T>(1, 1, 10007, oa, ob, Order::Rows), 0, 1);
    }
  }
}

TEST("gemm is right over several blocks") {
  check_large<float>();
  check_large<double>();
  check_large<Half>();
  check_large<BFloat16>();
}

TEST("gemm without depth, or with alpha 0, leaves beta * D and reads no A or B") {
  for (int64_t k : {0, 3}) {
    double c[6] = {1, 2, 3, 4, 5, 6};
    const double nan = std::nan("");
    const double a[6] = {nan, nan, nan, nan, nan, nan};
    GemmProblem<double> p{2, 3, k, a, 3, 1, a, 3, 1, c, 3, 1};
    p.alpha = k ? 0 : 1;
    p.beta = 2;
    gemm(p);
    CHECK_EQ(c[0], 2);
    CHECK_EQ(c[5], 12);
    p.beta = 0;
    c[1] = nan;
    gemm(p);
    CHECK_EQ(c[1], 0);
    CHECK_EQ(c[5], 0);
  }
}

TEST("gemm into an empty C does nothing") {
  float c = 7;
  for (int64_t m : {0, 2}) gemm(GemmProblem<float>{m, m ? 0 : 2, 4, nullptr, 4, 1, nullptr, 2, 1, &c, 2, 1});
  CHECK_EQ(c, 7);
}

TEST("gemm with beta 0 overwrites NaN, and NaN and 0 * infinity in the operands reach C") {
  for (int64_t n : {1, 2, 40}) {
    for (int64_t m : {1, 2, 20}) {
      Setup<float> s(m, n, 8, Order::Rows, Order::Columns, Order::Rows);
      for (float& x : s.c.data) x = std::nanf("");
      gemm(s.problem);
      CHECK(!std::isnan(s.c(m - 1, n - 1)));
      for (int64_t j = 0; j < n; ++j) s.b(5, j) = 0;
      s.a(m - 1, 5) = std::numeric_limits<float>::infinity();
      gemm(s.problem);
      CHECK(std::isnan(s.c(m - 1, 0)));
      CHECK(std::isnan(s.c(m - 1, n - 1)));
      if (m > 1) CHECK(!std::isnan(s.c(0, 0)));
    }
  }
}

template <class T>
void check_sixteen_bits() {
  // 1 and 256 halves of the last place of 1: a sum that were rounded on the way would never leave 1.
  constexpr float half_unit = std::is_same_v<T, Half> ? 0x1p-11f : 0x1p-8f;
  for (auto [m, n] : {std::array<int64_t, 2>{1, 1}, {1, 40}, {3, 40}, {20, 20}, {400, 33}}) {
    for (int64_t k : {257, 2001}) {
      std::vector<T> a(static_cast<size_t>(m * k), T(1)), b(static_cast<size_t>(k * n), T(half_unit));
      std::vector<T> c(static_cast<size_t>(m * n), T(std::nanf("")));
      for (int64_t j = 0; j < n; ++j) b[static_cast<size_t>(j)] = T(1);
      gemm(GemmProblem<T>{m, n, k, a.data(), k, 1, b.data(), n, 1, c.data(), n, 1});
      const float expected = T(1 + static_cast<float>(k - 1) * half_unit);
      bool same = true;
      for (T x : c) same = same && x == expected;
      CHECK(same);
    }
  }
  // NaN in the last, odd place of the depth.
  std::vector<T> a(7 * 20, T(1)), b(7 * 20, T(0)), c(400, T(0));
  a[19 * 7 + 6] = T(std::numeric_limits<float>::infinity());
  gemm(GemmProblem<T>{20, 20, 7, a.data(), 7, 1, b.data(), 20, 1, c.data(), 20, 1});
  CHECK(std::isnan(static_cast<float>(c[399])));
  CHECK_EQ(static_cast<float>(c[0]), 0);
}

TEST("gemm of 16-bit floats rounds once") {
  check_sixteen_bits<Half>();
  check_sixteen_bits<BFloat16>();
}

TEST("gemm adds another D, such as a bias of stride 0, once") {
  for (int64_t m : {1, 3, 33}) {
    for (int64_t k : {5, 900}) {
      for (bool along_rows : {false, true}) {
        Setup<double> s(m, 21, k, Order::Rows, Order::Rows, Order::Rows);
        std::vector<double> bias(40);
        for (size_t i = 0; i < bias.size(); ++i) bias[i] = 10.0 * static_cast<double>(i);
        s.problem.d = bias.data();
        (along_rows ? s.problem.d_row : s.problem.d_col) = 1;
        s.problem.beta = 0.5;
        gemm(s.problem);
        for (int64_t i = 0; i < m; ++i) {
          for (int64_t j = 0; j < 21; ++j) s.c(i, j) -= 5.0 * static_cast<double>(along_rows ? i : j);
        }
        CHECK_NEAR(s.error(1, 0), 0, 10);
      }
    }
  }
}

template <class T>
void check_threads() {
  const int before = num_threads();
  constexpr int64_t shapes[][3] = {{257, 130, 900}, {600, 90, 100}, {5, 2000, 300},
                                   {1, 4000, 300},  {2000, 3, 300}, {40, 40, 3000}};
  for (const auto& [m, n, k] : shapes) {
    for (Order ob : {Order::Rows, Order::Columns}) {
      std::vector<T> first;
      for (int threads : {1, 2, 5}) {
        set_num_threads(threads);
        Setup<T> s(m, n, k, Order::Rows, ob, Order::Rows);
        gemm(s.problem);
        if (first.empty()) first = s.c.data;
        CHECK(std::memcmp(first.data(), s.c.data.data(), first.size() * sizeof(T)) == 0);
      }
    }
  }
  set_num_threads(before);
}

TEST("the result of gemm does not depend on the number of threads") {
  check_threads<float>();
  check_threads<BFloat16>();
}

TEST("peak_flops measures something plausible") {
  const double flops = peak_flops();
  CHECK(flops > 1e8 && flops < 1e15);
}

TEST("batched_gemm steps through its operands, and repeats one whose step is 0") {
  for (auto [count, size] : {std::array<int64_t, 2>{1, 4}, {50, 4}, {300, 20}, {3, 120}}) {
    std::mt19937 random(3);
    const int64_t area = size * size;
    Matrix<float> a(Order::Backwards, count * size, size, random), b(Order::Backwards, size, size, random);
    std::vector<float> c(static_cast<size_t>(count * area)), one(static_cast<size_t>(area));
    std::vector<float> d(static_cast<size_t>(count), 1.5f);
    GemmProblem<float> p{size, size, size, a.data.data(), size, 1, b.data.data(), size, 1, c.data(), size, 1};
    p.beta = 2;
    p.d = d.data();
    batched_gemm(p, count, area, 0, area, 1);
    bool same = true;
    for (int64_t i = 0; i < count; ++i) {
      p.c = one.data();
      gemm(p);
      same = same && std::memcmp(one.data(), c.data() + i * area, one.size() * sizeof(float)) == 0;
      p.a += area;
    }
    CHECK(same);
  }
}

template <class T>
void check_integers() {
  for (Order ob : {Order::Rows, Order::Columns, Order::Apart}) {
    for (auto [m, n, k] : {std::array<int64_t, 3>{1, 1, 1}, {3, 5, 7}, {20, 300, 270}, {4, 3, 0}}) {
      Setup<T> s(m, n, k, Order::Apart, ob, Order::Columns);
      s.problem.alpha = 3;
      s.problem.beta = 5;
      naive_gemm(s.problem);
      bool same = true;
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
          uint64_t sum = 0;
          for (int64_t p = 0; p < k; ++p) sum += static_cast<uint64_t>(s.a(i, p)) * static_cast<uint64_t>(s.b(p, j));
          same = same && s.c(i, j) == static_cast<T>(3 * sum + 5 * static_cast<uint64_t>(s.before(i, j)));
        }
      }
      CHECK(same);
    }
  }
}

TEST("naive_gemm wraps around in every integer type") {
  check_integers<uint8_t>();
  check_integers<int8_t>();
  check_integers<int16_t>();
  check_integers<int32_t>();
  check_integers<int64_t>();
  const int64_t big = int64_t{1} << 62;
  const int64_t four = 4;
  int64_t c = 9;
  naive_gemm(GemmProblem<int64_t>{1, 1, 1, &big, 1, 1, &four, 1, 1, &c, 1, 1});
  CHECK_EQ(c, 0);
}

}  // namespace
}  // namespace strided
