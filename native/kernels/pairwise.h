// How partial results come together, in an order that does not depend on the instruction set.
#pragma once

#include <cstdint>

#include "native/kernels/vec/vec.h"

namespace strided::STRIDED_ISA {
namespace {

/// Adds up a stream of values in pairs of equal weight.
template <class Op, class A>
struct Pairwise {
  A level[64];
  uint64_t count = 0;

  void push(A value) {
    int k = 0;
    for (; (count >> k) & 1; ++k) value = Op::combine(level[k], value);
    level[k] = value;
    ++count;
  }
  A total() const {
    A value = Op::template identity<A>();
    bool first = true;
    for (int k = 0; k < 64 && (count >> k) != 0; ++k) {
      if (!((count >> k) & 1)) continue;
      value = first ? level[k] : Op::combine(level[k], value);
      first = false;
    }
    return value;
  }
};

template <class Op, class A, int N>
[[gnu::always_inline]] inline A combine_lanes(A (&lane)[N]) {
  for (int half = N / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) lane[l] = Op::combine(lane[l], lane[l + half]);
  }
  return lane[0];
}

/// The same in the same order, without memory.
template <class Op, class A, int N>
[[gnu::always_inline]] inline A combine_vectors(Vec<A> (&v)[N]) {
#pragma GCC unroll 4
  for (int half = N / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
    for (int k = 0; k < half; ++k) v[k] = Op::combine(v[k], v[k + half]);
  }
  return fold_lanes<A>(v[0], [](Vec<A> a, Vec<A> b) { return Op::combine(a, b); });
}

}  // namespace
}  // namespace strided::STRIDED_ISA
