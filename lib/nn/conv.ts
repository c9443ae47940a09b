import type { DType } from '../dtype.js';
import { TypeError, ValueError } from '../errors.js';
import { empty } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import * as init from './init.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';
import { repr, sizeRepr, typeName } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

/** One number for all dimensions, or one for each. */
export type Size = number | readonly number[];

/** One number for each of `n` dimensions. */
export function tuple(value: Size, n: number): number[] {
  if (typeof value === 'number') return new Array(n).fill(value);
  if (!Array.isArray(value)) throw new TypeError(`expected an int or a list of ${n} ints, but got ${typeName(value)}`);
  return [...value];
}

const conv = signature(
  'Conv',
  (
    in_channels: number,
    out_channels: number,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size | string = 0,
    dilation: Size = 1,
    groups: number = 1,
    bias: boolean = true,
    padding_mode: string = 'zeros',
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    in_channels,
    out_channels,
    kernel_size,
    stride,
    padding,
    dilation,
    groups,
    bias,
    padding_mode,
    device,
    dtype,
  }),
);

const transposed = signature(
  'ConvTranspose',
  (
    in_channels: number,
    out_channels: number,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: number = 1,
    bias: boolean = true,
    dilation: Size = 1,
    padding_mode: string = 'zeros',
    device: string | null = null,
    dtype: DType | null = null,
  ) => ({
    in_channels,
    out_channels,
    kernel_size,
    stride,
    padding,
    output_padding,
    groups,
    bias,
    dilation,
    padding_mode,
    device,
    dtype,
  }),
);

type Options = ReturnType<typeof conv.bind> & { output_padding?: Size };

const PADDING_MODES = ['zeros', 'reflect', 'replicate', 'circular'];
const isAll = (values: readonly number[] | string, wanted: number): boolean =>
  typeof values !== 'string' && values.every((v) => v === wanted);

function check({ in_channels, out_channels, groups, padding, stride, padding_mode }: Options): void {
  if (groups <= 0) throw new ValueError('groups must be a positive integer');
  if (in_channels % groups) throw new ValueError('in_channels must be divisible by groups');
  if (out_channels % groups) throw new ValueError('out_channels must be divisible by groups');
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid')
      throw new ValueError(`Invalid padding string ${repr(padding)}, should be one of {'same', 'valid'}`);
    if (padding === 'same' && !isAll(tuple(stride, 1), 1))
      throw new ValueError("padding='same' is not supported for strided convolutions");
  }
  if (!PADDING_MODES.includes(padding_mode)) {
    const known = PADDING_MODES.map(repr).join(', ');
    throw new ValueError(`padding_mode must be one of {${known}}, but got padding_mode='${padding_mode}'`);
  }
}

/** What all convolutions have in common: filters, where they go, and how they begin. */
abstract class ConvNd extends Module {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly kernel_size: number[];
  readonly stride: number[];
  readonly padding: number[] | string;
  readonly dilation: number[];
  readonly transposed: boolean;
  readonly output_padding: number[];
  readonly groups: number;
  readonly padding_mode: string;
  weight: Parameter;
  bias: Parameter | null;

  constructor(options: Options, n: number, isTransposed: boolean) {
    super();
    check(options);
    const { in_channels, out_channels, groups, padding, bias, dtype } = options;
    this.in_channels = in_channels;
    this.out_channels = out_channels;
    this.kernel_size = tuple(options.kernel_size, n);
    this.stride = tuple(options.stride, n);
    this.padding = typeof padding === 'string' ? padding : tuple(padding, n);
    this.dilation = tuple(options.dilation, n);
    this.transposed = isTransposed;
    this.output_padding = tuple(options.output_padding ?? 0, n);
    this.groups = groups;
    this.padding_mode = options.padding_mode;
    const [first, second] = isTransposed ? [in_channels, out_channels] : [out_channels, in_channels];
    this.weight = new Parameter(empty([first, second / groups, ...this.kernel_size], { dtype }));
    this.bias = bias ? new Parameter(empty([out_channels], { dtype })) : null;
    this.reset_parameters();
  }

