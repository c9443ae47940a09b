/** What a gradient formula reads: the arguments, the saved tensors and the results of the node that is run. */
import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import type { Schema } from '../ops/schema.js';
import type { Tensor } from '../tensor.js';
import type { Meta } from './node.js';
import type { OpNode } from './op-node.js';
import { FREED, SavedTensor } from './saved.js';

/** The parameters and results of an op. */
export function namesOf(schema: Schema): string[] {
  return [...schema.params.map((p) => p.name), ...(typeof schema.output === 'string' ? ['result'] : schema.output)];
}

/**
 * One object per op, with a getter per parameter and result, serves all its nodes, one at a time: formulas neither wait
 * nor keep it.
 */
export class SavedValues {
  /** The node whose formulas run. */
  current: OpNode | null = null;

  /** Parameters and results by name. */
  readonly names: readonly string[];

  constructor(private readonly schema: Schema) {
    const getter = (name: string, get: (node: OpNode) => unknown) =>
      Object.defineProperty(this, name, { get: () => get(this.node) });
    schema.params.forEach((p, i) => {
      const isTensor = p.type === 'Tensor' || p.type === 'Tensor|Scalar';
      getter(p.name, isTensor ? (node) => unpackParam(node, i, p.name) : (node) => node.values[i]);
    });
    this.names = namesOf(schema);
    this.names.slice(schema.params.length).forEach((name, i) => {
      if (!(name in this)) getter(name, (node) => unpackResult(node, i, name));
    });
  }

  /** What `node` keeps under a name; undefined where it keeps nothing. */
  read(node: OpNode, name: string): unknown {
    if (node.freed) throw new RuntimeError(FREED);
    const i = this.param(name);
    const kept = i >= 0 ? node.saved?.[i] : node.savedResults?.[this.names.indexOf(name) - this.schema.params.length];
    if (Array.isArray(kept)) return kept.map((k) => k?.unpack() ?? null);
    return kept ? kept.unpack() : i >= 0 ? (node.values[i] ?? undefined) : undefined;
  }

  private get node(): OpNode {
    return this.current as OpNode;
  }
  get shape(): readonly number[] {
    return this.meta(this.node.spec.inputs[0] as number, 0).shape;
  }
  private meta(param: number, index: number): Meta {
    const { node } = this;
    const edge = (node.firstEdge[param] as number) + index;
    const next = node.edges[edge];
    if (!next) throw new Error(`${this.schema.name}: the formula asks for the shape of an input without gradient`);
    return next.meta(node.edgeResults[edge] as number);
  }
  private param(name: string): number {
    return this.schema.params.findIndex((p) => p.name === name);
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

function unpackParam(node: OpNode, i: number, name: string): unknown {
  const kept = node.saved?.[i];
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
