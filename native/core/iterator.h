// Walks any number of operands together: broadcasts, orders and merges dimensions, casts in the loop, spreads over
// threads.
#pragma once

#include "native/core/scalar.h"
#include "native/core/tensor.h"
#include "native/kernels/loops.h"

namespace strided {

/// Elements of an element-wise op below which a second thread does not pay.
constexpr int64_t kElementwiseGrain = 32768;

/// Bytes from which a result goes past the caches: it would push the inputs out, and itself before anyone reads it.
constexpr int64_t kStreamedBytes = 24 << 20;

/// `loop` with its result, contiguous elements of `size` bytes, going past the caches. It may lie on no input,
/// and is written when move_kernels().finish() was called.
void run_streamed(Loop loop, char* const* data, const int64_t* strides, int count, int64_t size, int64_t n);

class Iterator {
 public:
  /// Elements have this shape; every operand must broadcast to it.
  explicit Iterator(const Dims& shape) : shape_(shape) {}

  // The result first, then the inputs in the order the loop wants them. `as` is the dtype the loop reads or writes; an
  // operand of another dtype is converted in blocks that stay in the cache.
  Iterator& output(const Tensor& t, DType as) { return operand(t, as, true); }
  Iterator& input(const Tensor& t, DType as) { return operand(t, as, false); }
  Iterator& input(const Scalar& value, DType as);

  /// For loops that find their elements at other addresses than those they are given: no operand may be packed.
  Iterator& unpacked() {
    packs_ = false;
    return *this;
  }

  /// Calls `loop` for all elements; `grain`: elements below which a second thread does not pay. Where elements of the
  /// result lie on others of it or of an input, they are read and written one after another, as in PyTorch.
  void run(Loop loop, int64_t grain = kElementwiseGrain);
  /// Copies the only input to the output, of the same dtype.
  void copy(int64_t grain = kElementwiseGrain);

 private:
  static constexpr int kMaxOperands = 5;
  struct Operand {
    char* data;
    Dims strides;  // in bytes, per dimension of shape_
    DType dtype, as;
  };

  /// Rectangles of the last dimension (columns) and one other (rows), small enough for the cache.
  struct Tiles {
    int across;
    int64_t rows, columns;
    bool fused = false;                  // all rows of a tile make one for the loop
    bool packs[kMaxOperands] = {false};  // moved to a buffer in the order of the loop first
  };

  Iterator& operand(const Tensor& t, DType as, bool is_output);
  bool is_streamed() const;
  bool is_askew() const;
  void run_askew(Loop loop) const;
  void order_dimensions();
  void merge_dimensions();
  int faster_dimension() const;
  bool rows_touch(int k, int across) const;
  bool plan_tiles(Tiles& tiles) const;
  template <class F>
  void each_tile(const Tiles& tiles, int64_t grain, const F& f) const;
  void run_tiles(Loop loop, const Tiles& tiles, int64_t grain) const;
  void run_tile(Loop loop, const Tiles& tiles, char** data, int64_t rows, int64_t columns) const;
  bool copy_tiles(int64_t grain) const;
  void run_range(Loop loop, int64_t begin, int64_t end) const;
  void run_row(Loop loop, char** data, const int64_t* strides, int64_t n) const {
    if (casts_) run_block(loop, data, strides, n);
    else if (streams_) run_streamed(loop, data, strides, count_, strides[0], n);
    else loop(data, strides, n);
  }
  void run_block(Loop loop, char** data, const int64_t* strides, int64_t n) const;

  Dims shape_;
  Operand operands_[kMaxOperands];
  int count_ = 0;
  bool casts_ = false;
  bool packs_ = true;
  bool streams_ = false;
  alignas(8) char scalars_[kMaxOperands][8];
};

/// The strides that PyTorch gives a new result of an element-wise op: the order of dimensions of the inputs is kept.
Dims result_strides(const Dims& shape, const Tensor* const* inputs, int count);

/// Refuses results that overlap themselves or lie askew on an input, with PyTorch's texts.
void check_no_overlap(const Tensor& output, const Tensor& input);
void check_no_self_overlap(const Tensor& output);
/// Refuses an input that shares memory with what is written at other places than it is read, even element for element.
void check_apart(const Tensor& output, const Tensor& input);

}  // namespace strided
