// searchsorted: where values would go among sorted ones.
#include <cmath>

#include "native/core/error.h"
#include "native/core/half.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 2048;

/// The first place whose element is not below `value`, or with `right` the first above it. NaN is above all.
template <class T>
int64_t place_of(const T* sorted, const int64_t* order, int64_t n, T value, bool right) {
  int64_t low = 0, high = n;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    const T at = sorted[order ? order[middle] : middle];
    if (right ? !(at > value) : !(at >= value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

template <class T>
void search(const Tensor& sorted, const Tensor& values, const Tensor& order, bool right, int64_t* out) {
  const int64_t n = sorted.dim() ? sorted.size(sorted.dim() - 1) : 1;
  const int64_t each = sorted.dim() > 1 ? values.size(values.dim() - 1) : 0;
  parallel_for(values.numel(), kGrain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t first = each ? i / each * n : 0;
      out[i] = place_of(sorted.data_as<T>() + first, order.defined() ? order.data_as<int64_t>() + first : nullptr, n,
                        values.data_as<T>()[i], right);
    }
  });
}

}  // namespace

Tensor searchsorted(const Tensor& sorted, const Tensor& values, bool right, const Tensor& sorter) {
  const DType common = result_type(sorted, values);
  const DType as = is_floating(common) ? (common == DType::Float64 ? DType::Float64 : DType::Float32) : DType::Int64;
  const auto ready = [&](const Tensor& t) { return strided::contiguous(strided::to_dtype(t, as)); };
  const Tensor a = ready(sorted), v = ready(values);
  const Tensor order = sorter.defined() ? strided::contiguous(sorter) : sorter;
  const Tensor out = strided::empty(values.shape(), DType::Int64);
  if (out.numel() == 0) return out;
  if (as == DType::Int64) search<int64_t>(a, v, order, right, out.data_as<int64_t>());
  else if (as == DType::Float32) search<float>(a, v, order, right, out.data_as<int64_t>());
  else search<double>(a, v, order, right, out.data_as<int64_t>());
  return out;
}

}  // namespace strided::ops
