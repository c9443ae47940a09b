/** Continuous distributions with heavy tails, or made of simpler ones. */
import { finfo } from '../dtype-info.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { empty, full_like, ones_like, randn } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { Exponential, Uniform } from './continuous.js';
import { broadcastAll, Distribution, isChecked, type Value } from './distribution.js';
import { Gamma } from './gamma.js';
import { Half, TransformedDistribution } from './transformed.js';
import { AffineTransform, ExpTransform, PowerTransform } from './transforms.js';

const EULER = 0.57721566490153286;
const { positive, real } = constraints;

const locScale = signature('Cauchy', (loc: Value, scale: Value, validate_args: boolean | null = null) => ({
  loc,
  scale,
  validate_args,
}));

/**
 * The Cauchy distribution around `loc`: density 1 / (pi scale (1 + ((x - loc) / scale)^2)); it has no mean.
 * @example
 * new torch.distributions.Cauchy(0, 1).cdf(torch.tensor(1)); // tensor(0.7500)
 */
export class Cauchy extends Distribution {
  readonly has_rsample = true;
  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor(...args: ArgsOf<typeof locScale>) {
    const given = locScale.bind(args);
    const [loc, scale] = broadcastAll(given.loc, given.scale);
    super({ loc, scale }, loc.shape, [], { loc: real, scale: positive }, given);
    this.loc = loc;
    this.scale = scale;
  }

  get support(): constraints.Constraint {
    return real;
  }

  get mean(): Tensor {
    return full_like(this.loc, Number.NaN);
  }

  override get mode(): Tensor {
    return this.loc;
  }

  get variance(): Tensor {
    return full_like(this.loc, Number.POSITIVE_INFINITY);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const noise = empty(this._extended_shape(sample_shape), { dtype: this.loc.dtype }).cauchy_();
    return this.loc.add(noise.mul(this.scale));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const tail = value.sub(this.loc).div(this.scale).pow(2).log1p();
    return this.scale.log().neg().sub(Math.log(Math.PI)).sub(tail);
  }

  override cdf(value: Tensor): Tensor {
    this._validate_sample(value);
    return value.sub(this.loc).div(this.scale).atan().div(Math.PI).add(0.5);
  }

  override icdf(value: Tensor): Tensor {
    return value.sub(0.5).mul(Math.PI).tan().mul(this.scale).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}

const half = signature('HalfCauchy', (scale: Value, validate_args: boolean | null = null) => ({
  scale,
  validate_args,
}));

/**
 * The distribution of |x|, x being Cauchy distributed around 0.
 * @example
 * new torch.distributions.HalfCauchy(1).cdf(torch.tensor(1)); // tensor(0.5000)
 */
export class HalfCauchy extends Half<Cauchy> {
  constructor(...args: ArgsOf<typeof half>) {
    const { scale, validate_args } = half.bind(args);
    super(new Cauchy(0, scale, { validate_args: false }), { validate_args });
  }

  override get mean(): Tensor {
    return full_like(this.scale, Number.POSITIVE_INFINITY);
  }

  override get variance(): Tensor {
    return this.base_dist.variance;
  }
}

const byDf = signature('Chi2', (df: Value, validate_args: boolean | null = null) => ({ df, validate_args }));

/**
 * The chi-squared distribution: the sum of the squares of `df` standard normal numbers.
 * @example
 * new torch.distributions.Chi2(3).mean.item(); // 3
 */
export class Chi2 extends Gamma {
  constructor(...args: ArgsOf<typeof byDf>) {
    const given = byDf.bind(args);
    const [df] = broadcastAll(given.df);
    super(df.mul(0.5), 0.5, { validate_args: false });
    Object.assign(this, { _validate_args: isChecked(given) });
    this._check_parameters({ df }, { df: positive });
  }

  get df(): Tensor {
    return this.concentration.mul(2);
  }

  override _expandable(): Record<string, Tensor> {
    return { df: this.df };
  }

