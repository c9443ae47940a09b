// Whether images lie in memory with their channels last, and results that do as their inputs.
#pragma once

#include "native/ops/elementwise.h"

namespace strided {

/// PyTorch's channels_last of four or five dimensions; what could be either is not.
inline bool is_channels_last(const Layout& x) {
  const int n = x.dim();
  if ((n != 4 && n != 5) || x.strides[1] == 0) return false;
  int64_t least = 0;
  for (int k = 0; k < n; ++k) {
    const int d = k == 0 ? 1 : k == n - 1 ? 0 : n - k;
    if (x.shape[d] == 0 || x.strides[d] < least || (d == 0 && least == x.strides[1])) return false;
    least = x.strides[d] * (x.shape[d] > 1 ? x.shape[d] : 1);
  }
  return true;
}

/// `x` itself, or a copy with its channels last.
inline Tensor with_channels_last(const Tensor& x) {
  const int n = x.dim();
  Dims strides(n);
  int64_t step = 1;
  for (int k = 0; k < n; ++k) {
    const int d = k == 0 ? 1 : k == n - 1 ? 0 : n - k;
    strides[d] = step;
    step *= std::max<int64_t>(x.size(d), 1);
  }
  const Tensor out = empty_strided(x.shape(), strides, x.dtype());
  copy_into(out, x);
  return out;
}

/// `x`, with its channels last where those of `like` are.
inline Tensor in_format_of(const Tensor& x, const Tensor& like) {
  return x.dim() == like.dim() && is_channels_last(like.layout()) ? with_channels_last(x) : x;
}

}  // namespace strided
