// Max and average pooling, with windows of one size or adapted to the size of the result.
#include "native/kernels/pool.h"

#include <cstring>
#include <vector>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/format.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 16384;  // elements of windows

/// Where the windows lie along each of the last dimensions; those that are missing have one window of one element.
class Placement {
 public:
  explicit Placement(const Dims& shape, int n) : n_(n) {
    for (int d = 0; d < 3; ++d) {
      windows_.in[d] = windows_.out[d] = windows_.step[d] = 1;
      add(d, 0, 1, 1);
    }
    for (int d = 0; d < shape.size() - n; ++d) planes_ *= shape[d];
    for (int d = 0; d < n; ++d) windows_.in[3 - n + d] = shape[shape.size() - n + d];
  }

  int64_t in(int d) const { return windows_.in[3 - n_ + d]; }
  /// Begins dimension `d` of the n anew.
  void begin(int d, int64_t count, int64_t step) {
    const int at = 3 - n_ + d;
    windows_.out[at] = count, windows_.step[at] = step;
    first_[at].clear(), last_[at].clear(), size_[at].clear();
  }
  void window(int d, int64_t first, int64_t last, int64_t size) { add(3 - n_ + d, first, last, size); }
  /// Which windows of the last dimension lie inside it.
  void set_whole(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
    windows_.width = kernel, windows_.stride = stride;
    windows_.whole_first = (padding + stride - 1) / stride;
    const int64_t room = in + padding - (kernel - 1) * dilation - 1;
    windows_.whole_last = room < 0 ? 0 : std::min(room / stride + 1, windows_.out[2]);
  }
  void divide_by(int64_t divisor) { windows_.divisor = divisor; }

  void run(PoolFn kernel, const Tensor& out, int64_t* places, const Tensor& x) {
    for (int d = 0; d < 3; ++d)
      windows_.first[d] = first_[d].data(), windows_.last[d] = last_[d].data(), windows_.size[d] = size_[d].data();
    const int64_t elements = product3(windows_.in), count = product3(windows_.out), size = x.item_size();
    if (count == 0) return;
    parallel_for(planes_, std::max<int64_t>(1, kGrain / std::max(elements, count)), [&](int64_t begin, int64_t end) {
      kernel(windows_, {out.data() + begin * count * size, places ? places + begin * count : nullptr,
                        x.data() + begin * elements * size, end - begin});
    });
  }

 private:
  static int64_t product3(const int64_t* n) { return n[0] * n[1] * n[2]; }
  void add(int at, int64_t first, int64_t last, int64_t size) {
    first_[at].push_back(first), last_[at].push_back(last), size_[at].push_back(size);
  }

  int n_;
  int64_t planes_ = 1;
  PoolWindows windows_{};
  std::vector<int64_t> first_[3], last_[3], size_[3];
};

int64_t pooled_size(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, bool ceil_mode) {
  check(stride != 0, "stride should not be zero");
  check(padding >= 0, "pad must be non-negative, but got pad: ", padding);
  check(padding <= ((kernel - 1) * dilation + 1) / 2,
        "pad should be at most half of effective kernel size, but got pad=", padding, ", kernel_size=", kernel,
        " and dilation=", dilation);
  const int64_t numerator = in + 2 * padding - dilation * (kernel - 1) - 1 + (ceil_mode ? stride - 1 : 0);
  const int64_t out = (numerator >= 0 ? numerator / stride : -((-numerator + stride - 1) / stride)) + 1;
  // The last window begins inside the image or its padding on the left.
  return ceil_mode && (out - 1) * stride >= in + padding ? out - 1 : out;
}

struct Spatial {
  const Dims &kernel, &stride, &padding, &dilation;
  bool ceil_mode;
};

/// What nobody but a gradient formula can get wrong, with tensors that hooks have changed.
void check_gradient(const Tensor& gradient, const Dims& shape, int64_t n) {
  bool fits = (n == 2 || n == 3) && shape.size() >= n && gradient.dim() == shape.size();
  for (int d = 0; fits && d < shape.size() - n; ++d) fits = gradient.size(d) == shape[d];
  check(fits, "pooling: a gradient of shape ", gradient.shape(), " does not fit an input of shape ", shape);
}

/// "1x2x3"
struct Times {
  const Dims& sizes;
};
Text& operator<<(Text& out, const Times& times) {
  for (int d = 0; d < times.sizes.size(); ++d) out << (d ? "x" : "") << times.sizes[d];
  return out;
}

/// "kT: 1 kH: 2 kW: 3"
struct ByDimension {
  const char* what;
  const Dims& sizes;
};
Text& operator<<(Text& out, const ByDimension& named) {
  constexpr const char* kLetters[] = {"T", "H", "W"};
  const int n = named.sizes.size();
  for (int d = 0; d < n; ++d) out << (d ? " " : "") << named.what << kLetters[3 - n + d] << ": " << named.sizes[d];
  return out;
}

