/** Handing tensors to other threads: their memory is shared, not copied. */
import { DTYPES, type DType } from './dtype.js';
import { fromNative, RuntimeError, TypeError } from './errors.js';
import { binary } from './native.js';
import { sizeOf } from './size.js';
import { Tensor } from './tensor.js';

/** What `tensor.share()` gives: a plain object for postMessage() or workerData. */
export interface SharedTensor {
  /** Its number in this process. */
  readonly shared: number;
  readonly pid: number;
  readonly shape: readonly number[];
  /** The name of its dtype. */
  readonly dtype: string;
}

export function share(t: Tensor): SharedTensor {
  try {
    return { shared: binary.share(t.id), pid: process.pid, shape: [...t.shape], dtype: t.dtype.name };
  } catch (error) {
    throw fromNative(error);
  }
}

/** Throws for anything but a handle made in this process. */
function check(handle: SharedTensor, caller: string): DType {
  const dtype = DTYPES.find(({ name }) => name === handle?.dtype);
  if (dtype === undefined || !Number.isSafeInteger(handle.shared) || !Array.isArray(handle.shape)) {
    throw new TypeError(`${caller}(): expected what tensor.share() gave`);
  }
  if (handle.pid !== process.pid) {
    throw new RuntimeError(
      `${caller}(): this handle comes from another process; tensors are shared by threads of one process only`,
    );
  }
  return dtype;
}

/**
 * The tensor that another thread handed over with `tensor.share()`, over the same memory and without history. Throws
 * RuntimeError where the handle was received or released before.
 * @example
 * const handle = torch.ones(2).share(); // what the other thread sends
 * torch.fromShared(handle).mul_(2); // tensor([2., 2.])
 */
export function fromShared(handle: SharedTensor): Tensor {
  const dtype = check(handle, 'fromShared');
  const out = new Tensor();
  try {
    out.id = binary.receive(out, handle.shared, dtype.code, handle.shape);
  } catch (error) {
    throw fromNative(error);
  }
  out.dtype = dtype;
  out.shape = sizeOf(handle.shape);
  return out;
}

/**
 * Gives up a handle that will not be received, as when its worker died: until then it holds the memory. Harmless
 * otherwise.
 * @example
 * const handle = torch.ones(2).share();
 * torch.releaseShared(handle);
 */
export function releaseShared(handle: SharedTensor): void {
  check(handle, 'releaseShared');
  binary.releaseShared(handle.shared);
}
