import * as strided from 'strided';

/** What a record holds, and what the package answers: dynamic by nature, so it has one name here. */
export type Value = any;
export type Dict = Record<string, Value>;

/** The package as PyTorch's tree of names. */
export const torch: Value = strided;

/** Thrown when a record names something that the package does not have. */
export class Missing extends Error {}

export const DTYPES = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'bfloat16', 'float32', 'float64'];

export const isTensor = (x: Value): boolean => x instanceof torch.Tensor;

export const isIterable = (x: Value): boolean => typeof x === 'object' && x !== null && Symbol.iterator in x;

export const dtypeName = (d: Value): string => String(d).replace(/^torch\./, '');

export function dtypeOf(name: string): Value {
  return torch[name] ?? absent(`torch.${name}`);
}

export function absent(name: string): never {
  throw new Missing(name);
}

/** The value at a dotted path below the package, and the object that has it. */
export function lookup(path: string): { owner: Value; value: Value } {
  const parts = path.split('.');
  const last = parts.pop() as string;
  const owner = parts.reduce((at, part) => at[part] ?? absent(`torch.${path}`), torch);
  return { owner, value: owner[last] ?? absent(`torch.${path}`) };
}

export function exists(path: string): boolean {
  try {
    return lookup(path).value !== undefined;
  } catch {
    return false;
  }
}

/** The elements in row-major order, booleans as 0 and 1. */
export function numbers(t: Value): (number | bigint)[] {
  return t
    .detach()
    .reshape(-1)
    .tolist()
    .map((v: number | bigint | boolean) => (typeof v === 'boolean' ? Number(v) : v));
}

/** All tensors of a nested result, depth first. */
export function tensorsIn(v: Value): Value[] {
  if (isTensor(v)) return [v];
  return isIterable(v) ? [...v].flatMap(tensorsIn) : [];
}

/** Something that is equal exactly for tensors on one storage. */
export function storageOf(t: Value): string {
  if (t.untyped_storage === undefined) absent('Tensor.untyped_storage');
  return String(t.untyped_storage().data_ptr());
}

/** Entries of a Map or of a plain object. */
export const entriesOf = (x: Value): [string, Value][] => (isIterable(x) ? [...x] : Object.entries(x));