void check_window(const Spatial& s) {
  const auto positive = [](const Dims& sizes, const char* name, const char* what) {
    for (int64_t size : sizes)
      check(size > 0, name, " should be greater than zero, but got ", ByDimension{what, sizes});
  };
  positive(s.kernel, "kernel size", "k");
  positive(s.stride, "stride", "d");
  positive(s.dilation, "dilation", "dilation");
}

/// As PyTorch, which counts in 32 bits here: products of two cannot overflow then.
void check_range(const Spatial& s) {
  for (const Dims* sizes : {&s.kernel, &s.stride, &s.padding, &s.dilation}) {
    for (int64_t size : *sizes)
      check(size == static_cast<int32_t>(size), "value cannot be converted to type int without overflow");
  }
}

void check_input(const Dims& shape, int n, const char* name) {
  const int dim = shape.size();
  if (n == 3) {
    for (int d = dim == 5 ? 1 : 0; d < dim; ++d) {
      check(shape[d] > 0, name, "(): Expected input's non-batch dimensions to have positive length, but input has a ",
            "shape of ", shape, " and non-batch dimension 0 has length zero!");
    }
    return;
  }
  check(dim == 3 || dim == 4, "non-empty 3D or 4D (batch mode) tensor expected for input");
  bool filled = true;
  for (int d = dim == 4 ? 1 : 0; d < dim; ++d) filled = filled && shape[d] > 0;
  check(filled, "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:", shape);
}

Dims pooled_shape(const Dims& shape, const Spatial& s, const char* name) {
  const int n = s.kernel.size(), dim = shape.size();
  check_range(s);
  if (n == 3) check(dim == 4 || dim == 5, name, "(): Expected 4D or 5D tensor, but got ", shape);
  else if (dim < n) check_input(shape, n, name);
  Dims result, given, pooled;
  for (int d = 0; d < dim - n; ++d) result.push_back(shape[d]);
  for (int d = 0; d < n; ++d) {
    result.push_back(
        pooled_size(shape[dim - n + d], s.kernel[d], s.stride[d], s.padding[d], s.dilation[d], s.ceil_mode));
  }
  check_window(s);
  check_input(shape, n, name);
  for (int d = dim - n - 1; d < dim; ++d) given.push_back(shape[d]), pooled.push_back(result[d]);
  for (int d = 1; d <= n; ++d) {
    check(pooled[d] > 0, "Given input size: (", Times{given}, "). Calculated output size: (", Times{pooled},
          "). Output size is too small");
  }
  return result;
}

Placement placed(const Dims& shape, const Dims& pooled, const Spatial& s, bool count_include_pad) {
  const int n = s.kernel.size(), lead = shape.size() - n;
  Placement placement(shape, n);
  for (int d = 0; d < n; ++d) {
    const int64_t in = shape[lead + d], step = s.dilation[d];
    placement.begin(d, pooled[lead + d], step);
    for (int64_t o = 0; o < pooled[lead + d]; ++o) {
      int64_t first = o * s.stride[d] - s.padding[d];
      const int64_t reach = std::min(first + (s.kernel[d] - 1) * step + 1, in + s.padding[d]), whole = reach - first;
      if (first < 0) first += (-first + step - 1) / step * step;
      const int64_t last = std::min(reach, in);
      placement.window(d, first, last, count_include_pad ? whole : std::max<int64_t>(last - first, 0));
    }
    if (d == n - 1) placement.set_whole(in, s.kernel[d], s.stride[d], s.padding[d], s.dilation[d]);
  }
  return placement;
}

Placement adapted(const Dims& shape, const Dims& size) {
  const int n = size.size();
  Placement placement(shape, n);
  for (int d = 0; d < n; ++d) {
    const int64_t in = placement.in(d), out = size[d];
    placement.begin(d, out, 1);
    for (int64_t o = 0; o < out; ++o) {
      const int64_t first = o * in / out, last = ((o + 1) * in + out - 1) / out;
      placement.window(d, first, last, last - first);
    }
  }
  return placement;
}

Dims adapted_shape(const Tensor& x, const Dims& size) {
  const int n = size.size();
  check((n == 2 || n == 3) && x.dim() >= n, "adaptive pooling: cannot pool an input of shape ", x.shape(), " to ",
        size);
  Dims shape = x.shape();
  for (int d = 0; d < n; ++d) shape[x.dim() - n + d] = size[d];
  return shape;
}

Tensor compute(const Tensor& x) { return strided::contiguous(strided::to_dtype(x, compute_dtype(x.dtype()))); }

