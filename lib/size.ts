import { inspect } from 'node:util';
import { RuntimeError } from './errors.js';

// An array that the compiler lets nobody write to: tensors of one shape share its sizes.
const Numbers = Array as unknown as new (...sizes: number[]) => readonly number[];

/**
 * The sizes of a tensor: an array of numbers that prints as PyTorch's torch.Size.
 * @example
 * torch.broadcast_shapes([2, 1], [3]).numel(); // 6
 */
export class Size extends Numbers {
  static get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  override toString(): string {
    return `torch.Size([${this.join(', ')}])`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
  /** The number of elements of a tensor of this shape. */
  numel(): number {
    let n = 1;
    for (let i = 0; i < this.length; i++) n *= this[i] as number;
    return n;
  }
}

/** A frozen shape of these sizes. */
export function sizeOf(sizes: readonly number[]): Size {
  const size = new Size();
  for (let i = 0; i < sizes.length; i++) (size as unknown as number[]).push(sizes[i] as number);
  return Object.freeze(size);
}

export const NO_DIMENSIONS = sizeOf([]);

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The shape that both broadcast to. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] {
  const n = Math.max(a.length, b.length);
  return Array.from({ length: n }, (_, d) => {
    const x = a[d - n + a.length] ?? 1;
    const y = b[d - n + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      throw new RuntimeError(
        `The size of tensor a (${x}) must match the size of tensor b (${y}) at non-singleton dimension ${d}`,
      );
    }
    return x === 1 ? y : x;
  });
}
