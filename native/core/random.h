// PyTorch's CPU generator: the same seed gives the same numbers. Nothing here locks; a generator belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace strided {

/// Mersenne twister 19937 plus the normal sample that the scalar Box-Muller method leaves over.
class Generator {
 public:
  static constexpr uint64_t kDefaultSeed = 67280421310721;
  /// Bytes of PyTorch's get_rng_state().
  static constexpr size_t kStateSize = 5056;

  explicit Generator(uint64_t seed = kDefaultSeed) { manual_seed(seed); }

  /// Restarts the stream; the twister takes the low 32 bits of `seed`.
  void manual_seed(uint64_t seed);
  uint64_t initial_seed() const { return seed_; }
  /// Seeds from the system's entropy and returns the seed, which has 53 bits so that a double holds it.
  uint64_t seed();

  uint32_t random() {
    if (left_ == 1) refill();
    --left_;
    return temper(state_[next_++]);
  }
  /// Two draws, the first in the high half.
  uint64_t random64() {
    const uint64_t high = random();
    return high << 32 | random();
  }
  /// The next `n` results of random().
  void random_block(uint32_t* out, int64_t n);

  /// Uniform on [0, 1) in steps of 2^-24 (one draw).
  float uniform_float() { return static_cast<float>(random() & 0xffffffu) * 0x1p-24f; }
  /// Uniform on [0, 1) in steps of 2^-53 (two draws).
  double uniform_double() { return static_cast<double>(random64() & ((uint64_t{1} << 53) - 1)) * 0x1p-53; }
  /// Standard normal; every second call returns the sample that the one before left over.
  double normal_double();

  /// PyTorch's legacy layout, `kStateSize` bytes.
  void get_state(uint8_t* out) const;
  /// Fails with PyTorch's texts where `bytes` is no such state.
  void set_state(const uint8_t* bytes, size_t size);

  std::optional<float> next_float_normal_sample;
  std::optional<double> next_double_normal_sample;

 private:
  static constexpr int kWords = 624;

  static uint32_t temper(uint32_t y) {
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
  }
  void refill();

  uint64_t seed_;
  int32_t left_;   // words left in the table, plus one
  uint32_t next_;  // index of the next word
  std::array<uint32_t, kWords> state_;
};

/// The generator of this thread, seeded from entropy at its first use.
Generator& default_generator();
inline void manual_seed(uint64_t seed) { default_generator().manual_seed(seed); }
inline uint64_t initial_seed() { return default_generator().initial_seed(); }
inline uint64_t seed() { return default_generator().seed(); }

}  // namespace strided
