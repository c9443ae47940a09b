/** What singular values tell of matrices of any shape: pseudo-inverses, ranks, condition numbers, least squares. */
import { int64 } from '../dtype.js';
import { finfo } from '../dtype-info.js';
import { RuntimeError } from '../errors.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { compose, derive, implement, op, overload } from './define.js';
import { named } from './encode.js';
import { checkMatrix, checkPrecise, checkSquare, eyeLike, inColumns, T } from './matrix-checks.js';
import { linalg_matrix_norm } from './matrix-norms.js';
import { linalg_qr } from './orthogonal.js';
import type { Scalar } from './schema-types.js';
import { linalg_inv_ex, linalg_solve_triangular } from './solve.js';
import { linalg_eigh, linalg_svd, linalg_svdvals } from './spectral.js';

type Bound = Tensor | Scalar | null | undefined;

/** Below which singular values (or |eigenvalues|) `S` count as zero: max(atol, rtol times the largest). */
function threshold(A: Tensor, S: Tensor, atol: Bound, rtol: Bound): Tensor {
  const number = (x: Bound): Tensor | null => {
    if (x === null || x === undefined) return null;
    return (x instanceof Tensor ? x.detach() : A.new_tensor(Number(x), { dtype: A.dtype })).to(A.dtype);
  };
  const absolute = number(atol) ?? A.new_zeros([]);
  const usual = finfo(A.dtype).eps * Math.max(A.shape.at(-2) as number, A.shape.at(-1) as number);
  const relative = number(rtol) ?? absolute.gt(0).where(0, absolute.new_tensor(usual, { dtype: A.dtype }));
  const largest = S.shape.at(-1) === 0 ? S.new_zeros(S.shape.slice(0, -1)) : S.detach().amax(-1);
  return absolute.maximum(relative.mul(largest)).unsqueeze(-1);
}

/** A zero where `small` says so, and else 1 / x. */
const inverted = (x: Tensor, small: Tensor): Tensor => small.where(0, x.reciprocal());

/** Of matrices of full rank, or where they are wide of their transposes: Q R, and the inverse of R. */
interface RegularFactors {
  Q: Tensor;
  R: Tensor;
  inverse: Tensor;
}
const SMALL = 1024; // elements; up to here singular values cost no more
/** The factors of large matrices whose singular values are certainly all above `rtol` times the largest, else null. */
function regularFactors(A: Tensor, rtol: Bound, atol?: Bound): RegularFactors | null {
  const [m, n] = A.shape.slice(-2) as [number, number];
  if (A.numel() < SMALL || rtol instanceof Tensor || !(atol === null || atol === undefined)) return null;
  const { Q, R } = linalg_qr(m >= n ? A : T(A));
  const inverse = linalg_solve_triangular(R, eyeLike(R), { upper: true });
  const limit = rtol === null || rtol === undefined ? finfo(A.dtype).eps * Math.max(m, n) : Number(rtol);
  const size = (x: Tensor): Tensor => linalg_matrix_norm(x.double());
  // The largest and the smallest singular value of R, from above and below.
  const isRegular = size(R).mul(size(inverse)).mul(limit).lt(1).all().item();
  return isRegular ? { Q, R, inverse } : null;
}
const pinvByFactors = ({ Q, inverse }: RegularFactors, tall: boolean): Tensor =>
  tall ? inverse.matmul(T(Q)) : Q.matmul(T(inverse));

const _pinv = op('_pinv(Tensor A, any bounds, bool hermitian) -> Tensor', {
  native: '',
  method: false,
  backward: 'LinalgPinvBackward0',
});
implement(_pinv, (A, bounds, hermitian) => {
  const [atol, rtol] = bounds as [Bound, Bound];
  if (A.numel() === 0) return T(A).clone();
  if (hermitian) {
    const [L, V] = linalg_eigh(A);
    return V.mul(inverted(L, L.abs().le(threshold(A, L.abs(), atol, rtol))).unsqueeze(-2)).matmul(T(V));
  }
  const regular = regularFactors(A, rtol, atol);
  if (regular) return pinvByFactors(regular, (A.shape.at(-2) as number) >= (A.shape.at(-1) as number));
  const { U, S, Vh } = linalg_svd(A, false);
  return T(Vh)
    .mul(inverted(S, S.le(threshold(A, S, atol, rtol))).unsqueeze(-2))
    .matmul(T(U));
});
/** The gradient of A from that of its pseudo-inverse P. */
function pinvGradient(g: Tensor, A: Tensor, P: Tensor): Tensor {
  const [Pt, gt] = [T(P), T(g)];
  if ((A.shape.at(-2) as number) <= (A.shape.at(-1) as number)) {
    const K = gt.matmul(P);
    const KPt = K.matmul(Pt);
    return KPt.sub(T(P.matmul(K)))
      .sub(A.matmul(P).matmul(KPt))
      .add(Pt.matmul(P).matmul(gt.sub(K.matmul(A))));
  }
  const K = P.matmul(gt);
  const PtK = Pt.matmul(K);
  return PtK.sub(T(K.matmul(P)))
    .add(gt.sub(A.matmul(K)).matmul(P).matmul(Pt))
    .sub(PtK.matmul(P).matmul(A));
}
derive(_pinv, { A: [['A', 'result'], (g, s) => pinvGradient(g, s.A, s.result)] });
/**
 * The pseudo-inverses (…, n, m) of matrices (…, m, n). Singular values up to max(atol, rtol times the largest) count as
 * zero; rtol (or `rcond`) is by default max(m, n) eps, or 0 with an atol. `hermitian`: by eigenvalues.
 * @example
 * torch.linalg.pinv(torch.tensor([[1., 0.], [0., 0.]])); // tensor([[1., 0.], [0., 0.]])
 */
