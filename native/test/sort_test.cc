// Rows in order, by every way that lengths take.
#include "native/kernels/sort.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "native/core/parallel.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

using namespace strided;

namespace {

/// Numbers with many ties.
template <class T>
Tensor sample(int64_t n, DType dtype) {
  const Tensor x = empty({n}, dtype);
  uint32_t state = 7;
  for (int64_t i = 0; i < n; ++i) {
    state = state * 1664525u + 1013904223u;
    x.data_as<T>()[i] = static_cast<T>(static_cast<int32_t>(state >> 20) - 2048) / T(8);
  }
  return x;
}

template <class T>
bool sorts(int64_t n, DType dtype, bool descending) {
  const Tensor x = sample<T>(n, dtype);
  const T* values = x.data_as<T>();
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return descending ? values[a] > values[b] : values[a] < values[b]; });
  const auto in_order = [&](const std::tuple<Tensor, Tensor>& pair, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t at = order[static_cast<size_t>(i)];
      if (std::get<1>(pair).template data_as<int64_t>()[i] != at) return false;
      if (std::get<0>(pair).template data_as<T>()[i] != values[at]) return false;
    }
    return true;
  };
  for (int64_t k : {int64_t{1}, n / 40, n / 10}) {
    if (!in_order(ops::topk(x, k, 0, descending, true), k)) return false;
  }
  return in_order(ops::sort(x, 0, descending), n);
}

}  // namespace

TEST("sort and topk agree with a stable sort, whatever the length and the number of threads") {
  const int threads = num_threads();
  for (int t : {1, 3}) {
    set_num_threads(t);
    for (int64_t n : {10, 16, 17, 300, 400, 3000, 70001}) {
      for (bool descending : {false, true}) {
        CHECK(sorts<float>(n, DType::Float32, descending));
        CHECK(sorts<double>(n, DType::Float64, descending));
        CHECK(sorts<int32_t>(n, DType::Int32, descending));
        CHECK(sorts<int64_t>(n, DType::Int64, descending));
      }
    }
  }
  set_num_threads(threads);
}
