// Where elements come from when planes are padded or resized; resample.cc moves and blends them.
#pragma once

#include <functional>
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

/// Makes the taps of the last n dimensions. Called when there is memory for the result and any to compute: a size may
/// be beyond all bounds.
using TapsOf = std::function<std::vector<Taps>()>;

/// The last dimensions resampled to `size`; moved where `blends` is false.
Tensor resample(const Tensor& x, const Dims& size, bool blends, const TapsOf& taps);
/// The gradient of that by the input of this shape.
Tensor resample_backward(const Tensor& gradient, const Dims& shape, bool blends, const TapsOf& taps);

}  // namespace strided
