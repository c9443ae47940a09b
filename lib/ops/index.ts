/** All ops. */
export * from './methods.js';
export * from './create.js';
export * from './create-random.js';
export { celu, selu, threshold } from './activation.js';
export { chain_matmul, einsum, tensordot } from './contraction.js';
export { bilinear } from './linear.js';
export { cosine_similarity, pairwise_distance } from './loss-composed.js';
export { atleast_1d, atleast_2d, atleast_3d, block_diag, cartesian_prod, combinations, meshgrid } from './grid.js';
