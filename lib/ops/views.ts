/** Views: other shapes and strides over the same memory. Changing one changes all. */
import { asStridedBackward } from '../autograd/strided.js';
import { RuntimeError } from '../errors.js';
import { geometry } from './assemble.js';
import { _contiguous } from './core.js';
import { compose, derive, implement, inPlaceOf, op, overload } from './define.js';
import { reshapeIsView, wrapDim } from './natives.js';

const sizes = (shape: readonly number[]): number[] => [...shape];

/**
 * The dimensions in another order.
 * @example
 * torch.ones(2, 3, 4).permute(2, 0, 1).shape; // [4, 2, 3]
 */
export const permute = op('permute(Tensor self, int... dims)', { view: true });
derive(permute, {
  self: (g, s) => {
    const back: number[] = [];
    s.dims.forEach((d, i) => {
      back[wrapDim(d, s.dims.length)] = i;
    });
    return g.permute(back);
  },
});

/**
 * Two dimensions exchanged.
 * @example
 * torch.ones(2, 3, 4).transpose(0, 2).shape; // [4, 3, 2]
 */
export const transpose = op('transpose(Tensor self, int dim0, int dim1)', {
  view: true,
  inplace: true,
  backwardInPlace: 'TransposeBackward1',
});
derive(transpose, { self: (g, s) => g.transpose(s.dim0, s.dim1) });

/**
 * The transpose of a matrix; vectors and numbers stay as they are.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).t(); // tensor([[1., 3.], [2., 4.]])
 */
export const t = op('t(Tensor self)', {
  view: true,
  inplace: true,
  backward: 'TBackward0',
  backwardInPlace: 'TBackward1',
});
derive(t, { self: (g) => g.t() });

/**
 * The slice at `index` of dimension `dim`, without that dimension.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).select(1, 0); // tensor([1., 3.])
 */
export const select = op('select(Tensor self, int dim, int index)', { view: true });
const selectBackward = op('select_backward(Tensor grad, int[] size, int dim, int index)', {
  native: '',
  method: false,
  backward: 'SelectBackwardBackward0',
});
implement(selectBackward, (grad, size, dim, index) => {
  const out = grad.new_zeros(size);
  out.select(dim, index).copy_(grad);
  return out;
});
derive(selectBackward, { grad: (g, s) => g.select(s.dim, s.index) });
derive(select, { self: (g, s) => selectBackward(g, sizes(s.shape), s.dim, s.index) });

const narrowBy = op('narrow.Tensor(Tensor self, int dim, Tensor start, int length)', { native: '' });
compose(narrowBy, (self, dim, start, length) => {
  if (start.dim() !== 0 || start.dtype.is_floating_point || start.dtype.name === 'bool')
    throw new RuntimeError('start must be an 0-dim integral Tensor.');
  return _narrow(self, dim, start.item(), length);
});
const narrowFrom = op('narrow(Tensor self, int dim, int start, int length)', { native: '', method: false });
compose(narrowFrom, (self, dim, start, length) => _narrow(self, dim, start, length));
/**
 * `length` slices of dimension `dim` from `start` on.
 * @example
 * torch.arange(5).narrow(0, 1, 3); // tensor([1., 2., 3.])
 */
export const narrow = overload('narrow', [narrowBy, narrowFrom]);
const _narrow = op('_narrow(Tensor self, int dim, int start, int length)', {
  native: 'narrow',
  view: true,
  method: false,
  backward: 'SliceBackward0',
});
derive(_narrow, {
  self: (g, s) => {
    const out = g.new_zeros(sizes(s.shape));
    _narrow(out, s.dim, s.start, s.length).copy_(g);
    return out;
  },
});

/** Every `step`-th slice of `dim` from `start` to before `end`: x[start:end:step]. @internal */
export const slice_view = op('slice_view(Tensor self, int dim=0, int? start=None, int? end=None, int step=1)', {
  native: 'slice',
  view: true,
  method: false,
  backward: 'SliceBackward0',
});
derive(slice_view, {
  self: (g, s) => {
    const out = g.new_zeros(sizes(s.shape));
    slice_view(out, s.dim, s.start, s.end, s.step).copy_(g);
    return out;
  },
});

