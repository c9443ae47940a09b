/** The layers of the transformer (Vaswani and others, 2017). */
import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { MultiheadAttention } from './attention.js';
import { Dropout } from './dropout.js';
import * as functional from './functional.js';
import { Linear } from './linear.js';
import { Module } from './module.js';
import { LayerNorm } from './normalization.js';
import { type ArgsOf, signature } from './signature.js';

export type Activation = string | ((x: Tensor) => Tensor);

function activationOf(activation: Activation): (x: Tensor) => Tensor {
  if (activation === 'relu') return (x) => functional.relu(x);
  if (activation === 'gelu') return (x) => functional.gelu(x);
  if (typeof activation === 'function') return activation;
  throw new RuntimeError(`activation should be relu/gelu, not ${activation}`);
}

const layer = signature(
  'TransformerEncoderLayer',
  (
    d_model: number,
    nhead: number,
    dim_feedforward: number = 2048,
    dropout: number = 0.1,
    activation: Activation = 'relu',
    layer_norm_eps: number = 1e-5,
    batch_first: boolean = false,
    norm_first: boolean = false,
    bias: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    d_model,
    nhead,
    dim_feedforward,
    dropout,
    activation,
    layer_norm_eps,
    batch_first,
    norm_first,
    bias,
    device,
    dtype,
  }),
);
type LayerArgs = ReturnType<typeof layer.bind>;

/** What layers of encoder and decoder share. */
export abstract class Layer extends Module {
  readonly norm_first: boolean;
  readonly activation: (x: Tensor) => Tensor;

  constructor(o: LayerArgs) {
    super();
    this.norm_first = o.norm_first;
    this.activation = activationOf(o.activation);
  }
}

const attention = ({ d_model, nhead, dropout, bias, batch_first, dtype }: LayerArgs): MultiheadAttention =>
  new MultiheadAttention(d_model, nhead, { dropout, bias, batch_first, dtype });
const norm = ({ d_model, layer_norm_eps: eps, bias, dtype }: LayerArgs): LayerNorm =>
  new LayerNorm(d_model, { eps, bias, dtype });
const wider = ({ d_model, dim_feedforward, bias, dtype }: LayerArgs): Linear =>
  new Linear(d_model, dim_feedforward, { bias, dtype });
const narrower = ({ d_model, dim_feedforward, bias, dtype }: LayerArgs): Linear =>
  new Linear(dim_feedforward, d_model, { bias, dtype });

interface Masks {
  readonly attn_mask: Tensor | null;
  readonly key_padding_mask: Tensor | null;
  readonly is_causal: boolean;
}
const attend = (attention: MultiheadAttention, x: Tensor, memory: Tensor, masks: Masks): Tensor =>
  attention(x, memory, memory, {
    ...masks,
    is_causal: masks.is_causal && masks.attn_mask !== null,
    need_weights: false,
  })[0];

const encodeLayer = signature(
  'forward',
  (
    src: Tensor,
    src_mask: Tensor | null = null,
    src_key_padding_mask: Tensor | null = null,
    is_causal: boolean = false,
  ) => ({ src, src_mask, src_key_padding_mask, is_causal }),
);
/**
 * Self-attention and a feed-forward network, each added to its input and normalised (before with `norm_first`).
 *
 * @example
 * new torch.nn.TransformerEncoderLayer(8, 2)(torch.randn(5, 1, 8)).shape; // [5, 1, 8]
 */
export class TransformerEncoderLayer extends Layer {
  self_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;

  constructor(...args: ArgsOf<typeof layer>) {
    const o = layer.bind(args);
    super(o);
    this.self_attn = attention(o);
    this.linear1 = wider(o);
    this.dropout = new Dropout(o.dropout);
    this.linear2 = narrower(o);
    this.norm1 = norm(o);
    this.norm2 = norm(o);
    this.dropout1 = new Dropout(o.dropout);
    this.dropout2 = new Dropout(o.dropout);
  }

