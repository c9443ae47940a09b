/** How many elements fall between edges. */
import { RuntimeError, TypeError } from '../errors.js';
import { contiguous_format } from '../memory-format.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { linspace } from './create.js';
import { compose, derive, implement, op } from './define.js';
import { named } from './encode.js';
import { typeName } from './schema.js';
import { searchsorted } from './search.js';

const listed = (x: { readonly shape: readonly number[] }): string => `[${x.shape.join(', ')}]`;

/** The bounds of `bins` equal parts: those given, else those of the values, else 0 and 1. */
function bounds(name: string, x: Tensor, range: readonly number[] | null | undefined): [number, number] {
  const given = range ?? (x.numel() > 0 ? [Number(x.amin().item()), Number(x.amax().item())] : [0, 1]);
  const [low, high] = given as [number, number];
  if (!Number.isFinite(low) || !Number.isFinite(high))
    throw new RuntimeError(`${name}: dimension 0's range [${low}, ${high}] is not finite`);
  if (low > high) throw new RuntimeError(`${name}: min should not exceed max, but got min ${low} max ${high}`);
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** The edges of a dimension of bins: a tensor as it is, a number as equal parts of the range. */
function edgesOf(
  name: string,
  x: Tensor,
  bins: Tensor | number | bigint,
  range: readonly number[] | null | undefined,
): Tensor {
  if (bins instanceof Tensor) {
    if (bins.dtype !== x.dtype)
      throw new RuntimeError(`${name}: input tensor and bins tensors should have the same dtype`);
    if (bins.dim() !== 1 || bins.numel() === 0)
      throw new RuntimeError(`${name}: bins tensor should have one dimension and be non-empty`);
    return bins;
  }
  if (typeof bins !== 'bigint' && !Number.isSafeInteger(bins))
    throw new TypeError(`${name}(): argument 'bins' must be Tensor or int, not ${typeName(bins)}`);
  if (bins <= 0) throw new RuntimeError(`${name}(): bins must be > 0, but got ${bins}`);
  const [low, high] = bounds(name, x, range);
  return linspace(low, high, Number(bins) + 1, { dtype: x.dtype });
}

/** The bin of each value, and whether there is one; the last bin has its upper edge too. */
function binsOf(x: Tensor, edges: Tensor): { bin: Tensor; inside: Tensor } {
  const last = edges.numel() - 1;
  const bin = searchsorted(edges.contiguous(), x.contiguous(), { right: true }).sub(1);
  const [low, high] = [edges.narrow(0, 0, 1), edges.narrow(0, last, 1)];
  const inside = x.ge(low).logical_and(x.le(high)).logical_and(bin.ge(0));
  return { bin: bin.clamp({ max: last - 1 }), inside };
}

/** Histogram of points, (n, d), over the grid that the edges of each dimension make. */
function histogramOf(
  points: Tensor,
  edges: readonly Tensor[],
  weight: Tensor | null | undefined,
  density: boolean,
): Tensor {
  const shape = edges.map((e) => e.numel() - 1);
  const size = shape.reduce((a, b) => a * b, 1);
  let flat = points.new_zeros([points.size(0)]).long();
  let kept = flat.eq(0);
  edges.forEach((e, d) => {
    const { bin, inside } = binsOf(points.select(1, d), e);
    flat = flat.mul(shape[d] as number).add(bin);
    kept = kept.logical_and(inside);
  });
  const each = (weight ?? points.new_ones([points.size(0)])).masked_select(kept);
  const hist = points.new_zeros([size]).scatter_add(0, flat.masked_select(kept), each).view(shape);
  if (!density) return hist;
  const whole = hist.div(hist.sum());
  return edges.reduce((h, e, d) => {
    const width = e.diff().view(shape.map((n, i) => (i === d ? n : 1)));
    return h.div(width);
  }, whole);
}

const refuseWeight = (name: string, x: Tensor, shape: readonly number[], weight: Tensor): void => {
  if (!sameShape(weight.shape, shape))
    throw new RuntimeError(
      `${name}: if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension, but got input with shape ${listed(x)} and weight with shape ${listed(weight)}`,
    );
  if (weight.dtype !== x.dtype)
    throw new RuntimeError(
      `${name}: if weight tensor is provided, input tensor and weight tensor should have the same dtype`,
    );
};

/**
 * How many elements, or what sum of their weights, lies in each bin: [hist, bin_edges]. `bins` is the edges, or how many
 * equal parts `range` has; with `density` the integral is 1.
 * @example
 * torch.histogram(torch.tensor([1, 2, 1]), 4, { range: [0, 3] }).hist; // tensor([0., 2., 1., 0.])
 */
export const histogram = op(
  'histogram(Tensor self, any bins, *, float[]? range=None, Tensor? weight=None, bool density=False) -> (hist, bin_edges)',
  { native: '' },
);
implement(histogram, (self, bins, range, weight, density) => {
  const name = 'torch.histogram';
  if (weight) refuseWeight(name, self, self.shape, weight);
  const edges = edgesOf(name, self, bins as Tensor | number, range);
  const hist = histogramOf(self.reshape([-1, 1]), [edges], weight?.reshape([-1]), density);
  // Edges that were given are copied here, not in histogramdd: as PyTorch does it.
  const shown = edges === bins ? edges.clone({ memory_format: contiguous_format }) : edges;
  return named(['hist', 'bin_edges'], [hist, shown]);
});
derive(histogram, 'none');

/** What histogramdd gives: an array of both that has them by name as well. */
export type HistogramDD = [hist: Tensor, bin_edges: Tensor[]] & { readonly hist: Tensor; readonly bin_edges: Tensor[] };
/**
 * How many points, (…, d), or what sum of their weights, lies in each bin of a grid in d dimensions: [hist, bin_edges].
 * `bins` is one number of parts for all dimensions, a number for each or the edges of each; `range` holds the bounds of
 * all dimensions one after another.
 * @example
 * torch.histogramdd(torch.tensor([[0, 1], [1, 0], [2, 0], [2, 2]]), [3, 3]).hist.sum(); // tensor(4.)
 */
export const histogramdd = op(
  'histogramdd(Tensor self, any bins, float[]? range=None, Tensor? weight=None, bool density=False) -> any',
  { native: '', method: false },
) as unknown as (
  self: Tensor,
  bins: number | readonly number[] | readonly Tensor[],
  ...options: [
    range?: readonly number[] | null | { range?: readonly number[] | null; weight?: Tensor | null; density?: boolean },
    weight?: Tensor | null | { weight?: Tensor | null; density?: boolean },
    density?: boolean,
  ]
) => HistogramDD;
compose(
  histogramdd as never,
  ((self: Tensor, bins: unknown, range: number[] | null, weight: Tensor | null, density: boolean) => {
    const name = 'torch.histogramdd';
    if (self.dim() < 2)
      throw new RuntimeError(`${name}: input tensor should have at least 2 dimensions, but got ${self.dim()}`);
    const d = self.size(-1);
    const each = Array.isArray(bins) ? (bins as (Tensor | number)[]) : new Array<number>(d).fill(Number(bins));
    if (each.length !== d)
      throw new RuntimeError(
        `${name}: The size of bins must be equal to the innermost dimension of the input ${self.shape[self.dim() - 1]}`,
      );
    if (weight) refuseWeight(name, self, self.shape.slice(0, -1), weight);
    const points = self.detach().reshape([-1, d]);
    const edges = each.map((b, i) => edgesOf(name, points.select(1, i), b, range?.slice(2 * i, 2 * i + 2)));
    const hist = histogramOf(points, edges, weight?.detach().reshape([-1]), density);
    return named(['hist', 'bin_edges'], [hist, edges] as never);
  }) as never,
);
