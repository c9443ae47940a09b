/** torch.distributions.transforms: invertible functions with the logarithms of their derivatives. */
import { finfo } from '../dtype-info.js';
import { NotImplementedError } from '../errors.js';
import { Callable } from '../nn/callable.js';
import { softplus } from '../nn/functional.js';
import { zeros_like } from '../ops/index.js';
import { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import type { Value } from './distribution.js';
import { sumRightmost, times } from './sums.js';

/** A transform is called like a function. */
export interface Transform {
  // biome-ignore lint/style/useShorthandFunctionType: the interface merges with the class
  (x: Tensor): Tensor;
}

/**
 * Base class of transforms: `t(x)`, `t.inv(y)`, and log |dy / dx|. A derived class implements `_call`, `_inverse` and
 * `log_abs_det_jacobian`.
 * @example
 * const t = new torch.distributions.transforms.ExpTransform();
 * t.inv(t(torch.tensor(2))).item(); // 2
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call is implemented by Callable
export abstract class Transform extends Callable {
  readonly bijective: boolean = false;
  /** Where x comes from. */
  readonly domain: constraints.Constraint = constraints.real;
  /** Where y goes to. */
  readonly codomain: constraints.Constraint = constraints.real;

  abstract _call(x: Tensor): Tensor;
  abstract _inverse(y: Tensor): Tensor;
  /** log |dy / dx|, summed over the dimensions of one event. */
  abstract log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor;

  override _call_impl(args: unknown[]): unknown {
    return this._call(args[0] as Tensor);
  }

  /** The transform in the other direction. */
  get inv(): Transform {
    return new InverseTransform(this);
  }

  /** 1 where it is increasing, -1 where it is decreasing. */
  get sign(): Value {
    throw new NotImplementedError(`${this.constructor.name} has no sign`);
  }

  forward_shape(shape: readonly number[]): number[] {
    return [...shape];
  }

  inverse_shape(shape: readonly number[]): number[] {
    return [...shape];
  }

  override toString(): string {
    return `${this.constructor.name}()`;
  }
}

class InverseTransform extends Transform {
  constructor(private readonly forward: Transform) {
    super();
    Object.assign(this, { bijective: forward.bijective, domain: forward.codomain, codomain: forward.domain });
  }
  override get inv(): Transform {
    return this.forward;
  }
  override get sign(): Value {
    return this.forward.sign;
  }
  _call(x: Tensor): Tensor {
    return this.forward._inverse(x);
  }
  _inverse(y: Tensor): Tensor {
    return this.forward(y);
  }
  log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return this.forward.log_abs_det_jacobian(y, x).neg();
  }
  override forward_shape(shape: readonly number[]): number[] {
    return this.forward.inverse_shape(shape);
  }
  override inverse_shape(shape: readonly number[]): number[] {
    return this.forward.forward_shape(shape);
  }
  override toString(): string {
    return `_InverseTransform(${this.forward})`;
  }
}

/**
 * y = exp(x).
 * @example
 * new torch.distributions.transforms.ExpTransform()(torch.tensor(0)); // tensor(1.)
 */
export class ExpTransform extends Transform {
  override readonly bijective = true;
  override readonly codomain = constraints.positive;
  override get sign(): number {
    return 1;
  }
  _call(x: Tensor): Tensor {
    return x.exp();
  }
  _inverse(y: Tensor): Tensor {
    return y.log();
  }
  log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return x;
  }
}

const power = (x: Tensor, to: Value): Tensor => (typeof to === 'number' ? x.pow(to) : x.pow(to));

/**
 * y = x^exponent, for positive x.
 * @example
 * new torch.distributions.transforms.PowerTransform(2)(torch.tensor(3)); // tensor(9.)
 */
export class PowerTransform extends Transform {
  override readonly bijective = true;
  override readonly domain = constraints.positive;
  override readonly codomain = constraints.positive;

