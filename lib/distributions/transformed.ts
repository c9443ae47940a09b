/** Distributions of what transforms make of samples. */
import { no_grad } from '../autograd/modes.js';
import { NotImplementedError } from '../errors.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Normal } from './continuous.js';
import { Distribution, type Options, type Value } from './distribution.js';
import { Independent } from './independent.js';
import { sumRightmost, times } from './sums.js';
import { AbsTransform, ComposeTransform, ExpTransform, type Transform } from './transforms.js';

/**
 * The distribution of `transforms`, one or several, of samples of `base_distribution`.
 * @example
 * const { Normal, TransformedDistribution, transforms } = torch.distributions;
 * const logNormal = new TransformedDistribution(new Normal(0, 1), [new transforms.ExpTransform()]);
 * logNormal.log_prob(torch.tensor(1)).item(); // -0.9189385175704956
 */
export class TransformedDistribution extends Distribution {
  readonly has_rsample: boolean;
  readonly base_dist: Distribution;
  readonly transforms: readonly Transform[];

  constructor(
    base_distribution: Distribution,
    transforms: Transform | readonly Transform[],
    { validate_args = null }: Options = {},
    given: Record<string, Tensor> = {},
    limits: Record<string, constraints.Constraint> = {},
  ) {
    const list = (Array.isArray(transforms) ? transforms : [transforms]) as Transform[];
    const all = new ComposeTransform(list);
    const base = reshaped(base_distribution, all);
    const events = Math.max(
      all.codomain.event_dim,
      base._event_shape.length + all.codomain.event_dim - all.domain.event_dim,
    );
    const shape = all.forward_shape([...base._batch_shape, ...base._event_shape]);
    super(given, shape.slice(0, shape.length - events), shape.slice(shape.length - events), limits, { validate_args });
    this.base_dist = base;
    this.transforms = list;
    this.has_rsample = base.has_rsample;
  }

  override expand(batch_shape: readonly number[]): this {
    const shape = [...batch_shape, ...this._event_shape];
    const base = new ComposeTransform(this.transforms).inverse_shape(shape);
    const batch = base.slice(0, base.length - this.base_dist._event_shape.length);
    const made = Reflect.construct(
      TransformedDistribution,
      [this.base_dist.expand(batch), this.transforms, { validate_args: this._validate_args }],
      this.constructor as never,
    );
    return made as this;
  }

  get support(): constraints.Constraint {
    const last = this.transforms.at(-1);
    if (last === undefined) return this.base_dist.support;
    const more = this._event_shape.length - last.codomain.event_dim;
    return more > 0 ? constraints.independent(last.codomain, more) : last.codomain;
  }

  get mean(): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement mean`);
  }

  get variance(): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement variance`);
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => this.forward(this.base_dist.sample(sample_shape)));
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    return this.forward(this.base_dist.rsample(sample_shape));
  }

  private forward(x: Tensor): Tensor {
    return this.transforms.reduce((y, transform) => transform(y), x);
  }

  private backward(y: Tensor): Tensor {
    return this.transforms.reduceRight((x, transform) => transform._inverse(x), y);
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    let events = this._event_shape.length;
    let y = value;
    let result: Tensor | null = null;
    for (const transform of [...this.transforms].reverse()) {
      const x = transform._inverse(y);
      const { domain, codomain } = transform;
      events += domain.event_dim - codomain.event_dim;
      const term = sumRightmost(transform.log_abs_det_jacobian(x, y), events - domain.event_dim);
      result = result === null ? term.neg() : result.sub(term);
      y = x;
    }
    const base = sumRightmost(this.base_dist.log_prob(y), events - this.base_dist._event_shape.length);
    return result === null ? base : result.add(base);
  }

  /** Where the transforms turn the order around, what is below becomes what is above. */
  private monotonized(share: Tensor): Tensor {
    const sign = this.transforms.reduce<Value>((product, transform) => times(product, transform.sign), 1);
    return sign === 1 ? share : share.sub(0.5).mul(sign).add(0.5);
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.monotonized(this.base_dist.cdf(this.backward(value)));
  }

  override icdf(value: Tensor): Tensor {
    return this.forward(this.base_dist.icdf(this.monotonized(value)));
  }
}

