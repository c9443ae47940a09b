/** Distributions over real numbers. */
import { no_grad } from '../autograd/modes.js';
import { finfo } from '../dtype-info.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { empty, full_like, normal, rand, randn, zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { broadcastAll, Distribution, type Value } from './distribution.js';

const locScale = signature('Normal', (loc: Value, scale: Value, validate_args: boolean | null = null) => ({
  loc,
  scale,
  validate_args,
}));

const LOC_SCALE = { loc: constraints.real, scale: constraints.positive };

/** What Normal and Laplace share: a place and a width. */
abstract class LocScale extends Distribution {
  readonly has_rsample = true;
  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor(name: string, args: ArgsOf<typeof locScale>) {
    const given = locScale.bind(args, name);
    const [loc, scale] = broadcastAll(given.loc, given.scale);
    super({ loc, scale }, loc.shape, [], LOC_SCALE, given);
    this.loc = loc;
    this.scale = scale;
  }

  get support(): constraints.Constraint {
    return constraints.real;
  }

  get mean(): Tensor {
    return this.loc;
  }

  override get mode(): Tensor {
    return this.loc;
  }
}

/**
 * The normal distribution of mean `loc` and standard deviation `scale`, numbers or tensors that broadcast together.
 *
 * @example
 * const unit = new torch.distributions.Normal(0, 1);
 * unit.sample([2]).shape; // [2]
 * unit.log_prob(torch.tensor(0)).item(); // -0.9189385175704956
 */
export class Normal extends LocScale {
  constructor(...args: ArgsOf<typeof locScale>) {
    super('Normal', args);
  }

  override get stddev(): Tensor {
    return this.scale;
  }

  get variance(): Tensor {
    return this.scale.pow(2);
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    const shape = this._extended_shape(sample_shape);
    return no_grad(() => normal(this.loc.expand(shape), this.scale.expand(shape)));
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const noise = randn(this._extended_shape(sample_shape), { dtype: this.loc.dtype });
    return this.loc.add(noise.mul(this.scale));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const square = value.sub(this.loc).pow(2).neg().div(this.scale.pow(2).mul(2));
    return square.sub(this.scale.log()).sub(Math.log(Math.sqrt(2 * Math.PI)));
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    const z = value.sub(this.loc).mul(this.scale.reciprocal()).div(Math.SQRT2);
    return z.erf().add(1).mul(0.5);
  }

  override icdf(value: Tensor): Tensor {
    return this.loc.add(this.scale.mul(value.mul(2).sub(1).erfinv()).mul(Math.SQRT2));
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }
}

/**
 * The Laplace distribution around `loc`: density exp(-|x - loc| / scale) / (2 scale).
 *
 * @example
 * new torch.distributions.Laplace(0, 1).variance.item(); // 2
 */
export class Laplace extends LocScale {
  constructor(...args: ArgsOf<typeof locScale>) {
    super('Laplace', args);
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }

  get variance(): Tensor {
    return this.scale.pow(2).mul(2);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const { dtype } = this.loc;
    const u = empty(this._extended_shape(sample_shape), { dtype }).uniform_(finfo(dtype).eps - 1, 1);
    return this.loc.sub(this.scale.mul(u.sign()).mul(u.abs().neg().log1p()));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.scale.mul(2).log().neg().sub(value.sub(this.loc).abs().div(this.scale));
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    const offset = value.sub(this.loc);
    const tail = offset.abs().neg().div(this.scale).expm1();
    return offset.sign().mul(0.5).mul(tail).neg().add(0.5);
  }

  override icdf(value: Tensor): Tensor {
    const term = value.sub(0.5);
    return this.loc.sub(this.scale.mul(term.sign()).mul(term.abs().mul(-2).log1p()));
  }

  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}

const uniform = signature('Uniform', (low: Value, high: Value, validate_args: boolean | null = null) => ({
  low,
  high,
  validate_args,
}));

/**
 * The uniform distribution over [low, high).
 *
 * @example
 * new torch.distributions.Uniform(0, 4).mean.item(); // 2
 */
export class Uniform extends Distribution {
  readonly has_rsample = true;
  readonly low: Tensor;
  readonly high: Tensor;

  constructor(...args: ArgsOf<typeof uniform>) {
    const given = uniform.bind(args);
    const [low, high] = broadcastAll(given.low, given.high);
    const limits = { low: constraints.less_than(high), high: constraints.greater_than(low) };
    super({ low, high }, low.shape, [], limits, given);
    this.low = low;
    this.high = high;
  }

  get support(): constraints.Constraint {
    return constraints.interval(this.low, this.high);
  }

  get #width(): Tensor {
    return this.high.sub(this.low);
  }

  get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }

  override get mode(): Tensor {
    return full_like(this.high, Number.NaN);
  }

  override get stddev(): Tensor {
    return this.#width.div(Math.sqrt(12));
  }

  get variance(): Tensor {
    return this.#width.pow(2).div(12);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const share = rand(this._extended_shape(sample_shape), { dtype: this.low.dtype });
    return this.low.add(share.mul(this.#width));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const inside = this.low.le(value).logical_and(this.high.gt(value)).to(this.low.dtype);
    return inside.log().sub(this.#width.log());
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return value.sub(this.low).div(this.#width).clamp(0, 1);
  }

  override icdf(value: Tensor): Tensor {
    return value.mul(this.#width).add(this.low);
  }

  override entropy(): Tensor {
    return this.#width.log();
  }
}

const byRate = signature('Exponential', (rate: Value, validate_args: boolean | null = null) => ({
  rate,
  validate_args,
}));

/**
 * The exponential distribution: density rate exp(-rate x) for x >= 0.
 *
 * @example
 * new torch.distributions.Exponential(2).mean.item(); // 0.5
 */
export class Exponential extends Distribution {
  readonly has_rsample = true;
  readonly rate: Tensor;

  constructor(...args: ArgsOf<typeof byRate>) {
    const given = byRate.bind(args);
    const [rate] = broadcastAll(given.rate);
    super({ rate }, rate.shape, [], { rate: constraints.positive }, given);
    this.rate = rate;
  }

  get support(): constraints.Constraint {
    return constraints.nonnegative;
  }

  get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return zeros_like(this.rate);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  get variance(): Tensor {
    return this.rate.pow(-2);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    return empty(this._extended_shape(sample_shape), { dtype: this.rate.dtype }).exponential_().div(this.rate);
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.rate.log().sub(this.rate.mul(value));
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.rate.neg().mul(value).exp().neg().add(1);
  }

  override icdf(value: Tensor): Tensor {
    return value.neg().log1p().neg().div(this.rate);
  }

  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }
}
