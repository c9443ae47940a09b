/** Products of vectors, matrices and batches of matrices. */
import { gradEnabled } from '../autograd/modes.js';
import { float32, float64 } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import { broadcastShapes } from '../size.js';
import type { Tensor } from '../tensor.js';
import { gelu } from './activation.js';
import { compose, derive, implement, op } from './define.js';
import { execute, executeInto } from './execute.js';
import { nativeCall } from './native-call.js';
import { executeOut } from './out.js';
import type { Scalar } from './schema-types.js';
import { newTransposed } from './transposed.js';
import { _unsafeView } from './views.js';

const times = (t: Tensor, factor: Scalar): Tensor => (Number(factor) === 1 ? t : t.mul(factor));
const T = (t: Tensor): Tensor => t.transpose(-2, -1);

const FIRST = 1;
const SECOND = 2;

/** Which of two matrices lie column by column: their gradients come out in the same layout. */
function layoutOf(a: Tensor, b: Tensor): number {
  if (!gradEnabled() || !(a.requires_grad || b.requires_grad)) return 0;
  return (isColumnMajor(a) ? FIRST : 0) + (isColumnMajor(b) ? SECOND : 0);
}
function isColumnMajor(t: Tensor): boolean {
  if (t.shape.length !== 2 || t.is_contiguous()) return false;
  const [row, column] = t.stride();
  return row === 1 && column === t.shape[0];
}

/** a b; as the transpose of b^T a^T, which then has contiguous columns, where `columns` says so. */
function product(a: Tensor, b: Tensor, columns: number): Tensor {
  return columns ? newTransposed(b.t().mm(a.t())) : a.mm(b);
}

// `layout` is for the gradients alone; the binary does not read it.
const _mm = op('_mm(Tensor self, Tensor mat2, int layout)', { native: 'mm', method: false, backward: 'MmBackward0' });
derive(_mm, {
  self: ['mat2', (g, s) => product(g, s.mat2.t(), s.layout & FIRST)],
  mat2: ['self', (g, s) => product(s.self.t(), g, s.layout & SECOND)],
});
/**
 * The product of matrices (n, m) and (m, p): (n, p).
 * @example
 * torch.ones(2, 3).mm(torch.ones(3, 4)).shape; // [2, 4]
 */
export const mm = op('mm(Tensor self, Tensor mat2)', { native: '' });
compose(mm, (self, mat2) => execute(_mm.spec, [self, mat2, layoutOf(self, mat2)]));

const _addmm = op('_addmm(Tensor self, Tensor mat1, Tensor mat2, Scalar beta, Scalar alpha, int layout)', {
  native: 'addmm',
  method: false,
  backward: 'AddmmBackward0',
});
derive(_addmm, {
  self: (g, s) => times(g, s.beta),
  mat1: ['mat2', (g, s) => times(product(g, s.mat2.t(), s.layout & FIRST), s.alpha)],
  mat2: ['mat1', (g, s) => times(product(s.mat1.t(), g, s.layout & SECOND), s.alpha)],
});
/**
 * beta * self + alpha * mat1 mat2; `self` is broadcast to the shape of the product, and not read where beta is 0.
 * @example
 * torch.addmm(torch.ones(2), torch.eye(2), torch.eye(2), { beta: 10 }); // tensor([[11., 10.], [10., 11.]])
 */
export const addmm = op('addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1)', {
  native: '',
  inplace: true,
});
compose(addmm, (self, mat1, mat2, beta, alpha) =>
  execute(_addmm.spec, [self, mat1, mat2, beta, alpha, layoutOf(mat1, mat2)]),
);

const addmmActivation = nativeCall<Tensor>(
  'addmm_activation(Tensor self, Tensor mat1, Tensor mat2, Scalar beta, Scalar alpha, bool use_gelu)',
);
/**
 * relu(addmm(self, mat1, mat2)), or gelu of it, in one pass: each block of the product gets the activation while
 * it is in the cache. Where gradients are recorded, or in other dtypes than float32 and float64, it is two ops.
 * @example
 * const x = torch.tensor([[1, -2], [3, -4]]);
 * torch._addmm_activation(torch.zeros(2), torch.eye(2), x); // tensor([[1., 0.], [3., 0.]])
 */
