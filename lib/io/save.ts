/** torch.save. */
import { basename } from 'node:path';
import { NotImplementedError } from '../errors.js';
import { empty } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { bytesOf, type Writable, writing } from './bytes.js';
import { Pickler, type StorageOf } from './pickle.js';
import { storageOfDType } from './storages.js';
import { ZipWriter } from './zip.js';

/** Numbers storages in the order met, and keeps for each a tensor over all of it. */
function collector(): { storages: Tensor[]; storageOf: StorageOf } {
  const storages: Tensor[] = [];
  const met = new Map<number, { key: string; count: number }>();
  const storageOf: StorageOf = (tensor) => {
    const { dtype } = tensor;
    const cls = storageOfDType.get(dtype);
    if (cls === undefined) throw new NotImplementedError(`save(): tensors of ${dtype} have no storage in files`);
    const storage = tensor.untyped_storage();
    const known = storage.nbytes() > 0 ? met.get(storage.data_ptr()) : undefined;
    if (known !== undefined) return { ...known, cls };
    const count = Math.floor(storage.nbytes() / dtype.itemsize);
    const made = { key: String(storages.length), count };
    storages.push(empty(0, { dtype }).set_(tensor.detach(), 0, [count], [1]));
    met.set(storage.data_ptr(), made);
    return { ...made, cls };
  };
  return { storages, storageOf };
}

/**
 * Writes tensors, numbers, text, booleans, null, and lists and dictionaries of such (a `state_dict()`, a whole checkpoint)
 * to a file that PyTorch's torch.load reads as well: `f` is its path, or has a method `write` that takes bytes. Tensors
 * that share memory share it in the file, which has all of it. Whole numbers are saved as ints. A TypeError for objects
 * of other classes, before the file is touched.
 *
 * @example
 * const model = new torch.nn.Linear(2, 1);
 * const file: Uint8Array[] = [];
 * torch.save(model.state_dict(), { write: (bytes: Uint8Array) => file.push(bytes) });
 * String(model.load_state_dict(torch.load(Buffer.concat(file)))); // '<All keys matched successfully>'
 */
export function save(obj: unknown, f: Writable): void {
  const { storages, storageOf } = collector();
  const pickle = new Pickler(storageOf).dump(obj);
  const file = typeof f === 'string' ? f : f instanceof URL ? f.pathname : 'archive';
  const folder = basename(file).replace(/\.[^.]*$/, '') || 'archive';
  writing(f, 'save', (write) => {
    const zip = new ZipWriter(write, 'save');
    const text = (name: string, content: string) => zip.add(`${folder}/${name}`, new TextEncoder().encode(content));
    zip.add(`${folder}/data.pkl`, pickle);
    text('byteorder', 'little');
    storages.forEach((storage, key) => {
      zip.add(`${folder}/data/${key}`, bytesOf(storage));
    });
    text('version', '3\n');
    zip.finish();
  });
}
