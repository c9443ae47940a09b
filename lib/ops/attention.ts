/** Attention: softmax of the products of queries and keys, times the values. */
import { RuntimeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { ones } from './create.js';
import { dropout } from './create-random.js';
import { compose, op } from './define.js';
import { matmul } from './matmul.js';
import { _where } from './ternary.js';

/** What is added to the products: 0 or -inf by a mask of booleans, or the mask itself. */
function biasOf(mask: Tensor, like: Tensor): Tensor {
  if (mask.dtype.name !== 'bool') return mask;
  return _where(mask, like.detach().new_zeros([]), Number.NEGATIVE_INFINITY);
}

/** softmax along the last dimension, where a row without anything to attend to is zero, not NaN. */
function safeSoftmax(scores: Tensor): Tensor {
  const weights = scores.softmax(-1);
  const nothing = scores.detach().eq(Number.NEGATIVE_INFINITY).all(-1, true);
  return _where(nothing, 0, weights);
}

/** A head of keys for each head of queries. */
function perHead(x: Tensor, heads: number): Tensor {
  const own = x.shape.at(-3) as number;
  return own === heads ? x : x.repeat_interleave(heads / own, -3);
}

/**
 * softmax(query key^T scale + mask) value, with `query` (…, L, E), `key` (…, S, E) and `value` (…, S, Ev): (…, L, Ev).
 * `attn_mask` is added, or where it is bool, false entries are left out; `is_causal` leaves out later positions;
 * `scale` is 1 / sqrt(E) where nothing is given; `enable_gqa` lets groups of heads share keys and values.
 * @example
 * const q = torch.randn(2, 4, 8);
 * torch.nn.functional.scaled_dot_product_attention(q, q, q, { is_causal: true }).shape; // [2, 4, 8]
 */
export const scaled_dot_product_attention = op(
  'scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False)',
  { method: false },
);
compose(scaled_dot_product_attention, (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa) => {
  for (const [x, name] of [
    [query, 'query'],
    [key, 'key'],
    [value, 'value'],
  ] as const) {
    if (x.dim() < 2)
      throw new RuntimeError(
        `Expected query, key, and value to all be at least 2 dimensional, but got Query dim: ${query.dim()}, Key dim: ${key.dim()} and Value dim: ${value.dim()} instead.`,
      );
    if (x.dtype !== query.dtype)
      throw new RuntimeError(
        `Expected query, key, and value to have the same dtype, but got query.dtype: ${query.dtype.scalarName.toLowerCase()} key.dtype: ${key.dtype.scalarName.toLowerCase()} and value.dtype: ${value.dtype.scalarName.toLowerCase()} instead.`,
      );
    if (!x.dtype.is_floating_point) throw new RuntimeError(`${name} must be floating point, got ${x.dtype}`);
  }
  if (is_causal && attn_mask !== null)
    throw new RuntimeError('_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True');
  const heads = query.shape.at(-3) ?? 1;
  if (
    enable_gqa &&
    query.dim() >= 3 &&
    (heads % (key.shape.at(-3) ?? 1) !== 0 || heads % (value.shape.at(-3) ?? 1) !== 0)
  )
    throw new ValueError(
      'Number of heads in key and value must divide the number of heads in query when enable_gqa is set',
    );
  const [k, v] = enable_gqa && query.dim() >= 3 ? [perHead(key, heads), perHead(value, heads)] : [key, value];
  const factor = scale ?? 1 / Math.sqrt(query.shape.at(-1) as number);
  let scores = matmul(query.mul(factor), k.transpose(-2, -1));
  const [rows, columns] = [query.shape.at(-2) as number, k.shape.at(-2) as number];
  const mask = is_causal ? ones(rows, columns).tril().bool() : attn_mask;
  if (mask !== null) scores = scores.add(biasOf(mask, scores).to(scores.dtype));
  const weights = mask === null ? scores.softmax(-1) : safeSoftmax(scores);
  return matmul(dropout_p > 0 ? dropout(weights, dropout_p, true) : weights, v);
});
