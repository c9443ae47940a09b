/** The gradient of as_strided: elements that several indices name add up. */
import { int64 } from '../dtype.js';
import type { Tensor } from '../tensor.js';

/** Where the elements of a view lie in its storage. */
export interface Geometry {
  readonly shape: readonly number[];
  readonly stride: readonly number[];
  readonly offset: number;
}

const reach = ({ shape, stride, offset }: Geometry) =>
  shape.reduce((at, n, d) => at + Math.max(n - 1, 0) * (stride[d] as number), offset);

/** Whether no two indices name one element: each stride steps over all that the smaller ones reach. */
function distinct({ shape, stride }: Geometry): boolean {
  const dims = shape.map((n, d) => [stride[d] as number, n] as const).filter(([, n]) => n > 1);
  dims.sort(([a], [b]) => a - b);
  let covered = 1;
  for (const [step, n] of dims) {
    if (step < covered) return false;
    covered = step * (n - 1) + covered;
  }
  return true;
}

/** The positions in the storage, as a list of int64. */
function places(like: Tensor, { shape, stride, offset }: Geometry): Tensor {
  let at = like.detach().new_full([], offset, { dtype: int64 });
  shape.forEach((n, d) => {
    const steps = like.detach().new_ones([n], { dtype: int64 }).cumsum(0).sub(1);
    at = at.unsqueeze(-1).add(steps.mul(stride[d] as number));
  });
  return at.reshape(-1);
}

/** The gradient of a tensor that lies like `input`, from the gradient of a view of it that lies like `view`. */
export function asStridedBackward(g: Tensor, input: Geometry, view: Geometry): Tensor {
  const extent = 1 + Math.max(reach(input), reach(view));
  if (distinct(input) && distinct(view)) {
    const storage = g.new_zeros(extent);
    storage.as_strided([...view.shape], [...view.stride], view.offset).copy_(g);
    return storage.as_strided([...input.shape], [...input.stride], input.offset).clone();
  }
  const target = places(g, input);
  const storage = g.new_zeros(extent).index_add(0, places(g, view), g.reshape(-1));
  const shares = g
    .detach()
    .new_zeros(extent)
    .index_add(0, target, g.detach().new_ones(target.shape[0] as number))
    .clamp_min(1);
  return storage
    .div(shares)
    .index_select(0, target)
    .reshape([...input.shape]);
}
