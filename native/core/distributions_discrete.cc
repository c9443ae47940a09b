// Random integers, permutations and multinomial samples.
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <type_traits>
#include <utility>

#include "native/core/distributions.h"
#include "native/core/distributions_dispatch.h"

namespace strided {
namespace {

constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();

// The integer that `value` becomes when stored as T and read back; what does not fit gives the minimum, as on x86.
template <class T>
int64_t through(int64_t value) {
  const double stored = static_cast<double>(static_cast<T>(value));
  return stored >= -0x1p63 && stored < 0x1p63 ? static_cast<int64_t>(stored) : kInt64Min;
}

// The distance between neighbouring values of T at `value`.
template <class T>
int64_t spacing(int64_t value) {
  int exponent = 0;
  const uint64_t bits = static_cast<uint64_t>(value);
  for (uint64_t rest = value < 0 ? 0 - bits : bits; rest >>= 1;) ++exponent;
  return int64_t{1} << std::max(exponent - kDigits<T> + 1, 0);
}

// Moves the ends of [from, to) inwards to values of T where rounding to T would leave the interval.
template <class T>
int64_t inner_from(int64_t from) {
  const int64_t next = through<T>(from + 1);
  return next < from ? next + spacing<T>(from + 1) : from;
}

template <class T>
int64_t inner_to(int64_t to) {
  const int64_t last = through<T>(to - 1);
  return last >= to ? last - spacing<T>(to - 1) : to;
}

template <class T>
void check_range(DType dtype, int64_t from, int64_t last) {
  if constexpr (kDigits<T> > 0) {
    check(std::fabs(static_cast<double>(from)) <= kLargest<T>, "from is out of bounds for ", cpp_name(dtype));
    check(std::fabs(static_cast<double>(last)) <= kLargest<T>, "to - 1 is out of bounds for ", cpp_name(dtype));
  } else {
    constexpr int64_t min = std::numeric_limits<T>::min(), max = std::numeric_limits<T>::max();
    check(from >= min && from <= max, "from is out of bounds for ", cpp_name(dtype));
    check(last >= min && last <= max, "to - 1 is out of bounds for ", cpp_name(dtype));
  }
}

// From 2^28 on the remainder of a 32-bit draw would be visibly skewed: two draws.
template <class T>
void fill_range(Generator& generator, void* out, int64_t n, uint64_t range, int64_t from) {
  const uint64_t base = static_cast<uint64_t>(from);
  if (range >= uint64_t{1} << 28) {
    return fill<T>(out, n, [&] { return static_cast<int64_t>(generator.random64() % range + base); });
  }
  const uint32_t narrow = static_cast<uint32_t>(range);
  fill<T>(out, n, [&] { return static_cast<int64_t>(generator.random() % narrow + base); });
}

void fill_all_of_int64(Generator& generator, DType dtype, void* out, int64_t n) {
  constexpr const char* kKernel = "random_full_64_bits_range_kernel_cpu";
  if (dtype == DType::Bool || dtype == DType::Float16) fail_not_implemented(kKernel, dtype);
  check(is_floating(dtype) || dtype == DType::Int64, kKernel, " handles only int64, double, float and bfloat16");
  with_number(dtype, kKernel, [&](auto type) {
    fill<typename decltype(type)::type>(out, n, [&] { return static_cast<int64_t>(generator.random64()); });
  });
}

// The largest n whose permutation PyTorch stores in a dtype, with its words for more.
void check_permutation(DType dtype, int64_t n) {
  const auto fits = [&](int64_t max, const char* name) {
    check(n <= max, "value cannot be converted to type ", name, " without overflow");
  };
  const auto precise = [&](int64_t max, const char* text) {
    check(n <= max, "n cannot be greater than ", text, " for ", dtype_scalar_name(dtype), " type.");
  };
  switch (dtype) {
    case DType::UInt8: return fits(255, "uint8_t");
    case DType::Int8: return fits(127, "int8_t");
    case DType::Int16: return fits(32767, "int16_t");
    case DType::Int32: return fits(2147483647, "int");
    case DType::Float16: return precise((1 << 11) + 1, "2049");
    case DType::Float32: return precise((1 << 24) + 1, "2^24+1");
    case DType::Float64: return precise((int64_t{1} << 53) + 1, "2^53+1");
    default: return;
  }
}

// Inverts the cumulative distribution, kept in the precision of the weights, at one uniform double per sample.
template <class T, class C>
void multinomial_with_replacement(Generator& generator, const T* weights, int64_t rows, int64_t categories,
                                  int64_t samples, int64_t* out) {
  const std::unique_ptr<C[]> cumulative(new C[static_cast<size_t>(categories)]);
  for (int64_t row = 0; row < rows; ++row, weights += categories, out += samples) {
    C sum = 0;
    for (int64_t j = 0; j < categories; ++j) {
      const C weight = weights[j];
      check(weight >= 0, "invalid multinomial distribution (encountering probability entry < 0)");
      check(std::isfinite(weight),
            "invalid multinomial distribution (encountering probability entry = infinity or NaN)");
      cumulative[j] = sum += weight;
    }
    check(sum > 0, "invalid multinomial distribution (sum of probabilities <= 0)");
    for (int64_t j = 0; j < categories; ++j) cumulative[j] /= sum;
    cumulative[categories - 1] = 1;
    for (int64_t j = 0; j < samples; ++j) {
      const double u = generator.uniform_double();
      out[j] = std::lower_bound(cumulative.get(), cumulative.get() + categories, u, [](C probability, double bound) {
        return probability < bound;
      }) - cumulative.get();
    }
  }
}

// The largest weights when each is divided by its own exponential sample; equal ones in the order of PyTorch's topk.
template <class T, class C>
void multinomial_without_replacement(Generator& generator, DType dtype, const T* weights, int64_t rows,
                                     int64_t categories, int64_t samples, int64_t* out) {
  for (int64_t row = 0; row < rows; ++row) {
    C sum = 0;
    for (int64_t j = 0; j < categories; ++j) {
      const C weight = weights[row * categories + j];
      check(weight >= 0 && weight <= kLargest<C>, "probability tensor contains either `inf`, `nan` or element < 0");
      sum += weight;
    }
    check(sum != 0, "invalid multinomial distribution (sum of probabilities <= 0)");
  }
  using Entry = std::pair<C, int64_t>;
  const auto larger = [](const Entry& a, const Entry& b) {
    return (std::isnan(a.first) && !std::isnan(b.first)) || a.first > b.first;
  };
  const std::unique_ptr<T[]> divisors(new T[static_cast<size_t>(rows * categories)]);
  fill_exponential(generator, dtype, divisors.get(), rows * categories, 1.0);
  const std::unique_ptr<Entry[]> entries(new Entry[static_cast<size_t>(categories)]);
  Entry* const begin = entries.get();
  Entry* const end = begin + categories;
  for (int64_t row = 0; row < rows; ++row, out += samples) {
    for (int64_t j = 0; j < categories; ++j) {
      const C weight = weights[row * categories + j], divisor = divisors[row * categories + j];
      begin[j] = {static_cast<T>(weight / divisor), j};
    }
    if (samples == 1) {
      out[0] = std::min_element(begin, end, larger)->second;
      continue;
    }
    if (samples * 64 <= categories) {
      std::partial_sort(begin, begin + samples, end, larger);
    } else {
      std::nth_element(begin, begin + samples - 1, end, larger);
      std::sort(begin, begin + samples - 1, larger);
    }
    for (int64_t j = 0; j < samples; ++j) out[j] = begin[j].second;
  }
}

}  // namespace

void fill_random(Generator& generator, DType dtype, void* out, int64_t n) {
  with_any(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    if constexpr (std::is_same_v<T, bool>) {
      fill<T>(out, n, [&] { return (generator.random() & 1u) != 0; });
    } else if constexpr (std::is_same_v<T, int64_t>) {
      fill<T>(out, n, [&] { return generator.random64() & static_cast<uint64_t>(kInt64Max); });
    } else if constexpr (std::is_same_v<T, double>) {
      fill<T>(out, n, [&] { return generator.random64() % ((uint64_t{1} << 53) + 1); });
    } else if constexpr (kDigits<T> > 0) {
      fill<T>(out, n, [&] { return generator.random() % ((1u << kDigits<T>)+1); });
    } else {
      fill<T>(out, n, [&] { return generator.random() & static_cast<uint32_t>(std::numeric_limits<T>::max()); });
    }
  });
}

