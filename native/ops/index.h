// What the ops that address elements by index tensors share: checked addresses, and the walk of a loop over them.
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

/// Where the elements of an op are: `index` (int64, every one checked) times `step` bytes, negative ones plus `wrap`
/// first.
struct Addresses {
  Tensor index;
  int64_t step = 1;
  int64_t wrap = 0;
};
/// What `index` names along dimension `dim` of `x`.
Addresses addresses(const Tensor& index, const Tensor& x, int dim, const Bounds& bounds);
/// The same for `size` elements that lie `step` bytes apart; `dim` is for messages alone.
Addresses addresses(const Tensor& index, int dim, int64_t size, int64_t step, const Bounds& bounds);
/// What `index` names in the elements of `x` counted row by row.
Addresses flat_addresses(const Tensor& index, const Tensor& x, const Bounds& bounds);
/// The sum of two, both broadcast to `shape`.
Addresses sum(const Addresses& x, const Addresses& y, const Dims& shape);

/// The memory of `x` seen in another shape; stride 0 where an index says where to go.
Tensor walk(const Tensor& x, const Dims& shape, const Dims& strides);
Addresses walk(const Addresses& at, const Dims& shape, const Dims& strides);

/// out[i] = from[i + address i] over the shape of `out`; the others are walks of that shape.
void take_at(const Tensor& out, const Tensor& from, const Addresses& at);
/// to[i + address i] gets value[i]. Where an address comes twice, writes happen in the order of the elements: the
/// result does not depend on the number of threads.
void combine_at(Combine how, const Tensor& to, const Value& value, const Addresses& at);

/// Both for `index` along dimension `dim` of `x`, where the others have the shape of the index and stand still along
/// `dim`. Large ones are checked on the way: as in PyTorch, elements may be written before a bad index is met.
void take_along(const Tensor& out, const Tensor& from, const Tensor& index, const Tensor& x, int dim,
                const Bounds& bounds);
void combine_along(Combine how, const Tensor& to, const Value& value, const Tensor& index, const Tensor& x, int dim,
                   const Bounds& bounds);

/// `number` itself; fails where `dtype` cannot hold it.
Scalar fitting(const Scalar& number, DType dtype);
/// The number in a 0-d tensor; `op` is who refuses others.
Scalar number_in(const Tensor& value, const char* op);
/// `x` as a vector of one element where it has no dimensions.
Tensor at_least_1d(const Tensor& x);
/// Refuses to write to elements of `x` that are one, or that `index` or `source` (undefined: none) is read from.
void check_written(const Tensor& x, const Tensor& index, const Tensor& source);
/// `source` itself, or a copy where it shares memory with what is written to.
Tensor apart(const Tensor& source, const Tensor& written);

/// The positions, counted over the whole tensor in row-major order, of the elements that are not zero.
Tensor nonzero_positions(const Tensor& x);

}  // namespace strided
