#include "native/ops/resample.h"

#include <cstring>

#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/workspace.h"

namespace strided {
namespace {

constexpr int64_t kGrain = 16384;  // elements

thread_local Workspace row_scratch;

void run(ResampleFn kernel, const std::vector<Taps>& taps, const Tensor& out, const Tensor& in) {
  const Taps none;
  const int n = static_cast<int>(taps.size());
  ResamplePlan plan;
  int64_t elements = 1, results = 1;
  for (int d = 0; d < 3; ++d) {
    const Taps& t = d < 3 - n ? none : taps[static_cast<size_t>(d - (3 - n))];
    plan.in[d] = t.in, plan.out[d] = t.out, plan.taps[d] = t.count;
    plan.index[d] = t.index.data(), plan.weight[d] = t.weight.data();
    elements *= t.in, results *= t.out;
  }
  if (elements == 0 || results == 0) return;
  const int64_t size = in.item_size(), planes = in.numel() / elements;
  parallel_for(planes, std::max<int64_t>(1, kGrain / std::max(elements, results)), [&](int64_t begin, int64_t end) {
    char* row = row_scratch.at_least<char>(plan.in[2] * size);
    kernel(plan, {out.data() + begin * results * size, in.data() + begin * elements * size, row, end - begin});
  });
}

Tensor compute(const Tensor& x) { return strided::contiguous(strided::to_dtype(x, compute_dtype(x.dtype()))); }

}  // namespace

Tensor resample(const Tensor& given, const Dims& size, bool blends, const TapsOf& taps) {
  const Tensor x = blends ? compute(given) : strided::contiguous(given);
  Dims shape = x.shape();
  const int lead = x.dim() - size.size();
  for (int d = lead; d < x.dim(); ++d) shape[d] = size[d - lead];
  const Tensor out = empty(shape, x.dtype());
  const ResampleKernels& kernels = resample_kernels();
  const ResampleFn kernel =
      blends ? kernels.blend[x.dtype() == DType::Float64] : kernels.move[static_cast<int>(x.dtype())];
  if (out.numel() > 0) run(kernel, taps(), out, x);
  return strided::to_dtype(out, given.dtype());
}

Tensor resample_backward(const Tensor& gradient, const Dims& shape, bool blends, const TapsOf& taps) {
  const Tensor g = compute(gradient);
  const Tensor x = empty(shape, g.dtype());
  std::memset(x.data(), 0, static_cast<size_t>(x.numel() * x.item_size()));
  const ResampleKernels& kernels = resample_kernels();
  if (g.numel() > 0) run((blends ? kernels.blend_back : kernels.move_back)[g.dtype() == DType::Float64], taps(), g, x);
  return strided::to_dtype(x, gradient.dtype());
}

}  // namespace strided
