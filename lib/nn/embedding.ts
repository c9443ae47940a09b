/** Tables of rows that are looked up by number. */

import { no_grad } from '../autograd/modes.js';
import type { DType } from '../dtype.js';
import { AssertionError, ValueError } from '../errors.js';
import { empty } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import * as init from './init.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { floatRepr, repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

function paddingRow(padding_idx: number | null, rows: number): number | null {
  if (padding_idx === null) return null;
  if (padding_idx >= rows || padding_idx < -rows) throw new AssertionError('Padding_idx must be within num_embeddings');
  return padding_idx < 0 ? padding_idx + rows : padding_idx;
}

abstract class Table extends Module {
  readonly num_embeddings: number;
  readonly embedding_dim: number;
  readonly padding_idx: number | null;
  max_norm: number | null;
  norm_type: number;
  scale_grad_by_freq: boolean;
  sparse: boolean;
  weight: Parameter;

  constructor(o: {
    num_embeddings: number;
    embedding_dim: number;
    padding_idx: number | null;
    max_norm: number | null;
    norm_type: number;
    scale_grad_by_freq: boolean;
    sparse: boolean;
    _weight: Tensor | null;
    _freeze?: boolean;
    dtype: DType | null;
  }) {
    super();
    this.num_embeddings = o.num_embeddings;
    this.embedding_dim = o.embedding_dim;
    this.padding_idx = paddingRow(o.padding_idx, o.num_embeddings);
    this.max_norm = o.max_norm;
    this.norm_type = o.norm_type;
    this.scale_grad_by_freq = o.scale_grad_by_freq;
    this.sparse = o.sparse;
    const shape = [o.num_embeddings, o.embedding_dim];
    if (o._weight !== null && String(o._weight.shape) !== String(o._weight.new_empty(shape).shape))
      throw new AssertionError('Shape of weight does not match num_embeddings and embedding_dim');
    this.weight = new Parameter(o._weight ?? empty(shape, { dtype: o.dtype }), !(o._freeze ?? false));
    if (o._weight === null) this.reset_parameters();
  }

  /** Draws all rows anew; that of the padding is zero. */
  reset_parameters(): void {
    init.normal_(this.weight);
    const { padding_idx } = this;
    if (padding_idx !== null) no_grad(() => this.weight.select(0, padding_idx).fill_(0));
  }

  protected describe(mode: string | null): string {
    const parts = [`${this.num_embeddings}, ${this.embedding_dim}`];
    const padding = this.padding_idx === null ? [] : [`padding_idx=${this.padding_idx}`];
    if (mode === null) parts.push(...padding);
    if (this.max_norm !== null) parts.push(`max_norm=${floatRepr(this.max_norm)}`);
    if (this.norm_type !== 2) parts.push(`norm_type=${floatRepr(this.norm_type)}`);
    if (this.scale_grad_by_freq) parts.push('scale_grad_by_freq=True');
    if (mode !== null) parts.push(`mode=${repr(mode)}`, ...padding);
    else if (this.sparse) parts.push('sparse=True');
    return parts.join(', ');
  }
}

const rows = signature(
  'Embedding',
  (
    num_embeddings: number,
    embedding_dim: number,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type: number = 2,
    scale_grad_by_freq: boolean = false,
    sparse: boolean = false,
    _weight: Tensor | null = null,
    _freeze: boolean = false,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    num_embeddings,
    embedding_dim,
    padding_idx,
    max_norm,
    norm_type,
    scale_grad_by_freq,
    sparse,
    _weight,
    _freeze,
    device,
    dtype,
  }),
);

const pretrained = signature(
  'from_pretrained',
  (
    embeddings: Tensor,
    freeze: boolean = true,
    padding_idx: number | null = null,
    max_norm: number | null = null,
    norm_type: number = 2,
    scale_grad_by_freq: boolean = false,
    sparse: boolean = false,
  ) => ({ embeddings, freeze, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse }),
);

/**
 * A table of `num_embeddings` learned rows of `embedding_dim` numbers: indices (*) give rows (*, embedding_dim). The
 * row `padding_idx` starts at zero and gets no gradient.
 *
 * @example
 * new torch.nn.Embedding(10, 3)(torch.tensor([[1n, 2n]])).shape; // [1, 2, 3]
 */
