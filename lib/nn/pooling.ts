import type { Tensor } from '../tensor.js';
import { type Size, tuple } from './conv.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { givenRepr, repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const max = signature(
  'MaxPool',
  (
    kernel_size: Size,
    stride: Size | null = null,
    padding: Size = 0,
    dilation: Size = 1,
    return_indices: boolean = false,
    ceil_mode: boolean = false,
  ) => ({ kernel_size, stride, padding, dilation, return_indices, ceil_mode }),
);

type Max = (
  input: Tensor,
  kernel: Size,
  stride: Size,
  padding: Size,
  dilation: Size,
  ceil: boolean,
  indices: boolean,
) => Tensor;

abstract class MaxPool extends Module {
  readonly kernel_size: Size;
  readonly stride: Size;
  readonly padding: Size;
  readonly dilation: Size;
  readonly return_indices: boolean;
  readonly ceil_mode: boolean;

  constructor(options: ReturnType<typeof max.bind>) {
    super();
    this.kernel_size = options.kernel_size;
    this.stride = options.stride ?? options.kernel_size;
    this.padding = options.padding;
    this.dilation = options.dilation;
    this.return_indices = options.return_indices;
    this.ceil_mode = options.ceil_mode;
  }
  protected pool(run: Max, input: Tensor): Tensor {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this;
    return run(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices);
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, ceil_mode } = this;
    return (
      `kernel_size=${givenRepr(kernel_size)}, stride=${givenRepr(stride)}, padding=${givenRepr(padding)}, ` +
      `dilation=${givenRepr(dilation)}, ceil_mode=${repr(ceil_mode)}`
    );
  }
}
/**
 * The largest element of each window along one dimension; see MaxPool2d.
 * @example
 * new torch.nn.MaxPool1d(2)(torch.tensor([[1, 2, 4, 3]])); // tensor([[2., 4.]])
 */
