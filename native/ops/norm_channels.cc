// batch_norm and group_norm, whose weight and bias belong to channels, with the gradients of input and weight.
#include <cmath>

#include "native/ops/norm.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

using namespace norm;

Tensor doubles(int64_t n) { return strided::empty({n}, DType::Float64); }

template <class F>
void with_type(DType t, F f) {
  if (t == DType::Float64) f(double{});
  else f(float{});
}

/// [outer, channels, inner]: what belongs to a channel is a plane of each outer index, or, where inner is 1, a column.
struct Planes {
  DType dtype;
  Tensor x, gradient;
  int64_t outer, channels, inner = 1;

  explicit Planes(const Tensor& given, const Tensor& g = {})
      : dtype(compute_dtype(given.dtype())),
        x(compute(given, dtype)),
        gradient(compute(g, dtype)),
        outer(x.size(0)),
        channels(x.size(1)) {
    for (int d = 2; d < x.dim(); ++d) inner *= x.size(d);
  }
  bool columns() const { return inner == 1; }
  int wide() const { return dtype == DType::Float64; }
  /// Elements of a channel.
  int64_t each() const { return outer * inner; }

  PlaneJob job(int64_t first, int64_t count, int64_t row = 0, int64_t rows = 0) const {
    const int64_t size = x.item_size();
    PlaneJob job{};
    const int64_t at = columns() ? row * channels + first : first * inner;
    job.x = x.data() + at * size;
    if (gradient.defined()) job.gradient = gradient.data() + at * size;
    job.count = count;
    job.n = columns() ? rows : inner;
    job.stride = channels;
    return job;
  }

  /// first[c] and second[c] of PlaneJob for each channel; `center`: one number per channel, or none.
  void sums(const Tensor& center, const Tensor& first, const Tensor& second) const {
    double *a = first.data_as<double>(), *b = second.data_as<double>();
    const int64_t size = x.item_size();
    if (columns()) {
      return parallel_for(channels, kColumnGrain, [&](int64_t begin, int64_t end) {
        PlaneJob part = job(begin, end - begin, 0, outer);
        part.center = center.defined() ? center.data() + begin * size : nullptr;
        part.first = a + begin;
        part.second = b + begin;
        norm_kernels().column_sums[wide()](part);
      });
    }
    const Tensor partial_a = doubles(outer * channels), partial_b = doubles(outer * channels);
    double *pa = partial_a.data_as<double>(), *pb = partial_b.data_as<double>();
    parallel_for(outer * channels, grain_of(inner), [&](int64_t begin, int64_t end) {
      while (begin < end) {
        const int64_t c = begin % channels, count = std::min(end - begin, channels - c);
        PlaneJob part = job(begin, count);
        part.center = center.defined() ? center.data() + c * size : nullptr;
        part.first = pa + begin;
        part.second = pb + begin;
        norm_kernels().plane_sums[wide()](part);
        begin += count;
      }
    });
    for (int64_t c = 0; c < channels; ++c) {
      a[c] = b[c] = 0;
      for (int64_t i = 0; i < outer; ++i) {
        a[c] += pa[i * channels + c];
        b[c] += pb[i * channels + c];
      }
    }
  }

  /// (x - center) * scale + shift, and gradient * gain where there is one; a number per channel each.
  Tensor apply(const Tensor& center, const Tensor& scale, const Tensor& shift, const Tensor& gain = {}) const {
    const Tensor out = strided::empty(x.shape(), dtype);
    const int64_t size = x.item_size();
    const auto run = [&](PlaneJob part, int64_t channel, int64_t at) {
      part.center = center.data() + channel * size;
      part.scale = scale.data() + channel * size;
      part.shift = shift.data() + channel * size;
      if (gain.defined()) part.gain = gain.data() + channel * size;
      part.out = out.data() + at * size;
      if (columns()) norm_kernels().column_apply[wide()](part);
      else norm_kernels().plane_apply[wide()](part);
    };
    if (columns()) {
      parallel_for(outer, grain_of(channels),
                   [&](int64_t begin, int64_t end) { run(job(0, channels, begin, end - begin), 0, begin * channels); });
      return out;
    }
    parallel_for(outer * channels, grain_of(inner), [&](int64_t begin, int64_t end) {
      while (begin < end) {
        const int64_t c = begin % channels, count = std::min(end - begin, channels - c);
        run(job(begin, count), c, begin * inner);
        begin += count;
      }
    });
    return out;
  }
};

/// Numbers per channel in the dtype that is computed in: f(channel) says which.
template <class F>
Tensor per_channel(int64_t channels, DType dtype, F f) {
  const Tensor out = strided::empty({channels}, dtype);
  with_type(dtype, [&](auto zero) {
    using T = decltype(zero);
    for (int64_t c = 0; c < channels; ++c) out.data_as<T>()[c] = static_cast<T>(f(c));
  });
  return out;
}

