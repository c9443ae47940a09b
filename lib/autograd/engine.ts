/** Walks the graph from results to leaves: iteratively, last made first, freeing what was saved as it goes. */
import { RuntimeError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { accumulateGrad } from './accumulate.js';
import { applyWatched } from './anomaly.js';
import { anomaly, recording } from './modes.js';
import { AccumulateGrad, type Meta, type Node } from './node.js';

/** What a run knows of one node. */
class Task {
  dependencies = 0;
  /** What has arrived for each result. */
  readonly grads: (Tensor | null)[];
  /** Which of them nobody but this run can see: they may be added to in place, and end with it. */
  readonly owned: boolean[];
  needed = true;
  queued = false;
  captured: Map<number, number> | null = null;
  constructor(
    readonly run: Run,
    /** The task of a run around this one (backward called in a hook). */
    readonly outer: unknown,
    results: number,
  ) {
    // Literals for what nearly all nodes are.
    this.grads = results === 1 ? [null] : new Array(results).fill(null);
    this.owned = results === 1 ? [false] : new Array(results).fill(false);
  }
  /** Gradients end with their use, not with the run: the graph may be large. */
  forgetGrads(): void {
    for (let i = 0; i < this.grads.length; i++) this.grads[i] = null;
  }
}

export interface Root {
  readonly node: Node;
  readonly result: number;
  readonly grad: Tensor;
}

export interface RunOptions {
  readonly retainGraph: boolean;
  readonly createGraph: boolean;
  /** Gradients to return instead of accumulating; null: accumulate into all leaves. */
  readonly captures: readonly { readonly node: Node | null; readonly result: number }[] | null;
  /** With captures: accumulate into the leaves among them instead of returning. */
  readonly accumulate?: boolean;
}

const task = (node: Node): Task => node.task as Task;

const NO_RESULTS: (Tensor | null)[] = [];
const always = () => true;
function allNull(list: readonly unknown[]): boolean {
  for (let i = 0; i < list.length; i++) if (list[i] !== null) return false;
  return true;
}
const isWanted = (t: Task): boolean => t.needed || t.captured !== null;

let current: Run | null = null;

/** Runs backward from `roots`; returns the gradients of `captures`, in their order. */
export function run(roots: readonly Root[], options: RunOptions): (Tensor | null)[] {
  const outer = current;
  const now = new Run(roots, options);
  current = now;
  try {
    return recording(options.createGraph, () => now.go());
  } finally {
    current = outer;
  }
}

/** The backward pass that is under way, if any. */
export const currentRun = (): object | null => current;
/** Whether the backward pass under way accumulates into all leaves: backward() without inputs, and not grad(). */
export const accumulatesIntoAll = (): boolean => current !== null && current.options.captures === null;
/** Whether gradients for `node` are computed in the backward pass under way. */
export function isPartOfRun(node: Node): boolean {
  const t = node.task as Task | null;
  return t !== null && t.run === current && isWanted(t);
}

class Run {
  private readonly visited: Node[] = [];
  private readonly heap: Node[] = [];
  private readonly captured: (Tensor | null)[];
  private readonly watched = anomaly() !== 'off';

  constructor(
    private readonly roots: readonly Root[],
    readonly options: RunOptions,
  ) {
    this.captured = new Array(options.captures?.length ?? 0).fill(null);
  }

  go(): (Tensor | null)[] {
    try {
      this.discover();
      this.markNeeded();
      for (const { node, result, grad } of this.roots) this.receive(node, result, grad, false);
      for (const { node } of this.roots) if (task(node).dependencies === 0) this.push(node);
      for (let node = this.pop(); node; node = this.pop()) {
        this.visit(node);
        task(node).forgetGrads();
      }
      return this.captured;
    } finally {
      for (const node of this.visited) node.task = task(node).outer;
    }
  }

  /** Finds all nodes below the roots and counts how many gradients each waits for. */
  private discover(): void {
    const stack: Node[] = [];
    for (const { node } of this.roots) this.meet(node, stack);
    for (let node = stack.pop(); node; node = stack.pop()) {
      const { edges } = node;
      for (let e = 0; e < edges.length; e++) {
        const next = edges[e] as Node | null;
        if (next === null) continue;
        if (next instanceof AccumulateGrad) next.checkShapeFor(node);
        this.meet(next, stack).dependencies++;
      }
    }
  }
  private meet(node: Node, stack: Node[]): Task {
    let t = node.task as Task | null;
    if (t === null || t.run !== this) {
      t = new Task(this, node.task, node.resultCount);
      node.task = t;
      this.visited.push(node);
      stack.push(node);
    }
    return t;
  }
  /** With captures only nodes on a way to one of them run. */
  private markNeeded(): void {
    const { captures, accumulate } = this.options;
    if (captures === null) return;
    for (const node of this.visited) task(node).needed = false;
    captures.forEach(({ node, result }, i) => {
      const t = (node?.task ?? null) as Task | null;
      if (t === null || t.run !== this) return;
      t.captured ??= new Map();
      // Named twice, a gradient is accumulated once.
      if (!accumulate || ![...t.captured.values()].includes(result)) t.captured.set(i, result);
    });
    // A node is made after those its edges lead to, but for leaves, which come last of all in `seq` and have no edges.
    const leaf = (n: Node) => (n.edges.length === 0 ? -1 : n.seq);
    for (const node of [...this.visited].sort((a, b) => leaf(a) - leaf(b))) {
      const t = task(node);
      // What accumulates runs itself, for its hooks, if for nobody below.
      t.needed =
        (accumulate === true && t.captured !== null) ||
        node.edges.some((next) => next !== null && isWanted(task(next)));
    }
  }

  private receive(node: Node, result: number, grad: Tensor, fresh: boolean): void {
    const t = task(node);
    if (fresh) grad.counter = null; // how it was computed is nobody's business
    const before = t.grads[result] ?? null;
    if (before === null) {
      t.grads[result] = grad;
      t.owned[result] = fresh;
      return;
    }
    if (t.owned[result] && !this.options.createGraph && before.dtype === grad.dtype) {
      before.add_(grad);
      before.counter = null; // what nobody has seen has not changed
    } else {
      t.grads[result] = before.add(grad);
      t.owned[result] = true;
    }
    if (fresh && !this.options.createGraph) grad.dispose();
  }

  private visit(node: Node): void {
    const t = task(node);
    const { grads } = t;
    if (node.preHooks !== null) node.runPreHooks(grads);
    if (t.captured !== null) this.capture(t, grads);
    if (node.preHooks !== null && t.needed) node.runNodePreHooks(grads);
    if (node instanceof AccumulateGrad) {
      const grad = grads[0] ?? null;
      if (this.options.captures === null && grad !== null) {
        const fresh = t.owned[0] === true && node.preHooks === null;
        accumulateGrad(node.variable, grad, fresh, this.options.createGraph);
      }
      return;
    }
    const idle = !t.needed || allNull(grads);
    const all = this.options.captures === null;
    const wanted = all ? always : (e: number) => isWanted(task(node.edges[e] as Node));
    const results = idle ? NO_RESULTS : this.watched ? applyWatched(node, grads, wanted) : node.apply(grads, wanted);
    if (!idle && node.hooks !== null) node.runHooks(results, [...grads]);
    const { edges } = node;
    for (let e = 0; e < edges.length; e++) {
      const next = edges[e] as Node | null;
      if (next === null) continue;
      const given = results[e] ?? null;
      if (given !== null) {
        const nr = node.edgeResults[e] as number;
        const grad = conform(given, next.meta(nr), node, e);
        this.receive(next, nr, grad, grad !== given || isFresh(node, given, grads, results, e));
      }
      if (--task(next).dependencies === 0) this.push(next);
    }
    if (idle) return;
    if (!this.options.createGraph) dropOwned(node, t, results);
    if (!this.options.retainGraph) node.release();
  }

  private capture(t: Task, grads: readonly (Tensor | null)[]): void {
    const { captures, accumulate, createGraph } = this.options;
    t.captured?.forEach((result, i) => {
      const grad = grads[result] ?? null;
      t.owned[result] = false;
      const node = captures?.[i]?.node;
      if (accumulate && grad && node instanceof AccumulateGrad) accumulateGrad(node.variable, grad, false, createGraph);
      else this.captured[i] = grad;
    });
  }

  // A heap by seq: the node that was made last comes first.
  private push(node: Node): void {
    const { heap } = this;
    if (task(node).queued) return; // a root twice
    task(node).queued = true;
    let i = heap.push(node) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((heap[parent] as Node).seq >= node.seq) break;
      heap[i] = heap[parent] as Node;
      i = parent;
    }
    heap[i] = node;
  }

  private pop(): Node | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Node).seq > (heap[child] as Node).seq) child++;
      if ((heap[child] as Node).seq <= last.seq) break;
      heap[i] = heap[child] as Node;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

