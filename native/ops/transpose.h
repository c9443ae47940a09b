// Copies between row order and column order, in tiles that stay in the cache.
#pragma once

#include "native/core/tensor.h"

namespace strided {

/// Copies a matrix that lies column by column into one that lies row by row, of the same dtype; false where that is
/// not what the two are, and nothing was done.
bool copy_transposed(const Tensor& to, const Tensor& from);

}  // namespace strided
