/** New tensors: from values, filled, counted, shaped like others. */
import { type DType, bool, dtypeOfArray, get_default_dtype, int64 } from '../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { stridesInOrder } from '../memory-format.js';
import { Tensor } from '../tensor.js';
import { empty_sized, empty_strided_sized, full_sized } from './core.js';
import { compose, op } from './define.js';
import { LIKE_OPTIONS, make, makeLike, OPTIONS, type Options } from './factory.js';
import { fromValues, overArray, type TensorData } from './from-values.js';
import { nativeCall, nativeChange } from './native-call.js';
import type { Scalar } from './schema-types.js';

export type { TensorData } from './from-values.js';

const fill = nativeChange('fill_(Tensor self, Scalar value)');

/** The number behind an argument that may be a 0-d tensor, and the dtype that PyTorch infers from it. */
function scalarOf(x: Tensor | Scalar, place: string): { value: Scalar; dtype: DType } {
  if (!(x instanceof Tensor)) return { value: x, dtype: typeof x === 'number' ? get_default_dtype() : typeof x === 'bigint' ? int64 : bool };
  if (x.dim() > 0) throw new TypeError(`${place} must be Number, not Tensor`);
  return { value: x.item(), dtype: x.dtype.is_floating_point ? get_default_dtype() : x.dtype === bool ? bool : int64 };
}

const _tensor = op('tensor(any data, *, dtype? dtype=None, any device=None, bool requires_grad=False, bool pin_memory=False)', { method: false });
compose(_tensor, (data, dtype, device, requires_grad, pin_memory) =>
  make((chosen) => copyOf(data, chosen), [dtype, null, device, pin_memory, requires_grad], dtypeOf(data)),
);
