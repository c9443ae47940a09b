// Indexing, scattering and joining: addresses, bounds, duplicates, dtypes; large ones so that threads share the work.
#include <limits>

#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

using namespace strided;

namespace {

template <class T>
Tensor make(const Dims& shape, DType dtype, std::initializer_list<T> values) {
  Tensor out = empty(shape, dtype);
  std::copy(values.begin(), values.end(), out.data_as<T>());
  return out;
}
Tensor longs(const Dims& shape, std::initializer_list<int64_t> values) {
  return make<int64_t>(shape, DType::Int64, values);
}
Tensor bools(const Dims& shape, std::initializer_list<bool> values) { return make<bool>(shape, DType::Bool, values); }

Tensor range(const Dims& shape, DType dtype = DType::Float32) {
  Tensor out = empty(shape, DType::Float64);
  for (int64_t i = 0; i < out.numel(); ++i) out.data_as<double>()[i] = static_cast<double>(i);
  return to_dtype(out, dtype);
}
Tensor transposed(const Tensor& x) { return x.with_layout(transpose(x.layout(), 0, 1)); }
Tensor filled(const Dims& shape, double value, DType dtype = DType::Float32) {
  return ops::full(shape, Scalar(value), dtype);
}

/// The elements in row-major order, separated by spaces.
std::string text(const Tensor& t) {
  const Tensor dense = contiguous(to_dtype(t, DType::Float64));
  std::ostringstream out;
  for (int64_t i = 0; i < dense.numel(); ++i) out << (i ? " " : "") << dense.data_as<double>()[i];
  return out.str();
}

}  // namespace

TEST("index: one tensor, negative indices, of every dtype") {
  for (DType dtype : kAllDTypes) {
    const Tensor x = range({3, 2}, dtype);
    const Tensor y = ops::index(x, {longs({2}, {-1, 0})}, {0});
    CHECK_EQ(y.shape(), (Dims{2, 2}));
    CHECK_EQ(text(y), dtype == DType::Bool ? "1 1 0 1" : "4 5 0 1");
  }
}

TEST("index: dimensions of the result stay in place for neighbours, else come first") {
  const Tensor x = range({2, 3, 4});
  const Tensor i = longs({2}, {0, 1}), column = longs({2, 1}, {0, 1});
  CHECK_EQ(ops::index(x, {i, i}, {1, 2}).shape(), (Dims{2, 2}));
  CHECK_EQ(text(ops::index(x, {i, i}, {1, 2})), "0 5 12 17");
  CHECK_EQ(ops::index(x, {i, i}, {0, 2}).shape(), (Dims{2, 3}));
  CHECK_EQ(text(ops::index(x, {i, i}, {0, 2})), "0 4 8 13 17 21");
  CHECK_EQ(ops::index(x, {column, i}, {1, 2}).shape(), (Dims{2, 2, 2}));
  CHECK_EQ(text(ops::index(x, {column, i}, {1, 2})), "0 1 4 5 12 13 16 17");
}

TEST("index: masks over several dimensions, dense or not") {
  const Tensor x = range({2, 3, 2});
  const Tensor mask = bools({2, 3}, {true, false, true, false, true, false});
  CHECK_EQ(text(ops::index(x, {mask}, {0})), "0 1 4 5 8 9");
  const Tensor y = ops::permute(x, {1, 0, 2});
  CHECK_EQ(text(ops::index(y, {ops::permute(mask, {1, 0})}, {0})), "0 1 8 9 4 5");
  CHECK_EQ(text(ops::index(x, {mask, longs({3}, {1, 0, 1})}, {0, 2})), "1 4 9");
  CHECK_THROWS(
      "The shape of the mask [2, 3] at index 1 does not match the shape of the indexed tensor [2, 2, 3] at index 1",
      ops::index(range({2, 2, 3}), {mask}, {0}));
}

TEST("index: errors leave nothing written") {
  const Tensor x = range({3, 2});
  CHECK_THROWS("index 5 is out of bounds for dimension 0 with size 3", ops::index(x, {longs({2}, {0, 5})}, {0}));
  CHECK_THROWS("index -4 is out of bounds for dimension 0 with size 3",
               ops::index_put_(x, {longs({2}, {0, -4})}, {0}, filled({}, 9), false));
  CHECK_THROWS("shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]",
               ops::index(x, {longs({2}, {0, 1}), longs({3}, {0, 1, 1})}, {0, 1}));
  CHECK_THROWS("tensors used as indices must be long, int, byte or bool tensors", ops::index(x, {filled({1}, 0)}, {0}));
  CHECK_THROWS(
      "Index put requires the source and destination dtypes match, got Float for the destination and Long for the "
      "source.",
      ops::index_put_(x, {longs({1}, {0})}, {0}, longs({}, {1}), false));
  CHECK_THROWS("shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape [1, 2]",
               ops::index_put_(x, {longs({1}, {0})}, {0}, filled({3}, 1), false));
  CHECK_EQ(text(x), "0 1 2 3 4 5");
}

