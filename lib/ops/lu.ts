/** P A = L U for matrices of any shape, and what is done with it. */
import { LinAlgError, RuntimeError } from '../errors.js';
import { broadcastShapes, sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { cat } from './join.js';
import { checkMatrix, checkPrecise, checkSquare, inColumns, T } from './matrix-checks.js';
import {
  checkFits,
  checkSame,
  factors,
  firstFailure,
  linalg_solve_triangular,
  permutation,
  permuteRows,
  solveFactored,
} from './solve.js';

const solveL = (L: Tensor, B: Tensor): Tensor => linalg_solve_triangular(T(L), B, { upper: true, unitriangular: true });

/**
 * The gradient of A from that of L and U in one matrix. Columns past the square part of a wide matrix are L^-1 P A,
 * rows past that of a tall one A U^-1.
 */
function gradientOf(g: Tensor, LU: Tensor, pivots: Tensor): Tensor {
  const [m, n] = LU.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  const square = LU.narrow(-2, 0, k).narrow(-1, 0, k);
  const [L, U] = [square, square.triu()];
  const gSquare = g.narrow(-2, 0, k).narrow(-1, 0, k);
  const unit = L.tril(-1);
  let [gL, gU] = [gSquare.tril(-1), gSquare.triu()];
  let rest: Tensor | null = null;
  if (n > k) {
    rest = solveL(L, g.narrow(-1, k, n - k));
    gL = gL.sub(rest.matmul(T(LU.narrow(-1, k, n - k))).tril(-1));
  } else if (m > k) {
    rest = linalg_solve_triangular(T(U), g.narrow(-2, k, m - k), { upper: false, left: false });
    gU = gU.sub(
      T(LU.narrow(-2, k, m - k))
        .matmul(rest)
        .triu(),
    );
  }
  const inner = T(unit)
    .matmul(gL)
    .add(gL)
    .tril(-1)
    .add(gU.matmul(T(U)).triu());
  const middle = linalg_solve_triangular(T(U), solveL(L, inner), { upper: false, left: false });
  const whole = rest === null ? middle : cat([middle, rest], n > k ? -1 : -2);
  return permuteRows(whole, pivots, true);
}

const luFactor = op('_lu_factor(Tensor A) -> (LU, pivots, info)', {
  native: '',
  method: false,
  backward: 'LinalgLuFactorExBackward0',
});
implement(luFactor, (A) => named(['LU', 'pivots', 'info'], factors(A)));
derive(luFactor, { A: [['LU', 'pivots'], ([g], s) => g && gradientOf(g, s.LU, s.pivots)] });

function checkPivot(pivot: boolean, name: string): void {
  if (!pivot) throw new RuntimeError(`${name}: LU without pivoting is not implemented on the CPU`);
}
/**
 * [L and U in one matrix (…, m, n), the row swapped with each, from 1; the first zero pivot or 0].
 * @example
 * torch.linalg.lu_factor_ex(torch.tensor([[0, 1], [2, 0]])).info; // tensor(0, dtype=torch.int32)
 */
export const linalg_lu_factor_ex = op(
  'linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (LU, pivots, info)',
  { method: false },
);
compose(linalg_lu_factor_ex, (A, pivot, checked) => {
  checkMatrix(A, 'torch.lu_factor');
  checkPrecise(A, 'torch.lu_factor');
  checkPivot(pivot, 'linalg.lu_factor');
  const all = luFactor(A);
  const failure = checked ? firstFailure(all.info) : null;
  if (failure)
    throw new LinAlgError(
      `torch.linalg.lu_factor: ${failure.where}U[${failure.code},${failure.code}] is zero and using it on lu_solve ` +
        'would result in a division by zero. If you still want to perform the factorization, consider calling ' +
        'linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)',
    );
  return all;
});
/**
 * [L and U in one matrix (…, m, n), the row swapped with each, from 1]. Throws LinAlgError where a pivot is zero.
 * @example
 * torch.linalg.lu_factor(torch.tensor([[0, 1], [2, 0]])).pivots; // tensor([2, 2], dtype=torch.int32)
 */
export const linalg_lu_factor = op('linalg_lu_factor(Tensor A, *, bool pivot=True) -> (LU, pivots)', { method: false });
compose(linalg_lu_factor, (A, pivot) => {
  const all = linalg_lu_factor_ex(A, { pivot, check_errors: true });
  return named(['LU', 'pivots'], [all.LU, all.pivots]);
});
/**
 * torch.lu: [LU, pivots], with `get_infos` the first zero pivot as well.
 * @example
 * const [LU, pivots] = torch.tensor([[2, 0], [0, 4]]).lu();
 * LU; // tensor([[2., 0.], [0., 4.]])
 */
export const lu = op('lu(Tensor self, bool pivot=True, bool get_infos=False) -> Tensor[]');
compose(lu, (A, pivot, infos) => {
  const all = linalg_lu_factor_ex(A, { pivot, check_errors: !infos });
  return infos ? named(['LU', 'pivots', 'info'], all) : named(['LU', 'pivots'], [all.LU, all.pivots]);
});

/**
 * [P, L, U] from what lu_factor returns; an empty tensor in place of what is not wanted.
 * @example
 * const { LU, pivots } = torch.linalg.lu_factor(torch.tensor([[0, 1], [2, 0]]));
 * torch.lu_unpack(LU, pivots)[0]; // tensor([[0., 1.], [1., 0.]])
 */
export const lu_unpack = op(
  'lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (P, L, U)',
  { method: false },
);
compose(lu_unpack, (LU, pivots, data, permuted) => {
  checkMatrix(LU, 'torch.lu_unpack', 'LU_data');
  if (permuted && pivots.dtype.name !== 'int32')
    throw new RuntimeError(
      'torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n' +
        'Note: this function is intended to be used with the output produced by torch.linalg.lu_factor',
    );
  const [m, n] = LU.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  if (permuted && !sameShape(pivots.shape, [...LU.shape.slice(0, -2), k]))
    throw new RuntimeError('torch.lu_unpack: Number of pivots per batch should be same as the dimension of the matrix');
  const none = (): Tensor => LU.detach().new_empty([0]);
  const L = data
    ? LU.narrow(-1, 0, k)
        .tril(-1)
        .add(unitDiagonal(LU, m, k))
    : none();
  const U = data ? LU.narrow(-2, 0, k).triu() : none();
  return named(['P', 'L', 'U'], [permuted ? permutationMatrix(LU, pivots, m) : none(), L, U]);
});
const unitDiagonal = (LU: Tensor, m: number, k: number): Tensor => LU.detach().new_ones([m, k]).tril().triu();
function permutationMatrix(LU: Tensor, pivots: Tensor, m: number): Tensor {
  const order = permutation(pivots, m, 'lu_unpack');
  return LU.detach()
    .new_zeros([...LU.shape.slice(0, -2), m, m])
    .scatter(-2, order.unsqueeze(-2), 1);
}
/**
 * [P, L, U] with A = P L U, for matrices (…, m, n): a permutation, a lower triangle with ones, an upper triangle.
 * @example
 * torch.linalg.lu(torch.tensor([[0., 1.], [2., 0.]])).U; // tensor([[2., 0.], [0., 1.]])
 */
export const linalg_lu = op('linalg_lu(Tensor A, *, bool pivot=True) -> (P, L, U)', { method: false });
compose(linalg_lu, (A, pivot) => {
  const all = linalg_lu_factor_ex(A, { pivot });
  return lu_unpack(all.LU, all.pivots);
});

function checkSolve(LU: Tensor, pivots: Tensor, B: Tensor, left: boolean): void {
  const name = 'linalg.lu_solve';
  checkPrecise(LU, `torch.${name}`);
  checkSame(name, LU, B, ['LU', 'B']);
  if (pivots.dtype.name !== 'int32')
    throw new RuntimeError(`${name}: pivots should be a Tensor of scalar type torch.int32`);
  checkSquare(LU, `torch.${name}`);
  if (B.dim() < 2) throw new RuntimeError(`${name}: The input tensor B must have at least 2 dimensions.`);
  checkFits(name, LU, B, left);
  if (pivots.shape.at(-1) !== LU.shape.at(-1))
    throw new RuntimeError(`${name}: Number of pivots per batch should be same as the dimension of the matrix`);
  if (!sameShape(pivots.shape, LU.shape.slice(0, -1)))
    throw new RuntimeError(
      `${name}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape ` +
        `[${pivots.shape.join(', ')}] instead`,
    );
}

/**
 * X with A X = B, X A = B where `left` is false, for A^T where `adjoint`, from what lu_factor returns.
 * @example
 * const { LU, pivots } = torch.linalg.lu_factor(torch.tensor([[2, 0], [0, 4]]));
 * torch.linalg.lu_solve(LU, pivots, torch.ones(2, 1)); // tensor([[0.5000], [0.2500]])
 */
export const linalg_lu_solve = op(
  'linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False)',
  { method: false },
);
compose(linalg_lu_solve, (LU, pivots, B, left, adjoint) => {
  checkSolve(LU, pivots, B, left);
  const right = left ? B : T(B);
  const batch = broadcastShapes(LU.shape.slice(0, -2), right.shape.slice(0, -2));
  const [n, k] = right.shape.slice(-2) as [number, number];
  const X = solveFactored(
    LU.expand([...batch, n, n]),
    pivots.expand([...batch, n]),
    right.expand([...batch, n, k]),
    adjoint === left,
  );
  return left ? inColumns(X) : T(X);
});
/**
 * linalg.lu_solve with the right hand side first.
 * @example
 * const { LU, pivots } = torch.linalg.lu_factor(torch.tensor([[2, 0], [0, 4]]));
 * torch.lu_solve(torch.ones(2, 1), LU, pivots); // tensor([[0.5000], [0.2500]])
 */
export const lu_solve = op('lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots)');
compose(lu_solve, (B, LU, pivots) => linalg_lu_solve(LU, pivots, B));
