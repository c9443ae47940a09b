/** The normalisations of torch.nn.functional whose arguments differ from the op's. */
import { RuntimeError, ValueError } from '../errors.js';
import { zeros } from '../ops/index.js';
import { cat } from '../ops/join.js';
import * as norm from '../ops/normalization.js';
import type { Tensor } from '../tensor.js';
import { sizeRepr } from './repr.js';
import { withKeywords } from './signature.js';

export { layer_norm, rms_norm } from '../ops/normalization.js';

/** Refuses channels of one element, which have no variance. */
function checkValues(size: readonly number[], text: string): void {
  if (size[0] === 1 && size.slice(2).every((n) => n === 1))
    throw new ValueError(`Expected more than 1 value per channel when training, got input size ${text}`);
}

/**
 * (x - mean) / sqrt(var + eps) * weight + bias for each channel of `input` (N, C) or (N, C, ...). With `training` mean
 * and variance are those of the batch, and running_mean and running_var move towards them by `momentum`; else those two
 * are used.
 * @example
 * torch.nn.functional.batch_norm(torch.tensor([[1], [3]]), null, null, { training: true });
 * // tensor([[-1.0000], [ 1.0000]])
 */
export const batch_norm = withKeywords(
  'batch_norm',
  (
    input: Tensor,
    running_mean: Tensor | null,
    running_var: Tensor | null,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    training: boolean = false,
    momentum: number = 0.1,
    eps: number = 1e-5,
  ) => ({ input, running_mean, running_var, weight, bias, training, momentum, eps }),
  ({ input, running_mean, running_var, weight, bias, training, momentum, eps }) => {
    if (training) checkValues(input.shape, sizeRepr(input.shape));
    if (training && eps <= 0) throw new ValueError(`batch_norm eps must be positive during training, but got ${eps}`);
    if (eps < 0) throw new ValueError(`batch_norm eps must be non-negative, but got ${eps}`);
    return norm.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps);
  },
);

/**
 * batch_norm of each sample on its own: `input` (N, C, ...). Without `use_input_stats` by the running statistics.
 * @example
 * torch.nn.functional.instance_norm(torch.tensor([[[1, 3], [10, 30]]]));
 * // tensor([[[-1.0000,  1.0000], [-1.0000,  1.0000]]])
 */
export const instance_norm = withKeywords(
  'instance_norm',
  (
    input: Tensor,
    running_mean: Tensor | null = null,
    running_var: Tensor | null = null,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    use_input_stats: boolean = true,
    momentum: number = 0.1,
    eps: number = 1e-5,
  ) => ({ input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps }),
  ({ input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps }) => {
    if (use_input_stats && input.shape.slice(2).every((n) => n === 1)) {
      const size = sizeRepr(input.shape);
      throw new ValueError(`Expected more than 1 spatial element when training, got input size ${size}`);
    }
    return norm.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps);
  },
);

/**
 * (x - mean) / sqrt(var + eps) * weight + bias, with mean and variance of each of `num_groups` groups of the channels
 * of a sample: `input` (N, C, ...), weight and bias (C).
 * @example
 * torch.nn.functional.group_norm(torch.tensor([[1, 3, 10, 30]]), 2); // tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
 */
export const group_norm = withKeywords(
  'group_norm',
  (
    input: Tensor,
    num_groups: number,
    weight: Tensor | null = null,
    bias: Tensor | null = null,
    eps: number = 1e-5,
  ) => ({ input, num_groups, weight, bias, eps }),
  ({ input, num_groups, weight, bias, eps }) => {
    const [n, c, ...rest] = input.shape as readonly number[] as [number, number, ...number[]];
    if (input.dim() < 2)
      throw new RuntimeError(`Expected at least 2 dimensions for input tensor but received ${input.dim()}`);
    const size = [Math.floor((n * c) / num_groups), num_groups, ...rest];
    checkValues(size, `[${size.join(', ')}]`);
    return norm.group_norm(input, num_groups, weight, bias, eps);
  },
);

/**
 * x / (k + alpha mean(x^2))^beta, with the mean over `size` neighbouring channels, of which there are zeros beyond the
 * ends: `input` (N, C, ...) of at least 3 dimensions.
 * @example
 * torch.nn.functional.local_response_norm(torch.ones(1, 2, 1), 2, { alpha: 1, beta: 1 }).flatten();
 * // tensor([0.6667, 0.5000])
 */
export const local_response_norm = withKeywords(
  'local_response_norm',
  (input: Tensor, size: number, alpha: number = 1e-4, beta: number = 0.75, k: number = 1) => ({
    input,
    size,
    alpha,
    beta,
    k,
  }),
  ({ input, size, alpha, beta, k }) => {
    const dim = input.dim();
    // The gap is PyTorch's.
    if (dim < 3)
      throw new ValueError(`Expected 3D or higher dimensionality${' '.repeat(26)}input (got ${dim} dimensions)`);
    if (input.numel() === 0) return input;
    const [n, c, ...rest] = input.shape as readonly number[] as [number, number, ...number[]];
    const margin = (channels: number) => zeros([n, channels, ...rest], { dtype: input.dtype });
    const before = Math.floor(size / 2);
    const squares = cat([margin(before), input.mul(input), margin(size - 1 - before)], 1);
    let sum = squares.narrow(1, 0, c);
    for (let i = 1; i < size; ++i) sum = sum.add(squares.narrow(1, i, c));
    // The mean of integers is whole, as that of PyTorch's average pooling.
    const mean = input.dtype.is_floating_point ? sum.mul(alpha / size) : sum.floor_divide(size).mul(alpha);
    return input.div(mean.add(k).pow(beta));
  },
);
