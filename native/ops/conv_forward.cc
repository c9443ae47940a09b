// The forward convolution: patches are packed straight into the panels of the matrix product.
#include <algorithm>
#include <cstring>

#include "native/core/parallel.h"
#include "native/kernels/gemm.h"
#include "native/ops/conv.h"
#include "native/ops/gemm.h"
#include "native/ops/workspace.h"

namespace strided {
namespace {

// Multiply-adds and elements below which a second thread costs more than it brings.
constexpr int64_t kParallelWork = int64_t{1} << 19;
constexpr int64_t kParallelElements = int64_t{1} << 15;
// Panels of patches that are packed before they are multiplied.
constexpr int64_t kPanels = 4;
// Up to this many filters per channel a group of one channel is computed directly.
constexpr int64_t kDirectFilters = 4;

thread_local Workspace panels_scratch;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t grain(int64_t enough, int64_t each) { return ceil_div(enough, std::max<int64_t>(each, 1)); }

template <class T>
const GemmKernel<T>& kernel() {
  if constexpr (std::is_same_v<T, float>) return gemm_kernels().f32;
  else return gemm_kernels().f64;
}

template <class T>
class Correlation {
 public:
  Correlation(const ConvShape& s, const Windows& w, const T* x, const T* weight, const T* bias, T* y)
      : s_(s), w_(w), kernel_(kernel<T>()), x_(x), weight_(weight), bias_(bias), y_(y) {
    const int64_t blocks = ceil_div(s.depth(), kernel_.block_depth);
    depth_ = ceil_div(s.depth(), blocks);
    height_ = ceil_div(s.outputs, ceil_div(s.outputs, kernel_.tile_rows));
    row_block_ = std::max(kernel_.block_rows / height_, int64_t{1}) * height_;
  }

  void run() {
    // Columns of all images side by side where one alone would leave panels half empty.
    const bool joint = s_.batch > 1 && w_.places < 4 * kernel_.tile_cols;
    const int64_t images = joint ? 1 : s_.batch, columns = joint ? s_.batch * w_.places : w_.places;
    const Tensor packed = pack_weights();
    packed_ = packed.data_as<T>();
    Tensor together;
    T* y = y_;
    if (joint) {
      together = empty({s_.groups * s_.outputs, columns}, packed.dtype());
      y = together.data_as<T>();
    }
    const int64_t strip = kPanels * kernel_.tile_cols, strips = ceil_div(columns, strip);
    parallel_for(images * s_.groups * strips, grain(kParallelWork, s_.outputs * s_.depth() * strip),
                 [&](int64_t begin, int64_t end) {
      T* panels = panels_scratch.at_least<T>(depth_ * strip);
      for (int64_t i = begin; i < end; ++i) {
        const int64_t plane = i / strips, first = i % strips * strip;
        const int64_t image = plane / s_.groups, group = plane % s_.groups;
        const GemmTarget<T> to = target(y + plane * s_.outputs * columns + first, columns, group);
        run_strip(panels, image, group, first, std::min(strip, columns - first), to);
      }
    });
    if (joint) spread(y);
  }

 private:
  /// The weights of each group, block of the depth by block, in panels of height_ rows.
  Tensor pack_weights() const {
    const DType t = std::is_same_v<T, float> ? DType::Float32 : DType::Float64;
    const int64_t all = s_.depth(), group = s_.outputs * all;
    const Tensor packed = empty({s_.groups * group + kernel_.lanes}, t);
    for (int64_t g = 0; g < s_.groups; ++g) {
      for (int64_t q = 0; q < all; q += depth_) {
        const int64_t depth = std::min(depth_, all - q);
        for (int64_t r = 0; r < s_.outputs; r += height_) {
          const int64_t high = std::min(height_, s_.outputs - r);
          kernel_.pack_a(packed.data_as<T>() + g * group + q * s_.outputs + r * depth, high,
                         weight_ + g * group + r * all + q, high, all, depth, 1);
        }
      }
    }
    return packed;
  }

  GemmTarget<T> target(T* y, int64_t columns, int64_t group) const {
    if (bias_) return {y, columns, 1, bias_ + group * s_.outputs, 1, 0, T{1}, T{1}};
    return {y, columns, 1, y, columns, 1, T{1}, T{0}};
  }

