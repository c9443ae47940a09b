// softmax, log_softmax and their gradients, on contiguous float32 and float64.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// The dimension of n elements that are `inner` apart. inner == 1: `count` such rows one behind another; else `count`
/// of them side by side.
struct SoftmaxJob {
  char* out;      // may be x or gradient
  const char* x;  // backward: the result of the forward pass
  const char* gradient;
  int64_t count, n, inner;
};

using SoftmaxFn = void (*)(const SoftmaxJob&);

struct SoftmaxKernels {
  SoftmaxFn forward[2][2];  // [log][float64]
  SoftmaxFn backward[2][2];
  SoftmaxFn log_sum[2];  // log(sum(exp(x))), one result per sequence
};

STRIDED_TABLE(SoftmaxKernels, softmax_kernels)

}  // namespace strided
