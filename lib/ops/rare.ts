/** Rare functions: of Bessel and Airy, of the normal distribution, the incomplete gamma functions, zeta. */
import { NotImplementedError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op } from './define.js';
import { lgamma } from './gamma.js';
import { erfc } from './unary.js';

const noDerivative = (name: string) => (): never => {
  throw new NotImplementedError(`the derivative for '${name}' is not implemented.`);
};

/**
 * The modified Bessel function of the first kind and order 0: even, 1 at 0.
 * @example
 * torch.i0(torch.tensor([0, 1])); // tensor([1.0000, 1.2661])
 */
export const i0 = op('i0(Tensor self)', { inplace: true });
derive(i0, { self: ['self', (g, s) => g.mul(special_i1(s.self))] });
/**
 * exp(-|x|) i0(x)
 * @example
 * torch.special.i0e(torch.tensor([1, 2])); // tensor([0.4658, 0.3085])
 */
export const special_i0e = op('special_i0e(Tensor self)', { native: 'i0e', method: false });
derive(special_i0e, {
  self: [['self', 'result'], (g, s) => g.mul(special_i1e(s.self).sub(s.self.sgn().mul(s.result)))],
});
/** result / x, and its limit 1/2 at 0. */
const perArgument = (x: Tensor, result: Tensor): Tensor => x.eq(0).where(0.5, result.div(x.eq(0).where(1, x)));
/**
 * The modified Bessel function of the first kind and order 1: odd, near x / 2 at 0.
 * @example
 * torch.special.i1(torch.tensor([1, 2])); // tensor([0.5652, 1.5906])
 */
export const special_i1 = op('special_i1(Tensor self)', { native: 'i1', method: false });
derive(special_i1, { self: [['self', 'result'], (g, s) => g.mul(i0(s.self).sub(perArgument(s.self, s.result)))] });
/**
 * exp(-|x|) i1(x)
 * @example
 * torch.special.i1e(torch.tensor([1, 2])); // tensor([0.2079, 0.2153])
 */
export const special_i1e = op('special_i1e(Tensor self)', { native: 'i1e', method: false });
derive(special_i1e, {
  self: [
    ['self', 'result'],
    (g, s) => {
      const slope = special_i0e(s.self).sub(perArgument(s.self, s.result));
      return g.mul(slope.sub(s.self.sgn().mul(s.result)));
    },
  ],
});

/**
 * -x log(x): 0 at 0, minus infinity below.
 * @example
 * torch.special.entr(torch.tensor([1, 2])); // tensor([-0.0000, -1.3863])
 */
export const special_entr = op('special_entr(Tensor self)', { native: 'entr', method: false });
derive(special_entr, { self: ['self', (g, s) => g.mul(s.self.log().neg().sub(1))] });
/**
 * exp(x^2) erfc(x)
 * @example
 * torch.special.erfcx(torch.tensor([1, 2])); // tensor([0.4276, 0.2554])
 */
export const special_erfcx = op('special_erfcx(Tensor self)', { native: 'erfcx', method: false });
derive(special_erfcx, {
  self: [
    ['self', 'result'],
    (g, s) =>
      g.mul(
        s.self
          .mul(s.result)
          .mul(2)
          .sub(2 / Math.sqrt(Math.PI)),
      ),
  ],
});
/**
 * The distribution function of the normal distribution.
 * @example
 * torch.special.ndtr(torch.tensor([1, 2])); // tensor([0.8413, 0.9772])
 */
export const special_ndtr = op('special_ndtr(Tensor self)', { native: '', method: false });
compose(special_ndtr, (self) => erfc(self.mul(-Math.SQRT1_2)).mul(0.5));
/**
 * log(ndtr(x)), exact far below 0 as well.
 * @example
 * torch.special.log_ndtr(torch.tensor([1, 2])); // tensor([-0.1728, -0.0230])
 */
