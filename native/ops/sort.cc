// sort, topk, kthvalue, median, mode: rows are encoded to items (kernels/sort.h), which are put in order as integers.
#include "native/kernels/sort.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/ops.h"

namespace strided::ops {
namespace {

constexpr int64_t kGrain = 16384;
constexpr int64_t kMergeSorted = 384;  // up to this length a row is merged, not counted
constexpr int64_t kChunked = 1 << 16;  // from this length on a row is cut for several threads
constexpr int64_t kInsertedTop = 64;   // up to this k the top is kept in order by insertion
constexpr int kMaxChunks = 16;

/// A tensor as rows along one dimension.
struct Rows {
  int64_t count = 1, n = 1, stride = 1;
  Layout others;  // without that dimension

  Rows(const Tensor& x, int64_t dim) : others(x.layout()) {
    const int d = wrap_dim(dim, x.dim());
    if (x.dim() == 0) return;
    n = x.size(d);
    stride = x.stride(d);
    others.shape.erase(d);
    others.strides.erase(d);
    count = others.numel();
  }
};

bool is_wide(const Tensor& x) { return x.item_size() == 8; }
int64_t bytes_per_item(const Tensor& x) { return is_wide(x) ? sizeof(WideItem) : sizeof(uint64_t); }

/// Where row `i` begins, in elements from the first of the storage.
int64_t offset_of(const Layout& others, int64_t i) {
  int64_t at = others.offset;
  for (int d = others.dim() - 1; d >= 0; --d) {
    at += i % others.shape[d] * others.strides[d];
    i /= others.shape[d];
  }
  return at;
}

template <class T>
struct Scratch {
  StorageRef storage;
  explicit Scratch(int64_t bytes) : storage(new Storage(std::max<int64_t>(bytes, 64))) {}
  T* data() const { return reinterpret_cast<T*>(storage->data()); }
};

/// Least significant digit first, in `chunks` pieces at a time; returns which of the two buffers has the result.
void* radix_sort(char* items, char* other, int64_t n, bool wide, int chunks) {
  const SortKernels& kernels = sort_kernels();
  const int64_t size = wide ? sizeof(WideItem) : sizeof(uint64_t);
  const int digits = wide ? 8 : 4;
  const int64_t piece = (n + chunks - 1) / chunks;
  const auto length = [&](int64_t c) { return std::max<int64_t>(0, std::min(piece, n - c * piece)); };
  Scratch<uint32_t> all(int64_t{8} * kBuckets * sizeof(uint32_t) * kMaxChunks);
  Scratch<uint32_t> starts(int64_t{kBuckets} * sizeof(uint32_t) * kMaxChunks);
  std::fill_n(all.data(), digits * kBuckets * chunks, 0u);
  parallel_for(chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c)
      kernels.count_all[wide](items + c * piece * size, length(c), all.data() + c * digits * kBuckets);
  });
  for (int digit = 0; digit < digits; ++digit) {
    bool same = false;
    for (int b = 0; b < kBuckets && !same; ++b) {
      int64_t total = 0;
      for (int c = 0; c < chunks; ++c) total += all.data()[(c * digits + digit) * kBuckets + b];
      same = total == n;
    }
    if (same) continue;
    uint32_t* counts = starts.data();
    std::fill_n(counts, kBuckets * chunks, 0u);
    if (chunks == 1) std::copy_n(all.data() + digit * kBuckets, kBuckets, counts);
    else {
      parallel_for(chunks, 1, [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c)
          kernels.count[wide](items + c * piece * size, length(c), digit, counts + c * kBuckets);
      });
    }
    uint32_t at = 0;
    for (int b = 0; b < kBuckets; ++b)
      for (int c = 0; c < chunks; ++c) at += std::exchange(counts[c * kBuckets + b], at);
    parallel_for(chunks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c)
        kernels.move[wide](items + c * piece * size, length(c), digit, counts + c * kBuckets, other);
    });
    std::swap(items, other);
  }
  return items;
}

/// Calls f(index of the row, row, items, scratch as long) for each row, spread over threads where there are several.
template <class F>
void for_rows(const Tensor& x, const Rows& rows, bool descending, const F& f) {
  check(rows.n < int64_t{1} << 32, "sort(): a dimension of ", rows.n, " elements is too long");
  const int64_t size = x.item_size(), bytes = bytes_per_item(x) * rows.n;
  const char* base = x.storage()->data();
  const auto run = [&](int64_t begin, int64_t end) {
    const Scratch<char> items(2 * bytes);
    for (int64_t i = begin; i < end; ++i) {
      const SortRow row{base + offset_of(rows.others, i) * size, rows.stride, rows.n, descending};
      f(i, row, items.data(), items.data() + bytes);
    }
  };
  const bool long_rows = rows.n >= kChunked && rows.count < num_threads();
  if (long_rows) return run(0, rows.count);
  parallel_for(rows.count, std::max<int64_t>(1, kGrain / std::max<int64_t>(1, rows.n)), run);
}

