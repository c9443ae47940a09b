/** What views give, as contiguous tensors of their own: name_copy for the view name. */
import { RuntimeError } from '../errors.js';
import { contiguous_format } from '../memory-format.js';
import type { Tensor } from '../tensor.js';
import { cloneWithStrides, finished, geometry } from './assemble.js';
import { compose, derive, deriveLike, implement, op, overload } from './define.js';
import { alias } from './natives.js';
import { _splitSizes, unbind } from './pieces.js';
import {
  _asStrided,
  _squeezeDim,
  _squeezeDims,
  as_strided,
  diagonal,
  expand,
  permute,
  squeeze,
  t,
  transpose,
  unfold,
  unsqueeze,
  view,
} from './views.js';

const copied = (x: Tensor): Tensor => x.clone({ memory_format: contiguous_format });

/**
 * A copy of `self`.
 * @example
 * torch.alias_copy(torch.tensor([1, 2])); // tensor([1., 2.])
 */
export const alias_copy = op('alias_copy(Tensor self)', { method: false, backward: 'AliasBackward0_copy' });
implement(alias_copy, (self) => copied(alias(self)));
derive(alias_copy, { self: (g) => g });

/**
 * expand, copied.
 * @example
 * torch.expand_copy(torch.tensor([1, 2]), [2, 2]); // tensor([[1., 2.], [1., 2.]])
 */
export const expand_copy = op('expand_copy(Tensor self, int[] size, *, bool implicit=False)', {
  method: false,
  backward: 'ExpandBackward0_copy',
});
implement(expand_copy, (self, size) => copied(expand(self, size)));
deriveLike(expand_copy, expand);

/**
 * diagonal, copied.
 * @example
 * torch.diagonal_copy(torch.eye(2)); // tensor([1., 1.])
 */
export const diagonal_copy = op('diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1)', {
  method: false,
  backward: 'DiagonalBackward0_copy',
});
implement(diagonal_copy, (self, ...where) => copied(diagonal(self, ...where)));
deriveLike(diagonal_copy, diagonal);

const _asStridedCopy = op(
  '_as_strided_copy(Tensor self, int[] size, int[] stride, int? storage_offset, int[] self_stride=[], int self_offset=0)',
  { method: false, backward: 'AsStridedBackward0_copy' },
);
implement(_asStridedCopy, (self, size, stride, offset) => copied(as_strided(self, size, stride, offset)));
deriveLike(_asStridedCopy, _asStrided);
/**
 * as_strided, copied.
 * @example
 * torch.as_strided_copy(torch.arange(4), [2, 2], [1, 2]); // tensor([[0., 2.], [1., 3.]])
 */
export const as_strided_copy = op('as_strided_copy(Tensor self, int[] size, int[] stride, int? storage_offset=None)', {
  method: false,
});
compose(as_strided_copy, (self, size, stride, offset) => _asStridedCopy(self, size, stride, offset, ...geometry(self)));

/**
 * narrow, copied.
 * @example
 * torch.arange(4).narrow_copy(0, 1, 2); // tensor([1., 2.])
 */
export const narrow_copy = op('narrow_copy(Tensor self, int dim, int start, int length)', {
  backward: 'NarrowCopyBackward0',
});
implement(narrow_copy, (self, dim, start, length) => {
  const n = self.shape[dim < 0 ? dim + self.dim() : dim];
  if (length < 0 && n !== undefined)
    throw new RuntimeError(`start (${start}) + length (${length}) exceeds dimension size (${n}).`);
  return copied(self.narrow(dim, start, length));
});
derive(narrow_copy, {
  self: (g, s) => {
    const out = g.new_zeros([...s.shape]);
    out.narrow(s.dim, s.start, s.length).copy_(g);
    return out;
  },
});

/**
 * permute, copied.
 * @example
 * torch.permute_copy(torch.ones(2, 3), [1, 0]).shape; // [3, 2]
 */
export const permute_copy = op('permute_copy(Tensor self, int[] dims)', {
  method: false,
  backward: 'PermuteBackward0_copy',
});
implement(permute_copy, (self, dims) => copied(permute(self, dims)));
deriveLike(permute_copy, permute);

/**
 * split_with_sizes, copied.
 * @example
 * torch.split_with_sizes_copy(torch.arange(3), [1, 2])[1]; // tensor([1., 2.])
 */
export const split_with_sizes_copy = op(
  'split_with_sizes_copy(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]',
  { method: false, backward: 'SplitWithSizesBackward0_copy' },
);
implement(split_with_sizes_copy, (self, sizes, dim) => _splitSizes(self, sizes, dim).map(copied));
deriveLike(split_with_sizes_copy, _splitSizes);