export const special_log_ndtr = op('special_log_ndtr(Tensor self)', { native: 'log_ndtr', method: false });
derive(special_log_ndtr, {
  self: ['self', (g, s) => g.div(special_erfcx(s.self.mul(-Math.SQRT1_2))).mul(Math.sqrt(2 / Math.PI))],
});
/**
 * The inverse of ndtr: from (0, 1) to all numbers.
 * @example
 * torch.special.ndtri(torch.tensor([0.1, 0.5])); // tensor([-1.2816,  0.0000])
 */
export const special_ndtri = op('special_ndtri(Tensor self)', { native: 'ndtri', method: false });
derive(special_ndtri, {
  self: ['result', (g, s) => g.mul(s.result.square().div(2).exp()).mul(Math.sqrt(2 * Math.PI))],
});

/** x^(a - 1) exp(-x) / gamma(a) */
const density = (a: Tensor, x: Tensor): Tensor => a.sub(1).mul(x.log()).sub(x).sub(lgamma(a)).exp();
/**
 * The lower incomplete gamma function of order self at other, over gamma(self).
 * @example
 * torch.igamma(torch.tensor([1, 2]), torch.tensor([1, 3])); // tensor([0.6321, 0.8009])
 */
export const igamma = op('igamma(Tensor self, Tensor other)', { inplace: true });
derive(igamma, {
  self: noDerivative('igamma: input'),
  other: [['self', 'other'], (g, s) => g.mul(density(s.self, s.other))],
});
/**
 * 1 - igamma(self, other), exact where that is near 1.
 * @example
 * torch.igammac(torch.tensor([1, 2]), torch.tensor([1, 3])); // tensor([0.3679, 0.1991])
 */
export const igammac = op('igammac(Tensor self, Tensor other)', { inplace: true });
derive(igammac, {
  self: noDerivative('igammac: input'),
  other: [['self', 'other'], (g, s) => g.mul(density(s.self, s.other)).neg()],
});
/**
 * igamma.
 * @example
 * torch.special.gammainc(torch.tensor([1, 2]), torch.tensor([1, 3])); // tensor([0.6321, 0.8009])
 */
export const special_gammainc = op('special_gammainc(Tensor self, Tensor other)', { native: '', method: false });
compose(special_gammainc, (self, other) => igamma(self, other));
/**
 * igammac.
 * @example
 * torch.special.gammaincc(torch.tensor([1, 2]), torch.tensor([1, 3])); // tensor([0.3679, 0.1991])
 */
export const special_gammaincc = op('special_gammaincc(Tensor self, Tensor other)', { native: '', method: false });
compose(special_gammaincc, (self, other) => igammac(self, other));

/**
 * Hurwitz's zeta function: the sum of (other + n)^-self over n = 0, 1, ...
 * @example
 * torch.special.zeta(2, torch.tensor([1, 2])); // tensor([1.6449, 0.6449])
 */
export const special_zeta = op('special_zeta(Tensor|Scalar self, Tensor|Scalar other)', {
  native: 'zeta',
  method: false,
});
derive(special_zeta, {
  self: noDerivative('zeta'),
  other: [
    ['self', 'other'],
    (g, s) => {
      const above = typeof s.self === 'object' ? s.self.add(1) : Number(s.self) + 1;
      return g.mul(special_zeta(above, s.other)).mul(s.self).neg();
    },
  ],
});

/**
 * Airy's function Ai.
 * @example
 * torch.special.airy_ai(torch.tensor([1, 2])); // tensor([0.1353, 0.0349])
 */
export const special_airy_ai = op('special_airy_ai(Tensor x)', { native: 'airy_ai', method: false });
derive(special_airy_ai, 'none');
/**
 * The Bessel function of the first kind and order 0.
 * @example
 * torch.special.bessel_j0(torch.tensor([1, 2])); // tensor([0.7652, 0.2239])
 */
export const special_bessel_j0 = op('special_bessel_j0(Tensor self)', { native: 'bessel_j0', method: false });
derive(special_bessel_j0, 'none');
/**
 * The Bessel function of the first kind and order 1.
 * @example
 * torch.special.bessel_j1(torch.tensor([1, 2])); // tensor([0.4401, 0.5767])
 */
