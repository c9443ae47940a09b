// Writing several values into one element: sums, products, means and extremes (scatter_reduce, index_reduce).
#pragma once

#include "native/ops/index.h"

namespace strided {

enum class Reduction { Sum, Prod, Mean, Amax, Amin };  // lib/ops/scatter.ts numbers them alike

/// to[i + address i] = reduction of the values that go there and, where `include_self`, of what is there. `to` is a
/// walk over the memory of `whole`, which a mean divides.
void reduce_at(Reduction reduction, bool include_self, const Tensor& to, const Tensor& value, const Addresses& at,
               const Tensor& whole);

}  // namespace strided