void encode(const Tensor& x, const SortRow& row, char* items) {
  const auto kernel = sort_kernels().encode[static_cast<int>(x.dtype())];
  parallel_for(row.n, kChunked, [&](int64_t begin, int64_t end) { kernel(row, begin, end, items); });
}

/// The items of a row in order, in one of the two buffers.
void* sort_row(const Tensor& x, const SortRow& row, char* items, char* other) {
  encode(x, row, items);
  if (row.n <= kMergeSorted) {
    sort_kernels().merge_sort[is_wide(x)](items, other, row.n);
    return items;
  }
  const int chunks = row.n >= kChunked ? std::min(num_threads(), kMaxChunks) : 1;
  return radix_sort(items, other, row.n, is_wide(x), chunks);
}

/// Row by row writers of results.
struct Results {
  Tensor values, indices;
  Rows value_rows, index_rows;

  Results(const Tensor& v, const Tensor& i, int64_t dim)
      : values(v), indices(i), value_rows(v, dim), index_rows(i, dim) {}
  SortedRow row(int64_t i) const {
    return {values.storage()->data() + offset_of(value_rows.others, i) * values.item_size(), value_rows.stride,
            reinterpret_cast<int64_t*>(indices.storage()->data()) + offset_of(index_rows.others, i), index_rows.stride};
  }
};

void decode(const Tensor& x, const SortRow& row, int64_t n, const void* items, const SortedRow& out) {
  const auto kernel = sort_kernels().decode[static_cast<int>(x.dtype())];
  parallel_for(n, kChunked, [&](int64_t begin, int64_t end) { kernel(row, begin, end, items, out); });
}

template <class F>
void with_items(bool wide, void* items, const F& f) {
  if (wide) f(static_cast<WideItem*>(items));
  else f(static_cast<uint64_t*>(items));
}
bool less(uint64_t a, uint64_t b) { return a < b; }
bool less(const WideItem& a, const WideItem& b) { return a.key != b.key ? a.key < b.key : a.place < b.place; }
uint64_t key_of(uint64_t item) { return item >> 32; }
uint64_t key_of(const WideItem& item) { return item.key; }

uint64_t nan_key(DType t) { return is_half(t) ? 0xffffu : t == DType::Float32 ? 0xffffffffu : ~uint64_t{0}; }

Dims reduced_shape(const Tensor& x, int64_t dim, bool keepdim) {
  Dims shape;
  const int wrapped = wrap_dim(dim, x.dim());
  for (int d = 0; d < x.dim(); ++d) {
    if (d != wrapped) shape.push_back(x.size(d));
    else if (keepdim) shape.push_back(1);
  }
  return shape;
}

/// One item per row: `choose(items, other, row)` returns the buffer whose first item it is.
template <class F>
Pair reduce_rows(const Tensor& x, int64_t dim, bool keepdim, const F& choose) {
  const Rows rows(x, dim);
  const Dims shape = reduced_shape(x, dim, keepdim);
  const Tensor values = strided::empty(shape, x.dtype()), indices = strided::empty(shape, DType::Int64);
  if (values.numel() == 0) return {values, indices};
  for_rows(x, rows, false, [&](int64_t i, const SortRow& row, char* items, char* other) {
    const void* found = choose(row, items, other);
    decode(x, row, 1, found, {values.data() + i * values.item_size(), 1, indices.data_as<int64_t>() + i, 1});
  });
  return {values, indices};
}

void check_reducible(const char* name, const Tensor& x, int64_t dim) {
  const int d = wrap_dim(dim, x.dim());
  check(x.dim() == 0 || x.size(d) != 0, ErrorKind::Index, name, "(): Expected reduction dim ", d,
        " to have non-zero size.");
}

Pair median(const Tensor& x, int64_t dim, bool keepdim, bool ignore_nan) {
  check(x.dtype() != DType::Bool, ErrorKind::NotImplemented, "\"median_cpu\" not implemented for 'Bool'");
  return reduce_rows(x, dim, keepdim, [&](const SortRow& row, char* data, char*) -> const void* {
    encode(x, row, data);
    const void* found = data;
    with_items(is_wide(x), data, [&](auto* items) {
      int64_t real = row.n, first_nan = row.n;
      if (is_floating(x.dtype())) {
        for (int64_t i = row.n; i-- > 0;) {
          if (key_of(items[i]) == nan_key(x.dtype())) --real, first_nan = i;
        }
      }
      if (real < row.n && (!ignore_nan || real == 0)) found = items + first_nan;
      else {
        auto* middle = items + (real - 1) / 2;
        std::nth_element(items, middle, items + row.n, [](const auto& a, const auto& b) { return less(a, b); });
        found = middle;
      }
    });
    return found;
  });
}

