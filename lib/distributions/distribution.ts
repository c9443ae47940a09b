import { inspect } from 'node:util';
import { no_grad } from '../autograd/modes.js';
import { get_default_dtype } from '../dtype.js';
import { NotImplementedError, ValueError } from '../errors.js';
import { broadcast_to, tensor } from '../ops/index.js';
import { Tensor } from '../tensor.js';
import type { Constraint } from './constraints.js';
import { shown } from './format.js';

/** A parameter: a tensor or a number. */
export type Value = Tensor | number;
/** Options of all distributions. */
export interface Options {
  validate_args?: boolean | null;
}
type SampleShape = readonly number[];

let validateByDefault = true;

/** Whether a distribution with these options checks its arguments. */
export const isChecked = ({ validate_args }: Options): boolean => validate_args ?? validateByDefault;

/**
 * Base class of all distributions: `batch_shape` distributions of samples of shape `event_shape`. Parameters and
 * arguments of `log_prob` are checked, a ValueError, unless `validate_args` is false.
 * @example
 * const normal = new torch.distributions.Normal(torch.zeros(2), torch.ones(2));
 * normal.log_prob(torch.zeros(2)); // tensor([-0.9189, -0.9189])
 */
export abstract class Distribution {
  abstract readonly has_rsample: boolean;
  readonly has_enumerate_support: boolean = false;
  readonly _batch_shape: number[];
  readonly _event_shape: number[];
  readonly _validate_args: boolean;
  /** The parameters that were given, by name. @internal */
  readonly _given: Record<string, Tensor>;
  /** What the parameters have to satisfy, by name. */
  readonly arg_constraints: Readonly<Record<string, Constraint>>;
  readonly #made: Readonly<Record<string, Tensor>>;

  constructor(
    given: Record<string, Tensor>,
    batch_shape: readonly number[],
    event_shape: readonly number[],
    constraints: Record<string, Constraint>,
    { validate_args = null }: Options,
  ) {
    this._given = given;
    this.#made = { ...given };
    this.arg_constraints = constraints;
    this._batch_shape = [...batch_shape];
    this._event_shape = [...event_shape];
    this._validate_args = isChecked({ validate_args });
    this._check_parameters(given, constraints);
  }

  /** Refuses parameters that do not satisfy their constraints, unless arguments are not checked. */
  _check_parameters(given: Record<string, Tensor>, limits: Record<string, Constraint>): void {
    if (!this._validate_args) return;
    for (const [name, value] of Object.entries(given)) {
      const constraint = limits[name];
      if (constraint === undefined || constraint.check(value.detach()).all().item()) continue;
      throw new ValueError(
        `Expected parameter ${name} (Tensor of shape ${tuple(value.shape)}) of distribution ${this} to satisfy the ` +
          `constraint ${constraint}, but found invalid values:\n${shown(value)}`,
      );
    }
  }

  /** Whether distributions made from now on check their arguments. */
  static set_default_validate_args(value: boolean): void {
    validateByDefault = value;
  }

  get batch_shape(): number[] {
    return this._batch_shape;
  }

  get event_shape(): number[] {
    return this._event_shape;
  }

  /** The same distributions, as views, for a larger batch. */
  expand(batch_shape: SampleShape): this {
    const expanded = Object.entries(this._expandable()).map(([name, value]) => {
      const own = value.shape.slice(this._batch_shape.length);
      return [name, value.expand([...batch_shape, ...own])] as const;
    });
    const made = Reflect.construct(this.constructor, [{ ...Object.fromEntries(expanded), validate_args: false }]);
    return Object.assign(made as this, { _validate_args: this._validate_args });
  }

  /** The parameters that a copy is made with, whose first dimensions are those of the batch. @internal */
  _expandable(): Record<string, Tensor> {
    return this.#made;
  }

  /** The values that a sample can have. */
  abstract get support(): Constraint;
  abstract get mean(): Tensor;
  abstract get variance(): Tensor;

