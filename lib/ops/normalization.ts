/**
 * Normalisation by mean and variance. Backward passes are native; one that is itself recorded, for second derivatives,
 * is written with public ops.
 */
import { is_grad_enabled } from '../autograd/modes.js';
import { float32 } from '../dtype.js';
import { finfo } from '../dtype-info.js';
import { NotImplementedError, RuntimeError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op } from './define.js';
import { nativeCall } from './native-call.js';
import { empty_sized } from './natives.js';

const isHalf = (x: Tensor): boolean => x.dtype.is_floating_point && x.dtype.itemsize < 4;
const wide = (x: Tensor): Tensor => (isHalf(x) ? x.to(float32) : x);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const bracketed = (sizes: readonly number[]): string => `[${sizes.join(', ')}]`;

/** x less its mean over `dims`, and 1 / its deviation. */
function standardized(x: Tensor, dims: number[], eps: number): { normal: Tensor; rstd: Tensor } {
  const centered = x.sub(x.mean(dims, true));
  const rstd = centered.mul(centered).mean(dims, true).add(eps).rsqrt();
  return { normal: centered.mul(rstd), rstd };
}

/** The gradient of x where y = normal(x) w and `weighted` is that of y times w. */
function inputGradient(weighted: Tensor, given: Tensor, dims: number[], eps: number): Tensor {
  const { normal, rstd } = standardized(wide(given), dims, eps);
  const mean = weighted.mean(dims, true);
  return weighted
    .sub(mean)
    .sub(normal.mul(weighted.mul(normal).mean(dims, true)))
    .mul(rstd);
}

const layerInput = nativeCall<Tensor>(
  '_layer_norm_input_gradient(Tensor grad, Tensor input, int[] normalized_shape, Tensor mean, Tensor rstd, Tensor? weight)',
);
const layerWeight = nativeCall<Tensor>(
  '_layer_norm_weight_gradient(Tensor grad, Tensor input, int[] normalized_shape, Tensor mean, Tensor rstd)',
);
/**
 * layer_norm with the mean and 1 / deviation of each row.
 * @example
 * torch.native_layer_norm(torch.tensor([1, 3]), [2], null, null, 0)[0]; // tensor([-1.,  1.])
 */
export const native_layer_norm = op(
  'native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (out, mean, rstd)',
  { method: false },
);
const rowDims = (x: Tensor, shape: readonly number[]): number[] => range(x.dim() - shape.length, x.dim());
derive(native_layer_norm, {
  input: [
    ['input', 'weight', 'mean', 'rstd'],
    ([g], s) => {
      if (!g) return null;
      if (!is_grad_enabled()) return layerInput(g, s.input, s.normalized_shape, s.mean, s.rstd, s.weight);
      return inputGradient(s.weight ? g.mul(s.weight) : g, s.input, rowDims(s.input, s.normalized_shape), s.eps);
    },
  ],
  weight: [
    ['input', 'mean', 'rstd'],
    ([g], s) => {
      if (!g) return null;
      if (!is_grad_enabled()) return layerWeight(g, s.input, s.normalized_shape, s.mean, s.rstd);
      return g.mul(standardized(wide(s.input), rowDims(s.input, s.normalized_shape), s.eps).normal);
    },
  ],
  bias: ([g]) => g ?? null,
});

/**
 * (x - mean) / sqrt(var + eps) * weight + bias, with mean and variance over the last dimensions, whose sizes are
 * `normalized_shape`.
 * @example
 * torch.nn.functional.layer_norm(torch.tensor([1, 3]), [2]); // tensor([-1.0000,  1.0000])
 */
export const layer_norm = op(
  'layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True)',
  { native: '', method: false },
);
compose(layer_norm, (input, shape, weight, bias, eps) => native_layer_norm(input, shape, weight, bias, eps)[0]);

/**
 * x / sqrt(mean(x^2) + eps) * weight over the last dimensions, whose sizes are `normalized_shape`; `eps` is that of
 * the dtype where nothing is given.
 * @example
 * torch.nn.functional.rms_norm(torch.tensor([3, 3]), [2]); // tensor([1., 1.])
 */
export const rms_norm = op('rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None)', {
  native: '',
  method: false,
});
compose(rms_norm, (input, shape, weight, eps) => {
  checkRows(input, shape, weight);
  const x = wide(input);
  const scale = x
    .pow(2)
    .mean(rowDims(input, shape), true)
    .add(eps ?? finfo(input.dtype).eps)
    .rsqrt();
  const normal = x.mul(scale);
  const result = weight ? normal.mul(weight) : normal;
  return result.dtype === input.dtype ? result : result.to(input.dtype);
});

