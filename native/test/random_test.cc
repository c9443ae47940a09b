// Half and bfloat16 over all their values; the generator and samplers against numbers that PyTorch printed.
#include "native/core/random.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "native/core/distributions.h"
#include "native/core/half.h"
#include "native/test/harness.h"

namespace strided {
namespace {

float next_up(float x) { return std::nextafterf(x, std::numeric_limits<float>::infinity()); }
float next_down(float x) { return std::nextafterf(x, -std::numeric_limits<float>::infinity()); }

// Rounding around every finite value of a format: itself, the tie towards the even neighbour, and the tie's two sides.
template <class T>
int wrong_roundings(uint16_t infinity, float overflow_tie) {
  int wrong = 0;
  for (uint16_t bits = 0; bits < infinity; ++bits) {
    const float value = T::from_bits(bits);
    const uint16_t above = static_cast<uint16_t>(bits + 1), even = bits & 1 ? above : bits;
    const double middle = (static_cast<double>(value) + static_cast<float>(T::from_bits(above))) / 2;
    const float tie = above == infinity ? overflow_tie : static_cast<float>(middle);
    for (const float sign : {1.0f, -1.0f}) {
      const uint16_t sign_bit = sign < 0 ? 0x8000 : 0;
      wrong += T(sign * value).bits != (bits | sign_bit);
      wrong += T(sign * tie).bits != (even | sign_bit);
      wrong += T(sign * next_down(tie)).bits != (bits | sign_bit);
      wrong += T(sign * next_up(tie)).bits != (above | sign_bit);
    }
  }
  return wrong;
}

template <class T>
std::vector<T> uniform(DType dtype, int64_t n, double from = 0, double to = 1) {
  Generator generator(0);
  std::vector<T> out(static_cast<size_t>(n));
  fill_uniform(generator, dtype, out.data(), n, from, to);
  return out;
}

template <class T>
std::vector<T> normal(DType dtype, int64_t n) {
  Generator generator(0);
  std::vector<T> out(static_cast<size_t>(n));
  fill_normal(generator, dtype, out.data(), n, 0, 1);
  return out;
}

template <class T>
void check_all(const std::vector<T>& actual, const std::vector<double>& wanted, double tolerance = 0) {
  CHECK_EQ(actual.size(), wanted.size());
  for (size_t i = 0; i < wanted.size() && i < actual.size(); ++i) {
    CHECK_NEAR(static_cast<double>(actual[i]), wanted[i], tolerance * std::abs(wanted[i]));
  }
}

template <class T, class Fill>
std::vector<T> drawn(int64_t n, Fill fill) {
  Generator generator(0);
  std::vector<T> out(static_cast<size_t>(n));
  fill(generator, out.data(), n);
  return out;
}

}  // namespace

TEST("half: every pattern to float and back") {
  int wrong = 0;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const Half half = Half::from_bits(static_cast<uint16_t>(bits));
    const float value = half;
    const int exponent = static_cast<int>(bits >> 10 & 31), fraction = static_cast<int>(bits & 1023);
    if (exponent == 31 && fraction) {
      wrong += !std::isnan(value) || std::signbit(value) != (bits >> 15 != 0);
      wrong += Half(value).bits != ((bits & 0x8000) | 0x7e00);
      continue;
    }
    double wanted = exponent == 31 ? std::numeric_limits<double>::infinity()
                    : exponent     ? std::ldexp(1024 + fraction, exponent - 25)
                                   : std::ldexp(fraction, -24);
    if (bits >> 15) wanted = -wanted;
    wrong += value != wanted || std::signbit(value) != std::signbit(wanted) || Half(value).bits != bits;
  }
  CHECK_EQ(wrong, 0);
}

TEST("bfloat16: every pattern to float and back") {
  int wrong = 0;
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    const BFloat16 bfloat16 = BFloat16::from_bits(static_cast<uint16_t>(bits));
    const float value = bfloat16;
    uint32_t float_bits;
    std::memcpy(&float_bits, &value, 4);
    wrong += float_bits != bits << 16;
    wrong += BFloat16(value).bits != (std::isnan(value) ? 0x7fc0 : bits);
  }
  CHECK_EQ(wrong, 0);
}

