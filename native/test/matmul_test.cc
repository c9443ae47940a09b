#include "native/core/error.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

namespace strided {
namespace {

// 0, 1, 2 … in this shape.
Tensor counted(const Dims& shape, DType dtype = DType::Float32) {
  const Tensor out = empty(shape, DType::Float32);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_as<float>()[i] = static_cast<float>(i);
  return to_dtype(out, dtype);
}

Tensor transposed(const Tensor& t) { return t.with_layout(transpose(t.layout(), -1, -2)); }

double at(const Tensor& t, int64_t i) { return to_dtype(contiguous(t), DType::Float64).data_as<double>()[i]; }

// The sum that element (i, j) of x y is.
double element(const Tensor& x, const Tensor& y, int64_t i, int64_t j) {
  double sum = 0;
  for (int64_t q = 0; q < x.size(1); ++q) sum += at(x, i * x.size(1) + q) * at(y, q * y.size(1) + j);
  return sum;
}

TEST("mm in every dtype and layout") {
  for (DType dtype : kAllDTypes) {
    if (dtype == DType::Bool) continue;
    const Tensor a = counted({3, 2}, dtype), b = counted({2, 4}, dtype);
    for (const Tensor& x : {a, transposed(contiguous(transposed(a)))}) {
      for (const Tensor& y : {b, transposed(contiguous(transposed(b)))}) {
        const Tensor product = ops::mm(x, y);
        CHECK_EQ(product.shape(), (Dims{3, 4}));
        CHECK_EQ(static_cast<int>(product.dtype()), static_cast<int>(dtype));
        CHECK(product.is_contiguous());
        for (int64_t i = 0; i < 12; ++i) CHECK_EQ(at(product, i), element(a, b, i / 4, i % 4));
      }
    }
  }
}

TEST("what is added is broadcast, scaled, and unread where beta is 0") {
  const Tensor x = counted({2, 3}), y = counted({3, 2});
  const Tensor row = counted({2});
  const Tensor out = ops::addmm(row, x, y, Scalar(2), Scalar(0.5));
  for (int64_t i = 0; i < 4; ++i)
    CHECK_EQ(at(out, i), 2 * static_cast<double>(i % 2) + 0.5 * element(x, y, i / 2, i % 2));
  const Tensor nan = empty({}, DType::Float32);
  *nan.data_as<float>() = std::nanf("");
  CHECK_EQ(at(ops::addmm(nan, x, y, Scalar(0), Scalar(1)), 0), element(x, y, 0, 0));
  CHECK_EQ(at(ops::addmv(row, x, counted({3}), Scalar(1), Scalar(1)), 1), 1 + 4 + 10.0);
}

TEST("batches, and their sum") {
  for (DType dtype : {DType::Float64, DType::Int32, DType::BFloat16}) {
    const Tensor x = counted({2, 2, 3}, dtype), y = counted({2, 3, 2}, dtype);
    const Tensor products = ops::bmm(x, y), one = counted({1}, dtype);
    const Tensor total = ops::addbmm(one, x, y, Scalar(1), Scalar(1));
    for (int64_t i = 0; i < 4; ++i) {
      const double first =
          element(x.with_layout(select(x.layout(), 0, 0)), y.with_layout(select(y.layout(), 0, 0)), i / 2, i % 2);
      CHECK_EQ(at(products, i), first);
      CHECK_EQ(at(total, i), first + at(products, 4 + i));
    }
  }
  const Tensor none = ops::addbmm(counted({2, 2}), counted({0, 2, 3}), counted({0, 3, 2}), Scalar(3), Scalar(1));
  CHECK_EQ(at(none, 3), 9.0);
}

TEST("vectors with any stride") {
  const Tensor x = counted({6}).with_layout(slice(contiguous_layout({6}), 0, 0, 6, 2));
  const Tensor same = counted({1}).with_layout(expand(contiguous_layout({1}), {3}));
  CHECK_EQ(at(ops::dot(x, x), 0), 20.0);
  CHECK_EQ(at(ops::dot(same, to_dtype(x, DType::Float32)), 0), 0.0);
  CHECK_EQ(at(ops::dot(to_dtype(same, DType::Float16), to_dtype(x, DType::Float16)), 0), 0.0);
  CHECK_EQ(at(ops::mv(counted({2, 3}), x), 1), 0 * 3 + 2 * 4 + 4 * 5.0);
}

TEST("products that cannot be") {
  CHECK_THROWS("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", ops::mm(counted({2, 3}), counted({4, 5})));
  CHECK_THROWS("but got: unsigned char != short int",
               ops::mm(counted({1, 1}, DType::UInt8), counted({1, 1}, DType::Int16)));
  CHECK_THROWS("\"dot\" not implemented for 'Bool'", ops::dot(counted({2}, DType::Bool), counted({2}, DType::Bool)));
}

TEST("nll_loss weighs, ignores, and refuses classes that are not there") {
  const Tensor x = counted({2, 3}), target = counted({2}, DType::Int64), weight = counted({3});
  auto [mean, total] = ops::nll_loss(x, target, weight, 1, -100);
  CHECK_EQ(at(total, 0), 1.0);
  CHECK_EQ(at(mean, 0), -4.0);
  auto [sum, counts] = ops::nll_loss(x, target, {}, 2, 1);
  CHECK_EQ(at(sum, 0), 0.0);
  CHECK_EQ(at(counts, 0), 1.0);
  const Tensor gradient = ops::nll_loss_backward(mean, x, target, weight, 1, -100, total);
  CHECK_EQ(at(gradient, 4), 4.0);
  CHECK_EQ(at(gradient, 0), 0.0);
  CHECK_THROWS("Target 3 is out of bounds.", ops::nll_loss(counted({4, 3}), counted({4}, DType::Int64), {}, 1, -100));
}

}  // namespace
}  // namespace strided
