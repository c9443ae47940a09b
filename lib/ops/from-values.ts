/** Nested arrays of numbers as tensors: their shape, their dtype, their elements. */
import {
  bfloat16,
  bool,
  type DType,
  dtypeOfArray,
  float16,
  float32,
  float64,
  get_default_dtype,
  int8,
  int16,
  int32,
  int64,
  promote_types,
  type TypedArray,
  uint8,
} from '../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { binary } from '../native.js';
import { sizeOf } from '../size.js';
import { Tensor } from '../tensor.js';
import { nativeCall } from './native-call.js';
import { empty_sized } from './natives.js';
import { isOptions, typeName } from './schema.js';

/** What `torch.tensor` takes: numbers are floats, bigints ints, booleans bools; nested as the shape is. */
export type TensorData =
  | number
  | bigint
  | boolean
  | Tensor
  | TypedArray
  | Uint32Array
  | BigUint64Array
  | readonly TensorData[];

const copyAs = nativeCall<Tensor>('to_dtype(Tensor self, dtype dtype)');
const inShape = nativeCall<Tensor>('view(Tensor self, int[] size)');

/** A 1-d tensor over the memory of `array`. */
export function overArray(array: ArrayBufferView, dtype: DType): Tensor {
  const out = new Tensor();
  out.id = binary.fromTypedArray(out, array, dtype.code);
  out.dtype = dtype;
  out.shape = sizeOf([array.byteLength / dtype.itemsize]);
  return out;
}

/** A tensor of this shape and dtype with a copy of the elements of `array`, which are of dtype `of`. */
function copyArray(array: ArrayBufferView, of: DType, shape: readonly number[], dtype: DType): Tensor {
  const borrowed = overArray(array, of);
  const out = copyAs(borrowed, dtype);
  borrowed.dispose();
  return shape.length === 1 ? out : inShape(out, shape);
}

const isSequence = (x: unknown): x is ArrayLike<unknown> =>
  Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView));

/**
 * The dtype of a typed array's values; unsigned ones that have none of their own go into the next larger signed one.
 */
function arrayDType(array: ArrayBufferView): DType {
  const own = dtypeOfArray(array);
  if (own !== undefined) return own;
  return array instanceof Uint16Array ? int32 : int64;
}

const pythonName = (x: unknown): string =>
  x === null || x === undefined ? 'NoneType' : isOptions(x) ? 'dict' : typeName(x);

function inferElement(x: unknown): DType {
  switch (typeof x) {
    case 'number':
      return get_default_dtype();
    case 'bigint':
      return int64;
    case 'boolean':
      return bool;
    case 'string':
      throw new TypeError("new(): invalid data type 'str'");
    default:
      if (x instanceof Tensor) return x.dtype;
      throw new RuntimeError(`Could not infer dtype of ${pythonName(x)}`);
  }
}

/** PyTorch's limit; a list that holds itself would have no end. */
const MAX_DIMS = 128;

function checkDepth(depth: number): void {
  if (depth > MAX_DIMS) throw new ValueError("too many dimensions 'list'");
}

/** The dtype of nested data: that of all its elements together; null where there are none. */
function infer(data: unknown, depth = 0): DType | null {
  checkDepth(depth);
  if (!isSequence(data)) return inferElement(data);
  if (!Array.isArray(data)) return arrayDType(data as unknown as ArrayBufferView);
  let out: DType | null = null;
  for (const x of data) {
    const own: DType | null = isSequence(x) ? infer(x, depth + 1) : inferElement(x);
    if (own !== null && own !== out) out = out === null ? own : promote_types(out, own);
  }
  return out;
}

/** No typed array of theirs could be made; a product of the lengths of lists that share lists can be anything. */
const MAX_ELEMENTS = 2 ** 32;

// The typed array through which elements of a dtype cross; 16-bit floats are rounded from float32, as PyTorch does.
function arrayFor(dtype: DType, count: number, exact: boolean): [TypedArray, DType] {
  switch (dtype) {
    case float64:
      return [new Float64Array(count), float64];
    case float32:
    case float16:
    case bfloat16:
      return [new Float32Array(count), float32];
    case int64:
      return exact ? [new BigInt64Array(count), int64] : [new Float64Array(count), float64];
    case int32:
      return [new Int32Array(count), int32];
    case int16:
      return [new Int16Array(count), int16];
    case int8:
      return [new Int8Array(count), int8];
    case uint8:
      return [new Uint8Array(count), uint8];
    default:
      return [new Uint8Array(count), bool];
  }
}

