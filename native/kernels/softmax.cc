#include <cmath>
#include <limits>
#include <type_traits>

#include "native/kernels/exponential.h"
#include "native/kernels/rows.h"
#include "native/kernels/softmax.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int kColumns = 128;
constexpr int64_t kPiece = 1024;  // exponentials at once: they stay in the cache until they are added up
constexpr int64_t kAsk = 256;     // exponentials between two requests of memory

/// The largest element; NaN is passed over, and shows in the sum instead.
template <class T>
[[gnu::always_inline]] inline T max_row(const T* x, int64_t n) {
  constexpr int lanes = kLanes<T>, vecs = kStep<T> / lanes;
  const T least = -std::numeric_limits<T>::infinity();
  Vec<T> top[vecs];
  for (int v = 0; v < vecs; ++v) top[v] = splat(T(0)) + least;
  int64_t i = 0;
  for (; i + kStep<T> <= n; i += kStep<T>) {
#pragma GCC unroll 16
    for (int v = 0; v < vecs; ++v) {
      const Vec<T> here = load(x + i + v * lanes);
      top[v] = here > top[v] ? here : top[v];
    }
  }
  T lane[kStep<T>];
  for (int v = 0; v < vecs; ++v) store(lane + v * lanes, top[v]);
  for (int l = 0; i + l < n; ++l) lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
  for (int half = kStep<T> / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) lane[l] = lane[l] > lane[l + half] ? lane[l] : lane[l + half];
  }
  return lane[0];
}

/// exp(x) for x <= 0, as exponential() does it; NaN stays NaN.
[[gnu::always_inline]] inline Vec<float> exponential_below(Vec<float> x) {
  using C = ExpConstants<float>;
  x = larger(splat(C::kLeast), x);
  const Vec<float> n = fma(x, splat(1.44269504f), splat(Format<float>::kRound)) - Format<float>::kRound;
  const Vec<float> r = fma(n, splat(-C::kLow), fma(n, splat(-C::kHigh), x));
  Vec<float> p = splat(C::kPolynomial[0]);
#pragma GCC unroll 8
  for (size_t i = 1; i < sizeof(C::kPolynomial) / sizeof(float); ++i) p = fma(p, r, splat(C::kPolynomial[i]));
  return scale_by_power(fma(p, r * r, r) + 1.0f, n);
}

template <class T>
[[gnu::noinline]] void exponentials(T* __restrict out, const T* __restrict x, T top, int64_t n) {
  if constexpr (std::is_same_v<T, float>) {
    int64_t i = 0;
    for (; i + kLanes<T> <= n; i += kLanes<T>) store(out + i, exponential_below(load(x + i) - top));
    const int left = static_cast<int>(n - i);
    if (left > 0) store_first(out + i, exponential_below(load_first(x + i, left) - top), left);
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] = exponential(x[i] - top);
  }
}

/// Asks for the lines of n elements: while exponentials are computed the memory would be idle.
template <class T, int write>
[[gnu::always_inline]] inline void ask_for(const T* x, int64_t n) {
  for (int64_t i = 0; i < n; i += 64 / static_cast<int>(sizeof(T))) __builtin_prefetch(x + i, write);
}

/// The sum of exp(x - top) over a row. The exponentials go to `piece`, or all of them, with `keep`, to `out`, which is
/// written next in any case (null: is not).
template <class T, bool keep>
[[gnu::always_inline]] inline T sum_exponentials(T* piece, T* out, const T* x, T top, int64_t n) {
  double total = 0;
  const int64_t ahead = n < kPiece ? n : kPiece;  // the next row, or what is next of this one
  for (int64_t from = 0; from < n; from += kAsk) {
    const int64_t count = n - from < kAsk ? n - from : kAsk;
    T* to = keep ? out + from : piece + from % kPiece;
    ask_for<T, 0>(x + from + ahead, count);
    if (!keep && out) ask_for<T, 1>(out + from, count);
    exponentials(to, x + from, top, count);
    if (from + count < n && (from + count) % kPiece != 0) continue;
    const int64_t begin = from / kPiece * kPiece;
    const T* done = keep ? out + begin : piece;
    total += sum_row<T>(from + count - begin, STRIDED_ADD { a += at(done + i, a); }).first;
  }
  return static_cast<T>(total);
}

template <class T, bool log>
void forward_row(T* out, const T* x, int64_t n) {
  const T top = max_row(x, n);
  if constexpr (log) {
    T piece[kPiece];
    const T shift = std::log(sum_exponentials<T, false>(piece, out, x, top, n));
    write_row<T>(out, n, STRIDED_EACH { return at(x + i, kind) - top - shift; });
  } else {
    T piece[kPiece];
    // A row that fits into the piece is written once.
    const T scale = T(1) / (n <= kPiece ? sum_exponentials<T, false>(piece, out, x, top, n)
                                        : sum_exponentials<T, true>(piece, out, x, top, n));
    const T* from = n <= kPiece ? piece : out;
    write_row<T>(out, n, STRIDED_EACH { return at(from + i, kind) * scale; });
  }
}

template <class T, bool log>
void backward_row(T* out, const T* y, const T* g, int64_t n) {
  if constexpr (log) {
    const T total = static_cast<T>(sum_row<T>(n, STRIDED_ADD { a += at(g + i, a); }).first);
#pragma GCC ivdep
    for (int64_t i = 0; i < n; ++i) out[i] = g[i] - exponential(y[i]) * total;
  } else {
    const T total = static_cast<T>(sum_row<T>(n, STRIDED_ADD { a += at(g + i, a) * at(y + i, a); }).first);
    write_row<T>(out, n, STRIDED_EACH { return (at(g + i, kind) - total) * at(y + i, kind); });
  }
}

