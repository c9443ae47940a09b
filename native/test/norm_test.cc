#include <cmath>

#include "native/kernels/select.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"
#include "native/test/harness.h"

namespace strided {
namespace {

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

/// Numbers between -1 and 1 about `mean`.
Tensor waves(const Dims& shape, DType dtype, double mean = 0) {
  const Tensor x = empty(shape, DType::Float64);
  for (int64_t i = 0; i < x.numel(); ++i) x.data_as<double>()[i] = mean + std::sin(static_cast<double>(i * i % 9973));
  return to_dtype(x, dtype);
}

std::vector<double> values(const Tensor& x) {
  const Tensor dense = contiguous(to_dtype(x, DType::Float64));
  return {dense.data_as<double>(), dense.data_as<double>() + dense.numel()};
}

double tolerance(DType t) { return t == DType::Float64 ? 1e-12 : 2e-5; }

void check_near(const Tensor& x, const std::vector<double>& wanted, double tol) {
  const std::vector<double> got = values(x);
  CHECK_EQ(got.size(), wanted.size());
  for (size_t i = 0; i < got.size(); ++i) CHECK_NEAR(got[i], wanted[i], tol * (1 + std::fabs(wanted[i])));
}

/// Results and gradients by plain loops: element i belongs to statistic s(i) and parameter p(i).
struct Plain {
  std::vector<double> out, input, weight, mean, rstd;

