// New tensors from pieces of others: joined, repeated, turned round, cut to a triangle.
#include <algorithm>
#include <cstring>

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided {
namespace {

DType common_dtype(const TensorList& tensors) {
  TypePromotion types;
  for (const Tensor& t : tensors) types.add(t);
  return types.result();
}

// PyTorch has always let an empty vector join anything.
bool is_skipped(const Tensor& t) { return t.dim() == 1 && t.size(0) == 0; }

// Channels last: the second of four (five) dimensions is the fastest, the others are in order.
bool is_channels_last(const Tensor& t) {
  const int n = t.dim();
  if ((n != 4 && n != 5) || t.stride(1) == 0) return false;
  int64_t least = 0;
  for (int i = 0; i < n; ++i) {
    const int d = i == 0 ? 1 : i == n - 1 ? 0 : n - i;
    if (t.size(d) == 0 || t.stride(d) < least || (d == 0 && least == t.stride(1))) return false;
    least = t.stride(d) * std::max<int64_t>(t.size(d), 1);
  }
  return true;
}

Dims channels_last_strides(const Dims& shape) {
  const int n = shape.size();
  Dims strides(n);
  int64_t step = 1;
  for (int i = 0; i < n; ++i) {
    const int d = i == 0 ? 1 : i == n - 1 ? 0 : n - i;
    strides[d] = step;
    step *= std::max<int64_t>(shape[d], 1);
  }
  return strides;
}

Tensor piece(const Tensor& x, int dim, int64_t start, int64_t length) {
  return x.with_layout(slice(x.layout(), dim, start, start + length, 1));
}

// Whether element (row, column) of a matrix is kept, as a bool matrix.
Tensor triangle(int64_t rows, int64_t columns, int64_t diagonal, bool lower) {
  Tensor mask = empty({rows, columns}, DType::Bool);
  bool* p = mask.data_as<bool>();
  for (int64_t r = 0; r < rows; ++r, p += columns) {
    const int64_t below = std::clamp<int64_t>(lower ? r + diagonal + 1 : r + diagonal, 0, columns);
    std::fill(p, p + below, lower);
    std::fill(p + below, p + columns, !lower);
  }
  return mask;
}

Tensor cut(const char* name, const Tensor& x, int64_t diagonal, bool lower) {
  check(x.dim() >= 2, name, ": input tensor must have at least 2 dimensions");
  const int64_t rows = x.size(x.dim() - 2), columns = x.size(x.dim() - 1), size = x.item_size();
  // Beyond the corners a diagonal makes no difference; unclamped it could overflow.
  const int64_t first = std::clamp(diagonal, -rows - 1, columns + 1) + (lower ? 1 : 0);
  Tensor out = empty(x.shape(), x.dtype());
  if (out.numel() == 0) return out;
  const Tensor dense = contiguous(x);
  const int64_t bytes = columns * size;
  parallel_for(x.numel() / columns, std::max<int64_t>(1, kElementwiseGrain / columns), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const auto split = static_cast<size_t>(std::clamp<int64_t>(r % rows + first, 0, columns) * size);
      const size_t rest = static_cast<size_t>(bytes) - split;
      char* to = out.data() + r * bytes;
      const char* from = dense.data() + r * bytes;
      if (lower) {
        std::memcpy(to, from, split);
        std::memset(to + split, 0, rest);
      } else {
        std::memset(to, 0, split);
        std::memcpy(to + split, from + split, rest);
      }
    }
  });
  return out;
}

Tensor triangle_indices(int64_t rows, int64_t columns, int64_t offset, bool lower) {
  check(rows >= 0, "row must be non-negative, got", rows);
  check(columns >= 0, "col must be non-negative, got", columns);
  if (rows == 0 || columns == 0) return empty({2, 0}, DType::Int64);
  check(rows < kMaxElements && columns < kMaxElements, "a matrix of ", rows, " rows and ", columns,
        " columns is beyond any memory");
  const Tensor mask = triangle(rows, columns, std::clamp(offset, -rows - 1, columns + 1), lower);
  const Tensor kept = ops::nonzero(mask);
  return contiguous(kept.with_layout(transpose(kept.layout(), 0, 1)));
}

}  // namespace

