import { analysisSamples } from './samples/analysis.js';
import { elementwiseSamples } from './samples/elementwise.js';
import { affineNames, imageNames, imageSamples, maximaNames } from './samples/images.js';
import { linalgSamples, matrixNames, solidNames, spreadNames, spreadSolidNames } from './samples/linalg.js';
import { lossSamples } from './samples/losses.js';
import { nnSamples } from './samples/nn.js';
import { orderSamples } from './samples/order.js';
import { productSamples } from './samples/products.js';
import { randomSamples } from './samples/random.js';
import { maskedChoices, maskedNames, rareSamples } from './samples/rare.js';
import { reductionSamples } from './samples/reductions.js';
import type { Samples } from './samples/sample.js';
import { shapeSamples } from './samples/shapes.js';

export { elementwise } from './samples/elementwise.js';

/** How to call the differentiable ops whose arguments do not say it themselves, by name. */
export const samples: Samples = {
  ...analysisSamples,
  ...elementwiseSamples,
  ...reductionSamples,
  ...shapeSamples,
  ...productSamples,
  ...nnSamples,
  ...lossSamples,
  ...randomSamples,
  ...imageSamples,
  ...orderSamples,
  ...linalgSamples,
  ...rareSamples,
};

const kinds = (names: string[], ...without: string[]): Record<string, readonly string[]> =>
  Object.fromEntries(names.map((name) => [name, without]));

/** Kinds of input that an op does not take, by their reason. */
export const unfit: Record<string, readonly string[]> = {
  // Dimensions are named or counted.
  ...kinds(['narrow', 'unbind', 'chunk', 'split', 'split_with_sizes', 'select', 'diagonal', 'tril', 'triu'], '0-d'),
  ...kinds(['cat', 'concat', 'concatenate', 'unflatten', 'unfold', 'index_select', 'flip', 'fliplr', 'flipud'], '0-d'),
  ...kinds(['roll', 'movedim', 'moveaxis', 'adjoint', 'take_along_dim', 'select_scatter', 'embedding'], '0-d'),
  ...kinds(
    ['tensor_split', 'hsplit', 'vsplit', 'dsplit', 'unsafe_chunk', 'unsafe_split', 'unsafe_split_with_sizes'],
    '0-d',
  ),
  ...kinds(
    ['diff', 'trapezoid', 'trapz', 'cumulative_trapezoid', 'cdist', 'pdist', 'renorm', 'linalg_multi_dot'],
    '0-d',
  ),
  ...kinds(['scaled_dot_product_attention'], '0-d'),
  ...kinds(['ctc_loss'], '0-d', 'empty', 'expanded'),
  // Matrices or vectors.
  ...kinds(['matmul', 'mm', 'mv', 'bmm', 'addmv', 'addbmm', 'addbmm_', 'baddbmm', 'linear', 'tensordot'], '0-d'),
  ...kinds(['dot', 'vdot', 'outer', 'ger', 'vander'], '0-d', 'transposed'),
  ...kinds(['fill_diagonal_'], '0-d'),
  ...kinds(['bilinear', 'glu', 'feature_dropout', 'feature_dropout_', 'feature_alpha_dropout'], '0-d'),
  ...kinds(['feature_alpha_dropout_'], '0-d'),
  ...kinds(
    ['rot90', 'diag_embed', 'index_reduce', 'index_reduce_', 'slice_scatter', 'diagonal_scatter', 'diag'],
    '0-d',
  ),
  ...kinds([...matrixNames], '0-d'),
  ...kinds([...solidNames], '0-d', 'empty'),
  ...kinds([...spreadNames], '0-d', 'expanded'),
  ...kinds([...spreadSolidNames], '0-d', 'empty', 'expanded'),
  // Losses of rows; those of nothing have no value.
  ...kinds(
    ['nll_loss', 'cross_entropy', 'cosine_similarity', 'pairwise_distance', 'normalize', 'triplet_margin_loss'],
    '0-d',
  ),
  ...kinds(['cosine_embedding_loss', 'multilabel_soft_margin_loss'], '0-d'),
  ...kinds(['multi_margin_loss'], '0-d', 'empty'),
  ...kinds(['multilabel_margin_loss'], '0-d', 'empty', 'transposed'),
  ...kinds(['combinations'], '0-d', 'empty', 'transposed'),
  // Dimensions are counted, and those of nothing have no mean.
  ...kinds(['layer_norm', 'native_layer_norm', 'rms_norm', 'batch_norm', 'group_norm', 'local_response_norm'], '0-d'),
  ...kinds(['native_batch_norm', 'instance_norm', 'native_group_norm'], '0-d', 'empty'),
  ...kinds(imageNames, '0-d'),
  ...kinds(affineNames, '0-d', 'empty'),
  ...kinds(maximaNames, '0-d', 'expanded'),
  // The standard deviation of equal elements has no gradient.
  ...kinds(['std', 'std_mean'], '0-d', 'expanded'),
  ...kinds(['var_mean'], '0-d'),
  ...kinds(['quantile', 'nanquantile'], 'empty'),
  ...kinds(
    [
      'diagonal_copy',
      'narrow_copy',
      'permute_copy',
      'split_with_sizes_copy',
      'unbind_copy',
      'transpose_copy',
      'unfold_copy',
    ],
    '0-d',
  ),
  ...kinds(['expand_copy', 'as_strided_copy', 'as_strided_scatter', 'gradient'], '0-d', 'empty'),
  ...kinds(['segment_reduce'], '0-d', 'empty', 'transposed', 'expanded'),
  ...kinds(maskedNames, '0-d', 'empty'),
  ...kinds(maskedChoices, '0-d', 'empty', 'expanded'),
};

/** Exported for other ops, and reached through them. */
export const inner: readonly string[] = [
  ...['alias', 'slice_view', 'embedding_dense_backward', 'max_pool2d_with_indices', 'max_pool3d_with_indices'],
];

/**
 * Samples that move with their parameters as their distribution does and not draw by draw, so that finite differences
 * say nothing; or whose gradient is refused. Their tests are in distributions-families.
 */
export const distributional: readonly string[] = [
  ...['_standard_gamma', '_standard_gamma_grad', '_dirichlet', '_dirichlet_grad', '_sample_dirichlet', 'binomial'],
];

/** Composed ops whose results do not depend on the values of a tensor, or not in a way that has a gradient. */
export const constant: readonly string[] = [
  ...['empty_like', 'zeros_like', 'ones_like', 'full_like', 'rand_like', 'randn_like', 'randint_like'],
  ...['new_tensor', 'arange', 'linspace', 'logspace', 'full', 'numel', 'nonzero', 'argwhere'],
  ...[
    'argsort',
    'unique',
    'unique_consecutive',
    'isin',
    'searchsorted',
    'bucketize',
    'bincount',
    'histc',
    'linalg_matrix_rank',
    'histogramdd',
    'unravel_index',
    'masked_argmax',
    'masked_argmin',
    'resize_',
    'resize_as_',
  ],
];