  /** Draws weight and bias anew, uniform in ±1/sqrt(in_channels / groups times the elements of the kernel). */
  reset_parameters(): void {
    init.kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
    if (this.bias === null) return;
    const [fan_in] = init._calculate_fan_in_and_fan_out(this.weight);
    if (fan_in === 0) return;
    const bound = 1 / Math.sqrt(fan_in);
    init.uniform_(this.bias, -bound, bound);
  }

  override extra_repr(): string {
    const parts = [
      `${this.in_channels}, ${this.out_channels}, kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}`,
    ];
    const { padding } = this;
    if (!isAll(padding, 0)) parts.push(`padding=${typeof padding === 'string' ? padding : repr(padding)}`);
    if (!isAll(this.dilation, 1)) parts.push(`dilation=${repr(this.dilation)}`);
    if (!isAll(this.output_padding, 0)) parts.push(`output_padding=${repr(this.output_padding)}`);
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push('bias=False');
    if (this.padding_mode !== 'zeros') parts.push(`padding_mode=${this.padding_mode}`);
    return parts.join(', ');
  }
}

type List = readonly number[];
type Convolve = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: List,
  padding: List,
  dilation: List,
  groups: number,
) => Tensor;

abstract class Convolution extends ConvNd {
  constructor(options: Options, n: number) {
    super(options, n, false);
  }

  /** Before and after each dimension, the last one first: what pad() takes. */
  private borders(): number[] {
    const { padding } = this;
    return this.kernel_size
      .map((k, d) => {
        if (typeof padding !== 'string') return [padding[d] as number, padding[d] as number];
        const total = padding === 'same' ? (this.dilation[d] as number) * (k - 1) : 0;
        return [Math.floor(total / 2), Math.ceil(total / 2)];
      })
      .reverse()
      .flat();
  }

  protected convolve(run: Convolve, input: Tensor): Tensor {
    const { weight, bias, stride, dilation, groups } = this;
    if (this.padding_mode === 'zeros')
      return run(input, weight, bias, stride, this.padding as number[], dilation, groups);
    const padded = functional.pad(input, this.borders(), this.padding_mode);
    return run(padded, weight, bias, stride, [0], dilation, groups);
  }
}

/**
 * Convolution along one dimension: (n, in_channels, length) to (n, out_channels, length'); see Conv2d.
 *
 * @example
 * new torch.nn.Conv1d(16, 33, 3, { stride: 2 })(torch.ones(20, 16, 50)).shape; // [20, 33, 24]
 */
export class Conv1d extends Convolution {
  constructor(...args: ArgsOf<typeof conv>) {
    super(conv.bind(args, 'Conv1d'), 1);
  }
  override forward(input: Tensor): Tensor {
    return this.convolve(functional.conv1d, input);
  }
}

/**
 * Convolution over two dimensions: (n, in_channels, h, w) to (n, out_channels, h', w'). `padding` is numbers, 'same' or
 * 'valid'; `padding_mode` 'zeros', 'reflect', 'replicate' or 'circular'. `weight` (out_channels, in_channels / groups,
 * kh, kw) and `bias` start uniform in ±1/sqrt(in_channels / groups kh kw).
 *
 * @example
 * new torch.nn.Conv2d(3, 8, 3, { padding: 1 })(torch.ones(1, 3, 32, 32)).shape; // [1, 8, 32, 32]
 */
export class Conv2d extends Convolution {
  constructor(...args: ArgsOf<typeof conv>) {
    super(conv.bind(args, 'Conv2d'), 2);
  }
  override forward(input: Tensor): Tensor {
    return this.convolve(functional.conv2d, input);
  }
}

/**
 * Convolution over three dimensions: (n, in_channels, d, h, w) to (n, out_channels, d', h', w'); see Conv2d.
 * @example
 * new torch.nn.Conv3d(1, 2, 3)(torch.ones(1, 1, 5, 5, 5)).shape; // [1, 2, 3, 3, 3]
 */
export class Conv3d extends Convolution {
  constructor(...args: ArgsOf<typeof conv>) {
    super(conv.bind(args, 'Conv3d'), 3);
  }
  override forward(input: Tensor): Tensor {
    return this.convolve(functional.conv3d, input);
  }
}

type Transpose = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: List,
  padding: List,
  output_padding: List,
  groups: number,
  dilation: List,
) => Tensor;

