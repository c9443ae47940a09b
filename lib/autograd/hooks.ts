/** What hooks on gradients may return: nothing, or gradients that fit where the old ones were. */
import { RuntimeError, TypeError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';

type Hook = (...args: any[]) => unknown;

const nameOf = (hook: Hook): string => hook.name || '<lambda>';
const typeOf = (x: unknown): string =>
  typeof x === 'object' && x !== null ? (x.constructor?.name ?? 'object') : typeof x;
const kindOf = (t: Tensor): string => `torch.${t.dtype.scalarName}Tensor`;

/** The gradient after `hook` saw it and returned `result`. */
export function replaced(hook: Hook, before: Tensor | null, result: unknown): Tensor | null {
  if (result === null || result === undefined) return before;
  if (before === null) throw new RuntimeError("can't replace a None gradient with a non-None value");
  if (typeof (result as Tensor).detach !== 'function') {
    throw new TypeError(`expected Variable, but hook returned '${typeOf(result)}'`);
  }
  const after = result as Tensor;
  if (after.dtype !== before.dtype) {
    throw new RuntimeError(
      `hook '${nameOf(hook)}' has changed the type of value (was ${kindOf(before)} got ${kindOf(after)})`,
    );
  }
  if (!sameShape(after.shape, before.shape))
    throw new RuntimeError(`hook '${nameOf(hook)}' has changed the size of value`);
  return after;
}

/** Puts what `hook` returned for all of `grads` in their places; null in its list leaves no gradient. */
export function replaceAll(hook: Hook, grads: (Tensor | null)[], result: unknown): void {
  if (result === null || result === undefined) return;
  if (!Array.isArray(result)) throw new TypeError(`expected an array, but hook returned '${typeOf(result)}'`);
  if (result.length !== grads.length) {
    throw new RuntimeError(
      `hook '${nameOf(hook)}' has returned an incorrect number of values (got ${result.length}, but expected ${grads.length})`,
    );
  }
  result.forEach((g, i) => {
    grads[i] = g === null || g === undefined ? null : replaced(hook, grads[i] as Tensor | null, g);
  });
}
