// Sums over dimensions.
#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

// Halves upon halves: the error grows with the logarithm of n.
template <class T>
T sum_row(const T* x, int64_t n) {
  if (n <= 16) {
    T total = 0;
    for (int64_t i = 0; i < n; ++i) total += x[i];
    return total;
  }
  return sum_row(x, n / 2) + sum_row(x + n / 2, n - n / 2);
}

template <class T>
void sum_rows(const Tensor& out, const Tensor& x, int64_t n) {
  for (int64_t i = 0; i < out.numel(); ++i) out.data_as<T>()[i] = sum_row(x.data_as<T>() + i * n, n);
}

}  // namespace

Tensor sum(const Tensor& x, const OptDims& dims, bool keepdim, OptDType dtype) {
  const DType result = dtype ? *dtype : is_floating(x.dtype()) ? x.dtype() : DType::Int64;
  const DType acc = is_floating(result) ? compute_dtype(result) : DType::Int64;
  const Dims reduced = dims && !dims->empty() ? wrap_dims(*dims, x.dim()) : Dims();
  const bool all = reduced.empty();
  Dims kept_shape, order, flat;
  int64_t n = 1;
  for (int d = 0; d < x.dim(); ++d) {
    const bool drop = all || std::find(reduced.begin(), reduced.end(), d) != reduced.end();
    if (drop) n *= x.size(d);
    else order.push_back(d), flat.push_back(x.size(d));
    if (!drop || keepdim) kept_shape.push_back(drop ? 1 : x.size(d));
  }
  for (int d = 0; d < x.dim(); ++d) {
    if (all || std::find(reduced.begin(), reduced.end(), d) != reduced.end()) order.push_back(d);
  }
  const Tensor rows = strided::contiguous(strided::to_dtype(strided::to_dtype(x.with_layout(strided::permute(x.layout(), order)), result), acc));
  Tensor out = strided::empty(kept_shape, acc);
  if (acc == DType::Float32) sum_rows<float>(out, rows, n);
  else if (acc == DType::Float64) sum_rows<double>(out, rows, n);
  else sum_rows<int64_t>(out, rows, n);
  return strided::to_dtype(out, result);
}

Tensor sum_to(const Tensor& x, const Dims& shape) {
  if (x.shape() == shape) return x;
  const int lead = x.dim() - shape.size();
  Dims dims;
  for (int d = 0; d < x.dim(); ++d) {
    if (d < lead || (shape[d - lead] == 1 && x.size(d) != 1)) dims.push_back(d);
  }
  const Tensor total = sum(x, dims, true, x.dtype());
  return total.with_layout(contiguous_layout(shape));
}

}  // namespace strided::ops
