/** Functions of images: convolutions, pooling, padding, resizing; sizes of adaptive pooling may be null. */
import { adaptiveMaxima, adaptiveMeans, type Sizes } from '../ops/adaptive-pooling.js';
import { fractionalMaxima, type PerDimension } from '../ops/fractional-pooling.js';
import type { Tensor } from '../tensor.js';
import { withKeywords } from './signature.js';

export { max_unpool1d, max_unpool2d, max_unpool3d } from '../ops/adaptive-pooling.js';
export {
  conv_transpose1d,
  conv_transpose2d,
  conv_transpose3d,
  conv1d,
  conv2d,
  conv3d,
} from '../ops/convolution.js';
export { affine_grid, grid_sample } from '../ops/grid-sample.js';
export { pad } from '../ops/padding.js';
export {
  avg_pool1d,
  avg_pool2d,
  avg_pool3d,
  lp_pool1d,
  lp_pool2d,
  lp_pool3d,
  max_pool1d,
  max_pool1d_with_indices,
  max_pool2d,
  max_pool2d_with_indices,
  max_pool3d,
  max_pool3d_with_indices,
} from '../ops/pooling.js';
export {
  channel_shuffle,
  fold,
  im2colUnfold as unfold,
  interpolate,
  interpolate as upsample,
  pixel_shuffle,
  pixel_unshuffle,
  upsample_bilinear,
  upsample_nearest,
} from '../ops/upsample.js';

const sized = (input: Tensor, output_size: Sizes) => ({ input, output_size });

/**
 * The means of `output_size` windows of `input` (n, c, length), or one without n; see adaptive_avg_pool2d.
 * @example
 * torch.nn.functional.adaptive_avg_pool1d(torch.tensor([[1, 2, 3, 4]]), 2); // tensor([[1.5000, 3.5000]])
 */
export const adaptive_avg_pool1d = withKeywords('adaptive_avg_pool1d', sized, ({ input, output_size }) =>
  adaptiveMeans(1, input, output_size),
);
/**
 * The means of `output_size` windows of `input` (n, c, h, w), or one without n, that cover it evenly; a size of null
 * keeps a dimension.
 * @example
 * torch.nn.functional.adaptive_avg_pool2d(torch.ones(1, 3, 7, 5), 1).shape; // [1, 3, 1, 1]
 */
export const adaptive_avg_pool2d = withKeywords('adaptive_avg_pool2d', sized, ({ input, output_size }) =>
  adaptiveMeans(2, input, output_size),
);
/**
 * The means of `output_size` windows of `input` (n, c, d, h, w), or one without n; see adaptive_avg_pool2d.
 * @example
 * torch.nn.functional.adaptive_avg_pool3d(torch.ones(1, 3, 4, 4, 4), 2).shape; // [1, 3, 2, 2, 2]
 */
export const adaptive_avg_pool3d = withKeywords('adaptive_avg_pool3d', sized, ({ input, output_size }) =>
  adaptiveMeans(3, input, output_size),
);

/** The maxima of `n` dimensions: a tensor, or [values, indices] with `return_indices`. */
function adaptiveMax(n: number) {
  return withKeywords(
    `adaptive_max_pool${n}d`,
    (input: Tensor, output_size: Sizes, return_indices: boolean = false) => ({ input, output_size, return_indices }),
    ({ input, output_size, return_indices }): Tensor => {
      const both = adaptiveMaxima(n, input, output_size);
      return (return_indices ? both : both[0]) as Tensor;
    },
  );
}
/**
 * The maxima of `output_size` windows of `input` (n, c, length), or one without n; see adaptive_max_pool2d.
 * @example
 * torch.nn.functional.adaptive_max_pool1d(torch.tensor([[1, 2, 3, 4]]), 2); // tensor([[2., 4.]])
 */
export const adaptive_max_pool1d = adaptiveMax(1);
/**
 * The maxima of `output_size` windows of `input` (n, c, h, w), or one without n, that cover it evenly; [values,
 * indices] with `return_indices`.
 * @example
 * torch.nn.functional.adaptive_max_pool2d(torch.ones(1, 3, 7, 5), [2, null]).shape; // [1, 3, 2, 5]
 */
export const adaptive_max_pool2d = adaptiveMax(2);
/**
 * The maxima of `output_size` windows of `input` (n, c, d, h, w), or one without n; see adaptive_max_pool2d.
 * @example
 * torch.nn.functional.adaptive_max_pool3d(torch.ones(1, 3, 4, 4, 4), 2).shape; // [1, 3, 2, 2, 2]
 */
export const adaptive_max_pool3d = adaptiveMax(3);

/** Max pooling at random places over `n` dimensions: a tensor, or [values, indices] with `return_indices`. */
function fractionalMax(n: 2 | 3) {
  return withKeywords(
    `fractional_max_pool${n}d`,
    (
      input: Tensor,
      kernel_size: PerDimension,
      output_size: PerDimension | null = null,
      output_ratio: PerDimension | null = null,
      return_indices: boolean = false,
      _random_samples: Tensor | null = null,
    ) => ({ input, kernel_size, output_size, output_ratio, return_indices, _random_samples }),
    ({ return_indices, ...given }): Tensor => {
      const both = fractionalMaxima(n, given);
      return (return_indices ? both : both[0]) as Tensor;
    },
  );
}
/**
 * The largest element of each window of `input` (n, c, h, w), or one without n, where windows begin at random places:
 * (n, c, ...output_size), or that share of the input's size that `output_ratio` says.
 * @example
 * torch.nn.functional.fractional_max_pool2d(torch.ones(1, 3, 9, 9), 2, [5, 4]).shape; // [1, 3, 5, 4]
 */
export const fractional_max_pool2d = fractionalMax(2);
/**
 * The largest element of each of random windows of `input` (n, c, d, h, w); see fractional_max_pool2d.
 * @example
 * torch.nn.functional.fractional_max_pool3d(torch.ones(1, 2, 8, 8, 8), 2, 3).shape; // [1, 2, 3, 3, 3]
 */
export const fractional_max_pool3d = fractionalMax(3);