/** Gives back the gradients that `node` has used up, where nobody else can hold them. */
function dropOwned(node: Node, t: Task, results: readonly (Tensor | null)[]): void {
  if (node.preHooks !== null || node.hooks !== null || !node.forgetsGrads) return;
  for (let i = 0; i < t.grads.length; i++) {
    const grad = t.grads[i];
    if (grad && t.owned[i] && !results.includes(grad)) grad.dispose();
  }
}

/**
 * Whether nobody but this run can see `grad`, a result of `node`: then it may be added to in place, or become a
 * `.grad`.
 */
function isFresh(
  node: Node,
  grad: Tensor,
  incoming: readonly (Tensor | null)[],
  results: readonly (Tensor | null)[],
  at: number,
): boolean {
  if (grad.base !== null || grad.requires_grad || incoming.includes(grad) || node.holds(grad)) return false;
  for (let i = 0; i < results.length; i++) if (i !== at && results[i] === grad) return false;
  return true;
}

/** A formula's result as its input wants it: summed over what was broadcast, and cast. */
function conform(grad: Tensor, meta: Meta, node: Node, e: number): Tensor {
  let out = grad;
  if (out.shape !== meta.shape && !sameShape(out.shape, meta.shape)) {
    if (!expandable(meta.shape, out.shape)) {
      throw new RuntimeError(
        `Function ${node.name()} returned an invalid gradient at index ${e} - got [${out.shape.join(', ')}] but expected shape compatible with [${meta.shape.join(', ')}]`,
      );
    }
    out = out.sum_to_size([...meta.shape]);
  }
  return out.dtype === meta.dtype ? out : out.to(meta.dtype);
}

function expandable(from: readonly number[], to: readonly number[]): boolean {
  const lead = to.length - from.length;
  return lead >= 0 && from.every((n, i) => n === 1 || n === to[lead + i]);
}
