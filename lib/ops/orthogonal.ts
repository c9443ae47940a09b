/** Orthogonal factors, A = Q R, and products of Householder's reflections. */

import { gradEnabled } from '../autograd/modes.js';
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { cat } from './join.js';
import { checkMatrix, checkPrecise, inColumns, T } from './matrix-checks.js';
import { nativeCall } from './native-call.js';
import { linalg_solve_triangular } from './solve.js';

const reflectionsNative = nativeCall<Tensor>('reflections_product(Tensor self, Tensor tau, int columns)');

/**
 * [R with the reflections of Q below it, their factors tau], as LAPACK returns them.
 * @example
 * torch.geqrf(torch.ones(3, 2)).tau.shape; // [2]
 */
export const geqrf = op('geqrf(Tensor self) -> (a, tau)');
derive(geqrf, 'none');

/** The gradient of a matrix that is not wide. */
function tallGradient(gQ: Tensor | null, gR: Tensor | null, Q: Tensor, R: Tensor): Tensor {
  let M = gR ? R.matmul(T(gR)) : null;
  if (gQ) M = M ? M.sub(T(gQ).matmul(Q)) : T(gQ).matmul(Q).neg();
  const lower = M as Tensor;
  const along = Q.matmul(lower.tril().add(T(lower.tril(-1))));
  return linalg_solve_triangular(T(R), gQ ? gQ.add(along) : along, { upper: false, left: false });
}
function qrGradient(gQ: Tensor | null, gR: Tensor | null, Q: Tensor, R: Tensor, mode: string): Tensor | null {
  const [m, n] = [Q.shape.at(-2) as number, R.shape.at(-1) as number];
  if (mode === 'complete' && m > n)
    throw new RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.");
  if (!gQ && !gR) return null;
  if (m >= n) return tallGradient(gQ, gR, Q, R);
  // The columns past the square part are Q times those of R.
  const [U, V] = [R.narrow(-1, 0, m), R.narrow(-1, m, n - m)];
  if (!gR) return cat([tallGradient(gQ, null, Q, U), V.detach().new_zeros([...V.shape])], -1);
  const gV = gR.narrow(-1, m, n - m);
  const through = Q.matmul(V).matmul(T(gV));
  const first = tallGradient(gQ ? gQ.add(through) : through, gR.narrow(-1, 0, m), Q, U);
  return cat([first, Q.matmul(gV)], -1);
}
const _qr = op('_qr(Tensor A, str mode) -> (Q, R)', { native: '', method: false, backward: 'LinalgQrBackward0' });
implement(_qr, (A, mode) => {
  const [m, n] = A.shape.slice(-2) as [number, number];
  const { a, tau } = geqrf(A);
  const columns = mode === 'complete' ? m : Math.min(m, n);
  if (mode === 'r') return named(['Q', 'R'], [A.new_empty([0]), inColumns(a.narrow(-2, 0, columns).triu())]);
  const height = Math.min(columns, m);
  return named(['Q', 'R'], [reflectionsNative(a, tau, columns), inColumns(a.narrow(-2, 0, height).triu())]);
});
derive(_qr, {
  A: [
    ['Q', 'R'],
    ([gQ, gR], s) => {
      if (s.mode === 'r')
        throw new RuntimeError(
          "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to require gradients through linalg.qr.",
        );
      return qrGradient(gQ ?? null, gR ?? null, s.Q, s.R, s.mode);
    },
  ],
});
/**
 * [Q, R] with A = Q R for matrices (…, m, n): Q (…, m, k) has orthonormal columns, R (…, k, n) is an upper triangle,
 * k = min(m, n); with mode 'complete' k = m, with mode 'r' Q is empty.
 * @example
 * torch.linalg.qr(torch.tensor([[3., 1.], [4., 2.]])).R; // tensor([[-5.0000, -2.2000], [ 0.0000,  0.4000]])
 */
export const linalg_qr = op("linalg_qr(Tensor A, str mode='reduced') -> (Q, R)", { method: false });
compose(linalg_qr, (A, mode) => {
  checkMatrix(A, 'linalg.qr');
  checkPrecise(A, 'linalg.qr');
  if (!['reduced', 'complete', 'r'].includes(mode))
    throw new RuntimeError(
      `qr received unrecognized mode '${mode}' but expected one of 'reduced' (default), 'r', or 'complete'`,
    );
  return _qr(A, mode);
});
/**
 * torch.qr: linalg.qr, with `some` false of mode 'complete'.
 * @example
 * torch.qr(torch.tensor([[3, 1], [4, 2]])).R; // tensor([[-5.0000, -2.2000], [ 0.0000,  0.4000]])
 */