namespace ops {

Tensor cat(const TensorList& tensors, int64_t dim) {
  check(!tensors.empty(), ErrorKind::Value, "torch.cat(): expected a non-empty list of Tensors");
  const Tensor* first = nullptr;
  for (size_t i = 0; i < tensors.size(); ++i) {
    check(tensors[i].dim() > 0, "zero-dimensional tensor (at position ", i, ") cannot be concatenated");
    if (!first && !is_skipped(tensors[i])) first = &tensors[i];
  }
  const DType dtype = common_dtype(tensors);
  const int d = wrap_dim(dim, first ? first->dim() : 1);
  if (!first) return strided::empty({0}, dtype);
  Dims shape = first->shape();
  shape[d] = 0;
  bool channels_last = true;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const Tensor& t = tensors[i];
    if (is_skipped(t)) continue;
    check(t.dim() == first->dim(), "Tensors must have same number of dimensions: got ", first->dim(), " and ", t.dim());
    for (int k = 0; k < t.dim(); ++k) {
      check(k == d || t.size(k) == shape[k], "Sizes of tensors must match except in dimension ", d, ". Expected size ",
            shape[k], " but got size ", t.size(k), " for tensor number ", i, " in the list.");
    }
    shape[d] += t.size(d);
    channels_last &= is_channels_last(t);
  }
  Tensor out =
      channels_last ? strided::empty_strided(shape, channels_last_strides(shape), dtype) : strided::empty(shape, dtype);
  int64_t at = 0;
  for (const Tensor& t : tensors) {
    if (is_skipped(t)) continue;
    copy_into(piece(out, d, at, t.size(d)), t);
    at += t.size(d);
  }
  return out;
}

Tensor stack(const TensorList& tensors, int64_t dim) {
  check(!tensors.empty(), "stack expects a non-empty TensorList");
  const Dims& each = tensors[0].shape();
  for (size_t i = 1; i < tensors.size(); ++i) {
    check(tensors[i].shape() == each, "stack expects each tensor to be equal size, but got ", each, " at entry 0 and ",
          tensors[i].shape(), " at entry ", i);
  }
  const int d = wrap_dim(dim, each.size() + 1);
  Dims shape = each;
  shape.insert(d, static_cast<int64_t>(tensors.size()));
  Tensor out = strided::empty(shape, common_dtype(tensors));
  for (size_t i = 0; i < tensors.size(); ++i) {
    copy_into(out.with_layout(strided::select(out.layout(), d, static_cast<int64_t>(i))), tensors[i]);
  }
  return out;
}

Tensor repeat(const Tensor& x, const Dims& repeats) {
  const int n = repeats.size(), lead = n - x.dim();
  check(lead >= 0, "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  Dims shape(n);
  for (int d = 0; d < n; ++d) shape[d] = repeats[d] * (d < lead ? 1 : x.size(d - lead));
  Tensor out = strided::empty(shape, x.dtype());
  if (out.numel() == 0) return out;
  // Both seen with a dimension for the repetitions before each dimension of x.
  Dims pairs(2 * n), to(2 * n), from(2 * n);
  for (int d = 0; d < n; ++d) {
    const int64_t size = d < lead ? 1 : x.size(d - lead);
    pairs[2 * d] = repeats[d];
    pairs[2 * d + 1] = size;
    to[2 * d] = size * out.stride(d);
    to[2 * d + 1] = out.stride(d);
    from[2 * d + 1] = d < lead ? 0 : x.stride(d - lead);
  }
  copy_into(out.with_layout({pairs, to, 0}), x.with_layout({pairs, from, x.layout().offset}));
  return out;
}

Tensor roll(const Tensor& x, const Dims& shifts, const Dims& dims) {
  check(!shifts.empty(), "`shifts` required");
  if (dims.empty() && shifts.size() == 1) {
    const Tensor flat = strided::contiguous(x);
    return view(roll(view(flat, {-1}), shifts, {0}), x.shape());
  }
  check(shifts.size() == dims.size(), "shifts and dimensions must align. shifts: ", shifts.size(),
        ", dims:", dims.size());
  Tensor from = x;
  for (int i = 0; i < dims.size(); ++i) {
    const int d = wrap_dim(dims[i], x.dim());
    Tensor to = strided::empty(x.shape(), x.dtype());
    if (x.numel() == 0) return to;
    if (x.dim() == 0) return strided::clone(x);
    const int64_t size = x.size(d), shift = (shifts[i] % size + size) % size;
    copy_into(piece(to, d, shift, size - shift), piece(from, d, 0, size - shift));
    copy_into(piece(to, d, 0, shift), piece(from, d, size - shift, shift));
    from = to;
  }
  return from;
}

Tensor flip(const Tensor& x, const Dims& dims) {
  Layout backwards = x.layout();
  for (int64_t dim : wrap_dims(dims, x.dim())) {
    const int d = static_cast<int>(dim);
    if (x.dim() == 0 || x.size(d) == 0) continue;
    backwards.offset += (x.size(d) - 1) * x.stride(d);
    backwards.strides[d] = -x.stride(d);
  }
  Tensor out = empty_like(x, x.dtype());
  copy_into(out, x.with_layout(std::move(backwards)));
  return out;
}

Tensor tril(const Tensor& x, int64_t diagonal) { return cut("tril", x, diagonal, true); }
Tensor triu(const Tensor& x, int64_t diagonal) { return cut("triu", x, diagonal, false); }
Tensor tril_indices(int64_t rows, int64_t columns, int64_t offset) {
  return triangle_indices(rows, columns, offset, true);
}
Tensor triu_indices(int64_t rows, int64_t columns, int64_t offset) {
  return triangle_indices(rows, columns, offset, false);
}

}  // namespace ops
}  // namespace strided
