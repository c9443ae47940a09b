import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';

/** What `to` accepts: a dtype, a device, a tensor that has both, or them by name. */
export type Destination = DType | string | Tensor | { dtype?: DType | null; device?: string | null };

/** The dtype that a destination names, if any; a RuntimeError where its device is not 'cpu'. */
export function dtypeOf(destination: Destination): DType | null {
  if (destination instanceof Tensor) return destination.dtype;
  if (isOptions(destination)) {
    checkDevice(destination.device ?? 'cpu');
    return destination.dtype ?? null;
  }
  if (typeof destination !== 'string') return destination;
  checkDevice(destination);
  return null;
}

export function checkDevice(device: string, caller = 'Module.to'): void {
  if (device !== 'cpu')
    throw new RuntimeError(`${caller}: expected device 'cpu', which is the only one, got '${device}'`);
}
