// The largest errors of the mathematical functions, in units of the last place, against long double.
#include <cfloat>
#include <cstring>
#include <functional>
#include <limits>

#include "native/kernels/elementwise.h"
#include "native/test/harness.h"

namespace strided {
namespace {

using Real = long double;

/// The distance of `got` from `exact` in units of the last place of T there, or at `smallest` where it is smaller.
template <class T>
double ulps(T got, Real exact, Real smallest = 0) {
  if (std::isnan(got) || std::isnan(exact)) return std::isnan(got) == std::isnan(exact) ? 0 : 1e9;
  if (std::isinf(got) && std::fabs(exact) >= Real(std::numeric_limits<T>::max()))
    return std::signbit(got) == std::signbit(exact) ? 0 : 1e9;
  if (std::isinf(got) || std::isinf(exact)) return got == exact ? 0 : 1e9;
  int exponent;
  std::frexp(std::max(std::fabs(exact), smallest), &exponent);
  const int least = std::numeric_limits<T>::min_exponent;
  if ((exact == 0 && smallest == 0) || exponent < least) exponent = least;
  return static_cast<double>(std::fabs(Real(got) - exact) /
                             std::ldexp(Real(1), exponent - std::numeric_limits<T>::digits));
}

uint64_t next_random(uint64_t& state) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return state ^ (state >> 29);
}

template <class T>
T from_pattern(uint64_t bits) {
  T x;
  if constexpr (sizeof(T) == 4) {
    const auto low = static_cast<uint32_t>(bits);
    std::memcpy(&x, &low, 4);
  } else {
    std::memcpy(&x, &bits, 8);
  }
  return x;
}

const double kSpecial[] = {0.0,
                           5e-324,
                           1e-310,
                           1e-45,
                           1e-40,
                           1e-20,
                           0.25,
                           0.5,
                           0.625,
                           1.0,
                           1.5,
                           2.0,
                           3.0,
                           0.7071067811865476,
                           1.4142135623730951,
                           1.5707963267948966,
                           3.141592653589793,
                           11.0,
                           88.7,
                           104.0,
                           709.7,
                           745.0,
                           1e5,
                           6e6,
                           1e10,
                           1e22,
                           1e38,
                           1e300,
                           std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()};

/// Arguments within [low, high]: special ones, all exponents, and evenly spread ones.
template <class T>
std::vector<T> arguments(double low, double high, int count) {
  std::vector<T> xs;
  const auto add = [&](T x) {
    if (std::isnan(x) || (x >= low && x <= high)) xs.push_back(x);
  };
  for (double x : kSpecial) {
    for (T y : {static_cast<T>(x), std::nextafter(static_cast<T>(x), T(0)), std::nextafter(static_cast<T>(x), T(1e30))})
      add(y), add(-y);
  }
  uint64_t state = 7;
  if (sizeof(T) == 4) {
    for (uint64_t bits = 0; bits < (1ull << 32); bits += (1ull << 32) / count + 13) add(from_pattern<T>(bits));
  } else {
    for (int i = 0; i < count; ++i) add(from_pattern<T>(next_random(state)));
  }
  const double from = std::max(low, -30.0), to = std::min(high, 30.0);
  for (int i = 0; i < count; ++i)
    xs.push_back(static_cast<T>(from + (to - from) * (static_cast<double>(next_random(state) >> 11) * 0x1p-53)));
  return xs;
}

/// With what the product loses: far out, erfc is steep.
Real normal_tail(Real x) {
  constexpr Real kRootHalf = 0.70710678118654752440084436210485L;
  const Real z = x * kRootHalf;
  const Real lost = std::isinf(x) ? 0 : std::fma(x, kRootHalf, -z);
  return 0.5L * std::erfc(z) - 0.56418958354775628694807945156077L * std::exp(-z * z) * lost;
}
Real logistic(Real x) { return 1 / (1 + std::exp(-x)); }

/// The recurrence with a sum in two parts, the series from 16 on; reflection below 0. Off by 2^-62 or so near roots.
Real exact_digamma(Real x) {
  constexpr Real kPi = 3.14159265358979323846264338327950288L;
  if (std::isnan(x) || x == HUGE_VALL) return x;
  if (x == 0) return std::copysign(HUGE_VALL, -x);
  const Real r = x - std::nearbyint(x);
  if (x < 0) return r == 0 ? std::nanl("") : exact_digamma(1 - x) - kPi / std::tan(kPi * r);
  Real sum = 0, lost = 0;
  const auto add = [&](Real term) {
    const Real next = sum + term, part = next - sum;
    lost += (sum - (next - part)) + (term - part), sum = next;
  };
  for (; x < 16; x += 1) add(-1 / x);
  const Real bernoulli[] = {1 / 6.0L, -1 / 30.0L,     1 / 42.0L,      -1 / 30.0L,       5 / 66.0L,      -691 / 2730.0L,
                            7 / 6.0L, -3617 / 510.0L, 43867 / 798.0L, -174611 / 330.0L, 854513 / 138.0L};
  Real series = 0;
  for (int k = 11; k > 0; --k) series = (series + bernoulli[k - 1] / (2 * k)) / (x * x);
  add(std::log(x)), add(-0.5L / x), add(-series);
  return sum + lost;
}

struct Function {
  const char* name;
  UnaryOp op;
  Real (*exact)(Real);
  double low = -HUGE_VAL, high = HUGE_VAL;
  double smallest = 0;  // errors of smaller results are measured in units there
};
#define PLAIN(name) {#name, UnaryOp::name, [](Real x) -> Real { return std::name(x); }}
const Function kFunctions[] = {
    PLAIN(exp),
    PLAIN(expm1),
    PLAIN(log),
    PLAIN(log1p),
    PLAIN(log2),
    PLAIN(log10),
    PLAIN(sin),
    PLAIN(cos),
    PLAIN(tan),
    PLAIN(asin),
    PLAIN(acos),
    PLAIN(atan),
    PLAIN(sinh),
    PLAIN(cosh),
    PLAIN(tanh),
    PLAIN(asinh),
    PLAIN(acosh),
    PLAIN(atanh),
    PLAIN(erf),
    PLAIN(erfc),
    {"sigmoid", UnaryOp::sigmoid, logistic},
    {"rsqrt", UnaryOp::rsqrt, [](Real x) { return 1 / std::sqrt(x); }},
    {"silu", UnaryOp::silu, [](Real x) { return x * logistic(x); }, -1000},
    {"gelu", UnaryOp::gelu, [](Real x) { return x * normal_tail(-x); }, -1000},
    {"gelu_tanh", UnaryOp::gelu_tanh,
     [](Real x) { return x * logistic(2 * (0.797884560802865355879892119868763737L * (x + 0.044715L * x * x * x))); },
     -1000},
    {"log_sigmoid", UnaryOp::log_sigmoid,
     [](Real x) { return x < 0 ? x - std::log1p(std::exp(x)) : -std::log1p(std::exp(-x)); }},
    // Two roots lie between whole numbers from -2 down, ever nearer to the poles: the first five have an expansion.
    // Near the others the logarithms cancel, which leaves 2 ULP of 1 / 128: an error of 2^-58 in float64.
    {"lgamma", UnaryOp::lgamma, [](Real x) -> Real { return std::lgamma(x); }, -4.5},
    {"lgamma far below 0", UnaryOp::lgamma, [](Real x) -> Real { return std::lgamma(x); }, -HUGE_VAL, -4.5, 0x1p-7},
    // The reference is good for no smaller results; near the first roots see below, near the others the same holds.
    {"digamma", UnaryOp::digamma, exact_digamma, -HUGE_VAL, HUGE_VAL, 0x1p-7},
};

template <class T>
double worst(const Function& f, const std::vector<T>& xs, const std::vector<Real>& exact, T& at) {
  std::vector<T> ys(xs.size());
  char* data[] = {reinterpret_cast<char*>(ys.data()), reinterpret_cast<char*>(const_cast<T*>(xs.data()))};
  const int64_t strides[] = {sizeof(T), sizeof(T)};
  unary_kernels().loops[static_cast<int>(f.op)][sizeof(T) == 4 ? DType::Float32 : DType::Float64](
      data, strides, static_cast<int64_t>(xs.size()));
  double most = 0;
  for (size_t i = 0; i < xs.size(); ++i) {
    const double error = ulps(ys[i], exact[i], f.smallest);
    if (error > most) most = error, at = xs[i];
  }
  return most;
}

template <class F>
void for_each_isa(F f) {
  const Isa before = active_isa();
  for (Isa isa : {Isa::Baseline, Isa::Avx2, Isa::Avx512}) {
    if (!isa_available(isa)) continue;
    set_active_isa(isa);
    f();
  }
  set_active_isa(before);
}

// Where long double is double, the reference is up to an ULP off itself.
constexpr double kBound = LDBL_MANT_DIG > 60 ? 2.0 : 3.0;

template <class T>
void check_functions(int count) {
  for (const Function& f : kFunctions) {
    const std::vector<T> xs = arguments<T>(f.low, f.high, count);
    std::vector<Real> exact;
    for (T x : xs) exact.push_back(f.exact(x));
    for_each_isa([&] {
      T at = 0;
      const double error = worst(f, xs, exact, at);
      if (error > kBound)
        std::printf("%s of float%d, %s: %.3f ULP at %a\n", f.name, static_cast<int>(8 * sizeof(T)),
                    isa_name(active_isa()), error, static_cast<double>(at));
      CHECK(error <= kBound);
    });
  }
}

TEST("functions of float32 are within 2 ULP") { check_functions<float>(40000); }
TEST("functions of float64 are within 2 ULP") { check_functions<double>(25000); }

struct Point {
  double x;
  Real y;
};
// clang-format off
const Point kLgammaPoints[] = {
#include "native/test/lgamma_near_roots.def"
};
const Point kDigammaPoints[] = {
#include "native/test/digamma_near_roots.def"
};
// clang-format on

template <class T, size_t n>
void check_points(const char* name, UnaryOp op, const Point (&points)[n]) {
  std::vector<T> xs;
  std::vector<Real> exact;
  for (const Point& p : points) {
    if (static_cast<T>(p.x) == p.x) xs.push_back(static_cast<T>(p.x)), exact.push_back(p.y);
  }
  CHECK(xs.size() >= 15);
  for_each_isa([&] {
    T at = 0;
    const double error = worst({name, op, nullptr}, xs, exact, at);
    if (error > kBound) std::printf("%s: %.3f ULP at %a\n", name, error, static_cast<double>(at));
    CHECK(error <= kBound);
  });
}

TEST("lgamma and digamma are within 2 ULP at their first roots") {
  check_points<float>("lgamma", UnaryOp::lgamma, kLgammaPoints);
  check_points<double>("lgamma", UnaryOp::lgamma, kLgammaPoints);
  check_points<float>("digamma", UnaryOp::digamma, kDigammaPoints);
  check_points<double>("digamma", UnaryOp::digamma, kDigammaPoints);
}

template <class T>
void check_softplus() {
  const std::vector<T> xs = arguments<T>(-HUGE_VAL, HUGE_VAL, 20000);
  std::vector<Real> exact;
  for (Real x : xs) exact.push_back(x > 20 ? x : std::max(x, Real(0)) + std::log1p(std::exp(-std::fabs(x))));
  T beta = 1, threshold = 20;
  for_each_isa([&] {
    std::vector<T> ys(xs.size());
    char* data[] = {reinterpret_cast<char*>(ys.data()), reinterpret_cast<char*>(const_cast<T*>(xs.data())),
                    reinterpret_cast<char*>(&beta), reinterpret_cast<char*>(&threshold)};
    const int64_t strides[] = {sizeof(T), sizeof(T), 0, 0};
    ternary_kernels().loops[static_cast<int>(TernaryOp::softplus)][sizeof(T) == 4 ? DType::Float32 : DType::Float64](
        data, strides, static_cast<int64_t>(xs.size()));
    double most = 0;
    for (size_t i = 0; i < xs.size(); ++i) most = std::max(most, std::isnan(xs[i]) ? 0.0 : ulps(ys[i], exact[i]));
    CHECK(most <= kBound);
  });
}

TEST("softplus is within 2 ULP") {
  check_softplus<float>();
  check_softplus<double>();
}

template <class T>
void check_pairs(const char* name, BinaryOp op, Real (*exact)(Real, Real)) {
  std::vector<T> xs, ys;
  for (double a : kSpecial) {
    for (double b : kSpecial) {
      for (int signs = 0; signs < 4; ++signs)
        xs.push_back(static_cast<T>(signs & 1 ? -a : a)), ys.push_back(static_cast<T>(signs & 2 ? -b : b));
    }
  }
  uint64_t state = 11;
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(next_random(state) >> 11) * 0x1p-53);
  };
  for (int i = 0; i < 60000; ++i) {
    const double x = i % 3 == 0 ? std::exp(uniform(-80, 80)) : uniform(0, 3),
                 limit = i % 2 ? 5 : (sizeof(T) == 4 ? 90 : 700) / std::abs(std::log(x));
    xs.push_back(static_cast<T>(x));
    ys.push_back(static_cast<T>(uniform(-limit, limit)));
  }
  std::vector<Real> expected;
  for (size_t i = 0; i < xs.size(); ++i) expected.push_back(exact(xs[i], ys[i]));
  for_each_isa([&] {
    std::vector<T> got(xs.size());
    char* data[] = {reinterpret_cast<char*>(got.data()), reinterpret_cast<char*>(xs.data()),
                    reinterpret_cast<char*>(ys.data())};
    const int64_t strides[] = {sizeof(T), sizeof(T), sizeof(T)};
    binary_kernels().loops[static_cast<int>(op)][sizeof(T) == 4 ? DType::Float32 : DType::Float64](
        data, strides, static_cast<int64_t>(xs.size()));
    double most = 0;
    size_t at = 0;
    for (size_t i = 0; i < xs.size(); ++i) {
      const double error = ulps(got[i], expected[i]);
      if (error > most) most = error, at = i;
    }
    if (most > kBound)
      std::printf("%s of float%d, %s: %.3f ULP at %a, %a: %a\n", name, static_cast<int>(8 * sizeof(T)),
                  isa_name(active_isa()), most, static_cast<double>(xs[at]), static_cast<double>(ys[at]),
                  static_cast<double>(got[at]));
    CHECK(most <= kBound);
  });
}

