#include "native/core/parallel.h"

#include <atomic>
#include <thread>

#include "native/core/error.h"
#include "native/test/harness.h"

namespace strided {
namespace {

// Restores the number of threads, which is a setting of the process.
struct Threads {
  explicit Threads(int count) : before(num_threads()) { set_num_threads(count); }
  ~Threads() { set_num_threads(before); }
  int before;
};

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
  for (int threads : {1, 2, 3, 8}) {
    const Threads setting(threads);
    for (int64_t n : {1, 2, 3, 7, 64, 1000, 100003}) {
      for (int64_t grain : {1, 3, 64, 5000}) count_visits(n, grain);
    }
  }
}

TEST("parallel_for calls nothing for an empty range") {
  bool called = false;
  for (int64_t n : {0, -1}) parallel_for(n, 1, [&](int64_t, int64_t) { called = true; });
  CHECK(!called);
}

TEST("parallel_for runs in the caller, in one piece, up to the grain") {
  const Threads setting(4);
  int calls = 0;
  std::thread::id id;
  parallel_for(100, 100, [&](int64_t begin, int64_t end) {
    ++calls;
    id = std::this_thread::get_id();
    CHECK_EQ(begin, 0);
    CHECK_EQ(end, 100);
  });
  CHECK_EQ(calls, 1);
  CHECK(id == std::this_thread::get_id());
}

TEST("parallel_for hands an exception of a body to the caller, and works afterwards") {
  const Threads setting(4);
  for (int64_t bad : {0, 500, 999}) {
    CHECK_THROWS("index " + std::to_string(bad), parallel_for(1000, 1, [&](int64_t begin, int64_t end) {
                   if (begin <= bad && bad < end) fail(ErrorKind::Index, "index ", bad);
                 }));
  }
  count_visits(1000, 1);
}

TEST("a nested parallel_for runs inline") {
  const Threads setting(4);
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
}

TEST("threads that call parallel_for at once all get their work done") {
  const Threads setting(3);
  std::atomic<int64_t> totals[2] = {0, 0};
  const auto loop = [&](int who) {
    for (int round = 0; round < 200; ++round) {
      parallel_for(5000, 10, [&](int64_t begin, int64_t end) { totals[who] += end - begin; });
    }
  };
  std::thread other(loop, 1);
  loop(0);
  other.join();
  CHECK_EQ(totals[0].load(), 200 * 5000);
  CHECK_EQ(totals[1].load(), 200 * 5000);
}

TEST("set_num_threads holds for every thread and refuses nonsense") {
  const Threads setting(5);
  int seen = 0;
  std::thread other([&] { seen = num_threads(); });
  other.join();
  CHECK_EQ(seen, 5);
  CHECK_THROWS("set_num_threads: expected a positive number of threads, got 0", set_num_threads(0));
  CHECK_EQ(num_threads(), 5);
}

}  // namespace
}  // namespace strided
