/** Element-wise functions of one tensor. Integers are computed in float32 where the function is not one of integers. */
import { RuntimeError } from '../errors.js';
import { compose, derive, op, overload } from './define.js';
import { composeFloats } from './refusals.js';

const two_over_sqrt_pi = 1.1283791670955126;
const ln2 = Math.LN2;
const ln10 = Math.LN10;

/**
 * -x. Refuses bool.
 * @example
 * torch.tensor([1, -2]).neg(); // tensor([-1.,  2.])
 */
export const neg = op('neg(Tensor self)', { inplace: true });
derive(neg, { self: (g) => g.neg() });
/**
 * -x.
 * @example
 * torch.tensor([1, -2]).negative(); // tensor([-1.,  2.])
 */
export const negative = op('negative(Tensor self)', { inplace: true });
compose(
  negative,
  (self) => neg(self),
  (self) => self.neg_(),
);
/**
 * x itself; refuses bool.
 * @example
 * torch.tensor([1, -2]).positive(); // tensor([ 1., -2.])
 */
export const positive = op('positive(Tensor self)', { native: '' });
compose(positive, (self) => {
  if (self.dtype.name === 'bool') throw new RuntimeError('The `+` operator, on a bool tensor is not supported.');
  return self;
});
/**
 * |x|
 * @example
 * torch.tensor([-1, 2]).abs(); // tensor([1., 2.])
 */
export const abs = op('abs(Tensor self)', { inplace: true });
derive(abs, { self: ['self', (g, s) => g.mul(s.self.sgn())] });
/**
 * |x|
 * @example
 * torch.tensor([-1, 2]).absolute(); // tensor([1., 2.])
 */
export const absolute = op('absolute(Tensor self)', { inplace: true });
compose(
  absolute,
  (self) => abs(self),
  (self) => self.abs_(),
);
/**
 * -1, 0 or 1 by the sign of x.
 * @example
 * torch.tensor([-3, 0, 2]).sign(); // tensor([-1.,  0.,  1.])
 */
export const sign = op('sign(Tensor self)', { inplace: true });
derive(sign, { self: (g) => g.new_zeros([...g.shape]) });
/**
 * The sign, as sign().
 * @example
 * torch.tensor([-3, 0, 2]).sgn(); // tensor([-1.,  0.,  1.])
 */
export const sgn = op('sgn(Tensor self)', { native: 'sign', inplace: true });
derive(sgn, { self: (g) => g.new_zeros([...g.shape]) });
/**
 * x * x
 * @example
 * torch.tensor([2, -3]).square(); // tensor([4., 9.])
 */
export const square = op('square(Tensor self)', { inplace: true, native: '' });
compose(
  square,
  (self) => self.pow(2),
  (self) => self.pow_(2),
);
/**
 * 1 / x
 * @example
 * torch.tensor([2, 4]).reciprocal(); // tensor([0.5000, 0.2500])
 */
export const reciprocal = op('reciprocal(Tensor self)', { inplace: true });
derive(reciprocal, { self: ['result', (g, s) => g.mul(s.result.mul(s.result).neg())] });
/**
 * The square root.
 * @example
 * torch.tensor([4, 2]).sqrt(); // tensor([2.0000, 1.4142])
 */
export const sqrt = op('sqrt(Tensor self)', { inplace: true });
derive(sqrt, { self: ['result', (g, s) => g.div(s.result.mul(2))] });
/**
 * 1 / sqrt(x)
 * @example
 * torch.tensor([4, 16]).rsqrt(); // tensor([0.5000, 0.2500])
 */
export const rsqrt = op('rsqrt(Tensor self)', { inplace: true });
derive(rsqrt, { self: ['result', (g, s) => g.mul(-0.5).mul(s.result.pow(3))] });
/**
 * e to the power of x.
 * @example
 * torch.tensor([0, 1]).exp(); // tensor([1.0000, 2.7183])
 */
export const exp = op('exp(Tensor self)', { inplace: true });
derive(exp, { self: ['result', (g, s) => g.mul(s.result)] });
/**
 * 2 to the power of x.
 * @example
 * torch.tensor([3, 0.5]).exp2(); // tensor([8.0000, 1.4142])
 */
