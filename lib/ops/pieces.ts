/** A tensor as views of its parts. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op, overload } from './define.js';
import { wrapDim } from './natives.js';

/**
 * All slices of a dimension, each without it.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).unbind(); // [ tensor([1., 2.]), tensor([3., 4.]) ]
 */
export const unbind = op('unbind(Tensor self, int dim=0) -> Tensor[]', { view: true });
derive(unbind, { self: (gs, s) => stackSlices(gs, s.dim, s.shape) });

function stackSlices(gs: readonly (Tensor | null)[], dim: number, shape: readonly number[]): Tensor {
  const given = gs.find((g) => g !== null) as Tensor;
  const out = given.new_zeros([...shape]);
  const d = wrapDim(dim, shape.length);
  gs.forEach((g, i) => {
    if (g) out.select(d, i).copy_(g);
  });
  return out;
}

/** split() by lengths, as one node. @internal */
export const _splitSizes = op('_split_sizes(Tensor self, int[] split_sizes, int dim) -> Tensor[]', {
  native: 'split',
  view: true,
  method: false,
  backward: 'SplitWithSizesBackward0',
});
derive(_splitSizes, { self: (gs, s) => joinPieces(gs, s.split_sizes, s.dim, s.shape) });
const _splitEven = op('_split(Tensor self, int[] split_sizes, int dim) -> Tensor[]', {
  native: 'split',
  view: true,
  method: false,
  backward: 'SplitBackward0',
});
derive(_splitEven, { self: (gs, s) => joinPieces(gs, s.split_sizes, s.dim, s.shape) });

function joinPieces(
  gs: readonly (Tensor | null)[],
  lengths: readonly number[],
  dim: number,
  shape: readonly number[],
): Tensor {
  const given = gs.find((g) => g !== null) as Tensor;
  const out = given.new_zeros([...shape]);
  let start = 0;
  gs.forEach((g, i) => {
    const length = lengths[i] as number;
    if (g) out.narrow(dim, start, length).copy_(g);
    start += length;
  });
  return out;
}

/**
 * Pieces of a dimension with the lengths given.
 * @example
 * torch.arange(5).split_with_sizes([2, 3]); // [ tensor([0., 1.]), tensor([2., 3., 4.]) ]
 */
export const split_with_sizes = op('split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]');
compose(split_with_sizes, (self, split_sizes, dim) => _splitSizes(self, split_sizes, dim));

const splitSize = op('split(Tensor self, int split_size, int dim=0) -> Tensor[]', { method: false, native: '' });
compose(splitSize, (self, size, dim) => {
  if (self.dim() === 0) throw new RuntimeError('split expects at least a 1-dimensional tensor');
  if (size < 0) throw new RuntimeError(`split expects split_size be non-negative, but got split_size=${size}`);
  const total = self.shape[wrapDim(dim, self.dim())] as number;
  if (size === 0 && total !== 0)
    throw new RuntimeError(`split_size can only be 0 if dimension size is 0, but got dimension size of ${total}`);
  const count = size === 0 ? 1 : Math.max(Math.ceil(total / size), 1);
  return _splitEven(
    self,
    Array.from({ length: count }, (_, i) => Math.min(size, total - i * size)),
    dim,
  );
});
const splitSizes = op('split.sizes(Tensor self, int[] split_size, int dim=0) -> Tensor[]', { native: '' });
compose(splitSizes, (self, split_size, dim) => _splitSizes(self, split_size, dim));
/**
 * Pieces of `split_size` slices of a dimension (the last may be shorter), or of the lengths listed.
 * @example
 * torch.arange(5).split(2); // [ tensor([0., 1.]), tensor([2., 3.]), tensor([4.]) ]
 */
export const split = overload('split', [splitSize, splitSizes]);

/**
 * A dimension in `chunks` pieces of equal length, the last one shorter.
 * @example
 * torch.arange(5).chunk(2); // [ tensor([0., 1., 2.]), tensor([3., 4.]) ]
 */
export const chunk = op('chunk(Tensor self, int chunks, int dim=0) -> Tensor[]');
compose(chunk, (self, chunks, dim) => {
  if (self.dim() === 0) throw new RuntimeError('chunk expects at least a 1-dimensional tensor');
  if (chunks <= 0) throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
  const total = self.shape[wrapDim(dim, self.dim())] as number;
  const size = Math.ceil(total / chunks);
  if (size === 0) return _splitSizes(self, new Array(chunks).fill(0), dim);
  return split(self, size, dim);
});
