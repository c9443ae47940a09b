// gather and scatter of large tensors: every index is checked right before it is used, while it is in the cache.
#include <algorithm>
#include <atomic>
#include <limits>

#include "native/core/parallel.h"
#include "native/ops/elementwise.h"
#include "native/ops/index.h"

namespace strided {
namespace {

constexpr int64_t kGrain = 32768;
constexpr int64_t kChecked = 2048;  // indices checked at a time: 16 KB
constexpr int64_t kPanel = 524288;  // bytes
constexpr int64_t kLeastRow = 64;   // elements; the iterator joins shorter rows where it can

/// The walk of one loop; all tensors have the shape of the index.
struct Along {
  Loop loop;
  Tensor to, index;
  Value value;
  int dim;             // that is indexed
  int64_t step, size;  // bytes between neighbours along it, and how many there are

  // Row by row in order; false where an index is out of bounds.
  bool run() const {
    const Dims& shape = to.shape();
    const int last = shape.size() - 1;
    const int64_t wrap = 0, item = to.item_size(), n = shape[last];
    alignas(8) char number[8];
    if (!value.is_tensor()) value.number.store(to.dtype(), number);
    Dims from(shape.size());
    if (value.is_tensor()) from = value.tensor.strides();
    const int64_t strides[] = {to.stride(last) * item, from[last] * item, index.stride(last) * 8, 0, 0};
    Dims at(shape.size());
    for (int64_t row = 0; row < index.numel() / n; ++row) {
      int64_t offsets[3] = {0, 0, 0};
      for (int d = 0; d < last; ++d) {
        offsets[0] += at[d] * to.stride(d);
        offsets[1] += at[d] * from[d];
        offsets[2] += at[d] * index.stride(d);
      }
      for (int64_t i = 0; i < n; i += kChecked) {
        const int64_t m = std::min(kChecked, n - i);
        const int64_t* indices = index.data_as<int64_t>() + offsets[2] + i;
        if (!index_kernels().within(indices, m, 0, size)) return false;
        char* data[] = {to.data() + offsets[0] * item + i * strides[0],
                        (value.is_tensor() ? value.tensor.data() : number) + offsets[1] * item + i * strides[1],
                        reinterpret_cast<char*>(const_cast<int64_t*>(indices)),
                        reinterpret_cast<char*>(const_cast<int64_t*>(&step)),
                        reinterpret_cast<char*>(const_cast<int64_t*>(&wrap))};
        loop(data, strides, m);
      }
      for (int d = last - 1; d >= 0 && ++at[d] == shape[d]; --d) at[d] = 0;
    }
    return true;
  }

  Along part(int d, int64_t begin, int64_t end) const {
    auto cut = [&](const Tensor& x) { return x.with_layout(narrow(x.layout(), d, begin, end - begin)); };
    return {loop, cut(to), cut(index), value.is_tensor() ? Value(cut(value.tensor)) : value, dim, step, size};
  }

  // In panels of columns, so narrow that what the indices may name of one stays in the cache.
  bool run_panels() const {
    const int last = to.dim() - 1;
    const int64_t columns = to.size(last), width = std::max<int64_t>(64, kPanel / size) / to.item_size();
    if (dim == last || width >= columns || index.size(dim) == 1) return run();
    for (int64_t c = 0; c < columns; c += width) {
      if (!part(last, c, std::min(columns, c + width)).run()) return false;
    }
    return true;
  }

  // Spread over threads along dimension `shared`; -1: not at all.
  bool run(int shared, int64_t grain) const {
    if (shared < 0) return run();
    std::atomic<bool> good{true};
    parallel_for(to.size(shared), grain, [&](int64_t begin, int64_t end) {
      if (!part(shared, begin, end).run_panels()) good.store(false, std::memory_order_relaxed);
    });
    return good.load(std::memory_order_relaxed);
  }
};

bool is_large(const Tensor& index) {
  return index.dtype() == DType::Int64 && index.is_contiguous() && index.numel() >= kGrain &&
         index.size(index.dim() - 1) >= kLeastRow;
}

// The longest dimension but `but`, -1 where there is none.
int longest_dimension(const Dims& shape, int but) {
  int longest = -1;
  for (int d = 0; d < shape.size(); ++d) {
    if (d != but && (longest < 0 || shape[d] > shape[longest])) longest = d;
  }
  return longest;
}

}  // namespace

void take_along(const Tensor& out, const Tensor& from, const Tensor& index, const Tensor& x, int dim,
                const Bounds& bounds) {
  if (is_large(index) && !bounds.wraps) {
    const Along along{index_kernels().take[out.dtype()], out,        index, from, dim,
                      x.stride(dim) * x.item_size(),     x.size(dim)};
    const int longest = longest_dimension(index.shape(), -1);
    // No thread gets a piece of a few cache lines of each row.
    const int64_t least = longest == index.dim() - 1 ? kChecked : 1;
    if (along.run(longest, std::max(least, kGrain * index.size(longest) / index.numel()))) return;
  }
  take_at(out, from, addresses(index, x, dim, bounds));
}

void combine_along(Combine how, const Tensor& to, const Value& value, const Tensor& index, const Tensor& x, int dim,
                   const Bounds& bounds) {
  if (is_large(index) && !bounds.wraps && !(index.storage() == to.storage())) {
    const Along along{index_kernels().combine[static_cast<int>(how)][to.dtype()],
                      to,
                      index,
                      value,
                      dim,
                      x.stride(dim) * x.item_size(),
                      x.size(dim)};
    // Addresses come twice along `dim` alone, so that no two threads meet.
    const int longest = longest_dimension(index.shape(), dim);
    const int64_t size = longest < 0 ? 1 : index.size(longest);
    const int64_t least = longest == index.dim() - 1 ? kLeastRow : 1;
    const int64_t grain = std::max({least, kGrain * size / index.numel(), size / (2 * num_threads())});
    if (along.run(longest, grain)) return;
  }
  combine_at(how, to, value, addresses(index, x, dim, bounds));
}

}  // namespace strided
