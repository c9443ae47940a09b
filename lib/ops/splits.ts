/** Tensors cut in pieces, broadcast together or flattened; and what only complex ones tell apart. */
import { RuntimeError, TypeError } from '../errors.js';
import { broadcastShapes, type Size, sizeOf } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op, overload } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';
import { split } from './pieces.js';
import { typeName } from './schema.js';
import { tensorsOf } from './tensors.js';

type Pieces = number | readonly number[] | Tensor;

/** An index as Python's slices take it. */
const inside = (index: number, total: number): number =>
  Math.min(Math.max(index < 0 ? index + total : index, 0), total);

function piecesOf(self: Tensor, pieces: Pieces, dim: number): Tensor[] {
  if (self.dim() === 0)
    throw new RuntimeError('tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims');
  const d = wrapDim(dim, self.dim());
  const total = self.shape[d] as number;
  if (typeof pieces === 'number') {
    if (pieces <= 0) throw new RuntimeError(`number of sections must be larger than 0, got ${pieces}`);
    const [least, longer] = [Math.floor(total / pieces), total % pieces];
    let start = 0;
    return Array.from({ length: pieces }, (_, i) => {
      const length = least + (i < longer ? 1 : 0);
      start += length;
      return self.narrow(d, start - length, length);
    });
  }
  const ends = Array.isArray(pieces) ? (pieces as number[]) : ((pieces as Tensor).tolist() as number[]);
  let start = 0;
  return [...ends, total].map((end) => {
    const [from, to] = [inside(start, total), inside(end, total)];
    start = end;
    return self.narrow(d, from, Math.max(to - from, 0));
  });
}

const splitCount = op('tensor_split(Tensor self, int sections, int dim=0) -> Tensor[]', { method: false });
compose(splitCount, (self, sections, dim) => piecesOf(self, sections, dim));
const splitAt = op('tensor_split.indices(Tensor self, int[] indices, int dim=0) -> Tensor[]', { native: '' });
compose(splitAt, (self, indices, dim) => piecesOf(self, indices, dim));
const splitBy = op(
  'tensor_split.tensor_indices_or_sections(Tensor self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor[]',
  { native: '' },
);
compose(splitBy, (self, given, dim) => {
  if (given.dtype.name !== 'int64')
    throw new RuntimeError(
      `tensor_split expected tensor_indices_or_sections to have dtype of long, but got ${given.dtype.scalarName}`,
    );
  if (given.dim() > 1)
    throw new RuntimeError(
      `tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with ${given.dim()} dims`,
    );
  return piecesOf(self, given.dim() === 0 ? given.item() : given, dim);
});
/**
 * Views of a dimension cut in so many pieces (the first ones may be longer by one), or at indices.
 * @example
 * torch.tensor([1, 2, 3]).tensor_split(2); // [ tensor([1., 2.]), tensor([3.]) ]
 */
export const tensor_split = overload('tensor_split', [splitCount, splitAt, splitBy]);

/** hsplit, vsplit and dsplit: tensor_split along a dimension, which so many pieces must divide. */
function along(name: 'hsplit' | 'vsplit' | 'dsplit', least: number, dimOf: (self: Tensor) => number) {
  const check = (self: Tensor) => {
    if (self.dim() < least)
      throw new RuntimeError(
        `torch.${name} requires a tensor with at least ${least} dimension, but got a tensor with ${self.dim()} dimensions!`,
      );
  };
  const even = op(`${name}(Tensor self, int sections) -> Tensor[]` as '_(Tensor self, int sections) -> Tensor[]', {
    method: false,
  });
  compose(even, (self, sections) => {
    check(self);
    const d = dimOf(self);
    if (sections === 0 || (self.shape[d] as number) % sections !== 0) {
      throw new RuntimeError(
        `torch.${name} attempted to split along dimension ${d}, but the size of the dimension ${self.shape[d]} is not divisible by the split_size ${sections}!`,
      );
    }
    return piecesOf(self, sections, d);
  });
  const at = op(
    `${name}.array(Tensor self, int[] indices) -> Tensor[]` as '_(Tensor self, int[] indices) -> Tensor[]',
    { native: '' },
  );
  compose(at, (self, indices) => {
    check(self);
    return piecesOf(self, indices, dimOf(self));
  });
  return overload(name, [even, at]);
}
/**
 * tensor_split of columns (of the only dimension where there is one).
 * @example
 * torch.tensor([1, 2, 3, 4]).hsplit(2); // [ tensor([1., 2.]), tensor([3., 4.]) ]
 */
export const hsplit = along('hsplit', 1, (self) => (self.dim() === 1 ? 0 : 1));
/**
 * tensor_split of rows.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).vsplit(2); // [ tensor([[1., 2.]]), tensor([[3., 4.]]) ]
 */
export const vsplit = along('vsplit', 2, () => 0);
/**
 * tensor_split along the third dimension.
 * @example
 * torch.ones(2, 2, 4).dsplit(2).map((part) => part.shape); // [ torch.Size([2, 2, 2]), torch.Size([2, 2, 2]) ]
 */
export const dsplit = along('dsplit', 3, () => 2);

const _unsafe = op('_unsafe_split(Tensor self, int[] sizes, int dim) -> Tensor[]', {
  native: '',
  method: false,
  backward: 'UnsafeSplitBackward0',
});
implement(_unsafe, (self, sizes, dim) => split(self, sizes, dim));
derive(_unsafe, {
  self: (g, s) => {
    const grads = g as unknown as readonly (Tensor | null)[];
    const known = grads.find((each) => each !== null) as Tensor;
    const d = wrapDim(s.dim, s.shape.length);
    const shapeOf = (size: number) => s.shape.map((n, i) => (i === d ? size : n));
    return cat(
      grads.map((each, i) => each ?? known.new_zeros(shapeOf(s.sizes[i] as number))),
      d,
    );
  },
});
const equalPieces = (total: number, size: number): number[] =>
  Array.from({ length: Math.max(1, Math.ceil(total / Math.max(size, 1))) }, (_, i) => Math.min(size, total - i * size));
