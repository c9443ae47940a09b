// What the iterator and the kernels agree on.
#pragma once

#include <cstdint>

#include "native/core/dtype.h"

namespace strided {

/// An inner loop over `n` elements of each operand. data[0] is the result, the inputs follow; strides are in bytes.
using Loop = void (*)(char* const* data, const int64_t* strides, int64_t n);

/// A loop per dtype; null where the op has none.
struct Loops {
  Loop of[kDTypes];
  Loop operator[](DType t) const { return of[static_cast<int>(t)]; }
};

/// Which dtypes an element-wise kernel computes in. Integers are taken to float32 before a Floating one.
enum class Domain : uint8_t { Floating, Numeric, Any, Integral };
/// What it gives: the dtype it computed in, or bool.
enum class Gives : uint8_t { Same, Bool };
/// Which dtypes a rare kernel takes: floats, with integers as float32; no halves; no integers.
enum class Takes : uint8_t { Floats, Wide, Exact };

}  // namespace strided
