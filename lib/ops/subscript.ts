/** What x.index(…), x.index_put_([…], value), x[1] and x[1] = value mean: first views, then index tensors. */
import { bool, int64 } from '../dtype.js';
import { IndexError, TypeError, ValueError } from '../errors.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { _fillItem } from './core.js';
import { tensor } from './create.js';
import { derive, type Overloaded, op } from './define.js';
import { _index, _index_put, _index_put_ } from './indexing.js';
import { isOptions } from './schema.js';
import type { Scalar } from './schema-types.js';
import { slice_view } from './views.js';

/** x[start:stop:step]; null or undefined stands for an end left open. */
export class Slice {
  constructor(
    readonly start: number | null,
    readonly stop: number | null,
    readonly step: number | null,
  ) {}
}

type Bound = number | bigint | null | undefined;
/** Numbers or booleans, nested: an index tensor or a mask. */
export type NestedIndex = number | bigint | boolean | readonly NestedIndex[];
/** One key of `x.index(…)`. */
export type Key = number | bigint | boolean | null | string | Slice | Tensor | readonly NestedIndex[];

function bound(value: Bound): number | null {
  if (value === null || value === undefined) return null;
  const n = Number(value);
  if (!Number.isInteger(n))
    throw new TypeError(`slice indices must be integers or null, got ${String(value)}; round it first`);
  return n;
}

/**
 * Python's slice(stop), slice(start, stop) and slice(start, stop, step) as a key.
 * @example
 * torch.arange(5).index(torch.slice(1, null, 2)); // tensor([1., 3.])
 */
export function slice(stop?: Bound): Slice;
export function slice(start: Bound, stop: Bound, step?: Bound): Slice;
export function slice(...args: Bound[]): Slice {
  const [start, stop, step] = args.length < 2 ? [null, args[0]] : args;
  return new Slice(bound(start), bound(stop), bound(step));
}

