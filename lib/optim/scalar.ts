import { TypeError } from '../errors.js';
import { typeName } from '../nn/repr.js';
import { Tensor } from '../tensor.js';

/** The value of an option that may be given as a tensor of one element. */
export function scalar(value: number | Tensor): number {
  if (typeof value === 'number') return value;
  if (value instanceof Tensor) return Number(value.item());
  throw new TypeError(`expected a number or a tensor of one element, but got ${typeName(value)}`);
}
