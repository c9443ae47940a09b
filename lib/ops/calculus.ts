/** Differences of neighbours and areas under samples. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, op, overload } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';

/**
 * Differences of neighbours along `dim`, `n` times over; `prepend` and `append` are joined on before.
 * @example
 * torch.tensor([1, 4, 9]).diff(); // tensor([3., 5.])
 */
export const diff = op('diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None)');
compose(diff, (self, n, dim, prepend, append) => {
  if (self.dim() === 0) throw new RuntimeError('diff expects input to be at least one-dimensional');
  if (n < 0) throw new RuntimeError(`order must be non-negative but got ${n}`);
  if (n === 0) return self.clone();
  const d = wrapDim(dim, self.dim());
  const parts = [prepend, self, append].filter((t) => t !== null);
  let out = parts.length > 1 ? cat(parts, d) : self;
  for (let order = 0; order < n && (out.shape[d] as number) > 0; order++) {
    const length = out.shape[d] as number;
    const [later, earlier] = [out.narrow(d, 1, length - 1), out.narrow(d, 0, length - 1)];
    out = out.dtype.name === 'bool' ? later.logical_xor(earlier) : later.sub(earlier);
  }
  return out;
});

const sum = (area: Tensor, dim: number): Tensor => area.sum(dim);
const running = (area: Tensor, dim: number): Tensor => area.cumsum(dim);

/** The areas of the trapezoids between neighbours, put together by `total`. */
function trapezoids(y: Tensor, width: Tensor | number, dim: number, total: typeof sum): Tensor {
  const n = y.shape[dim] as number;
  const [left, right] = [y.narrow(dim, 0, n - 1), y.narrow(dim, 1, n - 1)];
  if (typeof width === 'number') return total(left.add(right), dim).mul(width).div(2);
  return total(left.add(right).mul(width), dim).div(2);
}

function widths(y: Tensor, x: Tensor, dim: number): Tensor {
  if (x.dim() === 0) throw new RuntimeError('trapezoid: There must be one `x` value for each sample point');
  const shaped = x.dim() === 1 && y.dim() !== 1 ? x.view(y.shape.map((_, i) => (i === dim ? -1 : 1))) : x;
  const lead = y.dim() - shaped.dim();
  const full = lead > 0 ? shaped.view([...new Array(lead).fill(1), ...shaped.shape]) : shaped;
  const at = wrapDim(dim - y.dim(), full.dim());
  const n = full.shape[at] as number;
  if (x.dim() === 1 && n !== y.shape[dim]) {
    throw new RuntimeError('trapezoid: There must be one `x` value for each sample point');
  }
  return full.narrow(at, 1, n - 1).sub(full.narrow(at, 0, n - 1));
}

function area(name: string, total: typeof sum) {
  const empty = (y: Tensor, dim: number): Tensor | null => {
    if (y.shape[dim] !== 0) return null;
    return total === sum ? y.new_zeros(y.shape.filter((_, i) => i !== dim)) : y.clone();
  };
  const byStep = op(`${name}(Tensor y, *, Scalar dx=1, int dim=-1)` as '_(Tensor y, *, Scalar dx=1, int dim=-1)', {
    method: false,
  });
  compose(byStep, (y, dx, dim) => {
    const d = wrapDim(dim, y.dim());
    return empty(y, d) ?? trapezoids(y, Number(dx), d, total);
  });
  const byPlaces = op(`${name}.x(Tensor y, Tensor x, *, int dim=-1)` as '_(Tensor y, Tensor x, *, int dim=-1)', {
    method: false,
  });
  compose(byPlaces, (y, x, dim) => {
    const d = wrapDim(dim, y.dim());
    return empty(y, d) ?? trapezoids(y, widths(y, x, d), d, total);
  });
  return overload(name, [byPlaces, byStep], { method: false });
}

/**
 * The area under samples `y` along `dim` by the trapezoid rule, at places `x` or in steps of `dx`.
 * @example
 * torch.trapezoid(torch.tensor([1, 2, 3]), { dx: 2 }); // tensor(8.)
 */
export const trapezoid = area('trapezoid', sum);
/**
 * trapezoid.
 * @example
 * torch.trapz(torch.tensor([1, 2, 3])); // tensor(4.)
 */
export const trapz = area('trapz', sum);
/**
 * The area up to each sample but the first.
 * @example
 * torch.cumulative_trapezoid(torch.tensor([1, 2, 3])); // tensor([1.5000, 4.0000])
 */
export const cumulative_trapezoid = area('cumulative_trapezoid', running);