const SLICE = /^\s*([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?\s*)?$/;
const WHOLE = /^\s*[+-]?\d+\s*$/;

function parse(text: string): Slice | number | '...' {
  if (text.trim() === '...') return '...';
  const m = SLICE.exec(text);
  if (m)
    return new Slice(
      ...(m.slice(1, 4).map((part) => (part === undefined ? null : Number(part))) as [number, number, number]),
    );
  if (WHOLE.test(text)) return Number(text);
  throw new IndexError(`cannot read the index '${text}'; write a slice like '1:3', '::2', ':-1' or ':', or '...'`);
}

function fractional(key: number): never {
  throw new TypeError(
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${key}); ` +
      'round it first, for instance with Math.floor',
  );
}

type Basic = number | boolean | null | '...' | Slice | Tensor;

function normalize(key: Key | undefined): Basic {
  if (typeof key === 'number') return Number.isInteger(key) ? key : fractional(key);
  if (typeof key === 'bigint') return Number(key);
  if (typeof key === 'string') return parse(key);
  if (key === null || typeof key === 'boolean' || key instanceof Slice || key instanceof Tensor) return key;
  if (Array.isArray(key)) return fromNested(key as readonly NestedIndex[]);
  const got = key === undefined ? 'undefined' : typeof key;
  throw new IndexError(
    `only integers, slices (\`:\`), ellipsis (\`...\`), None and long or byte Variables are valid indices (got ${got})`,
  );
}

function fromNested(nested: readonly NestedIndex[]): Tensor {
  let first: NestedIndex | undefined = nested;
  while (Array.isArray(first)) first = (first as readonly NestedIndex[])[0];
  const check = (value: NestedIndex): void => {
    if (Array.isArray(value)) for (const v of value) check(v);
    else if (typeof value === 'number' && !Number.isInteger(value)) fractional(value);
  };
  check(nested);
  return tensor(nested, { dtype: typeof first === 'boolean' ? bool : int64 });
}

const isMask = (t: Tensor) => t.dtype.name === 'bool' || t.dtype.name === 'uint8';
/** Takes one element of a dimension: a 0-d integer tensor is as good as a number. */
const isNumber = (t: Tensor) => t.dim() === 0 && !t.dtype.is_floating_point && !isMask(t);

/** How many dimensions of the tensor a key takes up. */
function taken(key: Basic): number {
  if (key === null || typeof key === 'boolean' || key === '...') return 0;
  return key instanceof Tensor && isMask(key) ? key.dim() : 1;
}

function selected(x: Tensor, dim: number, index: number, named: number): Tensor {
  const size = x.shape[dim];
  if (size === undefined) {
    throw new IndexError(
      'invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number',
    );
  }
  if (index < -size || index >= size)
    throw new IndexError(`index ${index} is out of bounds for dimension ${named} with size ${size}`);
  return x.select(dim, index);
}

function sliced(x: Tensor, dim: number, { start, stop, step }: Slice, skipsWhole: boolean): Tensor {
  if (step === 0) throw new ValueError('slice step cannot be zero');
  if (step !== null && step < 0) throw new ValueError('step must be greater than zero');
  const size = x.shape[dim];
  if (size === undefined) throw new IndexError('slice() cannot be applied to a 0-dim tensor.');
  const whole = (start ?? 0) === 0 && (stop === null || stop >= size) && (step ?? 1) === 1;
  return whole && skipsWhole ? x : slice_view(x, dim, start, stop, step ?? 1);
}

const aliased = op('alias(Tensor self)', { view: true, method: false });
derive(aliased, { self: (g) => g });

/** The view that the basic keys give, and what is left: index tensors with the dimensions of the view they start at. */
interface Split {
  view: Tensor;
  readonly indices: Tensor[];
  readonly dims: number[];
}

function split(x: Tensor, keys: readonly Basic[], skipsWhole: boolean): Split {
  const total = keys.reduce((n: number, key) => n + taken(key), 0);
  const out: Split = { view: x, indices: [], dims: [] };
  if (total > x.dim()) {
    if (x.dim() === 0 && keys.length === 1 && !(keys[0] instanceof Tensor)) {
      if (typeof keys[0] === 'number') selected(x, 0, 0, 0);
    } else throw new IndexError(`too many indices for tensor of dimension ${x.dim()}`);
  }
  let dim = 0;
  // A boolean is a mask over a dimension of its own, of size 1.
  const lone = (value: boolean) => {
    out.view = out.view.unsqueeze(dim);
    out.indices.push(tensor(value ? [0] : [], { dtype: int64 }));
    out.dims.push(dim++);
  };
  keys.forEach((key, named) => {
    if (typeof key === 'number') out.view = selected(out.view, dim, key, named);
    else if (key instanceof Slice) out.view = sliced(out.view, dim++, key, skipsWhole);
    else if (key === '...') dim += x.dim() - total;
    else if (key === null) out.view = out.view.unsqueeze(dim++);
    else if (typeof key === 'boolean') lone(key);
    else if (isNumber(key)) out.view = selected(out.view, dim, Number(key.item()), named);
    else if (key.dim() === 0 && isMask(key)) lone(Boolean(key.item()));
    else {
      out.indices.push(key);
      out.dims.push(dim);
      dim += taken(key);
    }
  });
  return out;
}

function read(x: Tensor, keys: readonly Basic[]): Tensor {
  const { view, indices, dims } = split(x, keys, keys.length > 1);
  if (indices.length > 0) return _index(view, indices, dims);
  return view === x ? aliased(x) : view;
}

function withoutLeadingOnes(value: Tensor): Tensor {
  let ones = 0;
  while (value.shape[ones] === 1) ones++;
  return ones === 0 ? value : value.view(value.shape.slice(ones));
}

function checkValue(x: Tensor, value: unknown): asserts value is Tensor | Scalar {
  if (value instanceof Tensor || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return;
  const name = Array.isArray(value) ? 'list' : typeof value === 'string' ? 'str' : String(value);
  throw new TypeError(`can't assign a ${name} to a torch.${x.dtype.scalarName}Tensor`);
}

function writeView(to: Tensor, value: Tensor | Scalar, accumulate: boolean): void {
  if (accumulate) to.add_(value);
  else if (!(value instanceof Tensor)) _fillItem(to, value);
  else if (sameShape(value.shape, to.shape)) to.copy_(value);
  else if (value.dim() === 0) to.fill_(value);
  else to.copy_(withoutLeadingOnes(value).expand([...to.shape]));
}

function write(x: Tensor, keys: readonly Basic[], value: unknown, accumulate: boolean): void {
  checkValue(x, value);
  const { view, indices, dims } = split(x, keys, true);
  if (indices.length === 0) {
    // The tensor that PyTorch makes of a number is of the same shape here, and so copied.
    const same = view === x && x.dim() === 0 && !accumulate && !(value instanceof Tensor);
    return writeView(view, same ? x.new_full([], value) : value, accumulate);
  }
  const values = value instanceof Tensor ? withoutLeadingOnes(value) : x.new_full([], value);
  _index_put_(view, indices, dims, values, accumulate);
}

/** x[key]: one slice of the first dimension. @internal */
export function getItem(x: Tensor, key: number): Tensor {
  return selected(x, 0, key, 0);
}
/** x[key] = value. @internal */
export function setItem(x: Tensor, key: number, value: unknown): void {
  checkValue(x, value);
  writeView(selected(x, 0, key, 0), value, false);
}

/** index_put's arguments: keys, values, accumulate, by position or by name. */
function putArguments(name: string, args: readonly unknown[]): { keys: Basic[]; value: unknown; accumulate: boolean } {
  const last = args[args.length - 1];
  const options = isOptions(last) ? last : {};
  const positional = isOptions(last) ? args.slice(0, -1) : args;
  for (const key of Object.keys(options)) {
    if (key !== 'indices' && key !== 'values' && key !== 'accumulate') {
      throw new TypeError(
        `${name}() got an unexpected keyword argument '${key}'; it takes indices, values, accumulate`,
      );
    }
  }
  const indices = positional[0] ?? options.indices;
  if (!Array.isArray(indices))
    throw new TypeError(
      `${name}(): argument 'indices' (position 1) must be a list of keys, as in x.${name}([':', 1], value)`,
    );
  return {
    keys: indices.map(normalize),
    value: positional[1] ?? options.values,
    accumulate: Boolean(positional[2] ?? options.accumulate ?? false),
  };
}

type Method<Args extends unknown[]> = Overloaded<(self: Tensor, ...args: Args) => Tensor, (...args: Args) => Tensor>;
type PutArguments =
  | [indices: readonly Key[], values: Tensor | Scalar, accumulate?: boolean | { accumulate?: boolean }]
  | [indices: readonly Key[], options: { values: Tensor | Scalar; accumulate?: boolean }]
  | [options: { indices: readonly Key[]; values: Tensor | Scalar; accumulate?: boolean }];

function method<Args extends unknown[]>(name: string, fn: (self: Tensor, ...args: Args) => Tensor): Method<Args> {
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...args: Args) {
      return fn(this, ...args);
    },
    writable: true,
    configurable: true,
  });
  return Object.assign(fn, { specs: [] }) as unknown as Method<Args>;
}

