/**
 * Reductions: many elements to one. `dim` is a dimension or a list of them, negative ones count from the last; without
 * it all elements are reduced. `keepdim` keeps the reduced dimensions with size 1.
 */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { maximum, minimum } from './binary.js';
import { compose, derive, implement, op, overload } from './define.js';
import { named } from './encode.js';
import { linalg_matrix_norm } from './matrix-norms.js';
import {
  deviationGradient,
  evenly,
  kept,
  normGradient,
  productGradient,
  restored,
  selected,
  sizeOf,
  varianceGradient,
} from './reduce-gradients.js';

const sumAll = op('sum(Tensor self, *, dtype? dtype=None)', { native: 'sum_all', method: false });
derive(sumAll, { self: (g, s) => g.expand([...s.shape]) });
const sumDim = op('sum.dim(Tensor self, int[]? dim, bool keepdim=False, *, dtype? dtype=None)', {
  backward: 'SumBackward1',
});
derive(sumDim, { self: (g, s) => restored(g, s) });
/**
 * The sum of elements; integers and bool are summed in int64. Gradient: that of the result for every element.
 * @example
 * torch.ones(2, 3).sum(1); // tensor([3., 3.])
 */
export const sum = overload('sum', [sumAll, sumDim]);

/**
 * The sum of elements, NaN counted as 0.
 * @example
 * torch.tensor([1, NaN, 2]).nansum(); // tensor(3.)
 */
export const nansum = op('nansum(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)');
derive(nansum, { self: ['self', (g, s) => restored(g, s).mul(s.self.isnan().logical_not())] });

const meanAll = op('mean(Tensor self, *, dtype? dtype=None)', { native: 'mean_all', method: false });
derive(meanAll, { self: (g, s) => g.expand([...s.shape]).div(sizeOf(s.shape, null)) });
const meanDim = op('mean.dim(Tensor self, int[]? dim, bool keepdim=False, *, dtype? dtype=None)', {
  backward: 'MeanBackward1',
});
derive(meanDim, { self: (g, s) => restored(g, s).div(sizeOf(s.shape, s.dim)) });
/**
 * The mean of elements; of none it is NaN. Refuses integers unless `dtype` is a floating one. Gradient: g / n.
 * @example
 * torch.tensor([1, 2, 6]).mean(); // tensor(3.)
 */
export const mean = overload('mean', [meanAll, meanDim]);
/**
 * The mean of the elements that are not NaN.
 * @example
 * torch.tensor([1, NaN, 2]).nanmean(); // tensor(1.5000)
 */
export const nanmean = op('nanmean(Tensor self, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)', {
  native: '',
});
compose(nanmean, (self, dim, keepdim, dtype) => {
  const count = self.detach().isnan().logical_not().sum(dim, keepdim);
  return self.nansum(dim, keepdim, { dtype }).div(count);
});

const prodAll = op('prod(Tensor self, *, dtype? dtype=None)', { native: 'prod_all', method: false });
derive(prodAll, {
  self: [
    ['self', 'result'],
    (g, s) =>
      s.shape.length === 0 ? g : productGradient(g, s.self.reshape(-1), s.result.reshape(1), 0).reshape([...s.shape]),
  ],
});
const prodDim = op('prod.dim_int(Tensor self, int dim, bool keepdim=False, *, dtype? dtype=None)', {
  backward: 'ProdBackward1',
});
derive(prodDim, {
  self: [
    ['self', 'result'],
    (g, s) => (s.shape.length === 0 ? g : productGradient(kept(g, s), s.self, kept(s.result, s), s.dim)),
  ],
});
/**
 * The product of elements; integers and bool are multiplied in int64. Gradient: g times the product of all others.
 * @example
 * torch.tensor([2, 3, 4]).prod(); // tensor(24.)
 */
export const prod = overload('prod', [prodAll, prodDim]);

/**
 * The largest elements; NaN where there is one. Gradient: shared evenly by equal ones.
 * @example
 * torch.tensor([[1, 5], [7, 2]]).amax(1); // tensor([5., 7.])
 */
