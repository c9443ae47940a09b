/** What ops share whose result is put together through views of it. */
import { RuntimeError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';

/** A result that was put together through views of it: without them, and as if never changed. */
export const finished = (t: Tensor): Tensor => t.data;

/** A copy with the very strides and offset of `x`, gaps included, as PyTorch makes for these ops. */
export function cloneWithStrides(x: Tensor): Tensor {
  const overlaps = x.stride().some((step, d) => step === 0 && (x.shape[d] as number) > 1);
  if (overlaps) return x.clone();
  const [shape, stride, offset] = [[...x.shape], x.stride(), x.storage_offset()];
  const reach = shape.reduce((n, size, d) => n + (size - 1) * (stride[d] as number), offset + 1);
  return x.new_empty(Math.max(reach, 0)).as_strided(shape, stride, offset).copy_(x);
}

/** Refuses to replace a slice by what has another shape. */
export function checkSource(slice: Tensor, src: Tensor): void {
  if (sameShape(slice.shape, src.shape)) return;
  throw new RuntimeError(
    `expected src to have a size equal to the slice of self. src size = [${src.shape.join(', ')}], slice size = [${slice.shape.join(', ')}]`,
  );
}

/** Strides and offset of what a gradient flows to; nothing where none does. */
export const geometry = (self: Tensor): [number[], number] =>
  self.requires_grad ? [self.stride(), self.storage_offset()] : [[], 0];
