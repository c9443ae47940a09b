/** Activations with bounds and slopes of their own, and those of them that are told apart by name alone. */

import type { DType } from '../dtype.js';
import { ValueError } from '../errors.js';
import { full } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { floatRepr, repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const changes = (inplace: boolean): string => (inplace ? ', inplace=True' : '');
const inplaceOnly = signature('ReLU6', (inplace: boolean = false) => ({ inplace }));

/** An activation that takes nothing but `inplace`. */
abstract class Plain extends Module {
  inplace: boolean;
  constructor(...args: ArgsOf<typeof inplaceOnly>) {
    super();
    this.inplace = inplaceOnly.bind(args, new.target.name).inplace;
  }
  abstract override forward(input: Tensor): Tensor;
  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

/**
 * min(max(0, x), 6)
 * @example
 * new torch.nn.ReLU6()(torch.tensor([-1, 2, 8])); // tensor([0., 2., 6.])
 */
export class ReLU6 extends Plain {
  override forward(input: Tensor): Tensor {
    return functional.relu6(input, this.inplace);
  }
}
/**
 * x sigmoid(x)
 * @example
 * new torch.nn.SiLU()(torch.tensor([-1, 1])); // tensor([-0.2689,  0.7311])
 */
export class SiLU extends Plain {
  override forward(input: Tensor): Tensor {
    return functional.silu(input, this.inplace);
  }
}
/**
 * x tanh(softplus(x))
 * @example
 * new torch.nn.Mish()(torch.tensor([-1, 1])); // tensor([-0.3034,  0.8651])
 */
export class Mish extends Plain {
  override forward(input: Tensor): Tensor {
    return functional.mish(input, this.inplace);
  }
}
/**
 * The scaled exponential linear unit.
 * @example
 * new torch.nn.SELU()(torch.tensor([-1, 1])); // tensor([-1.1113,  1.0507])
 */
export class SELU extends Plain {
  override forward(input: Tensor): Tensor {
    return functional.selu(input, this.inplace);
  }
}
/**
 * relu6(x + 3) / 6
 * @example
 * new torch.nn.Hardsigmoid()(torch.tensor([-4, 0, 4])); // tensor([0.0000, 0.5000, 1.0000])
 */
export class Hardsigmoid extends Plain {
  override forward(input: Tensor): Tensor {
    return functional.hardsigmoid(input, this.inplace);
  }
  override extra_repr(): string {
    return '';
  }
}
/**
 * x relu6(x + 3) / 6
 * @example
 * new torch.nn.Hardswish()(torch.tensor([-4, 0, 4])); // tensor([-0., 0., 4.])
 */
export class Hardswish extends Plain {
  override forward(input: Tensor): Tensor {
    return functional.hardswish(input, this.inplace);
  }
  override extra_repr(): string {
    return '';
  }
}

const alphas = signature('ELU', (alpha: number = 1, inplace: boolean = false) => ({ alpha, inplace }));
/**
 * x where it is positive, else alpha (exp(x) - 1).
 * @example
 * new torch.nn.ELU()(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export class ELU extends Module {
  alpha: number;
  inplace: boolean;
  constructor(...args: ArgsOf<typeof alphas>) {
    super();
    const { alpha, inplace } = alphas.bind(args, new.target.name);
    this.alpha = alpha;
    this.inplace = inplace;
  }
  override forward(input: Tensor): Tensor {
    return functional.elu(input, this.alpha, this.inplace);
  }
  override extra_repr(): string {
    return `alpha=${floatRepr(this.alpha)}${changes(this.inplace)}`;
  }
}
/**
 * max(0, x) + min(0, alpha (exp(x / alpha) - 1))
 * @example
 * new torch.nn.CELU()(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export class CELU extends ELU {
  override forward(input: Tensor): Tensor {
    return functional.celu(input, this.alpha, this.inplace);
  }
}

const limits = signature('Hardtanh', (min_val: number = -1, max_val: number = 1, inplace: boolean = false) => ({
  min_val,
  max_val,
  inplace,
}));
/**
 * x kept within [min_val, max_val].
 * @example
 * new torch.nn.Hardtanh()(torch.tensor([-2, 0.5, 2])); // tensor([-1.0000,  0.5000,  1.0000])
 */
export class Hardtanh extends Module {
  min_val: number;
  max_val: number;
  inplace: boolean;
  constructor(...args: ArgsOf<typeof limits>) {
    super();
    const { min_val, max_val, inplace } = limits.bind(args);
    if (!(max_val > min_val))
      throw new ValueError(`min_val must be less than max_val, got ${floatRepr(min_val)} and ${floatRepr(max_val)}`);
    this.min_val = min_val;
    this.max_val = max_val;
    this.inplace = inplace;
  }
  override forward(input: Tensor): Tensor {
    return functional.hardtanh(input, this.min_val, this.max_val, this.inplace);
  }
  override extra_repr(): string {
    return `min_val=${floatRepr(this.min_val)}, max_val=${floatRepr(this.max_val)}${changes(this.inplace)}`;
  }
}

const shrinks = signature('Hardshrink', (lambd: number = 0.5) => ({ lambd }));
/**
 * x outside [-lambd, lambd], else 0.
 * @example
 * new torch.nn.Hardshrink()(torch.tensor([-1, 0.2])); // tensor([-1.,  0.])
 */
export class Hardshrink extends Module {
  lambd: number;
  constructor(...args: ArgsOf<typeof shrinks>) {
    super();
    this.lambd = shrinks.bind(args, new.target.name).lambd;
  }
  override forward(input: Tensor): Tensor {
    return functional.hardshrink(input, this.lambd);
  }
  override extra_repr(): string {
    return floatRepr(this.lambd);
  }
}
/**
 * x moved towards 0 by lambd.
 * @example
 * new torch.nn.Softshrink()(torch.tensor([-1, 0.2, 1])); // tensor([-0.5000,  0.0000,  0.5000])
 */
export class Softshrink extends Hardshrink {
  override forward(input: Tensor): Tensor {
    return functional.softshrink(input, this.lambd);
  }
}

const smooth = signature('Softplus', (beta: number = 1, threshold: number = 20) => ({ beta, threshold }));
/**
 * log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold.
 * @example
 * new torch.nn.Softplus()(torch.tensor([0, 30])); // tensor([ 0.6931, 30.0000])
 */
export class Softplus extends Module {
  beta: number;
  threshold: number;
  constructor(...args: ArgsOf<typeof smooth>) {
    super();
    const { beta, threshold } = smooth.bind(args);
    this.beta = beta;
    this.threshold = threshold;
  }
  override forward(input: Tensor): Tensor {
    return functional.softplus(input, this.beta, this.threshold);
  }
  override extra_repr(): string {
    return `beta=${floatRepr(this.beta)}, threshold=${floatRepr(this.threshold)}`;
  }
}

const steps = signature('Threshold', (threshold: number, value: number, inplace: boolean = false) => ({
  threshold,
  value,
  inplace,
}));
/**
 * x where it is above the threshold, else `value`.
 * @example
 * new torch.nn.Threshold(1, -5)(torch.tensor([0, 2])); // tensor([-5.,  2.])
 */
export class Threshold extends Module {
  threshold: number;
  value: number;
  inplace: boolean;
  constructor(...args: ArgsOf<typeof steps>) {
    super();
    const { threshold, value, inplace } = steps.bind(args);
    this.threshold = threshold;
    this.value = value;
    this.inplace = inplace;
  }
  override forward(input: Tensor): Tensor {
    return functional.threshold(input, this.threshold, this.value, this.inplace);
  }
  override extra_repr(): string {
    return `threshold=${repr(this.threshold)}, value=${repr(this.value)}${changes(this.inplace)}`;
  }
}

const random = signature('RReLU', (lower: number = 1 / 8, upper: number = 1 / 3, inplace: boolean = false) => ({
  lower,
  upper,
  inplace,
}));
/**
 * x where it is positive, else x times a slope: in training sampled from [lower, upper), otherwise their mean.
 * @example
 * new torch.nn.RReLU().eval()(torch.tensor([-1, 2])); // tensor([-0.2292,  2.0000])
 */
export class RReLU extends Module {
  lower: number;
  upper: number;
  inplace: boolean;
  constructor(...args: ArgsOf<typeof random>) {
    super();
    const { lower, upper, inplace } = random.bind(args);
    this.lower = lower;
    this.upper = upper;
    this.inplace = inplace;
  }
  override forward(input: Tensor): Tensor {
    return functional.rrelu(input, this.lower, this.upper, this.training, this.inplace);
  }
  override extra_repr(): string {
    return `lower=${repr(this.lower)}, upper=${repr(this.upper)}${changes(this.inplace)}`;
  }
}

const slopes = signature(
  'PReLU',
  (num_parameters: number = 1, init: number = 0.25, device: string | null = null, dtype: DType | null = null) => ({
    num_parameters,
    init,
    device,
    dtype,
  }),
);
/**
 * x where it is positive, else x times a learned slope, one or one for each channel (dimension 1).
 * @example
 * new torch.nn.PReLU()(torch.tensor([-1, 2])); // tensor([-0.2500,  2.0000], grad_fn=<PreluKernelBackward0>)
 */
export class PReLU extends Module {
  num_parameters: number;
  weight: Parameter;
  constructor(...args: ArgsOf<typeof slopes>) {
    super();
    const { num_parameters, init, dtype } = slopes.bind(args);
    this.num_parameters = num_parameters;
    this.weight = new Parameter(full([num_parameters], init, { dtype }));
  }
  override forward(input: Tensor): Tensor {
    return functional.prelu(input, this.weight);
  }
  override extra_repr(): string {
    return `num_parameters=${this.num_parameters}`;
  }
}

/**
 * log(sigmoid(x))
 * @example
 * new torch.nn.LogSigmoid()(torch.tensor([0])); // tensor([-0.6931])
 */
export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return functional.logsigmoid(input);
  }
}
/**
 * x / (1 + |x|)
 * @example
 * new torch.nn.Softsign()(torch.tensor([-1, 3])); // tensor([-0.5000,  0.7500])
 */