Tensor median_of_all(const Tensor& x, bool ignore_nan) {
  if (x.numel() == 0) {
    check(is_floating(x.dtype()), "median(): the input tensor of an integer dtype is empty");
    const Tensor out = strided::empty({}, x.dtype());
    return fill_(out, Scalar(std::nan("")));
  }
  const Tensor whole = strided::contiguous(x);
  return std::get<0>(
      median(whole.with_layout(contiguous_layout({x.numel()}, whole.layout().offset)), 0, false, ignore_nan));
}

}  // namespace

Pair sort(const Tensor& x, int64_t dim, bool descending) {
  const Rows rows(x, dim);
  const Tensor values = empty_like(x, x.dtype()), indices = empty_like(x, DType::Int64);
  if (x.numel() == 0) return {values, indices};
  const Results results(values, indices, dim);
  for_rows(x, rows, descending, [&](int64_t i, const SortRow& row, char* items, char* other) {
    decode(x, row, row.n, sort_row(x, row, items, other), results.row(i));
  });
  return {values, indices};
}

Pair topk(const Tensor& x, int64_t k, int64_t dim, bool largest, bool) {
  const int d = wrap_dim(dim, x.dim());
  const Rows rows(x, dim);
  check(k >= 0 && k <= (x.dim() ? x.size(d) : 1), "selected index k out of range");
  Dims shape = x.shape();
  if (x.dim()) shape[d] = k;
  const Tensor values = strided::empty(shape, x.dtype()), indices = strided::empty(shape, DType::Int64);
  if (values.numel() == 0) return {values, indices};
  const Results results(values, indices, dim);
  const bool inserted = k <= kInsertedTop && k * 8 <= rows.n, selected = k * 4 <= rows.n;
  for_rows(x, rows, largest, [&](int64_t i, const SortRow& row, char* items, char* other) {
    void* found = items;
    if (inserted) sort_kernels().smallest[static_cast<int>(x.dtype())](row, k, other, items);
    else if (selected) {
      encode(x, row, items);
      with_items(is_wide(x), items, [&](auto* all) {
        const auto order = [](const auto& a, const auto& b) { return less(a, b); };
        std::nth_element(all, all + k, all + row.n, order);
        std::sort(all, all + k, order);
      });
    } else found = sort_row(x, row, items, other);
    decode(x, row, k, found, results.row(i));
  });
  return {values, indices};
}

Pair kthvalue(const Tensor& x, int64_t k, int64_t dim, bool keepdim) {
  const int d = wrap_dim(dim, x.dim());
  check_reducible("kthvalue", x, dim);
  check(x.dtype() != DType::Bool, ErrorKind::NotImplemented, "\"kthvalue_cpu\" not implemented for 'Bool'");
  check(k >= 1 && k <= (x.dim() ? x.size(d) : 1), "kthvalue(): selected number k out of range for dimension ", d);
  return reduce_rows(x, dim, keepdim, [&](const SortRow& row, char* data, char*) -> const void* {
    encode(x, row, data);
    const void* found = data;
    with_items(is_wide(x), data, [&](auto* items) {
      std::nth_element(items, items + k - 1, items + row.n, [](const auto& a, const auto& b) { return less(a, b); });
      found = items + k - 1;
    });
    return found;
  });
}

Pair median_dim(const Tensor& x, int64_t dim, bool keepdim) {
  check_reducible("median", x, dim);
  return median(x, dim, keepdim, false);
}
Pair nanmedian_dim(const Tensor& x, int64_t dim, bool keepdim) {
  check_reducible("nanmedian", x, dim);
  return median(x, dim, keepdim, true);
}
Tensor median_all(const Tensor& x) { return median_of_all(x, false); }
Tensor nanmedian_all(const Tensor& x) { return median_of_all(x, true); }

Pair mode(const Tensor& x, int64_t dim, bool keepdim) {
  check_reducible("mode", x, dim);
  return reduce_rows(x, dim, keepdim, [&](const SortRow& row, char* data, char* other) -> const void* {
    void* sorted = sort_row(x, row, data, other);
    const void* found = sorted;
    with_items(is_wide(x), sorted, [&](auto* items) {
      int64_t longest = 0;
      for (int64_t i = 0; i < row.n;) {
        int64_t end = i + 1;
        const bool alike = !is_floating(x.dtype()) || key_of(items[i]) != nan_key(x.dtype());
        while (alike && end < row.n && key_of(items[end]) == key_of(items[i])) ++end;
        if (end - i > longest) {
          longest = end - i;
          found = items + end - 1;
        }
        i = end;
      }
    });
    return found;
  });
}

}  // namespace strided::ops
