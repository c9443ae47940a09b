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
  const DType compute = compute_dtype(x.dtype());
  Iterator it(out.shape());
  it.output(out, compute).input(mask, DType::Bool).input(fitting(value, x.dtype()), compute).input(x, compute);
  it.run(ternary_kernels().where[compute]);
}

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
      for (int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) count += m[i];
      starts[static_cast<size_t>(b) + 1] = count;
    }
  });
  for (size_t b = 0; b < static_cast<size_t>(blocks); ++b) starts[b + 1] += starts[b];
  Tensor out = empty({starts.back()}, DType::Int64);
  auto* p = out.data_as<int64_t>();
  parallel_for(blocks, 4, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      int64_t at = starts[static_cast<size_t>(b)];
      for (int64_t i = b * kBlock; i < std::min(n, (b + 1) * kBlock); ++i) {
        if (m[i]) p[at++] = i;
      }
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
  const Dims steps = contiguous_strides(x.shape());
  const auto* from = positions.data_as<int64_t>();
  parallel_for(n, 8192, [&](int64_t begin, int64_t end) {
    for (int d = 0; d < x.dim(); ++d) {
      auto* to = out.data_as<int64_t>() + d * n;
      const int64_t step = steps[d], size = x.size(d);
      for (int64_t i = begin; i < end; ++i) to[i] = from[i] / step % size;
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
  check_no_self_overlap(x);
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