TEST("half and bfloat16: round to nearest, ties to even") {
  CHECK_EQ(wrong_roundings<Half>(0x7c00, 65520.0f), 0);
  CHECK_EQ(wrong_roundings<BFloat16>(0x7f80, 0x1.ffp127f), 0);
  CHECK_EQ(Half(1e30f).bits, 0x7c00);
  CHECK_EQ(Half(-std::numeric_limits<float>::infinity()).bits, 0xfc00);
  CHECK_EQ(Half(std::numeric_limits<float>::denorm_min()).bits, 0);
  CHECK_EQ(BFloat16(std::numeric_limits<float>::max()).bits, 0x7f80);
  CHECK(Half(1.5f) == 1.5f && Half(1.0f) < Half(2.0f) && BFloat16(-1.0f) < 0.0f);
}

TEST("generator: words, 64-bit draws, blocks") {
  Generator a(5489), b(5489);
  CHECK_EQ(a.random(), 3499211612u);  // the reference value of mt19937
  CHECK_EQ(a.random64(), uint64_t{581869302} << 32 | 3890346734u);
  std::vector<uint32_t> block(2000);
  b.random_block(block.data(), 3);
  b.random_block(block.data(), 2000);
  int wrong = 0;
  for (const uint32_t word : block) wrong += word != a.random();
  CHECK_EQ(wrong, 0);
  Generator low(7), high((uint64_t{1} << 32) + 7);
  CHECK_EQ(low.random(), high.random());
  CHECK_EQ(high.initial_seed(), (uint64_t{1} << 32) + 7);
  CHECK_EQ(Generator().initial_seed(), 67280421310721u);
}

TEST("generator: state round trip in PyTorch's layout") {
  Generator generator(42);
  float five[5];
  fill_normal(generator, DType::Float32, five, 5, 0, 1);
  CHECK_NEAR(five[0], 0.33669037, 1e-7);
  std::vector<uint8_t> state(Generator::kStateSize);
  generator.get_state(state.data());
  uint64_t sum = 0;  // sum of (i + 1) * byte i of torch.get_rng_state() after torch.manual_seed(42); torch.randn(5)
  for (size_t i = 0; i < state.size(); ++i) sum += (i + 1) * state[i];
  CHECK_EQ(sum, 814511724u);
  const double cached = generator.normal_double();
  const uint64_t next = generator.random64();
  Generator other(1);
  other.set_state(state.data(), state.size());
  CHECK_EQ(other.initial_seed(), 42u);
  CHECK_EQ(other.normal_double(), cached);
  CHECK_EQ(other.random64(), next);
  CHECK_THROWS("Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 10",
               other.set_state(state.data(), 10));
  std::vector<uint8_t> broken(Generator::kStateSize);
  CHECK_THROWS("Invalid mt19937 state", other.set_state(broken.data(), broken.size()));
  broken = state;
  broken[16] = 0xff;  // an index whose remaining words would lie behind the table
  broken[17] = 1;
  CHECK_THROWS("Invalid mt19937 state", other.set_state(broken.data(), broken.size()));
}

TEST("generator: default, manual_seed, seed") {
  manual_seed(0);
  CHECK_EQ(initial_seed(), 0u);
  const uint32_t first = default_generator().random();
  CHECK_EQ(first, Generator(0).random());
  const uint64_t one = seed(), two = seed();
  CHECK(one != two && one >> 53 == 0);
  CHECK_EQ(initial_seed(), two);
}

TEST("uniform") {
  check_all(uniform<float>(DType::Float32, 5), {0x1.fc2abp-2, 0x1.89545ep-1, 0x1.6a675p-4, 0x1.0e66p-3, 0x1.3acd0cp-2});
  check_all(uniform<double>(DType::Float64, 3), {0x1.f0aac97c4aa2fp-1, 0x1.6a675d821cccp-1, 0x1.d6687b744a5f6p-2});
  check_all(uniform<Half>(DType::Float16, 4), {0.496337890625, 0.76806640625, 0.0885009765625, 0.132080078125});
  check_all(uniform<float>(DType::Float32, 4, -0.3, 0.7),
            {0x1.91eef8p-3, 0x1.df7588p-2, -0x1.b132cp-3, -0x1.580068p-3});
  // No sample rounds up to the open end.
  for (const BFloat16 value : uniform<BFloat16>(DType::BFloat16, 3000)) CHECK(value < 1.0f);
}

