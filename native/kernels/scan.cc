#include "native/kernels/scan.h"

#include <cmath>
#include <type_traits>

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int kColumns = 128;
constexpr int kRows = 8;

struct Sum {
  template <class A>
  static inline A of(A a, A b) {
    return a + b;
  }
};
struct Product {
  template <class A>
  static inline A of(A a, A b) {
    return a * b;
  }
};
struct LogAddExp {
  template <class A>
  static inline A of(A a, A b) {
    const A low = a < b ? a : b, high = a < b ? b : a;
    if (low == high && low - low != A(0)) return low;  // infinities of one sign
    return high + std::log1p(std::exp(low - high));
  }
};
// Whether x takes the place of `best`: the last of equal ones does, and NaN stays.
struct Max {
  template <class T>
  static inline bool takes(T x, T best) {
    return (x >= best) | (x != x);
  }
};
struct Min {
  template <class T>
  static inline bool takes(T x, T best) {
    return (x <= best) | (x != x);
  }
};

/// `rows` rows of n side by side: each waits for its own last addition only.
template <int rows, class Op, class T, class A>
void accumulate_rows(T* out, const T* x, int64_t n) {
  A acc[rows];
  for (int r = 0; r < rows; ++r) {
    acc[r] = static_cast<A>(x[r * n]);
    out[r * n] = x[r * n];
  }
  for (int64_t i = 1; i < n; ++i) {
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      acc[r] = Op::of(acc[r], static_cast<A>(x[r * n + i]));
      out[r * n + i] = static_cast<T>(acc[r]);
    }
  }
}

/// The halves of a vector as vectors of double, and back.
template <int... L>
[[gnu::always_inline]] inline void widen(Vec<double> (&out)[2], Vec<float> v, std::integer_sequence<int, L...>) {
  out[0] = __builtin_convertvector(__builtin_shufflevector(v, v, L...), Vec<double>);
  out[1] = __builtin_convertvector(__builtin_shufflevector(v, v, (L + kLanes<double>)...), Vec<double>);
}
template <int... L>
[[gnu::always_inline]] inline Vec<float> narrow(const Vec<double> (&from)[2], std::integer_sequence<int, L...>) {
  typedef float HalfVec __attribute__((vector_size(kVecBytes / 2)));
  return __builtin_shufflevector(__builtin_convertvector(from[0], HalfVec), __builtin_convertvector(from[1], HalfVec),
                                 L...);
}

/// As many rows of n as a vector has lanes: squares of them are turned, so that a vector holds one element of each.
template <class Op, class T>
void accumulate_turned(T* out, const T* x, int64_t n) {
  constexpr int lanes = kLanes<T>;
  constexpr bool wide = std::is_same_v<T, float>;
  Vec<T> rows[lanes];
  Vec<double> sums[2];
  Vec<T> acc;
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
#pragma GCC unroll 64
    for (int r = 0; r < lanes; ++r) rows[r] = load(x + r * n + i);
    transpose<T>(rows);
#pragma GCC unroll 64
    for (int c = 0; c < lanes; ++c) {
      if constexpr (wide) {
        Vec<double> next[2];
        widen(next, rows[c], std::make_integer_sequence<int, kLanes<double>>{});
        for (int h = 0; h < 2; ++h) sums[h] = i + c == 0 ? next[h] : Op::of(sums[h], next[h]);
        rows[c] = narrow(sums, std::make_integer_sequence<int, lanes>{});
      } else {
        acc = i + c == 0 ? rows[c] : Op::of(acc, rows[c]);
        rows[c] = acc;
      }
    }
    transpose<T>(rows);
#pragma GCC unroll 64
    for (int r = 0; r < lanes; ++r) store(out + r * n + i, rows[r]);
  }
  for (int r = 0; r < lanes; ++r) {
    using A = std::conditional_t<wide, double, T>;
    A total;
    if constexpr (wide) total = sums[r / kLanes<double>][r % kLanes<double>];
    else total = acc[r];
    for (int64_t j = i; j < n; ++j) {
      total = Op::of(total, static_cast<A>(x[r * n + j]));
      out[r * n + j] = static_cast<T>(total);
    }
  }
}

