// Reads and writes at addresses that an index tensor gives.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// What a write does with the element that is there.
enum class Combine : uint8_t { Assign, Add, Multiply, Min, Max, count_ };

/// Operands of take and combine: the tensor written to, the one read, and int64 index, step and wrap. An address is
/// moved by (index < 0 ? index + wrap : index) * step bytes: where take reads, where combine writes. Operands of fill:
/// result, x, a bool and the value to put in place of x where that is true.
struct IndexKernels {
  Loops take;
  Loops combine[static_cast<int>(Combine::count_)];
  Loops fill;
  /// take for `n` whole rows of `bytes` each, one after another in the result.
  void (*take_rows)(char* to, const char* from, const int64_t* index, int64_t n, int64_t bytes, int64_t step,
                    int64_t wrap);
  /// Whether low <= index < high for all.
  bool (*within)(const int64_t* index, int64_t n, int64_t low, int64_t high);
  /// offsets = or += (index < 0 ? index + wrap : index) * step
  void (*scale)(int64_t* offsets, const int64_t* index, int64_t n, int64_t step, int64_t wrap, bool adds);
};

STRIDED_TABLE(IndexKernels, index_kernels)

}  // namespace strided
