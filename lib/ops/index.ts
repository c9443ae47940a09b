/** All ops. */

export { celu, selu } from './activation.js';
export { threshold } from './activation-bounds.js';
export { cumulative_trapezoid, trapezoid, trapz } from './calculus.js';
export { chain_matmul, einsum, tensordot } from './contraction.js';
export {
  conv_transpose1d,
  conv_transpose2d,
  conv_transpose3d,
  conv1d,
  conv2d,
  conv3d,
  convolution,
} from './convolution.js';
export * from './create.js';
export { _dirichlet_grad, _sample_dirichlet, _standard_gamma, _standard_gamma_grad, binomial } from './create-gamma.js';
export * from './create-random.js';
export { cdist, pdist } from './distance.js';
export { unravel_index } from './floats.js';
export { gradient } from './gradient.js';
export { atleast_1d, atleast_2d, atleast_3d, block_diag, cartesian_prod, combinations, meshgrid } from './grid.js';
export { histogramdd } from './histograms.js';
export * from './legacy.js';
export { bilinear } from './linear.js';
export { cosine_similarity, pairwise_distance } from './loss-composed.js';
export { lu_unpack } from './lu.js';
export { fill, vander } from './matrix.js';
export * from './methods.js';
export {
  batch_norm,
  group_norm,
  instance_norm,
  layer_norm,
  native_batch_norm,
  native_group_norm,
  native_layer_norm,
  rms_norm,
} from './normalization.js';
export { constant_pad_nd } from './padding.js';
export { avg_pool1d, max_pool1d, max_pool1d_with_indices, max_pool2d, max_pool3d } from './pooling.js';
export * from './queries.js';
export { bucketize, searchsorted } from './search.js';
export { segment_reduce } from './segments.js';
export { broadcast_shapes, broadcast_tensors, real } from './splits.js';
export { type Key, type NestedIndex, type Slice, slice } from './subscript.js';
export { isin } from './unique.js';
export { channel_shuffle, pixel_shuffle, pixel_unshuffle } from './upsample.js';
export * from './view-copies.js';
export * from './windows.js';
