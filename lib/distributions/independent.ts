/** Distributions made of others: batches as events, and mixtures. */
import { no_grad } from '../autograd/modes.js';
import { ValueError } from '../errors.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import type { Tensor } from '../tensor.js';
import * as constraints from './constraints.js';
import type { Categorical } from './discrete.js';
import { Distribution } from './distribution.js';
import { sumRightmost } from './sums.js';

const independent = signature(
  'Independent',
  (base_distribution: Distribution, reinterpreted_batch_ndims: number, validate_args: boolean | null = null) => ({
    base_distribution,
    reinterpreted_batch_ndims,
    validate_args,
  }),
);

/**
 * `base_distribution` with the last `reinterpreted_batch_ndims` dimensions of its batch as part of the event: `log_prob`
 * sums over them.
 * @example
 * const normal = new torch.distributions.Normal(torch.zeros(2), torch.ones(2));
 * new torch.distributions.Independent(normal, 1).log_prob(torch.zeros(2)).item(); // -1.8378770351409912
 */
export class Independent extends Distribution {
  readonly has_rsample: boolean;
  readonly base_dist: Distribution;
  readonly reinterpreted_batch_ndims: number;

  constructor(...args: ArgsOf<typeof independent>) {
    const { base_distribution: base, reinterpreted_batch_ndims: count, validate_args } = independent.bind(args);
    const batch = base._batch_shape;
    if (count > batch.length) {
      throw new ValueError(
        'Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), ' +
          `actual ${count} vs ${batch.length}`,
      );
    }
    const at = batch.length - count;
    super({}, batch.slice(0, at), [...batch.slice(at), ...base._event_shape], {}, { validate_args });
    this.base_dist = base;
    this.reinterpreted_batch_ndims = count;
    this.has_rsample = base.has_rsample;
  }

  override expand(batch_shape: readonly number[]): this {
    const own = this._event_shape.slice(0, this.reinterpreted_batch_ndims);
    const base = this.base_dist.expand([...batch_shape, ...own]);
    return new Independent(base, this.reinterpreted_batch_ndims) as this;
  }

  get support(): constraints.Constraint {
    return constraints.independent(this.base_dist.support, this.reinterpreted_batch_ndims);
  }

  get mean(): Tensor {
    return this.base_dist.mean;
  }

  override get mode(): Tensor {
    return this.base_dist.mode;
  }

  get variance(): Tensor {
    return this.base_dist.variance;
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return this.base_dist.sample(sample_shape);
  }

  override rsample(sample_shape: readonly number[] = []): Tensor {
    return this.base_dist.rsample(sample_shape);
  }

  log_prob(value: Tensor): Tensor {
    return sumRightmost(this.base_dist.log_prob(value), this.reinterpreted_batch_ndims);
  }

  override entropy(): Tensor {
    return sumRightmost(this.base_dist.entropy(), this.reinterpreted_batch_ndims);
  }

  override toString(): string {
    return `Independent(${this.base_dist}, ${this.reinterpreted_batch_ndims})`;
  }
}

const mixture = signature(
  'MixtureSameFamily',
  (mixture_distribution: Categorical, component_distribution: Distribution, validate_args: boolean | null = null) => ({
    mixture_distribution,
    component_distribution,
    validate_args,
  }),
);

/**
 * The mixture of the distributions along the last dimension of the batch of `component_distribution`, chosen by
 * `mixture_distribution`.
 * @example
 * const { Categorical, MixtureSameFamily, Normal } = torch.distributions;
 * const parts = new Normal(torch.tensor([-1, 1]), torch.ones(2));
 * new MixtureSameFamily(new Categorical(torch.tensor([1, 3])), parts).mean.item(); // 0.5
 */
export class MixtureSameFamily extends Distribution {
  readonly has_rsample = false;
  readonly mixture_distribution: Categorical;
  readonly component_distribution: Distribution;

  constructor(...args: ArgsOf<typeof mixture>) {
    const { mixture_distribution: mix, component_distribution: parts, validate_args } = mixture.bind(args);
    const batch = parts._batch_shape;
    const [count, have] = [mix.logits.shape.at(-1), batch.at(-1)];
    if (have !== count) {
      throw new ValueError(
        `\`mixture_distribution component\` (${count}) does not equal \`component_distribution.batch_shape[-1]\` (${have})`,
      );
    }
    super({}, batch.slice(0, -1), parts._event_shape, {}, { validate_args });
    this.mixture_distribution = mix;
    this.component_distribution = parts;
  }

  override expand(batch_shape: readonly number[]): this {
    const { mixture_distribution: mix, component_distribution: parts } = this;
    const count = mix._num_events;
    return new MixtureSameFamily(mix.expand(batch_shape), parts.expand([...batch_shape, count])) as this;
  }

  get support(): constraints.Constraint {
    const { check, is_discrete, event_dim, repr } = this.component_distribution.support;
    return new constraints.Constraint(`MixtureSameFamilyConstraint(${repr})`, check, is_discrete, event_dim);
  }

  private get weights(): Tensor {
    const { probs } = this.mixture_distribution;
    const missing =
      this.mixture_distribution._batch_shape.length === 0 ? 0 : this._batch_shape.length - probs.dim() + 1;
    const events = this._event_shape.map(() => 1);
    return probs.reshape([
      ...probs.shape.slice(0, -1),
      ...new Array(missing).fill(1),
      probs.size(-1) as number,
      ...events,
    ]);
  }

  private get partDim(): number {
    return -1 - this._event_shape.length;
  }

  get mean(): Tensor {
    return this.weights.mul(this.component_distribution.mean).sum(this.partDim);
  }

  get variance(): Tensor {
    const { mean, variance } = this.component_distribution;
    const within = this.weights.mul(variance).sum(this.partDim);
    const between = this.weights.mul(mean.sub(this.mean.unsqueeze(this.partDim)).pow(2)).sum(this.partDim);
    return within.add(between);
  }

  override sample(sample_shape: readonly number[] = []): Tensor {
    return no_grad(() => {
      const chosen = this.mixture_distribution.sample(sample_shape);
      const all = this.component_distribution.sample(sample_shape);
      const events = this._event_shape;
      const index = chosen.reshape([...chosen.shape, 1, ...events.map(() => 1)]);
      const dim = sample_shape.length + this._batch_shape.length;
      const shape = all.shape.map((size, d) => (d === dim ? 1 : size));
      return all.gather(dim, index.expand(shape)).squeeze(dim);
    });
  }

  log_prob(value: Tensor): Tensor {
    this._validate_sample(value);
    const each = this.component_distribution.log_prob(value.unsqueeze(this.partDim));
    return each.add(this.mixture_distribution.logits.log_softmax(-1)).logsumexp(-1);
  }

  override cdf(value: Tensor): Tensor {
    const each = this.component_distribution.cdf(value.unsqueeze(this.partDim));
    return each.mul(this.mixture_distribution.probs).sum(-1);
  }

  override toString(): string {
    return `MixtureSameFamily(\n  ${this.mixture_distribution},\n  ${this.component_distribution})`;
  }
}
