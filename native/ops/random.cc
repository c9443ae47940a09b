// Random ops: samplers of core over tensors of any layout. A generator is the uint8 tensor of its state; undefined
// stands for the generator of this thread.
#include <algorithm>
#include <numeric>
#include <vector>

#include "native/core/distributions.h"
#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

/// The generator behind a state tensor while one op draws from it; what was drawn counts also where the op fails.
class Draws {
 public:
  explicit Draws(const Tensor& state) : state_(state) {
    if (state_.defined()) own_.set_state(state_.data_as<uint8_t>(), static_cast<size_t>(state_.numel()));
  }
  ~Draws() {
    if (state_.defined()) own_.get_state(state_.data_as<uint8_t>());
  }
  Draws(const Draws&) = delete;
  Draws& operator=(const Draws&) = delete;

  Generator& generator() { return state_.defined() ? own_ : default_generator(); }

 private:
  Tensor state_;
  Generator own_;
};

// The dimensions by falling stride, the order in which PyTorch's iterator walks a result.
Dims memory_order(const Layout& layout) {
  Dims order(layout.dim());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    const int64_t first = layout.strides[static_cast<int>(a)], second = layout.strides[static_cast<int>(b)];
    if (first != second) return first > second;
    return layout.shape[static_cast<int>(a)] < layout.shape[static_cast<int>(b)];
  });
  return order;
}

/// Calls sample(generator, memory, contiguous) for the elements of `x` in the order of its memory.
template <class Sample>
Tensor fill_with_samples(const Tensor& x, const Tensor& state, Sample sample) {
  check_no_self_overlap(x);
  Draws draws(state);
  if (x.layout().is_dense()) {
    sample(draws.generator(), x.data(), x.is_contiguous());
    return x;
  }
  const Tensor ordered = x.with_layout(strided::permute(x.layout(), memory_order(x.layout())));
  const Tensor dense = strided::empty(ordered.shape(), x.dtype());
  sample(draws.generator(), dense.data(), false);
  copy_into(ordered, dense);
  return x;
}

int64_t whole(const Scalar& value, const char* op, const char* name) {
  check(!value.is_float(), ErrorKind::Type, op, "(): argument '", name, "' must be int, not float");
  return value.to_int();
}

}  // namespace

bool manual_seed(const Tensor& generator, const Scalar& seed) {
  Draws(generator).generator().manual_seed(static_cast<uint64_t>(seed.to_int()));
  return true;
}

int64_t seed(const Tensor& generator) { return static_cast<int64_t>(Draws(generator).generator().seed()); }

Tensor get_rng_state(const Tensor& generator) {
  Tensor out = strided::empty({static_cast<int64_t>(Generator::kStateSize)}, DType::UInt8);
  Draws(generator).generator().get_state(out.data_as<uint8_t>());
  return out;
}

bool set_rng_state(const Tensor& generator, const Tensor& state) {
  check(state.dtype() == DType::UInt8, ErrorKind::Type, "RNG state must be a torch.ByteTensor");
  const Tensor bytes = strided::contiguous(state);
  Draws(generator).generator().set_state(bytes.data_as<uint8_t>(), static_cast<size_t>(bytes.numel()));
  return true;
}

Tensor new_generator(const Scalar& seed) {
  Tensor out = strided::empty({static_cast<int64_t>(Generator::kStateSize)}, DType::UInt8);
  Generator(static_cast<uint64_t>(seed.to_int())).get_state(out.data_as<uint8_t>());
  return out;
}

Tensor uniform_(const Tensor& x, double from, double to, const Tensor& generator) {
  return fill_with_samples(
      x, generator, [&](Generator& g, void* out, bool) { fill_uniform(g, x.dtype(), out, x.numel(), from, to); });
}

Tensor normal_(const Tensor& x, double mean, double std, const Tensor& generator) {
  return fill_with_samples(x, generator, [&](Generator& g, void* out, bool contiguous) {
    fill_normal(g, x.dtype(), out, x.numel(), mean, std, contiguous);
  });
}

Tensor log_normal_(const Tensor& x, double mean, double std, const Tensor& generator) {
  return fill_with_samples(
      x, generator, [&](Generator& g, void* out, bool) { fill_log_normal(g, x.dtype(), out, x.numel(), mean, std); });
}

Tensor cauchy_(const Tensor& x, double median, double sigma, const Tensor& generator) {
  return fill_with_samples(
      x, generator, [&](Generator& g, void* out, bool) { fill_cauchy(g, x.dtype(), out, x.numel(), median, sigma); });
}

Tensor exponential_(const Tensor& x, double lambda, const Tensor& generator) {
  return fill_with_samples(
      x, generator, [&](Generator& g, void* out, bool) { fill_exponential(g, x.dtype(), out, x.numel(), lambda); });
}

