#include "native/kernels/peak.h"

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

// Enough independent sums to keep all multipliers busy.
double spin(int64_t rounds) {
  constexpr int chains = 12;
  Vec<float> sums[chains];
  for (int i = 0; i < chains; ++i) sums[i] = splat(static_cast<float>(i));
  Vec<float> x = splat(0.5f), y = splat(1.0f);
  for (int64_t r = 0; r < rounds; ++r) {
    // Unknown to the compiler, so that it can neither leave out a round nor compute one ahead.
    __asm__ volatile("" : "+m"(x), "+m"(y));
    const Vec<float> u = x, v = y;
#pragma GCC unroll 8
    for (int s = 0; s < 8; ++s) {
#pragma GCC unroll 12
      for (int i = 0; i < chains; ++i) sums[i] = fma(sums[i], u, v);
    }
  }
  for (int i = 1; i < chains; ++i) sums[0] += sums[i];
  __asm__ volatile("" : : "m"(sums[0]));
  return 2.0 * 8 * chains * kLanes<float> * static_cast<double>(rounds);
}

}  // namespace

extern const PeakKernels peak_kernels;
const PeakKernels peak_kernels = {spin};

}  // namespace strided::STRIDED_ISA
