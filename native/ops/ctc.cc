// Connectionist temporal classification (Graves and others, 2006): the probability of a labelling, summed over all
// alignments by dynamic programming, and its slope.
#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

double log_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kNever ? a : a + std::log1p(std::exp(b - a));
}

/// One sequence: log probabilities of `classes` classes at `steps` times, `stride` elements apart, and its labels.
template <class T>
struct Sequence {
  const T* log_probs;
  int64_t stride, steps, classes;
  const int64_t* labels;
  int64_t count, blank;

  int64_t states() const { return 2 * count + 1; }
  /// Labels with blanks around each.
  int64_t label(int64_t state) const { return state % 2 ? labels[state / 2] : blank; }
  double at(int64_t t, int64_t state) const { return static_cast<double>(log_probs[t * stride + label(state)]); }
  /// Whether a path may come to `state` past the blank before it.
  bool skips(int64_t state) const { return state % 2 && state >= 3 && label(state) != label(state - 2); }

  /// The log probability of being in each state at each time, having emitted what leads there.
  std::vector<double> forward() const {
    std::vector<double> alpha(static_cast<size_t>(steps * states()), kNever);
    alpha[0] = at(0, 0);
    if (states() > 1) alpha[1] = at(0, 1);
    for (int64_t t = 1; t < steps; ++t) {
      const double* before = &alpha[static_cast<size_t>((t - 1) * states())];
      double* now = &alpha[static_cast<size_t>(t * states())];
      for (int64_t s = 0; s < states(); ++s) {
        double sum = before[s];
        if (s > 0) sum = log_sum(sum, before[s - 1]);
        if (skips(s)) sum = log_sum(sum, before[s - 2]);
        now[s] = sum + at(t, s);
      }
    }
    return alpha;
  }

  /// The same from the end.
  std::vector<double> backward() const {
    std::vector<double> beta(static_cast<size_t>(steps * states()), kNever);
    const int64_t last = states() - 1;
    double* end = &beta[static_cast<size_t>((steps - 1) * states())];
    end[last] = at(steps - 1, last);
    if (last > 0) end[last - 1] = at(steps - 1, last - 1);
    for (int64_t t = steps - 2; t >= 0; --t) {
      const double* after = &beta[static_cast<size_t>((t + 1) * states())];
      double* now = &beta[static_cast<size_t>(t * states())];
      for (int64_t s = 0; s <= last; ++s) {
        double sum = after[s];
        if (s < last) sum = log_sum(sum, after[s + 1]);
        if (s + 2 <= last && skips(s + 2)) sum = log_sum(sum, after[s + 2]);
        now[s] = sum + at(t, s);
      }
    }
    return beta;
  }

  /// Returns the negative log likelihood; writes its slope by log_probs, as for logits whose softmax they are.
  double run(T* slope) const {
    if (steps == 0) return count == 0 ? 0 : std::numeric_limits<double>::infinity();
    const std::vector<double> alpha = forward(), beta = backward();
    const double* end = &alpha[static_cast<size_t>((steps - 1) * states())];
    const double likelihood = states() > 1 ? log_sum(end[states() - 1], end[states() - 2]) : end[0];
    std::vector<double> shares(static_cast<size_t>(classes));
    for (int64_t t = 0; t < steps; ++t) {
      std::fill(shares.begin(), shares.end(), kNever);
      for (int64_t s = 0; s < states(); ++s) {
        double& share = shares[static_cast<size_t>(label(s))];
        const auto i = static_cast<size_t>(t * states() + s);
        share = log_sum(share, alpha[i] + beta[i]);
      }
      for (int64_t c = 0; c < classes; ++c) {
        const auto log_prob = static_cast<double>(log_probs[t * stride + c]);
        const double share = shares[static_cast<size_t>(c)] - likelihood - log_prob;
        slope[t * stride + c] = static_cast<T>(std::exp(log_prob) - std::exp(share));
      }
    }
    return -likelihood;
  }
};

template <class T>
void run_all(const Tensor& log_probs, const Tensor& labels, const Dims& steps, const Dims& counts, int64_t blank,
             const Tensor& losses, const Tensor& slopes) {
  const int64_t batch = log_probs.size(1), classes = log_probs.size(2);
  std::vector<int64_t> starts(static_cast<size_t>(batch) + 1, 0);
  for (int64_t n = 0; n < batch; ++n)
    starts[static_cast<size_t>(n) + 1] = starts[static_cast<size_t>(n)] + counts[static_cast<int>(n)];
  parallel_for(batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const Sequence<T> sequence{log_probs.data_as<T>() + n * classes,
                                 batch * classes,
                                 steps[static_cast<int>(n)],
                                 classes,
                                 labels.data_as<int64_t>() + starts[static_cast<size_t>(n)],
                                 counts[static_cast<int>(n)],
                                 blank};
      losses.data_as<T>()[n] = static_cast<T>(sequence.run(slopes.data_as<T>() + n * classes));
    }
  });
}

}  // namespace

/// log_probs (T, N, C); labels: those of all sequences, one after another. Returns losses (N) and their slopes.
std::tuple<Tensor, Tensor> ctc(const Tensor& log_probs, const Tensor& labels, const Dims& steps, const Dims& counts,
                               int64_t blank) {
  const DType dtype = log_probs.dtype();
  check(dtype == DType::Float32 || dtype == DType::Float64, ErrorKind::NotImplemented,
        "\"ctc_loss_cpu\" not implemented for '", dtype_scalar_name(dtype), "'");
  const Tensor dense = strided::contiguous(log_probs),
               all = strided::contiguous(strided::to_dtype(labels, DType::Int64));
  int64_t total = 0;
  for (int64_t n = 0; n < log_probs.size(1); ++n) {
    const int i = static_cast<int>(n);
    check(steps[i] >= 0 && steps[i] <= log_probs.size(0), "Expected input_lengths to have value at most ",
          log_probs.size(0), ", but got value ", steps[i], " (while checking arguments for ctc_loss_cpu)");
    total += counts[i];
  }
  check(total == all.numel(), "ctc_loss: the lengths of the targets add up to ", total, ", but there are ",
        all.numel());
  for (int64_t i = 0; i < total; ++i) {
    const int64_t label = all.data_as<int64_t>()[i];
    check(label >= 0 && label < log_probs.size(2), "ctc_loss: target ", label, " is not one of ", log_probs.size(2),
          " classes");
  }
  Tensor losses = strided::empty({log_probs.size(1)}, dtype), slopes = strided::empty(log_probs.shape(), dtype);
  fill_with(slopes, Scalar(0));
  if (dtype == DType::Float32) run_all<float>(dense, all, steps, counts, blank, losses, slopes);
  else run_all<double>(dense, all, steps, counts, blank, losses, slopes);
  return {losses, slopes};
}

}  // namespace strided::ops
