/** Copies, fills, conversions and memory: the ops that the library itself stands on. */
import { type DType, int64 } from '../dtype.js';
import { IndexError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { opCode } from '../native.js';
import { alsoUsed, compose, derive, op, overload } from './define.js';
import { runNative } from './encode.js';
import { parseSchema } from './schema.js';
import type { Scalar } from './schema-types.js';
import { sameShape } from '../size.js';

/** `dim` counted from the front; IndexError where it is out of range. */
export function wrapDim(dim: number, ndim: number): number {
  const n = Math.max(ndim, 1);
  if (dim < -n || dim >= n) throw new IndexError(`Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${dim})`);
  return dim < 0 ? dim + n : dim;
}

function native<T>(schema: string): (...values: unknown[]) => T {
  const parsed = parseSchema(schema);
  const code = opCode(parsed.name) as number;
  alsoUsed(parsed.name);
  return (...values) => runNative(code, parsed, values, false, null) as T;
}

// Without history, for the library's own use.
export const alias = native<Tensor>('alias(Tensor self)');
export const empty_sized = native<Tensor>('empty(int[] size, dtype dtype)') as (size: readonly number[], dtype: DType) => Tensor;
export const empty_strided_sized = native<Tensor>('empty_strided(int[] size, int[] stride, dtype dtype)');
export const full_sized = native<Tensor>('full(int[] size, Scalar value, dtype dtype)') as (size: readonly number[], value: Scalar, dtype: DType) => Tensor;
export const empty_as = native<Tensor>('empty_like(Tensor self, dtype dtype)') as (self: Tensor, dtype: DType) => Tensor;
export const resultTypeCode = native<number>('result_type(Tensor|Scalar a, Tensor|Scalar b) -> int');
export const reshapeIsView = native<boolean>('reshape_is_view(Tensor self, int[] shape) -> bool');
alsoUsed('stride', 'storage_offset', 'is_contiguous', 'data_ptr', 'storage_ptr', 'storage_bytes', 'is_same_size', 'set_data');

/**
 * A copy with memory of its own; gradients flow through it.
 * @example
 * const y = torch.ones(2).clone();
 */
export const clone = op('clone(Tensor self, *, any memory_format=None)');
derive(clone, { self: (g) => g });
/** The same tensor where it is contiguous, else a contiguous copy. */
export const contiguous = op('contiguous(Tensor self, *, any memory_format=None)', { native: '' });
compose(contiguous, (self) => (self.is_contiguous() ? self : _contiguous(self)));
/** A contiguous copy. @internal */
export const _contiguous = op('_contiguous(Tensor self)', { native: 'contiguous', backward: 'CloneBackward0', method: false });
derive(_contiguous, { self: (g) => g });
/** A copy in another dtype. @internal */
export const _to_copy = op('_to_copy(Tensor self, dtype dtype)', { native: 'to_dtype', backward: 'ToCopyBackward0', method: false });
derive(_to_copy, { self: (g, s) => g.to(s.dtypeOf('self')) });

/** Writes the elements of `src`, broadcast and converted, into this tensor. */
export const copy_ = op('copy_(Tensor self, Tensor src, bool non_blocking=False)', { mutates: true, backward: 'CopyBackwards' });
derive(copy_, { self: (g) => g.new_zeros([...g.shape]), src: (g) => g });

const fillNumber = op('fill_(Tensor self, Scalar value)', { mutates: true, backward: 'FillBackward2', method: false });
derive(fillNumber, { self: (g) => g.new_zeros([...g.shape]) });
const _fillTensor = op('_fill_tensor_(Tensor self, Tensor value)', { native: 'copy_', mutates: true, backward: 'FillBackward3', method: false });
derive(_fillTensor, { self: (g) => g.new_zeros([...g.shape]), value: (g) => g });
const fillTensor = op('fill_.tensor(Tensor self, Tensor value)', { native: '' });
compose(fillTensor, (self, value) => {
  if (value.dim() !== 0) throw new RuntimeError(`fill_ only supports 0-dimension value tensor but got tensor with ${value.dim()} dimensions.`);
  return _fillTensor(self, value);
});
/** Sets all elements to one number, or to that of a 0-d tensor. */
export const fill_ = overload('fill_', [fillTensor, fillNumber]);

/** Sets all elements to zero. */
export const zero_ = op('zero_(Tensor self)', { mutates: true });
derive(zero_, { self: (g) => g.new_zeros([...g.shape]) });

/** Sums over the dimensions along which `size` is broadcast to this shape. */
export const sum_to_size = op('sum_to_size(Tensor self, int... size)', { native: '' });
compose(sum_to_size, (self, size) => {
  if (sameShape(self.shape, size)) return self;
  return _sumTo(self.dtype.is_floating_point ? self : self.to(int64), size);
});
const _sumTo = op('_sum_to(Tensor self, int[] size)', { native: 'sum_to', backward: 'SumBackward1', method: false });
derive(_sumTo, { self: (g, s) => g.expand([...s.shape]) });
