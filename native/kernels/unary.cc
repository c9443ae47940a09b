#include "native/kernels/elementwise.inc"
#include "native/kernels/error_function.h"
#include "native/kernels/gamma.h"
#include "native/kernels/hyperbolic.h"
#include "native/kernels/inverse_error.h"
#include "native/kernels/special.h"
#include "native/kernels/trigonometric.h"

namespace strided {
namespace {

template <class T>
constexpr bool kFloat = std::is_floating_point_v<T>;

template <class T>
inline T absolute(T x) {
  if constexpr (kFloat<T>) return std::abs(x);
  return x < T(0) ? static_cast<T>(-x) : x;
}
template <class T>
inline T complement(T x) {
  if constexpr (std::is_same_v<T, bool>) return !x;
  else return static_cast<T>(~x);
}
template <class T>
inline bool is_infinite(T x) {
  if constexpr (kFloat<T>) return std::abs(x) == std::numeric_limits<T>::infinity();
  return false;
}
template <class T>
inline bool sign_bit(T x) {
  // On the bits: g++ 12 fails to vectorize std::signbit (internal compiler error).
  if constexpr (std::is_same_v<T, float>) return __builtin_bit_cast(int32_t, x) < 0;
  if constexpr (std::is_same_v<T, double>) return __builtin_bit_cast(int64_t, x) < 0;
  return x < T(0);
}

// Rounding an integer gives the integer.
#define ROUNDING(name, function)                 \
  template <class T>                             \
  inline T name(T x) {                           \
    if constexpr (kFloat<T>) return function(x); \
    return x;                                    \
  }
ROUNDING(floor_of, std::floor)
ROUNDING(ceil_of, std::ceil)
ROUNDING(round_of, std::nearbyint)  // halves to even
ROUNDING(trunc_of, std::trunc)
#undef ROUNDING

#define UNARY(name, domain, gives, value)               \
  struct name##_op {                                    \
    template <class T>                                  \
    [[gnu::always_inline]] static inline auto of(T x) { \
      return value;                                     \
    }                                                   \
  };
#include "native/kernels/unary.def"
#undef UNARY

}  // namespace
}  // namespace strided

#include "native/kernels/gelu.h"

namespace strided {
namespace {

#if defined(STRIDED_LOOKUP)
template <>
constexpr Loop kFloatLoop<gelu_op> = &STRIDED_ISA::gelu_loop;
#endif

// Beyond the range that is reduced in the vector loop.
#define BEYOND(name, function)                         \
  template <>                                          \
  struct Beyond<name##_op> {                           \
    static constexpr double kEnd = kCircularEnd;       \
    static double of(double x) { return function(x); } \
  };
BEYOND(sin, std::sin)
BEYOND(cos, std::cos)
BEYOND(tan, std::tan)
#undef BEYOND

}  // namespace

namespace STRIDED_ISA {
#define UNARY(name, domain, gives, value) loops_for<name##_op, Domain::domain, Gives::gives, 1>(),
extern const UnaryKernels unary_kernels = {{
#include "native/kernels/unary.def"
}};
#undef UNARY
}  // namespace STRIDED_ISA
}  // namespace strided
