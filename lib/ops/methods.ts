/** Every module of ops that Tensor has as methods: its type is made from these. */
export { prelu } from './activation.js';
export { hardshrink } from './activation-bounds.js';
export * from './aliases.js';
export * from './arrange.js';
export * from './binary.js';
export { diff } from './calculus.js';
export { cholesky, cholesky_inverse, cholesky_solve } from './cholesky.js';
export * from './compare.js';
export { inner } from './contraction.js';
export * from './core.js';
export { det, logdet, slogdet } from './determinant.js';
export { dist, renorm } from './distance.js';
export { fill_diagonal_ } from './fill-diagonal.js';
export { frexp } from './floats.js';
export { digamma, lgamma, mvlgamma, polygamma } from './gamma.js';
export { histogram } from './histograms.js';
export * from './indexing.js';
export * from './join.js';
export { lu, lu_solve } from './lu.js';
export * from './matmul.js';
export { corrcoef, cov, cross, matrix_power, trace } from './matrix.js';
export { matrix_exp } from './matrix-functions.js';
export * from './new-tensor.js';
export { geqrf, orgqr, ormqr, qr } from './orthogonal.js';
export * from './pieces.js';
export { pinverse } from './pseudo-inverse.js';
export * from './random.js';
export { i0, igamma, igammac } from './rare.js';
export * from './reduce.js';
export { resize_, resize_as_, set_ } from './resize.js';
export * from './scan.js';
export * from './scatter.js';
export { bincount, histc, nanquantile, quantile } from './search.js';
export * from './softmax.js';
export { inverse, triangular_solve } from './solve.js';
export * from './sort.js';
export {
  angle,
  deg2rad,
  erfinv,
  gcd,
  heaviside,
  isneginf,
  isposinf,
  isreal,
  lcm,
  ldexp,
  logaddexp,
  logaddexp2,
  logit,
  nan_to_num,
  nextafter,
  rad2deg,
  sinc,
  xlogy,
} from './special.js';
export { svd } from './spectral.js';
export {
  broadcast_to,
  conj,
  conj_physical,
  dsplit,
  hsplit,
  ravel,
  resolve_conj,
  resolve_neg,
  tensor_split,
  unsafe_chunk,
  unsafe_split,
  unsafe_split_with_sizes,
  vsplit,
} from './splits.js';
export { index, index_put, index_put_ } from './subscript.js';
export * from './ternary.js';
export * from './unary.js';
export { unique, unique_consecutive } from './unique.js';
export { as_strided_scatter, narrow_copy } from './view-copies.js';
export * from './views.js';