const unsafeBySize = op('unsafe_split(Tensor self, int split_size, int dim=0) -> Tensor[]', { method: false });
compose(unsafeBySize, (self, split_size, dim) =>
  _unsafe(self, equalPieces(self.shape[wrapDim(dim, self.dim())] ?? 1, split_size), dim),
);
const unsafeBySizes = op('unsafe_split.sizes(Tensor self, int[] split_size, int dim=0) -> Tensor[]', { native: '' });
compose(unsafeBySizes, (self, split_size, dim) => _unsafe(self, split_size, dim));
/**
 * split, of whose pieces autograd does not know that they share memory.
 * @example
 * torch.tensor([1, 2, 3]).unsafe_split(2); // [ tensor([1., 2.]), tensor([3.]) ]
 */
export const unsafe_split = overload('unsafe_split', [unsafeBySize, unsafeBySizes]);
/**
 * unsafe_split with the sizes of all pieces.
 * @example
 * torch.tensor([1, 2, 3]).unsafe_split_with_sizes([1, 2]); // [ tensor([1.]), tensor([2., 3.]) ]
 */
export const unsafe_split_with_sizes = op(
  'unsafe_split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]',
);
compose(unsafe_split_with_sizes, (self, split_sizes, dim) => _unsafe(self, split_sizes, dim));
/**
 * chunk, of whose pieces autograd does not know that they share memory.
 * @example
 * torch.tensor([1, 2, 3]).unsafe_chunk(2); // [ tensor([1., 2.]), tensor([3.]) ]
 */
export const unsafe_chunk = op('unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]');
compose(unsafe_chunk, (self, chunks, dim) => {
  const sizes = self.chunk(chunks, dim).map((piece) => piece.shape[wrapDim(dim, self.dim())] as number);
  return _unsafe(self, sizes, dim);
});

/**
 * A view in a larger shape: expand.
 * @example
 * torch.tensor([1, 2]).broadcast_to([2, 2]); // tensor([[1., 2.], [1., 2.]])
 */
export const broadcast_to = op('broadcast_to(Tensor self, int[] size)');
compose(broadcast_to, (self, size) => self.expand(size));

/**
 * Views of tensors in the shape they broadcast to.
 * @example
 * torch.broadcast_tensors(torch.ones(3), torch.ones(2, 1))[0].shape; // [2, 3]
 */
export function broadcast_tensors(...tensors: Tensor[] | [readonly Tensor[]]): Tensor[] {
  const list = tensorsOf('broadcast_tensors', tensors);
  const shape = list.reduce<readonly number[]>((all, t) => broadcastShapes(all, t.shape), []);
  return list.map((t) => t.expand([...shape]));
}

/**
 * The shape that shapes broadcast to.
 * @example
 * torch.broadcast_shapes([3], [2, 1]); // torch.Size([2, 3])
 */
export function broadcast_shapes(...shapes: (number | readonly number[])[]): Size {
  const all = shapes.map((shape) => (typeof shape === 'number' ? [shape] : shape));
  for (const shape of all) {
    if (!Array.isArray(shape) || !shape.every(Number.isInteger))
      throw new TypeError(`broadcast_shapes(): shapes are integers and lists of them, not ${typeName(shape)}`);
    for (const n of shape)
      if (n < 0) throw new RuntimeError(`Trying to create tensor with negative dimension (${n}): (${n})`);
  }
  try {
    return sizeOf(all.reduce<readonly number[]>((known, shape) => broadcastShapes(known, shape), []));
  } catch {
    throw new RuntimeError('Shape mismatch: objects cannot be broadcast to a single shape');
  }
}

/**
 * All elements in one dimension: a view where that can be.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).ravel(); // tensor([1., 2., 3., 4.])
 */
export const ravel = op('ravel(Tensor self)');
compose(ravel, (self) => self.contiguous().view(-1));

// All tensors here are real: what concerns complex numbers alone is the tensor itself.
const itself = (name: string) => {
  const same = op(`${name}(Tensor self)` as '_(Tensor self)', { native: '', inplace: name === 'conj_physical' });
  compose(
    same,
    (self) => self,
    (self) => self,
  );
  return same;
};
/**
 * The complex conjugate: of a real tensor that tensor.
 * @example
 * torch.tensor([1, 2]).conj(); // tensor([1., 2.])
 */
export const conj = itself('conj');
/**
 * The conjugate written out: of a real tensor that tensor.
 * @example
 * torch.tensor([1, 2]).resolve_conj(); // tensor([1., 2.])
 */
export const resolve_conj = itself('resolve_conj');
/**
 * The negation written out: of a real tensor that tensor.
 * @example
 * torch.tensor([1, 2]).resolve_neg(); // tensor([1., 2.])
 */
export const resolve_neg = itself('resolve_neg');
/**
 * The conjugate, computed: of a real tensor that tensor.
 * @example
 * torch.tensor([1, 2]).conj_physical(); // tensor([1., 2.])
 */
export const conj_physical = itself('conj_physical');
/**
 * The real part: of a real tensor that tensor.
 * @example
 * torch.real(torch.tensor([1, 2])); // tensor([1., 2.])
 */
export const real = op('real(Tensor self)', { native: '', method: false });
compose(real, (self) => self);
