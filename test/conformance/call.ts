import { absent, type Dict, lookup, type Value } from './api.js';

/** Where a result's dtype comes from a number, a Python int is a bigint: the positions of such arguments. */
const INFERS_DTYPE: Record<string, number[]> = { arange: [0, 1, 2], full: [1] };

const isWhole = (v: Value): boolean => typeof v === 'number' && Number.isInteger(v);
const withOptions = (args: Value[], kwargs: Dict): Value[] => (Object.keys(kwargs).length ? [...args, kwargs] : args);

/** torch.<path>(...args, kwargs); `raw` are the encoded arguments, which still tell an int from a float. */
export function callFunction(path: string, args: Value[], kwargs: Dict = {}, raw: Value[] = args): Value {
  const { owner, value } = lookup(path);
  if (typeof value !== 'function') absent(`torch.${path}()`);
  const places = 'dtype' in kwargs ? [] : (INFERS_DTYPE[path] ?? []);
  const given = args.map((a, i) => (places.includes(i) && isWhole(raw[i]) ? BigInt(a) : a));
  const all = withOptions(given, kwargs);
  const isClass = /^[A-Z]/.test(path.slice(path.lastIndexOf('.') + 1));
  return isClass ? Reflect.construct(value, all) : value.apply(owner, all);
}

/** x[[1, 2]] has one key, a list; x[1, 2] has two. */
const keysOf = (key: Value, raw: Value): Value[] => (raw?.$ === 'tuple' ? key : [key]);

/** x.<name>(...rest, kwargs), with x[...] under the package's names for it. */
export function callMethod(name: string, args: Value[], kwargs: Dict = {}, raw: Value[] = args): Value {
  const [x, ...rest] = args;
  if (name === '__getitem__') return x.index(...keysOf(rest[0], raw[1]));
  if (name === '__setitem__') {
    x.index_put_(keysOf(rest[0], raw[1]), rest[1]);
    return null;
  }
  if (x === null || x === undefined) throw new Error(`method ${name} of ${x}`);
  if (typeof x[name] !== 'function') absent(`${x.constructor.name}.${name}`);
  return x[name](...withOptions(rest, kwargs));
}

export function getAttribute(x: Value, name: string): Value {
  const v = x[name];
  if (v === undefined && !(name in x)) absent(`${x.constructor.name}.${name}`);
  return v ?? null;
}

/** The ways of the records: function, method and property. */
export function callAs(kind: string, path: string, args: Value[], kwargs: Dict, raw: Value[]): Value {
  if (kind === 'function') return callFunction(path, args, kwargs, raw);
  if (kind === 'method') return callMethod(path, args, kwargs, raw);
  return getAttribute(args[0], path);
}

/** Modules are callable. */
export function callModule(m: Value, args: Value[], kwargs: Dict = {}): Value {
  if (typeof m !== 'function') absent(`calling ${m?.constructor?.name}`);
  return m(...withOptions(args, kwargs));
}
