/** A tensor with at least so many dimensions. */
import type { Tensor } from '../tensor.js';

export const atLeast1d = (t: Tensor): Tensor => (t.dim() === 0 ? t.reshape(1) : t);
export const atLeast2d = (t: Tensor): Tensor => (t.dim() === 0 ? t.reshape(1, 1) : t.dim() === 1 ? t.unsqueeze(0) : t);
export const atLeast3d = (t: Tensor): Tensor => (t.dim() < 3 ? atLeast2d(t).unsqueeze(2) : t);
