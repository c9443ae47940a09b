// Steps of optimizers over all parameters of a group at once.
#include "native/kernels/optim.h"

#include <algorithm>
#include <array>
#include <vector>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 16384;  // elements: 10 to 30 us

using States = std::array<const TensorList*, 3>;

/// What the kernels assume: contiguous tensors of one dtype and, by parameter, one size.
void check_alike(const TensorList& params, const Tensor& t, size_t i) {
  check(t.dtype() == params[0].dtype() && t.numel() == params[i].numel() && t.is_contiguous(),
        "fused step: expected contiguous tensors of one dtype and, by parameter, one size");
}

/// Cuts the elements of all parameters together into pieces and calls `update(slice)` for what each holds.
template <class F>
void for_slices(const TensorList& params, const TensorList& gradients, const States& states, F update) {
  check(gradients.size() == params.size(), "fused step: expected one gradient for each parameter");
  std::vector<int64_t> starts{0};
  for (size_t i = 0; i < params.size(); ++i) {
    check_alike(params, params[i], i);
    check_alike(params, gradients[i], i);
    for (const TensorList* state : states) {
      if (state && !state->empty()) check_alike(params, state->at(i), i);
    }
    starts.push_back(starts.back() + params[i].numel());
  }
  parallel_for(starts.back(), kGrain, [&](int64_t begin, int64_t end) {
    size_t i = std::upper_bound(starts.begin(), starts.end(), begin) - starts.begin() - 1;
    for (; begin < end; ++i) {
      const int64_t offset = begin - starts[i];
      const int64_t n = std::min(end, starts[i + 1]) - begin;
      if (n <= 0) continue;
      const int64_t bytes = offset * params[i].item_size();
      OptimSlice slice{params[i].data() + bytes, gradients[i].data() + bytes, {}, n};
      for (int k = 0; k < 3; ++k) {
        if (states[k] && !states[k]->empty()) slice.state[k] = (*states[k])[i].data() + bytes;
      }
      update(slice);
      begin += n;
    }
  });
}

/// Whether to take the kernels for float64; refuses what there are none for.
bool is_double(const TensorList& params) {
  check(!params.empty(), "fused step: expected at least one parameter");
  const DType dtype = params[0].dtype();
  check(dtype == DType::Float32 || dtype == DType::Float64, "fused step: expected float32 or float64");
  return dtype == DType::Float64;
}

}  // namespace

bool fused_sgd_(const TensorList& params, const TensorList& gradients, const TensorList& buffers, double sign,
                double lr, double weight_decay, double momentum, double dampening, bool nesterov, bool first) {
  const auto kernel = optim_kernels().sgd[is_double(params)];
  const SgdStep step{sign, lr, weight_decay, momentum, dampening, nesterov, first};
  for_slices(params, gradients, {&buffers}, [&](const OptimSlice& slice) { kernel(slice, step); });
  return true;
}

bool fused_adam_(const TensorList& params, const TensorList& gradients, const TensorList& means,
                 const TensorList& squares, const TensorList& largest, double sign, double beta1, double beta2,
                 double shrink, double weight_decay, double step_size, double root_correction, double eps) {
  const auto kernel = optim_kernels().adam[is_double(params)];
  const AdamStep step{sign, beta1, beta2, shrink, weight_decay, step_size, root_correction, eps};
  for_slices(params, gradients, {&means, &squares, &largest}, [&](const OptimSlice& slice) { kernel(slice, step); });
  return true;
}

bool fused_rmsprop_(const TensorList& params, const TensorList& gradients, const TensorList& squares,
                    const TensorList& means, const TensorList& buffers, double sign, double lr, double alpha,
                    double eps, double weight_decay, double momentum) {
  const auto kernel = optim_kernels().rmsprop[is_double(params)];
  const RmspropStep step{sign, lr, alpha, eps, weight_decay, momentum};
  for_slices(params, gradients, {&squares, &means, &buffers}, [&](const OptimSlice& slice) { kernel(slice, step); });
  return true;
}

bool fused_adagrad_(const TensorList& params, const TensorList& gradients, const TensorList& sums, double sign,
                    double lr, double weight_decay, double eps) {
  const auto kernel = optim_kernels().adagrad[is_double(params)];
  const AdagradStep step{sign, lr, weight_decay, eps};
  for_slices(params, gradients, {&sums}, [&](const OptimSlice& slice) { kernel(slice, step); });
  return true;
}

}  // namespace strided::ops
