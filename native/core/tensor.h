// A typed view of a storage. Copying a Tensor copies a reference.
#pragma once

#include <optional>
#include <vector>

#include "native/core/dtype.h"
#include "native/core/layout.h"
#include "native/core/recycled.h"
#include "native/core/scalar.h"
#include "native/core/storage.h"

namespace strided {

/// Not shared between threads: each has its own, over storages that may be.
class TensorImpl : public Recycled<TensorImpl> {
 public:
  TensorImpl(StorageRef storage, DType dtype, Layout layout)
      : storage_(std::move(storage)), layout_(std::move(layout)), numel_(layout_.numel()), dtype_(dtype) {}

  const StorageRef& storage() const { return storage_; }
  DType dtype() const { return dtype_; }
  const Layout& layout() const { return layout_; }
  int64_t numel() const { return numel_; }
  /// Points this very tensor at other memory (in-place resize, `x.data = y`).
  void reset(StorageRef storage, DType dtype, Layout layout) {
    storage_ = std::move(storage);
    dtype_ = dtype;
    layout_ = std::move(layout);
    numel_ = layout_.numel();
  }

  void retain() { ++references_; }
  void release() {
    if (--references_ == 0) delete this;
  }

 private:
  StorageRef storage_;
  Layout layout_;
  int64_t numel_;
  int32_t references_ = 0;
  DType dtype_;
};

class Tensor {
 public:
  Tensor() = default;  // undefined: an absent optional argument
  explicit Tensor(TensorImpl* impl) : impl_(impl) {}
  Tensor(StorageRef storage, DType dtype, Layout layout)
      : impl_(new TensorImpl(std::move(storage), dtype, std::move(layout))) {}

  bool defined() const { return static_cast<bool>(impl_); }
  TensorImpl* impl() const { return impl_.get(); }
  bool is_same(const Tensor& other) const { return impl_ == other.impl_; }

  DType dtype() const { return impl_->dtype(); }
  const Layout& layout() const { return impl_->layout(); }
  const Dims& shape() const { return layout().shape; }
  const Dims& strides() const { return layout().strides; }
  int64_t size(int d) const { return shape()[d]; }
  int64_t stride(int d) const { return strides()[d]; }
  int dim() const { return layout().dim(); }
  int64_t numel() const { return impl_->numel(); }
  int64_t item_size() const { return strided::item_size(dtype()); }
  bool is_contiguous() const { return layout().is_contiguous(); }
  const StorageRef& storage() const { return impl_->storage(); }

  /// The first element.
  char* data() const { return storage()->data() + layout().offset * item_size(); }
  template <class T>
  T* data_as() const {
    return reinterpret_cast<T*>(data());
  }

  /// Another layout over the same storage.
  Tensor with_layout(Layout layout) const { return Tensor(storage(), dtype(), std::move(layout)); }

 private:
  Ref<TensorImpl> impl_;
};

using TensorList = std::vector<Tensor>;

/// Uninitialised and contiguous.
Tensor empty(const Dims& shape, DType dtype);
/// Uninitialised with these strides; the storage is as long as they need.
Tensor empty_strided(const Dims& shape, const Dims& strides, DType dtype);

}  // namespace strided