export const qr = op('qr(Tensor self, bool some=True) -> (Q, R)');
compose(qr, (self, some) => linalg_qr(self, some ? 'reduced' : 'complete'));

const wants = (...ts: Tensor[]): boolean => gradEnabled() && ts.some((t) => t.requires_grad);
/** What is left of the product without reflections: a constant, that yet belongs to the graph, as in PyTorch. */
const _unreflected = op('_unreflected(Tensor unit, Tensor input, Tensor tau)', {
  native: '',
  method: false,
  backward: 'LinalgHouseholderProductBackward0',
});
implement(_unreflected, (unit) => inColumns(unit.clone()));
derive(_unreflected, { input: () => null, tau: () => null });
/** The first `columns` columns of H_0 H_1 …; where gradients are wanted reflection by reflection. */
function product(v: Tensor, tau: Tensor, columns: number): Tensor {
  if (!wants(v, tau)) return reflectionsNative(v, tau, columns);
  const m = v.shape.at(-2) as number;
  const unit = v.detach().new_ones([m, m]).tril().triu();
  const below = v.tril(-1).add(unit.narrow(-1, 0, v.shape.at(-1) as number));
  let Q = unit.narrow(-1, 0, columns).expand([...v.shape.slice(0, -2), m, columns]);
  const count = tau.shape.at(-1) as number;
  if (count === 0) return _unreflected(Q, v, tau);
  for (let k = count - 1; k >= 0; k--) {
    const x = below.narrow(-1, k, 1);
    Q = Q.sub(x.mul(tau.narrow(-1, k, 1).unsqueeze(-1)).matmul(T(x).matmul(Q)));
  }
  return inColumns(Q);
}
function checkReflections(input: Tensor, tau: Tensor): void {
  const name = 'torch.linalg.householder_product';
  if (input.dim() < 2) throw new RuntimeError(`${name}: input must have at least 2 dimensions.`);
  const [m, n] = input.shape.slice(-2) as [number, number];
  if (m < n) throw new RuntimeError(`${name}: input.shape[-2] must be greater than or equal to input.shape[-1]`);
  if (n < (tau.shape.at(-1) as number))
    throw new RuntimeError(`${name}: input.shape[-1] must be greater than or equal to tau.shape[-1]`);
}
/**
 * The first n columns of the product of the reflections (…, m, n) and tau (…, k) that geqrf returns.
 * @example
 * const { a, tau } = torch.geqrf(torch.eye(2));
 * torch.linalg.householder_product(a, tau); // tensor([[1., 0.], [0., 1.]])
 */
export const linalg_householder_product = op('linalg_householder_product(Tensor input, Tensor tau)', {
  method: false,
});
compose(linalg_householder_product, (input, tau) => {
  checkReflections(input, tau);
  return product(input, tau, input.shape.at(-1) as number);
});
/**
 * linalg.householder_product.
 * @example
 * const { a, tau } = torch.geqrf(torch.eye(2));
 * torch.orgqr(a, tau); // tensor([[1., 0.], [0., 1.]])
 */
export const orgqr = op('orgqr(Tensor self, Tensor input2)');
compose(orgqr, (self, tau) => linalg_householder_product(self, tau));

/**
 * Q C, C Q, Q^T C or C Q^T for the square Q that geqrf's reflections make.
 * @example
 * const { a, tau } = torch.geqrf(torch.eye(2));
 * torch.ormqr(a, tau, torch.ones(2, 1)).shape; // [2, 1]
 */
export const ormqr = op('ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False)');
compose(ormqr, (self, tau, C, left, transposed) => {
  if (self.dim() < 2) throw new RuntimeError('torch.ormqr: input must have at least 2 dimensions.');
  if (C.dim() < 2) throw new RuntimeError('torch.ormqr: other must have at least 2 dimensions.');
  const side = left ? -2 : -1;
  const needed = Math.min(C.shape.at(side) as number, self.shape.at(-1) as number);
  if (tau.shape.at(-1) !== needed)
    throw new RuntimeError(`torch.ormqr: tau.shape[-1] must be equal to min(other.shape[${side}], input.shape[-1])`);
  if (self.shape.at(-2) !== C.shape.at(side))
    throw new RuntimeError(`torch.ormqr: other.shape[${side}] must be equal to input.shape[-2]`);
  const Q = product(self, tau, self.shape.at(-2) as number);
  const turned = transposed ? T(Q) : Q;
  return inColumns(left ? turned.matmul(C) : C.matmul(turned));
});