/// The value at i of contiguous float32 or float64, `otherwise` without a tensor.
double value_at(const Tensor& x, int64_t i, double otherwise = 0) {
  if (!x.defined()) return otherwise;
  return x.dtype() == DType::Float64 ? x.data_as<double>()[i] : static_cast<double>(x.data_as<float>()[i]);
}

void check_channels(const char* name, const Tensor& each, int64_t channels) {
  check(!each.defined() || each.numel() == channels, name, " should contain ", channels, " elements not ",
        each.defined() ? each.numel() : 0);
}

void update_running(const Tensor& running, double momentum, const Tensor& now, double factor) {
  if (!running.defined()) return;
  const Tensor old = compute(running, DType::Float64), next = doubles(now.numel());
  const double *o = old.data_as<double>(), *n = now.data_as<double>();
  for (int64_t c = 0; c < now.numel(); ++c)
    next.data_as<double>()[c] = (1 - momentum) * o[c] + momentum * n[c] * factor;
  copy_into(running, next);
}

/// Groups of `width` channels: statistics are those of a group, parameters those of a channel.
struct Groups {
  Rows rows;
  Planes planes;  // each channel of each sample is a channel here
  int64_t channels, width;

  Groups(const Tensor& x, const Tensor& gradient, int64_t groups)
      : rows(x, 1), planes(rows.x, gradient), channels(x.size(1)), width(channels / groups) {
    planes.channels *= planes.outer;
    planes.outer = 1;
    rows.count = planes.channels / width;
    rows.n = width * planes.inner;
  }
  int64_t group_of(int64_t plane) const { return plane / width; }
  /// A number for each channel of each sample.
  template <class F>
  Tensor each(F f) const {
    return per_channel(planes.channels, planes.dtype, f);
  }
};

}  // namespace

Triple native_batch_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, const Tensor& running_mean,
                         const Tensor& running_var, bool training, double momentum, double eps) {
  const int64_t channels = x.dim() > 1 ? x.size(1) : 0;
  check(training || running_mean.defined(), "running_mean must be defined in evaluation mode");
  check(training || running_var.defined(), "running_var must be defined in evaluation mode");
  check_channels("running_mean", running_mean, channels);
  check_channels("running_var", running_var, channels);
  check_channels("weight", weight, channels);
  check_channels("bias", bias, channels);
  check(x.dim() > 1, "batch_norm: expected an input of at least 2 dimensions, but got ", x.dim());
  check_floating("batch_norm", x);
  const DType statistics = statistics_dtype(x, {&weight, &bias, &running_mean, &running_var});
  const Planes planes(x);
  Tensor center, squares = doubles(channels);
  const auto n = static_cast<double>(planes.each());
  if (training) {
    const Tensor mean = doubles(channels), unused = doubles(channels);
    planes.sums({}, mean, squares);
    for (int64_t c = 0; c < channels; ++c) mean.data_as<double>()[c] /= n;
    center = compute(mean, planes.dtype);
    planes.sums(center, unused, squares);
    update_running(running_mean, momentum, mean, 1);
    update_running(running_var, momentum, squares, 1 / (n - 1));
  } else {
    center = compute(running_mean, planes.dtype);
    copy_into(squares, running_var);
  }
  const double divisor = training ? n : 1;
  const double* s = squares.data_as<double>();
  const Tensor rstd =
      per_channel(channels, planes.dtype, [&](int64_t c) { return 1 / std::sqrt(s[c] / divisor + eps); });
  const Tensor w = compute(weight, planes.dtype), b = compute(bias, planes.dtype);
  const Tensor scale =
      per_channel(channels, planes.dtype, [&](int64_t c) { return value_at(rstd, c) * value_at(w, c, 1); });
  const Tensor shift = per_channel(channels, planes.dtype, [&](int64_t c) { return value_at(b, c); });
  const Tensor out = planes.apply(center, scale, shift);
  return {strided::to_dtype(out, x.dtype()), strided::to_dtype(center, statistics),
          strided::to_dtype(rstd, statistics)};
}

Tensor _batch_norm_input_gradient(const Tensor& gradient, const Tensor& x, const Tensor& weight, const Tensor& mean,
                                  const Tensor& rstd, bool training) {
  const Planes planes(x, gradient);
  const int64_t channels = planes.channels;
  const Tensor center = compute(mean, planes.dtype), r = compute(rstd, planes.dtype), w = compute(weight, planes.dtype);
  const Tensor first = doubles(channels), second = doubles(channels);
  if (training) planes.sums(center, first, second);
  const auto n = static_cast<double>(planes.each());
  const auto gain = [&](int64_t c) { return value_at(r, c) * value_at(w, c, 1); };
  const auto scale = [&](int64_t c) {
    return training ? -gain(c) * value_at(r, c) * value_at(r, c) * second.data_as<double>()[c] / n : 0.0;
  };
  const auto shift = [&](int64_t c) { return training ? -gain(c) * first.data_as<double>()[c] / n : 0.0; };
  const Tensor out =
      planes.apply(center, per_channel(channels, planes.dtype, scale), per_channel(channels, planes.dtype, shift),
                   per_channel(channels, planes.dtype, gain));
  return strided::to_dtype(out, x.dtype());
}

