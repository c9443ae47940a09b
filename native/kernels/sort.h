// Sorting by keys: unsigned integers that order as the elements do, -0 equal to 0 and NaN last.
#pragma once

#include <cstdint>

#include "native/core/dtype.h"
#include "native/kernels/select.h"

namespace strided {

constexpr int kDigitBits = 8;
constexpr int kBuckets = 1 << kDigitBits;

/// A 64-bit key and where its element stands. Keys of up to 32 bits share one number with the place, key above: any
/// order of these numbers is a stable order of the elements.
struct WideItem {
  uint64_t key, place;
};

/// n elements, `stride` from one to the next.
struct SortRow {
  const char* x;
  int64_t stride, n;
  bool descending;
};

/// Where the result goes.
struct SortedRow {
  char* values;
  int64_t value_stride;
  int64_t* places;
  int64_t place_stride;
};

struct SortKernels {
  /// The items (uint64_t or WideItem) of elements [begin, end) of a row.
  void (*encode[kDTypes])(const SortRow& row, int64_t begin, int64_t end, void* items);
  /// The values and places of items [begin, end).
  void (*decode[kDTypes])(const SortRow& row, int64_t begin, int64_t end, const void* items, const SortedRow& out);
  /// The k smallest items of a row in ascending order; `keys` is scratch of n keys. For small k.
  void (*smallest[kDTypes])(const SortRow& row, int64_t k, void* keys, void* items);
  /// By whether items are wide: counts of each digit's values, kBuckets per digit, added to `counts`.
  void (*count_all[2])(const void* items, int64_t n, uint32_t* counts);
  /// Counts of one digit.
  void (*count[2])(const void* items, int64_t n, int digit, uint32_t* counts);
  /// Moves items to `to` by one digit; `starts` says where each bucket goes on.
  void (*move[2])(const void* items, int64_t n, int digit, uint32_t* starts, void* to);
  /// Sorts a short row; the result is in `items`, `scratch` is as long.
  void (*merge_sort[2])(void* items, void* scratch, int64_t n);
};

STRIDED_TABLE(SortKernels, sort_kernels)

}  // namespace strided
