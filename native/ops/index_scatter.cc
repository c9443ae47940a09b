// gather and scatter: an index for every element, along one dimension.
#include <limits>

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/ops/elementwise.h"
#include "native/ops/index_reduce.h"
#include "native/ops/ops.h"

namespace strided {
namespace {

void check_index_dtype(const char* name, const Tensor& index) {
  const bool fits = index.dtype() == DType::Int64 || index.dtype() == DType::Int32;
  check(fits || index.numel() == 0, name, "(): Expected dtype int32/int64 for index");
}

// `x` over the shape of `index`, standing still along `dim`.
Tensor along(const Tensor& x, int dim, const Tensor& index) {
  Dims strides = x.strides();
  strides[dim] = 0;
  return walk(x, index.shape(), strides);
}

void check_scatter_shapes(const Tensor& x, int dim, const Tensor& index, const Value& src) {
  check(at_least_1d(x).dim() == index.dim(), "Index tensor must have the same number of dimensions as self tensor");
  bool fits = true;
  for (int d = 0; d < index.dim(); ++d) fits &= d == dim || index.size(d) <= at_least_1d(x).size(d);
  if (!src.is_tensor()) {
    check(fits, "Expected index ", index.shape(), " to be no larger than self ", x.shape(), " apart from dimension ",
          dim);
    return;
  }
  const Tensor source = at_least_1d(src.tensor);
  check(source.dim() == index.dim(), "Index tensor must have the same number of dimensions as src tensor");
  for (int d = 0; d < index.dim(); ++d) fits &= index.size(d) <= source.size(d);
  check(fits, "Expected index ", index.shape(), " to be no larger than self ", x.shape(), " apart from dimension ", dim,
        " and to be no larger size than src ", source.shape());
}

struct Scatter {
  Tensor to, index;
  Value value;
  Tensor x;
  int dim;

  Addresses at() const { return addresses(index, x, dim, kStrictBounds); }
  void write(Combine how) const { combine_along(how, to, value, index, x, dim, kStrictBounds); }
};

// Everything that a scatter checks; nullopt where there is nothing to write.
std::optional<Scatter> prepare(const Tensor& x, int64_t dim, const Tensor& index_in, const Value& src) {
  const int d = wrap_dim(dim, x.dim());
  check_index_dtype("scatter", index_in);
  check(!src.is_tensor() || src.tensor.dtype() == x.dtype(), "scatter(): Expected self.dtype to be equal to src.dtype");
  if (index_in.numel() == 0) return std::nullopt;
  const Tensor index = at_least_1d(index_in), to = at_least_1d(x);
  check_scatter_shapes(x, d, index, src);
  check_written(x, index, src.is_tensor() ? src.tensor : Tensor());
  Scatter out{along(to, d, index), index, src, to, d};
  if (src.is_tensor()) {
    const Tensor source = at_least_1d(apart(src.tensor, x));
    out.value = walk(source, index.shape(), source.strides());
  } else {
    out.value = fitting(src.number, x.dtype());
  }
  return out;
}

Scalar identity(Reduction reduction, DType t) {
  if (reduction == Reduction::Sum || reduction == Reduction::Mean) return Scalar(0);
  if (reduction == Reduction::Prod) return Scalar(1);
  const bool low = reduction == Reduction::Amax;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (t) {
    case DType::Bool: return Scalar(!low);
    case DType::UInt8: return Scalar(low ? 0 : 255);
    case DType::Int8: return Scalar(low ? -128 : 127);
    case DType::Int16: return Scalar(low ? -32768 : 32767);
    case DType::Int32: return Scalar(static_cast<int64_t>(low ? INT32_MIN : INT32_MAX));
    case DType::Int64: return Scalar(low ? INT64_MIN : INT64_MAX);
    default: return Scalar(low ? -kInfinity : kInfinity);
  }
}

}  // namespace

void reduce_at(Reduction reduction, bool include_self, const Tensor& to, const Tensor& value, const Addresses& at,
               const Tensor& whole) {
  constexpr Combine kCombine[] = {Combine::Add, Combine::Multiply, Combine::Add, Combine::Max, Combine::Min};
  if (!include_self) combine_at(Combine::Assign, to, identity(reduction, to.dtype()), at);
  combine_at(kCombine[static_cast<int>(reduction)], to, value, at);
  if (reduction != Reduction::Mean) return;
  // Laid out like `whole`, so that the same addresses hold.
  const Tensor count = empty_strided(whole.shape(), whole.strides(), whole.dtype());
  fill_with(count, Scalar(include_self ? 1 : 0));
  combine_at(Combine::Add, walk(count, to.shape(), to.strides()), Scalar(1), at);
  binary(BinaryOp::maximum, count, Scalar(1), count);
  binary(is_floating(whole.dtype()) ? BinaryOp::div : BinaryOp::div_floor, whole, count, whole);
}

namespace ops {

Tensor gather(const Tensor& x_in, int64_t dim, const Tensor& index_in) {
  const int d = wrap_dim(dim, x_in.dim());
  check_index_dtype("gather", index_in);
  Tensor out = strided::empty(index_in.shape(), x_in.dtype());
  if (index_in.numel() == 0) return out;
  const Tensor x = at_least_1d(x_in), index = at_least_1d(index_in);
  check(x.dim() == index.dim(), "Index tensor must have the same number of dimensions as input tensor");
  for (int i = 0; i < x.dim(); ++i) {
    check(i == d || index.size(i) <= x.size(i), "Size does not match at dimension ", i, " expected index ",
          index_in.shape(), " to be no larger than self ", x_in.shape(), " apart from dimension ", d);
  }
  take_along(at_least_1d(out), along(x, d, index), index, x, d, kStrictBounds);
  return out;
}

Tensor scatter_(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src, int64_t combine) {
  if (const auto s = prepare(x, dim, index, src)) s->write(static_cast<Combine>(combine));
  return x;
}

Tensor scatter_value_(const Tensor& x, int64_t dim, const Tensor& index, const Scalar& value, int64_t combine) {
  if (const auto s = prepare(x, dim, index, value)) s->write(static_cast<Combine>(combine));
  return x;
}

Tensor scatter_reduce_(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& src, int64_t reduce,
                       bool include_self) {
  if (const auto s = prepare(x, dim, index, src)) {
    reduce_at(static_cast<Reduction>(reduce), include_self, s->to, s->value.tensor, s->at(), x);
  }
  return x;
}

}  // namespace ops
}  // namespace strided
