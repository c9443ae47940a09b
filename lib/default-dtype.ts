/** The dtype of floating point tensors that are made without one. */
import { DType, float32, storeDefaultDType } from './dtype.js';
import { TypeError } from './errors.js';
import { nativeCall } from './ops/native-call.js';

const tellBinary = nativeCall<boolean>('set_default_dtype(dtype dtype) -> bool');
// The binary may be older than this module: in a test runner each file loads the library anew.
tellBinary(float32);

/**
 * Makes new floating point tensors be of `dtype` where none is given, and integers become it where they meet fractions.
 * Throws TypeError where `dtype` is no floating point dtype.
 * @example
 * torch.set_default_dtype(torch.float64);
 * torch.zeros(2).dtype; // torch.float64
 * torch.set_default_dtype(torch.float32);
 */
export function set_default_dtype(dtype: DType): void {
  if (!(dtype instanceof DType))
    throw new TypeError('invalid dtype object: only floating-point types are supported as the default type');
  if (!dtype.is_floating_point) throw new TypeError('only floating-point types are supported as the default type');
  storeDefaultDType(dtype);
  tellBinary(dtype);
}
