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

[[gnu::always_inline]] inline int64_t offset_of(const char* index, int64_t step, int64_t wrap) {
  const int64_t i = read<int64_t>(index);
  return (i + (i < 0 ? wrap : 0)) * step;
}

template <class T>
void take_loop(char* const* data, const int64_t* strides, int64_t n) {
  char* to = data[0];
  const char *from = data[1], *index = data[2];
  const int64_t step = read<int64_t>(data[3]), wrap = read<int64_t>(data[4]);
  constexpr int64_t size = sizeof(T);
  if (strides[2] == 0) {
    from += offset_of(index, step, wrap);
    if (strides[0] == size && strides[1] == size) {
      __builtin_memcpy(to, from, static_cast<size_t>(n * size));
      return;
    }
    for (int64_t i = 0; i < n; ++i) write<T>(to + i * strides[0], read<T>(from + i * strides[1]));
    return;
  }
  if (strides[0] == size && strides[1] == 0 && strides[2] == sizeof(int64_t)) {
    if (step == size && wrap == 0) {
      auto* out = reinterpret_cast<T*>(to);
      const auto* x = reinterpret_cast<const T*>(from);
      const auto* indices = reinterpret_cast<const int64_t*>(index);
#pragma GCC unroll 4
      for (int64_t i = 0; i < n; ++i) out[i] = x[indices[i]];
      return;
    }
    for (int64_t i = 0; i < n; ++i)
      write<T>(to + i * size, read<T>(from + offset_of(index + i * sizeof(int64_t), step, wrap)));
    return;
  }
  for (int64_t i = 0; i < n; ++i)
    write<T>(to + i * strides[0], read<T>(from + i * strides[1] + offset_of(index + i * strides[2], step, wrap)));
}

void take_rows(char* to, const char* from, const int64_t* index, int64_t n, int64_t bytes, int64_t step, int64_t wrap) {
  constexpr int64_t kAhead = 4;
  auto row = [=](int64_t i) { return from + (index[i] + (index[i] < 0 ? wrap : 0)) * step; };
  for (int64_t i = 0; i < n; ++i) {
    if (i + kAhead < n) __builtin_prefetch(row(i + kAhead));
    __builtin_memcpy(to + i * bytes, row(i), static_cast<size_t>(bytes));
  }
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
  const char *from = data[1], *index = data[2];
  const int64_t step = read<int64_t>(data[3]), wrap = read<int64_t>(data[4]);
  constexpr int64_t size = sizeof(T);
  if (strides[2] == 0) {
    to += offset_of(index, step, wrap);
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
  if (strides[0] == 0 && strides[1] == size && strides[2] == sizeof(int64_t) && step == size && wrap == 0) {
    const auto* indices = reinterpret_cast<const int64_t*>(index);
    for (int64_t i = 0; i < n; ++i) {
      char* at = to + indices[i] * size;
      write<T>(at, Op::template of<T>(read<T>(at), read<T>(from + i * size)));
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i) {
    char* at = to + i * strides[0] + offset_of(index + i * strides[2], step, wrap);
    write<T>(at, Op::template of<T>(read<T>(at), read<T>(from + i * strides[1])));
  }
}

// The result may be x itself.
template <class T>
void fill_loop(char* const* data, const int64_t* strides, int64_t n) {
  char* to = data[0];
  const char *x = data[1], *mask = data[2];
  const T value = read<T>(data[3]);
  constexpr int64_t size = sizeof(T);
  if (strides[0] == size && strides[1] == size && strides[2] == 1) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) write<T>(to + i * size, mask[i] ? value : read<T>(x + i * size));
    return;
  }
  for (int64_t i = 0; i < n; ++i)
    write<T>(to + i * strides[0], mask[i * strides[2]] ? value : read<T>(x + i * strides[1]));
}

bool within(const int64_t* index, int64_t n, int64_t low, int64_t high) {
  const auto range = static_cast<uint64_t>(high - low);
  uint64_t bad = 0;
  for (int64_t i = 0; i < n; ++i) bad |= static_cast<uint64_t>(index[i] - low) >= range;
  return !bad;
}

void scale(int64_t* offsets, const int64_t* index, int64_t n, int64_t step, int64_t wrap, bool adds) {
  const int64_t keep = adds ? -1 : 0;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) offsets[i] = (offsets[i] & keep) + (index[i] + (index[i] < 0 ? wrap : 0)) * step;
}

// Elements that are only moved need no type of their own but their size.
#define BY_SIZE(loop)                                                                                              \
  {                                                                                                                \
    {                                                                                                              \
      loop<uint8_t>, loop<uint8_t>, loop<uint8_t>, loop<uint16_t>, loop<uint32_t>, loop<uint64_t>, loop<uint16_t>, \
          loop<uint16_t>, loop<uint32_t>, loop<uint64_t>                                                           \
    }                                                                                                              \
  }
constexpr Loops kTake = BY_SIZE(&take_loop);
constexpr Loops kFill = BY_SIZE(&fill_loop);
template <class T>
constexpr Loop kAssign = &combine_loop<Assign_op, T>;
constexpr Loops kAssigns = BY_SIZE(kAssign);

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
    kTake,   {kAssigns, combines<Add_op>(), combines<Multiply_op>(), combines<Min_op>(), combines<Max_op>()},
    kFill,   &take_rows,
    &within, &scale};
}  // namespace STRIDED_ISA
}  // namespace strided
