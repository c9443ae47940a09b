// The kernels of reduce.def. Sums add pairwise: lanes side by side, in short blocks, blocks upon blocks; lanes and
// blocks are the same for every instruction set and every cut of the work, so a result is too.
#include <limits>
#include <type_traits>

#include "native/core/half.h"
#include "native/kernels/elementwise.inc"
#include "native/kernels/pairwise.h"
#include "native/kernels/reduce.h"
#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

template <class A>
constexpr A lowest() {
  if constexpr (std::is_floating_point_v<A>) return -std::numeric_limits<A>::infinity();
  return std::numeric_limits<A>::lowest();
}
template <class A>
constexpr A highest() {
  if constexpr (std::is_floating_point_v<A>) return std::numeric_limits<A>::infinity();
  return std::numeric_limits<A>::max();
}

#define REDUCE(name, merge, domain, accumulator, map_value, combination, identity_value) \
  struct name##_op {                                                                     \
    template <class A, class T>                                                          \
    [[gnu::always_inline]] static inline A map(T x, [[maybe_unused]] A by) {             \
      return map_value;                                                                  \
    }                                                                                    \
    template <class V>                                                                   \
    [[gnu::always_inline]] static inline V combine(V a, V b) {                           \
      return combination;                                                                \
    }                                                                                    \
    template <class A>                                                                   \
    [[gnu::always_inline]] static inline A identity() {                                  \
      return identity_value;                                                             \
    }                                                                                    \
    static constexpr bool kMaps = ReduceOp::name != ReduceOp::merge;                     \
    static constexpr bool kBy = ReduceOp::name == ReduceOp::deviation;                   \
  };
#include "native/kernels/reduce.def"
#undef REDUCE

// Rows are short: here the copies of loops that -O3 makes pay.
#if defined(__GNUC__) && !defined(__clang__)
#define STRIDED_HOT [[gnu::optimize("O3")]]
#else
#define STRIDED_HOT
#endif

/// Accumulators that run side by side along a contiguous row.
template <class A>
constexpr int kStep = 256 / static_cast<int>(sizeof(A));
constexpr int64_t kSteps = 16;             // added up one after another before they go a level up
constexpr int64_t kSegment = 16 * kSteps;  // steps that two levels hold
constexpr int64_t kAhead = 4096;           // bytes read into the cache beyond those at work
constexpr int kGather = 1024;              // elements brought together from afar
constexpr int kColumns = 512;              // results together
constexpr int kLevels = 4;
constexpr int64_t kFan = 16;  // additions to a level before it goes into the next

template <class T>
[[gnu::always_inline]] inline auto element(const char* p) {
  if constexpr (std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>) return static_cast<float>(read<T>(p));
  else return read<T>(p);
}

template <class Op, class T, class A>
[[gnu::always_inline]] inline Vec<A> load_mapped(const char* x, A by) {
  if constexpr (std::is_same_v<T, A> && !Op::kMaps) {
    return load(reinterpret_cast<const A*>(x));
  } else {
    A lane[kLanes<A>];
    for (int l = 0; l < kLanes<A>; ++l) lane[l] = Op::template map<A>(element<T>(x + l * sizeof(T)), by);
    return load(lane);
  }
}

