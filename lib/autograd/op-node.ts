/** The node of an op of lib/ops: its arguments, what its formulas read, and how they are called. */
import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import type { Schema } from '../ops/schema.js';
import type { OpSpec } from '../ops/spec.js';
import { Tensor } from '../tensor.js';
import { type Meta, Node } from './node.js';
import { FREED, SavedTensor } from './saved.js';

type Kept = SavedTensor | SavedTensor[] | undefined;

export class OpNode extends Node {
  readonly spec: OpSpec;
  /** The arguments; tensors give way to null once the op has run. */
  readonly values: unknown[];
  /** Saved tensors by parameter. */
  saved: Kept[];
  savedResults: (SavedTensor | undefined)[] | null = null;
  /** The first edge of each parameter with a formula, and how many it has. */
  readonly firstEdge: number[];
  freed = false;

  constructor(spec: OpSpec, values: readonly unknown[]) {
    super();
    this.spec = spec;
    this.values = values as unknown[];
    this.saved = new Array(values.length);
    const { inputs } = spec;
    this.firstEdge = spec.edgeOf ?? new Array(values.length).fill(-1);
    for (let n = 0; n < inputs.length; n++) {
      const i = inputs[n] as number;
      const v = values[i];
      if (spec.edgeOf === null) this.firstEdge[i] = this.edges.length;
      if (Array.isArray(v)) for (const t of v as Tensor[]) this.addInput(t);
      else this.addInput(v instanceof Tensor ? v : null);
    }
    for (let n = 0; n < inputs.length; n++) {
      const i = inputs[n] as number;
      const params = spec.derivatives?.[i]?.params;
      if (params === undefined || params.length === 0 || !this.needs(i)) continue;
      for (let k = 0; k < params.length; k++) {
        const p = params[k] as number;
        this.saved[p] ??= keep(values[p]);
      }
    }
  }

  name(): string {
    return this.spec.backwardName;
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
    const v = this.values[i];
    return first + (Array.isArray(v) ? v.length : 1);
  }

  /** Makes this node the history of what the op returned. */
  attach(result: unknown): void {
    this.dropInputs();
    const all = result instanceof Tensor ? [result] : (result as Tensor[]);
    for (let nr = 0; nr < all.length; nr++) {
      const t = all[nr] as Tensor;
      if (t.dtype.is_floating_point) t.setHistory(this, nr);
    }
    this.saveResults(all);
  }

  /** Lets go of the arguments that are tensors, once the op has run: what formulas read of them is saved. */
  dropInputs(): void {
    const { values } = this;
    for (const i of this.spec.tensorParams) {
      const v = values[i];
      if (v instanceof Tensor) values[i] = null;
      else if (Array.isArray(v)) values[i] = new Array(v.length).fill(null);
    }
  }

  override release(): void {
    this.freed = true;
    this.saved = [];
    this.savedResults = null;
  }

  /** Before the op writes into its first argument: what formulas read of it becomes a copy with the same history. */
  copySelf(): void {
    const self = this.saved[0];
    if (self instanceof SavedTensor) this.saved[0] = new SavedTensor(self.tensor.clone());
  }

  override holds(t: Tensor): boolean {
    const is = (k: SavedTensor | undefined) => k?.tensor === t;
    return this.saved.some((k) => (Array.isArray(k) ? k.some(is) : is(k))) || (this.savedResults?.some(is) ?? false);
  }

  saveResults(all: readonly Tensor[]): void {
    // Shape and dtype are kept, not the results themselves.
    if (this.metas.length === 0) for (const t of all) this.metas.push({ shape: t.shape, dtype: t.dtype });
    for (const i of this.spec.inputs) {
      const wanted = this.spec.derivatives?.[i]?.results;
      if (wanted === undefined || wanted.length === 0 || !this.needs(i)) continue;
      this.savedResults ??= new Array(all.length);
      for (const r of wanted) this.savedResults[r] ??= new SavedTensor(all[r] as Tensor, r);
    }
  }

