#include "native/core/iterator.h"

#include <algorithm>
#include <cstdlib>

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/kernels/elementwise.h"
#include "native/kernels/move.h"

namespace strided {
namespace {

constexpr int64_t kCastBlock = 512;  // elements converted at a time: a few kilobytes

Dims broadcast_strides(const Tensor& t, const Dims& shape) {
  Dims strides(shape.size());
  const int lead = shape.size() - t.dim();
  check(lead >= 0, "output with shape ", shape, " doesn't match the broadcast shape ", t.shape());
  for (int d = 0; d < t.dim(); ++d) {
    const int64_t size = t.size(d);
    check(size == shape[lead + d] || size == 1, "The size of tensor a (", shape[lead + d],
          ") must match the size of tensor b (", size, ") at non-singleton dimension ", lead + d);
    strides[lead + d] = size == 1 ? 0 : t.stride(d) * t.item_size();
  }
  return strides;
}

}  // namespace

void run_streamed(Loop loop, char* const* data, const int64_t* strides, int count, int64_t size, int64_t n) {
  // Small enough that reading goes on while the stores before it drain.
  constexpr int64_t kBlock = 4096;
  alignas(64) char buffer[kBlock];
  char* at[8];
  std::copy_n(data, count, at);
  char* to = data[0];
  at[0] = buffer;
  for (int64_t done = 0; done < n;) {
    const int64_t misaligned = reinterpret_cast<intptr_t>(to) & 63;  // the blocks that follow begin with a line
    const int64_t m = std::min((kBlock - misaligned) / size, n - done);
    loop(at, strides, m);
    move_kernels().stream(to, buffer, m * size);
    to += m * size;
    for (int k = 1; k < count; ++k) at[k] += m * strides[k];
    done += m;
  }
}

Iterator& Iterator::operand(const Tensor& t, DType as, bool is_output) {
  if (is_output)
    check(t.shape() == shape_, "output with shape ", t.shape(), " doesn't match the broadcast shape ", shape_);
  operands_[count_++] = {t.data(), broadcast_strides(t, shape_), t.dtype(), as};
  casts_ |= t.dtype() != as;
  return *this;
}

Iterator& Iterator::input(const Scalar& value, DType as) {
  value.store(as, scalars_[count_]);
  operands_[count_] = {scalars_[count_], Dims(shape_.size()), as, as};
  ++count_;
  return *this;
}

// Fastest dimension last, by the strides of the operands in turn.
void Iterator::order_dimensions() {
  const int n = shape_.size();
  auto after = [this](int a, int b) {  // must dimension a move inwards past b?
    for (int i = 0; i < count_; ++i) {
      const int64_t sa = std::abs(operands_[i].strides[a]), sb = std::abs(operands_[i].strides[b]);
      if (sa == sb || sa == 0 || sb == 0) continue;
      return sa < sb;
    }
    return false;
  };
  for (int i = 1; i < n; ++i) {
    for (int d = i; d > 0 && after(d - 1, d); --d) {
      std::swap(shape_[d - 1], shape_[d]);
      for (int k = 0; k < count_; ++k) std::swap(operands_[k].strides[d - 1], operands_[k].strides[d]);
    }
  }
}

void Iterator::merge_dimensions() {
  int kept = 0;
  auto mergeable = [this](int outer, int inner) {
    for (int k = 0; k < count_; ++k) {
      if (operands_[k].strides[outer] != shape_[inner] * operands_[k].strides[inner]) return false;
    }
    return true;
  };
  auto move = [this](int to, int from) {
    shape_[to] = shape_[from];
    for (int k = 0; k < count_; ++k) operands_[k].strides[to] = operands_[k].strides[from];
  };
  for (int d = 0; d < shape_.size(); ++d) {
    if (shape_[d] == 1) continue;
    if (kept > 0 && mergeable(kept - 1, d)) {
      const int64_t merged = shape_[kept - 1] * shape_[d];
      move(kept - 1, d);
      shape_[kept - 1] = merged;
    } else {
      move(kept++, d);
    }
  }
  if (kept == 0) {
    shape_ = {1};
    for (int k = 0; k < count_; ++k) operands_[k].strides = {0};
    return;
  }
  shape_.resize(kept);
  for (int k = 0; k < count_; ++k) operands_[k].strides.resize(kept);
}

bool Iterator::is_streamed() const {
  constexpr int64_t kLeastRow = 1024;  // bytes
  const Operand& out = operands_[0];
  const int last = shape_.size() - 1;
  const int64_t size = item_size(out.dtype);
  bool apart = packs_ && !casts_ && out.strides[last] == size && shape_[last] * size >= kLeastRow &&
               product(shape_) * size >= kStreamedBytes;
  for (int k = 1; k < count_; ++k) apart = apart && operands_[k].data != out.data;
  return apart;
}

// Whether writing an element may change one that is read or written later.
bool Iterator::is_askew() const {
  const int n = shape_.size();
  auto reach = [&](const Operand& op) {
    int64_t bytes = item_size(op.dtype);
    for (int d = 0; d < n; ++d) bytes += (shape_[d] - 1) * op.strides[d];
    return bytes;
  };
  const Operand& out = operands_[0];
  int64_t inner = item_size(out.dtype);
  for (int d = n - 1; d >= 0; --d) {
    if (shape_[d] > 1 && out.strides[d] < inner) return true;
    inner += (shape_[d] - 1) * out.strides[d];
  }
  for (int k = 1; k < count_; ++k) {
    const Operand& in = operands_[k];
    if (in.data >= out.data + inner || (in.data < out.data && in.data + reach(in) <= out.data)) continue;
    if (in.data != out.data || in.dtype != out.dtype || in.strides != out.strides) return true;
  }
  return false;
}

void Iterator::run_askew(Loop loop) const {
  const int64_t numel = product(shape_);
  for (int64_t i = 0; i < numel; ++i) run_range(loop, i, i + 1);
}

void Iterator::run(Loop loop, int64_t grain) {
  const int64_t numel = product(shape_);
  if (numel == 0) return;
  order_dimensions();
  merge_dimensions();
  if (packs_ && is_askew()) return run_askew(loop);
  Tiles tiles;
  if (plan_tiles(tiles)) return run_tiles(loop, tiles, grain);
  streams_ = is_streamed();
  parallel_for(numel, grain, [&](int64_t begin, int64_t end) { run_range(loop, begin, end); });
}

void Iterator::copy(int64_t grain) {
  const int64_t numel = product(shape_);
  if (numel == 0) return;
  order_dimensions();
  merge_dimensions();
  const DType dtype = operands_[0].dtype;
  const Loop loop = copy_kernels().cast[static_cast<int>(dtype)][dtype];
  if (is_askew()) return run_askew(loop);
  if (copy_tiles(grain)) return;
  parallel_for(numel, grain, [&](int64_t begin, int64_t end) { run_range(loop, begin, end); });
}

void Iterator::run_range(Loop loop, int64_t begin, int64_t end) const {
  const int last = shape_.size() - 1;
  char* data[kMaxOperands];
  int64_t inner[kMaxOperands];
  Dims index(shape_.size());
  int64_t rest = begin;
  for (int d = last; d >= 0; --d) {
    index[d] = rest % shape_[d];
    rest /= shape_[d];
  }
  for (int k = 0; k < count_; ++k) {
    data[k] = operands_[k].data;
    inner[k] = operands_[k].strides[last];
    for (int d = 0; d <= last; ++d) data[k] += index[d] * operands_[k].strides[d];
  }
  for (int64_t at = begin; at < end;) {
    const int64_t n = std::min(end - at, shape_[last] - index[last]);
    run_row(loop, data, inner, n);
    at += n;
    if (at >= end) break;
    // The next row: back to its start, then up the outer dimensions like an odometer.
    for (int k = 0; k < count_; ++k) data[k] -= index[last] * inner[k];
    index[last] = 0;
    for (int d = last - 1; d >= 0; --d) {
      const bool wraps = ++index[d] == shape_[d];
      for (int k = 0; k < count_; ++k) data[k] += operands_[k].strides[d] * (wraps ? 1 - shape_[d] : 1);
      if (!wraps) break;
      index[d] = 0;
    }
  }
  if (streams_) move_kernels().finish();
}

void Iterator::run_block(Loop loop, char** data, const int64_t* strides, int64_t n) const {
  alignas(64) char buffers[kMaxOperands][kCastBlock * 8];
  const CopyKernels& copy = copy_kernels();
  for (int64_t done = 0; done < n; done += kCastBlock) {
    const int64_t m = std::min(kCastBlock, n - done);
    char* block[kMaxOperands];
    int64_t steps[kMaxOperands];
    for (int k = 0; k < count_; ++k) {
      const Operand& op = operands_[k];
      char* at = data[k] + done * strides[k];
      block[k] = at;
      steps[k] = strides[k];
      if (op.dtype == op.as) continue;
      const bool moves = strides[k] != 0 || k == 0;
      block[k] = buffers[k];
      steps[k] = moves ? item_size(op.as) : 0;
      if (k == 0) continue;
      char* ends[] = {buffers[k], at};
      const int64_t cast_steps[] = {item_size(op.as), strides[k]};
      copy.cast[static_cast<int>(op.dtype)][op.as](ends, cast_steps, moves ? m : 1);
    }
    loop(block, steps, m);
    const Operand& out = operands_[0];
    if (out.dtype == out.as) continue;
    char* ends[] = {data[0] + done * strides[0], buffers[0]};
    const int64_t cast_steps[] = {strides[0], item_size(out.as)};
    copy.cast[static_cast<int>(out.as)][out.dtype](ends, cast_steps, m);
  }
}

Dims result_strides(const Dims& shape, const Tensor* const* inputs, int count) {
  const int n = shape.size();
  bool same = true, contiguous = true;
  for (int i = 0; i < count; ++i) {
    same &= inputs[i]->shape() == shape;
    contiguous &= inputs[i]->is_contiguous();
  }
  if (count == 0 || (same && contiguous)) return contiguous_strides(shape);
  if (same) {
    bool dense = inputs[0]->layout().is_dense();
    for (int i = 1; i < count; ++i) dense &= inputs[i]->strides() == inputs[0]->strides();
    if (dense) return inputs[0]->strides();
  }
  Dims strides[8];
  for (int i = 0; i < count; ++i) {
    strides[i] = broadcast_strides(*inputs[i], shape);
    // The stride of a dimension of one element says nothing, and yet PyTorch orders dimensions by it.
    const int lead = n - inputs[i]->dim();
    for (int d = lead; d < n; ++d) {
      if (shape[d] == 1) strides[i][d] = inputs[i]->stride(d - lead) * inputs[i]->item_size();
    }
  }
  // perm lists dimensions from the fastest to the slowest.
  Dims perm(n);
  for (int d = 0; d < n; ++d) perm[d] = n - 1 - d;
  auto compare = [&](int a, int b) {
    for (int i = 0; i < count; ++i) {
      const int64_t sa = strides[i][a], sb = strides[i][b];
      if (sa == 0 || sb == 0) continue;
      if (sa != sb) return sa < sb ? -1 : 1;
      if (shape[a] > shape[b]) return 1;
    }
    return 0;
  };
  for (int i = 1; i < n; ++i) {
    int b = i;
    for (int a = i - 1; a >= 0; --a) {
      const int order = compare(static_cast<int>(perm[a]), static_cast<int>(perm[b]));
      if (order < 0) break;
      if (order == 0) continue;
      std::swap(perm[a], perm[b]);
      b = a;
    }
  }
  Dims out(n);
  int64_t step = 1;
  for (int64_t d : perm) {
    out[static_cast<int>(d)] = step;
    step *= std::max<int64_t>(shape[static_cast<int>(d)], 1);
  }
  return out;
}

void check_no_self_overlap(const Tensor& output) {
  check(output.numel() == 0 || !output.layout().may_overlap(),
        "unsupported operation: more than one element of the written-to tensor refers to a single memory location. "
        "Please clone() the tensor before performing the operation.");
}

void check_apart(const Tensor& output, const Tensor& input) {
  if (!(output.storage() == input.storage()) || output.numel() == 0 || input.numel() == 0) return;
  if (!output.layout().is_dense() || !input.layout().is_dense()) return;
  const char *a = output.data(), *b = input.data();
  check(a >= b + input.numel() * input.item_size() || b >= a + output.numel() * output.item_size(),
        "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
        "location. Please clone() the tensor before performing the operation.");
}

void check_no_overlap(const Tensor& output, const Tensor& input) {
  const bool same = output.data() == input.data() && output.strides() == input.strides() &&
                    output.numel() * output.item_size() == input.numel() * input.item_size();
  if (!same) check_apart(output, input);
}

}  // namespace strided
