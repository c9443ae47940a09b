// Running sums, products, maxima and minima along a dimension of contiguous tensors.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// `count` sequences of n elements, `inner` from one element to the next: side by side, or one behind another where
/// inner is 1.
struct ScanJob {
  char* out;
  int64_t* indices;  // cummax and cummin
  const char* x;
  int64_t count, n, inner;
};

using ScanFn = void (*)(const ScanJob&);

struct ScanKernels {
  ScanFn sum[kDTypes];  // int64, float32 and float64; floats accumulate in double
  ScanFn product[kDTypes];
  ScanFn log_sum[kDTypes];  // log(sum(exp(x))); floats only
  ScanFn max[kDTypes];      // all but halves
  ScanFn min[kDTypes];
};

STRIDED_TABLE(ScanKernels, scan_kernels)

}  // namespace strided
