#include "native/ops/reduce_plan.h"

#include "native/core/error.h"
#include "native/core/parallel.h"
#include "native/ops/elementwise.h"

namespace strided {
namespace {

constexpr int64_t kGrain = 32768;    // elements below which a second thread does not pay
constexpr int64_t kChunk = 65536;    // elements of one partial result
constexpr int64_t kFewResults = 64;  // so few results leave threads idle: partial ones come first
constexpr int64_t kNarrow = 64;      // columns that do not fill the vectors; several rows stand for one
constexpr int64_t kShortRow = 16;

struct Traits {
  const char* name;
  ReduceOp merge;
  Accumulator accumulator;
};
#define REDUCE(name, merge, domain, accumulator, ...) {#name, ReduceOp::merge, Accumulator::accumulator},
constexpr Traits kTraits[] = {
#include "native/kernels/reduce.def"
};
#undef REDUCE
const Traits& traits(ReduceOp op) { return kTraits[static_cast<int>(op)]; }

bool contains(const Dims& dims, int d) { return std::find(dims.begin(), dims.end(), d) != dims.end(); }

/// One dimension: strides in elements of x and of the result.
struct Axis {
  int64_t size, x, out;
};

/// Axes without those of size 1, outermost first by the strides of x, merged where both sides allow it. At least one.
class Axes {
 public:
  void push(int64_t size, int64_t x, int64_t out) {
    if (size == 1) return;
    size_.push_back(size);
    x_.push_back(x);
    out_.push_back(out);
  }
  void finish() {
    const auto before = [](int64_t a, int64_t b) {
      return b != 0 && (a == 0 || a > b);
    };  // elements that repeat go outermost
    for (int i = 1; i < size(); ++i) {
      for (int d = i; d > 0 && before(x_[d], x_[d - 1]); --d) {
        for (Dims* each : {&size_, &x_, &out_}) std::swap((*each)[d], (*each)[d - 1]);
      }
    }
    for (int d = size() - 1; d > 0; --d) {
      if (x_[d - 1] != size_[d] * x_[d] || out_[d - 1] != size_[d] * out_[d]) continue;
      size_[d - 1] *= size_[d];
      x_[d - 1] = x_[d];
      out_[d - 1] = out_[d];
      for (Dims* each : {&size_, &x_, &out_}) each->erase(d);
    }
    if (size() == 0) {
      for (Dims* each : {&size_, &x_, &out_}) each->push_back(each == &size_);
    }
  }
  int size() const { return size_.size(); }
  Axis operator[](int d) const { return {size_[d], x_[d], out_[d]}; }
  Axis inner() const { return (*this)[size() - 1]; }
  int64_t numel() const { return product(size_); }
  /// The outermost axis of at least that size, else the largest.
  int outermost(int64_t least) const {
    for (int d = 0; d < size(); ++d) {
      if (size_[d] >= least) return d;
    }
    return static_cast<int>(std::max_element(size_.begin(), size_.end()) - size_.begin());
  }

 private:
  Dims size_, x_, out_;
};

struct Plan {
  Axes kept, reduced;
  bool columns;
  int64_t results, each;  // elements per result

  Plan(const Layout& x, const Dims& dims) {
    int64_t step = 1;
    for (int d = x.dim() - 1; d >= 0; --d) {
      if (contains(dims, d)) {
        reduced.push(x.shape[d], x.strides[d], 0);
      } else {
        kept.push(x.shape[d], x.strides[d], step);
        step *= x.shape[d];
      }
    }
    kept.finish();
    reduced.finish();
    results = kept.numel();
    each = reduced.numel();
    const Axis k = kept.inner(), r = reduced.inner();
    const bool kept_is_faster = k.x != 0 && (r.x == 0 || r.size == 1 || k.x < r.x);
    columns = (kept_is_faster && k.size >= 4) || (r.size < kShortRow && k.size >= 4 * kShortRow);
  }

