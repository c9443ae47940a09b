/** Layers that stand for two layers in evaluation. */
import { no_grad } from '../../autograd/modes.js';
import { AssertionError, RuntimeError } from '../../errors.js';
import { ones_like, rsqrt, zeros_like } from '../../ops/index.js';
import type { Tensor } from '../../tensor.js';
import type { BatchNorm1d, BatchNorm2d, BatchNorm3d } from '../batch-norm.js';
import type { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../conv.js';
import { deepcopy } from '../copy.js';
import type { Linear } from '../linear.js';
import { Parameter } from '../parameter.js';

type Conv = Conv1d | Conv2d | Conv3d | ConvTranspose1d | ConvTranspose2d | ConvTranspose3d;
type BatchNorm = BatchNorm1d | BatchNorm2d | BatchNorm3d;

/** Weight and bias of `layer` with the evaluation of `bn` in them; `outputs` is the dimension of the outputs. */
function fused<M extends Conv | Linear>(layer: M, bn: BatchNorm, outputs: number): M {
  if (layer.training || bn.training) throw new AssertionError('Fusion only for eval!');
  const { running_mean: mean, running_var: variance } = bn;
  if (mean === null || variance === null) throw new RuntimeError('Fusion needs running statistics');
  const result = deepcopy(layer);
  no_grad(() => {
    const scale = (bn.weight ?? ones_like(mean)).mul(rsqrt(variance.add(bn.eps)));
    const shape = layer.weight.shape.map((_, d) => (d === outputs ? -1 : 1));
    const bias: Tensor = layer.bias ?? zeros_like(mean);
    const shift: Tensor = bn.bias ?? zeros_like(mean);
    result.weight = new Parameter(layer.weight.mul(scale.reshape(shape)), layer.weight.requires_grad);
    result.bias = new Parameter(bias.sub(mean).mul(scale).add(shift), layer.bias?.requires_grad ?? true);
  });
  return result;
}

/**
 * A convolution that computes what `conv` and then `bn` do; both have to be in evaluation mode (an AssertionError).
 * @example
 * const [conv, bn] = [new torch.nn.Conv2d(1, 2, 3).eval(), new torch.nn.BatchNorm2d(2).eval()];
 * torch.nn.utils.fuse_conv_bn_eval(conv, bn); // Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))
 */
export function fuse_conv_bn_eval<M extends Conv>(conv: M, bn: BatchNorm, transpose: boolean = false): M {
  return fused(conv, bn, transpose ? 1 : 0);
}

/**
 * A linear layer that computes what `linear` and then `bn` do; both have to be in evaluation mode (an AssertionError).
 * @example
 * const [linear, bn] = [new torch.nn.Linear(1, 2).eval(), new torch.nn.BatchNorm1d(2).eval()];
 * torch.nn.utils.fuse_linear_bn_eval(linear, bn); // Linear(in_features=1, out_features=2, bias=True)
 */
export function fuse_linear_bn_eval(linear: Linear, bn: BatchNorm): Linear {
  if (linear.out_features !== bn.num_features && bn.num_features !== 1) {
    throw new AssertionError('To fuse, linear.out_features == bn.num_features or bn.num_features == 1');
  }
  return fused(linear, bn, 0);
}
