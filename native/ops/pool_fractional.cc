// Fractional max pooling (Graham, 2014): windows of one size whose beginnings are spread over the input by a random
// sample for each plane and dimension.
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 16384;  // elements of windows

/// Three dimensions, the first of them of one element where there are two.
struct Volume {
  int64_t size[3] = {1, 1, 1};
  int64_t elements() const { return size[0] * size[1] * size[2]; }
};

Volume volume_of(const Dims& sizes) {
  Volume v;
  for (int d = 0; d < sizes.size(); ++d) v.size[3 - sizes.size() + d] = sizes[d];
  return v;
}

/// Where the windows begin. Computed in the type of the samples, as the rounding decides.
template <class T>
void spread(std::vector<int64_t>& first, T sample, int64_t in, int64_t out, int64_t kernel) {
  first.assign(static_cast<size_t>(out), in - kernel);
  const T step = out > 1 ? static_cast<T>(in - kernel) / static_cast<T>(out - 1) : T(0);
  const int64_t offset = static_cast<int64_t>(sample * step);
  for (int64_t i = 0; i + 1 < out; ++i) {
    first[static_cast<size_t>(i)] = static_cast<int64_t>((static_cast<T>(i) + sample) * step) - offset;
  }
}

template <class T>
struct Plane {
  const T* x;
  T* out;
  int64_t* places;
};

template <class T>
void pool_plane(const Plane<T>& plane, const std::vector<int64_t> (&first)[3], const Volume& in, const Volume& kernel) {
  int64_t at = 0;
  for (const int64_t z0 : first[0]) {
    for (const int64_t y0 : first[1]) {
      for (const int64_t x0 : first[2]) {
        T largest = -std::numeric_limits<T>::infinity();
        int64_t place = (z0 * in.size[1] + y0) * in.size[2] + x0;
        for (int64_t z = z0; z < z0 + kernel.size[0]; ++z) {
          for (int64_t y = y0; y < y0 + kernel.size[1]; ++y) {
            const int64_t row = (z * in.size[1] + y) * in.size[2];
            for (int64_t i = row + x0; i < row + x0 + kernel.size[2]; ++i) {
              if (plane.x[i] > largest || std::isnan(plane.x[i])) largest = plane.x[i], place = i;
            }
          }
        }
        plane.out[at] = largest;
        plane.places[at++] = place;
      }
    }
  }
}

void check_input(const Dims& shape, const Dims& kernel, const Dims& size) {
  const int n = kernel.size(), dim = shape.size();
  const char* name = n == 2 ? "fractional_max_pool2d(): " : "fractional_max_pool3d_out(): ";
  check(dim == n + 1 || dim == n + 2, name, "Expected ", n + 1, "D or ", n + 2, "D tensor, but got: ", shape);
  for (int d = dim - n - 1; d < dim; ++d) {
    check(shape[d] > 0, name, "Expected input to have non-zero size for non-batch dimensions, but got", shape,
          " with dimension ", d, " being empty.");
  }
  const char* names[] = {"time", "height", "width"};
  // PyTorch's order of checks, and its stricter bound in three dimensions.
  for (const int d : n == 2 ? Dims{0, 1} : Dims{0, 2, 1}) {
    check(size[d] + kernel[d] - (n == 2 ? 1 : 0) <= shape[dim - n + d], name, "pool ", names[3 - n + d], " ", kernel[d],
          " too large relative to input ", names[3 - n + d], " ", shape[dim - n + d]);
  }
}

void check_samples(const Tensor& samples, const Tensor& x, int n) {
  check(x.dtype() == samples.dtype(), "Expect _random_samples to have the same dtype as input");
  check(samples.dim() == 3, "Expect _random_samples to have 3 dimensions, got ", samples.dim());
  const bool batched = x.dim() == n + 2;
  check(samples.size(0) >= (batched ? x.size(0) : 1), "Expect _random_samples.size(0) no less then input batch size.");
  check(samples.size(1) == x.size(batched), "Expect _random_samples.size(1) equals to input channel size.");
  check(samples.size(2) == n, "Expect _random_samples.size(2) equals to ", n, "; got ", samples.size(2), ".");
}

}  // namespace

Pair fractional_max_pool(const Tensor& x, const Dims& kernel, const Dims& size, const Tensor& samples) {
  const int n = kernel.size(), lead = x.dim() - n;
  check_input(x.shape(), kernel, size);
  check_samples(samples, x, n);
  const DType as = compute_dtype(x.dtype());
  check(is_floating(as), ErrorKind::NotImplemented, "\"fractional_max_pool", n, "d_out_frame\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  Dims shape;
  int64_t planes = 1;
  for (int d = 0; d < lead; ++d) shape.push_back(x.size(d)), planes *= x.size(d);
  for (int d = 0; d < n; ++d) shape.push_back(size[d]);
  const auto ready = [as](const Tensor& t) { return strided::contiguous(strided::to_dtype(t, as)); };
  const Tensor input = ready(x), random = ready(samples);
  const Tensor out = strided::empty(shape, as), places = strided::empty(shape, DType::Int64);
  Dims spatial;
  for (int d = lead; d < x.dim(); ++d) spatial.push_back(x.size(d));
  const Volume in = volume_of(spatial), window = volume_of(kernel), to = volume_of(size);
  const auto run = [&](auto zero) {
    using T = decltype(zero);
    const T* sample = random.data_as<T>();
    const int64_t work = std::max<int64_t>(1, to.elements() * window.elements());
    parallel_for(planes, std::max<int64_t>(1, kGrain / work), [&](int64_t begin, int64_t end) {
      std::vector<int64_t> first[3] = {{0}, {}, {}};
      for (int64_t p = begin; p < end; ++p) {
        // In two dimensions the first sample is that of the width.
        for (int d = 0; d < n; ++d) {
          const int at = 3 - n + d;
          spread(first[at], sample[p * n + (n == 2 ? 1 - d : d)], in.size[at], to.size[at], window.size[at]);
        }
        const int64_t offset = p * to.elements();
        pool_plane<T>(
            {input.data_as<T>() + p * in.elements(), out.data_as<T>() + offset, places.data_as<int64_t>() + offset},
            first, in, window);
      }
    });
  };
  if (as == DType::Float32) run(0.0f);
  else run(0.0);
  return {strided::to_dtype(out, x.dtype()), places};
}

}  // namespace strided::ops