const LIMITS = new Map<DType, readonly [number, number]>([
  // A negative number wraps around in an unsigned type.
  [uint8, [-255, 255]],
  [int8, [-128, 127]],
  [int16, [-32768, 32767]],
  [int32, [-2147483648, 2147483647]],
  [int64, [-(2 ** 63), 2 ** 63 - 1024]],
]);

/** How one element becomes a value of the array. */
function converter(dtype: DType, exact: boolean): (x: unknown) => number | bigint {
  const plain = (x: unknown): number | bigint | boolean => {
    if (typeof x === 'number' || typeof x === 'bigint' || typeof x === 'boolean') return x;
    if (x instanceof Tensor) {
      if (x.numel() !== 1) throw new ValueError('only one element tensors can be converted to Python scalars');
      return x.item();
    }
    if (typeof x === 'string') throw new ValueError("too many dimensions 'str'");
    const name = isSequence(x) ? 'list' : pythonName(x);
    throw new TypeError(
      dtype.is_floating_point
        ? `must be real number, not ${name}`
        : `'${name}' object cannot be interpreted as an integer`,
    );
  };
  if (dtype === bool) return (x) => (plain(x) ? 1 : 0);
  if (dtype.is_floating_point) return (x) => Number(plain(x));
  const [low, high] = LIMITS.get(dtype) as readonly [number, number];
  const overflow = (): never => {
    throw new RuntimeError(`value cannot be converted to type ${dtype.name} without overflow`);
  };
  if (exact) {
    return (x) => {
      const value = plain(x);
      if (typeof value !== 'bigint') return +value >= low && +value <= high ? BigInt(Math.trunc(+value)) : overflow();
      if (BigInt.asIntN(64, value) !== value) throw new ValueError('Overflow when unpacking long long');
      return value;
    };
  }
  return (x) => {
    const value = Math.trunc(Number(plain(x)));
    return value >= low && value <= high ? value : overflow();
  };
}

/** Whether int64 elements, which lie `depth` lists deep, need more than a double. */
function needsExact(data: unknown, depth: number): boolean {
  if (depth === 0 || !isSequence(data)) return typeof data === 'bigint' || data instanceof Tensor;
  return Array.isArray(data)
    ? data.some((x) => needsExact(x, depth - 1))
    : data instanceof BigInt64Array || data instanceof BigUint64Array;
}

/** The lengths of the first lists at each depth: those that all have where the data is a tensor. */
function shapeOf(data: unknown): number[] {
  const shape: number[] = [];
  for (let first = data; isSequence(first); first = first[0]) checkDepth(shape.push(first.length));
  return shape;
}

/** A tensor of `dtype`, or of that of the values, with a copy of them. */
export function fromValues(data: unknown, dtype: DType | null): Tensor {
  const shape = shapeOf(data);
  const chosen = dtype ?? infer(data) ?? get_default_dtype();
  const count = shape.reduce((a, b) => a * b, 1);
  if (count === 0) return empty_sized(shape, chosen);
  if (ArrayBuffer.isView(data) && dtypeOfArray(data) !== undefined) {
    return copyArray(data, dtypeOfArray(data) as DType, shape, chosen);
  }
  const exact = chosen === int64 && needsExact(data, shape.length);
  if (!(count <= MAX_ELEMENTS)) throw new RuntimeError(`tensor(): out of memory: the lists have ${count} elements`);
  const [array, of] = arrayFor(chosen, count, exact);
  const out = array as unknown as (number | bigint)[];
  const convert = converter(chosen, exact);
  let at = 0;
  const fill = (list: unknown, depth: number): void => {
    checkLength(list, shape, depth);
    const n = list.length;
    if (depth < shape.length - 1) for (let i = 0; i < n; i++) fill(list[i], depth + 1);
    else for (let i = 0; i < n; i++) out[at++] = convert(list[i]);
  };
  if (shape.length === 0) out[0] = convert(data);
  else fill(data, 0);
  return copyArray(array, of, shape, chosen);
}

/** The same for any data; a tensor is copied without its history. */
export function copyOf(data: unknown, dtype: DType | null): Tensor {
  return data instanceof Tensor ? data.detach().to(dtype ?? data.dtype, { copy: true }) : fromValues(data, dtype);
}

function checkLength(list: unknown, shape: readonly number[], depth: number): asserts list is ArrayLike<unknown> {
  if (!isSequence(list)) throw new TypeError('not a sequence');
  if (list.length !== shape[depth]) {
    throw new ValueError(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${list.length})`);
  }
}
