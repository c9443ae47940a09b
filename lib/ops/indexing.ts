/**
 * Reading and writing the elements that index tensors and masks name. What `x.index(…)` makes of its keys is in
 * subscript.ts.
 */
import { bool, int64 } from '../dtype.js';
import { NotImplementedError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, type Overloaded, op, overload } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';
import { changed, changing, pair } from './pair.js';

const zeros = (g: Tensor, shape: readonly number[]) => g.new_zeros([...shape]);
const nothing = (g: Tensor) => g.new_zeros([]);

/** x[indices]: `dims` says which dimension each index tensor or mask starts at. @internal */
export const _index = op('_index(Tensor self, Tensor[] indices, int[] dims)', {
  native: 'index',
  method: false,
  backward: 'IndexBackward0',
});
derive(_index, { self: ['indices', (g, s) => _index_put(zeros(g, s.shape), s.indices, s.dims, g, true)] });

/** A copy in which the elements that `indices` name are `values`, or have them added where `accumulate`. @internal */
export const _index_put = pair(
  '_index_put(Tensor self, Tensor[] indices, int[] dims, Tensor values, bool accumulate=False)',
  {
    changes: 'index_put_',
    method: false,
    backward: 'IndexPutBackward0',
  },
);
derive(_index_put, {
  self: ['indices', (g, s) => (s.accumulate ? g : _index_put(g, s.indices, s.dims, nothing(g), false))],
  values: ['indices', (g, s) => _index(g, s.indices, s.dims)],
});
/** The same in place. @internal */
export const _index_put_ = changing(_index_put);

/**
 * The slices of dimension `dim` that the vector `index` numbers.
 * @example
 * torch.eye(3).index_select(0, torch.tensor([2n, 0n])); // tensor([[0., 0., 1.], [1., 0., 0.]])
 */
export const index_select = op('index_select(Tensor self, int dim, Tensor index)', { apart: true });
derive(index_select, { self: ['index', (g, s) => zeros(g, s.shape).index_add(s.dim, s.index, g)] });

/**
 * `self` with alpha * the i-th slice of `source` added to slice index[i] of `dim`; slices named twice get both.
 * @example
 * torch.zeros(3).index_add(0, torch.tensor([1n, 1n]), torch.ones(2)); // tensor([0., 2., 0.])
 */
export const index_add = pair('index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1)', {
  apart: true,
});
derive(index_add, {
  self: (g) => g,
  source: ['index', (g, s) => scaled(g.index_select(s.dim, s.index), s.alpha)],
});
const scaled = (g: Tensor, alpha: number | bigint | boolean) => (alpha === 1 ? g : g.mul(alpha));

/**
 * `self` with slice index[i] of `dim` replaced by the i-th slice of `source`.
 * @example
 * torch.zeros(3).index_copy(0, torch.tensor([2n, 0n]), torch.tensor([5, 6])); // tensor([6., 0., 5.])
 */
export const index_copy = pair('index_copy(Tensor self, int dim, Tensor index, Tensor source)', { apart: true });
derive(index_copy, {
  self: ['index', (g, s) => g.index_fill(s.dim, s.index, 0)],
  source: ['index', (g, s) => g.index_select(s.dim, s.index)],
});

const fillWithTensor = pair('index_fill.tensor(Tensor self, int dim, Tensor index, Tensor value)', {
  changes: 'index_fill_tensor_',
  backward: 'IndexFillBackward1',
});
derive(fillWithTensor, {
  self: ['index', (g, s) => g.index_fill(s.dim, s.index, 0)],
  // Not index_select: a slice named twice was filled once.
  value: [
    'index',
    (g, s) => g.masked_fill(g.new_ones([...g.shape], { dtype: bool }).index_fill(s.dim, s.index, false), 0).sum(),
  ],
});
const fillWithNumber = pair('index_fill(Tensor self, int dim, Tensor index, Scalar value)', { method: false });
derive(fillWithNumber, { self: ['index', (g, s) => g.index_fill(s.dim, s.index, 0)] });
/**
 * `self` with the slices of `dim` that `index` numbers set to one value.
 * @example
 * torch.zeros(3).index_fill(0, torch.tensor([0n, 2n]), 7); // tensor([7., 0., 7.])
 */
export const index_fill = overload('index_fill', [fillWithTensor, fillWithNumber], { inplace: true });
/**
 * @internal
 * @example
 * torch.zeros(3).index_fill_(0, torch.tensor([0n, 2n]), 7); // tensor([7., 0., 7.])
 */
