#include "native/kernels/index.h"

#include "native/core/half.h"
#include "native/kernels/elementwise.inc"

namespace strided {
namespace {

template <> struct CppType<DType::Float16> {
  using type = Half;
};
template <> struct CppType<DType::BFloat16> {
  using type = BFloat16;
};

template <class T>
void take_loop(char* const* data, const int64_t* strides, int64_t n) {
  char* to = data[0];
  const char *from = data[1], *offsets = data[2];
  constexpr int64_t size = sizeof(T);
  if (strides[2] == 0) {
    from += read<int64_t>(offsets);
    if (strides[0] == size && strides[1] == size) {
      __builtin_memcpy(to, from, static_cast<size_t>(n * size));
      return;
    }
    for (int64_t i = 0; i < n; ++i) write<T>(to + i * strides[0], read<T>(from + i * strides[1]));
    return;
  }
  if (strides[0] == size && strides[1] == 0 && strides[2] == sizeof(int64_t)) {
    for (int64_t i = 0; i < n; ++i)
      write<T>(to + i * size, read<T>(from + read<int64_t>(offsets + i * sizeof(int64_t))));
    return;
  }
  for (int64_t i = 0; i < n; ++i)
    write<T>(to + i * strides[0], read<T>(from + i * strides[1] + read<int64_t>(offsets + i * strides[2])));
}

// 16-bit floats combine in float and round at every step, as PyTorch does.
#define COMBINE(name, value)        \
  struct name {                     \
    template <class T>              \
    static inline T of(T x, T y) {  \
      return static_cast<T>(value); \
    }                               \
  };
COMBINE(Assign_op, (static_cast<void>(x), y))
COMBINE(Add_op, x + y)
COMBINE(Multiply_op, x* y)
COMBINE(Min_op, x != x ? x : (y < x || y != y ? y : x))
COMBINE(Max_op, x != x ? x : (y > x || y != y ? y : x))

template <class Op, class T>
void combine_loop(char* const* data, const int64_t* strides, int64_t n) {
  char* to = data[0];
  const char *from = data[1], *offsets = data[2];
  constexpr int64_t size = sizeof(T);
  if (strides[2] == 0) {
    to += read<int64_t>(offsets);
    if (strides[0] == size && strides[1] == size) {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i)
        write<T>(to + i * size, Op::template of<T>(read<T>(to + i * size), read<T>(from + i * size)));
      return;
    }
    for (int64_t i = 0; i < n; ++i) {
      char* at = to + i * strides[0];
      write<T>(at, Op::template of<T>(read<T>(at), read<T>(from + i * strides[1])));
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    char* at = to + i * strides[0] + read<int64_t>(offsets + i * strides[2]);
    write<T>(at, Op::template of<T>(read<T>(at), read<T>(from + i * strides[1])));
  }
}

// Elements that are only moved need no type of their own but their size.
constexpr Loops kTake = {{&take_loop<uint8_t>, &take_loop<uint8_t>, &take_loop<uint8_t>, &take_loop<uint16_t>,
                          &take_loop<uint32_t>, &take_loop<uint64_t>, &take_loop<uint16_t>, &take_loop<uint16_t>,
                          &take_loop<uint32_t>, &take_loop<uint64_t>}};
template <class T>
constexpr Loop kAssign = &combine_loop<Assign_op, T>;
constexpr Loops kAssigns = {{kAssign<uint8_t>, kAssign<uint8_t>, kAssign<uint8_t>, kAssign<uint16_t>, kAssign<uint32_t>,
                             kAssign<uint64_t>, kAssign<uint16_t>, kAssign<uint16_t>, kAssign<uint32_t>,
                             kAssign<uint64_t>}};

template <class Op, DType t>
constexpr Loop combine_for() {
  return &combine_loop<Op, typename CppType<t>::type>;
}
template <class Op>
constexpr Loops combines() {
  return {{combine_for<Op, DType::Bool>(), combine_for<Op, DType::UInt8>(), combine_for<Op, DType::Int8>(),
           combine_for<Op, DType::Int16>(), combine_for<Op, DType::Int32>(), combine_for<Op, DType::Int64>(),
           combine_for<Op, DType::Float16>(), combine_for<Op, DType::BFloat16>(), combine_for<Op, DType::Float32>(),
           combine_for<Op, DType::Float64>()}};
}

}  // namespace

namespace STRIDED_ISA {
extern const IndexKernels index_kernels = {
    kTake, {kAssigns, combines<Add_op>(), combines<Multiply_op>(), combines<Min_op>(), combines<Max_op>()}};
}  // namespace STRIDED_ISA
}  // namespace strided