  constructor(readonly exponent: Value) {
    super();
  }
  override get sign(): Value {
    return typeof this.exponent === 'number' ? Math.sign(this.exponent) : this.exponent.sign();
  }
  _call(x: Tensor): Tensor {
    return power(x, this.exponent);
  }
  _inverse(y: Tensor): Tensor {
    return power(y, typeof this.exponent === 'number' ? 1 / this.exponent : this.exponent.reciprocal());
  }
  log_abs_det_jacobian(x: Tensor, y: Tensor): Tensor {
    return y.mul(this.exponent).div(x).abs().log();
  }
}

/**
 * y = 1 / (1 + exp(-x)).
 * @example
 * new torch.distributions.transforms.SigmoidTransform()(torch.tensor(0)); // tensor(0.5000)
 */
export class SigmoidTransform extends Transform {
  override readonly bijective = true;
  override readonly codomain = constraints.unit_interval;
  override get sign(): number {
    return 1;
  }
  _call(x: Tensor): Tensor {
    const { tiny, eps } = finfo(x.dtype);
    return x.sigmoid().clamp(tiny, 1 - eps);
  }
  _inverse(y: Tensor): Tensor {
    const { tiny, eps } = finfo(y.dtype);
    const inside = y.clamp(tiny, 1 - eps);
    return inside.log().sub(inside.neg().log1p());
  }
  log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return softplus(x.neg()).neg().sub(softplus(x));
  }
}

const BETWEEN = constraints.interval(-1, 1);

/**
 * y = tanh(x).
 * @example
 * new torch.distributions.transforms.TanhTransform()(torch.tensor(0)); // tensor(0.)
 */
export class TanhTransform extends Transform {
  override readonly bijective = true;
  override readonly codomain = BETWEEN;
  override get sign(): number {
    return 1;
  }
  _call(x: Tensor): Tensor {
    return x.tanh();
  }
  _inverse(y: Tensor): Tensor {
    return y.atanh();
  }
  log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return x
      .neg()
      .add(Math.log(2))
      .sub(softplus(x.mul(-2)))
      .mul(2);
  }
}

/**
 * y = log(1 + exp(x)).
 * @example
 * new torch.distributions.transforms.SoftplusTransform()(torch.tensor(0)); // tensor(0.6931)
 */
export class SoftplusTransform extends Transform {
  override readonly bijective = true;
  override readonly codomain = constraints.positive;
  override get sign(): number {
    return 1;
  }
  _call(x: Tensor): Tensor {
    return softplus(x);
  }
  _inverse(y: Tensor): Tensor {
    return y.neg().expm1().neg().log().add(y);
  }
  log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    return softplus(x.neg()).neg();
  }
}

/**
 * y = |x|, whose inverse gives the one that is not negative.
 * @example
 * new torch.distributions.transforms.AbsTransform()(torch.tensor(-3)); // tensor(3.)
 */
export class AbsTransform extends Transform {
  override readonly codomain = constraints.positive;
  _call(x: Tensor): Tensor {
    return x.abs();
  }
  _inverse(y: Tensor): Tensor {
    return y;
  }
  log_abs_det_jacobian(_x: Tensor, _y: Tensor): Tensor {
    throw new NotImplementedError('AbsTransform is not bijective');
  }
}

const spread = (value: Value, like: Tensor): Tensor => zeros_like(like).add(value);

/**
 * y = loc + scale x; `event_dim` dimensions on the right are one event.
 * @example
 * new torch.distributions.transforms.AffineTransform(1, 2)(torch.tensor(3)); // tensor(7.)
 */
export class AffineTransform extends Transform {
  override readonly bijective = true;
  override readonly domain: constraints.Constraint;
  override readonly codomain: constraints.Constraint;

