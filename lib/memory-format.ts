/** The orders in which the elements of a dense tensor may lie in memory. */
import { inspect } from 'node:util';
import { RuntimeError } from './errors.js';

/**
 * `torch.contiguous_format` and its fellows are the only instances.
 * @example
 * torch.ones(1, 2, 3, 3).contiguous({ memory_format: torch.channels_last }).stride(); // [ 18, 1, 6, 2 ]
 */
export class MemoryFormat {
  private constructor(
    readonly name: string,
    /** The dimensions from the outermost to the innermost, by number of dimensions; undefined: as they are. */
    private readonly order?: Readonly<Record<number, readonly number[]>>,
  ) {}

  static readonly contiguous = new MemoryFormat('contiguous_format');
  static readonly preserve = new MemoryFormat('preserve_format');
  static readonly channelsLast = new MemoryFormat('channels_last', { 4: [0, 2, 3, 1] });
  static readonly channelsLast3d = new MemoryFormat('channels_last_3d', { 5: [0, 2, 3, 4, 1] });

  /** The strides of a dense tensor of this format. @internal */
  strides(shape: readonly number[]): number[] {
    const order = this.order === undefined ? shape.map((_, d) => d) : this.order[shape.length];
    if (order === undefined)
      throw new RuntimeError(`required rank ${Object.keys(this.order as object)[0]} tensor to use ${this.name} format`);
    return stridesInOrder(shape, order);
  }

  toString(): string {
    return `torch.${this.name}`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The strides of a dense tensor whose dimensions lie in memory as `order` has them, the outermost first. */
export function stridesInOrder(shape: readonly number[], order: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (const d of [...order].reverse()) {
    strides[d] = step;
    step *= Math.max(shape[d] as number, 1);
  }
  return strides;
}

export const contiguous_format = MemoryFormat.contiguous;
export const preserve_format = MemoryFormat.preserve;
export const channels_last = MemoryFormat.channelsLast;
export const channels_last_3d = MemoryFormat.channelsLast3d;

/**
 * `torch.strided`, the only layout there is.
 * @example
 * String(torch.strided); // 'torch.strided'
 */
export class Layout {
  constructor(readonly name: string) {}
  toString(): string {
    return `torch.${this.name}`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}
export const strided = new Layout('strided');
