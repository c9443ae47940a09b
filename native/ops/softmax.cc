// softmax, log_softmax and logsumexp.
#include "native/kernels/softmax.h"

#include <limits>

#include "native/core/error.h"
#include "native/ops/along_dim.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/ops/reduce_plan.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 8192;  // elements; an exponential each

Tensor compute(const Tensor& x) { return strided::contiguous(strided::to_dtype(x, compute_dtype(x.dtype()))); }

void run(SoftmaxFn kernel, const AlongDim& view, const Tensor& out, const Tensor& x, const Tensor& gradient) {
  const int64_t size = out.item_size();
  char* g = gradient.defined() ? gradient.data() : nullptr;
  view.run(kGrain, [&](int64_t offset, int64_t count) {
    kernel({out.data() + offset * size, x.data() + offset * size, g ? g + offset * size : nullptr, count, view.n,
            view.inner});
  });
}

Tensor forward(bool log, const Tensor& given, int64_t dim, OptDType dtype) {
  const Tensor x = dtype ? strided::to_dtype(given, *dtype) : given;
  const AlongDim view(x, dim);
  check(is_floating(x.dtype()), ErrorKind::NotImplemented, "\"", log ? "log_" : "",
        view.inner == 1 ? "softmax_lastdim" : "softmax", "_kernel_impl\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  const Tensor in = compute(x);
  const Tensor out = strided::empty(in.shape(), in.dtype());
  run(softmax_kernels().forward[log][in.dtype() == DType::Float64], view, out, in, {});
  return strided::to_dtype(out, x.dtype());
}

Tensor backward(bool log, const Tensor& gradient, const Tensor& output, int64_t dim) {
  check(gradient.shape() == output.shape() && gradient.dtype() == output.dtype(), log ? "log_" : "",
        "softmax: a gradient of shape ", gradient.shape(), " does not fit a result of shape ", output.shape());
  const Tensor g = compute(gradient), y = compute(output);
  const Tensor out = strided::empty(g.shape(), g.dtype());
  run(softmax_kernels().backward[log][g.dtype() == DType::Float64], AlongDim(g, dim), out, y, g);
  return strided::to_dtype(out, gradient.dtype());
}

/// Reduced dimensions that do not lie together are moved to the end.
Tensor together(const Tensor& x, const Dims& dims) {
  Dims order;
  for (int d = 0; d < x.dim(); ++d) {
    if (std::find(dims.begin(), dims.end(), d) == dims.end()) order.push_back(d);
  }
  for (int64_t d : dims) order.push_back(d);
  return x.with_layout(permute(x.layout(), order));
}

}  // namespace

Tensor logsumexp(const Tensor& given, const Dims& dims, bool keepdim) {
  const DType result = is_floating(given.dtype()) ? given.dtype() : default_dtype();
  Dims reduced = reduced_dims(given, dims);
  std::sort(reduced.begin(), reduced.end());
  const int count = reduced.size();
  const bool adjacent = count == 0 || reduced.back() - reduced[0] == count - 1;
  const Tensor x = compute(strided::to_dtype(adjacent ? given : together(given, reduced), result));
  const Tensor out = strided::empty(reduced_shape(given.shape(), reduced, keepdim), x.dtype());
  const int first = !adjacent ? x.dim() - count : count ? static_cast<int>(reduced[0]) : x.dim();
  const AlongDim view(x, first, first + count);
  if (view.n == 0) {
    fill_with(out, Scalar(-std::numeric_limits<double>::infinity()));
    return strided::to_dtype(out, result);
  }
  const SoftmaxFn kernel = softmax_kernels().log_sum[x.dtype() == DType::Float64];
  const int64_t size = x.item_size();
  view.run(kGrain, [&](int64_t offset, int64_t sequences) {
    const int64_t at = offset / (view.n * view.inner) * view.inner + offset % view.inner;
    kernel({out.data() + at * size, x.data() + offset * size, nullptr, sequences, view.n, view.inner});
  });
  return strided::to_dtype(out, result);
}

Tensor softmax(const Tensor& x, int64_t dim, OptDType dtype) { return forward(false, x, dim, dtype); }
Tensor log_softmax(const Tensor& x, int64_t dim, OptDType dtype) { return forward(true, x, dim, dtype); }
Tensor _softmax_backward(const Tensor& gradient, const Tensor& output, int64_t dim) {
  return backward(false, gradient, output, dim);
}
Tensor _log_softmax_backward(const Tensor& gradient, const Tensor& output, int64_t dim) {
  return backward(true, gradient, output, dim);
}

}  // namespace strided::ops
