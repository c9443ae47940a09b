// Rectangles of elements moved from one order to another.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// Copies rows x columns elements. The columns of `to` lie side by side, its rows `to_row` bytes apart; in `from` the
/// next row and the next column are `row` and `column` bytes away, which may be any number. The two share no memory.
using MoveBlock = void (*)(char* to, int64_t to_row, const char* from, int64_t row, int64_t column, int64_t rows,
                           int64_t columns);

struct MoveKernels {
  MoveBlock of_size[4];  // elements of 1, 2, 4 and 8 bytes
  /// A copy of contiguous bytes that leaves the caches as they are; other threads see it after finish().
  void (*stream)(char* to, const char* from, int64_t bytes);
  void (*finish)();
  MoveBlock operator[](int64_t item_size) const { return of_size[__builtin_ctzll(item_size)]; }
};

STRIDED_TABLE(MoveKernels, move_kernels)

}  // namespace strided