/**
 * x[keys]: numbers, slices like '1:3' or torch.slice(1, 3), null for a new dimension, '...', booleans, index tensors
 * and masks, and nested arrays for these. Without index tensors the result is a view.
 * @example
 * const x = torch.eye(3);
 * x.index(':', -1); // tensor([0., 0., 1.])
 * x.index(x.gt(0)); // tensor([1., 1., 1.])
 */
export const index: Method<Key[]> = method('index', (self, ...keys: Key[]) => read(self, keys.map(normalize)));

/**
 * x[keys] = values (added to what is there where `accumulate`), in place; the keys as in `index`.
 * @example
 * const x = torch.zeros(2, 2);
 * x.index_put_([':', 0], 5); // tensor([[5., 0.], [5., 0.]])
 */
export const index_put_: Method<PutArguments> = method('index_put_', (self, ...args: PutArguments) => {
  const { keys, value, accumulate } = putArguments('index_put_', args);
  write(self, keys, value, accumulate);
  return self;
});

/**
 * A copy of this tensor with x[keys] = values (added where `accumulate`); the keys as in `index`.
 * @example
 * torch.zeros(2, 2).index_put([0], 5); // tensor([[5., 5.], [0., 0.]])
 */
export const index_put: Method<PutArguments> = method('index_put', (self, ...args: PutArguments) => {
  const { keys, value, accumulate } = putArguments('index_put', args);
  const plain = keys.length > 0 && keys.every((key) => key instanceof Tensor && key.dim() > 0);
  if (!plain || !(value instanceof Tensor)) {
    const out = self.clone();
    write(out, keys, value, accumulate);
    return out;
  }
  const { indices, dims } = split(self, keys, true);
  return _index_put(self, indices, dims, value, accumulate);
});
