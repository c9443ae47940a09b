import type { DType } from '../dtype.js';
import { ValueError } from '../errors.js';
import { ones, zeros } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { tuple } from './conv.js';
import * as functional from './functional-norm.js';
import * as init from './init.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { floatRepr, repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const sizesOf = (shape: number | readonly number[]): number[] => tuple(shape, 1);

const layerNorm = signature(
  'LayerNorm',
  (
    normalized_shape: number | readonly number[],
    eps: number = 1e-5,
    elementwise_affine: boolean = true,
    bias: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ normalized_shape, eps, elementwise_affine, bias, device, dtype }),
);

/**
 * (x - mean) / sqrt(var + eps) * weight + bias, with mean and variance over the last dimensions, whose sizes are
 * `normalized_shape`.
 *
 * @example
 * new torch.nn.LayerNorm(2)(torch.tensor([1, 3])); // tensor([-1.0000,  1.0000], grad_fn=<NativeLayerNormBackward0>)
 */
export class LayerNorm extends Module {
  readonly normalized_shape: number[];
  eps: number;
  readonly elementwise_affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(...args: ArgsOf<typeof layerNorm>) {
    super();
    const { normalized_shape, eps, elementwise_affine, bias, dtype } = layerNorm.bind(args);
    this.normalized_shape = sizesOf(normalized_shape);
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    this.weight = elementwise_affine ? new Parameter(ones(this.normalized_shape, { dtype })) : null;
    this.bias = elementwise_affine && bias ? new Parameter(zeros(this.normalized_shape, { dtype })) : null;
  }

  /** Sets weight to 1 and bias to 0. */
  reset_parameters(): void {
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    return functional.layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps);
  }

  override extra_repr(): string {
    const affine = `elementwise_affine=${repr(this.elementwise_affine)}, bias=${repr(this.bias !== null)}`;
    return `${repr(this.normalized_shape)}, eps=${repr(this.eps)}, ${affine}`;
  }
}

const rmsNorm = signature(
  'RMSNorm',
  (
    normalized_shape: number | readonly number[],
    eps: number | null = null,
    elementwise_affine: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ normalized_shape, eps, elementwise_affine, device, dtype }),
);

/**
 * x / sqrt(mean(x^2) + eps) * weight over the last dimensions, whose sizes are `normalized_shape`.
 * @example
 * new torch.nn.RMSNorm(2)(torch.tensor([3, 4])); // tensor([0.8485, 1.1314], grad_fn=<MulBackward0>)
 */
export class RMSNorm extends Module {
  readonly normalized_shape: number[];
  eps: number | null;
  readonly elementwise_affine: boolean;
  weight: Parameter | null;

  constructor(...args: ArgsOf<typeof rmsNorm>) {
    super();
    const { normalized_shape, eps, elementwise_affine, dtype } = rmsNorm.bind(args);
    this.normalized_shape = sizesOf(normalized_shape);
    this.eps = eps;
    this.elementwise_affine = elementwise_affine;
    this.weight = elementwise_affine ? new Parameter(ones(this.normalized_shape, { dtype })) : null;
  }

  /** Sets weight to 1. */
  reset_parameters(): void {
    if (this.weight) init.ones_(this.weight);
  }

  override forward(input: Tensor): Tensor {
    return functional.rms_norm(input, this.normalized_shape, this.weight, this.eps);
  }

  override extra_repr(): string {
    return `${repr(this.normalized_shape)}, eps=${repr(this.eps)}, elementwise_affine=${repr(this.elementwise_affine)}`;
  }
}

const groupNorm = signature(
  'GroupNorm',
  (
    num_groups: number,
    num_channels: number,
    eps: number = 1e-5,
    affine: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
    bias: boolean = true,
  ) => ({ num_groups, num_channels, eps, affine, device, dtype, bias }),
);

/**
 * (x - mean) / sqrt(var + eps) * weight + bias, with mean and variance of each of `num_groups` groups of the channels
 * of a sample: (N, C, ...).
 * @example
 * new torch.nn.GroupNorm(2, 4)(torch.randn(3, 4, 5)).shape; // [3, 4, 5]
 */
export class GroupNorm extends Module {
  readonly num_groups: number;
  readonly num_channels: number;
  eps: number;
  readonly affine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(...args: ArgsOf<typeof groupNorm>) {
    super();
    const { num_groups, num_channels, eps, affine, dtype, bias } = groupNorm.bind(args);
    if (num_channels % num_groups !== 0)
      throw new ValueError(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`);
    this.num_groups = num_groups;
    this.num_channels = num_channels;
    this.eps = eps;
    this.affine = affine;
    this.weight = affine ? new Parameter(ones([num_channels], { dtype })) : null;
    this.bias = affine && bias ? new Parameter(zeros([num_channels], { dtype })) : null;
  }

  /** Sets weight to 1 and bias to 0. */
  reset_parameters(): void {
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  override forward(input: Tensor): Tensor {
    return functional.group_norm(input, this.num_groups, this.weight, this.bias, this.eps);
  }

  override extra_repr(): string {
    const affine = `affine=${repr(this.affine)}, bias=${repr(this.bias !== null)}`;
    return `${this.num_groups}, ${this.num_channels}, eps=${repr(this.eps)}, ${affine}`;
  }
}

const localResponseNorm = signature(
  'LocalResponseNorm',
  (size: number, alpha: number = 1e-4, beta: number = 0.75, k: number = 1) => ({ size, alpha, beta, k }),
);

/**
 * x / (k + alpha mean(x^2))^beta, with the mean over `size` neighbouring channels: (N, C, ...).
 * @example
 * new torch.nn.LocalResponseNorm(2)(torch.ones(1, 4, 3)).shape; // [1, 4, 3]
 */
export class LocalResponseNorm extends Module {
  size: number;
  alpha: number;
  beta: number;
  k: number;

  constructor(...args: ArgsOf<typeof localResponseNorm>) {
    super();
    const { size, alpha, beta, k } = localResponseNorm.bind(args);
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    return functional.local_response_norm(input, this.size, this.alpha, this.beta, this.k);
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${repr(this.alpha)}, beta=${repr(this.beta)}, k=${floatRepr(this.k)}`;
  }
}
