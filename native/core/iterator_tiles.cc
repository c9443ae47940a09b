// Two dimensions at a time: where operands disagree about which dimension is the fastest, and where rows are short.
#include <algorithm>
#include <cstdlib>

#include "native/core/iterator.h"
#include "native/core/parallel.h"
#include "native/kernels/move.h"

namespace strided {
namespace {

constexpr int64_t kPacked = 65536;  // bytes that are packed at a time, of all operands
constexpr int64_t kLine = 64;
constexpr int64_t kEdge = 64;       // columns of a tile
constexpr int64_t kShortRow = 32;   // elements up to which several rows are worth a copy to make one of them
constexpr int64_t kCopied = 32768;  // elements that a thread copies at a time

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

}  // namespace

// The dimension that the first operand which jumps along the last one would rather run along; -1 where none jumps.
int Iterator::faster_dimension() const {
  const int last = shape_.size() - 1;
  for (int k = 1; k < count_; ++k) {
    const Dims& strides = operands_[k].strides;
    int best = last;
    for (int d = 0; d < last; ++d) {
      if (strides[d] != 0 && std::abs(strides[d]) < std::abs(strides[best])) best = d;
    }
    if (best != last) return best;
  }
  return -1;
}

bool Iterator::rows_touch(int k, int across) const {
  const int last = shape_.size() - 1;
  return operands_[k].strides[across] == shape_[last] * operands_[k].strides[last];
}

bool Iterator::plan_tiles(Tiles& tiles) const {
  const int last = shape_.size() - 1;
  if (last == 0 || !packs_) return false;
  const int faster = faster_dimension();
  const int across = faster >= 0 ? faster : last - 1;
  const int64_t columns = shape_[last], rows = shape_[across];
  const Operand& out = operands_[0];
  tiles.fused = columns <= kShortRow && out.strides[last] == item_size(out.dtype) && rows_touch(0, across);
  if (faster < 0 && !tiles.fused) return false;
  tiles.across = across;
  int64_t packed = 0;  // bytes of one element of all operands
  for (int k = 1; k < count_; ++k) {
    const Dims& strides = operands_[k].strides;
    const bool jumps = strides[across] != 0 && std::abs(strides[across]) < std::abs(strides[last]);
    tiles.packs[k] = jumps || (tiles.fused && !rows_touch(k, across));
    if (tiles.packs[k]) packed += item_size(operands_[k].dtype);
  }
  // Joined rows share the nearest cache with the other operands.
  const int64_t most = (tiles.fused ? kPacked / 8 : kPacked) / std::max<int64_t>(packed, 1);
  tiles.columns = tiles.fused ? columns : std::min(columns, kEdge);
  tiles.rows = std::min(rows, most / tiles.columns);
  if (!tiles.fused) tiles.columns = std::min(columns, most / tiles.rows);
  return true;
}

// Calls f(data, rows, columns) for tiles that cover the shape.
template <class F>
void Iterator::each_tile(const Tiles& tiles, int64_t grain, const F& f) const {
  const int last = shape_.size() - 1;
  const int64_t down = ceil_div(shape_[tiles.across], tiles.rows), side = ceil_div(shape_[last], tiles.columns);
  const int64_t planes = product(shape_) / (shape_[tiles.across] * shape_[last]);
  const int64_t least = std::max<int64_t>(1, grain / (tiles.rows * tiles.columns));
  parallel_for(planes * down * side, least, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      const int64_t c = t % side * tiles.columns, r = t / side % down * tiles.rows;
      int64_t plane = t / side / down;
      char* data[kMaxOperands];
      for (int k = 0; k < count_; ++k) {
        data[k] = operands_[k].data + c * operands_[k].strides[last] + r * operands_[k].strides[tiles.across];
      }
      for (int d = last - 1; d >= 0; --d) {
        if (d == tiles.across) continue;
        const int64_t i = plane % shape_[d];
        plane /= shape_[d];
        for (int k = 0; k < count_; ++k) data[k] += i * operands_[k].strides[d];
      }
      f(data, std::min(tiles.rows, shape_[tiles.across] - r), std::min(tiles.columns, shape_[last] - c));
    }
  });
}

void Iterator::run_tiles(Loop loop, const Tiles& tiles, int64_t grain) const {
  each_tile(tiles, grain,
            [&](char** data, int64_t rows, int64_t columns) { run_tile(loop, tiles, data, rows, columns); });
}

void Iterator::run_tile(Loop loop, const Tiles& tiles, char** data, int64_t rows, int64_t columns) const {
  alignas(64) char buffer[kPacked + kMaxOperands * kLine];
  char* free = buffer;
  const int last = shape_.size() - 1;
  int64_t inner[kMaxOperands], outer[kMaxOperands];
  for (int k = 0; k < count_; ++k) {
    const Operand& op = operands_[k];
    inner[k] = op.strides[last];
    outer[k] = op.strides[tiles.across];
    if (k == 0 || !tiles.packs[k]) continue;
    const int64_t size = item_size(op.dtype);
    move_kernels()[size](free, columns * size, data[k], outer[k], inner[k], rows, columns);
    data[k] = free;
    free += (rows * columns * size + kLine - 1) / kLine * kLine;
    inner[k] = size;
    outer[k] = columns * size;
  }
  if (tiles.fused) return run_row(loop, data, inner, rows * columns);
  for (int64_t r = 0; r < rows; ++r) {
    run_row(loop, data, inner, columns);
    for (int k = 0; k < count_; ++k) data[k] += outer[k];
  }
}

bool Iterator::copy_tiles(int64_t grain) const {
  const int last = shape_.size() - 1;
  const Operand &to = operands_[0], &from = operands_[1];
  const int64_t size = item_size(to.dtype);
  if (last == 0) {
    const int64_t step = from.strides[0];
    if (to.strides[0] != size || step == size || step == 0) return false;
    parallel_for(shape_[0], grain, [&](int64_t begin, int64_t end) {
      move_kernels()[size](to.data + begin * size, 0, from.data + begin * step, 0, step, 1, end - begin);
    });
    return true;
  }
  if (to.strides[last] != size) return false;
  const int faster = faster_dimension();
  Tiles tiles;
  tiles.across = faster >= 0 ? faster : last - 1;
  const int64_t columns = shape_[last], rows = shape_[tiles.across];
  tiles.columns = faster < 0 ? std::min(columns, kCopied) : std::min(columns, kEdge);
  tiles.rows = std::min(rows, std::max<int64_t>(1, kCopied / tiles.columns));
  if (faster >= 0) tiles.columns = std::min(columns, kCopied / tiles.rows);
  const MoveBlock move = move_kernels()[size];
  each_tile(tiles, grain, [&](char** data, int64_t m, int64_t n) {
    move(data[0], to.strides[tiles.across], data[1], from.strides[tiles.across], from.strides[last], m, n);
  });
  return true;
}

}  // namespace strided
