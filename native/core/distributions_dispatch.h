// From a DType to its C++ type, and what else the samplers share.
#pragma once

#include <limits>

#include "native/core/dtype.h"
#include "native/core/error.h"
#include "native/core/half.h"

namespace strided {

/// Significant bits of a floating-point type.
template <class T> constexpr int kDigits = 0;
template <> inline constexpr int kDigits<Half> = 11;
template <> inline constexpr int kDigits<BFloat16> = 8;
template <> inline constexpr int kDigits<float> = 24;
template <> inline constexpr int kDigits<double> = 53;

/// The largest finite value.
template <class T> constexpr double kLargest = static_cast<double>(std::numeric_limits<T>::max());
template <> inline constexpr double kLargest<Half> = 65504.0;
template <> inline constexpr double kLargest<BFloat16> = 0x1.fep127;

/// The C++ type that PyTorch's range checks name.
inline const char* cpp_name(DType dtype) {
  constexpr const char* names[kDTypes] = {"bool",     "unsigned char", "signed char",   "short int", "int",
                                          "long int", "c10::Half",     "c10::BFloat16", "float",     "double"};
  return names[static_cast<int>(dtype)];
}

/// Writes `n` samples, converted to T, in order.
template <class T, class Sample>
void fill(void* out, int64_t n, Sample sample) {
  T* values = static_cast<T*>(out);
  for (int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(sample());
}

/// A value that only carries its type.
template <class T>
struct Type {
  using type = T;
};

[[noreturn]] inline void fail_not_implemented(const char* kernel, DType dtype) {
  fail(ErrorKind::NotImplemented, '"', kernel, "\" not implemented for '", dtype_scalar_name(dtype), "'");
}

/// Calls body(Type<T>()) for a floating-point dtype.
template <class Body>
void with_floating(DType dtype, const char* kernel, Body body) {
  switch (dtype) {
    case DType::Float16: return body(Type<Half>());
    case DType::BFloat16: return body(Type<BFloat16>());
    case DType::Float32: return body(Type<float>());
    case DType::Float64: return body(Type<double>());
    default: fail_not_implemented(kernel, dtype);
  }
}

/// Calls body(Type<T>()) for every dtype but bool.
template <class Body>
void with_number(DType dtype, const char* kernel, Body body) {
  switch (dtype) {
    case DType::UInt8: return body(Type<uint8_t>());
    case DType::Int8: return body(Type<int8_t>());
    case DType::Int16: return body(Type<int16_t>());
    case DType::Int32: return body(Type<int32_t>());
    case DType::Int64: return body(Type<int64_t>());
    default: return with_floating(dtype, kernel, body);
  }
}

template <class Body>
void with_any(DType dtype, Body body) {
  if (dtype == DType::Bool) return body(Type<bool>());
  with_number(dtype, "", body);
}

}  // namespace strided
