// Factorizations of one matrix, by halves: all but thin strips of the work is in products of blocks, which gemm does.
#pragma once

#include "native/ops/linalg.h"

namespace strided::linalg {

/// P A = L U in place, with the row that was swapped with row k, counted from 1, in pivots[k]. Returns the first zero
/// on the diagonal, counted from 1, or 0.
template <class T>
int32_t factor_lu(const Matrix<T>& a, int32_t* pivots);

/// A = L L' in the lower half, the upper one becomes zero. Returns the order of the first minor that is not positive,
/// or 0.
template <class T>
int32_t factor_cholesky(const Matrix<T>& a);

/// X = A^-1 B in place of B, for a triangle A; `unit`: its diagonal is not read and taken as ones.
template <class T>
void solve_triangle(const Matrix<T>& a, const Matrix<T>& b, bool upper, bool unit);

/// A = Q R in place: R above, the reflections of Q below the diagonal and in `tau`, as LAPACK's geqrf.
template <class T>
void factor_qr(const Matrix<T>& a, T* tau);

/// X = Q X, for Q = H_0 H_1 … as factor_qr leaves it in `v`, of which `count` reflections are taken.
template <class T>
void apply_reflections(const Matrix<T>& v, const T* tau, int64_t count, const Matrix<T>& x);

}  // namespace strided::linalg
