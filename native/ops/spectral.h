// Factorizations of one matrix that iterate, in float64 whatever the dtype: they are exact to the last digit of
// float32, and there is one copy of them.
#pragma once

#include <vector>

#include "native/ops/linalg.h"

namespace strided::linalg {

using Doubles = std::vector<double>;
inline Doubles doubles(int64_t n) { return Doubles(static_cast<size_t>(n)); }

/// A, symmetric and full, becomes the matrix of its eigenvectors; their eigenvalues, rising, go to `values`. Returns
/// whether it converged.
bool decompose_symmetric(const Matrix<double>& a, Doubles& values);

/// A (m, n), m >= n, = U S V': U (m, m or n), V (n, n), S falling. A is lost. Returns whether it converged.
bool decompose_singular(const Matrix<double>& a, const Matrix<double>& u, Doubles& s, const Matrix<double>& v);

}  // namespace strided::linalg