export class Embedding extends Table {
  constructor(...args: ArgsOf<typeof rows>) {
    super(rows.bind(args));
  }

  /** A table of given rows, which are learned only where `freeze` is false. */
  static from_pretrained(...args: ArgsOf<typeof pretrained>): Embedding {
    const { embeddings, freeze, ...rest } = pretrained.bind(args);
    if (embeddings.dim() !== 2) throw new AssertionError('Embeddings parameter is expected to be 2-dimensional');
    const [count, width] = embeddings.shape as readonly number[] as [number, number];
    return new Embedding(count, width, { ...rest, _weight: embeddings, _freeze: freeze });
  }

  override forward(input: Tensor): Tensor {
    return functional.embedding(
      input,
      this.weight,
      this.padding_idx,
      this.max_norm,
      this.norm_type,
      this.scale_grad_by_freq,
      this.sparse,
    );
  }

  override extra_repr(): string {
    return this.describe(null);
  }
}

const bags = signature(
  'EmbeddingBag',
  (
    num_embeddings: number,
    embedding_dim: number,
    max_norm: number | null = null,
    norm_type: number = 2,
    scale_grad_by_freq: boolean = false,
    mode: string = 'mean',
    sparse: boolean = false,
    _weight: Tensor | null = null,
    include_last_offset: boolean = false,
    padding_idx: number | null = null,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    num_embeddings,
    embedding_dim,
    max_norm,
    norm_type,
    scale_grad_by_freq,
    mode,
    sparse,
    _weight,
    include_last_offset,
    padding_idx,
    device,
    dtype,
  }),
);

const pretrainedBags = signature(
  'from_pretrained',
  (
    embeddings: Tensor,
    freeze: boolean = true,
    max_norm: number | null = null,
    norm_type: number = 2,
    scale_grad_by_freq: boolean = false,
    mode: string = 'mean',
    sparse: boolean = false,
    include_last_offset: boolean = false,
    padding_idx: number | null = null,
  ) => ({
    embeddings,
    freeze,
    max_norm,
    norm_type,
    scale_grad_by_freq,
    mode,
    sparse,
    include_last_offset,
    padding_idx,
  }),
);

const looked = signature(
  'forward',
  (input: Tensor, offsets: Tensor | null = null, per_sample_weights: Tensor | null = null) => ({
    input,
    offsets,
    per_sample_weights,
  }),
);

/**
 * A table whose rows are summed, averaged or reduced to their largest elements, bag by bag: see embedding_bag.
 * @example
 * new torch.nn.EmbeddingBag(10, 3)(torch.tensor([[1n, 2n], [3n, 4n]])).shape; // [2, 3]
 */
export class EmbeddingBag extends Table {
  mode: string;
  include_last_offset: boolean;

  constructor(...args: ArgsOf<typeof bags>) {
    const { mode, include_last_offset, ...table } = bags.bind(args);
    if (mode !== 'sum' && mode !== 'mean' && mode !== 'max')
      throw new ValueError('mode has to be one of sum, mean or max');
    super(table);
    this.mode = mode;
    this.include_last_offset = include_last_offset;
  }

  /** A table of given rows, which are learned only where `freeze` is false. */
  static from_pretrained(...args: ArgsOf<typeof pretrainedBags>): EmbeddingBag {
    const { embeddings, freeze, ...options } = pretrainedBags.bind(args);
    if (embeddings.dim() !== 2) throw new AssertionError('Embeddings parameter is expected to be 2-dimensional');
    const [count, width] = embeddings.shape as readonly number[] as [number, number];
    const bag = new EmbeddingBag(count, width, { ...options, _weight: embeddings });
    bag.weight.requires_grad = !freeze;
    return bag;
  }

  override forward(...args: ArgsOf<typeof looked>): Tensor {
    const { input, offsets, per_sample_weights } = looked.bind(args);
    return functional.embedding_bag(input, this.weight, {
      offsets,
      max_norm: this.max_norm,
      norm_type: this.norm_type,
      scale_grad_by_freq: this.scale_grad_by_freq,
      mode: this.mode,
      sparse: this.sparse,
      per_sample_weights,
      include_last_offset: this.include_last_offset,
      padding_idx: this.padding_idx,
    });
  }

  override extra_repr(): string {
    return this.describe(this.mode);
  }
}
