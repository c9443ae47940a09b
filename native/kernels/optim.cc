#include "native/kernels/optim.h"

#include <cmath>

namespace strided::STRIDED_ISA {
namespace {

template <class T>
struct Slice {
  explicit Slice(const OptimSlice& s)
      : param(reinterpret_cast<T*>(s.param)), gradient(reinterpret_cast<const T*>(s.gradient)), n(s.n) {
    for (int i = 0; i < 3; ++i) state[i] = reinterpret_cast<T*>(s.state[i]);
  }
  T* param;
  const T* gradient;
  T* state[3];
  int64_t n;
};

/// What to descend along: the gradient, its sign turned to maximize, and the decay of weights.
template <bool decays, class T>
[[gnu::always_inline]] inline T descent(const Slice<T>& s, int64_t i, T sign, T weight_decay) {
  const T g = sign * s.gradient[i];
  if constexpr (decays) return g + weight_decay * s.param[i];
  return g;
}

/// torch.lerp, which goes from the nearer end.
template <class T>
[[gnu::always_inline]] inline T lerp(T from, T to, T weight) {
  return weight < T(0.5) ? from + weight * (to - from) : to - (to - from) * (T(1) - weight);
}

struct Yes {
  static constexpr bool value = true;
};
struct No {
  static constexpr bool value = false;
};

/// Calls f with a constant for each of two conditions, so that the loops inside have no branches.
template <class F>
[[gnu::always_inline]] inline void specialize(bool first, bool second, F f) {
  if (first && second) return f(Yes(), Yes());
  if (first) return f(Yes(), No());
  if (second) return f(No(), Yes());
  f(No(), No());
}

template <class T>
void sgd(const OptimSlice& slice, const SgdStep& step) {
  const Slice<T> s(slice);
  const T sign = T(step.sign), rate = T(-step.lr), decay = T(step.weight_decay);
  const T momentum = T(step.momentum), share = T(1 - step.dampening);
  T* const buffer = s.state[0];
  specialize(decay != T(0), step.nesterov, [&](auto decays, auto nesterov) {
    if (!buffer) {
#pragma GCC ivdep
      for (int64_t i = 0; i < s.n; ++i) s.param[i] += rate * descent<decays.value>(s, i, sign, decay);
    } else if (step.first) {
#pragma GCC ivdep
      for (int64_t i = 0; i < s.n; ++i) {
        const T g = descent<decays.value>(s, i, sign, decay);
        buffer[i] = g;
        s.param[i] += rate * (nesterov.value ? g + momentum * g : g);
      }
    } else {
#pragma GCC ivdep
      for (int64_t i = 0; i < s.n; ++i) {
        const T g = descent<decays.value>(s, i, sign, decay);
        const T b = buffer[i] * momentum + share * g;
        buffer[i] = b;
        s.param[i] += rate * (nesterov.value ? g + momentum * b : b);
      }
    }
  });
}

template <class T>
void adam(const OptimSlice& slice, const AdamStep& step) {
  const Slice<T> s(slice);
  const T sign = T(step.sign), decay = T(step.weight_decay), shrink = T(step.shrink);
  const T weight = T(1 - step.beta1), beta2 = T(step.beta2), share = T(1 - step.beta2);
  const T rate = T(-step.step_size), root = T(step.root_correction), eps = T(step.eps);
  T* const mean = s.state[0];
  T* const square = s.state[1];
  T* const largest = s.state[2];
  specialize(decay != T(0), largest != nullptr, [&](auto decays, auto amsgrad) {
#pragma GCC ivdep
    for (int64_t i = 0; i < s.n; ++i) {
      const T g = descent<decays.value>(s, i, sign, decay);
      const T m = lerp(mean[i], g, weight);
      T v = square[i] * beta2 + share * g * g;
      mean[i] = m;
      square[i] = v;
      if constexpr (amsgrad.value) {
        v = largest[i] > v || largest[i] != largest[i] ? largest[i] : v;
        largest[i] = v;
      }
      s.param[i] = s.param[i] * shrink + rate * m / (std::sqrt(v) / root + eps);
    }
  });
}

template <class T>
void rmsprop(const OptimSlice& slice, const RmspropStep& step) {
  const Slice<T> s(slice);
  const T sign = T(step.sign), decay = T(step.weight_decay), alpha = T(step.alpha), share = T(1 - step.alpha);
  const T rate = T(-step.lr), eps = T(step.eps), momentum = T(step.momentum);
  T* const square = s.state[0];
  T* const mean = s.state[1];
  T* const buffer = s.state[2];
  specialize(mean != nullptr, buffer != nullptr, [&](auto centered, auto moves) {
#pragma GCC ivdep
    for (int64_t i = 0; i < s.n; ++i) {
      const T g = decay != T(0) ? descent<true>(s, i, sign, decay) : descent<false>(s, i, sign, decay);
      T v = square[i] * alpha + share * g * g;
      square[i] = v;
      if constexpr (centered.value) {
        const T m = lerp(mean[i], g, share);
        mean[i] = m;
        v -= m * m;
      }
      const T root = std::sqrt(v) + eps;
      if constexpr (moves.value) {
        const T b = buffer[i] * momentum + g / root;
        buffer[i] = b;
        s.param[i] += rate * b;
      } else {
        s.param[i] += rate * g / root;
      }
    }
  });
}

template <class T>
void adagrad(const OptimSlice& slice, const AdagradStep& step) {
  const Slice<T> s(slice);
  const T sign = T(step.sign), decay = T(step.weight_decay), rate = T(-step.lr), eps = T(step.eps);
  T* const sum = s.state[0];
  specialize(decay != T(0), false, [&](auto decays, auto) {
#pragma GCC ivdep
    for (int64_t i = 0; i < s.n; ++i) {
      const T g = descent<decays.value>(s, i, sign, decay);
      const T v = sum[i] + g * g;
      sum[i] = v;
      s.param[i] += rate * g / (std::sqrt(v) + eps);
    }
  });
}

}  // namespace

extern const OptimKernels optim_kernels = {{&sgd<float>, &sgd<double>},
                                           {&adam<float>, &adam<double>},
                                           {&rmsprop<float>, &rmsprop<double>},
                                           {&adagrad<float>, &adagrad<double>}};

}  // namespace strided::STRIDED_ISA
