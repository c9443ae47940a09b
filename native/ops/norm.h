// What the normalisations share: dtypes, and rows that have a mean and a deviation each.
#pragma once

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/kernels/norm.h"
#include "native/ops/elementwise.h"

namespace strided::norm {

constexpr int64_t kGrain = 16384;      // elements that are worth a thread
constexpr int64_t kColumnGrain = 256;  // columns: fewer would read memory in short pieces

/// Contiguous and of that dtype; undefined stays so.
inline Tensor compute(const Tensor& x, DType t) {
  return x.defined() ? strided::contiguous(strided::to_dtype(x, t)) : x;
}
inline char* data_of(const Tensor& x) { return x.defined() ? x.data() : nullptr; }
/// How many rows or planes of n elements are worth a thread.
inline int64_t grain_of(int64_t n) { return std::max<int64_t>(1, kGrain / std::max<int64_t>(n, 1)); }

/// The dtype of mean and rstd. Halves may have float32 weights; anything else has weights of its own dtype.
inline DType statistics_dtype(const Tensor& x, std::initializer_list<const Tensor*> parameters) {
  DType result = x.dtype();
  for (const Tensor* each : parameters) {
    if (!each->defined() || each->dtype() == x.dtype()) continue;
    check(is_half(x.dtype()), "expected scalar type ", dtype_scalar_name(x.dtype()), " but found ",
          dtype_scalar_name(each->dtype()));
    check(each->dtype() == DType::Float32, "mixed dtype (CPU): expect parameter to have scalar type of Float");
    result = DType::Float32;
  }
  return result;
}

inline void check_floating(const char* name, const Tensor& x) {
  check(is_floating(x.dtype()), ErrorKind::NotImplemented, "\"", name, "\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
}

/// A tensor of which the last dimensions are rows.
struct Rows {
  DType dtype;
  Tensor x;
  int64_t count = 1, n = 1;

  Rows(const Tensor& given, int lead) : dtype(compute_dtype(given.dtype())), x(compute(given, dtype)) {
    for (int d = 0; d < x.dim(); ++d) (d < lead ? count : n) *= x.size(d);
  }
  int wide() const { return dtype == DType::Float64; }

  template <class Kernel>
  void run(const Kernel& kernel, LayerNormJob job) const {
    const int64_t size = x.item_size(), row = n * size;
    parallel_for(count, grain_of(n), [&](int64_t begin, int64_t end) {
      LayerNormJob part = job;
      for (char** each : {&part.out, &part.mean, &part.rstd})
        if (*each) *each += begin * (each == &part.out ? row : size);
      part.x = x.data() + begin * row;
      if (part.gradient) part.gradient += begin * row;
      part.count = end - begin;
      part.n = n;
      kernel[wide()](part);
    });
  }
};

}  // namespace strided::norm
