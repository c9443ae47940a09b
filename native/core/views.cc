// The views of layout.h.
#include <numeric>

#include "native/core/error.h"
#include "native/core/layout.h"

namespace strided {

Layout permute(const Layout& x, const Dims& dims) {
  check(dims.size() == x.dim(),
        "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
        "ordering of dimensions i.e. input.dim() = ",
        x.dim(), " is not equal to len(dims) = ", dims.size());
  Layout out{Dims(x.dim()), Dims(x.dim()), x.offset};
  Dims seen(x.dim());
  for (int i = 0; i < dims.size(); ++i) {
    const int d = wrap_dim(dims[i], x.dim());
    check(!seen[d]++, "permute(): duplicate dims are not allowed.");
    out.shape[i] = x.shape[d];
    out.strides[i] = x.strides[d];
  }
  return out;
}

Layout transpose(const Layout& x, int64_t dim0, int64_t dim1) {
  const int a = wrap_dim(dim0, x.dim()), b = wrap_dim(dim1, x.dim());
  Layout out = x;
  if (x.dim() == 0) return out;
  std::swap(out.shape[a], out.shape[b]);
  std::swap(out.strides[a], out.strides[b]);
  return out;
}

Layout select(const Layout& x, int64_t dim, int64_t index) {
  check(x.dim() > 0, ErrorKind::Index, "select() cannot be applied to a 0-dim tensor.");
  const int d = wrap_dim(dim, x.dim());
  const int64_t size = x.shape[d];
  check(index >= -size && index < size, ErrorKind::Index, "select(): index ", index,
        " out of range for tensor of size ", x.shape, " at dimension ", d);
  Layout out = x;
  out.offset += (index < 0 ? index + size : index) * x.strides[d];
  out.shape.erase(d);
  out.strides.erase(d);
  return out;
}

Layout narrow(const Layout& x, int64_t dim, int64_t start, int64_t length) {
  check(x.dim() > 0, "narrow() cannot be applied to a 0-dim tensor.");
  check(length >= 0, "narrow(): length must be non-negative.");
  const int d = wrap_dim(dim, x.dim());
  const int64_t size = x.shape[d];
  check(start >= -size && start <= size, ErrorKind::Index, "start out of range (expected to be in range of [", -size,
        ", ", size, "], but got ", start, ")");
  if (start < 0) start += size;
  check(start <= size - length, "start (", start, ") + length (", length, ") exceeds dimension size (", size, ").");
  return slice(x, d, start, start + length, 1);
}

Layout slice(const Layout& x, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step) {
  check(x.dim() > 0, "slice() cannot be applied to a 0-dim tensor.");
  const int d = wrap_dim(dim, x.dim());
  const int64_t size = x.shape[d];
  check(step > 0, "slice step must be positive");
  auto clamp = [size](int64_t v) { return std::clamp<int64_t>(v < 0 ? v + size : v, 0, size); };
  const int64_t from = clamp(start.value_or(0)), to = std::max(from, clamp(end.value_or(size)));
  Layout out = x;
  out.offset += from * x.strides[d];
  // Not (to - from + step - 1): a step near the largest integer must not overflow.
  const int64_t length = to - from;
  out.shape[d] = length == 0 ? 0 : (length - 1) / step + 1;
  // Unsigned, for a step near the largest integer; the stride of a single element says nothing then.
  out.strides[d] = static_cast<int64_t>(static_cast<uint64_t>(out.strides[d]) * static_cast<uint64_t>(step));
  return out;
}

Layout expand(const Layout& x, const Dims& shape) {
  const int n = shape.size();
  check(n >= x.dim(), "expand(", "the requested shape has too few dimensions! Got ", shape, " for a tensor of shape ",
        x.shape, ")");
  Layout out{shape, Dims(n), x.offset};
  for (int i = n - 1; i >= 0; --i) {
    const int j = i - (n - x.dim());
    const int64_t size = j < 0 ? 1 : x.shape[j];
    int64_t stride = j < 0 ? (i + 1 < n ? out.shape[i + 1] * out.strides[i + 1] : 1) : x.strides[j];
    int64_t want = shape[i];
    if (want == -1) {
      check(j >= 0, "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ", i);
      want = size;
    }
    check(want >= 0, "The expanded size of the tensor (", want, ") must not be negative at dimension ", i);
    if (size != want) {
      check(size == 1, "The expanded size of the tensor (", want, ") must match the existing size (", size,
            ") at non-singleton dimension ", i, ".  Target sizes: ", shape, ".  Tensor sizes: ", x.shape);
      stride = 0;
    }
    out.shape[i] = want;
    out.strides[i] = stride;
  }
  return out;
}

Layout squeeze(const Layout& x, std::optional<Dims> dims) {
  Layout out{{}, {}, x.offset};
  Dims chosen = dims ? wrap_dims(*dims, x.dim()) : Dims();
  for (int d = 0; d < x.dim(); ++d) {
    const bool asked = !dims || std::find(chosen.begin(), chosen.end(), d) != chosen.end();
    if (asked && x.shape[d] == 1) continue;
    out.shape.push_back(x.shape[d]);
    out.strides.push_back(x.strides[d]);
  }
  return out;
}

Layout unsqueeze(const Layout& x, int64_t dim) {
  const int d = wrap_dim(dim, x.dim() + 1);
  Layout out = x;
  out.strides.insert(d, d < x.dim() ? x.shape[d] * x.strides[d] : 1);
  out.shape.insert(d, 1);
  return out;
}

Layout diagonal(const Layout& x, int64_t offset, int64_t dim1, int64_t dim2) {
  const int a = wrap_dim(dim1, x.dim()), b = wrap_dim(dim2, x.dim());
  check(a != b, "diagonal dimensions cannot be identical ", dim1, ", ", dim2);
  const int64_t length =
      offset >= 0 ? std::min(x.shape[a], x.shape[b] - offset) : std::min(x.shape[a] + offset, x.shape[b]);
  Layout out = x;
  if (length > 0) out.offset += offset >= 0 ? offset * x.strides[b] : -offset * x.strides[a];
  const int64_t stride = x.strides[a] + x.strides[b];
  for (int d : {std::max(a, b), std::min(a, b)}) {
    out.shape.erase(d);
    out.strides.erase(d);
  }
  out.shape.push_back(std::max<int64_t>(length, 0));
  out.strides.push_back(stride);
  return out;
}

Layout unfold(const Layout& x, int64_t dim, int64_t size, int64_t step) {
  const int d = wrap_dim(dim, x.dim());
  const int64_t extent = x.dim() ? x.shape[d] : 1;
  check(size >= 0, "size is ", size, " but must be >= 0");
  check(size <= extent, "maximum size for tensor at dimension ", d, " is ", extent, " but size is ", size);
  check(step > 0, "step is ", step, " but must be > 0");
  Layout out = x;
  out.shape.push_back(size);
  out.strides.push_back(x.dim() ? x.strides[d] : 1);
  if (x.dim()) {
    out.shape[d] = (extent - size) / step + 1;
    out.strides[d] = step * x.strides[d];
  }
  return out;
}

Dims infer_size(const Dims& shape, int64_t numel) {
  Dims out = shape;
  int inferred = -1;
  for (int d = 0; d < shape.size(); ++d) {
    if (shape[d] == -1) {
      check(inferred < 0, "only one dimension can be inferred");
      inferred = d;
      out[d] = 1;
    } else {
      check(shape[d] >= 0, "invalid shape dimension ", shape[d], " at index ", d, " of shape ", shape);
    }
  }
  const int64_t known = product(out);
  if (inferred >= 0 && known == 0) {
    check(numel == 0, "shape '", shape, "' is invalid for input of size ", numel);
    fail("cannot reshape tensor of 0 elements into shape ", shape,
         " because the unspecified dimension size -1 can be any value and is ambiguous");
  }
  const bool fits = inferred >= 0 ? numel % known == 0 : numel == known;
  check(fits, "shape '", shape, "' is invalid for input of size ", numel);
  if (inferred >= 0) out[inferred] = numel / known;
  return out;
}

std::optional<Layout> view(const Layout& x, const Dims& shape) {
  if (x.numel() == 0) {
    if (x.shape == shape) return x;
    return contiguous_layout(shape, x.offset);
  }
  Layout out{shape, Dims(shape.size()), x.offset};
  // Walk both shapes from the back; a run of old dimensions that lie densely behind one another takes a run of new
  // ones.
  int to = shape.size() - 1;
  int64_t old_run = 1, new_run = 1;
  int64_t base = x.dim() ? x.strides.back() : 1;
  for (int from = x.dim() - 1; from >= 0; --from) {
    old_run *= x.shape[from];
    const bool ends = from == 0 || (x.shape[from - 1] != 1 && x.strides[from - 1] != old_run * base);
    if (!ends) continue;
    while (to >= 0 && (new_run < old_run || shape[to] == 1)) {
      out.strides[to] = new_run * base;
      new_run *= shape[to--];
    }
    if (new_run != old_run) return std::nullopt;
    if (from > 0) {
      base = x.strides[from - 1];
      old_run = new_run = 1;
    }
  }
  if (x.dim() == 0) {
    for (; to >= 0; --to) out.strides[to] = 1;
  }
  if (to != -1) return std::nullopt;
  return out;
}

}  // namespace strided
