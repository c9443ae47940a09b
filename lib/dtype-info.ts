/** torch.finfo and torch.iinfo: the limits of dtypes. */
import { inspect } from 'node:util';
import { bfloat16, bool, DType, float16, float32, float64, get_default_dtype } from './dtype.js';
import { TypeError } from './errors.js';

/**
 * The limits of a floating point dtype.
 * @example
 * torch.finfo(torch.float32).eps; // 1.1920928955078125e-7
 */
export class FloatInfo {
  readonly bits: number;
  /** The distance from 1 to the next larger number. */
  readonly eps: number;
  readonly max: number;
  readonly min: number;
  /** The smallest positive number of full precision. */
  readonly smallest_normal: number;
  readonly tiny: number;
  /** Decimal digits hold to this. */
  readonly resolution: number;

  constructor(
    readonly dtype: string,
    itemsize: number,
    digits: number,
    exponentBits: number,
    decimals: number,
  ) {
    const bias = 2 ** (exponentBits - 1) - 1;
    this.bits = 8 * itemsize;
    this.eps = 2 ** (1 - digits);
    this.max = (2 - this.eps) * 2 ** bias;
    this.min = -this.max;
    this.smallest_normal = 2 ** (1 - bias);
    this.tiny = this.smallest_normal;
    this.resolution = 10 ** -decimals;
  }
  toString(): string {
    const shown = (x: number) => {
      const short = Number(x.toPrecision(6));
      return (Math.abs(short) < 1e-4 ? short.toExponential() : String(short)).replace(/e([+-])(\d)$/, 'e$10$2');
    };
    const fields = ['resolution', 'min', 'max', 'eps', 'smallest_normal', 'tiny'] as const;
    return `finfo(${fields.map((f) => `${f}=${shown(this[f])}`).join(', ')}, dtype=${this.dtype})`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * The limits of an integer dtype; bigints for int64.
 * @example
 * torch.iinfo(torch.int8).max; // 127
 */
export class IntInfo {
  readonly bits: number;
  readonly max: number | bigint;
  readonly min: number | bigint;

  constructor(
    readonly dtype: string,
    itemsize: number,
    signed: boolean,
  ) {
    this.bits = 8 * itemsize;
    if (itemsize === 8) [this.min, this.max] = [-(2n ** 63n), 2n ** 63n - 1n];
    else if (signed) [this.min, this.max] = [-(2 ** (this.bits - 1)), 2 ** (this.bits - 1) - 1];
    else [this.min, this.max] = [0, 2 ** this.bits - 1];
  }
  toString(): string {
    return `iinfo(min=${this.min}, max=${this.max}, dtype=${this.dtype})`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

// Significant bits, bits of the exponent, decimal digits.
const FORMATS = new Map<DType, readonly [number, number, number]>([
  [float64, [53, 11, 15]],
  [float32, [24, 8, 6]],
  [float16, [11, 5, 3]],
  [bfloat16, [8, 8, 2]],
]);

/**
 * The limits of a floating point dtype, of the default one where none is given.
 * @example
 * torch.finfo(torch.float32).eps; // 1.1920928955078125e-7
 */
export function finfo(type: DType = get_default_dtype()): FloatInfo {
  const format = FORMATS.get(type);
  if (format === undefined)
    throw new TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'");
  return new FloatInfo(type.name, type.itemsize, ...format);
}

/**
 * The limits of an integer dtype.
 * @example
 * torch.iinfo(torch.int8).max; // 127
 */
export function iinfo(type: DType): IntInfo {
  if (!(type instanceof DType)) throw new TypeError('iinfo() missing 1 required positional arguments: "type"');
  if (type.is_floating_point)
    throw new TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'");
  if (type === bool) throw new TypeError('torch.bool is not supported by torch.iinfo');
  return new IntInfo(type.name, type.itemsize, type.is_signed);
}
