// Reductions: many elements to one accumulator, by one table of kernels.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

#define REDUCE(name, ...) name,
enum class ReduceOp {
#include "native/kernels/reduce.def"
  count_
};
#undef REDUCE

enum class Accumulator : uint8_t { Own, Wide, Double };
enum class ReduceDomain : uint8_t { Any, Bool, Floating };

constexpr bool reduces(ReduceDomain domain, DType t) {
  return domain == ReduceDomain::Any || (domain == ReduceDomain::Bool ? t == DType::Bool : is_floating(t));
}

constexpr DType accumulator_dtype(Accumulator a, DType t) {
  switch (a) {
    case Accumulator::Own: return compute_dtype(t);
    case Accumulator::Wide: return is_floating(t) ? compute_dtype(t) : DType::Int64;
    default: return DType::Float64;
  }
}

/// `count` results, each over the same box of reduced dimensions (outermost first). Steps and strides are in bytes.
struct ReduceJob {
  char* out;
  const char* x;
  const char* by;  // an accumulator per result that the map reads; laid out as the results
  int64_t count;
  int64_t out_step, x_step;
  int ndim;
  const int64_t* sizes;
  const int64_t* strides;
};

/// How a result is computed is the same for every `count`, so work may be cut anywhere between results.
struct ReduceKernel {
  void (*rows)(const ReduceJob&);     // result by result: the innermost reduced dimension is the fastest
  void (*columns)(const ReduceJob&);  // all results together, one reduced index after another
};

struct ReduceKernels {
  ReduceKernel of[static_cast<int>(ReduceOp::count_)][kDTypes];
};

/// For each of `count` results the first of n elements that equals `value` (or is NaN as it is). Steps are in bytes.
struct FindJob {
  int64_t* out;
  const char* x;
  const char* value;  // in the dtype that elements are computed in
  int64_t count;
  int64_t out_step, x_step, value_step;
  int64_t n, stride;
};

struct FindKernel {
  void (*rows)(const FindJob&);
  void (*columns)(const FindJob&);
};

struct FindKernels {
  FindKernel of[kDTypes];
};

STRIDED_TABLE(ReduceKernels, reduce_kernels)
STRIDED_TABLE(FindKernels, find_kernels)

}  // namespace strided
