#include "native/kernels/recurrent.h"

#include "native/kernels/exponential.h"

namespace strided::STRIDED_ISA {
namespace {

template <class T>
void lstm(const LstmRow& row) {
  const int64_t n = row.size;
  T* __restrict const gates = reinterpret_cast<T*>(row.gates);
  const T* __restrict const before = reinterpret_cast<const T*>(row.cell_before);
  T* __restrict const cell = reinterpret_cast<T*>(row.cell);
  T* __restrict const output = reinterpret_cast<T*>(row.output);
  const T *input = gates, *forget = gates + n, *update = gates + 2 * n, *out = gates + 3 * n;
  for (int64_t i = 0; i < 2 * n; ++i) gates[i] = logistic(gates[i]);
  for (int64_t i = 2 * n; i < 3 * n; ++i) gates[i] = hyperbolic_tangent(gates[i]);
  for (int64_t i = 3 * n; i < 4 * n; ++i) gates[i] = logistic(gates[i]);
  for (int64_t i = 0; i < n; ++i) cell[i] = forget[i] * before[i] + input[i] * update[i];
  for (int64_t i = 0; i < n; ++i) output[i] = out[i] * hyperbolic_tangent(cell[i]);
}

template <class T>
void lstm_gradient(const LstmGradientRow& row) {
  const int64_t n = row.size;
  const T* const gates = reinterpret_cast<const T*>(row.gates);
  const T* const before = reinterpret_cast<const T*>(row.cell_before);
  const T* const cell = reinterpret_cast<const T*>(row.cell);
  const T* const gradient = reinterpret_cast<const T*>(row.output_gradient);
  T* const carried = reinterpret_cast<T*>(row.cell_gradient);
  T* const to = reinterpret_cast<T*>(row.gate_gradients);
  const T *input = gates, *forget = gates + n, *update = gates + 2 * n, *out = gates + 3 * n;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; ++i) {
    const T squashed = hyperbolic_tangent(cell[i]);
    const T of_cell = carried[i] + gradient[i] * out[i] * (T(1) - squashed * squashed);
    to[i] = of_cell * update[i] * (input[i] * (T(1) - input[i]));
    to[n + i] = of_cell * before[i] * (forget[i] * (T(1) - forget[i]));
    to[2 * n + i] = of_cell * input[i] * (T(1) - update[i] * update[i]);
    to[3 * n + i] = gradient[i] * squashed * (out[i] * (T(1) - out[i]));
    carried[i] = of_cell * forget[i];
  }
}

}  // namespace

extern const RecurrentKernels recurrent_kernels;
const RecurrentKernels recurrent_kernels = {{&lstm<float>, &lstm<double>},
                                            {&lstm_gradient<float>, &lstm_gradient<double>}};

}  // namespace strided::STRIDED_ISA
