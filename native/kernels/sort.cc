#include "native/kernels/sort.h"

#include <type_traits>

#include "native/core/half.h"
#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

template <class T>
constexpr bool kIsFloat = std::is_floating_point_v<T> || std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
template <class T>
using Key = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
template <class T>
using ItemOf = std::conditional_t<sizeof(T) == 8, WideItem, uint64_t>;
template <int bytes>
using Unsigned =
    std::conditional_t<bytes == 8, uint64_t,
                       std::conditional_t<bytes == 4, uint32_t, std::conditional_t<bytes == 2, uint16_t, uint8_t>>>;

template <class T>
constexpr Key<T> kSign = Key<T>(1) << (sizeof(T) * 8 - 1);
template <class T>
constexpr Key<T> kAll = sizeof(T) >= 4 ? ~Key<T>(0) : (Key<T>(1) << (sizeof(T) * 8 % 32)) - 1;
/// The bits of infinity.
template <class T>
constexpr Key<T> kInfinity = std::is_same_v<T, double>  ? Key<T>(0x7ff0000000000000ull)
                             : std::is_same_v<T, float> ? Key<T>(0x7f800000u)
                             : std::is_same_v<T, Half>  ? Key<T>(0x7c00u)
                                                        : Key<T>(0x7f80u);

template <class T>
inline Key<T> key_of(T x) {
  using K = Key<T>;
  const K bits = __builtin_bit_cast(Unsigned<sizeof(T)>, x);
  if constexpr (kIsFloat<T>) {
    const K magnitude = bits & (kSign<T> - 1);
    const K negative = K(0) - (bits >> (sizeof(T) * 8 - 1));  // all ones where the sign is set
    const K zero = magnitude == 0 ? ~K(0) : K(0);
    const K ordered = ((bits ^ (negative | kSign<T>)) & ~zero) | (kSign<T> & zero);
    return (magnitude > kInfinity<T> ? ~K(0) : ordered) & kAll<T>;
  } else if constexpr (std::is_signed_v<T>) {
    return bits ^ kSign<T>;
  } else {
    return bits;
  }
}

/// The element of a key, but that zeros and NaN have lost theirs.
template <class T>
inline T element_of(Key<T> key) {
  using K = Key<T>;
  K bits = key;
  if constexpr (kIsFloat<T>) bits = key & kSign<T> ? key ^ kSign<T> : ~key;
  else if constexpr (std::is_signed_v<T>) bits = key ^ kSign<T>;
  return __builtin_bit_cast(T, static_cast<Unsigned<sizeof(T)>>(bits));
}

template <class T>
inline Key<T> flip(bool descending) {
  return descending ? kAll<T> : Key<T>(0);
}

inline void put(uint64_t& item, uint32_t key, int64_t place) {
  item = static_cast<uint64_t>(key) << 32 | static_cast<uint64_t>(place);
}
inline void put(WideItem& item, uint64_t key, int64_t place) { item = {key, static_cast<uint64_t>(place)}; }
inline uint32_t key(uint64_t item) { return static_cast<uint32_t>(item >> 32); }
inline uint64_t key(const WideItem& item) { return item.key; }
inline int64_t place(uint64_t item) { return static_cast<uint32_t>(item); }
inline int64_t place(const WideItem& item) { return static_cast<int64_t>(item.place); }
inline bool less(uint64_t a, uint64_t b) { return a < b; }
inline bool less(const WideItem& a, const WideItem& b) {
  return (a.key < b.key) | ((a.key == b.key) & (a.place < b.place));
}

template <class T>
void encode(const SortRow& row, int64_t begin, int64_t end, void* to) {
  const T* x = reinterpret_cast<const T*>(row.x);
  auto* items = static_cast<ItemOf<T>*>(to);
  const Key<T> mask = flip<T>(row.descending);
  if (row.stride == 1) {
    for (int64_t i = begin; i < end; ++i) put(items[i], key_of(x[i]) ^ mask, i);
  } else {
    for (int64_t i = begin; i < end; ++i) put(items[i], key_of(x[i * row.stride]) ^ mask, i);
  }
}

