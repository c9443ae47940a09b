/** New tensors: from values, filled, counted, shaped like others. */
import { type DType, dtypeOfArray, float16, bfloat16, float32, float64, get_default_dtype, int64, bool, type TypedArray } from '../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { binary } from '../native.js';
import { Tensor } from '../tensor.js';
import { checkDevice } from '../tensor-core.js';
import { empty_as, empty_sized, full_sized } from './core.js';
import { isOptions } from './schema.js';

export interface TensorOptions {
  dtype?: DType | null;
  device?: unknown;
  requires_grad?: boolean;
  pin_memory?: boolean;
}
/** What `torch.tensor` takes: numbers are floats, bigints ints, booleans bools; nested as the shape is. */
export type TensorData = number | bigint | boolean | Tensor | TypedArray | readonly TensorData[];

type Leaf = number | bigint | boolean;

function shapeOf(data: unknown, shape: number[], depth: number): void {
  if (data instanceof Tensor) {
    shape.push(...data.shape);
    return;
  }
  if (!Array.isArray(data) && !ArrayBuffer.isView(data)) return;
  const list = data as ArrayLike<unknown>;
  shape.push(list.length);
  if (list.length > 0) shapeOf(list[0], shape, depth + 1);
}

function flatten(data: unknown, shape: readonly number[], depth: number, out: Leaf[]): void {
  if (data instanceof Tensor) {
    if (String(data.shape) !== String(shape.slice(depth))) ragged(shape, depth, data.shape[0] ?? 0);
    for (const v of [data.detach().reshape(-1).tolist()].flat()) out.push(v as Leaf);
    return;
  }
  if (Array.isArray(data) || ArrayBuffer.isView(data)) {
    const list = data as unknown as ArrayLike<unknown>;
    if (depth >= shape.length) throw new ValueError('too many dimensions: nested sequences must have equal depth');
    if (list.length !== shape[depth]) ragged(shape, depth, list.length);
    for (let i = 0; i < list.length; i++) flatten(list[i], shape, depth + 1, out);
    return;
  }
  if (depth < shape.length) throw new TypeError(`not a sequence`);
  if (typeof data !== 'number' && typeof data !== 'bigint' && typeof data !== 'boolean') {
    const name = typeof data === 'string' ? 'str' : data === null || data === undefined ? 'NoneType' : typeof data;
    throw new (name === 'NoneType' ? RuntimeError : TypeError)(
      name === 'NoneType' ? 'Could not infer dtype of NoneType' : `new(): invalid data type '${name}'`,
    );
  }
  out.push(data);
}

