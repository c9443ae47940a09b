#include "native/kernels/vectors.h"

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int kSumBytes = 256;  // sums side by side

template <class T>
T inner_product(int64_t n, const T* x, const T* y) {
  constexpr int lanes = kLanes<T>, vecs = kSumBytes / kVecBytes, together = vecs * lanes;
  Vec<T> sums[vecs] = {};
  int64_t i = 0;
  for (; i + together <= n; i += together) {
#pragma GCC unroll 16
    for (int k = 0; k < vecs; ++k) sums[k] += load(x + i + k * lanes) * load(y + i + k * lanes);
  }
  T lane[together];
  for (int k = 0; k < vecs; ++k) store(lane + k * lanes, sums[k]);
  for (int l = 0; i < n; ++i, ++l) lane[l] += x[i] * y[i];
  for (int half = together / 2; half > 0; half /= 2)
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  return lane[0];
}

template <class T>
void add_multiple(int64_t n, T a, const T* x, T* y) {
  constexpr int lanes = kLanes<T>;
  const Vec<T> factor = splat(a);
  int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    store(y + i, load(y + i) + factor * load(x + i));
    store(y + i + lanes, load(y + i + lanes) + factor * load(x + i + lanes));
  }
  for (; i + lanes <= n; i += lanes) store(y + i, load(y + i) + factor * load(x + i));
  for (; i < n; ++i) y[i] += a * x[i];
}

template <class T>
void add_two_multiples(int64_t n, T a, const T* x, T b, const T* z, T* y) {
  constexpr int lanes = kLanes<T>;
  const Vec<T> first = splat(a), second = splat(b);
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store(y + i, load(y + i) + first * load(x + i) + second * load(z + i));
  for (; i < n; ++i) y[i] += a * x[i] + b * z[i];
}

template <class T>
void rotate(const Rotation<T>* rotations, int64_t count, T* columns, int64_t step, int64_t rows) {
  constexpr int lanes = kLanes<T>;
  for (int64_t k = 0; k < count; ++k) {
    const Rotation<T>& r = rotations[k];
    T *x = columns + r.x * step, *y = columns + r.y * step;
    const Vec<T> c = splat(r.c), s = splat(r.s);
    int64_t i = 0;
    for (; i + lanes <= rows; i += lanes) {
      const Vec<T> first = load(x + i), second = load(y + i);
      store(x + i, c * first - s * second);
      store(y + i, s * first + c * second);
    }
    for (; i < rows; ++i) {
      const T first = x[i], second = y[i];
      x[i] = r.c * first - r.s * second;
      y[i] = r.s * first + r.c * second;
    }
  }
}

template <class T>
constexpr VectorKernel<T> kernel() {
  return {&inner_product<T>, &add_multiple<T>, &add_two_multiples<T>, &rotate<T>};
}

}  // namespace

extern const VectorKernels vector_kernels;
const VectorKernels vector_kernels = {kernel<float>(), kernel<double>()};

}  // namespace strided::STRIDED_ISA
