/** The transformer (Vaswani and others, 2017): stacks of layers, and both stacks together. */
import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import { full } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { ModuleList } from './containers.js';
import { deepcopy } from './copy.js';
import * as init from './init.js';
import { Module } from './module.js';
import { LayerNorm } from './normalization.js';
import { type ArgsOf, signature } from './signature.js';
import { type Activation, TransformerDecoderLayer, TransformerEncoderLayer } from './transformer-layers.js';

/** The layers of a stack: they start equal and have weights of their own. */
const copies = (layer: Module, count: number): ModuleList =>
  new ModuleList(Array.from({ length: count }, () => deepcopy(layer)));

const stackArgs = signature(
  'TransformerEncoder',
  (
    encoder_layer: Module,
    num_layers: number,
    norm: Module | null = null,
    enable_nested_tensor: boolean = true,
    mask_check: boolean = true,
  ) => ({ encoder_layer, num_layers, norm, enable_nested_tensor, mask_check }),
);
const decoderArgs = signature(
  'TransformerDecoder',
  (decoder_layer: Module, num_layers: number, norm: Module | null = null) => ({ decoder_layer, num_layers, norm }),
);

const encode = signature(
  'forward',
  (
    src: Tensor,
    mask: Tensor | null = null,
    src_key_padding_mask: Tensor | null = null,
    is_causal: boolean | null = null,
  ) => ({ src, mask, src_key_padding_mask, is_causal }),
);
/**
 * So many copies of an encoder layer, one after another, and a last normalisation.
 * @example
 * const encoder = new torch.nn.TransformerEncoder(new torch.nn.TransformerEncoderLayer(8, 2), 2);
 * encoder(torch.randn(5, 3, 8)).shape; // [5, 3, 8]
 */
export class TransformerEncoder extends Module {
  layers: ModuleList;
  readonly num_layers: number;
  norm: Module | null;

