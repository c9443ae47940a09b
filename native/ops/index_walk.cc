// Byte offsets and walks: see index.h.
#include <atomic>
#include <cmath>
#include <limits>

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/index.h"

namespace strided {
namespace {

constexpr int64_t kGrain = 32768;
constexpr int64_t kSerial = std::numeric_limits<int64_t>::max();

struct Range {
  const char* type;  // as C++ spells it
  double lowest, highest;
};
// A negative number wraps round in an unsigned type.
constexpr Range kRanges[kDTypes] = {{"bool", 0, 1},
                                    {"uint8_t", -255, 255},
                                    {"int8_t", -128, 127},
                                    {"int16_t", -32768, 32767},
                                    {"int", -0x1p31, 0x1p31 - 1},
                                    {"int64_t", -0x1p63, 0x1p63},
                                    {"c10::Half", -65504, 65504},
                                    {"c10::BFloat16", -0x1.fep127, 0x1.fep127},
                                    {"float", -0x1.fffffep127, 0x1.fffffep127},
                                    {"double", -0x1.fffffffffffffp1023, 0x1.fffffffffffffp1023}};

template <ErrorKind kind>
void refuse_out_of_bounds(int64_t index, int dim, int64_t size) {
  fail(kind, "index ", index, " is out of bounds for dimension ", dim, " with size ", size);
}

void refuse_row(int64_t, int, int64_t) { fail(ErrorKind::Index, "index out of range in self"); }

// Turns indices into byte offsets in place; false where one is out of bounds.
bool scale(int64_t* p, int64_t n, int64_t size, int64_t step, bool wraps) {
  std::atomic<bool> good{true};
  parallel_for(n, kGrain, [&](int64_t begin, int64_t end) {
    bool ok = true;
    for (int64_t i = begin; i < end; ++i) {
      const int64_t index = p[i] + (wraps && p[i] < 0 ? size : 0);
      ok &= static_cast<uint64_t>(index) < static_cast<uint64_t>(size);
      p[i] = index * step;
    }
    if (!ok) good.store(false, std::memory_order_relaxed);
  });
  return good.load(std::memory_order_relaxed);
}

void run(Loop loop, const Tensor& to, const Value& value, const Tensor& offsets, int64_t grain) {
  Iterator it(to.shape());
  it.input(to, to.dtype());
  if (value.is_tensor()) it.input(value.tensor, to.dtype());
  else it.input(value.number, to.dtype());
  it.input(offsets, DType::Int64);
  it.run(loop, grain);
}

Tensor part(const Tensor& x, int dim, int64_t begin, int64_t end) {
  Layout layout = x.layout();
  layout.shape[dim] = end - begin;
  layout.offset += begin * layout.strides[dim];
  return x.with_layout(std::move(layout));
}

}  // namespace

const Bounds kWrappingBounds{true, refuse_out_of_bounds<ErrorKind::Index>};
const Bounds kStrictBounds{false, refuse_out_of_bounds<ErrorKind::Runtime>};
const Bounds kRowBounds{false, refuse_row};

Tensor byte_offsets(const Tensor& index, const Dims& shape, int dim, int64_t size, int64_t step, const Bounds& bounds) {
  Tensor offsets = empty(shape, DType::Int64);
  copy_into(offsets, index);
  auto* p = offsets.data_as<int64_t>();
  const int64_t n = offsets.numel();
  if (scale(p, n, size, step, bounds.wraps)) return offsets;
  // The first bad one in order, whichever thread met one.
  copy_into(offsets, index);
  for (int64_t i = 0; i < n; ++i) {
    if (p[i] >= size || p[i] < (bounds.wraps ? -size : 0)) bounds.refuse(p[i], dim, size);
  }
  fail("an index tensor changed while it was read");
}

Tensor byte_offsets(const Tensor& index, const Dims& shape, const Tensor& x, int dim, const Bounds& bounds) {
  return byte_offsets(index, shape, dim, x.size(dim), x.stride(dim) * x.item_size(), bounds);
}

Tensor flat_byte_offsets(const Tensor& index, const Tensor& x, const Bounds& bounds) {
  if (x.is_contiguous()) return byte_offsets(index, index.shape(), 0, x.numel(), x.item_size(), bounds);
  Tensor offsets = byte_offsets(index, index.shape(), 0, x.numel(), 1, bounds);
  auto* p = offsets.data_as<int64_t>();
  parallel_for(offsets.numel(), kGrain / 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t rest = p[i], offset = 0;
      for (int d = x.dim() - 1; d >= 0; --d) {
        offset += rest % x.size(d) * x.stride(d);
        rest /= x.size(d);
      }
      p[i] = offset * x.item_size();
    }
  });
  return offsets;
}

Tensor walk(const Tensor& x, const Dims& shape, const Dims& strides) {
  return x.with_layout({shape, strides, x.layout().offset});
}

void take_at(const Tensor& out, const Tensor& from, const Tensor& offsets) {
  run(index_kernels().take[out.dtype()], out, from, offsets, kGrain);
}

void combine_at(Combine how, const Tensor& to, const Value& value, const Tensor& offsets) {
  const Loop loop = index_kernels().combine[static_cast<int>(how)][to.dtype()];
  const Dims& shape = to.shape();
  const int64_t numel = product(shape);
  // Addresses can only come twice along dimensions that `to` does not move along: threads share out the longest other
  // one.
  int longest = -1;
  for (int d = 0; d < shape.size(); ++d) {
    if (to.stride(d) != 0 && (longest < 0 || shape[d] > shape[longest])) longest = d;
  }
  if (numel <= kGrain || longest < 0) return run(loop, to, value, offsets, kSerial);
  // No thread gets less than a cache line of a row.
  const int64_t grain = std::max<int64_t>(kGrain / (numel / shape[longest]), 64 / to.item_size());
  const Value dense =
      value.is_tensor() ? Value(value.tensor.with_layout(strided::expand(value.tensor.layout(), shape))) : value;
  parallel_for(shape[longest], grain, [&](int64_t begin, int64_t end) {
    const Value source = dense.is_tensor() ? Value(part(dense.tensor, longest, begin, end)) : dense;
    run(loop, part(to, longest, begin, end), source, part(offsets, longest, begin, end), kSerial);
  });
}

Scalar fitting(const Scalar& number, DType dtype) {
  const Range& range = kRanges[static_cast<int>(dtype)];
  const double v = number.to_double();
  const bool holds = (v >= range.lowest && v <= range.highest) || (is_floating(dtype) && !std::isfinite(v));
  check(dtype == DType::Bool || holds, "value cannot be converted to type ", range.type, " without overflow");
  return number;
}

Scalar number_in(const Tensor& value, const char* op) {
  check(value.dim() == 0, op, " only supports a 0-dimensional value tensor, but got tensor with ", value.dim(),
        " dimension(s).");
  if (is_floating(value.dtype())) return Scalar(*to_dtype(value, DType::Float64).data_as<double>());
  return Scalar(*to_dtype(value, DType::Int64).data_as<int64_t>());
}

Tensor at_least_1d(const Tensor& x) { return x.dim() ? x : x.with_layout(unsqueeze(x.layout(), 0)); }

Tensor apart(const Tensor& source, const Tensor& written) {
  return source.storage() == written.storage() ? clone(source) : source;
}

}  // namespace strided
