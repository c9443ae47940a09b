import { inspect } from 'node:util';

/** The sizes of a tensor: an array of numbers that prints as PyTorch's torch.Size. */
export class Size extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
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

/** Whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