  get mode(): Tensor {
    throw new NotImplementedError(`<class '${this.constructor.name}'> does not implement mode`);
  }

  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** Samples of shape `sample_shape + batch_shape + event_shape`, without gradients. */
  sample(sample_shape: SampleShape = []): Tensor {
    return no_grad(() => this.rsample(sample_shape));
  }

  /** The same with gradients of the parameters, where the distribution allows that. */
  rsample(_sample_shape: SampleShape = []): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement rsample`);
  }

  /** The logarithm of the density, or of the probability, at `value`. */
  abstract log_prob(value: Tensor): Tensor;

  /** The probability of values up to `value`. */
  cdf(_value: Tensor): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement cdf`);
  }

  /** The inverse of `cdf`. */
  icdf(_value: Tensor): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement icdf`);
  }

  entropy(): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement entropy`);
  }

  /** All values of a discrete distribution along a new first dimension. */
  enumerate_support(_expand: boolean | { expand?: boolean } = true): Tensor {
    throw new NotImplementedError(`${this.constructor.name} does not implement enumerate_support`);
  }

  perplexity(): Tensor {
    return this.entropy().exp();
  }

  _extended_shape(sample_shape: SampleShape = []): number[] {
    return [...sample_shape, ...this._batch_shape, ...this._event_shape];
  }

  /** Refuses what cannot be a sample, unless arguments are not checked. */
  _validate_sample(value: Tensor): void {
    if (!this._validate_args) return;
    if (!(value instanceof Tensor)) throw new ValueError('The value argument to log_prob must be a Tensor');
    const expected = this._extended_shape();
    const event = value.shape.slice(value.dim() - this._event_shape.length);
    if (event.some((size, i) => size !== this._event_shape[i])) {
      throw new ValueError(
        `The right-most size of value must match event_shape: ${size(value.shape)} vs ${size(this._event_shape)}.`,
      );
    }
    for (let i = 1; i <= Math.min(value.dim(), expected.length); i++) {
      const [a, b] = [value.shape.at(-i), expected.at(-i)];
      if (a === 1 || b === 1 || a === b) continue;
      const shapes = `${size(value.shape)} vs ${size(expected)}`;
      throw new ValueError(`Value is not broadcastable with batch_shape+event_shape: ${shapes}.`);
    }
    if (this.support.check(value.detach()).all().item()) return;
    throw new ValueError(
      `Expected value argument (Tensor of shape ${tuple(value.shape)}) to be within the support (${this.support}) of ` +
        `the distribution ${this}, but found invalid values:\n${shown(value)}`,
    );
  }

  toString(): string {
    const parameters = Object.keys(this.arg_constraints).flatMap((name) => {
      const value = this._given[name];
      if (value === undefined) return [];
      return [`${name}: ${value.numel() === 1 ? shown(value) : size(value.shape)}`];
    });
    return `${this.constructor.name}(${parameters.join(', ')})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

const tuple = (shape: readonly number[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
const size = (shape: readonly number[]): string => `torch.Size([${shape.join(', ')}])`;

/** Parameters as tensors of one shape; numbers take the dtype of the tensors, or the default one. */
export function broadcastAll<T extends Value[]>(...values: T): { [K in keyof T]: Tensor } {
  const tensors = values.filter((value) => value instanceof Tensor);
  const dtype = tensors[0]?.dtype ?? get_default_dtype();
  const all = values.map((value) => (value instanceof Tensor ? value : tensor(value, { dtype })));
  let shape: readonly number[] = (all[0] as Tensor).shape;
  for (const one of all.slice(1)) shape = no_grad(() => broadcastShape(shape, one.shape));
  return all.map((one) => (sameSizes(one.shape, shape) ? one : broadcast_to(one, [...shape]))) as never;
}

const sameSizes = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new ValueError(`the parameters have shapes ${size(a)} and ${size(b)}, which cannot be broadcast together`);
  });
}
