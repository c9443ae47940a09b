#include "native/core/storage.h"

#include "native/core/allocator.h"

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

}  // namespace strided
