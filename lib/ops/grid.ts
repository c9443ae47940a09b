/** Functions of any number of tensors: grids, products of sets, block matrices, and tensors with a least rank. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { atLeast1d, atLeast2d, atLeast3d } from './at-least.js';
import { arange } from './create.js';
import { compose, derive, implement, op } from './define.js';
import { cat, stack } from './join.js';
import { isOptions } from './schema.js';
import { tensorsOf } from './tensors.js';

type Tensors = readonly Tensor[] | readonly [readonly Tensor[]];

/**
 * Vectors expanded to a grid with a dimension for each: views. `indexing` 'xy' swaps the first two dimensions.
 * @example
 * const [rows, columns] = torch.meshgrid(torch.arange(2), torch.arange(3), { indexing: 'ij' });
 * rows.shape; // [2, 3]
 */
export function meshgrid(...args: [...Tensors] | [...Tensors, { indexing?: 'ij' | 'xy' }]): Tensor[] {
  const last = args.at(-1);
  const indexing: string = isOptions(last) ? String(last.indexing ?? 'ij') : 'ij';
  const tensors = tensorsOf('meshgrid', isOptions(last) ? args.slice(0, -1) : args);
  if (indexing !== 'ij' && indexing !== 'xy') {
    throw new RuntimeError(`torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing}`);
  }
  if (tensors.length === 0) throw new RuntimeError('meshgrid expects a non-empty TensorList');
  for (const t of tensors) {
    if (t.dtype !== tensors[0]?.dtype) throw new RuntimeError('meshgrid expects all tensors to have the same dtype');
    if (t.dim() > 1)
      throw new RuntimeError(`torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${t}`);
  }
  const swaps = indexing === 'xy' && tensors.length >= 2;
  const order = swaps ? [tensors[1] as Tensor, tensors[0] as Tensor, ...tensors.slice(2)] : tensors;
  const shape = order.map((t) => t.numel());
  const grids = order.map((t, at) => t.view(shape.map((n, d) => (d === at ? n : 1))).expand(shape));
  return swaps ? [grids[1] as Tensor, grids[0] as Tensor, ...grids.slice(2)] : grids;
}

function vector(t: Tensor): Tensor {
  if (t.dim() !== 1) throw new RuntimeError(`Expect a 1D vector, but got shape [${t.shape.join(', ')}]`);
  return t;
}

/**
 * All ways to take one element of each vector, a row each.
 * @example
 * torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor([[1., 3.], [1., 4.], [2., 3.], [2., 4.]])
 */
export function cartesian_prod(...args: [...Tensors]): Tensor {
  const tensors = tensorsOf('cartesian_prod', args);
  for (const t of tensors) vector(t);
  if (tensors.length === 1) return tensors[0] as Tensor;
  return stack(
    meshgrid(tensors).map((t) => t.flatten()),
    1,
  );
}

/**
 * All ways to take `r` elements of a vector, in order, a row each; `with_replacement`: an element also several times.
 * @example
 * torch.combinations(torch.tensor([1, 2, 3])); // tensor([[1., 2.], [1., 3.], [2., 3.]])
 */
export const combinations = op('combinations(Tensor input, int r=2, bool with_replacement=False)', { native: '' });
compose(combinations, (input, r, with_replacement) => {
  vector(input);
  if (r < 0) throw new RuntimeError(`Expect a non-negative number, but got ${r}`);
  if (r === 0) return input.new_empty(0);
  if (r > input.numel() && (!with_replacement || input.numel() === 0))
    return input.narrow(0, 0, 0).clone().reshape([0, r]);
  if (r > 64) throw new RuntimeError(`combinations(): cannot combine ${r} elements, one dimension for each`);
  const places = meshgrid(new Array<Tensor>(r).fill(arange(input.numel())));
  const ascending = places
    .slice(1)
    .map((next, i) => (with_replacement ? (places[i] as Tensor).le(next) : (places[i] as Tensor).lt(next)));
  const kept = ascending.reduce((a, b) => a.logical_and(b), (places[0] as Tensor).ge(0));
  return stack(
    meshgrid(new Array<Tensor>(r).fill(input)).map((t) => t.masked_select(kept)),
    1,
  );
});

// `sizes`: height and width of each block.
const _blockDiag = op('_block_diag(Tensor[] tensors, int[] sizes)', {
  native: '',
  method: false,
  backward: 'BlockDiagBackward0',
});

function corners(sizes: readonly number[]): { row: number; column: number; height: number; width: number }[] {
  let row = 0;
  let column = 0;
  return Array.from({ length: sizes.length / 2 }, (_, i) => {
    const [height, width] = [sizes[2 * i] as number, sizes[2 * i + 1] as number];
    const corner = { row, column, height, width };
    row += height;
    column += width;
    return corner;
  });
}
const block = (of: Tensor, c: ReturnType<typeof corners>[number]) =>
  of.narrow(0, c.row, c.height).narrow(1, c.column, c.width);

implement(_blockDiag, (tensors, sizes) => {
  const total = (at: number) => sizes.filter((_, i) => i % 2 === at).reduce((a, b) => a + b, 0);
  const dtype = cat(tensors.map((t) => t.new_empty(0))).dtype;
  const out = (tensors[0] as Tensor).new_zeros([total(0), total(1)], { dtype });
  corners(sizes).forEach((corner, i) => block(out, corner).copy_(tensors[i] as Tensor));
  return out.data;
});
derive(_blockDiag, { tensors: (g, s) => corners(s.sizes).map((corner) => block(g, corner)) });

/**
 * Matrices one after another along the diagonal, zeros elsewhere; a vector is a row.
 * @example
 * torch.block_diag(torch.ones(1, 2), torch.tensor([[5]])); // tensor([[1., 1., 0.], [0., 0., 5.]])
 */
export function block_diag(...args: [...Tensors]): Tensor {
  const tensors = tensorsOf('block_diag', args);
  tensors.forEach((t, i) => {
    if (t.dim() <= 2) return;
    throw new RuntimeError(
      `torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${t.dim()} dimensions`,
    );
  });
  if (tensors.length === 0) return arange(0).reshape(1, 0);
  const matrices = tensors.map(atLeast2d);
  return _blockDiag(
    matrices,
    matrices.flatMap((t) => [...t.shape]),
  );
}

const every = (name: string, change: (t: Tensor) => Tensor) => {
  function each(t: Tensor): Tensor;
  function each(...args: [...Tensors]): Tensor[];
  function each(...args: unknown[]): Tensor | Tensor[] {
    const list = tensorsOf(name, args);
    return args.length === 1 && !Array.isArray(args[0]) ? change(list[0] as Tensor) : list.map(change);
  }
  return each;
};
/**
 * A tensor, or each of several, with at least one dimension.
 * @example
 * torch.atleast_1d(torch.tensor(1)).shape; // [1]
 */
export const atleast_1d = every('atleast_1d', atLeast1d);
/**
 * A tensor, or each of several, with at least two dimensions.
 * @example
 * torch.atleast_2d(torch.ones(3)).shape; // [1, 3]
 */
export const atleast_2d = every('atleast_2d', atLeast2d);
/**
 * A tensor, or each of several, with at least three dimensions.
 * @example
 * torch.atleast_3d(torch.ones(2, 3)).shape; // [2, 3, 1]
 */
export const atleast_3d = every('atleast_3d', atLeast3d);
