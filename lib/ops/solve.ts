/** Square matrices by LU: determinants, inverses, systems of equations; and systems with triangles. */
import { LinAlgError, RuntimeError } from '../errors.js';
import { broadcastShapes, sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { checkPrecise, checkSquare, eyeLike, inColumns, T } from './matrix-checks.js';
import { nativeCall } from './native-call.js';

const luNative = nativeCall<Tensor[]>('lu_factor(Tensor self) -> (LU, pivots, info)');
const triangleNative = nativeCall<Tensor>('triangle_solve(Tensor a, Tensor b, bool upper, bool unit)');
const orderNative = nativeCall<Tensor>('pivot_order(Tensor pivots, int rows)');
type Factors = [LU: Tensor, pivots: Tensor, info: Tensor];
/** [L and U in one matrix, the row swapped with each, the first zero pivot or 0]. */
export const factors = (A: Tensor): Factors => luNative(A) as Factors;

/** The index of a batch, ' (Batch element 2):', of the first entry of `info` that is not 0, with that entry. */
export function firstFailure(info: Tensor): { where: string; code: number } | null {
  const codes = info.reshape(-1).tolist() as number[];
  const at = codes.findIndex((code) => code !== 0);
  if (at < 0) return null;
  return { where: info.dim() === 0 ? '' : `(Batch element ${at}): `, code: codes[at] as number };
}

/** Refuses tensors of unlike dtypes. */
export function checkSame(name: string, A: Tensor, B: Tensor, [a, b] = ['A', 'B']): void {
  if (A.dtype !== B.dtype)
    throw new RuntimeError(
      `${name}: Expected ${a} and ${b} to have the same dtype, but found ${a} of type ${A.dtype.scalarName} and ${b} of type ` +
        `${B.dtype.scalarName} instead`,
    );
}
export function checkFits(name: string, A: Tensor, B: Tensor, left: boolean): void {
  if (A.shape.at(-2) === B.shape.at(left ? -2 : -1)) return;
  const sizes = (t: Tensor) => `(${t.shape.at(-2)}x${t.shape.at(-1)})`;
  throw new RuntimeError(
    `${name}: Incompatible shapes of A and B for the equation ${left ? 'AX = B' : 'XA = B'} ${sizes(A)} and ${sizes(B)}`,
  );
}
/** Both with the dimensions before the last two broadcast. */
function broadcast(A: Tensor, B: Tensor): [Tensor, Tensor] {
  const batch = broadcastShapes(A.shape.slice(0, -2), B.shape.slice(0, -2));
  return [A.expand([...batch, ...A.shape.slice(-2)]), B.expand([...batch, ...B.shape.slice(-2)])];
}

const triangleOf = (A: Tensor, upper: boolean, unit: boolean): Tensor =>
  upper ? A.triu(unit ? 1 : 0) : A.tril(unit ? -1 : 0);
/** X with A X = B, or X A = B, for matrices of one batch; only the triangle of A is read. */
const _triangular = op('_solve_triangular(Tensor self, Tensor B, bool upper, bool left, bool unitriangular)', {
  native: '',
  method: false,
  backward: 'LinalgSolveTriangularBackward0',
});
implement(_triangular, (A, B, upper, left, unit) =>
  left ? triangleNative(A, B, upper, unit) : T(triangleNative(T(A), T(B), !upper, unit)),
);
derive(_triangular, {
  self: [
    ['self', 'result'],
    (g, s) => {
      const back = _triangular(T(s.self), g, !s.upper, s.left, s.unitriangular);
      const product = s.left ? back.matmul(T(s.result)) : T(s.result).matmul(back);
      return triangleOf(product, s.upper, s.unitriangular).neg();
    },
  ],
  B: ['self', (g, s) => _triangular(T(s.self), g, !s.upper, s.left, s.unitriangular)],
});
/**
 * X with A X = B, or X A = B where `left` is false, for triangular matrices A (…, n, n), whose other half is not read.
 * @example
 * const A = torch.eye(2).mul(2);
 * torch.linalg.solve_triangular(A, torch.ones(2, 1), { upper: false }); // tensor([[0.5000], [0.5000]])
 */
export const linalg_solve_triangular = op(
  'linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False)',
  { method: false },
);
compose(linalg_solve_triangular, (A, B, upper, left, unit) => {
  const name = 'linalg.solve_triangular';
  checkSame(name, A, B);
  checkPrecise(A, name);
  checkSquare(A, name);
  checkFits(name, A, B, left);
  const [a, b] = broadcast(A, B);
  return _triangular(a, b, upper, left, unit);
});
/**
 * [X with A X = b, A]: solve_triangular with its arguments the other way round.
 * @example
 * torch.triangular_solve(torch.ones(2, 1), torch.tensor([[2, 0], [0, 4]])).solution; // tensor([[0.5000], [0.2500]])
 */
export const triangular_solve = op(
  'triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (solution, cloned_coefficient)',
);
compose(triangular_solve, (b, A, upper, transpose, unit) => {
  const [a, right] = broadcast(A, b);
  const X = _triangular(transpose ? T(a) : a, right, upper !== transpose, true, unit);
  return named(['solution', 'cloned_coefficient'], [X, inColumns(a.clone())]);
});

/** The rows of B in the order that `pivots` gives them, or back. */
export function permuteRows(B: Tensor, pivots: Tensor, back = false): Tensor {
  const order = permutation(pivots, B.shape.at(-2) as number);
  const index = back ? order.argsort(-1) : order;
  return B.take_along_dim(index.unsqueeze(-1), -2);
}
function outside(name: string, pivot: number): string {
  const hint = 'Did you properly pass the result of lu_factor?';
  if (name === 'lu_unpack') return `pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.${hint}`;
  const limit = pivot < 1 ? 'greater or equal to 1' : 'smaller or equal to LU.size(-2)';
  return `Pivots given to ${name} must all be ${limit}. ${hint}`;
}
/** Row i of P^T A is row permutation[i] of A, for matrices of so many rows. */
export function permutation(pivots: Tensor, rows: number, name = 'lu_solve'): Tensor {
  if (pivots.numel() > 0)
    for (const end of pivots.aminmax()) {
      const pivot = end.item();
      if (pivot < 1 || pivot > rows) throw new RuntimeError(outside(name, pivot));
    }
  return orderNative(pivots, rows);
}
/** X with A X = B, or A^T X = B, from the factors of A. */
export function solveFactored(LU: Tensor, pivots: Tensor, B: Tensor, transposed = false): Tensor {
  if (transposed) {
    const inner = _triangular(T(LU), B, false, true, false);
    return permuteRows(_triangular(T(LU), inner, true, true, true), pivots, true);
  }
  const inner = _triangular(LU, permuteRows(B, pivots), false, true, true);
  return _triangular(LU, inner, true, true, false);
}

/** B (…, n) as a matrix of one column where it is a vector. */
const asMatrix = (B: Tensor, vector: boolean): Tensor => (vector ? B.unsqueeze(-1) : B);
const solveEx = op('_solve(Tensor A, Tensor B, bool left, bool vector) -> (result, info)', {
  native: '',
  method: false,
  backward: 'LinalgSolveExBackward0',
});
implement(solveEx, (A, B, left, vector) => {
  const [LU, pivots, info] = factors(left ? A : T(A));
  const X = solveFactored(LU, pivots, left ? asMatrix(B, vector) : T(B));
  if (!vector) return named(['result', 'info'], [left ? X : T(X), info]);
  const column = X.squeeze(-1);
  return named(['result', 'info'], [column.dim() > 1 ? inColumns(column) : column, info]);
});
derive(solveEx, {
  A: [
    ['A', 'result'],
    ([g], s) => {
      if (!g) return null;
      const back = asMatrix(solveEx(T(s.A), g, s.left, s.vector)[0], s.vector);
      const X = T(asMatrix(s.result, s.vector));
      return (s.left ? back.matmul(X) : X.matmul(back)).neg();
    },
  ],
  B: ['A', ([g], s) => g && solveEx(T(s.A), g, s.left, s.vector)[0]],
});
/**
 * [X with A X = B, or X A = B where `left` is false; the first zero pivot of each A, or 0]. B may be a vector.
 * @example
 * torch.linalg.solve_ex(torch.tensor([[2, 0], [0, 4]]), torch.tensor([2, 2])).info; // tensor(0, dtype=torch.int32)
 */
export const linalg_solve_ex = op(
  'linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (result, info)',
  { method: false },
);
compose(linalg_solve_ex, (A, B, left, checked) => {
  const [X, info] = solved(A, B, left, 'linalg.solve_ex');
  if (checked) refuseSingular(info, 'linalg.solve_ex');
  return named(['result', 'info'], [X, info]);
});
function solved(A: Tensor, B: Tensor, left: boolean, name: string): [Tensor, Tensor] {
  checkPrecise(A, 'linalg.solve');
  checkSquare(A, 'linalg.solve');
  checkSame('linalg.solve', A, B);
  const vector = B.dim() === 1 || (A.dim() - 1 === B.dim() && sameShape(B.shape, A.shape.slice(0, -1)));
  if (vector && !left)
    throw new RuntimeError(`${name}: Vector broadcasting of the left hand side is not supported for left=False.`);
  const matrix = asMatrix(B, vector);
  checkFits('linalg.solve', A, matrix, left);
  const [a, b] = broadcast(A, matrix);
  const { result, info } = solveEx(a, vector ? b.squeeze(-1) : b, left, vector);
  return [result, info];
}
function refuseSingular(info: Tensor, name: string): void {
  const failure = firstFailure(info);
  if (failure)
    throw new LinAlgError(`${name}: ${failure.where}The solver failed because the input matrix is singular.`);
}
/**
 * X (…, n, k) with A X = B, or X A = B where `left` is false, for square matrices A (…, n, n); B (…, n, k), or a vector
 * (n) or a batch of vectors. Throws LinAlgError where an A is singular. Gradient: of B A^-T g, of A its negative times
 * X^T.
 * @example
 * torch.linalg.solve(torch.tensor([[2., 0.], [0., 4.]]), torch.tensor([2., 2.])); // tensor([1.0000, 0.5000])
 */
export const linalg_solve = op('linalg_solve(Tensor A, Tensor B, *, bool left=True)', { method: false });
compose(linalg_solve, (A, B, left) => {
  const [X, info] = solved(A, B, left, 'linalg.solve');
  refuseSingular(info, 'torch.linalg.solve');
  return X;
});

const invEx = op('_inv(Tensor A) -> (inverse, info)', {
  native: '',
  method: false,
  backward: 'LinalgInvExBackward0',
});
implement(invEx, (A) => {
  const [LU, pivots, info] = factors(A);
  return named(['inverse', 'info'], [solveFactored(LU, pivots, eyeLike(A)), info]);
});
derive(invEx, {
  A: ['inverse', ([g], s) => g && T(s.inverse).matmul(g).matmul(T(s.inverse)).neg()],
});
/**
 * [the inverses, the first zero pivot of each matrix or 0]; see inv.
 * @example
 * torch.linalg.inv_ex(torch.zeros(2, 2)).info; // tensor(1, dtype=torch.int32)
 */
export const linalg_inv_ex = op('linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (inverse, info)', {
  method: false,
});
compose(linalg_inv_ex, (A, checked) => {
  checkPrecise(A, 'linalg.inv');
  checkSquare(A, 'linalg.inv');
  const both = invEx(A);
  const failure = checked ? firstFailure(both.info) : null;
  if (failure)
    throw new LinAlgError(
      `linalg.inv: ${failure.where}The diagonal element ${failure.code} is zero, the inversion could not be completed ` +
        'because the input matrix is singular.',
    );
  return both;
});
/**
 * The inverses of square matrices (…, n, n). Throws LinAlgError where one is singular. Gradient: -A^-T g A^-T.
 * @example
 * torch.linalg.inv(torch.tensor([[2., 0.], [0., 4.]])); // tensor([[0.5000, 0.0000], [0.0000, 0.2500]])
 */
export const linalg_inv = op('linalg_inv(Tensor A)', { method: false });
compose(linalg_inv, (A) => linalg_inv_ex(A, { check_errors: true })[0]);
/**
 * linalg.inv.
 * @example
 * torch.inverse(torch.tensor([[2, 0], [0, 4]])); // tensor([[0.5000, 0.0000], [0.0000, 0.2500]])
 */
export const inverse = op('inverse(Tensor self)');
compose(inverse, (A) => linalg_inv(A));