void fill_random(Generator& generator, DType dtype, void* out, int64_t n, int64_t from, std::optional<int64_t> to) {
  if (!to && from == kInt64Min) {
    if (n > 0) fill_all_of_int64(generator, dtype, out, n);
    return;
  }
  if (to) check(from < *to, "random_ expects 'from' to be less than 'to', but got from=", from, " >= to=", *to);
  with_any(dtype, [&](auto type) {
    using T = typename decltype(type)::type;
    constexpr bool kFloating = kDigits<T> > 0;
    int64_t first = from, last = 0;
    if (to) {
      int64_t end = *to;
      if constexpr (kFloating) {
        first = inner_from<T>(from);
        end = inner_to<T>(end);
        check(first < end,
              "random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from=", first,
              " >= to=", end);
      }
      last = end - 1;
    } else if constexpr (kFloating) {
      last = int64_t{1} << kDigits<T>;
      first = inner_from<T>(from);
      check(first < last,
            "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got ",
            "from=", first, " > to_inc=", last);
    } else {
      last = std::numeric_limits<T>::max();
    }
    check_range<T>(dtype, first, last);
    fill_range<T>(generator, out, n, static_cast<uint64_t>(last) - static_cast<uint64_t>(first) + 1, first);
  });
}

void fill_randperm(Generator& generator, DType dtype, void* out, int64_t n) {
  check(n >= 0, "Trying to create tensor with negative dimension ", n, ": [", n, "]");
  check_permutation(dtype, n);
  with_number(dtype, "randperm", [&](auto type) {
    using T = typename decltype(type)::type;
    T* values = static_cast<T*>(out);
    if (n < std::numeric_limits<uint32_t>::max() / 20) {
      for (int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(i);
      for (int64_t i = 0; i < n - 1; ++i) {
        std::swap(values[i], values[i + generator.random() % static_cast<uint32_t>(n - i)]);
      }
      return;
    }
    // 32 bits would be too coarse here: the inside-out shuffle with 64.
    for (int64_t i = 0; i < n; ++i) {
      const uint64_t j = generator.random64() % static_cast<uint64_t>(i + 1);
      values[i] = static_cast<T>(i);
      values[i] = values[j];
      values[j] = static_cast<T>(i);
    }
  });
}

void fill_multinomial(Generator& generator, DType dtype, const void* weights, int64_t rows, int64_t categories,
                      int64_t samples, bool replacement, int64_t* out) {
  check(is_floating(dtype),
        "multinomial only supports floating-point dtypes for input, got: ", dtype_scalar_name(dtype));
  check(samples > 0, "cannot sample n_sample <= 0 samples");
  check(replacement || samples <= categories,
        "cannot sample n_sample > prob_dist.size(-1) samples without replacement");
  check(categories <= 1 << 24, "number of categories cannot exceed 2^24");
  if (rows == 0) return;
  with_floating(dtype, "multinomial", [&](auto type) {
    using T = typename decltype(type)::type;
    using C = std::conditional_t<std::is_same_v<T, double>, double, float>;
    const T* p = static_cast<const T*>(weights);
    if (replacement && samples > 1) {
      return multinomial_with_replacement<T, C>(generator, p, rows, categories, samples, out);
    }
    multinomial_without_replacement<T, C>(generator, dtype, p, rows, categories, samples, out);
  });
}

}  // namespace strided
