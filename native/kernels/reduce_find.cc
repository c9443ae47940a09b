// The second half of max, min, argmax and argmin: where the value that a reduction found stands first.
#include <limits>
#include <type_traits>

#include "native/core/half.h"
#include "native/kernels/elementwise.inc"
#include "native/kernels/reduce.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int64_t kBlock = 64;
constexpr int kColumns = 256;

template <class T>
[[gnu::always_inline]] inline auto element(const char* p) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) return static_cast<float>(read<T>(p));
  else return read<T>(p);
}

template <class A>
[[gnu::always_inline]] inline bool matches(A x, A value) {
  return (x == value) | ((x != x) & (value != value));
}

template <class T, class A>
int64_t find(const char* x, int64_t stride, int64_t n, A value) {
  int64_t i = 0;
  if (stride == static_cast<int64_t>(sizeof(T))) {
    for (; i + kBlock <= n; i += kBlock) {
      int found = 0;
      for (int64_t k = 0; k < kBlock; ++k) found |= matches<A>(element<T>(x + (i + k) * sizeof(T)), value);
      if (found) break;
    }
  }
  while (i < n - 1 && !matches<A>(element<T>(x + i * stride), value)) ++i;
  return i;
}

template <class T, class A>
void find_rows(const FindJob& job) {
  for (int64_t j = 0; j < job.count; ++j) {
    const int64_t at = find<T, A>(job.x + j * job.x_step, job.stride, job.n, read<A>(job.value + j * job.value_step));
    write<int64_t>(reinterpret_cast<char*>(job.out) + j * job.out_step, at);
  }
}

template <class T, class A>
void scan_row(int64_t* __restrict at, const A* __restrict value, const char* __restrict x, int64_t step, int64_t w,
              int64_t i) {
#pragma GCC ivdep
  for (int64_t j = 0; j < w; ++j) at[j] = matches<A>(element<T>(x + j * step), value[j]) ? i : at[j];
}

// From the last row to the first, so that the first match is what stays.
template <class T, class A>
void find_columns(const FindJob& job) {
  for (int64_t first = 0; first < job.count; first += kColumns) {
    const int64_t w = job.count - first < kColumns ? job.count - first : kColumns;
    int64_t at[kColumns];
    A value[kColumns];
    for (int64_t j = 0; j < w; ++j) {
      at[j] = 0;
      value[j] = read<A>(job.value + (first + j) * job.value_step);
    }
    for (int64_t i = job.n - 1; i >= 0; --i) {
      const char* x = job.x + first * job.x_step + i * job.stride;
      if (job.x_step == static_cast<int64_t>(sizeof(T))) scan_row<T, A>(at, value, x, sizeof(T), w, i);
      else scan_row<T, A>(at, value, x, job.x_step, w, i);
    }
    char* out = reinterpret_cast<char*>(job.out) + first * job.out_step;
    for (int64_t j = 0; j < w; ++j) write<int64_t>(out + j * job.out_step, at[j]);
  }
}

template <class T, class A = T>
constexpr FindKernel kernel_for() {
  return {&find_rows<T, A>, &find_columns<T, A>};
}

}  // namespace

extern const FindKernels find_kernels = {{kernel_for<uint8_t>(), kernel_for<uint8_t>(), kernel_for<int8_t>(),
                                          kernel_for<int16_t>(), kernel_for<int32_t>(), kernel_for<int64_t>(),
                                          kernel_for<Half, float>(), kernel_for<BFloat16, float>(), kernel_for<float>(),
                                          kernel_for<double>()}};

}  // namespace strided::STRIDED_ISA
