/** torch.nn.functional.multi_head_attention_forward. */
import { AssertionError, RuntimeError } from '../errors.js';
import { cat } from '../ops/index.js';
import { _where } from '../ops/ternary.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';

export interface AttentionOptions {
  training?: boolean;
  key_padding_mask?: Tensor | null;
  need_weights?: boolean;
  attn_mask?: Tensor | null;
  use_separate_proj_weight?: boolean;
  q_proj_weight?: Tensor | null;
  k_proj_weight?: Tensor | null;
  v_proj_weight?: Tensor | null;
  static_k?: Tensor | null;
  static_v?: Tensor | null;
  average_attn_weights?: boolean;
  is_causal?: boolean;
}

/** A mask as what is added to scores: where a bool one is true, nothing may be attended to. */
function additive(mask: Tensor | null, name: string, like: Tensor): Tensor | null {
  if (mask === null) return null;
  if (mask.dtype.name === 'bool') return _where(mask, Number.NEGATIVE_INFINITY, like.detach().new_zeros([]));
  if (!mask.dtype.is_floating_point) throw new AssertionError(`only bool and floating types of ${name} are supported`);
  return mask;
}

/** The inputs times their weights: one matrix for all three, or one for each. */
function project(
  [query, key, value]: readonly [Tensor, Tensor, Tensor],
  weight: Tensor | null,
  bias: Tensor | null,
  separate: readonly (Tensor | null | undefined)[] | null,
): [Tensor, Tensor, Tensor] {
  const size = query.shape.at(-1) as number;
  const biases = bias === null ? [null, null, null] : bias.chunk(3);
  if (separate !== null) {
    const inputs = [query, key, value];
    return inputs.map((x, i) => functional.linear(x, separate[i] as Tensor, biases[i] ?? null)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
  }
  const all = weight as Tensor;
  if (query === key && key === value)
    return functional.linear(query, all, bias).split(size, -1) as [Tensor, Tensor, Tensor];
  const weights = all.chunk(3);
  return [query, key, value].map((x, i) => functional.linear(x, weights[i] as Tensor, biases[i] ?? null)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
}

/** (L, N, E) as (N heads, L, E / heads). */
const byHead = (x: Tensor, batch: number, heads: number): Tensor =>
  x.reshape([x.shape[0] as number, batch * heads, -1]).transpose(0, 1);
const widened = (mask: Tensor | null): Tensor | null => (mask === null ? null : functional.pad(mask, [0, 1]));

/**
 * Attention of several heads over queries (L, N, E), keys and values (S, N, E), with all projections: the outputs
 * (L, N, E) and, where they are needed, the weights (N, L, S). Without the batch dimension N as well.
 * @example
 * const [x, w] = [torch.randn(5, 2, 4), torch.randn(12, 4)];
 * const args = [x, x, x, 4, 2, w, null, null, null, false, 0, torch.eye(4), null] as const;
 * torch.nn.functional.multi_head_attention_forward(...args)[0].shape; // [5, 2, 4]
 */
export function multi_head_attention_forward(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  embed_dim_to_check: number,
  num_heads: number,
  in_proj_weight: Tensor | null,
  in_proj_bias: Tensor | null,
  bias_k: Tensor | null,
  bias_v: Tensor | null,
  add_zero_attn: boolean,
  dropout_p: number,
  out_proj_weight: Tensor,
  out_proj_bias: Tensor | null,
  options: AttentionOptions = {},
): [Tensor, Tensor | null] {
  const { training = true, need_weights = true, average_attn_weights = true, is_causal = false } = options;
  const batched = query.dim() === 3;
  if (!batched && query.dim() !== 2)
    throw new AssertionError(
      `query should be unbatched 2D or batched 3D tensor but received ${query.dim()}-D query tensor`,
    );
  for (const x of [key, value]) {
    if (x.dim() !== query.dim())
      throw new AssertionError(
        `For ${batched ? 'batched (3-D)' : 'unbatched (2-D)'} \`query\`, expected \`key\` and \`value\` to be ${query.dim()}-D but found ${key.dim()}-D and ${value.dim()}-D tensors respectively`,
      );
  }
  const wide = (x: Tensor): Tensor => (batched ? x : x.unsqueeze(1));
  const one = query === key && key === value ? wide(query) : null;
  const inputs = [one ?? wide(query), one ?? wide(key), one ?? wide(value)] as const;
  const [length, batch, size] = inputs[0].shape as readonly number[] as [number, number, number];
  if (size !== embed_dim_to_check)
    throw new AssertionError(`was expecting embedding dimension of ${embed_dim_to_check}, but got ${size}`);
  const headSize = Math.floor(size / num_heads);
  if (headSize * num_heads !== size)
    throw new AssertionError(`embed_dim ${size} not divisible by num_heads ${num_heads}`);
  if (is_causal && (options.attn_mask ?? null) === null)
    throw new RuntimeError('Need attn_mask if specifying the is_causal hint.');

  const separate = options.use_separate_proj_weight
    ? [options.q_proj_weight, options.k_proj_weight, options.v_proj_weight]
    : null;
  let [q, k, v] = project(inputs, in_proj_weight, in_proj_bias, separate);
  let mask = additive(options.attn_mask ?? null, 'attn_mask', q);
  let padding = additive(options.key_padding_mask ?? null, 'key_padding_mask', q);
  if (padding !== null && !batched) padding = padding.unsqueeze(0);
  if (mask !== null && mask.dim() === 2) mask = mask.unsqueeze(0);
  if (bias_k !== null && bias_v !== null) {
    k = cat([k, bias_k.repeat(1, batch, 1)]);
    v = cat([v, bias_v.repeat(1, batch, 1)]);
    [mask, padding] = [widened(mask), widened(padding)];
  }
  q = byHead(q, batch, num_heads);
  k = options.static_k ?? byHead(k, batch, num_heads);
  v = options.static_v ?? byHead(v, batch, num_heads);
  if (add_zero_attn) {
    const zeros = k.new_zeros([batch * num_heads, 1, headSize]);
    [k, v] = [cat([k, zeros], 1), cat([v, zeros], 1)];
    [mask, padding] = [widened(mask), widened(padding)];
  }
  const source = k.shape[1] as number;
  if (padding !== null) {
    const each = padding
      .view([batch, 1, 1, source])
      .expand([-1, num_heads, -1, -1])
      .reshape([batch * num_heads, 1, source]);
    mask = mask === null ? each : mask.add(each);
  }
  const p = training ? dropout_p : 0;
  const merged = (heads: Tensor): Tensor =>
    heads
      .transpose(0, 1)
      .contiguous()
      .view([length * batch, size]);
  const finished = (flat: Tensor): Tensor => {
    const out = functional.linear(flat, out_proj_weight, out_proj_bias).view([length, batch, -1]);
    return batched ? out : out.squeeze(1);
  };
  if (!need_weights) {
    const heads = functional.scaled_dot_product_attention(q, k, v, mask, p);
    return [finished(merged(heads)), null];
  }
  const scaled = q.mul(Math.sqrt(1 / headSize));
  const scores = mask === null ? scaled.bmm(k.transpose(-2, -1)) : mask.add(scaled.bmm(k.transpose(-2, -1)));
  const plain = scores.softmax(-1);
  const weights = p > 0 ? functional.dropout(plain, p, true) : plain;
  const perHead = weights.view([batch, num_heads, length, source]);
  const shown = average_attn_weights ? perHead.mean(1) : perHead;
  return [finished(merged(weights.bmm(v))), batched ? shown : shown.squeeze(0)];
}
