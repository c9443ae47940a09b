/** Values as a pickle of protocol 2, which every Python reads. */
import { DType } from '../dtype.js';
import { TypeError } from '../errors.js';
import { Module } from '../nn/module.js';
import { Parameter } from '../nn/parameter.js';
import { typeName } from '../nn/repr.js';
import { Size } from '../size.js';
import { Tensor } from '../tensor.js';
import { isNumbered } from './storages.js';

const op = (text: string): number => text.charCodeAt(0);
const [EMPTY_TUPLE, TUPLE1, TUPLE, REDUCE, MARK] = [op(')'), 0x85, op('t'), op('R'), op('(')];
const WHOLE = /^(0|[1-9]\d*)$/;

/** The key of a tensor's storage, how many elements it has, and the name of its class. */
export type StorageOf = (tensor: Tensor) => { key: string; count: number; cls: string };

export class Pickler {
  private bytes = new Uint8Array(1024);
  private length = 0;
  private readonly places = new Map<unknown, number>();

  constructor(private readonly storageOf: StorageOf) {}

  dump(value: unknown): Uint8Array {
    this.put(0x80, 2);
    this.value(value);
    this.put(op('.'));
    return this.bytes.subarray(0, this.length);
  }

  private room(count: number): DataView {
    if (this.length + count > this.bytes.length) {
      const grown = new Uint8Array(2 * (this.length + count));
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.length += count;
    return new DataView(this.bytes.buffer, this.length - count, count);
  }
  private put(...bytes: number[]): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length - bytes.length);
  }
  private append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length - bytes.length);
  }

  /** Whether `value` was written before, to which a reference is written then. */
  private known(value: unknown): boolean {
    const place = this.places.get(value);
    if (place === undefined) return false;
    this.put(op('j'));
    this.room(4).setUint32(0, place, true);
    return true;
  }
  private remember(value: unknown): void {
    this.put(op('r'));
    this.room(4).setUint32(0, this.places.size, true);
    this.places.set(value, this.places.size);
  }

  private integer(value: number | bigint): void {
    if (value >= -(2 ** 31) && value < 2 ** 31) {
      this.put(op('J'));
      this.room(4).setInt32(0, Number(value), true);
      return;
    }
    const big = BigInt(value);
    let length = 1;
    while (BigInt.asIntN(8 * length, big) !== big) length++;
    if (length > 255) throw new TypeError('save(): an integer of more than 255 bytes');
    this.put(0x8a, length);
    for (let i = 0; i < length; i++) this.put(Number((big >> BigInt(8 * i)) & 255n));
  }

  private number(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return this.integer(value);
    this.put(op('G'));
    this.room(8).setFloat64(0, value);
  }

  private text(value: string): void {
    if (this.known(value)) return;
    const bytes = new TextEncoder().encode(value);
    this.put(op('X'));
    this.room(4).setUint32(0, bytes.length, true);
    this.append(bytes);
    this.remember(value);
  }

  private global(module: string, name: string): void {
    const line = `${module}\n${name}\n`;
    if (this.known(`c${line}`)) return;
    this.put(op('c'));
    this.append(new TextEncoder().encode(line));
    this.remember(`c${line}`);
  }

  private tuple(values: readonly unknown[]): void {
    this.put(MARK);
    for (const value of values) this.value(value);
    this.put(TUPLE);
  }

  private ordered(): void {
    this.global('collections', 'OrderedDict');
    this.put(EMPTY_TUPLE, REDUCE);
  }

  private tensor(tensor: Tensor): void {
    const { key, count, cls } = this.storageOf(tensor);
    this.global('torch._utils', '_rebuild_tensor_v2');
    this.put(MARK, MARK);
    this.text('storage');
    this.global('torch', cls);
    for (const text of [key, 'cpu']) this.text(text);
    this.integer(count);
    this.put(TUPLE, op('Q'));
    this.integer(tensor.storage_offset());
    this.tuple(tensor.shape);
    this.tuple(tensor.stride());
    this.value(tensor.requires_grad);
    this.ordered();
    this.put(TUPLE, REDUCE);
  }

  private parameter(parameter: Parameter): void {
    this.global('torch._utils', '_rebuild_parameter');
    this.put(MARK);
    this.tensor(parameter.detach());
    this.value(parameter.requires_grad);
    this.ordered();
    this.put(TUPLE, REDUCE);
  }

  private dictionary(value: object, items: Iterable<readonly [unknown, unknown]>): void {
    this.put(op('}'));
    this.remember(value);
    this.put(MARK);
    for (const [key, item] of items) {
      // A Map compares lists by identity, Python by what they hold.
      if (Array.isArray(key)) this.tuple(key);
      else this.value(key);
      this.value(item);
    }
    this.put(op('u'));
  }

  private list(value: readonly unknown[]): void {
    this.put(op(']'));
    this.remember(value);
    this.put(MARK);
    for (let i = 0; i < value.length; i++) this.value(value[i]);
    this.put(op('e'));
  }

  private object(value: object): void {
    if (this.known(value)) return;
    if (Array.isArray(value) && !(value instanceof Size)) return this.list(value);
    if (value instanceof Map) return this.dictionary(value, value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === null || Object.getPrototypeOf(prototype) === null) {
      const items = Object.entries(value);
      const whole = isNumbered(value) && items.every(([key]) => WHOLE.test(key));
      return this.dictionary(value, whole ? items.map(([key, item]) => [Number(key), item] as const) : items);
    }
    this.instance(value);
    this.remember(value);
  }

  private instance(value: object): void {
    if (value instanceof Parameter) this.parameter(value);
    else if (value instanceof Tensor) this.tensor(value);
    else if (value instanceof DType) this.global('torch', value.name);
    else if (value instanceof Size) {
      this.global('torch', 'Size');
      this.tuple(value);
      this.put(TUPLE1, REDUCE);
    } else if (value instanceof Set) {
      this.global('__builtin__', 'set');
      this.list([...value]);
      this.put(TUPLE1, REDUCE);
    } else if (value instanceof Uint8Array) {
      this.global('_codecs', 'encode');
      this.tuple([Buffer.from(value).toString('latin1'), 'latin1']);
      this.put(REDUCE);
    } else this.refuse(value);
  }

  private refuse(value: unknown): never {
    const hint = value instanceof Module ? '; save its state_dict()' : '';
    throw new TypeError(
      `save(): expected tensors, numbers, text, booleans, null, lists and dictionaries of such, but found ${typeName(value)}${hint}`,
    );
  }

  private value(value: unknown): void {
    if (value === null || value === undefined) this.put(op('N'));
    else if (typeof value === 'boolean') this.put(value ? 0x88 : 0x89);
    else if (typeof value === 'number') this.number(value);
    else if (typeof value === 'bigint') this.integer(value);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'object') this.object(value);
    // Modules are functions.
    else this.refuse(value);
  }
}