function ragged(shape: readonly number[], depth: number, got: number): never {
  throw new ValueError(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${got})`);
}

function inferDType(data: unknown, values: readonly Leaf[]): DType {
  let widest: DType | null = null;
  const look = (d: unknown): void => {
    let own: DType | undefined;
    if (d instanceof Tensor) own = d.dtype;
    else if (ArrayBuffer.isView(d)) own = dtypeOfArray(d);
    else if (Array.isArray(d)) return d.forEach(look);
    else own = typeof d === 'number' ? get_default_dtype() : typeof d === 'bigint' ? int64 : bool;
    if (own && (widest === null || rank(own) > rank(widest))) widest = own;
  };
  look(data);
  return values.length === 0 && widest === null ? get_default_dtype() : (widest ?? get_default_dtype());
}
const rank = (d: DType) => (d.is_floating_point ? 100 : d === bool ? 0 : 50) + d.itemsize;

const exactIn = (d: DType) => (d === int64 ? BigInt64Array : d === float64 || !d.is_floating_point ? Float64Array : Float32Array);

/** A tensor of `dtype` with these row-major values. */
function fromValues(values: readonly Leaf[], shape: readonly number[], dtype: DType): Tensor {
  const out = empty_sized(shape, dtype);
  if (values.length === 0) return out;
  const Exact = exactIn(dtype);
  if (Exact === BigInt64Array) {
    const big = BigInt64Array.from(values as Leaf[], (v) => (typeof v === 'bigint' ? v : BigInt(toWhole(v))));
    return out.copy_(wrap(big, int64).reshape([...shape]));
  }
  const numbers = (Exact as Float64ArrayConstructor).from(values as unknown as number[], Number);
  return out.copy_(wrap(numbers as Float64Array, Exact === (Float64Array as unknown) ? float64 : float32).reshape([...shape]));
}
function toWhole(v: number | boolean): number {
  const n = Math.trunc(Number(v));
  if (!Number.isFinite(n)) throw new RuntimeError(`value cannot be converted to type int64_t without overflow`);
  return n;
}

function wrap(array: TypedArray, dtype: DType): Tensor {
  const out = new Tensor();
  out.id = binary.fromTypedArray(out, array, dtype.code);
  out.dtype = dtype;
  out.shape = Object.freeze([array.length]);
  return out;
}

function finish(out: Tensor, options: TensorOptions): Tensor {
  return options.requires_grad ? out.requires_grad_() : out;
}

/**
 * A tensor with a copy of `data`.
 * @example
 * torch.tensor([[1, 2], [3, 4]]).shape; // [2, 2]
 */
export function tensor(data: TensorData, options: TensorOptions = {}): Tensor {
  checkDevice(options.device);
  if (data instanceof Tensor) return finish(data.detach().clone().to(options.dtype ?? data.dtype), options);
  if (ArrayBuffer.isView(data)) {
    const own = dtypeOfArray(data);
    if (own === undefined) throw new TypeError(`tensor(): a ${data.constructor.name} has no dtype of ours`);
    return finish(wrap(data as TypedArray, own).to(options.dtype ?? own, { copy: true }), options);
  }
  const shape: number[] = [];
  shapeOf(data, shape, 0);
  const values: Leaf[] = [];
  flatten(data, shape, 0, values);
  return finish(fromValues(values, shape, options.dtype ?? inferDType(data, values)), options);
}

/** A 1-d tensor over the memory of a typed array: a change of one is seen in the other. */
export function fromTypedArray(array: TypedArray | Uint16Array, options: { dtype?: DType } = {}): Tensor {
  const dtype = options.dtype ?? dtypeOfArray(array);
  if (dtype === undefined) throw new TypeError('fromTypedArray(): give { dtype }: torch.float16 or torch.bfloat16 for a Uint16Array');
  if (dtype.itemsize !== array.BYTES_PER_ELEMENT) {
    throw new TypeError(`fromTypedArray(): elements of ${dtype} have ${dtype.itemsize} bytes, those of the array ${array.BYTES_PER_ELEMENT}`);
  }
  return wrap(array as TypedArray, dtype);
}

type Size = number | bigint | readonly (number | bigint)[];
function sizeAndOptions(args: readonly (Size | TensorOptions)[]): { size: number[]; options: TensorOptions & { size?: readonly number[] } } {
  const last = args[args.length - 1];
  const options = (isOptions(last) ? last : {}) as TensorOptions & { size?: readonly number[] };
  const given = (isOptions(last) ? args.slice(0, -1) : args) as Size[];
  const size = (given.length === 0 ? (options.size ?? []) : given.flat()).map(Number);
  checkDevice(options.device);
  return { size, options };
}
const filled = (value: number) => (...args: (Size | TensorOptions)[]) => {
  const { size, options } = sizeAndOptions(args);
  return finish(full_sized(size, value, options.dtype ?? get_default_dtype()), options);
};
/** Zeros: torch.zeros(2, 3). */
export const zeros = filled(0);
/** Ones: torch.ones(2, 3). */
export const ones = filled(1);
/** Uninitialised: torch.empty(2, 3). */
export function empty(...args: (Size | TensorOptions)[]): Tensor {
  const { size, options } = sizeAndOptions(args);
  return finish(empty_sized(size, options.dtype ?? get_default_dtype()), options);
}
const like = (value: number) => (self: Tensor, options: TensorOptions = {}) =>
  finish(empty_as(self, options.dtype ?? self.dtype).fill_(value), options);
/** Zeros in the shape of `self`. */
export const zeros_like = like(0);
/** Ones in the shape of `self`. */
export const ones_like = like(1);
/** Uninitialised, in the shape of `self`. */
export function empty_like(self: Tensor, options: TensorOptions = {}): Tensor {
  return finish(empty_as(self, options.dtype ?? self.dtype), options);
}
export const halfTypes = [float16, bfloat16];