TEST("index_put_: accumulates duplicates, else the last one stays; what is written is not read") {
  const Tensor i = longs({3}, {1, 1, 0});
  CHECK_EQ(text(ops::index_put_(filled({2}, 0), {i}, {0}, range({3}), true)), "2 1");
  CHECK_EQ(text(ops::index_put_(filled({2}, 0), {i}, {0}, range({3}), false)), "2 1");
  const Tensor x = range({2, 2});
  const Tensor backwards = transposed(x);
  CHECK_THROWS("refer to a single memory location", ops::index_put_(x, {longs({2}, {0, 1})}, {0}, backwards, true));
}

TEST("gather and scatter: along each dimension, strided, with too large sources") {
  const Tensor x = transposed(range({3, 2}));
  CHECK_EQ(text(ops::gather(x, 1, longs({2, 2}, {2, 0, 1, 1}))), "4 0 3 3");
  CHECK_EQ(text(ops::gather(x, 0, longs({1, 3}, {1, 0, 1}))), "1 2 5");
  CHECK_EQ(text(ops::scatter_(filled({2, 3}, 0), 1, longs({2, 1}, {2, 0}), range({2, 4}), 0)), "0 0 0 4 0 0");
  CHECK_EQ(text(ops::scatter_(filled({3}, 1), 0, longs({4}, {0, 0, 2, 0}), range({4}), 1)), "5 1 3");
  CHECK_EQ(text(ops::scatter_value_(filled({3}, 3), 0, longs({2}, {1, 1}), Scalar(2), 2)), "3 12 3");
  CHECK_THROWS("index 3 is out of bounds for dimension 0 with size 3", ops::gather(range({3}), 0, longs({1}, {3})));
  CHECK_THROWS(
      "Expected index [2, 3] to be no larger than self [2, 3] apart from dimension 0 and to be no larger size than src "
      "[1, 3]",
      ops::scatter_(filled({2, 3}, 0), 0, longs({2, 3}, {0, 0, 0, 0, 0, 0}), range({1, 3}), 0));
  CHECK_THROWS("value cannot be converted to type uint8_t without overflow",
               ops::scatter_value_(filled({1}, 0, DType::UInt8), 0, longs({1}, {0}), Scalar(300), 0));
}

TEST("scatter_reduce_: every reduction, with and without what was there") {
  const Tensor index = longs({4}, {0, 0, 2, 2});
  const Tensor values = make<float>({4}, DType::Float32, {2, 4, -3, 5});
  auto reduced = [&](int64_t reduce, bool include) {
    return text(ops::scatter_reduce_(filled({3}, 10), 0, index, values, reduce, include));
  };
  CHECK_EQ(reduced(0, true), "16 10 12");
  CHECK_EQ(reduced(0, false), "6 10 2");
  CHECK_EQ(reduced(1, true), "80 10 -150");
  CHECK_EQ(reduced(2, false), "3 10 1");
  CHECK_EQ(reduced(3, false), "4 10 5");
  CHECK_EQ(reduced(4, true), "2 10 -3");
  const Tensor nan = filled({4}, std::numeric_limits<double>::quiet_NaN());
  CHECK_EQ(text(ops::scatter_reduce_(filled({3}, 10), 0, index, nan, 3, true)), "nan 10 nan");
}

TEST("index_select, index_add_, index_copy_, index_fill_: along inner and outer dimensions") {
  const Tensor x = range({2, 3});
  CHECK_EQ(text(ops::index_select(x, 1, longs({2}, {2, 0}))), "2 0 5 3");
  CHECK_EQ(text(ops::index_select(transposed(x), 0, longs({1}, {1}))), "1 4");
  CHECK_EQ(text(ops::index_add_(filled({2, 3}, 0), 0, longs({2}, {1, 1}), x, Scalar(2.0))), "0 0 0 6 10 14");
  CHECK_EQ(text(ops::index_copy_(filled({3, 2}, 0), 0, longs({2}, {2, 0}), range({2, 2}))), "2 3 0 0 0 1");
  CHECK_EQ(text(ops::index_fill_(range({2, 2}), 1, longs({1}, {-1}), Scalar(7))), "0 7 2 7");
  CHECK_THROWS("index out of range in self", ops::index_select(x, 0, longs({1}, {-1})));
  CHECK_THROWS(
      "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: 2 3 at dimension "
      "1 and "
      "source slice shape: 2 4 at dimension 1.",
      ops::index_copy_(filled({2, 1, 3}, 0), 1, longs({1}, {0}), filled({2, 1, 4}, 0)));
}

