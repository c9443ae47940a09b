/** Native ops for the library's own use: without history, not among the public names. */
import type { DType } from '../dtype.js';
import { IndexError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { alsoUsed } from './define.js';
import { nativeCall } from './native-call.js';
import type { Scalar } from './schema-types.js';

/** `dim` counted from the front; IndexError where it is out of range. */
export function wrapDim(dim: number, ndim: number): number {
  const n = Math.max(ndim, 1);
  if (dim < -n || dim >= n)
    throw new IndexError(`Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${dim})`);
  return dim < 0 ? dim + n : dim;
}

export const alias = nativeCall<Tensor>('alias(Tensor self)');
export const empty_sized = nativeCall<Tensor>('empty(int[] size, dtype dtype)') as (
  size: readonly number[],
  dtype: DType,
) => Tensor;
export const empty_strided_sized = nativeCall<Tensor>('empty_strided(int[] size, int[] stride, dtype dtype)');
export const full_sized = nativeCall<Tensor>('full(int[] size, Scalar value, dtype dtype)') as (
  size: readonly number[],
  value: Scalar,
  dtype: DType,
) => Tensor;
export const empty_as = nativeCall<Tensor>('empty_like(Tensor self, dtype dtype)') as (
  self: Tensor,
  dtype: DType,
) => Tensor;
export const resultTypeCode = nativeCall<number>('result_type(Tensor|Scalar a, Tensor|Scalar b) -> int');
export const reshapeIsView = nativeCall<boolean>('reshape_is_view(Tensor self, int[] shape) -> bool');
alsoUsed(
  'check_overlap',
  'stride',
  'storage_offset',
  'is_contiguous',
  'data_ptr',
  'storage_ptr',
  'storage_bytes',
  'set_data',
);
