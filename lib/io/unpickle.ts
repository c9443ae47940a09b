/** Python's pickles, as data: classes and functions are names that `Resolver` may know, and no code ever runs. */
import { RuntimeError } from '../errors.js';

/** A class or function, by its name. */
export class Global {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}
  toString(): string {
    return `${this.module}.${this.name}`;
  }
}

export interface Resolver {
  global(name: Global): unknown;
  /** The result of a call. */
  call(callee: unknown, args: readonly unknown[]): unknown;
  persistent(id: unknown): unknown;
}

/** Handlers by opcode; dictionaries are Maps, lists and tuples arrays. */
const OPCODES = new Map<number, (u: Unpickler) => void>();
const on = (opcode: number | string, handler: (u: Unpickler) => void) =>
  OPCODES.set(typeof opcode === 'string' ? opcode.charCodeAt(0) : opcode, handler);

export class Unpickler {
  private readonly view: DataView;
  private readonly memo = new Map<number, unknown>();
  private marks: unknown[][] = [];
  private running = true;
  stack: unknown[] = [];

  constructor(
    private readonly bytes: Uint8Array,
    readonly resolver: Resolver,
    private readonly caller: string,
    /** Where the next pickle begins. */
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next value. */
  load(): unknown {
    this.running = true;
    this.stack = [];
    this.marks = [];
    this.memo.clear();
    while (this.running) {
      const opcode = this.unsigned(1);
      const handler = OPCODES.get(opcode);
      if (handler === undefined) this.broken(`opcode ${opcode} is unknown`);
      handler(this);
    }
    return this.pop();
  }

  broken(why: string): never {
    throw new RuntimeError(`${this.caller}(): the pickle is damaged or of another kind: ${why}`);
  }

  private advance(length: number): number {
    const from = this.at;
    if (from + length > this.bytes.length) this.broken('it is incomplete');
    this.at += length;
    return from;
  }

  unsigned(length: 1 | 2 | 4 | 8): number {
    const at = this.advance(length);
    if (length === 1) return this.view.getUint8(at);
    if (length === 2) return this.view.getUint16(at, true);
    return length === 4 ? this.view.getUint32(at, true) : Number(this.view.getBigUint64(at, true));
  }
  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }
  double(): number {
    return this.view.getFloat64(this.advance(8));
  }
  data(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }
  text(length: number): string {
    return new TextDecoder().decode(this.data(length));
  }
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) this.broken('it is incomplete');
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }
  /** An integer of any size: a number where it is safe. */
  long(length: number): number | bigint {
    const bytes = this.data(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
    value = BigInt.asIntN(8 * length, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }
  pop(): unknown {
    if (this.stack.length === 0) this.broken('its stack is empty');
    return this.stack.pop();
  }
  top(): unknown {
    if (this.stack.length === 0) this.broken('its stack is empty');
    return this.stack.at(-1);
  }
  mark(): void {
    this.marks.push(this.stack);
    this.stack = [];
  }
  /** What came after the last mark. */
  popMark(): unknown[] {
    const items = this.stack;
    this.stack = this.marks.pop() ?? this.broken('a mark is missing');
    return items;
  }
  list(): unknown[] {
    const target = this.top();
    return Array.isArray(target) ? target : this.broken('it appends to what is no list');
  }
  arguments(): unknown[] {
    const args = this.pop();
    return Array.isArray(args) ? args : this.broken('arguments of a call are no tuple');
  }
  setItems(items: readonly unknown[]): void {
    const target = this.top();
    if (!(target instanceof Map)) this.broken('it adds items to what is no dictionary');
    for (let i = 0; i + 1 < items.length; i += 2) target.set(items[i], items[i + 1]);
  }
  remember(place: number): void {
    this.memo.set(place, this.top());
  }
  memoize(): void {
    this.remember(this.memo.size);
  }
  recall(place: number): void {
    if (!this.memo.has(place)) this.broken(`there is no value ${place}`);
    this.push(this.memo.get(place));
  }
  stop(): void {
    this.running = false;
  }
}

on('.', (u) => u.stop());
on(0x80, (u) => {
  const protocol = u.unsigned(1);
  if (protocol > 5) u.broken(`its protocol is ${protocol}`);
});
on(0x95, (u) => u.unsigned(8));

on('N', (u) => u.push(null));
on(0x88, (u) => u.push(true));
on(0x89, (u) => u.push(false));
on('K', (u) => u.push(u.unsigned(1)));
on('M', (u) => u.push(u.unsigned(2)));
on('J', (u) => u.push(u.int32()));
on(0x8a, (u) => u.push(u.long(u.unsigned(1))));
on(0x8b, (u) => u.push(u.long(u.unsigned(4))));
on('G', (u) => u.push(u.double()));

on(0x8c, (u) => u.push(u.text(u.unsigned(1))));
on('X', (u) => u.push(u.text(u.unsigned(4))));
on(0x8d, (u) => u.push(u.text(u.unsigned(8))));
on('U', (u) => u.push(u.text(u.unsigned(1))));
on('T', (u) => u.push(u.text(u.unsigned(4))));
on('C', (u) => u.push(u.data(u.unsigned(1)).slice()));
on('B', (u) => u.push(u.data(u.unsigned(4)).slice()));
on(0x8e, (u) => u.push(u.data(u.unsigned(8)).slice()));
on(0x96, (u) => u.push(u.data(u.unsigned(8)).slice()));

on('(', (u) => u.mark());
on('0', (u) => u.pop());
on('1', (u) => u.popMark());
on('2', (u) => u.push(u.top()));
for (const opcode of [')', ']']) on(opcode, (u) => u.push([]));
on('}', (u) => u.push(new Map()));
on(0x8f, (u) => u.push(new Set()));
for (const opcode of ['t', 'l']) on(opcode, (u) => u.push(u.popMark()));
for (const count of [1, 2, 3]) {
  on(0x84 + count, (u) => {
    const items = Array.from({ length: count }, () => u.pop());
    u.push(items.reverse());
  });
}
on('d', (u) => {
  const items = u.popMark();
  u.push(new Map());
  u.setItems(items);
});
on('a', (u) => {
  const item = u.pop();
  u.list().push(item);
});
on('e', (u) => {
  const items = u.popMark();
  const list = u.list();
  for (const item of items) list.push(item);
});
on('s', (u) => {
  const value = u.pop();
  u.setItems([u.pop(), value]);
});
on('u', (u) => u.setItems(u.popMark()));
on(0x90, (u) => {
  const items = u.popMark();
  const target = u.top();
  if (!(target instanceof Set)) return u.broken('it adds elements to what is no set');
  for (const item of items) target.add(item);
});
on(0x91, (u) => u.push(new Set(u.popMark())));

on('q', (u) => u.remember(u.unsigned(1)));
on('r', (u) => u.remember(u.unsigned(4)));
on(0x94, (u) => u.memoize());
on('h', (u) => u.recall(u.unsigned(1)));
on('j', (u) => u.recall(u.unsigned(4)));

on('c', (u) => {
  const module = u.line();
  u.push(u.resolver.global(new Global(module, u.line())));
});
on(0x93, (u) => {
  const name = u.pop();
  u.push(u.resolver.global(new Global(String(u.pop()), String(name))));
});
for (const opcode of ['R', 0x81]) {
  on(opcode, (u) => {
    const args = u.arguments();
    u.push(u.resolver.call(u.pop(), args));
  });
}
// Attributes of an object, such as the versions in an OrderedDict of PyTorch's, which nothing here has.
on('b', (u) => u.pop());
on('Q', (u) => u.push(u.resolver.persistent(u.pop())));
