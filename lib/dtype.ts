import { inspect } from 'node:util';
import { TypeError } from './errors.js';

/**
 * The element type of a tensor; `torch.float32` and its fellows are the only instances.
 * @example
 * torch.float32.itemsize; // 4
 */
export class DType {
  constructor(
    /** 'float32' */
    readonly name: string,
    /** Its number in the binary. @internal */
    readonly code: number,
    /** Bytes of one element. */
    readonly itemsize: number,
    readonly is_floating_point: boolean,
    readonly is_signed: boolean,
    /** How PyTorch's messages call a tensor of it: 'Float'. @internal */
    readonly scalarName: string,
  ) {}
  /** Complex numbers are not supported: always false. */
  readonly is_complex = false;
  toString(): string {
    return `torch.${this.name}`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

// In the order of the binary (native/core/dtype.h).
// biome-ignore format: a table
export const DTYPES: readonly DType[] = [
  new DType('bool',     0, 1, false, false, 'Bool'),
  new DType('uint8',    1, 1, false, false, 'Byte'),
  new DType('int8',     2, 1, false, true,  'Char'),
  new DType('int16',    3, 2, false, true,  'Short'),
  new DType('int32',    4, 4, false, true,  'Int'),
  new DType('int64',    5, 8, false, true,  'Long'),
  new DType('float16',  6, 2, true,  true,  'Half'),
  new DType('bfloat16', 7, 2, true,  true,  'BFloat16'),
  new DType('float32',  8, 4, true,  true,  'Float'),
  new DType('float64',  9, 8, true,  true,  'Double'),
];

export const [bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64] = DTYPES as [
  DType,
  DType,
  DType,
  DType,
  DType,
  DType,
  DType,
  DType,
  DType,
  DType,
];
/** Other names of the same dtypes, as in PyTorch. */
export const [short, int, long, half, float, double] = [int16, int32, int64, float16, float32, float64];

let defaultDType = float32;

/**
 * The dtype of floating point tensors that are made without one; float32 at the start.
 * @example
 * torch.get_default_dtype(); // torch.float32
 */
export function get_default_dtype(): DType {
  return defaultDType;
}

/** Only for lib/default-dtype.ts, which tells the binary as well. @internal */
export function storeDefaultDType(dtype: DType): void {
  defaultDType = dtype;
}

/**
 * The dtype that holds the values of both.
 * @example
 * torch.promote_types(torch.int32, torch.float16); // torch.float16
 */
export function promote_types(type1: DType, type2: DType): DType {
  for (const [place, type] of [type1, type2].entries()) {
    if (type instanceof DType) continue;
    const given = typeof type === 'string' ? 'str' : typeof type;
    const n = place + 1;
    throw new TypeError(`promote_types(): argument 'type${n}' (position ${n}) must be torch.dtype, not ${given}`);
  }
  if (type1 === type2 || type2 === bool) return type1;
  if (type1 === bool) return type2;
  if (type1.is_floating_point !== type2.is_floating_point) return type1.is_floating_point ? type1 : type2;
  if (type1.itemsize !== type2.itemsize) return type1.itemsize > type2.itemsize ? type1 : type2;
  // Neither half type holds the other's values, nor do uint8 and int8.
  return type1.is_floating_point ? float32 : int16;
}

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | BigInt64Array;

/** The dtype whose elements a typed array holds; undefined where there is none. */
export function dtypeOfArray(array: ArrayBufferView): DType | undefined {
  switch (Object.prototype.toString.call(array)) {
    case '[object Float32Array]':
      return float32;
    case '[object Float64Array]':
      return float64;
    case '[object Int8Array]':
      return int8;
    case '[object Uint8Array]':
    case '[object Uint8ClampedArray]':
      return uint8;
    case '[object Int16Array]':
      return int16;
    case '[object Int32Array]':
      return int32;
    case '[object BigInt64Array]':
      return int64;
    case '[object Float16Array]':
      return float16;
    default:
      return undefined;
  }
}

/** A typed array over `count` elements of `dtype`; 16-bit floats show their bits. */
export function arrayOf(dtype: DType, buffer: ArrayBuffer, offset: number, count: number): TypedArray {
  switch (dtype) {
    case float32:
      return new Float32Array(buffer, offset, count);
    case float64:
      return new Float64Array(buffer, offset, count);
    case int8:
      return new Int8Array(buffer, offset, count);
    case int16:
      return new Int16Array(buffer, offset, count);
    case int32:
      return new Int32Array(buffer, offset, count);
    case int64:
      return new BigInt64Array(buffer, offset, count);
    case float16:
    case bfloat16:
      return new Uint16Array(buffer, offset, count);
    default:
      return new Uint8Array(buffer, offset, count);
  }
}