export class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return functional.softsign(input);
  }
}
/**
 * x - tanh(x)
 * @example
 * new torch.nn.Tanhshrink()(torch.tensor([1])); // tensor([0.2384])
 */
export class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return functional.tanhshrink(input);
  }
}

const halves = signature('GLU', (dim: number = -1) => ({ dim }));
/**
 * The first half along `dim` times the sigmoid of the second.
 * @example
 * new torch.nn.GLU()(torch.tensor([1, 2, 0, 0])); // tensor([0.5000, 1.0000])
 */
export class GLU extends Module {
  dim: number;
  constructor(...args: ArgsOf<typeof halves>) {
    super();
    this.dim = halves.bind(args).dim;
  }
  override forward(input: Tensor): Tensor {
    return functional.glu(input, this.dim);
  }
  override extra_repr(): string {
    return `dim=${this.dim}`;
  }
}

const over = signature('Softmin', (dim: number | null = null) => ({ dim }));
/**
 * softmax(-x) along `dim`.
 * @example
 * new torch.nn.Softmin(0)(torch.tensor([0, 0])); // tensor([0.5000, 0.5000])
 */
export class Softmin extends Module {
  dim: number | null;
  constructor(...args: ArgsOf<typeof over>) {
    super();
    this.dim = over.bind(args).dim;
  }
  override forward(input: Tensor): Tensor {
    return functional.softmin(input, this.dim);
  }
  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}
/**
 * softmax over the channels of (N, C, H, W) or (C, H, W).
 * @example
 * new torch.nn.Softmax2d()(torch.zeros(1, 2, 1, 1)).flatten(); // tensor([0.5000, 0.5000])
 */
export class Softmax2d extends Module {
  override forward(input: Tensor): Tensor {
    if (input.dim() !== 3 && input.dim() !== 4)
      throw new ValueError(`Softmax2d: expected input to be 3D or 4D, got ${input.dim()}D instead`);
    return functional.softmax(input, -3);
  }
}
