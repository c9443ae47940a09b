#include "native/core/scalar.h"

#include <cstring>

#include "native/core/half.h"

namespace strided {
namespace {

template <class T>
void put(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace

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
