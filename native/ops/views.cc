// Views: another layout over the same storage.
#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {

Tensor alias(const Tensor& x) { return x.with_layout(x.layout()); }
Tensor permute(const Tensor& x, const Dims& dims) { return x.with_layout(strided::permute(x.layout(), dims)); }
Tensor transpose(const Tensor& x, int64_t dim0, int64_t dim1) {
  return x.with_layout(strided::transpose(x.layout(), dim0, dim1));
}
Tensor t(const Tensor& x) {
  check(x.dim() <= 2, "t() expects a tensor with <= 2 dimensions, but self is ", x.dim(), "D");
  return x.dim() < 2 ? alias(x) : transpose(x, 0, 1);
}
Tensor select(const Tensor& x, int64_t dim, int64_t index) {
  return x.with_layout(strided::select(x.layout(), dim, index));
}
Tensor narrow(const Tensor& x, int64_t dim, int64_t start, int64_t length) {
  return x.with_layout(strided::narrow(x.layout(), dim, start, length));
}
Tensor slice(const Tensor& x, int64_t dim, OptInt start, OptInt end, int64_t step) {
  return x.with_layout(strided::slice(x.layout(), dim, start, end, step));
}
Tensor expand(const Tensor& x, const Dims& shape) { return x.with_layout(strided::expand(x.layout(), shape)); }
Tensor squeeze(const Tensor& x, const OptDims& dims) { return x.with_layout(strided::squeeze(x.layout(), dims)); }
Tensor unsqueeze(const Tensor& x, int64_t dim) { return x.with_layout(strided::unsqueeze(x.layout(), dim)); }
Tensor diagonal(const Tensor& x, int64_t offset, int64_t dim1, int64_t dim2) {
  return x.with_layout(strided::diagonal(x.layout(), offset, dim1, dim2));
}
Tensor unfold(const Tensor& x, int64_t dim, int64_t size, int64_t step) {
  return x.with_layout(strided::unfold(x.layout(), dim, size, step));
}

Tensor as_strided(const Tensor& x, const Dims& shape, const Dims& strides, OptInt offset) {
  check(shape.size() == strides.size(), "mismatch in length of strides and shape");
  for (int64_t stride : strides) {
    check(stride >= 0, "as_strided: Negative strides are not supported at the moment, got strides: ", strides);
  }
  Layout layout{shape, strides, offset.value_or(x.layout().offset)};
  check(layout.offset >= 0, "Tensor: invalid storage offset ", layout.offset);
  for (int64_t size : shape) check(size >= 0, "as_strided: sizes must not be negative, got ", shape);
  const int64_t needed = storage_extent(layout) * x.item_size();
  check(needed <= x.storage()->bytes(), "setStorage: sizes ", shape, ", strides ", strides, ", storage offset ",
        layout.offset, ", and itemsize ", x.item_size(), " requiring a storage size of ", needed,
        " are out of bounds for storage of size ", x.storage()->bytes());
  return x.with_layout(std::move(layout));
}

Tensor view(const Tensor& x, const Dims& shape) {
  const auto layout = strided::view(x.layout(), infer_size(shape, x.numel()));
  check(layout.has_value(),
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
        "contiguous subspaces). Use .reshape(...) instead.");
  return x.with_layout(*layout);
}

bool reshape_is_view(const Tensor& x, const Dims& shape) {
  return strided::view(x.layout(), infer_size(shape, x.numel())).has_value();
}

TensorList unbind(const Tensor& x, int64_t dim) {
  check(x.dim() > 0, ErrorKind::Index, "Dimension specified as ", dim, " but tensor has no dimensions");
  const int d = wrap_dim(dim, x.dim());
  TensorList out;
  for (int64_t i = 0; i < x.size(d); ++i) out.push_back(select(x, d, i));
  return out;
}

TensorList split(const Tensor& x, const Dims& sizes, int64_t dim) {
  check(x.dim() > 0, "split expects at least a 1-dimensional tensor");
  const int d = wrap_dim(dim, x.dim());
  int64_t start = 0;
  for (int64_t size : sizes) {
    check(size >= 0,
          "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes=", sizes);
    start += size;
  }
  check(start == x.size(d), "split_with_sizes expects split_sizes to sum exactly to ", x.size(d),
        " (input tensor's size at dimension ", d, "), but got split_sizes=", sizes);
  TensorList out;
  start = 0;
  for (int64_t size : sizes) {
    out.push_back(x.with_layout(strided::slice(x.layout(), d, start, start + size, 1)));
    start += size;
  }
  return out;
}

Dims stride(const Tensor& x) { return x.strides(); }
int64_t storage_offset(const Tensor& x) { return x.layout().offset; }
bool is_contiguous(const Tensor& x) { return x.is_contiguous(); }
int64_t data_ptr(const Tensor& x) { return x.numel() ? reinterpret_cast<int64_t>(x.data()) : 0; }
bool check_overlap(const Tensor& written, const Tensor& read) {
  check_no_overlap(written, read);
  return true;
}

int64_t storage_ptr(const Tensor& x) { return reinterpret_cast<int64_t>(x.storage().get()); }
int64_t storage_bytes(const Tensor& x) { return x.storage()->bytes(); }

Tensor set_data(const Tensor& x, const Tensor& data) {
  x.impl()->reset(data.storage(), data.dtype(), data.layout());
  return x;
}

int64_t result_type(const Value& x, const Value& y) { return static_cast<int64_t>(strided::result_type(x, y)); }

}  // namespace strided::ops
