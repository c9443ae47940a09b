/** Affine maps of the last dimension. */
import { RuntimeError } from '../errors.js';
import { compose, op } from './define.js';
import { addmm, matmul, mm } from './matmul.js';
import { weightTransposed } from './transposed.js';

const size = (shape: readonly number[]): number => shape.reduce((x, y) => x * y, 1);

/**
 * input weight^T + bias with `input` (*, in), `weight` (out, in) and `bias` (out): (*, out).
 * @example
 * torch.nn.functional.linear(torch.ones(2, 3), torch.ones(4, 3)).shape; // [2, 4]
 */
export const linear = op('linear(Tensor input, Tensor weight, Tensor? bias=None)', { method: false });
compose(linear, (input, weight, bias) => {
  const n = input.shape.length;
  if (n === 0 || weight.shape.length === 0) {
    throw new RuntimeError(
      `both arguments to linear need to be at least 1D, but they are ${n}D and ${weight.shape.length}D`,
    );
  }
  if (bias === null) return matmul(input, weightTransposed(weight));
  if (n === 2) return addmm(bias, input, weightTransposed(weight));
  if (bias.shape.length > 0 && input.is_contiguous()) {
    const shape = input.shape.slice(0, -1);
    const flat = addmm(bias, input.view([size(shape), input.shape[n - 1] as number]), weightTransposed(weight));
    return flat.view([...shape, flat.shape[1] as number]);
  }
  return matmul(input, weightTransposed(weight)).add(bias);
});

/**
 * x1 weight[k] x2 + bias[k]: (*, n1), (*, n2) and weight (out, n1, n2) give (*, out).
 * @example
 * torch.nn.functional.bilinear(torch.ones(5, 2), torch.ones(5, 3), torch.ones(4, 2, 3)).shape; // [5, 4]
 */
export const bilinear = op('bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None)', {
  method: false,
});
compose(bilinear, (input1, input2, weight, bias) => {
  if (input1.dim() !== input2.dim()) {
    throw new RuntimeError(`bilinear(): input dimensions do not match: got ${input1.dim()} and ${input2.dim()}`);
  }
  const lead = input1.shape.slice(0, -1);
  lead.forEach((n, d) => {
    if (n !== input2.shape[d])
      throw new RuntimeError(
        `bilinear(): input batch dimensions do not match at dim ${d}: got ${n} and ${input2.shape[d]}`,
      );
  });
  const [out, n1, n2] = weight.shape as readonly number[] as [number, number, number];
  const x = input1.reshape([-1, n1]);
  const y = input2.reshape([-1, n2]);
  // (rows, n1) (n1, out * n2), then for each row (out, n2) times its (n2).
  const half = mm(x, weight.permute(1, 0, 2).reshape([n1, out * n2])).view([x.shape[0] as number, out, n2]);
  const result = half.bmm(y.unsqueeze(2)).reshape([...lead, out]);
  return bias === null ? result : result.add(bias);
});
