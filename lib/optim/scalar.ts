import type { Tensor } from '../tensor.js';

/** The value of an option that may be given as a tensor of one element. */
export const scalar = (value: number | Tensor): number => (typeof value === 'number' ? value : Number(value.item()));
