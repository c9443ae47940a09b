#include "native/core/tensor.h"

#include "native/core/error.h"

namespace strided {
namespace {

Tensor allocate(Layout layout, DType dtype) {
  // The bytes are counted in floating point first: a product of sizes may overflow.
  double bytes = static_cast<double>(item_size(dtype));
  for (int64_t size : layout.shape) {
    check(size >= 0, "Trying to create tensor with negative dimension ", size, ": ", layout.shape);
    bytes *= static_cast<double>(size);
  }
  check(bytes < 0x1p47, "cannot allocate a tensor of shape ", layout.shape, ": it would take ", bytes, " bytes");
  const int64_t extent = storage_extent(layout) * item_size(dtype);
  return Tensor(StorageRef(new Storage(extent)), dtype, std::move(layout));
}

}  // namespace

Tensor empty(const Dims& shape, DType dtype) { return allocate(contiguous_layout(shape), dtype); }

Tensor empty_strided(const Dims& shape, const Dims& strides, DType dtype) {
  check(shape.size() == strides.size(), "empty_strided: ", shape.size(), " sizes but ", strides.size(), " strides");
  for (int64_t stride : strides) check(stride >= 0, "empty_strided: strides must not be negative, got ", strides);
  return allocate({shape, strides, 0}, dtype);
}

}  // namespace strided