/**
 * Dimensions of size 1 repeated without a copy; -1 keeps a size.
 * @example
 * torch.tensor([[1], [2]]).expand(2, 3); // tensor([[1., 1., 1.], [2., 2., 2.]])
 */
export const expand = op('expand(Tensor self, int... size, *, bool implicit=False)', { view: true });
derive(expand, { self: (g) => g });

/**
 * Expanded to the shape of `other`.
 * @example
 * torch.tensor([1, 2]).expand_as(torch.ones(2, 2)); // tensor([[1., 2.], [1., 2.]])
 */
export const expand_as = op('expand_as(Tensor self, Tensor other)');
compose(expand_as, (self, other) => self.expand([...other.shape]));

const squeezeAll = op('squeeze(Tensor self)', { native: '', method: false });
/** squeeze() of all dimensions. @internal */
export const _squeeze = op('_squeeze(Tensor self, int[]? dim=None)', {
  native: 'squeeze',
  view: true,
  method: false,
  backward: 'SqueezeBackward0',
  backwardInPlace: 'SqueezeBackward3',
});
compose(
  squeezeAll,
  (self) => _squeeze(self),
  (self) => inPlaceOf(_squeeze)(self, null),
);
const squeezeDim = op('squeeze.dim(Tensor self, int dim)', { native: '' });
/** squeeze() of one dimension. @internal */
export const _squeezeDim = op('_squeeze_dim(Tensor self, int[]? dim)', {
  native: 'squeeze',
  view: true,
  method: false,
  backward: 'SqueezeBackward1',
  backwardInPlace: 'SqueezeBackward4',
});
compose(
  squeezeDim,
  (self, dim) => _squeezeDim(self, [dim]),
  (self, dim) => inPlaceOf(_squeezeDim)(self, [dim]),
);
const squeezeDims = op('squeeze.dims(Tensor self, int[] dim)', { native: '' });
/** squeeze() of several dimensions. @internal */
export const _squeezeDims = op('_squeeze_dims(Tensor self, int[]? dim)', {
  native: 'squeeze',
  view: true,
  method: false,
  backward: 'SqueezeBackward2',
  backwardInPlace: 'SqueezeBackward5',
});
for (const each of [_squeeze, _squeezeDim, _squeezeDims]) derive(each, { self: (g, s) => g.reshape(sizes(s.shape)) });
compose(
  squeezeDims,
  (self, dim) => _squeezeDims(self, dim),
  (self, dim) => inPlaceOf(_squeezeDims)(self, dim),
);
/**
 * Without the dimensions of size 1, or without those of `dim` where their size is 1.
 * @example
 * torch.ones(1, 3, 1).squeeze().shape; // [3]
 */
export const squeeze = overload('squeeze', [squeezeAll, squeezeDim, squeezeDims], { inplace: true });

/**
 * With a dimension of size 1 put in at `dim`.
 * @example
 * torch.ones(2).unsqueeze(1).shape; // [2, 1]
 */
export const unsqueeze = op('unsqueeze(Tensor self, int dim)', {
  view: true,
  inplace: true,
  backwardInPlace: 'UnsqueezeBackward1',
});
derive(unsqueeze, { self: (g, s) => g.squeeze(wrapDim(s.dim, s.shape.length + 1)) });

/**
 * The elements whose indices along two dimensions differ by `offset`, as a last dimension.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).diagonal(); // tensor([1., 4.])
 */
export const diagonal = op('diagonal(Tensor self, int offset=0, int dim1=0, int dim2=1)', { view: true });
derive(diagonal, {
  self: (g, s) => {
    const out = g.new_zeros(sizes(s.shape));
    out.diagonal(s.offset, s.dim1, s.dim2).copy_(g);
    return out;
  },
});

/**
 * Windows of `size` slices of a dimension, `step` apart, as a last dimension.
 * @example
 * torch.arange(5).unfold(0, 3, 2); // tensor([[0., 1., 2.], [2., 3., 4.]])
 */
