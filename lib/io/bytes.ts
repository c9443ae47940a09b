/** Where files are read from and written to: paths, URLs and memory. */
import * as fs from 'node:fs';
import { types } from 'node:util';
import type { DType } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import { typeName } from '../nn/repr.js';
import { empty } from '../ops/index.js';
import type { Tensor } from '../tensor.js';

/** A path, a file URL, or the bytes of a file. */
export type Readable = string | URL | ArrayBufferLike | ArrayBufferView;
/** A path, a file URL, or anything that takes bytes piece by piece. */
export type Writable = string | URL | { write(bytes: Uint8Array): unknown };

export interface Source {
  readonly size: number;
  /** Fills `target` with the bytes from `offset` on. */
  readInto(target: Uint8Array, offset: number): void;
  read(offset: number, length: number): Uint8Array;
}

function inMemory(bytes: Uint8Array, caller: string): Source {
  const read = (offset: number, length: number) => {
    checkRange(caller, offset, length, bytes.length);
    return bytes.subarray(offset, offset + length);
  };
  return { size: bytes.length, read, readInto: (target, offset) => target.set(read(offset, target.length)) };
}

function inFile(fd: number, caller: string): Source {
  const { size } = fs.fstatSync(fd);
  const readInto = (target: Uint8Array, offset: number) => {
    checkRange(caller, offset, target.length, size);
    // One read gives at most 2 GB, and may give less.
    for (let done = 0; done < target.length; ) {
      const got = fs.readSync(fd, target, done, Math.min(target.length - done, 2 ** 30), offset + done);
      if (got === 0) throw new RuntimeError(`${caller}(): the file ended while it was read`);
      done += got;
    }
  };
  const read = (offset: number, length: number) => {
    checkRange(caller, offset, length, size);
    const bytes = new Uint8Array(length);
    readInto(bytes, offset);
    return bytes;
  };
  return { size, read, readInto };
}

function checkRange(caller: string, offset: number, length: number, size: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new RuntimeError(
    `${caller}(): the file is damaged or incomplete: it has ${size} bytes, and bytes ${offset} to ${offset + length} were expected`,
  );
}

/** What `body` returns for what is in `f`, which is closed after that. */
export function reading<T>(f: Readable, caller: string, body: (source: Source) => T): T {
  if (ArrayBuffer.isView(f)) return body(inMemory(new Uint8Array(f.buffer, f.byteOffset, f.byteLength), caller));
  if (types.isAnyArrayBuffer(f)) return body(inMemory(new Uint8Array(f), caller));
  if (typeof f !== 'string' && !(f instanceof URL))
    throw new TypeError(`${caller}(): argument 'f' must be a path, a URL or the bytes of a file, not ${typeName(f)}`);
  const fd = fs.openSync(f, 'r');
  try {
    return body(inFile(fd, caller));
  } finally {
    fs.closeSync(fd);
  }
}

/** Calls `body` with a function that appends to `f`. */
export function writing(f: Writable, caller: string, body: (write: (bytes: Uint8Array) => void) => void): void {
  if (typeof f === 'object' && f !== null && 'write' in f && typeof f.write === 'function') {
    body((bytes) => f.write(bytes));
    return;
  }
  if (typeof f !== 'string' && !(f instanceof URL))
    throw new TypeError(`${caller}(): argument 'f' must be a path, a URL or have a method write, not ${typeName(f)}`);
  const fd = fs.openSync(f, 'w');
  try {
    body((bytes) => {
      for (let done = 0; done < bytes.length; )
        done += fs.writeSync(fd, bytes, done, Math.min(bytes.length - done, 2 ** 30));
    });
  } finally {
    fs.closeSync(fd);
  }
}

/** The memory of a contiguous tensor. */
export function bytesOf(tensor: Tensor): Uint8Array {
  if (tensor.numel() === 0) return new Uint8Array(0);
  const { buffer, byteOffset, byteLength } = tensor.detach().toTypedArray();
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A tensor of this shape whose memory `fill` writes, from bytes that are in the other order where `swapped`. */
export function filled(
  shape: readonly number[],
  dtype: DType,
  fill: (bytes: Uint8Array) => void,
  swapped = false,
): Tensor {
  const tensor = empty([...shape], { dtype });
  const bytes = bytesOf(tensor);
  fill(bytes);
  for (let at = 0; swapped && at < bytes.length; at += dtype.itemsize)
    bytes.subarray(at, at + dtype.itemsize).reverse();
  return tensor;
}

/** The number of elements of a shape that a file states; a RuntimeError where it is none. */
export function elements(shape: readonly unknown[], caller: string): number {
  let count = 1;
  for (const n of shape) {
    count *= n as number;
    if (!Number.isSafeInteger(n) || (n as number) < 0 || !Number.isSafeInteger(count))
      throw new RuntimeError(`${caller}(): the file is damaged: a shape of [${shape.join(', ')}]`);
  }
  return count;
}
