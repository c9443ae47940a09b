/** NumPy's files: arrays (.npy) and archives of them (.npz). */
import { bool, type DType, float16, float32, float64, int8, int16, int32, int64, uint8 } from '../dtype.js';
import { NotImplementedError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { bytesOf, elements, filled, type Readable, reading, type Source, type Writable, writing } from './bytes.js';
import { ZipReader } from './zip.js';

const DTYPES: Record<string, DType> = {
  b1: bool,
  u1: uint8,
  i1: int8,
  i2: int16,
  i4: int32,
  i8: int64,
  f2: float16,
  f4: float32,
  f8: float64,
};
const NAMES = new Map(Object.entries(DTYPES).map(([name, dtype]) => [dtype, name]));
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const field = (header: string, pattern: RegExp, caller: string): string =>
  pattern.exec(header)?.[1] ??
  (() => {
    throw new RuntimeError(`${caller}(): the header of the array is of an unknown form: ${header.trim()}`);
  })();

function read(source: Source, caller: string): Tensor {
  const start = source.read(0, 12);
  if (MAGIC.some((byte, i) => start[i] !== byte)) throw new RuntimeError(`${caller}(): this is no .npy file`);
  const view = new DataView(start.buffer, start.byteOffset, 12);
  // From version 2 on the length of the header has four bytes.
  const long = (start[6] as number) > 1;
  const [begin, length] = long ? [12, view.getUint32(8, true)] : [10, view.getUint16(8, true)];
  const header = new TextDecoder().decode(source.read(begin, length));
  const [order, name] = (([first, ...rest]) => [first, rest.join('')])([
    ...field(header, /'descr':\s*'([^']*)'/, caller),
  ] as [string, ...string[]]);
  const dtype = Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  if (dtype === undefined)
    throw new NotImplementedError(`${caller}(): arrays of dtype '${order}${name}' are not supported`);
  const columnsFirst = field(header, /'fortran_order':\s*(True|False)/, caller) === 'True';
  const sizes = field(header, /'shape':\s*\(([^)]*)\)/, caller).split(',');
  const shape = sizes.filter((size) => size.trim() !== '').map(Number);
  const size = elements(shape, caller) * dtype.itemsize;
  if (begin + length + size > source.size)
    throw new RuntimeError(
      `${caller}(): the file is damaged or incomplete: an array of ${size} bytes in ${source.size}`,
    );
  const stored = columnsFirst ? [...shape].reverse() : shape;
  const tensor = filled(stored, dtype, (bytes) => source.readInto(bytes, begin + length), order === '>');
  return columnsFirst ? tensor.permute(shape.map((_, d) => shape.length - 1 - d)) : tensor;
}

/**
 * The array of a .npy file; `f` is its path, or its bytes. An array whose columns come first gives such strides.
 *
 * @example
 * const file: Uint8Array[] = [];
 * torch.saveNpy(torch.eye(2), { write: (bytes: Uint8Array) => file.push(bytes) });
 * torch.loadNpy(Buffer.concat(file)).shape; // [2, 2]
 */
export function loadNpy(f: Readable): Tensor {
  return reading(f, 'loadNpy', (source) => read(source, 'loadNpy'));
}

/**
 * The arrays of an .npz file (of np.savez or np.savez_compressed), by name; `f` is its path, or its bytes.
 *
 * @example
 * torch.loadNpz(new Uint8Array(4)); // throws RuntimeError: …
 */
export function loadNpz(f: Readable): Record<string, Tensor> {
  return reading(f, 'loadNpz', (source) => {
    const zip = new ZipReader(source, 'loadNpz');
    const arrays = zip.names().map((name) => {
      const array = reading(zip.read(name), 'loadNpz', (part) => read(part, 'loadNpz'));
      return [name.replace(/\.npy$/, ''), array] as const;
    });
    return Object.fromEntries(arrays);
  });
}

/**
 * Writes a tensor to a .npy file, which np.load reads. A NotImplementedError for bfloat16, which NumPy does not have.
 *
 * @example
 * let size = 0;
 * torch.saveNpy(torch.arange(3), { write: (bytes: Uint8Array) => (size += bytes.length) });
 * size; // 140
 */
export function saveNpy(tensor: Tensor, f: Writable): void {
  const { dtype, shape } = tensor;
  const name = NAMES.get(dtype);
  if (name === undefined) throw new NotImplementedError(`saveNpy(): NumPy has no dtype for ${dtype}`);
  const order = dtype.itemsize === 1 ? '|' : '<';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${order}${name}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((11 + text.length) / 64) * 64 - 10;
  const head = new Uint8Array(10 + length).fill(0x20);
  head.set([...MAGIC, 1, 0, length & 255, length >> 8, ...new TextEncoder().encode(text)]);
  head[9 + length] = 10;
  writing(f, 'saveNpy', (write) => {
    write(head);
    write(bytesOf(tensor.detach().contiguous()));
  });
}
