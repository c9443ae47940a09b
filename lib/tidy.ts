/** torch.tidy(): gives back what a function made, but for what it returns. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Tensor } from './tensor.js';
import { setWatcher } from './watch.js';

/** One tidy() under way. */
class Scope {
  made: Tensor[] = [];
  /** Tensors whose `.grad` was set. */
  gradOwners = new Set<Tensor>();
  open = true;

  constructor(readonly parent: Scope | null) {}

  /** Disposes of all that is not reachable from `result` or from the gradient of a tensor that lives on. */
  close(result: unknown): void {
    this.open = false;
    const made = new Set(this.made);
    const kept = new Set<object>();
    reach(result, kept);
    for (const owner of this.gradOwners) if (!made.has(owner)) reach(owner.gradient, kept);
    const parent = this.parent?.open ? this.parent : null;
    for (const t of made) {
      if (!kept.has(t)) t.dispose();
      else parent?.made.push(t);
    }
    if (parent) for (const owner of this.gradOwners) parent.gradOwners.add(owner);
  }
}

/** Adds `from` and all objects that its fields and elements lead to. */
function reach(from: unknown, seen: Set<object>): void {
  const waiting: object[] = [];
  const visit = (value: unknown) => {
    // Modules are functions.
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (seen.has(value) || ArrayBuffer.isView(value)) return;
    seen.add(value);
    waiting.push(value);
  };
  visit(from);
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value instanceof Map) {
      value.forEach((member, key) => {
        visit(key);
        visit(member);
      });
    } else if (Array.isArray(value) || value instanceof Set) {
      value.forEach(visit);
    } else {
      Object.values(value).forEach(visit);
    }
  }
}

const tasks = new AsyncLocalStorage<Scope | null>();
let running = 0;

const current = (): Scope | null => {
  const scope = tasks.getStore();
  return scope?.open ? scope : null;
};

const watcher = {
  made(t: Tensor): void {
    current()?.made.push(t);
  },
  gradSet(owner: Tensor): void {
    current()?.gradOwners.add(owner);
  },
};

function begin(): void {
  if (running++ === 0) setWatcher(watcher);
}
function end(): void {
  if (--running === 0) setWatcher(null);
}

/**
 * Runs `fn` and disposes of every tensor made meanwhile, except what its result leads to: tensors in arrays, objects,
 * modules, maps and sets, their `.grad`s, bases and graphs with all that these saved. Gradients of tensors from
 * outside and what optimizers remember stay as well; what `fn` stores elsewhere does not. Of an async function the
 * whole task counts, across every await, and nothing that other tasks make. Until `fn` ends all it made is held: tidy
 * the step, not the training.
 * @example
 * const x = torch.ones(1000);
 * const y = torch.tidy(() => x.add(1).mul(2).sum()); // only the sum is left
 */
export function tidy<T>(fn: () => T): T {
  const scope = new Scope(current());
  const finish = (result: unknown) => {
    end();
    scope.close(result);
  };
  begin();
  let result: T;
  try {
    result = tasks.run(scope, fn);
  } catch (error) {
    finish(null);
    throw error;
  }
  if (typeof (result as { then?: unknown } | null | undefined)?.then !== 'function') {
    finish(result);
    return result;
  }
  return (result as unknown as PromiseLike<unknown>).then(
    (value) => {
      finish(value);
      return value;
    },
    (error: unknown) => {
      finish(null);
      throw error;
    },
  ) as T;
}

/** Runs `fn` so that no tidy() around it disposes of what it makes: for state that outlives the step. @internal */
export function untidied<T>(fn: () => T): T {
  return running === 0 ? fn() : tasks.run(null, fn);
}
