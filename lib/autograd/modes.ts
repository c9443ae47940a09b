/** Grad mode and inference mode: what is recorded. A mode never leaks into another async task. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { DType } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import type { Tensor } from '../tensor.js';

/** Turns a tensor that is saved for backward into what is kept, and back. */
export interface SavedHooks {
  readonly pack: (tensor: Tensor) => unknown;
  readonly unpack: (packed: any) => Tensor;
}

/** A region of torch.autocast. */
export interface Autocast {
  readonly enabled: boolean;
  readonly dtype: DType;
  /** Weights in that dtype until the outermost region ends; null: none are kept. */
  readonly cache: Map<Tensor, Tensor> | null;
}

interface Modes {
  /** Whether gradients are recorded: `wanted`, but not in inference mode. */
  readonly grad: boolean;
  /** What grad mode says. */
  readonly wanted: boolean;
  readonly inference: boolean;
  readonly hooks: SavedHooks | null;
  /** Whether nodes note where they were made; `nan`: backward also looks for NaN. */
  readonly anomaly: 'off' | 'on' | 'nan';
  /** The dtypes that ops take their inputs in; null outside of autocast. */
  readonly autocast: Autocast | null;
  /** Values of parametrized tensors while they are remembered. */
  readonly parametrizations: Map<unknown, unknown> | null;
  /** Whether more than `grad` differs from what is usual. */
  readonly special: boolean;
}

const tasks = new AsyncLocalStorage<Modes>();
const RECORDING: Modes = {
  grad: true,
  wanted: true,
  inference: false,
  hooks: null,
  anomaly: 'off',
  autocast: null,
  parametrizations: null,
  special: false,
};
const SILENT: Modes = { ...RECORDING, grad: false, wanted: false };
let current: Modes = RECORDING;
// Looking a mode up per task costs; nobody pays before somebody passes an async function.
let asyncTasks = false;

function modes(): Modes {
  return asyncTasks ? (tasks.getStore() ?? current) : current;
}

export function gradEnabled(): boolean {
  return asyncTasks ? modes().grad : current.grad;
}

/**
 * Whether grad mode is on; inside `inference_mode` nothing is recorded even so.
 * @example
 * torch.no_grad(() => torch.is_grad_enabled()); // false
 */
export function is_grad_enabled(): boolean {
  return modes().wanted;
}

/**
 * Whether `torch.inference_mode` is on.
 * @example
 * torch.inference_mode(() => torch.is_inference_mode_enabled()); // true
 */
export function is_inference_mode_enabled(): boolean {
  return modes().inference;
}

/** The version of a tensor made in inference mode, which is not counted: what tells such tensors from others. */
export const UNCOUNTED = { count: 0 };
// Nobody pays for a mode that was never on.
let everInference = false;

/** Refuses to change a tensor made in inference mode elsewhere; after the fact, as PyTorch does. */
export function checkUncountedChange(): void {
  if (modes().inference) return;
  throw new RuntimeError(
    'Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal tensor before ' +
      'doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.',
  );
}

/** The version that a tensor made now has. */
export function newCounter(): { count: number } | null {
  return everInference && modes().inference ? UNCOUNTED : null;
}

/** What packs saved tensors now. */
export function savedHooks(): SavedHooks | null {
  return asyncTasks ? modes().hooks : current.hooks;
}

/** Whether nodes note where they were made. */
export function anomaly(): Modes['anomaly'] {
  return asyncTasks ? modes().anomaly : current.anomaly;
}

// Nobody looks for a region before there was one.
let autocastSeen = false;

/** The region of autocast that ops run in; null: none, or one that is switched off. */
export function activeAutocast(): Autocast | null {
  if (!autocastSeen) return null;
  const { autocast } = modes();
  return autocast?.enabled ? autocast : null;
}

/** The innermost region of autocast. */
export function autocastRegion(): Autocast | null {
  return modes().autocast;
}

/** Values of parametrized tensors, where they are remembered. */
export function parametrizationCache(): Map<unknown, unknown> | null {
  return modes().parametrizations;
}

/** What `within` and guards may change; `grad` stands for grad mode. */
type Change = Partial<Omit<Modes, 'wanted' | 'special'>>;

