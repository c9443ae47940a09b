// An operand that is a tensor or a number, and the dtype that several of them give together.
#pragma once

#include <initializer_list>
#include <span>

#include "native/core/tensor.h"

namespace strided {

struct Value {
  Tensor tensor;  // undefined: a number
  Scalar number;

  Value(Tensor t) : tensor(std::move(t)) {}
  Value(Scalar s) : number(s) {}
  bool is_tensor() const { return tensor.defined(); }
};

/// PyTorch's result_type: tensors with dimensions first, then 0-d tensors, then numbers; a lower rank counts only where
/// it is of a higher category (bool < integer < float).
class TypePromotion {
 public:
  TypePromotion& add(const Tensor& t) { return add(t.dim() ? Rank::Dimensioned : Rank::ZeroDim, t.dtype()); }
  TypePromotion& add(const Scalar& s) { return add(Rank::Number, s.default_dtype()); }
  TypePromotion& add(const Value& v) { return v.is_tensor() ? add(v.tensor) : add(v.number); }
  DType result() const;

 private:
  enum class Rank { Dimensioned, ZeroDim, Number };
  TypePromotion& add(Rank rank, DType t);

  DType types_[3];
  bool present_[3] = {};
};

template <class... Operands>
DType result_type(const Operands&... operands) {
  TypePromotion types;
  (types.add(operands), ...);
  return types.result();
}

}  // namespace strided
