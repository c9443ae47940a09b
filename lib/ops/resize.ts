/** Tensors that take another size, or other memory, in place. */
import { DelayedError } from '../autograd/delayed-error.js';
import { checkInPlace } from '../autograd/in-place.js';
import { gradEnabled } from '../autograd/modes.js';
import { RuntimeError } from '../errors.js';
import { MemoryFormat, stridesInOrder } from '../memory-format.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op } from './define.js';
import { replace } from './execute.js';
import { nativeCall } from './native-call.js';
import { empty_sized } from './natives.js';

const asStrided = nativeCall<Tensor>('as_strided(Tensor self, int[] size, int[] stride, int? storage_offset)');

function resize(self: Tensor, size: readonly number[], format: unknown): Tensor {
  if (self.requires_grad) throw new RuntimeError('cannot resize variables that require grad');
  const strides =
    format instanceof MemoryFormat && format !== MemoryFormat.preserve
      ? format.strides(size)
      : stridesInOrder(
          size,
          size.map((_, d) => d),
        );
  const offset = self.storage_offset();
  const needed = offset + size.reduce((a, b) => a * b, 1);
  const stored = Math.floor(self.untyped_storage().nbytes() / self.dtype.itemsize);
  let memory = self.detach();
  if (needed > stored) {
    memory = empty_sized([needed], self.dtype);
    if (stored > 0) asStrided(memory, [stored], [1], 0).copy_(asStrided(self, [stored], [1], 0));
  }
  replace(self, asStrided(memory, size, strides, offset));
  self.bump();
  return self;
}

/**
 * Takes another size, in place: the elements in memory stay, one after another, and what is beyond them is
 * uninitialised. Refuses a tensor that requires grad. More memory than there was is memory of its own.
 * @example
 * torch.tensor([1, 2, 3, 4]).resize_(2, 2); // tensor([[1., 2.], [3., 4.]])
 */
export const resize_ = op('resize_(Tensor self, int... size)', { native: '' });
compose(resize_, (self, size) => resize(self, size, null));

/**
 * Takes the size of another tensor; see resize_.
 * @example
 * torch.ones(4).resize_as_(torch.ones(2, 2)).shape; // [2, 2]
 */
export const resize_as_ = op('resize_as_(Tensor self, Tensor the_template, *, any memory_format=None)', { native: '' });
compose(resize_as_, (self, the_template, format) => resize(self, the_template.shape, format));

const nameOf = (t: Tensor): string => t.dtype.scalarName.toLowerCase();

/**
 * Takes the memory, shape and strides of `source`, in place; or a window on its memory, whose offset, size and strides
 * are given. What it was is forgotten, and so is its gradient: asking for it throws.
 * @example
 * torch.zeros(2).set_(torch.arange(6), 1, [2, 2], [1, 1]); // tensor([[1., 2.], [2., 3.]])
 */
export const set_ = op(
  'set_(Tensor self, Tensor? source=None, int storage_offset=0, int[]? size=None, int[]? stride=None)',
  { native: '' },
);
compose(set_, (self, source, storage_offset, size, stride) => {
  const given = source ?? empty_sized([0], self.dtype);
  if (given.dtype !== self.dtype) {
    throw new RuntimeError(`Could not set tensor of type ${nameOf(given)} to a tensor of type ${nameOf(self)}`);
  }
  const inputs = [self, given].filter((t) => t.requires_grad);
  const recorded = gradEnabled() && inputs.length > 0;
  checkInPlace(self, recorded);
  const order = size?.map((_, d) => d) ?? [];
  const steps = stride ?? (size && stridesInOrder(size, order));
  replace(self, size && steps ? asStrided(given, size, steps, storage_offset) : given.detach());
  self.bump();
  if (!recorded) return self;
  const node = new DelayedError('derivative for aten::set_ is not implemented', inputs, 'NotImplemented');
  node.describe([self]);
  self.setHistory(node, 0);
  return self;
});
derive(set_, 'none');
