/** torch.autograd.Function: an op with a gradient of one's own. */
import { RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { DelayedError } from './delayed-error.js';
import { FunctionCtx, FunctionNode, type Gradients, NOTHING, unimplemented } from './function-node.js';
import { checkInPlace, checkView, rebase } from './in-place.js';
import { gradEnabled, recording } from './modes.js';

/**
 * Base class of ops with a backward of their own: a subclass has a static `forward(ctx, ...args)` and a static
 * `backward(ctx, ...grads)` that returns a gradient per argument (null for those without), and is used by its `apply`.
 * With a static `setup_context(ctx, inputs, output)` the forward has no `ctx`. Ops in `backward` are recorded under
 * `create_graph`, which gives higher derivatives.
 *
 * @example
 * class Square extends torch.autograd.Function {
 *   static forward(ctx, x) {
 *     ctx.save_for_backward(x);
 *     return x.mul(x);
 *   }
 *   static backward(ctx, grad) {
 *     const [x] = ctx.saved_tensors;
 *     return grad.mul(x).mul(2);
 *   }
 * }
 * const x = torch.tensor(3, { requires_grad: true });
 * Square.apply(x).backward();
 * x.grad; // tensor(6.)
 */
export class AutogradFunction {
  constructor() {
    throw new RuntimeError(
      'Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with static ' +
        'forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)',
    );
  }

  /** @internal The name of the node where it is not that of the class and 'Backward'. */
  static readonly nodeName?: string;

  /** Computes the results; runs without grad mode. */
  static forward(..._args: any[]): any {
    throw unimplemented('forward');
  }

  /** Keeps in `ctx` what `backward` needs, where `forward` has no `ctx` argument. */
  static setup_context(_ctx: FunctionCtx, _inputs: any[], _output: any): void {}

  /** The gradients of the arguments of `forward` from those of its results. */
  static backward(_ctx: FunctionCtx, ..._grads: any[]): Gradients {
    throw unimplemented('backward');
  }

  /** Runs `forward` and makes the results part of the graph. */
  static apply<Self extends { forward(...args: any[]): any }>(this: Self, ...args: any[]): ReturnType<Self['forward']> {
    // biome-ignore lint/complexity/noThisInStatic: the subclass on which apply() is called
    return applyFunction(this as unknown as typeof AutogradFunction, args) as ReturnType<Self['forward']>;
  }
}
Object.defineProperty(AutogradFunction, 'name', { value: 'Function' });

function applyFunction(cls: typeof AutogradFunction, args: unknown[]): unknown {
  const ctx = new FunctionCtx();
  ctx.needs_input_grad = args.map((a) => a instanceof Tensor && a.requires_grad);
  const recorded = gradEnabled() && ctx.needs_input_grad.includes(true);
  const node = recorded ? new FunctionNode(cls, ctx, args) : null;
  const output = recording(false, () => {
    if (cls.setup_context === AutogradFunction.setup_context) return cls.forward(ctx, ...args);
    const result = cls.forward(...args);
    cls.setup_context(ctx, args, result);
    return result;
  });
  const results: unknown[] = Array.isArray(output) ? [...output] : [output];
  const { dirty, nonDifferentiable } = checkMarks(ctx, args, results);
  for (const t of dirty) t.bump();
  if (node === null) {
    const given = (r: unknown) => (r instanceof Tensor && args.includes(r) ? unrecorded(r, dirty.includes(r)) : r);
    return Array.isArray(output) ? results.map(given) : given(output);
  }
  checkDirty(dirty, results);
  node.describe(results.map((r) => (r instanceof Tensor ? { shape: r.shape, dtype: r.dtype } : NOTHING)));
  results.forEach((r, i) => {
    if (!(r instanceof Tensor)) return;
    const blank = nonDifferentiable.includes(r) || !r.dtype.is_floating_point;
    const given = args.filter((a) => a instanceof Tensor);
    const edge = given.indexOf(r);
    results[i] = link(r, i, node, { given: edge >= 0, changed: dirty.includes(r), blank, edge });
  });
  FunctionCtx.record(ctx).node = node;
  node.save(results);
  return Array.isArray(output) ? results : results[0];
}

function checkMarks(ctx: FunctionCtx, args: readonly unknown[], results: readonly unknown[]) {
  const { dirty, nonDifferentiable } = FunctionCtx.record(ctx);
  const typeOf = (x: unknown) => (x === null ? 'null' : typeof x);
  for (const t of dirty) {
    if (!(t instanceof Tensor))
      throw new RuntimeError(`mark_dirty only accepts variable arguments, but got ${typeOf(t)}`);
    if (!args.includes(t)) {
      warnOnce(
        'ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be passed to ' +
          'ctx.mark_dirty().',
      );
    } else if (!results.includes(t)) {
      throw new RuntimeError(
        'Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must ' +
          'all be outputs of the Function.',
      );
    }
  }
  for (const t of nonDifferentiable) {
    if (!(t instanceof Tensor))
      throw new RuntimeError(`mark_non_differentiable only accepts variable arguments, but got ${typeOf(t)}`);
  }
  return { dirty: dirty.filter((t) => args.includes(t)), nonDifferentiable };
}

/** Refuses changes in place after which gradients would be wrong. */
function checkDirty(dirty: readonly Tensor[], results: readonly unknown[]): void {
  const several = results.filter((r) => r instanceof Tensor).length > 1;
  for (const t of dirty) {
    if (t.base !== null) checkView(t, 'is being modified inplace');
    if (t.base !== null && several) {
      throw new RuntimeError(
        'If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. ' +
          'This is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for ' +
          'example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that ' +
          'returns a single Tensor and a second one that does the other operations). You can ask on the forum ' +
          'https://discuss.pytorch.org/ if you need help to do this change.',
      );
    }
    if (t.requires_grad && t.isLeaf)
      throw new RuntimeError('a leaf Variable that requires grad has been used in an in-place operation.');
    checkInPlace(t, true);
  }
}

/** The result as the caller gets it: with this node as its history, or without any. */
function link(
  result: Tensor,
  nr: number,
  node: FunctionNode,
  { given, changed, blank, edge }: { given: boolean; changed: boolean; blank: boolean; edge: number },
): Tensor {
  if (given && !changed) {
    if (blank) return result.requires_grad ? recording(false, () => result.detach()) : result;
    const alias = recording(false, () => result.view([...result.shape]));
    alias.setHistory(node, nr);
    alias.viewKind = 'function';
    return alias;
  }
  if (blank) return result;
  if (changed && result.base !== null) {
    rebase(result, node, edge);
    return result;
  }
  result.setHistory(node, nr);
  if (result.base !== null) result.viewKind = 'function';
  return result;
}

/** An argument that is returned where nothing is recorded. */
function unrecorded(given: Tensor, changed: boolean): Tensor {
  if (given.requires_grad) return given.detach();
  return changed ? given : recording(false, () => given.view([...given.shape]));
}

const TWICE = 'trying to differentiate twice a function that was marked with @once_differentiable';

/**
 * Wraps a `backward` that cannot be differentiated itself: its result is an error for whoever differentiates it.
 *
 * @example
 * class Twice extends torch.autograd.Function {
 *   static forward(ctx, x) {
 *     return x.mul(2);
 *   }
 *   static backward = torch.autograd.once_differentiable((ctx, grad) => grad.mul(2));
 * }
 * Twice.apply(torch.ones(2, { requires_grad: true })).sum().backward();
 */
export function once_differentiable<F extends (ctx: FunctionCtx, ...grads: any[]) => Gradients>(backward: F): F {
  return ((ctx: FunctionCtx, ...grads: any[]): Gradients => {
    const returned = recording(false, () => backward(ctx, ...grads));
    const sources = grads.filter((g): g is Tensor => g instanceof Tensor && g.requires_grad);
    if (!gradEnabled() || sources.length === 0) return returned;
    const list = (Array.isArray(returned) ? returned : [returned]) as (Tensor | null | undefined)[];
    const node = new DelayedError(TWICE, sources);
    node.describe(list.filter((g) => g instanceof Tensor).map(({ shape, dtype }) => ({ shape, dtype })));
    let nr = 0;
    return list.map((g) => (g instanceof Tensor ? g.aliasWithHistory(node, nr++) : g));
  }) as F;
}
