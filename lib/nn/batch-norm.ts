import { type DType, int64 } from '../dtype.js';
import { NotImplementedError, ValueError } from '../errors.js';
import { ones, zeros } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import * as functional from './functional-norm.js';
import * as init from './init.js';
import { Module } from './module.js';
import { Buffer, Parameter } from './parameter.js';
import { repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const collect =
  (affineDefault: boolean, trackDefault: boolean) =>
  (
    num_features: number,
    eps: number = 1e-5,
    momentum: number | null = 0.1,
    affine: boolean = affineDefault,
    track_running_stats: boolean = trackDefault,
    device: string | null = null,
    dtype: DType | null = null,
    bias: boolean = true,
  ) => ({ num_features, eps, momentum, affine, track_running_stats, device, dtype, bias });
const batchNorm = signature('BatchNorm', collect(true, true));
const instanceNorm = signature('InstanceNorm', collect(false, false));
type Options = ReturnType<typeof batchNorm.bind>;

/** What batch and instance normalisation share: parameters, and running statistics where they are tracked. */
abstract class NormBase extends Module {
  readonly num_features: number;
  eps: number;
  /** null: the running statistics are the mean over all batches. */
  momentum: number | null;
  readonly affine: boolean;
  readonly track_running_stats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  running_mean: Tensor | null;
  running_var: Tensor | null;
  num_batches_tracked: Tensor | null;

  constructor({ num_features, eps, momentum, affine, track_running_stats, dtype, bias }: Options) {
    super();
    this.num_features = num_features;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.track_running_stats = track_running_stats;
    this.weight = affine ? new Parameter(ones([num_features], { dtype })) : null;
    this.bias = affine && bias ? new Parameter(zeros([num_features], { dtype })) : null;
    this.running_mean = track_running_stats ? new Buffer(zeros([num_features], { dtype })) : null;
    this.running_var = track_running_stats ? new Buffer(ones([num_features], { dtype })) : null;
    this.num_batches_tracked = track_running_stats ? new Buffer(zeros([], { dtype: int64 })) : null;
  }

  /** Sets the running mean to 0, the running variance to 1. */
  reset_running_stats(): void {
    this.running_mean?.zero_();
    this.running_var?.fill_(1);
    this.num_batches_tracked?.zero_();
  }

  /** Sets weight to 1, bias to 0 and the running statistics back. */
  reset_parameters(): void {
    this.reset_running_stats();
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  /** Throws ValueError where the input has not the dimensions of this layer. */
  _check_input_dim(_input: Tensor): void {
    throw new NotImplementedError();
  }

  override extra_repr(): string {
    const { num_features, eps, momentum, affine, bias, track_running_stats } = this;
    const options = { eps, momentum, affine, bias: bias !== null, track_running_stats };
    return [num_features, ...Object.entries(options).map(([name, value]) => `${name}=${repr(value)}`)].join(', ');
  }
}

const refuse = (expected: string, input: Tensor): never => {
  throw new ValueError(`expected ${expected} input (got ${input.dim()}D input)`);
};

abstract class BatchNorm extends NormBase {
  constructor(...args: ArgsOf<typeof batchNorm>) {
    super(batchNorm.bind(args, new.target.name));
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const tracked = this.training && this.track_running_stats ? this.num_batches_tracked : null;
    tracked?.add_(1);
    const momentum = this.momentum ?? (tracked ? 1 / Number(tracked.item()) : 0);
    const usesBatch = this.training || (this.running_mean === null && this.running_var === null);
    const seen = !this.training || this.track_running_stats;
    const [mean, variance] = seen ? [this.running_mean, this.running_var] : [null, null];
    return functional.batch_norm(input, mean, variance, this.weight, this.bias, usesBatch, momentum, this.eps);
  }
}

/**
 * Normalises each channel of (N, C) or (N, C, L) by mean and variance of the batch; in eval mode by their running
 * averages.
 *
 * @example
 * const norm = new torch.nn.BatchNorm1d(1);
 * norm(torch.tensor([[1], [3]])).flatten().tolist().map(Math.round); // [-1, 1]
 */
export class BatchNorm1d extends BatchNorm {
  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 2 && input.dim() !== 3) refuse('2D or 3D', input);
  }
}
/**
 * The same for (N, C, H, W).
 * @example
 * new torch.nn.BatchNorm2d(3)(torch.randn(2, 3, 4, 4)).shape; // [2, 3, 4, 4]
 */
export class BatchNorm2d extends BatchNorm {
  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 4) refuse('4D', input);
  }
}
/**
 * The same for (N, C, D, H, W).
 * @example
 * new torch.nn.BatchNorm3d(3)(torch.randn(2, 3, 4, 4, 4)).shape; // [2, 3, 4, 4, 4]
 */
export class BatchNorm3d extends BatchNorm {
  override _check_input_dim(input: Tensor): void {
    if (input.dim() !== 5) refuse('5D', input);
  }
}

abstract class InstanceNorm extends NormBase {
  constructor(...args: ArgsOf<typeof instanceNorm>) {
    super(instanceNorm.bind(args, new.target.name));
  }

  /** Dimensions of an input without a batch. */
  protected abstract get unbatched(): number;

  override _check_input_dim(input: Tensor): void {
    const n = this.unbatched;
    if (input.dim() !== n && input.dim() !== n + 1) refuse(`${n}D or ${n + 1}D`, input);
  }

  override forward(input: Tensor): Tensor {
    this._check_input_dim(input);
    const dim = input.dim() - this.unbatched;
    const channels = input.shape[dim];
    if (channels !== this.num_features) {
      if (this.affine) {
        throw new ValueError(
          `expected input's size at dim=${dim} to match num_features (${this.num_features}), but got: ${channels}.`,
        );
      }
      warnOnce(
        `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in num_features, which is not used because affine=False`,
      );
    }
    return dim === 0 ? this.normalize(input.unsqueeze(0)).squeeze(0) : this.normalize(input);
  }

  private normalize(input: Tensor): Tensor {
    const usesInput = this.training || !this.track_running_stats;
    const { running_mean, running_var, weight, bias, momentum, eps } = this;
    return functional.instance_norm(input, running_mean, running_var, weight, bias, usesInput, momentum ?? 0, eps);
  }
}

/**
 * Normalises each channel of each sample on its own: (N, C, L) or (C, L).
 * @example
 * new torch.nn.InstanceNorm1d(3)(torch.randn(2, 3, 4)).shape; // [2, 3, 4]
 */
export class InstanceNorm1d extends InstanceNorm {
  protected override get unbatched(): number {
    return 2;
  }
}
/**
 * The same for (N, C, H, W) or (C, H, W).
 * @example
 * new torch.nn.InstanceNorm2d(3)(torch.randn(2, 3, 4, 4)).shape; // [2, 3, 4, 4]
 */
export class InstanceNorm2d extends InstanceNorm {
  protected override get unbatched(): number {
    return 3;
  }
}
/**
 * The same for (N, C, D, H, W) or (C, D, H, W).
 * @example
 * new torch.nn.InstanceNorm3d(3)(torch.randn(2, 3, 4, 4, 4)).shape; // [2, 3, 4, 4, 4]
 */
export class InstanceNorm3d extends InstanceNorm {
  protected override get unbatched(): number {
    return 4;
  }
}