export const _addmm_activation = op(
  '_addmm_activation(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1, bool use_gelu=False)',
  { native: '', method: false },
);
compose(_addmm_activation, (self, mat1, mat2, beta, alpha, use_gelu) => {
  const recorded = gradEnabled() && (self.requires_grad || mat1.requires_grad || mat2.requires_grad);
  if (!recorded && (mat1.dtype === float32 || mat1.dtype === float64))
    return addmmActivation(self, mat1, mat2, beta, alpha, use_gelu);
  const y = addmm(self, mat1, mat2, { beta, alpha });
  return use_gelu ? gelu(y) : y.relu();
});

/**
 * The product of a matrix (n, m) and a vector (m): (n).
 * @example
 * torch.mv(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1])); // tensor([3., 7.])
 */
export const mv = op('mv(Tensor self, Tensor vec)');
derive(mv, {
  self: ['vec', (g, s) => g.outer(s.vec)],
  vec: ['self', (g, s) => s.self.t().mv(g)],
});
/**
 * beta * self + alpha * mat vec
 * @example
 * torch.addmv(torch.ones(2), torch.eye(2), torch.tensor([1, 2])); // tensor([2., 3.])
 */
export const addmv = op('addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1)', {
  inplace: true,
});
derive(addmv, {
  self: (g, s) => times(g, s.beta),
  mat: ['vec', (g, s) => times(g.outer(s.vec), s.alpha)],
  vec: ['mat', (g, s) => times(s.mat.t().mv(g), s.alpha)],
});

/**
 * The sum of the products of the elements of two vectors.
 * @example
 * torch.dot(torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor(11.)
 */
export const dot = op('dot(Tensor self, Tensor tensor)');
derive(dot, {
  self: ['tensor', (g, s) => g.mul(s.tensor)],
  tensor: ['self', (g, s) => g.mul(s.self)],
});
/**
 * dot.
 * @example
 * torch.vdot(torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor(11.)
 */
export const vdot = op('vdot(Tensor self, Tensor other)', { native: 'dot' });
derive(vdot, {
  self: ['other', (g, s) => g.mul(s.other)],
  other: ['self', (g, s) => g.mul(s.self)],
});

/**
 * All products of an element of `self` (n) and one of `vec2` (m): (n, m).
 * @example
 * torch.outer(torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor([[3., 4.], [6., 8.]])
 */
export const outer = op('outer(Tensor self, Tensor vec2)', { iterated: true });
compose(outer, (self, vec2) => {
  checkVector('outer', 'self', self);
  checkVector('outer', 'vec2', vec2);
  return self.reshape([self.shape[0] as number, 1]).mul(vec2);
});
/**
 * outer.
 * @example
 * torch.ger(torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor([[3., 4.], [6., 8.]])
 */
export const ger = op('ger(Tensor self, Tensor vec2)', { iterated: true });
compose(ger, (self, vec2) => self.outer(vec2));

function checkVector(name: string, argument: string, t: Tensor): void {
  if (t.dim() !== 1) throw new RuntimeError(`${name}: Expected 1-D argument ${argument}, but got ${t.dim()}-D`);
}

/**
 * beta * self + alpha * the outer product of vec1 and vec2
 * @example
 * torch.addr(torch.zeros(2, 2), torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor([[3., 4.], [6., 8.]])
 */
