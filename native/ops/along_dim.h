// A contiguous tensor seen from one of its dimensions.
#pragma once

#include "native/core/parallel.h"
#include "native/ops/value.h"

namespace strided {

/// [outer, n, inner]; a 0-d tensor is one of one element.
struct AlongDim {
  int64_t outer = 1, n = 1, inner = 1;

  AlongDim(const Tensor& x, int64_t dim) {
    const int at = wrap_dim(dim, x.dim());
    for (int d = 0; d < x.dim(); ++d) (d < at ? outer : d == at ? n : inner) *= x.size(d);
  }

  /// Calls f(offset, count) for sequences side by side: `count` of them begin at `offset` and the elements after it. All sequences
  /// one behind another where `inner` is 1 and `rows` is set. Spread over threads from `grain` elements on.
  template <class F>
  void run(int64_t grain, bool rows, const F& f) const {
    if (n == 0) return;
    const int64_t least = std::max<int64_t>(1, grain / n);
    parallel_for(outer * inner, least, [&](int64_t begin, int64_t end) {
      if (inner == 1 && rows) return f(begin * n, end - begin);
      while (begin < end) {
        const int64_t i = begin / inner, j = begin % inner, count = std::min(end - begin, inner - j);
        f(i * n * inner + j, count);
        begin += count;
      }
    });
  }
};

}  // namespace strided