/// Calls f(offset of a row, j) for all rows of w columns.
template <class F>
[[gnu::always_inline]] inline void for_rows(int64_t n, int64_t inner, int64_t w, F f) {
  for (int64_t i = 0; i < n; ++i) {
#pragma GCC ivdep
    for (int64_t j = 0; j < w; ++j) f(i * inner, j);
  }
}

/// The largest element of each column; clears the totals as well.
template <class T>
[[gnu::always_inline]] inline void max_columns(T* top, T* total, const T* x, int64_t n, int64_t inner, int64_t w) {
  for (int64_t j = 0; j < w; ++j) {
    top[j] = -std::numeric_limits<T>::infinity();
    total[j] = 0;
  }
  for_rows(n, inner, w, [&](int64_t at, int64_t j) { top[j] = x[at + j] > top[j] ? x[at + j] : top[j]; });
}

template <class T, bool log>
void forward_columns(T* out, const T* x, int64_t n, int64_t inner, int64_t w) {
  T top[kColumns], total[kColumns];
  max_columns(top, total, x, n, inner, w);
  if constexpr (log) {
    for_rows(n, inner, w, [&](int64_t at, int64_t j) { total[j] += exponential(x[at + j] - top[j]); });
    for (int64_t j = 0; j < w; ++j) total[j] = std::log(total[j]);
    for_rows(n, inner, w, [&](int64_t at, int64_t j) { out[at + j] = x[at + j] - top[j] - total[j]; });
  } else {
    for_rows(n, inner, w, [&](int64_t at, int64_t j) {
      const T e = exponential(x[at + j] - top[j]);
      out[at + j] = e;
      total[j] += e;
    });
    for_rows(n, inner, w, [&](int64_t at, int64_t j) { out[at + j] /= total[j]; });
  }
}

template <class T, bool log>
void backward_columns(T* out, const T* y, const T* g, int64_t n, int64_t inner, int64_t w) {
  T total[kColumns];
  for (int64_t j = 0; j < w; ++j) total[j] = 0;
  for_rows(n, inner, w, [&](int64_t at, int64_t j) { total[j] += log ? g[at + j] : g[at + j] * y[at + j]; });
  for_rows(n, inner, w, [&](int64_t at, int64_t j) {
    out[at + j] = log ? g[at + j] - exponential(y[at + j]) * total[j] : (g[at + j] - total[j]) * y[at + j];
  });
}

template <class T, bool log>
void forward(const SoftmaxJob& job) {
  T* out = reinterpret_cast<T*>(job.out);
  const T* x = reinterpret_cast<const T*>(job.x);
  if (job.inner == 1) {
    for (int64_t i = 0; i < job.count; ++i) forward_row<T, log>(out + i * job.n, x + i * job.n, job.n);
    return;
  }
  for (int64_t j = 0; j < job.count; j += kColumns)
    forward_columns<T, log>(out + j, x + j, job.n, job.inner, job.count - j < kColumns ? job.count - j : kColumns);
}

template <class T, bool log>
void backward(const SoftmaxJob& job) {
  T* out = reinterpret_cast<T*>(job.out);
  const T* y = reinterpret_cast<const T*>(job.x);
  const T* g = reinterpret_cast<const T*>(job.gradient);
  if (job.inner == 1) {
    for (int64_t i = 0; i < job.count; ++i) backward_row<T, log>(out + i * job.n, y + i * job.n, g + i * job.n, job.n);
    return;
  }
  for (int64_t j = 0; j < job.count; j += kColumns)
    backward_columns<T, log>(out + j, y + j, g + j, job.n, job.inner,
                             job.count - j < kColumns ? job.count - j : kColumns);
}

/// What is infinite would give inf - inf.
template <class T>
[[gnu::always_inline]] inline T finite(T top) {
  return top - top == T(0) ? top : T(0);
}

template <class T>
void log_sum(const SoftmaxJob& job) {
  T* out = reinterpret_cast<T*>(job.out);
  const T* x = reinterpret_cast<const T*>(job.x);
  if (job.inner == 1) {
    for (int64_t i = 0; i < job.count; ++i) {
      const T* row = x + i * job.n;
      const T top = max_row(row, job.n);
      if (top - top != T(0)) {  // infinite; and that is the result, but for NaN
        bool nan = false;
        for (int64_t j = 0; j < job.n; ++j) nan |= row[j] != row[j];
        out[i] = nan ? std::numeric_limits<T>::quiet_NaN() : top;
        continue;
      }
      T piece[kPiece];
      out[i] = std::log(sum_exponentials<T, false>(piece, nullptr, row, top, job.n)) + top;
    }
    return;
  }
  for (int64_t first = 0; first < job.count; first += kColumns) {
    const int64_t w = job.count - first < kColumns ? job.count - first : kColumns;
    const T* column = x + first;
    T top[kColumns], total[kColumns];
    max_columns(top, total, column, job.n, job.inner, w);
    for (int64_t j = 0; j < w; ++j) top[j] = finite(top[j]);
    for_rows(job.n, job.inner, w, [&](int64_t at, int64_t j) { total[j] += exponential(column[at + j] - top[j]); });
    for (int64_t j = 0; j < w; ++j) out[first + j] = std::log(total[j]) + top[j];
  }
}

}  // namespace

extern const SoftmaxKernels softmax_kernels = {
    {{&forward<float, false>, &forward<double, false>}, {&forward<float, true>, &forward<double, true>}},
    {{&backward<float, false>, &backward<double, false>}, {&backward<float, true>, &backward<double, true>}},
    {&log_sum<float>, &log_sum<double>}};

}  // namespace strided::STRIDED_ISA
