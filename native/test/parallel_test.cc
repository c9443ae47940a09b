#include "native/core/parallel.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "native/core/error.h"
#include "native/test/harness.h"

namespace strided {
namespace {

// Runs `body` with the given number of threads on each runtime of this build.
template <class F>
void on_every_runtime(int threads, F body) {
  const int threads_before = num_threads();
  const ParallelRuntime runtime_before = parallel_runtime();
  set_num_threads(threads);
  set_parallel_runtime(ParallelRuntime::Pool);
  body();
#ifdef _OPENMP
  set_parallel_runtime(ParallelRuntime::OpenMp);
  body();
#endif
  set_parallel_runtime(runtime_before);
  set_num_threads(threads_before);
}

void count_visits(int64_t n, int64_t grain) {
  std::vector<std::atomic<int>> visits(static_cast<size_t>(n));
  std::atomic<bool> in_range{true};
  parallel_for(n, grain, [&](int64_t begin, int64_t end) {
    if (begin < 0 || begin >= end || end > n || (end - begin < grain && end != n)) in_range = false;
    for (int64_t i = begin; i < end; ++i) visits[static_cast<size_t>(i)]++;
  });
  bool once = true;
  for (const auto& count : visits) once = once && count == 1;
  CHECK(in_range);
  CHECK(once);
}

TEST("parallel_for visits every index once, in pieces of at least the grain") {
  for (int threads : {1, 2, 5}) {
    on_every_runtime(threads, [] {
      for (int64_t n : {1, 7, 100003}) {
        for (int64_t grain : {1, 3, 5000}) count_visits(n, grain);
      }
    });
  }
}

TEST("parallel_for calls nothing for an empty range") {
  bool called = false;
  for (int64_t n : {0, -1}) parallel_for(n, 1, [&](int64_t, int64_t) { called = true; });
  CHECK(!called);
}

TEST("parallel_for runs in the caller, in one piece, up to the grain and with one thread") {
  for (int threads : {1, 4}) {
    on_every_runtime(threads, [threads] {
      int calls = 0;
      parallel_for(100, threads == 1 ? 1 : 100, [&, caller = std::this_thread::get_id()](int64_t begin, int64_t end) {
        ++calls;
        CHECK(std::this_thread::get_id() == caller);
        CHECK_EQ(begin, 0);
        CHECK_EQ(end, 100);
      });
      CHECK_EQ(calls, 1);
    });
  }
}

TEST("parallel_for brings other threads in") {
  on_every_runtime(2, [] {
    std::atomic<bool> other{false};
    const auto caller = std::this_thread::get_id();
    // A helper may come late: the first piece waits for it, for a while.
    parallel_for(8, 1, [&](int64_t, int64_t) {
      if (std::this_thread::get_id() != caller) other = true;
      for (int i = 0; i < 1000 && !other; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    CHECK(other);
  });
}

TEST("parallel_for hands an exception of a body to the caller, and works afterwards") {
  on_every_runtime(4, [] {
    for (int64_t bad : {0, 500, 999}) {
      CHECK_THROWS("index " + std::to_string(bad), parallel_for(1000, 1, [&](int64_t begin, int64_t end) {
        if (begin <= bad && bad < end) fail(ErrorKind::Index, "index ", bad);
      }));
    }
    count_visits(1000, 1);
  });
}

TEST("a nested parallel_for runs inline") {
  on_every_runtime(4, [] {
    std::atomic<int64_t> total{0};
    std::atomic<bool> same_thread{true};
    parallel_for(16, 1, [&](int64_t begin, int64_t end) {
      const auto outer = std::this_thread::get_id();
      for (int64_t i = begin; i < end; ++i) {
        parallel_for(1000, 1, [&](int64_t first, int64_t last) {
          if (std::this_thread::get_id() != outer) same_thread = false;
          total += last - first;
        });
      }
    });
    CHECK_EQ(total.load(), 16000);
    CHECK(same_thread);
  });
}

TEST("threads that call parallel_for at once all get their work done") {
  on_every_runtime(3, [] {
    const int rounds = parallel_runtime() == ParallelRuntime::Pool ? 2000 : 10;
    std::atomic<int64_t> totals[2] = {0, 0};
    const auto loop = [&](int who) {
      for (int round = 0; round < rounds; ++round) {
        parallel_for(5000, 10, [&](int64_t begin, int64_t end) { totals[who] += end - begin; });
      }
    };
    std::thread other(loop, 1);
    loop(0);
    other.join();
    CHECK_EQ(totals[0].load(), rounds * 5000);
    CHECK_EQ(totals[1].load(), rounds * 5000);
  });
}

TEST("set_num_threads holds for every thread and refuses nonsense") {
  on_every_runtime(5, [] {
    int seen = 0;
    std::thread other([&] { seen = num_threads(); });
    other.join();
    CHECK_EQ(seen, 5);
    CHECK_THROWS("set_num_threads: expected a positive number of threads, got 0", set_num_threads(0));
    CHECK_EQ(num_threads(), 5);
  });
}

}  // namespace
}  // namespace strided
