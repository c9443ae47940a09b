// What the ops that address elements by index tensors share: checked byte offsets, and the walk of a loop over them.
#pragma once

#include "native/kernels/index.h"
#include "native/ops/value.h"

namespace strided {

/// How an op takes a negative index, and what it says to one that is out of bounds.
struct Bounds {
  bool wraps;
  void (*refuse)(int64_t index, int dim, int64_t size);
};
/// "index 5 is out of bounds for dimension 0 with size 3" as an IndexError, negative ones counted from the end; and as
/// a RuntimeError without negative ones.
extern const Bounds kWrappingBounds, kStrictBounds;
/// "index out of range in self", an IndexError.
extern const Bounds kRowBounds;

/// Where `index`, broadcast to `shape`, points along dimension `dim` of `x`: contiguous byte offsets, every one
/// checked.
Tensor byte_offsets(const Tensor& index, const Dims& shape, const Tensor& x, int dim, const Bounds& bounds);
/// The same for a dimension of `size` elements that lie `step` bytes apart.
Tensor byte_offsets(const Tensor& index, const Dims& shape, int dim, int64_t size, int64_t step, const Bounds& bounds);

/// Where `index` points in the elements of `x` counted row by row.
Tensor flat_byte_offsets(const Tensor& index, const Tensor& x, const Bounds& bounds);

/// The memory of `x` seen in another shape; stride 0 where the offsets say where to go.
Tensor walk(const Tensor& x, const Dims& shape, const Dims& strides);

/// out[i] = from[i + offsets[i]] over the shape of `out`; the others are walks of that shape.
void take_at(const Tensor& out, const Tensor& from, const Tensor& offsets);
/// to[i + offsets[i]] gets value[i]. Where an address comes twice, writes happen in the order of the elements: the
/// result does not depend on the number of threads.
void combine_at(Combine how, const Tensor& to, const Value& value, const Tensor& offsets);

/// `number` itself; fails where `dtype` cannot hold it.
Scalar fitting(const Scalar& number, DType dtype);
/// The number in a 0-d tensor; `op` is who refuses others.
Scalar number_in(const Tensor& value, const char* op);
/// `x` as a vector of one element where it has no dimensions.
Tensor at_least_1d(const Tensor& x);
/// `source` itself, or a copy where it shares memory with what is written to.
Tensor apart(const Tensor& source, const Tensor& written);

/// The positions, counted over the whole tensor in row-major order, of the elements that are not zero.
Tensor nonzero_positions(const Tensor& x);

}  // namespace strided
