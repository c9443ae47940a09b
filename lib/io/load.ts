/** torch.load: files of torch.save, in the format of today (a zip archive) and in that before PyTorch 1.6. */

import { DTYPES, type DType } from '../dtype.js';
import { NotImplementedError, RuntimeError, TypeError } from '../errors.js';
import { checkDevice } from '../nn/destination.js';
import { Parameter } from '../nn/parameter.js';
import { empty } from '../ops/index.js';
import { sizeOf } from '../size.js';
import { Tensor } from '../tensor.js';
import { bytesOf, elements, filled, type Readable, reading, type Source } from './bytes.js';
import { dtypeOfStorage } from './storages.js';
import { Global, type Resolver, Unpickler } from './unpickle.js';
import { ZipReader } from './zip.js';

export interface LoadOptions {
  /** Where tensors go; for files that were written with a GPU 'cpu' has to be said. */
  map_location?: string | null;
  /** Has no influence: what a file names is never run. */
  weights_only?: boolean;
  /** Has no influence: files are read. */
  mmap?: boolean | null;
}
const OPTIONS = ['map_location', 'weights_only', 'mmap'];

const ON_CUDA =
  'Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on a ' +
  "CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your storages to the CPU.";
const UTF8_OF_BYTES = 'latin1';

type Storages = (dtype: DType, key: string, count: number) => Tensor;

const damaged = (why: string): never => {
  throw new RuntimeError(`load(): the file is damaged: ${why}`);
};

function storage(id: unknown, storages: Storages, anywhere: boolean): Tensor {
  const [kind, type, key, location, count, view] = Array.isArray(id) ? id : [];
  if (kind !== 'storage' || !(type instanceof Global)) return damaged('it refers to what is no storage');
  const dtype = dtypeOfStorage.get(type.name);
  if (dtype === undefined) throw new NotImplementedError(`load(): a ${type.name} has no dtype here`);
  if (location !== 'cpu' && !anywhere) throw new RuntimeError(ON_CUDA);
  if ((view ?? null) !== null) throw new NotImplementedError('load(): views of storages, of PyTorch 0.3, are not read');
  return storages(dtype, String(key), elements([count], 'load'));
}

/** A tensor over a storage, which a 1-d tensor stands for. */
function overStorage(args: readonly unknown[]): Tensor {
  const [whole, offset, size, stride, requires_grad] = args as [Tensor, number, number[], number[], boolean?];
  if (!(whole instanceof Tensor) || !Array.isArray(size) || !Array.isArray(stride) || size.length !== stride.length)
    return damaged('a tensor without its storage, sizes or strides');
  const count = elements(size, 'load');
  elements([offset, ...stride.map(() => 1)], 'load');
  let reach = offset;
  size.forEach((n, d) => {
    const step = stride[d] as number;
    if (!Number.isSafeInteger(step) || step < 0) damaged(`a stride of ${step}`);
    if (count > 0) reach += (n - 1) * step;
  });
  if (count > 0 && !(reach < whole.numel())) damaged('a tensor reaches beyond its storage');
  const tensor = empty(0, { dtype: whole.dtype }).set_(whole, offset, size, stride);
  return requires_grad ? tensor.requires_grad_() : tensor;
}

const asMap = (items: unknown): Map<unknown, unknown> => {
  if (items === undefined) return new Map();
  if (items instanceof Map) return new Map(items);
  return Array.isArray(items) ? new Map(items as [unknown, unknown][]) : damaged('a dictionary of what is no list');
};

/** What a file may call, which is what torch.load allows with weights_only. */
const CALLS: Record<string, (args: readonly unknown[]) => unknown> = {
  'torch._utils._rebuild_tensor': overStorage,
  'torch._utils._rebuild_tensor_v2': overStorage,
  'torch._utils._rebuild_parameter': ([data, requires_grad]) =>
    data instanceof Tensor ? new Parameter(data, Boolean(requires_grad)) : damaged('a parameter without data'),
  'torch.Size': ([sizes]) => (Array.isArray(sizes) ? sizeOf(sizes as number[]) : damaged('sizes that are no tuple')),
  'torch.device': ([type, index]) => (index === undefined ? String(type) : `${type}:${index}`),
  'collections.OrderedDict': ([items]) => asMap(items),
  'collections.Counter': ([items]) => asMap(items),
  'builtins.set': ([items]) => new Set((items as unknown[] | undefined) ?? []),
  'builtins.bytearray': ([bytes]) => bytes ?? new Uint8Array(0),
  // Bytes, as protocol 2 writes them.
  '_codecs.encode': ([text, encoding]) =>
    encoding === UTF8_OF_BYTES ? new Uint8Array(Buffer.from(String(text), UTF8_OF_BYTES)) : damaged('unknown bytes'),
};
const SAME: Record<string, string> = {
  '__builtin__.set': 'builtins.set',
  '__builtin__.bytearray': 'builtins.bytearray',
};

