// The gradients of a convolution, which are its transposed forms.
#include <algorithm>
#include <cstring>

#include "native/core/parallel.h"
#include "native/kernels/gemm.h"
#include "native/ops/conv.h"
#include "native/ops/gemm.h"
#include "native/ops/workspace.h"

namespace strided {
namespace {

constexpr int64_t kParallelElements = int64_t{1} << 15;
// Patches that are written out at a time: for the input's gradient in bytes, for the weights' rows and columns.
constexpr int64_t kPatchBytes = int64_t{1} << 21;
constexpr int64_t kPatchRows = 32;
constexpr int64_t kPatchColumns = 1600;
// The weights' gradient is a sum over images and places, cut into this many pieces at most, whatever the threads.
constexpr int64_t kSlices = 8;
constexpr int64_t kSliceBytes = int64_t{16} << 20;
// Images with fewer places are laid side by side.
constexpr int64_t kFewPlaces = 256;
// A result of fewer channels makes too little of each patch of the gradient that it is computed from.
constexpr int64_t kFewChannels = 8;

thread_local Workspace patches_scratch;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t grain(int64_t enough, int64_t each) { return ceil_div(enough, std::max<int64_t>(each, 1)); }

template <class T>
void multiply(const GemmProblem<T>& p) {
  if constexpr (std::is_floating_point_v<T>) gemm(p);
  else naive_gemm(p);
}

/// Adds to the padded images what each place gives the elements of its window.
template <class T>
void spread_back(const ConvShape& s, const Windows& w, const T* y, const T* weight, const Tensor& x) {
  const int64_t rows = s.depth(), places = w.places;
  const int64_t columns = std::clamp(kPatchBytes / int64_t{sizeof(T)} / rows, std::min<int64_t>(256, places), places);
  const PatchFn scatter = conv_kernels().scatter[static_cast<int>(x.dtype())];
  parallel_for(s.batch * s.groups, 1, [&](int64_t begin, int64_t end) {
    T* patches = patches_scratch.at_least<T>(rows * columns);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t image = i / s.groups, group = i % s.groups;
      T* to = x.data_as<T>() + image * w.image_step + group * s.inputs * w.channel_step;
      for (int64_t first = 0; first < places; first += columns) {
        const int64_t count = std::min(columns, places - first);
        GemmProblem<T> p;
        p.m = rows, p.n = count, p.k = s.outputs;
        p.a = weight + group * s.outputs * rows, p.a_row = 1, p.a_col = rows;
        p.b = y + i * s.outputs * places + first, p.b_row = places;
        p.c = patches, p.c_row = columns;
        multiply(p);
        scatter(w,
                {reinterpret_cast<char*>(patches), columns, reinterpret_cast<const char*>(to), first, count, 0, rows});
      }
    }
  });
}

/// The same filters seen from the other side: (groups * inputs, outputs, kernel reversed).
template <class T>
Tensor turned(const ConvShape& s, const T* weight, DType dtype) {
  const int64_t window = s.window();
  const Tensor out = empty({s.groups * s.inputs, s.outputs, s.kernel[0], s.kernel[1], s.kernel[2]}, dtype);
  T* to = out.data_as<T>();
  for (int64_t g = 0; g < s.groups; ++g) {
    for (int64_t i = 0; i < s.inputs; ++i) {
      for (int64_t o = 0; o < s.outputs; ++o, to += window) {
        const T* from = weight + ((g * s.outputs + o) * s.inputs + i) * window;
        std::reverse_copy(from, from + window, to);
      }
    }
  }
  return out;
}

template <class T>
void add_to_channels(const Tensor& x, const T* bias, int64_t channels, int64_t elements) {
  for (int64_t i = 0; i < x.numel() / std::max<int64_t>(elements, 1); ++i) {
    T* row = x.data_as<T>() + i * elements;
    const T b = bias[i % channels];
    for (int64_t j = 0; j < elements; ++j) row[j] = static_cast<T>(row[j] + b);
  }
}

template <class T>
Tensor input_side(const ConvShape& s, const Tensor& y, const Tensor& weight, const Tensor& bias, const Dims& shape) {
  const bool unit = s.stride[0] * s.stride[1] * s.stride[2] == 1;
  const bool dense = unit && std::is_floating_point_v<T> && (s.inputs >= kFewChannels || s.outputs == 1);
  const int64_t channels = s.groups * s.inputs, planes = s.batch * channels;
  if (dense) {
    ConvShape back = s;
    std::swap(back.inputs, back.outputs);
    int64_t size[3], before[3];
    for (int d = 0; d < 3; ++d) {
      const int64_t reach = s.dilation[d] * (s.kernel[d] - 1);
      size[d] = s.in[d] + reach, before[d] = reach - s.padding[d];
      back.in[d] = size[d], back.out[d] = s.in[d], back.padding[d] = 0;
    }
    const Tensor padded = padded_planes(y, s.batch * s.groups * s.outputs, s.out, size, before);
    return conv_forward(back, padded, turned(s, weight.data_as<T>(), y.dtype()), bias, shape);
  }
  int64_t size[3], before[3];
  for (int d = 0; d < 3; ++d) {
    // As far as the windows and the result reach, whichever goes further.
    const int64_t reach = (s.out[d] - 1) * s.stride[d] + s.dilation[d] * (s.kernel[d] - 1) + 1;
    size[d] = std::max(reach, s.in[d] + s.padding[d]), before[d] = -s.padding[d];
  }
  const Tensor padded = empty({planes, size[0], size[1], size[2]}, y.dtype());
  std::memset(padded.data(), 0, static_cast<size_t>(padded.numel() * padded.item_size()));
  spread_back<T>(s, windows_over(s, size, channels), y.data_as<T>(), weight.data_as<T>(), padded);
  Tensor x = padded_planes(padded, planes, size, s.in, before);
  if (bias.defined()) add_to_channels(x, bias.data_as<T>(), channels, s.elements());
  return x.with_layout(contiguous_layout(shape));
}

/// (images, channels, places) as (channels, images * places).
template <class T>
Tensor side_by_side(const Tensor& y, int64_t images, int64_t channels, int64_t places) {
  const Tensor out = empty({channels, images * places}, y.dtype());
  const T* from = y.data_as<T>();
  T* to = out.data_as<T>();
  parallel_for(channels, grain(kParallelElements, images * places), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      for (int64_t n = 0; n < images; ++n) {
        const T* row = from + (n * channels + c) * places;
        std::copy(row, row + places, to + (c * images + n) * places);
      }
    }
  });
  return out;
}