function checkRows(input: Tensor, shape: readonly number[], weight: Tensor | null): void {
  if (shape.length < 1) {
    throw new RuntimeError(
      'Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []',
    );
  }
  if (weight && !sameShape(weight.shape, shape)) {
    throw new RuntimeError(
      `Expected weight to be of same shape as normalized_shape, but got weight of shape ${bracketed(weight.shape)} and normalized_shape = ${bracketed(shape)}`,
    );
  }
  if (shape.length > input.dim() || !sameShape(input.shape.slice(-shape.length), shape)) {
    throw new RuntimeError(
      `Given normalized_shape=${bracketed(shape)}, expected input with shape [*${shape.join(', ')}], but got input of size${bracketed(input.shape)}`,
    );
  }
  if (!input.dtype.is_floating_point)
    throw new NotImplementedError(`"rms_norm" not implemented for '${input.dtype.scalarName}'`);
}

const batchInput = nativeCall<Tensor>(
  '_batch_norm_input_gradient(Tensor grad, Tensor input, Tensor? weight, Tensor mean, Tensor rstd, bool training)',
);
const batchWeight = nativeCall<Tensor>(
  '_batch_norm_weight_gradient(Tensor grad, Tensor input, Tensor mean, Tensor rstd)',
);
const _native_batch_norm = op(
  '_native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (out, mean, rstd)',
  { native: 'native_batch_norm', method: false, backward: 'NativeBatchNormBackward0' },
);
const alongChannels = (each: Tensor, x: Tensor): Tensor => each.view([-1, ...x.shape.slice(2).map(() => 1)]);
const channelDims = (x: Tensor): number[] => [0, ...range(2, x.dim())];
derive(_native_batch_norm, {
  input: [
    ['input', 'weight', 'mean', 'rstd'],
    ([g], s) => {
      if (!g) return null;
      if (!is_grad_enabled()) return batchInput(g, s.input, s.weight, s.mean, s.rstd, s.training);
      const weighted = s.weight ? g.mul(alongChannels(s.weight, g)) : g;
      if (!s.training) return weighted.mul(alongChannels(s.rstd, g));
      return inputGradient(weighted, s.input, channelDims(g), s.eps);
    },
  ],
  weight: [
    ['input', 'mean', 'rstd'],
    ([g], s) => {
      if (!g) return null;
      if (!is_grad_enabled()) return batchWeight(g, s.input, s.mean, s.rstd);
      const normal = s.training
        ? standardized(wide(s.input), channelDims(g), s.eps).normal
        : s.input.sub(alongChannels(s.mean, g)).mul(alongChannels(s.rstd, g));
      return g.mul(normal).sum(channelDims(g));
    },
  ],
  bias: ([g]) => g?.sum(channelDims(g)) ?? null,
});
/**
 * batch_norm with the mean and 1 / deviation of each channel; both are empty where running statistics were used.
 * @example
 * torch.native_batch_norm(torch.tensor([[1], [3]]), null, null, null, null, true, 0.1, 0)[1]; // tensor([2.])
 */
export const native_batch_norm = op(
  'native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (out, save_mean, save_invstd)',
  { native: '', method: false },
);
compose(native_batch_norm, (input, weight, bias, running_mean, running_var, training, momentum, eps) => {
  const all = _native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps);
  return training ? all : [all[0], empty_sized([0], input.dtype), empty_sized([0], input.dtype)];
});

/**
 * (x - mean) / sqrt(var + eps) * weight + bias for each channel of `input` (N, C, ...). With `training` mean and
 * variance are those of the batch, and running_mean and running_var move towards them by `momentum`; else those two are
 * used.
 * @example
 * torch.batch_norm(torch.tensor([[1], [3]]), null, null, null, null, true, 0.1, 0, false); // tensor([[-1.], [ 1.]])
 */
export const batch_norm = op(
  'batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled=True)',
  { native: '', method: false },
);
compose(batch_norm, (input, weight, bias, running_mean, running_var, training, momentum, eps) => {
  if (input.numel() > 0)
    return _native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0];
  const scaled = weight ? input.mul(weight.select(0, 0)) : input.clone();
  return bias ? scaled.add(bias.select(0, 0)) : scaled;
});

/**
 * batch_norm of each sample on its own: `input` (N, C, ...).
 * @example
 * torch.instance_norm(torch.tensor([[[1, 3]]]), null, null, null, null, true, 0.1, 0, false); // tensor([[[-1.,  1.]]])
 */
export const instance_norm = op(
  'instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled=True)',
  { native: '', method: false },
);
compose(instance_norm, (input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps) => {
  if (!use_input_stats && !(running_mean && running_var))
    throw new RuntimeError('Expected running_mean and running_var to be defined when use_input_stats is false');
  const [n, c, ...rest] = input.shape as readonly number[] as [number, number, ...number[]];
  const repeated = (each: Tensor | null): Tensor | null => each?.repeat(n) ?? null;
  const mean = repeated(running_mean);
  const variance = repeated(running_var);
  const [w, b] = [repeated(weight), repeated(bias)];
  const x = input.contiguous().view([1, n * c, ...rest]);
  const out = batch_norm(x, w, b, mean, variance, use_input_stats, momentum, eps);
  if (use_input_stats) {
    for (const [running, now] of [
      [running_mean, mean],
      [running_var, variance],
    ] as const) {
      if (running && now) running.detach().copy_(now.view([n, c]).mean(0));
    }
  }
  return out.view([...input.shape]);
});

