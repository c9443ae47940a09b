/** Running sums, products and extremes: each element of the result is made of those up to it along one dimension. */
import type { Tensor } from '../tensor.js';
import { derive, op } from './define.js';
import { stack } from './join.js';

/** The sums from each element to the last. */
const summedBack = (g: Tensor, dim: number): Tensor => (g.dim() === 0 ? g : g.flip(dim).cumsum(dim).flip(dim));

/**
 * The sums up to each element along `dim`; integers and bool are summed in int64.
 * @example
 * torch.tensor([1, 2, 3]).cumsum(0); // tensor([1., 3., 6.])
 */
export const cumsum = op('cumsum(Tensor self, int dim, *, dtype? dtype=None)', { inplace: true, iterated: true });
derive(cumsum, { self: (g, s) => summedBack(g, s.dim) });

/**
 * The products up to each element along `dim`; integers and bool are multiplied in int64.
 * @example
 * torch.tensor([1, 2, 3]).cumprod(0); // tensor([1., 2., 6.])
 */
export const cumprod = op('cumprod(Tensor self, int dim, *, dtype? dtype=None)', { inplace: true, iterated: true });
derive(cumprod, { self: [['self', 'result'], (g, s) => cumprodGradient(g, s.self, s.result, s.dim)] });

function cumprodGradient(g: Tensor, x: Tensor, result: Tensor, dim: number): Tensor {
  if (x.dim() === 0 || x.numel() === 0 || x.size(dim) === 1) return g;
  if (x.detach().ne(0).all().item()) return summedBack(g.mul(result), dim).div(x);
  // With zeros, without a division: the product of what stands before element k, times the sum over i >= k of g[i] and
  // the product of what stands between.
  const n = x.size(dim);
  const out: Tensor[] = [];
  let tail = g.select(dim, n - 1);
  for (let k = n - 1; k >= 0; k--) {
    if (k < n - 1) tail = g.select(dim, k).add(x.select(dim, k + 1).mul(tail));
    out.push(k > 0 ? result.select(dim, k - 1).mul(tail) : tail);
  }
  return stack(out.reverse(), dim);
}

/**
 * log(sum(exp(x))) up to each element along `dim`, without overflow.
 * @example
 * torch.tensor([0, 0]).logcumsumexp(0); // tensor([0.0000, 0.6931])
 */
export const logcumsumexp = op('logcumsumexp(Tensor self, int dim)');
derive(logcumsumexp, { self: [['self', 'result'], (g, s) => logcumsumexpGradient(g, s.self, s.result, s.dim)] });

// In place of log(0), whose own gradient would be NaN: the lowest number of each dtype.
const LOWEST: Record<string, number> = { float16: -65504, bfloat16: -3.3895e38, float32: -3.4028234e38 };

/** exp(x) times the sums of g / exp(result) from each element to the last, in logarithms: positive g, negative g. */
function logcumsumexpGradient(g: Tensor, x: Tensor, result: Tensor, dim: number): Tensor {
  if (x.dim() === 0 || x.numel() === 0) return g;
  const size = g.abs().log();
  const part = (chosen: Tensor) => {
    const logs = size.masked_fill(chosen.logical_not(), LOWEST[g.dtype.name] ?? -Number.MAX_VALUE).sub(result);
    return logs.flip(dim).logcumsumexp(dim).flip(dim).add(x).exp();
  };
  return part(g.gt(0)).sub(part(g.lt(0)));
}

/**
 * [values, indices]: the largest element up to each one along `dim`, and the last place where it stands; NaN stays.
 * @example
 * torch.tensor([1, 3, 2]).cummax(0).values; // tensor([1., 3., 3.])
 */
export const cummax = op('cummax(Tensor self, int dim) -> (values, indices)');
/**
 * [values, indices]: the smallest element up to each one along `dim`; see cummax.
 * @example
 * torch.tensor([3, 1, 2]).cummin(0).values; // tensor([3., 1., 1.])
 */
export const cummin = op('cummin(Tensor self, int dim) -> (values, indices)');
derive(cummax, { self: ['indices', ([g], s) => g && scattered(g, s.indices, s.dim)] });
derive(cummin, { self: ['indices', ([g], s) => g && scattered(g, s.indices, s.dim)] });

function scattered(g: Tensor, indices: Tensor, dim: number): Tensor {
  return g.dim() === 0 ? g : g.new_zeros([...g.shape]).scatter_add(dim, indices, g);
}