export const unfold = op('unfold(Tensor self, int dimension, int size, int step)', { view: true });
derive(unfold, {
  self: (g, s) => {
    const d = wrapDim(s.dimension, s.shape.length);
    let out = g.new_zeros(sizes(s.shape));
    if (s.shape.length === 0) return g.sum().reshape([]);
    const windows = g.shape[d] as number;
    for (let i = 0; i < windows; i++) {
      const part = g.new_zeros(sizes(s.shape));
      part.narrow(d, i * s.step, s.size).copy_(g.select(d, i).movedim(-1, d));
      out = out.add(part);
    }
    return out;
  },
});

/** The geometry of the input goes along for the gradient alone: the input itself would keep its memory. @internal */
export const _asStrided = op(
  '_as_strided(Tensor self, int[] size, int[] stride, int? storage_offset, int[] self_stride=[], int self_offset=0)',
  {
    native: 'as_strided',
    view: true,
    method: false,
    backward: 'AsStridedBackward0',
    backwardInPlace: 'AsStridedBackward1',
  },
);
derive(_asStrided, {
  self: (g, s) =>
    asStridedBackward(
      g,
      { shape: s.shape, stride: s.self_stride, offset: s.self_offset },
      { shape: s.size, stride: s.stride, offset: s.storage_offset ?? s.self_offset },
    ),
});
/**
 * Any sizes, strides and offset over the storage of `self`.
 * @example
 * torch.arange(6).as_strided([2, 2], [3, 1], 1); // tensor([[1., 2.], [4., 5.]])
 */
export const as_strided = op('as_strided(Tensor self, int[] size, int[] stride, int? storage_offset=None)', {
  native: '',
  inplace: true,
});
compose(
  as_strided,
  (self, size, stride, offset) => _asStrided(self, size, stride, offset, ...geometry(self)),
  (self, size, stride, offset) => inPlaceOf(_asStrided)(self, size, stride, offset, ...geometry(self)),
);

/**
 * The same elements in another shape, over the same memory; one size may be -1.
 * @example
 * torch.arange(6).view(2, 3); // tensor([[0., 1., 2.], [3., 4., 5.]])
 */
export const view = op('view(Tensor self, int... size)', { view: true });
derive(view, { self: (g, s) => g.reshape(sizes(s.shape)) });

/**
 * A view in another shape where strides allow it, else a copy.
 * @example
 * torch.arange(4).reshape(2, -1); // tensor([[0., 1.], [2., 3.]])
 */
export const reshape = op('reshape(Tensor self, int... shape)', { native: '' });
compose(reshape, (self, shape) => {
  if (self.is_contiguous()) return view(self, shape);
  if (reshapeIsView(self, shape)) return _reshapeAlias(self, shape);
  return _unsafeView(_contiguous(self), shape);
});
const _reshapeAlias = op('_reshape_alias(Tensor self, int[] size)', {
  native: 'view',
  view: true,
  method: false,
  backward: 'ReshapeAliasBackward0',
});
derive(_reshapeAlias, { self: (g, s) => g.reshape(sizes(s.shape)) });
/** view() of a tensor that nobody else sees: the result counts as new, not as a view. @internal */
export const _unsafeView = op('_unsafe_view(Tensor self, int[] size)', { native: 'view', method: false });
derive(_unsafeView, { self: (g, s) => g.reshape(sizes(s.shape)) });

/**
 * In the shape of `other`.
 * @example
 * torch.arange(4).view_as(torch.ones(2, 2)); // tensor([[0., 1.], [2., 3.]])
 */
export const view_as = op('view_as(Tensor self, Tensor other)');
compose(view_as, (self, other) => self.view([...other.shape]));
/**
 * Reshaped to that of `other`.
 * @example
 * torch.arange(4).reshape_as(torch.ones(2, 2)); // tensor([[0., 1.], [2., 3.]])
 */
export const reshape_as = op('reshape_as(Tensor self, Tensor other)');
compose(reshape_as, (self, other) => self.reshape([...other.shape]));

/**
 * The dimensions from `start_dim` to `end_dim` as one.
 * @example
 * torch.ones(2, 3, 4).flatten(1).shape; // [2, 12]
 */
