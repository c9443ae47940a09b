/** The nodes of the graph that backward() walks. */
import { inspect } from 'node:util';
import { type DType, float32 } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { replaceAll, replaced } from './hooks.js';
import { anomaly } from './modes.js';
import { noteOrigin } from './origins.js';

const NO_SHAPE: readonly number[] = [];
const NO_EDGES: (Node | null)[] = [];
const notes = new WeakMap<Node, Record<string, unknown>>();
let sequence = 0;
let addresses = 0x7f0000000000;

/** Shape and dtype of a result of a node: what its gradient must look like. */
export interface Meta {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

// Most inputs are first results of ops with few inputs: those nodes share one list.
const ALL_FIRST: readonly number[] = new Array(32).fill(0);

/** Hooks before a node run in this order: those of its results, what keeps `.grad`, those of the node itself. */
export const TENSOR_HOOK = 0;
export const RETAIN_HOOK = 1;
const NODE_HOOK = 2;
export interface PreHook {
  /** The result whose gradient it gets. */
  readonly result: number;
  readonly hook: (grad: any) => unknown;
  readonly rank: number;
}

/**
 * A node is itself what is known of its first result: a graph is made of very many of them.
 * @example
 * torch.ones(1, { requires_grad: true }).mul(2).grad_fn?.name(); // 'MulBackward0'
 */
export abstract class Node implements Meta {
  /** What an op keeps for backward, by the name of its argument or result. */
  [saved: `_saved_${string}`]: any;
  /** The nodes that made the inputs, null where no gradient is wanted; with the number of the result there. */
  edges: (Node | null)[] = NO_EDGES;
  edgeResults: readonly number[] = ALL_FIRST;
  shape: readonly number[] = NO_SHAPE;
  dtype: DType = float32;
  /** What is known of the results after the first. */
  others: Meta[] | null = null;
  readonly seq = ++sequence;
  /** The engine's notes on a run under way. */
  task: unknown = null;
  /** Called with the gradient of one result before this node runs; what they return replaces it. */
  preHooks: PreHook[] | null = null;
  /** Called with the gradients of the inputs and of the results after this node ran. */
  hooks: ((inputs: (Tensor | null)[], outputs: readonly (Tensor | null)[]) => unknown)[] | null = null;
  private address = 0;

  constructor() {
    if (anomaly() !== 'off') noteOrigin(this);
  }

  abstract name(): string;
  /** The gradients of the inputs, one per edge, from those of the results. */
  abstract apply(grads: readonly (Tensor | null)[], wanted: (edge: number) => boolean): (Tensor | null)[];
  /** Whether apply() keeps nothing of the gradients it gets, for longer than it runs. */
  get forgetsGrads(): boolean {
    return false;
  }
  /** Forgets what was saved for the backward pass. */
  release(): void {}

  /** Whether `t` is kept for another backward pass, and so may not be changed. */
  holds(_t: Tensor): boolean {
    return false;
  }

  /** What is known of result `i`. */
  meta(i: number): Meta {
    return i === 0 ? this : (this.others?.[i - 1] as Meta);
  }
  get resultCount(): number {
    return this.others === null ? 1 : 1 + this.others.length;
  }
  /** Takes note of shapes and dtypes of the results. */
  describe(results: readonly Meta[]): void {
    const first = results[0];
    if (first === undefined) return;
    this.shape = first.shape;
    this.dtype = first.dtype;
    this.others = results.length === 1 ? null : results.slice(1).map(({ shape, dtype }) => ({ shape, dtype }));
  }

  addPreHook(entry: PreHook): { remove(): void } {
    this.preHooks ??= [];
    const list = this.preHooks;
    const handle = removable(list, entry);
    list.sort((a, b) => a.rank - b.rank);
    return handle;
  }

  /** Shows the gradients of the results to the hooks of the tensors that they were. */
  runPreHooks(grads: (Tensor | null)[]): void {
    for (const { result, hook, rank } of this.preHooks ? [...this.preHooks] : []) {
      const grad = grads[result];
      if (rank !== NODE_HOOK && grad) grads[result] = replaced(hook, grad, hook(grad));
    }
  }
  /** Shows them to the hooks of this node. */
  runNodePreHooks(grads: (Tensor | null)[]): void {
    for (const { hook, rank } of this.preHooks ? [...this.preHooks] : []) {
      if (rank === NODE_HOOK) replaceAll(hook, grads, hook([...grads]));
    }
  }

