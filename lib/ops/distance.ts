/** Distances between points, and norms of matrices and slices. */
import { RuntimeError } from '../errors.js';
import { broadcastShapes } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';
import { wrapDim } from './natives.js';
import { linalg_vector_norm } from './reduce.js';

/** The p-norm of x - y along the last dimension, and its slope by x: zero where the distance is. */
const normOf = (difference: Tensor, p: number): Tensor => linalg_vector_norm(difference, p, [-1]);
function slope(g: Tensor, difference: Tensor, distance: Tensor, p: number): Tensor {
  const [grad, far] = [g.unsqueeze(-1), distance.unsqueeze(-1)];
  if (p === 0) return difference.mul(0);
  if (p === 1) return grad.mul(difference.sign());
  const still = far.eq(0);
  const safe = still.where(1, far);
  if (p === 2) return still.where(0, grad.mul(difference).div(safe));
  if (p === Infinity) return grad.mul(difference.sign()).mul(difference.abs().eq(far));
  const size = difference.abs();
  const power = size.eq(0).where(
    0,
    difference.sign().mul(
      size
        .eq(0)
        .where(1, size)
        .pow(p - 1),
    ),
  );
  return still.where(0, grad.mul(power).mul(safe.pow(1 - p)));
}

const _cdist = op('_cdist(Tensor x1, Tensor x2, float p)', { native: '', method: false, backward: 'CdistBackward0' });
const pairs = (x1: Tensor, x2: Tensor): Tensor => x1.unsqueeze(-2).sub(x2.unsqueeze(-3));
implement(_cdist, (x1, x2, p) => normOf(pairs(x1, x2), p));
derive(_cdist, {
  x1: [['x1', 'x2', 'result'], (g, s) => slope(g, pairs(s.x1, s.x2), s.result, s.p).sum(-2)],
  x2: [['x1', 'x2', 'result'], (g, s) => slope(g, pairs(s.x1, s.x2), s.result, s.p).sum(-3).neg()],
});

/**
 * The p-norm distances between all rows of `x1` (…, P, M) and of `x2` (…, R, M): (…, P, R).
 * @example
 * torch.cdist(torch.tensor([[0, 0]]).float(), torch.tensor([[3, 4]]).float()); // tensor([[5.]])
 */
export const cdist = op(
  "cdist(Tensor x1, Tensor x2, float p=2.0, str? compute_mode='use_mm_for_euclid_dist_if_necessary')",
  { native: '', method: false },
);
compose(cdist, (x1, x2, p) => {
  for (const [x, name] of [
    [x1, 'X1'],
    [x2, 'X2'],
  ] as const) {
    if (!x.dtype.is_floating_point)
      throw new RuntimeError(`cdist only supports floating-point dtypes, ${name} got: ${x.dtype.scalarName}`);
    if (x.dim() < 2) throw new RuntimeError(`cdist only supports at least 2D tensors, ${name} got: ${x.dim()}D`);
  }
  const [m1, m2] = [x1.shape.at(-1), x2.shape.at(-1)];
  if (m1 !== m2) throw new RuntimeError(`X1 and X2 must have the same number of columns. X1: ${m1} X2: ${m2}`);
  if (p < 0) throw new RuntimeError('cdist only supports non-negative p values');
  const batch = broadcastShapes(x1.shape.slice(0, -2), x2.shape.slice(0, -2));
  const [a, b] = [x1, x2].map((x) => x.expand([...batch, ...x.shape.slice(-2)])) as [Tensor, Tensor];
  return _cdist(a, b, p);
});

const rows = (self: Tensor): [Tensor, Tensor] => {
  const n = self.shape[0] as number;
  const upper = self.detach().new_ones([n, n]).triu(1).nonzero();
  return [self.index_select(0, upper.select(1, 0)), self.index_select(0, upper.select(1, 1))];
};
const pairOf = (self: Tensor): Tensor => {
  const [a, b] = rows(self);
  return a.sub(b);
};
/**
 * The p-norm distances between every two rows of a matrix, those of the first row first.
 * @example
 * torch.nn.functional.pdist(torch.tensor([[0, 0], [3, 4], [0, 1]])); // tensor([5.0000, 1.0000, 4.2426])
 */
