/** Diagonals, rotations, Kronecker products, and copies of which a part is replaced. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { checkSource, cloneWithStrides, finished } from './assemble.js';
import { compose, derive, implement, op } from './define.js';
import { wrapDim } from './natives.js';
import { transposed } from './transposed-names.js';
import { _unsafeView, slice_view } from './views.js';

/**
 * `self` with x[start:end:step] of dimension `dim` replaced by `src`.
 * @example
 * torch.zeros(4).slice_scatter(torch.ones(2), { start: 1, end: 3 }); // tensor([0., 1., 1., 0.])
 */
export const slice_scatter = op(
  'slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1)',
  { native: '' },
);
implement(slice_scatter, (self, src, dim, start, end, step) => {
  const out = cloneWithStrides(self);
  const slice = slice_view(out, dim, start, end, step);
  checkSource(slice, src);
  slice.copy_(src);
  return finished(out);
});
derive(slice_scatter, {
  self: (g, s) =>
    g.slice_scatter(
      g.new_zeros([...slice_view(g, s.dim, s.start, s.end, s.step).shape]),
      s.dim,
      s.start,
      s.end,
      s.step,
    ),
  src: (g, s) => slice_view(g, s.dim, s.start, s.end, s.step),
});

/**
 * `self` with the slice at `index` of `dim` replaced by `src`.
 * @example
 * torch.zeros(2, 2).select_scatter(torch.ones(2), 0, 1); // tensor([[0., 0.], [1., 1.]])
 */
export const select_scatter = op('select_scatter(Tensor self, Tensor src, int dim, int index)', { native: '' });
implement(select_scatter, (self, src, dim, index) => {
  const overlaps = self.stride().some((step, d) => step === 0 && (self.shape[d] as number) > 1);
  const out = overlaps ? self.clone() : self.new_empty_strided([...self.shape], self.stride()).copy_(self);
  out.select(dim, index).copy_(src);
  return out;
});
derive(select_scatter, {
  self: (g, s) => g.select_scatter(g.new_zeros([...g.select(s.dim, s.index).shape]), s.dim, s.index),
  src: (g, s) => g.select(s.dim, s.index),
});

/**
 * `self` with a diagonal replaced by `src`.
 * @example
 * torch.zeros(2, 2).diagonal_scatter(torch.tensor([1, 2])); // tensor([[1., 0.], [0., 2.]])
 */
export const diagonal_scatter = op('diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1)', {
  native: '',
});
implement(diagonal_scatter, (self, src, offset, dim1, dim2) => {
  const out = cloneWithStrides(self);
  const slice = out.diagonal(offset, dim1, dim2);
  checkSource(slice, src);
  slice.copy_(src);
  return finished(out);
});
derive(diagonal_scatter, {
  self: (g, s) =>
    g.diagonal_scatter(g.new_zeros([...g.diagonal(s.offset, s.dim1, s.dim2).shape]), s.offset, s.dim1, s.dim2),
  src: (g, s) => g.diagonal(s.offset, s.dim1, s.dim2),
});

/**
 * The last dimension as a diagonal of two new ones, zeros elsewhere.
 * @example
 * torch.tensor([1, 2]).diag_embed(); // tensor([[1., 0.], [0., 2.]])
 */
export const diag_embed = op('diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1)', { native: '' });
implement(diag_embed, (self, offset, dim1, dim2) => {
  const rank = self.dim() + 1;
  const a = wrapDim(dim1, rank);
  const b = wrapDim(dim2, rank);
  if (a === b) throw new RuntimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
  const shape = self.shape.slice(0, -1);
  const size = (self.shape.at(-1) ?? 1) + Math.abs(offset);
  shape.splice(Math.min(a, b), 0, size);
  shape.splice(Math.max(a, b), 0, size);
  const out = self.new_zeros(shape);
  out.diagonal(offset, a, b).copy_(self);
  return finished(out);
});
derive(diag_embed, { self: (g, s) => g.diagonal(s.offset, s.dim1, s.dim2) });

const diagonalCopy = op('_diagonal_copy(Tensor self, int offset)', {
  native: '',
  method: false,
  backward: 'DiagonalBackward0_copy',
});
implement(diagonalCopy, (self, offset) => self.diagonal(offset).clone());
derive(diagonalCopy, { self: (g, s) => g.new_zeros([...s.shape]).diagonal_scatter(g, s.offset) });

/**
 * A vector as the diagonal of a matrix; the diagonal of a matrix as a vector.
 * @example
 * torch.diag(torch.tensor([1, 2])); // tensor([[1., 0.], [0., 2.]])
 */
export const diag = op('diag(Tensor self, int diagonal=0)', { native: '' });
compose(diag, (self, diagonal) => {
  if (self.dim() === 1) return self.diag_embed(diagonal);
  if (self.dim() === 2) return diagonalCopy(self, diagonal);
  throw new RuntimeError(`diag(): Supports 1D or 2D tensors. Got ${self.dim()}D`);
});
/**
 * All elements as the diagonal of a matrix.
 * @example
 * torch.diagflat(torch.tensor([[1], [2]])); // tensor([[1., 0.], [0., 2.]])
 */
export const diagflat = op('diagflat(Tensor self, int offset=0)', { native: '' });
compose(diagflat, (self, offset) => self.contiguous().view(-1).diag(offset));

/**
 * Rotated by `k` quarter turns from the first of `dims` towards the second.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).rot90(); // tensor([[2., 4.], [1., 3.]])
 */
export const rot90 = op('rot90(Tensor self, int k=1, int[] dims=[0,1])', { native: '' });
implement(rot90, (self, k, dims) => {
  if (dims.length !== 2) throw new RuntimeError(`expected total rotation dims == 2, but got dims = ${dims.length}`);
  const rank = self.dim();
  if (rank < 2) throw new RuntimeError(`expected total dims >= 2, but got total dims = ${rank}`);
  const a = wrapDim(dims[0] as number, rank);
  const b = wrapDim(dims[1] as number, rank);
  if (a === b)
    throw new RuntimeError(`expected rotation dims to be different, but got dim0 = ${dims[0]} and dim1 = ${dims[1]}`);
  switch (((k % 4) + 4) % 4) {
    case 1:
      return finished(self.flip(b).transpose(a, b));
    case 2:
      return self.flip([a, b]);
    case 3:
      return finished(self.flip(a).transpose(a, b));
    default:
      return self.clone();
  }
});
derive(rot90, { self: (g, s) => g.rot90(-s.k, s.dims) });

/**
 * The Kronecker product: every element of `self` times all of `other`, as blocks.
 * @example
 * torch.kron(torch.eye(2), torch.ones(1, 2)); // tensor([[1., 1., 0., 0.], [0., 0., 1., 1.]])
 */
export const kron = op('kron(Tensor self, Tensor other)', { native: '' });
compose(kron, (self, other) => {
  const rank = Math.max(self.dim(), other.dim());
  const sizes = (t: Tensor) => [...new Array<number>(rank - t.dim()).fill(1), ...t.shape];
  const a = sizes(self);
  const b = sizes(other);
  const blocks = self.reshape(a.flatMap((n) => [n, 1])).mul(other.reshape(b.flatMap((n) => [1, n])));
  return _unsafeView(
    blocks.contiguous(),
    a.map((n, d) => n * (b[d] as number)),
  );
});

/**
 * The last two dimensions exchanged.
 * @example
 * torch.ones(5, 2, 3).adjoint().shape; // [5, 3, 2]
 */
export const adjoint = op('adjoint(Tensor self)');
compose(adjoint, (self) => transposed(self, 'adjoint()'));