TEST("index_select: whole rows, of any width, in pieces that threads share; none at all") {
  for (int64_t columns : {1, 2, 3, 70}) {
    const Tensor x = range({50, columns});
    const Tensor y = ops::index_select(x, 0, ops::flip(range({50}, DType::Int64), {0}));
    CHECK_EQ(text(y), text(ops::flip(x, {0})));
    CHECK_EQ(ops::index(x, {empty({0}, DType::Int64)}, {0}).shape(), (Dims{0, columns}));
  }
  const Tensor wide = ops::index(range({3, 40000}), {longs({2, 2}, {2, -2, 0, 1})}, {0});
  CHECK_EQ(wide.data_as<float>()[40000], 40000);
  CHECK_EQ(wide.data_as<float>()[159999], 79999);
}

TEST("take and put_: positions of a strided tensor") {
  const Tensor x = transposed(range({2, 3}));
  CHECK_EQ(text(ops::take(x, longs({3}, {1, -1, 2}))), "3 5 1");
  const Tensor y = transposed(filled({2, 2}, 0));
  CHECK_EQ(text(ops::put_(y, longs({3}, {1, 1, 2}), range({3}), true)), "0 1 2 0");
  CHECK_THROWS("out of range: tried to access index 6 on a tensor of 6 elements.", ops::take(x, longs({1}, {6})));
}

TEST("masks: nonzero, masked_select, masked_fill, masked_scatter_") {
  const Tensor mask = bools({2, 2}, {true, false, false, true});
  CHECK_EQ(text(ops::nonzero(mask)), "0 0 1 1");
  CHECK_EQ(ops::nonzero(mask).strides(), (Dims{1, 2}));
  CHECK_EQ(text(ops::masked_select(range({2}), mask)), "0 1");
  CHECK_EQ(text(ops::masked_fill(range({2}), mask, Scalar(9))), "9 1 0 9");
  CHECK_EQ(text(ops::masked_scatter_(transposed(range({2, 2})), bools({2}, {false, true}), filled({2}, 7))), "0 7 1 7");
  CHECK_THROWS("masked_fill_ only supports boolean masks, but got mask with dtype long int",
               ops::masked_fill(range({2}), longs({2}, {0, 1}), Scalar(1)));
  CHECK_THROWS("Number of elements of source < number of ones in mask",
               ops::masked_scatter_(range({2, 2}), mask, filled({1}, 7)));
}

TEST("embedding and its gradient: duplicates, padding, frequencies") {
  const Tensor indices = longs({2, 2}, {1, 1, 0, 2});
  CHECK_EQ(text(ops::embedding(range({3, 2}), indices)), "2 3 2 3 0 1 4 5");
  const Tensor ones = filled({2, 2, 2}, 1);
  CHECK_EQ(text(ops::embedding_dense_backward(ones, indices, 3, -1, false)), "1 1 2 2 1 1");
  CHECK_EQ(text(ops::embedding_dense_backward(ones, indices, 3, 0, true)), "0 0 1 1 1 1");
}

TEST("joining: dtypes promote, empty vectors are passed over") {
  const Tensor joined = ops::cat({longs({1}, {7}), empty({0}, DType::Float32), filled({2}, 1)}, 0);
  CHECK_EQ(joined.dtype() == DType::Float32, true);
  CHECK_EQ(text(joined), "7 1 1");
  CHECK_EQ(text(ops::stack({range({2}), range({2})}, -1)), "0 0 1 1");
  CHECK_THROWS(
      "Sizes of tensors must match except in dimension 1. Expected size 2 but got size 3 for tensor number 1 in the "
      "list.",
      ops::cat({range({2, 1}), range({3, 1})}, 1));
  CHECK_THROWS("stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
               ops::stack({range({2}), range({3})}, 0));
}

TEST("repeat, roll, flip, triangles") {
  CHECK_EQ(text(ops::repeat(range({2}), {2, 2})), "0 1 0 1 0 1 0 1");
  CHECK_EQ(text(ops::roll(range({5}), {2}, {0})), "3 4 0 1 2");
  CHECK_EQ(text(ops::roll(range({2, 2}), {-1}, {})), "1 2 3 0");
  CHECK_EQ(text(ops::flip(range({2, 2}), {0, 1})), "3 2 1 0");
  CHECK_EQ(text(ops::tril(filled({2, 3}, 1), 0)), "1 0 0 1 1 0");
  CHECK_EQ(text(ops::triu(filled({2, 3}, 1), std::numeric_limits<int64_t>::max())), "0 0 0 0 0 0");
  CHECK_EQ(text(ops::tril_indices(2, 2, 0)), "0 1 1 0 0 1");
  CHECK_EQ(text(ops::repeat_interleave(longs({3}, {2, 0, 1}), std::nullopt)), "0 0 2");
}