export const index_fill_ = overload('index_fill_', [changing(fillWithTensor), changing(fillWithNumber)]);

/**
 * The elements at these positions, counted row by row over the whole tensor; in the shape of `index`.
 * @example
 * torch.eye(2).take(torch.tensor([0n, -1n])); // tensor([1., 1.])
 */
export const take = op('take(Tensor self, Tensor index)', { apart: true });
derive(take, { self: ['index', (g, s) => zeros(g, s.shape).put(s.index, g, true)] });

/**
 * `self` with the elements at these positions replaced by those of `source`, or with those added where `accumulate`.
 * @example
 * torch.zeros(3).put(torch.tensor([0n, 2n]), torch.tensor([5, 6])); // tensor([5., 0., 6.])
 */
export const put = pair('put(Tensor self, Tensor index, Tensor source, bool accumulate=False)', {});
derive(put, {
  self: ['index', (g, s) => (s.accumulate ? g : g.put(s.index, zeros(g, s.index.shape)))],
  source: ['index', (g, s) => g.take(s.index).reshape([...s.shapeOf('source')])],
});

/**
 * Along `dim` the elements that `indices` numbers, both broadcast in the other dimensions; without `dim` of the
 * flattened tensor.
 * @example
 * const x = torch.tensor([[3, 1, 2]]);
 * x.take_along_dim(x.argsort(1), 1); // tensor([[1., 2., 3.]])
 */
export const take_along_dim = op('take_along_dim(Tensor self, Tensor indices, int? dim=None)');
compose(take_along_dim, (self, indices, dim) => {
  if (indices.dtype !== int64) {
    throw new RuntimeError(
      `torch.take_along_dim(): dtype of indices should be Long but got ${indices.dtype.scalarName}`,
    );
  }
  const counted = (size: number) => indices.lt(0).where(indices.add(size), indices); // negative ones from the end
  if (dim === null) return self.reshape(-1).gather(0, counted(self.numel()).reshape(-1));
  const n = self.dim();
  if (n !== indices.dim()) {
    throw new RuntimeError(
      `torch.take_along_dim(): input and indices should have the same number of dimensions, but got ${n} dimensions for input, and ` +
        `${indices.dim()} dimensions for indices`,
    );
  }
  const d = wrapDim(dim, n);
  const both = (own: readonly number[], other: readonly number[]) =>
    own.map((size, i) => (i === d || size !== 1 ? size : (other[i] as number)));
  return self
    .expand(both(self.shape, indices.shape))
    .gather(d, counted(self.shape[d] ?? 1).expand(both(indices.shape, self.shape)));
});

const maskedFillTensor = pair('masked_fill.tensor(Tensor self, Tensor mask, Tensor value)', {
  native: 'masked_fill_tensor',
  changes: 'masked_fill_tensor_',
  backward: 'MaskedFillBackward1',
});
derive(maskedFillTensor, {
  self: ['mask', (g, s) => g.masked_fill(s.mask, 0)],
  value: ['mask', (g, s) => g.masked_fill(s.mask.logical_not(), 0).sum()],
});
const maskedFillNumber = pair('masked_fill(Tensor self, Tensor mask, Scalar value)', {
  native: 'masked_fill',
  method: false,
});
derive(maskedFillNumber, { self: ['mask', (g, s) => g.masked_fill(s.mask, 0)] });
/**
 * `self` with `value` where the bool tensor `mask`, broadcast, holds.
 * @example
 * torch.tensor([1, 2, 3]).masked_fill(torch.tensor([true, false, true]), 0); // tensor([0., 2., 0.])
 */
export const masked_fill = overload('masked_fill', [maskedFillTensor, maskedFillNumber], { inplace: true });
/**
 * @internal
 * @example
 * const x = torch.tensor([1, 2, 3]);
 * x.masked_fill_(x.gt(1), 0); // tensor([1., 0., 0.])
 */
export const masked_fill_ = overload('masked_fill_', [changing(maskedFillTensor), changing(maskedFillNumber)]);

/**
 * The elements where the bool tensor `mask` holds, as a vector; both are broadcast.
 * @example
 * torch.arange(3).masked_select(torch.tensor([true, false, true])); // tensor([0., 2.])
 */
