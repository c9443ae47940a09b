// Padding with a constant, or with elements from inside: reflected, replicated, or from the other end.
#include <cstdlib>

#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/format.h"
#include "native/ops/ops.h"
#include "native/ops/resample.h"

namespace strided::ops {
namespace {

enum Mode : int64_t { kReflect, kReplicate, kCircular };

/// What stands at place i of a row of n elements that goes on beyond its ends.
int64_t inside(int64_t i, int64_t n, int64_t mode) {
  if (mode == kReplicate) return std::clamp<int64_t>(i, 0, n - 1);
  return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
}

/// The same where the row repeats itself, which happens to what is left of it after cutting.
int64_t around(int64_t o, int64_t out, int64_t left, int64_t right) {
  const int64_t before = std::max<int64_t>(left, 0), after = std::max<int64_t>(right, 0);
  const int64_t period = out - before - after;
  return (o < before ? o + period : o >= out - after ? o - period : o) - left;
}

/// `pad` counts from the last dimension on: left, right, top, bottom ...
std::vector<Taps> taps_of(const Dims& shape, const Dims& pad, int64_t mode) {
  const int n = pad.size() / 2;
  std::vector<Taps> all(static_cast<size_t>(n));
  for (int d = 0; d < n; ++d) {
    const int64_t left = pad[2 * (n - 1 - d)], right = pad[2 * (n - 1 - d) + 1];
    Taps& taps = all[static_cast<size_t>(d)];
    taps.in = shape[shape.size() - n + d];
    taps.out = taps.in + left + right;
    taps.index.resize(static_cast<size_t>(taps.out));
    for (int64_t o = 0; o < taps.out; ++o) {
      const int64_t i = mode == kCircular ? around(o, taps.out, left, right) : inside(o - left, taps.in, mode);
      check(i >= 0 && i < taps.in, "pad: padding by (", left, ", ", right, ") leads out of dimension ",
            shape.size() - n + d, " of an input of shape ", shape);
      taps.index[static_cast<size_t>(o)] = i;
    }
  }
  return all;
}

/// The sizes of the last dimensions with what is put before and after them, in the order of the dimensions.
Dims padded_sizes(const Dims& shape, const Dims& pad) {
  const int n = pad.size() / 2;
  check(pad.size() % 2 == 0, "Length of pad must be even but instead it equals ", pad.size());
  check(n <= shape.size(),
        "Length of pad should be no more than twice the number of dimensions of the input. Pad length is ", pad.size(),
        "while the input has ", shape.size(), "dimensions.");
  Dims sizes(n);
  for (int d = 0; d < n; ++d) {
    const int64_t in = shape[shape.size() - n + d];
    for (int64_t each : {pad[2 * (n - 1 - d)], pad[2 * (n - 1 - d) + 1]})
      check(std::abs(each) < kMaxElements, "pad: ", each, " is out of range");
    sizes[d] = in + pad[2 * (n - 1 - d)] + pad[2 * (n - 1 - d) + 1];
    check(sizes[d] >= 0, "narrow(): length must be non-negative.");
  }
  return sizes;
}

}  // namespace

Tensor constant_pad_nd(const Tensor& x, const Dims& pad, const Scalar& value) {
  const int n = pad.size() / 2, dim = x.dim();
  const Dims sizes = padded_sizes(x.shape(), pad);
  Dims shape = x.shape();
  for (int d = 0; d < n; ++d) shape[dim - n + d] = sizes[d];
  const Tensor out = strided::empty(shape, x.dtype());
  fill_with(out, value);
  Layout to = out.layout(), from = x.layout();
  for (int d = 0; d < n; ++d) {
    const int at = dim - 1 - d;
    const int64_t left = pad[2 * d], right = pad[2 * d + 1];
    const int64_t skipped = std::max<int64_t>(-left, 0), count = x.size(at) - skipped - std::max<int64_t>(-right, 0);
    check(count >= 0, "narrow(): length must be non-negative.");
    from = strided::narrow(from, at, skipped, count);
    to = strided::narrow(to, at, std::max<int64_t>(left, 0), count);
  }
  copy_into(out.with_layout(to), x.with_layout(from));
  return in_format_of(out, x);
}

Tensor pad_from_inside(const Tensor& x, const Dims& pad, int64_t mode) {
  const Dims sizes = padded_sizes(x.shape(), pad);
  return in_format_of(resample(x, sizes, false, [&] { return taps_of(x.shape(), pad, mode); }), x);
}

Tensor pad_from_inside_backward(const Tensor& gradient, const Dims& shape, const Dims& pad, int64_t mode) {
  return resample_backward(gradient, shape, false, [&] { return taps_of(shape, pad, mode); });
}

}  // namespace strided::ops