  runHooks(inputs: (Tensor | null)[], outputs: readonly (Tensor | null)[]): void {
    for (const hook of this.hooks ? [...this.hooks] : []) replaceAll(hook, inputs, hook([...inputs], outputs));
  }

  /**
   * Calls `hook` with the gradients of inputs and results whenever this node has run; `remove()` of what it returns
   * ends that.
   */
  register_hook(hook: (inputs: (Tensor | null)[], outputs: readonly (Tensor | null)[]) => unknown): { remove(): void } {
    this.hooks ??= [];
    return removable(this.hooks, hook);
  }

  /** Calls `hook` with the gradients of the results before this node runs; what it returns replaces them. */
  register_prehook(hook: (grads: readonly (Tensor | null)[]) => unknown): { remove(): void } {
    return this.addPreHook({ result: -1, hook: hook as (grads: unknown) => unknown, rank: NODE_HOOK });
  }

  /** A place for notes of the user on this node. */
  get metadata(): Record<string, unknown> {
    const found = notes.get(this) ?? {};
    notes.set(this, found);
    return found;
  }

  /** [node, number of its result] for each input, as in PyTorch. */
  get next_functions(): [Node | null, number][] {
    return this.edges.map((node, i) => [node, node ? (this.edgeResults[i] as number) : 0]);
  }

  /** Makes room for so many edges. */
  protected reserve(count: number): void {
    // Literals for what nearly all nodes are: growing costs more.
    this.edges = count === 1 ? [null] : count === 2 ? [null, null] : new Array(count).fill(null);
    if (count > ALL_FIRST.length) this.edgeResults = new Array(count).fill(0);
  }
  /** Leads edge `e` to whatever made `t`. */
  protected setInput(e: number, t: Tensor): void {
    if (t.requires_grad) this.setEdge(e, t.gradientNode(), t.output_nr);
  }
  protected setEdge(e: number, node: Node | null, result: number): void {
    this.edges[e] = node;
    if (result === 0) return;
    if (this.edgeResults === ALL_FIRST) this.edgeResults = new Array(this.edges.length).fill(0);
    (this.edgeResults as number[])[e] = result;
  }

  toString(): string {
    this.address ||= addresses += 0x40;
    return `<${this.name()} object at 0x${this.address.toString(16)}>`;
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** A node as PyTorch's texts about its results name it. */
export function maker(node: Node | null): string {
  const name = node?.name() ?? '';
  return name === 'CopySlices' ? `torch::autograd::${name}` : name.replace(/Backward\d*$/, '');
}

/** Appends to a list of hooks; gives what takes it off again. */
export function removable<T>(list: T[], entry: T): { remove(): void } {
  list.push(entry);
  return {
    remove() {
      const at = list.indexOf(entry);
      if (at >= 0) list.splice(at, 1);
    },
  };
}

/** Adds what arrives to the `.grad` of a leaf. */
export class AccumulateGrad extends Node {
  override readonly seq = Number.MAX_SAFE_INTEGER;
  /** Nodes up to this one were made when the variable had another shape. */
  private reshapedAfter = 0;
  constructor(readonly variable: Tensor) {
    super();
  }
  /** The variable takes another shape. */
  noteReshaped(): void {
    this.reshapedAfter = sequence;
  }
  /** Formulas ask for the shape of the leaf that they were recorded with. */
  checkShapeFor(node: Node): void {
    if (node.seq > this.reshapedAfter) return;
    throw new RuntimeError(
      `${node.name()} was recorded with a leaf of another shape: its data was replaced since, and is of shape ` +
        `[${this.variable.shape.join(', ')}] now`,
    );
  }
  // Its memory may be exchanged: x.data = y.
  override meta(): Meta {
    return this.variable;
  }
  name(): string {
    return 'AccumulateGrad';
  }
  apply(): (Tensor | null)[] {
    return [];
  }
}
