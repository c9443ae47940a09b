/** Places among sorted values, counts by value, and quantiles. */
import { NotImplementedError, RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { compose, op, overload } from './define.js';
import { nativeCall } from './native-call.js';
import { wrapDim } from './natives.js';
import { sort } from './sort.js';

const search = nativeCall<Tensor>('searchsorted(Tensor sorted, Tensor self, bool right, Tensor? sorter)');

function sideOf(name: string, right: boolean, side: string | null): boolean {
  if (side === null) return right;
  if (side !== 'left' && side !== 'right')
    throw new RuntimeError(`torch.${name}(): side can only be 'left' or 'right' but got ${side}`);
  if (right && side === 'left')
    throw new RuntimeError(
      `torch.${name}(): side and right can't be set to opposites, got side of left while right was True`,
    );
  return side === 'right';
}

const listed = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/**
 * Where each value would go among the ascending elements of the last dimension: before equal ones, or after.
 * @example
 * torch.searchsorted(torch.tensor([1, 3, 5]), torch.tensor([3, 6])); // tensor([1, 3])
 */
export const searchsorted = op(
  'searchsorted(Tensor sorted_sequence, Tensor|Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None)',
  { native: '', method: false },
);
compose(searchsorted, (sorted, given, int32, right, side, sorter) => {
  const values = given instanceof Tensor ? given : sorted.new_full([], given);
  const after = sideOf('searchsorted', right, side);
  if (sorted.dim() === 0)
    throw new RuntimeError(
      'torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension',
    );
  const fits = values.dim() === sorted.dim() && values.shape.slice(0, -1).every((n, d) => n === sorted.shape[d]);
  if (sorted.dim() !== 1 && !fits)
    throw new RuntimeError(
      `torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor ${listed(sorted.shape)} and input value tensor ${listed(values.shape)}`,
    );
  if (sorter && listed(sorter.shape) !== listed(sorted.shape))
    throw new RuntimeError(
      `torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor ${listed(sorted.shape)}and got sorter tensor ${listed(sorter.shape)}`,
    );
  if (sorter && sorter.dtype.name !== 'int64')
    throw new RuntimeError(
      `torch.searchsorted(): sorter must be a tensor of long dtype but got dtype ${sorter.dtype.scalarName}`,
    );
  if (
    sorter &&
    sorter.numel() > 0 &&
    sorter
      .lt(0)
      .logical_or(sorter.ge(sorted.size(-1)))
      .any()
      .item()
  )
    throw new RuntimeError('torch.searchsorted(): sorter index out of range');
  const places = search(sorted.detach(), values.detach(), after, sorter);
  return int32 ? places.int() : places;
});

/**
 * The bucket of each value between ascending boundaries; see searchsorted.
 * @example
 * torch.bucketize(torch.tensor([3, 6]), torch.tensor([1, 3, 5])); // tensor([1, 3])
 */
export const bucketize = op(
  'bucketize(Tensor|Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False)',
  { native: '', method: false },
);
compose(bucketize, (self, boundaries, out_int32, right) => {
  if (boundaries.dim() !== 1)
    throw new RuntimeError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.dim()})`);
  return searchsorted(boundaries, self, { out_int32, right });
});

/**
 * How often each number from 0 on occurs, or the sum of its weights.
 * @example
 * torch.tensor([1, 1, 3], { dtype: torch.int64 }).bincount(); // tensor([0, 2, 0, 1])
 */
export const bincount = op('bincount(Tensor self, Tensor? weights=None, int minlength=0)', { native: '' });
compose(bincount, (self, weights, minlength) => {
  if (self.dtype.is_floating_point || self.dtype.name === 'bool')
    throw new NotImplementedError(`"bincount_cpu" not implemented for '${self.dtype.scalarName}'`);
  if (minlength < 0) throw new RuntimeError('minlength should be >= 0');
  const n = self.numel();
  const longs = self.long();
  if (self.dim() !== 1 || (n > 0 && Number(longs.amin().item()) < 0))
    throw new RuntimeError('bincount only supports 1-d non-negative integral inputs.');
  if (weights && (weights.dim() !== 1 || weights.size(0) !== n))
    throw new RuntimeError('weights should be 1-d and have the same length as input');
  const bins = Math.max(minlength, n > 0 ? Number(longs.amax().item()) + 1 : 0);
  const summed = weights && (weights.dtype.name === 'float32' ? weights.detach() : weights.detach().double());
  const each = summed ?? longs.new_ones([n]);
  return each.new_zeros([bins]).scatter_add(0, longs, each);
});

/**
 * How many elements fall into each of `bins` equal parts of [min, max]; of the data's where both are equal.
 * @example
 * torch.tensor([1, 2, 1]).histc({ bins: 4, min: 0, max: 3 }); // tensor([0., 2., 1., 0.])
 */
export const histc = op('histc(Tensor self, int bins=100, float min=0, float max=0)', { native: '' });
compose(histc, (self, bins, min, max) => {
  if (!self.dtype.is_floating_point)
    throw new NotImplementedError(`"histogram_cpu" not implemented for '${self.dtype.scalarName}'`);
  if (bins <= 0) throw new RuntimeError(`torch.histogram(): bins must be > 0, but got ${bins} for dimension 0`);
  if (max < min) throw new RuntimeError('max must be larger than min');
  const flat = self.detach().reshape([-1]);
  let [low, high] = [min, max];
  if (low === high && flat.numel() > 0) [low, high] = [Number(flat.amin().item()), Number(flat.amax().item())];
  if (low === high) [low, high] = [low - 1, high + 1];
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new RuntimeError(`torch.histc: range of [${low}, ${high}] is not finite`);
  const inside = flat.masked_select(flat.ge(low).logical_and(flat.le(high)));
  const bin = inside
    .sub(low)
    .mul(bins)
    .div(high - low)
    .long()
    .clamp({ max: bins - 1 });
  return bin.bincount({ minlength: bins }).to(self.dtype);
});

const INTERPOLATIONS = ['linear', 'lower', 'higher', 'midpoint', 'nearest'];

interface Quantile {
  readonly name: 'quantile' | 'nanquantile';
  readonly dim: number | null;
  readonly keepdim: boolean;
  readonly interpolation: string;
}

function checkQuantile(self: Tensor, q: Tensor, { name, interpolation }: Quantile): void {
  const refuse = (text: string): never => {
    throw new RuntimeError(`${name}() ${text}`);
  };
  if (self.numel() === 0) refuse('input tensor must be non-empty');
  if (q.dim() > 1) refuse('q must be a scalar or 1D tensor');
  if (!['float32', 'float64'].includes(self.dtype.name)) refuse('input tensor must be either float or double dtype');
  if (q.dtype !== self.dtype) refuse('q tensor must be same dtype as the input tensor');
  if (!INTERPOLATIONS.includes(interpolation))
    refuse(`interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation}`);
  if (!q.detach().ge(0).logical_and(q.detach().le(1)).all().item()) refuse('q values must be in the range [0, 1]');
}

function quantiles(self: Tensor, q: Tensor, how: Quantile): Tensor {
  checkQuantile(self, q, how);
  const d = how.dim === null ? null : wrapDim(how.dim, self.dim());
  const rows = d === null || self.dim() === 0 ? self.reshape([-1]) : self.movedim(d, -1);
  const ordered = sort(rows).values;
  const last = ordered.size(-1) - 1;
  const nan = ordered.detach().isnan();
  const points = q.reshape([-1]);
  const shape = [...ordered.shape.slice(0, -1), points.size(0)];
  const ranks =
    how.name === 'quantile'
      ? points.mul(last).expand(shape).masked_fill(nan.any(-1, true), last)
      : points.mul(nan.logical_not().sum(-1, true).sub(1)).to(q.dtype).clamp({ min: 0 });
  const taken = (at: Tensor): Tensor => ordered.gather(-1, at.long());
  let values: Tensor;
  if (how.interpolation === 'nearest') values = taken(ranks.round());
  else if (how.interpolation === 'higher') values = taken(ranks.ceil());
  else {
    const low = ranks.floor();
    values = taken(low);
    if (how.interpolation === 'midpoint') values = values.lerp(taken(ranks.ceil()), 0.5);
    else if (how.interpolation === 'linear') values = values.lerp(taken(ranks.ceil()), ranks.sub(low));
  }
  if (how.keepdim)
    values = d === null || self.dim() === 0 ? values.reshape([...self.shape.map(() => 1), -1]) : values.unsqueeze(d);
  return q.dim() === 0 ? values.squeeze(-1) : values.movedim(-1, 0);
}

function declareQuantile<const N extends 'quantile' | 'nanquantile'>(name: N) {
  const numbers = op(
    `${name}.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear')` as "quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear')",
    { native: '' },
  );
  compose(numbers, (self, q, dim, keepdim, interpolation) => {
    if (!(q >= 0 && q <= 1)) throw new RuntimeError(`${name}() q must be in the range [0, 1] but got ${q}`);
    return quantiles(self, self.detach().new_full([], q), { name, dim, keepdim, interpolation });
  });
  const tensors = op(
    `${name}(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear')` as "quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear')",
    { native: '', method: false },
  );
  compose(tensors, (self, q, dim, keepdim, interpolation) => quantiles(self, q, { name, dim, keepdim, interpolation }));
  return overload(name, [tensors, numbers]);
}

/**
 * The values below which a part `q` of the elements lies, of all or along `dim`; several for a tensor `q`.
 * @example
 * torch.tensor([0, 1, 2, 3]).quantile(0.5); // tensor(1.5000)
 */
export const quantile = declareQuantile('quantile');
/**
 * The quantiles of the elements that are not NaN; see quantile.
 * @example
 * torch.tensor([0, NaN, 2]).nanquantile(0.5); // tensor(1.)
 */
export const nanquantile = declareQuantile('nanquantile');