export const special_bessel_j1 = op('special_bessel_j1(Tensor self)', { native: 'bessel_j1', method: false });
derive(special_bessel_j1, 'none');
/**
 * The Bessel function of the second kind and order 0: NaN below 0.
 * @example
 * torch.special.bessel_y0(torch.tensor([1, 2])); // tensor([0.0883, 0.5104])
 */
export const special_bessel_y0 = op('special_bessel_y0(Tensor self)', { native: 'bessel_y0', method: false });
derive(special_bessel_y0, 'none');
/**
 * The Bessel function of the second kind and order 1: NaN below 0.
 * @example
 * torch.special.bessel_y1(torch.tensor([1, 2])); // tensor([-0.7812, -0.1070])
 */
export const special_bessel_y1 = op('special_bessel_y1(Tensor self)', { native: 'bessel_y1', method: false });
derive(special_bessel_y1, 'none');
/**
 * i0 without a gradient.
 * @example
 * torch.special.modified_bessel_i0(torch.tensor([1, 2])); // tensor([1.2661, 2.2796])
 */
export const special_modified_bessel_i0 = op('special_modified_bessel_i0(Tensor self)', {
  native: 'modified_bessel_i0',
  method: false,
});
derive(special_modified_bessel_i0, 'none');
/**
 * i1 without a gradient.
 * @example
 * torch.special.modified_bessel_i1(torch.tensor([1, 2])); // tensor([0.5652, 1.5906])
 */
export const special_modified_bessel_i1 = op('special_modified_bessel_i1(Tensor self)', {
  native: 'modified_bessel_i1',
  method: false,
});
derive(special_modified_bessel_i1, 'none');
/**
 * The modified Bessel function of the second kind and order 0: NaN below 0.
 * @example
 * torch.special.modified_bessel_k0(torch.tensor([1, 2])); // tensor([0.4210, 0.1139])
 */
export const special_modified_bessel_k0 = op('special_modified_bessel_k0(Tensor self)', {
  native: 'modified_bessel_k0',
  method: false,
});
derive(special_modified_bessel_k0, 'none');
/**
 * The modified Bessel function of the second kind and order 1: NaN below 0.
 * @example
 * torch.special.modified_bessel_k1(torch.tensor([1, 2])); // tensor([0.6019, 0.1399])
 */
export const special_modified_bessel_k1 = op('special_modified_bessel_k1(Tensor self)', {
  native: 'modified_bessel_k1',
  method: false,
});
derive(special_modified_bessel_k1, 'none');
/**
 * exp(x) modified_bessel_k0(x)
 * @example
 * torch.special.scaled_modified_bessel_k0(torch.tensor([1, 2])); // tensor([1.1445, 0.8416])
 */
export const special_scaled_modified_bessel_k0 = op('special_scaled_modified_bessel_k0(Tensor x)', {
  native: 'scaled_modified_bessel_k0',
  method: false,
});
derive(special_scaled_modified_bessel_k0, 'none');
/**
 * exp(x) modified_bessel_k1(x)
 * @example
 * torch.special.scaled_modified_bessel_k1(torch.tensor([1, 2])); // tensor([1.6362, 1.0335])
 */
export const special_scaled_modified_bessel_k1 = op('special_scaled_modified_bessel_k1(Tensor x)', {
  native: 'scaled_modified_bessel_k1',
  method: false,
});
derive(special_scaled_modified_bessel_k1, 'none');
/**
 * sin(x) / x
 * @example
 * torch.special.spherical_bessel_j0(torch.tensor([1, 2])); // tensor([0.8415, 0.4546])
 */
export const special_spherical_bessel_j0 = op('special_spherical_bessel_j0(Tensor x)', {
  native: 'spherical_bessel_j0',
  method: false,
});
derive(special_spherical_bessel_j0, 'none');