const sized = signature('forward', (input: Tensor, output_size: readonly number[] | null = null) => ({
  input,
  output_size,
}));

abstract class Transposed extends ConvNd {
  constructor(options: Options, n: number, name: string) {
    if (options.padding_mode !== 'zeros') throw new ValueError(`Only "zeros" padding mode is supported for ${name}`);
    super(options, n, true);
  }

  /** The output padding that gives `wanted`. */
  private paddingFor(input: Tensor, wanted: readonly number[] | null): number[] {
    if (wanted === null) return this.output_padding;
    const n = this.kernel_size.length;
    const lead = input.dim() === n + 2 ? 2 : 1;
    const size = wanted.length === lead + n ? wanted.slice(lead) : [...wanted];
    if (size.length !== n)
      throw new ValueError(
        `ConvTranspose${n}D: for ${input.dim()}D input, output_size must have ${n} or ${lead + n} elements (got ${size.length})`,
      );
    const padding = this.padding as number[];
    const least = this.kernel_size.map((k, d) => {
      const [stride, dilation] = [this.stride[d] as number, this.dilation[d] as number];
      return (input.size(d + lead) - 1) * stride - 2 * (padding[d] as number) + dilation * (k - 1) + 1;
    });
    const most = least.map((v, d) => v + (this.stride[d] as number) - 1);
    if (size.some((v, d) => v < (least[d] as number) || v > (most[d] as number)))
      throw new ValueError(
        `requested an output size of [${size.join(', ')}], but valid sizes range from [${least.join(', ')}] to ` +
          `[${most.join(', ')}] (for an input of ${sizeRepr(input.shape.slice(2))})`,
      );
    return size.map((v, d) => v - (least[d] as number));
  }

  protected convolve(run: Transpose, args: ArgsOf<typeof sized>): Tensor {
    const { input, output_size } = sized.bind(args);
    const { weight, bias, stride, groups, dilation } = this;
    const added = this.paddingFor(input, output_size);
    return run(input, weight, bias, stride, this.padding as number[], added, groups, dilation);
  }
}

/**
 * The transpose of Conv1d: (n, in_channels, length) to (n, out_channels, length'); see ConvTranspose2d.
 * @example
 * new torch.nn.ConvTranspose1d(1, 2, 2, { stride: 2 })(torch.ones(1, 1, 4)).shape; // [1, 2, 8]
 */
export class ConvTranspose1d extends Transposed {
  constructor(...args: ArgsOf<typeof transposed>) {
    super(transposed.bind(args, 'ConvTranspose1d'), 1, 'ConvTranspose1d');
  }
  override forward(...args: ArgsOf<typeof sized>): Tensor {
    return this.convolve(functional.conv_transpose1d, args);
  }
}

/**
 * The transpose of Conv2d, its gradient by the input: (n, in_channels, h, w) to (n, out_channels, h', w'). With
 * `stride` several sizes of the result are possible: `output_padding`, or `output_size` in the call, chooses one.
 *
 * @example
 * new torch.nn.ConvTranspose2d(8, 3, 2, { stride: 2 })(torch.ones(1, 8, 4, 4)).shape; // [1, 3, 8, 8]
 */
export class ConvTranspose2d extends Transposed {
  constructor(...args: ArgsOf<typeof transposed>) {
    super(transposed.bind(args, 'ConvTranspose2d'), 2, 'ConvTranspose2d');
  }
  override forward(...args: ArgsOf<typeof sized>): Tensor {
    return this.convolve(functional.conv_transpose2d, args);
  }
}

/**
 * The transpose of Conv3d: (n, in_channels, d, h, w) to (n, out_channels, d', h', w'); see ConvTranspose2d.
 * @example
 * new torch.nn.ConvTranspose3d(1, 2, 2, { stride: 2 })(torch.ones(1, 1, 4, 4, 4)).shape; // [1, 2, 8, 8, 8]
 */
export class ConvTranspose3d extends Transposed {
  constructor(...args: ArgsOf<typeof transposed>) {
    super(transposed.bind(args, 'ConvTranspose3d'), 3, 'ConvTranspose3d');
  }
  override forward(...args: ArgsOf<typeof sized>): Tensor {
    return this.convolve(functional.conv_transpose3d, args);
  }
}
