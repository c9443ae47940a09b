#include "native/core/allocator.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "native/core/error.h"
#include "native/core/sanitized.h"

namespace strided {
namespace {

constexpr int64_t kAlignment = 64;
constexpr int64_t kHugePage = int64_t{2} << 20;
constexpr int64_t kSmall = 4096;  // blocks up to here are cut from slabs
constexpr int64_t kSlab = int64_t{64} << 10;
constexpr int64_t kMaxPooled = int64_t{512} << 20;
constexpr int kClasses = 4 * 48;

thread_local MemoryObserver* observer = nullptr;

// Four classes per power of two: at most a quarter of a block is lost.
int size_class(int64_t bytes) {
  const auto n = static_cast<uint64_t>(std::max<int64_t>(bytes, kAlignment));
  const int power = std::bit_width(n - 1) - 1;  // 2^power < n <= 2^(power + 1)
  const auto quarter = (n - 1 - (uint64_t{1} << power)) >> (power - 2);
  return std::min(4 * (power - 5) + static_cast<int>(quarter), kClasses - 1);
}

int64_t class_bytes(int index) {
  const int power = index / 4 + 5;
  const int64_t size = (int64_t{1} << power) + (int64_t{index % 4 + 1} << (power - 2));
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

// Held for some tens of instructions at a time, and hardly ever wanted by two threads at once: a mutex costs twice as
// much.
class SpinLock {
 public:
  void lock() {
    while (taken_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  void unlock() { taken_.clear(std::memory_order_release); }

 private:
  std::atomic_flag taken_;
};

class Pool {
 public:
  void* take(int64_t bytes) {
    const int c = size_class(bytes);
    const std::lock_guard lock(mutex_);
    const int64_t size = class_bytes(c);
    if (!free_[c].empty()) {
      void* data = free_[c].back();
      free_[c].pop_back();
      if (!free_[c].empty()) __builtin_prefetch(free_[c].back(), 1);
      stats_.pooled_bytes -= size;
      count(size);
      return data;
    }
    if (stats_.limit_bytes && stats_.live_bytes + stats_.pooled_bytes + size > stats_.limit_bytes) {
      trim(stats_.limit_bytes - stats_.live_bytes - size);
      if (stats_.live_bytes + stats_.pooled_bytes + size > stats_.limit_bytes) return nullptr;
    }
    void* data = kSanitized ? exact(bytes) : size <= kSmall ? carve(c, size) : system_allocate(size);
    if (data) count(size);
    return data;
  }

  void give(void* data, int64_t bytes) {
    const int c = size_class(bytes);
    const int64_t size = class_bytes(c);
    const std::lock_guard lock(mutex_);
    stats_.live_bytes -= size;
    if (kSanitized || (size > kSmall && stats_.pooled_bytes + size > kMaxPooled)) return std::free(data);
    free_[c].push_back(data);
    stats_.pooled_bytes += size;
  }

  void trim_to(int64_t bytes) {
    const std::lock_guard lock(mutex_);
    trim(bytes);
  }

  template <class F>
  auto with_stats(F f) {
    const std::lock_guard lock(mutex_);
    return f(stats_);
  }

 private:
  static void* system_allocate(int64_t size) {
    const bool huge = size >= 2 * kHugePage;
    const int64_t alignment = huge ? kHugePage : kAlignment;
    void* data = std::aligned_alloc(static_cast<size_t>(alignment),
                                    static_cast<size_t>((size + alignment - 1) / alignment * alignment));
#if defined(__linux__)
    if (data && huge) madvise(data, static_cast<size_t>(size), MADV_HUGEPAGE);
#endif
    return data;
  }

  static void* exact(int64_t bytes) {
    void* data = nullptr;
    return posix_memalign(&data, kAlignment, static_cast<size_t>(bytes)) == 0 ? data : nullptr;
  }

  // Small blocks are cut from slabs, which stay: one malloc for many.
  void* carve(int c, int64_t size) {
    char* slab = static_cast<char*>(system_allocate(kSlab));
    if (!slab) return nullptr;
    for (int64_t at = size; at + size <= kSlab; at += size) {
      free_[c].push_back(slab + at);
      stats_.pooled_bytes += size;
    }
    return slab;
  }

  void count(int64_t size) {
    stats_.live_bytes += size;
    stats_.peak_bytes = std::max(stats_.peak_bytes, stats_.live_bytes);
    ++stats_.allocations;
  }

  // Largest blocks first: they are the ones that matter.
  void trim(int64_t bytes) {
    for (int c = kClasses - 1; class_bytes(c) > kSmall && stats_.pooled_bytes > std::max<int64_t>(bytes, 0); --c) {
      while (!free_[c].empty() && stats_.pooled_bytes > std::max<int64_t>(bytes, 0)) {
        std::free(free_[c].back());
        free_[c].pop_back();
        stats_.pooled_bytes -= class_bytes(c);
      }
    }
  }

  SpinLock mutex_;
  std::vector<void*> free_[kClasses];
  MemoryStats stats_{};
};

// Never destroyed: storages may be released by threads that outlive static destructors.
Pool& pool() {
  static Pool& instance = *new Pool;
  return instance;
}

[[noreturn]] void refuse(int64_t bytes) {
  const MemoryStats now = memory_stats();
  Text text;
  text << "out of memory: tried to allocate " << bytes << " bytes with " << now.live_bytes << " bytes live in tensors";
  if (now.limit_bytes) text << " and a limit of " << now.limit_bytes << " set by torch.memory.setLimit()";
  text << ". Drop references to tensors you no longer need, use torch.tidy() or smaller batches";
  throw OutOfMemory(text.str());
}

}  // namespace

MemoryObserver* set_memory_observer(MemoryObserver* next) { return std::exchange(observer, next); }

void* allocate_bytes(int64_t bytes) {
  check(bytes >= 0 && bytes < int64_t{1} << 47, "cannot allocate ", bytes, " bytes");
  if (observer) observer->before_allocation(bytes);
  void* data = pool().take(bytes);
  if (!data) [[unlikely]] {
    if (observer) observer->out_of_memory();
    empty_cache();
    data = pool().take(bytes);
    if (!data) refuse(bytes);
  }
  if (observer) observer->live_bytes += bytes;
  return data;
}

void free_bytes(void* data, int64_t bytes) {
  pool().give(data, bytes);
  if (observer) observer->live_bytes -= bytes;
}

MemoryStats memory_stats() {
  return pool().with_stats([](const MemoryStats& stats) { return stats; });
}

void reset_peak_memory() {
  pool().with_stats([](MemoryStats& stats) { stats.peak_bytes = stats.live_bytes; });
}

void set_memory_limit(int64_t bytes) {
  pool().with_stats([bytes](MemoryStats& stats) { stats.limit_bytes = bytes; });
}

void empty_cache() { pool().trim_to(0); }

}  // namespace strided
