/** More distributions over whole numbers and classes. */
import { no_grad } from '../autograd/modes.js';
import { finfo } from '../dtype-info.js';
import { ValueError } from '../errors.js';
import { binary_cross_entropy_with_logits, logsigmoid, one_hot } from '../nn/functional.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { empty, ones_like, poisson, tensor, zeros, zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Binomial } from './counts.js';
import { Categorical, checkOne, logitsOf } from './discrete.js';
import { broadcastAll, Distribution, type Value } from './distribution.js';
import { Gamma } from './gamma.js';

const geometric = signature(
  'Geometric',
  (probs: Value | null = null, logits: Value | null = null, validate_args: boolean | null = null) => ({
    probs,
    logits,
    validate_args,
  }),
);

/**
 * How many trials fail before the first success, of probability `probs` or 1 / (1 + exp(-logits)).
 * @example
 * new torch.distributions.Geometric(0.25).mean.item(); // 3
 */
export class Geometric extends Distribution {
  readonly has_rsample = false;
  readonly probs: Tensor;
  readonly logits: Tensor;

  constructor(...args: ArgsOf<typeof geometric>) {
    const given = geometric.bind(args);
    checkOne(given.probs, given.logits);
    const [param] = broadcastAll((given.probs ?? given.logits) as Value);
    const named: Record<string, Tensor> = given.probs === null ? { logits: param } : { probs: param };
    super(named, param.shape, [], { probs: constraints.unit_interval, logits: constraints.real }, given);
    this.probs = named.probs ?? param.sigmoid();
    this.logits = named.logits ?? logitsOf(param);
    if (this._validate_args && named.probs !== undefined && !param.gt(0).all().item()) {
      throw new ValueError(
        `Expected parameter probs (Tensor of shape (${param.shape.join(', ')}${param.dim() === 1 ? ',' : ''})) of ` +
          `distribution ${this} to be positive but found invalid values:\n${param.detach().index(param.le(0))}`,
      );
    }
  }

  get support(): constraints.Constraint {
    return constraints.nonnegative_integer;
  }

  get mean(): Tensor {
    return this.probs.reciprocal().sub(1);
  }

  override get mode(): Tensor {
    return zeros_like(this.probs);
  }

  get variance(): Tensor {
    return this.mean.div(this.probs);
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    const { dtype } = this.probs;
    return no_grad(() => {
      const u = empty(this._extended_shape(sample_shape), { dtype }).uniform_(finfo(dtype).tiny, 1);
      return u.log().div(this.probs.neg().log1p()).floor();
    });
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [at, given] = broadcastAll(value, this.probs);
    const probs = given.masked_fill(given.eq(1).logical_and(at.eq(0)), 0);
    return at.mul(probs.neg().log1p()).add(this.probs.log());
  }

  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: 'none' }).div(this.probs);
  }
}

const negative = signature(
  'NegativeBinomial',
  (
    total_count: Value,
    probs: Value | null = null,
    logits: Value | null = null,
    validate_args: boolean | null = null,
  ) => ({ total_count, probs, logits, validate_args }),
);

/**
 * How many trials of success probability `probs`, or 1 / (1 + exp(-logits)), succeed before `total_count` have failed.
 * @example
 * new torch.distributions.NegativeBinomial(3, 0.5).mean.item(); // 3
 */
export class NegativeBinomial extends Distribution {
  readonly has_rsample = false;
  readonly total_count: Tensor;
  readonly probs: Tensor;
  readonly logits: Tensor;

  constructor(...args: ArgsOf<typeof negative>) {
    const given = negative.bind(args);
    checkOne(given.probs, given.logits);
    const [count, param] = broadcastAll(given.total_count, (given.probs ?? given.logits) as Value);
    const total_count = count.to(param.dtype);
    const named: Record<string, Tensor> = given.probs === null ? { logits: param } : { probs: param };
    const limits = {
      total_count: constraints.greater_than_eq(0),
      probs: constraints.interval(0, 1, 'HalfOpenInterval(lower_bound=0.0, upper_bound=1.0)'),
      logits: constraints.real,
    };
    super({ total_count, ...named }, param.shape, [], limits, given);
    this.total_count = total_count;
    this.probs = named.probs ?? param.sigmoid();
    this.logits = named.logits ?? logitsOf(param);
  }

  get support(): constraints.Constraint {
    return constraints.nonnegative_integer;
  }

  get mean(): Tensor {
    return this.total_count.mul(this.logits.exp());
  }

  override get mode(): Tensor {
    return this.total_count.sub(1).mul(this.logits.exp()).floor().clamp({ min: 0 });
  }

  get variance(): Tensor {
    return this.mean.div(this.logits.neg().sigmoid());
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => {
      const rate = new Gamma(this.total_count, this.logits.neg().exp(), { validate_args: false });
      return poisson(rate.sample(sample_shape));
    });
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { total_count, logits } = this;
    const weight = total_count.mul(logsigmoid(logits.neg())).add(value.mul(logsigmoid(logits)));
    const both = total_count.add(value);
    const normalization = both.lgamma().neg().add(value.add(1).lgamma()).add(total_count.lgamma());
    return weight.sub(normalization.masked_fill(both.eq(0), 0));
  }
}

