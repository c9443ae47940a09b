// What convolutions do beside matrix products: rows of patches of an image, their way back into it, and the direct loop
// for filters that see one channel.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// Windows that slide over images of up to three dimensions, which are as long as the windows need: padded before.
/// A column is a place of the window, counted over images and places; a row of patches is an element of the window,
/// counted over channels and elements. Steps are in elements.
struct Windows {
  int64_t kernel[3], stride[3], dilation[3], out[3];
  int64_t step[3];       // from one element of an image to the next along each dimension
  int64_t channel_step;  // from one channel to the next
  int64_t image_step;    // from one image to the next
  int64_t places;        // out[0] * out[1] * out[2]
};

/// Rows [first_row, first_row + rows) of the columns [first, first + count), `to_row` apart at `to`.
struct PatchJob {
  char* to;
  int64_t to_row;
  const char* x;
  int64_t first, count, first_row, rows;
};

/// One channel of one image: out = bias + the sum over the window of weight * x.
struct ChannelJob {
  char* out;
  const char* x;
  const char* weight;
  double bias;
};

using PatchFn = void (*)(const Windows&, const PatchJob&);
using ChannelFn = void (*)(const Windows&, const ChannelJob&);

struct ConvKernels {
  PatchFn gather[kDTypes];
  /// The other way: adds rows of patches (at `to`) to the image (`x`, written to).
  PatchFn scatter[kDTypes];
  ChannelFn channel[2];  // [float64]
};

STRIDED_TABLE(ConvKernels, conv_kernels)

}  // namespace strided
