// Sequences of numbers and the identity matrix.
#include <cmath>
#include <type_traits>

#include "native/core/distributions_dispatch.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

template <class T>
constexpr bool kIsHalf = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

/// What PyTorch computes a range of T in, and the dtype of that.
template <class T>
using Accumulate = std::conditional_t<kIsHalf<T>, float, std::conditional_t<std::is_integral_v<T>, int64_t, double>>;
template <class A>
constexpr DType kAccumulate = std::is_same_v<A, float>     ? DType::Float32
                              : std::is_same_v<A, int64_t> ? DType::Int64
                                                           : DType::Float64;

/// What it computes steps in: floats of 16 bits are rounded to T after each operation.
template <class T>
using Step = std::conditional_t<kIsHalf<T>, float, std::conditional_t<std::is_integral_v<T>, double, T>>;
template <class T>
Step<T> rounded(Step<T> x) {
  if constexpr (kIsHalf<T>) return T(x);
  else return x;
}

/// `value` as the C++ type T of `dtype`, refused where it does not fit.
template <class T>
T convert(const Scalar& value, DType dtype) {
  value.check_fits(dtype);
  if constexpr (std::is_integral_v<T>) return static_cast<T>(value.to_int());
  else return static_cast<T>(value.to_double());
}

template <class A>
int64_t range_size(const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
  constexpr DType compute = kAccumulate<A>;
  const A first = convert<A>(start, compute), last = convert<A>(end, compute), by = convert<A>(step, compute);
  check(by > 0 || by < 0, "step must be nonzero");
  check(std::isfinite(static_cast<double>(first)) && std::isfinite(static_cast<double>(last)),
        "unsupported range: ", first, " -> ", last);
  check(by > 0 ? last >= first : last <= first, "upper bound and lower bound inconsistent with step sign");
  double size;
  if (dtype == DType::Int64) {
    const auto distance = static_cast<int64_t>(last - first), stride = static_cast<int64_t>(by);
    size = static_cast<double>((distance + stride - (stride > 0 ? 1 : -1)) / stride);
  } else {
    size = std::ceil((end.to_double() - start.to_double()) / step.to_double());
  }
  check(size >= 0 && size <= 0x1p63, "invalid size, possible overflow?");
  return static_cast<int64_t>(size);
}

void check_steps(int64_t steps) { check(steps >= 0, "number of steps must be non-negative"); }

}  // namespace

Tensor arange(const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
  Tensor out;
  with_number(dtype, "arange_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    using A = Accumulate<T>;
    const int64_t size = range_size<A>(start, end, step, dtype);
    out = strided::empty({size}, dtype);
    const A first = convert<A>(start, kAccumulate<A>), by = convert<A>(step, kAccumulate<A>);
    T* values = out.data_as<T>();
    for (int64_t i = 0; i < size; ++i) {
      if constexpr (std::is_integral_v<A>) values[i] = static_cast<T>(first + by * i);
      else values[i] = static_cast<T>(std::fma(by, static_cast<A>(i), first));  // one rounding
    }
  });
  return out;
}

Tensor linspace(const Scalar& start, const Scalar& end, int64_t steps, DType dtype) {
  check_steps(steps);
  Tensor out = strided::empty({steps}, dtype);
  if (steps == 0) return out;
  if (steps == 1) {
    start.check_fits(dtype);
    fill_with(out, start);
    return out;
  }
  with_number(dtype, "linspace_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    const Step<T> first = convert<T>(start, dtype), last = convert<T>(end, dtype);
    const Step<T> by = rounded<T>(rounded<T>(last - first) / rounded<T>(static_cast<Step<T>>(steps - 1)));
    // The product is not rounded on its own where PyTorch's AVX2 code fuses it.
    const auto at = [](Step<T> from, Step<T> signed_by, int64_t i) {
      const auto count = rounded<T>(static_cast<Step<T>>(i));
      return static_cast<T>(kIsHalf<T> ? from + rounded<T>(signed_by * count) : std::fma(signed_by, count, from));
    };
    // From both ends, so that the last value is `end` itself.
    T* values = out.data_as<T>();
    const int64_t halfway = steps / 2;
    for (int64_t i = 0; i < halfway; ++i) values[i] = at(first, by, i);
    for (int64_t i = halfway; i < steps; ++i) values[i] = at(last, -by, steps - i - 1);
  });
  return out;
}

Tensor logspace(const Scalar& start, const Scalar& end, int64_t steps, double base, DType dtype) {
  check_steps(steps);
  Tensor out = strided::empty({steps}, dtype);
  if (steps == 0) return out;
  if (steps == 1) {
    fill_with(out, Scalar(std::pow(base, start.to_double())));
    return out;
  }
  with_number(dtype, "logspace_cpu", [&](auto type) {
    using T = typename decltype(type)::type;
    const Step<T> first = convert<T>(start, dtype), last = convert<T>(end, dtype);
    const Step<T> by = rounded<T>(rounded<T>(last - first) / rounded<T>(static_cast<Step<T>>(steps - 1)));
    const double root = static_cast<double>(static_cast<T>(base));
    T* values = out.data_as<T>();
    const int64_t halfway = steps / 2;
    for (int64_t i = 0; i < steps; ++i) {
      const Step<T> distance = rounded<T>(by * rounded<T>(static_cast<Step<T>>(i < halfway ? i : steps - i - 1)));
      const Step<T> exponent = rounded<T>(i < halfway ? first + distance : last - distance);
      values[i] = static_cast<T>(std::pow(root, static_cast<double>(exponent)));
    }
  });
  return out;
}

bool set_default_dtype(DType dtype) {
  strided::set_default_dtype(dtype);
  return true;
}

Tensor eye(int64_t n, int64_t m, DType dtype) {
  check(n >= 0, "n must be greater or equal to 0, got ", n);
  check(m >= 0, "m must be greater or equal to 0, got ", m);
  Tensor out = full({n, m}, Scalar(0), dtype);
  fill_with(out.with_layout(strided::diagonal(out.layout(), 0, 0, 1)), Scalar(1));
  return out;
}

}  // namespace strided::ops
