// Masks: which elements are not zero, and reading and writing at those.
#include <algorithm>

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/index.h"
#include "native/ops/ops.h"

namespace strided {
namespace {

constexpr int64_t kBlock = 16384;
constexpr int64_t kRun = 512;

Tensor dense_mask(const Tensor& x) {
  if (x.dtype() == DType::Bool) return contiguous(x);
  Tensor out = empty(x.shape(), DType::Bool);
  copy_into(out, x);
  return out;
}

// As C++ spells it: PyTorch's masked_fill says so.
const char* type_name(DType t) {
  constexpr const char* names[kDTypes] = {"bool",     "unsigned char", "signed char",   "short int", "int",
                                          "long int", "c10::Half",     "c10::BFloat16", "float",     "double"};
  return names[static_cast<int>(t)];
}

void check_fill_mask(const Tensor& mask) {
  check(mask.dtype() == DType::Bool, "masked_fill_ only supports boolean masks, but got mask with dtype ",
        type_name(mask.dtype()));
}

void fill_where(const Tensor& out, const Tensor& x, const Tensor& mask, const Scalar& value) {
  const DType dtype = x.dtype();
  Iterator it(out.shape());
  it.output(out, dtype).input(x, dtype).input(mask, DType::Bool).input(fitting(value, dtype), dtype);
  it.run(index_kernels().fill[dtype]);
}

// The positions of what is not zero in m[begin, end), without a branch: which way it would go is anybody's guess.
int64_t* find(const uint8_t* m, int64_t begin, int64_t end, int64_t* to) {
  int64_t found[kRun];
  for (int64_t start = begin; start < end; start += kRun) {
    int64_t count = 0;
    for (int64_t i = start; i < std::min(end, start + kRun); ++i) {
      found[count] = i;
      count += m[i] != 0;
    }
    to = std::copy_n(found, count, to);
  }
  return to;
}

/// Walks positions that ascend, row by row: a division for each would cost most of nonzero's time.
class Coordinates {
 public:
  explicit Coordinates(const Dims& shape) : shape_(shape), at_(shape.size()), row_end_(0) {}

  /// Afterwards (*this)[d] is the coordinate of `position` along d, but for the last dimension.
  void move_to(int64_t position) {
    const int last = shape_.size() - 1;
    if (position < row_end_) return;
    if (position < row_end_ + shape_[last] && row_end_ > 0) {
      for (int d = last - 1; d >= 0 && ++at_[d] == shape_[d]; --d) at_[d] = 0;
      row_end_ += shape_[last];
      return;
    }
    int64_t row = position / shape_[last];
    row_end_ = (row + 1) * shape_[last];
    for (int d = last - 1; d >= 0; --d) {
      at_[d] = row % shape_[d];
      row /= shape_[d];
    }
  }
  int64_t operator[](int d) const { return at_[d]; }
  int64_t in_row(int64_t position) const { return position - (row_end_ - shape_[shape_.size() - 1]); }

 private:
  const Dims& shape_;
  Dims at_;
  int64_t row_end_;
};

}  // namespace

Tensor nonzero_positions(const Tensor& x) {
  const Tensor mask = dense_mask(x);
  const auto* m = mask.data_as<uint8_t>();
  const int64_t n = mask.numel(), blocks = (n + kBlock - 1) / kBlock;
  // Counted by block first, so that every block knows where its positions go.
  std::vector<int64_t> starts(static_cast<size_t>(blocks) + 1);
  parallel_for(blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      int64_t count = 0;
      for (int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) count += m[i] != 0;
      starts[static_cast<size_t>(b) + 1] = count;
    }
  });
  for (size_t b = 0; b < static_cast<size_t>(blocks); ++b) starts[b + 1] += starts[b];
  Tensor out = empty({starts.back()}, DType::Int64);
  auto* p = out.data_as<int64_t>();
  parallel_for(blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      find(m, b * kBlock, std::min(n, (b + 1) * kBlock), p + starts[static_cast<size_t>(b)]);
    }
  });
  return out;
}