PoolFn chosen(const PoolFn (&kernels)[kDTypes], const Tensor& x, const char* name) {
  const PoolFn kernel = kernels[static_cast<int>(x.dtype())];
  check(kernel != nullptr, ErrorKind::NotImplemented, "\"", name, "\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  return kernel;
}

/// `place`: the placement of windows whose results have this shape. It is called when there is memory for them and any
/// to compute: a size may be beyond all bounds.
template <class Place>
Pair maxima(const Tensor& given, const Dims& shape, const char* name, Place place) {
  const Tensor x = compute(given);
  const PoolFn kernel = chosen(pool_kernels().max, x, name);
  const Tensor out = strided::empty(shape, x.dtype());
  const Tensor places = strided::empty(shape, DType::Int64);
  if (out.numel() > 0) place().run(kernel, out, places.data_as<int64_t>(), x);
  return {in_format_of(strided::to_dtype(out, given.dtype()), given), in_format_of(places, given)};
}

template <class Place>
Tensor means(const Tensor& given, const Dims& shape, const char* name, Place place) {
  const Tensor x = compute(given);
  const PoolFn kernel = chosen(pool_kernels().mean, x, name);
  const Tensor out = strided::empty(shape, x.dtype());
  if (out.numel() > 0) place().run(kernel, out, nullptr, x);
  return in_format_of(strided::to_dtype(out, given.dtype()), given);
}

template <class Place>
Tensor back(const Tensor& gradient, const Dims& shape, const PoolFn (&kernels)[2], const Tensor& places, Place place) {
  const Tensor g = compute(gradient);
  const Tensor x = strided::empty(shape, g.dtype());
  std::memset(x.data(), 0, static_cast<size_t>(x.numel() * x.item_size()));
  int64_t* at = places.defined() ? places.data_as<int64_t>() : nullptr;
  if (g.numel() > 0) place().run(kernels[g.dtype() == DType::Float64], g, at, x);
  return strided::to_dtype(x, gradient.dtype());
}

}  // namespace

Pair max_pool(const Tensor& x, const Dims& kernel, const Dims& stride, const Dims& padding, const Dims& dilation,
              bool ceil_mode) {
  const Spatial s{kernel, stride, padding, dilation, ceil_mode};
  const char* name = kernel.size() == 3 ? "max_pool3d_with_indices_out_cpu_template" : "max_pool2d";
  const Dims shape = pooled_shape(x.shape(), s, name);
  return maxima(x, shape, name, [&] { return placed(x.shape(), shape, s, true); });
}

Tensor max_pool_backward(const Tensor& gradient, const Tensor& x, const Tensor& places, int64_t n) {
  check_gradient(gradient, x.shape(), n);
  check(places.shape() == gradient.shape() && places.dtype() == DType::Int64, "max pooling: places of shape ",
        places.shape(), " do not fit a gradient of shape ", gradient.shape());
  return back(gradient, x.shape(), pool_kernels().max_back, strided::contiguous(places), [&] {
    Placement placement(x.shape(), static_cast<int>(n));
    for (int d = 0; d < n; ++d) placement.begin(d, gradient.size(gradient.dim() - static_cast<int>(n) + d), 1);
    return placement;
  });
}

Tensor avg_pool(const Tensor& x, const Dims& kernel, const Dims& stride, const Dims& padding, bool ceil_mode,
                bool count_include_pad, OptInt divisor) {
  check(!divisor || *divisor != 0, "divisor must be not zero");
  const Dims ones(kernel.size(), 1);
  const Spatial s{kernel, stride, padding, ones, ceil_mode};
  const Dims shape = pooled_shape(x.shape(), s, "avg_pool");
  return means(x, shape, kernel.size() == 3 ? "avg_pool3d_out_frame" : "avg_pool2d", [&] {
    Placement placement = placed(x.shape(), shape, s, count_include_pad);
    placement.divide_by(divisor.value_or(0));
    return placement;
  });
}

Tensor avg_pool_backward(const Tensor& gradient, const Tensor& x, const Dims& kernel, const Dims& stride,
                         const Dims& padding, bool count_include_pad, OptInt divisor) {
  check_gradient(gradient, x.shape(), kernel.size());
  const Dims ones(kernel.size(), 1);
  return back(gradient, x.shape(), pool_kernels().mean_back, {}, [&] {
    Placement placement =
        placed(x.shape(), gradient.shape(), {kernel, stride, padding, ones, false}, count_include_pad);
    placement.divide_by(divisor.value_or(0));
    return placement;
  });
}

Tensor adaptive_avg_pool(const Tensor& x, const Dims& size) {
  return means(x, adapted_shape(x, size), "adaptive_avg_pool", [&] { return adapted(x.shape(), size); });
}

Tensor adaptive_avg_pool_backward(const Tensor& gradient, const Tensor& x, int64_t n) {
  check_gradient(gradient, x.shape(), n);
  Dims size;
  for (int d = gradient.dim() - static_cast<int>(n); d < gradient.dim(); ++d) size.push_back(gradient.size(d));
  return back(gradient, x.shape(), pool_kernels().mean_back, {}, [&] { return adapted(x.shape(), size); });
}

Pair adaptive_max_pool(const Tensor& x, const Dims& size) {
  return maxima(x, adapted_shape(x, size), "adaptive_max_pool", [&] { return adapted(x.shape(), size); });
}

}  // namespace strided::ops
