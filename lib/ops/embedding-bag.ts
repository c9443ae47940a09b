/** Rows of a table, reduced bag by bag. */
import { int64 } from '../dtype.js';
import { ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { embedding } from './indexing.js';
import { _where } from './ternary.js';

export type BagMode = 'sum' | 'mean' | 'max';

/** Bags of indices: which bag each index of a list belongs to, and how many bags there are. */
export interface Bags {
  readonly indices: Tensor;
  readonly bag: Tensor;
  readonly count: number;
}

/** Bags that are the rows of a matrix of indices. */
export function rowBags(input: Tensor): Bags {
  const [count, width] = input.shape as readonly number[] as [number, number];
  const bag = input.new_ones([count]).cumsum(0).sub(1).unsqueeze(1).expand(count, width).reshape(-1);
  return { indices: input.reshape(-1), bag: bag.long(), count };
}

/** Bags of a list of indices that begin at `offsets`; the last offset is the end of the list where `include_last`. */
export function listBags(input: Tensor, offsets: Tensor, includeLast: boolean): Bags {
  const starts = includeLast ? offsets.narrow(0, 0, (offsets.shape[0] as number) - 1) : offsets;
  const n = input.numel();
  const marks = input.new_zeros([n + 1], { dtype: int64 });
  const bag = marks
    .index_add(0, starts, starts.new_ones([...starts.shape], { dtype: int64 }))
    .cumsum(0)
    .sub(1);
  return { indices: input, bag: bag.narrow(0, 0, n), count: starts.numel() };
}

/** The rows of `weight` that each bag numbers, reduced by `mode`; those numbered `padding` do not count. */
export function reduceBags(
  weight: Tensor,
  bags: Bags,
  mode: BagMode,
  scale: Tensor | null,
  padding: number,
  byFrequency: boolean,
): Tensor {
  const { indices, bag, count } = bags;
  const columns = weight.shape[1] as number;
  const rows = embedding(weight, indices.long(), padding, byFrequency);
  const counted = indices.ne(padding);
  if (mode === 'max') {
    const low = _where(counted.unsqueeze(1), rows, Number.NEGATIVE_INFINITY);
    const most = rows.new_full([count, columns], Number.NEGATIVE_INFINITY).index_reduce(0, bag, low, 'amax');
    return _where(most.detach().eq(Number.NEGATIVE_INFINITY), 0, most);
  }
  const scaled = scale === null ? rows : rows.mul(scale.reshape(-1).unsqueeze(1));
  const kept = _where(counted.unsqueeze(1), scaled, 0);
  const sums = kept.new_zeros([count, columns]).index_add(0, bag, kept);
  if (mode === 'sum') return sums;
  const sizes = kept.detach().new_zeros([count]).index_add(0, bag, counted.to(kept.dtype)).clamp_min(1);
  return sums.div(sizes.unsqueeze(1));
}

export function checkMode(mode: string): asserts mode is BagMode {
  if (mode !== 'sum' && mode !== 'mean' && mode !== 'max')
    throw new ValueError('mode has to be one of sum, mean or max');
}
