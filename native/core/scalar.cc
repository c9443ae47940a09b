#include "native/core/scalar.h"

#include <cmath>
#include <cstring>

#include "native/core/error.h"
#include "native/core/half.h"

namespace strided {
namespace {

template <class T>
void put(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace

void Scalar::check_fits(DType dtype) const {
  // PyTorch's names for the types, and the largest finite value of each.
  struct Range {
    const char* name;
    double low, high;
  };
  constexpr Range kRanges[kDTypes] = {{"bool", 0, 0},
                                      {"uint8_t", 0, 255},
                                      {"int8_t", -128, 127},
                                      {"int16_t", -32768, 32767},
                                      {"int", -0x1p31, 0x1p31 - 1},
                                      {"int64_t", -0x1p63, 0x1.fffffffffffffp62},
                                      {"c10::Half", -65504, 65504},
                                      {"c10::BFloat16", -0x1.fep127, 0x1.fep127},
                                      {"float", -0x1.fffffep127, 0x1.fffffep127},
                                      {"double", -0x1.fffffffffffffp1023, 0x1.fffffffffffffp1023}};
  if (dtype == DType::Bool || (dtype == DType::Int64 && !is_float())) return;
  const Range& range = kRanges[static_cast<int>(dtype)];
  const double value = to_double();
  // A negative integer wraps around in an unsigned type.
  const double low = dtype == DType::UInt8 && !is_float() ? -range.high : range.low;
  const bool fits = is_floating(dtype) && !std::isfinite(value) ? true : value >= low && value <= range.high;
  check(fits, "value cannot be converted to type ", range.name, " without overflow");
}

void Scalar::store(DType dtype, void* to) const {
  switch (dtype) {
    case DType::Bool: return put<uint8_t>(to, to_bool());
    case DType::UInt8: return put(to, static_cast<uint8_t>(to_int()));
    case DType::Int8: return put(to, static_cast<int8_t>(to_int()));
    case DType::Int16: return put(to, static_cast<int16_t>(to_int()));
    case DType::Int32: return put(to, static_cast<int32_t>(to_int()));
    case DType::Int64: return put(to, to_int());
    case DType::Float16: return put(to, Half(static_cast<float>(to_double())));
    case DType::BFloat16: return put(to, BFloat16(static_cast<float>(to_double())));
    case DType::Float32: return put(to, static_cast<float>(to_double()));
    case DType::Float64: return put(to, to_double());
  }
}

}  // namespace strided
