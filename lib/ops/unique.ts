/** Distinct elements, and whether elements are among others. */
import { RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { compose, op } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';
import { searchsorted } from './search.js';
import { sort } from './sort.js';

interface Wanted {
  readonly inverse: boolean;
  readonly counts: boolean;
}

/** What was asked for: the values alone, or a list that begins with them. */
function results(values: Tensor, inverse: Tensor, counts: Tensor, wanted: Wanted): Tensor | Tensor[] {
  if (!wanted.inverse && !wanted.counts) return values;
  return [values, ...(wanted.inverse ? [inverse] : []), ...(wanted.counts ? [counts] : [])];
}

/** From which element of each run begins: where runs begin, the run of each element, and their lengths. */
function runs(begins: Tensor): { starts: Tensor; run: Tensor; counts: Tensor } {
  const n = begins.size(0);
  const starts = begins.nonzero().reshape([-1]);
  const ends = cat([
    starts.narrow(0, Math.min(n, 1), Math.max(starts.size(0) - 1, 0)),
    starts.new_full([n > 0 ? 1 : 0], n),
  ]);
  return { starts, run: begins.cumsum(0).sub(1), counts: ends.sub(starts) };
}

/** Which rows differ from the one before. */
function beginsOf(rows: Tensor): Tensor {
  const n = rows.size(0);
  const flat = rows.reshape([n, n === 0 ? 0 : rows.numel() / n]);
  const differs = flat
    .narrow(0, Math.min(n, 1), Math.max(n - 1, 0))
    .ne(flat.narrow(0, 0, Math.max(n - 1, 0)))
    .any(1);
  return cat([differs.new_ones([Math.min(n, 1)]), differs]);
}

/** An order of the rows: by their first elements, equal ones by the second, and so on. */
function rowOrder(rows: Tensor): Tensor {
  const n = rows.size(0);
  const flat = rows.reshape([n, rows.numel() / n]);
  let order: Tensor | null = null;
  for (let column = flat.size(1) - 1; column >= 0; column--) {
    const keys = flat.select(1, column);
    const next: Tensor = sort(order ? keys.index_select(0, order) : keys).indices;
    order = order ? order.index_select(0, next) : next;
  }
  return order ?? sort(flat.new_zeros([n])).indices;
}

function alongDim(self: Tensor, dim: number, sorted: boolean, wanted: Wanted): Tensor | Tensor[] {
  const d = wrapDim(dim, self.dim());
  const rows = self.detach().movedim(d, 0).contiguous();
  if (rows.size(0) === 0 || rows.numel() === 0) {
    if (rows.size(0) !== 0 || rows.numel() !== 0 || rows.shape.slice(1).includes(0))
      throw new RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
    const none = rows.new_zeros([0]).long();
    return results(self.detach().clone(), none, none, wanted);
  }
  const order = sorted ? rowOrder(rows) : null;
  const ordered = order ? rows.index_select(0, order) : rows;
  const { starts, run, counts } = runs(beginsOf(ordered));
  const inverse = order ? run.new_zeros([...run.shape]).scatter(0, order, run) : run;
  return results(ordered.index_select(0, starts).movedim(0, d), inverse, counts, wanted);
}

function ofAll(self: Tensor, sorted: boolean, wanted: Wanted): Tensor | Tensor[] {
  const flat = self.detach().reshape([-1]);
  const found = sorted ? sort(flat) : null;
  const ordered = found ? found.values : flat;
  const { starts, run, counts } = runs(beginsOf(ordered));
  const inverse = found && wanted.inverse ? run.new_zeros([...run.shape]).scatter(0, found.indices, run) : run;
  return results(ordered.index_select(0, starts), inverse.reshape([...self.shape]), counts, wanted);
}

/**
 * The distinct elements in ascending order; with `dim` the distinct slices along it. `return_inverse` adds where each
 * element went, `return_counts` how often each occurs. Every NaN is distinct.
 * @example
 * torch.tensor([2, 1, 2]).unique(); // tensor([1., 2.])
 */
export const unique = op(
  'unique(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False, int? dim=None) -> Tensor|Tensor[]',
  { native: '' },
);
compose(unique, (self, _sorted, inverse, counts, dim) =>
  dim === null ? ofAll(self, true, { inverse, counts }) : alongDim(self, dim, true, { inverse, counts }),
);

/**
 * The elements without those that equal the one before; see unique.
 * @example
 * torch.tensor([1, 1, 2, 1]).unique_consecutive(); // tensor([1., 2., 1.])
 */
export const unique_consecutive = op(
  'unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> Tensor|Tensor[]',
  { native: '' },
);
compose(unique_consecutive, (self, inverse, counts, dim) =>
  dim === null ? ofAll(self, false, { inverse, counts }) : alongDim(self, dim, false, { inverse, counts }),
);

/**
 * Whether each element is among `test_elements`.
 * @example
 * torch.isin(torch.tensor([1, 2, 3]), torch.tensor([2, 5])); // tensor([False,  True, False])
 */
export const isin = op(
  'isin(Tensor|Scalar elements, Tensor|Scalar test_elements, *, bool assume_unique=False, bool invert=False)',
  { native: '', method: false },
);
compose(isin, (elements, tests, _assume, invert) => {
  const like = elements instanceof Tensor ? elements : tests;
  if (!(like instanceof Tensor)) throw new RuntimeError('isin(): one of elements and test_elements must be a tensor');
  const tensorOf = (x: typeof elements): Tensor => (x instanceof Tensor ? x.detach() : like.new_full([], x));
  const [values, chosen] = [tensorOf(elements), tensorOf(tests).reshape([-1])];
  const n = chosen.size(0);
  let found: Tensor;
  if (n === 0) found = values.new_zeros([...values.shape]).ne(0);
  else if (n === 1) found = values.eq(chosen.reshape([]));
  else {
    const ordered = sort(chosen).values;
    found = ordered.take(searchsorted(ordered, values).clamp({ max: n - 1 })).eq(values);
  }
  return invert ? found.logical_not() : found;
});
