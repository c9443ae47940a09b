#include "native/core/layout.h"

#include "native/core/error.h"

namespace strided {

int64_t product(const Dims& dims) {
  int64_t n = 1;
  bool overflows = false;
  for (int64_t d : dims) overflows |= __builtin_mul_overflow(n, d, &n);
  check(!overflows, "numel: integer multiplication overflow in a shape of ", dims);
  return n;
}

bool Layout::is_contiguous() const {
  int64_t expected = 1;
  for (int d = dim() - 1; d >= 0; --d) {
    if (shape[d] == 0) return true;
    if (shape[d] != 1 && strides[d] != expected) return numel() == 0;
    expected *= shape[d];
  }
  return true;
}

bool Layout::is_dense() const {
  if (is_contiguous()) return true;
  Dims order(dim());
  for (int d = 0; d < dim(); ++d) order[d] = d;
  // Sizes below 2 go last: their strides say nothing.
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    const int i = static_cast<int>(a), j = static_cast<int>(b);
    if (shape[i] < 2 || shape[j] < 2) return shape[j] < 2 && shape[i] >= 2;
    return strides[i] < strides[j];
  });
  int64_t expected = 1;
  for (int64_t d : order) {
    const int i = static_cast<int>(d);
    if (shape[i] < 2) return true;
    if (strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

bool Layout::may_overlap() const {
  for (int d = 0; d < dim(); ++d) {
    if (strides[d] == 0 && shape[d] > 1) return true;
  }
  return false;
}

Dims contiguous_strides(const Dims& shape) {
  Dims strides(shape.size());
  int64_t step = 1;
  for (int d = shape.size() - 1; d >= 0; --d) {
    strides[d] = step;
    // Unsigned: before a size of 0 others may have any product.
    step = static_cast<int64_t>(static_cast<uint64_t>(step) * static_cast<uint64_t>(std::max<int64_t>(shape[d], 1)));
  }
  return strides;
}

Layout contiguous_layout(Dims shape, int64_t offset) {
  Dims strides = contiguous_strides(shape);
  return {std::move(shape), std::move(strides), offset};
}

int wrap_dim(int64_t dim, int ndim, bool zero_d_as_1) {
  const int64_t n = ndim == 0 && zero_d_as_1 ? 1 : ndim;
  check(n > 0, ErrorKind::Index, "Dimension specified as ", dim, " but tensor has no dimensions");
  check(dim >= -n && dim < n, ErrorKind::Index, "Dimension out of range (expected to be in range of [", -n, ", ", n - 1,
        "], but got ", dim, ")");
  return static_cast<int>(dim < 0 ? dim + n : dim);
}

Dims wrap_dims(const Dims& dims, int ndim) {
  Dims wrapped;
  for (int64_t d : dims) {
    const int w = wrap_dim(d, ndim);
    check(std::find(wrapped.begin(), wrapped.end(), w) == wrapped.end(), "dim ", w,
          " appears multiple times in the list of dims");
    wrapped.push_back(w);
  }
  return wrapped;
}

Dims broadcast_shapes(const Dims& a, const Dims& b) {
  const int n = std::max(a.size(), b.size());
  Dims out(n);
  for (int i = n - 1; i >= 0; --i) {
    const int ia = i - (n - a.size()), ib = i - (n - b.size());
    const int64_t sa = ia < 0 ? 1 : a[ia], sb = ib < 0 ? 1 : b[ib];
    check(sa == sb || sa == 1 || sb == 1, "The size of tensor a (", sa, ") must match the size of tensor b (", sb,
          ") at non-singleton dimension ", i);
    out[i] = sa == 1 ? sb : sa;
  }
  return out;
}

int64_t storage_extent(const Layout& x) {
  if (x.numel() == 0) return 0;
  int64_t end;
  bool overflows = __builtin_add_overflow(x.offset, 1, &end);
  for (int d = 0; d < x.dim(); ++d) {
    int64_t reach;
    overflows |= __builtin_mul_overflow(x.shape[d] - 1, x.strides[d], &reach);
    overflows |= __builtin_add_overflow(end, reach, &end);
  }
  check(!overflows && end < kMaxElements, "shape ", x.shape, ", strides ", x.strides, " and storage offset ", x.offset,
        " reach beyond any storage");
  return end;
}

}  // namespace strided
