// layer_norm with the gradients of its input and weight. Mean and 1 / deviation are results too, so that the backward
// pass need not find them again.
#include "native/ops/norm.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

using namespace norm;

void check_normalized(const Tensor& x, const Dims& shape, const Tensor& weight, const Tensor& bias) {
  check(shape.size() >= 1, "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one ",
        "element, but got normalized_shape = ", shape);
  check(!weight.defined() || weight.shape() == shape, "Expected weight to be of same shape as normalized_shape, but ",
        "got weight of shape ", weight.defined() ? weight.shape() : Dims(), " and normalized_shape = ", shape);
  check(!bias.defined() || bias.shape() == shape, "Expected bias to be of same shape as normalized_shape, but got ",
        "bias of shape ", bias.defined() ? bias.shape() : Dims(), " and normalized_shape = ", shape);
  const int lead = x.dim() - shape.size();
  bool fits = lead >= 0;
  for (int d = 0; fits && d < shape.size(); ++d) fits = x.size(lead + d) == shape[d];
  if (fits) return;
  std::string sizes;
  for (int64_t n : shape) sizes += ", " + std::to_string(n);
  fail("Given normalized_shape=", shape, ", expected input with shape [*", sizes, "], but got input of size",
       x.shape());
}

}  // namespace

Triple native_layer_norm(const Tensor& x, const Dims& shape, const Tensor& weight, const Tensor& bias, double eps) {
  check_normalized(x, shape, weight, bias);
  check_floating("LayerNormKernelImpl", x);
  const DType statistics = statistics_dtype(x, {&weight, &bias});
  const int lead = x.dim() - shape.size();
  const Rows rows(x, lead);
  Dims kept = x.shape();
  for (int d = lead; d < x.dim(); ++d) kept[d] = 1;
  const Tensor out = strided::empty(x.shape(), rows.dtype), mean = strided::empty(kept, rows.dtype),
               rstd = strided::empty(kept, rows.dtype);
  const Tensor w = compute(weight, rows.dtype), b = compute(bias, rows.dtype);
  rows.run(norm_kernels().forward,
           {out.data(), nullptr, nullptr, data_of(w), data_of(b), mean.data(), rstd.data(), 0, 0, eps});
  return {strided::to_dtype(out, x.dtype()), strided::to_dtype(mean, statistics), strided::to_dtype(rstd, statistics)};
}

Tensor _layer_norm_input_gradient(const Tensor& gradient, const Tensor& x, const Dims& shape, const Tensor& mean,
                                  const Tensor& rstd, const Tensor& weight) {
  const Rows rows(x, x.dim() - shape.size());
  const Tensor out = strided::empty(x.shape(), rows.dtype), g = compute(gradient, rows.dtype);
  const Tensor w = compute(weight, rows.dtype), m = compute(mean, rows.dtype), r = compute(rstd, rows.dtype);
  rows.run(norm_kernels().backward, {out.data(), nullptr, g.data(), data_of(w), nullptr, m.data(), r.data(), 0, 0, 0});
  return strided::to_dtype(out, x.dtype());
}

Tensor _layer_norm_weight_gradient(const Tensor& gradient, const Tensor& x, const Dims& shape, const Tensor& mean,
                                   const Tensor& rstd) {
  const Rows rows(x, x.dim() - shape.size());
  const Tensor out = strided::empty(shape, rows.dtype), g = compute(gradient, rows.dtype);
  const Tensor m = compute(mean, rows.dtype), r = compute(rstd, rows.dtype);
  const int64_t size = out.item_size();
  parallel_for(rows.n, std::max(kColumnGrain, grain_of(rows.count)), [&](int64_t begin, int64_t end) {
    norm_kernels().weight[rows.wide()]({out.data() + begin * size, rows.x.data() + begin * size,
                                        g.data() + begin * size, m.data(), r.data(), rows.count, end - begin, rows.n});
  });
  return strided::to_dtype(out, mean.dtype());
}

}  // namespace strided::ops