export const exp2 = op('exp2(Tensor self)', { inplace: true });
derive(exp2, { self: ['result', (g, s) => g.mul(s.result).mul(ln2)] });
/**
 * exp(x) - 1, exact near 0.
 * @example
 * torch.tensor([0, 1]).expm1(); // tensor([0.0000, 1.7183])
 */
export const expm1 = op('expm1(Tensor self)', { inplace: true });
derive(expm1, { self: ['result', (g, s) => g.mul(s.result.add(1))] });
/**
 * The natural logarithm.
 * @example
 * torch.tensor([1, Math.E]).log(); // tensor([0., 1.])
 */
export const log = op('log(Tensor self)', { inplace: true });
derive(log, { self: ['self', (g, s) => g.div(s.self)] });
/**
 * log(1 + x), exact near 0.
 * @example
 * torch.tensor([0, 1]).log1p(); // tensor([0.0000, 0.6931])
 */
export const log1p = op('log1p(Tensor self)', { inplace: true });
derive(log1p, { self: ['self', (g, s) => g.div(s.self.add(1))] });
/**
 * The logarithm to base 2.
 * @example
 * torch.tensor([1, 8]).log2(); // tensor([0., 3.])
 */
export const log2 = op('log2(Tensor self)', { inplace: true });
derive(log2, { self: ['self', (g, s) => g.div(s.self.mul(ln2))] });
/**
 * The logarithm to base 10.
 * @example
 * torch.tensor([1, 100]).log10(); // tensor([0., 2.])
 */
export const log10 = op('log10(Tensor self)', { inplace: true });
derive(log10, { self: ['self', (g, s) => g.div(s.self.mul(ln10))] });
/**
 * sin(x), x in radians.
 * @example
 * torch.tensor([0, Math.PI / 2]).sin(); // tensor([0., 1.])
 */
export const sin = op('sin(Tensor self)', { inplace: true });
derive(sin, { self: ['self', (g, s) => g.mul(s.self.cos())] });
/**
 * cos(x), x in radians.
 * @example
 * torch.tensor([0, Math.PI]).cos(); // tensor([ 1., -1.])
 */
export const cos = op('cos(Tensor self)', { inplace: true });
derive(cos, { self: ['self', (g, s) => g.mul(s.self.sin().neg())] });
/**
 * tan(x), x in radians.
 * @example
 * torch.tensor([0, Math.PI / 4]).tan(); // tensor([0., 1.])
 */
export const tan = op('tan(Tensor self)', { inplace: true });
derive(tan, { self: ['result', (g, s) => g.mul(s.result.pow(2).add(1))] });
/**
 * The angle whose sine is x.
 * @example
 * torch.tensor([0, 1]).asin(); // tensor([0.0000, 1.5708])
 */
export const asin = op('asin(Tensor self)', { inplace: true });
derive(asin, { self: ['self', (g, s) => g.mul(s.self.mul(s.self).neg().add(1).rsqrt())] });
/**
 * The angle whose cosine is x.
 * @example
 * torch.tensor([1, 0]).acos(); // tensor([0.0000, 1.5708])
 */
export const acos = op('acos(Tensor self)', { inplace: true });
derive(acos, { self: ['self', (g, s) => g.mul(s.self.mul(s.self).neg().add(1).rsqrt().neg())] });
/**
 * The angle whose tangent is x.
 * @example
 * torch.tensor([0, 1]).atan(); // tensor([0.0000, 0.7854])
 */
export const atan = op('atan(Tensor self)', { inplace: true });
derive(atan, { self: ['self', (g, s) => g.div(s.self.mul(s.self).add(1))] });
/**
 * The hyperbolic sine.
 * @example
 * torch.tensor([0, 1]).sinh(); // tensor([0.0000, 1.1752])
 */
export const sinh = op('sinh(Tensor self)', { inplace: true });
derive(sinh, { self: ['self', (g, s) => g.mul(s.self.cosh())] });
/**
 * The hyperbolic cosine.
 * @example
 * torch.tensor([0, 1]).cosh(); // tensor([1.0000, 1.5431])
 */
