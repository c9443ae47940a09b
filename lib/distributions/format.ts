import { floatRepr } from '../nn/repr.js';
import type { Tensor } from '../tensor.js';

/** What Python's format() gives for a tensor: the value of one without dimensions. */
export function shown(value: Tensor | number): string {
  if (typeof value === 'number') return floatRepr(value);
  if (value.dim() > 0) return String(value);
  return value.dtype.is_floating_point ? floatRepr(Number(value.item())) : String(value.item());
}
