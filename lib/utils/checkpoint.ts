/** torch.utils.checkpoint: less memory for a second forward. */

import { backward } from '../autograd/backward.js';
import { accumulatesIntoAll } from '../autograd/engine.js';
import { AutogradFunction } from '../autograd/function.js';
import type { FunctionCtx } from '../autograd/function-node.js';
import { saved_tensors_hooks } from '../autograd/graph.js';
import { recording, within } from '../autograd/modes.js';
import { RuntimeError, ValueError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import { get_rng_state, set_rng_state } from '../random.js';
import { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';

export interface CheckpointOptions {
  /** Whether the second forward runs inside a backward of its own; false where nothing is said. */
  use_reentrant?: boolean;
  /** Whether random numbers are the same in both forwards; true. */
  preserve_rng_state?: boolean;
}

/**
 * The second forward saved something else than the first one did.
 * @example
 * new torch.utils.checkpoint.CheckpointError('recomputed values differ') instanceof torch.RuntimeError; // true
 */
export class CheckpointError extends RuntimeError {}
Object.defineProperty(CheckpointError.prototype, 'name', {
  value: 'CheckpointError',
  writable: true,
  configurable: true,
});

/** Runs `fn` with the random numbers that followed `state`, and goes on with those of now. */
function withRandomState<T>(state: Tensor | null, fn: () => T): T {
  if (state === null) return fn();
  const now = get_rng_state();
  set_rng_state(state);
  try {
    return fn();
  } finally {
    set_rng_state(now);
  }
}

class CheckpointFunction extends AutogradFunction {
  static override forward(ctx: FunctionCtx, fn: (...args: any[]) => any, preserve: boolean, ...args: any[]): any {
    ctx.fn = fn;
    ctx.state = preserve ? get_rng_state() : null;
    ctx.args = args.map((a) => (a instanceof Tensor ? null : a));
    ctx.save_for_backward(...args.map((a) => (a instanceof Tensor ? a : null)));
    return fn(...args);
  }
  static override backward(ctx: FunctionCtx, ...grads: (Tensor | null)[]): (Tensor | null)[] {
    if (!accumulatesIntoAll()) {
      throw new RuntimeError(
        'When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to .backward(). ' +
          'To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the `inputs` argument.',
      );
    }
    const saved = ctx.saved_tensors;
    const args = (ctx.args as unknown[]).map((a, i) => {
      const t = saved[i];
      return t ? t.detach().requires_grad_(t.requires_grad) : a;
    });
    const output = withRandomState(ctx.state, () => recording(true, () => ctx.fn(...args)));
    const roots = (Array.isArray(output) ? output : [output]) as unknown[];
    const used = roots.map((r, i) => [r, grads[i]] as const).filter(([r]) => r instanceof Tensor && r.requires_grad);
    if (used.length === 0) {
      throw new RuntimeError('none of output has requires_grad=True, this checkpoint() is not necessary');
    }
    backward(
      used.map(([r]) => r as Tensor),
      used.map(([, g]) => g as Tensor),
    );
    return [null, null, ...args.map((a) => (a instanceof Tensor ? a.grad : null))];
  }
}
Object.defineProperty(CheckpointFunction, 'name', { value: 'CheckpointFunction' });

/** Stands in the graph for the saved tensor of a number. */
interface Holder {
  readonly index: number;
  readonly shape: readonly number[];
  readonly dtype: string;
}
const STOP = Symbol('all that was saved is there again');

function withoutReentry<T>(fn: (...args: any[]) => T, args: unknown[], preserve: boolean): T {
  const state = preserve ? get_rng_state() : null;
  let count = 0;
  let values: Tensor[] | null = null;
  const recompute = (): Tensor[] => {
    const found: Tensor[] = [];
    const keep = (t: Tensor) => {
      found.push(t.detach());
      if (found.length === count) throw STOP;
      return t;
    };
    try {
      withRandomState(state, () =>
        within({ grad: true, hooks: { pack: keep, unpack: (t: Tensor) => t } }, () => fn(...args)),
      );
    } catch (error) {
      if (error !== STOP) throw error;
    }
    if (found.length !== count) {
      throw new CheckpointError(
        'torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n' +
          `Number of tensors saved during forward: ${count}\n` +
          `Number of tensors saved during recomputation: ${found.length}.`,
      );
    }
    return found;
  };
  const left = new Set<number>();
  const pack = (t: Tensor): Holder => ({ index: count++, shape: t.shape, dtype: String(t.dtype) });
  const unpack = ({ index, shape, dtype }: Holder): Tensor => {
    if (values === null || !left.has(index)) {
      values = recompute();
      for (let i = 0; i < count; i++) left.add(i);
    }
    const value = values[index] as Tensor;
    left.delete(index);
    if (left.size === 0) values = null;
    if (String(value.shape) !== String(shape) || String(value.dtype) !== dtype) {
      const meta = (s: readonly number[], d: string) =>
        `{'shape': torch.Size([${s.join(', ')}]), 'dtype': ${d}, 'device': device(type='cpu')}`;
      throw new CheckpointError(
        'torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.\n' +
          `tensor at position ${index}:\nsaved metadata: ${meta(shape, dtype)}\n` +
          `recomputed metadata: ${meta(value.shape, String(value.dtype))}\n`,
      );
    }
    return value;
  };
  return saved_tensors_hooks(pack, unpack, () => fn(...args));
}

function optionsOf(name: string, args: unknown[]): { rest: unknown[]; options: CheckpointOptions } {
  const last = args.at(-1);
  if (!isOptions(last)) return { rest: args, options: {} };
  const known = ['use_reentrant', 'preserve_rng_state'];
  const unknown = Object.keys(last as object).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new ValueError(`Unexpected keyword arguments: ${unknown.join(',')} (${name} knows ${known.join(', ')})`);
  }
  return { rest: args.slice(0, -1), options: last as CheckpointOptions };
}

/**
 * Calls `fn(...args)` without keeping what its ops save for backward: backward calls it again for that. The options
 * are one trailing object. With `use_reentrant` an argument has to require grad, and `autograd.grad` cannot be used.
 *
 * @example
 * const x = torch.ones(3, { requires_grad: true });
 * torch.utils.checkpoint.checkpoint((t) => t.exp().sin(), x, { use_reentrant: false }).sum().backward();
 */
export function checkpoint(fn: (...args: any[]) => any, ...args: any[]): any {
  const { rest, options } = optionsOf('checkpoint()', args);
  const preserve = options.preserve_rng_state ?? true;
  if (!options.use_reentrant) return withoutReentry(fn, rest, preserve);
  if (!rest.some((a) => a instanceof Tensor && a.requires_grad)) {
    warnOnce('None of the inputs have requires_grad=True. Gradients will be None');
  }
  return CheckpointFunction.apply(fn, preserve, ...rest);
}

/**
 * Calls `functions`, a list or a Sequential, one after the other on `input`, in `segments` parts of which all but the
 * last are checkpointed.
 *
 * @example
 * const model = new torch.nn.Sequential(new torch.nn.Linear(2, 2), new torch.nn.ReLU(), new torch.nn.Linear(2, 1));
 * const x = torch.ones(4, 2, { requires_grad: true });
 * torch.utils.checkpoint.checkpoint_sequential(model, 2, x, { use_reentrant: false }).sum().backward();
 */
export function checkpoint_sequential(
  functions: readonly ((x: any) => any)[] | { children(): ((x: any) => any)[] },
  segments: number,
  input: any,
  options: CheckpointOptions = {},
): any {
  const list = 'children' in functions ? functions.children() : functions;
  const size = Math.max(Math.floor(list.length / segments), 1);
  const part = (from: number, to: number) => (x: any) => list.slice(from, to).reduce((t, f) => f(t), x);
  let out = input;
  let from = 0;
  for (; from < size * (segments - 1) && from + size <= list.length; from += size) {
    out = checkpoint(part(from, from + size), out, options);
  }
  return part(from, list.length)(out);
}