  /// Calls f(offset in x, offset in the result, count) for runs of results that lie on the innermost kept dimension.
  template <class F>
  void for_runs(int64_t begin, int64_t end, F f) const {
    const int last = kept.size() - 1;
    while (begin < end) {
      int64_t rest = begin, x = 0, out = 0;
      int64_t first = 0;
      for (int d = last; d >= 0; --d) {
        const Axis axis = kept[d];
        const int64_t index = rest % axis.size;
        rest /= axis.size;
        x += index * axis.x;
        out += index * axis.out;
        if (d == last) first = index;
      }
      const int64_t count = std::min(end - begin, kept[last].size - first);
      f(x, out, count);
      begin += count;
    }
  }
};

void reduce_into(ReduceOp op, const Tensor& x, const Dims& dims, const Tensor& out, const Tensor& by);

/// Results [begin, end) over part of the reduced dimensions: `from` to `from + size` of dimension `cut`.
void run_part(const Plan& plan, const ReduceKernel& kernel, const Tensor& x, char* out, const char* by,
              int64_t acc_size, int cut, int64_t from, int64_t size, int64_t begin, int64_t end) {
  const int64_t item = x.item_size();
  const int n = plan.reduced.size();
  Dims sizes(n), strides(n);
  for (int d = 0; d < n; ++d) {
    sizes[d] = d == cut ? size : plan.reduced[d].size;
    strides[d] = plan.reduced[d].x * item;
  }
  const char* data = x.data() + (cut >= 0 ? from * strides[cut] : 0);
  plan.for_runs(begin, end, [&](int64_t x_at, int64_t out_at, int64_t count) {
    ReduceJob job{out + out_at * acc_size,
                  data + x_at * item,
                  by ? by + out_at * acc_size : nullptr,
                  count,
                  plan.kept.inner().out * acc_size,
                  plan.kept.inner().x * item,
                  n,
                  sizes.data(),
                  strides.data()};
    (plan.columns ? kernel.columns : kernel.rows)(job);
  });
}

/// Few results over many elements: partial results of chunks, then those. What the chunks are depends on the shape
/// alone.
void reduce_chunks(ReduceOp op, const Plan& plan, const ReduceKernel& kernel, const Tensor& x, const Tensor& out,
                   const Tensor& by) {
  const int cut = plan.reduced.outermost(plan.results * plan.each / kChunk);
  const int64_t length = plan.reduced[cut].size;
  const int64_t chunk = std::max<int64_t>(1, kChunk / (plan.results * (plan.each / length)));
  const int64_t chunks = (length + chunk - 1) / chunk;
  const Tensor partial = empty({chunks, plan.results}, out.dtype());
  const int64_t size = out.item_size();
  parallel_for(chunks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      run_part(plan, kernel, x, partial.data() + c * plan.results * size, by.defined() ? by.data() : nullptr, size, cut,
               c * chunk, std::min(chunk, length - c * chunk), 0, plan.results);
    }
  });
  reduce_into(traits(op).merge, partial, {0}, out, {});
}

/// Narrow rows that lie behind one another: so many of them as make a wide one are one row, and its parts join at the
/// end.
bool reduce_narrow(ReduceOp op, const Plan& plan, const Tensor& x, const Tensor& out, const Tensor& by) {
  const Axis k = plan.kept.inner(), r = plan.reduced.inner();
  if (plan.kept.size() > 1 || plan.reduced.size() > 1 || k.size >= kNarrow || k.size < 2 || k.x != 1 || k.out != 1)
    return false;
  const int64_t group = 2 * kNarrow / k.size, wide = r.size / group;
  if (r.x != k.size || wide < 8) return false;
  const int64_t rest = r.size - wide * group, offset = x.layout().offset;
  const Tensor partial = empty({group + 1, k.size}, out.dtype());
  const Tensor upper = partial.with_layout(contiguous_layout({group, k.size}));
  const Tensor last = partial.with_layout(contiguous_layout({1, k.size}, group * k.size));
  Tensor repeated;
  if (by.defined())
    repeated = contiguous(by.with_layout(expand(contiguous_layout({k.size}, by.layout().offset), {group, k.size})));
  reduce_into(op, x.with_layout(contiguous_layout({wide, group * k.size}, offset)), {0}, upper, repeated);
  reduce_into(op, x.with_layout(contiguous_layout({rest, k.size}, offset + wide * group * k.size)), {0}, last, by);
  reduce_into(traits(op).merge, partial, {0}, out, {});
  return true;
}