/** The base with the batch and the events that its transforms want. */
function reshaped(base: Distribution, all: ComposeTransform): Distribution {
  const shape = [...base._batch_shape, ...base._event_shape];
  const wanted = all.inverse_shape(all.forward_shape(shape));
  const larger =
    wanted.join() === shape.join() ? base : base.expand(wanted.slice(0, wanted.length - base._event_shape.length));
  const more = all.domain.event_dim - base._event_shape.length;
  return more > 0 ? new Independent(larger, more) : larger;
}

const locScale = signature('LogNormal', (loc: Value, scale: Value, validate_args: boolean | null = null) => ({
  loc,
  scale,
  validate_args,
}));

/**
 * The distribution of exp(x), x being normal with mean `loc` and standard deviation `scale`.
 * @example
 * new torch.distributions.LogNormal(0, 1).mean.item().toFixed(4); // '1.6487'
 */
export class LogNormal extends TransformedDistribution {
  declare readonly base_dist: Normal;

  constructor(...args: ArgsOf<typeof locScale>) {
    const { loc, scale, validate_args } = locScale.bind(args);
    super(new Normal(loc, scale, { validate_args }), [new ExpTransform()], { validate_args });
  }

  get loc(): Tensor {
    return this.base_dist.loc;
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override expand(batch_shape: readonly number[]): this {
    const { loc, scale } = this;
    return new LogNormal(loc.expand(batch_shape), scale.expand(batch_shape)) as this;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.pow(2).div(2)).exp();
  }

  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  override get variance(): Tensor {
    const square = this.scale.pow(2);
    return square.expm1().mul(this.loc.mul(2).add(square).exp());
  }

  override entropy(): Tensor {
    return this.base_dist.entropy().add(this.loc);
  }
}

const half = signature('HalfNormal', (scale: Value, validate_args: boolean | null = null) => ({
  scale,
  validate_args,
}));

/** The distribution of |x|, x being distributed around 0. */
export abstract class Half<D extends Distribution & { scale: Tensor }> extends TransformedDistribution {
  declare readonly base_dist: D;

  constructor(base: D, { validate_args = null }: Options) {
    super(base, [new AbsTransform()], { validate_args });
    this._check_parameters({ scale: base.scale }, { scale: constraints.positive });
  }

  override expand(batch_shape: readonly number[]): this {
    return Reflect.construct(this.constructor, [this.scale.expand(batch_shape)]) as this;
  }

  get scale(): Tensor {
    return this.base_dist.scale;
  }

  override get mode(): Tensor {
    return zeros_like(this.scale);
  }

  override get support(): constraints.Constraint {
    return constraints.nonnegative;
  }

  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const both = this.base_dist.log_prob(value).add(Math.log(2));
    return both.masked_fill(value.lt(0), Number.NEGATIVE_INFINITY);
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return this.base_dist.cdf(value).mul(2).sub(1);
  }

  override icdf(value: Tensor): Tensor {
    return this.base_dist.icdf(value.add(1).div(2));
  }

  override entropy(): Tensor {
    return this.base_dist.entropy().sub(Math.log(2));
  }
}

/**
 * The distribution of |x|, x being normal with mean 0 and standard deviation `scale`.
 * @example
 * new torch.distributions.HalfNormal(1).mean.item().toFixed(4); // '0.7979'
 */
export class HalfNormal extends Half<Normal> {
  constructor(...args: ArgsOf<typeof half>) {
    const { scale, validate_args } = half.bind(args);
    super(new Normal(0, scale, { validate_args: false }), { validate_args });
  }

  override get mean(): Tensor {
    return this.scale.mul(Math.sqrt(2 / Math.PI));
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(1 - 2 / Math.PI);
  }
}
