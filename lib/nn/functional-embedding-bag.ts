/** torch.nn.functional.embedding_bag: arguments, their checks, and the bags. */
import { gradEnabled } from '../autograd/modes.js';
import { NotImplementedError, RuntimeError, TypeError, ValueError } from '../errors.js';
import { checkMode, listBags, reduceBags, rowBags } from '../ops/embedding-bag.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { shorten } from './functional-embedding.js';
import { withKeywords } from './signature.js';

/**
 * The rows of `weight` (V, D) that bags of indices number, summed, averaged or their largest elements: (B, D). Bags
 * are the rows of `input` (B, N), or parts of `input` (N) that begin at `offsets`.
 * @example
 * const weight = torch.tensor([[1, 2], [3, 4], [5, 6]]);
 * torch.nn.functional.embedding_bag(torch.tensor([[0n, 2n]]), weight, { mode: 'sum' }); // tensor([[6., 8.]])
 */
export const embedding_bag = withKeywords(
  'embedding_bag',
  (
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | null = null,
    max_norm: number | null = null,
    norm_type: number = 2,
    scale_grad_by_freq: boolean = false,
    mode: string = 'mean',
    sparse: boolean = false,
    per_sample_weights: Tensor | null = null,
    include_last_offset: boolean = false,
    padding_idx: number | null = null,
  ) => ({
    input,
    weight,
    offsets,
    max_norm,
    norm_type,
    scale_grad_by_freq,
    mode,
    sparse,
    per_sample_weights,
    include_last_offset,
    padding_idx,
  }),
  (o) => {
    const { input, weight, offsets, mode, per_sample_weights: scale } = o;
    if (input.dtype.is_floating_point) {
      throw new ValueError(
        `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.${input.dtype.scalarName}Tensor instead`,
      );
    }
    checkMode(mode);
    if (o.sparse && weight.requires_grad && gradEnabled())
      throw new NotImplementedError('embedding_bag(): sparse gradients are not supported');
    if (scale !== null && !sameShape(scale.shape, input.shape)) {
      throw new ValueError(
        `embedding_bag: If per_sample_weights (${scale.shape}) is not None, then it must have the same shape as the input (${input.shape})`,
      );
    }
    if (scale !== null && mode !== 'sum') {
      throw new NotImplementedError(
        `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
      );
    }
    const bags = (() => {
      if (input.dim() === 2) {
        if (offsets !== null) {
          throw new ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
          );
        }
        return rowBags(input);
      }
      if (input.dim() !== 1)
        throw new ValueError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${input.dim()}`);
      if (offsets === null) throw new ValueError('offsets has to be a 1D Tensor but got None');
      if (offsets.dim() !== 1) throw new ValueError('offsets has to be a 1D Tensor');
      return listBags(input, offsets, o.include_last_offset);
    })();
    const rows = weight.shape[0] as number;
    let padding = -1;
    if (o.padding_idx !== null) {
      if (o.padding_idx >= rows || o.padding_idx < -rows)
        throw new ValueError('padding_idx must be within the number of embeddings');
      padding = o.padding_idx < 0 ? o.padding_idx + rows : o.padding_idx;
    }
    if (o.max_norm !== null) shorten(weight, input, o.max_norm, o.norm_type);
    if (weight.dim() !== 2) throw new RuntimeError(`embedding_bag: weight must be a matrix, got ${weight.dim()}-D`);
    if (scale !== null && scale.dtype !== weight.dtype) {
      throw new TypeError(
        `expected scalar type ${weight.dtype.scalarName} but found ${scale.dtype.scalarName}: per_sample_weights must have the dtype of weight`,
      );
    }
    return reduceBags(weight, bags, mode, scale, padding, o.scale_grad_by_freq);
  },
);
