// Convolutions of contiguous tensors: what conv.cc checks and conv_forward.cc and conv_gradient.cc compute.
#pragma once

#include "native/kernels/conv.h"
#include "native/ops/value.h"

namespace strided {

/// y = x * w with x (batch, groups * inputs, in...), w (groups * outputs, inputs, kernel...) and
/// y (batch, groups * outputs, out...); three dimensions, the missing ones first and of size 1.
struct ConvShape {
  int64_t batch, groups, inputs, outputs;
  int64_t in[3], out[3], kernel[3], stride[3], padding[3], dilation[3];

  int64_t places() const { return out[0] * out[1] * out[2]; }
  int64_t elements() const { return in[0] * in[1] * in[2]; }
  int64_t window() const { return kernel[0] * kernel[1] * kernel[2]; }
  /// Multiply-adds of one column of one group.
  int64_t depth() const { return inputs * window(); }
};

/// Windows over images of `channels` channels of this size, one channel behind another.
Windows windows_over(const ConvShape& s, const int64_t* size, int64_t channels);

/// Planes of `from` elements in planes of `to` elements, `before` zeros ahead of the first (or that many cut off).
Tensor padded_planes(const Tensor& x, int64_t planes, const int64_t* from, const int64_t* to, const int64_t* before);

// The three sides of one trilinear form, sum(y * (x * w)): each is linear in two of them, and so are their gradients.
// All tensors are contiguous and of one dtype, a float or double or (but for the weights' gradient) an integer.
Tensor conv_forward(const ConvShape& s, const Tensor& x, const Tensor& weight, const Tensor& bias, const Dims& shape);
/// `bias`: one number per channel of the result, which is what x is; it makes this the transposed convolution.
Tensor conv_input(const ConvShape& s, const Tensor& y, const Tensor& weight, const Tensor& bias, const Dims& shape);
Tensor conv_weight(const ConvShape& s, const Tensor& x, const Tensor& y, const Dims& shape);

}  // namespace strided
