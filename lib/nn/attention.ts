import type { DType } from '../dtype.js';
import { AssertionError, ValueError } from '../errors.js';
import { empty, zeros } from '../ops/index.js';
import { isOptions } from '../ops/schema.js';
import type { Tensor } from '../tensor.js';
import { multi_head_attention_forward } from './functional-attention.js';
import * as init from './init.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { type ArgsOf, signature } from './signature.js';

/** The last projection of MultiheadAttention, under the name that PyTorch's has. */
export class NonDynamicallyQuantizableLinear extends Linear {}

const heads = signature(
  'MultiheadAttention',
  (
    embed_dim: number,
    num_heads: number,
    dropout: number = 0,
    bias: boolean = true,
    add_bias_kv: boolean = false,
    add_zero_attn: boolean = false,
    kdim: number | null = null,
    vdim: number | null = null,
    batch_first: boolean = false,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ embed_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim, batch_first, device, dtype }),
);

/** What a call may say beside query, key and value. */
export interface CallOptions {
  key_padding_mask?: Tensor | null;
  need_weights?: boolean;
  attn_mask?: Tensor | null;
  average_attn_weights?: boolean;
  is_causal?: boolean;
}
const CALL = ['key_padding_mask', 'need_weights', 'attn_mask', 'average_attn_weights', 'is_causal'];

/**
 * Attention with several heads (Vaswani and others, 2017): queries (L, N, E), keys and values (S, N, E), or with the
 * batch first, give [outputs, weights].
 *
 * @example
 * const attention = new torch.nn.MultiheadAttention(8, 2, { batch_first: true });
 * const x = torch.randn(1, 5, 8);
 * attention(x, x, x)[0].shape; // [1, 5, 8]
 */
export class MultiheadAttention extends Module {
  readonly embed_dim: number;
  readonly kdim: number;
  readonly vdim: number;
  readonly num_heads: number;
  readonly head_dim: number;
  dropout: number;
  readonly batch_first: boolean;
  readonly add_zero_attn: boolean;
  in_proj_weight: Parameter | null = null;
  q_proj_weight: Parameter | null = null;
  k_proj_weight: Parameter | null = null;
  v_proj_weight: Parameter | null = null;
  in_proj_bias: Parameter | null = null;
  out_proj: NonDynamicallyQuantizableLinear;
  bias_k: Parameter | null = null;
  bias_v: Parameter | null = null;

  constructor(...args: ArgsOf<typeof heads>) {
    super();
    const o = heads.bind(args);
    const { embed_dim, num_heads, dtype } = o;
    if (embed_dim <= 0 || num_heads <= 0) {
      throw new ValueError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embed_dim} and num_heads=${num_heads} instead`,
      );
    }
    this.embed_dim = embed_dim;
    this.kdim = o.kdim ?? embed_dim;
    this.vdim = o.vdim ?? embed_dim;
    this.num_heads = num_heads;
    this.dropout = o.dropout;
    this.batch_first = o.batch_first;
    this.head_dim = Math.floor(embed_dim / num_heads);
    this.add_zero_attn = o.add_zero_attn;
    if (this.head_dim * num_heads !== embed_dim) throw new AssertionError('embed_dim must be divisible by num_heads');
    const made = (...shape: number[]) => new Parameter(empty(shape, { dtype }));
    if (this.kdim === embed_dim && this.vdim === embed_dim) {
      this.in_proj_weight = made(3 * embed_dim, embed_dim);
    } else {
      this.q_proj_weight = made(embed_dim, embed_dim);
      this.k_proj_weight = made(embed_dim, this.kdim);
      this.v_proj_weight = made(embed_dim, this.vdim);
    }
    if (o.bias) this.in_proj_bias = new Parameter(zeros([3 * embed_dim], { dtype }));
    this.out_proj = new NonDynamicallyQuantizableLinear(embed_dim, embed_dim, { bias: o.bias, dtype });
    if (o.add_bias_kv) {
      this.bias_k = made(1, 1, embed_dim);
      this.bias_v = made(1, 1, embed_dim);
    }
    this._reset_parameters();
  }

  _reset_parameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight]) {
      if (weight !== null) init.xavier_uniform_(weight);
    }
    if (this.in_proj_bias !== null) {
      init.constant_(this.in_proj_bias, 0);
      init.constant_(this.out_proj.bias as Tensor, 0);
    }
    for (const bias of [this.bias_k, this.bias_v]) if (bias !== null) init.xavier_normal_(bias);
  }

  override forward(query: Tensor, key: Tensor, value: Tensor, ...rest: unknown[]): [Tensor, Tensor | null] {
    const options: CallOptions = isOptions(rest.at(-1))
      ? (rest.at(-1) as CallOptions)
      : Object.fromEntries(rest.map((v, i) => [CALL[i] as string, v]));
    const flips = this.batch_first && query.dim() === 3;
    const one = query === key && key === value ? (flips ? query.transpose(1, 0) : query) : null;
    const [q, k, v] = [query, key, value].map((x) => one ?? (flips ? x.transpose(1, 0) : x)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const [output, weights] = multi_head_attention_forward(
      q,
      k,
      v,
      this.embed_dim,
      this.num_heads,
      this.in_proj_weight,
      this.in_proj_bias,
      this.bias_k,
      this.bias_v,
      this.add_zero_attn,
      this.dropout,
      this.out_proj.weight,
      this.out_proj.bias,
      {
        ...options,
        training: this.training,
        use_separate_proj_weight: this.in_proj_weight === null,
        q_proj_weight: this.q_proj_weight,
        k_proj_weight: this.k_proj_weight,
        v_proj_weight: this.v_proj_weight,
      },
    );
    return [flips ? output.transpose(1, 0) : output, weights];
  }
}
