#include "native/core/storage.h"

#include <algorithm>
#include <cstring>

#include "native/core/allocator.h"
#include "native/core/error.h"

namespace strided {

Storage::Storage(int64_t bytes) : data_(static_cast<char*>(allocate_bytes(bytes))), bytes_(bytes) {}

Storage::Storage(void* data, int64_t bytes, Release release, void* context)
    : data_(static_cast<char*>(data)), bytes_(bytes), release_(release), context_(context) {}

Storage::~Storage() {
  if (release_) {
    release_(context_);
  } else {
    free_bytes(data_, bytes_);
  }
}

void Storage::resize(int64_t bytes) {
  check(!release_, "Trying to resize storage that is not resizable");
  auto* data = static_cast<char*>(allocate_bytes(bytes));
  std::memcpy(data, data_, static_cast<size_t>(std::min(bytes, bytes_)));
  free_bytes(data_, bytes_);
  data_ = data;
  bytes_ = bytes;
}

}  // namespace strided
