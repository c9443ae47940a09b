/** Batches of a dataset. */
import { float64 } from '../../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../../errors.js';
import { typeName } from '../../nn/repr.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { stack, tensor } from '../../ops/index.js';
import { isOptions } from '../../ops/schema.js';
import type { Generator } from '../../random.js';
import { Tensor } from '../../tensor.js';
import { type Indexable, IterableDataset, lengthOf, sampleOf } from './dataset.js';
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler } from './sampler.js';

/**
 * Makes one batch of samples: tensors are stacked, numbers become float64, bigints int64 and booleans bool, text is
 * listed, and lists and objects are made of batches of their elements.
 * @example
 * torch.utils.data.default_collate([[torch.ones(1), 1n], [torch.zeros(1), 2n]]);
 * // [tensor([[1.], [0.]]), tensor([1, 2])]
 */
export function default_collate(batch: readonly any[]): any {
  const [first] = batch;
  if (first instanceof Tensor) return stack(batch as Tensor[], 0);
  if (typeof first === 'number') return tensor(batch as number[], { dtype: float64 });
  if (typeof first === 'bigint' || typeof first === 'boolean') return tensor(batch as bigint[]);
  if (typeof first === 'string') return batch;
  if (ArrayBuffer.isView(first)) return stack(batch.map((sample) => tensor(sample)) as Tensor[], 0);
  if (Array.isArray(first)) {
    if (batch.some((sample) => sample.length !== first.length))
      throw new RuntimeError('each element in list of batch should be of equal size');
    return first.map((_, i) => default_collate(batch.map((sample) => sample[i])));
  }
  if (first instanceof Map)
    return new Map([...first.keys()].map((key) => [key, default_collate(batch.map((sample) => sample.get(key)))]));
  if (isOptions(first)) {
    const keys = Object.keys(first);
    return Object.fromEntries(keys.map((key) => [key, default_collate(batch.map((sample) => sample[key]))]));
  }
  throw new TypeError(
    `default_collate: batch must contain tensors, typed arrays, numbers, objects or lists; found ${typeName(first)}`,
  );
}

type Collate = (batch: any) => any;

const args = signature(
  'DataLoader',
  (
    dataset: Indexable | Iterable<unknown>,
    batch_size: number | null | undefined = undefined,
    shuffle: boolean | null = null,
    sampler: Iterable<number> | null = null,
    batch_sampler: Iterable<readonly number[]> | null = null,
    num_workers: number = 0,
    collate_fn: Collate | null = null,
    pin_memory: boolean = false,
    drop_last: boolean = false,
    generator: Generator | null = null,
  ) => ({
    dataset,
    batch_size,
    shuffle,
    sampler,
    batch_sampler,
    num_workers,
    collate_fn,
    pin_memory,
    drop_last,
    generator,
  }),
);
type Options = ReturnType<typeof args.bind>;

function check(given: Options, streamed: boolean): void {
  const { batch_size, shuffle, sampler, batch_sampler, drop_last, num_workers } = given;
  if (!Number.isInteger(num_workers) || num_workers < 0)
    throw new ValueError('num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.');
  if (streamed) {
    const unspecified = (name: string, shown: unknown) =>
      new ValueError(`DataLoader with IterableDataset: expected unspecified ${name} option, but got ${name}=${shown}`);
    if (shuffle) throw unspecified('shuffle', 'True');
    if (sampler !== null) throw unspecified('sampler', sampler);
    if (batch_sampler !== null) throw unspecified('batch_sampler', batch_sampler);
  }
  if (sampler !== null && shuffle) throw new ValueError('sampler option is mutually exclusive with shuffle');
  if (batch_sampler !== null && ((batch_size ?? 1) !== 1 || shuffle || sampler !== null || drop_last)) {
    throw new ValueError('batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last');
  }
  if (batch_size === null && drop_last) {
    throw new ValueError('batch_size=None option disables auto-batching and is mutually exclusive with drop_last');
  }
}

