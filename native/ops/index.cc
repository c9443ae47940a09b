// x[i, :, mask]: indexing with tensors, read and written.
#include "native/ops/index.h"

#include "native/core/error.h"
#include "native/core/iterator.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided {
namespace {

struct Indexed {
  Tensor index;
  int dim;         // of the tensor as it is walked
  int number;      // among the indices, masks counted by their dimensions: what PyTorch's messages call the dimension
  int stands_for;  // how many dimensions of a mask this is
};

/// What one indexing amounts to: elements of `x` at addresses, seen in the shape of the result.
struct Plan {
  Tensor x;                   // a walk
  Addresses at;               // a walk
  std::vector<Tensor> order;  // walks whose strides decide those of a new result
};

bool is_mask(const Tensor& t) { return t.dtype() == DType::Bool || t.dtype() == DType::UInt8; }

// Coordinate `d` of positions in a tensor of this shape.
Tensor coordinate(const Tensor& positions, const Dims& shape, int d) {
  const int64_t step = contiguous_strides(shape)[d], size = shape[d];
  Tensor out = empty(positions.shape(), DType::Int64);
  const auto* from = positions.data_as<int64_t>();
  auto* to = out.data_as<int64_t>();
  for (int64_t i = 0; i < positions.numel(); ++i) to[i] = from[i] / step % size;
  return out;
}

bool lies_densely(const Layout& x, int first, int last) {
  for (int d = first; d < last; ++d) {
    if (x.strides[d] != x.shape[d + 1] * x.strides[d + 1]) return false;
  }
  return true;
}

void merge(Layout& x, int first, int last) {
  for (int d = last; d > first; --d) {
    x.shape[d - 1] *= x.shape[d];
    x.strides[d - 1] = x.strides[d];
    x.shape.erase(d);
    x.strides.erase(d);
  }
}

// Masks become indices: one over all of their dimensions where those lie densely in `layout`, else one for each.
std::vector<Indexed> without_masks(Layout& layout, const TensorList& indices, const Dims& dims) {
  const Dims shape = layout.shape;
  std::vector<Indexed> out;
  int merged = 0, number = 0;
  for (size_t i = 0; i < indices.size(); ++i) {
    const Tensor& index = indices[i];
    const int at = static_cast<int>(dims[static_cast<int>(i)]), dim = at - merged,
              taken = is_mask(index) ? index.dim() : 1;
    check(is_mask(index) || index.dtype() == DType::Int64 || index.dtype() == DType::Int32, ErrorKind::Index,
          "tensors used as indices must be long, int, byte or bool tensors");
    check(at + taken <= shape.size(), ErrorKind::Index, "too many indices for tensor of dimension ", shape.size());
    number += taken;
    if (!is_mask(index)) {
      out.push_back({index, dim, number - 1, 1});
      continue;
    }
    for (int d = 0; d < taken; ++d) {
      check(index.size(d) == shape[at + d], ErrorKind::Index, "The shape of the mask ", index.shape(), " at index ", d,
            " does not match the shape of the indexed tensor ", shape, " at index ", at + d);
    }
    const Tensor positions = nonzero_positions(index);
    const int last = dim + taken - 1;
    if (lies_densely(layout, dim, last)) {
      merge(layout, dim, last);
      merged += last - dim;
      out.push_back({positions, dim, number - 1, taken});
    } else {
      for (int d = 0; d < taken; ++d)
        out.push_back({coordinate(positions, index.shape(), d), dim + d, number - taken + d, 1});
    }
  }
  return out;
}

Dims broadcast_indices(const std::vector<Indexed>& all) {
  Dims shape;
  try {
    for (const Indexed& one : all) shape = broadcast_shapes(shape, one.index.shape());
  } catch (const Error&) {
    Text shapes;
    for (const Indexed& one : all) {
      for (int i = 0; i < one.stands_for; ++i) shapes << (shapes.str().empty() ? "" : ", ") << one.index.shape();
    }
    fail(ErrorKind::Index, "shape mismatch: indexing tensors could not be broadcast together with shapes ",
         shapes.str());
  }
  return shape;
}

Plan make_plan(const Tensor& x, const TensorList& indices, const Dims& dims) {
  check(!indices.empty() && dims.size() == static_cast<int>(indices.size()), ErrorKind::Index,
        "indexing takes at least one index tensor, and as many dimensions as there are");
  for (int i = 0; i < dims.size(); ++i)
    check(dims[i] >= (i ? dims[i - 1] + 1 : 0) && dims[i] < x.dim(), ErrorKind::Index, "cannot index dimensions ", dims,
          " of a tensor of dimension ", x.dim());
  Layout layout = x.layout();
  const std::vector<Indexed> all = without_masks(layout, indices, dims);
  const Dims broadcast = broadcast_indices(all);
  const Tensor walked = x.with_layout(layout);

  Addresses at;
  for (const Indexed& one : all) {
    const int64_t size = layout.shape[one.dim], step = layout.strides[one.dim] * x.item_size();
    check(size > 0 || product(broadcast) == 0, ErrorKind::Index, "index is out of bounds for dimension with size 0");
    const Addresses more = addresses(one.index, one.number, size, step, kWrappingBounds);
    at = at.index.defined() ? sum(at, more, broadcast) : more;
  }

  // The dimensions of the indices stand where the indexed ones stood, or in front where those are not neighbours.
  const int first = all.front().dim, last = all.back().dim;
  const bool neighbours = last - first + 1 == static_cast<int>(all.size());
  const int lead = neighbours ? first : 0;
  Dims shape, x_strides;
  for (int d = 0, next = 0; d <= layout.dim(); ++d) {
    if (shape.size() == lead && d == lead) {
      for (int64_t size : broadcast) {
        shape.push_back(size);
        x_strides.push_back(0);
      }
    }
    if (d == layout.dim()) break;
    if (next < static_cast<int>(all.size()) && all[static_cast<size_t>(next)].dim == d) {
      ++next;
      continue;
    }
    shape.push_back(layout.shape[d]);
    x_strides.push_back(layout.strides[d]);
  }
  auto place = [&](const Tensor& t) {  // a tensor of the indices' shape as a walk
    const Layout expanded = expand(t.layout(), broadcast);
    const int n = broadcast.size();
    Dims strides(shape.size());
    for (int d = 0; d < n; ++d) strides[lead + d] = expanded.strides[d];
    // A dimension of one element gets the stride that reshaping would give it: PyTorch orders dimensions by it.
    const int64_t before = n ? broadcast[0] * expanded.strides[0] : 1, after = n ? expanded.strides.back() : 1;
    for (int d = 0; d < shape.size(); ++d) {
      if (shape[d] == 1 && (d < lead || d >= lead + n)) strides[d] = d < lead ? before : after;
    }
    return walk(t, shape, strides);
  };
  Plan plan{walk(walked, shape, x_strides), {place(at.index), at.step, at.wrap}, {}};
  plan.order.push_back(plan.x);
  for (const Indexed& one : all) plan.order.push_back(place(one.index));
  return plan;
}

Dims plan_strides(const Plan& plan) {
  const Tensor* inputs[8];
  int count = 0;
  for (const Tensor& t : plan.order) {
    if (count < 8) inputs[count++] = &t;
  }
  return result_strides(plan.x.shape(), inputs, count);
}

bool expands_to(const Dims& from, const Dims& to) {
  const int lead = to.size() - from.size();
  if (lead < 0) return false;
  for (int d = 0; d < from.size(); ++d) {
    if (from[d] != 1 && from[d] != to[lead + d]) return false;
  }
  return true;
}

}  // namespace

namespace ops {

Tensor index(const Tensor& x, const TensorList& indices, const Dims& dims) {
  const Plan plan = make_plan(x, indices, dims);
  Tensor out = strided::empty_strided(plan.x.shape(), plan_strides(plan), x.dtype());
  take_at(out, plan.x, plan.at);
  return out;
}

Tensor index_put_(const Tensor& x, const TensorList& indices, const Dims& dims, const Tensor& values, bool accumulate) {
  check(values.dtype() == x.dtype(), "Index put requires the source and destination dtypes match, got ",
        dtype_scalar_name(x.dtype()), " for the destination and ", dtype_scalar_name(values.dtype()),
        " for the source.");
  const Plan plan = make_plan(x, indices, dims);
  check(expands_to(values.shape(), plan.x.shape()), "shape mismatch: value tensor of shape ", values.shape(),
        " cannot be broadcast to indexing result of shape ", plan.x.shape());
  check_apart(x, values);
  for (const Tensor& index : indices) check_apart(x, index);
  combine_at(accumulate ? Combine::Add : Combine::Assign, plan.x, apart(values, x), plan.at);
  return x;
}

}  // namespace ops
}  // namespace strided