TEST("normal: scalar method below 16 elements") {
  check_all(normal<float>(DType::Float32, 3), {0x1.8a7eb8p+0, -0x1.2c78ap-2, -0x1.16e292p+1}, 1e-7);
  check_all(normal<double>(DType::Float64, 3), {0x1.8a7eb8902be3ap+0, -0x1.2c78a087c6feap-2, -0x1.16e2920a70ee5p+1},
            1e-15);
}

TEST("normal: blocks of 16") {
  check_all(normal<float>(DType::Float32, 16),
            {-0x1.20370ap+0, -0x1.270114p+0, -0x1.0097acp-2, -0x1.bc4abap-2, 0x1.b28a2ap-1, 0x1.624f06p-1,
             -0x1.4398dap-2, -0x1.0ebf82p+1, 0x1.4a027p-2, -0x1.4369e8p+0, 0x1.6661fep-2, 0x1.3b8776p-2, 0x1.eadeeep-4,
             0x1.3cd726p+0, 0x1.1de51cp+0, -0x1.fa6cf8p-3});
  // The last 16 are drawn anew; the first of the old block stays.
  check_all(normal<float>(DType::Float32, 17),
            {-0x1.20370ap+0, -0x1.b2288cp+0, 0x1.222008p-1, 0x1.9646bap-1, 0x1.329b16p-1, -0x1.8e1ab6p+0,
             -0x1.5d8d94p-2, 0x1.da5e9cp+0, 0x1.df54aap-2, -0x1.2bc656p-1, -0x1.631dd6p-3, 0x1.77c348p-3, 0x1.63ad8p+0,
             0x1.961ap+0, 0x1.e48138p-1, -0x1.aff666p-1, 0x1.dd186p-1});
  const std::vector<double> wide = normal<double>(DType::Float64, 18);
  CHECK_NEAR(wide[0], -0x1.27bb92e9262dcp+1, 1e-14);
  CHECK_NEAR(wide[17], 0x1.0bff5e8d733a2p+0, 1e-14);
  check_all(normal<BFloat16>(DType::BFloat16, 17),
            {-1.125, -1.3515625, -1.6953125, 0.56640625, 0.79296875, 0.59765625, -1.5546875, -0.341796875, 1.8515625,
             0.75, -0.5859375, -0.173828125, 0.18359375, 1.390625, 1.5859375, 0.9453125, -0.84375});
}

TEST("integers") {
  const auto integers = [](int64_t from, int64_t to) {
    return [=](Generator& g, int64_t* out, int64_t n) { fill_random(g, DType::Int64, out, n, from, to); };
  };
  check_all(drawn<int64_t>(8, integers(0, 10)), {4, 9, 3, 0, 3, 9, 7, 3});
  check_all(drawn<int64_t>(3, integers(0, int64_t{1} << 40)), {741280623151, 506137267392, 291447657211});
  check_all(drawn<uint8_t>(6, [](auto& g, auto* out, int64_t n) { fill_random(g, DType::UInt8, out, n); }),
            {172, 47, 117, 192, 67, 251});
  check_all(drawn<double>(3, [](auto& g, auto* out, int64_t n) { fill_random(g, DType::Float64, out, n); }),
            {8737460674930124, 6375474555111176, 4137753702977065});
  check_all(drawn<Half>(4, [](auto& g, auto* out, int64_t n) { fill_random(g, DType::Float16, out, n); }),
            {1277, 1017, 1661, 999});
  check_all(drawn<int64_t>(10, [](auto& g, auto* out, int64_t n) { fill_randperm(g, DType::Int64, out, n); }),
            {4, 1, 7, 5, 3, 9, 0, 8, 6, 2});
  Generator g;
  uint8_t byte[2];
  CHECK_THROWS("random_ expects 'from' to be less than 'to', but got from=3 >= to=3",
               fill_random(g, DType::UInt8, byte, 2, 3, 3));
  CHECK_THROWS("from is out of bounds for unsigned char", fill_random(g, DType::UInt8, byte, 2, -1, 5));
  CHECK_THROWS("to - 1 is out of bounds for bool", fill_random(g, DType::Bool, byte, 2, 0, 3));
  CHECK_THROWS("value cannot be converted to type uint8_t without overflow", fill_randperm(g, DType::UInt8, byte, 256));
  CHECK_THROWS("\"randperm\" not implemented for 'Bool'", fill_randperm(g, DType::Bool, byte, 2));
}