  override toString(): string {
    return 'Chi2()';
  }
}

const student = signature(
  'StudentT',
  (df: Value, loc: Value = 0, scale: Value = 1, validate_args: boolean | null = null) => ({
    df,
    loc,
    scale,
    validate_args,
  }),
);

/**
 * Student's t-distribution of `df` degrees of freedom, scaled by `scale` around `loc`.
 * @example
 * new torch.distributions.StudentT(4).variance.item(); // 2
 */
export class StudentT extends Distribution {
  readonly has_rsample = true;
  readonly df: Tensor;
  readonly loc: Tensor;
  readonly scale: Tensor;
  readonly _chi2: Chi2;

  constructor(...args: ArgsOf<typeof student>) {
    const given = student.bind(args);
    const [df, loc, scale] = broadcastAll(given.df, given.loc, given.scale);
    const chi2 = new Chi2(df);
    super({ df, loc, scale }, df.shape, [], { df: positive, loc: real, scale: positive }, given);
    this.df = df;
    this.loc = loc;
    this.scale = scale;
    this._chi2 = chi2;
  }

  get support(): constraints.Constraint {
    return real;
  }

  get mean(): Tensor {
    return this.loc.masked_fill(this.df.le(1), Number.NaN);
  }

  override get mode(): Tensor {
    return this.loc;
  }

  get variance(): Tensor {
    const { df } = this;
    const finite = this.scale.pow(2).mul(df).div(df.sub(2));
    return finite.masked_fill(df.le(2), Number.POSITIVE_INFINITY).masked_fill(df.le(1), Number.NaN);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    const noise = randn(this._extended_shape(sample_shape), { dtype: this.df.dtype });
    const z = this._chi2.rsample(sample_shape);
    return this.loc.add(this.scale.mul(noise.mul(z.div(this.df).rsqrt())));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const { df } = this;
    const y = value.sub(this.loc).div(this.scale);
    const normalization = this.scale
      .log()
      .add(df.log().mul(0.5))
      .add(0.5 * Math.log(Math.PI))
      .add(df.mul(0.5).lgamma())
      .sub(df.add(1).mul(0.5).lgamma());
    return df.add(1).mul(-0.5).mul(y.pow(2).div(df).log1p()).sub(normalization);
  }

  override entropy(): Tensor {
    const { df } = this;
    const [low, high] = [df.mul(0.5), df.add(1).mul(0.5)];
    const beta = low
      .lgamma()
      .add(0.5 * Math.log(Math.PI))
      .sub(high.lgamma());
    return this.scale
      .log()
      .add(high.mul(high.digamma().sub(low.digamma())))
      .add(df.log().mul(0.5))
      .add(beta);
  }
}

/**
 * The Gumbel distribution: of the largest of many numbers, around `loc`.
 * @example
 * new torch.distributions.Gumbel(0, 1).mean.item().toFixed(4); // '0.5772'
 */
export class Gumbel extends TransformedDistribution {
  readonly loc: Tensor;
  readonly scale: Tensor;

  constructor(...args: ArgsOf<typeof locScale>) {
    const { validate_args, ...given } = locScale.bind(args, 'Gumbel');
    const [loc, scale] = broadcastAll(given.loc, given.scale);
    const { tiny, eps } = finfo(loc.dtype);
    const base = new Uniform(full_like(loc, tiny), full_like(loc, 1 - eps), { validate_args });
    const steps = [new ExpTransform().inv, new AffineTransform(0, -1), new ExpTransform().inv];
    const last = new AffineTransform(loc, scale.neg());
    super(base, [...steps, last], { validate_args }, { loc, scale }, { loc: real, scale: positive });
    this.loc = loc;
    this.scale = scale;
  }

  override expand(batch_shape: readonly number[]): this {
    return new Gumbel(this.loc.expand(batch_shape), this.scale.expand(batch_shape)) as this;
  }

  override get support(): constraints.Constraint {
    return real;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.mul(EULER));
  }