export const cosh = op('cosh(Tensor self)', { inplace: true });
derive(cosh, { self: ['self', (g, s) => g.mul(s.self.sinh())] });
/**
 * The hyperbolic tangent.
 * @example
 * torch.tensor([0, 1]).tanh(); // tensor([0.0000, 0.7616])
 */
export const tanh = op('tanh(Tensor self)', { inplace: true });
derive(tanh, { self: ['result', (g, s) => tanh_backward(g, s.result)] });
/** The gradient of tanh from that of its result. @internal */
export const tanh_backward = op('tanh_backward(Tensor grad_output, Tensor output)', { method: false });
derive(tanh_backward, {
  grad_output: ['output', (g, s) => tanh_backward(g, s.output)],
  output: [['grad_output', 'output'], (g, s) => g.mul(s.grad_output).mul(s.output).mul(-2)],
});
/**
 * The inverse of sinh.
 * @example
 * torch.tensor([0, 1]).asinh(); // tensor([0.0000, 0.8814])
 */
export const asinh = op('asinh(Tensor self)', { inplace: true, backwardInPlace: 'AsinhBackward1' });
derive(asinh, { self: ['self', (g, s) => g.mul(s.self.pow(2).add(1).rsqrt())] });
/**
 * The inverse of cosh.
 * @example
 * torch.tensor([1, 2]).acosh(); // tensor([0.0000, 1.3170])
 */
export const acosh = op('acosh(Tensor self)', { inplace: true, backwardInPlace: 'AcoshBackward1' });
derive(acosh, { self: ['self', (g, s) => g.mul(s.self.pow(2).sub(1).rsqrt())] });
/**
 * The inverse of tanh.
 * @example
 * torch.tensor([0, 0.5]).atanh(); // tensor([0.0000, 0.5493])
 */
export const atanh = op('atanh(Tensor self)', { inplace: true, backwardInPlace: 'AtanhBackward1' });
derive(atanh, { self: ['self', (g, s) => g.div(s.self.pow(2).neg().add(1))] });
/**
 * 1 / (1 + exp(-x))
 * @example
 * torch.tensor([0, 2]).sigmoid(); // tensor([0.5000, 0.8808])
 */
export const sigmoid = op('sigmoid(Tensor self)', { inplace: true });
derive(sigmoid, { self: ['result', (g, s) => sigmoid_backward(g, s.result)] });
/** The gradient of sigmoid from that of its result. @internal */
export const sigmoid_backward = op('sigmoid_backward(Tensor grad_output, Tensor output)', { method: false });
derive(sigmoid_backward, {
  grad_output: ['output', (g, s) => sigmoid_backward(g, s.output)],
  output: [['grad_output', 'output'], (g, s) => g.mul(s.grad_output).mul(s.output.mul(-2).add(1))],
});
/**
 * The error function.
 * @example
 * torch.tensor([0, 1]).erf(); // tensor([0.0000, 0.8427])
 */
export const erf = op('erf(Tensor self)', { inplace: true });
derive(erf, { self: ['self', (g, s) => g.mul(s.self.pow(2).neg().exp().mul(two_over_sqrt_pi))] });
/**
 * 1 - erf(x)
 * @example
 * torch.tensor([0, 1]).erfc(); // tensor([1.0000, 0.1573])
 */
export const erfc = op('erfc(Tensor self)', { inplace: true });
derive(erfc, { self: ['self', (g, s) => g.mul(s.self.pow(2).neg().exp().mul(-two_over_sqrt_pi))] });
/**
 * max(x, 0)
 * @example
 * torch.tensor([-1, 2]).relu(); // tensor([0., 2.])
 */
export const relu = op('relu(Tensor self)', { inplace: true });
derive(relu, { self: ['result', (g, s) => relu_backward(g, s.result)] });
/** `grad_output` where `result` is positive, else 0. @internal */
export const relu_backward = op('relu_backward(Tensor grad_output, Tensor result)', {
  method: false,
  backward: 'ThresholdBackwardBackward0',
});
derive(relu_backward, {
  grad_output: ['result', (g, s) => relu_backward(g, s.result)],
  result: (g) => g.new_zeros([...g.shape]),
});
/**
 * The largest whole number not above x.
 * @example
 * torch.tensor([-0.5, 1.2]).floor(); // tensor([-1.,  1.])
 */
