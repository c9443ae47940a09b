/** Distributions of counts. */
import { no_grad } from '../autograd/modes.js';
import { NotImplementedError } from '../errors.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { arange, binomial, poisson, xlogy } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { checkOne, enumerate, expandOf, logitsOf } from './discrete.js';
import { broadcastAll, Distribution, type Value } from './distribution.js';

const byRate = signature('Poisson', (rate: Value, validate_args: boolean | null = null) => ({ rate, validate_args }));

/**
 * The Poisson distribution: how many of rare independent events happen, `rate` on average.
 *
 * @example
 * new torch.distributions.Poisson(4).log_prob(torch.tensor(0)).item(); // -4
 */
export class Poisson extends Distribution {
  readonly has_rsample = false;
  readonly rate: Tensor;

  constructor(...args: ArgsOf<typeof byRate>) {
    const given = byRate.bind(args);
    const [rate] = broadcastAll(given.rate);
    super({ rate }, rate.shape, [], { rate: constraints.nonnegative }, given);
    this.rate = rate;
  }

  get support(): constraints.Constraint {
    return constraints.nonnegative_integer;
  }

  get mean(): Tensor {
    return this.rate;
  }

  override get mode(): Tensor {
    return this.rate.floor();
  }

  get variance(): Tensor {
    return this.rate;
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => poisson(this.rate.expand(this._extended_shape(sample_shape))));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [rate, at] = broadcastAll(this.rate, value);
    return xlogy(at, rate).sub(rate).sub(at.add(1).lgamma());
  }
}

const binomialArgs = signature(
  'Binomial',
  (
    total_count: Value = 1,
    probs: Value | null = null,
    logits: Value | null = null,
    validate_args: boolean | null = null,
  ) => ({ total_count, probs, logits, validate_args }),
);

/** (max(x, 0) + x - min(x, 0)) / 2: max(x, 0), with a gradient of 1/2 at 0. */
const clampByZero = (x: Tensor): Tensor =>
  x
    .clamp({ min: 0 })
    .add(x)
    .sub(x.clamp({ max: 0 }))
    .div(2);

/**
 * The binomial distribution: how many of `total_count` trials succeed, each with probability `probs` or
 * 1 / (1 + exp(-logits)).
 *
 * @example
 * new torch.distributions.Binomial(10, 0.25).mean.item(); // 2.5
 */
export class Binomial extends Distribution {
  readonly has_rsample = false;
  override readonly has_enumerate_support = true;
  readonly total_count: Tensor;
  #probs: Tensor | null = null;
  #logits: Tensor | null = null;

  constructor(...args: ArgsOf<typeof binomialArgs>) {
    const given = binomialArgs.bind(args);
    checkOne(given.probs, given.logits);
    const [count, param] = broadcastAll(given.total_count, (given.probs ?? given.logits) as Value);
    const total_count = count.to(param.dtype);
    const limits = {
      total_count: constraints.nonnegative_integer,
      probs: constraints.unit_interval,
      logits: constraints.real,
    };
    super({ total_count, [given.probs === null ? 'logits' : 'probs']: param }, param.shape, [], limits, given);
    this.total_count = total_count;
    if (given.probs === null) this.#logits = param;
    else this.#probs = param;
  }

  get support(): constraints.Constraint {
    return constraints.integer_interval(0, this.total_count);
  }

  get probs(): Tensor {
    this.#probs ??= this._given.probs = (this.#logits as Tensor).sigmoid();
    return this.#probs;
  }

  get logits(): Tensor {
    this.#logits ??= this._given.logits = logitsOf(this.probs);
    return this.#logits;
  }

  get param_shape(): readonly number[] {
    return (this.#probs ?? this.logits).shape;
  }

  get mean(): Tensor {
    return this.total_count.mul(this.probs);
  }

  override get mode(): Tensor {
    return this.total_count.add(1).mul(this.probs).floor().minimum(this.total_count);
  }

  get variance(): Tensor {
    return this.mean.mul(this.probs.neg().add(1));
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => binomial(this.total_count.expand(shape), this.probs.expand(shape)));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { total_count, logits } = this;
    const all = total_count
      .mul(clampByZero(logits))
      .add(total_count.mul(logits.abs().neg().exp().log1p()))
      .sub(total_count.add(1).lgamma());
    const missed = total_count.sub(value).add(1).lgamma();
    return value.mul(logits).sub(value.add(1).lgamma()).sub(missed).sub(all);
  }

  #trials(method: string): number {
    const most = Number(this.total_count.max().item());
    if (Number(this.total_count.min().item()) === most) return most;
    throw new NotImplementedError(`Inhomogeneous total count not supported by \`${method}\`.`);
  }

  override entropy(): Tensor {
    this.#trials('entropy');
    const log = this.log_prob(this.enumerate_support(false));
    return log.exp().mul(log).sum(0).neg();
  }

  override enumerate_support(expand: boolean | { expand?: boolean } = true): Tensor {
    const values = arange(1 + this.#trials('enumerate_support'), { dtype: this.total_count.dtype });
    return enumerate(values, this._batch_shape, expandOf(expand));
  }
}