  constructor(
    readonly loc: Value,
    readonly scale: Value,
    readonly event_dim: number = 0,
  ) {
    super();
    this.domain = event_dim === 0 ? constraints.real : constraints.independent(constraints.real, event_dim);
    this.codomain = this.domain;
  }
  override get sign(): Value {
    return typeof this.scale === 'number' ? Math.sign(this.scale) : this.scale.sign();
  }
  _call(x: Tensor): Tensor {
    return x.mul(this.scale).add(this.loc);
  }
  _inverse(y: Tensor): Tensor {
    return y.sub(this.loc).div(this.scale);
  }
  log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    const { scale } = this;
    const each = spread(typeof scale === 'number' ? Math.log(Math.abs(scale)) : scale.abs().log(), x);
    return sumRightmost(each, this.event_dim);
  }
  override forward_shape(shape: readonly number[]): number[] {
    const parts = [this.loc, this.scale].filter((value) => value instanceof Tensor);
    return parts.reduce((sizes, { shape: other }) => widest(sizes, other), [...shape]);
  }
  override inverse_shape(shape: readonly number[]): number[] {
    return this.forward_shape(shape);
  }
}

function widest(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => Math.max(a.at(i - rank) ?? 1, b.at(i - rank) ?? 1));
}

/**
 * y = exp(x), normalized to add up to 1 along the last dimension; without a derivative.
 * @example
 * new torch.distributions.transforms.SoftmaxTransform()(torch.zeros(2)); // tensor([0.5000, 0.5000])
 */
export class SoftmaxTransform extends Transform {
  override readonly domain = constraints.real_vector;
  override readonly codomain = constraints.simplex;
  _call(x: Tensor): Tensor {
    return x.softmax(-1);
  }
  _inverse(y: Tensor): Tensor {
    return y.log();
  }
  log_abs_det_jacobian(_x: Tensor, _y: Tensor): Tensor {
    throw new NotImplementedError('SoftmaxTransform is not bijective');
  }
}

/**
 * Several transforms one after another, the first one first.
 * @example
 * const { AffineTransform, ComposeTransform, ExpTransform } = torch.distributions.transforms;
 * new ComposeTransform([new AffineTransform(1, 2), new ExpTransform()])(torch.tensor(0)); // tensor(2.7183)
 */
export class ComposeTransform extends Transform {
  override readonly bijective: boolean;
  override readonly domain: constraints.Constraint;
  override readonly codomain: constraints.Constraint;

  constructor(readonly parts: readonly Transform[]) {
    super();
    const [first, last] = [parts[0], parts.at(-1)];
    this.bijective = parts.every((part) => part.bijective);
    this.domain = first?.domain ?? constraints.real;
    this.codomain = last?.codomain ?? constraints.real;
  }
  override get sign(): Value {
    return this.parts.reduce<Value>((product, { sign }) => times(product, sign), 1);
  }
  _call(x: Tensor): Tensor {
    return this.parts.reduce((y, part) => part(y), x);
  }
  _inverse(y: Tensor): Tensor {
    return this.parts.reduceRight((x, part) => part._inverse(x), y);
  }
  log_abs_det_jacobian(x: Tensor, _y: Tensor): Tensor {
    const terms: { value: Tensor; dim: number }[] = [];
    let at = x;
    for (const part of this.parts) {
      const next = part(at);
      terms.push({ value: part.log_abs_det_jacobian(at, next), dim: part.domain.event_dim });
      at = next;
    }
    const dim = Math.max(0, ...terms.map((term) => term.dim));
    return terms.reduce(
      (sum, term) => sum.add(sumRightmost(term.value, dim - term.dim)),
      spread(0, terms[0]?.value ?? x),
    );
  }
  override forward_shape(shape: readonly number[]): number[] {
    return this.parts.reduce<number[]>((sizes, part) => part.forward_shape(sizes), [...shape]);
  }
  override inverse_shape(shape: readonly number[]): number[] {
    return this.parts.reduceRight<number[]>((sizes, part) => part.inverse_shape(sizes), [...shape]);
  }
  override toString(): string {
    return `ComposeTransform(\n    ${this.parts.join(',\n    ')}\n)`;
  }
}
