/** Ops on matrices and vectors that take nothing apart: traces, cross products, powers, covariances. */
import { RuntimeError } from '../errors.js';
import { broadcastShapes } from '../size.js';
import { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { compose, derive, implement, op, overload } from './define.js';
import { cat } from './join.js';
import { checkSquare, eyeLike } from './matrix-checks.js';
import { wrapDim } from './natives.js';
import { refuseDtype } from './refusals.js';

/**
 * The sum of the diagonal of a matrix.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).trace(); // tensor(5.)
 */
export const trace = op('trace(Tensor self)', { native: '' });
implement(trace, (self) => {
  if (self.dim() !== 2) throw new RuntimeError(`trace: expected a matrix, but got tensor with dim ${self.dim()}`);
  if (self.dtype.name === 'bool') refuseDtype('trace', self.dtype);
  return self.diagonal().sum();
});
derive(trace, {
  self: (g, s) =>
    g
      .detach()
      .new_ones([...s.shape])
      .tril()
      .triu()
      .mul(g),
});

/**
 * The diagonals of matrices (…, m, n), a view; see Tensor.diagonal, whose dimensions are the first two.
 * @example
 * torch.linalg.diagonal(torch.tensor([[1, 2], [3, 4]])); // tensor([1., 4.])
 */
export const linalg_diagonal = op('linalg_diagonal(Tensor A, *, int offset=0, int dim1=-2, int dim2=-1)', {
  method: false,
});
compose(linalg_diagonal, (A, offset, dim1, dim2) => A.diagonal(offset, dim1, dim2));

/**
 * The cross products of vectors of 3 elements along `dim`; the other dimensions are broadcast.
 * @example
 * torch.linalg.cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0])); // tensor([0., 0., 1.])
 */
export const linalg_cross = op('linalg_cross(Tensor self, Tensor other, *, int dim=-1)', {
  native: '',
  method: false,
});
implement(linalg_cross, (self, other, dim) => {
  if (self.dim() !== other.dim())
    throw new RuntimeError('linalg.cross: inputs must have the same number of dimensions.');
  const d = wrapDim(dim, self.dim());
  if (self.shape[d] !== 3 || other.shape[d] !== 3)
    throw new RuntimeError(
      `linalg.cross: inputs dimension ${dim} must have length 3. Got ${self.shape[d]} and ${other.shape[d]}`,
    );
  const shape = broadcastShapes(self.shape, other.shape);
  const [a, b] = [self.expand([...shape]), other.expand([...shape])];
  return a
    .roll(-1, d)
    .mul(b.roll(-2, d))
    .sub(a.roll(-2, d).mul(b.roll(-1, d)));
});
derive(linalg_cross, {
  self: ['other', (g, s) => linalg_cross(s.other.expand([...g.shape]), g, { dim: s.dim })],
  other: ['self', (g, s) => linalg_cross(g, s.self.expand([...g.shape]), { dim: s.dim })],
});

/**
 * linalg.cross along `dim`, by default along the first dimension of size 3.
 * @example
 * torch.cross(torch.tensor([1, 0, 0]), torch.tensor([0, 1, 0])); // tensor([0., 0., 1.])
 */
export const cross = op('cross(Tensor self, Tensor other, int? dim=None)', { apart: true });
compose(cross, (self, other, dim) => {
  if (dim !== null && dim !== undefined) return linalg_cross(self, other, { dim: Number(dim) });
  const first = self.shape.indexOf(3);
  if (first < 0) throw new RuntimeError('no dimension of size 3 in input');
  return linalg_cross(self, other, { dim: first });
});

/**
 * A square matrix, or each of a batch, multiplied `n` times with itself; for a negative n its inverse.
 * @example
 * torch.linalg.matrix_power(torch.tensor([[1., 1.], [0., 1.]]), 3); // tensor([[1., 3.], [0., 1.]])
 */
export const matrix_power = op('matrix_power(Tensor self, int n)');
compose(matrix_power, (self, n) => {
  checkSquare(self, 'linalg.matrix_power');
  // A constant, but one whose gradient is zero rather than none.
  if (n === 0) return self.clone().copy_(eyeLike(self));
  let power = n < 0 ? self.inverse() : self;
  let result: Tensor | null = null;
  for (let left = Math.abs(Number(n)); ; power = power.matmul(power)) {
    if (left % 2 === 1) result = result === null ? power : result.matmul(power);
    left = Math.floor(left / 2);
    if (left === 0) return result === self ? self.clone() : result;
  }
});

/**
 * The powers 0 to N - 1 of the elements of `x` (…, n), by default n of them: (…, n, N).
 * @example
 * torch.linalg.vander(torch.tensor([2, 3])); // tensor([[1., 2.], [1., 3.]])
 */
export const linalg_vander = op('linalg_vander(Tensor x, *, int? N=None)', { method: false });
compose(linalg_vander, (x, N) => {
  const row = x.dim() === 0 ? x.unsqueeze(-1) : x;
  const n = Number(N ?? row.shape.at(-1));
  if (n <= 1) throw new RuntimeError('N must be greater than 1.');
  const powers = row.unsqueeze(-1).expand([...row.shape, n - 1]);
  const product = powers.cumprod(-1);
  return cat([product.detach().new_ones([...row.shape, 1]), product], -1);
});

/**
 * The powers N - 1 to 0 of the elements of `x` (n), or 0 to N - 1 where they are `increasing`, by default n: (n, N).
 * @example
 * torch.vander(torch.tensor([2, 3])); // tensor([[2., 1.], [3., 1.]])
 */
export const vander = op('vander(Tensor x, int? N=None, bool increasing=False)', { method: false });
compose(vander, (x, N, increasing) => {
  if (x.dim() !== 1) throw new RuntimeError('x must be a one-dimensional tensor.');
  const n = N ?? (x.shape[0] as number);
  if (n < 0) throw new RuntimeError('N must be non-negative.');
  const powers = n <= 1 ? x.new_ones([x.shape[0] as number, n]) : linalg_vander(x, { N: n });
  return increasing ? powers : powers.flip(1);
});

/** Observation weights as cov() takes them. */
function checkWeights(name: string, weights: Tensor | null | undefined, observations: number): void {
  if (!weights) return;
  if (weights.dim() > 1)
    throw new RuntimeError(
      `cov(): expected ${name} to have one or fewer dimensions but got ${name} with ${weights.dim()} dimensions`,
    );
  const whole = name === 'fweights';
  if (whole === weights.dtype.is_floating_point || weights.dtype.name === 'bool')
    throw new RuntimeError(
      `cov(): expected ${name} to have ${whole ? 'integral' : 'floating point'} dtype but got ${name} with ` +
        `${weights.dtype.scalarName} dtype`,
    );
  if (weights.numel() !== observations)
    throw new RuntimeError(
      `cov(): expected ${name} to have the same numel as there are observations in the input but got ` +
        `${weights.numel()} != ${observations}`,
    );
  if (weights.numel() > 0 && Number(weights.detach().min().item()) < 0)
    throw new RuntimeError(`cov(): ${name} cannot be negative`);
}

/**
 * The covariances of variables, one per row; columns are observations, each of which counts `fweights` times and
 * weighs `aweights`. The sums are divided by the total weight less `correction`.
 * @example
 * torch.tensor([[0, 1, 2], [2, 1, 0]]).cov(); // tensor([[ 1., -1.], [-1.,  1.]])
 */
export const cov = op('cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None)');
compose(cov, (self, correction, fweights, aweights) => {
  if (self.dim() > 2)
    throw new RuntimeError(
      `cov(): expected input to have two or fewer dimensions but got an input with ${self.dim()} dimensions`,
    );
  if (self.dtype.name === 'bool') throw new RuntimeError('cov(): bool dtype is not supported for input');
  const x = self.dim() < 2 ? self.reshape([1, -1]) : self;
  const observations = x.shape[1] as number;
  checkWeights('fweights', fweights, observations);
  checkWeights('aweights', aweights, observations);
  const weights = fweights && aweights ? fweights.mul(aweights) : (fweights ?? aweights ?? null);
  const weighted = (t: Tensor): Tensor => (weights ? t.mul(weights) : t);
  const total: Tensor | number = weights ? weights.sum() : observations;
  if (total instanceof Tensor && Number(total.detach().item()) === 0)
    throw new RuntimeError("cov(): weights sum to zero, can't be normalized");
  let count: Tensor | number;
  if (total instanceof Tensor && weights && aweights && Number(correction) !== 0)
    count = total.sub(weights.mul(aweights).sum().mul(correction).div(total));
  else count = total instanceof Tensor ? total.sub(correction) : total - Number(correction);
  if (Number(count instanceof Tensor ? count.detach().item() : count) <= 0) {
    warnOnce('cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.');
    count = count instanceof Tensor ? count.new_zeros([]) : 0;
  }
  const centered = x.sub(weighted(x).sum(1).div(total).unsqueeze(1));
  return centered.matmul(weighted(centered).t()).div(count).squeeze();
});

/**
 * The correlation coefficients of variables, one per row: cov divided by their standard deviations.
 * @example
 * torch.tensor([[0, 1, 2], [2, 1, 0]]).corrcoef(); // tensor([[ 1., -1.], [-1.,  1.]])
 */
export const corrcoef = op('corrcoef(Tensor self)');
compose(corrcoef, (self) => {
  if (self.dim() > 2)
    throw new RuntimeError(
      `corrcoef(): expected input to have two or fewer dimensions but got an input with ${self.dim()} dimensions`,
    );
  const c = self.cov();
  if (c.dim() === 0) return c.div(c);
  const deviation = c.diagonal().sqrt();
  return c
    .div(deviation.view([-1, 1]))
    .div(deviation.view([1, -1]))
    .clip(-1, 1);
});

const fillNumber = op('fill(Tensor self, Scalar value)', { native: '', method: false });
implement(fillNumber, (self, value) => self.clone().fill_(value));
derive(fillNumber, { self: (g) => g.new_zeros([...g.shape]) });
const fillTensor = op('fill.tensor(Tensor self, Tensor value)', { native: '', backward: 'FillBackward1' });
implement(fillTensor, (self, value) => self.clone().fill_(value));
derive(fillTensor, { self: (g) => g.new_zeros([...g.shape]), value: (g) => g });
/**
 * A tensor like `self` whose elements are all that number, or that of a 0-d tensor.
 * @example
 * torch.fill(torch.zeros(2), 7); // tensor([7., 7.])
 */
export const fill = overload('fill', [fillTensor, fillNumber], { method: false });
