/** torch.masked: reductions and normalizations of the elements where `mask` holds; without one, of all. */
import { bool, type DType, float32, int64 } from './dtype.js';
import { iinfo } from './dtype-info.js';
import { IndexError, RuntimeError, ValueError } from './errors.js';
import { compose, op } from './ops/define.js';

import { wrapDim } from './ops/natives.js';
import { linalg_vector_norm } from './ops/reduce.js';
import { _where } from './ops/ternary.js';
import type { Tensor } from './tensor.js';

const FUNCTION = { native: '', method: false } as const;
const OPTIONS = 'bool? keepdim=False, dtype? dtype=None, Tensor? mask=None';
const ALONG = 'Tensor input, int dim, *, dtype? dtype=None, Tensor? mask=None';

/** The dimensions meant by `dim`: all where nothing is given, in order. */
function dimsOf(dim: readonly number[] | null, ndim: number): number[] {
  if (dim === null || dim.length === 0) return Array.from({ length: ndim }, (_, d) => d);
  const dims: number[] = [];
  for (const d of dim) {
    if (dims.includes(d)) throw new RuntimeError(`dim=${d} appears multiple times in the list of dims`);
    dims.push(wrapDim(d, ndim));
  }
  return dims.sort((a, b) => a - b);
}

/** The mask in the shape of `input`. */
function maskFor(input: Tensor, mask: Tensor): Tensor {
  if (mask.dim() > input.dim())
    throw new IndexError('_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)');
  return mask
    .detach()
    .expand([...input.shape])
    .to(bool);
}

const highest = (t: Tensor): number | bigint => (t.dtype.is_floating_point ? Infinity : extreme(t.dtype, 'max'));
const lowest = (t: Tensor): number | bigint => (t.dtype.is_floating_point ? -Infinity : extreme(t.dtype, 'min'));
const extreme = (dtype: DType, side: 'min' | 'max'): number | bigint => {
  if (dtype.name === 'int64') return side === 'max' ? 2n ** 63n - 1n : -(2n ** 63n);
  return iinfo(dtype)[side];
};

/** `input` with what the mask leaves out replaced by the element that changes nothing. */
function kept(input: Tensor, mask: Tensor | null, neutral: number | bigint): Tensor {
  return mask === null ? input : _where(maskFor(input, mask), input, input.detach().new_full([], neutral));
}

const wide = (dtype: DType): DType => (dtype.is_floating_point ? dtype : int64);

/**
 * The sum of the elements.
 * @example
 * torch.masked.sum(torch.tensor([1, 2, 4]), { mask: torch.tensor([true, false, true]) }); // tensor(5.)
 */
