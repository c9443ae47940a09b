#include "native/core/random.h"

#include <cmath>
#include <cstring>

#if defined(__linux__) || defined(__APPLE__)
#include <sys/random.h>
#endif
#include <time.h>

#include "native/core/error.h"

namespace strided {
namespace {

// What PyTorch writes for get_rng_state(): the layout of its first generator, 64-bit words for 32-bit values included.
struct LegacyState {
  uint64_t seed;
  int32_t left;
  int32_t seeded;
  uint64_t next;
  uint64_t state[624];
  double normal_x;
  double normal_y;
  double normal_rho;
  int32_t normal_is_valid;
  int32_t padding;
  float next_float_normal_sample;
  uint8_t is_next_float_normal_sample_valid;
  uint8_t tail[3];
};
static_assert(sizeof(LegacyState) == Generator::kStateSize);

constexpr int kMiddle = 397;

uint32_t twist(uint32_t u, uint32_t v) {
  return (((u & 0x80000000u) | (v & 0x7fffffffu)) >> 1) ^ ((0u - (v & 1u)) & 0x9908b0dfu);
}

uint64_t entropy() {
  uint64_t bits = 0;
#if defined(__linux__)
  if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) == static_cast<ssize_t>(sizeof bits)) return bits;
#elif defined(__APPLE__)
  if (getentropy(&bits, sizeof bits) == 0) return bits;
#endif
  // No entropy pool: time and the address of a local, spread over all bits.
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  bits = static_cast<uint64_t>(now.tv_sec) * 1000000007u + static_cast<uint64_t>(now.tv_nsec);
  bits ^= reinterpret_cast<uintptr_t>(&now);
  bits = (bits ^ (bits >> 31)) * 0x9e3779b97f4a7c15u;
  return bits ^ (bits >> 29);
}

}  // namespace

void Generator::manual_seed(uint64_t seed) {
  seed_ = seed;
  state_[0] = static_cast<uint32_t>(seed);
  for (uint32_t i = 1; i < kWords; ++i) state_[i] = 1812433253u * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
  left_ = 1;
  next_ = 0;
  next_float_normal_sample.reset();
  next_double_normal_sample.reset();
}

uint64_t Generator::seed() {
  const uint64_t fresh = entropy() & ((uint64_t{1} << 53) - 1);
  manual_seed(fresh);
  return fresh;
}

void Generator::refill() {
  uint32_t* p = state_.data();
  for (int i = 0; i < kWords - kMiddle; ++i) p[i] = p[i + kMiddle] ^ twist(p[i], p[i + 1]);
  for (int i = kWords - kMiddle; i < kWords - 1; ++i) p[i] = p[i + kMiddle - kWords] ^ twist(p[i], p[i + 1]);
  p[kWords - 1] = p[kMiddle - 1] ^ twist(p[kWords - 1], p[0]);
  left_ = kWords + 1;
  next_ = 0;
}

void Generator::random_block(uint32_t* out, int64_t n) {
  while (n > 0) {
    if (left_ == 1) refill();
    const int32_t count = static_cast<int32_t>(n < left_ - 1 ? n : left_ - 1);
    const uint32_t* words = state_.data() + next_;
    for (int32_t i = 0; i < count; ++i) out[i] = temper(words[i]);
    left_ -= count;
    next_ += static_cast<uint32_t>(count);
    out += count;
    n -= count;
  }
}

double Generator::normal_double() {
  if (next_double_normal_sample) {
    const double sample = *next_double_normal_sample;
    next_double_normal_sample.reset();
    return sample;
  }
  const double u1 = uniform_double();
  const double u2 = uniform_double();
  const double radius = std::sqrt(-2.0 * std::log1p(-u2));
  const double theta = 2.0 * M_PI * u1;
  next_double_normal_sample = radius * std::sin(theta);
  return radius * std::cos(theta);
}

void Generator::get_state(uint8_t* out) const {
  LegacyState legacy{};
  legacy.seed = seed_;
  legacy.left = left_;
  legacy.seeded = 1;
  legacy.next = next_;
  for (int i = 0; i < kWords; ++i) legacy.state[i] = state_[i];
  legacy.normal_is_valid = next_double_normal_sample.has_value();
  legacy.normal_y = next_double_normal_sample.value_or(0.0);
  legacy.is_next_float_normal_sample_valid = next_float_normal_sample.has_value();
  legacy.next_float_normal_sample = next_float_normal_sample.value_or(0.0f);
  std::memcpy(out, &legacy, kStateSize);
}

void Generator::set_state(const uint8_t* bytes, size_t size) {
  check(size == kStateSize, "Expected a CPUGeneratorImplState of size ", static_cast<uint64_t>(kStateSize),
        " but found the input RNG state size to be ", static_cast<uint64_t>(size));
  LegacyState legacy;
  std::memcpy(&legacy, bytes, kStateSize);
  // The last term keeps every index inside the table; states that were drawn from always meet it.
  const bool valid = legacy.seeded && legacy.left > 0 && legacy.left <= kWords && legacy.next <= kWords &&
                     legacy.left + legacy.next <= kWords + 1;
  check(valid, "Invalid mt19937 state");
  seed_ = legacy.seed;
  left_ = legacy.left;
  next_ = static_cast<uint32_t>(legacy.next);
  for (int i = 0; i < kWords; ++i) state_[i] = static_cast<uint32_t>(legacy.state[i]);
  next_double_normal_sample.reset();
  if (legacy.normal_is_valid) next_double_normal_sample = legacy.normal_y;
  next_float_normal_sample.reset();
  if (legacy.is_next_float_normal_sample_valid) next_float_normal_sample = legacy.next_float_normal_sample;
}

Generator& default_generator() {
  thread_local Generator generator = [] {
    Generator fresh;
    fresh.seed();
    return fresh;
  }();
  return generator;
}

}  // namespace strided