  template <class S, class P>
  Plain(const Tensor& given, const Tensor& g, const Tensor& w, const Tensor& b, double eps, S s, P p) {
    const std::vector<double> x = values(given), dy = values(g), wv = values(w), bv = values(b);
    size_t groups = 0;
    for (size_t i = 0; i < x.size(); ++i) groups = std::max(groups, s(i) + 1);
    std::vector<double> n(groups), var(groups), first(groups), second(groups);
    mean.resize(groups);
    rstd.resize(groups);
    weight.resize(wv.size());
    for (size_t i = 0; i < x.size(); ++i) {
      n[s(i)] += 1;
      mean[s(i)] += x[i];
    }
    for (size_t k = 0; k < groups; ++k) mean[k] /= n[k];
    for (size_t i = 0; i < x.size(); ++i) var[s(i)] += (x[i] - mean[s(i)]) * (x[i] - mean[s(i)]);
    for (size_t k = 0; k < groups; ++k) rstd[k] = 1 / std::sqrt(var[k] / n[k] + eps);
    const auto normal = [&](size_t i) { return (x[i] - mean[s(i)]) * rstd[s(i)]; };
    for (size_t i = 0; i < x.size(); ++i) {
      out.push_back(normal(i) * wv[p(i)] + bv[p(i)]);
      first[s(i)] += dy[i] * wv[p(i)];
      second[s(i)] += dy[i] * wv[p(i)] * normal(i);
      weight[p(i)] += dy[i] * normal(i);
    }
    for (size_t i = 0; i < x.size(); ++i) {
      const size_t k = s(i);
      input.push_back(rstd[k] * (dy[i] * wv[p(i)] - first[k] / n[k] - normal(i) * second[k] / n[k]));
    }
  }
};

TEST("layer_norm and its gradients agree with plain loops") {
  for_each_isa([] {
    for (DType t : {DType::Float32, DType::Float64}) {
      for (int64_t n : {1, 3, 33, 70, 5000}) {
        const Tensor x = waves({3, n}, t, 2), g = waves({3, n}, t, 0.2), w = waves({n}, t, 1.5), b = waves({n}, t);
        const auto [out, mean, rstd] = ops::native_layer_norm(x, {n}, w, b, 0.1);
        const auto row = [n](size_t i) { return i / static_cast<size_t>(n); };
        const Plain plain(x, g, w, b, 0.1, row, [n](size_t i) { return i % static_cast<size_t>(n); });
        const double tol = tolerance(t);
        check_near(out, plain.out, tol);
        check_near(mean, plain.mean, tol);
        check_near(rstd, plain.rstd, tol);
        check_near(ops::_layer_norm_input_gradient(g, x, {n}, mean, rstd, w), plain.input, tol);
        check_near(ops::_layer_norm_weight_gradient(g, x, {n}, mean, rstd), plain.weight, tol);
      }
    }
  });
}

TEST("batch_norm over planes and columns, and its gradients, agree with plain loops") {
  for_each_isa([] {
    for (DType t : {DType::Float32, DType::Float64}) {
      for (const Dims& shape : {Dims{130, 3}, Dims{4, 600}, Dims{3, 2, 5}, Dims{2, 3, 7, 11}}) {
        const Tensor x = waves(shape, t, 2), g = waves(shape, t, 0.2);
        const Tensor w = waves({shape[1]}, t, 1.5), b = waves({shape[1]}, t);
        const auto [out, mean, rstd] = ops::native_batch_norm(x, w, b, {}, {}, true, 0.1, 0.1);
        const auto inner = static_cast<size_t>(x.numel() / shape[0] / shape[1]), c = static_cast<size_t>(shape[1]);
        const auto channel = [=](size_t i) { return i / inner % c; };
        const Plain plain(x, g, w, b, 0.1, channel, channel);
        const double tol = tolerance(t);
        check_near(out, plain.out, tol);
        check_near(mean, plain.mean, tol);
        check_near(rstd, plain.rstd, tol);
        check_near(ops::_batch_norm_input_gradient(g, x, w, mean, rstd, true), plain.input, tol);
        check_near(ops::_batch_norm_weight_gradient(g, x, mean, rstd), plain.weight, tol);
      }
    }
  });
}

TEST("group_norm and its gradients agree with plain loops") {
  for_each_isa([] {
    for (DType t : {DType::Float32, DType::Float64}) {
      for (const Dims& shape : {Dims{3, 4}, Dims{2, 4, 5}, Dims{2, 6, 7, 11}}) {
        const Tensor x = waves(shape, t, 2), g = waves(shape, t, 0.2);
        const Tensor w = waves({shape[1]}, t, 1.5), b = waves({shape[1]}, t);
        const auto [out, mean, rstd] = ops::native_group_norm(x, w, b, 2, 0.1);
        const auto inner = static_cast<size_t>(x.numel() / shape[0] / shape[1]), c = static_cast<size_t>(shape[1]);
        const Plain plain(x, g, w, b, 0.1, [=](size_t i) { return i / inner / (c / 2); },
                          [=](size_t i) { return i / inner % c; });
        const double tol = tolerance(t);
        check_near(out, plain.out, tol);
        check_near(mean, plain.mean, tol);
        check_near(rstd, plain.rstd, tol);
        check_near(ops::_group_norm_input_gradient(g, x, mean, rstd, w, 2), plain.input, tol);
        check_near(ops::_group_norm_weight_gradient(g, x, mean, rstd, 2), plain.weight, tol);
      }
    }
  });
}

TEST("running statistics move into tensors of any layout") {
  const Tensor x = waves({8, 2}, DType::Float32, 3), all = empty({2, 2}, DType::Float32);
  fill_with(all, 1);
  const Tensor mean = all.with_layout(select(all.layout(), 1, 0)), var = all.with_layout(select(all.layout(), 1, 1));
  ops::native_batch_norm(x, {}, {}, mean, var, true, 0.25, 1e-5);
  const std::vector<double> v = values(x), now = values(all);
  for (size_t c = 0; c < 2; ++c) {
    double m = 0, s = 0;
    for (size_t i = 0; i < 8; ++i) m += v[2 * i + c] / 8;
    for (size_t i = 0; i < 8; ++i) s += (v[2 * i + c] - m) * (v[2 * i + c] - m) / 7;
    CHECK_NEAR(now[2 * c], 0.75 + 0.25 * m, 1e-5);
    CHECK_NEAR(now[2 * c + 1], 0.75 + 0.25 * s, 1e-5);
  }
}

}  // namespace
}  // namespace strided
