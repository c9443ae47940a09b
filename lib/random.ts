/** Generators of random numbers: the same streams as PyTorch's on the CPU. */
import { inspect } from 'node:util';
import { RuntimeError, TypeError, ValueError } from './errors.js';
import { nativeCall } from './ops/native-call.js';
import { Tensor } from './tensor.js';
import { checkDevice } from './tensor-core.js';

// Its generator is the state tensor of one; null is the default generator, which lives in the binary.
const newState = nativeCall<Tensor>('new_generator(Scalar seed)');
const reseed = nativeCall<boolean>('manual_seed(Tensor? generator, Scalar seed) -> bool');
const seedByEntropy = nativeCall<number>('seed(Tensor? generator) -> int');
const getState = nativeCall<Tensor>('get_rng_state(Tensor? generator)');
const setState = nativeCall<boolean>('set_rng_state(Tensor? generator, Tensor state) -> bool');

const DEFAULT_SEED = 67280421310721n;

/** Seeds are 64 bits, signed or unsigned. */
function checkSeed(seed: number | bigint): bigint {
  if (typeof seed !== 'bigint' && !(typeof seed === 'number' && Number.isInteger(seed))) {
    throw new RuntimeError(`manual_seed expected a long, but got ${typeof seed === 'number' ? 'float' : typeof seed}`);
  }
  const value = BigInt(seed);
  if (value < -(2n ** 63n) || value >= 2n ** 64n) throw new ValueError('Overflow when unpacking long long');
  return value;
}

/**
 * A stream of random numbers of its own, for the `generator` argument of random ops. It starts with a fixed seed.
 * @example
 * const generator = new torch.Generator().manual_seed(1);
 * torch.rand(2, { generator });
 */
export class Generator {
  /** Null for the default generator. @internal */
  readonly state: Tensor | null;

  constructor(options: string | { device?: unknown } = {}) {
    checkDevice(typeof options === 'string' ? options : options.device);
    this.state = newState(DEFAULT_SEED);
  }

  get device(): 'cpu' {
    return 'cpu';
  }

  /** Starts the stream that belongs to `seed`, a whole number of 64 bits. */
  manual_seed(seed: number | bigint): this {
    reseed(this.state, checkSeed(seed));
    return this;
  }

  /** Starts a stream that nobody can foresee and returns its seed. */
  seed(): number {
    return seedByEntropy(this.state);
  }

  /** The seed of the stream: a bigint beyond 2^53. */
  initial_seed(): number | bigint {
    const bytes = this.get_state().toTypedArray();
    const seed = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
    return seed <= Number.MAX_SAFE_INTEGER ? Number(seed) : seed;
  }

  /** Where in the stream the generator is: a uint8 tensor of 5056 bytes, laid out as PyTorch's. */
  get_state(): Tensor {
    return getState(this.state);
  }

  /** Goes on from where `get_state()` was called. */
  set_state(new_state: Tensor): this {
    if (!(new_state instanceof Tensor)) throw new TypeError(`expected a torch.ByteTensor, but got ${typeof new_state}`);
    setState(this.state, new_state);
    return this;
  }

  [inspect.custom](): string {
    return `<torch.Generator device='cpu' seed=${this.initial_seed()}>`;
  }
}

/** The generator that random ops draw from without a `generator` argument; each worker thread has its own. */
export const default_generator: Generator = Object.create(Generator.prototype, {
  state: { value: null, enumerable: true },
});

/**
 * Restarts the default generator from `seed`.
 * @example
 * torch.manual_seed(0);
 * torch.rand(1).item(); // 0.49625658988952637
 */
export function manual_seed(seed: number | bigint): Generator {
  return default_generator.manual_seed(seed);
}
/**
 * Seeds the default generator with a number that nobody can foresee, which is returned.
 * @example
 * torch.seed() === torch.initial_seed(); // true
 */
export function seed(): number {
  return default_generator.seed();
}
/**
 * The seed of the default generator.
 * @example
 * torch.manual_seed(7);
 * torch.initial_seed(); // 7
 */
export function initial_seed(): number | bigint {
  return default_generator.initial_seed();
}
/**
 * Where in its stream the default generator is.
 * @example
 * const state = torch.get_rng_state();
 * const x = torch.rand(2);
 * torch.set_rng_state(state);
 * torch.rand(2).equal(x); // true
 */
export function get_rng_state(): Tensor {
  return default_generator.get_state();
}
/**
 * Goes on from where `get_rng_state()` was called.
 * @example
 * const state = torch.get_rng_state();
 * const x = torch.rand(2);
 * torch.set_rng_state(state);
 * torch.rand(2).equal(x); // true
 */
export function set_rng_state(new_state: Tensor): void {
  default_generator.set_state(new_state);
}

/**
 * Runs `fn` and puts the default generator back to where it was before, or does so when the guard that is returned is
 * disposed of. Where `fn` returns a promise, that is when it is settled.
 * @example
 * torch.random.fork_rng(() => torch.rand(2));
 */
export function fork_rng<T>(fn: () => T): T;
export function fork_rng(): Disposable;
export function fork_rng(fn?: () => unknown): unknown {
  const state = get_rng_state();
  const restore = () => set_rng_state(state);
  if (fn === undefined) return { [Symbol.dispose]: restore };
  let result: unknown;
  try {
    result = fn();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore);
  restore();
  return result;
}