template <class T>
void decode(const SortRow& row, int64_t begin, int64_t end, const void* from, const SortedRow& out) {
  const T* x = reinterpret_cast<const T*>(row.x);
  const auto* items = static_cast<const ItemOf<T>*>(from);
  T* values = reinterpret_cast<T*>(out.values);
  const Key<T> mask = flip<T>(row.descending);
  for (int64_t i = begin; i < end; ++i) {
    const Key<T> k = key(items[i]) ^ mask;
    const int64_t at = place(items[i]);
    T value = element_of<T>(k);
    if constexpr (kIsFloat<T>) {
      if ((k == kSign<T>) | (k == kAll<T>)) [[unlikely]]
        value = x[at * row.stride];
    }
    values[i * out.value_stride] = value;
    out.places[i * out.place_stride] = at;
  }
}

// The keys of a row, in so many columns, and the smallest of each column: at least k keys of the row are no larger than
// the k-th smallest of these.
constexpr int64_t kColumns = 64;

template <class T>
void keys_of(const SortRow& row, Key<T>* keys, Key<T> (&minima)[kColumns]) {
  const T* x = reinterpret_cast<const T*>(row.x);
  const Key<T> mask = flip<T>(row.descending);
  for (auto& minimum : minima) minimum = ~Key<T>(0);
  for (int64_t i = 0; i < row.n; i += kColumns) {
    const int64_t width = row.n - i < kColumns ? row.n - i : kColumns;
    if (row.stride == 1 && width == kColumns) {
      for (int64_t j = 0; j < kColumns; ++j) keys[i + j] = key_of(x[i + j]) ^ mask;
    } else {
      for (int64_t j = 0; j < width; ++j) keys[i + j] = key_of(x[(i + j) * row.stride]) ^ mask;
    }
    for (int64_t j = 0; j < width; ++j) minima[j] = keys[i + j] < minima[j] ? keys[i + j] : minima[j];
  }
}

/// A bound that at least k of the minima do not exceed, and few more than k: the search ends where it is close.
template <class K>
K bound_of(const K (&minima)[kColumns], int64_t k) {
  K low = minima[0], high = minima[0];
  for (const K minimum : minima) low = minimum < low ? minimum : low, high = minimum > high ? minimum : high;
  for (int step = 0; step < 24 && low < high; ++step) {
    const K middle = low + (high - low) / 2;
    Vec<K> counts{};
#pragma GCC unroll 4
    for (int64_t j = 0; j < kColumns; j += kLanes<K>) counts -= (Vec<K>)(load(minima + j) <= splat(middle));
    const auto count = static_cast<int64_t>(sum_lanes<K>(counts));
    high = count >= k ? middle : high;
    low = count >= k ? low : middle + 1;
    if (count == k) break;
  }
  return high;
}

/// Looks in blocks for keys up to a bound that about k are below; those kept are in order all the time.
template <class T>
void smallest(const SortRow& row, int64_t k, void* scratch, void* to) {
  using K = Key<T>;
  constexpr int64_t kBlock = 32;
  K* keys = static_cast<K*>(scratch);
  auto* items = static_cast<ItemOf<T>*>(to);
  K minima[kColumns];
  keys_of<T>(row, keys, minima);
  K bound = k <= kColumns / 2 ? bound_of(minima, k) : ~K(0);
  int64_t kept = 0;
  const auto take = [&](int64_t i) {
    if (kept == k && keys[i] >= key(items[k - 1])) return;
    ItemOf<T> item;
    put(item, keys[i], i);
    int64_t at = kept < k ? kept++ : k - 1;
    for (; at > 0 && less(item, items[at - 1]); --at) items[at] = items[at - 1];
    items[at] = item;
  };
  int64_t i = 0;
  for (; i + kBlock <= row.n; i += kBlock) {
    Vec<K> above = splat(~K(0));
#pragma GCC unroll 4
    for (int64_t j = 0; j < kBlock; j += kLanes<K>) above &= (Vec<K>)(load(keys + i + j) > splat(bound));
    if (all((Vec<int32_t>)above)) continue;
    int64_t found[kBlock], count = 0;
    for (int64_t j = i; j < i + kBlock; ++j) {
      found[count] = j;
      count += keys[j] <= bound;
    }
    for (int64_t j = 0; j < count; ++j) take(found[j]);
    if (kept < k) continue;
    // From now on only what is smaller counts: of equal elements the first are kept.
    const K largest = key(items[k - 1]);
    if (largest == 0) return;
    bound = largest - 1;
  }
  for (; i < row.n; ++i)
    if (keys[i] <= bound) take(i);
}

