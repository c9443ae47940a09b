// Reads and writes at addresses that an index tensor gives.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// What a write does with the element that is there.
enum class Combine : uint8_t { Assign, Add, Multiply, Min, Max, count_ };

/// Operands of every loop: the tensor written to, the one read, and int64 byte offsets. `take` adds the offset to the
/// address it reads from, `combine` to the one it writes to.
struct IndexKernels {
  Loops take;
  Loops combine[static_cast<int>(Combine::count_)];
};

STRIDED_TABLE(IndexKernels, index_kernels)

}  // namespace strided