function resolver(storages: Storages, anywhere: boolean): Resolver {
  return {
    global(name) {
      const full = SAME[String(name)] ?? String(name);
      const dtype = name.module === 'torch' ? DTYPES.find((d) => d.name === name.name) : undefined;
      if (dtype !== undefined) return dtype;
      if (Object.hasOwn(CALLS, full)) return CALLS[full];
      if (/^torch(\.storage)?$/.test(name.module) && /Storage$/.test(name.name)) return name;
      if (full === 'torch.serialization._get_layout') return name;
      throw new RuntimeError(
        `Weights only load failed. load() reads tensors, numbers, text, lists and dictionaries and runs no code of a file, which asks for ${full}; save a state_dict() instead`,
      );
    },
    call: (callee, args) =>
      typeof callee === 'function' ? callee(args) : damaged(`a call of ${callee}, which is no function`),
    persistent: (id) => storage(id, storages, anywhere),
  };
}

/** Dictionaries whose keys are text become plain objects. */
function plain(value: unknown, done = new Map<unknown, unknown>()): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Tensor) return value;
  const known = done.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    done.set(value, value);
    if (!Object.isFrozen(value)) for (let i = 0; i < value.length; i++) value[i] = plain(value[i], done);
    return value;
  }
  if (!(value instanceof Map)) return value;
  const named = [...value.keys()].every((key) => typeof key === 'string');
  const result: Record<string, unknown> | Map<unknown, unknown> = named ? {} : new Map();
  done.set(value, result);
  for (const [key, item] of value) {
    const converted = plain(item, done);
    if (result instanceof Map) result.set(key, converted);
    // An own property also where its name is '__proto__'.
    else Object.defineProperty(result, key, { value: converted, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

function fromZip(source: Source, anywhere: boolean): unknown {
  const zip = new ZipReader(source, 'load');
  const pickle = zip.names().find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new RuntimeError('load(): the archive has no data.pkl: torch.save did not write it');
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (zip.size(`${folder}constants.pkl`) !== undefined)
    throw new NotImplementedError('load(): this is a TorchScript archive, which only PyTorch runs');
  const order = `${folder}byteorder`;
  const swapped = zip.size(order) !== undefined && new TextDecoder().decode(zip.read(order)) === 'big';
  const found = new Map<string, Tensor>();
  const storages: Storages = (dtype, key, count) => {
    const name = `${folder}data/${key}`;
    const have = zip.size(name) ?? damaged(`${name} is missing`);
    const known = found.get(key);
    if (known?.dtype === dtype && known.numel() === count) return known;
    // Before memory is asked for.
    if (have < count * dtype.itemsize) damaged(`${name} has ${have} bytes instead of ${count * dtype.itemsize}`);
    const made = filled([count], dtype, (bytes) => zip.readInto(name, bytes), swapped);
    found.set(key, made);
    return made;
  };
  return plain(new Unpickler(zip.read(pickle), resolver(storages, anywhere), 'load').load());
}

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

/** Pickles one after the other: magic number, version, system, the object, and names of storages, which follow. */
function fromPickles(source: Source, anywhere: boolean): unknown {
  const bytes = source.read(0, source.size);
  const found = new Map<string, Tensor>();
  const storages: Storages = (dtype, key, count) => {
    if (count * dtype.itemsize > bytes.length) damaged(`a storage of ${count} elements`);
    const made = found.get(key) ?? empty([count], { dtype });
    found.set(key, made);
    return made;
  };
  const pickles = new Unpickler(bytes, resolver(storages, anywhere), 'load');
  if (pickles.load() !== LEGACY_MAGIC) throw new RuntimeError('load(): torch.save did not write this file');
  pickles.load();
  const system = pickles.load();
  if (system instanceof Map && system.get('little_endian') === false)
    throw new NotImplementedError('load(): old files of big-endian machines are not read');
  const result = pickles.load();
  for (const key of pickles.load() as string[]) {
    const tensor = found.get(key);
    const count = pickles.unsigned(8);
    if (tensor === undefined || tensor.numel() !== count) return damaged(`a storage of ${count} elements`);
    bytesOf(tensor).set(pickles.data(count * tensor.dtype.itemsize));
  }
  return plain(result);
}

/**
 * What `torch.save`, here or in PyTorch, wrote to a file: `f` is its path, or its bytes. Tensors that shared memory do so
 * again. A dictionary whose keys are all text is a plain object, another a Map; tuples are arrays, and integers beyond
 * 2^53 bigints. No code is run: a RuntimeError where the file has objects of other classes.
 *
 * @example
 * const file: Uint8Array[] = [];
 * torch.save({ weight: torch.ones(2), epoch: 3 }, { write: (bytes: Uint8Array) => file.push(bytes) });
 * torch.load(Buffer.concat(file)).weight; // tensor([1., 1.])
 */
export function load(f: Readable, options: LoadOptions = {}): any {
  for (const key of Object.keys(options ?? {})) {
    if (!OPTIONS.includes(key))
      throw new TypeError(`load() got an unexpected keyword argument '${key}'; it takes ${OPTIONS.join(', ')}`);
  }
  const location = options?.map_location ?? null;
  if (location !== null) checkDevice(location, 'load');
  return reading(f, 'load', (source) => {
    if (source.size < 2) throw new RuntimeError('load(): the file is empty or damaged');
    const [first, second] = source.read(0, 2);
    const zipped = first === 0x50 && second === 0x4b;
    return (zipped ? fromZip : fromPickles)(source, location !== null);
  });
}