export const floor = op('floor(Tensor self)', { inplace: true });
derive(floor, { self: (g) => g.new_zeros([...g.shape]) });
/**
 * The smallest whole number not below x.
 * @example
 * torch.tensor([-0.5, 1.2]).ceil(); // tensor([-0., 2.])
 */
export const ceil = op('ceil(Tensor self)', { inplace: true });
derive(ceil, { self: (g) => g.new_zeros([...g.shape]) });
/**
 * Towards zero to a whole number.
 * @example
 * torch.tensor([-1.7, 1.7]).trunc(); // tensor([-1.,  1.])
 */
export const trunc = op('trunc(Tensor self)', { inplace: true });
derive(trunc, { self: (g) => g.new_zeros([...g.shape]) });
/**
 * trunc.
 * @example
 * torch.tensor([-1.7, 1.7]).fix(); // tensor([-1.,  1.])
 */
export const fix = op('fix(Tensor self)', { inplace: true });
compose(
  fix,
  (self) => trunc(self),
  (self) => self.trunc_(),
);
const _frac = op('_frac(Tensor self)', { native: 'frac', method: false, backward: 'FracBackward0' });
derive(_frac, { self: (g) => g });
/**
 * x - trunc(x)
 * @example
 * torch.tensor([1.25, -2.5]).frac(); // tensor([ 0.2500, -0.5000])
 */
export const frac = op('frac(Tensor self)', { native: '', inplace: true });
composeFloats(frac, _frac, 'frac_cpu');

const roundWhole = op('round(Tensor self)', { method: false });
derive(roundWhole, { self: (g) => g.new_zeros([...g.shape]) });
const roundDecimals = op('round.decimals(Tensor self, *, int decimals)', { native: '' });
compose(roundDecimals, (self, decimals) => {
  if (decimals === 0) return roundWhole(self);
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0 ? roundWhole(self.mul(scale)).div(scale) : roundWhole(self.div(scale)).mul(scale);
});
/**
 * To the nearest whole number, halves to the even one; or to `decimals` places.
 * @example
 * torch.tensor([0.5, 1.5, 2.345]).round({ decimals: 1 }); // tensor([0.5000, 1.5000, 2.3000])
 */
export const round = overload('round', [roundWhole, roundDecimals], { inplace: true });

/**
 * True where x is zero.
 * @example
 * torch.tensor([0, 2]).logical_not(); // tensor([ True, False])
 */
export const logical_not = op('logical_not(Tensor self)', { inplace: true });
derive(logical_not, 'none');
/**
 * All bits of an integer turned over; `not` of a bool.
 * @example
 * torch.tensor([0n, 5n]).bitwise_not(); // tensor([-1, -6])
 */
export const bitwise_not = op('bitwise_not(Tensor self)', { inplace: true });
derive(bitwise_not, 'none');
/**
 * True where x is not a number.
 * @example
 * torch.tensor([1, NaN, Infinity]).isnan(); // tensor([False,  True, False])
 */
export const isnan = op('isnan(Tensor self)');
derive(isnan, 'none');
/**
 * True where x is infinite.
 * @example
 * torch.tensor([1, NaN, Infinity]).isinf(); // tensor([False, False,  True])
 */
export const isinf = op('isinf(Tensor self)');
derive(isinf, 'none');
/**
 * True where x is neither infinite nor NaN.
 * @example
 * torch.tensor([1, NaN, Infinity]).isfinite(); // tensor([ True, False, False])
 */
export const isfinite = op('isfinite(Tensor self)');
derive(isfinite, 'none');
/**
 * True where the sign of x is negative, of -0 as well.
 * @example
 * torch.tensor([-1, -0, 0]).signbit(); // tensor([ True,  True, False])
 */
export const signbit = op('signbit(Tensor self)');
derive(signbit, 'none');
