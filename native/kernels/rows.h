// Loops over the elements of a contiguous row. Sums run in lanes that are the same for every instruction set, in blocks
// that are added up in double.
#pragma once

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

/// Partial sums that run side by side.
template <class T>
constexpr int kStep = 128 / static_cast<int>(sizeof(T));
constexpr int64_t kBlock = 4096;  // elements added up in T

/// A vector or an element, by the type of the second argument.
template <class T>
[[gnu::always_inline]] inline Vec<T> at(const T* x, Vec<T>) {
  return load(x);
}
template <class T>
[[gnu::always_inline]] inline T at(const T* x, T) {
  return *x;
}

template <class T>
[[gnu::always_inline]] inline T fold(T* lane) {
  for (int half = kStep<T> / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) lane[l] += lane[l + half];
  }
  return lane[0];
}

struct Sums {
  double first = 0, second = 0;
};

/// Two sums over a row: add(i, a, b) adds what belongs to element i (or the vector from there) to a and b.
template <class T, class F>
[[gnu::always_inline]] inline Sums sum_row(int64_t n, F add) {
  constexpr int lanes = kLanes<T>, vecs = kStep<T> / lanes;
  Sums total;
  for (int64_t from = 0; from < n; from += kBlock) {
    const int64_t to = n - from < kBlock ? n : from + kBlock;
    Vec<T> a[vecs] = {}, b[vecs] = {};
    int64_t i = from;
    for (; i + kStep<T> <= to; i += kStep<T>) {
#pragma GCC unroll 16
      for (int v = 0; v < vecs; ++v) add(i + v * lanes, a[v], b[v]);
    }
    T first[kStep<T>], second[kStep<T>];
    for (int v = 0; v < vecs; ++v) {
      store(first + v * lanes, a[v]);
      store(second + v * lanes, b[v]);
    }
    for (int l = 0; i + l < to; ++l) add(i + l, first[l], second[l]);
    total.first += static_cast<double>(fold(first));
    total.second += static_cast<double>(fold(second));
  }
  return total;
}

/// out[i] = f(i, a vector or an element as a tag)
template <class T, class F>
[[gnu::always_inline]] inline void write_row(T* out, int64_t n, F f) {
  int64_t i = 0;
  for (; i + kLanes<T> <= n; i += kLanes<T>) store(out + i, f(i, Vec<T>{}));
  for (; i < n; ++i) out[i] = f(i, T{});
}

// The bodies of sum_row and write_row; what they return or add to is a vector or an element.
#define STRIDED_EACH [=](int64_t i, auto kind) __attribute__((always_inline))
#define STRIDED_ADD [=](int64_t i, [[maybe_unused]] auto& a, [[maybe_unused]] auto& b) __attribute__((always_inline))

}  // namespace
}  // namespace strided::STRIDED_ISA
