/** New tensors from pieces of others: joined, repeated, rolled, flipped, cut to a triangle. */
import { type DType, int32, int64 } from '../dtype.js';
import { IndexError, NotImplementedError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { atLeast1d, atLeast2d, atLeast3d } from './at-least.js';
import { compose, derive, op, overload } from './define.js';
import { wrapDim } from './natives.js';

const SKIPPED = -1;
const isSkipped = (t: Tensor) => t.shape.length === 1 && t.shape[0] === 0;

// `lengths` is for the gradient alone; the binary reads the first two arguments.
const _cat = op('_cat(Tensor[] tensors, int dim, int[] lengths)', {
  native: 'cat',
  method: false,
  backward: 'CatBackward0',
});
derive(_cat, {
  tensors: (g, s) => {
    let start = 0;
    return s.lengths.map((length) => {
      if (length === SKIPPED) return g.new_zeros([0]);
      start += length;
      return g.narrow(s.dim, start - length, length);
    });
  },
});

/**
 * Tensors joined along a dimension, in which alone their sizes may differ; dtypes are promoted.
 * @example
 * torch.cat([torch.ones(1, 2), torch.zeros(2, 2)]).shape; // [3, 2]
 */
export const cat = op('cat(Tensor[] tensors, int dim=0)', { native: '', method: false, apart: true });
compose(cat, (tensors, dim) => {
  const first = tensors.find((t) => !isSkipped(t));
  const rank = first === undefined ? 1 : first.dim();
  const d = tensors.length === 0 || rank === 0 ? 0 : wrapDim(dim, rank);
  return _cat(
    tensors,
    d,
    tensors.map((t) => (isSkipped(t) ? SKIPPED : (t.shape[d] ?? 0))),
  );
});
/**
 * cat.
 * @example
 * torch.concat([torch.ones(1), torch.zeros(2)]); // tensor([1., 0., 0.])
 */
export const concat = op('concat(Tensor[] tensors, int dim=0)', { method: false });
compose(concat, (tensors, dim) => cat(tensors, dim));
/**
 * cat.
 * @example
 * torch.concatenate([torch.ones(1), torch.zeros(2)]); // tensor([1., 0., 0.])
 */
export const concatenate = op('concatenate(Tensor[] tensors, int dim=0)', { method: false });
compose(concatenate, (tensors, dim) => cat(tensors, dim));

/**
 * Tensors of equal shape joined along a new dimension.
 * @example
 * torch.stack([torch.zeros(2), torch.ones(2)]); // tensor([[0., 0.], [1., 1.]])
 */
export const stack = op('stack(Tensor[] tensors, int dim=0)', { method: false, apart: true });
derive(stack, { tensors: (g, s) => g.unbind(s.dim) });

function some(name: string, tensors: readonly Tensor[]): readonly Tensor[] {
  if (tensors.length === 0) throw new RuntimeError(`${name} expects a non-empty TensorList`);
  return tensors;
}

/**
 * Joined along the second dimension; vectors along their only one.
 * @example
 * torch.hstack([torch.tensor([1, 2]), torch.tensor([3])]); // tensor([1., 2., 3.])
 */
export const hstack = op('hstack(Tensor[] tensors)', { method: false });
compose(hstack, (tensors) => {
  const all = some('hstack', tensors).map(atLeast1d);
  return cat(all, (all[0] as Tensor).dim() === 1 ? 0 : 1);
});
/**
 * Joined along the first dimension; vectors as rows.
 * @example
 * torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // tensor([[1., 2.], [3., 4.]])
 */
export const vstack = op('vstack(Tensor[] tensors)', { method: false });
compose(vstack, (tensors) => cat(some('vstack', tensors).map(atLeast2d), 0));
/**
 * vstack.
 * @example
 * torch.row_stack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // tensor([[1., 2.], [3., 4.]])
 */
export const row_stack = op('row_stack(Tensor[] tensors)', { method: false });
compose(row_stack, (tensors) => vstack(tensors));
/**
 * Joined along the third dimension.
 * @example
 * torch.dstack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // tensor([[[1., 3.], [2., 4.]]])
 */
export const dstack = op('dstack(Tensor[] tensors)', { method: false });
compose(dstack, (tensors) => cat(some('dstack', tensors).map(atLeast3d), 2));
/**
 * Joined along the second dimension; vectors and numbers as columns.
 * @example
 * torch.column_stack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // tensor([[1., 3.], [2., 4.]])
 */
export const column_stack = op('column_stack(Tensor[] tensors)', { method: false });
compose(column_stack, (tensors) =>
  hstack(some('column_stack', tensors).map((t) => (t.dim() <= 1 ? t.reshape(-1, 1) : t))),
);

/**
 * `self` repeated along each dimension; more counts than dimensions put new ones in front.
 * @example
 * torch.tensor([1, 2]).repeat(2, 2); // tensor([[1., 2., 1., 2.], [1., 2., 1., 2.]])
 */
export const repeat = op('repeat(Tensor self, int... repeats)');
derive(repeat, {
  self: (g, s) => {
    const lead = s.repeats.length - s.shape.length;
    if (s.repeats.includes(0)) return g.new_zeros([...s.shape]);
    const pairs = s.repeats.flatMap((times, d) => [times, d < lead ? 1 : (s.shape[d - lead] as number)]);
    const summed = s.repeats.map((_, d) => 2 * d);
    return summed.length === 0
      ? g
      : g
          .reshape(pairs)
          .sum(summed)
          .reshape([...s.shape]);
  },
});
/**
 * repeat, in which missing counts in front are 1.
 * @example
 * torch.tensor([1, 2]).tile(2); // tensor([1., 2., 1., 2.])
 */
export const tile = op('tile(Tensor self, int... dims)');
compose(tile, (self, dims) =>
  self.repeat([...new Array<number>(Math.max(0, self.dim() - dims.length)).fill(1), ...dims]),
);

/** The index of each element as often as `repeats` says. @internal */
const _repeatIndices = op('_repeat_indices(Tensor repeats, int? output_size)', {
  native: 'repeat_interleave',
  method: false,
});
derive(_repeatIndices, 'none');
const repeatIndices = op('repeat_interleave.indices(Tensor repeats, *, int? output_size=None)', { native: '' });
compose(repeatIndices, (repeats, output_size) => _repeatIndices(repeats, output_size));
const repeatNumber = op('repeat_interleave.number(Tensor self, int repeats, int? dim=None, *, int? output_size=None)', {
  native: '',
});
compose(repeatNumber, (self, repeats, dim, output_size) => {
  const x = dim === null ? self.flatten() : self;
  if (repeats < 0) throw new RuntimeError('Repeats must be non-negative');
  const d = wrapDim(dim ?? 0, x.dim());
  if (output_size !== null && output_size !== (x.shape[d] ?? 1) * repeats)
    throw new RuntimeError('repeat_interleave: Invalid output_size');
  // A dimension of repetitions behind `d`, merged into it.
  return atLeast1d(x)
    .unsqueeze(d + 1)
    .expand([...atLeast1d(x).shape.slice(0, d + 1), repeats, ...x.shape.slice(d + 1)])
    .clone()
    .flatten(d, d + 1);
});
const repeatTensor = op('repeat_interleave(Tensor self, Tensor repeats, int? dim=None, *, int? output_size=None)', {
  native: '',
  method: false,
});
compose(repeatTensor, (self, repeats, dim, output_size) => {
  const x = atLeast1d(dim === null ? self.flatten() : self);
  const size = x.shape[wrapDim(dim ?? 0, x.dim())] as number;
  const counts =
    repeats.dim() === 0 || (repeats.dim() === 1 && repeats.shape[0] === 1) ? repeats.reshape(1).expand(size) : repeats;
  if (counts.dim() === 1 && counts.shape[0] !== size) {
    throw new RuntimeError(
      `repeats must have the same size as input along dim, but got repeats.size(0) = ${counts.shape[0]} and input.size(0) = ${size}`,
    );
  }
  return x.index_select(dim ?? 0, _repeatIndices(counts, output_size));
});
/**
 * Each slice of `dim` (each element without it) as often as `repeats`, a number or a vector, says.
 * @example
 * torch.tensor([1, 2]).repeat_interleave(2); // tensor([1., 1., 2., 2.])
 */
export const repeat_interleave = overload('repeat_interleave', [repeatNumber, repeatTensor, repeatIndices]);

/**
 * Elements moved on by `shifts` places along `dims`, those pushed out coming in again; without `dims` over the
 * flattened tensor.
 * @example
 * torch.tensor([1, 2, 3]).roll(1); // tensor([3., 1., 2.])
 */
export const roll = op('roll(Tensor self, int[] shifts, int[] dims=[])', { native: '' });
compose(roll, (self, shifts, dims) => {
  if (self.dim() === 0 && dims.length > 0)
    throw new IndexError(`Dimension specified as ${dims[0]} but tensor has no dimensions`);
  return _roll(self, shifts, dims);
});
const _roll = op('_roll(Tensor self, int[] shifts, int[] dims)', {
  native: 'roll',
  method: false,
  backward: 'RollBackward0',
});
derive(_roll, {
  self: (g, s) =>
    g.roll(
      s.shifts.map((n) => -n),
      s.dims,
    ),
});

/**
 * The order of the elements along `dims` turned round.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).flip(0); // tensor([[3., 4.], [1., 2.]])
 */
export const flip = op('flip(Tensor self, int... dims)');
derive(flip, { self: (g, s) => g.flip(s.dims) });
/**
 * flip of the second dimension.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).fliplr(); // tensor([[2., 1.], [4., 3.]])
 */
export const fliplr = op('fliplr(Tensor self)');
compose(fliplr, (self) => {
  if (self.dim() < 2) throw new RuntimeError('Input must be >= 2-d.');
  return self.flip(1);
});
/**
 * flip of the first dimension.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).flipud(); // tensor([[3., 4.], [1., 2.]])
 */
export const flipud = op('flipud(Tensor self)');
compose(flipud, (self) => {
  if (self.dim() < 1) throw new RuntimeError('Input must be >= 1-d.');
  return self.flip(0);
});

/**
 * The lower triangle of matrices, the rest zero; `diagonal` above 0 keeps more.
 * @example
 * torch.ones(2, 2).tril(); // tensor([[1., 0.], [1., 1.]])
 */
export const tril = op('tril(Tensor self, int diagonal=0)', { inplace: true });
derive(tril, { self: (g, s) => g.tril(s.diagonal) });
/**
 * The upper triangle of matrices, the rest zero; `diagonal` above 0 keeps less.
 * @example
 * torch.ones(2, 2).triu(); // tensor([[1., 1.], [0., 1.]])
 */
export const triu = op('triu(Tensor self, int diagonal=0)', { inplace: true });
derive(triu, { self: (g, s) => g.triu(s.diagonal) });

const _trilIndices = op('_tril_indices(int row, int col, int offset)', { native: 'tril_indices', method: false });
derive(_trilIndices, 'none');
const _triuIndices = op('_triu_indices(int row, int col, int offset)', { native: 'triu_indices', method: false });
derive(_triuIndices, 'none');

function indicesOf(name: string, indices: Tensor, dtype: DType | null): Tensor {
  if (dtype === null || dtype === int64) return indices;
  if (dtype !== int32) throw new NotImplementedError(`"${name}" not implemented for '${dtype.scalarName}'`);
  return indices.to(dtype);
}
/**
 * Row and column numbers of the lower triangle of a matrix, row by row: int64 [2, n].
 * @example
 * torch.tril_indices(2, 2); // tensor([[0, 1, 1], [0, 0, 1]])
 */
export const tril_indices = op(
  'tril_indices(int row, int col, int offset=0, *, dtype? dtype=None, any device=None, any layout=None)',
  {
    native: '',
    method: false,
  },
);
compose(tril_indices, (row, col, offset, dtype) => indicesOf('tril_indices', _trilIndices(row, col, offset), dtype));
/**
 * Row and column numbers of the upper triangle of a matrix, row by row: int64 [2, n].
 * @example
 * torch.triu_indices(2, 2); // tensor([[0, 0, 1], [0, 1, 1]])
 */
export const triu_indices = op(
  'triu_indices(int row, int col, int offset=0, *, dtype? dtype=None, any device=None, any layout=None)',
  {
    native: '',
    method: false,
  },
);
compose(triu_indices, (row, col, offset, dtype) => indicesOf('triu_indices', _triuIndices(row, col, offset), dtype));
