/** The binary, and the mailbox through which arguments and results cross. */
import { setTimeout } from 'node:timers';
import { loadBinary } from './loader.js';

/** What the addon exports (native/addon). */
export interface Binary {
  readonly ops: string[];
  readonly elementwise: number;
  readonly isa: string;
  /** Floating-point operations a second of a loop in registers, with the threads in use. */
  peakFlops(): number;
  emptyRegions(count: number): void;
  initialize(gc: (minor: boolean) => boolean, watch: () => void): void;
  idle(): boolean;
  noticeCollection(): void;
  share(id: number): number;
  receive(out: object, number: number, dtype: number, shape: readonly number[]): number;
  releaseShared(number: number): void;
  setMailbox(buffer: ArrayBuffer): void;
  call(op: number, out?: object | null): object | true | undefined;
  item(id: number): number | bigint | boolean;
  bind(id: number, object: object): void;
  dispose(id: number): void;
  fromTypedArray(out: object, array: ArrayBufferView, dtype: number): number;
  toArrayBuffer(id: number): ArrayBuffer;
  hint(): void;
  collectDue(): void;
  collect(): void;
  stats(): Record<string, number>;
  resetPeak(): void;
  emptyCache(): void;
  setLimit(bytes: number): void;
  getNumThreads(): number;
  setNumThreads(count: number): void;
}

function load(): Binary {
  // Read by OpenMP's runtime when the binary is loaded: how long its idle threads spin before they sleep.
  process.env.GOMP_SPINCOUNT ??= '20000';
  return loadBinary() as Binary;
}

type Collector = (minor?: boolean) => void;

/** V8's collector, without a flag on the command line; null where the embedder forbids flags. */
function captureCollector(): Collector | null {
  try {
    // Both take milliseconds to load, which a program that allocates little never spends. A test runner's own `require`
    // fails the run when a timer of ours calls it after the last test.
    const builtin = process.getBuiltinModule ?? require;
    const { setFlagsFromString } = builtin('node:v8') as typeof import('node:v8');
    const { runInNewContext } = builtin('node:vm') as typeof import('node:vm');
    // Flags are the process's: another thread that wants the collector just now may take this one back in between.
    for (let attempt = 0; attempt < 20; attempt++) {
      setFlagsFromString('--expose-gc');
      const found = runInNewContext('globalThis.gc') as Collector | undefined;
      setFlagsFromString('--no-expose-gc');
      if (typeof found === 'function') return found;
    }
  } catch {
    // As without the flag.
  }
  return null;
}

// Tests set STRIDED_NO_GC=1 for an embedder that forbids flags.
let collector: Collector | null | undefined = process.env.STRIDED_NO_GC === '1' ? null : undefined;

/** A scavenge, or a full collection; false where V8's collector is out of reach. */
function collect(minor: boolean): boolean {
  if (collector === undefined) collector = captureCollector();
  if (collector === null) return false;
  // From Node 22 on any argument, also false, asks for a scavenge.
  if (minor) collector(true);
  else collector();
  return true;
}

const IDLE_MS = 50;

/** Memory has grown: where the program goes idle instead of allocating on, garbage is released all the same. */
function watch(): void {
  setTimeout(() => {
    if (binary.idle()) watch();
  }, IDLE_MS).unref();
}

// An object that dies with the next collection tells of it, from the event loop.
const canary = new FinalizationRegistry(() => {
  binary.noticeCollection();
  canary.register({}, null);
});

export const binary = load();
binary.initialize(collect, watch);
canary.register({}, null);

/** Arguments go in from 0 on, results come out from 0 on (native/addon/arguments.h). */
export let mailbox = new Float64Array(4096);
binary.setMailbox(mailbox.buffer);

/** Makes room for `length` numbers and keeps those already written. */
export function growMailbox(length: number): void {
  const grown = new Float64Array(Math.max(2 * mailbox.length, length));
  grown.set(mailbox);
  mailbox = grown;
  binary.setMailbox(grown.buffer);
}

const codes = new Map(binary.ops.map((name, code) => [name, code]));

/** The number of a native op; undefined where the binary has none of that name. */
export function opCode(name: string): number | undefined {
  return codes.get(name);
}

/** The names of all native ops. */
export function nativeNames(): readonly string[] {
  return binary.ops;
}
