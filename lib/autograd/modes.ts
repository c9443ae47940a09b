/** Grad mode and inference mode: what is recorded. A mode never leaks into another async task. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tensor } from '../tensor.js';

/** Turns a tensor that is saved for backward into what is kept, and back. */
export interface SavedHooks {
  readonly pack: (tensor: Tensor) => unknown;
  readonly unpack: (packed: any) => Tensor;
}

interface Modes {
  readonly grad: boolean;
  readonly inference: boolean;
  readonly hooks: SavedHooks | null;
  /** Whether nodes note where they were made; `nan`: backward also looks for NaN. */
  readonly anomaly: 'off' | 'on' | 'nan';
  /** Whether more than `grad` differs from what is usual. */
  readonly special: boolean;
}

const tasks = new AsyncLocalStorage<Modes>();
const RECORDING: Modes = { grad: true, inference: false, hooks: null, anomaly: 'off', special: false };
const SILENT: Modes = { ...RECORDING, grad: false };
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
 * Whether gradients are being recorded.
 * @example
 * torch.no_grad(() => torch.is_grad_enabled()); // false
 */
export const is_grad_enabled = gradEnabled;

/**
 * Whether `torch.inference_mode` is on.
 * @example
 * torch.inference_mode(() => torch.is_inference_mode_enabled()); // true
 */
export function is_inference_mode_enabled(): boolean {
  return modes().inference;
}

/** What packs saved tensors now. */
export function savedHooks(): SavedHooks | null {
  return asyncTasks ? modes().hooks : current.hooks;
}

/** Whether nodes note where they were made. */
export function anomaly(): Modes['anomaly'] {
  return asyncTasks ? modes().anomaly : current.anomaly;
}

function changed(change: Partial<Modes>): Modes {
  const next = { ...modes(), ...change };
  const { grad, inference, hooks, anomaly } = next;
  return { grad, inference, hooks, anomaly, special: inference || hooks !== null || anomaly !== 'off' };
}

/** Runs `fn` with some modes changed; where it is async, they hold for its whole task and nowhere else. */
export function within<T>(change: Partial<Modes>, fn: () => T): T {
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

/** The same for the library's own functions, of which none is async: cheaper where no task has modes of its own. */
export function recording<T>(grad: boolean, fn: () => T): T {
  if (asyncTasks || current.special) return within({ grad }, fn);
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
  constructor(change: Partial<Modes>) {
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

export function scoped(change: Partial<Modes>): Scoped {
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
 * Like `no_grad`, for code that never needs gradients of what it makes.
 * @example
 * torch.inference_mode(() => torch.ones(1, { requires_grad: true }).mul(2)).requires_grad; // false
 */
export const inference_mode: Scoped = scoped({ grad: false, inference: true });

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
