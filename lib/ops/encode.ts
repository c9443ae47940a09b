/** Writes the arguments of a native op into the mailbox and reads its results; see native/addon/arguments.h. */
import { DTYPES, type DType } from '../dtype.js';
import { fromNative, TypeError } from '../errors.js';
import { binary, growMailbox, mailbox } from '../native.js';
import type { Generator } from '../random.js';
import { type Size, sizeOf } from '../size.js';
import { Tensor } from '../tensor.js';
import { type Param, type Schema, typeName } from './schema.js';

let at = 0;

function reserve(count: number): void {
  if (at + count + 64 > mailbox.length) growMailbox(at + count + 64);
}

function number(value: number): void {
  mailbox[at++] = value;
}

function scalar(value: number | bigint | boolean): void {
  if (typeof value === 'number') {
    mailbox[at++] = Number.isSafeInteger(value) && !Object.is(value, -0) ? 1 : 2;
    mailbox[at++] = value;
  } else if (typeof value === 'boolean') {
    mailbox[at++] = 0;
    mailbox[at++] = value ? 1 : 0;
  } else {
    if (typeof value !== 'bigint') throw new TypeError(`expected Tensor or Number, but got ${typeName(value)}`);
    const bits = BigInt.asUintN(64, value);
    mailbox[at++] = 3;
    mailbox[at++] = Number(bits >> 32n);
    mailbox[at++] = Number(bits & 0xffffffffn);
  }
}

// A tensor looks the same wherever an op takes one, beside numbers or not.
function tensor(value: Tensor | null): void {
  if (value === null) {
    mailbox[at++] = -1;
    return;
  }
  mailbox[at++] = 4;
  mailbox[at++] = value.id;
}

function operand(value: Tensor | number | bigint | boolean): void {
  if (value instanceof Tensor) tensor(value);
  else scalar(value);
}

function list(values: readonly unknown[], write: (value: never) => void): void {
  reserve(3 * values.length);
  mailbox[at++] = values.length;
  for (let i = 0; i < values.length; i++) write(values[i] as never);
}

const dtype = (value: DType | null) => number(value === null ? -1 : value.code);

const WRITERS: Record<string, (value: never) => void> = {
  Tensor: tensor,
  'Tensor|Scalar': operand,
  Scalar: scalar,
  int: number,
  float: number,
  bool: (value: boolean) => number(value ? 1 : 0),
  dtype,
  // The state of the generator; the default one is known to the binary.
  Generator: (value: Generator | null) => tensor(value === null ? null : value.state),
};

// Strings and what only PyTorch needs (memory_format …) stay on this side.
function encode(param: Param, value: unknown): void {
  const write = WRITERS[param.type] as ((value: unknown) => void) | undefined;
  if (write === undefined) return;
  const absent = value === null;
  if (param.nullable && param.type !== 'Tensor' && param.type !== 'dtype' && param.type !== 'Generator') {
    if (param.type === 'Scalar' || param.type === 'Tensor|Scalar') {
      if (absent) return number(-1);
    } else {
      number(absent ? 0 : 1);
      if (absent) return;
    }
  }
  if (param.list) list(value as unknown[], write as (value: never) => void);
  else write(value);
}

/** What keeps small tensors alive in the binary, some at a time (native/addon/handles.h). */
let token: object | null = null;
/** Whether garbage is to be collected before there is another result. */
let collectionDue = false;
const UNDER_TOKEN = 64;

/** Reads one tensor at `p` into `out`; returns where it ends. */
function readTensor(out: Tensor, p: number): number {
  out.id = mailbox[p] as number;
  let dtype = mailbox[p + 1] as number;
  if (dtype >= UNDER_TOKEN) {
    dtype -= UNDER_TOKEN;
    out.token = token;
  }
  out.dtype = DTYPES[dtype] as DType;
  const n = mailbox[p + 2] as number;
  out.shape = readShape(p + 3, n);
  return p + 3 + n;
}

// Shapes repeat: those seen lately are looked up by their numbers and shared; frozen, so that nobody notices.
const shapes: Size[] = new Array(256).fill(sizeOf([]));

function readShape(p: number, n: number): Size {
  let hash = n;
  for (let i = p; i < p + n; i++) hash = (Math.imul(hash, 31) + (mailbox[i] as number)) | 0;
  const place = (hash ^ (hash >>> 8)) & 255;
  const known = shapes[place] as Size;
  if (known.length === n) {
    let i = 0;
    while (i < n && known[i] === mailbox[p + i]) i++;
    if (i === n) return known;
  }
  const sizes: number[] = [];
  for (let i = 0; i < n; i++) sizes.push(mailbox[p + i] as number);
  const shape = sizeOf(sizes);
  shapes[place] = shape;
  return shape;
}

function readList(start: number, count: number): Tensor[] {
  const out: Tensor[] = [];
  let p = start;
  for (let i = 0; i < count; i++) {
    const t = new Tensor();
    p = readTensor(t, p);
    out.push(t);
  }
  // Only now: binding may allocate, and the mailbox must have been read by then.
  for (const t of out) binary.bind(t.id, t);
  return out;
}

/** An array that has its members by name as well. */
export function named(names: readonly string[], values: readonly Tensor[]): Tensor[] {
  const out = [...values];
  names.forEach((name, i) => Object.defineProperty(out, name, { value: out[i], enumerable: true }));
  return out;
}

function call(code: number, out: Tensor | null | undefined): void {
  try {
    if (out === undefined) binary.call(code);
    else {
      const answer = binary.call(code, out);
      if (answer === true) collectionDue = true;
      else if (answer !== undefined) token = answer;
    }
  } catch (error) {
    throw fromNative(error);
  }
}

function encodeAll(params: readonly Param[], values: readonly unknown[], takesOut: boolean): void {
  at = 0;
  // The kernels of two and three operands take a number in any place.
  if (takesOut && params.length > 1) for (let i = 0; i < params.length; i++) operand(values[i] as Tensor | number);
  else for (let i = 0; i < params.length; i++) encode(params[i] as Param, values[i]);
}

/**
 * Runs a native op. `target`: for an element-wise op the tensor that takes the result (null: a new one), for one that
 * mutates its first argument that argument; then nothing is returned.
 */
export function runNative(
  code: number,
  schema: Schema,
  values: readonly unknown[],
  takesOut: boolean,
  target: Tensor | null,
): unknown {
  if (collectionDue) {
    collectionDue = false;
    binary.collectDue();
  }
  encodeAll(schema.params, values, takesOut);
  if (takesOut) tensor(target);
  if (target !== null) return call(code, undefined);
  const { output } = schema;
  if (output === 'Tensor') {
    const out = new Tensor();
    call(code, out);
    readTensor(out, 0);
    return out;
  }
  call(code, null);
  if (output === 'Tensor[]') {
    const room = -(mailbox[0] as number);
    if (room > 0) {
      growMailbox(room);
      encodeAll(schema.params, values, takesOut);
      call(code, null);
    }
    return readList(1, mailbox[0] as number);
  }
  if (typeof output !== 'string') return named(output, readList(0, output.length));
  if (output === 'bool') return mailbox[0] !== 0;
  if (output === 'int[]') return Array.from(mailbox.subarray(1, 1 + (mailbox[0] as number)));
  return mailbox[0];
}