export const masked_select = op('masked_select(Tensor self, Tensor mask)', { apart: true });
derive(masked_select, {
  self: [
    'mask',
    (g, s) => {
      const shape = broadcast(s.shape, s.mask.shape);
      return zeros(g, shape).masked_scatter(s.mask.expand(shape), g);
    },
  ],
});
function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const n = Math.max(a.length, b.length);
  return Array.from({ length: n }, (_, i) => {
    const x = a[i - n + a.length] ?? 1;
    return x === 1 ? (b[i - n + b.length] ?? 1) : x;
  });
}

/**
 * `self` with the elements where `mask` holds replaced by those of `source`, in order.
 * @example
 * torch.zeros(3).masked_scatter(torch.tensor([true, false, true]), torch.tensor([5, 6])); // tensor([5., 0., 6.])
 */
export const masked_scatter = pair('masked_scatter(Tensor self, Tensor mask, Tensor source)', {});
implement(masked_scatter, (self, mask, source) => {
  const shape = broadcast(self.shape, mask.shape);
  return changed(masked_scatter, self.expand(shape).clone(), mask, source);
});
derive(masked_scatter, {
  self: ['mask', (g, s) => g.masked_fill(s.mask, 0)],
  source: [
    'mask',
    (g, s) => {
      const shape = s.shapeOf('source');
      const given = g.masked_select(s.mask);
      const missing = shape.reduce((a, b) => a * b, 1) - given.numel();
      return cat([given, g.new_zeros([missing])]).view([...shape]);
    },
  ],
});

/** The indices of all elements that are not zero, one row each. @internal */
export const _nonzero = op('_nonzero(Tensor self)', { native: 'nonzero', method: false });
derive(_nonzero, 'none');
const nonzeroRows = op('nonzero(Tensor self)', { native: '', method: false });
compose(nonzeroRows, (self) => _nonzero(self));
const nonzeroTuple = op('nonzero.tuple(Tensor self, *, bool as_tuple) -> Tensor[]', { native: '' });
compose(nonzeroTuple, (self, as_tuple) => {
  if (!as_tuple) return _nonzero(self);
  return _nonzero(self.dim() === 0 ? self.unsqueeze(0) : self).unbind(1);
});
interface Nonzero<Self extends unknown[]> {
  (...args: [...Self, options?: { as_tuple?: false; out?: Tensor }]): Tensor;
  (...args: [...Self, options: { as_tuple: true }]): Tensor[];
}
/**
 * The indices of all elements that are not zero, one row each; with `as_tuple` one vector per dimension, to index with.
 * @example
 * torch.tensor([0, 5, 7]).nonzero(); // tensor([[1], [2]])
 */
export const nonzero: Overloaded<Nonzero<[self: Tensor]>, Nonzero<[]>, unknown> = overload('nonzero', [
  nonzeroRows,
  nonzeroTuple,
]);

/**
 * nonzero.
 * @example
 * torch.argwhere(torch.tensor([[0, 1], [2, 0]])); // tensor([[0, 1], [1, 0]])
 */
export const argwhere = op('argwhere(Tensor self)', { native: '' });
compose(argwhere, (self) => _nonzero(self));

/**
 * The rows of the matrix `weight` that `indices` numbers.
 * @example
 * torch.embedding(torch.eye(3), torch.tensor([0n, 2n])); // tensor([[1., 0., 0.], [0., 0., 1.]])
 */
export const embedding = op(
  'embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False)',
  {
    method: false,
  },
);
derive(embedding, {
  weight: [
    'indices',
    (g, s) => {
      if (s.sparse)
        throw new NotImplementedError('embedding(): sparse gradients are not supported; leave out sparse=True');
      return embedding_dense_backward(g, s.indices, s.shape[0] as number, s.padding_idx, s.scale_grad_by_freq);
    },
  ],
});
/** The gradient of `embedding`: rows of `grad_output` added up by their number. @internal */
export const embedding_dense_backward = op(
  'embedding_dense_backward(Tensor grad_output, Tensor indices, int num_weights, int padding_idx, bool scale_grad_by_freq)',
  { method: false },
);
derive(embedding_dense_backward, {
  grad_output: [
    'indices',
    (g, s) => {
      if (s.scale_grad_by_freq)
        throw new RuntimeError('double backward is not supported for embedding with scale_grad_by_freq');
      const rows = embedding(g, s.indices);
      return s.padding_idx < 0 ? rows : rows.masked_fill(s.indices.eq(s.padding_idx).unsqueeze(-1), 0);
    },
  ],
});
