// A contiguous tensor seen from one of its dimensions, or from several that lie together.
#pragma once

#include "native/core/parallel.h"
#include "native/ops/value.h"

namespace strided {

/// [outer, n, inner]; a 0-d tensor is one of one element.
struct AlongDim {
  int64_t outer = 1, n = 1, inner = 1;

  AlongDim(const Tensor& x, int64_t dim) : AlongDim(x, wrap_dim(dim, x.dim()), wrap_dim(dim, x.dim()) + 1) {}
  /// Dimensions [from, to) as one.
  AlongDim(const Tensor& x, int from, int to) {
    for (int d = 0; d < x.dim(); ++d) (d < from ? outer : d < to ? n : inner) *= x.size(d);
  }

  /// Calls f(offset, count) for `count` sequences: side by side, or one behind another where `inner` is 1. The first
  /// begins at element `offset`. Spread over threads from `grain` elements on.
  template <class F>
  void run(int64_t grain, const F& f) const {
    if (n == 0) return;
    const int64_t least = std::max<int64_t>(1, grain / n);
    parallel_for(outer * inner, least, [&](int64_t begin, int64_t end) {
      if (inner == 1) return f(begin * n, end - begin);
      while (begin < end) {
        const int64_t i = begin / inner, j = begin % inner, count = std::min(end - begin, inner - j);
        f(i * n * inner + j, count);
        begin += count;
      }
    });
  }
};

}  // namespace strided
