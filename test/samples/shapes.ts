import * as torch from 'strided';
import { longs, over, type Samples } from './sample.js';

const mask = (values: readonly boolean[], ...shape: number[]): torch.Tensor => torch.tensor(values).reshape(shape);

/** Views and other ways of rearranging elements. */
export const shapeSamples: Samples = {
  t: () => over((x) => x.t(), '2x3', '3', '.', '0x3'),
  transpose: () => over((x) => x.transpose(0, -1), '2x3', '.', '0x3', '2x2x3'),
  swapaxes: () => over((x) => x.swapaxes(0, -1), '2x3', '.', '0x3'),
  swapdims: () => over((x) => x.swapdims(0, -1), '2x3', '.', '0x3'),
  permute: () => [
    ...over((x) => x.permute(1, 0), '2x3', '0x3'),
    ...over((x) => x.permute([]), '.'),
    ...over((x) => x.permute(2, 0, 1), '2x2x3'),
  ],
  movedim: () => over((x) => x.movedim(0, 1), '2x3', '0x3'),
  moveaxis: () => over((x) => x.moveaxis(0, 1), '2x3', '0x3'),
  view: () => [
    ...over((x) => x.contiguous().view(-1), '2x3', '.'),
    ...over((x) => x.contiguous().view(3, 0), '0x3'),
    ...over((x) => x.view(2, 3, 1), '2x3'),
  ],
  view_as: () => over((x) => x.contiguous().view_as(torch.zeros(x.numel(), 1)), '2x3', '.', '0x3'),
  reshape: () => [...over((x) => x.reshape(-1), '2x3', '.'), ...over((x) => x.reshape(3, 0), '0x3')],
  reshape_as: () => over((x) => x.reshape_as(torch.zeros(x.numel(), 1)), '2x3', '.', '0x3'),
  flatten: () => over((x) => x.flatten(), '2x3', '.', '0x3'),
  unflatten: () => over((x) => x.unflatten(1, [2, 2]), '2x4', '0x4'),
  squeeze: () => [
    ...over((x) => x.squeeze(), '2x1x3', '.', '0x1'),
    ...over((x) => x.squeeze(1), '2x1x3', '2x3'),
    ...over((x) => x.squeeze([0, 1]), '1x1x3'),
  ],
  unsqueeze: () => over((x) => x.unsqueeze(-1), '2x3', '.', '0x3'),
  expand: () => over((x) => x.expand(2, 2, 3), '2x3', '3', '1x3', '.').concat(over((x) => x.expand(2, 0, 3), '0x3')),
  expand_as: () =>
    over((x) => x.expand_as(torch.zeros(2, 2, 3)), '2x3', '3', '.').concat(
      over((x) => x.expand_as(torch.zeros(2, 0, 3)), '0x3'),
    ),
  select: () => [...over((x) => x.select(1, -1), '2x3', '0x3'), ...over((x) => x.select(0, 1), '3')],
  narrow: () => over((x) => x.narrow(-1, 1, 2), '2x3', '0x3'),
  diagonal: () => over((x) => x.diagonal({ offset: 1 }), '3x3', '0x3'),
  as_strided: () => [
    ...over((x) => x.contiguous().as_strided([2, 2], [1, 2]), '2x3'),
    ...over((x) => x.contiguous().as_strided([x.numel(), 2], [1, 0]), '2x3', '.', '0x3'),
  ],
  unfold: () => over((x) => x.unfold(-1, 2, 1), '2x3', '0x3'),
  unbind: () => over((x) => x.unbind(1), '2x3', '0x3'),
  chunk: () => over((x) => x.chunk(2, -1), '2x3', '0x3'),
  split: () => [...over((x) => x.split(2, 1), '2x3', '0x3'), ...over((x) => x.split([1, 2], 1), '2x3')],
  split_with_sizes: () => over((x) => x.split_with_sizes([1, 2], 1), '2x3', '0x3'),
  adjoint: () => over((x) => x.adjoint(), '2x3', '0x3'),
  fliplr: () => over((x) => x.fliplr(), '2x3', '0x3'),
  flipud: () => over((x) => x.flipud(), '2x3', '0x3'),
  sum_to_size: () =>
    over((x) => x.sum_to_size(1, 3), '2x3', '0x3', '2x2x3').concat(over((x) => x.sum_to_size([]), '.', '3')),
  hstack: () => over((...xs) => torch.hstack(xs), '2x3 2x1', '. .', '0x3 0x3'),
  vstack: () => over((...xs) => torch.vstack(xs), '2x3 1x3', '. .', '0x3 0x3'),
  row_stack: () => over((...xs) => torch.row_stack(xs), '2x3 1x3', '. .', '0x3 0x3'),
  dstack: () => over((...xs) => torch.dstack(xs), '2x3 2x3', '. .', '0x3 0x3'),
  column_stack: () => over((...xs) => torch.column_stack(xs), '2x3 2', '. .', '0x3 0x3'),
  concat: () => over((...xs) => torch.concat(xs, 0), '2x3 1x3', '0x3 0x3'),
  concatenate: () => over((...xs) => torch.concatenate(xs, 0), '2x3 1x3', '0x3 0x3'),
  cat: () => [
    ...over((...xs) => torch.cat(xs, 0), '2x3 1x3', '0x3 0x3'),
    ...over((...xs) => torch.cat(xs, -1), '2x3 2x1 2x2'),
  ],
  stack: () =>
    over((...xs) => torch.stack(xs, 1), '2x3 2x3', '0x3 0x3').concat(over((...xs) => torch.stack(xs), '. .')),
  flip: () => over((x) => x.flip([0]), '2x3', '0x3'),
  roll: () => over((x) => x.roll(1, 0), '2x3', '0x3'),
  repeat: () => over((x) => x.repeat(2, 1, 2), '2x3', '3', '.', '0x3'),
  tile: () => over((x) => x.tile(2, 2), '2x3', '.', '0x3'),
  repeat_interleave: () =>
    over((x) => x.repeat_interleave(2, 0), '2x3', '0x3').concat(over((x) => x.repeat_interleave(2), '2x3', '.')),
  tril: () => over((x) => x.tril(), '3x3', '0x3'),
  triu: () => over((x) => x.triu(), '3x3', '0x3'),
  slice_scatter: () => over((x, v) => x.slice_scatter(v, 1, 1, 3), '2x3 2x2', '0x3 0x2'),
  diagonal_scatter: () => over((x, v) => x.diagonal_scatter(v, 1), '3x3 2', '0x3 0'),
  diag: () => over((x) => x.diag(), '3x3', '3', '0'),
  diag_embed: () => over((x) => x.diag_embed(), '2x3', '0'),
  block_diag: () => over((...xs) => torch.block_diag(...xs), '2x3 1x2', '. 3', '0x3 1x2'),
  rot90: () => over((x) => x.rot90(), '2x3', '0x3'),
  combinations: () => over((x) => torch.combinations(x), '3'),
  to: () => over((x) => x.float().add(x.half()).to(torch.float64).mul(0).add(x), '2x3', '.', '0x3'),
  clone: () => over((x) => x.clone(), '2x3', '.', '0x3'),
  contiguous: () => over((x) => x.contiguous(), '2x3', '.', '0x3'),
  index: () => [
    ...over((x) => x.index('...'), '2x3', '.', '0x3'),
    ...over((x) => x.index(1, ':'), '2x3'),
    ...over((x) => x.index(':', '0::2'), '2x3', '0x3'),
    ...over((x) => x.index(longs([1, 0, 1]), ':'), '2x3'),
    ...over((x) => x.index(':', longs([2, 2])), '2x3', '0x3'),
    ...over((x) => x.index(longs([0, 1]), longs([2, 2])), '2x3'),
    ...over((x) => x.index(mask([true, false, true, false, false, true], 2, 3)), '2x3'),
    ...over((x) => x.index(null, '...'), '.'),
  ],
  index_put: () => [
    ...over((x, v) => x.index_put([longs([0, 1])], v), '2x3 2x3', '2x3 3', '2x3 .'),
    ...over((x, v) => x.index_put([longs([0, 0])], v, true), '2x3 2x3'),
    ...over((x, v) => x.index_put([longs([])], v), '2x3 0x3', '0x3 0x3'),
  ],
  index_select: () => over((x) => x.index_select(1, longs([2, 0, 2])), '2x3', '0x3'),
  index_add: () => [
    ...over((x, y) => x.index_add(1, longs([2, 0]), y), '2x3 2x2', '0x3 0x2'),
    ...over((x, y) => x.index_add(0, longs([0]), y), '. .'),
  ],
  index_copy: () => [
    ...over((x, y) => x.index_copy(1, longs([2, 0]), y), '2x3 2x2', '0x3 0x2'),
    ...over((x, y) => x.index_copy(0, longs([0]), y), '. .'),
  ],
  index_fill: () =>
    over((x) => x.index_fill(1, longs([2, 0]), 2), '2x3', '0x3').concat(
      over((x) => x.index_fill(0, longs([0]), 2), '.'),
      over((x, v) => x.index_fill(1, longs([2, 0]), v), '2x3 .'),
    ),
  gather: () => [
    ...over((x) => x.gather(1, longs([0, 2, 1, 1], 2, 2)), '2x3'),
    ...over((x) => x.gather(0, longs([], 0, 3)), '0x3'),
    ...over((x) => x.gather(0, torch.tensor(0, { dtype: torch.int64 })), '.'),
  ],
  scatter: () => [
    ...over((x, v) => x.scatter(1, longs([0, 2, 1, 0], 2, 2), v), '2x3 2x2'),
    ...over((x) => x.scatter(1, longs([0, 2, 1, 0], 2, 2), 2), '2x3'),
    ...over((x, v) => x.scatter(1, longs([], 0, 2), v), '0x3 0x2'),
    ...over((x, v) => x.scatter(0, longs([0]).reshape([]), v), '. .'),
  ],
  scatter_add: () =>
    over((x, v) => x.scatter_add(1, longs([0, 2, 1, 1], 2, 2), v), '2x3 2x2').concat(
      over((x, v) => x.scatter_add(1, longs([], 0, 2), v), '0x3 0x2'),
      over((x, v) => x.scatter_add(0, longs([0]).reshape([]), v), '. .'),
    ),
  masked_select: () => over((x) => x.masked_select(x.detach().gt(0)), '2x3', '.', '0x3'),
  masked_scatter: () => over((x, v) => x.masked_scatter(x.detach().gt(0), v), '2x3 2x3', '. 1', '0x3 0'),
  put: () => [
    ...over((x, v) => x.put(longs([2, 0]), v), '2x3 2', '3 2'),
    ...over((x, v) => x.put(longs([2, 2]), v, true), '2x3 2'),
    ...over((x, v) => x.put(longs([]), v), '0x3 0'),
    ...over((x, v) => x.put(longs([0]), v), '. 1'),
  ],
  index_reduce: () =>
    ['prod', 'mean', 'amax', 'amin'].flatMap((how) =>
      over((x, y) => x.index_reduce(1, longs([2, 0]), y, how), '2x3 2x2', '0x3 0x2'),
    ),
  scatter_reduce: () =>
    ['sum', 'prod', 'mean', 'amax', 'amin'].flatMap((how) =>
      over((x, v) => x.scatter_reduce(1, longs([0, 2, 1, 1], 2, 2), v, how), '2x3 2x2').concat(
        over((x, v) => x.scatter_reduce(1, longs([], 0, 2), v, how), '0x3 0x2'),
        over((x, v) => x.scatter_reduce(0, longs([0]).reshape([]), v, how), '. .'),
      ),
    ),
  take: () =>
    over((x) => x.take(longs([2, 0, 2])), '2x3').concat(
      over((x) => x.take(longs([])), '0x3'),
      over((x) => x.take(longs([0, 0])), '.'),
    ),
  take_along_dim: () =>
    over((x) => x.take_along_dim(longs([0, 2, 1, 1], 2, 2), 1), '2x3').concat(
      over((x) => x.take_along_dim(longs([], 0, 1), 1), '0x3'),
    ),
  select_scatter: () => over((x, v) => x.select_scatter(v, 1, -1), '2x3 2', '0x3 0'),
};
