// Planes whose elements are taken from, or blended of, those at given places of other planes.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// Element o along dimension d is the sum of taps[d] elements of the input: index[d][o * taps[d] + t], by weight. To
/// move them, there is one tap and no weight.
struct ResamplePlan {
  int64_t in[3], out[3], taps[3];
  const int64_t* index[3];
  const double* weight[3];
};

struct ResampleJob {
  char* out;  // backward: the gradient of the result
  char* in;   // backward: the gradient of the input, added to
  char* row;  // scratch of in[2] elements
  int64_t planes;
};

using ResampleFn = void (*)(const ResamplePlan&, const ResampleJob&);

struct ResampleKernels {
  ResampleFn move[kDTypes];
  ResampleFn move_back[2];  // [float64]
  ResampleFn blend[2];
  ResampleFn blend_back[2];
};

STRIDED_TABLE(ResampleKernels, resample_kernels)

}  // namespace strided
