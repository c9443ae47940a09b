// The one door to threads: parallel_for cuts a range into chunks and runs them on this process's threads.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace strided {

/// How many threads a parallel_for may use, for the whole process: OMP_NUM_THREADS, else the cores the process may
/// run on.
int num_threads();
/// Sets it; throws Error where `count` is not positive.
void set_num_threads(int count);

/// What carries the threads; STRIDED_PARALLEL=pool|openmp chooses. Pool: helpers of our own; the caller never waits
/// for one that has not begun. OpenMp: a region ends when every thread of the team has come by, so on a busy machine
/// a piece of work of 20 us takes milliseconds.
enum class ParallelRuntime { Pool, OpenMp };
ParallelRuntime parallel_runtime();
/// Throws Error for OpenMp where the build is without it.
void set_parallel_runtime(ParallelRuntime runtime);

/// A body of parallel_for by reference: two words, no allocation.
class RangeBody {
 public:
  template <class F>
    requires(!std::is_same_v<std::remove_const_t<F>, RangeBody>)
  explicit RangeBody(F& body)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(body)))),
        call_([](void* object, int64_t begin, int64_t end) { (*static_cast<F*>(object))(begin, end); }) {}
  void operator()(int64_t begin, int64_t end) const { call_(object_, begin, end); }

 private:
  void* object_;
  void (*call_)(void*, int64_t, int64_t);
};

/// parallel_for for a range that is known to be worth cutting.
void run_parallel(int64_t n, int64_t grain, RangeBody body);

/// Calls body(begin, end) for pieces that cover [0, n) once; a piece has at least `grain` indices, but for the last.
/// It runs inline, in one piece, where n <= grain, one thread is set, or another parallel_for is under way, in this
/// thread or any other. Which pieces there are depends on the machine and its load: a result must never depend on
/// begin and end. The first exception a body throws reaches the caller; pieces not yet begun are then dropped.
template <class F>
void parallel_for(int64_t n, int64_t grain, F&& body) {
  if (n <= 0) return;
  if (n <= grain) return body(int64_t{0}, n);
  run_parallel(n, grain, RangeBody(body));
}

}  // namespace strided
