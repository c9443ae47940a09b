/** Constructors by dtype, as older scripts call them: torch.LongTensor([1, 2]), torch.FloatTensor(2, 3). */
import { bfloat16, bool, type DType, float16, float32, float64, int8, int16, int32, int64, uint8 } from '../dtype.js';
import type { Tensor } from '../tensor.js';
import { empty, type TensorData, tensor } from './create.js';

type Constructor = (...from: [data: TensorData] | number[]) => Tensor;

/** Of sizes an uninitialised tensor, of anything else a copy. */
const constructor =
  (dtype: DType): Constructor =>
  (...from) => {
    const [data] = from;
    if (from.every((size) => typeof size === 'number'))
      return empty(from.length > 0 ? (from as number[]) : [0], { dtype });
    return tensor(data as TensorData, { dtype });
  };

/**
 * A float32 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.FloatTensor([1, 2]).dtype; // torch.float32
 */
export const FloatTensor = constructor(float32);
/**
 * A float64 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.DoubleTensor(2, 3).shape; // [2, 3]
 */
export const DoubleTensor = constructor(float64);
/**
 * A float16 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.HalfTensor([1, 2]).dtype; // torch.float16
 */
export const HalfTensor = constructor(float16);
/**
 * A bfloat16 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.BFloat16Tensor([1, 2]).dtype; // torch.bfloat16
 */
export const BFloat16Tensor = constructor(bfloat16);
/**
 * An int64 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.LongTensor([1, 2]); // tensor([1, 2])
 */
export const LongTensor = constructor(int64);
/**
 * An int32 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.IntTensor([1, 2]).dtype; // torch.int32
 */
export const IntTensor = constructor(int32);
/**
 * An int16 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.ShortTensor([1, 2]).dtype; // torch.int16
 */
export const ShortTensor = constructor(int16);
/**
 * An int8 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.CharTensor([1, 2]).dtype; // torch.int8
 */
export const CharTensor = constructor(int8);
/**
 * A uint8 tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.ByteTensor([1, 2]).dtype; // torch.uint8
 */
export const ByteTensor = constructor(uint8);
/**
 * A bool tensor of these values, or uninitialised of these sizes.
 * @example
 * torch.BoolTensor([true, false]); // tensor([ True, False])
 */
export const BoolTensor = constructor(bool);
