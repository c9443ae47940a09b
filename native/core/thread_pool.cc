#include "native/core/thread_pool.h"

#include <atomic>
#include <cstdint>
#include <system_error>
#include <thread>

namespace strided {
namespace {

// A thread that waits spins this often before it sleeps: 20 to 40 us, about what waking it costs.
constexpr int kSpins = 2000;

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

template <class T>
void wait_while(const std::atomic<T>& word, T value) {
  for (int i = 0; i < kSpins; ++i) {
    if (word.load(std::memory_order_acquire) != value) return;
    pause();
  }
  word.wait(value, std::memory_order_acquire);
}

class Pool {
 public:
  void run(int helpers, void (*work)(void*), void* state) {
    add_threads(helpers);
    wanted_.store(helpers, std::memory_order_relaxed);
    work_ = work;
    state_ = state;
    gate_.store(kOpen, std::memory_order_release);
    epoch_.fetch_add(1, std::memory_order_acq_rel);
    epoch_.notify_all();
    work(state);
    uint32_t inside = gate_.fetch_and(~kOpen, std::memory_order_acq_rel) & ~kOpen;
    while (inside) {
      wait_while(gate_, inside);
      inside = gate_.load(std::memory_order_acquire);
    }
  }

 private:
  // The gate counts the helpers inside. They enter only while the caller holds it open, and read work_ and state_
  // inside.
  static constexpr uint32_t kOpen = uint32_t{1} << 31;

  void add_threads(int count) {
    try {
      for (; threads_ < count; ++threads_) {
        std::thread([this, index = threads_, seen = epoch_.load()] { help(index, seen); }).detach();
      }
    } catch (const std::system_error&) {
      // The system gives no more threads: those there are do the work.
    }
  }

  [[noreturn]] void help(int index, uint32_t seen) {
    for (;;) {
      wait_while(epoch_, seen);
      seen = epoch_.load(std::memory_order_acquire);
      if (index < wanted_.load(std::memory_order_relaxed)) enter();
    }
  }

  void enter() {
    uint32_t gate = gate_.load(std::memory_order_acquire);
    do {
      if (!(gate & kOpen)) return;
    } while (!gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel));
    work_(state_);
    if (!(gate_.fetch_sub(1, std::memory_order_acq_rel) & kOpen)) gate_.notify_all();
  }

  // Apart, so that helpers waiting for an epoch do not slow those that enter and leave.
  alignas(64) std::atomic<uint32_t> epoch_{0};
  alignas(64) std::atomic<uint32_t> gate_{0};
  std::atomic<int> wanted_{0};
  int threads_ = 0;
  void (*work_)(void*) = nullptr;
  void* state_ = nullptr;
};

}  // namespace

void run_on_pool(int helpers, void (*work)(void*), void* state) {
  // Never destroyed: its threads may outlive every static object.
  static Pool& pool = *new Pool;
  pool.run(helpers, work, state);
}

}  // namespace strided
