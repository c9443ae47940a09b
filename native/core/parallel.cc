#include "native/core/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <thread>

#include "native/core/error.h"
#include "native/core/thread_pool.h"

#ifdef __linux__
#include <sched.h>

#include <cstdio>
#endif

namespace strided {
namespace {

// Chunks per thread: more even out threads that start late, fewer cost less claiming.
constexpr int64_t kChunksPerThread = 4;

#ifdef __linux__
// The first CPU that shares a core with `cpu`; `cpu` itself where the system does not tell.
int core_of(int cpu) {
  char path[80];
  std::snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
  std::FILE* file = std::fopen(path, "re");
  if (!file) return cpu;
  int first = cpu;
  if (std::fscanf(file, "%d", &first) != 1) first = cpu;
  std::fclose(file);
  return first;
}

// Two threads of one core share its arithmetic, so only cores count; 0 where the affinity cannot be read.
int available_cores() {
  cpu_set_t allowed, cores;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
  CPU_ZERO(&cores);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed)) continue;
    const int core = core_of(cpu);
    if (core >= 0 && core < CPU_SETSIZE) CPU_SET(core, &cores);
  }
  return CPU_COUNT(&cores);
}
#endif

int default_threads() {
  if (const char* wanted = std::getenv("OMP_NUM_THREADS")) {
    // OpenMP allows a list, one number per level of nesting; the first counts here.
    if (const long count = std::strtol(wanted, nullptr, 10); count > 0) return static_cast<int>(std::min(count, 1024L));
  }
#ifdef __linux__
  if (const int cores = available_cores()) return cores;
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Our own setting, since OpenMP's belongs to the thread that set it.
std::atomic<int>& thread_setting() {
  static std::atomic<int> threads{default_threads()};
  return threads;
}

void require_openmp() {
#ifndef _OPENMP
  fail("this build is without OpenMP; use STRIDED_PARALLEL=pool");
#endif
}

ParallelRuntime default_runtime() {
  const char* wanted = std::getenv("STRIDED_PARALLEL");
  if (!wanted || !*wanted || std::string_view(wanted) == "pool") return ParallelRuntime::Pool;
  check(std::string_view(wanted) == "openmp", "STRIDED_PARALLEL=", wanted, " is not known; use pool or openmp");
  require_openmp();
  return ParallelRuntime::OpenMp;
}

std::atomic<ParallelRuntime>& runtime_setting() {
  static std::atomic<ParallelRuntime> runtime{default_runtime()};
  return runtime;
}

// Held by the thread whose region runs; whoever finds it taken, a nested call or another thread, works alone.
std::atomic<bool> region_taken{false};

struct Region {
  const int64_t n;
  const int64_t chunk;
  const RangeBody body;
  std::atomic<int64_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr error;

  void work() noexcept {
    while (!failed.load(std::memory_order_relaxed)) {
      const int64_t begin = next.fetch_add(chunk, std::memory_order_relaxed);
      if (begin >= n) return;
      try {
        body(begin, std::min(n, begin + chunk));
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
      }
    }
  }
};

}  // namespace

int num_threads() { return thread_setting().load(std::memory_order_relaxed); }

void set_num_threads(int count) {
  check(count > 0, "set_num_threads: expected a positive number of threads, got ", count);
  thread_setting().store(count, std::memory_order_relaxed);
}

ParallelRuntime parallel_runtime() { return runtime_setting().load(std::memory_order_relaxed); }

void set_parallel_runtime(ParallelRuntime runtime) {
  if (runtime == ParallelRuntime::OpenMp) require_openmp();
  runtime_setting().store(runtime, std::memory_order_relaxed);
}

void run_parallel(int64_t n, int64_t grain, RangeBody body) {
  grain = std::max<int64_t>(grain, 1);
  const int threads = static_cast<int>(std::min<int64_t>(num_threads(), (n + grain - 1) / grain));
  if (threads <= 1 || region_taken.exchange(true, std::memory_order_acquire)) return body(0, n);
  const int64_t pieces = threads * kChunksPerThread;
  Region region{n, std::max(grain, (n + pieces - 1) / pieces), body, {}, {}, {}};
  if (parallel_runtime() == ParallelRuntime::Pool) {
    run_on_pool(threads - 1, [](void* state) { static_cast<Region*>(state)->work(); }, &region);
  } else {
#pragma omp parallel num_threads(threads)
    region.work();
  }
  region_taken.store(false, std::memory_order_release);
  if (region.error) std::rethrow_exception(region.error);
}

}  // namespace strided