const groupInput = nativeCall<Tensor>(
  '_group_norm_input_gradient(Tensor grad, Tensor input, Tensor mean, Tensor rstd, Tensor? weight, int groups)',
);
const groupWeight = nativeCall<Tensor>(
  '_group_norm_weight_gradient(Tensor grad, Tensor input, Tensor mean, Tensor rstd, int groups)',
);
const _native_group_norm = op(
  '_native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int groups, float eps) -> (out, mean, rstd)',
  { native: 'native_group_norm', method: false, backward: 'NativeGroupNormBackward0' },
);
/** (N, C, ...) as (N, groups, channels of a group, elements of a channel). */
const grouped = (x: Tensor, groups: number): Tensor => {
  const [n, c, ...rest] = x.shape as readonly number[] as [number, number, ...number[]];
  return x.reshape([n, groups, c / groups, rest.reduce((a, b) => a * b, 1)]);
};
derive(_native_group_norm, {
  input: [
    ['input', 'weight', 'mean', 'rstd'],
    ([g], s) => {
      if (!g) return null;
      if (!is_grad_enabled()) return groupInput(g, s.input, s.mean, s.rstd, s.weight, s.groups);
      const weighted = s.weight ? g.mul(alongChannels(s.weight, g)) : g;
      return inputGradient(grouped(weighted, s.groups), grouped(s.input, s.groups), [2, 3], s.eps).view([...g.shape]);
    },
  ],
  weight: [
    ['input', 'mean', 'rstd'],
    ([g], s) => {
      if (!g) return null;
      if (!is_grad_enabled()) return groupWeight(g, s.input, s.mean, s.rstd, s.groups);
      const { normal } = standardized(wide(grouped(s.input, s.groups)), [2, 3], s.eps);
      return g.mul(normal.view([...g.shape])).sum(channelDims(g));
    },
  ],
  bias: [
    'bias',
    ([g], s) => {
      const sum = g?.sum(channelDims(g)) ?? null;
      // PyTorch's second derivative by bias is 0 rather than absent.
      return sum && s.bias && is_grad_enabled() ? sum.add(s.bias.mul(0)) : sum;
    },
  ],
});
/**
 * group_norm with the mean and 1 / deviation of each group: `N` samples of `C` channels of `HxW` elements.
 * @example
 * torch.native_group_norm(torch.ones(1, 4, 3), null, null, 1, 4, 3, 2, 1e-5)[0].shape; // [1, 4, 3]
 */
export const native_group_norm = op(
  'native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int N, int C, int HxW, int group, float eps) -> (out, mean, rstd)',
  { native: '', method: false },
);
compose(native_group_norm, (input, weight, bias, _n, _c, _inner, group, eps) => {
  checkGroups(input, group, weight, bias);
  return _native_group_norm(input, weight, bias, group, eps);
});

/**
 * (x - mean) / sqrt(var + eps) * weight + bias, with mean and variance of each of `num_groups` groups of the channels
 * of a sample: `input` (N, C, ...), weight and bias (C).
 * @example
 * torch.group_norm(torch.tensor([[1, 3, 10, 30]]), 2, { eps: 0 }); // tensor([[-1.,  1., -1.,  1.]])
 */
export const group_norm = op(
  'group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True)',
  { native: '', method: false },
);
compose(group_norm, (input, num_groups, weight, bias, eps) => {
  checkGroups(input, num_groups, weight, bias);
  return _native_group_norm(input, weight, bias, num_groups, eps)[0];
});

function checkGroups(input: Tensor, groups: number, weight: Tensor | null, bias: Tensor | null): void {
  if (input.dim() < 2)
    throw new RuntimeError(`Expected at least 2 dimensions for input tensor but received ${input.dim()}`);
  const shape = bracketed(input.shape);
  const [, channels, ...inner] = input.shape as readonly number[] as [number, number, ...number[]];
  if (channels === 0) throw new RuntimeError('Expected number of channels to be greater than 0, got 0');
  if (inner.includes(0)) throw new RuntimeError('Expected HxW to be greater than 0, got 0');
  if (groups <= 0) throw new RuntimeError(`Expected num groups to be greater than 0, got ${groups}`);
  if (channels % groups !== 0) {
    throw new RuntimeError(
      `Expected number of channels in input to be divisible by num_groups, but got input of shape ${shape} and num_groups=${groups}`,
    );
  }
  for (const [name, each] of [
    ['weight', weight],
    ['bias', bias],
  ] as const) {
    if (!each || (each.dim() === 1 && each.numel() === channels)) continue;
    throw new RuntimeError(
      `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ${bracketed(each.shape)} and input of shape ${shape}`,
    );
  }
}
