/** Images sampled at places that tensors give. */
import { int64 } from '../dtype.js';
import { RuntimeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { linspace, ones } from './create.js';
import { compose, op } from './define.js';
import { cat, stack } from './join.js';
import { where } from './ternary.js';

type PaddingMode = 'zeros' | 'border' | 'reflection';

/** From [-1, 1] to [0, size - 1], between the centers of the outermost elements or their borders. */
const toElements = (x: Tensor, size: number, corners: boolean): Tensor =>
  corners ? x.add(1).mul((size - 1) / 2) : x.add(1).mul(size).sub(1).div(2);

/** x mirrored between low and high until it lies there. */
function mirrored(x: Tensor, low: number, high: number): Tensor {
  const span = high - low;
  if (span === 0) return x.mul(0);
  const distance = x.sub(low).abs();
  const rest = distance.fmod(span);
  const turns = distance.detach().div(span).floor().remainder(2).eq(0);
  return where(turns, rest.add(low), rest.neg().add(span + low));
}

/** Where to look for what would lie outside. */
function padded(x: Tensor, size: number, mode: PaddingMode, corners: boolean): Tensor {
  if (mode === 'zeros') return x;
  if (mode === 'border') return x.clamp(0, size - 1);
  const reflected = corners ? mirrored(x, 0, size - 1) : mirrored(x, -0.5, size - 0.5);
  return reflected.clamp(0, size - 1);
}

/** The elements of (n, c, ...) at whole places (n, ...), one tensor per dimension: (n, c, ...); zeros outside. */
function elementsAt(input: Tensor, places: readonly Tensor[]): Tensor {
  const [n, c, ...sizes] = input.shape as readonly number[] as [number, number, ...number[]];
  const shape = (places[0] as Tensor).shape.slice(1);
  let inside: Tensor | null = null;
  let index: Tensor | null = null;
  places.forEach((p, d) => {
    const size = sizes[d] as number;
    const fits = p.ge(0).logical_and(p.lt(size));
    inside = inside === null ? fits : inside.logical_and(fits);
    const whole = where(fits, p, p.mul(0)).to(int64);
    index = index === null ? whole : index.mul(size).add(whole);
  });
  const flat = (index as unknown as Tensor).flatten(1).unsqueeze(1).expand(n, c, -1);
  const values = input
    .flatten(2)
    .gather(2, flat)
    .view([n, c, ...shape]);
  return values.mul((inside as unknown as Tensor).unsqueeze(1).to(input.dtype));
}

/** The sum over the corners around `places` of their elements, by how near they are. */
function blended(input: Tensor, places: readonly Tensor[]): Tensor {
  const lows = places.map((p) => p.detach().floor());
  const above = places.map((p, d) => p.sub(lows[d] as Tensor));
  let sum: Tensor | null = null;
  for (let corner = 0; corner < 2 ** places.length; corner++) {
    const high = places.map((_, d) => (corner >> d) & 1);
    const at = lows.map((low, d) => low.add(high[d] as number));
    const weight = above.map((a, d) => (high[d] ? a : a.neg().add(1))).reduce((x, y) => x.mul(y));
    const part = elementsAt(input, at).mul(weight.unsqueeze(1));
    sum = sum === null ? part : sum.add(part);
  }
  return sum as unknown as Tensor;
}

/** Keys' cubic weights of the four elements around a place that lies `t` behind the second. */
function cubicWeights(t: Tensor): Tensor[] {
  const a = -0.75;
  const near = (x: Tensor) =>
    x
      .mul(a + 2)
      .sub(a + 3)
      .mul(x)
      .mul(x)
      .add(1);
  const far = (x: Tensor) =>
    x
      .mul(a)
      .sub(5 * a)
      .mul(x)
      .add(8 * a)
      .mul(x)
      .sub(4 * a);
  const rest = t.neg().add(1);
  return [far(t.add(1)), near(t), near(rest), far(rest.add(1))];
}

function cubic(input: Tensor, places: readonly Tensor[], mode: PaddingMode, corners: boolean): Tensor {
  const [height, width] = input.shape.slice(2) as [number, number];
  const lows = places.map((p) => p.detach().floor());
  const [down, across] = places.map((p, d) => cubicWeights(p.sub(lows[d] as Tensor))) as [Tensor[], Tensor[]];
  const [rows, columns] = lows as [Tensor, Tensor];
  let sum: Tensor | null = null;
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      const at = [padded(rows.add(i - 1), height, mode, corners), padded(columns.add(j - 1), width, mode, corners)];
      const part = elementsAt(input, at).mul((down[i] as Tensor).mul(across[j] as Tensor).unsqueeze(1));
      sum = sum === null ? part : sum.add(part);
    }
  }
  return sum as unknown as Tensor;
}

