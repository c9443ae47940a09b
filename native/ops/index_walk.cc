// Addresses and walks: see index.h.
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

void run(Loop loop, const Tensor& to, const Value& value, const Addresses& at, int64_t grain) {
  Iterator it(to.shape());
  it.input(to, to.dtype());
  if (value.is_tensor()) it.input(value.tensor, to.dtype());
  else it.input(value.number, to.dtype());
  it.input(at.index, DType::Int64).input(Scalar(at.step), DType::Int64).input(Scalar(at.wrap), DType::Int64);
  it.unpacked().run(loop, grain);
}

Tensor part(const Tensor& x, int dim, int64_t begin, int64_t end) {
  Layout layout = x.layout();
  layout.shape[dim] = end - begin;
  layout.offset += begin * layout.strides[dim];
  return x.with_layout(std::move(layout));
}

// How many leading dimensions an index goes through in order, where all others are whole rows in both tensors; else 0.
int row_dimensions(const Tensor& out, const Tensor& from, const Tensor& index) {
  if (!out.is_contiguous()) return 0;
  int outer = 0;
  while (outer < out.dim() && (from.stride(outer) == 0 || out.size(outer) == 1)) ++outer;
  int64_t next = 1;
  for (int d = outer - 1; d >= 0; --d) {
    if (out.size(d) != 1 && index.stride(d) != next) return 0;
    next *= out.size(d);
  }
  int64_t row = 1;
  for (int d = outer; d < out.dim(); ++d) {
    if (out.size(d) != 1 && (from.stride(d) != out.stride(d) || index.stride(d) != 0)) return 0;
    row *= out.size(d);
  }
  return row > 1 ? outer : 0;  // rows of a single element go faster as elements
}

}  // namespace

const Bounds kWrappingBounds{true, refuse_out_of_bounds<ErrorKind::Index>};
const Bounds kStrictBounds{false, refuse_out_of_bounds<ErrorKind::Runtime>};
const Bounds kRowBounds{false, refuse_row};

Addresses addresses(const Tensor& index, int dim, int64_t size, int64_t step, const Bounds& bounds) {
  const Tensor dense = contiguous(to_dtype(index, DType::Int64));
  const auto* p = dense.data_as<int64_t>();
  const int64_t low = bounds.wraps ? -size : 0;
  std::atomic<bool> good{true};
  parallel_for(dense.numel(), kGrain, [&](int64_t begin, int64_t end) {
    if (!index_kernels().within(p + begin, end - begin, low, size)) good.store(false, std::memory_order_relaxed);
  });
  if (good.load(std::memory_order_relaxed)) return {dense, step, bounds.wraps ? size : 0};
  // The first bad one in order, whichever thread met one.
  for (int64_t i = 0; i < dense.numel(); ++i) {
    if (p[i] < low || p[i] >= size) bounds.refuse(p[i], dim, size);
  }
  fail("an index tensor changed while it was read");
}

Addresses addresses(const Tensor& index, const Tensor& x, int dim, const Bounds& bounds) {
  return addresses(index, dim, x.size(dim), x.stride(dim) * x.item_size(), bounds);
}

Addresses flat_addresses(const Tensor& index, const Tensor& x, const Bounds& bounds) {
  Addresses at = addresses(index, 0, x.numel(), x.item_size(), bounds);
  if (x.is_contiguous()) return at;
  Tensor offsets = empty(index.shape(), DType::Int64);
  auto* to = offsets.data_as<int64_t>();
  const auto* from = at.index.data_as<int64_t>();
  parallel_for(offsets.numel(), kGrain / 8, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t rest = from[i] + (from[i] < 0 ? at.wrap : 0), offset = 0;
      for (int d = x.dim() - 1; d >= 0; --d) {
        offset += rest % x.size(d) * x.stride(d);
        rest /= x.size(d);
      }
      to[i] = offset * x.item_size();
    }
  });
  return {offsets};
}

Addresses sum(const Addresses& x, const Addresses& y, const Dims& shape) {
  Tensor offsets = empty(shape, DType::Int64);
  bool adds = false;
  for (const Addresses* at : {&x, &y}) {
    const Tensor index = contiguous(at->index.with_layout(expand(at->index.layout(), shape)));
    parallel_for(offsets.numel(), kGrain, [&](int64_t begin, int64_t end) {
      index_kernels().scale(offsets.data_as<int64_t>() + begin, index.data_as<int64_t>() + begin, end - begin, at->step,
                            at->wrap, adds);
    });
    adds = true;
  }
  return {offsets};
}

Tensor walk(const Tensor& x, const Dims& shape, const Dims& strides) {
  return x.with_layout({shape, strides, x.layout().offset});
}

Addresses walk(const Addresses& at, const Dims& shape, const Dims& strides) {
  return {walk(at.index, shape, strides), at.step, at.wrap};
}

void take_at(const Tensor& out, const Tensor& from, const Addresses& at) {
  const IndexKernels& kernels = index_kernels();
  const int64_t numel = out.numel();
  if (numel == 0) return;
  if (const int outer = row_dimensions(out, from, at.index); outer > 0) {
    int64_t rows = 1;
    for (int d = 0; d < outer; ++d) rows *= out.size(d);
    const int64_t bytes = numel / rows * out.item_size();
    parallel_for(rows, std::max<int64_t>(4 * kGrain / bytes, 1), [&](int64_t begin, int64_t end) {
      kernels.take_rows(out.data() + begin * bytes, from.data(), at.index.data_as<int64_t>() + begin, end - begin,
                        bytes, at.step, at.wrap);
    });
    return;
  }
  run(kernels.take[out.dtype()], out, from, at, kGrain);
}

void combine_at(Combine how, const Tensor& to, const Value& value, const Addresses& given) {
  const Addresses at{apart(given.index, to), given.step, given.wrap};
  const Loop loop = index_kernels().combine[static_cast<int>(how)][to.dtype()];
  const Dims& shape = to.shape();
  const int64_t numel = product(shape);
  // Addresses can only come twice along dimensions that `to` does not move along: threads share out the longest other
  // one.
  int longest = -1;
  for (int d = 0; d < shape.size(); ++d) {
    if (to.stride(d) != 0 && (longest < 0 || shape[d] > shape[longest])) longest = d;
  }
  if (numel <= kGrain || longest < 0) return run(loop, to, value, at, kSerial);
  // No thread gets less than a few cache lines of a row: a step to the next row costs as much.
  const int64_t grain =
      std::max({kGrain / (numel / shape[longest]), 256 / to.item_size(), shape[longest] / (2 * num_threads())});
  const Value dense =
      value.is_tensor() ? Value(value.tensor.with_layout(strided::expand(value.tensor.layout(), shape))) : value;
  parallel_for(shape[longest], grain, [&](int64_t begin, int64_t end) {
    const Value source = dense.is_tensor() ? Value(part(dense.tensor, longest, begin, end)) : dense;
    const Addresses there{part(at.index, longest, begin, end), at.step, at.wrap};
    run(loop, part(to, longest, begin, end), source, there, kSerial);
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

void check_written(const Tensor& x, const Tensor& index, const Tensor& source) {
  check_no_self_overlap(x);
  check_apart(x, index);
  if (source.defined()) check_apart(x, source);
}

Tensor apart(const Tensor& source, const Tensor& written) {
  return source.storage() == written.storage() ? clone(source) : source;
}

}  // namespace strided
