import type { DType } from '../dtype.js';
import { ValueError } from '../errors.js';
import { empty } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import * as init from './init.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { type ArgsOf, signature } from './signature.js';

/**
 * Returns its input; takes any arguments, so that it can stand for any other layer.
 *
 * @example
 * new torch.nn.Identity()(torch.ones(2)).tolist(); // [1, 1]
 */
export class Identity extends Module {
  constructor(..._ignored: unknown[]) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return input;
  }
}

const linear = signature(
  'Linear',
  (
    in_features: number,
    out_features: number,
    bias: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ in_features, out_features, bias, device, dtype }),
);

/**
 * Affine map `y = x A^T + b` of the last dimension: (*, in_features) to (*, out_features).
 * `weight` (out_features, in_features) and `bias` (out_features) start uniform in ±1/sqrt(in_features).
 *
 * @example
 * const fc = new torch.nn.Linear(20, 30, { bias: false });
 * fc(torch.ones(128, 20)).shape; // [128, 30]
 */
export class Linear extends Module {
  readonly in_features: number;
  readonly out_features: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(...args: ArgsOf<typeof linear>) {
    super();
    const { in_features, out_features, bias, dtype } = linear.bind(args);
    this.in_features = in_features;
    this.out_features = out_features;
    this.weight = new Parameter(empty([out_features, in_features], { dtype }));
    this.bias = bias ? new Parameter(empty([out_features], { dtype })) : null;
    this.reset_parameters();
  }

  /** Draws weight and bias anew. */
  reset_parameters(): void {
    init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias === null) return;
    const [fan_in] = init._calculate_fan_in_and_fan_out(this.weight);
    const bound = fan_in > 0 ? 1 / Math.sqrt(fan_in) : 0;
    init.uniform_(this.bias, -bound, bound);
  }

  override forward(input: Tensor): Tensor {
    return functional.linear(input, this.weight, this.bias);
  }

  override extra_repr(): string {
    const bias = this.bias === null ? 'False' : 'True';
    return `in_features=${this.in_features}, out_features=${this.out_features}, bias=${bias}`;
  }
}

const bilinear = signature(
  'Bilinear',
  (
    in1_features: number,
    in2_features: number,
    out_features: number,
    bias: boolean = true,
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({ in1_features, in2_features, out_features, bias, device, dtype }),
);

/**
 * `y = x1^T A x2 + b` of the last dimensions: (*, in1_features) and (*, in2_features) to (*, out_features).
 * @example
 * new torch.nn.Bilinear(2, 3, 4)(torch.ones(5, 2), torch.ones(5, 3)).shape; // [5, 4]
 */
export class Bilinear extends Module {
  readonly in1_features: number;
  readonly in2_features: number;
  readonly out_features: number;
  weight: Parameter;
  bias: Parameter | null;

  constructor(...args: ArgsOf<typeof bilinear>) {
    super();
    const { in1_features, in2_features, out_features, bias, dtype } = bilinear.bind(args);
    if (in1_features <= 0) throw new ValueError(`in1_features must be > 0, but got ${in1_features}`);
    this.in1_features = in1_features;
    this.in2_features = in2_features;
    this.out_features = out_features;
    this.weight = new Parameter(empty([out_features, in1_features, in2_features], { dtype }));
    this.bias = bias ? new Parameter(empty([out_features], { dtype })) : null;
    this.reset_parameters();
  }

  /** Draws weight and bias anew. */
  reset_parameters(): void {
    const bound = 1 / Math.sqrt(this.in1_features);
    init.uniform_(this.weight, -bound, bound);
    if (this.bias !== null) init.uniform_(this.bias, -bound, bound);
  }

  override forward(input1: Tensor, input2: Tensor): Tensor {
    return functional.bilinear(input1, input2, this.weight, this.bias);
  }

  override extra_repr(): string {
    const bias = this.bias === null ? 'False' : 'True';
    return `in1_features=${this.in1_features}, in2_features=${this.in2_features}, out_features=${this.out_features}, bias=${bias}`;
  }
}
