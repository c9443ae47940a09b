/** Datasets: what is asked for by index, or gone through from the beginning. */
import { AssertionError, IndexError, NotImplementedError, TypeError, ValueError } from '../../errors.js';
import { typeName } from '../../nn/repr.js';
import { randperm } from '../../ops/index.js';
import { default_generator, type Generator } from '../../random.js';
import { Tensor } from '../../tensor.js';

/** Anything with samples by index: a Dataset, an array, a tensor. */
export type Indexable = Dataset | ArrayLike<unknown> | Tensor | { __getitem__(index: any): any; __len__(): number };

/**
 * Base of datasets: `__getitem__` gives the sample of an index, `__len__` how many there are, which is also `length`.
 * @example
 * class Squares extends torch.utils.data.Dataset {
 *   __len__() {
 *     return 3;
 *   }
 *   __getitem__(index: number) {
 *     return index ** 2;
 *   }
 * }
 * new Squares().length; // 3
 */
export abstract class Dataset<T = any> {
  __getitem__(_index: any): T {
    throw new NotImplementedError('Subclasses of Dataset should implement __getitem__.');
  }
  __len__(): number {
    throw new TypeError(`object of type '${this.constructor.name}' has no len()`);
  }
  get length(): number {
    return this.__len__();
  }
}

/**
 * Base of datasets that are iterables: a stream that gives one sample after another.
 * @example
 * class Stream extends torch.utils.data.IterableDataset {
 *   *[Symbol.iterator]() {
 *     yield* [1n, 2n, 3n];
 *   }
 * }
 * [...new torch.utils.data.DataLoader(new Stream(), { batch_size: 2 })]; // [tensor([1, 2]), tensor([3])]
 */
export abstract class IterableDataset<T = any> extends Dataset<T> implements Iterable<T> {
  abstract [Symbol.iterator](): Iterator<T>;
}

/** How many samples there are; throws TypeError where that is not known. */
export function lengthOf(dataset: unknown): number {
  if (dataset instanceof Tensor) return dataset.shape[0] as number;
  const { __len__, length } = dataset as { __len__?: () => number; length?: number };
  if (typeof __len__ === 'function') return __len__.call(dataset);
  if (typeof length === 'number') return length;
  throw new TypeError(`object of type '${typeName(dataset)}' has no len()`);
}

/** The sample of an index; negative ones count from the end of an array. */
export function sampleOf(dataset: unknown, index: any): any {
  const { __getitem__ } = dataset as { __getitem__?: (index: unknown) => unknown };
  if (typeof __getitem__ === 'function') return __getitem__.call(dataset, index);
  if (dataset instanceof Tensor) return dataset.index(index);
  const list = dataset as ArrayLike<unknown>;
  const at = index < 0 ? index + list.length : index;
  if (!(at >= 0 && at < list.length)) throw new IndexError('list index out of range');
  return list[at];
}

/**
 * The rows of tensors of one length: a sample is a list of a row of each.
 * @example
 * const pairs = new torch.utils.data.TensorDataset(torch.eye(2), torch.tensor([0n, 1n]));
 * pairs.__getitem__(1); // [tensor([0., 1.]), tensor(1)]
 */
export class TensorDataset extends Dataset<Tensor[]> {
  readonly tensors: readonly Tensor[];
  constructor(...tensors: Tensor[]) {
    super();
    if (tensors.some((t) => t.shape[0] !== tensors[0]?.shape[0]))
      throw new AssertionError('Size mismatch between tensors');
    this.tensors = tensors;
  }
  override __getitem__(index: any): Tensor[] {
    return this.tensors.map((t) => t.index(index));
  }
  override __len__(): number {
    return this.tensors[0]?.shape[0] ?? 0;
  }
}

/**
 * The samples of `dataset` at these indices.
 * @example
 * new torch.utils.data.Subset(['a', 'b', 'c'], [2, 0]).__getitem__(0); // 'c'
 */
export class Subset<T = any> extends Dataset<T> {
  constructor(
    readonly dataset: Indexable,
    readonly indices: readonly number[],
  ) {
    super();
  }
  override __getitem__(index: any): T {
    return sampleOf(this.dataset, sampleOf(this.indices, index));
  }
  override __len__(): number {
    return this.indices.length;
  }
}

/**
 * Several datasets, one after the other.
 * @example
 * new torch.utils.data.ConcatDataset([['a'], ['b', 'c']]).__getitem__(-1); // 'c'
 */
export class ConcatDataset<T = any> extends Dataset<T> {
  readonly datasets: readonly Indexable[];
  /** How many samples there are up to the end of each. */
  readonly cumulative_sizes: readonly number[];
  constructor(datasets: Iterable<Indexable>) {
    super();
    this.datasets = [...datasets];
    if (this.datasets.length === 0) throw new AssertionError('datasets should not be an empty iterable');
    if (this.datasets.some((d) => d instanceof IterableDataset))
      throw new AssertionError('ConcatDataset does not support IterableDataset');
    let total = 0;
    this.cumulative_sizes = this.datasets.map((d) => {
      total += lengthOf(d);
      return total;
    });
  }
  override __getitem__(index: number): T {
    const at = index < 0 ? index + this.length : index;
    if (at < 0) throw new ValueError('absolute value of index should not exceed dataset length');
    const which = this.cumulative_sizes.findIndex((end) => at < end);
    if (which < 0) throw new IndexError('list index out of range');
    return sampleOf(this.datasets[which], which === 0 ? at : at - (this.cumulative_sizes[which - 1] as number));
  }
  override __len__(): number {
    return this.cumulative_sizes.at(-1) as number;
  }
}

/** Lengths, or fractions of the whole, which add up to 1: what is left by rounding goes to the first ones. */
function partsOf(lengths: readonly number[], whole: number): number[] {
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) > 1e-9 * Math.max(sum, 1) || sum > 1) return [...lengths];
  const parts = lengths.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`);
    return Math.floor(whole * fraction);
  });
  const left = whole - parts.reduce((a, b) => a + b, 0);
  for (let i = 0; i < left; i++) (parts[i % parts.length] as number)++;
  return parts;
}

/**
 * Cuts a dataset at random into parts of these lengths, or fractions that add up to 1. A ValueError where the lengths
 * do not add up to that of the dataset.
 * @example
 * const [train, test] = torch.utils.data.random_split([1, 2, 3, 4, 5], [0.8, 0.2]);
 * [train!.length, test!.length]; // [4, 1]
 */
export function random_split<T = any>(
  dataset: Indexable,
  lengths: readonly number[],
  generator: Generator | { generator?: Generator } = default_generator,
): Subset<T>[] {
  const given = 'generator' in generator ? (generator.generator ?? default_generator) : (generator as Generator);
  const whole = lengthOf(dataset);
  const parts = partsOf(lengths, whole);
  if (parts.reduce((a, b) => a + b, 0) !== whole)
    throw new ValueError('Sum of input lengths does not equal the length of the input dataset!');
  const order = randperm(whole, { generator: given }).tolist() as number[];
  let end = 0;
  return parts.map((n) => {
    end += n;
    return new Subset<T>(dataset, order.slice(end - n, end));
  });
}
