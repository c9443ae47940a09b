// A number that is no tensor: it takes part in promotion only by its category.
#pragma once

#include "native/core/dtype.h"

namespace strided {

class Scalar {
 public:
  Scalar() : Scalar(int64_t{0}) {}
  Scalar(bool v) : integer_(v), category_(Category::Bool) {}
  Scalar(int64_t v) : integer_(v), category_(Category::Integer) {}
  Scalar(int v) : Scalar(static_cast<int64_t>(v)) {}
  Scalar(double v) : real_(v), category_(Category::Float) {}

  Category category() const { return category_; }
  bool is_float() const { return category_ == Category::Float; }
  double to_double() const { return is_float() ? real_ : static_cast<double>(integer_); }
  int64_t to_int() const { return is_float() ? static_cast<int64_t>(real_) : integer_; }
  bool to_bool() const { return is_float() ? real_ != 0 : integer_ != 0; }

  /// The dtype that a tensor made of this number has: bool, int64 or the default one.
  DType default_dtype() const {
    return is_float() ? strided::default_dtype() : category_ == Category::Bool ? DType::Bool : DType::Int64;
  }
  /// Fails with PyTorch's text where `dtype` cannot hold the value.
  void check_fits(DType dtype) const;
  /// Writes the value as one element of `dtype` (item_size bytes).
  void store(DType dtype, void* to) const;

 private:
  union {
    int64_t integer_;
    double real_;
  };
  Category category_;
};

}  // namespace strided