export const sum = op(`masked_sum(Tensor input, int[]? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(sum, (input, dim, keepdim, dtype, mask) =>
  kept(input, mask, 0).sum(dimsOf(dim, input.dim()), Boolean(keepdim), { dtype: dtype ?? wide(input.dtype) }),
);

/**
 * The product of the elements.
 * @example
 * torch.masked.prod(torch.tensor([2, 3, 4]), { mask: torch.tensor([true, false, true]) }); // tensor(8.)
 */
export const prod = op(`masked_prod(Tensor input, int[]? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(prod, (input, dim, keepdim, dtype, mask) => {
  let out = kept(input, mask, 1);
  for (const d of dimsOf(dim, input.dim()).reverse()) out = out.prod(d, Boolean(keepdim));
  return out.to(dtype ?? wide(input.dtype));
});

/**
 * The sums of the elements up to each along a dimension.
 * @example
 * torch.masked.cumsum(torch.tensor([1, 2, 4]), 0, { mask: torch.tensor([true, false, true]) }); // tensor([1., 1., 5.])
 */
export const cumsum = op(`masked_cumsum(${ALONG})`, FUNCTION);
compose(cumsum, (input, dim, dtype, mask) =>
  kept(input, mask, 0).cumsum(wrapDim(dim, input.dim()), { dtype: dtype ?? input.dtype }),
);
/**
 * The products of the elements up to each along a dimension.
 * @example
 * const mask = torch.tensor([true, false, true]);
 * torch.masked.cumprod(torch.tensor([1, 2, 4]), 0, { mask }); // tensor([1., 1., 4.])
 */
export const cumprod = op(`masked_cumprod(${ALONG})`, FUNCTION);
compose(cumprod, (input, dim, dtype, mask) =>
  kept(input, mask, 1).cumprod(wrapDim(dim, input.dim()), { dtype: dtype ?? input.dtype }),
);

/**
 * The largest of the elements.
 * @example
 * torch.masked.amax(torch.tensor([1, 2, 4]), { mask: torch.tensor([true, true, false]) }); // tensor(2.)
 */
export const amax = op(`masked_amax(Tensor input, int[]? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(amax, (input, dim, keepdim, dtype, mask) =>
  kept(input, mask, lowest(input))
    .amax(dimsOf(dim, input.dim()), Boolean(keepdim))
    .to(dtype ?? input.dtype),
);
/**
 * The smallest of the elements.
 * @example
 * torch.masked.amin(torch.tensor([1, 2, 4]), { mask: torch.tensor([false, true, true]) }); // tensor(2.)
 */
export const amin = op(`masked_amin(Tensor input, int[]? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(amin, (input, dim, keepdim, dtype, mask) =>
  kept(input, mask, highest(input))
    .amin(dimsOf(dim, input.dim()), Boolean(keepdim))
    .to(dtype ?? input.dtype),
);

/**
 * Where the largest of the elements stands.
 * @example
 * torch.masked.argmax(torch.tensor([1, 2, 4]), { mask: torch.tensor([true, true, false]) }).item(); // 1
 */
export const argmax = op(`masked_argmax(Tensor input, int? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(argmax, (input, dim, keepdim, dtype, mask) =>
  kept(input, mask, lowest(input))
    .argmax(dim, Boolean(keepdim))
    .to(dtype ?? input.dtype),
);
/**
 * Where the smallest of the elements stands.
 * @example
 * torch.masked.argmin(torch.tensor([1, 2, 4]), { mask: torch.tensor([false, true, true]) }).item(); // 1
 */
export const argmin = op(`masked_argmin(Tensor input, int? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(argmin, (input, dim, keepdim, dtype, mask) =>
  kept(input, mask, highest(input))
    .argmin(dim, Boolean(keepdim))
    .to(dtype ?? input.dtype),
);

/** How many elements of `input` the mask keeps. */
const counted = (input: Tensor, dims: number[], keepdim: boolean, mask: Tensor | null): Tensor =>
  (mask === null ? input.detach().new_ones([...input.shape], { dtype: bool }) : maskFor(input, mask)).sum(
    dims,
    keepdim,
  );

/**
 * The mean of the elements; NaN of none.
 * @example
 * torch.masked.mean(torch.tensor([1, 2, 4]), { mask: torch.tensor([false, true, true]) }); // tensor(3.)
 */
export const mean = op(`masked_mean(Tensor input, int[]? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(mean, (input, dim, keepdim, dtype, mask) => {
  const chosen = dtype ?? input.dtype;
  if (!chosen.is_floating_point)
    throw new ValueError(
      `mean(): Could not infer output dtype. ${dtype ? 'Optional' : 'Input'} dtype must be either a floating point or complex dtype. Got: ${chosen}`,
    );
  const dims = dimsOf(dim, input.dim());
  const count = counted(input, dims, Boolean(keepdim), mask);
  return kept(input, mask, 0).sum(dims, Boolean(keepdim), { dtype: chosen }).div(count);
});

/**
 * The lower median of the elements along a dimension; NaN of none.
 * @example
 * torch.masked.median(torch.tensor([1, 2, 4]), 0, { mask: torch.tensor([false, true, true]) }); // tensor(2.)
 */
export const median = op(
  'masked_median(Tensor input, int dim=-1, *, bool keepdim=False, dtype? dtype=None, Tensor? mask=None)',
  FUNCTION,
);
compose(median, (input, dim, keepdim, dtype, mask) => {
  const real = input.dtype.is_floating_point;
  const x = real ? input : input.to(float32);
  const out = kept(x, mask, Number.NaN).nanmedian(wrapDim(dim, input.dim()), keepdim)[0] as Tensor;
  if (real) return out;
  if (out.isnan().any().item())
    throw new ValueError('masked median expects no fully masked out rows if dtype is not floating point');
  return out.to(dtype ?? input.dtype);
});

/**
 * log(sum(exp(x))) of the elements.
 * @example
 * torch.masked.logsumexp(torch.tensor([0, 5, 0]), 0, { mask: torch.tensor([true, false, true]) }); // tensor(0.6931)
 */
export const logsumexp = op(
  'masked_logsumexp(Tensor input, int[]? dim=None, *, bool keepdim=False, dtype? dtype=None, Tensor? mask=None)',
  FUNCTION,
);
compose(logsumexp, (input, dim, keepdim, dtype, mask) =>
  kept(input, mask, lowest(input))
    .logsumexp(dimsOf(dim, input.dim()), keepdim)
    .to(dtype ?? input.dtype),
);

/**
 * log(exp(input) + exp(other)), each with a mask of its own.
 * @example
 * const other_mask = torch.tensor([true, false]);
 * torch.masked.logaddexp(torch.zeros(2), torch.zeros(2), { other_mask }); // tensor([0.6931, 0.0000])
 */
export const logaddexp = op(
  'masked_logaddexp(Tensor input, Tensor other, *, dtype? dtype=None, Tensor? input_mask=None, Tensor? other_mask=None)',
  FUNCTION,
);
compose(logaddexp, (input, other, dtype, input_mask, other_mask) =>
  kept(input, input_mask, lowest(input))
    .logaddexp(kept(other, other_mask, lowest(other)))
    .to(dtype ?? input.dtype),
);

/**
 * The norm of order `ord` of the elements.
 * @example
 * torch.masked.norm(torch.tensor([3, 7, 4]), 2, { mask: torch.tensor([true, false, true]) }); // tensor(5.)
 */
export const norm = op(`masked_norm(Tensor input, float? ord=2.0, int[]? dim=None, *, ${OPTIONS})`, FUNCTION);
compose(norm, (input, ord, dim, keepdim, dtype, mask) =>
  linalg_vector_norm(
    kept(input, mask, ord === -Infinity ? Infinity : 0),
    ord ?? 2,
    dimsOf(dim, input.dim()),
    Boolean(keepdim),
    { dtype: dtype ?? input.dtype },
  ),
);

type Deviation = [
  input: Tensor,
  dim: number[] | null,
  unbiased: boolean | null,
  correction: number | bigint | boolean | null,
  keepdim: boolean | null,
  dtype: DType | null,
  mask: Tensor | null,
];
function variance(...[input, dim, unbiased, correction, keepdim, dtype, mask]: Deviation): Tensor {
  if (unbiased !== null && correction !== null)
    throw new ValueError('Only one of unbiased and correction may be given');
  const less = correction !== null ? Number(correction) : Number(unbiased ?? true);
  const chosen = dtype ?? (input.dtype.is_floating_point ? input.dtype : float32);
  const inner = chosen.is_floating_point ? chosen : float32;
  const dims = dimsOf(dim, input.dim());
  const keep = Boolean(keepdim);
  const total = kept(input, mask, 0).sum(dims, true, { dtype: chosen });
  const deviation = input.sub(total.div(counted(input, dims, true, mask)));
  const squares = kept(deviation.mul(deviation), mask, 0).sum(dims, keep, { dtype: inner });
  const count = counted(input, dims, keep, mask);
  const freedom = less === 0 ? count : count.to(inner).sub(less).clamp_min(0);
  return squares.div(freedom).to(chosen);
}
const DEVIATION =
  'Tensor input, int[]? dim=None, bool? unbiased=None, *, Scalar? correction=None, bool? keepdim=False, dtype? dtype=None, Tensor? mask=None';
/**
 * The variance of the elements, with n - correction (1) in the denominator.
 * @example
 * torch.masked.var(torch.tensor([1, 9, 3]), { mask: torch.tensor([true, false, true]) }); // tensor(2.)
 */
export const var_ = op(`masked_var(${DEVIATION})`, FUNCTION);
compose(var_, variance);
/**
 * The standard deviation of the elements; see var.
 * @example
 * torch.masked.std(torch.tensor([1, 9, 3]), { mask: torch.tensor([true, false, true]) }); // tensor(1.4142)
 */
export const std = op(`masked_std(${DEVIATION})`, FUNCTION);
compose(std, (...given) => variance(...given).sqrt());

export { var_ as var };

/**
 * softmax of the elements along a dimension; the others get 0.
 * @example
 * const mask = torch.tensor([true, false, true]);
 * torch.masked.softmax(torch.zeros(3), 0, { mask }); // tensor([0.5000, 0.0000, 0.5000])
 */
export const softmax = op(`masked_softmax(${ALONG})`, FUNCTION);
compose(softmax, (input, dim, dtype, mask) =>
  kept(input, mask, lowest(input)).softmax(wrapDim(dim, input.dim()), { dtype: dtype ?? input.dtype }),
);
/**
 * The logarithm of softmax.
 * @example
 * torch.masked.log_softmax(torch.zeros(3), 0, { mask: torch.tensor([true, false, true]) })[0]; // tensor(-0.6931)
 */
export const log_softmax = op(`masked_log_softmax(${ALONG})`, FUNCTION);
compose(log_softmax, (input, dim, dtype, mask) =>
  kept(input, mask, lowest(input)).log_softmax(wrapDim(dim, input.dim()), { dtype: dtype ?? input.dtype }),
);
/**
 * softmax of -input.
 * @example
 * torch.masked.softmin(torch.zeros(2), 0); // tensor([0.5000, 0.5000])
 */
export const softmin = op(`masked_softmin(${ALONG})`, FUNCTION);
compose(softmin, (input, dim, dtype, mask) =>
  kept(input, mask, highest(input))
    .neg()
    .softmax(wrapDim(dim, input.dim()), { dtype: dtype ?? input.dtype }),
);

/**
 * The elements divided by their norm of order `ord` along a dimension, or by eps where that is larger.
 * @example
 * const mask = torch.tensor([true, false, true]);
 * torch.masked.normalize(torch.tensor([3, 7, 4]), 2, 0, { mask }); // tensor([0.6000, 0.0000, 0.8000])
 */
export const normalize = op(
  'masked_normalize(Tensor input, float ord, int dim, *, float eps=1e-12, dtype? dtype=None, Tensor? mask=None)',
  FUNCTION,
);
compose(normalize, (input, ord, dim, eps, dtype, mask) => {
  const length = norm(input, ord, dim, { keepdim: true, dtype: dtype ?? input.dtype, mask });
  return kept(input, mask, 0).div(length.maximum(length.detach().new_full([], eps)));
});
