// Indexing along one dimension: rows (index_select and its kin), and element by element in a flattened tensor (take,
// put).
#include <algorithm>

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/ops/elementwise.h"
#include "native/ops/index.h"
#include "native/ops/index_reduce.h"
#include "native/ops/ops.h"

namespace strided {
namespace {

bool is_index(DType t) { return t == DType::Int64 || t == DType::Int32; }

void refuse_copy(int64_t index, int dim, int64_t size) {
  fail(ErrorKind::Index, "index_copy_(): index ", index, " is out of bounds for dimension ", dim, " with size ", size);
}
constexpr Bounds kCopyBounds{false, refuse_copy};

void refuse_take(int64_t index, int, int64_t size) {
  fail(ErrorKind::Index, "out of range: tried to access index ", index, " on a tensor of ", size, " elements.");
}
constexpr Bounds kTakeBounds{true, refuse_take};

/// The rows of `x` along `dim` that an index vector names: `x` and the addresses as walks of the shape of those rows
/// together.
struct Rows {
  Tensor x;
  Addresses at;
};

Rows rows(const Tensor& x, int dim, const Tensor& index, const Bounds& bounds) {
  const int64_t n = index.numel();
  Dims shape = x.shape(), strides = x.strides(), along(x.dim());
  shape[dim] = n;
  strides[dim] = 0;
  along[dim] = 1;
  return {walk(x, shape, strides), walk(addresses(at_least_1d(index), x, dim, bounds), shape, along)};
}

/// Sizes as index_copy_ prints them: "3 4".
struct Spaced {
  const Dims& dims;
};
Text& operator<<(Text& out, const Spaced& list) {
  for (int d = 0; d < list.dims.size(); ++d) out << (d ? " " : "") << list.dims[d];
  return out;
}

// What index_add and index_reduce ask of their arguments.
void check_rows(const char* name, const Tensor& x, int dim, const Tensor& index, const Tensor& source) {
  const int64_t n = index.numel();
  check(index.dim() <= 1, ErrorKind::Index, name, "(): Index is supposed to be a vector, but got dim: ", index.dim(),
        " with type: ", dtype_scalar_name(index.dtype()), " and size: ", index.shape());
  check(is_index(index.dtype()), name,
        "(): Expected dtype int32/int64 for index but got: ", dtype_scalar_name(index.dtype()));
  check(x.dtype() == source.dtype(), name, "(): self (", dtype_scalar_name(x.dtype()), ") and source (",
        dtype_scalar_name(source.dtype()), ") must have the same scalar type");
  const int64_t given = source.dim() == 0 ? 1 : dim < source.dim() ? source.size(dim) : -1;
  Dims wanted = x.shape(), got = source.shape();
  const bool comparable = wanted.size() == got.size() && dim < got.size();
  if (comparable) wanted[dim] = got[dim] = 0;
  check(x.dim() == 0 || wanted == got,
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got "
        "self.shape = ",
        x.shape(), " source.shape = ", source.shape());
  check(n == given, name, "(): Number of indices (", n, ") should be equal to source.size(dim): (", given,
        "), for dim: ", dim);
}

}  // namespace

namespace ops {

Tensor index_select(const Tensor& x, int64_t dim, const Tensor& index) {
  const int d = wrap_dim(dim, x.dim());
  check(index.dim() <= 1, ErrorKind::Index, "index_select(): Index is supposed to be a vector");
  check(is_index(index.dtype()), "index_select(): Expected dtype int32 or int64 for index");
  check(x.dim() > 0 || index.numel() == 1, "index_select(): Index to scalar can have only 1 value, got ", index.numel(),
        " value(s)");
  const Rows from = rows(at_least_1d(x), d, index, kRowBounds);
  Tensor out = strided::empty(from.x.shape(), x.dtype());
  take_at(out, from.x, from.at);
  return x.dim() ? out : out.with_layout({{}, {}, 0});
}

Tensor index_add_(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source, const Scalar& alpha) {
  const int d = wrap_dim(dim, x.dim());
  check_rows("index_add_", x, d, index, source);
  check_written(x, index, source);
  const Rows to = rows(at_least_1d(x), d, index, kStrictBounds);
  const Scalar factor = is_floating(x.dtype()) ? alpha : Scalar(alpha.to_int());
  const bool scaled = factor.to_double() != 1;
  const Tensor addend = scaled ? binary(BinaryOp::mul, source, factor) : apart(source, x);
  combine_at(Combine::Add, to.x, at_least_1d(addend), to.at);
  return x;
}

Tensor index_copy_(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source) {
  check_written(x, index, source);
  const int d = wrap_dim(dim, x.dim());
  check(index.dim() <= 1, ErrorKind::Index, "index_copy_(): Index should have dimension 1 or 0 (got ", index.dim(),
        ")");
  const int64_t n = index.numel();
  check(source.dim() > 0 || n == 1, ErrorKind::Index,
        "index_copy_(): When source is scalar, index should have one element (got ", n, ")");
  check(source.dim() == x.dim() || source.dim() == 0 || x.dim() == 0, ErrorKind::Index,
        "index_copy_(): When source and destination are not scalars, their dimensionality must match. Source "
        "dimensionality (",
        source.dim(), "), destination dimensionality (", x.dim(), ")");
  check(index.dtype() == DType::Int64, "index_copy_(): Expected a long tensor for index, but got ",
        dtype_scalar_name(index.dtype()));
  check(x.dtype() == source.dtype(), "index_copy_(): self and source expected to have the same dtype, but got (self) ",
        dtype_scalar_name(x.dtype()), " and (source) ", dtype_scalar_name(source.dtype()));
  if (source.dim() && x.dim()) {
    Dims wanted = x.shape(), got = source.shape();
    wanted.erase(d);
    got.erase(d);
    check(wanted == got,
          "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: ",
          Spaced{wanted}, " at dimension ", d, " and source slice shape: ", Spaced{got}, " at dimension ", d, ".");
    check(n == source.size(d), ErrorKind::Index, "index_copy_(): Number of indices (", n,
          ") should be equal to source.size(dim) (", source.size(d), ")");
  }
  const Rows to = rows(at_least_1d(x), d, index, kCopyBounds);
  combine_at(Combine::Assign, to.x, at_least_1d(apart(source, x)), to.at);
  return x;
}

Tensor index_fill_(const Tensor& x, int64_t dim, const Tensor& index, const Scalar& value) {
  const int d = wrap_dim(dim, x.dim());
  check(index.dtype() == DType::Int64, ErrorKind::Index, "index_fill_(): Expected dtype int64 for index.");
  check(index.dim() <= 1, "Index has to be a vector/scalar");
  check_apart(x, index);
  const Scalar number = fitting(value, x.dtype());
  const Rows to = rows(at_least_1d(x), d, index, kWrappingBounds);
  combine_at(Combine::Assign, to.x, number, to.at);
  return x;
}

Tensor index_fill_tensor_(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& value) {
  return index_fill_(x, dim, index, number_in(value, "index_fill_"));
}

Tensor index_reduce_(const Tensor& x, int64_t dim, const Tensor& index, const Tensor& source, int64_t reduce,
                     bool include_self) {
  const int d = wrap_dim(dim, x.dim());
  check_rows("index_reduce_", x, d, index, source);
  check_written(x, index, source);
  const Rows to = rows(at_least_1d(x), d, index, kRowBounds);
  reduce_at(static_cast<Reduction>(reduce), include_self, to.x, at_least_1d(apart(source, x)), to.at, x);
  return x;
}

Tensor take(const Tensor& x, const Tensor& index) {
  check(index.dtype() == DType::Int64, "take(): Expected a long tensor for index, but got ",
        dtype_scalar_name(index.dtype()));
  check(x.numel() > 0 || index.numel() == 0, ErrorKind::Index, "take(): tried to take from an empty tensor");
  const Addresses at = flat_addresses(index, x, kTakeBounds);
  Tensor out = strided::empty(index.shape(), x.dtype());
  take_at(out, walk(x, index.shape(), Dims(index.dim())), walk(at, index.shape(), contiguous_strides(index.shape())));
  return out;
}

Tensor put_(const Tensor& x, const Tensor& index, const Tensor& source, bool accumulate) {
  check(index.dtype() == DType::Int64, "put_(): Expected a long tensor for index, but got ",
        dtype_scalar_name(index.dtype()));
  check(x.dtype() == source.dtype(),
        "put_(): self and source expected to have the same dtype, but got self.dtype = ", dtype_scalar_name(x.dtype()),
        " and source.dtype = ", dtype_scalar_name(source.dtype()));
  check(index.numel() == source.numel(), ErrorKind::Index,
        "put_(): Expected source and index to have the same number of elements, but got "
        "source.numel() = ",
        source.numel(), ", index.numel() = ", index.numel());
  check(x.numel() > 0 || index.numel() == 0, ErrorKind::Index, "put_(): tried to put into an empty tensor");
  check_written(x, index, source);
  const Addresses at = flat_addresses(index, x, kTakeBounds);
  const Tensor values = strided::contiguous(apart(source, x));
  combine_at(accumulate ? Combine::Add : Combine::Assign, walk(x, index.shape(), Dims(index.dim())),
             walk(values, index.shape(), contiguous_strides(index.shape())), at);
  return x;
}

}  // namespace ops
}  // namespace strided