template <class Item>
constexpr int kDigits = std::is_same_v<Item, WideItem> ? 8 : 4;

template <class Item>
inline uint32_t digit_of(const Item& item, int digit) {
  return static_cast<uint32_t>(key(item) >> (digit * kDigitBits)) & (kBuckets - 1);
}

template <class Item>
void count_all(const void* from, int64_t n, uint32_t* counts) {
  const auto* items = static_cast<const Item*>(from);
  for (int64_t i = 0; i < n; ++i) {
    const Item item = items[i];
#pragma GCC unroll 8
    for (int d = 0; d < kDigits<Item>; ++d) ++counts[d * kBuckets + digit_of(item, d)];
  }
}

template <class Item>
void count(const void* from, int64_t n, int digit, uint32_t* counts) {
  const auto* items = static_cast<const Item*>(from);
  for (int64_t i = 0; i < n; ++i) ++counts[digit_of(items[i], digit)];
}

template <class Item>
void move(const void* from, int64_t n, int digit, uint32_t* starts, void* to) {
  const auto* items = static_cast<const Item*>(from);
  auto* out = static_cast<Item*>(to);
  for (int64_t i = 0; i < n; ++i) out[starts[digit_of(items[i], digit)]++] = items[i];
}

template <class Item>
void insertion_sort(Item* items, int64_t n) {
  for (int64_t i = 1; i < n; ++i) {
    const Item item = items[i];
    int64_t at = i;
    for (; at > 0 && less(item, items[at - 1]); --at) items[at] = items[at - 1];
    items[at] = item;
  }
}

template <class Item>
void merge_sort(void* data, void* scratch, int64_t n) {
  constexpr int64_t kRun = 16;
  auto* items = static_cast<Item*>(data);
  auto* other = static_cast<Item*>(scratch);
  for (int64_t i = 0; i < n; i += kRun) insertion_sort(items + i, n - i < kRun ? n - i : kRun);
  for (int64_t width = kRun; width < n; width *= 2) {
    for (int64_t from = 0; from < n; from += 2 * width) {
      const int64_t middle = from + width < n ? from + width : n, end = middle + width < n ? middle + width : n;
      int64_t a = from, b = middle, to = from;
      // Which of the two comes next is a coin toss, so it is computed, not jumped on.
      while ((a < middle) & (b < end)) {
        const bool right = less(items[b], items[a]);
        other[to++] = items[right ? b : a];
        b += right;
        a += !right;
      }
      while (a < middle) other[to++] = items[a++];
      while (b < end) other[to++] = items[b++];
    }
    Item* swap = items;
    items = other;
    other = swap;
  }
  if (items != data)
    for (int64_t i = 0; i < n; ++i) other[i] = items[i];
}

}  // namespace

#define BY_DTYPE(f)                                                  \
  {&f<uint8_t>, &f<uint8_t>, &f<int8_t>,   &f<int16_t>, &f<int32_t>, \
   &f<int64_t>, &f<Half>,    &f<BFloat16>, &f<float>,   &f<double>}
#define BY_WIDTH(f) {&f<uint64_t>, &f<WideItem>}
extern const SortKernels sort_kernels = {BY_DTYPE(encode), BY_DTYPE(decode), BY_DTYPE(smallest),  BY_WIDTH(count_all),
                                         BY_WIDTH(count),  BY_WIDTH(move),   BY_WIDTH(merge_sort)};
#undef BY_DTYPE
#undef BY_WIDTH

}  // namespace strided::STRIDED_ISA
