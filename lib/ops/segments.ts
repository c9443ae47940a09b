/** Segments of a dimension, each reduced to one element. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';
import type { Scalar } from './schema-types.js';
import { _where } from './ternary.js';

/** The reduction of nothing. */
const EMPTY: Record<string, number> = { sum: 0, mean: Number.NaN, min: Infinity, max: -Infinity, prod: 1 };
const SCATTERS: Record<string, string> = { sum: 'sum', mean: 'sum', min: 'amin', max: 'amax', prod: 'prod' };

/** The number of the segment that each element of the dimension behind the batch belongs to. */
function segmentOf(lengths: Tensor, total: number): Tensor {
  const ends = lengths.cumsum(-1);
  const places = ends.new_tensor(Array.from({ length: total }, (_, i) => BigInt(i)));
  return ends.unsqueeze(-2).le(places.unsqueeze(-1)).sum(-1);
}

const fitted = (x: Tensor, axis: number, n: number): number[] => x.shape.map((v, d) => (d === axis ? n : v));
const expandTo = (x: Tensor, like: Tensor, axis: number): Tensor =>
  x.view([...x.shape, ...new Array(like.dim() - axis - 1).fill(1)]).expand(fitted(like, axis, x.size(-1)));

function check(data: Tensor, lengths: Tensor, axis: number, unsafe: boolean): void {
  if (data.numel() === 0) throw new RuntimeError('segment_reduce(): Expected data to have at least one element');
  if (lengths.dim() !== axis + 1)
    throw new RuntimeError(`segment_reduce(): Expected axis to be the last dimension of lengths but got ${axis}.`);
  if (unsafe) return;
  if (lengths.lt(0).any().item()) throw new RuntimeError('lengths contains negative value!');
  if (lengths.sum(-1).ne(data.size(axis)).any().item())
    throw new RuntimeError('Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1)');
}

function reduceSegments(data: Tensor, reduce: string, lengths: Tensor, axis: number, initial: Scalar | null): Tensor {
  const index = expandTo(segmentOf(lengths, data.size(axis)), data, axis);
  const start = Number(initial ?? EMPTY[reduce === 'mean' ? 'sum' : reduce]);
  const first = data.new_full(fitted(data, axis, lengths.size(-1)), start);
  const out = first.scatter_reduce(axis, index, data, SCATTERS[reduce] as string);
  if (reduce !== 'mean') return out;
  const count = expandTo(lengths, data, axis);
  const mean = out.div(count);
  return initial === null ? mean : _where(count.eq(0), start, mean);
}

const _segmentReduce = op('_segment_reduce(Tensor data, str reduce, Tensor lengths, int axis, Scalar? initial)', {
  native: '',
  method: false,
  backward: 'SegmentReduceBackward0',
});
implement(_segmentReduce, (data, reduce, lengths, axis, initial) =>
  reduceSegments(data, reduce, lengths, axis, initial),
);
derive(_segmentReduce, {
  data: [
    ['data', 'lengths', 'result'],
    (g, s) => {
      const index = expandTo(segmentOf(s.lengths, s.data.size(s.axis)), s.data, s.axis);
      const each = g.gather(s.axis, index);
      if (s.reduce === 'sum') return each;
      if (s.reduce === 'mean') return each.div(expandTo(s.lengths, s.data, s.axis).gather(s.axis, index));
      if (s.reduce === 'prod') return each.mul(productOfOthers(s.data, index, s.result, s.axis, s.initial));
      const extreme = s.data.eq(s.result.gather(s.axis, index));
      const ties = g.new_zeros([...g.shape]).scatter_add(s.axis, index, extreme.to(g.dtype));
      return _where(extreme, each.div(ties.gather(s.axis, index).clamp_min(1)), 0);
    },
  ],
});

/** For each element the product of the others of its segment, with zeros among them too. */
function productOfOthers(data: Tensor, index: Tensor, result: Tensor, axis: number, initial: Scalar | null): Tensor {
  const plain = result.gather(axis, index).div(data);
  if (data.detach().ne(0).all().item()) return plain;
  const n = data.size(axis);
  const rows = Array.from({ length: n }, (_, i) => {
    const own = index.narrow(axis, i, 1);
    const one = data.narrow(axis, i, 1);
    const others = _where(index.eq(own), data, 1).index_fill(axis, one.new_tensor([BigInt(i)]), 1);
    return others.prod(axis, true);
  });
  return cat(rows, axis).mul(Number(initial ?? 1));
}

/**
 * The `reduce` ('sum', 'mean', 'max', 'min' or 'prod') of each segment of dimension `axis`: segments have these
 * `lengths`, or begin at `offsets`. One that is empty gives `initial`.
 * @example
 * torch.segment_reduce(torch.tensor([1, 2, 4]), 'sum', { lengths: torch.tensor([1n, 2n]) }); // tensor([1., 6.])
 */
export const segment_reduce = op(
  'segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None)',
  { method: false },
);
compose(segment_reduce, (data, reduce, lengths, _indices, offsets, axis, unsafe, initial) => {
  if (!(reduce in SCATTERS)) throw new RuntimeError(`segment_reduce(): unsupported reduction: ${reduce}`);
  if ((lengths === null) === (offsets === null))
    throw new RuntimeError('segment_reduce(): Either lengths or offsets must be defined, not both.');
  const d = wrapDim(axis, data.dim());
  const counts = (lengths ?? (offsets as Tensor).diff(1, -1)).detach().long();
  check(data, counts, d, unsafe || offsets !== null);
  return _segmentReduce(data, reduce, counts, d, initial);
});