const multinomialArgs = signature(
  'Multinomial',
  (
    total_count: number = 1,
    probs: Tensor | null = null,
    logits: Tensor | null = null,
    validate_args: boolean | null = null,
  ) => ({ total_count, probs, logits, validate_args }),
);

/** What is said of each class, and not of their number. */
abstract class OfClasses extends Distribution {
  readonly _categorical: Categorical;

  constructor(categorical: Categorical, validate_args: boolean | null) {
    super({}, categorical._batch_shape, [categorical._num_events], {}, { validate_args });
    this._categorical = categorical;
  }

  get probs(): Tensor {
    return this._categorical.probs;
  }

  get logits(): Tensor {
    return this._categorical.logits;
  }

  get param_shape(): readonly number[] {
    return this._categorical.param_shape;
  }
}

/**
 * How often each class comes up in `total_count` draws with weights `probs`, or log weights `logits`, along the last
 * dimension.
 * @example
 * new torch.distributions.Multinomial(4, torch.tensor([1, 3])).mean; // tensor([1., 3.])
 */
export class Multinomial extends OfClasses {
  readonly has_rsample = false;
  readonly total_count: number;

  constructor(...args: ArgsOf<typeof multinomialArgs>) {
    const { total_count, probs, logits, validate_args } = multinomialArgs.bind(args);
    super(new Categorical({ probs, logits, validate_args }), validate_args);
    this.total_count = total_count;
  }

  override expand(batch_shape: readonly number[]): this {
    const { probs } = this._categorical.expand(batch_shape);
    return new Multinomial(this.total_count, probs) as this;
  }

  get support(): constraints.Constraint {
    return constraints.multinomial(this.total_count);
  }

  get mean(): Tensor {
    return this.probs.mul(this.total_count);
  }

  get variance(): Tensor {
    return this.mean.mul(this.probs.neg().add(1));
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => {
      const draws = this._categorical.sample([this.total_count, ...sample_shape]).movedim(0, -1);
      const counts = zeros(this._extended_shape(sample_shape), { dtype: draws.dtype });
      return counts.scatter_add_(-1, draws, ones_like(draws)).to(this.probs.dtype);
    });
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [given, at] = broadcastAll(this.logits, value);
    const logits = given.masked_fill(at.eq(0).logical_and(given.eq(Number.NEGATIVE_INFINITY)), 0);
    const orders = at.sum(-1).add(1).lgamma().sub(at.add(1).lgamma().sum(-1));
    return orders.add(logits.mul(at).sum(-1));
  }

  override entropy(): Tensor {
    const n = tensor(this.total_count, { dtype: this.probs.dtype });
    const counts = new Binomial(this.total_count, this.probs);
    const support = counts.enumerate_support(false).index('1:');
    const weighted = counts.log_prob(support).exp().mul(support.add(1).lgamma()).sum([0, -1]);
    return this._categorical.entropy().mul(n).sub(n.add(1).lgamma()).add(weighted);
  }
}

const oneHot = signature(
  'OneHotCategorical',
  (probs: Tensor | null = null, logits: Tensor | null = null, validate_args: boolean | null = null) => ({
    probs,
    logits,
    validate_args,
  }),
);

/**
 * A class as a vector with a one at its place, chosen with weights `probs`, or log weights `logits`, along the last
 * dimension.
 * @example
 * new torch.distributions.OneHotCategorical(torch.tensor([0, 1])).sample(); // tensor([0., 1.])
 */
export class OneHotCategorical extends OfClasses {
  readonly has_rsample: boolean = false;
  override readonly has_enumerate_support = true;

  constructor(...args: ArgsOf<typeof oneHot>) {
    const given = oneHot.bind(args);
    super(new Categorical(given), given.validate_args);
  }

  override expand(batch_shape: readonly number[]): this {
    const { probs } = this._categorical.expand(batch_shape);
    return Reflect.construct(this.constructor, [probs]) as this;
  }

  get support(): constraints.Constraint {
    return constraints.one_hot;
  }

  private hot(index: Tensor): Tensor {
    return one_hot(index, this._categorical._num_events).to(this.probs.dtype);
  }

  get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    return this.hot(this._categorical.mode);
  }

  get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => this.hot(this._categorical.sample(sample_shape)));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this._categorical.log_prob(value.argmax(-1));
  }

  override entropy(): Tensor {
    return this._categorical.entropy();
  }

  override enumerate_support(expand: boolean | { expand?: boolean } = true): Tensor {
    return this.hot(this._categorical.enumerate_support(expand));
  }
}

/**
 * OneHotCategorical with samples through which the gradient goes to the probabilities, as if they were the sample.
 * @example
 * const logits = torch.zeros(3, { requires_grad: true });
 * new torch.distributions.OneHotCategoricalStraightThrough({ logits }).rsample().requires_grad; // true
 */
export class OneHotCategoricalStraightThrough extends OneHotCategorical {
  override readonly has_rsample = true;

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const sample = this.sample(sample_shape);
    return sample.add(this.probs.sub(this.probs.detach()));
  }
}
