#include "native/kernels/norm.h"

#include <type_traits>

#include "native/kernels/rows.h"

namespace strided::STRIDED_ISA {
namespace {

constexpr int64_t kRows = 64;  // elements of a column added up in T
constexpr int64_t kColumns = 512;

template <class T>
void forward(const LayerNormJob& job) {
  const T* weight = reinterpret_cast<const T*>(job.weight);
  const T* bias = reinterpret_cast<const T*>(job.bias);
  const int64_t n = job.n;
  for (int64_t row = 0; row < job.count; ++row) {
    const T* x = reinterpret_cast<const T*>(job.x) + row * n;
    const T mean = static_cast<T>(sum_row<T>(n, STRIDED_ADD { a += at(x + i, a); }).first / static_cast<double>(n));
    const double squares = sum_row<T>(n, STRIDED_ADD {
                             const auto d = at(x + i, a) - mean;
                             a += d * d;
                           }).first;
    const T rstd = static_cast<T>(1 / __builtin_sqrt(squares / static_cast<double>(n) + job.eps));
    reinterpret_cast<T*>(job.mean)[row] = mean;
    reinterpret_cast<T*>(job.rstd)[row] = rstd;
    if (!job.out) continue;
    T* out = reinterpret_cast<T*>(job.out) + row * n;
    if (weight && bias)
      write_row<T>(
          out, n, STRIDED_EACH { return (at(x + i, kind) - mean) * rstd * at(weight + i, kind) + at(bias + i, kind); });
    else if (weight)
      write_row<T>(out, n, STRIDED_EACH { return (at(x + i, kind) - mean) * rstd * at(weight + i, kind); });
    else if (bias) write_row<T>(out, n, STRIDED_EACH { return (at(x + i, kind) - mean) * rstd + at(bias + i, kind); });
    else write_row<T>(out, n, STRIDED_EACH { return (at(x + i, kind) - mean) * rstd; });
  }
}

// With h = gradient * weight and the normalised y: rstd * (h - mean(h) - y * mean(h y)).
template <class T>
void backward(const LayerNormJob& job) {
  const T* weight = reinterpret_cast<const T*>(job.weight);
  const int64_t n = job.n;
  for (int64_t row = 0; row < job.count; ++row) {
    const T* x = reinterpret_cast<const T*>(job.x) + row * n;
    const T* g = reinterpret_cast<const T*>(job.gradient) + row * n;
    T* out = reinterpret_cast<T*>(job.out) + row * n;
    const T mean = reinterpret_cast<const T*>(job.mean)[row], rstd = reinterpret_cast<const T*>(job.rstd)[row];
    const Sums sums = weight ? sum_row<T>(n,
                                          STRIDED_ADD {
                                            const auto h = at(g + i, a) * at(weight + i, a);
                                            a += h;
                                            b += h * (at(x + i, a) - mean);
                                          })
                             : sum_row<T>(n, STRIDED_ADD {
                                 const auto h = at(g + i, a);
                                 a += h;
                                 b += h * (at(x + i, a) - mean);
                               });
    const double size = static_cast<double>(n), r = static_cast<double>(rstd);
    const T shift = static_cast<T>(sums.first / size * r), scale = static_cast<T>(sums.second / size * r * r * r);
    if (weight) {
      write_row<T>(out, n, STRIDED_EACH {
        return at(g + i, kind) * at(weight + i, kind) * rstd - shift - (at(x + i, kind) - mean) * scale;
      });
    } else {
      write_row<T>(out, n, STRIDED_EACH { return at(g + i, kind) * rstd - shift - (at(x + i, kind) - mean) * scale; });
    }
  }
}

/// Two sums for each of w <= kColumns columns: add(row, a, b, count) adds `count` rows, a constant, to the sums.
template <class T, class F>
[[gnu::always_inline]] inline void sum_columns(double* first, double* second, int64_t rows, int64_t w, F add) {
  for (int64_t j = 0; j < w; ++j) first[j] = second[j] = 0;
  for (int64_t from = 0; from < rows; from += kRows) {
    const int64_t to = rows - from < kRows ? rows : from + kRows;
    T a[kColumns] = {}, b[kColumns] = {};
    int64_t row = from;
    for (; row + 4 <= to; row += 4) add(row, a, b, std::integral_constant<int, 4>{});
    for (; row < to; ++row) add(row, a, b, std::integral_constant<int, 1>{});
    for (int64_t j = 0; j < w; ++j) {
      first[j] += static_cast<double>(a[j]);
      second[j] += static_cast<double>(b[j]);
    }
  }
}

template <class T>
void weight_gradient(const LayerNormWeightJob& job) {
  const T* mean = reinterpret_cast<const T*>(job.mean);
  const T* rstd = reinterpret_cast<const T*>(job.rstd);
  double first[kColumns], second[kColumns];
  for (int64_t from = 0; from < job.count; from += kColumns) {
    const int64_t w = job.count - from < kColumns ? job.count - from : kColumns;
    const int64_t stride = job.stride;
    sum_columns<T>(first, second, job.rows, w, [&](int64_t row, T*, T* __restrict b, auto count) {
      const T* x = reinterpret_cast<const T*>(job.x) + row * stride + from;
      const T* g = reinterpret_cast<const T*>(job.gradient) + row * stride + from;
#pragma GCC ivdep
      for (int64_t j = 0; j < w; ++j) {
        T sum = 0;
        for (int k = 0; k < count; ++k)
          sum += g[k * stride + j] * ((x[k * stride + j] - mean[row + k]) * rstd[row + k]);
        b[j] += sum;
      }
    });
    for (int64_t j = 0; j < w; ++j) reinterpret_cast<T*>(job.out)[from + j] = static_cast<T>(second[j]);
  }
}

template <class T>
void plane_sums(const PlaneJob& job) {
  for (int64_t p = 0; p < job.count; ++p) {
    const T* x = reinterpret_cast<const T*>(job.x) + p * job.n;
    const T* g = reinterpret_cast<const T*>(job.gradient) + p * job.n;
    const T center = job.center ? reinterpret_cast<const T*>(job.center)[p] : T(0);
    Sums sums;
    if (job.gradient) {
      sums = sum_row<T>(job.n, STRIDED_ADD {
        a += at(g + i, a);
        b += at(g + i, a) * (at(x + i, a) - center);
      });
    } else if (job.center) {
      sums = sum_row<T>(job.n, STRIDED_ADD {
        const auto d = at(x + i, a) - center;
        b += d * d;
      });
    } else {
      sums = sum_row<T>(job.n, STRIDED_ADD { a += at(x + i, a); });
    }
    job.first[p] = sums.first;
    job.second[p] = sums.second;
  }
}

template <class T>
void column_sums(const PlaneJob& job) {
  const T* center = reinterpret_cast<const T*>(job.center);
  for (int64_t from = 0; from < job.count; from += kColumns) {
    const int64_t w = job.count - from < kColumns ? job.count - from : kColumns;
    T c[kColumns];
    for (int64_t j = 0; j < w; ++j) c[j] = center ? center[from + j] : T(0);
    const int64_t stride = job.stride;
    const auto add = [&](int64_t row, T* __restrict a, T* __restrict b, auto count) {
      const T* x = reinterpret_cast<const T*>(job.x) + row * stride + from;
      const T* g = reinterpret_cast<const T*>(job.gradient) + row * stride + from;
      if (job.gradient) {
#pragma GCC ivdep
        for (int64_t j = 0; j < w; ++j) {
          T sum = 0, product = 0;
          for (int k = 0; k < count; ++k) {
            sum += g[k * stride + j];
            product += g[k * stride + j] * (x[k * stride + j] - c[j]);
          }
          a[j] += sum;
          b[j] += product;
        }
      } else if (center) {
#pragma GCC ivdep
        for (int64_t j = 0; j < w; ++j) {
          T squares = 0;
          for (int k = 0; k < count; ++k) squares += (x[k * stride + j] - c[j]) * (x[k * stride + j] - c[j]);
          b[j] += squares;
        }
      } else {
#pragma GCC ivdep
        for (int64_t j = 0; j < w; ++j) {
          T sum = 0;
          for (int k = 0; k < count; ++k) sum += x[k * stride + j];
          a[j] += sum;
        }
      }
    };
    sum_columns<T>(job.first + from, job.second + from, job.n, w, add);
  }
}

template <class T>
void plane_apply(const PlaneJob& job) {
  for (int64_t p = 0; p < job.count; ++p) {
    const T* x = reinterpret_cast<const T*>(job.x) + p * job.n;
    const T* g = reinterpret_cast<const T*>(job.gradient) + p * job.n;
    T* out = reinterpret_cast<T*>(job.out) + p * job.n;
    const T center = reinterpret_cast<const T*>(job.center)[p], scale = reinterpret_cast<const T*>(job.scale)[p];
    const T shift = reinterpret_cast<const T*>(job.shift)[p];
    if (job.gradient) {
      const T gain = reinterpret_cast<const T*>(job.gain)[p];
      write_row<T>(out, job.n,
                   STRIDED_EACH { return at(g + i, kind) * gain + ((at(x + i, kind) - center) * scale + shift); });
    } else {
      write_row<T>(out, job.n, STRIDED_EACH { return (at(x + i, kind) - center) * scale + shift; });
    }
  }
}

template <class T>
void column_apply(const PlaneJob& job) {
  const T* center = reinterpret_cast<const T*>(job.center);
  const T* scale = reinterpret_cast<const T*>(job.scale);
  const T* shift = reinterpret_cast<const T*>(job.shift);
  const T* gain = reinterpret_cast<const T*>(job.gain);
  for (int64_t row = 0; row < job.n; ++row) {
    const T* x = reinterpret_cast<const T*>(job.x) + row * job.stride;
    const T* g = reinterpret_cast<const T*>(job.gradient) + row * job.stride;
    T* out = reinterpret_cast<T*>(job.out) + row * job.stride;
    if (job.gradient) {
      write_row<T>(out, job.count, STRIDED_EACH {
        return at(g + i, kind) * at(gain + i, kind) +
               ((at(x + i, kind) - at(center + i, kind)) * at(scale + i, kind) + at(shift + i, kind));
      });
    } else {
      write_row<T>(out, job.count, STRIDED_EACH {
        return (at(x + i, kind) - at(center + i, kind)) * at(scale + i, kind) + at(shift + i, kind);
      });
    }
  }
}

}  // namespace

#define BOTH(f) {&f<float>, &f<double>}
extern const NormKernels norm_kernels = {BOTH(forward),     BOTH(backward),    BOTH(weight_gradient), BOTH(plane_sums),
                                         BOTH(plane_apply), BOTH(column_sums), BOTH(column_apply)};
#undef BOTH

}  // namespace strided::STRIDED_ISA
