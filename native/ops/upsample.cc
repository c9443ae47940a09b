// Resizing: which elements of the input each element of the result is made of.
#include <cmath>

#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/format.h"
#include "native/ops/ops.h"
#include "native/ops/resample.h"

namespace strided::ops {
namespace {

enum Mode : int64_t { kNearest, kNearestExact, kLinear, kCubic, kLinearSmooth, kCubicSmooth };

/// How far apart the elements of the result lie, in elements of the input. `Real`: what PyTorch computes places in.
template <class Real>
Real spacing(int64_t in, int64_t out, OptDouble factor) {
  if (factor && *factor > 0) {
    check(static_cast<double>(out) / *factor < 0x1p31, "upsample: a scale of ", *factor, " for ", out,
          " elements leads out of any input");
    return static_cast<Real>(1 / *factor);
  }
  return out > 0 ? static_cast<Real>(in) / static_cast<Real>(out) : Real(0);
}
template <class Real>
Real spacing(int64_t in, int64_t out, OptDouble factor, bool align_corners) {
  if (!align_corners) return spacing<Real>(in, out, factor);
  return out > 1 ? static_cast<Real>(in - 1) / static_cast<Real>(out - 1) : Real(0);
}

/// Keys' cubic convolution: 1 at 0, 0 at other whole numbers, and from 2 on.
template <class Real>
Real cubic(Real x, Real a) {
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

struct Axis {
  int64_t in, out;
  OptDouble factor;
  bool align_corners;
};

Taps sized(const Axis& axis, int64_t count) {
  Taps taps;
  taps.in = axis.in, taps.out = axis.out, taps.count = count;
  taps.index.assign(static_cast<size_t>(axis.out * count), 0);
  taps.weight.assign(static_cast<size_t>(axis.out * count), 0);
  return taps;
}

Taps nearest(const Axis& axis, float shift) {
  Taps taps = sized(axis, 1);
  const float step = spacing<float>(axis.in, axis.out, axis.factor);
  for (int64_t o = 0; o < axis.out; ++o) {
    const auto place = static_cast<int64_t>(std::floor((static_cast<float>(o) + shift) * step));
    taps.index[static_cast<size_t>(o)] = std::min(place, axis.in - 1);
    taps.weight[static_cast<size_t>(o)] = 1;
  }
  return taps;
}

template <class Real>
Taps linear(const Axis& axis) {
  Taps taps = sized(axis, 2);
  const Real step = spacing<Real>(axis.in, axis.out, axis.factor, axis.align_corners);
  for (int64_t o = 0; o < axis.out; ++o) {
    Real place = axis.align_corners ? step * static_cast<Real>(o)
                                    : std::max(step * (static_cast<Real>(o) + Real(0.5)) - Real(0.5), Real(0));
    if (axis.in == axis.out) place = static_cast<Real>(o);
    const int64_t low = std::min(static_cast<int64_t>(place), axis.in - 1);
    const Real above = std::clamp(place - static_cast<Real>(low), Real(0), Real(1));
    const auto at = static_cast<size_t>(2 * o);
    taps.index[at] = low, taps.index[at + 1] = std::min(low + 1, axis.in - 1);
    taps.weight[at] = Real(1) - above, taps.weight[at + 1] = above;
  }
  return taps;
}

template <class Real>
Taps cubic(const Axis& axis) {
  Taps taps = sized(axis, 4);
  const Real step = spacing<Real>(axis.in, axis.out, axis.factor, axis.align_corners);
  for (int64_t o = 0; o < axis.out; ++o) {
    Real place =
        axis.align_corners ? step * static_cast<Real>(o) : step * (static_cast<Real>(o) + Real(0.5)) - Real(0.5);
    if (axis.in == axis.out) place = static_cast<Real>(o);
    const auto low = static_cast<int64_t>(std::floor(place));
    for (int64_t t = 0; t < 4; ++t) {
      const auto at = static_cast<size_t>(4 * o + t);
      taps.index[at] = std::clamp<int64_t>(low - 1 + t, 0, axis.in - 1);
      taps.weight[at] = cubic<Real>(place - static_cast<Real>(low - 1 + t), Real(-0.75));
    }
  }
  return taps;
}

/// A filter as wide as the elements of the result, where those are the larger ones.
template <class Real>
Taps smooth(const Axis& axis, bool is_cubic) {
  const Real step = spacing<Real>(axis.in, axis.out, axis.factor, axis.align_corners);
  const Real wide = std::max(step, Real(1)), support = (is_cubic ? 2 : 1) * wide;
  Taps taps = sized(axis, std::min(static_cast<int64_t>(std::ceil(support)) * 2 + 1, axis.in));
  for (int64_t o = 0; o < axis.out; ++o) {
    const Real center = step * (static_cast<Real>(o) + Real(0.5));
    const int64_t first = std::max<int64_t>(static_cast<int64_t>(center - support + Real(0.5)), 0);
    const int64_t count = std::min(static_cast<int64_t>(center + support + Real(0.5)), axis.in) - first;
    const auto at = static_cast<size_t>(o * taps.count);
    double total = 0;
    for (int64_t t = 0; t < count; ++t) {
      const Real x = (static_cast<Real>(t + first) - center + Real(0.5)) / wide;
      const Real weight = is_cubic ? cubic<Real>(x, Real(-0.5)) : std::max(Real(1) - std::abs(x), Real(0));
      taps.index[at + static_cast<size_t>(t)] = first + t;
      taps.weight[at + static_cast<size_t>(t)] = weight;
      total += weight;
    }
    for (int64_t t = 0; t < count && total != 0; ++t) taps.weight[at + static_cast<size_t>(t)] /= total;
  }
  return taps;
}

template <class Real>
Taps taps_of(const Axis& axis, int64_t mode) {
  switch (mode) {
    case kNearest: return nearest(axis, 0);
    case kNearestExact: return nearest(axis, 0.5F);
    case kLinear: return linear<Real>(axis);
    case kCubic: return cubic<Real>(axis);
    default: return smooth<Real>(axis, mode == kCubicSmooth);
  }
}

Taps unchanged(int64_t n) {
  Taps taps = sized({n, n, std::nullopt, false}, 1);
  for (int64_t o = 0; o < n; ++o) taps.index[static_cast<size_t>(o)] = o, taps.weight[static_cast<size_t>(o)] = 1;
  return taps;
}

Tensor rounded_bytes(const Tensor& x) {
  auto* values = x.data_as<float>();
  for (int64_t i = 0; i < x.numel(); ++i) values[i] = std::clamp(std::floor(values[i] + 0.5F), 0.F, 255.F);
  return x;
}

std::vector<Taps> all_taps(const Dims& shape, const Dims& size, int64_t mode, bool align_corners, DType dtype,
                           const OptDouble (&factors)[3]) {
  const int n = size.size();
  std::vector<Taps> all;
  for (int d = 0; d < n; ++d) {
    const Axis axis{shape[shape.size() - n + d], size[d], factors[3 - n + d], align_corners};
    all.push_back(dtype == DType::Float64 ? taps_of<double>(axis, mode) : taps_of<float>(axis, mode));
  }
  return all;
}

}  // namespace

Tensor upsample(const Tensor& x, const Dims& size, int64_t mode, bool align_corners, OptDouble depth, OptDouble height,
                OptDouble width) {
  const Dims given = x.shape();
  check(given.size() == size.size() + 2, "upsample: cannot resize an input of shape ", given, " to ", size);
  for (int d = 0; d < size.size(); ++d) {
    check(size[d] > 0 && given[2 + d] > 0, "Input and output sizes should be greater than 0, but got input ", given,
          " and output size ", size);
  }
  const bool blends = mode != kNearest && mode != kNearestExact;
  const auto make = [&] { return all_taps(given, size, mode, align_corners, x.dtype(), {depth, height, width}); };
  if (!blends || is_floating(x.dtype())) return in_format_of(resample(x, size, blends, make), x);
  check(x.dtype() == DType::UInt8, ErrorKind::NotImplemented, "\"upsample\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  // Bytes are blended as floats, from the last dimension on, and are bytes again in between.
  Tensor blended = strided::to_dtype(x, DType::Float32);
  for (int d = size.size() - 1; d >= 0; --d) {
    Dims one(blended.shape().data() + 2, size.size());
    one[d] = size[d];
    blended = rounded_bytes(resample(blended, one, true, [&] {
      std::vector<Taps> taps = make();
      for (int k = 0; k < size.size(); ++k)
        if (k != d) taps[static_cast<size_t>(k)] = unchanged(one[k]);
      return taps;
    }));
  }
  return in_format_of(strided::to_dtype(blended, DType::UInt8), x);
}

Tensor upsample_backward(const Tensor& gradient, const Dims& shape, const Dims& size, int64_t mode, bool align_corners,
                         OptDouble depth, OptDouble height, OptDouble width) {
  return resample_backward(gradient, shape, mode != kNearest && mode != kNearestExact, [&] {
    return all_taps(shape, size, mode, align_corners, gradient.dtype(), {depth, height, width});
  });
}

}  // namespace strided::ops
