/** torch.distributions.constraints: which values a parameter or a sample may have. */
import { bool } from '../dtype.js';
import { cholesky_ex } from '../linalg.js';
import type { Tensor } from '../tensor.js';
import { shown } from './format.js';

/**
 * A set of values; `event_dim` dimensions on the right belong to one value.
 * @example
 * torch.distributions.constraints.positive.check(torch.tensor([-1, 2])); // tensor([False,  True])
 */
export class Constraint {
  constructor(
    readonly repr: string,
    /** For each value whether it is in the set: a bool tensor. */
    readonly check: (value: Tensor) => Tensor,
    readonly is_discrete: boolean = false,
    readonly event_dim: number = 0,
  ) {}

  toString(): string {
    return this.repr;
  }
}

const isNumber = (value: Tensor): Tensor => value.eq(value);
const isWhole = (value: Tensor): Tensor => value.remainder(1).eq(0);

export const real = new Constraint('Real()', isNumber);
export const real_vector = independent(real, 1);
export const positive = new Constraint('GreaterThan(lower_bound=0.0)', (x) => x.gt(0));
export const nonnegative = new Constraint('GreaterThanEq(lower_bound=0.0)', (x) => x.ge(0));
export const unit_interval = interval(0, 1, 'Interval(lower_bound=0.0, upper_bound=1.0)');
export const boolean = new Constraint('Boolean()', (x) => x.eq(0).logical_or(x.eq(1)), true);
export const nonnegative_integer = new Constraint(
  'IntegerGreaterThan(lower_bound=0)',
  (x) => isWhole(x).logical_and(x.ge(0)),
  true,
);
export const simplex = new Constraint(
  'Simplex()',
  (x) => x.ge(0).all(-1).logical_and(x.sum(-1).sub(1).abs().lt(1e-6)),
  false,
  1,
);

export const one_hot = new Constraint(
  'OneHot()',
  (x) => x.eq(0).logical_or(x.eq(1)).all(-1).logical_and(x.sum(-1).eq(1)),
  true,
  1,
);

/**
 * Counts that add up to at most `upper`.
 * @example
 * torch.distributions.constraints.multinomial(2).check(torch.tensor([[1, 1], [2, 1]])); // tensor([ True, False])
 */
export function multinomial(upper: number): Constraint {
  return new Constraint('Multinomial()', (x) => x.ge(0).all(-1).logical_and(x.sum(-1).le(upper)), true, 1);
}

/**
 * Numbers of at least `lower`.
 * @example
 * torch.distributions.constraints.greater_than_eq(1).check(torch.tensor([0, 1])); // tensor([False,  True])
 */
export function greater_than_eq(lower: Tensor | number): Constraint {
  return new Constraint(`GreaterThanEq(lower_bound=${shown(lower)})`, (x) => x.ge(lower));
}

/**
 * Numbers below `upper`.
 * @example
 * torch.distributions.constraints.less_than(1).check(torch.tensor([0, 1])); // tensor([ True, False])
 */
export function less_than(upper: Tensor | number): Constraint {
  return new Constraint(`LessThan(upper_bound=${shown(upper)})`, (x) => x.lt(upper));
}

/**
 * Numbers above `lower`.
 * @example
 * torch.distributions.constraints.greater_than(1).check(torch.tensor([1, 2])); // tensor([False,  True])
 */
export function greater_than(lower: Tensor | number): Constraint {
  return new Constraint(`GreaterThan(lower_bound=${shown(lower)})`, (x) => x.gt(lower));
}

/**
 * Numbers from `lower` to `upper`, both included.
 * @example
 * torch.distributions.constraints.interval(0, 1).check(torch.tensor([0.5, 2])); // tensor([ True, False])
 */
export function interval(
  lower: Tensor | number,
  upper: Tensor | number,
  repr: string = `Interval(lower_bound=${shown(lower)}, upper_bound=${shown(upper)})`,
): Constraint {
  return new Constraint(repr, (x) => x.ge(lower).logical_and(x.le(upper)));
}

/**
 * Whole numbers from `lower` to `upper`, both included.
 * @example
 * const { constraints } = torch.distributions;
 * constraints.integer_interval(0, 2).check(torch.tensor([1, 1.5, 3])); // tensor([ True, False, False])
 */
export function integer_interval(lower: number, upper: Tensor | number): Constraint {
  return new Constraint(
    `IntegerInterval(lower_bound=${lower}, upper_bound=${typeof upper === 'number' ? upper : shown(upper)})`,
    (x) => isWhole(x).logical_and(x.ge(lower)).logical_and(x.le(upper)),
    true,
  );
}

/**
 * `base` for all of the last `reinterpreted_batch_ndims` dimensions together.
 * @example
 * const { independent, positive } = torch.distributions.constraints;
 * independent(positive, 1).check(torch.tensor([[1, 2], [3, -4]])).tolist(); // [true, false]
 */
export function independent(base: Constraint, reinterpreted_batch_ndims: number): Constraint {
  return new Constraint(
    `IndependentConstraint(${base}, ${reinterpreted_batch_ndims})`,
    (x) =>
      reinterpreted_batch_ndims === 0 ? base.check(x) : base.check(x).flatten(-reinterpreted_batch_ndims).all(-1),
    base.is_discrete,
    base.event_dim + reinterpreted_batch_ndims,
  );
}

const isSymmetric = (x: Tensor): Tensor => x.isclose(x.mT, { atol: 1e-6 }).all(-2).all(-1);

/**
 * Lower triangles with a positive diagonal.
 * @example
 * torch.distributions.constraints.lower_cholesky.check(torch.eye(2)); // tensor(True)
 */
export const lower_cholesky = new Constraint(
  'LowerCholesky()',
  (x) =>
    x
      .tril()
      .eq(x)
      .flatten(-2)
      .all(-1)
      .logical_and(x.diagonal(0, -2, -1).gt(0).all(-1)),
  false,
  2,
);
/**
 * Symmetric matrices all of whose eigenvalues are positive.
 * @example
 * torch.distributions.constraints.positive_definite.check(torch.eye(2)); // tensor(True)
 */
export const positive_definite = new Constraint(
  'PositiveDefinite()',
  (x) => {
    const symmetric = x.size(-1) === x.size(-2) ? isSymmetric(x) : x.new_zeros(x.shape.slice(0, -2), { dtype: bool });
    return symmetric.all().item() ? cholesky_ex(x).info.eq(0) : symmetric;
  },
  false,
  2,
);
