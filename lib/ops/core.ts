/** Copies, fills, conversions and memory: the ops that the library itself stands on. */
import { int64 } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import { sameShape } from '../size.js';
import { compose, derive, implement, op, overload } from './define.js';
import { formatOf, liesAs } from './memory-formats.js';

/**
 * A copy with memory of its own; gradients flow through it.
 * @example
 * const y = torch.ones(2).clone();
 */
export const clone = op('clone(Tensor self, *, any memory_format=None)', { native: '' });
compose(clone, (self, memory_format) => {
  const format = formatOf(memory_format);
  return format === null ? _clone(self) : _cloneStrided(self, format.strides(self.shape));
});
const _clone = op('_clone(Tensor self)', { native: 'clone', backward: 'CloneBackward0', method: false });
derive(_clone, { self: (g) => g });
const _cloneStrided = op('_clone_strided(Tensor self, int[] stride)', {
  native: '',
  backward: 'CloneBackward0',
  method: false,
});
implement(_cloneStrided, (self, stride) => self.new_empty_strided([...self.shape], stride).copy_(self));
derive(_cloneStrided, { self: (g) => g });

/**
 * The same tensor where it is contiguous (or of the format given), else a copy that is.
 * @example
 * torch.ones(2, 3).t().contiguous().stride(); // [ 2, 1 ]
 */
export const contiguous = op('contiguous(Tensor self, *, any memory_format=None)', { native: '' });
compose(contiguous, (self, memory_format) => {
  const format = formatOf(memory_format);
  if (format !== null) return liesAs(self, format) ? self : clone(self, { memory_format: format });
  return self.is_contiguous() ? self : _contiguous(self);
});
/** A contiguous copy. @internal */
export const _contiguous = op('_contiguous(Tensor self)', {
  native: 'contiguous',
  backward: 'CloneBackward0',
  method: false,
});
derive(_contiguous, { self: (g) => g });
/** A copy in another dtype. @internal */
export const _to_copy = op('_to_copy(Tensor self, dtype dtype)', {
  native: 'to_dtype',
  backward: 'ToCopyBackward0',
  method: false,
});
derive(_to_copy, { self: (g, s) => g.to(s.dtypeOf('self')) });

/**
 * Writes the elements of `src`, broadcast and converted, into this tensor.
 * @example
 * torch.zeros(2, 2).copy_(torch.tensor([1, 2])); // tensor([[1., 2.], [1., 2.]])
 */
export const copy_ = op('copy_(Tensor self, Tensor src, bool non_blocking=False)', {
  mutates: true,
  intoFloats: true,
  backward: 'CopyBackwards',
});
derive(copy_, { self: (g) => g.new_zeros([...g.shape]), src: (g) => g });

const fillNumber = op('fill_(Tensor self, Scalar value)', { mutates: true, backward: 'FillBackward2', method: false });
derive(fillNumber, { self: (g) => g.new_zeros([...g.shape]) });
/** What x[key] = number is: PyTorch makes a tensor of the number first. @internal */
export const _fillItem = op('_fill_item_(Tensor self, Scalar value)', {
  native: 'fill_item_',
  mutates: true,
  backward: 'FillBackward3',
  method: false,
});
derive(_fillItem, { self: (g) => g.new_zeros([...g.shape]) });
const _fillTensor = op('_fill_tensor_(Tensor self, Tensor value)', {
  native: 'copy_',
  mutates: true,
  backward: 'FillBackward3',
  method: false,
});
derive(_fillTensor, { self: (g) => g.new_zeros([...g.shape]), value: (g) => g });
const fillTensor = op('fill_.tensor(Tensor self, Tensor value)', { native: '' });
compose(fillTensor, (self, value) => {
  if (value.dim() !== 0)
    throw new RuntimeError(
      `fill_ only supports 0-dimension value tensor but got tensor with ${value.dim()} dimensions.`,
    );
  const shared = self.untyped_storage().data_ptr() === value.untyped_storage().data_ptr();
  return _fillTensor(self, shared ? value.clone() : value);
});
/**
 * Sets all elements to one number, or to that of a 0-d tensor.
 * @example
 * torch.zeros(2).fill_(7); // tensor([7., 7.])
 */
export const fill_ = overload('fill_', [fillTensor, fillNumber]);

/**
 * Sets all elements to zero.
 * @example
 * torch.ones(2).zero_(); // tensor([0., 0.])
 */
export const zero_ = op('zero_(Tensor self)', { mutates: true });
derive(zero_, { self: (g) => g.new_zeros([...g.shape]) });

/**
 * Sums over the dimensions along which `size` is broadcast to this shape.
 * @example
 * torch.ones(2, 3).sum_to_size(1, 3); // tensor([[2., 2., 2.]])
 */
export const sum_to_size = op('sum_to_size(Tensor self, int... size)', { native: '' });
compose(sum_to_size, (self, size) => {
  if (size.length === 0) return self.sum();
  if (sameShape(self.shape, size)) return self;
  return _sumTo(self.dtype.is_floating_point ? self : self.to(int64), size);
});
const _sumTo = op('_sum_to(Tensor self, int[] size)', { native: 'sum_to', backward: 'SumBackward1', method: false });
derive(_sumTo, { self: (g, s) => g.expand([...s.shape]) });
