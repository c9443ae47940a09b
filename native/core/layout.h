// Where the elements of a tensor lie in its storage, and every view as a pure function from layout to layout.
#pragma once

#include <optional>

#include "native/core/dims.h"

namespace strided {

struct Layout {
  Dims shape;
  Dims strides;  // in elements
  int64_t offset = 0;

  int dim() const { return shape.size(); }
  int64_t numel() const { return product(shape); }
  bool is_contiguous() const;
  /// No two indices share an element and no element between them is skipped, in whatever order of dimensions.
  bool is_dense() const;
  /// Two indices may name the same element (an expanded dimension).
  bool may_overlap() const;
};

Layout contiguous_layout(Dims shape, int64_t offset = 0);
Dims contiguous_strides(const Dims& shape);

/// `dim` counted from the front; fails with PyTorch's IndexError where it is out of range.
int wrap_dim(int64_t dim, int ndim, bool zero_d_as_1 = true);
/// Wraps all, refuses repeated ones.
Dims wrap_dims(const Dims& dims, int ndim);

/// The shape that operands of these shapes broadcast to; PyTorch's RuntimeError where they do not.
Dims broadcast_shapes(const Dims& a, const Dims& b);

// Views. Arguments are PyTorch's, errors too.
Layout permute(const Layout& x, const Dims& dims);
Layout transpose(const Layout& x, int64_t dim0, int64_t dim1);
Layout select(const Layout& x, int64_t dim, int64_t index);
Layout narrow(const Layout& x, int64_t dim, int64_t start, int64_t length);
Layout slice(const Layout& x, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step);
Layout expand(const Layout& x, const Dims& shape);
Layout squeeze(const Layout& x, std::optional<Dims> dims);
Layout unsqueeze(const Layout& x, int64_t dim);
Layout diagonal(const Layout& x, int64_t offset, int64_t dim1, int64_t dim2);
Layout unfold(const Layout& x, int64_t dim, int64_t size, int64_t step);

/// Replaces a single -1 in `shape`.
Dims infer_size(const Dims& shape, int64_t numel);
/// The strides of the same elements seen in another shape; nullopt where that takes a copy.
std::optional<Layout> view(const Layout& x, const Dims& shape);

/// Beyond any memory, and so few that their bytes can be counted.
constexpr int64_t kMaxElements = int64_t{1} << 47;
/// How many elements a storage must have for this layout; fails where that is beyond any storage.
int64_t storage_extent(const Layout& x);

}  // namespace strided
