// Reference-counted bytes. Views share a storage; so may threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "native/core/recycled.h"

namespace strided {

class Storage : public Recycled<Storage> {
 public:
  /// Called once, when the last reference to foreign memory goes.
  using Release = void (*)(void* context);

  explicit Storage(int64_t bytes);
  Storage(void* data, int64_t bytes, Release release, void* context);
  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  char* data() const { return data_; }
  int64_t bytes() const { return bytes_; }
  /// Whether the memory belongs to somebody else, who may know one thread only.
  bool is_foreign() const { return release_ != nullptr; }
  /// What its release is called with.
  void* owner() const { return context_; }

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  int64_t references() const { return references_.load(std::memory_order_relaxed); }

 private:
  char* data_;
  int64_t bytes_;
  Release release_ = nullptr;
  void* context_ = nullptr;
  std::atomic<int64_t> references_{0};
};

/// An intrusive pointer to anything with retain() and release().
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* p) : p_(p) {
    if (p_) p_->retain();
  }
  Ref(const Ref& other) : Ref(other.p_) {}
  Ref(Ref&& other) noexcept : p_(std::exchange(other.p_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(p_, other.p_);
    return *this;
  }
  ~Ref() {
    if (p_) p_->release();
  }
  T* get() const { return p_; }
  T* operator->() const { return p_; }
  T& operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }
  bool operator==(const Ref& other) const { return p_ == other.p_; }

 private:
  T* p_ = nullptr;
};

using StorageRef = Ref<Storage>;

}  // namespace strided
