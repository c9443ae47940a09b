/** Continuous stand-ins for classes and bits, with gradients (Maddison and others; Jang and others, 2016). */
import { finfo } from '../dtype-info.js';
import { NotImplementedError } from '../errors.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { full_like, rand } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Categorical, checkOne, logitsOf } from './discrete.js';
import { broadcastAll, Distribution, type Value } from './distribution.js';
import { TransformedDistribution } from './transformed.js';
import { ExpTransform, SigmoidTransform } from './transforms.js';

const inside = (x: Tensor): Tensor => {
  const { eps } = finfo(x.dtype);
  return x.clamp(eps, 1 - eps);
};
const uniform = (shape: readonly number[], like: Tensor): Tensor => inside(rand([...shape], { dtype: like.dtype }));

/** A base without moments. */
abstract class Unbounded extends Distribution {
  readonly has_rsample = true;

  get mean(): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement mean`);
  }

  get variance(): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement variance`);
  }
}

class LogitRelaxedBernoulli extends Unbounded {
  constructor(
    readonly temperature: Tensor,
    readonly probs: Tensor,
    readonly logits: Tensor,
    validate_args: boolean | null,
  ) {
    super({}, probs.shape, [], {}, { validate_args });
  }

  override expand(batch_shape: readonly number[]): this {
    const { temperature, probs, logits } = this;
    const made = new LogitRelaxedBernoulli(temperature, probs.expand(batch_shape), logits.expand(batch_shape), false);
    return made as this;
  }

  get support(): constraints.Constraint {
    return constraints.real;
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    const probs = inside(this.probs.expand(shape));
    const u = uniform(shape, probs);
    return u.log().sub(u.neg().log1p()).add(probs.log()).sub(probs.neg().log1p()).div(this.temperature);
  }

  log_prob(value: Tensor): Tensor {
    const diff = this.logits.sub(value.mul(this.temperature));
    return this.temperature.log().add(diff).sub(diff.exp().log1p().mul(2));
  }
}

const bits = signature(
  'RelaxedBernoulli',
  (
    temperature: Tensor,
    probs: Value | null = null,
    logits: Value | null = null,
    validate_args: boolean | null = null,
  ) => ({ temperature, probs, logits, validate_args }),
);

/**
 * Numbers between 0 and 1 that are near one of them for a low `temperature`: Bernoulli with gradients.
 * @example
 * const logits = torch.zeros(3, { requires_grad: true });
 * new torch.distributions.RelaxedBernoulli(torch.tensor(0.5), { logits }).rsample().requires_grad; // true
 */
export class RelaxedBernoulli extends TransformedDistribution {
  declare readonly base_dist: LogitRelaxedBernoulli;

  constructor(...args: ArgsOf<typeof bits>) {
    const { temperature, validate_args, ...given } = bits.bind(args);
    checkOne(given.probs, given.logits);
    const [param] = broadcastAll((given.probs ?? given.logits) as Value);
    const [probs, logits] = given.probs === null ? [param.sigmoid(), param] : [param, logitsOf(param)];
    super(new LogitRelaxedBernoulli(temperature, probs, logits, validate_args), [new SigmoidTransform()], {
      validate_args,
    });
  }

  get temperature(): Tensor {
    return this.base_dist.temperature;
  }

  get probs(): Tensor {
    return this.base_dist.probs;
  }

  get logits(): Tensor {
    return this.base_dist.logits;
  }
}

class ExpRelaxedCategorical extends Unbounded {
  constructor(
    readonly temperature: Tensor,
    readonly categorical: Categorical,
    validate_args: boolean | null,
  ) {
    super({}, categorical._batch_shape, [categorical._num_events], {}, { validate_args });
  }

  override expand(batch_shape: readonly number[]): this {
    return new ExpRelaxedCategorical(this.temperature, this.categorical.expand(batch_shape), false) as this;
  }

  get support(): constraints.Constraint {
    return constraints.real_vector;
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const { logits } = this.categorical;
    const gumbels = uniform(this._extended_shape(sample_shape), logits).log().neg().log().neg();
    const scores = logits.add(gumbels).div(this.temperature);
    return scores.sub(scores.logsumexp(-1, true));
  }

  log_prob(value: Tensor): Tensor {
    const count = this.categorical._num_events;
    const { temperature } = this;
    const scale = full_like(temperature, count)
      .lgamma()
      .add(temperature.log().mul(count - 1));
    const score = this.categorical.logits.sub(value.mul(temperature));
    return score.sub(score.logsumexp(-1, true)).sum(-1).add(scale);
  }
}

const classes = signature(
  'RelaxedOneHotCategorical',
  (
    temperature: Tensor,
    probs: Tensor | null = null,
    logits: Tensor | null = null,
    validate_args: boolean | null = null,
  ) => ({ temperature, probs, logits, validate_args }),
);

/**
 * Shares along the last dimension that are nearly one-hot for a low `temperature`: OneHotCategorical with gradients.
 * @example
 * const logits = torch.zeros(3, { requires_grad: true });
 * new torch.distributions.RelaxedOneHotCategorical(torch.tensor(0.5), { logits }).rsample().sum().item().toFixed(3); // '1.000'
 */
export class RelaxedOneHotCategorical extends TransformedDistribution {
  declare readonly base_dist: ExpRelaxedCategorical;

  constructor(...args: ArgsOf<typeof classes>) {
    const { temperature, probs, logits, validate_args } = classes.bind(args);
    const base = new ExpRelaxedCategorical(
      temperature,
      new Categorical({ probs, logits, validate_args }),
      validate_args,
    );
    super(base, [new ExpTransform()], { validate_args });
  }

  override get support(): constraints.Constraint {
    return constraints.simplex;
  }

  get temperature(): Tensor {
    return this.base_dist.temperature;
  }

  get probs(): Tensor {
    return this.base_dist.categorical.probs;
  }

  get logits(): Tensor {
    return this.base_dist.categorical.logits;
  }
}