export const pdist = op('pdist(Tensor self, float p=2)', { native: '', method: false });
implement(pdist, (self, p) => {
  if (self.dim() !== 2) throw new RuntimeError(`pdist only supports 2D tensors, got: ${self.dim()}D`);
  if (!self.dtype.is_floating_point) throw new RuntimeError('pdist only supports floating-point dtypes');
  if (p < 0) throw new RuntimeError('pdist only supports non-negative p values');
  return normOf(pairOf(self), p);
});
derive(pdist, {
  self: [
    ['self', 'result'],
    (g, s) => {
      const upper = g
        .detach()
        .new_ones([s.self.shape[0] as number, s.self.shape[0] as number])
        .triu(1)
        .nonzero();
      const each = slope(g, pairOf(s.self), s.result, s.p);
      return g
        .new_zeros([...s.self.shape])
        .index_add(0, upper.select(1, 0), each)
        .index_add(0, upper.select(1, 1), each.neg());
    },
  ],
});

/**
 * The p-norm of self - other.
 * @example
 * torch.dist(torch.tensor([0, 0]), torch.tensor([3, 4])); // tensor(5.)
 */
export const dist = op('dist(Tensor self, Tensor other, float p=2)', { native: '', backward: 'DistBackward0' });
implement(dist, (self, other, p) => linalg_vector_norm(self.sub(other), p));
const distSlope = (g: Tensor, difference: Tensor, distance: Tensor, p: number): Tensor =>
  slope(g.reshape([]), difference.reshape(-1), distance.reshape([]), p).view([...difference.shape]);
derive(dist, {
  self: [['self', 'other', 'result'], (g, s) => distSlope(g, s.self.sub(s.other), s.result, s.p)],
  other: [['self', 'other', 'result'], (g, s) => distSlope(g, s.self.sub(s.other), s.result, s.p).neg()],
});

/**
 * Slices along `dim` whose p-norm is above `maxnorm` scaled down to it.
 * @example
 * torch.renorm(torch.tensor([[3, 4], [0.3, 0.4]]), 2, 0, 1); // tensor([[0.6000, 0.8000], [0.3000, 0.4000]])
 */
export const renorm = op('renorm(Tensor self, float p, int dim, float maxnorm)', {
  native: '',
  inplace: true,
});
/** The slope of a p-norm over `dims`; equal largest elements share that of the maximum. */
function normSlope(self: Tensor, norm: Tensor, p: number, dims: number[]): Tensor {
  if (p === Infinity) {
    const largest = self.abs().eq(norm);
    return self.sign().mul(largest).div(largest.sum(dims, true));
  }
  const safe = norm.eq(0).where(1, norm);
  return p === 2
    ? self.div(safe)
    : self
        .sign()
        .mul(self.abs().pow(p - 1))
        .div(safe.pow(p - 1));
}
const scaleOf = (self: Tensor, p: number, dim: number, maxnorm: number): Tensor => {
  const d = wrapDim(dim, self.dim());
  const others = self.shape.map((_, i) => i).filter((i) => i !== d);
  const wide = self.dtype.itemsize === 2 ? self.float() : self;
  const norm = linalg_vector_norm(wide, p, others, true);
  return norm.gt(maxnorm).where(norm.add(1e-7).reciprocal().mul(maxnorm), norm.new_ones([]));
};
implement(renorm, (self, p, dim, maxnorm) => {
  if (p <= 0) throw new RuntimeError('renorm: non-positive-norm not supported');
  if (maxnorm < 0) throw new RuntimeError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`);
  if (self.dim() < 2) throw new RuntimeError(`renorm: input needs at least 2 dimensions, got ${self.dim()} dimensions`);
  return self.mul(scaleOf(self, p, dim, maxnorm).to(self.dtype));
});
derive(renorm, {
  self: [
    'self',
    (g, s) => {
      const d = wrapDim(s.dim, s.self.dim());
      const others = s.self.shape.map((_, i) => i).filter((i) => i !== d);
      const norm = linalg_vector_norm(s.self, s.p, others, true);
      const scale = norm.add(1e-7).reciprocal();
      // d(x f(norm)) with f = maxnorm / (norm + eps): the norm's own slope is summed over each slice.
      const along = g.mul(s.self).sum(others, true);
      const direction = normSlope(s.self, norm, s.p, others);
      const shrunk = g.sub(direction.mul(along).mul(scale)).mul(scale).mul(s.maxnorm);
      return norm.gt(s.maxnorm).where(shrunk, g);
    },
  ],
});