Tensor geometric_(const Tensor& x, double p, const Tensor& generator) {
  return fill_with_samples(x, generator,
                           [&](Generator& g, void* out, bool) { fill_geometric(g, x.dtype(), out, x.numel(), p); });
}

Tensor bernoulli_(const Tensor& x, double p, const Tensor& generator) {
  return fill_with_samples(x, generator,
                           [&](Generator& g, void* out, bool) { fill_bernoulli(g, x.dtype(), out, x.numel(), p); });
}

Tensor bernoulli_tensor_(const Tensor& x, const Tensor& p, const Tensor& generator) {
  const Layout expanded = strided::expand(p.layout(), x.shape());
  const Tensor probabilities = strided::contiguous(p.with_layout(strided::permute(expanded, memory_order(x.layout()))));
  return fill_with_samples(x, generator, [&](Generator& g, void* out, bool) {
    fill_bernoulli(g, x.dtype(), out, x.numel(), probabilities.dtype(), probabilities.data());
  });
}

Tensor random_(const Tensor& x, const Tensor& generator) {
  return fill_with_samples(x, generator,
                           [&](Generator& g, void* out, bool) { fill_random(g, x.dtype(), out, x.numel()); });
}

Tensor random_from(const Tensor& x, const Scalar& from, const std::optional<Scalar>& to, const Tensor& generator) {
  const int64_t first = whole(from, "random_", "from");
  const OptInt end = to ? OptInt(whole(*to, "random_", "to")) : std::nullopt;
  return fill_with_samples(
      x, generator, [&](Generator& g, void* out, bool) { fill_random(g, x.dtype(), out, x.numel(), first, end); });
}

Tensor random_to(const Tensor& x, const Scalar& to, const Tensor& generator) {
  return random_from(x, Scalar(0), to, generator);
}

Tensor randperm(int64_t n, DType dtype, const Tensor& generator) {
  Tensor out = strided::empty({n}, dtype);
  Draws draws(generator);
  fill_randperm(draws.generator(), dtype, out.data(), n);
  return out;
}

Tensor multinomial(const Tensor& x, int64_t samples, bool replacement, const Tensor& generator) {
  check(x.dim() == 1 || x.dim() == 2, "prob_dist must be 1 or 2 dim");
  const int64_t categories = x.size(x.dim() - 1);
  const int64_t rows = x.dim() == 2 ? x.size(0) : 1;
  const Tensor weights = strided::contiguous(x);
  const Dims shape = x.dim() == 2 ? Dims{rows, std::max<int64_t>(samples, 0)} : Dims{std::max<int64_t>(samples, 0)};
  Tensor out = strided::empty(shape, DType::Int64);
  Draws draws(generator);
  fill_multinomial(draws.generator(), x.dtype(), weights.data(), rows, categories, samples, replacement,
                   out.data_as<int64_t>());
  return out;
}

Tensor poisson(const Tensor& x, const Tensor& generator) {
  const Tensor rates = strided::contiguous(x);
  Tensor out = strided::empty(x.shape(), x.dtype());
  Draws draws(generator);
  fill_poisson(draws.generator(), x.dtype(), out.data(), x.numel(), rates.data());
  return out;
}

Tensor _standard_gamma(const Tensor& x, const Tensor& generator) {
  const Tensor alpha = strided::contiguous(x);
  Tensor out = strided::empty(x.shape(), x.dtype());
  Draws draws(generator);
  fill_standard_gamma(draws.generator(), x.dtype(), out.data(), x.numel(), alpha.data());
  return out;
}

Tensor binomial(const Tensor& count, const Tensor& p, const Tensor& generator) {
  for (const Tensor* t : {&count, &p}) {
    check(is_floating(t->dtype()), ErrorKind::Value, "binomial only supports floating-point dtypes for ",
          t == &count ? "count" : "prob", ", got: ", dtype_scalar_name(t->dtype()));
  }
  check(count.dtype() == p.dtype(), "Found dtype ", dtype_scalar_name(p.dtype()), " but expected ",
        dtype_scalar_name(count.dtype()));
  const Dims shape = strided::broadcast_shapes(count.shape(), p.shape());
  const auto ready = [&](const Tensor& t) {
    return strided::contiguous(t.with_layout(strided::expand(t.layout(), shape)));
  };
  const Tensor trials = ready(count), probabilities = ready(p);
  Tensor out = strided::empty(shape, count.dtype());
  Draws draws(generator);
  fill_binomial(draws.generator(), count.dtype(), out.data(), out.numel(), trials.data(), probabilities.data());
  return out;
}

}  // namespace strided::ops