  constructor(...args: ArgsOf<typeof stackArgs>) {
    super();
    const { encoder_layer, num_layers, norm } = stackArgs.bind(args);
    this.layers = copies(encoder_layer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm;
  }

  override forward(...args: ArgsOf<typeof encode>): Tensor {
    const { src, mask, src_key_padding_mask, is_causal } = encode.bind(args, 'TransformerEncoder');
    let x = src;
    for (const each of this.layers)
      x = (each as TransformerEncoderLayer)(x, mask, src_key_padding_mask, is_causal ?? false);
    return this.norm === null ? x : this.norm(x);
  }
}

const decode = signature(
  'forward',
  (
    tgt: Tensor,
    memory: Tensor,
    tgt_mask: Tensor | null = null,
    memory_mask: Tensor | null = null,
    tgt_key_padding_mask: Tensor | null = null,
    memory_key_padding_mask: Tensor | null = null,
    tgt_is_causal: boolean | null = null,
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
 * So many copies of a decoder layer, one after another, and a last normalisation.
 * @example
 * const decoder = new torch.nn.TransformerDecoder(new torch.nn.TransformerDecoderLayer(8, 2), 2);
 * decoder(torch.randn(5, 3, 8), torch.randn(7, 3, 8)).shape; // [5, 3, 8]
 */
export class TransformerDecoder extends Module {
  layers: ModuleList;
  readonly num_layers: number;
  norm: Module | null;

  constructor(...args: ArgsOf<typeof decoderArgs>) {
    super();
    const { decoder_layer, num_layers, norm } = decoderArgs.bind(args);
    this.layers = copies(decoder_layer, num_layers);
    this.num_layers = num_layers;
    this.norm = norm;
  }

  override forward(...args: ArgsOf<typeof decode>): Tensor {
    const {
      tgt,
      memory,
      tgt_mask,
      memory_mask,
      tgt_key_padding_mask,
      memory_key_padding_mask,
      tgt_is_causal,
      memory_is_causal,
    } = decode.bind(args, 'TransformerDecoder');
    let x = tgt;
    for (const each of this.layers)
      x = (each as TransformerDecoderLayer)(
        x,
        memory,
        tgt_mask,
        memory_mask,
        tgt_key_padding_mask,
        memory_key_padding_mask,
        tgt_is_causal ?? false,
        memory_is_causal,
      );
    return this.norm === null ? x : this.norm(x);
  }
}

const whole = signature(
  'Transformer',
  (
    d_model: number = 512,
    nhead: number = 8,
    num_encoder_layers: number = 6,
    num_decoder_layers: number = 6,
    dim_feedforward: number = 2048,
    dropout: number = 0.1,
    activation: Activation = 'relu',
    custom_encoder: Module | null = null,
    custom_decoder: Module | null = null,
    layer_norm_eps: number = 1e-5,
    batch_first: boolean = false,
    norm_first: boolean = false,
    bias: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    d_model,
    nhead,
    num_encoder_layers,
    num_decoder_layers,
    dim_feedforward,
    dropout,
    activation,
    custom_encoder,
    custom_decoder,
    layer_norm_eps,
    batch_first,
    norm_first,
    bias,
    device,
    dtype,
  }),
);

const translate = signature(
  'forward',
  (
    src: Tensor,
    tgt: Tensor,
    src_mask: Tensor | null = null,
    tgt_mask: Tensor | null = null,
    memory_mask: Tensor | null = null,
    src_key_padding_mask: Tensor | null = null,
    tgt_key_padding_mask: Tensor | null = null,
    memory_key_padding_mask: Tensor | null = null,
    src_is_causal: boolean | null = null,
    tgt_is_causal: boolean | null = null,
    memory_is_causal: boolean = false,
  ) => ({
    src,
    tgt,
    src_mask,
    tgt_mask,
    memory_mask,
    src_key_padding_mask,
    tgt_key_padding_mask,
    memory_key_padding_mask,
    src_is_causal,
    tgt_is_causal,
    memory_is_causal,
  }),
);
/**
 * Encoder and decoder: sequences `src` (S, N, E) and `tgt` (T, N, E) give (T, N, E).
 *
 * @example
 * const model = new torch.nn.Transformer({ d_model: 8, nhead: 2, num_encoder_layers: 1, num_decoder_layers: 1 });
 * model(torch.randn(5, 1, 8), torch.randn(3, 1, 8)).shape; // [3, 1, 8]
 */
export class Transformer extends Module {
  encoder: Module;
  decoder: Module;
  readonly d_model: number;
  readonly nhead: number;
  readonly batch_first: boolean;

  constructor(...args: ArgsOf<typeof whole>) {
    super();
    const { num_encoder_layers, num_decoder_layers, custom_encoder, custom_decoder, ...o } = whole.bind(args);
    const norm = () => new LayerNorm(o.d_model, { eps: o.layer_norm_eps, bias: o.bias, dtype: o.dtype });
    this.encoder =
      custom_encoder ??
      new TransformerEncoder(new TransformerEncoderLayer(...([o] as never)), num_encoder_layers, norm());
    this.decoder =
      custom_decoder ??
      new TransformerDecoder(new TransformerDecoderLayer(...([o] as never)), num_decoder_layers, norm());
    for (const p of this.parameters()) if (p.dim() > 1) init.xavier_uniform_(p);
    this.d_model = o.d_model;
    this.nhead = o.nhead;
    this.batch_first = o.batch_first;
  }

  override forward(...args: ArgsOf<typeof translate>): Tensor {
    const {
      src,
      tgt,
      src_mask,
      tgt_mask,
      memory_mask,
      src_key_padding_mask,
      tgt_key_padding_mask,
      memory_key_padding_mask,
      src_is_causal,
      tgt_is_causal,
      memory_is_causal,
    } = translate.bind(args, 'Transformer');
    const batchAt = this.batch_first ? 0 : 1;
    if (src.dim() === 3 && src.shape[batchAt] !== tgt.shape[batchAt])
      throw new RuntimeError('the batch number of src and tgt must be equal');
    if (src.shape.at(-1) !== this.d_model || tgt.shape.at(-1) !== this.d_model)
      throw new RuntimeError('the feature number of src and tgt must be equal to d_model');
    const memory = this.encoder(src, src_mask, src_key_padding_mask, src_is_causal);
    return this.decoder(
      tgt,
      memory,
      tgt_mask,
      memory_mask,
      tgt_key_padding_mask,
      memory_key_padding_mask,
      tgt_is_causal,
      memory_is_causal,
    );
  }

  /** A mask that leaves out later positions: -inf above the diagonal, 0 elsewhere. */
  static generate_square_subsequent_mask(size: number, options: { dtype?: DType | null } = {}): Tensor {
    return full([size, size], Number.NEGATIVE_INFINITY, { dtype: options.dtype ?? null }).triu(1);
  }
}
