// A layer of long short-term memory over all steps of a sequence, forward and backward.
#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/kernels/recurrent.h"
#include "native/ops/ops.h"
#include "native/ops/packed_matrix.h"

namespace strided::ops {
namespace {

// Units of a row below which a second thread costs more than it brings.
constexpr int64_t kParallelUnits = 2048;

struct Sizes {
  int64_t steps, batch, units;
};

Sizes checked(const char* name, const Tensor& gates, const Tensor& weight) {
  check(
      gates.dim() == 3 && weight.dim() == 2 && weight.size(0) == 4 * weight.size(1) && gates.size(2) == weight.size(0),
      name, "(): expected gates (L, N, 4 H) and weights (4 H, H), but got ", gates.shape(), " and ", weight.shape());
  check(gates.dtype() == weight.dtype() && (gates.dtype() == DType::Float32 || gates.dtype() == DType::Float64), name,
        "(): expected float32 or float64, the same for all, but got ", dtype_name(gates.dtype()), " and ",
        dtype_name(weight.dtype()));
  return {gates.size(0), gates.size(1), weight.size(1)};
}

void check_state(const char* name, const Tensor& state, const Tensor& gates, const Dims& shape) {
  check(state.shape() == shape && state.dtype() == gates.dtype(), name, "(): expected ", shape, " of ",
        dtype_name(gates.dtype()), ", but got ", state.shape(), " of ", dtype_name(state.dtype()));
}

template <class F>
void for_rows(const Sizes& s, F&& body) {
  parallel_for(s.batch, kParallelUnits / std::max<int64_t>(s.units, 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) body(i);
  });
}

template <class T>
char* bytes(const T* p) {
  return reinterpret_cast<char*>(const_cast<T*>(p));
}

template <class T>
void forward(const Sizes& s, const Tensor& gates, const Tensor& hidden, const Tensor& cell, const Tensor& weight,
             bool reverse, const Triple& results) {
  const auto& [outputs, cells, activations] = results;
  const int64_t row = 4 * s.units, step = s.batch * s.units;
  PackedMatrix<T> packed(weight.data_as<T>(), s.units, row, 1, s.units);
  const T *h = hidden.data_as<T>(), *c = cell.data_as<T>();
  for (int64_t k = 0; k < s.steps; ++k) {
    const int64_t t = reverse ? s.steps - 1 - k : k;
    T* const a = activations.data_as<T>() + 4 * t * step;
    T *const next_h = outputs.data_as<T>() + t * step, *const next_c = cells.data_as<T>() + t * step;
    packed.multiply(s.batch, h, s.units, a, row, gates.data_as<T>() + 4 * t * step, row);
    for_rows(s, [&](int64_t i) {
      recurrent_kernels().lstm[sizeof(T) == 8]({s.units, bytes(a + i * row), bytes(c + i * s.units),
                                                bytes(next_c + i * s.units), bytes(next_h + i * s.units)});
    });
    h = next_h, c = next_c;
  }
}

template <class T>
void backward(const Sizes& s, const Tensor& output_gradients, const Tensor& cell_gradients, const Tensor& activations,
              const Tensor& cells, const Tensor& cell, const Tensor& weight, bool reverse, const Triple& results) {
  const auto& [gate_gradients, of_hidden, of_cell] = results;
  const int64_t row = 4 * s.units, step = s.batch * s.units;
  PackedMatrix<T> packed(weight.data_as<T>(), row, s.units, s.units, 1);
  T *const dh = of_hidden.data_as<T>(), *const dc = of_cell.data_as<T>();
  std::fill_n(dh, step, T(0));
  std::fill_n(dc, step, T(0));
  for (int64_t k = s.steps - 1; k >= 0; --k) {
    const int64_t t = reverse ? s.steps - 1 - k : k, before = reverse ? t + 1 : t - 1;
    const T* const c_before = k == 0 ? cell.data_as<T>() : cells.data_as<T>() + before * step;
    const T* const a = activations.data_as<T>() + 4 * t * step;
    const T* const c = cells.data_as<T>() + t * step;
    T* const to = gate_gradients.data_as<T>() + 4 * t * step;
    const T* const given = output_gradients.defined() ? output_gradients.data_as<T>() + t * step : nullptr;
    const T* const given_c = cell_gradients.defined() ? cell_gradients.data_as<T>() + t * step : nullptr;
    for_rows(s, [&](int64_t i) {
      const int64_t at = i * s.units;
      for (int64_t j = at; given && j < at + s.units; ++j) dh[j] += given[j];
      for (int64_t j = at; given_c && j < at + s.units; ++j) dc[j] += given_c[j];
      recurrent_kernels().lstm_gradient[sizeof(T) == 8]({s.units, bytes(a + i * row), bytes(c_before + at),
                                                         bytes(c + at), bytes(dh + at), bytes(dc + at),
                                                         bytes(to + i * row)});
    });
    packed.multiply(s.batch, to, row, dh, s.units, nullptr, 0);
  }
}

}  // namespace

Triple lstm_layer(const Tensor& gates, const Tensor& hidden, const Tensor& cell, const Tensor& weight, bool reverse) {
  const Sizes s = checked("lstm_layer", gates, weight);
  check_state("lstm_layer", hidden, gates, {s.batch, s.units});
  check_state("lstm_layer", cell, gates, {s.batch, s.units});
  const Triple results{strided::empty({s.steps, s.batch, s.units}, gates.dtype()),
                       strided::empty({s.steps, s.batch, s.units}, gates.dtype()),
                       strided::empty(gates.shape(), gates.dtype())};
  if (gates.numel() == 0) return results;
  const Tensor g = ops::contiguous(gates), h = ops::contiguous(hidden), c = ops::contiguous(cell),
               w = ops::contiguous(weight);
  if (gates.dtype() == DType::Float32) forward<float>(s, g, h, c, w, reverse, results);
  else forward<double>(s, g, h, c, w, reverse, results);
  return results;
}

Triple lstm_layer_backward(const Tensor& output_gradients, const Tensor& cell_gradients, const Tensor& activations,
                           const Tensor& cells, const Tensor& cell, const Tensor& weight, bool reverse) {
  const char* const name = "lstm_layer_backward";
  const Sizes s = checked(name, activations, weight);
  const Dims all{s.steps, s.batch, s.units}, one{s.batch, s.units};
  check_state(name, cells, activations, all);
  check_state(name, cell, activations, one);
  for (const Tensor* gradients : {&output_gradients, &cell_gradients})
    if (gradients->defined()) check_state(name, *gradients, activations, all);
  const DType dtype = activations.dtype();
  const Triple results{strided::empty(activations.shape(), dtype), strided::empty(one, dtype),
                       strided::empty(one, dtype)};
  const auto plain = [](const Tensor& x) { return x.defined() ? ops::contiguous(x) : x; };
  const Tensor g = plain(output_gradients), gc = plain(cell_gradients), a = plain(activations), cs = plain(cells),
               c = plain(cell), w = plain(weight);
  if (dtype == DType::Float32) backward<float>(s, g, gc, a, cs, c, w, reverse, results);
  else backward<double>(s, g, gc, a, cs, c, w, reverse, results);
  return results;
}

}  // namespace strided::ops
