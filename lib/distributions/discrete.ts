/** Distributions over whole numbers. */
import { enable_grad, no_grad } from '../autograd/modes.js';
import { int64 } from '../dtype.js';
import { finfo } from '../dtype-info.js';
import { ValueError } from '../errors.js';
import { binary_cross_entropy_with_logits } from '../nn/functional.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { arange, bernoulli, broadcast_to, full, multinomial } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import { broadcastAll, Distribution, type Value } from './distribution.js';

/** Refuses both parameters, or none. */
export function checkOne(probs: unknown, logits: unknown): void {
  if ((probs === null) === (logits === null)) {
    throw new ValueError('Either `probs` or `logits` must be specified, but not both.');
  }
}

export const expandOf = (given: boolean | { expand?: boolean }): boolean =>
  typeof given === 'boolean' ? given : (given.expand ?? true);

/** The values along a new first dimension, for a batch of that shape. */
export function enumerate(values: Tensor, batch: readonly number[], expand: boolean): Tensor {
  const column = values.view([values.numel(), ...batch.map(() => 1)]);
  return expand ? column.expand([values.numel(), ...batch]) : column;
}

const bernoulliArgs = signature(
  'Bernoulli',
  (probs: Value | null = null, logits: Value | null = null, validate_args: boolean | null = null) => ({
    probs,
    logits,
    validate_args,
  }),
);

/**
 * Ones with probability `probs`, or 1 / (1 + exp(-logits)), else zeros.
 *
 * @example
 * new torch.distributions.Bernoulli(torch.tensor([0.25])).variance.tolist(); // [0.1875]
 */
export class Bernoulli extends Distribution {
  readonly has_rsample = false;
  override readonly has_enumerate_support = true;
  #probs: Tensor | null = null;
  #logits: Tensor | null = null;

  constructor(...args: ArgsOf<typeof bernoulliArgs>) {
    const given = bernoulliArgs.bind(args);
    checkOne(given.probs, given.logits);
    const [param] = broadcastAll((given.probs ?? given.logits) as Value);
    const named: Record<string, Tensor> = given.probs === null ? { logits: param } : { probs: param };
    super(named, param.shape, [], { probs: constraints.unit_interval, logits: constraints.real }, given);
    if (given.probs === null) this.#logits = param;
    else this.#probs = param;
  }

  get support(): constraints.Constraint {
    return constraints.boolean;
  }

  get probs(): Tensor {
    this.#probs ??= this._given.probs = enable_grad(() => (this.#logits as Tensor).sigmoid());
    return this.#probs;
  }

  get logits(): Tensor {
    this.#logits ??= this._given.logits = enable_grad(() => logitsOf(this.probs));
    return this.#logits;
  }

  get param_shape(): readonly number[] {
    return this.probs.shape;
  }

  get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    const likelier = this.probs.ge(0.5).to(this.probs.dtype);
    return likelier.masked_fill(this.probs.eq(0.5), Number.NaN);
  }

  get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => bernoulli(this.probs.expand(this._extended_shape(sample_shape)).contiguous()));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const [logits, target] = broadcastAll(this.logits, value);
    return binary_cross_entropy_with_logits(logits, target, { reduction: 'none' }).neg();
  }

  override entropy(): Tensor {
    return binary_cross_entropy_with_logits(this.logits, this.probs, { reduction: 'none' });
  }

  override enumerate_support(expand: boolean | { expand?: boolean } = true): Tensor {
    return enumerate(arange(2, { dtype: this.probs.dtype }), this._batch_shape, expandOf(expand));
  }
}

/** log(p / (1 - p)), finite also where p is 0 or 1. */
export function logitsOf(probs: Tensor): Tensor {
  const inside = clampProbs(probs);
  return inside.log().sub(inside.neg().log1p());
}

function clampProbs(probs: Tensor): Tensor {
  const { eps } = finfo(probs.dtype);
  return probs.clamp(eps, 1 - eps);
}

const categorical = signature(
  'Categorical',
  (probs: Tensor | null = null, logits: Tensor | null = null, validate_args: boolean | null = null) => ({
    probs,
    logits,
    validate_args,
  }),
);

/**
 * Whole numbers from 0 on whose weights, or unnormalized log probabilities, are the last dimension of `probs` or
 * `logits`.
 *
 * @example
 * const die = new torch.distributions.Categorical(torch.ones(6));
 * die.log_prob(torch.tensor(3n)).exp().item(); // 0.1666666567325592
 */
export class Categorical extends Distribution {
  readonly has_rsample = false;
  override readonly has_enumerate_support = true;
  readonly _num_events: number;
  #probs: Tensor | null = null;
  #logits: Tensor | null = null;

  constructor(...args: ArgsOf<typeof categorical>) {
    const given = categorical.bind(args);
    checkOne(given.probs, given.logits);
    const name = given.probs === null ? 'logits' : 'probs';
    const raw = (given.probs ?? given.logits) as Tensor;
    if (raw.dim() < 1) throw new ValueError(`\`${name}\` parameter must be at least one-dimensional.`);
    const keep = { dim: -1, keepdim: true } as const;
    const param = name === 'probs' ? raw.div(raw.sum(keep)) : raw.sub(raw.logsumexp(keep));
    const limits = { probs: constraints.simplex, logits: constraints.real_vector };
    super({ [name]: param }, param.shape.slice(0, -1), [], limits, given);
    this._num_events = param.size(-1) as number;
    if (name === 'probs') this.#probs = param;
    else this.#logits = param;
  }

  get support(): constraints.Constraint {
    return constraints.integer_interval(0, this._num_events - 1);
  }

  get probs(): Tensor {
    this.#probs ??= this._given.probs = enable_grad(() => (this.#logits as Tensor).softmax(-1));
    return this.#probs;
  }

  get logits(): Tensor {
    this.#logits ??= this._given.logits = enable_grad(() => clampProbs(this.probs).log());
    return this.#logits;
  }

  get param_shape(): readonly number[] {
    return this.probs.shape;
  }

  get mean(): Tensor {
    return full(this._extended_shape(), Number.NaN, { dtype: this.probs.dtype });
  }

  override get mode(): Tensor {
    return this.probs.argmax({ dim: -1 });
  }

  get variance(): Tensor {
    return this.mean;
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    const rows = this.probs.detach().reshape(-1, this._num_events);
    const count = sample_shape.reduce((product, n) => product * n, 1);
    return multinomial(rows, count, true).t().reshape(this._extended_shape(sample_shape));
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const index = value.to(int64).unsqueeze(-1);
    const batch = index.shape.length > this.logits.dim() ? index.shape : this.logits.shape;
    const [spread] = broadcastAll(index.expand([...batch.slice(0, -1), 1]));
    return broadcast_to(this.logits, [...batch.slice(0, -1), this._num_events])
      .gather(-1, spread)
      .squeeze(-1);
  }

  override entropy(): Tensor {
    const logits = this.logits.clamp({ min: finfo(this.logits.dtype).min });
    return logits.mul(this.probs).sum(-1).neg();
  }

  override enumerate_support(expand: boolean | { expand?: boolean } = true): Tensor {
    return enumerate(arange(0, this._num_events, { dtype: int64 }), this._batch_shape, expandOf(expand));
  }
}
