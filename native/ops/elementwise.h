// The host side of the element-wise kernels: dtype, shape, allocation, iteration.
#pragma once

#include "native/kernels/elementwise.h"
#include "native/ops/value.h"

namespace strided {

// `out`: where the result goes (in-place, out=); undefined: a new tensor with PyTorch's dtype and strides.
Tensor unary(UnaryOp op, const Tensor& x, const Tensor& out = {});
Tensor binary(BinaryOp op, const Value& x, const Value& y, const Tensor& out = {});
Tensor ternary(TernaryOp op, const Value& x, const Value& y, const Value& z, const Tensor& out = {});
Tensor unary(RareUnaryOp op, const Tensor& x, const Tensor& out = {});
Tensor binary(RareBinaryOp op, const Value& x, const Value& y, const Tensor& out = {});

/// Copies with broadcast and conversion; `to` keeps its shape.
void copy_into(const Tensor& to, const Tensor& from);
void fill_with(const Tensor& to, const Scalar& value);
/// `x` itself where it is of that dtype, else a converted copy in the same order of dimensions.
Tensor to_dtype(const Tensor& x, DType dtype);
/// `x` itself where it is contiguous, else a contiguous copy.
Tensor contiguous(const Tensor& x);
/// A copy in the order of dimensions of `x`, contiguous where `x` has gaps.
Tensor clone(const Tensor& x);

/// A new tensor of this shape and dtype with the strides that PyTorch gives results of such inputs.
Tensor empty_result(const Dims& shape, DType dtype, std::initializer_list<const Tensor*> inputs);
/// Refuses to write a result of dtype `from` into `out`.
void check_result_cast(DType from, const Tensor& out);

}  // namespace strided
