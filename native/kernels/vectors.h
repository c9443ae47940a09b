// Contiguous vectors: what factorizations do column by column.
#pragma once

#include <cstdint>

#include "native/kernels/select.h"

namespace strided {

/// Columns x and y become c x - s y and s x + c y.
template <class T>
struct Rotation {
  int64_t x, y;
  T c, s;
};

template <class T>
struct VectorKernel {
  /// Sums lanes side by side, as many whatever the instruction set.
  T (*inner_product)(int64_t n, const T* x, const T* y);
  /// y += a x
  void (*add_multiple)(int64_t n, T a, const T* x, T* y);
  /// y += a x + b z
  void (*add_two_multiples)(int64_t n, T a, const T* x, T b, const T* z, T* y);
  /// One rotation after another, of the first `rows` elements of columns that are `step` elements apart.
  void (*rotate)(const Rotation<T>* rotations, int64_t count, T* columns, int64_t step, int64_t rows);
};

struct VectorKernels {
  VectorKernel<float> f32;
  VectorKernel<double> f64;
};

STRIDED_TABLE(VectorKernels, vector_kernels)

}  // namespace strided
