// Copies and element-wise ops over operands in different orders, against the definition.
#include <algorithm>
#include <numeric>

#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

using namespace strided;

namespace {

constexpr DType kOfEachSize[] = {DType::UInt8, DType::Int16, DType::Float32, DType::Float64};

Tensor counted(const Dims& shape, DType dtype) {
  const Tensor x = empty(shape, DType::Float64);
  for (int64_t i = 0; i < x.numel(); ++i) x.data_as<double>()[i] = static_cast<double>(i % 127);
  return to_dtype(x, dtype);
}

double read(const Tensor& x, int64_t position) {
  int64_t offset = 0;
  for (int d = x.dim() - 1; d >= 0; --d) {
    offset += position % x.size(d) * x.stride(d);
    position /= x.size(d);
  }
  switch (x.dtype()) {
    case DType::UInt8: return x.data_as<uint8_t>()[offset];
    case DType::Int16: return x.data_as<int16_t>()[offset];
    case DType::Int64: return static_cast<double>(x.data_as<int64_t>()[offset]);
    case DType::Float32: return x.data_as<float>()[offset];
    default: return x.data_as<double>()[offset];
  }
}

int64_t differences(const Tensor& a, const Tensor& b) {
  int64_t wrong = a.shape() == b.shape() ? 0 : 1;
  for (int64_t i = 0; i < a.numel() && !wrong; ++i) wrong += read(a, i) != read(b, i);
  return wrong;
}

Tensor broadcast(const Tensor& x, const Dims& shape) { return x.with_layout(expand(x.layout(), shape)); }

/// x + y as the definition says it.
int64_t wrong_sums(const Tensor& sum, const Tensor& x, const Tensor& y) {
  const Tensor a = broadcast(x, sum.shape()), b = broadcast(y, sum.shape());
  int64_t wrong = 0;
  for (int64_t i = 0; i < sum.numel(); ++i) wrong += read(sum, i) != read(a, i) + read(b, i);
  return wrong;
}

Tensor permuted(const Tensor& x, const Dims& order) { return x.with_layout(permute(x.layout(), order)); }
Tensor transposed(const Tensor& x) { return permuted(x, {1, 0}); }

}  // namespace

TEST("a contiguous copy of a transposed matrix has its elements, whatever their size") {
  const int64_t sizes[][2] = {{2, 2},  {31, 33}, {64, 5},   {1, 40},  {200, 130}, {3, 1000}, {1000, 3},
                              {4, 77}, {77, 4},  {513, 17}, {7, 100}, {100, 12},  {9, 11},   {2, 300}};
  for (const auto& [rows, columns] : sizes) {
    for (DType dtype : kOfEachSize) {
      const Tensor x = transposed(counted({columns, rows}, dtype));
      CHECK_EQ(differences(contiguous(x), x), 0);
    }
  }
}

TEST("copies of every permutation of four dimensions, into both orders, with one thread and with two") {
  const int threads = num_threads();
  for (const Dims& shape : {Dims{3, 17, 5, 20}, Dims{16, 2, 33, 4}, Dims{9, 40, 1, 130}}) {
    Dims order{0, 1, 2, 3};
    do {
      for (DType dtype : kOfEachSize) {
        const Tensor x = permuted(counted(shape, dtype), order);
        for (int count : {1, 2}) {
          set_num_threads(count);
          const Tensor copy = contiguous(x);
          CHECK_EQ(differences(copy, x), 0);
          const Tensor back = empty_strided(x.shape(), x.strides(), dtype);
          copy_into(back, copy);
          CHECK_EQ(differences(back, x), 0);
        }
      }
    } while (std::next_permutation(order.begin(), order.end()));
  }
  set_num_threads(threads);
}

TEST("copies of slices, of expanded and of reversed dimensions") {
  for (DType dtype : kOfEachSize) {
    const Tensor x = counted({70, 50}, dtype);
    const Layout every = slice(slice(x.layout(), 0, 3, 67, 2), 1, 1, 49, 3);
    const Tensor cases[] = {
        x.with_layout(every),
        transposed(x.with_layout(every)),
        broadcast(counted({1, 50}, dtype), {70, 50}),
        broadcast(counted({70, 1}, dtype), {70, 50}),
        broadcast(counted({1, 2000}, dtype), {7, 2000}),
        broadcast(counted({900, 1}, dtype), {900, 2}),
        broadcast(counted({900, 1}, dtype), {900, 3}),
        broadcast(counted({900, 1}, dtype), {900, 4}),
        broadcast(counted({1, 1, 3}, dtype), {40, 50, 3}),
        transposed(broadcast(counted({1, 50}, dtype), {70, 50})),
    };
    for (const Tensor& from : cases) CHECK_EQ(differences(contiguous(from), from), 0);
    for (const Dims& dims : {Dims{0}, Dims{1}, Dims{0, 1}}) {
      const Tensor flipped = ops::flip(x, dims);
      int64_t wrong = 0;
      for (int64_t r = 0; r < 70; ++r) {
        for (int64_t c = 0; c < 50; ++c) {
          const int64_t from_r = dims[0] == 0 ? 69 - r : r, from_c = dims[dims.size() - 1] == 1 ? 49 - c : c;
          wrong += read(flipped, r * 50 + c) != read(x, from_r * 50 + from_c);
        }
      }
      CHECK_EQ(wrong, 0);
    }
  }
}