/// `out` and `by` are dense, in the order of the dimensions that are kept.
void reduce_into(ReduceOp op, const Tensor& x, const Dims& dims, const Tensor& out, const Tensor& by) {
  const Plan plan(x.layout(), dims);
  const ReduceKernel& kernel = reduce_kernels().of[static_cast<int>(op)][static_cast<int>(x.dtype())];
  check(kernel.rows != nullptr, ErrorKind::NotImplemented, "\"", traits(op).name, "\" not implemented for '",
        dtype_scalar_name(x.dtype()), "'");
  if (plan.results == 0 || reduce_narrow(op, plan, x, out, by)) return;
  if (plan.results <= kFewResults && plan.results * plan.each >= 2 * kChunk)
    return reduce_chunks(op, plan, kernel, x, out, by);
  const int64_t grain = std::max<int64_t>(plan.columns ? kNarrow : 1, kGrain / std::max<int64_t>(plan.each, 1));
  parallel_for(plan.results, grain, [&](int64_t begin, int64_t end) {
    run_part(plan, kernel, x, out.data(), by.defined() ? by.data() : nullptr, out.item_size(), -1, 0, 0, begin, end);
  });
}

}  // namespace

Dims reduced_dims(const Tensor& x, const std::optional<Dims>& dims) {
  check(x.dim() <= 64, "only tensors with up to 64 dims are supported");
  if (dims && !dims->empty()) {
    const Dims wrapped = wrap_dims(*dims, x.dim());
    return x.dim() ? wrapped : Dims();
  }
  Dims all(x.dim());
  for (int d = 0; d < x.dim(); ++d) all[d] = d;
  return all;
}

Dims reduced_shape(const Dims& shape, const Dims& dims, bool keepdim) {
  Dims out;
  for (int d = 0; d < shape.size(); ++d) {
    if (!contains(dims, d)) out.push_back(shape[d]);
    else if (keepdim) out.push_back(1);
  }
  return out;
}

int64_t reduced_numel(const Dims& shape, const Dims& dims) {
  int64_t n = 1;
  for (int64_t d : dims) n *= shape[static_cast<int>(d)];
  return n;
}

Tensor reduce(ReduceOp op, const Tensor& x, const Dims& dims, bool keepdim, const Tensor& by) {
  const Tensor out =
      empty(reduced_shape(x.shape(), dims, keepdim), accumulator_dtype(traits(op).accumulator, x.dtype()));
  reduce_into(op, x, dims, out, by);
  return out;
}

Tensor find_first(const Tensor& x, int dim, bool keepdim, const Tensor& value) {
  const Dims dims = x.dim() ? Dims{dim} : Dims();
  const Tensor out = empty(reduced_shape(x.shape(), dims, keepdim), DType::Int64);
  const Plan plan(x.layout(), dims);
  const FindKernel& kernel = find_kernels().of[static_cast<int>(x.dtype())];
  const int64_t item = x.item_size(), value_size = value.item_size();
  const Axis k = plan.kept.inner(), r = plan.reduced.inner();
  const int64_t grain = std::max<int64_t>(plan.columns ? kNarrow : 1, kGrain / std::max<int64_t>(plan.each, 1));
  parallel_for(plan.results, grain, [&](int64_t begin, int64_t end) {
    plan.for_runs(begin, end, [&](int64_t x_at, int64_t out_at, int64_t count) {
      const FindJob job{out.data_as<int64_t>() + out_at,
                        x.data() + x_at * item,
                        value.data() + out_at * value_size,
                        count,
                        k.out * static_cast<int64_t>(sizeof(int64_t)),
                        k.x * item,
                        k.out * value_size,
                        r.size,
                        r.x * item};
      (plan.columns ? kernel.columns : kernel.rows)(job);
    });
  });
  return out;
}

}  // namespace strided
