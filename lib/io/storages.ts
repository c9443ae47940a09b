/** The classes of PyTorch's storages, by which files name dtypes. */
import { bfloat16, bool, type DType, float16, float32, float64, int8, int16, int32, int64, uint8 } from '../dtype.js';

const CLASSES: readonly (readonly [string, DType])[] = [
  ['FloatStorage', float32],
  ['DoubleStorage', float64],
  ['HalfStorage', float16],
  ['BFloat16Storage', bfloat16],
  ['LongStorage', int64],
  ['IntStorage', int32],
  ['ShortStorage', int16],
  ['CharStorage', int8],
  ['ByteStorage', uint8],
  ['BoolStorage', bool],
];
export const dtypeOfStorage = new Map(CLASSES);
export const storageOfDType = new Map(CLASSES.map(([name, dtype]) => [dtype, name]));

const keyed = new WeakSet<object>();
/** Marks an object whose keys are numbers, which as those of an object are text, to be saved as such. */
export function numbered<T extends object>(object: T): T {
  keyed.add(object);
  return object;
}
export const isNumbered = (object: object): boolean => keyed.has(object);
