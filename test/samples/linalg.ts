import * as torch from 'strided';
import { input, over, type Sample, type Samples, without } from './sample.js';

type T = torch.Tensor;
const mT = (x: T): T => x.transpose(-2, -1);
const eye = (n: number): T => torch.eye(n, { dtype: torch.float64 });
/** Matrices far from singular, of shapes as `over` reads them. */
const regular = (run: Sample['run'], ...shapes: string[]): Sample[] =>
  over((x: T, ...rest: T[]) => run(x.add(eye(x.shape.at(-1) as number).mul(5)), ...rest), ...shapes);
const symmetric = (run: Sample['run'], ...shapes: string[]): Sample[] =>
  over((x: T, ...rest: T[]) => run(x.add(mT(x)).add(eye(x.shape.at(-1) as number).mul(6)), ...rest), ...shapes);
const SQUARE = ['3x3', '2x2x2', '0x0', '0x2x2'];
/** Of matrices of two equal rows or columns singular values have no gradient. */
const spread = (...samples: Sample[][]): Sample[] => without(samples.flat(), 'expanded');

type Run = (x: T, ord: unknown) => T;
const norms = (run: Run): Sample[] =>
  spread(
    ...['fro', 'nuc', 1, -1, 2, -2, Infinity, -Infinity].map((ord) => over((x: T) => run(x, ord), '2x3')),
    over((x: T) => run(x, 'fro'), '0x3'),
  );
const squareValues = (x: T): T => x.mul(x);