function checkGrid(input: Tensor, grid: Tensor, mode: string): void {
  const n = input.dim() - 2;
  const shapes = `input with sizes [${input.shape.join(', ')}] and grid with sizes [${grid.shape.join(', ')}]`;
  if ((n !== 2 && n !== 3) || grid.dim() !== input.dim())
    throw new RuntimeError(
      `grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got ${shapes}`,
    );
  if (input.shape[0] !== grid.shape[0])
    throw new RuntimeError(`grid_sampler(): expected grid and input to have same batch size, but got ${shapes}`);
  if (grid.shape[n + 1] !== n)
    throw new RuntimeError(
      `grid_sampler(): expected grid to have size ${n} in last dimension, but got grid with sizes [${grid.shape.join(', ')}]`,
    );
  if (n === 3 && mode === 'bicubic')
    throw new RuntimeError('grid_sampler(): bicubic interpolation only supports 4D input');
}

/**
 * `input` (n, c, h, w) at the places of `grid` (n, h', w', 2), x and y from -1 to 1: (n, c, h', w'); in three
 * dimensions likewise. `mode`: 'bilinear', 'nearest' or 'bicubic'; `padding_mode`: what lies outside is 'zeros', the
 * 'border', or a 'reflection'.
 * @example
 * torch.nn.functional.grid_sample(torch.ones(1, 1, 4, 4), torch.zeros(1, 2, 3, 2)).shape; // [1, 1, 2, 3]
 */
export const grid_sample = op(
  "grid_sample(Tensor input, Tensor grid, str mode='bilinear', str padding_mode='zeros', bool? align_corners=None)",
  { method: false },
);
compose(grid_sample, (input, grid, mode, padding_mode, align) => {
  if (!['bilinear', 'nearest', 'bicubic'].includes(mode))
    throw new ValueError(
      `nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '${mode}'`,
    );
  if (!['zeros', 'border', 'reflection'].includes(padding_mode))
    throw new ValueError(
      "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', " +
        `but got: '${padding_mode}'`,
    );
  checkGrid(input, grid, mode);
  const corners = Boolean(align);
  const padding = padding_mode as PaddingMode;
  const sizes = input.shape.slice(2);
  // The grid counts from the last dimension on.
  const places = sizes.map((size, d) => toElements(grid.select(-1, sizes.length - 1 - d), size, corners));
  if (mode === 'bicubic') return cubic(input, places, padding, corners);
  const inside = places.map((p, d) => padded(p, sizes[d] as number, padding, corners));
  if (mode === 'bilinear') return blended(input, inside);
  const nearest = elementsAt(
    input,
    inside.map((p) => p.detach().round()),
  );
  // The grid has gradients of every order, of zeros.
  const finite = where(grid.isfinite(), grid, 0);
  return nearest.add(finite.mul(finite).sum(-1).mul(0).unsqueeze(1));
});

/**
 * The places (n, h, w, 2), x and y from -1 to 1, that the affine map `theta` (n, 2, 3) takes those of a result of
 * `size` (n, c, h, w) to; (n, 3, 4) and (n, c, d, h, w) in three dimensions.
 * @example
 * torch.nn.functional.affine_grid(torch.ones(1, 2, 3), [1, 1, 4, 5]).shape; // [1, 4, 5, 2]
 */
export const affine_grid = op('affine_grid(Tensor theta, int[] size, bool? align_corners=None)', { method: false });
compose(affine_grid, (theta, size, align) => {
  if (!theta.dtype.is_floating_point)
    throw new ValueError(`Expected theta to have floating point type, but got ${String(theta.dtype)}`);
  const n = size.length - 2;
  if (n !== 2 && n !== 3)
    throw new RuntimeError(
      `affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size [${size.join(', ')}].`,
    );
  if (theta.dim() !== 3 || theta.shape[1] !== n || theta.shape[2] !== n + 1)
    throw new ValueError(
      `Expected a batch of ${n}D affine matrices of shape Nx${n}x${n + 1} for size [${size.join(', ')}]. ` +
        `Got [${theta.shape.join(', ')}].`,
    );
  if (Math.min(...size) <= 0) throw new ValueError(`Expected non-zero, positive output size. Got [${size.join(', ')}]`);
  const { dtype } = theta;
  const spatial = size.slice(2);
  const axes = spatial.map((length, d) => {
    const steps = length === 1 ? linspace(0, 0, 1, { dtype }) : linspace(-1, 1, length, { dtype });
    const scaled = align ? steps : steps.mul((length - 1) / length);
    return scaled.view(spatial.map((_, k) => (k === d ? length : 1))).expand(spatial);
  });
  const base = cat([stack(axes.reverse(), -1), ones([...spatial, 1], { dtype })], -1).view([1, -1, n + 1]);
  const batch = size[0] as number;
  return base
    .expand(batch, -1, -1)
    .bmm(theta.transpose(1, 2))
    .view([batch, ...spatial, n]);
});