export const amax = op('amax(Tensor self, int[]? dim=None, bool keepdim=False)');
/**
 * The smallest elements; NaN where there is one. Gradient: shared evenly by equal ones.
 * @example
 * torch.tensor([[1, 5], [7, 2]]).amin(1); // tensor([1., 2.])
 */
export const amin = op('amin(Tensor self, int[]? dim=None, bool keepdim=False)');
derive(amax, { self: [['self', 'result'], (g, s) => evenly(g, s.self, s.result, s)] });
derive(amin, { self: [['self', 'result'], (g, s) => evenly(g, s.self, s.result, s)] });
/**
 * Smallest and largest elements at once.
 * @example
 * torch.tensor([1, 5, 7]).aminmax().max; // tensor(7.)
 */
export const aminmax = op('aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (min, max)', { native: '' });
implement(aminmax, (self, dim, keepdim) => {
  const dims = dim === null ? [] : [dim];
  if (self.numel() === 0 && dim === null) {
    throw new RuntimeError(
      'aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.',
    );
  }
  return named(['min', 'max'], [self.amin(dims, keepdim), self.amax(dims, keepdim)]);
});
derive(aminmax, {
  self: [
    ['self', 'min', 'max'],
    ([least, most], s) => {
      const how = { shape: s.shape, dim: s.dim === null ? null : [s.dim], keepdim: s.keepdim };
      const low = least ? evenly(least, s.self, s.min, how) : null;
      const high = most ? evenly(most, s.self, s.max, how) : null;
      return low && high ? low.add(high) : (low ?? high);
    },
  ],
});

const everything = { dim: null, keepdim: false } as const;
const maxAll = op('max(Tensor self)', { native: 'max_all', method: false, backward: 'MaxBackward1' });
const minAll = op('min(Tensor self)', { native: 'min_all', method: false, backward: 'MinBackward1' });
derive(maxAll, {
  self: [['self', 'result'], (g, s) => evenly(g, s.self, s.result, { shape: s.shape, ...everything })],
});
derive(minAll, {
  self: [['self', 'result'], (g, s) => evenly(g, s.self, s.result, { shape: s.shape, ...everything })],
});
const maxDim = op('max.dim(Tensor self, int dim, bool keepdim=False) -> (values, indices)');
const minDim = op('min.dim(Tensor self, int dim, bool keepdim=False) -> (values, indices)');
derive(maxDim, { self: ['indices', ([g], s) => g && selected(g, s.indices, s)] });
derive(minDim, { self: ['indices', ([g], s) => g && selected(g, s.indices, s)] });
const maxOther = op('max.other(Tensor self, Tensor other)', { native: '' });
const minOther = op('min.other(Tensor self, Tensor other)', { native: '' });
compose(maxOther, (self, other) => maximum(self, other));
compose(minOther, (self, other) => minimum(self, other));
/**
 * The largest element; with `dim` [values, indices] along it, the first of equal ones; of two tensors the larger
 * elements. NaN counts as the largest. Gradient: without `dim` shared evenly by equal elements, with it that of the
 * index alone.
 * @example
 * const { values, indices } = torch.tensor([[1, 5], [7, 2]]).max(1);
 * values; // tensor([5., 7.])
 * indices; // tensor([1, 0])
 */
export const max = overload('max', [maxAll, maxOther, maxDim]);
/**
 * The smallest element, [values, indices] along `dim`, or the smaller elements of two tensors; see max.
 * @example
 * torch.tensor([[1, 5], [7, 2]]).min(1).values; // tensor([1., 2.])
 */
export const min = overload('min', [minAll, minOther, minDim]);

/**
 * The index of the largest element, the first of equal ones; without `dim` in the flattened tensor.
 * @example
 * torch.tensor([[1, 5], [7, 2]]).argmax(1); // tensor([1, 0])
 */
export const argmax = op('argmax(Tensor self, int? dim=None, bool keepdim=False)');
/**
 * The index of the smallest element, the first of equal ones; without `dim` in the flattened tensor.
 * @example
 * torch.tensor([[1, 5], [7, 2]]).argmin(1); // tensor([0, 1])
 */
export const argmin = op('argmin(Tensor self, int? dim=None, bool keepdim=False)');
derive(argmax, 'none');
derive(argmin, 'none');