/**
 * Goes through a dataset in batches: each `for … of` is an epoch, shuffled anew where asked, with the same random numbers
 * as PyTorch's. `batch_size: null` gives samples one by one. Samples are made in this thread, also with `num_workers`.
 * @example
 * const data = new torch.utils.data.TensorDataset(torch.arange(6).view(3, 2), torch.tensor([0n, 1n, 0n]));
 * const loader = new torch.utils.data.DataLoader(data, { batch_size: 2, shuffle: true });
 * for (const [x, y] of loader) torch.nn.functional.cross_entropy(x, y);
 * loader.length; // 2
 */
export class DataLoader<T = any> implements Iterable<T> {
  readonly dataset: Indexable | Iterable<unknown>;
  readonly batch_size: number | null;
  readonly num_workers: number;
  readonly drop_last: boolean;
  readonly pin_memory: boolean;
  readonly generator: Generator | null;
  readonly collate_fn: Collate;
  /** Null for an IterableDataset. */
  readonly sampler: Iterable<number> | null;
  /** Null where samples come one by one, or from an IterableDataset. */
  readonly batch_sampler: Iterable<readonly number[]> | null;

  constructor(...given: ArgsOf<typeof args>) {
    const options = args.bind(given);
    const { dataset, shuffle, generator, drop_last } = options;
    const streamed = dataset instanceof IterableDataset;
    check(options, streamed);
    const size = options.batch_size === undefined ? 1 : options.batch_size;
    if (size !== null && (!Number.isInteger(size) || size <= 0))
      throw new ValueError(`batch_size should be a positive integer value, but got batch_size=${size}`);
    this.dataset = dataset;
    this.num_workers = options.num_workers;
    this.pin_memory = options.pin_memory;
    this.drop_last = drop_last;
    this.generator = generator;
    this.batch_size = options.batch_sampler === null ? size : null;
    const order = () => {
      if (shuffle) return new RandomSampler(dataset as Indexable, { generator });
      return new SequentialSampler(dataset as Indexable);
    };
    this.sampler = streamed ? null : (options.sampler ?? order());
    const batched = this.sampler !== null && size !== null;
    this.batch_sampler =
      options.batch_sampler ?? (batched ? new BatchSampler(this.sampler as Iterable<number>, size, drop_last) : null);
    const alone = size === null && options.batch_sampler === null;
    this.collate_fn = options.collate_fn ?? (alone ? (sample) => sample : default_collate);
  }

  [Symbol.iterator](): Iterator<T> {
    // PyTorch draws the seed of its workers here, also where there are none.
    drawSeed(this.generator);
    return this.batches();
  }

  private *batches(): IterableIterator<T> {
    const { dataset, sampler, batch_sampler, batch_size } = this;
    if (batch_sampler !== null) {
      for (const batch of batch_sampler) yield this.collate_fn([...batch].map((i) => sampleOf(dataset, i)));
    } else if (sampler !== null) {
      for (const i of sampler) yield this.collate_fn(sampleOf(dataset, i));
    } else if (batch_size === null) {
      for (const sample of dataset as Iterable<unknown>) yield this.collate_fn(sample);
    } else yield* this.cut(dataset as Iterable<unknown>, batch_size);
  }

  private *cut(samples: Iterable<unknown>, size: number): IterableIterator<T> {
    let batch: unknown[] = [];
    for (const sample of samples) {
      batch.push(sample);
      if (batch.length < size) continue;
      yield this.collate_fn(batch);
      batch = [];
    }
    if (batch.length > 0 && !this.drop_last) yield this.collate_fn(batch);
  }

  /** How many batches an epoch has. */
  __len__(): number {
    if (this.batch_sampler !== null) return lengthOf(this.batch_sampler);
    if (this.sampler !== null) return lengthOf(this.sampler);
    const samples = lengthOf(this.dataset);
    if (this.batch_size === null) return samples;
    return (this.drop_last ? Math.floor : Math.ceil)(samples / this.batch_size);
  }
  get length(): number {
    return this.__len__();
  }
}