function changed(change: Change): Modes {
  const before = modes();
  const next = { ...before, ...change };
  const { inference, hooks, anomaly } = next;
  const wanted = change.grad ?? before.wanted;
  everInference ||= inference;
  autocastSeen ||= next.autocast !== null;
  const special = inference || hooks !== null || anomaly !== 'off';
  return { ...next, grad: wanted && !inference, wanted, special };
}

/** Runs `fn` with some modes changed; where it is async, they hold for its whole task and nowhere else. */
export function within<T>(change: Change, fn: () => T): T {
  if (typeof fn !== 'function') {
    const got = (fn as object | null)?.constructor.name ?? String(fn);
    throw new TypeError(`expected a function to run, but got ${got}: write () => f(x) rather than f(x)`);
  }
  const next = changed(change);
  const before = current;
  current = next;
  try {
    const result = tasks.run(next, fn);
    if (!asyncTasks && typeof (result as { then?: unknown } | null | undefined)?.then === 'function') {
      asyncTasks = true;
      // From here on the task's modes count, which recording() has passed by.
      if (tasks.getStore() !== undefined) tasks.enterWith(before);
    }
    return result;
  } finally {
    current = before;
  }
}

/**
 * The same for the library's own functions, of which none is async: cheaper where no task has modes of its own. They run
 * outside of autocast.
 */
export function recording<T>(grad: boolean, fn: () => T): T {
  if (asyncTasks || current.special) return within({ grad, autocast: null }, fn);
  const before = current;
  current = grad ? RECORDING : SILENT;
  try {
    return fn();
  } finally {
    current = before;
  }
}

/** What `torch.no_grad()` without a function gives: `using _ = torch.no_grad()`, or call `dispose()`. */
export class ModeGuard {
  readonly #before = modes();
  #active = true;
  constructor(change: Change) {
    enter(changed(change));
  }
  dispose(): void {
    if (!this.#active) return;
    this.#active = false;
    enter(this.#before);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }
}

function enter(next: Modes): void {
  current = next;
  if (asyncTasks) tasks.enterWith(next);
}

export type Scoped = { <T>(fn: () => T): T; (): ModeGuard };

export function scoped(change: Change): Scoped {
  return (<T>(fn?: () => T) => (fn ? within(change, fn) : new ModeGuard(change))) as Scoped;
}

/**
 * Runs a function without recording gradients and returns what it returns; without a function, a guard for `using`.
 * @example
 * const x = torch.ones(2, { requires_grad: true });
 * torch.no_grad(() => x.mul(2)).requires_grad; // false
 */
export const no_grad: Scoped = scoped({ grad: false });

/**
 * The opposite of `no_grad`, for use inside it.
 * @example
 * const x = torch.ones(1, { requires_grad: true });
 * torch.no_grad(() => torch.enable_grad(() => x.mul(2))).requires_grad; // true
 */
export const enable_grad: Scoped = scoped({ grad: true });

/**
 * Like `no_grad`, for code that never needs gradients of what it makes: tensors made inside (`is_inference()`) count no
 * versions, and outside they may neither be changed in place nor saved for backward. `inference_mode(false, fn)` turns it off.
 * @example
 * torch.inference_mode(() => torch.ones(2).mul(2)).is_inference(); // true
 */
export function inference_mode<T>(fn: () => T): T;
export function inference_mode(mode?: boolean): ModeGuard;
export function inference_mode<T>(mode: boolean, fn: () => T): T;
export function inference_mode<T>(mode: boolean | (() => T) = true, fn?: () => T): T | ModeGuard {
  if (typeof mode === 'function') return within({ grad: false, inference: true }, mode);
  const change = { grad: !mode, inference: mode };
  return fn ? within(change, fn) : new ModeGuard(change);
}

/**
 * Like `no_grad(fn)` or `enable_grad(fn)` by its first argument; without a function it returns a guard and holds until
 * disposed of.
 * @example
 * torch.set_grad_enabled(false, () => torch.is_grad_enabled()); // false
 */
export function set_grad_enabled(mode: boolean): ModeGuard;
export function set_grad_enabled<T>(mode: boolean, fn: () => T): T;
export function set_grad_enabled<T>(mode: boolean, fn?: () => T): T | ModeGuard {
  return fn ? within({ grad: mode }, fn) : new ModeGuard({ grad: mode });
}
