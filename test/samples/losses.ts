import * as torch from 'strided';
import { input, longs, over, positive, type Sample, type Samples } from './sample.js';

/** By name: what is called here is checked by its gradients, not by its types. */
const F = torch.nn.functional as unknown as Record<string, (...args: any[]) => any>;
const kReductions = ['mean', 'sum', 'none'];

/** Losses of two tensors of one shape; the mean of nothing has no gradient. */
function pairwise(loss: (x: any, y: any, options: any) => any): Sample[] {
  return [
    ...kReductions.flatMap((reduction) => over((x, y) => loss(x, y, { reduction }), '2x3 2x3', '. .')),
    ...over((x, y) => loss(x, y, { reduction: 'sum' }), '0x3 0x3'),
  ];
}

/** Labels of 1 and -1, or 1 and 0, which have no gradients. */
const signs = (x: torch.Tensor): torch.Tensor => x.detach().sin().mul(9).sign();
const labels = (x: torch.Tensor): torch.Tensor => signs(x).clamp({ min: 0 });

/** The same samples with second inputs that are probabilities or variances. */
const abovezero = (samples: Sample[]): Sample[] =>
  samples.map((s) => ({ ...s, inputs: s.inputs.map((i, n) => (n === 0 ? i : positive(i.shape))) }));

/** A loss per row. */
const rows = (f: Sample['run'], ...more: string[]): Sample[] => over(f, '2x3', '1x3', ...more);

export const lossSamples: Samples = {
  mse_loss: () => pairwise(F.mse_loss as Sample['run']),
  l1_loss: () => pairwise(F.l1_loss as Sample['run']),
  smooth_l1_loss: () => pairwise(F.smooth_l1_loss as Sample['run']),
  huber_loss: () => pairwise(F.huber_loss as Sample['run']),
  binary_cross_entropy_with_logits: () => [
    ...pairwise(F.binary_cross_entropy_with_logits as Sample['run']),
    ...over((x, y) => F.binary_cross_entropy_with_logits?.(x, y, { pos_weight: labels(y).add(1) }), '2x3 2x3'),
  ],
  kl_div: () => abovezero(pairwise(F.kl_div as Sample['run'])),
  poisson_nll_loss: () => pairwise(F.poisson_nll_loss as Sample['run']),
  gaussian_nll_loss: () => [
    {
      run: (x, y, v) => F.gaussian_nll_loss?.(x, y, v),
      inputs: [input([2, 3]), input([2, 3]), positive([2, 3])],
    },
    { run: (x, y, v) => F.gaussian_nll_loss?.(x, y, v, { full: true }), inputs: [input([]), input([]), positive([])] },
    {
      run: (x, y, v) => F.gaussian_nll_loss?.(x, y, v, { reduction: 'sum' }),
      inputs: [input([0, 3]), input([0, 3]), positive([0, 3])],
    },
  ],
  soft_margin_loss: () => pairwise((x, y, o) => F.soft_margin_loss?.(x, signs(y), o)),
  hinge_embedding_loss: () => pairwise((x, y, o) => F.hinge_embedding_loss?.(x, signs(y), o)),
  margin_ranking_loss: () => pairwise((x, y, o) => F.margin_ranking_loss?.(x, y, signs(x.add(y)), o)),
  multilabel_soft_margin_loss: () => [
    ...rows((x) => F.multilabel_soft_margin_loss?.(x, labels(x))),
    ...over((x) => F.multilabel_soft_margin_loss?.(x, labels(x), { reduction: 'sum' }), '0x3'),
  ],
  cosine_embedding_loss: () => [
    ...over((x, y) => F.cosine_embedding_loss?.(x, y, torch.tensor([1, -1])), '2x3 2x3'),
    ...over((x, y) => F.cosine_embedding_loss?.(x, y, torch.ones(0), { reduction: 'sum' }), '0x3 0x3'),
  ],
  triplet_margin_loss: () => [
    ...over((a, p, n) => F.triplet_margin_loss?.(a, p, n), '2x3 2x3 2x3'),
    ...over(
      (a, p, n) => F.triplet_margin_loss?.(a, p, n, { swap: true, reduction: 'sum' }),
      '2x3 2x3 2x3',
      '0x3 0x3 0x3',
    ),
  ],
  multi_margin_loss: () => rows((x) => F.multi_margin_loss?.(x, longs([2, 0]).narrow(0, 0, x.shape[0]))),
  multilabel_margin_loss: () => over((x) => F.multilabel_margin_loss?.(x, longs([2, 0, -1])), '3'),
  nll_loss: () => [
    ...kReductions.flatMap((reduction) => over((x) => F.nll_loss?.(x, longs([2, 0]), { reduction }), '2x3')),
    ...over((x) => F.nll_loss?.(x, longs([1]), { reduction: 'sum' }), '1x3'),
    ...over((x) => F.nll_loss?.(x, longs([2, 0]), { ignore_index: 0 }), '2x3'),
    ...over((x) => F.nll_loss?.(x, longs([2, 0, 1, 1], 2, 2)), '2x3x2'),
    ...over((x) => F.nll_loss?.(x, longs([1]).reshape([])), '3'),
    ...over((x) => F.nll_loss?.(x, longs([]), { reduction: 'sum' }), '0x3'),
  ],
  cross_entropy: () => [
    ...kReductions.flatMap((reduction) => over((x) => F.cross_entropy?.(x, longs([2, 0]), { reduction }), '2x3')),
    ...over((x) => F.cross_entropy?.(x, longs([2, 0]), { label_smoothing: 0.2 }), '2x3'),
    ...over((x) => F.cross_entropy?.(x, longs([2, 0]), { ignore_index: 0 }), '2x3'),
    ...over((x) => F.cross_entropy?.(x, longs([1]).reshape([])), '3'),
    ...over((x) => F.cross_entropy?.(x, longs([]), { reduction: 'sum' }), '0x3'),
    ...over((x, p) => F.cross_entropy?.(x, p.softmax(-1)), '2x3 2x3'),
  ],
  binary_cross_entropy: () =>
    [[2, 3], [], [0, 3]].map((shape) => ({
      run: (x, y) => F.binary_cross_entropy?.(x, y, { reduction: 'sum' }),
      inputs: [input(shape, 0.1, 0.9), input(shape, 0.1, 0.9)],
    })),
  cosine_similarity: () => over((x, y) => F.cosine_similarity?.(x, y), '2x3 2x3', '2x3 1x3', '0x3 0x3'),
  pairwise_distance: () => over((x, y) => F.pairwise_distance?.(x, y), '2x3 2x3', '3 3', '0x3 0x3'),
  normalize: () => over((x) => F.normalize?.(x), '2x3', '0x3'),
};
