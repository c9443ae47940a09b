/** Derivatives of sampled functions by finite differences. */
import { RuntimeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { compose, op } from './define.js';
import { cat } from './join.js';
import { wrapDim } from './natives.js';

/** Slices `from`, from + 1, … of a dimension, as many as there are between the ends. */
const shifted = (x: Tensor, dim: number, from: number, count: number): Tensor => x.narrow(dim, from, count);

/** With samples `h` apart. */
function evenly(x: Tensor, dim: number, h: number, edge_order: number): Tensor {
  const n = x.shape[dim] as number;
  const at = (i: number): Tensor => shifted(x, dim, i < 0 ? n + i : i, 1);
  const middle = shifted(x, dim, 2, n - 2)
    .sub(shifted(x, dim, 0, n - 2))
    .div(2 * h);
  if (edge_order === 1) return cat([at(1).sub(at(0)).div(h), middle, at(-1).sub(at(-2)).div(h)], dim);
  const first = at(1)
    .mul(4)
    .sub(at(0).mul(3))
    .sub(at(2))
    .div(2 * h);
  const last = at(-1)
    .mul(3)
    .sub(at(-2).mul(4))
    .add(at(-3))
    .div(2 * h);
  return cat([first, middle, last], dim);
}

/** With samples at the places `points`. */
function unevenly(x: Tensor, dim: number, points: Tensor, edge_order: number): Tensor {
  const n = x.shape[dim] as number;
  const gaps = points.diff().view(x.shape.map((_, d) => (d === dim ? n - 1 : 1)));
  const at = (i: number): Tensor => shifted(x, dim, i < 0 ? n + i : i, 1);
  const gap = (i: number): Tensor => shifted(gaps, dim, i < 0 ? n - 1 + i : i, 1);
  const [before, behind] = [shifted(gaps, dim, 0, n - 2), shifted(gaps, dim, 1, n - 2)];
  const both = before.add(behind);
  const middle = shifted(x, dim, 0, n - 2)
    .mul(behind.neg().div(before.mul(both)))
    .add(shifted(x, dim, 1, n - 2).mul(behind.sub(before).div(before.mul(behind))))
    .add(shifted(x, dim, 2, n - 2).mul(before.div(behind.mul(both))));
  if (edge_order === 1) return cat([at(1).sub(at(0)).div(gap(0)), middle, at(-1).sub(at(-2)).div(gap(-1))], dim);
  /** The slope at the end `a` of three samples, of which `b` is `near` and `c` yet `far` further away. */
  const atEnd = (a: Tensor, b: Tensor, c: Tensor, near: Tensor, far: Tensor): Tensor => {
    const sum = near.add(far);
    return a
      .mul(near.mul(2).add(far).neg().div(near.mul(sum)))
      .add(b.mul(sum.div(near.mul(far))))
      .sub(c.mul(near.div(far.mul(sum))));
  };
  const first = atEnd(at(0), at(1), at(2), gap(0), gap(1));
  const last = atEnd(at(-1), at(-2), at(-3), gap(-1), gap(-2)).neg();
  return cat([first, middle, last], dim);
}

/**
 * The derivative of samples `self` along each dimension, or along those of `dim`: a list. Inside by the samples on both
 * sides, at the edges by two (`edge_order` 1) or three of them (2). `spacing` is the distance of samples, one number or
 * one for each dimension, or lists of their places as tensors.
 * @example
 * torch.gradient(torch.tensor([0, 1, 4, 9]))[0]; // tensor([1., 2., 4., 5.])
 */
export const gradient = op('gradient(Tensor self, *, any spacing=None, any dim=None, int edge_order=1) -> Tensor[]', {
  method: false,
});
compose(gradient, (self, spacing, dim, edge_order) => {
  const given = dim === null ? self.shape.map((_, d) => d) : Array.isArray(dim) ? (dim as number[]) : [Number(dim)];
  const several = Array.isArray(spacing);
  const steps = several ? (spacing as (number | Tensor)[]) : given.map(() => (spacing ?? 1) as number);
  if (edge_order !== 1 && edge_order !== 2)
    throw new RuntimeError('torch.gradient only supports edge_order=1 and edge_order=2.');
  if (steps.length !== given.length)
    throw new RuntimeError(
      `torch.gradient expected spacing to be unspecified, a scalar or a list of length equal to 'self.dim() = ${self.dim()}', since dim argument ${dim === null ? 'was not given' : 'was given'}, but got a list of length ${steps.length}`,
    );
  const dims = given.map((d) => wrapDim(d, self.dim()));
  const twice = dims.find((d, i) => dims.indexOf(d) < i);
  if (twice !== undefined) throw new RuntimeError(`dim ${twice} appears multiple times in the list of dims`);
  return dims.map((d, i) => {
    if ((self.shape[d] as number) < edge_order + 1)
      throw new RuntimeError('torch.gradient expected each dimension size to be at least edge_order+1');
    const step = steps[i] as number | Tensor;
    return step instanceof Tensor && step.dim() > 0
      ? unevenly(self, d, step, edge_order)
      : evenly(self, d, Number(step instanceof Tensor ? step.item() : step), edge_order);
  });
});
