/** How tensors lie in memory, and are asked to. */
import { MemoryFormat } from '../memory-format.js';
import type { Tensor } from '../tensor.js';

/** The format a new tensor is to have; null where it keeps the order of its source. */
export function formatOf(memory_format: unknown): MemoryFormat | null {
  return memory_format instanceof MemoryFormat && memory_format !== MemoryFormat.preserve ? memory_format : null;
}
/** Whether `self` lies in memory as `format` says. */
export function liesAs(self: Tensor, format: MemoryFormat): boolean {
  const strides = format.strides(self.shape);
  const own = self.stride();
  return self.shape.every((n, d) => n <= 1 || own[d] === strides[d]);
}

/**
 * Whether to() leaves `self` as it is where `format` is asked for: anything not channels last counts as contiguous.
 */
export function suggests(self: Tensor, format: MemoryFormat): boolean {
  if (format !== MemoryFormat.contiguous) return liesAs(self, format);
  const last = self.dim() === 4 ? MemoryFormat.channelsLast : self.dim() === 5 ? MemoryFormat.channelsLast3d : null;
  return last === null || self.is_contiguous() || !liesAs(self, last);
}
