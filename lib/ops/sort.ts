/** Elements in order along one dimension, and those that stand at a place of that order. NaN counts as the largest. */
import type { Tensor } from '../tensor.js';
import { compose, derive, op, overload } from './define.js';
import { evenly, selected } from './reduce-gradients.js';

/** The gradient of elements that `indices` names along `dim`, as many as there are. */
function placed(g: Tensor, indices: Tensor, s: { shape: readonly number[]; dim: number }): Tensor {
  return s.shape.length === 0 ? g : g.new_zeros([...s.shape]).scatter(s.dim, indices, g);
}

const sortPlain = op('sort(Tensor self, int dim=-1, bool descending=False) -> (values, indices)', { method: false });
derive(sortPlain, { self: ['indices', ([g], s) => g && placed(g, s.indices, s)] });
const sortStable = op(
  'sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (values, indices)',
  { native: '' },
);
compose(sortStable, (self, _stable, dim, descending) => sortPlain(self, dim, descending));
/**
 * [values, indices]: the elements in order along `dim`. Equal ones keep theirs, whether `stable` is asked for or not.
 * @example
 * torch.tensor([3, 1, 2]).sort().indices; // tensor([1, 2, 0])
 */
export const sort = overload('sort', [sortPlain, sortStable]);

const argsortPlain = op('argsort(Tensor self, int dim=-1, bool descending=False)', { native: '', method: false });
compose(argsortPlain, (self, dim, descending) => sortPlain(self.detach(), dim, descending)[1]);
const argsortStable = op('argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False)', {
  native: '',
});
compose(argsortStable, (self, _stable, dim, descending) => sortPlain(self.detach(), dim, descending)[1]);
/**
 * The indices that put the elements in order along `dim`; see sort.
 * @example
 * torch.tensor([3, 1, 2]).argsort(); // tensor([1, 2, 0])
 */
export const argsort = overload('argsort', [argsortPlain, argsortStable]);

/**
 * The elements in order along the first dimension.
 * @example
 * torch.tensor([[3, 1], [2, 4]]).msort(); // tensor([[2., 1.], [3., 4.]])
 */
export const msort = op('msort(Tensor self)', { native: '' });
compose(msort, (self) => sortPlain(self, 0)[0]);

/**
 * [values, indices]: the `k` largest elements along `dim`, or the smallest, in order.
 * @example
 * torch.tensor([3, 1, 2]).topk(2).values; // tensor([3., 2.])
 */
export const topk = op(
  'topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) -> (values, indices)',
);
derive(topk, { self: ['indices', ([g], s) => g && placed(g, s.indices, s)] });

/**
 * [values, indices]: the `k`-th smallest element along `dim`, counted from 1.
 * @example
 * torch.tensor([3, 1, 2]).kthvalue(2).values; // tensor(2.)
 */
export const kthvalue = op('kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) -> (values, indices)', {
  apart: true,
});
derive(kthvalue, { self: ['indices', ([g], s) => g && selected(g, s.indices, s)] });

/**
 * [values, indices]: the element that occurs most often along `dim`, the smallest of several, and its last place.
 * @example
 * torch.tensor([3, 1, 3]).mode().values; // tensor(3.)
 */
export const mode = op('mode(Tensor self, int dim=-1, bool keepdim=False) -> (values, indices)');
derive(mode, { self: ['indices', ([g], s) => g && selected(g, s.indices, s)] });

const everything = { dim: null, keepdim: false } as const;
const medianAll = op('median(Tensor self)', { native: 'median_all', method: false });
const nanmedianAll = op('nanmedian(Tensor self)', { native: 'nanmedian_all', method: false });
for (const each of [medianAll, nanmedianAll])
  derive(each, {
    self: [['self', 'result'], (g, s) => evenly(g, s.self, s.result, { shape: s.shape, ...everything })],
  });
const medianDim = op('median.dim(Tensor self, int dim, bool keepdim=False) -> (values, indices)', {
  native: 'median_dim',
  backward: 'MedianBackward1',
});
const nanmedianDim = op('nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (values, indices)', {
  native: 'nanmedian_dim',
  backward: 'NanmedianBackward1',
});
derive(medianDim, { self: ['indices', ([g], s) => g && selected(g, s.indices, s)] });
derive(nanmedianDim, { self: ['indices', ([g], s) => g && selected(g, s.indices, s)] });
/**
 * The middle element, the lower one of two; with `dim` [values, indices] along it. NaN where there is one.
 * @example
 * torch.tensor([4, 1, 2, 3]).median(); // tensor(2.)
 */
export const median = overload('median', [medianAll, medianDim]);
/**
 * The middle of the elements that are not NaN; see median.
 * @example
 * torch.tensor([3, NaN, 1]).nanmedian(); // tensor(1.)
 */
export const nanmedian = overload('nanmedian', [nanmedianAll, nanmedianDim]);
