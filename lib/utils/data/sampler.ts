/** In which order indices of a dataset come, and in which batches. */

import { float64, int64 } from '../../dtype.js';
import { TypeError, ValueError } from '../../errors.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { empty, multinomial, randint, randperm, tensor } from '../../ops/index.js';
import { Generator } from '../../random.js';
import type { Tensor } from '../../tensor.js';
import { type Indexable, lengthOf } from './dataset.js';

/** A number of 63 bits. */
export const drawSeed = (generator: Generator | null): number | bigint =>
  empty([], { dtype: int64 }).random_({ generator }).item() as number | bigint;

/**
 * Base of samplers: iterables of indices.
 * @example
 * class Backwards extends torch.utils.data.Sampler {
 *   *[Symbol.iterator]() {
 *     yield* [2, 1, 0];
 *   }
 * }
 * new torch.utils.data.DataLoader(['a', 'b', 'c'], { sampler: new Backwards() });
 */
export abstract class Sampler<T = number> implements Iterable<T> {
  abstract [Symbol.iterator](): Iterator<T>;
  /** How many there are. */
  __len__(): number {
    throw new TypeError(`object of type '${this.constructor.name}' has no len()`);
  }
  get length(): number {
    return this.__len__();
  }
}

/**
 * All indices in order.
 * @example
 * [...new torch.utils.data.SequentialSampler(['a', 'b'])]; // [0, 1]
 */
export class SequentialSampler extends Sampler {
  constructor(readonly data_source: Indexable) {
    super();
  }
  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.length; i++) yield i;
  }
  override __len__(): number {
    return lengthOf(this.data_source);
  }
}

const randomArgs = signature(
  'RandomSampler',
  (
    data_source: Indexable,
    replacement: boolean = false,
    num_samples: number | null = null,
    generator: Generator | null = null,
  ) => ({ data_source, replacement, num_samples, generator }),
);
// As many as PyTorch draws at once.
const DRAWN = 32;

/**
 * Indices in random order, or with `replacement` each drawn on its own; `num_samples` of them, all by default.
 * @example
 * [...new torch.utils.data.RandomSampler(['a', 'b', 'c'])].sort(); // [0, 1, 2]
 */
export class RandomSampler extends Sampler {
  readonly data_source: Indexable;
  readonly replacement: boolean;
  readonly generator: Generator | null;
  private readonly wanted: number | null;

  constructor(...args: ArgsOf<typeof randomArgs>) {
    super();
    const { data_source, replacement, num_samples, generator } = randomArgs.bind(args);
    this.data_source = data_source;
    this.replacement = replacement;
    this.generator = generator;
    this.wanted = num_samples;
    if (!Number.isInteger(this.num_samples) || this.num_samples <= 0)
      throw new ValueError(`num_samples should be a positive integer value, but got num_samples=${this.num_samples}`);
  }
  get num_samples(): number {
    return this.wanted ?? lengthOf(this.data_source);
  }
  *[Symbol.iterator](): Iterator<number> {
    const n = lengthOf(this.data_source);
    const generator = this.generator ?? new Generator().manual_seed(drawSeed(null));
    const [total, piece] = [this.num_samples, this.replacement ? DRAWN : n];
    const draw = (count: number): number[] =>
      (this.replacement ? randint(n, [count], { generator }) : randperm(n, { generator })).tolist();
    for (let done = 0; done + piece <= total; done += piece) yield* draw(piece);
    yield* draw(total % piece).slice(0, total % piece);
  }
  override __len__(): number {
    return this.num_samples;
  }
}

/**
 * These indices in random order.
 * @example
 * [...new torch.utils.data.SubsetRandomSampler([5, 7])].sort(); // [5, 7]
 */
export class SubsetRandomSampler extends Sampler {
  constructor(
    readonly indices: readonly number[],
    readonly generator: Generator | null = null,
  ) {
    super();
  }
  *[Symbol.iterator](): Iterator<number> {
    const order = randperm(this.indices.length, { generator: this.generator }).tolist() as number[];
    for (const i of order) yield this.indices[i] as number;
  }
  override __len__(): number {
    return this.indices.length;
  }
}

const weightedArgs = signature(
  'WeightedRandomSampler',
  (
    weights: Tensor | readonly number[],
    num_samples: number,
    replacement: boolean = true,
    generator: Generator | null = null,
  ) => ({ weights, num_samples, replacement, generator }),
);

/**
 * `num_samples` indices, drawn with probabilities proportional to `weights`.
 * @example
 * [...new torch.utils.data.WeightedRandomSampler([0, 1], 3)]; // [1, 1, 1]
 */
export class WeightedRandomSampler extends Sampler {
  readonly weights: Tensor;
  readonly num_samples: number;
  readonly replacement: boolean;
  readonly generator: Generator | null;
  constructor(...args: ArgsOf<typeof weightedArgs>) {
    super();
    const { weights, num_samples, replacement, generator } = weightedArgs.bind(args);
    if (!Number.isInteger(num_samples) || num_samples <= 0)
      throw new ValueError(`num_samples should be a positive integer value, but got num_samples=${num_samples}`);
    this.weights = tensor(weights as number[], { dtype: float64 });
    this.num_samples = num_samples;
    this.replacement = replacement;
    this.generator = generator;
  }
  *[Symbol.iterator](): Iterator<number> {
    const { weights, num_samples, replacement, generator } = this;
    yield* multinomial(weights, num_samples, replacement, { generator }).tolist() as number[];
  }
  override __len__(): number {
    return this.num_samples;
  }
}

/**
 * The indices of `sampler` in batches; with `drop_last` only full ones.
 * @example
 * const { SequentialSampler, BatchSampler } = torch.utils.data;
 * [...new BatchSampler(new SequentialSampler(['a', 'b', 'c']), 2, false)]; // [[0, 1], [2]]
 */
export class BatchSampler extends Sampler<number[]> {
  constructor(
    readonly sampler: Iterable<number>,
    readonly batch_size: number,
    readonly drop_last: boolean,
  ) {
    super();
    if (!Number.isInteger(batch_size) || batch_size <= 0)
      throw new ValueError(`batch_size should be a positive integer value, but got batch_size=${batch_size}`);
  }
  *[Symbol.iterator](): Iterator<number[]> {
    let batch: number[] = [];
    for (const index of this.sampler) {
      batch.push(index);
      if (batch.length < this.batch_size) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0 && !this.drop_last) yield batch;
  }
  override __len__(): number {
    const count = lengthOf(this.sampler) / this.batch_size;
    return this.drop_last ? Math.floor(count) : Math.ceil(count);
  }
}