export const linalg_pinv = op(
  'linalg_pinv(Tensor A, Tensor|Scalar? rcond=None, bool hermitian=False, *, Tensor|Scalar? atol=None, Tensor|Scalar? rtol=None)',
  { method: false },
);
compose(linalg_pinv, (A, rcond, hermitian, atol, rtol) => {
  checkMatrix(A, 'linalg.pinv');
  checkPrecise(A, 'linalg.pinv');
  if (hermitian) checkSquare(A, 'linalg.pinv');
  return _pinv(A, [atol, rtol ?? rcond], hermitian);
});
/**
 * linalg.pinv with `rcond` for rtol.
 * @example
 * torch.pinverse(torch.tensor([[2, 0], [0, 0]])); // tensor([[0.5000, 0.0000], [0.0000, 0.0000]])
 */
export const pinverse = op('pinverse(Tensor self, float rcond=1e-15)');
compose(pinverse, (self, rcond) => linalg_pinv(self, rcond));

/**
 * How many singular values are above max(atol, rtol times the largest); see pinv. `tol` is an older name of atol.
 * @example
 * torch.linalg.matrix_rank(torch.tensor([[1, 2], [2, 4]])); // tensor(1)
 */
export const linalg_matrix_rank = op(
  'linalg_matrix_rank(Tensor A, Tensor|Scalar? tol=None, bool hermitian=False, *, Tensor|Scalar? atol=None, Tensor|Scalar? rtol=None)',
  { method: false },
);
compose(linalg_matrix_rank, (A, tol, hermitian, atol, rtol) => {
  checkMatrix(A, 'linalg.matrix_rank');
  checkPrecise(A, 'linalg.matrix_rank');
  const x = A.detach();
  if (x.numel() === 0) return x.new_zeros(x.shape.slice(0, -2)).long();
  const S = hermitian ? linalg_eigh(x)[0].abs() : linalg_svdvals(x);
  // A `tol` replaces the default of rtol, also where it is 0.
  return S.gt(threshold(x, S, atol ?? tol, tol === null || tol === undefined ? rtol : 0)).sum(-1);
});

function checkCond(A: Tensor): void {
  checkMatrix(A, 'linalg.cond');
  checkPrecise(A, 'linalg.cond');
}
/** The norm of A times that of its inverse; Infinity where there is none. */
function condByInverse(A: Tensor, norm: (A: Tensor) => Tensor): Tensor {
  checkSquare(A, 'linalg.cond');
  const { inverse, info } = linalg_inv_ex(A);
  return norm(A).mul(norm(inverse)).masked_fill(info.ne(0), Number.POSITIVE_INFINITY);
}
const condNumber = op('linalg_cond(Tensor A, float? p=None)', { method: false });
compose(condNumber, (A, p) => {
  checkCond(A);
  if (A.numel() === 0) return A.new_zeros(A.shape.slice(0, -2));
  if (p !== null && p !== undefined && Math.abs(p) !== 2) return condByInverse(A, (x) => linalg_matrix_norm(x, p));
  const S = linalg_svdvals(A);
  const [largest, smallest] = [S.select(-1, 0), S.select(-1, -1)];
  return p === -2 ? smallest.div(largest) : largest.div(smallest);
});
const condNamed = op('linalg_cond.str(Tensor A, str p)', { native: '' });
compose(condNamed, (A, p) => {
  checkCond(A);
  if (p !== 'fro' && p !== 'nuc') throw new RuntimeError(`linalg.cond got an invalid norm type: ${p}`);
  return condByInverse(A, (x) => linalg_matrix_norm(x, p));
});
/**
 * Condition numbers of matrices by a matrix norm, 2 by default; see matrix_norm.
 * @example
 * torch.linalg.cond(torch.tensor([[2, 0], [0, 4]])); // tensor(2.)
 */
export const linalg_cond = overload('linalg_cond', [condNumber, condNamed], { method: false });

