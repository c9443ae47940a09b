// Which elements of a tensor fall into which result of a reduction, and how the work is cut.
#pragma once

#include "native/kernels/reduce.h"
#include "native/ops/value.h"

namespace strided {

/// The dimensions to reduce, wrapped; all of them where none are given.
Dims reduced_dims(const Tensor& x, const std::optional<Dims>& dims);
/// The shape of the result.
Dims reduced_shape(const Dims& shape, const Dims& dims, bool keepdim);
/// How many elements each result is made of.
int64_t reduced_numel(const Dims& shape, const Dims& dims);

/// A new contiguous tensor of the op's accumulators, one per index of the dimensions that are kept. Where nothing is
/// reduced it holds the identity. `by`: what the op's map reads, an accumulator for each result. The same value for any
/// number of threads.
Tensor reduce(ReduceOp op, const Tensor& x, const Dims& dims, bool keepdim, const Tensor& by = {});

/// For each result the first index along `dim` at which x equals `value`, which is contiguous.
Tensor find_first(const Tensor& x, int dim, bool keepdim, const Tensor& value);

}  // namespace strided