const squeezeCopy = op('squeeze_copy(Tensor self)', { method: false, backward: 'SqueezeBackward0_copy' });
implement(squeezeCopy, (self) => copied(squeeze(self)));
derive(squeezeCopy, { self: (g, s) => g.reshape([...s.shape]) });
const squeezeCopyDim = op('squeeze_copy.dim(Tensor self, int dim)', {
  method: false,
  backward: 'SqueezeBackward1_copy',
});
implement(squeezeCopyDim, (self, dim) => copied(squeeze(self, dim)));
deriveLike(squeezeCopyDim, _squeezeDim);
const squeezeCopyDims = op('squeeze_copy.dims(Tensor self, int[] dim)', {
  method: false,
  backward: 'SqueezeBackward2_copy',
});
implement(squeezeCopyDims, (self, dim) => copied(squeeze(self, dim)));
deriveLike(squeezeCopyDims, _squeezeDims);
/**
 * squeeze, copied.
 * @example
 * torch.squeeze_copy(torch.ones(1, 2)).shape; // [2]
 */
export const squeeze_copy = overload('squeeze_copy', [squeezeCopy, squeezeCopyDim, squeezeCopyDims], {
  method: false,
});

/**
 * t, copied.
 * @example
 * torch.t_copy(torch.ones(2, 3)).shape; // [3, 2]
 */
export const t_copy = op('t_copy(Tensor self)', { method: false, backward: 'TBackward0_copy' });
implement(t_copy, (self) => copied(t(self)));
deriveLike(t_copy, t);

/**
 * transpose, copied.
 * @example
 * torch.transpose_copy(torch.ones(2, 3), 0, 1).shape; // [3, 2]
 */
export const transpose_copy = op('transpose_copy(Tensor self, int dim0, int dim1)', {
  method: false,
  backward: 'TransposeBackward0_copy',
});
implement(transpose_copy, (self, dim0, dim1) => copied(transpose(self, dim0, dim1)));
deriveLike(transpose_copy, transpose);

/**
 * unbind, copied.
 * @example
 * torch.unbind_copy(torch.eye(2))[0]; // tensor([1., 0.])
 */
export const unbind_copy = op('unbind_copy(Tensor self, int dim=0) -> Tensor[]', {
  method: false,
  backward: 'UnbindBackward0_copy',
});
implement(unbind_copy, (self, dim) => unbind(self, dim).map(copied));
deriveLike(unbind_copy, unbind);

/**
 * Tensor.unfold, copied.
 * @example
 * torch.unfold_copy(torch.arange(3), 0, 2, 1); // tensor([[0., 1.], [1., 2.]])
 */
export const unfold_copy = op('unfold_copy(Tensor self, int dimension, int size, int step)', {
  method: false,
  backward: 'UnfoldBackward0_copy',
});
implement(unfold_copy, (self, dimension, size, step) => copied(unfold(self, dimension, size, step)));
deriveLike(unfold_copy, unfold);

/**
 * unsqueeze, copied.
 * @example
 * torch.unsqueeze_copy(torch.ones(2), 0).shape; // [1, 2]
 */
export const unsqueeze_copy = op('unsqueeze_copy(Tensor self, int dim)', {
  method: false,
  backward: 'UnsqueezeBackward0_copy',
});
implement(unsqueeze_copy, (self, dim) => copied(unsqueeze(self, dim)));
deriveLike(unsqueeze_copy, unsqueeze);

/**
 * view, copied.
 * @example
 * torch.view_copy(torch.ones(2, 3), [6]).shape; // [6]
 */
export const view_copy = op('view_copy(Tensor self, int[] size)', { method: false, backward: 'ViewBackward0_copy' });
implement(view_copy, (self, size) => copied(view(self, size)));
deriveLike(view_copy, view);

/**
 * `self` with the elements that as_strided would give replaced by `src`.
 * @example
 * torch.zeros(2, 2).as_strided_scatter(torch.ones(2), [2], [3]); // tensor([[1., 0.], [0., 1.]])
 */
export const as_strided_scatter = op(
  'as_strided_scatter(Tensor self, Tensor src, int[] size, int[] stride, int? storage_offset=None)',
);
implement(as_strided_scatter, (self, src, size, stride, offset) => {
  const out = cloneWithStrides(self);
  const slice = as_strided(out, size, stride, offset);
  slice.copy_(src.expand([...slice.shape]));
  return finished(out);
});
derive(as_strided_scatter, {
  self: (g, s) => {
    const rest = copied(g);
    return as_strided_scatter(rest, rest.new_zeros(s.size), s.size, s.stride, s.storage_offset);
  },
  src: (g, s) => as_strided_copy(g.contiguous(), s.size, s.stride, s.storage_offset),
});