  void run_strip(T* panels, int64_t image, int64_t group, int64_t first, int64_t count, const GemmTarget<T>& to) const {
    const int64_t width = kernel_.tile_cols, all = s_.depth();
    const T* x = x_ + image * w_.image_step + group * s_.inputs * w_.channel_step;
    const PatchFn gather = conv_kernels().gather[static_cast<int>(sizeof(T) == 4 ? DType::Float32 : DType::Float64)];
    for (int64_t q = 0; q < all; q += depth_) {
      const int64_t depth = std::min(depth_, all - q);
      for (int64_t j = 0; j < count; j += width) {
        T* panel = panels + j * depth;
        const int64_t wide = std::min(width, count - j);
        if (wide < width) std::memset(panel, 0, sizeof(T) * static_cast<size_t>(width * depth));
        gather(w_,
               {reinterpret_cast<char*>(panel), width, reinterpret_cast<const char*>(x), first + j, wide, q, depth});
      }
      for (int64_t r = 0; r < s_.outputs; r += row_block_) {
        GemmTarget<T> t = to;
        t.c += r * t.c_row, t.d += r * t.d_row;
        if (q > 0) t = {t.c, t.c_row, t.c_col, t.c, t.c_row, t.c_col, T{1}, T{1}};
        kernel_.block(std::min(row_block_, s_.outputs - r), count, depth,
                      packed_ + group * s_.outputs * all + q * s_.outputs + r * depth, height_, panels, t);
      }
    }
  }

  /// (channels, images, places) to (images, channels, places).
  void spread(const T* from) const {
    const int64_t channels = s_.groups * s_.outputs, places = w_.places;
    parallel_for(s_.batch * channels, grain(kParallelElements, places), [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const T* row = from + (i % channels * s_.batch + i / channels) * places;
        std::copy(row, row + places, y_ + i * places);
      }
    });
  }

  const ConvShape& s_;
  const Windows& w_;
  const GemmKernel<T>& kernel_;
  const T* x_;
  const T* weight_;
  const T* bias_;
  T* y_;
  const T* packed_ = nullptr;
  int64_t depth_, height_, row_block_;
};

/// One filter after another over its channel.
template <class T>
void direct(const ConvShape& s, const Windows& w, const T* x, const T* weight, const T* bias, T* y) {
  const ChannelFn run = conv_kernels().channel[sizeof(T) == 8];
  const int64_t channels = s.groups * s.outputs, window = s.window();
  parallel_for(s.batch * channels, grain(kParallelWork / 4, w.places * window), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t image = i / channels, filter = i % channels;
      const T* from = x + image * w.image_step + filter / s.outputs * w.channel_step;
      run(w, {reinterpret_cast<char*>(y + i * w.places), reinterpret_cast<const char*>(from),
              reinterpret_cast<const char*>(weight + filter * window), bias ? static_cast<double>(bias[filter]) : 0});
    }
  });
}

/// Integers: patches are written out.
template <class T>
void written_out(const ConvShape& s, const Windows& w, const Tensor& x, const T* weight, const T* bias, T* y) {
  const Tensor patches = empty({s.depth(), w.places}, x.dtype());
  for (int64_t i = 0; i < s.batch * s.groups; ++i) {
    const int64_t image = i / s.groups, group = i % s.groups;
    const T* from = x.data_as<T>() + image * w.image_step + group * s.inputs * w.channel_step;
    conv_kernels().gather[static_cast<int>(x.dtype())](
        w, {patches.data(), w.places, reinterpret_cast<const char*>(from), 0, w.places, 0, s.depth()});
    GemmProblem<T> p;
    p.m = s.outputs, p.n = w.places, p.k = s.depth();
    p.a = weight + group * s.outputs * p.k, p.a_row = p.k;
    p.b = patches.data_as<T>(), p.b_row = w.places;
    p.c = y + i * s.outputs * w.places, p.c_row = w.places;
    if (bias) p.d = bias + group * s.outputs, p.d_row = 1, p.d_col = 0, p.beta = 1;
    naive_gemm(p);
  }
}

