/** The gamma function's logarithm and its derivatives. */
import { bool } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { arange } from './create.js';
import { compose, derive, implement, inPlaceOf, op, overload } from './define.js';

/**
 * The logarithm of the absolute value of the gamma function.
 * @example
 * torch.lgamma(torch.tensor([3, 4])); // tensor([0.6931, 1.7918])
 */
export const lgamma = op('lgamma(Tensor self)', { inplace: true });
derive(lgamma, { self: ['self', (g, s) => g.mul(digamma(s.self))] });

/**
 * The derivative of lgamma: NaN at negative whole numbers.
 * @example
 * torch.digamma(torch.tensor([1])); // tensor([-0.5772])
 */
export const digamma = op('digamma(Tensor self)', { inplace: true });
derive(digamma, { self: ['self', (g, s) => g.mul(_polygamma(s.self, 1))] });

const _polygamma = op('_polygamma(Tensor self, Scalar n)', {
  native: 'polygamma',
  method: false,
  backward: 'PolygammaBackward0',
  backwardInPlace: 'PolygammaBackward1',
});
derive(_polygamma, { self: ['self', (g, s) => g.mul(_polygamma(s.self, Number(s.n) + 1))] });
const order = (n: number): number => {
  if (n < 0) throw new RuntimeError('polygamma(n, x) does not support negative n.');
  return n;
};
const polygammaOf = op('polygamma(int n, Tensor self)', { native: '', method: false, iterated: true });
compose(polygammaOf, (n, self) => _polygamma(self, order(n)));
const polygammaMethod = op('polygamma.method(Tensor self, int n)', { native: '' });
compose(
  polygammaMethod,
  (self, n) => _polygamma(self, order(n)),
  (self, n) => inPlaceOf(_polygamma)(self, order(n)),
);
/**
 * The n-th derivative of digamma: polygamma(n, x), or x.polygamma(n).
 * @example
 * torch.polygamma(1, torch.tensor([1])); // tensor([1.6449])
 */
export const polygamma = overload('polygamma', [polygammaOf, polygammaMethod], { inplace: true });

/** self, self - 1/2, ... self - (p - 1) / 2 along a last dimension. */
const halvesBelow = (self: Tensor, p: number): Tensor => {
  const x = self.dtype.is_floating_point ? self : self.float();
  return x.unsqueeze(-1).add(arange(0, -p / 2, -0.5, { dtype: x.dtype }));
};
/**
 * The logarithm of the gamma function of p dimensions, for arguments above (p - 1) / 2.
 * @example
 * torch.mvlgamma(torch.tensor([2]), 2); // tensor([0.4516])
 */
export const mvlgamma = op('mvlgamma(Tensor self, int p)', { native: '', inplace: true });
implement(mvlgamma, (self, p) => {
  if (self.dtype === bool) throw new RuntimeError('The input tensor may not be a boolean tensor.');
  if (p < 1) throw new RuntimeError('p has to be greater than or equal to 1');
  return halvesBelow(self, p)
    .lgamma()
    .sum(-1)
    .add(((p * (p - 1)) / 4) * Math.log(Math.PI));
});
derive(mvlgamma, { self: ['self', (g, s) => g.mul(halvesBelow(s.self, s.p).digamma().sum(-1))] });
