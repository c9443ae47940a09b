/** Parts of floating point numbers, and of numbers that count through a shape. */
import { int64 } from '../dtype.js';
import { TypeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { refuseDtype } from './refusals.js';
import { typeName } from './schema.js';
import { _where } from './ternary.js';

/** Mantissa and exponent of float64 numbers that are neither 0 nor infinite nor NaN. */
function taken(x: Tensor): [Tensor, Tensor] {
  // Powers of two are exact, and in two steps none of them overflows.
  const scaled = (by: Tensor): Tensor => {
    const half = by.div(2).trunc();
    return x.mul(half.exp2()).mul(by.sub(half).exp2());
  };
  const near = x.abs().log2().floor().add(1);
  // The logarithm may have been rounded over a whole number.
  const size = scaled(near.neg()).abs();
  const exponent = near.add(size.ge(1).to(x.dtype)).sub(size.lt(0.5).to(x.dtype));
  return [scaled(exponent.neg()), exponent];
}

/**
 * self = mantissa * 2^exponent with 0.5 <= |mantissa| < 1: [mantissa, exponent], an int32. 0, infinities and NaN are
 * their own mantissa, with exponent 0. Refuses integers.
 * @example
 * torch.tensor([3, -8]).frexp().exponent; // tensor([2, 4], dtype=torch.int32)
 */
export const frexp = op('frexp(Tensor self) -> (mantissa, exponent)', { native: '' });
implement(frexp, (self) => {
  if (!self.dtype.is_floating_point) refuseDtype('frexp_cpu', self.dtype);
  const whole = self.isfinite().logical_and(self.ne(0));
  const [mantissa, exponent] = taken(_where(whole, self, 1).double());
  return named(
    ['mantissa', 'exponent'],
    [_where(whole, mantissa.to(self.dtype), self), _where(whole, exponent, 0).int()],
  );
});
derive(frexp, { self: ['exponent', ([g], s) => g?.div(s.exponent.to(g.dtype).exp2()) ?? null] });

/**
 * The indices, one tensor for each dimension, that the flat indices of `indices` have in a tensor of this shape.
 * @example
 * torch.unravel_index(torch.tensor([5n]), [2, 3])[1]; // tensor([2])
 */
export const unravel_index = op('unravel_index(Tensor indices, any shape) -> Tensor[]', { method: false });
compose(unravel_index, (indices, given) => {
  const shape: unknown[] = Array.isArray(given) ? given : [given];
  const wrong = shape.find((n) => typeof n !== 'bigint' && !Number.isSafeInteger(n));
  if (wrong !== undefined || shape.includes(undefined)) {
    const wanted = Array.isArray(given)
      ? "'shape' sequence to only contain ints"
      : "'shape' to be int or sequence of ints";
    throw new TypeError(`expected ${wanted}, but got ${typeName(wrong)}`);
  }
  if (indices.dtype.is_floating_point || indices.dtype.name === 'bool')
    throw new TypeError(`expected 'indices' to be integer dtype, but got: torch.${indices.dtype.name}`);
  const sizes = (shape as (number | bigint)[]).map(BigInt);
  if (sizes.some((n) => n < 0))
    throw new ValueError(`'shape' cannot have negative values, but got (${sizes.join(', ')})`);
  const steps = sizes.map((_, d) => sizes.slice(d + 1).reduce((a, b) => a * b, 1n));
  const [places, ends] = [steps, sizes].map((each) => indices.new_tensor(each, { dtype: int64 })) as [Tensor, Tensor];
  return indices.long().unsqueeze(-1).floor_divide(places).remainder(ends).unbind(-1);
});
