/** Element-wise functions of statistics, number theory and floating point arithmetic. */
import { bool } from '../dtype.js';
import { finfo } from '../dtype-info.js';
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { pow } from './binary.js';
import { compose, derive, implement, inPlaceOf, op, overload, refuseGradients } from './define.js';
import { composeFloats, refuseDtype } from './refusals.js';

const degrees = 180 / Math.PI;
const zero = (g: Tensor): Tensor => g.new_zeros([...g.shape]);

/**
 * The inverse of erf.
 * @example
 * torch.erfinv(torch.tensor([0, 0.5])); // tensor([0.0000, 0.4769])
 */
export const erfinv = op('erfinv(Tensor self)', { inplace: true });
derive(erfinv, { self: ['result', (g, s) => g.mul(s.result.pow(2).exp()).mul(Math.sqrt(Math.PI) / 2)] });

/**
 * sin(pi x) / (pi x), 1 at 0.
 * @example
 * torch.sinc(torch.tensor([0, 0.5])); // tensor([1.0000, 0.6366])
 */
export const sinc = op('sinc(Tensor self)', { inplace: true });
derive(sinc, {
  self: [
    'self',
    (g, s) => {
      const angle = s.self.mul(Math.PI);
      const slope = angle.mul(angle.cos()).sub(angle.sin()).div(angle.mul(s.self));
      return g.mul(s.self.eq(0).where(0, slope));
    },
  ],
});

const inside = (x: Tensor, low: number, high: number): Tensor => x.ge(low).logical_and(x.le(high));
const logitSlope = (g: Tensor, x: Tensor): Tensor => g.div(x.mul(x.neg().add(1)));
const _logit = op('_logit(Tensor self)', { native: 'logit', method: false, backward: 'LogitBackward0' });
derive(_logit, { self: ['self', (g, s) => inside(s.self, 0, 1).where(logitSlope(g, s.self), Number.NaN)] });
const _logitWithin = op('_logit_within(Tensor self, float eps)', {
  native: '',
  method: false,
  backward: 'LogitBackward0',
});
implement(_logitWithin, (self, eps) =>
  _logit((self.dtype.is_floating_point ? self : self.float()).clamp(eps, 1 - eps)),
);
derive(_logitWithin, {
  self: ['self', (g, s) => inside(s.self, s.eps, 1 - s.eps).where(logitSlope(g, s.self), 0)],
});
/**
 * log(x / (1 - x)), with x kept within [eps, 1 - eps] where eps is given.
 * @example
 * torch.logit(torch.tensor([0.5, 0.9])); // tensor([0.0000, 2.1972])
 */
export const logit = op('logit(Tensor self, float? eps=None)', { native: '', inplace: true, iterated: true });
compose(
  logit,
  (self, eps) => (eps === null ? _logit(self) : _logitWithin(self, eps)),
  (self, eps) => (eps === null ? inPlaceOf(_logit)(self) : inPlaceOf(_logitWithin)(self, eps)),
);

/**
 * Radians to degrees.
 * @example
 * torch.rad2deg(torch.tensor([Math.PI])); // tensor([180.])
 */
export const rad2deg = op('rad2deg(Tensor self)', { native: '', inplace: true, backward: 'Rad2DegBackward0' });
implement(rad2deg, (self) => self.mul(degrees));
derive(rad2deg, { self: (g) => g.rad2deg() });
/**
 * Degrees to radians.
 * @example
 * torch.deg2rad(torch.tensor([180])); // tensor([3.1416])
 */
export const deg2rad = op('deg2rad(Tensor self)', { native: '', inplace: true, backward: 'Deg2RadBackward0' });
implement(deg2rad, (self) => self.mul(1 / degrees));
derive(deg2rad, { self: (g) => g.deg2rad() });

/**
 * 0 below zero, 1 above, and `values` at zero.
 * @example
 * torch.heaviside(torch.tensor([-1, 0, 2]), torch.tensor([0.5])); // tensor([0.0000, 0.5000, 1.0000])
 */
export const heaviside = op('heaviside(Tensor self, Tensor values)', { inplace: true, native: '' });
const _heaviside = op('_heaviside(Tensor self, Tensor values)', {
  native: 'heaviside',
  method: false,
  backward: 'NotImplemented',
});
refuseGradients(_heaviside, 'heaviside');
const alike = (self: Tensor, values: Tensor): void => {
  if (self.dtype !== values.dtype)
    throw new RuntimeError('heaviside is not yet implemented for tensors with different dtypes.');
};
compose(
  heaviside,
  (self, values) => {
    alike(self, values);
    return _heaviside(self, values);
  },
  (self, values) => {
    alike(self, values);
    return inPlaceOf(_heaviside)(self, values);
  },
);
derive(heaviside, 'none');
/**
 * The next number that the dtype has from self towards other.
 * @example
 * torch.nextafter(torch.tensor([1]), torch.tensor([2])).sub(1); // tensor([1.1921e-07])
 */
