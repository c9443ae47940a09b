// cumsum, cumprod, logcumsumexp, cummax and cummin.
#include "native/kernels/scan.h"

#include "native/core/error.h"
#include "native/ops/along_dim.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 32768;

void run(ScanFn kernel, const AlongDim& view, const Tensor& out, int64_t* indices, const Tensor& x) {
  const int64_t size = x.item_size();
  view.run(kGrain, [&](int64_t offset, int64_t count) {
    kernel({out.data() + offset * size, indices ? indices + offset : nullptr, x.data() + offset * size, count, view.n,
            view.inner});
  });
}

Tensor accumulate(const ScanFn (&kernels)[kDTypes], const Tensor& x, int64_t dim, OptDType dtype) {
  const AlongDim view(x, dim);
  const DType result = dtype ? *dtype : is_floating(x.dtype()) ? x.dtype() : DType::Int64;
  const DType as = is_floating(result) ? compute_dtype(result) : DType::Int64;
  const Tensor in = strided::contiguous(strided::to_dtype(strided::to_dtype(x, result), as));
  const Tensor out = strided::empty(in.shape(), as);
  run(kernels[static_cast<int>(as)], view, out, nullptr, in);
  return strided::to_dtype(out, result);
}

Pair extreme(const ScanFn (&kernels)[kDTypes], const Tensor& x, int64_t dim) {
  const AlongDim view(x, dim);
  const Tensor in = strided::contiguous(strided::to_dtype(x, compute_dtype(x.dtype())));
  const Tensor values = strided::empty(in.shape(), in.dtype()), indices = strided::empty(in.shape(), DType::Int64);
  run(kernels[static_cast<int>(in.dtype())], view, values, indices.data_as<int64_t>(), in);
  return {strided::to_dtype(values, x.dtype()), indices};
}

}  // namespace

Tensor cumsum(const Tensor& x, int64_t dim, OptDType dtype) { return accumulate(scan_kernels().sum, x, dim, dtype); }
Tensor cumprod(const Tensor& x, int64_t dim, OptDType dtype) {
  return accumulate(scan_kernels().product, x, dim, dtype);
}
Tensor logcumsumexp(const Tensor& x, int64_t dim) {
  const AlongDim view(x, dim);  // refuses a wrong dimension first
  check(is_floating(x.dtype()), ErrorKind::NotImplemented, "\"logcumsumexp_out_cpu\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  return accumulate(scan_kernels().log_sum, x, dim, {});
}
Pair cummax(const Tensor& x, int64_t dim) { return extreme(scan_kernels().max, x, dim); }
Pair cummin(const Tensor& x, int64_t dim) { return extreme(scan_kernels().min, x, dim); }

}  // namespace strided::ops
