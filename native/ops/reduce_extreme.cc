// Largest and smallest elements, and where they stand.
#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/ops/reduce_plan.h"

namespace strided::ops {
namespace {

void check_not_empty(const char* name, const Tensor& x, const Dims& dims) {
  for (int64_t d : dims) {
    check(x.size(static_cast<int>(d)) != 0, ErrorKind::Index, name, "(): Expected reduction dim ", d,
          " to have non-zero size.");
  }
}

void check_any(const char* name, const Tensor& x) {
  check(x.numel() != 0, name,
        "(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
        "argument.");
}

Tensor extreme(ReduceOp op, const char* name, const Tensor& x, const OptDims& dims, bool keepdim) {
  const Dims reduced = reduced_dims(x, dims);
  if (dims && !dims->empty()) check_not_empty(name, x, reduced);
  else check_any(name, x);
  return strided::to_dtype(reduce(op, x, reduced, keepdim), x.dtype());
}

Pair with_indices(ReduceOp op, const char* name, const Tensor& x, int64_t dim, bool keepdim) {
  const int d = wrap_dim(dim, x.dim());
  const Dims reduced = reduced_dims(x, Dims{d});
  check_not_empty(name, x, reduced);
  const Tensor values = reduce(op, x, reduced, keepdim);
  const Tensor indices = find_first(x, d, keepdim, values);
  return {strided::to_dtype(values, x.dtype()), indices};
}

Tensor position(ReduceOp op, const char* name, const Tensor& x, OptInt dim, bool keepdim) {
  check(x.dtype() != DType::Bool, name, "(): does not support bool input");
  if (dim) return std::get<1>(with_indices(op, name, x, *dim, keepdim));
  check(x.numel() != 0, ErrorKind::Index, name, "(): Expected reduction dim to be specified for input.numel() == 0.");
  const Tensor flat =
      strided::contiguous(x).with_layout(contiguous_layout({x.numel()}, x.is_contiguous() ? x.layout().offset : 0));
  const Tensor index = std::get<1>(with_indices(op, name, flat, 0, false));
  return keepdim ? index.with_layout(contiguous_layout(Dims(x.dim(), 1))) : index;
}

}  // namespace

Tensor amax(const Tensor& x, const OptDims& dims, bool keepdim) {
  return extreme(ReduceOp::amax, "amax", x, dims, keepdim);
}
Tensor amin(const Tensor& x, const OptDims& dims, bool keepdim) {
  return extreme(ReduceOp::amin, "amin", x, dims, keepdim);
}
Tensor max_all(const Tensor& x) { return extreme(ReduceOp::amax, "max", x, {}, false); }
Tensor min_all(const Tensor& x) { return extreme(ReduceOp::amin, "min", x, {}, false); }
Pair max(const Tensor& x, int64_t dim, bool keepdim) { return with_indices(ReduceOp::amax, "max", x, dim, keepdim); }
Pair min(const Tensor& x, int64_t dim, bool keepdim) { return with_indices(ReduceOp::amin, "min", x, dim, keepdim); }
Tensor argmax(const Tensor& x, OptInt dim, bool keepdim) { return position(ReduceOp::amax, "argmax", x, dim, keepdim); }
Tensor argmin(const Tensor& x, OptInt dim, bool keepdim) { return position(ReduceOp::amin, "argmin", x, dim, keepdim); }

}  // namespace strided::ops