TEST("sums of operands that disagree about the order of dimensions") {
  const int threads = num_threads();
  for (int count : {1, 2}) {
    set_num_threads(count);
    for (DType dtype : {DType::Float32, DType::Float64, DType::Int16, DType::Int64}) {
      const Tensor x = counted({130, 210}, dtype), y = transposed(counted({210, 130}, DType::Float32));
      for (const Tensor& other : {y, to_dtype(y, dtype), to_dtype(y, DType::Int16)}) {
        CHECK_EQ(wrong_sums(binary(BinaryOp::add, x, other), x, other), 0);
        CHECK_EQ(wrong_sums(binary(BinaryOp::add, other, x), other, x), 0);
      }
      const Tensor a = counted({6, 30, 40}, dtype), b = permuted(counted({40, 6, 30}, dtype), {1, 2, 0});
      const Tensor c = permuted(counted({30, 40, 6}, dtype), {2, 0, 1});
      CHECK_EQ(wrong_sums(binary(BinaryOp::add, a, b), a, b), 0);
      CHECK_EQ(wrong_sums(binary(BinaryOp::add, b, c), b, c), 0);
    }
  }
  set_num_threads(threads);
}

TEST("sums with short rows and broadcast operands") {
  for (DType dtype : {DType::Float32, DType::Int16}) {
    for (int64_t n : {1, 2, 3, 4, 5, 17, 32, 33, 65}) {
      const Tensor x = counted({700, n}, dtype), row = counted({n}, dtype), column = counted({700, 1}, dtype);
      const Tensor wide = to_dtype(column, DType::Float64);
      for (const Tensor& y : {row, column, wide}) {
        CHECK_EQ(wrong_sums(binary(BinaryOp::add, x, y), x, y), 0);
        CHECK_EQ(wrong_sums(binary(BinaryOp::add, y, x), y, x), 0);
      }
      CHECK_EQ(wrong_sums(binary(BinaryOp::add, column, row), column, row), 0);
      const Tensor cube = counted({5, 60, n}, dtype), middle = counted({5, 1, n}, dtype);
      CHECK_EQ(wrong_sums(binary(BinaryOp::add, cube, middle), cube, middle), 0);
    }
  }
}

TEST("an op in place reads operands in another order before it writes") {
  const Tensor x = counted({90, 70}, DType::Float32), y = transposed(counted({70, 90}, DType::Float32));
  const Tensor before = clone(x);
  binary(BinaryOp::add, x, y, x);
  CHECK_EQ(wrong_sums(x, before, y), 0);
  const Tensor slice_of = x.with_layout(slice(x.layout(), 1, 0, 70, 2)), kept = contiguous(slice_of);
  const Tensor other = transposed(counted({35, 90}, DType::Float32));
  binary(BinaryOp::add, slice_of, other, slice_of);
  CHECK_EQ(wrong_sums(slice_of, kept, other), 0);
}

TEST("results too large for the cache, whole and from the middle of a storage, with one thread and with two") {
  const int threads = num_threads();
  const int64_t n = 2'100'000;
  const Tensor x = empty({n + 3}, DType::Float32), row = empty({1500}, DType::Float32),
               out = empty({n + 3}, DType::Float32);
  for (int64_t i = 0; i < n + 3; ++i) x.data_as<float>()[i] = static_cast<float>(i);
  for (int64_t i = 0; i < 1500; ++i) row.data_as<float>()[i] = static_cast<float>(i % 7);
  for (int count : {1, 2}) {
    set_num_threads(count);
    for (int64_t start : {0, 3}) {
      const Tensor from = x.with_layout({{n}, {1}, start}), to = out.with_layout({{n}, {1}, start});
      binary(BinaryOp::add, from, Scalar(1), to);
      int64_t wrong = 0;
      for (int64_t i = 0; i < n; ++i) wrong += to.data_as<float>()[i] != static_cast<float>(i + start) + 1;
      const Tensor lines = from.with_layout({{1400, 1500}, {1500, 1}, start}), sums = to.with_layout(lines.layout());
      binary(BinaryOp::add, lines, row, sums);
      for (int64_t i = 0; i < n; ++i) {
        wrong += to.data_as<float>()[i] != static_cast<float>(i + start) + static_cast<float>(i % 1500 % 7);
      }
      fill_with(to, Scalar(5));
      for (int64_t i = 0; i < n; ++i) wrong += to.data_as<float>()[i] != 5;
      CHECK_EQ(wrong, 0);
    }
  }
  set_num_threads(threads);
}
