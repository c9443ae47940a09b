/** Determinants, by LU. */
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { checkPrecise, checkSquare, T } from './matrix-checks.js';
import { factors, linalg_inv, linalg_solve_ex } from './solve.js';
import { linalg_svd } from './spectral.js';

/** 1 where the pivots swap rows an even number of times, else -1. */
function parity(pivots: Tensor, like: Tensor): Tensor {
  const n = pivots.shape.at(-1) as number;
  const places = pivots.new_tensor(Array.from({ length: n }, (_, i) => i + 1));
  return pivots.ne(places).sum(-1).remainder(2).mul(-2).add(1).to(like.dtype);
}

/**
 * The gradient of determinants is g times their cofactors: det A^-T, and for singular matrices what that tends to, from
 * the singular values.
 */
function cofactors(A: Tensor, det: Tensor): Tensor {
  if (A.shape.at(-1) === 1) return A.detach().new_ones([...A.shape]);
  if (det.detach().ne(0).all().item()) return T(linalg_inv(A)).mul(det.unsqueeze(-1).unsqueeze(-1));
  const { U, S, Vh } = linalg_svd(A);
  const turns = linalg_det(U.detach()).mul(linalg_det(Vh.detach()));
  const n = S.shape.at(-1) as number;
  const others = S.unsqueeze(-2)
    .expand([...S.shape, n])
    .masked_fill(S.detach().new_ones([n, n]).tril().triu().bool(), 1)
    .prod(-1);
  return U.mul(others.mul(turns.unsqueeze(-1)).unsqueeze(-2)).matmul(Vh);
}

const _det = op('_det(Tensor A) -> (result, LU)', { native: '', method: false, backward: 'LinalgDetBackward0' });
implement(_det, (A) => {
  const [LU, pivots] = factors(A);
  return named(['result', 'LU'], [LU.diagonal(0, -2, -1).prod(-1).mul(parity(pivots, LU)), LU]);
});
derive(_det, {
  A: [['A', 'result'], ([g], s) => g && cofactors(s.A, s.result).mul(g.unsqueeze(-1).unsqueeze(-1))],
});
/**
 * The determinants of square matrices (…, n, n): (…). Gradient: g det A^-T.
 * @example
 * torch.linalg.det(torch.tensor([[1., 2.], [3., 4.]])); // tensor(-2.0000)
 */
export const linalg_det = op('linalg_det(Tensor A)', { method: false });
compose(linalg_det, (A) => {
  checkPrecise(A, 'linalg.det');
  checkSquare(A, 'linalg.det');
  return _det(A)[0];
});
/**
 * linalg.det.
 * @example
 * torch.det(torch.tensor([[2, 0], [0, 4]])); // tensor(8.)
 */
export const det = op('det(Tensor self)');
compose(det, (A) => linalg_det(A));

/** A^-T; of singular matrices, where it is infinite, whatever the elimination makes of it. */
const inverseTransposed = (A: Tensor): Tensor =>
  linalg_solve_ex(
    T(A),
    A.detach()
      .new_ones([...A.shape])
      .tril()
      .triu(),
  )[0];
/**
 * [sign, logabsdet]: the signs of the determinants of square matrices, and the logarithms of their absolute values; 0
 * and -Infinity where singular. Gradient: of logabsdet g A^-T.
 * @example
 * torch.linalg.slogdet(torch.tensor([[-2, 0], [0, 4]])).logabsdet; // tensor(2.0794)
 */
export const linalg_slogdet = op('linalg_slogdet(Tensor A) -> (sign, logabsdet)', { native: '', method: false });
implement(linalg_slogdet, (A) => {
  checkPrecise(A, 'linalg.slogdet');
  checkSquare(A, 'linalg.slogdet');
  const [LU, pivots] = factors(A);
  const diagonal = LU.diagonal(0, -2, -1);
  return named(['sign', 'logabsdet'], [diagonal.sign().prod(-1).mul(parity(pivots, LU)), diagonal.abs().log().sum(-1)]);
});
derive(linalg_slogdet, {
  A: ['A', ([, g], s) => g && inverseTransposed(s.A).mul(g.unsqueeze(-1).unsqueeze(-1))],
});
/**
 * linalg.slogdet.
 * @example
 * torch.slogdet(torch.tensor([[-2, 0], [0, 4]])).sign; // tensor(-1.)
 */
export const slogdet = op('slogdet(Tensor self) -> (sign, logabsdet)');
compose(slogdet, (A) => linalg_slogdet(A));

/**
 * The logarithms of the determinants of square matrices; NaN where one is negative.
 * @example
 * torch.logdet(torch.eye(2).mul(3)); // tensor(2.1972)
 */
export const logdet = op('logdet(Tensor self)');
compose(logdet, (A) => {
  checkSquare(A, 'logdet');
  const [sign, logarithm] = linalg_slogdet(A);
  return sign.detach().eq(-1).where(Number.NaN, logarithm);
});
