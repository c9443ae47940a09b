// Matrix products on raw memory: C = alpha * A B + beta * D. The callers know tensors; this knows pointers and strides.
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "native/kernels/gemm.h"
#include "native/kernels/loops.h"

namespace strided {

/// C = alpha * A B + beta * D with A (m, k), B (k, n), C and D (m, n); strides in elements, of any sign, 0 except in C.
/// D is C itself where `d` is null; its strides may be 0 (a bias is d with d_row 0). beta == 0 never reads D, nor does
/// alpha == 0 or k == 0 read A and B. C may be D, element for element, and may not overlap anything else. 16-bit floats
/// are summed in float and rounded once; their D is in float and has to be given where beta is not 0.
template <class T>
struct GemmProblem {
  using Sum = GemmSum<T>;
  int64_t m = 0, n = 0, k = 0;
  const T* a = nullptr;
  int64_t a_row = 0, a_col = 1;
  const T* b = nullptr;
  int64_t b_row = 0, b_col = 1;
  T* c = nullptr;
  int64_t c_row = 0, c_col = 1;
  Sum alpha = 1, beta = 0;
  const Sum* d = nullptr;
  int64_t d_row = 0, d_col = 0;
  /// Applied to C, element by element, while it is in the cache; for float and double.
  Loop activation = nullptr;
};

/// For the floating dtypes. Parallel inside; the result does not depend on the number of threads.
template <class T>
void gemm(const GemmProblem<T>& problem);

/// `count` products, whose operands lie a_step, b_step, c_step (and d_step) elements apart.
template <class T>
void batched_gemm(const GemmProblem<T>& first, int64_t count, int64_t a_step, int64_t b_step, int64_t c_step,
                  int64_t d_step = 0);

/// For the integer types: sums and products wrap around in T, as PyTorch's do.
template <class T>
void naive_gemm(const GemmProblem<T>& problem);

/// Floating-point operations a second (float32, the threads in use) that a loop in registers alone reaches here.
double peak_flops();

}  // namespace strided