/** Matrices, and what they are taken apart into. */
export const linalgSamples: Samples = {
  trace: () => over((x) => x.trace(), '2x3', '0x3'),
  linalg_diagonal: () => over((x) => torch.linalg.diagonal(x, { offset: 1 }), '2x3', '0x3'),
  linalg_cross: () => over((x, y) => torch.linalg.cross(x, y), '2x3 2x3', '1x3 2x3', '0x3 0x3'),
  cross: () => over((x, y) => x.cross(y), '3x2 3x2', '0x3 0x3'),
  matrix_power: () => [
    ...over((x) => x.matrix_power(3), ...SQUARE),
    ...over((x) => x.matrix_power(0), '2x2'),
    ...regular((x) => x.matrix_power(-2), '2x2'),
  ],
  linalg_vander: () => over((x) => torch.linalg.vander(x, { N: 3 }), '3', '2x2', '0x2'),
  cov: () => [
    ...over((x) => x.cov(), '2x3', '4', '0x3'),
    ...over((x, w) => x.cov({ aweights: w.square(), correction: 1 }), '2x3 3'),
  ],
  corrcoef: () => spread(over((x) => x.square().corrcoef(), '3x4', '0x3')),
  fill: () => [
    ...over((x) => torch.fill(x, 2), '2x3', '.', '0x3'),
    ...over((x, v) => torch.fill(x, v), '2x3 .', '0x3 .'),
  ],
  linalg_norm: () => [...norms(torch.linalg.norm as Run), ...over((x) => torch.linalg.norm(x), '2x2x2', '0x3')],
  linalg_matrix_norm: () => norms(torch.linalg.matrix_norm as Run),
  linalg_det: () => spread(over((x) => torch.linalg.det(x), ...SQUARE)),
  det: () => spread(over((x) => x.det(), ...SQUARE)),
  linalg_slogdet: () => regular((x) => torch.linalg.slogdet(x), ...SQUARE),
  slogdet: () => regular((x) => x.slogdet(), ...SQUARE),
  logdet: () => symmetric((x) => x.logdet(), ...SQUARE),
  linalg_inv: () => regular((x) => torch.linalg.inv(x), ...SQUARE),
  linalg_inv_ex: () => regular((x) => torch.linalg.inv_ex(x)[0], ...SQUARE),
  inverse: () => regular((x) => x.inverse(), ...SQUARE),
  linalg_solve: () => [
    ...regular((x, y) => torch.linalg.solve(x, y), '3x3 3x2', '2x2x2 2x2', '0x0 0x2', '0x2x2 2x1'),
    ...regular((x, y) => torch.linalg.solve(x, y, { left: false }), '3x3 2x3'),
  ],
  linalg_solve_ex: () => regular((x, y) => torch.linalg.solve_ex(x, y)[0], '3x3 3', '0x0 0x2'),
  linalg_solve_triangular: () => [
    ...regular((x, y) => torch.linalg.solve_triangular(x, y, { upper: true }), '3x3 3x2', '2x2x2 2x1', '0x0 0x2'),
    ...regular((x, y) => torch.linalg.solve_triangular(x, y, { upper: false, left: false }), '3x3 2x3'),
    ...regular((x, y) => torch.linalg.solve_triangular(x, y, { upper: false, unitriangular: true }), '3x3 3x2'),
  ],
  triangular_solve: () => [
    ...regular((x, y) => y.triangular_solve(x)[0], '3x3 3x2', '0x0 0x2'),
    ...regular((x, y) => y.triangular_solve(x, true, true)[0], '3x3 3x2'),
  ],
  linalg_cholesky: () => symmetric((x) => torch.linalg.cholesky(x), ...SQUARE),
  linalg_cholesky_ex: () => symmetric((x) => torch.linalg.cholesky_ex(x, { upper: true })[0], ...SQUARE),
  cholesky: () => symmetric((x) => x.cholesky(), ...SQUARE),
  cholesky_solve: () => [
    ...regular((x, y) => y.cholesky_solve(x.tril()), '3x3 3x2', '0x0 0x2'),
    ...regular((x, y) => y.cholesky_solve(x.triu(), true), '2x2x2 2x1'),
  ],
  cholesky_inverse: () => regular((x) => x.tril().cholesky_inverse(), ...SQUARE),
  linalg_lu_factor_ex: () => [
    ...regular((x) => torch.linalg.lu_factor_ex(x)[0], ...SQUARE),
    ...without(
      over((x) => torch.linalg.lu_factor_ex(x)[0], '2x3', '3x2'),
      'expanded',
    ),
  ],
  linalg_lu_factor: () => regular((x) => torch.linalg.lu_factor(x)[0], ...SQUARE),
  lu: () => regular((x) => x.lu()[0], ...SQUARE),
  linalg_lu: () => regular((x) => torch.linalg.lu(x).slice(1), ...SQUARE),
  lu_unpack: () =>
    over(
      (x) => torch.lu_unpack(x, torch.tensor([2, 2], { dtype: torch.int32 }), { unpack_pivots: false }).slice(1, 3),
      '2x3',
      '3x2',
    ),
  linalg_lu_solve: () => [
    ...regular((x, y) => torch.linalg.lu_solve(...factored(x), y), '3x3 3x2'),
    ...regular((x, y) => torch.linalg.lu_solve(...factored(x), y, { adjoint: true }), '3x3 3x2'),
    ...regular((x, y) => torch.linalg.lu_solve(...factored(x), y, { left: false }), '3x3 2x3', '0x0 2x0'),
  ],
  lu_solve: () => regular((x, y) => y.lu_solve(...factored(x)), '3x3 3x2', '0x0 0x2'),
  linalg_qr: () => [
    ...regular((x) => torch.linalg.qr(x), ...SQUARE),
    ...without(
      over((x) => torch.linalg.qr(x), '3x2', '2x3'),
      'expanded',
    ),
  ],
  qr: () => regular((x) => x.qr(), ...SQUARE),
  linalg_householder_product: () =>
    over((v, t) => torch.linalg.householder_product(v, t), '3x2 2', '2x2x2 2x1', '0x0 0'),
  orgqr: () => over((v, t) => v.orgqr(t), '3x2 2', '0x0 0'),
  ormqr: () => [
    ...over((v, t, c) => v.ormqr(t, c), '3x2 2 3x2', '0x0 0 0x2'),
    ...over((v, t, c) => v.ormqr(t, c, false, true), '3x2 2 2x3'),
  ],
  linalg_eigh: () => [
    ...spread(symmetric((x) => torch.linalg.eigh(x)[0], ...SQUARE)),
    ...spread(symmetric((x) => squareValues(torch.linalg.eigh(x, 'U')[1]), '3x3')),
  ],
  linalg_eigvalsh: () => spread(symmetric((x) => torch.linalg.eigvalsh(x), ...SQUARE)),
  linalg_svd: () => [
    ...spread(over((x) => torch.linalg.svd(x, false).map(squareValues), '3x2', '2x3', '2x2x2')),
    ...over((x) => torch.linalg.svd(x, false)[1], '0x3'),
  ],
  linalg_svdvals: () => spread(over((x) => torch.linalg.svdvals(x), '3x2', '2x3', '0x3')),
  svd: () => [...spread(over((x) => x.svd().map(squareValues), '3x2')), ...over((x) => x.svd()[1], '0x3')],
  linalg_pinv: () => [
    ...spread(over((x) => torch.linalg.pinv(x), '3x2', '2x3', '0x3')),
    ...spread(symmetric((x) => torch.linalg.pinv(x, { hermitian: true }), '2x2')),
  ],
  pinverse: () => spread(over((x) => x.pinverse(), '3x2', '0x3')),
  linalg_cond: () =>
    spread(
      regular((x) => torch.linalg.cond(x), '2x2'),
      regular((x) => torch.linalg.cond(x, 1), '2x2'),
    ),
  linalg_lstsq: () => [
    ...spread(over((x, y) => torch.linalg.lstsq(x, y)[0], '3x2 3x2', '2x3 2x2')),
    ...spread(over((x, y) => torch.linalg.lstsq(x, y, { driver: 'gelsd' }).slice(0, 2), '3x2 3x2')),
  ],
  matrix_exp: () => over((x) => x.matrix_exp(), ...SQUARE),
  linalg_tensorinv: () => [
    { run: (x) => torch.linalg.tensorinv(x.add(eye(4).reshape(2, 2, 4).mul(5))), inputs: [input([2, 2, 4])] },
  ],
  linalg_tensorsolve: () => [
    {
      run: (x, y) => torch.linalg.tensorsolve(x.add(eye(4).reshape(2, 2, 4).mul(5)), y),
      inputs: [input([2, 2, 4]), input([2, 2])],
    },
  ],
};
function factored(x: T): [T, T] {
  const [LU, pivots] = torch.linalg.lu_factor(x);
  return [LU, pivots];
}
/** Ops that take matrices, and those that take none that are empty. */
export const matrixNames: readonly string[] = Object.keys(linalgSamples).filter((n) => !n.startsWith('fill'));
export const solidNames: readonly string[] = ['lu_unpack', 'linalg_tensorinv', 'linalg_tensorsolve'];
/** The same that have no gradients where rows or columns are equal. */
export const spreadSolidNames: readonly string[] = ['linalg_cond', 'linalg_lstsq'];
/** Ops whose gradients there are not where rows or columns are equal. */
export const spreadNames: readonly string[] = [
  ...['linalg_eigh', 'linalg_eigvalsh', 'linalg_svd', 'linalg_svdvals', 'svd', 'linalg_matrix_norm', 'corrcoef'],
  ...['linalg_det', 'det', 'linalg_pinv', 'pinverse'],
];
