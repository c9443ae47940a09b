// Normalisation by mean and deviation, over rows (layer_norm, group_norm) and over planes (batch_norm), on contiguous
// float32 and float64.
#pragma once

#include "native/kernels/loops.h"
#include "native/kernels/select.h"

namespace strided {

/// `count` rows of n elements, one behind another; weight and bias (or neither) per element of a row, mean and rstd =
/// 1 / sqrt(var + eps) per row.
struct LayerNormJob {
  char* out;  // forward: the result; backward: the gradient of x; null: only mean and rstd are wanted
  const char* x;
  const char* gradient;  // backward
  const char* weight;    // null: all 1
  const char* bias;      // null: all 0
  char* mean;
  char* rstd;
  int64_t count, n;
  double eps;
};

/// The gradient of weight: the sum over `rows` rows of gradient * (x - mean) * rstd, for `count` of their elements.
struct LayerNormWeightJob {
  char* out;
  const char* x;
  const char* gradient;
  const char* mean;
  const char* rstd;
  int64_t rows, count, stride;
};

/// `count` planes of n elements, one behind another. Columns: `count` elements of each of n rows, `stride` apart.
struct PlaneJob {
  char* out;
  const char* x;
  const char* gradient;  // null: sums are of x alone
  const char* center;    // per plane
  const char* scale;     // apply: out = (x - center) * scale + shift; with a gradient out = gradient * gain + that
  const char* shift;
  const char* gain;
  // Sums: with a gradient of gradient and of gradient * (x - center); else second of (x - center)^2, or, without a
  // center, first of x.
  double* first;
  double* second;
  int64_t count, n, stride;
};

struct NormKernels {
  void (*forward[2])(const LayerNormJob&);  // [float64]
  void (*backward[2])(const LayerNormJob&);
  void (*weight[2])(const LayerNormWeightJob&);
  void (*plane_sums[2])(const PlaneJob&);
  void (*plane_apply[2])(const PlaneJob&);
  void (*column_sums[2])(const PlaneJob&);
  void (*column_apply[2])(const PlaneJob&);
};

STRIDED_TABLE(NormKernels, norm_kernels)

}  // namespace strided