/// At most kSegment * kStep contiguous elements.
template <class Op, class T, class A>
STRIDED_HOT A fold_segment(const char* x, int64_t n, A by) {
  constexpr int lanes = kLanes<A>, vecs = kStep<A> / lanes;
  constexpr int64_t size = sizeof(T);
  const A zero = Op::template identity<A>();
  A lane[kStep<A>];
  const int64_t steps = n / kStep<A>;
  if (steps == 0) {
    for (int l = 0; l < kStep<A>; ++l) lane[l] = zero;
  } else {
    Vec<A> high[vecs];
    for (int v = 0; v < vecs; ++v) high[v] = splat(zero);
    for (int64_t done = 0; done < steps; done += kSteps) {
      const int64_t end = done + kSteps < steps ? done + kSteps : steps;
      Vec<A> low[vecs];
#pragma GCC unroll 16
      for (int v = 0; v < vecs; ++v) low[v] = load_mapped<Op, T, A>(x + (done * kStep<A> + v * lanes) * size, by);
      for (int64_t s = done + 1; s < end; ++s) {
        // The hardware's own prefetching stops at the end of a page.
        for (int64_t line = 0; line < kStep<A> * size; line += 64)
          __builtin_prefetch(x + s * kStep<A> * size + kAhead + line);
#pragma GCC unroll 16
        for (int v = 0; v < vecs; ++v)
          low[v] = Op::combine(low[v], load_mapped<Op, T, A>(x + (s * kStep<A> + v * lanes) * size, by));
      }
#pragma GCC unroll 16
      for (int v = 0; v < vecs; ++v) high[v] = Op::combine(high[v], low[v]);
    }
    if (n == steps * kStep<A>) return combine_vectors<Op, A>(high);
    for (int v = 0; v < vecs; ++v) store(lane + v * lanes, high[v]);
  }
  const char* tail = x + steps * kStep<A> * size;
  const int left = static_cast<int>(n - steps * kStep<A>);
  int l = 0;
  for (; l + lanes <= left; l += lanes)
    store(lane + l, Op::combine(load(lane + l), load_mapped<Op, T, A>(tail + l * size, by)));
  for (; l < left; ++l) lane[l] = Op::combine(lane[l], Op::template map<A>(element<T>(tail + l * size), by));
  return combine_lanes<Op>(lane);
}

/// Float16 is converted in long code, which would come with each op and be unrolled.
template <class T>
using Gathered = std::conditional_t<std::is_same_v<T, Half>, float, T>;

template <class T>
[[gnu::noinline]] void gather(Gathered<T>* __restrict to, const char* x, int64_t stride, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<Gathered<T>>(read<T>(x + i * stride));
}

/// The same for elements anywhere, at most kGather of them.
template <class Op, class T, class A>
A fold_strided(const char* x, int64_t stride, int64_t n, A by) {
  Gathered<T> gathered[kGather];
  gather<T>(gathered, x, stride, n);
  return fold_segment<Op, Gathered<T>, A>(reinterpret_cast<const char*>(gathered), n, by);
}

template <class Op, class T, class A>
A fold_row(const char* x, int64_t stride, int64_t n, A by) {
  if (n <= 8) {
    A value = Op::template map<A>(element<T>(x), by);
    for (int64_t i = 1; i < n; ++i) value = Op::combine(value, Op::template map<A>(element<T>(x + i * stride), by));
    return value;
  }
  const bool dense = stride == static_cast<int64_t>(sizeof(T)) && !std::is_same_v<T, Half>;
  const int64_t block = dense ? kSegment * kStep<A> : kGather;
  const auto fold = [&](const char* from, int64_t m) {
    if constexpr (!std::is_same_v<T, Half>) {
      if (dense) return fold_segment<Op, T, A>(from, m, by);
    }
    return fold_strided<Op, T, A>(from, stride, m, by);
  };
  if (n <= block) return fold(x, n);
  Pairwise<Op, A> sum;
  for (int64_t i = 0; i < n; i += block) sum.push(fold(x + i * stride, n - i < block ? n - i : block));
  return sum.total();
}

/// Walks the reduced dimensions but the innermost: the offset of each row in turn.
struct Odometer {
  static constexpr int kMaxDims = 64;
  const ReduceJob& job;
  int64_t index[kMaxDims];
  int64_t offset = 0;

  explicit Odometer(const ReduceJob& j) : job(j) {
    for (int d = 0; d < j.ndim; ++d) index[d] = 0;
  }
  bool next() {
    for (int d = job.ndim - 2; d >= 0; --d) {
      offset += job.strides[d];
      if (++index[d] < job.sizes[d]) return true;
      offset -= job.sizes[d] * job.strides[d];
      index[d] = 0;
    }
    return false;
  }
};

inline bool is_empty(const ReduceJob& job) {
  for (int d = 0; d < job.ndim; ++d) {
    if (job.sizes[d] == 0) return true;
  }
  return false;
}

