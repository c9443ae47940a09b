// How this CPU multiplies matrices of bfloat16 best.
#pragma once

#include "native/kernels/gemm.h"

namespace strided {

/// Tiles (AMX) where there are any and they give the right result, else pairs (AVX512-BF16), else float.
const GemmKernel<BFloat16>& bfloat16_kernel();
/// For tests: this kernel from now on; null: the CPU's.
void set_bfloat16_kernel(const GemmKernel<BFloat16>* kernel);

}  // namespace strided
