import * as torch from 'strided';
import { longs, over, type Samples, without } from './sample.js';

const mask = (x: torch.Tensor): torch.Tensor =>
  torch.tensor(Array.from({ length: x.numel() }, (_, i) => i % 3 !== 1)).reshape([...x.shape]);
type Masked = Record<string, (...args: unknown[]) => torch.Tensor>;
const masked = (name: string, ...args: unknown[]) =>
  over((x) => (torch.masked as unknown as Masked)[name]?.(x, ...args, { mask: mask(x) }), '2x4', '4');

/** Copies of views, masked reductions, segments, finite differences. */
export const rareSamples: Samples = {
  alias_copy: () => over((x) => torch.alias_copy(x), '2x3', '.', '0x3'),
  expand_copy: () => over((x) => torch.expand_copy(x, [2, 2, 3]), '2x3', '3'),
  diagonal_copy: () => over((x) => torch.diagonal_copy(x, 1), '3x3', '0x3'),
  as_strided_copy: () => over((x) => torch.as_strided_copy(x.contiguous(), [2, 2], [1, 2]), '2x3'),
  narrow_copy: () => over((x) => x.narrow_copy(-1, 1, 2), '2x3', '0x3'),
  permute_copy: () => over((x) => torch.permute_copy(x, [1, 0]), '2x3', '0x3'),
  split_with_sizes_copy: () => over((x) => torch.split_with_sizes_copy(x, [1, 2], 1), '2x3', '0x3'),
  squeeze_copy: () => [
    ...over((x) => torch.squeeze_copy(x), '2x1x3', '.', '0x1'),
    ...over((x) => torch.squeeze_copy(x, 1), '2x1x3'),
    ...over((x) => torch.squeeze_copy(x, [0, 1]), '1x1x3'),
  ],
  t_copy: () => over((x) => torch.t_copy(x), '2x3', '3', '.', '0x3'),
  transpose_copy: () => over((x) => torch.transpose_copy(x, 0, -1), '2x3', '0x3'),
  unbind_copy: () => over((x) => torch.unbind_copy(x, 1), '2x3', '0x3'),
  unfold_copy: () => over((x) => torch.unfold_copy(x, -1, 2, 1), '2x3', '0x3'),
  unsqueeze_copy: () => over((x) => torch.unsqueeze_copy(x, -1), '2x3', '.', '0x3'),
  view_copy: () => over((x) => torch.view_copy(x.contiguous(), [x.numel()]), '2x3', '.', '0x3'),
  as_strided_scatter: () => over((x, y) => torch.as_strided_scatter(x.contiguous(), y, [2, 2], [1, 2]), '2x3 2x2'),
  frexp: () => over((x) => x.frexp().mantissa, '2x3', '.', '0x3'),
  gradient: () => [
    ...over((x) => torch.gradient(x), '2x3'),
    ...over((x) => torch.gradient(x, { dim: -1, edge_order: 2, spacing: 0.5 }), '2x4'),
    ...over((x) => torch.gradient(x, { dim: [-1], edge_order: 2, spacing: [torch.tensor([0, 1, 4, 6])] }), '2x4'),
  ],
  segment_reduce: () =>
    ['sum', 'mean', 'max', 'min', 'prod'].flatMap((reduce) =>
      without(
        over((x) => torch.segment_reduce(x, reduce, { lengths: longs([1, 3]), initial: 2 }), '4', '4x2'),
        'expanded',
      ),
    ),
  masked_sum: () => masked('sum'),
  masked_prod: () => masked('prod', -1),
  masked_cumsum: () => masked('cumsum', -1),
  masked_cumprod: () => masked('cumprod', -1),
  masked_amax: () => without(masked('amax', -1), 'expanded'),
  masked_amin: () => without(masked('amin', -1), 'expanded'),
  masked_mean: () => masked('mean', -1),
  masked_median: () => without(masked('median', -1), 'expanded'),
  masked_logsumexp: () => masked('logsumexp', -1),
  masked_logaddexp: () =>
    over((x, y) => torch.masked.logaddexp(x, y, { input_mask: mask(x), other_mask: mask(x).flip(0) }), '2x4 2x4'),
  masked_norm: () => masked('norm', 2, -1),
  masked_var: () => masked('var', -1),
  masked_std: () => without(masked('std', -1), 'expanded'),
  masked_softmax: () => masked('softmax', -1),
  masked_log_softmax: () =>
    over((x) => torch.masked.log_softmax(x, -1, { mask: mask(x) }).masked_fill(mask(x).logical_not(), 0), '2x4'),
  masked_softmin: () => masked('softmin', -1),
  masked_normalize: () => masked('normalize', 2, -1),
};

/** Those whose gradient is not that of one among equal elements. */
export const maskedChoices = ['masked_amax', 'masked_amin', 'masked_median', 'masked_std'];
export const maskedNames = Object.keys(rareSamples).filter(
  (name) => name.startsWith('masked_') && !maskedChoices.includes(name),
);
