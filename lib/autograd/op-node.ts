/** The node of an op of lib/ops: its arguments, what its formulas read, and how they are called. */
import type { OpSpec } from '../ops/spec.js';
import { Tensor } from '../tensor.js';
import { Node } from './node.js';
import { SavedTensor } from './saved.js';
import { namesOf } from './saved-values.js';

type Kept = SavedTensor | SavedTensor[] | undefined;

export class OpNode extends Node {
  readonly spec: OpSpec;
  /** The arguments; tensors give way to null once the op has run. */
  readonly values: unknown[];
  /** Saved tensors by parameter; null where there are none. */
  saved: Kept[] | null = null;
  savedResults: (SavedTensor | undefined)[] | null = null;
  /** The first edge of each parameter with a formula, and how many it has. */
  readonly firstEdge: number[];
  freed = false;

  constructor(spec: OpSpec, values: readonly unknown[]) {
    super();
    this.spec = spec;
    this.values = values as unknown[];
    const { inputs, edgeOf } = spec;
    this.firstEdge = edgeOf ?? placesOf(inputs, values);
    this.reserve(edgeOf ? inputs.length : countOf(inputs, values));
    for (let n = 0; n < inputs.length; n++) {
      const i = inputs[n] as number;
      const v = values[i];
      const first = this.firstEdge[i] as number;
      if (v instanceof Tensor) this.setInput(first, v);
      else if (Array.isArray(v))
        for (let k = 0; k < v.length; k++) if (v[k] instanceof Tensor) this.setInput(first + k, v[k]);
    }
    if (!spec.readsParams) return;
    for (let n = 0; n < inputs.length; n++) {
      const i = inputs[n] as number;
      const params = spec.derivatives?.[i]?.params;
      if (params === undefined || params.length === 0 || !this.needs(i)) continue;
      this.saved ??= new Array(values.length);
      for (let k = 0; k < params.length; k++) {
        const p = params[k] as number;
        this.saved[p] ??= keep(values[p]);
      }
    }
  }

  name(): string {
    const { backwardName, flags, tensorParams } = this.spec;
    if (flags.backwardTensor === undefined) return backwardName;
    // Tensors have given way to null.
    return typeof this.values[tensorParams.at(-1) as number] === 'object' ? flags.backwardTensor : backwardName;
  }
  override get forgetsGrads(): boolean {
    return true;
  }

  /** Whether some gradient of parameter `i` is wanted. */
  needs(i: number): boolean {
    const first = this.firstEdge[i] as number;
    if (first < 0) return false;
    const end = this.endOf(i, first);
    for (let e = first; e < end; e++) if (this.edges[e] !== null) return true;
    return false;
  }

  endOf(i: number, first: number): number {
    return first + lengthOf(this.values[i]);
  }

  /** Makes this node the history of what the op returned. */
  attach(result: unknown): void {
    this.dropInputs();
    if (result instanceof Tensor) {
      if (result.dtype.is_floating_point) result.setHistory(this, 0);
      this.shape = result.shape;
      this.dtype = result.dtype;
      if (this.spec.readsResults) this.saveResults([result]);
      return;
    }
    const all = result as Tensor[];
    for (let nr = 0; nr < all.length; nr++) {
      const t = all[nr] as Tensor;
      if (t.dtype.is_floating_point) t.setHistory(this, nr);
    }
    this.describe(all);
    if (this.spec.readsResults) this.saveResults(all);
  }

  /** The same for an op that changed its first argument, whose history is made elsewhere. */
  attachInPlace(changed: Tensor): void {
    this.shape = changed.shape;
    this.dtype = changed.dtype;
    if (this.spec.readsResults) this.saveResults([changed]);
  }

  /** Lets go of the arguments that are tensors, once the op has run: what formulas read of them is saved. */
  dropInputs(): void {
    const { values } = this;
    const { tensorParams } = this.spec;
    for (let n = 0; n < tensorParams.length; n++) {
      const i = tensorParams[n] as number;
      const v = values[i];
      if (v instanceof Tensor) values[i] = null;
      else if (Array.isArray(v)) values[i] = new Array(v.length).fill(null);
    }
  }