  apply(grads: readonly (Tensor | null)[], wanted: (edge: number) => boolean): (Tensor | null)[] {
    const { spec } = this;
    const out = new Array<Tensor | null>(this.edges.length).fill(null);
    const g = spec.schema.output === 'Tensor' ? grads[0] : grads;
    const s = new spec.Saved(this as never);
    for (const i of spec.inputs) {
      const first = this.firstEdge[i] as number;
      const end = this.endOf(i, first);
      let any = false;
      for (let e = first; e < end; e++) any ||= this.edges[e] !== null && wanted(e);
      if (!any) continue;
      const result = spec.derivatives?.[i]?.formula(g, s) ?? null;
      if (Array.isArray(result))
        for (let e = first; e < end; e++) out[e] = (result[e - first] as Tensor | null) ?? null;
      else out[first] = result as Tensor | null;
    }
    return out;
  }

  /** The class through which formulas of an op with this schema read a node: a getter per parameter and result. */
  static savedClass(schema: Schema): new (node: never) => object {
    class Saved {
      constructor(readonly node: OpNode) {}
      get shape(): readonly number[] {
        return this.meta(this.node.spec.inputs[0] as number, 0).shape;
      }
      meta(param: number, index: number): Meta {
        const { node } = this;
        const edge = (node.firstEdge[param] as number) + index;
        const next = node.edges[edge];
        if (!next) throw new Error(`${schema.name}: the formula asks for the shape of an input without gradient`);
        return next.metas[node.edgeResults[edge] as number] as Meta;
      }
      private param(name: string): number {
        return schema.params.findIndex((p) => p.name === name);
      }
      shapeOf(name: string, index = 0): readonly number[] {
        return this.meta(this.param(name), index).shape;
      }
      dtypeOf(name: string, index = 0): DType {
        return this.meta(this.param(name), index).dtype;
      }
      needs(name: string): boolean {
        return this.node.needs(this.param(name));
      }
      get results(): (Tensor | undefined)[] {
        if (this.node.freed) throw new RuntimeError(FREED);
        return (this.node.savedResults ?? []).map((r) => r?.unpack());
      }
    }
    const getter = (name: string, get: (this: Saved) => unknown) =>
      Object.defineProperty(Saved.prototype, name, { get });
    schema.params.forEach((p, i) => {
      const isTensor = p.type === 'Tensor' || p.type === 'Tensor|Scalar';
      getter(
        p.name,
        isTensor
          ? function () {
              return unpackParam(this.node, i, p.name);
            }
          : function () {
              return this.node.values[i];
            },
      );
    });
    const names = typeof schema.output === 'string' ? ['result'] : schema.output;
    names.forEach((name, i) => {
      if (name in Saved.prototype) return;
      getter(name, function () {
        return unpackResult(this.node, i, name);
      });
    });
    return Saved as never;
  }
}

function keep(value: unknown): Kept {
  if (value instanceof Tensor) return new SavedTensor(value);
  if (Array.isArray(value))
    return (value as (Tensor | null)[]).map((t) => (t === null ? undefined : new SavedTensor(t))) as SavedTensor[];
  return undefined;
}

function unpackParam(node: OpNode, i: number, name: string): unknown {
  const kept = node.saved[i];
  if (kept instanceof SavedTensor) return kept.unpack();
  if (Array.isArray(kept)) return kept.map((k) => k?.unpack() ?? null);
  const value = node.values[i];
  if (node.freed) throw new RuntimeError(FREED);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value;
  if (node.spec.derivatives?.some((d) => d?.params.includes(i))) return null; // an optional input that was not given
  throw new Error(`${node.spec.name}: a formula reads ${name}, which derive() does not list as read`);
}

function unpackResult(node: OpNode, i: number, name: string): Tensor {
  if (node.freed) throw new RuntimeError(FREED);
  const kept = node.savedResults?.[i];
  if (!kept) throw new Error(`${node.spec.name}: a formula reads ${name}, which derive() does not list as read`);
  return kept.unpack();
}
