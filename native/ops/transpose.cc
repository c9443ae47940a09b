#include "native/ops/transpose.h"

#include <algorithm>

#include "native/core/parallel.h"

namespace strided {
namespace {

constexpr int64_t kTile = 32;  // rows and columns: two tiles of doubles are 16 KB
constexpr int64_t kGrain = 16384;

template <class Bits>
void copy_tiles(const Tensor& to, const Tensor& from) {
  const int64_t rows = from.size(0), columns = from.size(1), step = from.stride(1);
  const auto* source = from.data_as<Bits>();
  auto* out = to.data_as<Bits>();
  const int64_t grain = std::max<int64_t>(1, kGrain / (kTile * columns));
  parallel_for((rows + kTile - 1) / kTile, grain, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin * kTile; r < std::min(end * kTile, rows); r += kTile) {
      const int64_t last_row = std::min(r + kTile, rows);
      for (int64_t c = 0; c < columns; c += kTile) {
        const int64_t last_column = std::min(c + kTile, columns);
        for (int64_t i = r; i < last_row; ++i) {
          for (int64_t j = c; j < last_column; ++j) out[i * columns + j] = source[j * step + i];
        }
      }
    }
  });
}

}  // namespace

bool copy_transposed(const Tensor& to, const Tensor& from) {
  const bool fits = from.dim() == 2 && to.dtype() == from.dtype() && to.shape() == from.shape() && to.is_contiguous() &&
                    from.stride(0) == 1 && from.stride(1) > 1 && from.size(0) > 1 && from.size(1) > 1 &&
                    !(to.storage() == from.storage());
  if (!fits) return false;
  switch (to.item_size()) {
    case 1: copy_tiles<uint8_t>(to, from); break;
    case 2: copy_tiles<uint16_t>(to, from); break;
    case 4: copy_tiles<uint32_t>(to, from); break;
    default: copy_tiles<uint64_t>(to, from);
  }
  return true;
}

}  // namespace strided
