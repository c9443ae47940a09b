/** Ops by their second names, NumPy's. */
import { atan2 } from './binary.js';
import { ge, gt, le, lt, ne } from './compare.js';
import { compose, derive, op } from './define.js';
import { acos, acosh, asin, asinh, atan, atanh } from './unary.js';

/**
 * acos.
 * @example
 * torch.tensor([1]).arccos(); // tensor([0.])
 */
export const arccos = op('arccos(Tensor self)', { inplace: true });
compose(
  arccos,
  (self) => acos(self),
  (self) => self.acos_(),
);
/**
 * acosh.
 * @example
 * torch.tensor([1]).arccosh(); // tensor([0.])
 */
export const arccosh = op('arccosh(Tensor self)', { inplace: true });
compose(
  arccosh,
  (self) => acosh(self),
  (self) => self.acosh_(),
);
/**
 * asin.
 * @example
 * torch.tensor([0]).arcsin(); // tensor([0.])
 */
export const arcsin = op('arcsin(Tensor self)', { inplace: true });
compose(
  arcsin,
  (self) => asin(self),
  (self) => self.asin_(),
);
/**
 * asinh.
 * @example
 * torch.tensor([0]).arcsinh(); // tensor([0.])
 */
export const arcsinh = op('arcsinh(Tensor self)', { inplace: true });
compose(
  arcsinh,
  (self) => asinh(self),
  (self) => self.asinh_(),
);
/**
 * atan.
 * @example
 * torch.tensor([0]).arctan(); // tensor([0.])
 */
export const arctan = op('arctan(Tensor self)', { inplace: true });
compose(
  arctan,
  (self) => atan(self),
  (self) => self.atan_(),
);
/**
 * atanh.
 * @example
 * torch.tensor([0]).arctanh(); // tensor([0.])
 */
export const arctanh = op('arctanh(Tensor self)', { inplace: true });
compose(
  arctanh,
  (self) => atanh(self),
  (self) => self.atanh_(),
);
/**
 * atan2.
 * @example
 * torch.arctan2(torch.tensor([1]), torch.tensor([1])); // tensor([0.7854])
 */
export const arctan2 = op('arctan2(Tensor self, Tensor other)', { inplace: true });
compose(
  arctan2,
  (self, other) => atan2(self, other),
  (self, other) => self.atan2_(other),
);
/**
 * self > other, as gt.
 * @example
 * torch.tensor([1, 2]).greater(2); // tensor([False, False])
 */
export const greater = op('greater(Tensor self, Tensor|Scalar other)', { inplace: true });
compose(
  greater,
  (self, other) => gt(self, other),
  (self, other) => self.gt_(other),
);
derive(greater, 'none');
/**
 * self >= other, as ge.
 * @example
 * torch.tensor([1, 2]).greater_equal(2); // tensor([False,  True])
 */
export const greater_equal = op('greater_equal(Tensor self, Tensor|Scalar other)', { inplace: true });
compose(
  greater_equal,
  (self, other) => ge(self, other),
  (self, other) => self.ge_(other),
);
derive(greater_equal, 'none');
/**
 * self < other, as lt.
 * @example
 * torch.tensor([1, 2]).less(2); // tensor([ True, False])
 */
export const less = op('less(Tensor self, Tensor|Scalar other)', { inplace: true });
compose(
  less,
  (self, other) => lt(self, other),
  (self, other) => self.lt_(other),
);
derive(less, 'none');
/**
 * self <= other, as le.
 * @example
 * torch.tensor([1, 2]).less_equal(2); // tensor([True, True])
 */
export const less_equal = op('less_equal(Tensor self, Tensor|Scalar other)', { inplace: true });
compose(
  less_equal,
  (self, other) => le(self, other),
  (self, other) => self.le_(other),
);
derive(less_equal, 'none');
/**
 * self != other, as ne.
 * @example
 * torch.tensor([1, 2]).not_equal(2); // tensor([ True, False])
 */
export const not_equal = op('not_equal(Tensor self, Tensor|Scalar other)', { inplace: true });
compose(
  not_equal,
  (self, other) => ne(self, other),
  (self, other) => self.ne_(other),
);
derive(not_equal, 'none');
