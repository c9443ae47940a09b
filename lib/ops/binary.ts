/** Element-wise functions of two operands, broadcast together; either may be a number. */
import { float64 } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { compose, derive, implement, inPlaceOf, op, overload, refuseGradients } from './define.js';
import { composeFloats } from './refusals.js';
import type { Scalar } from './schema-types.js';

type Operand = Tensor | Scalar;
const isOne = (x: Scalar): boolean => typeof x !== 'boolean' && Number(x) === 1;

const addPlain = op('add(Tensor|Scalar self, Tensor|Scalar other)', { method: false });
derive(addPlain, { self: (g) => g, other: (g) => g });
const addScaled = op('add.alpha(Tensor|Scalar self, Tensor|Scalar other, *, Scalar alpha)', {
  native: 'add_scaled',
  backward: 'AddBackward0',
});
derive(addScaled, { self: (g) => g, other: (g, s) => g.mul(s.alpha) });
/**
 * self + alpha * other
 * @example
 * torch.tensor([1, 2]).add(10); // tensor([11., 12.])
 */
export const add = overload('add', [addPlain, addScaled], { inplace: true });

const subPlain = op('sub(Tensor|Scalar self, Tensor|Scalar other)', { method: false });
derive(subPlain, { self: (g) => g, other: (g) => g.neg() });
const subScaled = op('sub.alpha(Tensor|Scalar self, Tensor|Scalar other, *, Scalar alpha)', {
  native: 'sub_scaled',
  backward: 'SubBackward0',
});
derive(subScaled, { self: (g) => g, other: (g, s) => g.mul(s.alpha).neg() });
/**
 * self - alpha * other
 * @example
 * torch.tensor([5, 5]).sub(torch.tensor([1, 2]), { alpha: 2 }); // tensor([3., 1.])
 */
export const sub = overload('sub', [subPlain, subScaled], { inplace: true });
/**
 * sub.
 * @example
 * torch.tensor([5, 6]).subtract(1); // tensor([4., 5.])
 */
export const subtract = overload('subtract', [subPlain, subScaled], { inplace: true });
const rsubTensor = op('rsub(Tensor self, Tensor other, *, Scalar alpha=1)', { native: '', method: false });
implement(rsubTensor, (self, other, alpha) => (isOne(alpha) ? sub(other, self) : sub(other, self, { alpha })));
derive(rsubTensor, { self: (g, s) => g.mul(s.alpha).neg(), other: (g) => g });
const rsubNumber = op('rsub.number(Tensor self, Scalar other, Scalar alpha=1)', {
  native: '',
  backward: 'RsubBackward1',
});
implement(rsubNumber, (self, other, alpha) => (isOne(alpha) ? sub(other, self) : sub(other, self, { alpha })));
derive(rsubNumber, { self: (g, s) => g.mul(s.alpha).neg() });
/**
 * other - alpha * self
 * @example
 * torch.rsub(torch.tensor([1, 2]), 10); // tensor([9., 8.])
 */
export const rsub = overload('rsub', [rsubTensor, rsubNumber]);

/**
 * self * other
 * @example
 * torch.tensor([1, 2]).mul(torch.tensor([[10], [100]])); // tensor([[ 10.,  20.], [100., 200.]])
 */
