import { ValueError } from '../errors.js';
import type { PerDimension } from '../ops/fractional-pooling.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const fractional = signature(
  'FractionalMaxPool',
  (
    kernel_size: PerDimension,
    output_size: PerDimension | null = null,
    output_ratio: PerDimension | null = null,
    return_indices: boolean = false,
    _random_samples: Tensor | null = null,
  ) => ({ kernel_size, output_size, output_ratio, return_indices, _random_samples }),
);

const spread = (value: PerDimension, n: number): readonly number[] =>
  typeof value === 'number' ? new Array(n).fill(value) : value;

abstract class FractionalMaxPool extends Module {
  readonly kernel_size: readonly number[];
  readonly return_indices: boolean;
  readonly output_size: readonly number[] | null;
  readonly output_ratio: readonly number[] | null;
  declare readonly _random_samples: Tensor | null;

  constructor(n: number, args: ArgsOf<typeof fractional>) {
    super();
    const name = `FractionalMaxPool${n}d`;
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = fractional.bind(args, name);
    this.kernel_size = spread(kernel_size, n);
    if (n === 3 && !this.kernel_size.every((k) => k > 0)) {
      throw new ValueError(`kernel_size must be greater than 0, but got ${repr(kernel_size)}`);
    }
    this.return_indices = return_indices;
    this.register_buffer('_random_samples', _random_samples);
    this.output_size = output_size === null ? null : spread(output_size, n);
    this.output_ratio = output_ratio === null ? null : spread(output_ratio, n);
    if (output_size === null && output_ratio === null) {
      throw new ValueError(`${name} requires specifying either an output size, or a pooling ratio`);
    }
    if (output_size !== null && output_ratio !== null) {
      throw new ValueError('only one of output_size and output_ratio may be specified');
    }
    if (this.output_ratio?.every((ratio) => ratio > 0 && ratio < 1) === false) {
      throw new ValueError(`output_ratio must be between 0 and 1 (got ${repr(output_ratio)})`);
    }
  }
  protected pool(run: typeof functional.fractional_max_pool2d, input: Tensor): Tensor {
    const { kernel_size, output_size, output_ratio, return_indices, _random_samples } = this;
    return run(input, kernel_size, output_size, output_ratio, return_indices, _random_samples);
  }
}
/**
 * The largest element of each window, (n, c, h, w) to (n, c, ...output_size), where windows begin at random places
 * about evenly apart (Graham, 2014); `output_ratio` gives the size as a share of the input's. With `return_indices` the
 * result is [values, indices].
 *
 * @example
 * new torch.nn.FractionalMaxPool2d(3, { output_ratio: 0.5 })(torch.ones(1, 3, 20, 16)).shape; // [1, 3, 10, 8]
 */
export class FractionalMaxPool2d extends FractionalMaxPool {
  constructor(...args: ArgsOf<typeof fractional>) {
    super(2, args);
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.fractional_max_pool2d, input);
  }
}
/**
 * The largest element of each of random windows of three dimensions; see FractionalMaxPool2d.
 *
 * @example
 * new torch.nn.FractionalMaxPool3d(2, 3)(torch.ones(1, 2, 8, 8, 8)).shape; // [1, 2, 3, 3, 3]
 */
export class FractionalMaxPool3d extends FractionalMaxPool {
  constructor(...args: ArgsOf<typeof fractional>) {
    super(3, args);
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.fractional_max_pool3d, input);
  }
}