template <class T>
void forward(const ConvShape& s, const Windows& w, const Tensor& x, const Tensor& weight, const Tensor& bias,
             const Tensor& y) {
  const T* b = bias.defined() ? bias.data_as<T>() : nullptr;
  if constexpr (!std::is_floating_point_v<T>) {
    written_out(s, w, x, weight.data_as<T>(), b, y.data_as<T>());
  } else if (s.inputs == 1 && s.outputs <= kDirectFilters) {
    direct(s, w, x.data_as<T>(), weight.data_as<T>(), b, y.data_as<T>());
  } else {
    Correlation<T>(s, w, x.data_as<T>(), weight.data_as<T>(), b, y.data_as<T>()).run();
  }
}

bool same_size(const int64_t* a, const int64_t* b) { return a[0] == b[0] && a[1] == b[1] && a[2] == b[2]; }

}  // namespace

Windows windows_over(const ConvShape& s, const int64_t* size, int64_t channels) {
  Windows w;
  for (int d = 0; d < 3; ++d)
    w.kernel[d] = s.kernel[d], w.stride[d] = s.stride[d], w.dilation[d] = s.dilation[d], w.out[d] = s.out[d];
  w.step[0] = size[1] * size[2], w.step[1] = size[2], w.step[2] = 1;
  w.channel_step = size[0] * size[1] * size[2];
  w.image_step = channels * w.channel_step;
  w.places = s.places();
  // A window of one element that goes everywhere sees its images as one long row.
  const bool everywhere = s.window() == 1 && same_size(size, s.out) && s.stride[0] * s.stride[1] * s.stride[2] == 1;
  if (everywhere) w.out[0] = w.out[1] = 1, w.out[2] = w.places;
  return w;
}

Tensor padded_planes(const Tensor& x, int64_t planes, const int64_t* from, const int64_t* to, const int64_t* before) {
  if (same_size(from, to) && before[0] == 0 && before[1] == 0 && before[2] == 0) return x;
  const Tensor out = empty({planes, to[0], to[1], to[2]}, x.dtype());
  const int64_t size = x.item_size(), rows = to[0] * to[1];
  const int64_t left = std::clamp<int64_t>(before[2], 0, to[2]), skipped = std::max<int64_t>(-before[2], 0);
  const int64_t count = std::clamp<int64_t>(from[2] - skipped, 0, to[2] - left), right = to[2] - left - count;
  const auto bytes = [size](int64_t elements) { return static_cast<size_t>(elements * size); };
  parallel_for(planes * rows, grain(kParallelElements, to[2]), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      char* row = out.data() + i * to[2] * size;
      const int64_t z = i % rows / to[1] - before[0], y = i % rows % to[1] - before[1];
      if (z < 0 || z >= from[0] || y < 0 || y >= from[1]) {
        std::memset(row, 0, bytes(to[2]));
        continue;
      }
      const char* source = x.data() + (((i / rows * from[0] + z) * from[1] + y) * from[2] + skipped) * size;
      std::memset(row, 0, bytes(left));
      std::memcpy(row + left * size, source, bytes(count));
      std::memset(row + (left + count) * size, 0, bytes(right));
    }
  });
  return out;
}

Tensor conv_forward(const ConvShape& s, const Tensor& x, const Tensor& weight, const Tensor& bias, const Dims& shape) {
  const Tensor y = empty(shape, x.dtype());
  if (y.numel() == 0) return y;
  if (s.depth() == 0) {
    std::memset(y.data(), 0, static_cast<size_t>(y.numel() * y.item_size()));
    return y;
  }
  const int64_t channels = s.groups * s.inputs;
  int64_t size[3];
  for (int d = 0; d < 3; ++d) size[d] = s.in[d] + 2 * s.padding[d];
  const Tensor padded = padded_planes(x, s.batch * channels, s.in, size, s.padding);
  const Windows w = windows_over(s, size, channels);
  switch (x.dtype()) {
    case DType::Float32: forward<float>(s, w, padded, weight, bias, y); break;
    case DType::Float64: forward<double>(s, w, padded, weight, bias, y); break;
    case DType::Int64: forward<int64_t>(s, w, padded, weight, bias, y); break;
    case DType::Int32: forward<int32_t>(s, w, padded, weight, bias, y); break;
    case DType::Int16: forward<int16_t>(s, w, padded, weight, bias, y); break;
    case DType::Int8: forward<int8_t>(s, w, padded, weight, bias, y); break;
    default: forward<uint8_t>(s, w, padded, weight, bias, y);
  }
  return y;
}

}  // namespace strided
