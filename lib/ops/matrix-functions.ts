/** Exponentials of matrices, and tensors seen as matrices. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { cat } from './join.js';
import { checkPrecise, checkSquare, T } from './matrix-checks.js';
import { linalg_matrix_norm } from './matrix-norms.js';
import { linalg_inv, linalg_solve } from './solve.js';

const size = (shape: readonly number[]): number => shape.reduce((x, y) => x * y, 1);

/** Terms of the series for norms up to a half, past which nothing is left of a dtype's digits. */
const terms = (A: Tensor): number => (A.dtype.itemsize === 8 ? 14 : 9);
const _exponential = op('_matrix_exp(Tensor self)', {
  native: '',
  method: false,
  backward: 'LinalgMatrixExpBackward0',
});
implement(_exponential, (A) => {
  if (A.numel() === 0) return A.clone();
  const norm = Number(linalg_matrix_norm(A, 1).amax().item());
  const halvings = Number.isFinite(norm) && norm > 0.5 ? Math.ceil(Math.log2(norm)) + 1 : 0;
  const x = A.div(2 ** halvings);
  const one = A.new_ones([...A.shape])
    .tril()
    .triu();
  let result = one;
  for (let k = terms(A); k > 0; k--) result = one.add(x.matmul(result).div(k));
  for (let i = 0; i < halvings; i++) result = result.matmul(result);
  return result;
});
derive(_exponential, {
  // The block above the diagonal of exp([[A', g], [0, A']]).
  self: [
    'self',
    (g, s) => {
      const n = g.shape.at(-1) as number;
      const turned = T(s.self);
      const above = cat([turned, g], -1);
      const below = cat([g.detach().new_zeros([...g.shape]), turned], -1);
      return _exponential(cat([above, below], -2))
        .narrow(-2, 0, n)
        .narrow(-1, n, n);
    },
  ],
});
/**
 * exp(A) = 1 + A + A A / 2 + … of square matrices (…, n, n).
 * @example
 * torch.linalg.matrix_exp(torch.zeros(2, 2)); // tensor([[1., 0.], [0., 1.]])
 */
export const matrix_exp = op('matrix_exp(Tensor self)');
compose(matrix_exp, (self) => {
  checkSquare(self, 'linalg.matrix_exp');
  if (self.dtype.itemsize === 2 && self.dtype.is_floating_point)
    return _exponential(self.to(self.float().dtype)).to(self.dtype);
  checkPrecise(self, 'linalg.matrix_exp');
  return _exponential(self);
});

/**
 * The inverse of a tensor as a linear map from its last dimensions, from `ind` on, to the others.
 * @example
 * torch.linalg.tensorinv(torch.eye(4).reshape(2, 2, 4), { ind: 2 }).shape; // [4, 2, 2]
 */
export const linalg_tensorinv = op('linalg_tensorinv(Tensor self, int ind=2)', { method: false });
compose(linalg_tensorinv, (self, ind) => {
  if (ind <= 0) throw new RuntimeError("Expected a strictly positive integer for 'ind'");
  const [to, from] = [self.shape.slice(0, ind), self.shape.slice(ind)];
  if (size(to) !== size(from))
    throw new RuntimeError(
      `Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ` +
        `${size(from)} != ${size(to)}`,
    );
  return linalg_inv(self.reshape([size(from), size(from)])).reshape([...from, ...to]);
});
/**
 * X with tensordot(A, X, X.ndim) = B, after moving the dimensions `dims` of A to its end.
 * @example
 * torch.linalg.tensorsolve(torch.eye(4).reshape(2, 2, 4), torch.ones(2, 2)); // tensor([1., 1., 1., 1.])
 */
export const linalg_tensorsolve = op('linalg_tensorsolve(Tensor self, Tensor b, int[]? dims=None)', {
  method: false,
});
compose(linalg_tensorsolve, (self, b, dims) => {
  const n = self.dim();
  const list = dims ?? [];
  const A =
    list.length === 0
      ? self
      : self.movedim(
          list,
          list.map((_, i) => n - list.length + i),
        );
  const shape = A.shape.slice(b.dim());
  if (size(shape) !== size(A.shape.slice(0, b.dim())))
    throw new RuntimeError(
      'Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but ' +
        `got ${size(shape)} != ${size(A.shape.slice(0, b.dim()))}`,
    );
  return linalg_solve(A.reshape([size(shape), size(shape)]), b.reshape([-1])).reshape(shape);
});
