/** The binary, and the mailbox through which arguments and results cross. */
import { setTimeout } from 'node:timers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadBinary } from './loader.js';

/** What the addon exports (native/addon). */
export interface Binary {
  readonly ops: string[];
  readonly elementwise: number;
  readonly isa: string;
  /** Floating-point operations a second of a loop in registers, with the threads in use. */
  peakFlops(): number;
  emptyRegions(count: number): void;
  initialize(gc: ((minor?: boolean) => void) | undefined, watch: () => void): void;
  idle(): boolean;
  noticeCollection(): void;
  share(id: number): number;
  receive(out: object, number: number): number;
  releaseShared(number: number): void;
  setMailbox(buffer: ArrayBuffer): void;
  call(op: number, out?: object | null): object | undefined;
  item(id: number): number | bigint | boolean;
  bind(id: number, object: object): void;
  dispose(id: number): void;
  fromTypedArray(out: object, array: ArrayBufferView, dtype: number): number;
  toArrayBuffer(id: number): ArrayBuffer;
  hint(): void;
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

/**
 * V8's collector, without a flag on the command line; absent where the embedder forbids flags, and for tests where
 * STRIDED_NO_GC=1.
 */
function captureGc(): ((minor?: boolean) => void) | undefined {
  if (process.env.STRIDED_NO_GC === '1') return undefined;
  // Flags are the process's: another thread that loads the library just now may take this one back in between.
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      setFlagsFromString('--expose-gc');
      const gc = runInNewContext('globalThis.gc') as ((minor?: boolean) => void) | undefined;
      setFlagsFromString('--no-expose-gc');
      // From Node 22 on any argument, also false, asks for a scavenge.
      if (typeof gc === 'function') return (minor) => (minor ? gc(true) : gc());
    } catch {
      return undefined;
    }
  }
  return undefined;
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
binary.initialize(captureGc(), watch);
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
