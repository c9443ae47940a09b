// Copies between any two dtypes and strides.
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
constexpr bool kHalf = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

// As PyTorch on x86: a float goes to a small integer through int64 and wraps; what no int64 holds gives its smallest.
template <class To, class From>
inline To convert(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (kHalf<From>) {
    return convert<To>(static_cast<float>(x));
  } else if constexpr (kHalf<To>) {
    return To(static_cast<float>(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    const bool fits = x >= From(-0x1p63) && x < From(0x1p63);
    return static_cast<To>(fits ? static_cast<int64_t>(x) : std::numeric_limits<int64_t>::min());
  } else {
    return static_cast<To>(x);
  }
}

template <class To, class From>
void cast_loop(char* const* data, const int64_t* strides, int64_t n) {
  char* out = data[0];
  const char* x = data[1];
  if (strides[0] == sizeof(To) && strides[1] == sizeof(From)) {
    if constexpr (std::is_same_v<To, From>) {
      if (out != x) __builtin_memmove(out, x, static_cast<size_t>(n) * sizeof(To));
    } else {
#pragma GCC ivdep
      for (int64_t i = 0; i < n; ++i) write<To>(out + i * sizeof(To), convert<To>(read<From>(x + i * sizeof(From))));
    }
    return;
  }
  if (strides[1] == 0) {
    const To value = convert<To>(read<From>(x));
    if (strides[0] == sizeof(To)) {
      for (int64_t i = 0; i < n; ++i) write<To>(out + i * sizeof(To), value);
    } else {
      for (int64_t i = 0; i < n; ++i) write<To>(out + i * strides[0], value);
    }
    return;
  }
  for (int64_t i = 0; i < n; ++i) write<To>(out + i * strides[0], convert<To>(read<From>(x + i * strides[1])));
}

template <DType from, DType to>
constexpr Loop cast_for() {
  return &cast_loop<typename CppType<to>::type, typename CppType<from>::type>;
}

template <DType from>
constexpr Loops casts_from() {
  return {{cast_for<from, DType::Bool>(), cast_for<from, DType::UInt8>(), cast_for<from, DType::Int8>(),
           cast_for<from, DType::Int16>(), cast_for<from, DType::Int32>(), cast_for<from, DType::Int64>(),
           cast_for<from, DType::Float16>(), cast_for<from, DType::BFloat16>(), cast_for<from, DType::Float32>(),
           cast_for<from, DType::Float64>()}};
}

}  // namespace

namespace STRIDED_ISA {
extern const CopyKernels copy_kernels = {
    {casts_from<DType::Bool>(), casts_from<DType::UInt8>(), casts_from<DType::Int8>(), casts_from<DType::Int16>(),
     casts_from<DType::Int32>(), casts_from<DType::Int64>(), casts_from<DType::Float16>(),
     casts_from<DType::BFloat16>(), casts_from<DType::Float32>(), casts_from<DType::Float64>()}};
}  // namespace STRIDED_ISA
}  // namespace strided