const anyAll = op('any(Tensor self)', { native: 'any_all', method: false });
const anyDim = op('any.dims(Tensor self, int[]? dim=None, bool keepdim=False)');
const allAll = op('all(Tensor self)', { native: 'all_all', method: false });
const allDim = op('all.dims(Tensor self, int[]? dim=None, bool keepdim=False)');
for (const each of [anyAll, allAll]) derive(each, 'none');
for (const each of [anyDim, allDim]) derive(each, 'none');
/**
 * Whether some element is not 0; bool, or uint8 where the input is.
 * @example
 * torch.tensor([[0, 1], [0, 0]]).any(1); // tensor([ True, False])
 */
export const any = overload('any', [anyAll, anyDim]);
/**
 * Whether no element is 0; bool, or uint8 where the input is.
 * @example
 * torch.tensor([[true, true], [true, false]]).all(1); // tensor([ True, False])
 */
export const all = overload('all', [allAll, allDim]);

/**
 * How many elements are not 0.
 * @example
 * torch.tensor([[0, 1], [2, 3]]).count_nonzero(1); // tensor([1, 2])
 */
export const count_nonzero = op('count_nonzero(Tensor self, int[]? dim=None)');
derive(count_nonzero, 'none');

const varCorrection = op('var.correction(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False)');
const stdCorrection = op('std.correction(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False)');
derive(varCorrection, { self: ['self', (g, s) => varianceGradient(g, s.self, s.correction, s)] });
derive(stdCorrection, {
  self: [['self', 'result'], (g, s) => deviationGradient(g, s.self, s.result, s.correction, s)],
});
const varAll = op('var(Tensor self, bool unbiased=True)', { native: '', method: false });
const stdAll = op('std(Tensor self, bool unbiased=True)', { native: '', method: false });
compose(varAll, (self, unbiased) => varCorrection(self, null, { correction: Number(unbiased) }));
compose(stdAll, (self, unbiased) => stdCorrection(self, null, { correction: Number(unbiased) }));
const varDim = op('var.dim(Tensor self, int[]? dim, bool unbiased=True, bool keepdim=False)', { native: '' });
const stdDim = op('std.dim(Tensor self, int[]? dim, bool unbiased=True, bool keepdim=False)', { native: '' });
compose(varDim, (self, dim, unbiased, keepdim) => varCorrection(self, dim, { correction: Number(unbiased), keepdim }));
compose(stdDim, (self, dim, unbiased, keepdim) => stdCorrection(self, dim, { correction: Number(unbiased), keepdim }));
/**
 * The variance, with n - correction in its denominator; `unbiased` true (the default) is a correction of 1, false one
 * of 0.
 * Gradient: 2 g (x - mean) / (n - correction).
 * @example
 * torch.tensor([1, 2, 3, 4]).var({ correction: 0 }); // tensor(1.2500)
 */
const variance = overload('var', [varAll, varDim, varCorrection]);

export { variance as var };
/**
 * The standard deviation: the root of var. Gradient: 0 where it is 0.
 * @example
 * torch.tensor([1, 2, 3, 4]).std(); // tensor(1.2910)
 */
export const std = overload('std', [stdAll, stdDim, stdCorrection]);

const varMeanCorrection = op(
  'var_mean.correction(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False) -> (var, mean)',
);
const stdMeanCorrection = op(
  'std_mean.correction(Tensor self, int[]? dim=None, *, float? correction=None, bool keepdim=False) -> (std, mean)',
);
derive(varMeanCorrection, {
  self: [
    'self',
    ([v, m], s) =>
      added(v && varianceGradient(v, s.self, s.correction, s), m && restored(m, s).div(sizeOf(s.shape, s.dim))),
  ],
});
derive(stdMeanCorrection, {
  self: [
    ['self', 'std'],
    ([d, m], s) =>
      added(d && deviationGradient(d, s.self, s.std, s.correction, s), m && restored(m, s).div(sizeOf(s.shape, s.dim))),
  ],
});
const added = (a: Tensor | null | undefined, b: Tensor | null | undefined): Tensor | null =>
  a && b ? a.add(b) : (a ?? b ?? null);
