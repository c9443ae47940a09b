// The element-wise kernels: one enumerator and one row of loops per line of a .def.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

#define UNARY(name, ...) name,
enum class UnaryOp {
#include "native/kernels/unary.def"
  count_
};
#undef UNARY

#define BINARY(name, ...) name,
enum class BinaryOp {
#include "native/kernels/binary.def"
  count_
};
#undef BINARY

#define TERNARY(name, ...) name,
enum class TernaryOp {
#include "native/kernels/ternary.def"
  count_
};
#undef TERNARY

struct UnaryKernels {
  Loops loops[static_cast<int>(UnaryOp::count_)];
};
struct BinaryKernels {
  Loops loops[static_cast<int>(BinaryOp::count_)];
};
struct TernaryKernels {
  Loops loops[static_cast<int>(TernaryOp::count_)];
  Loops where;  // x is a bool
};
struct CopyKernels {
  Loops cast[kDTypes];  // cast[from][to]
};

STRIDED_TABLE(UnaryKernels, unary_kernels)
STRIDED_TABLE(BinaryKernels, binary_kernels)
STRIDED_TABLE(TernaryKernels, ternary_kernels)
STRIDED_TABLE(CopyKernels, copy_kernels)

}  // namespace strided
