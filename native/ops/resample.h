// Where elements come from when planes are padded or resized; resample.cc moves and blends them.
#pragma once

#include <vector>

#include "native/kernels/resample.h"
#include "native/ops/value.h"

namespace strided {

/// For each element along one dimension, the elements of the input it is made of.
struct Taps {
  int64_t in = 1, out = 1, count = 1;
  std::vector<int64_t> index{0};
  std::vector<double> weight{1};
};

/// The last n dimensions resampled by taps[0 .. n); moved where `blends` is false.
Tensor resample(const Tensor& x, const std::vector<Taps>& taps, bool blends);
/// The gradient of that by the input of this shape.
Tensor resample_backward(const Tensor& gradient, const Dims& shape, const std::vector<Taps>& taps, bool blends);

}  // namespace strided
