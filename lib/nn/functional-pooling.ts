/** Pooling by PyTorch's arguments: with `return_indices` two tensors, sizes that may be null. */
import { adaptiveMaxima, adaptiveMeans, type Sizes } from '../ops/adaptive-pooling.js';
import type { Tensor } from '../tensor.js';
import { withKeywords } from './signature.js';

const sized = (input: Tensor, output_size: Sizes) => ({ input, output_size });

/** The means of `output_size` windows of `input` (n, c, length), or one without n; see adaptive_avg_pool2d. */
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
/** The means of `output_size` windows of `input` (n, c, d, h, w), or one without n; see adaptive_avg_pool2d. */
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
/** The maxima of `output_size` windows of `input` (n, c, length), or one without n; see adaptive_max_pool2d. */
export const adaptive_max_pool1d = adaptiveMax(1);
/**
 * The maxima of `output_size` windows of `input` (n, c, h, w), or one without n, that cover it evenly; [values,
 * indices] with `return_indices`.
 * @example
 * torch.nn.functional.adaptive_max_pool2d(torch.ones(1, 3, 7, 5), [2, null]).shape; // [1, 3, 2, 5]
 */
export const adaptive_max_pool2d = adaptiveMax(2);
/** The maxima of `output_size` windows of `input` (n, c, d, h, w), or one without n; see adaptive_max_pool2d. */
export const adaptive_max_pool3d = adaptiveMax(3);
