// softmax and log_softmax, forwards and backwards.
#include "native/kernels/softmax.h"

#include "native/core/error.h"
#include "native/ops/along_dim.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 8192;  // elements; an exponential each

Tensor compute(const Tensor& x) { return strided::contiguous(strided::to_dtype(x, compute_dtype(x.dtype()))); }

void run(SoftmaxFn kernel, const AlongDim& view, const Tensor& out, const Tensor& x, const Tensor& gradient) {
  const int64_t size = out.item_size();
  char* g = gradient.defined() ? gradient.data() : nullptr;
  view.run(kGrain, true, [&](int64_t offset, int64_t count) {
    kernel({out.data() + offset * size, x.data() + offset * size, g ? g + offset * size : nullptr, count, view.n, view.inner});
  });
}

Tensor forward(bool log, const Tensor& given, int64_t dim, OptDType dtype) {
  const Tensor x = dtype ? strided::to_dtype(given, *dtype) : given;
  const AlongDim view(x, dim);
  check(is_floating(x.dtype()), ErrorKind::NotImplemented, "\"", log ? "log_" : "", view.inner == 1 ? "softmax_lastdim" : "softmax",
        "_kernel_impl\" not implemented for '", dtype_scalar_name(x.dtype()), "'");
  const Tensor in = compute(x);
  const Tensor out = strided::empty(in.shape(), in.dtype());
  run(softmax_kernels().forward[log][in.dtype() == DType::Float64], view, out, in, {});
  return strided::to_dtype(out, x.dtype());
}

Tensor backward(bool log, const Tensor& gradient, const Tensor& output, int64_t dim) {
  const Tensor g = compute(gradient), y = compute(output);
  const Tensor out = strided::empty(g.shape(), g.dtype());
  run(softmax_kernels().backward[log][g.dtype() == DType::Float64], AlongDim(g, dim), out, y, g);
  return strided::to_dtype(out, gradient.dtype());
}

}  // namespace

Tensor softmax(const Tensor& x, int64_t dim, OptDType dtype) { return forward(false, x, dim, dtype); }
Tensor log_softmax(const Tensor& x, int64_t dim, OptDType dtype) { return forward(true, x, dim, dtype); }
Tensor _softmax_backward(const Tensor& gradient, const Tensor& output, int64_t dim) { return backward(false, gradient, output, dim); }
Tensor _log_softmax_backward(const Tensor& gradient, const Tensor& output, int64_t dim) { return backward(true, gradient, output, dim); }

}  // namespace strided::ops