namespace ops {

Tensor nonzero(const Tensor& x) {
  const Tensor positions = nonzero_positions(x);
  const int64_t n = positions.numel();
  // A coordinate lies behind another, as in PyTorch: columns are contiguous, rows are not.
  Tensor out = strided::empty_strided({n, x.dim()}, {1, std::max<int64_t>(n, 1)}, DType::Int64);
  if (x.dim() == 0) return out;
  const auto* from = positions.data_as<int64_t>();
  auto* to = out.data_as<int64_t>();
  const int last = x.dim() - 1;
  parallel_for(n, 8192, [&](int64_t begin, int64_t end) {
    Coordinates at(x.shape());
    for (int64_t i = begin; i < end; ++i) {
      at.move_to(from[i]);
      for (int d = 0; d < last; ++d) to[d * n + i] = at[d];
      to[last * n + i] = at.in_row(from[i]);
    }
  });
  return out;
}

Tensor masked_fill(const Tensor& x, const Tensor& mask, const Scalar& value) {
  check_fill_mask(mask);
  const Dims shape = broadcast_shapes(mask.shape(), x.shape());
  const bool same = shape == x.shape();
  Tensor out = same ? empty_like(x, x.dtype()) : empty_result(shape, x.dtype(), {&x});
  fill_where(out, x, mask, value);
  return out;
}

Tensor masked_fill_(const Tensor& x, const Tensor& mask, const Scalar& value) {
  check_fill_mask(mask);
  check_no_overlap(x, mask);
  const Dims shape = broadcast_shapes(mask.shape(), x.shape());
  check(shape == x.shape(), "output with shape ", x.shape(), " doesn't match the broadcast shape ", shape);
  fill_where(x, x, apart(mask, x), value);
  return x;
}

Tensor masked_fill_tensor(const Tensor& x, const Tensor& mask, const Tensor& value) {
  return masked_fill(x, mask, number_in(value, "masked_fill_"));
}

Tensor masked_fill_tensor_(const Tensor& x, const Tensor& mask, const Tensor& value) {
  return masked_fill_(x, mask, number_in(value, "masked_fill_"));
}

Tensor masked_select(const Tensor& x, const Tensor& mask) {
  check(mask.dtype() == DType::Bool, "masked_select: expected BoolTensor for mask");
  const Dims shape = broadcast_shapes(mask.shape(), x.shape());
  const Tensor positions = nonzero_positions(mask.with_layout(strided::expand(mask.layout(), shape)));
  const Tensor all = x.with_layout(strided::expand(x.layout(), shape));
  Tensor out = strided::empty(positions.shape(), x.dtype());
  take_at(out, walk(all, positions.shape(), {0}), flat_addresses(positions, all, kStrictBounds));
  return out;
}

Tensor masked_scatter_(const Tensor& x, const Tensor& mask, const Tensor& source) {
  check(x.dtype() == source.dtype(), "masked_scatter: expected self and source to have same dtypes but got",
        dtype_scalar_name(x.dtype()), " and ", dtype_scalar_name(source.dtype()));
  check(mask.dtype() == DType::Bool, "masked_scatter_ only supports boolean masks, but got mask with dtype ",
        dtype_scalar_name(mask.dtype()));
  check_no_self_overlap(x);
  const Tensor full = mask.with_layout(strided::expand(mask.layout(), x.shape()));
  const Tensor positions = nonzero_positions(full);
  const Dims& count = positions.shape();
  check(positions.numel() <= source.numel(), "Number of elements of source < number of ones in mask");
  combine_at(Combine::Assign, walk(x, count, {0}), walk(strided::contiguous(apart(source, x)), count, {1}),
             flat_addresses(positions, x, kStrictBounds));
  return x;
}

}  // namespace ops
}  // namespace strided