template <class Op, class T>
void accumulate(const ScanJob& job) {
  using A = std::conditional_t<std::is_floating_point_v<T>, double, T>;
  T* out = reinterpret_cast<T*>(job.out);
  const T* x = reinterpret_cast<const T*>(job.x);
  if (job.inner == 1) {
    int64_t row = 0;
    if constexpr (!std::is_same_v<Op, LogAddExp>) {
      constexpr int lanes = kLanes<T>;
      for (; job.n >= lanes && row + lanes <= job.count; row += lanes)
        accumulate_turned<Op, T>(out + row * job.n, x + row * job.n, job.n);
    }
    for (; row + kRows <= job.count; row += kRows)
      accumulate_rows<kRows, Op, T, A>(out + row * job.n, x + row * job.n, job.n);
    for (; row < job.count; ++row) accumulate_rows<1, Op, T, A>(out + row * job.n, x + row * job.n, job.n);
    return;
  }
  for (int64_t first = 0; first < job.count; first += kColumns) {
    const int64_t w = job.count - first < kColumns ? job.count - first : kColumns;
    A acc[kColumns];
    for (int64_t j = 0; j < w; ++j) {
      acc[j] = static_cast<A>(x[first + j]);
      out[first + j] = x[first + j];
    }
    for (int64_t i = 1; i < job.n; ++i) {
      const int64_t at = first + i * job.inner;
#pragma GCC ivdep
      for (int64_t j = 0; j < w; ++j) {
        acc[j] = Op::of(acc[j], static_cast<A>(x[at + j]));
        out[at + j] = static_cast<T>(acc[j]);
      }
    }
  }
}

template <class Op, class T>
void extreme_row(T* out, int64_t* indices, const T* x, int64_t n) {
  T best = x[0];
  int64_t where = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (Op::takes(x[i], best)) {
      best = x[i];
      where = i;
    }
    out[i] = best;
    indices[i] = where;
  }
}

template <class Op, class T>
void extreme(const ScanJob& job) {
  T* out = reinterpret_cast<T*>(job.out);
  const T* x = reinterpret_cast<const T*>(job.x);
  if (job.inner == 1) {
    for (int64_t i = 0; i < job.count; ++i)
      extreme_row<Op>(out + i * job.n, job.indices + i * job.n, x + i * job.n, job.n);
    return;
  }
  for (int64_t first = 0; first < job.count; first += kColumns) {
    const int64_t w = job.count - first < kColumns ? job.count - first : kColumns;
    T best[kColumns];
    int64_t where[kColumns];
    for (int64_t j = 0; j < w; ++j) {
      best[j] = x[first + j];
      where[j] = 0;
    }
    for (int64_t i = 0; i < job.n; ++i) {
      const int64_t at = first + i * job.inner;
#pragma GCC ivdep
      for (int64_t j = 0; j < w; ++j) {
        const bool takes = Op::takes(x[at + j], best[j]);
        best[j] = takes ? x[at + j] : best[j];
        where[j] = takes ? i : where[j];
        out[at + j] = best[j];
        job.indices[at + j] = where[j];
      }
    }
  }
}

}  // namespace

#define ACCUMULATE(Op)       \
  {nullptr,                  \
   nullptr,                  \
   nullptr,                  \
   nullptr,                  \
   nullptr,                  \
   &accumulate<Op, int64_t>, \
   nullptr,                  \
   nullptr,                  \
   &accumulate<Op, float>,   \
   &accumulate<Op, double>}
#define ACCUMULATE_FLOATS(Op) \
  {nullptr,                   \
   nullptr,                   \
   nullptr,                   \
   nullptr,                   \
   nullptr,                   \
   nullptr,                   \
   nullptr,                   \
   nullptr,                   \
   &accumulate<Op, float>,    \
   &accumulate<Op, double>}
#define EXTREME(Op)       \
  {&extreme<Op, uint8_t>, \
   &extreme<Op, uint8_t>, \
   &extreme<Op, int8_t>,  \
   &extreme<Op, int16_t>, \
   &extreme<Op, int32_t>, \
   &extreme<Op, int64_t>, \
   nullptr,               \
   nullptr,               \
   &extreme<Op, float>,   \
   &extreme<Op, double>}
extern const ScanKernels scan_kernels = {ACCUMULATE(Sum), ACCUMULATE(Product), ACCUMULATE_FLOATS(LogAddExp),
                                         EXTREME(Max), EXTREME(Min)};
#undef ACCUMULATE
#undef ACCUMULATE_FLOATS
#undef EXTREME

}  // namespace strided::STRIDED_ISA
