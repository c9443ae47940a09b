// Element types and PyTorch's promotion lattice.
#pragma once

#include <cstdint>

namespace strided {

enum class DType : uint8_t { Bool, UInt8, Int8, Int16, Int32, Int64, Float16, BFloat16, Float32, Float64 };
constexpr int kDTypes = 10;
constexpr DType kAllDTypes[kDTypes] = {DType::Bool,  DType::UInt8,   DType::Int8,     DType::Int16,   DType::Int32,
                                       DType::Int64, DType::Float16, DType::BFloat16, DType::Float32, DType::Float64};

/// Weak operands (numbers, 0-d tensors) promote a result only across these categories.
enum class Category : uint8_t { Bool, Integer, Float };

constexpr int64_t item_size(DType t) {
  constexpr int64_t sizes[kDTypes] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8};
  return sizes[static_cast<int>(t)];
}

constexpr Category category(DType t) {
  if (t == DType::Bool) return Category::Bool;
  return t < DType::Float16 ? Category::Integer : Category::Float;
}

constexpr bool is_floating(DType t) { return category(t) == Category::Float; }
constexpr bool is_integral(DType t) { return category(t) == Category::Integer; }
constexpr bool is_half(DType t) { return t == DType::Float16 || t == DType::BFloat16; }

/// The dtype that kernels compute in: 16-bit floats are storage only.
constexpr DType compute_dtype(DType t) { return is_half(t) ? DType::Float32 : t; }

/// The dtype of floating-point results that nothing else decides; float32 until set, for this thread.
DType default_dtype();
void set_default_dtype(DType dtype);

const char* dtype_name(DType t);         // "float32"
const char* dtype_scalar_name(DType t);  // "Float", as PyTorch's messages have it

/// The smallest dtype that both convert to, by PyTorch's table.
DType promote(DType a, DType b);

/// PyTorch's can_cast: a result of dtype `from` may be stored in a tensor of dtype `to`.
constexpr bool can_cast(DType from, DType to) { return category(from) <= category(to); }

}  // namespace strided
