/** torch.nn.functional.embedding. */
import { no_grad } from '../autograd/modes.js';
import { AssertionError } from '../errors.js';
import * as ops from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { withKeywords } from './signature.js';

/**
 * The rows of `weight` (n, d) that `input` (*) numbers: (*, d). The row `padding_idx` gets no gradient; rows longer
 * than `max_norm` are scaled down to it in `weight` itself.
 * @example
 * torch.nn.functional.embedding(torch.tensor([0n, 2n]), torch.eye(3)); // tensor([[1., 0., 0.], [0., 0., 1.]])
 */
export const embedding = withKeywords(
  'embedding',
  (
    input: Tensor,
    weight: Tensor,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type: number = 2,
    scale_grad_by_freq: boolean = false,
    sparse: boolean = false,
  ) => ({ input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse }),
  ({ input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse }) => {
    let padding = -1;
    if (padding_idx !== null) {
      const rows = weight.shape[0] as number;
      if (padding_idx >= rows || padding_idx < -rows)
        throw new AssertionError('Padding_idx must be within num_embeddings');
      padding = padding_idx < 0 ? padding_idx + rows : padding_idx;
    }
    if (max_norm !== null) shorten(weight, input, max_norm, norm_type);
    return ops.embedding(weight, input, padding, scale_grad_by_freq, sparse);
  },
);

/** Scales the rows of `weight` that `input` numbers down to at most `max` in length. */
export function shorten(weight: Tensor, input: Tensor, max: number, p: number): void {
  no_grad(() => {
    const numbers = input.reshape(-1);
    const rows = weight.index_select(0, numbers);
    const lengths = rows.norm(p, 1, true);
    weight.index_copy_(0, numbers, rows.mul(ops._where(lengths.gt(max), lengths.add(1e-7).reciprocal().mul(max), 1)));
  });
}
