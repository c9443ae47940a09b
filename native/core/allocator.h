// Where tensor memory comes from: a pool of size classes, 64-byte aligned, huge pages for large blocks.
#pragma once

#include <cstddef>
#include <cstdint>

#include "native/core/error.h"

namespace strided {

/// Told about every allocation on the thread it is installed on, so that it can collect garbage before memory grows.
class MemoryObserver {
 public:
  virtual ~MemoryObserver() = default;
  /// Called before `bytes` are taken; may release tensors. This is the only point where it may (see ARCHITECTURE.md,
  /// safe point).
  virtual void before_allocation(int64_t bytes) = 0;
  /// Called when memory has run out: release all that can be released.
  virtual void out_of_memory() = 0;
  int64_t live_bytes = 0;  // taken minus given back on this thread
};

/// Installs an observer for the calling thread; returns the one before it.
MemoryObserver* set_memory_observer(MemoryObserver* observer);

/// Neither the system nor the limit had the bytes, after all garbage was collected and the pool emptied.
class OutOfMemory : public Error {
 public:
  explicit OutOfMemory(std::string message) : Error(ErrorKind::Runtime, std::move(message)) {}
};

struct MemoryStats {
  int64_t live_bytes;    // in tensors
  int64_t peak_bytes;    // the most that live_bytes has been
  int64_t pooled_bytes;  // kept for reuse
  int64_t limit_bytes;   // live + pooled may not pass this; 0: no limit
  int64_t allocations;   // since the start
};

/// Uninitialised memory for `bytes` (at least 64-byte aligned); throws OutOfMemory where the system or the limit has
/// none left.
void* allocate_bytes(int64_t bytes);
/// Gives memory of allocate_bytes(bytes) back to the pool.
void free_bytes(void* data, int64_t bytes);

MemoryStats memory_stats();
void reset_peak_memory();
/// Throws Error instead of holding more than this many bytes; 0 lifts the limit.
void set_memory_limit(int64_t bytes);
/// Hands all pooled memory back to the system.
void empty_cache();

}  // namespace strided
