import type { Tensor } from '../tensor.js';
import type { Value } from './distribution.js';

/** The product of two signs. */
export const times = (a: Value, b: Value): Value => {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : b.mul(a);
  return a.mul(b);
};

/** The sums over the last `count` dimensions. */
export const sumRightmost = (value: Tensor, count: number): Tensor =>
  count === 0 ? value : value.flatten(-count).sum(-1);
