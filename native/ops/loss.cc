// The negative log likelihood: of log probabilities (C), (N, C) or (N, C, H, W) and the class of each sample.
#include <vector>

#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

enum class Reduction : int64_t { None, Mean, Sum };

Tensor wide(const Tensor& t) { return t.defined() ? strided::to_dtype(t, compute_dtype(t.dtype())) : t; }

void check_spatial(const Tensor& x, const Tensor& target) {
  check(target.dim() == 3,
        "only batches of spatial targets supported (3D tensors) but got targets of dimension: ", target.dim());
  check(x.size(0) == target.size(0) && x.size(2) == target.size(1) && x.size(3) == target.size(2),
        "size mismatch (got input: ", x.shape(), " , target: ", target.shape());
}

void check_flat(const Tensor& x, const Tensor& target) {
  check(x.dim() > 0 && x.dim() <= 2, "input tensor should be 1D or 2D");
  check(target.dim() <= 1, "0D or 1D target tensor expected, multi-target not supported");
  check((x.dim() == 1 && target.dim() == 0) || x.size(0) == target.numel() || (x.dim() == 1 && target.numel() == 1),
        "size mismatch (got input: ", x.shape(), ", target: ", target.shape(), ")");
}

// Checks the arguments, and knows where the samples and classes of `x` are.
class Samples {
 public:
  Samples(const Tensor& x, const Tensor& target, const Tensor& weight, int64_t ignored) : ignored_(ignored) {
    if (x.dim() == 4) check_spatial(x, target);
    else check_flat(x, target);
    check(target.dtype() == DType::Int64 || target.dtype() == DType::UInt8,
          "expected target dtype to be Long or Byte, but got ", dtype_scalar_name(target.dtype()));
    check(is_floating(x.dtype()), ErrorKind::NotImplemented, "\"nll_loss_out_frame\" not implemented for '",
          dtype_scalar_name(x.dtype()), "'");
    classes_ = x.size(x.dim() == 1 ? 0 : 1);
    if (weight.defined()) {
      check(weight.dim() == 1 && weight.numel() == classes_, "weight tensor should be defined either for all ",
            classes_, " classes or no classes but got weight tensor of shape: ", weight.shape());
      check(weight.dtype() == x.dtype(), "expected scalar type ", dtype_scalar_name(x.dtype()), " but found ",
            dtype_scalar_name(weight.dtype()));
    }
    const Tensor dense = strided::contiguous(strided::to_dtype(target, DType::Int64));
    target_.assign(dense.data_as<int64_t>(), dense.data_as<int64_t>() + dense.numel());
    inner_ = x.dim() == 4 ? x.size(2) * x.size(3) : 1;
    width_ = x.dim() == 4 ? x.size(3) : 1;
  }

  int64_t count() const { return static_cast<int64_t>(target_.size()); }
  /// The class of sample `i`; -1 where it does not count.
  int64_t class_of(int64_t i) const {
    const int64_t c = target_[static_cast<size_t>(i)];
    if (c == ignored_) return -1;
    check(c >= 0 && c < classes_, ErrorKind::Index, "Target ", c, " is out of bounds.");
    return c;
  }
  /// Where class `c` of sample `i` lies in a tensor of the shape of `x`.
  int64_t place(const Tensor& x, int64_t i, int64_t c) const {
    if (x.dim() == 1) return c * x.stride(0);
    int64_t at = i / inner_ * x.stride(0) + c * x.stride(1);
    if (x.dim() == 4) at += i % inner_ / width_ * x.stride(2) + i % width_ * x.stride(3);
    return at;
  }

 private:
  std::vector<int64_t> target_;
  int64_t classes_ = 0, ignored_, inner_ = 1, width_ = 1;
};

template <class T>
double weight_of(const Tensor& weight, int64_t c) {
  return weight.defined() ? static_cast<double>(weight.data_as<T>()[c * weight.stride(0)]) : 1;
}

template <class T>
Pair forward(const Tensor& x, const Tensor& weight, const Samples& samples, const Dims& shape, Reduction reduction) {
  const T* from = x.data_as<T>();
  Tensor out = strided::empty(reduction == Reduction::None ? shape : Dims{}, x.dtype());
  Tensor total_weight = strided::empty({}, x.dtype());
  double sum = 0, total = 0;
  for (int64_t i = 0; i < samples.count(); ++i) {
    const int64_t c = samples.class_of(i);
    const double w = c < 0 ? 0 : weight_of<T>(weight, c);
    const double loss = c < 0 ? 0 : -w * static_cast<double>(from[samples.place(x, i, c)]);
    if (reduction == Reduction::None) out.data_as<T>()[i] = static_cast<T>(loss);
    sum += loss;
    total += w;
  }
  if (reduction != Reduction::None)
    *out.data_as<T>() = static_cast<T>(reduction == Reduction::Mean ? sum / total : sum);
  *total_weight.data_as<T>() = static_cast<T>(total);
  return {out, total_weight};
}

template <class T>
void backward(const Tensor& out, const Tensor& gradient, const Tensor& weight, const Samples& samples,
              Reduction reduction, const Tensor& total) {
  T* to = out.data_as<T>();
  const T* g = gradient.data_as<T>();
  const double scale = reduction == Reduction::Mean ? 1 / static_cast<double>(*total.data_as<T>()) : 1;
  for (int64_t i = 0; i < samples.count(); ++i) {
    const int64_t c = samples.class_of(i);
    if (c < 0) continue;
    const double incoming = static_cast<double>(g[reduction == Reduction::None ? i : 0]);
    to[samples.place(out, i, c)] = static_cast<T>(-weight_of<T>(weight, c) * incoming * scale);
  }
}

}  // namespace

Pair nll_loss(const Tensor& x, const Tensor& target, const Tensor& weight, int64_t reduction, int64_t ignore_index) {
  const Samples samples(x, target, weight, ignore_index);
  const Tensor from = wide(x);
  const auto run = from.dtype() == DType::Float64 ? forward<double> : forward<float>;
  auto [loss, total] = run(from, wide(weight), samples, target.shape(), static_cast<Reduction>(reduction));
  return {strided::to_dtype(loss, x.dtype()), total};
}

Tensor nll_loss_backward(const Tensor& gradient, const Tensor& x, const Tensor& target, const Tensor& weight,
                         int64_t reduction, int64_t ignore_index, const Tensor& total_weight) {
  const Samples samples(x, target, weight, ignore_index);
  const DType compute = compute_dtype(x.dtype());
  const Tensor out = strided::empty(x.shape(), compute);
  fill_with(out, 0);
  const auto run = compute == DType::Float64 ? backward<double> : backward<float>;
  run(out, strided::contiguous(wide(gradient)), wide(weight), samples, static_cast<Reduction>(reduction),
      wide(total_weight));
  return strided::to_dtype(out, x.dtype());
}

}  // namespace strided::ops
