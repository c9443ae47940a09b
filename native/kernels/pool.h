// Maxima and means of windows over planes of up to three dimensions.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// Windows [first, last) of every place along each dimension, in steps; the planes lie one behind another.
struct PoolWindows {
  int64_t in[3], out[3], step[3];
  const int64_t* first[3];
  const int64_t* last[3];
  /// Means: the product of the sizes of a window is what its sum is divided by, unless `divisor` is not 0.
  const int64_t* size[3];
  int64_t divisor;
  /// Windows [whole_first, whole_last) along the last dimension have `width` elements each and begin `stride` apart.
  int64_t whole_first, whole_last, width, stride;
};

struct PoolJob {
  char* out;        // backward: the gradient of the result
  int64_t* places;  // where in its plane each maximum stands
  char* x;          // backward: the gradient of the input, added to
  int64_t planes;
};

using PoolFn = void (*)(const PoolWindows&, const PoolJob&);

struct PoolKernels {
  PoolFn max[kDTypes];  // all but bool and halves
  PoolFn mean[kDTypes];
  PoolFn max_back[2];  // [float64]
  PoolFn mean_back[2];
};

STRIDED_TABLE(PoolKernels, pool_kernels)

}  // namespace strided