  override get mode(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.PI / Math.sqrt(6));
  }

  override get variance(): Tensor {
    return this.stddev.pow(2);
  }

  override log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const y = this.loc.sub(value).div(this.scale);
    return y.sub(y.exp()).sub(this.scale.log());
  }

  override entropy(): Tensor {
    return this.scale.log().add(1 + EULER);
  }
}

const weibull = signature('Weibull', (scale: Value, concentration: Value, validate_args: boolean | null = null) => ({
  scale,
  concentration,
  validate_args,
}));

/**
 * The Weibull distribution: scale times an exponential number to the power of 1 / concentration.
 * @example
 * new torch.distributions.Weibull(2, 1).mean.item(); // 2
 */
export class Weibull extends TransformedDistribution {
  readonly scale: Tensor;
  readonly concentration: Tensor;

  constructor(...args: ArgsOf<typeof weibull>) {
    const { validate_args, ...given } = weibull.bind(args);
    const [scale, concentration] = broadcastAll(given.scale, given.concentration);
    const steps = [new PowerTransform(concentration.reciprocal()), new AffineTransform(0, scale)];
    const base = new Exponential(ones_like(scale), { validate_args });
    super(base, steps, { validate_args }, { scale, concentration }, { scale: positive, concentration: positive });
    this.scale = scale;
    this.concentration = concentration;
  }

  override expand(batch_shape: readonly number[]): this {
    return new Weibull(this.scale.expand(batch_shape), this.concentration.expand(batch_shape)) as this;
  }

  override get support(): constraints.Constraint {
    return positive;
  }

  private moment(order: number): Tensor {
    return this.concentration.reciprocal().mul(order).add(1).lgamma().exp();
  }

  override get mean(): Tensor {
    return this.scale.mul(this.moment(1));
  }

  override get mode(): Tensor {
    const { concentration: c } = this;
    return this.scale.mul(c.sub(1).div(c).pow(c.reciprocal()));
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(this.moment(2).sub(this.moment(1).pow(2)));
  }

  override entropy(): Tensor {
    const inverse = this.concentration.reciprocal();
    return inverse.neg().add(1).mul(EULER).add(this.scale.mul(inverse).log()).add(1);
  }
}

const pareto = signature('Pareto', (scale: Value, alpha: Value, validate_args: boolean | null = null) => ({
  scale,
  alpha,
  validate_args,
}));

/**
 * The Pareto distribution of numbers above `scale`, with a tail of order `alpha`.
 * @example
 * new torch.distributions.Pareto(1, 2).mean.item(); // 2
 */
export class Pareto extends TransformedDistribution {
  readonly scale: Tensor;
  readonly alpha: Tensor;

  constructor(...args: ArgsOf<typeof pareto>) {
    const { validate_args, ...given } = pareto.bind(args);
    const [scale, alpha] = broadcastAll(given.scale, given.alpha);
    const base = new Exponential(alpha, { validate_args });
    const steps = [new ExpTransform(), new AffineTransform(0, scale)];
    super(base, steps, { validate_args }, { alpha, scale }, { alpha: positive, scale: positive });
    this.scale = scale;
    this.alpha = alpha;
  }

  override expand(batch_shape: readonly number[]): this {
    return new Pareto(this.scale.expand(batch_shape), this.alpha.expand(batch_shape)) as this;
  }

  override get support(): constraints.Constraint {
    return constraints.greater_than_eq(this.scale);
  }

  override get mean(): Tensor {
    const a = this.alpha.clamp({ min: 1 });
    return a.mul(this.scale).div(a.sub(1));
  }

  override get mode(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    const a = this.alpha.clamp({ min: 2 });
    return this.scale
      .pow(2)
      .mul(a)
      .div(a.sub(1).pow(2).mul(a.sub(2)));
  }

  override entropy(): Tensor {
    const inverse = this.alpha.reciprocal();
    return this.scale.mul(inverse).log().add(inverse).add(1);
  }
}
