// Steps of optimizers on contiguous float32 and float64: one pass over the memory of parameter, gradient and state.
#pragma once

#include <cstdint>

#include "native/kernels/select.h"

namespace strided {

/// The part of a parameter, its gradient and its state that a call updates; what an optimizer lacks is null.
struct OptimSlice {
  char* param;
  const char* gradient;
  char* state[3];
  int64_t n;
};

/// `sign` is -1 to maximize. Constants are rounded to the dtype where PyTorch rounds them.
struct SgdStep {
  double sign, lr, weight_decay, momentum, dampening;
  bool nesterov, first;  // first: the momentum starts as the gradient
};
struct AdamStep {
  double sign, beta1, beta2, shrink, weight_decay, step_size, root_correction, eps;
};
struct RmspropStep {
  double sign, lr, alpha, eps, weight_decay, momentum;
};
struct AdagradStep {
  double sign, lr, weight_decay, eps;
};

struct OptimKernels {
  void (*sgd[2])(const OptimSlice&, const SgdStep&);          // [float64]; state: momentum
  void (*adam[2])(const OptimSlice&, const AdamStep&);        // averages of gradient and square, its largest (amsgrad)
  void (*rmsprop[2])(const OptimSlice&, const RmspropStep&);  // average of the square, of the gradient, momentum
  void (*adagrad[2])(const OptimSlice&, const AdagradStep&);  // sum of squares
};

STRIDED_TABLE(OptimKernels, optim_kernels)

}  // namespace strided