TEST("bernoulli, geometric, poisson") {
  check_all(drawn<float>(10, [](auto& g, auto* out, int64_t n) { fill_bernoulli(g, DType::Float32, out, n, 0.3); }),
            {0, 0, 0, 0, 0, 0, 1, 0, 0, 1});
  std::vector<float> p(10);
  for (int i = 0; i < 10; ++i) p[static_cast<size_t>(i)] = static_cast<float>(i) / 9.0f;
  check_all(drawn<float>(10, [&](auto& g, auto* out,
                                 int64_t n) { fill_bernoulli(g, DType::Float32, out, n, DType::Float32, p.data()); }),
            {0, 0, 1, 1, 1, 0, 1, 0, 1, 1});
  check_all(drawn<int64_t>(8, [](auto& g, auto* out, int64_t n) { fill_geometric(g, DType::Int64, out, n, 0.3); }),
            {1, 1, 3, 1, 2, 1, 5, 3});
  const float rates[] = {1, 5, 20, 100, 0};
  check_all(drawn<float>(5, [&](auto& g, auto* out, int64_t n) { fill_poisson(g, DType::Float32, out, n, rates); }),
            {2, 6, 19, 96, 0});
}

TEST("exponential, cauchy, log-normal") {
  const auto sample = [](auto fill_with, double a, double b) {
    return drawn<double>(3, [=](auto& g, auto* out, int64_t n) { fill_with(g, DType::Float64, out, n, a, b); });
  };
  check_all(drawn<double>(3, [](auto& g, auto* out, int64_t n) { fill_exponential(g, DType::Float64, out, n, 1); }),
            {3.508326186707642, 1.2303847641796768, 0.6150440938940115}, 1e-15);
  check_all(sample(fill_cauchy, 1, 2), {22.195458653364593, 2.5295345192117997, 0.7434013158336519}, 1e-14);
  check_all(sample(fill_log_normal, 1, 0.5), {5.873778092375727, 2.3473465137755816, 0.91448456347448}, 1e-14);
  Generator g;
  int32_t word = 0;
  CHECK_THROWS("\"normal_kernel_cpu\" not implemented for 'Int'", fill_normal(g, DType::Int32, &word, 1, 0, 1));
  CHECK_THROWS("normal expects std >= 0.0, but found std -1", fill_normal(g, DType::Float32, &word, 1, 0, -1));
  CHECK_THROWS("exponential_ expects lambda > 0.0, but found lambda=0",
               fill_exponential(g, DType::Float32, &word, 1, 0));
}

TEST("multinomial") {
  const float weights[] = {0.1f, 0.2f, 0.3f, 0.4f};
  const auto sample = [&](bool replacement) {
    return drawn<int64_t>(3, [=, &weights](auto& g, int64_t* out, int64_t n) {
      fill_multinomial(g, DType::Float32, weights, 1, 4, n, replacement, out);
    });
  };
  check_all(sample(true), {3, 3, 2});
  check_all(sample(false), {2, 1, 3});
  Generator g;
  int64_t out[5];
  const float negative[] = {-1, 2}, nothing[] = {0, 0};
  CHECK_THROWS("probability tensor contains either `inf`, `nan` or element < 0",
               fill_multinomial(g, DType::Float32, negative, 1, 2, 1, true, out));
  CHECK_THROWS("(encountering probability entry < 0)",
               fill_multinomial(g, DType::Float32, negative, 1, 2, 2, true, out));
  CHECK_THROWS("(sum of probabilities <= 0)", fill_multinomial(g, DType::Float32, nothing, 1, 2, 1, false, out));
  CHECK_THROWS("cannot sample n_sample > prob_dist.size(-1) samples without replacement",
               fill_multinomial(g, DType::Float32, weights, 1, 4, 5, false, out));
}

}  // namespace strided