template <class Op, class A>
void write_identities(const ReduceJob& job) {
  for (int64_t j = 0; j < job.count; ++j) write<A>(job.out + j * job.out_step, Op::template identity<A>());
}

template <class Op, class T, class A>
void reduce_rows(const ReduceJob& job) {
  if (is_empty(job)) return write_identities<Op, A>(job);
  const int64_t n = job.sizes[job.ndim - 1], stride = job.strides[job.ndim - 1];
  for (int64_t j = 0; j < job.count; ++j) {
    const char* x = job.x + j * job.x_step;
    const A by = Op::kBy ? read<A>(job.by + j * job.out_step) : A(0);
    A value;
    if (job.ndim == 1) {
      value = fold_row<Op, T, A>(x, stride, n, by);
    } else {
      Pairwise<Op, A> sum;
      Odometer row(job);
      do sum.push(fold_row<Op, T, A>(x + row.offset, stride, n, by));
      while (row.next());
      value = sum.total();
    }
    write<A>(job.out + j * job.out_step, value);
  }
}

// Accumulators in memory combined with whole vectors from f(offset), then one by one.
template <class Op, class A, class F>
[[gnu::always_inline]] inline void combine_all(A* __restrict acc, int64_t w, F f) {
  int64_t j = 0;
  for (; j + kLanes<A> <= w; j += kLanes<A>) store(acc + j, Op::combine(load(acc + j), f(j, Vec<A>{})));
  for (; j < w; ++j) acc[j] = Op::combine(acc[j], f(j, A{}));
}

/// Elements that need no conversion: a vector or a scalar, by the type of the second argument.
template <class A>
[[gnu::always_inline]] inline Vec<A> at(const char* x, Vec<A>) {
  return load(reinterpret_cast<const A*>(x));
}
template <class A>
[[gnu::always_inline]] inline A at(const char* x, A) {
  return read<A>(x);
}

// A row added to the accumulators, a row of elements apart from one another, and four rows that lie side by side at
// once.
template <class Op, class T, class A>
[[gnu::noinline]] void add_row(A* __restrict acc, const A* __restrict by, const char* __restrict x, int64_t w) {
#pragma GCC ivdep
  for (int64_t j = 0; j < w; ++j)
    acc[j] = Op::combine(acc[j], Op::template map<A>(element<T>(x + j * sizeof(T)), Op::kBy ? by[j] : A(0)));
}
template <class Op, class T, class A>
[[gnu::noinline]] void add_sparse_row(A* acc, const A* by, const char* x, int64_t step, int64_t w) {
  for (int64_t j = 0; j < w; ++j) {
    asm volatile("");  // keeps this loop scalar: gathered vectors are large code and no faster
    acc[j] = Op::combine(acc[j], Op::template map<A>(element<T>(x + j * step), Op::kBy ? by[j] : A(0)));
  }
}
template <class Op, class T, class A>
[[gnu::noinline]] void add_four_rows(A* __restrict acc, const A* __restrict by, const char* __restrict x,
                                     int64_t stride, int64_t w) {
  if constexpr (std::is_same_v<T, A> && !Op::kMaps) {
    return combine_all<Op>(acc, w, [=](int64_t j, auto kind) __attribute__((always_inline)) {
      const char* p = x + j * static_cast<int64_t>(sizeof(T));
      return Op::combine(Op::combine(at<A>(p, kind), at<A>(p + stride, kind)),
                         Op::combine(at<A>(p + 2 * stride, kind), at<A>(p + 3 * stride, kind)));
    });
  }
#pragma GCC ivdep
  for (int64_t j = 0; j < w; ++j) {
    const A c = Op::kBy ? by[j] : A(0);
    const char* p = x + j * sizeof(T);
    const A a0 = Op::template map<A>(element<T>(p), c), a1 = Op::template map<A>(element<T>(p + stride), c);
    const A a2 = Op::template map<A>(element<T>(p + 2 * stride), c),
            a3 = Op::template map<A>(element<T>(p + 3 * stride), c);
    acc[j] = Op::combine(acc[j], Op::combine(Op::combine(a0, a1), Op::combine(a2, a3)));
  }
}

