#include "native/kernels/scan.h"

#include <type_traits>

namespace strided::STRIDED_ISA {
namespace {

constexpr int kColumns = 128;

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

template <class Op, class T>
void accumulate(const ScanJob& job) {
  using A = std::conditional_t<std::is_floating_point_v<T>, double, T>;
  T* out = reinterpret_cast<T*>(job.out);
  const T* x = reinterpret_cast<const T*>(job.x);
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
void extreme(const ScanJob& job) {
  T* out = reinterpret_cast<T*>(job.out);
  const T* x = reinterpret_cast<const T*>(job.x);
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

#define ACCUMULATE(Op) \
  {nullptr, nullptr, nullptr, nullptr, nullptr, &accumulate<Op, int64_t>, nullptr, nullptr, &accumulate<Op, float>, &accumulate<Op, double>}
#define EXTREME(Op)                                                                                                         \
  {&extreme<Op, uint8_t>, &extreme<Op, uint8_t>, &extreme<Op, int8_t>, &extreme<Op, int16_t>, &extreme<Op, int32_t>,        \
   &extreme<Op, int64_t>, nullptr, nullptr, &extreme<Op, float>, &extreme<Op, double>}
extern const ScanKernels scan_kernels = {ACCUMULATE(Sum), ACCUMULATE(Product), EXTREME(Max), EXTREME(Min)};
#undef ACCUMULATE
#undef EXTREME

}  // namespace strided::STRIDED_ISA
