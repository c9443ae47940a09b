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

#define RARE(name, ...) name,
enum class RareUnaryOp {
#include "native/kernels/rare_unary.def"
  count_
};
enum class RareBinaryOp {
#include "native/kernels/rare_binary.def"
  count_
};
#undef RARE

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

/// Loops over float32 and float64.
struct RareLoops {
  Loop single, wide;
  Loop operator[](DType t) const { return t == DType::Float32 ? single : t == DType::Float64 ? wide : nullptr; }
};
struct RareKernels {
  RareLoops unary[static_cast<int>(RareUnaryOp::count_)];
  RareLoops binary[static_cast<int>(RareBinaryOp::count_)];
};

STRIDED_TABLE(UnaryKernels, unary_kernels)
STRIDED_TABLE(BinaryKernels, binary_kernels)
STRIDED_TABLE(TernaryKernels, ternary_kernels)
STRIDED_TABLE(CopyKernels, copy_kernels)
STRIDED_BASELINE_TABLE(RareKernels, rare_kernels)

}  // namespace strided