const varMeanAll = op('var_mean(Tensor self, bool unbiased=True) -> (var, mean)', { native: '', method: false });
const stdMeanAll = op('std_mean(Tensor self, bool unbiased=True) -> (std, mean)', { native: '', method: false });
compose(varMeanAll, (self, unbiased) => varMeanCorrection(self, null, { correction: Number(unbiased) }));
compose(stdMeanAll, (self, unbiased) => stdMeanCorrection(self, null, { correction: Number(unbiased) }));
const varMeanDim = op('var_mean.dim(Tensor self, int[]? dim, bool unbiased=True, bool keepdim=False) -> (var, mean)', {
  native: '',
});
const stdMeanDim = op('std_mean.dim(Tensor self, int[]? dim, bool unbiased=True, bool keepdim=False) -> (std, mean)', {
  native: '',
});
compose(varMeanDim, (self, dim, unbiased, keepdim) =>
  varMeanCorrection(self, dim, { correction: Number(unbiased), keepdim }),
);
compose(stdMeanDim, (self, dim, unbiased, keepdim) =>
  stdMeanCorrection(self, dim, { correction: Number(unbiased), keepdim }),
);
/**
 * [variance, mean]; see var.
 * @example
 * torch.var_mean(torch.tensor([1, 3]), { correction: 0 });
 * // [ tensor(1.), tensor(2.), var: tensor(1.), mean: tensor(2.) ]
 */
export const var_mean = overload('var_mean', [varMeanAll, varMeanDim, varMeanCorrection]);
/**
 * [standard deviation, mean]; see std.
 * @example
 * torch.std_mean(torch.tensor([1, 3]), { correction: 0 });
 * // [ tensor(1.), tensor(2.), std: tensor(1.), mean: tensor(2.) ]
 */
export const std_mean = overload('std_mean', [stdMeanAll, stdMeanDim, stdMeanCorrection]);

/**
 * (sum |x|^ord)^(1 / ord); the largest or smallest |x| for an infinite `ord`, for 0 how many elements are not 0.
 * @example
 * torch.linalg.vector_norm(torch.tensor([3, 4])); // tensor(5.)
 */
export const linalg_vector_norm = op(
  'linalg_vector_norm(Tensor self, float ord=2, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)',
  { native: 'vector_norm', method: false },
);
derive(linalg_vector_norm, { self: [['self', 'result'], (g, s) => normGradient(g, s.self, s.result, s.ord, s)] });
/** The same under the name that the norms of distances have in a graph. @internal */
export const _norm = op('_norm(Tensor self, float ord=2, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)', {
  native: 'vector_norm',
  method: false,
  backward: 'NormBackward1',
});
derive(_norm, { self: [['self', 'result'], (g, s) => normGradient(g, s.self, s.result, s.ord, s)] });
const normNumber = op('norm(Tensor self, float? p=None, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)', {
  method: false,
});
compose(normNumber, (self, p, dim, keepdim, dtype) => linalg_vector_norm(self, p ?? 2, dim, keepdim, { dtype }));
const normNamed = op('norm.name(Tensor self, str p, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)', {
  native: '',
});
compose(normNamed, (self, p, dim, keepdim, dtype) => {
  if (p === 'nuc') return linalg_matrix_norm(self, 'nuc', dim, keepdim, { dtype });
  if (p !== 'fro') throw new RuntimeError(`linalg.matrix_norm: Order ${p} not supported.`);
  return linalg_vector_norm(self, 2, dim, keepdim, { dtype });
});
/**
 * The p-norm of all elements or along `dim`, by default the Euclidean one (p 2 or 'fro'). Refuses integers. Gradient:
 * 0 where the norm is 0.
 * @example
 * torch.tensor([3, 4]).norm(); // tensor(5.)
 */
export const norm = overload('norm', [normNumber, normNamed]);

/**
 * log(sum(exp(x))), without overflow. Gradient: g softmax(x).
 * @example
 * torch.tensor([1000, 1000]).logsumexp(0); // tensor(1000.6932)
 */
export const logsumexp = op('logsumexp(Tensor self, int[] dim, bool keepdim=False)');
derive(logsumexp, { self: [['self', 'result'], (g, s) => kept(g, s).mul(s.self.sub(kept(s.result, s)).exp())] });
