/** Comparisons, element by element, and whether tensors are equal, or nearly so. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, deriveInPlace, op } from './define.js';

const zero = (g: Tensor): Tensor => g.new_zeros([...g.shape]);
/** Comparisons have no gradient, but in place they end that of what they replace. */
const comparison = <const N extends string>(name: N) => ({
  inplace: true as const,
  backward: `${name}Backward0`,
  backwardTensor: `${name}Backward1`,
});
/**
 * self == other, element by element.
 * @example
 * torch.tensor([1, 2]).eq(2); // tensor([False,  True])
 */
export const eq = op('eq(Tensor self, Tensor|Scalar other)', comparison('Eq'));
derive(eq, 'none');
deriveInPlace(eq, { self: zero, other: zero });
/**
 * self != other
 * @example
 * torch.tensor([1, 2]).ne(2); // tensor([ True, False])
 */
export const ne = op('ne(Tensor self, Tensor|Scalar other)', comparison('Ne'));
derive(ne, 'none');
deriveInPlace(ne, { self: zero, other: zero });
/**
 * self < other
 * @example
 * torch.tensor([1, 2]).lt(2); // tensor([ True, False])
 */
export const lt = op('lt(Tensor self, Tensor|Scalar other)', comparison('Lt'));
derive(lt, 'none');
deriveInPlace(lt, { self: zero, other: zero });
/**
 * self <= other
 * @example
 * torch.tensor([1, 2]).le(1); // tensor([ True, False])
 */
export const le = op('le(Tensor self, Tensor|Scalar other)', comparison('Le'));
derive(le, 'none');
deriveInPlace(le, { self: zero, other: zero });
/**
 * self > other
 * @example
 * torch.tensor([1, 2]).gt(1); // tensor([False,  True])
 */
export const gt = op('gt(Tensor self, Tensor|Scalar other)', comparison('Gt'));
derive(gt, 'none');
deriveInPlace(gt, { self: zero, other: zero });
/**
 * self >= other
 * @example
 * torch.tensor([1, 2]).ge(2); // tensor([False,  True])
 */
export const ge = op('ge(Tensor self, Tensor|Scalar other)', comparison('Ge'));
derive(ge, 'none');
deriveInPlace(ge, { self: zero, other: zero });

/**
 * Whether two tensors have the same shape and the same elements: a boolean of JavaScript.
 * @example
 * torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2])); // true
 */
export const equal = op('equal(Tensor self, Tensor other) -> bool', { native: '' });
compose(equal, (self, other) => {
  if (self.dtype !== other.dtype) {
    throw new RuntimeError(
      `Expected object of data type ${self.dtype} but got data type ${other.dtype} for argument 'other' in call to equal`,
    );
  }
  if (!self.is_same_size(other)) return false;
  return Boolean(self.detach().eq(other.detach()).all().item());
});

/**
 * True where |self - other| <= atol + rtol |other|; equal infinities are close, NaN where `equal_nan` says so.
 * @example
 * torch.isclose(torch.tensor([1, 2]), torch.tensor([1 + 1e-9, 2.1])); // tensor([ True, False])
 */
export const isclose = op(
  'isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False)',
  { native: '' },
);
compose(isclose, (self, other, rtol, atol, equal_nan) => {
  if (self.dtype !== other.dtype)
    throw new RuntimeError(`${self.dtype.scalarName} did not match ${other.dtype.scalarName}`);
  if (rtol < 0) throw new RuntimeError(`rtol must be greater than or equal to zero, but got ${rtol}`);
  if (atol < 0) throw new RuntimeError(`atol must be greater than or equal to zero, but got ${atol}`);
  const [x, y] = [self.detach(), other.detach()];
  let close = x.eq(y);
  if (equal_nan && x.dtype.is_floating_point) close = close.logical_or(x.isnan().logical_and(y.isnan()));
  if (rtol === 0 && atol === 0) return close;
  const wide = (t: Tensor) => (t.dtype.is_floating_point ? t : t.dtype.name === 'bool' ? t.float() : t.double());
  const allowed = wide(y).mul(rtol).abs().add(atol);
  const distance = wide(x).sub(wide(y)).abs();
  return close.logical_or(distance.isfinite().logical_and(distance.le(allowed)));
});

/**
 * Whether all elements are close.
 * @example
 * torch.allclose(torch.tensor([1]), torch.tensor([1 + 1e-9])); // true
 */
export const allclose = op(
  'allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool',
  { native: '' },
);
compose(allclose, (self, other, rtol, atol, equal_nan) =>
  Boolean(isclose(self, other, rtol, atol, equal_nan).all().item()),
);
