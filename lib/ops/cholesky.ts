/** Positive definite matrices: A = L L^T. */
import { LinAlgError, RuntimeError } from '../errors.js';
import { broadcastShapes } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { checkPrecise, checkSquare, eyeLike, inColumns, T } from './matrix-checks.js';
import { nativeCall } from './native-call.js';
import { firstFailure, linalg_solve_triangular } from './solve.js';

const choleskyNative = nativeCall<[Tensor, Tensor]>('cholesky_factor(Tensor self) -> (L, info)');

const choleskyEx = op('_cholesky(Tensor self, bool upper) -> (L, info)', {
  native: '',
  method: false,
  backward: 'LinalgCholeskyExBackward0',
});
implement(choleskyEx, (self, upper) => {
  const [L, info] = choleskyNative(upper ? T(self) : self);
  return named(['L', 'info'], [upper ? inColumns(T(L)) : L, info]);
});
derive(choleskyEx, {
  self: [
    'L',
    ([g], s) => {
      if (!g) return null;
      const L = s.upper ? T(s.L) : s.L;
      const product = T(L)
        .matmul(s.upper ? T(g) : g)
        .tril();
      const symmetric = product.add(T(product.tril(-1))).mul(0.5);
      const left = linalg_solve_triangular(T(L), symmetric, { upper: true });
      return linalg_solve_triangular(L, left, { upper: false, left: false });
    },
  ],
});
/**
 * [L with A = L L^T, or the upper triangle L^T; the order of the first minor that is not positive, or 0].
 * @example
 * torch.linalg.cholesky_ex(torch.tensor([[-1]])).info; // tensor(1, dtype=torch.int32)
 */
export const linalg_cholesky_ex = op(
  'linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (L, info)',
  { method: false },
);
compose(linalg_cholesky_ex, (self, upper, checked) => {
  checkPrecise(self, 'linalg.cholesky');
  checkSquare(self, 'linalg.cholesky');
  const both = choleskyEx(self, upper);
  const failure = checked ? firstFailure(both.info) : null;
  if (failure)
    throw new LinAlgError(
      `linalg.cholesky: ${failure.where}The factorization could not be completed because the input is not ` +
        `positive-definite (the leading minor of order ${failure.code} is not positive-definite).`,
    );
  return both;
});
/**
 * L (…, n, n) with A = L L^T, for symmetric positive definite matrices, of which the lower half is read; with `upper`
 * L^T, from the upper half. Throws LinAlgError where a matrix is not positive definite.
 * @example
 * torch.linalg.cholesky(torch.tensor([[4., 2.], [2., 5.]])); // tensor([[2., 0.], [1., 2.]])
 */
export const linalg_cholesky = op('linalg_cholesky(Tensor self, *, bool upper=False)', { method: false });
compose(linalg_cholesky, (self, upper) => linalg_cholesky_ex(self, { upper, check_errors: true })[0]);
/**
 * linalg.cholesky.
 * @example
 * torch.cholesky(torch.tensor([[4, 2], [2, 5]])); // tensor([[2., 0.], [1., 2.]])
 */
export const cholesky = op('cholesky(Tensor self, bool upper=False)');
compose(cholesky, (self, upper) => linalg_cholesky(self, { upper }));

/** A gradient of A^-1 = (L L^T)^-1 with what is around it, as one of L; all of L, as PyTorch has it. */
function ofFactor(common: Tensor, L: Tensor, upper: boolean): Tensor {
  const both = common.add(T(common));
  return (upper ? L.matmul(both) : both.matmul(L)).neg();
}
const _choleskySolve = op('_cholesky_solve(Tensor self, Tensor input2, bool upper)', {
  native: '',
  method: false,
  backward: 'CholeskySolveBackward0',
});
implement(_choleskySolve, (B, input2, upper) => {
  const L = upper ? T(input2) : input2;
  return linalg_solve_triangular(T(L), linalg_solve_triangular(L, B, { upper: false }), { upper: true });
});
derive(_choleskySolve, {
  self: ['input2', (g, s) => _choleskySolve(g, s.input2, s.upper)],
  input2: [
    ['input2', 'result'],
    (g, s) => ofFactor(_choleskySolve(g, s.input2, s.upper).matmul(T(s.result)), s.input2, s.upper),
  ],
});
/**
 * X with A X = B, where `input2` is the Cholesky factor of A.
 * @example
 * torch.cholesky_solve(torch.tensor([[4], [16]]), torch.tensor([[2, 0], [0, 4]])); // tensor([[1.], [1.]])
 */
export const cholesky_solve = op('cholesky_solve(Tensor self, Tensor input2, bool upper=False)');
compose(cholesky_solve, (B, input2, upper) => {
  if (B.dim() < 2) throw new RuntimeError(`b should have at least 2 dimensions, but has ${B.dim()} dimensions instead`);
  if (input2.dim() < 2)
    throw new RuntimeError(`u should have at least 2 dimensions, but has ${input2.dim()} dimensions instead`);
  const batch = broadcastShapes(B.shape.slice(0, -2), input2.shape.slice(0, -2));
  const [b, factor] = [B, input2].map((t) => t.expand([...batch, ...t.shape.slice(-2)])) as [Tensor, Tensor];
  return _choleskySolve(b, factor, upper);
});

/**
 * The inverses of matrices whose Cholesky factors these are.
 * @example
 * torch.cholesky_inverse(torch.tensor([[2, 0], [0, 4]])); // tensor([[0.2500, 0.0000], [0.0000, 0.0625]])
 */
export const cholesky_inverse = op('cholesky_inverse(Tensor self, bool upper=False)', { native: '' });
implement(cholesky_inverse, (self, upper) => {
  checkSquare(self, 'cholesky_inverse');
  return _choleskySolve(eyeLike(self), self, upper);
});
derive(cholesky_inverse, {
  self: [['self', 'result'], (g, s) => ofFactor(s.result.matmul(g).matmul(s.result), s.self, s.upper)],
});