export const nextafter = op('nextafter(Tensor self, Tensor other)', { inplace: true });
derive(nextafter, { self: [['self', 'other'], (g, s) => s.self.ne(s.other).where(g, 0)], other: zero });
/**
 * The greatest common divisor of integers, not negative.
 * @example
 * torch.gcd(torch.tensor([12n]), torch.tensor([18n])); // tensor([6])
 */
export const gcd = op('gcd(Tensor self, Tensor other)', { inplace: true });
derive(gcd, 'none');
/**
 * The least common multiple of integers, not negative.
 * @example
 * torch.lcm(torch.tensor([4n]), torch.tensor([6n])); // tensor([12])
 */
export const lcm = op('lcm(Tensor self, Tensor other)', { inplace: true });
derive(lcm, 'none');

const _logaddexp = op('_logaddexp(Tensor self, Tensor other)', {
  native: 'logaddexp',
  method: false,
  backward: 'LogaddexpBackward0',
});
derive(_logaddexp, {
  self: [['self', 'other'], (g, s) => g.mul(s.self.sub(logaddexp(s.self, s.other)).exp())],
  other: [['self', 'other'], (g, s) => g.mul(s.other.sub(logaddexp(s.self, s.other)).exp())],
});
/**
 * log(exp(self) + exp(other)) without overflow.
 * @example
 * torch.logaddexp(torch.tensor([0]), torch.tensor([0])); // tensor([0.6931])
 */
export const logaddexp = op('logaddexp(Tensor self, Tensor other)', { native: '' });
composeFloats(logaddexp, _logaddexp, 'logaddexp_cpu');
const _logaddexp2 = op('_logaddexp2(Tensor self, Tensor other)', {
  native: 'logaddexp2',
  method: false,
  backward: 'Logaddexp2Backward0',
});
derive(_logaddexp2, {
  self: [['self', 'other'], (g, s) => g.mul(s.self.sub(logaddexp2(s.self, s.other)).exp2())],
  other: [['self', 'other'], (g, s) => g.mul(s.other.sub(logaddexp2(s.self, s.other)).exp2())],
});
/**
 * log2(2^self + 2^other) without overflow.
 * @example
 * torch.logaddexp2(torch.tensor([3]), torch.tensor([3])); // tensor([4.])
 */
export const logaddexp2 = op('logaddexp2(Tensor self, Tensor other)', { native: '' });
composeFloats(logaddexp2, _logaddexp2, 'logaddexp2_cpu');

const xlogyBoth = op('xlogy(Tensor self, Tensor other)', { method: false });
derive(xlogyBoth, {
  self: [['self', 'other'], (g, s) => s.self.eq(0).logical_and(s.other.le(0)).where(0, g.mul(s.other.log()))],
  other: [['self', 'other'], (g, s) => g.mul(s.self.div(s.other))],
});
const xlogyNumber = op('xlogy.number(Scalar self, Tensor other)', { native: 'xlogy', backward: 'XlogyBackward1' });
derive(xlogyNumber, { other: ['other', (g, s) => g.mul(s.other.reciprocal().mul(Number(s.self)))] });
const xlogyByNumber = op('xlogy.scalar(Tensor self, Scalar other)', { native: 'xlogy', backward: 'XlogyBackward2' });
derive(xlogyByNumber, {
  self: [
    'self',
    (g, s) => {
      const other = Number(s.other);
      const slope = g.mul(Math.log(other));
      return other > 0 ? slope : s.self.eq(0).where(0, slope);
    },
  ],
});
/**
 * self log(other), 0 where self is 0.
 * @example
 * torch.xlogy(torch.tensor([0, 2]), torch.tensor([0, 1])); // tensor([0., 0.])
 */
export const xlogy = overload('xlogy', [xlogyBoth, xlogyNumber, xlogyByNumber], { inplace: true });

/**
 * self times 2 to the power of other.
 * @example
 * torch.ldexp(torch.tensor([1, 3]), torch.tensor([2, 3])); // tensor([ 4., 24.])
 */
export const ldexp = op('ldexp(Tensor self, Tensor other)', { native: '', inplace: true });
const powerOfTwo = (n: Tensor): Tensor => pow(2, n.dtype.is_floating_point ? n : n.float());
implement(ldexp, (self, other) => {
  if (self.dtype.is_floating_point && other.dtype.name === 'bool') refuseDtype('ldexp_cpu_exp', other.dtype);
  const out = self.mul(powerOfTwo(other));
  return self.dtype.is_floating_point && !other.dtype.is_floating_point ? out.to(self.dtype) : out;
});
derive(ldexp, {
  self: ['other', (g, s) => g.mul(powerOfTwo(s.other))],
  other: [['result'], (g, s) => g.mul(s.result).mul(Math.LN2)],
});