TEST("index_put_ and index_add_: large, many duplicates, the same with one thread and several") {
  const int64_t n = 40000, rows = 97, columns = 24;
  Tensor index = empty({n}, DType::Int64);
  for (int64_t i = 0; i < n; ++i) index.data_as<int64_t>()[i] = i * i % rows;
  const Tensor values = ops::to_dtype(binary(BinaryOp::mul, range({n, columns}), Scalar(1e-3)), DType::Float32);
  const int threads = num_threads();
  std::string results[2];
  for (int run = 0; run < 2; ++run) {
    set_num_threads(run ? 2 : 1);
    const Tensor sums = ops::index_add_(filled({rows, columns}, 0), 0, index, values, Scalar(1));
    const Tensor last = ops::index_put_(filled({rows, columns}, 0), {index}, {0}, values, false);
    results[run] = text(sums) + text(last) + text(ops::index(sums, {index}, {0}));
  }
  set_num_threads(threads);
  CHECK(results[0] == results[1]);
}

TEST("gather and scatter of large tensors along every dimension, whatever the number of threads") {
  const int threads = num_threads();
  const Dims shape{70, 90, 80};
  for (int64_t dim : {0, 1, 2}) {
    const int64_t size = shape[static_cast<int>(dim)];
    const Tensor x = range(shape), index = empty(shape, DType::Int64), source = range(shape);
    for (int64_t i = 0; i < index.numel(); ++i) index.data_as<int64_t>()[i] = i * 7919 % 104729 % size;
    const int64_t step = x.stride(static_cast<int>(dim));
    const auto place = [&](int64_t i) { return i - i / step % size * step + index.data_as<int64_t>()[i] * step; };
    std::vector<float> expected(static_cast<size_t>(x.numel()));
    for (int64_t i = 0; i < x.numel(); ++i) expected[static_cast<size_t>(place(i))] += static_cast<float>(i) + 0.25f;
    for (int count : {1, 2, 3}) {
      set_num_threads(count);
      const Tensor taken = ops::gather(x, dim, index), sums = filled(shape, 0), last = filled(shape, -1);
      ops::scatter_(sums, dim, index, binary(BinaryOp::add, source, Scalar(0.25)), 1);
      ops::scatter_(last, dim, index, source, 0);
      int64_t wrong = 0;
      for (int64_t i = 0; i < x.numel(); ++i) {
        wrong += taken.data_as<float>()[i] != static_cast<float>(place(i));
        wrong += sums.data_as<float>()[i] != expected[static_cast<size_t>(i)];
        wrong += last.data_as<float>()[place(i)] < static_cast<float>(i);
      }
      CHECK_EQ(wrong, 0);
      const Tensor bad = clone(index);
      bad.data_as<int64_t>()[400000] = size;
      CHECK_THROWS("is out of bounds for dimension " + std::to_string(dim), ops::gather(x, dim, bad));
      CHECK_THROWS("is out of bounds for dimension " + std::to_string(dim), ops::scatter_(sums, dim, bad, source, 1));
    }
  }
  set_num_threads(threads);
}

TEST("where and triangles of every size of element") {
  for (DType dtype : {DType::Bool, DType::UInt8, DType::Int16, DType::Float32, DType::Float64}) {
    const Tensor x = to_dtype(range({67}), dtype), y = to_dtype(filled({67}, 1), dtype), odd = empty({67}, DType::Bool);
    for (int64_t i = 0; i < 67; ++i) odd.data_as<bool>()[i] = i % 2 == 1;
    const Tensor both = to_dtype(ops::where(odd, x, y), DType::Float64);
    const Tensor number = to_dtype(ops::where(odd, y, Scalar(dtype == DType::Bool)), DType::Float64);
    const Tensor wide = to_dtype(x, DType::Float64);
    for (int64_t i = 0; i < 67; ++i) {
      CHECK_EQ(both.data_as<double>()[i], i % 2 == 1 ? wide.data_as<double>()[i] : 1.0);
      CHECK_EQ(number.data_as<double>()[i], i % 2 == 1 || dtype == DType::Bool ? 1.0 : 0.0);
    }
    const Tensor ones = to_dtype(filled({2, 3, 4}, 1), dtype);
    CHECK_EQ(text(ops::tril(ones, 0)), "1 0 0 0 1 1 0 0 1 1 1 0 1 0 0 0 1 1 0 0 1 1 1 0");
    CHECK_EQ(text(ops::triu(ones, 1)), "0 1 1 1 0 0 1 1 0 0 0 1 0 1 1 1 0 0 1 1 0 0 0 1");
    CHECK_EQ(text(ops::tril(transposed(to_dtype(filled({2, 3}, 1), dtype)), -1)), "0 0 1 0 1 1");
  }
}
