// The peak that products are held against.
#include <algorithm>
#include <chrono>

#include "native/core/parallel.h"
#include "native/kernels/peak.h"
#include "native/ops/gemm.h"

namespace strided {

double peak_flops() {
  constexpr int64_t kRounds = 20000;
  constexpr int kRepeats = 15;
  const double per_thread = peak_kernels().spin(1) * static_cast<double>(kRounds);
  const int threads = num_threads();
  double best = 0;
  for (int i = 0; i < kRepeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    parallel_for(4 * threads, 1, [](int64_t begin, int64_t end) { peak_kernels().spin((end - begin) * kRounds); });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, 4 * threads * per_thread / took.count());
  }
  return best;
}

}  // namespace strided
