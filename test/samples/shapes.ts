import * as torch from 'strided';
import { each, over, type Samples } from './sample.js';

const longs = (values: readonly number[], ...shape: number[]): torch.Tensor =>
  torch.tensor(values, { dtype: torch.int64 }).reshape(shape.length ? shape : [values.length]);

const mask = (values: readonly boolean[], ...shape: number[]): torch.Tensor => torch.tensor(values).reshape(shape);

/** Views and other ways of rearranging elements. */
export const shapeSamples: Samples = {
  t: () => each((x) => x.t(), [2, 3], [3], [], [0, 3]),
  transpose: () => each((x) => x.transpose(0, -1), [2, 3], [], [0, 3], [2, 2, 3]),
  swapaxes: () => each((x) => x.swapaxes(0, -1), [2, 3], [], [0, 3]),
  swapdims: () => each((x) => x.swapdims(0, -1), [2, 3], [], [0, 3]),
  permute: () => [
    ...each((x) => x.permute(1, 0), [2, 3], [0, 3]),
    ...each((x) => x.permute([]), []),
    ...each((x) => x.permute(2, 0, 1), [2, 2, 3]),
  ],
  movedim: () => each((x) => x.movedim(0, 1), [2, 3], [0, 3]),
  moveaxis: () => each((x) => x.moveaxis(0, 1), [2, 3], [0, 3]),
  view: () => [
    ...each((x) => x.contiguous().view(-1), [2, 3], []),
    ...each((x) => x.contiguous().view(3, 0), [0, 3]),
    ...each((x) => x.view(2, 3, 1), [2, 3]),
  ],
  view_as: () => each((x) => x.contiguous().view_as(torch.zeros(3, 2)), [2, 3]),
  reshape: () => [...each((x) => x.reshape(-1), [2, 3], []), ...each((x) => x.reshape(3, 0), [0, 3])],
  reshape_as: () => each((x) => x.reshape_as(torch.zeros(3, 2)), [2, 3]),
  flatten: () => each((x) => x.flatten(), [2, 3], [], [0, 3]),
  ravel: () => each((x) => x.ravel(), [2, 3], [], [0, 3]),
  unflatten: () => each((x) => x.unflatten(1, [2, 2]), [2, 4], [0, 4]),
  squeeze: () => [
    ...each((x) => x.squeeze(), [2, 1, 3], [], [0, 1]),
    ...each((x) => x.squeeze(1), [2, 1, 3], [2, 3]),
    ...each((x) => x.squeeze([0, 1]), [1, 1, 3]),
  ],
  unsqueeze: () => each((x) => x.unsqueeze(-1), [2, 3], [], [0, 3]),
  expand: () => each((x) => x.expand(2, 2, 3), [2, 3], [3], [1, 3], []),
  expand_as: () => each((x) => x.expand_as(torch.zeros(2, 2, 3)), [2, 3], [3], []),
  broadcast_to: () => each((x) => x.broadcast_to([2, 2, 3]), [2, 3], [3], []),
  select: () => [...each((x) => x.select(1, -1), [2, 3], [0, 3]), ...each((x) => x.select(0, 1), [3])],
  narrow: () => each((x) => x.narrow(-1, 1, 2), [2, 3], [0, 3]),
  slice: () => each((x) => x.index('::2', '1:'), [3, 3], [0, 3]),
  diagonal: () => each((x) => x.diagonal({ offset: 1 }), [3, 3], [0, 3]),
  as_strided: () => each((x) => x.contiguous().as_strided([2, 2], [1, 2]), [2, 3]),
  unfold: () => each((x) => x.unfold(-1, 2, 1), [2, 3], [0, 3]),
  unbind: () => each((x) => x.unbind(1), [2, 3], [0, 3]),
  chunk: () => each((x) => x.chunk(2, -1), [2, 3], [0, 3]),
  split: () => [...each((x) => x.split(2, 1), [2, 3], [0, 3]), ...each((x) => x.split([1, 2], 1), [2, 3])],
  split_with_sizes: () => each((x) => x.split_with_sizes([1, 2], 1), [2, 3], [0, 3]),
  tensor_split: () => each((x) => x.tensor_split(2, 1), [2, 3], [0, 3]),
  cat: () => [
    ...over(
      (...xs) => torch.cat(xs, 0),
      [
        [2, 3],
        [1, 3],
      ],
      [
        [0, 3],
        [0, 3],
      ],
    ),
    ...over(
      (...xs) => torch.cat(xs, -1),
      [
        [2, 3],
        [2, 1],
        [2, 2],
      ],
    ),
  ],
  stack: () =>
    over(
      (...xs) => torch.stack(xs, 1),
      [
        [2, 3],
        [2, 3],
      ],
      [
        [0, 3],
        [0, 3],
      ],
    ).concat(over((...xs) => torch.stack(xs), [[], []])),
  flip: () => each((x) => x.flip([0]), [2, 3], [0, 3]),
  roll: () => each((x) => x.roll(1, 0), [2, 3], [0, 3]),
  repeat: () => each((x) => x.repeat(2, 1, 2), [2, 3], [3], [], [0, 3]),
  tile: () => each((x) => x.tile(2, 2), [2, 3], [], [0, 3]),
  repeat_interleave: () => each((x) => x.repeat_interleave(2, 0), [2, 3], [0, 3]),
  tril: () => each((x) => x.tril(), [3, 3], [0, 3]),
  triu: () => each((x) => x.triu(), [3, 3], [0, 3]),
  diag: () => each((x) => x.diag(), [3, 3], [3], [0]),
  diag_embed: () => each((x) => x.diag_embed(), [2, 3], [0]),
  clone: () => each((x) => x.clone(), [2, 3], [], [0, 3]),
  contiguous: () => each((x) => x.contiguous(), [2, 3], [], [0, 3]),
  to: () => each((x) => x.to(torch.float64, { copy: true }), [2, 3], [], [0, 3]),
  index: () => [
    ...each((x) => x.index(1, ':'), [2, 3]),
    ...each((x) => x.index(':', '0::2'), [2, 3], [0, 3]),
    ...each((x) => x.index(longs([1, 0, 1]), ':'), [2, 3]),
    ...each((x) => x.index(':', longs([2, 2])), [2, 3], [0, 3]),
    ...each((x) => x.index(longs([0, 1]), longs([2, 2])), [2, 3]),
    ...each((x) => x.index(mask([true, false, true, false, false, true], 2, 3)), [2, 3]),
    ...each((x) => x.index(null, '...'), []),
  ],
  index_put: () => [
    ...over(
      (x, v) => x.index_put([longs([0, 1])], v),
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], [3]],
      [[2, 3], []],
    ),
    ...over(
      (x, v) => x.index_put([longs([0, 0])], v, true),
      [
        [2, 3],
        [2, 3],
      ],
    ),
  ],
  index_select: () => each((x) => x.index_select(1, longs([2, 0, 2])), [2, 3], [0, 3]),
  index_add: () =>
    over(
      (x, y) => x.index_add(1, longs([2, 0]), y),
      [
        [2, 3],
        [2, 2],
      ],
    ),
  index_copy: () =>
    over(
      (x, y) => x.index_copy(1, longs([2, 0]), y),
      [
        [2, 3],
        [2, 2],
      ],
    ),
  index_fill: () => each((x) => x.index_fill(1, longs([2, 0]), 2), [2, 3]),
  gather: () => [
    ...each((x) => x.gather(1, longs([0, 2, 1, 1], 2, 2)), [2, 3]),
    ...each((x) => x.gather(0, longs([], 0, 3)), [0, 3]),
    ...each((x) => x.gather(0, torch.tensor(0, { dtype: torch.int64 })), []),
  ],
  scatter: () => [
    ...over(
      (x, v) => x.scatter(1, longs([0, 2, 1, 0], 2, 2), v),
      [
        [2, 3],
        [2, 2],
      ],
    ),
    ...each((x) => x.scatter(1, longs([0, 2, 1, 0], 2, 2), 2), [2, 3]),
  ],
  scatter_add: () =>
    over(
      (x, v) => x.scatter_add(1, longs([0, 2, 1, 1], 2, 2), v),
      [
        [2, 3],
        [2, 2],
      ],
    ),
  masked_select: () => each((x) => x.masked_select(x.detach().gt(0)), [2, 3], [], [0, 3]),
  masked_scatter: () =>
    over(
      (x, v) => x.masked_scatter(x.detach().gt(0), v),
      [
        [2, 3],
        [2, 3],
      ],
    ),
  take: () => each((x) => x.take(longs([2, 0, 2])), [2, 3]),
  take_along_dim: () => each((x) => x.take_along_dim(longs([0, 2, 1, 1], 2, 2), 1), [2, 3]),
  select_scatter: () => over((x, v) => x.select_scatter(v, 0, 1), [[2, 3], [3]]),
  slice_scatter: () =>
    over(
      (x, v) => x.slice_scatter(v, 1, 1, 3),
      [
        [2, 3],
        [2, 2],
      ],
    ),
};
