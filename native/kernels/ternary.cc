#include "native/kernels/elementwise.inc"
#include "native/kernels/exponential.h"
#include "native/kernels/sample_gradients.h"

namespace strided {
namespace {

#define TERNARY(name, domain, value)    \
  struct name##_op {                    \
    template <class T>                  \
    static inline T of(T x, T y, T z) { \
      return value;                     \
    }                                   \
  };
#include "native/kernels/ternary.def"
#undef TERNARY

// Bits are chosen without a branch, since which way it would go is anybody's guess. `y` and `z` move one element or
// not.
template <class T, bool y_moves, bool z_moves>
void choose(T* out, const bool* x, const T* y, const T* z, int64_t n) {
  const auto* mask = reinterpret_cast<const uint8_t*>(x);
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const T a = y[y_moves ? i : 0], b = z[z_moves ? i : 0], bits = static_cast<T>(-static_cast<T>(mask[i]));
    out[i] = static_cast<T>((a & bits) | (b & static_cast<T>(~bits)));
  }
}

template <class T>
void where_loop(char* const* data, const int64_t* strides, int64_t n) {
  constexpr int64_t size = sizeof(T);
  const bool y_moves = strides[2] != 0, z_moves = strides[3] != 0;
  if (strides[0] == size && strides[1] == 1 && (!y_moves || strides[2] == size) && (!z_moves || strides[3] == size)) {
    auto* out = reinterpret_cast<T*>(data[0]);
    const auto* x = reinterpret_cast<const bool*>(data[1]);
    const auto *y = reinterpret_cast<const T*>(data[2]), *z = reinterpret_cast<const T*>(data[3]);
    if (y_moves) return z_moves ? choose<T, true, true>(out, x, y, z, n) : choose<T, true, false>(out, x, y, z, n);
    return z_moves ? choose<T, false, true>(out, x, y, z, n) : choose<T, false, false>(out, x, y, z, n);
  }
  for (int64_t i = 0; i < n; ++i) {
    const bool chosen = read<bool>(data[1] + i * strides[1]);
    write<T>(data[0] + i * strides[0], read<T>(chosen ? data[2] + i * strides[2] : data[3] + i * strides[3]));
  }
}

}  // namespace

namespace STRIDED_ISA {
#define TERNARY(name, domain, value) loops_for<name##_op, Domain::domain, Gives::Same, 3>(),
extern const TernaryKernels ternary_kernels = {
    {
#include "native/kernels/ternary.def"
    },
    {{&where_loop<uint8_t>, &where_loop<uint8_t>, &where_loop<uint8_t>, &where_loop<uint16_t>, &where_loop<uint32_t>,
      &where_loop<uint64_t>, &where_loop<uint16_t>, &where_loop<uint16_t>, &where_loop<uint32_t>,
      &where_loop<uint64_t>}}};
#undef TERNARY
}  // namespace STRIDED_ISA
}  // namespace strided