  override release(): void {
    this.freed = true;
    this.saved = null;
    this.savedResults = null;
  }

  /** Before the op writes into its first argument: what formulas read of it becomes a copy with the same history. */
  copySelf(): void {
    const self = this.saved?.[0];
    if (this.saved && self instanceof SavedTensor) this.saved[0] = self.copied();
  }

  override holds(t: Tensor): boolean {
    if (this.saved === null && this.savedResults === null) return false;
    const is = (k: SavedTensor | undefined) => k?.tensor === t;
    return (
      (this.saved ?? []).some((k) => (Array.isArray(k) ? k.some(is) : is(k))) || (this.savedResults?.some(is) ?? false)
    );
  }

  private saveResults(all: readonly Tensor[]): void {
    for (const i of this.spec.inputs) {
      const wanted = this.spec.derivatives?.[i]?.results;
      if (wanted === undefined || wanted.length === 0 || !this.needs(i)) continue;
      this.savedResults ??= new Array(all.length);
      for (const r of wanted) this.savedResults[r] ??= new SavedTensor(all[r] as Tensor, r);
    }
  }

  apply(grads: readonly (Tensor | null)[], wanted: (edge: number) => boolean): (Tensor | null)[] {
    const { saved } = this.spec;
    const outer = saved.current;
    saved.current = this;
    try {
      return this.gradients(grads, wanted, saved);
    } finally {
      saved.current = outer;
    }
  }

  private gradients(grads: readonly (Tensor | null)[], wanted: (edge: number) => boolean, s: unknown) {
    const { spec, edges } = this;
    const { inputs } = spec;
    const out: (Tensor | null)[] = edges.length === 1 ? [null] : [null, null];
    for (let e = 2; e < edges.length; e++) out.push(null);
    const g = spec.schema.output === 'Tensor' ? grads[0] : grads;
    for (let n = 0; n < inputs.length; n++) {
      const i = inputs[n] as number;
      const first = this.firstEdge[i] as number;
      const end = this.endOf(i, first);
      let any = false;
      for (let e = first; e < end; e++) any ||= edges[e] !== null && wanted(e);
      if (!any) continue;
      const result = spec.derivatives?.[i]?.formula(g, s) ?? null;
      if (Array.isArray(result))
        for (let e = first; e < end; e++) out[e] = (result[e - first] as Tensor | null) ?? null;
      else out[first] = result as Tensor | null;
    }
    return out;
  }
}

const exposed = new Set<string>();

/** Gives nodes `_saved_self` and the like, which read what is kept for backward as PyTorch's do. */
export function exposeSaved(spec: OpSpec): void {
  for (const name of namesOf(spec.schema)) {
    if (exposed.has(name)) continue;
    exposed.add(name);
    Object.defineProperty(OpNode.prototype, `_saved_${name}`, {
      get(this: OpNode) {
        return this.spec.saved.names.includes(name) ? this.spec.saved.read(this, name) : undefined;
      },
    });
  }
}

const lengthOf = (v: unknown): number => (Array.isArray(v) ? v.length : 1);
const countOf = (inputs: readonly number[], values: readonly unknown[]): number =>
  inputs.reduce((n, i) => n + lengthOf(values[i]), 0);

/** The first edge of each parameter where some inputs are lists. */
function placesOf(inputs: readonly number[], values: readonly unknown[]): number[] {
  const places: number[] = new Array(values.length).fill(-1);
  let next = 0;
  for (const i of inputs) {
    places[i] = next;
    next += lengthOf(values[i]);
  }
  return places;
}

function keep(value: unknown): Kept {
  if (value instanceof Tensor) return new SavedTensor(value);
  if (Array.isArray(value))
    return (value as (Tensor | null)[]).map((t) => (t === null ? undefined : new SavedTensor(t))) as SavedTensor[];
  return undefined;
}
