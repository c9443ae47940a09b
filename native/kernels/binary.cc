#include "native/kernels/elementwise.inc"
#include "native/kernels/error_function.h"
#include "native/kernels/gamma.h"
#include "native/kernels/power.h"
#include "native/kernels/sample_gradients.h"
#include "native/kernels/trigonometric.h"

namespace strided {
namespace {

template <class T>
constexpr bool kFloat = std::is_floating_point_v<T>;

// Integers divided by zero give zero here; the host refuses such operands before.
template <class T>
inline T divide_trunc(T x, T y) {
  if constexpr (kFloat<T>) return std::trunc(x / y);
  else if constexpr (std::is_signed_v<T>)
    return y == 0       ? T(0)
           : y == T(-1) ? static_cast<T>(-static_cast<std::make_unsigned_t<T>>(x))
                        : static_cast<T>(x / y);
  else return y == 0 ? T(0) : static_cast<T>(x / y);
}

template <class T>
inline T fmod_of(T x, T y) {
  if constexpr (kFloat<T>) return std::fmod(x, y);
  else return y == 0 || (std::is_signed_v<T> && y == static_cast<T>(-1)) ? T(0) : static_cast<T>(x % y);
}

template <class T>
inline T remainder_of(T x, T y) {
  const T rest = fmod_of(x, y);
  return rest != 0 && ((rest < 0) != (y < 0)) ? static_cast<T>(rest + y) : rest;
}

// Python's floor division, exact where x / y rounds: the quotient is found from the remainder.
template <class T>
inline T divide_floor(T x, T y) {
  if constexpr (kFloat<T>) {
    if (y == 0) return x / y;
    const T rest = std::fmod(x, y);
    T quotient = (x - rest) / y;
    if (rest != 0 && (y < 0) != (rest < 0)) quotient -= T(1);
    if (quotient == 0) return std::copysign(T(0), x / y);
    const T whole = std::floor(quotient);
    return quotient - whole > T(0.5) ? whole + T(1) : whole;
  } else {
    const T quotient = divide_trunc(x, y);
    return fmod_of(x, y) != 0 && ((x < 0) != (y < 0)) ? static_cast<T>(quotient - 1) : quotient;
  }
}

template <class T>
inline T power(T x, T y) {
  if constexpr (kFloat<T>) {
    if (y == T(2)) return x * x;
    if (y == T(3)) return x * x * x;
    if (y == T(0.5)) return root(x);
    return power_real(x, y);
  } else {
    if (y < 0) return x == T(1) ? T(1) : x == static_cast<T>(-1) ? (y % 2 ? x : T(1)) : T(0);
    auto base = static_cast<uint64_t>(x), result = uint64_t{1};
    for (auto e = static_cast<uint64_t>(y); e; e >>= 1, base *= base) {
      if (e & 1) result *= base;
    }
    return static_cast<T>(result);
  }
}

// A shift by as many bits as there are, or by a negative number, leaves nothing but the sign.
template <class T>
inline T shift_left(T x, T y) {
  if constexpr (std::is_same_v<T, bool>) return y ? false : x;
  else return static_cast<uint64_t>(y) >= 8 * sizeof(T) ? T(0) : static_cast<T>(static_cast<uint64_t>(x) << y);
}
template <class T>
inline T shift_right(T x, T y) {
  if constexpr (std::is_same_v<T, bool>) return y ? false : x;
  else return static_cast<uint64_t>(y) >= 8 * sizeof(T) ? static_cast<T>(x < 0 ? -1 : 0) : static_cast<T>(x >> y);
}

template <class T>
inline T at_least(T x, T bound) {
  return x < bound ? bound : x;
}

// The magnitude, as a number without a sign: that of the smallest integer does not fit otherwise.
template <class T>
inline uint64_t magnitude(T x) {
  return x < T(0) ? uint64_t{0} - static_cast<uint64_t>(x) : static_cast<uint64_t>(x);
}
template <class T>
inline T common_divisor(T x, T y) {
  if constexpr (std::is_same_v<T, bool>) return x || y;
  uint64_t a = magnitude(x), b = magnitude(y);
  while (b) {
    const uint64_t rest = a % b;
    a = b;
    b = rest;
  }
  return static_cast<T>(a);
}
template <class T>
inline T common_multiple(T x, T y) {
  if constexpr (std::is_same_v<T, bool>) return x && y;
  const T divisor = common_divisor(x, y);
  return divisor == T(0) ? T(0) : static_cast<T>(magnitude(x) / magnitude(divisor) * magnitude(y));
}

// The larger one comes out of the sum, so that nothing overflows; two equal infinities are their own sum.
template <class T>
inline T log_of_sum(T x, T y) {
  if (x == y && std::isinf(x)) return x;
  const T top = x > y || x != x ? x : y;
  return top + logarithm_1p(exponential(-std::abs(x - y)));
}
template <class T>
inline T log2_of_sum(T x, T y) {
  if (x == y && std::isinf(x)) return x;
  const T top = x > y || x != x ? x : y;
  return top + logarithm_1p(std::exp2(-std::abs(x - y))) * T(1.44269504088896341);
}

#define BINARY(name, domain, gives, value) \
  struct name##_op {                       \
    template <class T>                     \
    static inline auto of(T x, T y) {      \
      return value;                        \
    }                                      \
  };
#include "native/kernels/binary.def"
#undef BINARY

template <> constexpr bool kScalarLoops<add_op> = true;
template <> constexpr bool kScalarLoops<sub_op> = true;
template <> constexpr bool kScalarLoops<mul_op> = true;
template <> constexpr bool kScalarLoops<div_op> = true;
template <> constexpr bool kScalarLoops<pow_op> = true;
template <> constexpr bool kScalarLoops<maximum_op> = true;
template <> constexpr bool kScalarLoops<minimum_op> = true;

}  // namespace

namespace STRIDED_ISA {
#define BINARY(name, domain, gives, value) loops_for<name##_op, Domain::domain, Gives::gives, 2>(),
extern const BinaryKernels binary_kernels = {{
#include "native/kernels/binary.def"
}};
#undef BINARY
}  // namespace STRIDED_ISA
}  // namespace strided
