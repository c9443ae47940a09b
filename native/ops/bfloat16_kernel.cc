#include "native/ops/bfloat16_kernel.h"

#include "native/kernels/vec/tiles.h"

#if defined(__x86_64__) && defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace strided {
namespace {

const GemmKernel<BFloat16>* given = nullptr;

bool has_pairs() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

// Whether CPU and system have tiles, and the system lets this process use them: that has to be asked for, since the
// registers make every switch of threads dearer.
bool may_use_tiles() {
#if defined(__x86_64__) && defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return cpu_has_tiles() && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

// A product of small whole numbers, which every kernel gets exactly.
bool multiplies_right(const GemmKernel<BFloat16>& kernel) {
  constexpr int64_t kRows = 19, kCols = 21, kDepth = 37, kPacked = 64;
  BFloat16 a[kRows * kDepth], b[kDepth * kCols], c[kRows * kCols];
  for (int64_t i = 0; i < kRows * kDepth; ++i) a[i] = BFloat16(static_cast<float>(i % 7 - 3));
  for (int64_t i = 0; i < kDepth * kCols; ++i) b[i] = BFloat16(static_cast<float>(i % 5 - 2));
  alignas(64) float packed_a[kRows * kPacked + 64], packed_b[kPacked * 64];
  kernel.pack_a(packed_a, kRows, a, kRows, kDepth, kDepth, 1);
  kernel.pack_b(packed_b, kernel.tile_cols, b, kCols, 1, kDepth, kCols);
  const int64_t depth = (kDepth + kernel.group - 1) / kernel.group * kernel.group_sums;
  kernel.block(kRows, kCols, depth, packed_a, kRows, packed_b, {nullptr, kCols, 1, nullptr, 0, 0, 1, 0, c});
  for (int64_t i = 0; i < kRows; ++i) {
    for (int64_t j = 0; j < kCols; ++j) {
      float sum = 0;
      for (int64_t p = 0; p < kDepth; ++p) sum += float(a[i * kDepth + p]) * float(b[p * kCols + j]);
      if (float(c[i * kCols + j]) != sum) return false;
    }
  }
  return true;
}

}  // namespace

const GemmKernel<BFloat16>& bfloat16_kernel() {
  if (given) return *given;
  static const bool pairs = has_pairs();
  if (!pairs) return gemm_kernels().bf16;
  // A first product tells whether tiles can be relied on under this hypervisor.
  static const bool tiles = may_use_tiles() && multiplies_right(gemm_kernels().bf16_tiles);
  return tiles ? gemm_kernels().bf16_tiles : gemm_kernels().bf16_pairs;
}

void set_bfloat16_kernel(const GemmKernel<BFloat16>* kernel) { given = kernel; }

}  // namespace strided