export class MaxPool1d extends MaxPool {
  constructor(...args: ArgsOf<typeof max>) {
    super(max.bind(args, 'MaxPool1d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.max_pool1d, input);
  }
}
/**
 * The largest element of each window: (n, c, h, w) to (n, c, h', w'). With `return_indices` the result is [values,
 * indices], as MaxUnpool2d takes them.
 *
 * @example
 * new torch.nn.MaxPool2d(2)(torch.ones(1, 3, 8, 8)).shape; // [1, 3, 4, 4]
 */
export class MaxPool2d extends MaxPool {
  constructor(...args: ArgsOf<typeof max>) {
    super(max.bind(args, 'MaxPool2d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.max_pool2d, input);
  }
}
/**
 * The largest element of each window of three dimensions; see MaxPool2d.
 * @example
 * new torch.nn.MaxPool3d(2)(torch.ones(1, 1, 4, 4, 4)).shape; // [1, 1, 2, 2, 2]
 */
export class MaxPool3d extends MaxPool {
  constructor(...args: ArgsOf<typeof max>) {
    super(max.bind(args, 'MaxPool3d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.max_pool3d, input);
  }
}

const unpool = signature('MaxUnpool', (kernel_size: Size, stride: Size | null = null, padding: Size = 0) => ({
  kernel_size,
  stride,
  padding,
}));

type List = readonly number[];
type Unpool = (input: Tensor, indices: Tensor, kernel: List, stride: List, padding: List, size: List | null) => Tensor;

const placed = signature('forward', (input: Tensor, indices: Tensor, output_size: List | null = null) => ({
  input,
  indices,
  output_size,
}));

abstract class MaxUnpool extends Module {
  readonly kernel_size: number[];
  readonly stride: number[];
  readonly padding: number[];

  constructor({ kernel_size, stride, padding }: ReturnType<typeof unpool.bind>, n: number) {
    super();
    this.kernel_size = tuple(kernel_size, n);
    this.stride = tuple(stride ?? kernel_size, n);
    this.padding = tuple(padding, n);
  }
  protected put(run: Unpool, args: ArgsOf<typeof placed>): Tensor {
    const { input, indices, output_size } = placed.bind(args);
    return run(input, indices, this.kernel_size, this.stride, this.padding, output_size);
  }
  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`;
  }
}
/**
 * Puts what MaxPool1d found back to its places, among zeros.
 * @example
 * new torch.nn.MaxUnpool1d(2)(torch.tensor([[2, 4]]), torch.tensor([[1n, 2n]])); // tensor([[0., 2., 4., 0.]])
 */
export class MaxUnpool1d extends MaxUnpool {
  constructor(...args: ArgsOf<typeof unpool>) {
    super(unpool.bind(args, 'MaxUnpool1d'), 1);
  }
  override forward(...args: ArgsOf<typeof placed>): Tensor {
    return this.put(functional.max_unpool1d, args);
  }
}
/**
 * Puts what MaxPool2d found back to its places, among zeros.
 * @example
 * new torch.nn.MaxUnpool2d(2)(torch.tensor([[[7]]]), torch.tensor([[[3n]]])); // tensor([[[0., 0.], [0., 7.]]])
 */
export class MaxUnpool2d extends MaxUnpool {
  constructor(...args: ArgsOf<typeof unpool>) {
    super(unpool.bind(args, 'MaxUnpool2d'), 2);
  }
  override forward(...args: ArgsOf<typeof placed>): Tensor {
    return this.put(functional.max_unpool2d, args);
  }
}
/**
 * Puts what MaxPool3d found back to its places, among zeros.
 * @example
 * new torch.nn.MaxUnpool3d(2)(torch.ones(1, 1, 1, 1, 1), torch.zeros(1, 1, 1, 1, 1).long()).shape; // [1, 1, 2, 2, 2]
 */
export class MaxUnpool3d extends MaxUnpool {
  constructor(...args: ArgsOf<typeof unpool>) {
    super(unpool.bind(args, 'MaxUnpool3d'), 3);
  }
  override forward(...args: ArgsOf<typeof placed>): Tensor {
    return this.put(functional.max_unpool3d, args);
  }
}

const mean1d = signature(
  'AvgPool1d',
  (
    kernel_size: Size,
    stride: Size | null = null,
    padding: Size = 0,
    ceil_mode: boolean = false,
    count_include_pad: boolean = true,
  ) => ({ kernel_size, stride, padding, ceil_mode, count_include_pad }),
);
/**
 * The mean of each window along one dimension; see AvgPool2d.
 * @example
 * new torch.nn.AvgPool1d(2)(torch.tensor([[1, 2, 3, 4]])); // tensor([[1.5000, 3.5000]])
 */
export class AvgPool1d extends Module {
  readonly kernel_size: number[];
  readonly stride: number[];
  readonly padding: number[];
  readonly ceil_mode: boolean;
  readonly count_include_pad: boolean;

  constructor(...args: ArgsOf<typeof mean1d>) {
    super();
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = mean1d.bind(args);
    this.kernel_size = tuple(kernel_size, 1);
    this.stride = tuple(stride ?? kernel_size, 1);
    this.padding = tuple(padding, 1);
    this.ceil_mode = ceil_mode;
    this.count_include_pad = count_include_pad;
  }
  override forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this;
    return functional.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
  }
  override extra_repr(): string {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this;
    return (
      `kernel_size=${repr(kernel_size)}, stride=${repr(stride)}, padding=${repr(padding)}, ` +
      `ceil_mode=${repr(ceil_mode)}, count_include_pad=${repr(count_include_pad)}`
    );
  }
}

const mean = signature(
  'AvgPool',
  (
    kernel_size: Size,
    stride: Size | null = null,
    padding: Size = 0,
    ceil_mode: boolean = false,
    count_include_pad: boolean = true,
    divisor_override: number | null = null,
  ) => ({ kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override }),
);
type Mean = (
  input: Tensor,
  kernel: Size,
  stride: Size,
  padding: Size,
  ceil: boolean,
  include: boolean,
  divisor: number | null,
) => Tensor;

abstract class AvgPool extends Module {
  readonly kernel_size: Size;
  readonly stride: Size;
  readonly padding: Size;
  readonly ceil_mode: boolean;
  readonly count_include_pad: boolean;
  readonly divisor_override: number | null;

  constructor(options: ReturnType<typeof mean.bind>) {
    super();
    this.kernel_size = options.kernel_size;
    this.stride = options.stride ?? options.kernel_size;
    this.padding = options.padding;
    this.ceil_mode = options.ceil_mode;
    this.count_include_pad = options.count_include_pad;
    this.divisor_override = options.divisor_override;
  }
  protected pool(run: Mean, input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this;
    return run(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
  }
  override extra_repr(): string {
    return `kernel_size=${givenRepr(this.kernel_size)}, stride=${givenRepr(this.stride)}, padding=${givenRepr(this.padding)}`;
  }
}
/**
 * The mean of each window: (n, c, h, w) to (n, c, h', w'). Zeros of the padding count unless `count_include_pad` is
 * false.
 *
 * @example
 * new torch.nn.AvgPool2d(2)(torch.ones(1, 3, 8, 8)).shape; // [1, 3, 4, 4]
 */
export class AvgPool2d extends AvgPool {
  constructor(...args: ArgsOf<typeof mean>) {
    super(mean.bind(args, 'AvgPool2d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.avg_pool2d, input);
  }
}
/**
 * The mean of each window of three dimensions; see AvgPool2d.
 * @example
 * new torch.nn.AvgPool3d(2)(torch.ones(1, 1, 4, 4, 4)).shape; // [1, 1, 2, 2, 2]
 */
export class AvgPool3d extends AvgPool {
  constructor(...args: ArgsOf<typeof mean>) {
    super(mean.bind(args, 'AvgPool3d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.avg_pool3d, input);
  }
}

const lp = signature(
  'LPPool',
  (norm_type: number, kernel_size: Size, stride: Size | null = null, ceil_mode: boolean = false) => ({
    norm_type,
    kernel_size,
    stride,
    ceil_mode,
  }),
);
type Norm = (input: Tensor, p: number, kernel: Size, stride: Size | null, ceil: boolean) => Tensor;

abstract class LPPool extends Module {
  readonly norm_type: number;
  readonly kernel_size: Size;
  readonly stride: Size | null;
  readonly ceil_mode: boolean;

  constructor(options: ReturnType<typeof lp.bind>) {
    super();
    this.norm_type = options.norm_type;
    this.kernel_size = options.kernel_size;
    this.stride = options.stride;
    this.ceil_mode = options.ceil_mode;
  }
  protected pool(run: Norm, input: Tensor): Tensor {
    return run(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode);
  }
  override extra_repr(): string {
    const { norm_type, kernel_size, stride, ceil_mode } = this;
    return (
      `norm_type=${repr(norm_type)}, kernel_size=${givenRepr(kernel_size)}, stride=${givenRepr(stride)}, ` +
      `ceil_mode=${repr(ceil_mode)}`
    );
  }
}
/**
 * The p-norm of each window along one dimension.
 * @example
 * new torch.nn.LPPool1d(2, 2)(torch.tensor([[3, 4, 6, 8]])); // tensor([[ 5., 10.]])
 */
export class LPPool1d extends LPPool {
  constructor(...args: ArgsOf<typeof lp>) {
    super(lp.bind(args, 'LPPool1d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.lp_pool1d, input);
  }
}
/**
 * The p-norm of each window of two dimensions.
 * @example
 * new torch.nn.LPPool2d(2, 2)(torch.ones(1, 1, 4, 4)).shape; // [1, 1, 2, 2]
 */
export class LPPool2d extends LPPool {
  constructor(...args: ArgsOf<typeof lp>) {
    super(lp.bind(args, 'LPPool2d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.lp_pool2d, input);
  }
}
/**
 * The p-norm of each window of three dimensions.
 * @example
 * new torch.nn.LPPool3d(2, 2)(torch.ones(1, 1, 4, 4, 4)).shape; // [1, 1, 2, 2, 2]
 */
export class LPPool3d extends LPPool {
  constructor(...args: ArgsOf<typeof lp>) {
    super(lp.bind(args, 'LPPool3d'));
  }
  override forward(input: Tensor): Tensor {
    return this.pool(functional.lp_pool3d, input);
  }
}
