/** Eigenvalues of symmetric matrices, and singular values. */
import { LinAlgError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { checkMatrix, checkPrecise, checkSquare, T } from './matrix-checks.js';
import { nativeCall } from './native-call.js';
import { firstFailure } from './solve.js';

const eighNative = nativeCall<Tensor[]>('eigh_factor(Tensor self) -> (values, vectors, info)');
const svdNative = nativeCall<Tensor[]>('svd_factor(Tensor self, bool full) -> Tensor[]');

const identity = (A: Tensor, n: number): Tensor => A.detach().new_ones([n, n]).tril().triu();
/** x_j - x_i in row i and column j, with 1 on the diagonal. */
const gaps = (x: Tensor): Tensor =>
  x
    .unsqueeze(-2)
    .sub(x.unsqueeze(-1))
    .add(identity(x, x.shape.at(-1) as number));
const skew = (A: Tensor): Tensor => A.sub(T(A));

function refuseUnfinished(info: Tensor, name: string, what: string): void {
  const failure = firstFailure(info);
  if (failure)
    throw new LinAlgError(
      `${name}: ${failure.where}The algorithm failed to converge because the input matrix ` +
        `${what} (error code: ${failure.code}).`,
    );
}

const _eigh = op('_eigh(Tensor self, bool upper) -> (eigenvalues, eigenvectors)', {
  native: '',
  method: false,
  backward: 'LinalgEighBackward0',
});
implement(_eigh, (self, upper) => {
  const symmetric = upper ? self.triu().add(T(self.triu(1))) : self.tril().add(T(self.tril(-1)));
  const [values, vectors, info] = eighNative(symmetric) as [Tensor, Tensor, Tensor];
  refuseUnfinished(info, 'linalg.eigh', 'is ill-conditioned or has too many repeated eigenvalues');
  return named(['eigenvalues', 'eigenvectors'], [values, vectors]);
});
derive(_eigh, {
  self: [
    ['eigenvalues', 'eigenvectors'],
    ([gL, gV], s) => {
      const V = s.eigenvectors;
      if (!gV) return gL ? V.mul(gL.unsqueeze(-2)).matmul(T(V)) : null;
      let inner = skew(T(V).matmul(gV)).div(gaps(s.eigenvalues)).mul(0.5);
      if (gL) inner = inner.add(gL.diag_embed());
      return V.matmul(inner).matmul(T(V));
    },
  ],
});
const isUpper = (UPLO: string): boolean => {
  if (!/^[LUlu]$/.test(UPLO)) throw new RuntimeError(`Expected UPLO argument to be 'L' or 'U', but got ${UPLO}`);
  return UPLO.toUpperCase() === 'U';
};
/**
 * [eigenvalues (…, n), rising, eigenvectors (…, n, n), in columns] of symmetric matrices, of which one half is read:
 * the lower one, or with UPLO 'U' the upper one. Throws LinAlgError where it does not converge.
 * @example
 * torch.linalg.eigh(torch.tensor([[2., 1.], [1., 2.]])).eigenvalues; // tensor([1., 3.])
 */
export const linalg_eigh = op("linalg_eigh(Tensor self, str UPLO='L') -> (eigenvalues, eigenvectors)", {
  method: false,
});
compose(linalg_eigh, (self, UPLO) => {
  checkPrecise(self, 'linalg.eigh');
  checkSquare(self, 'linalg.eigh');
  return _eigh(self, isUpper(UPLO));
});
/**
 * The eigenvalues that eigh returns.
 * @example
 * torch.linalg.eigvalsh(torch.tensor([[2, 1], [1, 2]])); // tensor([1., 3.])
 */
export const linalg_eigvalsh = op("linalg_eigvalsh(Tensor self, str UPLO='L')", { method: false });
compose(linalg_eigvalsh, (self, UPLO) => linalg_eigh(self, UPLO)[0]);

/** The gradient of A from those of its factors, of which the first min(m, n) columns of U and rows of V^T matter. */
function svdGradient(grads: readonly (Tensor | null)[], U: Tensor, S: Tensor, Vh: Tensor): Tensor | null {
  const k = S.shape.at(-1) as number;
  const [m, n] = [U.shape.at(-2) as number, Vh.shape.at(-1) as number];
  const [gU, gS, gVh] = [grads[0]?.narrow(-1, 0, k), grads[1], grads[2]?.narrow(-2, 0, k)];
  const u = U.narrow(-1, 0, k);
  const vh = Vh.narrow(-2, 0, k);
  if (!gU && !gVh) return gS ? u.mul(gS.unsqueeze(-2)).matmul(vh) : null;
  // (s_j - s_i) (s_j + s_i), which loses less than the difference of squares.
  const sums = S.unsqueeze(-2).add(S.unsqueeze(-1));
  const E = gaps(S).mul(sums.tril(-1).add(sums.triu(1)).add(identity(S, k)));
  const [row, column] = [S.unsqueeze(-2), S.unsqueeze(-1)];
  const terms: Tensor[] = [];
  if (gS) terms.push(gS.diag_embed());
  if (gU) terms.push(skew(T(u).matmul(gU)).div(E).mul(row));
  if (gVh)
    terms.push(
      skew(vh.matmul(T(gVh)))
        .div(E)
        .mul(column),
    );
  const inner = terms.reduce((a, b) => a.add(b));
  let result = u.matmul(inner).matmul(vh);
  if (gU && m > k) {
    const scaled = gU.div(row);
    result = result.add(scaled.sub(u.matmul(T(u).matmul(scaled))).matmul(vh));
  }
  if (gVh && n > k) {
    const scaled = gVh.div(column);
    result = result.add(u.matmul(scaled.sub(scaled.matmul(T(vh)).matmul(vh))));
  }
  return result;
}
const _svd = op('_svd(Tensor A, bool full_matrices) -> (U, S, Vh)', {
  native: '',
  method: false,
  backward: 'LinalgSvdBackward0',
});
implement(_svd, (A, full) => {
  const [U, S, Vh, info] = svdNative(A, full) as [Tensor, Tensor, Tensor, Tensor];
  refuseUnfinished(info, 'linalg.svd', 'is ill-conditioned or has too many repeated singular values');
  return named(['U', 'S', 'Vh'], [U, S, Vh]);
});
derive(_svd, { A: [['U', 'S', 'Vh'], (grads, s) => svdGradient(grads, s.U, s.S, s.Vh)] });

/**
 * [U, S, Vh] with A = U diag(S) Vh for matrices (…, m, n); S (…, min(m, n)) falls. U and Vh are square, or with
 * `full_matrices` false only as large as S.
 * @example
 * torch.linalg.svd(torch.tensor([[3., 0.], [0., 4.]])).S; // tensor([4., 3.])
 */
export const linalg_svd = op('linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (U, S, Vh)', {
  method: false,
});
compose(linalg_svd, (A, full, driver) => {
  checkMatrix(A, 'linalg.svd');
  checkPrecise(A, 'linalg.svd');
  if (driver)
    throw new RuntimeError(
      'torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.',
    );
  return _svd(A, full);
});
/**
 * The singular values of matrices, falling.
 * @example
 * torch.linalg.svdvals(torch.tensor([[3, 0], [0, 4]])); // tensor([4., 3.])
 */
export const linalg_svdvals = op('linalg_svdvals(Tensor A, *, str? driver=None)', { method: false });
compose(linalg_svdvals, (A, driver) => linalg_svd(A, false, { driver }).S);

/**
 * torch.svd: [U, S, V], where V is not transposed; `some`: U and V only as large as S.
 * @example
 * torch.svd(torch.tensor([[3, 0], [0, 4]])).S; // tensor([4., 3.])
 */
export const svd = op('svd(Tensor self, bool some=True, bool compute_uv=True) -> (U, S, V)');
compose(svd, (self, some, compute) => {
  if (self.dim() < 2) throw new RuntimeError('linalg.svd: input should have at least 2 dimensions');
  const { U, S, Vh } = linalg_svd(self, !some);
  if (compute) return named(['U', 'S', 'V'], [U, S, T(Vh)]);
  const [m, n] = self.shape.slice(-2) as [number, number];
  const batch = self.shape.slice(0, -2);
  return named(['U', 'S', 'V'], [self.new_zeros([...batch, m, m]), S, self.new_zeros([...batch, n, n])]);
});
