/** The node of a torch.autograd.Function, and the context that its forward and backward share. */
import { float32 } from '../dtype.js';
import { NotImplementedError, RuntimeError, TypeError } from '../errors.js';
import { zeros } from '../ops/index.js';
import { Tensor } from '../tensor.js';
import { type Meta, Node } from './node.js';
import { FREED, SavedTensor } from './saved.js';

/** What `backward` of a Function returns: a gradient per argument of `forward`, null where there is none. */
export type Gradients = Tensor | null | undefined | readonly (Tensor | null | undefined)[];

const typeName = (x: unknown): string =>
  x === null ? 'null' : typeof x === 'object' ? ((x as object).constructor?.name ?? 'object') : typeof x;

/**
 * What a Function's `forward` keeps for its `backward`: tensors by `save_for_backward`, anything else as properties of
 * its own.
 * @example
 * class Double extends torch.autograd.Function {
 *   static forward(ctx, x) {
 *     return x.mul(2);
 *   }
 *   static backward(ctx, grad) {
 *     return grad.mul(2);
 *   }
 * }
 * Double.apply(torch.ones(2)); // tensor([2., 2.])
 */
export class FunctionCtx {
  /** By argument of `forward`: whether a gradient for it is wanted. */
  needs_input_grad: readonly boolean[] = [];
  [key: string]: any;

  readonly #record: CtxRecord = { saved: [], dirty: [], nonDifferentiable: [], materialize: true, node: null };

  /** Keeps inputs and results of `forward`; changing one in place before backward is an error then. */
  save_for_backward(...tensors: (Tensor | null)[]): void {
    this.#record.saved = tensors;
  }
  /** What was saved, in the same order. Throws RuntimeError once backward has freed it. */
  get saved_tensors(): (Tensor | null)[] {
    return this.#record.node?.saved_tensors ?? [];
  }
  /** Names the arguments that `forward` changes in place; it has to return them, too. */
  mark_dirty(...tensors: Tensor[]): void {
    this.#record.dirty = tensors;
  }
  /** Names the results that have no gradient. */
  mark_non_differentiable(...tensors: Tensor[]): void {
    this.#record.nonDifferentiable = tensors;
  }
  /** With false, `backward` gets null instead of zeros for results that nobody used. */
  set_materialize_grads(value: boolean): void {
    this.#record.materialize = value;
  }

  /** @internal */
  static record(ctx: FunctionCtx): CtxRecord {
    return ctx.#record;
  }
}

interface CtxRecord {
  saved: (Tensor | null)[];
  dirty: Tensor[];
  nonDifferentiable: Tensor[];
  materialize: boolean;
  node: FunctionNode | null;
}

/** What a node needs of the class that it belongs to. */
export interface Differentiable {
  readonly name: string;
  readonly nodeName?: string;
  backward(ctx: FunctionCtx, ...grads: any[]): Gradients;
}

/** What is known of a result that is no tensor. */
export const NOTHING: Meta = { shape: [], dtype: float32 };

export class FunctionNode extends Node {
  /** By argument of forward: its edge, -1 where it is no tensor. */
  private readonly edgeOf: readonly number[];
  private saved: (SavedTensor | null)[] | null = [];

  constructor(
    private readonly cls: Differentiable,
    readonly ctx: FunctionCtx,
    args: readonly unknown[],
  ) {
    super();
    let edges = 0;
    this.edgeOf = args.map((a) => (a instanceof Tensor ? edges++ : -1));
    this.reserve(edges);
    args.forEach((a, i) => {
      if (a instanceof Tensor) this.setInput(this.edgeOf[i] as number, a);
    });
  }

  name(): string {
    return this.cls.nodeName ?? `${this.cls.name}Backward`;
  }
  get needs_input_grad(): readonly boolean[] {
    return this.ctx.needs_input_grad;
  }
  get saved_tensors(): (Tensor | null)[] {
    if (this.saved === null) throw new RuntimeError(FREED);
    return this.saved.map((s) => s?.unpack() ?? null);
  }

  /** Keeps what save_for_backward() was given, once the results have their history. */
  save(results: readonly unknown[]): void {
    this.saved = FunctionCtx.record(this.ctx).saved.map((t, i) => {
      if (t === null || t === undefined) return null;
      if (!(t instanceof Tensor)) {
        throw new TypeError(`save_for_backward can only save variables, but argument ${i} is of type ${typeName(t)}`);
      }
      return new SavedTensor(t, t.node === this ? results.indexOf(t) : -1);
    });
  }

  override release(): void {
    this.saved = null;
  }
  override holds(t: Tensor): boolean {
    return this.saved?.some((s) => s?.tensor === t) ?? false;
  }

  apply(grads: readonly (Tensor | null)[]): (Tensor | null)[] {
    const { materialize } = FunctionCtx.record(this.ctx);
    const given = grads.map((g, i) => g ?? (materialize ? this.zeros(i) : null));
    const returned = this.cls.backward(this.ctx, ...given);
    return this.byEdge(Array.isArray(returned) ? returned : [returned as Tensor | null | undefined]);
  }

  private zeros(result: number): Tensor | null {
    const { shape, dtype } = this.meta(result);
    return shape === NOTHING.shape ? null : zeros([...shape], { dtype });
  }

  private byEdge(returned: readonly (Tensor | null | undefined)[]): (Tensor | null)[] {
    const expected = this.edgeOf.length;
    const surplus = returned.slice(expected);
    if (returned.length < expected || surplus.some((g) => g !== null && g !== undefined)) {
      throw new RuntimeError(
        `function ${this.name()} returned an incorrect number of gradients (expected ${expected}, got ${returned.length})`,
      );
    }
    const out: (Tensor | null)[] = new Array(this.edges.length).fill(null);
    for (const [i, e] of this.edgeOf.entries()) {
      const g = returned[i] ?? null;
      if (e < 0 && g !== null) {
        throw new RuntimeError(
          `function ${this.name()} returned a gradient different than None at position ${i + 1}, but the corresponding forward input was not a Variable`,
        );
      }
      if (g !== null && !(g instanceof Tensor))
        throw new RuntimeError(`expected Variable or None (got ${typeName(g)})`);
      if (e >= 0) out[e] = g;
    }
    return out;
  }
}

export function unimplemented(what: 'forward' | 'backward'): NotImplementedError {
  return new NotImplementedError(
    what === 'forward'
      ? 'You must implement the forward function for custom autograd.Function.'
      : 'You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.',
  );
}
