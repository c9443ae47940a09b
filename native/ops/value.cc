#include "native/ops/value.h"

namespace strided {

TypePromotion& TypePromotion::add(Rank rank, DType t) {
  const int r = static_cast<int>(rank);
  types_[r] = present_[r] ? promote(types_[r], t) : t;
  present_[r] = true;
  return *this;
}

DType TypePromotion::result() const {
  DType out = DType::Float32;
  bool any = false;
  for (int r = 2; r >= 0; --r) {
    if (!present_[r]) continue;
    const DType higher = types_[r];
    const bool joins = any && !is_floating(higher) && (higher == DType::Bool || is_floating(out));
    out = joins ? promote(higher, out) : higher;
    any = true;
  }
  return out;
}

}  // namespace strided