export const addr = op('addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1)', {
  inplace: true,
});
implement(addr, (self, vec1, vec2, beta, alpha) => {
  checkVector('addr', 'vec1', vec1);
  checkVector('addr', 'vec2', vec2);
  const all = vec1.outer(vec2);
  const added = self.expand([...all.shape]);
  if (all.dtype.name === 'bool' && added.dtype.name === 'bool') {
    const on = alpha ? all : all.logical_and(all.logical_not());
    return beta ? on.logical_or(added) : on;
  }
  const whole = !all.dtype.is_floating_point && !added.dtype.is_floating_point;
  for (const [name, value] of [
    ['beta', beta],
    ['alpha', alpha],
  ] as const) {
    if (whole && !Number.isInteger(Number(value))) {
      throw new RuntimeError(`For integral input tensors, argument ${name} must not be a floating point number.`);
    }
  }
  const dtype = added.new_empty(0).add(all.new_empty(0)).dtype;
  return (Number(beta) === 0 ? times(all, alpha) : times(added, beta).add(times(all, alpha))).to(dtype);
});
derive(addr, {
  self: (g, s) => times(g, s.beta),
  vec1: ['vec2', (g, s) => times(g.mv(s.vec2.to(g.dtype)), s.alpha)],
  vec2: ['vec1', (g, s) => times(g.t().mv(s.vec1.to(g.dtype)), s.alpha)],
});

/**
 * The products of pairs of matrices: (b, n, m) and (b, m, p) give (b, n, p).
 * @example
 * torch.bmm(torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape; // [5, 2, 4]
 */
export const bmm = op('bmm(Tensor self, Tensor mat2)');
derive(bmm, {
  self: ['mat2', (g, s) => g.bmm(T(s.mat2))],
  mat2: ['self', (g, s) => T(s.self).bmm(g)],
});
/**
 * beta * self + alpha * batch1 batch2, one product per matrix of the batch; `self` is broadcast.
 * @example
 * torch.baddbmm(torch.zeros(4), torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape; // [5, 2, 4]
 */
export const baddbmm = op('baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)', {
  inplace: true,
});
derive(baddbmm, {
  self: (g, s) => times(g, s.beta),
  batch1: ['batch2', (g, s) => times(g.bmm(T(s.batch2)), s.alpha)],
  batch2: ['batch1', (g, s) => times(T(s.batch1).bmm(g), s.alpha)],
});
/**
 * beta * self + alpha * the sum of all products batch1[i] batch2[i]; `self` is broadcast.
 * @example
 * torch.addbmm(torch.zeros(2, 4), torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape; // [2, 4]
 */
export const addbmm = op('addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)');
derive(addbmm, {
  self: (g, s) => times(g, s.beta),
  batch1: ['batch2', (g, s) => times(spread(g, s.batch2).bmm(T(s.batch2)), s.alpha)],
  batch2: ['batch1', (g, s) => times(T(s.batch1).bmm(spread(g, s.batch1)), s.alpha)],
});
/**
 * addbmm in this tensor, which takes the shape of the products where it was to be broadcast.
 * @example
 * torch.zeros(2, 4).addbmm_(torch.ones(5, 2, 3), torch.ones(5, 3, 4)).shape; // [2, 4]
 */
export const addbmm_ = op('addbmm_(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1)');
compose(addbmm_, (self, batch1, batch2, beta, alpha) => {
  const fits = self.shape[0] === batch1.shape[1] && self.shape[1] === batch2.shape[2] && self.dim() === 2;
  return (fits ? executeInto : executeOut)(addbmm.spec, [self, batch1, batch2, beta, alpha], self);
});
const spread = (g: Tensor, batch: Tensor): Tensor => g.unsqueeze(0).expand([batch.shape[0] as number, ...g.shape]);

// Of a new tensor that nobody else sees, so no view.
const _squeezed = op('_squeezed(Tensor self, int[]? dim)', {
  native: 'squeeze',
  method: false,
  backward: 'SqueezeBackward4',
});
derive(_squeezed, { self: (g, s) => g.reshape([...s.shape]) });

/**
 * The product of vectors, matrices or batches of matrices: of two vectors a number; a vector before a matrix is a row,
 * one after it a column; dimensions before the last two are broadcast. Throws RuntimeError where sizes do not fit.
 * @example
 * torch.ones(5, 2, 3).matmul(torch.ones(3)).shape; // [5, 2]
 */
