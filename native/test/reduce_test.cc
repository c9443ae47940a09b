#include <limits>

#include "native/core/parallel.h"
#include "native/kernels/select.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

namespace strided {
namespace {

const double kInf = std::numeric_limits<double>::infinity();
const double kNan = std::numeric_limits<double>::quiet_NaN();

/// Every instruction set that this machine has, in turn.
template <class F>
void for_each_isa(F f) {
  const Isa before = active_isa();
  for (Isa isa : {Isa::Baseline, Isa::Avx2, Isa::Avx512}) {
    if (!isa_available(isa)) continue;
    set_active_isa(isa);
    f();
  }
  set_active_isa(before);
}

/// Small whole numbers, so that sums and products are exact in every dtype that holds them.
Tensor numbers(const Dims& shape, DType dtype, int64_t modulus = 5) {
  const Tensor x = empty(shape, DType::Float64);
  for (int64_t i = 0; i < x.numel(); ++i)
    x.data_as<double>()[i] = static_cast<double>((i * 7 + i / 11) % modulus - modulus / 2);
  return to_dtype(x, dtype);
}

std::vector<double> values(const Tensor& x) {
  const Tensor dense = contiguous(to_dtype(x, DType::Float64));
  return {dense.data_as<double>(), dense.data_as<double>() + dense.numel()};
}

std::vector<Tensor> layouts(DType dtype) {
  const Tensor a = numbers({3, 4, 5}, dtype);
  const Tensor b = numbers({7, 1, 130}, dtype);
  const Tensor c = numbers({40, 3}, dtype);
  const Tensor d = numbers({2, 3, 2, 20}, dtype);
  return {a,
          b,
          c,
          numbers({600, 3}, dtype),
          numbers({}, dtype),
          numbers({0, 3}, dtype),
          a.with_layout(permute(a.layout(), {2, 0, 1})),
          b.with_layout(transpose(b.layout(), 0, 2)),
          c.with_layout(transpose(c.layout(), 0, 1)),
          d.with_layout(permute(d.layout(), {3, 1, 0, 2})),
          d.with_layout(slice(d.layout(), 3, 1, 19, 3)),
          c.with_layout(expand(unsqueeze(c.layout(), 1), {40, 6, 3}))};
}

/// The elements of each result, by the plainest of loops.
std::vector<std::vector<double>> groups(const Tensor& x, const std::vector<bool>& reduced) {
  int64_t results = 1;
  for (int d = 0; d < x.dim(); ++d) results *= reduced[static_cast<size_t>(d)] ? 1 : x.size(d);
  std::vector<std::vector<double>> out(static_cast<size_t>(results));
  const std::vector<double> all = values(x);
  for (size_t i = 0; i < all.size(); ++i) {
    int64_t rest = static_cast<int64_t>(i), at = 0, step = 1;
    for (int d = x.dim() - 1; d >= 0; --d) {
      const int64_t index = rest % x.size(d);
      rest /= x.size(d);
      if (reduced[static_cast<size_t>(d)]) continue;
      at += index * step;
      step *= x.size(d);
    }
    out[static_cast<size_t>(at)].push_back(all[i]);
  }
  return out;
}

template <class F>
void check_all(const Tensor& got, const std::vector<std::vector<double>>& elements, F reference, double tolerance = 0) {
  const std::vector<double> all = values(got);
  CHECK_EQ(all.size(), elements.size());
  CHECK(got.is_contiguous());
  for (size_t i = 0; i < all.size(); ++i) {
    const double want = reference(elements[i]);
    CHECK_NEAR(all[i], want, tolerance * std::max(1.0, std::abs(want)));
  }
}

double sum_of(const std::vector<double>& v) {
  double s = 0;
  for (double x : v) s += x;
  return s;
}
double deviations(const std::vector<double>& v) {
  const double mean = sum_of(v) / static_cast<double>(v.size());
  double s = 0;
  for (double x : v) s += (x - mean) * (x - mean);
  return s;
}
double largest(const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); }
double smallest(const std::vector<double>& v) { return *std::min_element(v.begin(), v.end()); }

void check_dims(const Tensor& x, DType dtype) {
  for (unsigned mask = 1; mask < (1u << x.dim()); ++mask) {
    Dims dims;
    std::vector<bool> reduced;
    for (int d = 0; d < x.dim(); ++d) {
      reduced.push_back((mask >> d) & 1);
      if (reduced.back()) dims.push_back(d);
    }
    const auto elements = groups(x, reduced);
    const bool empty = !elements.empty() && elements[0].empty();
    check_all(ops::sum(x, dims, false, {}), elements, sum_of);
    check_all(ops::any(x, dims, true), elements,
              [](const auto& v) { return std::any_of(v.begin(), v.end(), [](double e) { return e != 0; }); });
    check_all(ops::all(x, dims, false), elements,
              [](const auto& v) { return std::all_of(v.begin(), v.end(), [](double e) { return e != 0; }); });
    check_all(ops::count_nonzero(x, dims), elements, [](const auto& v) {
      return static_cast<double>(std::count_if(v.begin(), v.end(), [](double e) { return e != 0; }));
    });
    if (is_floating(dtype)) {
      const double eps = is_half(dtype) ? 0.01 : 1e-6;
      check_all(ops::mean(x, dims, false, {}), elements,
                [](const auto& v) { return sum_of(v) / static_cast<double>(v.size()); }, eps);
      check_all(ops::vector_norm(x, 1, dims, false, {}), elements, [](auto v) {
        for (double& e : v) e = std::abs(e);
        return sum_of(v);
      }, eps);
      check_all(ops::var(x, dims, 0, false), elements,
                [](const auto& v) { return deviations(v) / static_cast<double>(v.size()); }, eps);
    }
    if (empty) continue;
    check_all(ops::amax(x, dims, false), elements, largest);
    check_all(ops::amin(x, dims, true), elements, smallest);
    if (dims.size() != 1) continue;
    const auto [top, where] = ops::max(x, dims[0], false);
    check_all(top, elements, largest);
    check_all(where, elements,
              [](const auto& v) { return static_cast<double>(std::max_element(v.begin(), v.end()) - v.begin()); });
    check_all(ops::argmin(x.dtype() == DType::Bool ? to_dtype(x, DType::UInt8) : x, dims[0], false), elements,
              [](const auto& v) { return static_cast<double>(std::min_element(v.begin(), v.end()) - v.begin()); });
  }
}

TEST("reductions over every set of dimensions agree with plain loops") {
  for_each_isa([] {
    for (DType dtype : kAllDTypes) {
      for (const Tensor& x : layouts(dtype)) check_dims(x, dtype);
    }
  });
}

TEST("reductions of 0-d tensors and of no elements") {
  const Tensor x = numbers({}, DType::Float32), none = numbers({0, 3}, DType::Float32);
  CHECK_EQ(ops::sum(x, {}, false, {}).shape(), Dims());
  CHECK_EQ(ops::sum(x, Dims{-1}, true, {}).shape(), Dims());
  CHECK_EQ(values(ops::sum(none, {}, false, {}))[0], 0);
  CHECK_EQ(values(ops::prod_all(none, {}))[0], 1);
  CHECK(std::isnan(values(ops::mean_all(none, {}))[0]));
  CHECK_EQ(ops::sum(none, Dims{1}, true, {}).shape(), (Dims{0, 1}));
  CHECK_EQ(ops::amax(none, Dims{1}, false).shape(), Dims{0});
  CHECK_THROWS("amax(): Expected reduction dim 0 to have non-zero size.", ops::amax(none, Dims{0}, false));
  CHECK_THROWS(
      "max(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' "
      "argument.",
      ops::max_all(none));
  CHECK_THROWS("argmin(): Expected reduction dim to be specified for input.numel() == 0.",
               ops::argmin(none, {}, false));
  CHECK_THROWS("dim 1 appears multiple times in the list of dims", ops::sum(none, Dims{1, -1}, false, {}));
  CHECK_THROWS(
      "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long",
      ops::mean_all(numbers({2}, DType::Int64), {}));
}

TEST("result dtypes of sums") {
  for (DType dtype : kAllDTypes) {
    const DType want = is_floating(dtype) ? dtype : DType::Int64;
    CHECK(ops::sum_all(numbers({4}, dtype), {}).dtype() == want);
    CHECK(ops::prod_all(numbers({4}, dtype), {}).dtype() == want);
    CHECK(ops::cumsum(numbers({4}, dtype), 0, {}).dtype() == want);
    CHECK(ops::any_all(numbers({4}, dtype)).dtype() == (dtype == DType::UInt8 ? DType::UInt8 : DType::Bool));
  }
  const Tensor x = empty({2}, DType::Float64);
  x.data_as<double>()[0] = x.data_as<double>()[1] = 1.5;
  CHECK_EQ(values(ops::sum_all(x, DType::Int32))[0], 2);
  CHECK_EQ(values(ops::sum_all(x, DType::Bool))[0], 1);
}

TEST("large sums are exact to the last places, and the same for any number of threads and any instruction set") {
  const int threads = num_threads();
  for (const Dims& shape : {Dims{3000001}, Dims{1000003, 3}, Dims{3, 1000003}, Dims{1003, 2003}, Dims{2003, 1003}}) {
    const Tensor x = empty(shape, DType::Float32);
    double want = 0;
    for (int64_t i = 0; i < x.numel(); ++i) {
      x.data_as<float>()[i] = 0.1f + static_cast<float>(i % 1000) * 1e-3f;
      want += static_cast<double>(x.data_as<float>()[i]);
    }
    std::vector<std::vector<double>> all;
    for_each_isa([&] {
      for (int n : {1, 2, 3}) {
        set_num_threads(n);
        CHECK_NEAR(values(ops::sum_all(x, {}))[0], want, want * 1.2e-7);
        for (int d = 0; d < x.dim(); ++d) {
          std::vector<double> sums = values(ops::sum(x, Dims{d}, false, {}));
          const std::vector<double> more = values(ops::var(x, Dims{d}, 1, false));
          sums.insert(sums.end(), more.begin(), more.end());
          if (all.size() <= static_cast<size_t>(d)) all.push_back(sums);
          CHECK(all[static_cast<size_t>(d)] == sums);
        }
      }
    });
  }
  set_num_threads(threads);
}

TEST("halves are summed in float32") {
  const Tensor x = empty({4096}, DType::Float16);
  fill_with(x, Scalar(1.0));
  CHECK_EQ(values(ops::sum_all(x, {}))[0], 4096);
  CHECK_EQ(values(ops::mean_all(x, {}))[0], 1);
  CHECK_EQ(values(ops::sum_all(x, DType::Float32))[0], 4096);
}

TEST("the variance of numbers far from zero") {
  const Tensor x = empty({1000}, DType::Float64);
  for (int64_t i = 0; i < 1000; ++i) x.data_as<double>()[i] = 1e9 + static_cast<double>(i % 2);
  CHECK_NEAR(values(ops::var(x, {}, 0, false))[0], 0.25, 1e-12);
  CHECK(std::isnan(values(ops::var(numbers({1}, DType::Float32), {}, 1, false))[0]));
}

TEST("NaN wins and the first of several is meant") {
  for_each_isa([] {
    for (const Dims& shape : {Dims{300, 1}, Dims{1, 300}, Dims{300, 70}}) {
      const Tensor x = numbers(shape, DType::Float32);
      const int dim = shape[0] > 1 ? 0 : 1;
      const int64_t step = x.stride(dim);
      x.data_as<float>()[130 * step] = x.data_as<float>()[200 * step] = static_cast<float>(kNan);
      for (const auto& [top, where] : {ops::max(x, dim, false), ops::min(x, dim, false)}) {
        CHECK(std::isnan(values(top)[0]));
        CHECK_EQ(values(where)[0], 130);
      }
      CHECK(std::isnan(values(ops::amax(x, Dims{dim}, false))[0]));
      CHECK(std::isnan(values(ops::min_all(x))[0]));
    }
  });
}

TEST("norms") {
  const Tensor x = numbers({2, 3}, DType::Float32);  // -2 0 2 -1 1 -2
  const auto norm = [&](double p) { return values(ops::vector_norm(x, p, {}, false, {}))[0]; };
  CHECK_EQ(norm(0), 5);
  CHECK_EQ(norm(1), 8);
  CHECK_NEAR(norm(2), std::sqrt(14.0), 1e-6);
  CHECK_NEAR(norm(3), std::cbrt(26.0), 1e-6);
  CHECK_EQ(norm(kInf), 2);
  CHECK_EQ(norm(-kInf), 0);
  CHECK_THROWS("linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long",
               ops::vector_norm(numbers({2}, DType::Int64), 2, {}, false, {}));
  CHECK_THROWS(
      "linalg.vector_norm cannot compute the inf norm on an empty tensor because the operation does not have an "
      "identity",
      ops::vector_norm(numbers({0}, DType::Float32), kInf, {}, false, {}));
}

TEST("sum_to undoes a broadcast") {
  const Tensor x = numbers({2, 3, 4}, DType::Float32);
  CHECK(ops::sum_to(x, {2, 3, 4}).is_same(x));
  CHECK(values(ops::sum_to(x, {})) == values(ops::sum_all(x, {})));
  CHECK_EQ(ops::sum_to(x, {3, 1}).shape(), (Dims{3, 1}));
  CHECK(values(ops::sum_to(x, {3, 1})) == values(ops::sum(x, Dims{0, 2}, false, {})));
}

TEST("softmax and log_softmax along any dimension, and their gradients") {
  for_each_isa([] {
    for (DType dtype : {DType::Float32, DType::Float64, DType::Float16, DType::BFloat16}) {
      const double eps = dtype == DType::Float64 ? 1e-14 : dtype == DType::Float32 ? 1e-6 : 1e-2;
      for (const Tensor& x : layouts(dtype)) {
        if (x.numel() == 0) continue;
        for (int d = 0; d < std::max(1, x.dim()); ++d) {
          const Tensor y = ops::softmax(x, d, {}), z = ops::log_softmax(x, d, {});
          const Tensor e = unary(UnaryOp::exp, to_dtype(x, DType::Float64));
          const Tensor want = binary(BinaryOp::div, e, ops::sum(e, Dims{d}, true, {}));
          const Tensor g = numbers(x.shape(), dtype, 7);
          const Tensor mix = ops::sum(binary(BinaryOp::mul, want, to_dtype(g, DType::Float64)), Dims{d}, true, {});
          const Tensor grad = binary(BinaryOp::mul, want, binary(BinaryOp::sub, to_dtype(g, DType::Float64), mix));
          const Tensor total = ops::sum(to_dtype(g, DType::Float64), Dims{d}, true, {});
          const Tensor log_grad =
              binary(BinaryOp::sub, to_dtype(g, DType::Float64), binary(BinaryOp::mul, want, total));
          const auto agree = [&](const Tensor& got, const Tensor& expected, double scale) {
            const auto a = values(got), b = values(expected);
            for (size_t i = 0; i < a.size(); ++i) CHECK_NEAR(a[i], b[i], scale * eps);
          };
          agree(y, want, 1);
          agree(z, unary(UnaryOp::log, want), 10);
          agree(ops::_softmax_backward(g, y, d), grad, 10);
          agree(ops::_log_softmax_backward(g, z, d), log_grad, 20);
        }
      }
    }
  });
}

TEST("softmax of extreme values") {
  for_each_isa([] {
    const Tensor x = empty({1, 40}, DType::Float32);
    for (int i = 0; i < 40; ++i) x.data_as<float>()[i] = static_cast<float>(-3 * i);
    const std::vector<double> y = values(ops::softmax(x, 1, {}));
    for (size_t i = 1; i < 40; ++i)
      CHECK_NEAR(y[i] / y[0], std::exp(-3.0 * static_cast<double>(i)),
                 3e-7 * std::exp(-3.0 * static_cast<double>(i)) + 3e-45);
    x.data_as<float>()[7] = static_cast<float>(kInf);
    CHECK(std::isnan(values(ops::softmax(x, 1, {}))[7]));
    fill_with(x, Scalar(-kInf));
    x.data_as<float>()[3] = 5;
    CHECK_EQ(values(ops::softmax(x, 1, {}))[3], 1);
    CHECK_EQ(values(ops::log_softmax(x, 1, {}))[4], -kInf);
    x.data_as<float>()[20] = static_cast<float>(kNan);
    CHECK(std::isnan(values(ops::softmax(x, 1, {}))[0]));
    for (int64_t n : {255, 1023, 1024, 1025, 2500}) {
      const Tensor row = numbers({2, n}, DType::Float64), y2 = ops::softmax(row, 1, {});
      const auto logs = values(ops::logsumexp(row, {1}, false)), in = values(row), out = values(y2);
      for (size_t i = 0; i < in.size(); ++i)
        CHECK_NEAR(out[i], std::exp(in[i] - logs[i / static_cast<size_t>(n)]), 1e-15);
      double total = 0;
      for (int64_t i = 0; i < n; ++i) total += std::exp(in[static_cast<size_t>(i)]);
      CHECK_NEAR(logs[0], std::log(total), 1e-12);
    }
  });
}

TEST("running sums, products and extremes") {
  for_each_isa([] {
    for (DType dtype : kAllDTypes) {
      for (const Tensor& x : layouts(dtype)) {
        if (x.numel() == 0) continue;
        for (int d = 0; d < std::max(1, x.dim()); ++d) {
          std::vector<bool> reduced(static_cast<size_t>(x.dim()));
          if (x.dim()) reduced[static_cast<size_t>(d)] = true;
          const auto in = groups(x, reduced);
          const auto sums = groups(ops::cumsum(x, d, {}), reduced);
          const Tensor exact = to_dtype(x, DType::Float64);
          const auto logs = groups(ops::logcumsumexp(exact, d), reduced);
          const auto powers = groups(ops::cumsum(unary(UnaryOp::exp, exact), d, {}), reduced);
          const auto [top, where] = ops::cummax(x, d);
          const auto tops = groups(top, reduced), places = groups(where, reduced);
          for (size_t r = 0; r < in.size(); ++r) {
            double sum = 0, best = -kInf, at = 0;
            for (size_t i = 0; i < in[r].size(); ++i) {
              sum += in[r][i];
              if (in[r][i] >= best) {
                best = in[r][i];
                at = static_cast<double>(i);
              }
              CHECK_EQ(sums[r][i], sum);
              CHECK_NEAR(logs[r][i], std::log(powers[r][i]), 1e-12);
              CHECK_EQ(tops[r][i], best);
              CHECK_EQ(places[r][i], at);
            }
          }
        }
      }
    }
  });
  const Tensor x = empty({4}, DType::Float32);
  const float given[] = {3, static_cast<float>(kNan), 1, 5};
  std::copy(given, given + 4, x.data_as<float>());
  CHECK_EQ(values(std::get<1>(ops::cummin(x, 0)))[3], 1);
  CHECK(std::isnan(values(std::get<0>(ops::cummin(x, 0)))[3]));
  CHECK_EQ(values(ops::cumprod(numbers({3}, DType::Int8), 0, {}))[2], 0);
}

}  // namespace
}  // namespace strided
