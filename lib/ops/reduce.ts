/**
 * Reductions: many elements to one. `dim` is a dimension or a list of them, negative ones count from the last; without it all
 * elements are reduced. `keepdim` keeps reduced dimensions with size 1.
 */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op, overload } from './define.js';
import { evenly, kept, restored, selected, sizeOf } from './reduce-gradients.js';

const sumAll = op('sum(Tensor self, *, dtype? dtype=None)', { native: 'sum_all', method: false });
derive(sumAll, { self: (g, s) => g.expand([...s.shape]) });
const sumDim = op('sum.dim(Tensor self, int[]? dim, bool keepdim=False, *, dtype? dtype=None)', { backward: 'SumBackward1' });
derive(sumDim, { self: (g, s) => restored(g, s) });
/**
 * The sum of elements. Integers and bool are summed in int64. Gradient: g for every element.
 * @example
 * torch.ones(2, 3).sum(1); // tensor([3., 3.])
 */
export const sum = overload('sum', [sumAll, sumDim]);

/** The sum of elements, NaN counted as 0. */
export const nansum = op('nansum(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)');
derive(nansum, { self: ['self', (g, s) => restored(g, s).mul(s.self.isnan().logical_not())] });

const meanAll = op('mean(Tensor self, *, dtype? dtype=None)', { native: 'mean_all', method: false });
derive(meanAll, { self: (g, s) => g.expand([...s.shape]).div(sizeOf(s.shape, null)) });
const meanDim = op('mean.dim(Tensor self, int[]? dim, bool keepdim=False, *, dtype? dtype=None)', { backward: 'MeanBackward1' });
derive(meanDim, { self: (g, s) => restored(g, s).div(sizeOf(s.shape, s.dim)) });
/**
 * The mean of elements; of none it is NaN. Refuses integers unless a floating `dtype` is given. Gradient: g / n.
 * @example
 * torch.tensor([1, 2, 6]).mean(); // tensor(3.)
 */
export const mean = overload('mean', [meanAll, meanDim]);
/** The mean of the elements that are not NaN. */
export const nanmean = op('nanmean(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)', { native: '' });
compose(nanmean, (self, dim, keepdim, dtype) => {
  const factor = self.detach().isnan().logical_not().sum(dim, keepdim);
  return self.nansum(dim, keepdim, { dtype }).div(factor);
});

const prodAll = op('prod(Tensor self, *, dtype? dtype=None)', { native: 'prod_all', method: false });
derive(prodAll, {
  self: [['self', 'result'], (g, s) => prodGradient(g, s.self.reshape([-1]), s.result, 0).reshape([...s.shape])],
});
const prodDim = op('prod.dim_int(Tensor self, int dim, bool keepdim=False, *, dtype? dtype=None)', { backward: 'ProdBackward1' });
derive(prodDim, {
  self: [['self', 'result'], (g, s) => (s.shape.length === 0 ? g : prodGradient(kept(g, s), s.self, kept(s.result, s), s.dim))],
});
/** The product of elements; of none it is 1. Integers and bool are multiplied in int64. Gradient: g times all other elements. */
export const prod = overload('prod', [prodAll, prodDim]);

/** With zeros the others cannot be had by division: they are the products from both ends. */
function prodGradient(g: Tensor, x: Tensor, result: Tensor, dim: number): Tensor {
  if (result.detach().ne(0).all().item()) return g.mul(result).div(x);
  const n = x.size(dim);
  const one = x.detach().narrow(dim, 0, Math.min(n, 1)).new_ones([...x.shape.map((size, d) => (d === (dim + x.dim()) % x.dim() ? Math.min(n, 1) : size))]);
  const before = one.cat_with(x, n, dim);
  return g.mul(before);
}
