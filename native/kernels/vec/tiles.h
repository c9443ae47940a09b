// The tile registers of AMX: 16 rows of 64 bytes each, here four sums, two pieces of A and two of B.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <cpuid.h>

namespace strided {

/// Whether the CPU has tiles, and multiplies bfloat16 in them.
inline bool cpu_has_tiles() {
  constexpr unsigned kTiles = 1u << 24, kBf16 = 1u << 22;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & kTiles) && (d & kBf16);
}

/// A product of up to 32 x 32 sums in tile registers. A block of A is rows of 16 pairs, a block of B 16 rows of 32
/// pairs. Only for CPUs whose tiles the system has allowed this process to use (native/ops/bfloat16_kernel.cc).
class TileRegisters {
 public:
  TileRegisters() = default;
  ~TileRegisters() { asm volatile("tilerelease"); }
  TileRegisters(const TileRegisters&) = delete;
  TileRegisters& operator=(const TileRegisters&) = delete;

  /// From now on A has `height` rows, at most 32.
  void shape(int64_t height) {
    struct alignas(64) {
      uint8_t palette = 1, start_row = 0, reserved[14] = {};
      uint16_t row_bytes[16] = {};
      uint8_t rows[16] = {};
    } shape;
    const auto upper = static_cast<uint8_t>(height < 16 ? height : 16);
    const auto lower = static_cast<uint8_t>(height - upper);
    // Tiles 0 to 3: sums, row by row; 4 and 5: A; 6 and 7: B. One without rows cannot be used.
    const uint8_t rows[] = {upper, upper, lower, lower, upper, lower, 16, 16};
    for (int i = 0; i < 8; ++i) shape.rows[i] = rows[i], shape.row_bytes[i] = rows[i] ? 64 : 0;
    asm volatile("ldtilecfg %0" ::"m"(shape));
  }

  template <bool Lower, bool Right>
  void zero() {
    asm volatile("tilezero %%tmm0" ::);
    if constexpr (Right) asm volatile("tilezero %%tmm1" ::);
    if constexpr (Lower) asm volatile("tilezero %%tmm2" ::);
    if constexpr (Lower && Right) asm volatile("tilezero %%tmm3" ::);
  }

  /// sums += A B, with rows of A below the 16th where there are any, and columns of B beyond the 16th.
  template <bool Lower, bool Right>
  void add_product(const float* a, const float* b) {
    asm volatile("tileloadd (%0,%1,1), %%tmm6" ::"r"(b), "r"(int64_t{128}) : "memory");
    asm volatile("tileloadd (%0,%1,1), %%tmm4" ::"r"(a), "r"(int64_t{64}) : "memory");
    asm volatile("tdpbf16ps %%tmm6, %%tmm4, %%tmm0" ::);
    if constexpr (Right) {
      asm volatile("tileloadd (%0,%1,1), %%tmm7" ::"r"(b + 16), "r"(int64_t{128}) : "memory");
      asm volatile("tdpbf16ps %%tmm7, %%tmm4, %%tmm1" ::);
    }
    if constexpr (Lower) {
      asm volatile("tileloadd (%0,%1,1), %%tmm5" ::"r"(a + 16 * 16), "r"(int64_t{64}) : "memory");
      asm volatile("tdpbf16ps %%tmm6, %%tmm5, %%tmm2" ::);
    }
    if constexpr (Lower && Right) asm volatile("tdpbf16ps %%tmm7, %%tmm5, %%tmm3" ::);
  }

  /// Writes the sums, 32 to a row.
  template <bool Lower, bool Right>
  void store(float* sums) const {
    asm volatile("tilestored %%tmm0, (%0,%1,1)" ::"r"(sums), "r"(int64_t{128}) : "memory");
    if constexpr (Right) {
      asm volatile("tilestored %%tmm1, (%0,%1,1)" ::"r"(sums + 16), "r"(int64_t{128}) : "memory");
    }
    if constexpr (Lower) {
      asm volatile("tilestored %%tmm2, (%0,%1,1)" ::"r"(sums + 16 * 32), "r"(int64_t{128}) : "memory");
    }
    if constexpr (Lower && Right) {
      asm volatile("tilestored %%tmm3, (%0,%1,1)" ::"r"(sums + 16 * 32 + 16), "r"(int64_t{128}) : "memory");
    }
  }
};

}  // namespace strided
#endif
