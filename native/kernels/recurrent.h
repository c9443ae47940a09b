// One row of a step of a recurrent network, element by element.
#pragma once

#include <cstdint>

#include "native/kernels/select.h"

namespace strided {

/// A row of `size` units in float32 or float64.
struct LstmRow {
  int64_t size;
  /// 4 * size: input, forget, cell and output gates. Forward: sums, which give way to activations.
  char* gates;
  const char* cell_before;
  char* cell;
  char* output;
};
struct LstmGradientRow {
  int64_t size;
  const char *gates, *cell_before, *cell;
  const char* output_gradient;
  /// Of the cell: that of this step on the way in, that of the step before on the way out.
  char* cell_gradient;
  /// Of the sums.
  char* gate_gradients;
};

struct RecurrentKernels {
  void (*lstm[2])(const LstmRow&);  // [float64]
  void (*lstm_gradient[2])(const LstmGradientRow&);
};

STRIDED_TABLE(RecurrentKernels, recurrent_kernels)

}  // namespace strided