  override forward(...args: ArgsOf<typeof encodeLayer>): Tensor {
    const { src, src_mask, src_key_padding_mask, is_causal } = encodeLayer.bind(args, 'TransformerEncoderLayer');
    const masks = { attn_mask: src_mask, key_padding_mask: src_key_padding_mask, is_causal };
    const attended = (x: Tensor) => this.dropout1(attend(this.self_attn, x, x, masks));
    const fed = (x: Tensor) => this.dropout2(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    if (this.norm_first) {
      const x = src.add(attended(this.norm1(src)));
      return x.add(fed(this.norm2(x)));
    }
    const x = this.norm1(src.add(attended(src)));
    return this.norm2(x.add(fed(x)));
  }
}

const decodeLayer = signature(
  'forward',
  (
    tgt: Tensor,
    memory: Tensor,
    tgt_mask: Tensor | null = null,
    memory_mask: Tensor | null = null,
    tgt_key_padding_mask: Tensor | null = null,
    memory_key_padding_mask: Tensor | null = null,
    tgt_is_causal: boolean = false,
    memory_is_causal: boolean = false,
  ) => ({
    tgt,
    memory,
    tgt_mask,
    memory_mask,
    tgt_key_padding_mask,
    memory_key_padding_mask,
    tgt_is_causal,
    memory_is_causal,
  }),
);
/**
 * Self-attention, attention to the encoder's output (`memory`), and a feed-forward network.
 * @example
 * new torch.nn.TransformerDecoderLayer(8, 2)(torch.randn(5, 3, 8), torch.randn(7, 3, 8)).shape; // [5, 3, 8]
 */
export class TransformerDecoderLayer extends Layer {
  self_attn: MultiheadAttention;
  multihead_attn: MultiheadAttention;
  linear1: Linear;
  dropout: Dropout;
  linear2: Linear;
  norm1: LayerNorm;
  norm2: LayerNorm;
  norm3: LayerNorm;
  dropout1: Dropout;
  dropout2: Dropout;
  dropout3: Dropout;

  constructor(...args: ArgsOf<typeof layer>) {
    const o = layer.bind(args, 'TransformerDecoderLayer');
    super(o);
    this.self_attn = attention(o);
    this.multihead_attn = attention(o);
    this.linear1 = wider(o);
    this.dropout = new Dropout(o.dropout);
    this.linear2 = narrower(o);
    this.norm1 = norm(o);
    this.norm2 = norm(o);
    this.norm3 = norm(o);
    this.dropout1 = new Dropout(o.dropout);
    this.dropout2 = new Dropout(o.dropout);
    this.dropout3 = new Dropout(o.dropout);
  }

  override forward(...args: ArgsOf<typeof decodeLayer>): Tensor {
    const {
      tgt,
      memory,
      tgt_mask,
      memory_mask,
      tgt_key_padding_mask,
      memory_key_padding_mask,
      tgt_is_causal,
      memory_is_causal,
    } = decodeLayer.bind(args, 'TransformerDecoderLayer');
    const own = { attn_mask: tgt_mask, key_padding_mask: tgt_key_padding_mask, is_causal: tgt_is_causal };
    const other = { attn_mask: memory_mask, key_padding_mask: memory_key_padding_mask, is_causal: memory_is_causal };
    const attended = (x: Tensor) => this.dropout1(attend(this.self_attn, x, x, own));
    const looked = (x: Tensor) => this.dropout2(attend(this.multihead_attn, x, memory, other));
    const fed = (x: Tensor) => this.dropout3(this.linear2(this.dropout(this.activation(this.linear1(x)))));
    if (this.norm_first) {
      let x = tgt.add(attended(this.norm1(tgt)));
      x = x.add(looked(this.norm2(x)));
      return x.add(fed(this.norm3(x)));
    }
    let x = this.norm1(tgt.add(attended(tgt)));
    x = this.norm2(x.add(looked(x)));
    return this.norm3(x.add(fed(x)));
  }
}