template <class T>
void weight_side(const ConvShape& s, const Windows& w, const Tensor& x, const Tensor& given, const Tensor& result) {
  const GemmKernel<T>* kernel;
  if constexpr (std::is_same_v<T, float>) kernel = &gemm_kernels().f32;
  else kernel = &gemm_kernels().f64;
  const bool joint = s.batch > 1 && w.places < kFewPlaces;
  const Tensor y = joint ? side_by_side<T>(given, s.batch, s.groups * s.outputs, w.places) : given;
  const int64_t images = joint ? 1 : s.batch, columns = joint ? s.batch * w.places : w.places;
  const int64_t rows = s.depth(), row_blocks = ceil_div(rows, kPatchRows), height = ceil_div(rows, row_blocks);
  const int64_t blocks = ceil_div(columns, kPatchColumns), width = ceil_div(columns, blocks);
  const int64_t bytes = result.numel() * result.item_size();
  const int64_t slices =
      std::min({images * blocks, ceil_div(kSlices, row_blocks * s.groups), std::max<int64_t>(kSliceBytes / bytes, 1)});
  const Tensor partial = slices == 1 ? result : empty({slices, result.numel()}, result.dtype());
  const PatchFn gather = conv_kernels().gather[static_cast<int>(x.dtype())];
  parallel_for(slices * s.groups * row_blocks, 1, [&](int64_t begin, int64_t end) {
    T* patches = patches_scratch.at_least<T>(height * width);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t slice = task / (s.groups * row_blocks), group = task / row_blocks % s.groups;
      const int64_t row = task % row_blocks * height, count = std::min(height, rows - row);
      const int64_t first = slice * images * blocks / slices, last = (slice + 1) * images * blocks / slices;
      T* c = partial.data_as<T>() + slice * result.numel() + group * s.outputs * rows + row;
      for (int64_t i = first; i < last; ++i) {
        const int64_t image = i / blocks, column = i % blocks * width, wide = std::min(width, columns - column);
        const T* from = x.data_as<T>() + image * w.image_step + group * s.inputs * w.channel_step;
        gather(w, {reinterpret_cast<char*>(patches), width, reinterpret_cast<const char*>(from), column, wide, row,
                   count});
        const T* a = y.data_as<T>() + (image * s.groups + group) * s.outputs * columns + column;
        kernel->dots(s.outputs, count, wide, a, columns, patches, width,
                     {c, rows, 1, c, rows, 1, T{1}, i == first ? T{0} : T{1}});
      }
    }
  });
  if (slices == 1) return;
  T* sum = result.data_as<T>();
  const T* from = partial.data_as<T>();
  const int64_t n = result.numel();
  parallel_for(n, kParallelElements, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      T total = from[i];
      for (int64_t k = 1; k < slices; ++k) total += from[k * n + i];
      sum[i] = total;
    }
  });
}

}  // namespace

Tensor conv_input(const ConvShape& s, const Tensor& y, const Tensor& weight, const Tensor& bias, const Dims& shape) {
  if (product(shape) == 0) return empty(shape, y.dtype());
  switch (y.dtype()) {
    case DType::Float32: return input_side<float>(s, y, weight, bias, shape);
    case DType::Float64: return input_side<double>(s, y, weight, bias, shape);
    case DType::Int64: return input_side<int64_t>(s, y, weight, bias, shape);
    case DType::Int32: return input_side<int32_t>(s, y, weight, bias, shape);
    case DType::Int16: return input_side<int16_t>(s, y, weight, bias, shape);
    case DType::Int8: return input_side<int8_t>(s, y, weight, bias, shape);
    default: return input_side<uint8_t>(s, y, weight, bias, shape);
  }
}

Tensor conv_weight(const ConvShape& s, const Tensor& x, const Tensor& y, const Dims& shape) {
  const Tensor out = empty(shape, x.dtype());
  if (out.numel() == 0) return out;
  if (y.numel() == 0) {
    std::memset(out.data(), 0, static_cast<size_t>(out.numel() * out.item_size()));
    return out;
  }
  const int64_t channels = s.groups * s.inputs;
  int64_t size[3];
  for (int d = 0; d < 3; ++d) size[d] = s.in[d] + 2 * s.padding[d];
  const Tensor padded = padded_planes(x, s.batch * channels, s.in, size, s.padding);
  const Windows w = windows_over(s, size, channels);
  if (x.dtype() == DType::Float64) weight_side<double>(s, w, padded, y, out);
  else weight_side<float>(s, w, padded, y, out);
  return out;
}

}  // namespace strided
