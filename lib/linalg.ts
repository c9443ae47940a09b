/** torch.linalg. */
export { LinAlgError } from './errors.js';
export { linalg_cholesky as cholesky, linalg_cholesky_ex as cholesky_ex } from './ops/cholesky.js';
export { multi_dot, vecdot } from './ops/contraction.js';
export { linalg_det as det, linalg_slogdet as slogdet } from './ops/determinant.js';
export {
  linalg_lu as lu,
  linalg_lu_factor as lu_factor,
  linalg_lu_factor_ex as lu_factor_ex,
  linalg_lu_solve as lu_solve,
} from './ops/lu.js';
export { matmul } from './ops/matmul.js';
export {
  linalg_cross as cross,
  linalg_diagonal as diagonal,
  linalg_vander as vander,
  matrix_power,
} from './ops/matrix.js';
export {
  linalg_tensorinv as tensorinv,
  linalg_tensorsolve as tensorsolve,
  matrix_exp,
} from './ops/matrix-functions.js';
export { linalg_matrix_norm as matrix_norm, linalg_norm as norm } from './ops/matrix-norms.js';
export { linalg_householder_product as householder_product, linalg_qr as qr } from './ops/orthogonal.js';
export {
  linalg_cond as cond,
  linalg_lstsq as lstsq,
  linalg_matrix_rank as matrix_rank,
  linalg_pinv as pinv,
} from './ops/pseudo-inverse.js';
export { linalg_vector_norm as vector_norm } from './ops/reduce.js';
export {
  linalg_inv as inv,
  linalg_inv_ex as inv_ex,
  linalg_solve as solve,
  linalg_solve_ex as solve_ex,
  linalg_solve_triangular as solve_triangular,
} from './ops/solve.js';
export {
  linalg_eigh as eigh,
  linalg_eigvalsh as eigvalsh,
  linalg_svd as svd,
  linalg_svdvals as svdvals,
} from './ops/spectral.js';