export const mul = op('mul(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
derive(mul, {
  self: ['other', (g, s) => g.mul(s.other)],
  other: ['self', (g, s) => g.mul(s.self)],
});
/**
 * mul.
 * @example
 * torch.tensor([1, 2]).multiply(3); // tensor([3., 6.])
 */
export const multiply = op('multiply(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
compose(
  multiply,
  (self, other) => mul(self, other),
  (self, other) => (self as Tensor).mul_(other),
);

const divTrue = op('div(Tensor|Scalar self, Tensor|Scalar other)', { method: false });
derive(divTrue, {
  self: ['other', (g, s) => g.div(s.other)],
  other: [['self', 'other'], (g, s) => g.neg().mul(div(div(s.self, s.other), s.other))],
});
const divTrunc = op('div_trunc(Tensor|Scalar self, Tensor|Scalar other)', { method: false, backward: 'DivBackward2' });
derive(divTrunc, { self: (g) => g.new_zeros([...g.shape]), other: (g) => g.new_zeros([...g.shape]) });
const divFloor = op('div_floor(Tensor|Scalar self, Tensor|Scalar other)', { method: false, backward: 'DivBackward2' });
derive(divFloor, { self: (g) => g.new_zeros([...g.shape]), other: (g) => g.new_zeros([...g.shape]) });
const divMode = op('div.mode(Tensor|Scalar self, Tensor|Scalar other, *, str? rounding_mode)', { native: '' });
const divisions = (mode: string | null) => {
  if (mode === null) return divTrue;
  if (mode === 'trunc') return divTrunc;
  if (mode === 'floor') return divFloor;
  throw new RuntimeError(`div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${mode}'`);
};
compose(
  divMode,
  (self, other, mode) => divisions(mode)(self, other),
  (self, other, mode) => inPlaceOf(divisions(mode) as typeof divTrue)(self, other),
);
/**
 * self / other; `rounding_mode` 'trunc' or 'floor' rounds the quotient.
 * @example
 * torch.tensor([7, -7]).div(2, { rounding_mode: 'floor' }); // tensor([ 3., -4.])
 */
export const div = overload('div', [divTrue, divMode], { inplace: true });
/**
 * div.
 * @example
 * torch.tensor([1, 2]).divide(4); // tensor([0.2500, 0.5000])
 */
export const divide = overload('divide', [divTrue, divMode], { inplace: true });
/**
 * self / other
 * @example
 * torch.tensor([1n, 2n]).true_divide(4); // tensor([0.2500, 0.5000])
 */
export const true_divide = op('true_divide(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
compose(
  true_divide,
  (self, other) => divTrue(self, other),
  (self, other) => (self as Tensor).div_(other),
);
/**
 * The quotient rounded down, as Python's //.
 * @example
 * torch.tensor([7, -7]).floor_divide(2); // tensor([ 3., -4.])
 */
export const floor_divide = op('floor_divide(Tensor|Scalar self, Tensor|Scalar other)', {
  native: 'div_floor',
  inplace: true,
  backward: 'NotImplemented',
});
refuseGradients(floor_divide);

/**
 * What is left of self divided by other, with the sign of other: Python's %.
 * @example
 * torch.tensor([7, -7]).remainder(3); // tensor([1., 2.])
 */
export const remainder = op('remainder(Tensor|Scalar self, Tensor|Scalar other)', {
  inplace: true,
  backwardTensor: 'RemainderBackward1',
});
derive(remainder, {
  self: (g) => g,
  other: [['self', 'other'], (g, s) => g.neg().mul(div(s.self, s.other, { rounding_mode: 'floor' }))],
});
/**
 * What is left of self divided by other, with the sign of self: C's fmod.
 * @example
 * torch.tensor([7, -7]).fmod(3); // tensor([ 1., -1.])
 */
export const fmod = op('fmod(Tensor self, Tensor|Scalar other)', {
  inplace: true,
  backwardTensor: 'FmodBackward1',
});
derive(fmod, {
  self: (g) => g,
  other: [['self', 'other'], (g, s) => g.neg().mul(div(s.self, s.other, { rounding_mode: 'trunc' }))],
});

const powScalar = op('pow(Tensor self, Scalar exponent)', { method: false });
derive(powScalar, {
  self: [
    'self',
    (g, s) => {
      const n = Number(s.exponent);
      return n === 0 ? g.new_zeros([...g.shape]) : g.mul(s.self.pow(n - 1).mul(n));
    },
  ],
});
const powNumber = op('pow.number(Scalar self, Tensor exponent)', { native: 'pow', backward: 'PowBackward2' });
derive(powNumber, {
  exponent: [
    ['exponent', 'result'],
    (g, s) => {
      const base = Number(s.self);
      const slope = g.mul(s.result.mul(Math.log(base)));
      return base === 0 ? s.exponent.ge(0).where(0, slope) : slope;
    },
  ],
});
const powTensor = op('pow.tensor(Tensor self, Tensor exponent)', { native: 'pow', backward: 'PowBackward1' });
derive(powTensor, {
  self: [
    ['self', 'exponent'],
    (g, s) => s.exponent.eq(0).where(0, g.mul(s.exponent).mul(s.self.pow(s.exponent.sub(1)))),
  ],
  exponent: [
    ['self', 'exponent', 'result'],
    (g, s) => {
      const zero = s.self.eq(0).logical_and(s.exponent.ge(0));
      return zero.where(0, g.mul(s.result.mul(zero.where(1, s.self).log())));
    },
  ],
});
/**
 * self to the power of exponent, element by element.
 * @example
 * torch.tensor([2, 3]).pow(2); // tensor([4., 9.])
 */
export const pow = overload('pow', [powTensor, powNumber, powScalar], { inplace: true });
/**
 * pow in float64.
 * @example
 * torch.tensor([2n, 3n]).float_power(2).dtype; // torch.float64
 */
export const float_power = op('float_power(Tensor|Scalar self, Tensor|Scalar exponent)', { inplace: true });
const wide = (x: Operand) => (x instanceof Tensor ? x.double() : Number(x));
compose(
  float_power,
  (self, exponent) => pow(wide(self) as Tensor, wide(exponent) as Tensor),
  (self, exponent) => {
    const { dtype } = self as Tensor;
    if (dtype !== float64) {
      throw new RuntimeError(
        `the base given to float_power_ has dtype ${dtype.scalarName} but the operation's result requires dtype Double`,
      );
    }
    return (self as Tensor).pow_(wide(exponent) as Tensor);
  },
);

/** g part / (self² + other²); 0 where both are 0, as in PyTorch. */
function atan2Part(g: Tensor, part: Tensor, { self, other }: { self: Tensor; other: Tensor }): Tensor {
  const squares = self.mul(self).add(other.mul(other));
  return g.mul(part.div(squares.masked_fill(squares.eq(0), 1)));
}
/**
 * The angle of the point (other, self), in radians.
 * @example
 * torch.atan2(torch.tensor([1]), torch.tensor([-1])); // tensor([2.3562])
 */
export const atan2 = op('atan2(Tensor self, Tensor other)', { inplace: true });
derive(atan2, {
  self: [['self', 'other'], (g, s) => atan2Part(g, s.other, s)],
  other: [['self', 'other'], (g, s) => atan2Part(g, s.self.neg(), s)],
});
const _hypot = op('_hypot(Tensor self, Tensor other)', { native: 'hypot', method: false, backward: 'HypotBackward0' });
derive(_hypot, {
  self: [['self', 'result'], (g, s) => g.mul(s.self.div(s.result))],
  other: [['other', 'result'], (g, s) => g.mul(s.other.div(s.result))],
});
/**
 * sqrt(self² + other²) without overflow.
 * @example
 * torch.hypot(torch.tensor([3]), torch.tensor([4])); // tensor([5.])
 */
export const hypot = op('hypot(Tensor self, Tensor other)', { native: '', inplace: true });
composeFloats(hypot, _hypot, 'hypot_cpu');
/**
 * The magnitude of self with the sign of other.
 * @example
 * torch.copysign(torch.tensor([1, 2]), torch.tensor([-1, 1])); // tensor([-1.,  2.])
 */
export const copysign = op('copysign(Tensor self, Tensor|Scalar other)', {
  inplace: true,
  backward: 'CopysignBackward1',
  backwardTensor: 'CopysignBackward0',
});
derive(copysign, {
  self: [['self', 'result'], (g, s) => s.self.eq(0).where(0, g.mul(s.result.div(s.self)))],
  other: (g) => g.new_zeros([...g.shape]),
});
const larger = (g: Tensor, x: Tensor, y: Tensor) => x.eq(y).where(g.div(2), x.gt(y).where(g, 0));
/**
 * The larger of two elements; NaN where one is NaN.
 * @example
 * torch.maximum(torch.tensor([1, 5]), torch.tensor([3, 2])); // tensor([3., 5.])
 */
export const maximum = op('maximum(Tensor self, Tensor other)');
derive(maximum, {
  self: [['self', 'other'], (g, s) => larger(g, s.self, s.other)],
  other: [['self', 'other'], (g, s) => larger(g, s.other, s.self)],
});
/**
 * The smaller of two elements; NaN where one is NaN.
 * @example
 * torch.minimum(torch.tensor([1, 5]), torch.tensor([3, 2])); // tensor([1., 2.])
 */
export const minimum = op('minimum(Tensor self, Tensor other)');
derive(minimum, {
  self: [['self', 'other'], (g, s) => larger(g, s.other, s.self)],
  other: [['self', 'other'], (g, s) => larger(g, s.self, s.other)],
});
/**
 * The larger of two elements; a NaN gives way to a number.
 * @example
 * torch.fmax(torch.tensor([1, NaN]), torch.tensor([0, 2])); // tensor([1., 2.])
 */
export const fmax = op('fmax(Tensor self, Tensor other)');
derive(fmax, {
  self: [['self', 'other'], (g, s) => s.self.ge(s.other).logical_or(s.other.isnan()).where(g, 0)],
  other: [['self', 'other'], (g, s) => s.self.ge(s.other).logical_or(s.other.isnan()).where(0, g)],
});
/**
 * The smaller of two elements; a NaN gives way to a number.
 * @example
 * torch.fmin(torch.tensor([1, NaN]), torch.tensor([0, 2])); // tensor([0., 2.])
 */
export const fmin = op('fmin(Tensor self, Tensor other)');
derive(fmin, {
  self: [['self', 'other'], (g, s) => s.self.le(s.other).logical_or(s.other.isnan()).where(g, 0)],
  other: [['self', 'other'], (g, s) => s.self.le(s.other).logical_or(s.other.isnan()).where(0, g)],
});

/**
 * Whether both are true; a number other than zero is.
 * @example
 * torch.logical_and(torch.tensor([true, true]), torch.tensor([true, false])); // tensor([ True, False])
 */
export const logical_and = op('logical_and(Tensor self, Tensor other)', { inplace: true });
derive(logical_and, 'none');
/**
 * Whether one is true.
 * @example
 * torch.logical_or(torch.tensor([true, false]), torch.tensor([false, false])); // tensor([ True, False])
 */
export const logical_or = op('logical_or(Tensor self, Tensor other)', { inplace: true });
derive(logical_or, 'none');
/**
 * Whether exactly one is true.
 * @example
 * torch.logical_xor(torch.tensor([true, true]), torch.tensor([true, false])); // tensor([False,  True])
 */
export const logical_xor = op('logical_xor(Tensor self, Tensor other)', { inplace: true });
derive(logical_xor, 'none');
/**
 * The bits that both have.
 * @example
 * torch.bitwise_and(torch.tensor([6n]), torch.tensor([3n])); // tensor([2])
 */
export const bitwise_and = op('bitwise_and(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
derive(bitwise_and, 'none');
/**
 * The bits that one has.
 * @example
 * torch.bitwise_or(torch.tensor([6n]), torch.tensor([3n])); // tensor([7])
 */
export const bitwise_or = op('bitwise_or(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
derive(bitwise_or, 'none');
/**
 * The bits that exactly one has.
 * @example
 * torch.bitwise_xor(torch.tensor([6n]), torch.tensor([3n])); // tensor([5])
 */
export const bitwise_xor = op('bitwise_xor(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
derive(bitwise_xor, 'none');
/**
 * self shifted left by other bits.
 * @example
 * torch.bitwise_left_shift(torch.tensor([1n, 3n]), 2); // tensor([ 4, 12])
 */
export const bitwise_left_shift = op('bitwise_left_shift(Tensor|Scalar self, Tensor|Scalar other)', { inplace: true });
derive(bitwise_left_shift, 'none');
/**
 * self shifted right by other bits, keeping the sign.
 * @example
 * torch.bitwise_right_shift(torch.tensor([4n, 12n]), 2); // tensor([1, 3])
 */
export const bitwise_right_shift = op('bitwise_right_shift(Tensor|Scalar self, Tensor|Scalar other)', {
  inplace: true,
});
derive(bitwise_right_shift, 'none');
