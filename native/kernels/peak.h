// What the CPU can do at most, to hold the speed of products against.
#pragma once

#include <cstdint>

#include "native/kernels/select.h"

namespace strided {

struct PeakKernels {
  /// Multiplies and adds float32 in registers only; returns how many operations that were.
  double (*spin)(int64_t rounds);
};

STRIDED_TABLE(PeakKernels, peak_kernels)

}  // namespace strided
