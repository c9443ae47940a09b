/**
 * What is known of an op: its schema, its number in the binary, its gradient formulas. One OpSpec per const of lib/ops.
 */
import { SavedValues } from '../autograd/saved-values.js';
import type { Tensor } from '../tensor.js';
import type { Schema } from './schema.js';

/** A gradient formula: from the gradient of the result (an array for ops with several results) to that of one input. */
export type Formula = (g: never, s: never) => Tensor | null | readonly (Tensor | null)[];

/** A formula with the tensors it reads beside the gradient: only those are kept for the backward pass. */
export interface Derivative {
  readonly formula: (g: unknown, s: unknown) => Tensor | null | readonly (Tensor | null)[];
  /** Parameters that are saved. */
  readonly params: readonly number[];
  /** Results that are saved. */
  readonly results: readonly number[];
}

export interface Flags {
  /** Name in the binary where it is not the op's. */
  readonly native?: string;
  /** The name of the node in the graph: 'AddBackward0' where nothing is said. */
  readonly backward?: string;
  /** The name of the node of its in-place form, where that differs. */
  readonly backwardInPlace?: string;
  /** The name of the node where the last operand is a tensor and no number, where that differs. */
  readonly backwardTensor?: string;
  /** x.name_(...) exists. */
  readonly inplace?: boolean;
  /** The result shares the memory of the first argument. */
  readonly view?: boolean;
  /** `out` may not share memory with an input. */
  readonly apart?: boolean;
  /** No input may lie askew on what is written, as in PyTorch, although the result is computed elsewhere first. */
  readonly iterated?: boolean;
  /** The first argument is changed and returned. */
  readonly mutates?: boolean;
  /** Recorded only where what is changed can have a gradient. */
  readonly intoFloats?: boolean;
  /** No method on Tensor: torch.zeros. */
  readonly method?: false;
}

export class OpSpec {
  /** By parameter; null: no formula. Undefined as a whole: nothing was said of gradients. */
  derivatives: (Derivative | null)[] | undefined;
  /** derive(op, 'none'): written to be not differentiable. */
  notDifferentiable = false;
  /** A body of public ops that are recorded one by one. */
  body: ((...values: never[]) => unknown) | undefined;
  /** The body of its in-place form. */
  inPlaceBody: ((...values: never[]) => unknown) | undefined;
  /** A body of public ops that is recorded as one node, with the formulas of this op. */
  forward: ((...values: never[]) => unknown) | undefined;
  /** Differentiable tensor parameters, by number. */
  inputs: readonly number[] = [];
  /** The edge of each parameter's gradient (-1: none) where that is the same for all calls: no input is a list. */
  edgeOf: number[] | null = null;
  /** The op with the same formulas that changes its first argument. */
  twin: OpSpec | null = null;
  /** Whether some formula reads a parameter, or a result. */
  readsParams = false;
  readsResults = false;
  private values: SavedValues | null = null;
  readonly code: number;
  readonly tensorParams: readonly number[];
  /** What an in-place call is recorded as: the same with another name, or with formulas of its own. */
  inPlaceForm: OpSpec;

  constructor(
    readonly schema: Schema,
    readonly flags: Flags,
    code: number | undefined,
    /** The kernel writes into a tensor given as a last argument. */
    readonly elementwise: boolean,
  ) {
    this.code = code ?? -1;
    this.tensorParams = schema.params.flatMap((p, i) => (p.type === 'Tensor' || p.type === 'Tensor|Scalar' ? [i] : []));
    const name = flags.backwardInPlace;
    this.inPlaceForm = name === undefined ? this : Object.create(this, { backwardName: { value: name } });
  }

  get name(): string {
    return this.schema.name;
  }

  get backwardName(): string {
    return this.flags.backward ?? `${camel(this.schema.name)}Backward0`;
  }

  /** What formulas read the node through; made with the first of them, since most programs use few ops. */
  get saved(): SavedValues {
    this.values ??= new SavedValues(this.schema);
    return this.values;
  }
}

function camel(name: string): string {
  return name.replace(/_+$/, '').replace(/(?:^|_+|(?<=\d))([a-z0-9])/g, (_, c: string) => c.toUpperCase());
}
