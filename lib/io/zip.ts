/** Zip archives, as far as checkpoints and .npz files use them. */
import { RuntimeError } from '../errors.js';
import type { Source } from './bytes.js';

const [LOCAL, CENTRAL, END, END64, LOCATOR64] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
const [STORED, DEFLATED] = [0, 8];
const UTF8_NAMES = 0x800;
const MAX32 = 0xffffffff;
// Where data begins, for programs that map the file.
const ALIGNMENT = 64;

// Loading it takes milliseconds, which a program without files never spends.
const zlib = () => require('node:zlib') as typeof import('node:zlib') & { crc32?: (data: Uint8Array) => number };

let table: Uint32Array | undefined;
function tableOfRemainders(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
}

function crc32(bytes: Uint8Array): number {
  const { crc32: native } = zlib();
  // From Node 20.15 on.
  if (native !== undefined) return native(bytes);
  table ??= tableOfRemainders();
  let crc = MAX32;
  for (let i = 0; i < bytes.length; i++) crc = (table[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return (crc ^ MAX32) >>> 0;
}

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export class ZipReader {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly source: Source,
    private readonly caller: string,
  ) {
    const { offset, size, count } = this.directory();
    const bytes = source.read(offset, size);
    const view = viewOf(bytes);
    for (let at = 0, n = 0; n < count; n++) {
      if (at + 46 > size || view.getUint32(at, true) !== CENTRAL) this.damaged('its directory is broken');
      const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
        number,
        number,
        number,
      ];
      const next = at + 46 + name + extra + comment;
      if (next > size) this.damaged('its directory is broken');
      const [packed, whole, header] = this.wide(view, at, at + 46 + name, extra);
      const text = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
      const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
      this.entries.set(text, { method, crc, packed, size: whole, header });
      at = next;
    }
  }

  private damaged(why: string): never {
    throw new RuntimeError(`${this.caller}(): the file is damaged or incomplete: ${why}`);
  }

  /** Sizes and place of an entry; those beyond 32 bits are in a field of their own. */
  private wide(view: DataView, at: number, begin: number, length: number): [number, number, number] {
    const [packed, size, header] = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [
      number,
      number,
      number,
    ];
    let field = begin;
    while (field + 4 <= begin + length && view.getUint16(field, true) !== 1)
      field += 4 + view.getUint16(field + 2, true);
    field += 4;
    const take = (value: number): number => {
      if (value !== MAX32) return value;
      if (field + 8 > begin + length) this.damaged('its directory is broken');
      field += 8;
      return Number(view.getBigUint64(field - 8, true));
    };
    const whole = take(size);
    return [take(packed), whole, take(header)];
  }

  private directory(): { offset: number; size: number; count: number } {
    const { source } = this;
    const start = Math.max(0, source.size - 22 - 0xffff);
    const tail = viewOf(source.read(start, source.size - start));
    let at = tail.byteLength - 22;
    while (at >= 0 && tail.getUint32(at, true) !== END) at--;
    if (at < 0) this.damaged('a zip archive ends with its directory, which is not there');
    const narrow = {
      count: tail.getUint16(at + 10, true),
      size: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    };
    if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR64) return narrow;
    const end = viewOf(source.read(Number(tail.getBigUint64(at - 12, true)), 56));
    if (end.getUint32(0, true) !== END64) this.damaged('its directory is broken');
    const [count, size, offset] = [32, 40, 48].map((field) => Number(end.getBigUint64(field, true))) as [
      number,
      number,
      number,
    ];
    return { count, size, offset };
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  /** Bytes of an entry; undefined where there is none. */
  size(name: string): number | undefined {
    return this.entries.get(name)?.size;
  }

  read(name: string): Uint8Array {
    const entry = this.find(name);
    if (entry.method === DEFLATED) return this.inflated(entry, name);
    const bytes = this.source.read(this.begin(entry), entry.size);
    return this.verified(bytes, entry, name);
  }

  /** Reads an entry of just as many bytes. */
  readInto(name: string, target: Uint8Array): void {
    const entry = this.find(name);
    if (entry.size !== target.length) this.damaged(`${name} has ${entry.size} bytes instead of ${target.length}`);
    if (entry.method === DEFLATED) target.set(this.inflated(entry, name));
    else {
      this.source.readInto(target, this.begin(entry));
      this.verified(target, entry, name);
    }
  }

  private find(name: string): Entry {
    const entry = this.entries.get(name) ?? this.damaged(`${name} is missing`);
    const { method } = entry;
    if (method !== STORED && method !== DEFLATED)
      this.damaged(`${name} is packed by method ${method}, which is unknown`);
    if (method === STORED && entry.packed !== entry.size) this.damaged(`${name} has two sizes`);
    return entry;
  }

  private begin({ header }: Entry): number {
    const view = viewOf(this.source.read(header, 30));
    if (view.getUint32(0, true) !== LOCAL) this.damaged('an entry is not where its directory says');
    return header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  }

  private inflated(entry: Entry, name: string): Uint8Array {
    const packed = this.source.read(this.begin(entry), entry.packed);
    let bytes: Uint8Array;
    try {
      bytes = zlib().inflateRawSync(packed, { maxOutputLength: Math.max(entry.size, 1) });
    } catch {
      return this.damaged(`${name} cannot be unpacked`);
    }
    if (bytes.length !== entry.size) this.damaged(`${name} has ${bytes.length} bytes instead of ${entry.size}`);
    return this.verified(bytes, entry, name);
  }

  private verified(bytes: Uint8Array, { crc }: Entry, name: string): Uint8Array {
    if (crc32(bytes) !== crc) this.damaged(`the checksum of ${name} is wrong`);
    return bytes;
  }
}