export const flatten = op('flatten(Tensor self, int start_dim=0, int end_dim=-1)');
compose(flatten, (self, start_dim, end_dim) => {
  const { shape } = self;
  const from = wrapDim(start_dim, shape.length);
  const to = wrapDim(end_dim, shape.length);
  if (from > to) throw new RuntimeError('flatten() has invalid args: start_dim cannot come after end_dim');
  if (shape.length === 0) return self.reshape(1);
  if (from === to) return self;
  const merged = shape.slice(from, to + 1).reduce((a, b) => a * b, 1);
  return self.reshape([...shape.slice(0, from), merged, ...shape.slice(to + 1)]);
});

/**
 * One dimension as several.
 * @example
 * torch.ones(6).unflatten(0, [2, 3]).shape; // [2, 3]
 */
export const unflatten = op('unflatten(Tensor self, int dim, int[] sizes)');
compose(unflatten, (self, dim, given) => {
  const d = wrapDim(dim, self.dim());
  if (given.length === 0) throw new RuntimeError('unflatten: sizes must be non-empty');
  const total = self.shape[d] as number;
  const known = given.filter((n) => n !== -1).reduce((a, b) => a * b, 1);
  const filled = given.map((n) => (n === -1 ? total / known : n));
  if (filled.reduce((a, b) => a * b, 1) !== total) {
    throw new RuntimeError(
      `unflatten: Provided sizes [${given.join(', ')}] don't multiply up to the size of dim ${d} (${total}) in the input tensor`,
    );
  }
  return self.view([...self.shape.slice(0, d), ...filled, ...self.shape.slice(d + 1)]);
});

/**
 * Dimensions moved to other places, the rest in order.
 * @example
 * torch.ones(2, 3, 4).movedim(0, -1).shape; // [3, 4, 2]
 */
export const movedim = op('movedim(Tensor self, int[] source, int[] destination)');
compose(movedim, (self, source, destination) => {
  const n = self.dim();
  if (source.length !== destination.length) {
    throw new RuntimeError(
      `movedim: Invalid source or destination dims: source ([${source.join(', ')}] dims) should contain the same number of dims as destination ([${destination.join(', ')}] dims)`,
    );
  }
  const from = source.map((d) => wrapDim(d, n));
  const to = destination.map((d) => wrapDim(d, n));
  if (new Set(from).size < from.length)
    throw new RuntimeError(`movedim: repeated dim in \`source\` ([${source.join(', ')}])`);
  if (new Set(to).size < to.length)
    throw new RuntimeError(`movedim: repeated dim in \`destination\` ([${destination.join(', ')}])`);
  if (n === 0) return self.permute([]);
  const order = new Array<number>(n).fill(-1);
  from.forEach((d, i) => {
    order[to[i] as number] = d;
  });
  const rest = Array.from({ length: n }, (_, d) => d).filter((d) => !from.includes(d));
  return self.permute(order.map((d) => (d < 0 ? (rest.shift() as number) : d)));
});
/**
 * movedim.
 * @example
 * torch.ones(2, 3, 4).moveaxis(0, -1).shape; // [3, 4, 2]
 */
export const moveaxis = op('moveaxis(Tensor self, int[] source, int[] destination)');
compose(moveaxis, (self, source, destination) => movedim(self, source, destination));
/**
 * transpose.
 * @example
 * torch.ones(2, 3).swapaxes(0, 1).shape; // [3, 2]
 */
export const swapaxes = op('swapaxes(Tensor self, int axis0, int axis1)', { inplace: true });
compose(
  swapaxes,
  (self, a, b) => transpose(self, a, b),
  (self, a, b) => self.transpose_(a, b),
);
/**
 * transpose.
 * @example
 * torch.ones(2, 3).swapdims(0, 1).shape; // [3, 2]
 */
export const swapdims = op('swapdims(Tensor self, int dim0, int dim1)', { inplace: true });
compose(
  swapdims,
  (self, a, b) => transpose(self, a, b),
  (self, a, b) => self.transpose_(a, b),
);
