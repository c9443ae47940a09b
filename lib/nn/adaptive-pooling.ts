import type { Sizes } from '../ops/adaptive-pooling.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { givenRepr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const mean = signature('AdaptiveAvgPool', (output_size: Sizes) => ({ output_size }));
const max = signature('AdaptiveMaxPool', (output_size: Sizes, return_indices: boolean = false) => ({
  output_size,
  return_indices,
}));

abstract class AdaptiveAvgPool extends Module {
  readonly output_size: Sizes;

  constructor(args: ArgsOf<typeof mean>, name: string) {
    super();
    this.output_size = mean.bind(args, name).output_size;
  }
  override extra_repr(): string {
    return `output_size=${givenRepr(this.output_size)}`;
  }
}
/**
 * The means of `output_size` windows along one dimension; see AdaptiveAvgPool2d.
 * @example
 * new torch.nn.AdaptiveAvgPool1d(2)(torch.tensor([[1, 2, 3, 4]])); // tensor([[1.5000, 3.5000]])
 */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool {
  constructor(...args: ArgsOf<typeof mean>) {
    super(args, 'AdaptiveAvgPool1d');
  }
  override forward(input: Tensor): Tensor {
    return functional.adaptive_avg_pool1d(input, this.output_size);
  }
}
/**
 * The means of `output_size` windows that cover the input evenly: (n, c, h, w) to (n, c, ...output_size); a size of
 * null keeps a dimension.
 *
 * @example
 * new torch.nn.AdaptiveAvgPool2d([5, null])(torch.ones(1, 64, 10, 9)).shape; // [1, 64, 5, 9]
 */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool {
  constructor(...args: ArgsOf<typeof mean>) {
    super(args, 'AdaptiveAvgPool2d');
  }
  override forward(input: Tensor): Tensor {
    return functional.adaptive_avg_pool2d(input, this.output_size);
  }
}
/**
 * The means of `output_size` windows of three dimensions; see AdaptiveAvgPool2d.
 * @example
 * new torch.nn.AdaptiveAvgPool3d(1)(torch.ones(1, 3, 4, 4, 4)).shape; // [1, 3, 1, 1, 1]
 */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool {
  constructor(...args: ArgsOf<typeof mean>) {
    super(args, 'AdaptiveAvgPool3d');
  }
  override forward(input: Tensor): Tensor {
    return functional.adaptive_avg_pool3d(input, this.output_size);
  }
}

abstract class AdaptiveMaxPool extends Module {
  readonly output_size: Sizes;
  readonly return_indices: boolean;

  constructor(args: ArgsOf<typeof max>, name: string) {
    super();
    const { output_size, return_indices } = max.bind(args, name);
    this.output_size = output_size;
    this.return_indices = return_indices;
  }
  override extra_repr(): string {
    return `output_size=${givenRepr(this.output_size)}`;
  }
}
/**
 * The maxima of `output_size` windows along one dimension; see AdaptiveMaxPool2d.
 * @example
 * new torch.nn.AdaptiveMaxPool1d(2)(torch.tensor([[1, 2, 3, 4]])); // tensor([[2., 4.]])
 */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  constructor(...args: ArgsOf<typeof max>) {
    super(args, 'AdaptiveMaxPool1d');
  }
  override forward(input: Tensor): Tensor {
    return functional.adaptive_max_pool1d(input, this.output_size, this.return_indices);
  }
}
/**
 * The maxima of `output_size` windows that cover the input evenly; [values, indices] with `return_indices`.
 * @example
 * new torch.nn.AdaptiveMaxPool2d([2, 1])(torch.ones(1, 3, 4, 4)).shape; // [1, 3, 2, 1]
 */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  constructor(...args: ArgsOf<typeof max>) {
    super(args, 'AdaptiveMaxPool2d');
  }
  override forward(input: Tensor): Tensor {
    return functional.adaptive_max_pool2d(input, this.output_size, this.return_indices);
  }
}
/**
 * The maxima of `output_size` windows of three dimensions; see AdaptiveMaxPool2d.
 * @example
 * new torch.nn.AdaptiveMaxPool3d(1)(torch.ones(1, 3, 4, 4, 4)).shape; // [1, 3, 1, 1, 1]
 */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  constructor(...args: ArgsOf<typeof max>) {
    super(args, 'AdaptiveMaxPool3d');
  }
  override forward(input: Tensor): Tensor {
    return functional.adaptive_max_pool3d(input, this.output_size, this.return_indices);
  }
}