/** Writes an archive of entries that are not packed, one after the other. */
export class ZipWriter {
  private readonly directory: Uint8Array[] = [];
  private offset = 0;

  constructor(
    private readonly write: (bytes: Uint8Array) => void,
    private readonly caller: string,
  ) {}

  private put(bytes: Uint8Array): void {
    this.write(bytes);
    this.offset += bytes.length;
  }

  add(name: string, data: Uint8Array): void {
    const text = new TextEncoder().encode(name);
    const begin = this.offset;
    if (begin + data.length > MAX32 - 2 ** 20 || this.directory.length === 0xffff)
      throw new RuntimeError(
        `${this.caller}(): more than 4 GB or 65,535 tensors do not go into one file; save several`,
      );
    const padding = (ALIGNMENT - ((begin + 34 + text.length) % ALIGNMENT)) % ALIGNMENT;
    // Version, flags, method, time, date, checksum and sizes: the same in both headers.
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true);
    common.setUint16(2, UTF8_NAMES, true);
    common.setUint16(8, (1 << 5) | 1, true);
    common.setUint32(10, crc32(data), true);
    common.setUint32(14, data.length, true);
    common.setUint32(18, data.length, true);
    common.setUint16(22, text.length, true);
    const shared = new Uint8Array(common.buffer);
    const local = new Uint8Array(30 + text.length + 4 + padding);
    viewOf(local).setUint32(0, LOCAL, true);
    local.set(shared, 4);
    viewOf(local).setUint16(28, 4 + padding, true);
    local.set(text, 30);
    // A field of padding, under the name that PyTorch gives it.
    local.set([0x46, 0x42, padding, 0], 30 + text.length);
    const central = new Uint8Array(46 + text.length);
    viewOf(central).setUint32(0, CENTRAL, true);
    viewOf(central).setUint16(4, 20, true);
    central.set(shared, 6);
    viewOf(central).setUint32(42, begin, true);
    central.set(text, 46);
    this.directory.push(central);
    this.put(local);
    this.put(data);
  }

  finish(): void {
    const begin = this.offset;
    for (const entry of this.directory) this.put(entry);
    const end = new DataView(new ArrayBuffer(22));
    end.setUint32(0, END, true);
    end.setUint16(8, this.directory.length, true);
    end.setUint16(10, this.directory.length, true);
    end.setUint32(12, this.offset - begin, true);
    end.setUint32(16, begin, true);
    this.put(new Uint8Array(end.buffer));
  }
}
