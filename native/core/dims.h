// A short list of sizes, strides or dimension numbers; up to six without an allocation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace strided {

class Dims {
 public:
  Dims() = default;
  Dims(std::initializer_list<int64_t> values) { assign(values.begin(), static_cast<int>(values.size())); }
  Dims(const int64_t* values, int n) { assign(values, n); }
  explicit Dims(int n, int64_t value = 0) { resize(n, value); }
  Dims(const Dims& other) { copy(other); }
  Dims(Dims&& other) noexcept { steal(other); }
  Dims& operator=(const Dims& other) {
    if (this != &other) copy(other);
    return *this;
  }
  Dims& operator=(Dims&& other) noexcept {
    if (this != &other) {
      release();
      steal(other);
    }
    return *this;
  }
  ~Dims() { release(); }

  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  int64_t* data() { return data_; }
  const int64_t* data() const { return data_; }
  int64_t& operator[](int i) { return data_[i]; }
  int64_t operator[](int i) const { return data_[i]; }
  int64_t back() const { return data_[size_ - 1]; }
  int64_t* begin() { return data_; }
  int64_t* end() { return data_ + size_; }
  const int64_t* begin() const { return data_; }
  const int64_t* end() const { return data_ + size_; }

  void push_back(int64_t value) {
    reserve(size_ + 1);
    data_[size_++] = value;
  }
  void resize(int n, int64_t value = 0) {
    reserve(n);
    for (int i = size_; i < n; ++i) data_[i] = value;
    size_ = n;
  }
  void insert(int at, int64_t value) {
    push_back(value);
    std::rotate(data_ + at, data_ + size_ - 1, data_ + size_);
  }
  void erase(int at) {
    std::memmove(data_ + at, data_ + at + 1, sizeof(int64_t) * static_cast<size_t>(size_ - at - 1));
    --size_;
  }
  bool operator==(const Dims& other) const {
    if (size_ != other.size_) return false;
    for (int i = 0; i < size_; ++i)
      if (data_[i] != other.data_[i]) return false;
    return true;
  }

 private:
  static constexpr int kInline = 6;

  // A fixed number of bytes is copied without a call.
  void copy(const Dims& other) {
    if (other.data_ != other.inline_ || data_ != inline_) return assign(other.data_, other.size_);
    std::memcpy(inline_, other.inline_, sizeof inline_);
    size_ = other.size_;
  }
  void assign(const int64_t* values, int n) {
    reserve(n);
    if (n) std::memmove(data_, values, sizeof(int64_t) * static_cast<size_t>(n));
    size_ = n;
  }
  void reserve(int n) {
    if (n <= capacity_) return;
    const int capacity = std::max(n, 2 * capacity_);
    auto* grown = new int64_t[static_cast<size_t>(capacity)];
    std::memcpy(grown, data_, sizeof(int64_t) * static_cast<size_t>(size_));
    release();
    data_ = grown;
    capacity_ = capacity;
  }
  void release() {
    if (data_ != inline_) delete[] data_;
    data_ = inline_;
    capacity_ = kInline;
  }
  void steal(Dims& other) {
    size_ = other.size_;
    if (other.data_ == other.inline_) {
      std::memcpy(inline_, other.inline_, sizeof inline_);
    } else {
      data_ = other.data_;
      capacity_ = other.capacity_;
      other.data_ = other.inline_;
      other.capacity_ = kInline;
    }
    other.size_ = 0;
  }

  int64_t inline_[kInline];
  int64_t* data_ = inline_;
  int size_ = 0;
  int capacity_ = kInline;
};

/// "[2, 3]", as in PyTorch's messages.
template <class Out>
Out& operator<<(Out& out, const Dims& dims) {
  out << '[';
  for (int i = 0; i < dims.size(); ++i) out << (i ? ", " : "") << dims[i];
  out << ']';
  return out;
}

int64_t product(const Dims& dims);

}  // namespace strided