const finite = op('_nan_to_num(Tensor self, float nan, float posinf, float neginf)', {
  native: '',
  method: false,
  backward: 'NanToNumBackward0',
});
implement(finite, (self, nan, posinf, neginf) =>
  self.isnan().where(nan, self.eq(Infinity).where(posinf, self.eq(-Infinity).where(neginf, self))),
);
derive(finite, { self: ['self', (g, s) => s.self.isfinite().where(g, 0)] });
/**
 * NaN and the infinities replaced: by 0, the largest and the smallest number of the dtype where nothing is given.
 * @example
 * torch.nan_to_num(torch.tensor([NaN, 1])); // tensor([0., 1.])
 */
export const nan_to_num = op('nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None)', {
  native: '',
  inplace: true,
  iterated: true,
});
type Replacement = number | null;
const bounds = (self: Tensor, nan: Replacement, posinf: Replacement, neginf: Replacement) => {
  const { max, min } = finfo(self.dtype);
  return [nan ?? 0, posinf ?? max, neginf ?? min] as const;
};
compose(
  nan_to_num,
  (self, ...given) => (self.dtype.is_floating_point ? finite(self, ...bounds(self, ...given)) : self.clone()),
  (self, ...given) =>
    self.dtype.is_floating_point ? inPlaceOf(finite)(self, ...bounds(self, ...given)) : self.copy_(self),
);

/**
 * The angle of a real number in the complex plane: 0, or pi for negative ones.
 * @example
 * torch.angle(torch.tensor([1, -1])); // tensor([0.0000, 3.1416])
 */
export const angle = op('angle(Tensor self)', { native: '' });
implement(angle, (self) => {
  const x = self.dtype.is_floating_point ? self : self.float();
  return x.isnan().where(x, x.lt(0).where(Math.PI, x.new_zeros([])));
});
derive(angle, { self: zero });

/**
 * True where x is minus infinity.
 * @example
 * torch.isneginf(torch.tensor([-Infinity, 1])); // tensor([ True, False])
 */
export const isneginf = op('isneginf(Tensor self)', { native: '' });
compose(isneginf, (self) => self.eq(-Infinity));
/**
 * True where x is plus infinity.
 * @example
 * torch.isposinf(torch.tensor([Infinity, 1])); // tensor([ True, False])
 */
export const isposinf = op('isposinf(Tensor self)', { native: '' });
compose(isposinf, (self) => self.eq(Infinity));
/**
 * True everywhere: all tensors here are real.
 * @example
 * torch.isreal(torch.tensor([1, 2])); // tensor([True, True])
 */
export const isreal = op('isreal(Tensor self)', { native: '' });
compose(isreal, (self) => self.new_ones([...self.shape], { dtype: bool }));

const xlog1pyBoth = op('special_xlog1py(Tensor self, Tensor other)', {
  native: 'xlog1py',
  method: false,
  backward: 'SpecialXlog1PyBackward0',
});
derive(xlog1pyBoth, {
  self: [['self', 'other'], (g, s) => s.self.eq(0).logical_and(s.other.le(-1)).where(0, g.mul(s.other.log1p()))],
  other: [['self', 'other'], (g, s) => g.mul(s.self.div(s.other.add(1)))],
});
const xlog1pyNumber = op('special_xlog1py.self_scalar(Scalar self, Tensor other)', {
  native: 'xlog1py',
  method: false,
  backward: 'SpecialXlog1PyBackward1',
});
derive(xlog1pyNumber, { other: ['other', (g, s) => g.mul(s.other.add(1).reciprocal().mul(Number(s.self)))] });
const xlog1pyByNumber = op('special_xlog1py.other_scalar(Tensor self, Scalar other)', {
  native: 'xlog1py',
  method: false,
  backward: 'SpecialXlog1PyBackward2',
});
derive(xlog1pyByNumber, {
  self: [
    'self',
    (g, s) => {
      const slope = g.mul(Math.log1p(Number(s.other)));
      return Number(s.other) > -1 ? slope : s.self.eq(0).where(0, slope);
    },
  ],
});
/**
 * self log(1 + other), 0 where self is 0.
 * @example
 * torch.special.xlog1py(torch.tensor([0, 2]), torch.tensor([-1, 1])); // tensor([0.0000, 1.3863])
 */
export const special_xlog1py = overload('special_xlog1py', [xlog1pyBoth, xlog1pyNumber, xlog1pyByNumber], {
  method: false,
});
