// Patches of images as columns, and their sum back into images: torch.nn.functional.unfold and fold.
#include <cstring>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/conv.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

struct Patches {
  ConvShape shape;
  int64_t size[3];  // of a padded image

  Patches(int64_t batch, int64_t channels, int64_t height, int64_t width, const Dims& kernel, const Dims& dilation,
          const Dims& padding, const Dims& stride)
      : shape{batch,
              1,
              channels,
              1,
              {1, height, width},
              {1, 1, 1},
              {1, kernel[0], kernel[1]},
              {1, stride[0], stride[1]},
              {0, padding[0], padding[1]},
              {1, dilation[0], dilation[1]}} {
    for (int d = 0; d < 3; ++d) {
      size[d] = shape.in[d] + 2 * shape.padding[d];
      const int64_t room = size[d] - shape.dilation[d] * (shape.kernel[d] - 1) - 1;
      shape.out[d] = room < 0 ? 0 : room / shape.stride[d] + 1;
    }
  }
  Windows windows() const { return windows_over(shape, size, shape.inputs); }
};

void check_windows(const Dims& kernel, const Dims& dilation, const Dims& padding, const Dims& stride) {
  const auto positive = [](const Dims& dims, const char* name) {
    check(dims[0] > 0 && dims[1] > 0, name, " should be greater than zero, but got ", name, "_height: ", dims[0], " ",
          name, "_width: ", dims[1]);
  };
  positive(kernel, "kernel");
  positive(dilation, "dilation");
  check(padding[0] >= 0 && padding[1] >= 0, "padding should be non-negative, but got pad_height: ", padding[0],
        " pad_width: ", padding[1]);
  positive(stride, "stride");
}

/// A batch, which an image without one is made to be.
Tensor batch_of(const Tensor& x, int n) { return x.dim() == n ? x : x.with_layout(strided::unsqueeze(x.layout(), 0)); }
Tensor without_batch(const Tensor& x, bool batched) {
  return batched ? x : x.with_layout(strided::select(x.layout(), 0, 0));
}

}  // namespace

Tensor im2col(const Tensor& given, const Dims& kernel, const Dims& dilation, const Dims& padding, const Dims& stride) {
  check_windows(kernel, dilation, padding, stride);
  const bool batched = given.dim() == 4;
  check(batched || given.dim() == 3,
        "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
        "but got: ",
        given.shape());
  const Tensor x = strided::contiguous(batch_of(given, 4));
  const Patches p(x.size(0), x.size(1), x.size(2), x.size(3), kernel, dilation, padding, stride);
  const ConvShape& s = p.shape;
  check(s.places() > 0, "Given input with spatial size (", x.size(2), ", ", x.size(3), "), kernel_size=(", kernel[0],
        ", ", kernel[1], "), dilation=(", dilation[0], ", ", dilation[1], "), padding=(", padding[0], ", ", padding[1],
        "), stride=(", stride[0], ", ", stride[1], "), calculated shape of the array of sliding blocks as (", s.out[1],
        ", ", s.out[2], "), but its components must be at least one.");
  const Tensor out = strided::empty({s.batch, s.depth(), s.places()}, x.dtype());
  if (out.numel() == 0) return without_batch(out, batched);
  const Tensor padded = padded_planes(x, s.batch * s.inputs, s.in, p.size, s.padding);
  const Windows w = p.windows();
  const PatchFn gather = conv_kernels().gather[static_cast<int>(x.dtype())];
  const int64_t size = x.item_size(), window = s.window();
  parallel_for(s.batch * s.inputs, std::max<int64_t>(1, 16384 / (window * w.places)), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      gather(w, {out.data() + i * window * w.places * size, w.places, padded.data() + i * w.channel_step * size, 0,
                 w.places, 0, window});
    }
  });
  return without_batch(out, batched);
}

Tensor col2im(const Tensor& given, const Dims& output, const Dims& kernel, const Dims& dilation, const Dims& padding,
              const Dims& stride) {
  check_windows(kernel, dilation, padding, stride);
  const bool batched = given.dim() == 3;
  check(batched || given.dim() == 2,
        "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for input, "
        "but got: ",
        given.shape());
  const Tensor x = strided::contiguous(strided::to_dtype(batch_of(given, 3), compute_dtype(given.dtype())));
  const int64_t window = kernel[0] * kernel[1];
  check(x.size(1) % window == 0,
        "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got input.size(1)=",
        x.size(1), " and kernel_size=(", kernel[0], ", ", kernel[1], ").");
  const Patches p(x.size(0), x.size(1) / window, output[0], output[1], kernel, dilation, padding, stride);
  const ConvShape& s = p.shape;
  check(x.size(2) == s.places(), "Given output_size=(", output[0], ", ", output[1], "), kernel_size=(", kernel[0], ", ",
        kernel[1], "), dilation=(", dilation[0], ", ", dilation[1], "), padding=(", padding[0], ", ", padding[1],
        "), stride=(", stride[0], ", ", stride[1], "), expected size of input's dimension 2 to match the calculated ",
        "number of sliding blocks ", s.out[1], " * ", s.out[2], " = ", s.places(),
        ", but got input.size(2)=", x.size(2), ".");
  const Tensor image = strided::empty({s.batch, s.inputs, p.size[1], p.size[2]}, x.dtype());
  std::memset(image.data(), 0, static_cast<size_t>(image.numel() * image.item_size()));
  const Windows w = p.windows();
  const PatchFn scatter = conv_kernels().scatter[static_cast<int>(x.dtype())];
  check(scatter != nullptr, ErrorKind::NotImplemented, "\"col2im_out_cpu\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  const int64_t size = x.item_size();
  parallel_for(s.batch * s.inputs, std::max<int64_t>(1, 16384 / std::max<int64_t>(window * w.places, 1)),
               [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      scatter(w, {x.data() + i * window * w.places * size, w.places, image.data() + i * w.channel_step * size, 0,
                  w.places, 0, window});
    }
  });
  const int64_t before[3] = {0, -s.padding[1], -s.padding[2]};
  const Tensor cut = padded_planes(image, s.batch * s.inputs, p.size, s.in, before);
  const Tensor out = cut.with_layout(contiguous_layout({s.batch, s.inputs, output[0], output[1]}));
  return without_batch(strided::to_dtype(out, given.dtype()), batched);
}

}  // namespace strided::ops