export const matmul = op('matmul(Tensor self, Tensor other)');
compose(matmul, (self, other) => {
  const a = self.shape.length;
  const b = other.shape.length;
  if (a === 0 || b === 0)
    throw new RuntimeError(`both arguments to matmul need to be at least 1D, but they are ${a}D and ${b}D`);
  if (a === 2 && b === 2) return mm(self, other);
  if (a === 1 && b === 1) return dot(self, other);
  if (a === 2 && b === 1) return mv(self, other);
  if (a === 1 && b === 2) return _squeezed(mm(self.unsqueeze(0), other), [0]);
  if (folds(self, other)) return a >= b ? folded(self, other) : foldedBehind(self, other);
  return batched(self, other);
});

/** Whether one operand is a batch and the other none, and it is best to see the batch as one tall matrix. */
function folds(self: Tensor, other: Tensor): boolean {
  const [large, small] = self.shape.length >= other.shape.length ? [self, other] : [other, self];
  if (large.shape.length < 3 || small.shape.length > 2) return false;
  // Else the gradient of `small` would be made per matrix of the batch, and summed.
  if (gradEnabled() && small.requires_grad) return true;
  if (self.shape.length === 2) return false;
  if (large.numel() === 0) return true;
  const { shape } = large;
  const strides = large.stride();
  if (large === other)
    [strides[shape.length - 2], strides[shape.length - 1]] = [
      strides[shape.length - 1] as number,
      strides[shape.length - 2] as number,
    ];
  const sizes = large === other ? [...shape.slice(0, -2), shape[shape.length - 1] as number] : shape;
  for (let i = 0; i < shape.length - 2; i++)
    if (strides[i] !== (strides[i + 1] as number) * (sizes[i + 1] as number)) return false;
  return true;
}

const size = (shape: readonly number[]): number => shape.reduce((x, y) => x * y, 1);

/** A batch times one matrix or vector. */
function folded(batch: Tensor, one: Tensor): Tensor {
  const shape = batch.shape.slice(0, -1);
  const tall = batch.reshape([size(shape), batch.shape[batch.shape.length - 1] as number]);
  if (one.shape.length === 1) return _unsafeView(mv(tall, one), shape);
  return _unsafeView(mm(tall, one), [...shape, one.shape[1] as number]);
}

/** One matrix or vector times a batch, as the batch of transposes times the transpose. */
function foldedBehind(one: Tensor, batch: Tensor): Tensor {
  if (one.shape.length === 1) return folded(T(batch), one);
  return T(folded(T(batch), one.t())).contiguous();
}

function batched(self: Tensor, other: Tensor): Tensor {
  const a = self.shape.length;
  const b = other.shape.length;
  const batchA = self.shape.slice(0, -2);
  const batchB = other.shape.slice(0, -2);
  if (a === 3 && b === 3) {
    if (batchA[0] === batchB[0] && !(gradEnabled() && (self.requires_grad || other.requires_grad)))
      return bmm(self, other);
    // A batch of one that is broadcast is one matrix: see folds().
    if (batchA[0] !== batchB[0]) {
      if (batchA[0] === 1 && self.requires_grad) return matmul(self.squeeze(0), other);
      if (batchB[0] === 1 && other.requires_grad) return matmul(self, other.squeeze(0));
    }
  }
  const batch = broadcastShapes(batchA, batchB);
  const count = size(batch);
  const rows = a > 1 ? [self.shape[a - 2] as number] : [];
  const columns = b > 1 ? [other.shape[b - 1] as number] : [];
  const left = [rows[0] ?? 1, self.shape[a - 1] as number];
  const right = b > 1 ? [other.shape[b - 2] as number, columns[0] as number] : [other.shape[0] as number];
  const first = self.expand([...batch, ...left]).reshape([count, ...left]);
  const second = other.expand([...batch, ...right]).reshape([count, ...right]);
  const result = b > 1 ? bmm(first, second) : bmm(first, second.unsqueeze(2)).squeeze(-1);
  return _unsafeView(result, [...batch, ...rows, ...columns]);
}
