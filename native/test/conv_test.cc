#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

namespace strided {
namespace {

// Small whole numbers, so that sums are exact in every order.
Tensor numbers(const Dims& shape, DType dtype, int64_t seed) {
  const Tensor out = empty(shape, DType::Float64);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_as<double>()[i] = static_cast<double>((i * 7 + seed) % 5 - 2);
  return to_dtype(out, dtype);
}

double at(const Tensor& t, int64_t i) { return to_dtype(contiguous(t), DType::Float64).data_as<double>()[i]; }

struct Case {
  Dims x, w, stride, padding, dilation;
  int64_t groups;
};

// The element of the convolution at (n, o, y, x), and optionally what else its factors give: the form's other sides.
template <class F>
void for_products(const Case& c, const Dims& y, F f) {
  const int64_t inputs = c.w[1], outputs = c.w[0] / c.groups;
  for (int64_t i = 0; i < product(y); ++i) {
    const int64_t col = i % y[3], row = i / y[3] % y[2], o = i / y[3] / y[2] % y[1], n = i / y[3] / y[2] / y[1];
    for (int64_t k = 0; k < inputs * c.w[2] * c.w[3]; ++k) {
      const int64_t kx = k % c.w[3], ky = k / c.w[3] % c.w[2], channel = k / c.w[3] / c.w[2];
      const int64_t r = row * c.stride[0] - c.padding[0] + ky * c.dilation[0];
      const int64_t s = col * c.stride[1] - c.padding[1] + kx * c.dilation[1];
      if (r < 0 || r >= c.x[2] || s < 0 || s >= c.x[3]) continue;
      f(i, ((n * c.x[1] + o / outputs * inputs + channel) * c.x[2] + r) * c.x[3] + s, o * inputs * c.w[2] * c.w[3] + k);
    }
  }
}

Tensor zeros(const Dims& shape) {
  const Tensor out = empty(shape, DType::Float64);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_as<double>()[i] = 0;
  return out;
}

int64_t differences(const Tensor& got, const Tensor& wanted) {
  int64_t count = got.shape() == wanted.shape() ? 0 : 1;
  for (int64_t i = 0; count == 0 && i < got.numel(); ++i) count += at(got, i) != at(wanted, i);
  return count;
}

const Case kCases[] = {
    {{2, 3, 9, 11}, {4, 3, 3, 3}, {1, 1}, {1, 1}, {1, 1}, 1},
    {{1, 20, 13, 40}, {33, 20, 3, 2}, {1, 1}, {2, 0}, {2, 1}, 1},
    {{3, 4, 12, 9}, {6, 2, 3, 3}, {2, 3}, {1, 2}, {1, 2}, 2},
    {{2, 6, 10, 45}, {6, 1, 3, 3}, {1, 1}, {1, 1}, {1, 1}, 6},
    {{2, 6, 10, 45}, {12, 1, 3, 5}, {2, 2}, {1, 2}, {1, 1}, 6},
    {{5, 16, 6, 7}, {24, 16, 1, 1}, {1, 1}, {0, 0}, {1, 1}, 1},
    {{1, 40, 20, 20}, {9, 40, 4, 4}, {3, 2}, {1, 1}, {1, 1}, 1},
    {{1, 1, 30, 30}, {70, 1, 5, 5}, {1, 1}, {0, 0}, {1, 1}, 1},
};

TEST("convolutions and their gradients are sums of products") {
  for (const Case& c : kCases) {
    for (DType dtype : {DType::Float32, DType::Float64}) {
      const Tensor x = numbers(c.x, dtype, 1), w = numbers(c.w, dtype, 3), bias = numbers({c.w[0]}, dtype, 2);
      const Tensor y = ops::convolution(x, w, bias, c.stride, c.padding, c.dilation, false, {0, 0}, c.groups);
      const Tensor g = numbers(y.shape(), dtype, 4);
      const Tensor sums = zeros(y.shape()), dx = zeros(c.x), dw = zeros(c.w);
      for (int64_t i = 0; i < y.numel(); ++i) {
        sums.data_as<double>()[i] = at(bias, i / y.size(3) / y.size(2) % y.size(1));
      }
      const Tensor wide[] = {to_dtype(x, DType::Float64), to_dtype(w, DType::Float64), to_dtype(g, DType::Float64)};
      const double *xs = wide[0].data_as<double>(), *ws = wide[1].data_as<double>(), *gs = wide[2].data_as<double>();
      for_products(c, y.shape(), [&](int64_t i, int64_t in, int64_t weight) {
        sums.data_as<double>()[i] += xs[in] * ws[weight];
        dx.data_as<double>()[in] += gs[i] * ws[weight];
        dw.data_as<double>()[weight] += gs[i] * xs[in];
      });
      CHECK_EQ(differences(y, sums), 0);
      CHECK_EQ(differences(ops::conv_input_gradient(g, w, c.x, c.stride, c.padding, c.dilation, c.groups), dx), 0);
      CHECK_EQ(differences(ops::conv_weight_gradient(x, g, c.w, c.stride, c.padding, c.dilation, c.groups), dw), 0);
    }
  }
}

TEST("convolutions of integers and 16-bit floats") {
  for (DType dtype : {DType::UInt8, DType::Int8, DType::Int16, DType::Int32, DType::Int64, DType::Float16}) {
    const Tensor x = numbers({1, 2, 4, 4}, DType::Float64, 1), w = numbers({2, 2, 2, 2}, DType::Float64, 2);
    const Tensor exact = ops::convolution(x, w, {}, {1, 1}, {0, 0}, {1, 1}, false, {0, 0}, 1);
    const Tensor y =
        ops::convolution(to_dtype(x, dtype), to_dtype(w, dtype), {}, {1, 1}, {0, 0}, {1, 1}, false, {0, 0}, 1);
    CHECK_EQ(differences(y, to_dtype(to_dtype(exact, dtype), DType::Float64)), 0);
  }
}

TEST("max pooling: side by side and one by one, NaN, places") {
  for (DType dtype : {DType::Float32, DType::Float64, DType::Int64, DType::Int8}) {
    const Tensor x = numbers({1, 2, 7, 150}, dtype, 3);
    for (int64_t stride : {1, 2, 3}) {
      const auto [values, places] = ops::max_pool(x, {3, 3}, {stride, stride}, {1, 1}, {1, 1}, false);
      int64_t wrong = 0;
      for (int64_t i = 0; i < values.numel(); ++i) {
        const int64_t col = i % values.size(3) * stride - 1, row = i / values.size(3) % values.size(2) * stride - 1;
        const int64_t plane = i / values.size(3) / values.size(2) * 7 * 150;
        double best = -1e9, place = -1;
        for (int64_t k = 0; k < 9; ++k) {
          const int64_t r = row + k / 3, s = col + k % 3;
          if (r < 0 || r >= 7 || s < 0 || s >= 150 || at(x, plane + r * 150 + s) <= best) continue;
          best = at(x, plane + r * 150 + s), place = static_cast<double>(r * 150 + s);
        }
        wrong += at(values, i) != best || at(places, i) != place;
      }
      CHECK_EQ(wrong, 0);
    }
  }
  const Tensor x = numbers({1, 1, 2, 8}, DType::Float32, 0);
  x.data_as<float>()[3] = std::nanf("");
  const auto [values, places] = ops::max_pool(x, {2, 2}, {2, 2}, {0, 0}, {1, 1}, false);
  CHECK(std::isnan(at(values, 1)) && !std::isnan(at(values, 0)));
  CHECK_EQ(at(places, 1), 3.0);
}

TEST("patches and back") {
  const Tensor x = numbers({2, 3, 5, 6}, DType::Float32, 1);
  const Tensor columns = ops::im2col(x, {2, 3}, {1, 1}, {1, 0}, {1, 3});
  CHECK_EQ(columns.shape(), (Dims{2, 18, 12}));
  const Tensor back = ops::col2im(columns, {5, 6}, {2, 3}, {1, 1}, {1, 0}, {1, 3});
  // Every row is in two windows, every column in one.
  for (int64_t i = 0; i < x.numel(); ++i) CHECK_EQ(at(back, i), 2 * at(x, i));
}

}  // namespace
}  // namespace strided
