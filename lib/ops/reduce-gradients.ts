/** What the gradient formulas of reductions share: results brought back to the shape of what was reduced. */
import type { Tensor } from '../tensor.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';

/** What a formula knows of a reduction. */
export interface Reduction {
  readonly shape: readonly number[];
  readonly dim: number | readonly number[] | null;
  readonly keepdim: boolean;
}

/** The reduced dimensions in ascending order; none and an empty list mean all. */
function dimsOf(dim: Reduction['dim'], ndim: number): number[] {
  const list = typeof dim === 'number' ? [dim] : (dim ?? []);
  if (list.length === 0) return Array.from({ length: ndim }, (_, d) => d);
  return list.map((d) => wrapDim(d, ndim)).sort((a, b) => a - b);
}

/** A result, or its gradient, with the reduced dimensions kept as size 1. */
export function kept(g: Tensor, { shape, dim, keepdim }: Reduction): Tensor {
  if (keepdim || shape.length === 0) return g;
  return dimsOf(dim, shape.length).reduce((t, d) => t.unsqueeze(d), g);
}

/** The gradient of a result, repeated for each element that it is made of. */
export const restored = (g: Tensor, s: Reduction): Tensor => kept(g, s).expand([...s.shape]);

/** How many elements one result is made of. */
export function sizeOf(shape: readonly number[], dim: Reduction['dim']): number {
  return shape.length === 0 ? 1 : dimsOf(dim, shape.length).reduce((n, d) => n * (shape[d] as number), 1);
}

/** The gradient shared evenly by the elements that equal the result. */
export function evenly(g: Tensor, x: Tensor, result: Tensor, s: Reduction): Tensor {
  const top = kept(result.detach(), s);
  const mask = x.detach().eq(top).logical_or(x.detach().isnan().logical_and(top.isnan()));
  const count = s.shape.length === 0 ? mask.to(g.dtype) : mask.sum(dimsOf(s.dim, s.shape.length), true);
  return kept(g, s).div(count).mul(mask);
}

/** The gradient handed to the elements that `indices` names along the dimension. */
export function selected(g: Tensor, indices: Tensor, s: Reduction & { readonly dim: number }): Tensor {
  if (s.shape.length === 0) return g;
  return g.new_zeros([...s.shape]).scatter(s.dim, kept(indices, s), kept(g, s));
}

/** The gradient of a product along `dim`; `result` and `g` keep that dimension. */
export function productGradient(g: Tensor, x: Tensor, result: Tensor, dim: number): Tensor {
  if (result.detach().ne(0).all().item()) return g.mul(result).div(x);
  // With zeros the product of the others cannot be had by division: it is the product of what stands before and behind.
  const n = x.size(dim);
  if (n === 0) return x.new_zeros([...x.shape]);
  const one = x.detach().new_ones([...result.shape]);
  const before = cat([one, x.narrow(dim, 0, n - 1)], dim).cumprod(dim);
  const behind = cat([x.narrow(dim, 1, n - 1), one], dim)
    .flip(dim)
    .cumprod(dim)
    .flip(dim);
  return g.mul(before.mul(behind));
}

/** The gradient of a variance with n - correction in its denominator. */
export function varianceGradient(g: Tensor, x: Tensor, correction: number | null, s: Reduction): Tensor {
  const list = s.shape.length === 0 ? null : dimsOf(s.dim, s.shape.length);
  const deviation = x.sub(list === null ? x.mean() : x.mean(list, true));
  const freedom = sizeOf(s.shape, s.dim) - (correction ?? 1);
  if (freedom <= 0 && (s.dim === null || s.shape.length === 0)) {
    return kept(g, s).mul(x.new_full([...s.shape], Infinity).masked_fill(deviation.eq(0), NaN));
  }
  return kept(g, s)
    .mul(deviation)
    .mul(2 / freedom);
}

/** The gradient of a standard deviation; 0 where that is 0. */
export function deviationGradient(g: Tensor, x: Tensor, std: Tensor, correction: number | null, s: Reduction): Tensor {
  return varianceGradient(g.div(std.mul(2)).masked_fill(std.eq(0), 0), x, correction, s);
}

/** The gradient of the p-norm; a subgradient of 0 where the norm is 0. */
export function normGradient(g: Tensor, x: Tensor, norm: Tensor, p: number, s: Reduction): Tensor | null {
  if (p === 0) return null;
  if (p === 1) return kept(g, s).mul(x.sgn());
  const grad = kept(g, s);
  const length = kept(norm, s);
  const none = length.eq(0);
  if (p === 2) return grad.mul(x.div(length).masked_fill(none, 0));
  if (Math.abs(p) === Infinity) return evenly(g, x.abs(), norm, s).mul(x.sgn());
  if (p < 1)
    return x
      .sgn()
      .mul(
        x
          .abs()
          .pow(p - 1)
          .masked_fill(x.eq(0), 0),
      )
      .mul(grad)
      .mul(length.pow(1 - p));
  const scale = grad.div(length.pow(p - 1)).masked_fill(none, 0);
  return p < 2
    ? x
        .sgn()
        .mul(x.abs().pow(p - 1))
        .mul(scale)
    : x.mul(x.abs().pow(p - 2)).mul(scale);
}
