/** What all functions that make tensors share: the keyword arguments behind their sizes. */
import { type DType, get_default_dtype } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import { MemoryFormat } from '../memory-format.js';
import type { Tensor } from '../tensor.js';
import { checkDevice } from '../tensor-core.js';
import { empty_as, empty_sized, empty_strided_sized } from './natives.js';
import { typeName } from './schema.js';

/** Their schema, in the order of Options. */
export const OPTIONS =
  'dtype? dtype=None, any layout=None, any device=None, bool pin_memory=False, bool requires_grad=False';
export type Options = [
  dtype: DType | null,
  layout: unknown,
  device: unknown,
  pin_memory: boolean,
  requires_grad: boolean,
];
export const LIKE_OPTIONS = `${OPTIONS}, any memory_format=None` as const;
export type LikeOptions = [...Options, memory_format: unknown];

/** Checks the keyword arguments, makes the tensor and sets its requires_grad. */
export function make(
  build: (dtype: DType) => Tensor,
  [dtype, layout, device, pin_memory, requires_grad]: Options,
  inferred?: DType,
): Tensor {
  checkDevice(device);
  if (layout !== null && String(layout) !== 'torch.strided')
    throw new RuntimeError(`only tensors of layout torch.strided exist, not of ${layout}`);
  if (pin_memory) {
    throw new RuntimeError(
      'pin_memory=True requires a CUDA or other accelerator backend; no pinned memory allocator is available on this system.',
    );
  }
  const chosen = dtype ?? inferred ?? get_default_dtype();
  const out = build(chosen);
  return requires_grad ? tracked(out) : out;
}

/** `out` as a leaf that requires grad. */
export function tracked(out: Tensor): Tensor {
  if (!out.dtype.is_floating_point)
    throw new RuntimeError('Only Tensors of floating point and complex dtype can require gradients');
  return out.requires_grad_();
}

/**
 * An uninitialised tensor in the shape and memory format of `self`, filled by `fill`, with the keyword arguments of
 * *_like.
 */
export function makeLike(
  self: Tensor,
  [dtype, layout, device, pin_memory, requires_grad, format]: LikeOptions,
  fill: (out: Tensor) => Tensor,
): Tensor {
  const build = (chosen: DType) =>
    fill(
      format === null || format === MemoryFormat.preserve
        ? empty_as(self, chosen)
        : emptyIn(self.shape, chosen, format),
    );
  return make(build, [dtype, layout, device, pin_memory, requires_grad], self.dtype);
}

/** An uninitialised tensor in a memory format; null: contiguous. */
export function emptyIn(size: readonly number[], dtype: DType, format: unknown): Tensor {
  if (format === null) return empty_sized(size, dtype);
  if (!(format instanceof MemoryFormat))
    throw new TypeError(`argument 'memory_format' must be torch.memory_format, not ${typeName(format)}`);
  return empty_strided_sized(size, format.strides(size), dtype);
}
