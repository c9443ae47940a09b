// All host functions of ops.def.
#pragma once

#include <optional>
#include <tuple>

#include "native/ops/value.h"

namespace strided {

using OptInt = std::optional<int64_t>;
using OptDouble = std::optional<double>;
using OptDims = std::optional<Dims>;
using OptDType = std::optional<DType>;
using Pair = std::tuple<Tensor, Tensor>;
using Triple = std::tuple<Tensor, Tensor, Tensor>;

namespace ops {
#define OP(name, Result, arguments) Result name arguments;
#include "native/ops/ops.def"
#undef OP
}  // namespace ops

}  // namespace strided