const _lstsq = op('_lstsq(Tensor A, Tensor B, any rcond, any factors, bool misses) -> (solution, residuals)', {
  native: '',
  method: false,
  backward: 'LinalgLstsqBackward0',
});
implement(_lstsq, (A, B, rcond, factors, missing) => {
  const X = factors ? leastByFactors(factors as RegularFactors, B) : linalg_pinv(A, rcond as Bound).matmul(B);
  return named(['solution', 'residuals'], [X, missing ? A.matmul(X).sub(B).square().sum(-2) : A.new_empty([0])]);
});
function leastByFactors({ Q, R }: RegularFactors, B: Tensor): Tensor {
  const tall = Q.shape.at(-2) === B.shape.at(-2);
  if (tall) return linalg_solve_triangular(R, T(Q).matmul(B), { upper: true });
  return Q.matmul(linalg_solve_triangular(T(R), B, { upper: false }));
}
/** How the residuals depend on A X - B, where there are any; X itself makes them as small as can be. */
const misses = (g: Tensor | null | undefined, A: Tensor, X: Tensor, B: Tensor): Tensor | null =>
  g && g.numel() > 0 ? A.matmul(X).sub(B).mul(g.unsqueeze(-2)).mul(2) : null;
const total = (terms: readonly (Tensor | null)[]): Tensor | null =>
  terms.reduce((a, b) => (a && b ? a.add(b) : (a ?? b)), null);
derive(_lstsq, {
  A: [
    ['A', 'B'],
    ([gX, gR], s) => {
      const P = linalg_pinv(s.A, s.rcond as Bound);
      const X = P.matmul(s.B);
      const miss = misses(gR, s.A, X, s.B);
      return total([gX ? pinvGradient(gX.matmul(T(s.B)), s.A, P) : null, miss?.matmul(T(X)) ?? null]);
    },
  ],
  B: [
    ['A', 'B'],
    ([gX, gR], s) => {
      const P = linalg_pinv(s.A, s.rcond as Bound);
      const miss = misses(gR, s.A, P.matmul(s.B), s.B);
      return total([gX ? T(P).matmul(gX) : null, miss?.neg() ?? null]);
    },
  ],
});
const DRIVERS = ['gels', 'gelsy', 'gelsd', 'gelss'];
/**
 * [solution, residuals, rank, singular_values] of min |A X - B|, for A (…, m, n) and B (…, m, k) or vectors (…, m). The
 * solution is that of least norm. As in LAPACK the `driver` (gels, gelsy, gelsd, gelss) says which of the others are
 * not empty: all but gels give ranks, the last two singular values, and all but gelsy residuals, where m > n and all
 * ranks are n.
 * @example
 * torch.linalg.lstsq(torch.tensor([[1, 0], [0, 2], [0, 0]]), torch.tensor([[3], [4], [0]])).solution;
 * // tensor([[3.], [2.]])
 */
export const linalg_lstsq = op(
  'linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (solution, residuals, rank, singular_values)',
  { method: false },
);
compose(linalg_lstsq, (A, b, rcond, given) => {
  const name = 'torch.linalg.lstsq';
  checkPrecise(A, name);
  if (A.dim() < 2) throw new RuntimeError(`${name}: input must have at least 2 dimensions.`);
  if (b.dim() < 1) throw new RuntimeError(`${name}: other must have at least 1 dimension.`);
  const driver = given ?? 'gelsy';
  if (!DRIVERS.includes(driver))
    throw new RuntimeError(`${name}: parameter \`driver\` should be one of (gels, gelsy, gelsd, gelss)`);
  const m = A.shape.at(-2) as number;
  const vector = A.dim() - 1 === b.dim() && sameShape(A.shape.slice(0, -1), b.shape);
  const B = vector ? b.unsqueeze(-1) : b;
  if (B.shape.at(-2) !== m)
    throw new RuntimeError(`${name}: input.size(-2) should match other.size(${vector ? -1 : -2})`);
  if (A.dtype !== b.dtype) throw new RuntimeError(`${name}: input and other must have the same dtype`);
  const n = A.shape.at(-1) as number;
  const values = driver === 'gelsd' || driver === 'gelss';
  const factors = regularFactors(A.detach(), rcond);
  const rank = factors
    ? A.detach().new_full(A.shape.slice(0, -2), Math.min(m, n), { dtype: int64 })
    : linalg_matrix_rank(A.detach(), { rtol: rcond });
  const [X, residuals] = _lstsq(A, B, rcond, factors, m > n && driver !== 'gelsy' && Boolean(rank.eq(n).all().item()));
  const solution = vector ? X.squeeze(-1) : inColumns(X);
  return named(
    ['solution', 'residuals', 'rank', 'singular_values'],
    [
      solution,
      vector && residuals.numel() > 0 ? residuals.squeeze(-1) : residuals,
      driver === 'gels' ? rank.new_empty([0]) : rank,
      values ? linalg_svdvals(A.detach()) : X.detach().new_empty([0]),
    ],
  );
});
