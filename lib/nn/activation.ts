import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const inplaceOnly = signature('ReLU', (inplace: boolean = false) => ({ inplace }));

/**
 * max(0, x), element by element.
 *
 * @example
 * new torch.nn.ReLU()(torch.tensor([-1, 2])).tolist(); // [0, 2]
 */
export class ReLU extends Module {
  inplace: boolean;

  constructor(...args: ArgsOf<typeof inplaceOnly>) {
    super();
    this.inplace = inplaceOnly.bind(args).inplace;
  }

  override forward(input: Tensor): Tensor {
    return functional.relu(input, this.inplace);
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : '';
  }
}

/**
 * The hyperbolic tangent, element by element.
 * @example
 * new torch.nn.Tanh()(torch.tensor([1])); // tensor([0.7616])
 */
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return input.tanh();
  }
}

/**
 * 1 / (1 + exp(-x)), element by element.
 * @example
 * new torch.nn.Sigmoid()(torch.tensor([0])); // tensor([0.5000])
 */
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return input.sigmoid();
  }
}

const gelu = signature('GELU', (approximate: string = 'none') => ({ approximate }));

/**
 * x Φ(x) with the distribution function Φ of the normal distribution, or its approximation by 'tanh'.
 *
 * @example
 * new torch.nn.GELU({ approximate: 'tanh' })(torch.zeros(1)).tolist(); // [0]
 */
export class GELU extends Module {
  approximate: string;

  constructor(...args: ArgsOf<typeof gelu>) {
    super();
    this.approximate = gelu.bind(args).approximate;
  }

  override forward(input: Tensor): Tensor {
    return functional.gelu(input, { approximate: this.approximate });
  }

  override extra_repr(): string {
    return `approximate=${repr(this.approximate)}`;
  }
}

const leakyRelu = signature('LeakyReLU', (negative_slope: number = 0.01, inplace: boolean = false) => ({
  negative_slope,
  inplace,
}));

/**
 * x where it is positive, otherwise negative_slope x.
 * @example
 * new torch.nn.LeakyReLU(0.1)(torch.tensor([-1, 2])); // tensor([-0.1000,  2.0000])
 */
export class LeakyReLU extends Module {
  negative_slope: number;
  inplace: boolean;

  constructor(...args: ArgsOf<typeof leakyRelu>) {
    super();
    const { negative_slope, inplace } = leakyRelu.bind(args);
    this.negative_slope = negative_slope;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return functional.leaky_relu(input, this.negative_slope, this.inplace);
  }

  override extra_repr(): string {
    return `negative_slope=${repr(this.negative_slope)}${this.inplace ? ', inplace=True' : ''}`;
  }
}

const dimOnly = signature('Softmax', (dim: number | null = null) => ({ dim }));

/**
 * exp(x) / sum(exp(x)) along `dim`.
 *
 * @example
 * new torch.nn.Softmax(1)(torch.zeros(1, 4)).tolist(); // [[0.25, 0.25, 0.25, 0.25]]
 */
export class Softmax extends Module {
  dim: number | null;

  constructor(...args: ArgsOf<typeof dimOnly>) {
    super();
    this.dim = dimOnly.bind(args, new.target.name).dim;
  }

  override forward(input: Tensor): Tensor {
    return functional.softmax(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}

/**
 * log(softmax(x)) along `dim`.
 * @example
 * new torch.nn.LogSoftmax(0)(torch.tensor([0, 0])); // tensor([-0.6931, -0.6931])
 */
export class LogSoftmax extends Module {
  dim: number | null;

  constructor(...args: ArgsOf<typeof dimOnly>) {
    super();
    this.dim = dimOnly.bind(args, new.target.name).dim;
  }

  override forward(input: Tensor): Tensor {
    return functional.log_softmax(input, this.dim);
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`;
  }
}