Tensor _batch_norm_weight_gradient(const Tensor& gradient, const Tensor& x, const Tensor& mean, const Tensor& rstd) {
  const Planes planes(x, gradient);
  const Tensor r = compute(rstd, planes.dtype), first = doubles(planes.channels), second = doubles(planes.channels);
  planes.sums(compute(mean, planes.dtype), first, second);
  const Tensor out = per_channel(planes.channels, planes.dtype,
                                 [&](int64_t c) { return value_at(r, c) * second.data_as<double>()[c]; });
  return strided::to_dtype(out, mean.dtype());
}

Triple native_group_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, int64_t groups, double eps) {
  check(x.dim() > 1 && groups > 0 && x.size(1) % groups == 0,
        "Expected number of channels in input to be divisible by num_groups, but got input of shape ", x.shape(),
        " and num_groups=", groups);
  const int64_t channels = x.size(1);
  check_floating("GroupNormKernelImpl", x);
  const DType statistics = statistics_dtype(x, {&weight, &bias});
  const Groups view(x, {}, groups);
  const Planes& planes = view.planes;
  const Tensor mean = strided::empty({x.size(0), groups}, planes.dtype);
  const Tensor rstd = strided::empty({x.size(0), groups}, planes.dtype);
  view.rows.run(norm_kernels().forward,
                {nullptr, nullptr, nullptr, nullptr, nullptr, mean.data(), rstd.data(), 0, 0, eps});
  const Tensor w = compute(weight, planes.dtype), b = compute(bias, planes.dtype);
  const Tensor out = planes.apply(
      view.each([&](int64_t p) { return value_at(mean, view.group_of(p)); }),
      view.each([&](int64_t p) { return value_at(rstd, view.group_of(p)) * value_at(w, p % channels, 1); }),
      view.each([&](int64_t p) { return value_at(b, p % channels); }));
  return {strided::to_dtype(out, x.dtype()), strided::to_dtype(mean, statistics), strided::to_dtype(rstd, statistics)};
}

Tensor _group_norm_input_gradient(const Tensor& gradient, const Tensor& x, const Tensor& mean, const Tensor& rstd,
                                  const Tensor& weight, int64_t groups) {
  const Groups view(x, gradient, groups);
  const Planes& planes = view.planes;
  const Tensor m = compute(mean, planes.dtype), r = compute(rstd, planes.dtype), w = compute(weight, planes.dtype);
  const Tensor center = view.each([&](int64_t p) { return value_at(m, view.group_of(p)); });
  const Tensor first = doubles(planes.channels), second = doubles(planes.channels);
  planes.sums(center, first, second);
  // From here on of a group: the means of gradient * weight and of that times x - mean.
  const Tensor shift = doubles(view.rows.count), scale = doubles(view.rows.count);
  for (int64_t group = 0; group < view.rows.count; ++group) {
    double a = 0, b = 0;
    for (int64_t p = group * view.width; p < (group + 1) * view.width; ++p) {
      const double weight_of = value_at(w, p % view.channels, 1);
      a += weight_of * first.data_as<double>()[p];
      b += weight_of * second.data_as<double>()[p];
    }
    const double inverse = value_at(r, group), n = static_cast<double>(view.rows.n);
    shift.data_as<double>()[group] = -inverse * a / n;
    scale.data_as<double>()[group] = -inverse * inverse * inverse * b / n;
  }
  const Tensor out = planes.apply(
      center, view.each([&](int64_t p) { return value_at(scale, view.group_of(p)); }),
      view.each([&](int64_t p) { return value_at(shift, view.group_of(p)); }),
      view.each([&](int64_t p) { return value_at(r, view.group_of(p)) * value_at(w, p % view.channels, 1); }));
  return strided::to_dtype(out, x.dtype());
}

Tensor _group_norm_weight_gradient(const Tensor& gradient, const Tensor& x, const Tensor& mean, const Tensor& rstd,
                                   int64_t groups) {
  const Groups view(x, gradient, groups);
  const Planes& planes = view.planes;
  const Tensor m = compute(mean, planes.dtype), r = compute(rstd, planes.dtype);
  const Tensor first = doubles(planes.channels), second = doubles(planes.channels);
  planes.sums(view.each([&](int64_t p) { return value_at(m, view.group_of(p)); }), first, second);
  const Tensor out = per_channel(view.channels, planes.dtype, [&](int64_t c) {
    double sum = 0;
    for (int64_t p = c; p < planes.channels; p += view.channels)
      sum += value_at(r, view.group_of(p)) * second.data_as<double>()[p];
    return sum;
  });
  return strided::to_dtype(out, mean.dtype());
}

}  // namespace strided::ops
