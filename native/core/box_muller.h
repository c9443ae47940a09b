// Pairs of uniform numbers to pairs of normal ones, sixteen at a time: eight radii, then eight angles.
#pragma once

namespace strided {

/// Replaces 16 uniform samples on [0, 1) by 16 normal ones, with PyTorch's float polynomials and their roundings.
void box_muller_16(float* data, float mean, float std);
void box_muller_16(double* data, double mean, double std);

}  // namespace strided