// The square root of -infinity is NaN, as in PyTorch; C's pow differs there.
Real exact_power(Real x, Real y) { return y == 0.5L && x != 0 ? std::sqrt(x) : std::pow(x, y); }

TEST("pow and atan2 are within 2 ULP") {
  check_pairs<float>("pow", BinaryOp::pow, exact_power);
  check_pairs<double>("pow", BinaryOp::pow, exact_power);
  check_pairs<float>("atan2", BinaryOp::atan2, [](Real y, Real x) { return std::atan2(y, x); });
  check_pairs<double>("atan2", BinaryOp::atan2, [](Real y, Real x) { return std::atan2(y, x); });
}

TEST("functions keep the sign of zero") {
  for (UnaryOp op : {UnaryOp::expm1, UnaryOp::log1p, UnaryOp::sin, UnaryOp::tan, UnaryOp::asin, UnaryOp::atan,
                     UnaryOp::sinh, UnaryOp::tanh, UnaryOp::asinh, UnaryOp::atanh, UnaryOp::erf}) {
    for_each_isa([&] {
      const double x = -0.0;
      double y = 1;
      char* data[] = {reinterpret_cast<char*>(&y), reinterpret_cast<char*>(const_cast<double*>(&x))};
      const int64_t strides[] = {8, 8};
      unary_kernels().loops[static_cast<int>(op)][DType::Float64](data, strides, 1);
      CHECK(y == 0 && std::signbit(y));
    });
  }
}

}  // namespace
}  // namespace strided
