import * as torch from 'strided';
import { each, input, over, type Sample, type Samples } from './sample.js';

const F = torch.nn.functional;
const classes = (...values: number[]): torch.Tensor => torch.tensor(values, { dtype: torch.int64 });
const kReductions = ['mean', 'sum', 'none'];

/** Losses of two tensors of one shape. */
function pairwise(loss: (x: any, y: any, options: any) => any): Sample[] {
  const shapes = [
    [
      [2, 3],
      [2, 3],
    ],
    [[], []],
    [
      [0, 3],
      [0, 3],
    ],
  ];
  return kReductions.flatMap((reduction) => over((x, y) => loss(x, y, { reduction }), ...shapes));
}

/** Losses and layers of torch.nn.functional. */
export const nnSamples: Samples = {
  mse_loss: () => pairwise(F.mse_loss),
  l1_loss: () => pairwise(F.l1_loss),
  smooth_l1_loss: () => pairwise(F.smooth_l1_loss),
  huber_loss: () => pairwise(F.huber_loss),
  nll_loss: () => [
    ...kReductions.flatMap((reduction) => each((x) => F.nll_loss(x, classes(2, 0), { reduction }), [2, 3])),
    ...each((x) => F.nll_loss(x, classes(1), { reduction: 'sum' }), [1, 3]),
    ...each((x) => F.nll_loss(x, classes(2, 0), { ignore_index: 0 }), [2, 3]),
    ...each((x) => F.nll_loss(x, torch.tensor(1, { dtype: torch.int64 })), [3]),
    ...each((x) => F.nll_loss(x, classes(), { reduction: 'sum' }), [0, 3]),
  ],
  cross_entropy: () => [
    ...kReductions.flatMap((reduction) => each((x) => F.cross_entropy(x, classes(2, 0), { reduction }), [2, 3])),
    ...each((x) => F.cross_entropy(x, classes(2, 0), { label_smoothing: 0.2 }), [2, 3]),
    ...each((x) => F.cross_entropy(x, classes(2, 0), { ignore_index: 0 }), [2, 3]),
    ...each((x) => F.cross_entropy(x, torch.tensor(1, { dtype: torch.int64 })), [3]),
    ...each((x) => F.cross_entropy(x, classes(), { reduction: 'sum' }), [0, 3]),
    ...over(
      (x, p) => F.cross_entropy(x, p.softmax(-1)),
      [
        [2, 3],
        [2, 3],
      ],
    ),
  ],
  binary_cross_entropy: () => [
    {
      run: (x, y) => F.binary_cross_entropy(x, y),
      inputs: [input([2, 3], 0.1, 0.9), input([2, 3], 0.1, 0.9)],
    },
  ],
  binary_cross_entropy_with_logits: () => pairwise(F.binary_cross_entropy_with_logits),
  dropout: () =>
    each(
      (x) => {
        torch.manual_seed(0);
        return F.dropout(x, { p: 0.4, training: true });
      },
      [2, 3],
      [],
      [0, 3],
    ),
};