template <class Op, class A>
[[gnu::noinline]] void clear(A* acc, int64_t w) {
  const A zero = Op::template identity<A>();
  for (int64_t j = 0; j < w; ++j) acc[j] = zero;
}

template <class Op, class T, class A>
struct Columns {
  A acc[kLevels][kColumns];
  A by[kColumns];
  int64_t width;
  int64_t added = 0;
  int used = 1;

  explicit Columns(int64_t w) : width(w) { clear<Op>(acc[0], w); }

  /// Counts an addition to level 0 and moves up the levels that are full.
  void advance() {
    ++added;
    int64_t weight = kFan;
    for (int l = 0; l + 1 < kLevels && added % weight == 0; ++l, weight *= kFan) raise(l);
  }
  [[gnu::noinline]] void raise(int l) {
    if (l + 1 == used) clear<Op>(acc[used++], width);
    const A* from = acc[l];
    combine_all<Op>(acc[l + 1], width, [=](int64_t j, auto kind) __attribute__((always_inline)) {
      return at<A>(reinterpret_cast<const char*>(from + j), kind);
    });
    clear<Op>(acc[l], width);
  }
  void add(const char* x, int64_t n, int64_t stride, int64_t step) {
    const bool dense = step == static_cast<int64_t>(sizeof(T));
    int64_t i = 0;
    for (; dense && i + 4 <= n; i += 4) {
      add_four_rows<Op, T, A>(acc[0], by, x + i * stride, stride, width);
      advance();
    }
    for (; i < n; ++i) {
      if (dense) add_row<Op, T, A>(acc[0], by, x + i * stride, width);
      else add_sparse_row<Op, T, A>(acc[0], by, x + i * stride, step, width);
      advance();
    }
  }
};

template <class Op, class T, class A>
void reduce_columns(const ReduceJob& job) {
  if (is_empty(job)) return write_identities<Op, A>(job);
  const int64_t n = job.sizes[job.ndim - 1], stride = job.strides[job.ndim - 1];
  for (int64_t first = 0; first < job.count; first += kColumns) {
    const int64_t w = job.count - first < kColumns ? job.count - first : kColumns;
    Columns<Op, T, A> columns(w);
    char* out = job.out + first * job.out_step;
    const char* x = job.x + first * job.x_step;
    if constexpr (Op::kBy) {
      for (int64_t j = 0; j < w; ++j) columns.by[j] = read<A>(job.by + (first + j) * job.out_step);
    }
    Odometer row(job);
    do columns.add(x + row.offset, n, stride, job.x_step);
    while (row.next());
    for (int l = 0; l + 1 < columns.used; ++l) columns.raise(l);
    const A* result = columns.acc[columns.used - 1];
    for (int64_t j = 0; j < w; ++j) write<A>(out + j * job.out_step, result[j]);
  }
}

template <DType t>
struct Element {
  using type = typename CppType<t>::type;
};
template <> struct Element<DType::Bool> {
  using type = uint8_t;
};
template <> struct Element<DType::Float16> {
  using type = Half;
};
template <> struct Element<DType::BFloat16> {
  using type = BFloat16;
};

template <class Op, ReduceDomain domain, Accumulator accumulator, DType t>
constexpr ReduceKernel kernel_for() {
  if constexpr (!reduces(domain, t)) {
    return {nullptr, nullptr};
  } else {
    using T = typename Element<t>::type;
    using A = typename Element<accumulator_dtype(accumulator, t)>::type;
    return {&reduce_rows<Op, T, A>, &reduce_columns<Op, T, A>};
  }
}

}  // namespace

#define REDUCE(name, merge, domain, accumulator, ...)                                        \
  {kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Bool>(),     \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::UInt8>(),    \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Int8>(),     \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Int16>(),    \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Int32>(),    \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Int64>(),    \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Float16>(),  \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::BFloat16>(), \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Float32>(),  \
   kernel_for<name##_op, ReduceDomain::domain, Accumulator::accumulator, DType::Float64>()},
extern const ReduceKernels reduce_kernels = {{
#include "native/kernels/reduce.def"
}};
#undef REDUCE

}  // namespace strided::STRIDED_ISA
