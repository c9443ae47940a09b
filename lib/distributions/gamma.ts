/** The gamma distribution and what is made of it. */

import { finfo } from '../dtype-info.js';
import { ValueError } from '../errors.js';
import { one_hot } from '../nn/functional.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { _standard_gamma, dirichletSample } from '../ops/create-gamma.js';
import { igamma, stack, tensor, where, xlogy } from '../ops/index.js';
import { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { broadcastAll, Distribution, type Value } from './distribution.js';

const gamma = signature('Gamma', (concentration: Value, rate: Value, validate_args: boolean | null = null) => ({
  concentration,
  rate,
  validate_args,
}));

/**
 * The gamma distribution: density x^(concentration - 1) exp(-rate x), normalized.
 *
 * @example
 * new torch.distributions.Gamma(2, 4).mean.item(); // 0.5
 */
export class Gamma extends Distribution {
  readonly has_rsample = true;
  readonly concentration: Tensor;
  readonly rate: Tensor;

  constructor(...args: ArgsOf<typeof gamma>) {
    const given = gamma.bind(args);
    const [concentration, rate] = broadcastAll(given.concentration, given.rate);
    const limits = { concentration: constraints.positive, rate: constraints.positive };
    super({ concentration, rate }, concentration.shape, [], limits, given);
    this.concentration = concentration;
    this.rate = rate;
  }

  get support(): constraints.Constraint {
    return constraints.nonnegative;
  }

  get mean(): Tensor {
    return this.concentration.div(this.rate);
  }

  override get mode(): Tensor {
    return this.concentration.sub(1).div(this.rate).clamp({ min: 0 });
  }

  get variance(): Tensor {
    return this.concentration.div(this.rate.pow(2));
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const value = _standard_gamma(this.concentration.expand(shape)).div(this.rate.expand(shape));
    // Not recorded.
    value.detach().clamp_({ min: finfo(value.dtype).tiny });
    return value;
  }

  log_prob(value: Value): Tensor {
    const at = value instanceof Tensor ? value.to(this.rate.dtype) : tensor(value, { dtype: this.rate.dtype });
    this._validate_sample(at);
    const { concentration, rate } = this;
    return xlogy(concentration, rate)
      .add(xlogy(concentration.sub(1), at))
      .sub(rate.mul(at))
      .sub(concentration.lgamma());
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return igamma(this.concentration, this.rate.mul(value));
  }

  override entropy(): Tensor {
    const { concentration, rate } = this;
    return concentration
      .sub(rate.log())
      .add(concentration.lgamma())
      .add(concentration.neg().add(1).mul(concentration.digamma()));
  }
}

const dirichlet = signature('Dirichlet', (concentration: Tensor, validate_args: boolean | null = null) => ({
  concentration,
  validate_args,
}));

/**
 * The Dirichlet distribution over shares that add up to 1, with its parameters along the last dimension.
 *
 * @example
 * new torch.distributions.Dirichlet(torch.tensor([1, 3])).mean.tolist(); // [0.25, 0.75]
 */
export class Dirichlet extends Distribution {
  readonly has_rsample = true;
  readonly concentration: Tensor;

  constructor(...args: ArgsOf<typeof dirichlet>) {
    const given = dirichlet.bind(args);
    const { concentration } = given;
    if (concentration.dim() < 1) throw new ValueError('`concentration` parameter must be at least one-dimensional.');
    const limits = { concentration: constraints.independent(constraints.positive, 1) };
    super({ concentration }, concentration.shape.slice(0, -1), concentration.shape.slice(-1), limits, given);
    this.concentration = concentration;
  }

  get support(): constraints.Constraint {
    return constraints.simplex;
  }

  get mean(): Tensor {
    return this.concentration.div(this.concentration.sum(-1, true));
  }

  override get mode(): Tensor {
    const above = this.concentration.sub(1).clamp({ min: 0 });
    const mode = above.div(above.sum(-1, true));
    const corner = one_hot(mode.argmax({ dim: -1 }), mode.size(-1) as number).to(mode.dtype);
    return where(this.concentration.lt(1).all(-1, true), corner, mode);
  }

  get variance(): Tensor {
    const total = this.concentration.sum(-1, true);
    return this.concentration.mul(total.sub(this.concentration)).div(total.pow(2).mul(total.add(1)));
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    return dirichletSample(this.concentration.expand(this._extended_shape(sample_shape)));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { concentration } = this;
    return xlogy(concentration.sub(1), value)
      .sum(-1)
      .add(concentration.sum(-1).lgamma())
      .sub(concentration.lgamma().sum(-1));
  }

  override entropy(): Tensor {
    const { concentration } = this;
    const total = concentration.sum(-1);
    return concentration
      .lgamma()
      .sum(-1)
      .sub(total.lgamma())
      .sub(
        total
          .neg()
          .add(concentration.size(-1) as number)
          .mul(total.digamma()),
      )
      .sub(concentration.sub(1).mul(concentration.digamma()).sum(-1));
  }
}

const beta = signature(
  'Beta',
  (concentration1: Value, concentration0: Value, validate_args: boolean | null = null) => ({
    concentration1,
    concentration0,
    validate_args,
  }),
);

/** Both parameters of a beta distribution along a last dimension. */
function bothOf(first: Value, second: Value): Tensor {
  if (typeof first === 'number' && typeof second === 'number') return tensor([first, second]);
  return stack(broadcastAll(first, second), -1);
}

/**
 * The beta distribution over [0, 1]: density x^(concentration1 - 1) (1 - x)^(concentration0 - 1), normalized.
 *
 * @example
 * new torch.distributions.Beta(1, 3).mean.item(); // 0.25
 */
export class Beta extends Distribution {
  readonly has_rsample = true;
  readonly _dirichlet: Dirichlet;

  constructor(...args: ArgsOf<typeof beta>) {
    const given = beta.bind(args);
    const { validate_args } = given;
    const made = new Dirichlet(bothOf(given.concentration1, given.concentration0), { validate_args });
    super({}, made._batch_shape, [], {}, given);
    this._dirichlet = made;
  }

  override _expandable(): Record<string, Tensor> {
    const { concentration1, concentration0 } = this;
    return { concentration1, concentration0 };
  }

  get support(): constraints.Constraint {
    return constraints.unit_interval;
  }

  get concentration1(): Tensor {
    return this._dirichlet.concentration.select(-1, 0);
  }

  get concentration0(): Tensor {
    return this._dirichlet.concentration.select(-1, 1);
  }

  get mean(): Tensor {
    return this.concentration1.div(this.concentration1.add(this.concentration0));
  }

  override get mode(): Tensor {
    return this._dirichlet.mode.select(-1, 0);
  }

  get variance(): Tensor {
    const total = this.concentration1.add(this.concentration0);
    return this.concentration1.mul(this.concentration0).div(total.pow(2).mul(total.add(1)));
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    return this._dirichlet.rsample(sample_shape).select(-1, 0);
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this._dirichlet.log_prob(stack([value, value.neg().add(1)], -1));
  }

  override entropy(): Tensor {
    return this._dirichlet.entropy();
  }
}
