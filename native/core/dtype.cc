#include "native/core/dtype.h"

namespace strided {
namespace {

constexpr DType b1 = DType::Bool, u1 = DType::UInt8, i1 = DType::Int8, i2 = DType::Int16, i4 = DType::Int32,
                i8 = DType::Int64, f2 = DType::Float16, bf = DType::BFloat16, f4 = DType::Float32, f8 = DType::Float64;

// clang-format off
constexpr DType kPromotion[kDTypes][kDTypes] = {
  //        b1  u1  i1  i2  i4  i8  f2  bf  f4  f8
  /* b1 */ {b1, u1, i1, i2, i4, i8, f2, bf, f4, f8},
  /* u1 */ {u1, u1, i2, i2, i4, i8, f2, bf, f4, f8},
  /* i1 */ {i1, i2, i1, i2, i4, i8, f2, bf, f4, f8},
  /* i2 */ {i2, i2, i2, i2, i4, i8, f2, bf, f4, f8},
  /* i4 */ {i4, i4, i4, i4, i4, i8, f2, bf, f4, f8},
  /* i8 */ {i8, i8, i8, i8, i8, i8, f2, bf, f4, f8},
  /* f2 */ {f2, f2, f2, f2, f2, f2, f2, f4, f4, f8},
  /* bf */ {bf, bf, bf, bf, bf, bf, f4, bf, f4, f8},
  /* f4 */ {f4, f4, f4, f4, f4, f4, f4, f4, f4, f8},
  /* f8 */ {f8, f8, f8, f8, f8, f8, f8, f8, f8, f8},
};
// clang-format on

thread_local DType default_ = DType::Float32;

}  // namespace

DType default_dtype() { return default_; }
void set_default_dtype(DType dtype) { default_ = dtype; }

const char* dtype_name(DType t) {
  static constexpr const char* names[kDTypes] = {"bool",  "uint8",   "int8",     "int16",   "int32",
                                                 "int64", "float16", "bfloat16", "float32", "float64"};
  return names[static_cast<int>(t)];
}

const char* dtype_scalar_name(DType t) {
  static constexpr const char* names[kDTypes] = {"Bool", "Byte", "Char",     "Short", "Int",
                                                 "Long", "Half", "BFloat16", "Float", "Double"};
  return names[static_cast<int>(t)];
}

DType promote(DType a, DType b) { return kPromotion[static_cast<int>(a)][static_cast<int>(b)]; }

}  // namespace strided
