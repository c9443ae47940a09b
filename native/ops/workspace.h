// Memory for packed operands and the like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace strided {

/// Scratch of one thread, kept from call to call; what it held is lost when it grows.
class Workspace {
 public:
  template <class T>
  T* at_least(int64_t count) {
    const size_t bytes = static_cast<size_t>(count) * sizeof(T);
    if (bytes > size_) {
      memory_.reset();
      size_ = 0;
      memory_.reset(::operator new(bytes, std::align_val_t{kAlignment}));
      size_ = bytes;
    }
    return static_cast<T*>(memory_.get());
  }

  /// Keeps no more than some megabytes from one op to the next.
  void trim() {
    if (size_ <= kKeptBytes) return;
    memory_.reset();
    size_ = 0;
  }

 private:
  static constexpr size_t kKeptBytes = size_t{32} << 20;
  static constexpr size_t kAlignment = 64;
  struct FreeAligned {
    void operator()(void* p) const { ::operator delete(p, std::align_val_t{kAlignment}); }
  };
  std::unique_ptr<void, FreeAligned> memory_;
  size_t size_ = 0;
};

}  // namespace strided
