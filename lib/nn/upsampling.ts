import type { Tensor } from '../tensor.js';
import type { Size } from './conv.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { floatRepr, givenRepr, repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const upsample = signature(
  'Upsample',
  (
    size: Size | null = null,
    scale_factor: Size | null = null,
    mode: string = 'nearest',
    align_corners: boolean | null = null,
    recompute_scale_factor: boolean | null = null,
  ) => ({ size, scale_factor, mode, align_corners, recompute_scale_factor }),
);

/**
 * Resizes (n, c, ...) to `size` or by `scale_factor`; see torch.nn.functional.interpolate.
 *
 * @example
 * new torch.nn.Upsample({ scale_factor: 2, mode: 'bilinear' })(torch.ones(1, 1, 2, 2)).shape; // [1, 1, 4, 4]
 */
export class Upsample extends Module {
  readonly size: Size | null;
  readonly scale_factor: Size | null;
  readonly mode: string;
  readonly align_corners: boolean | null;
  readonly recompute_scale_factor: boolean | null;

  constructor(...args: ArgsOf<typeof upsample>) {
    super();
    const options = upsample.bind(args);
    this.size = options.size;
    this.scale_factor = options.scale_factor;
    this.mode = options.mode;
    this.align_corners = options.align_corners;
    this.recompute_scale_factor = options.recompute_scale_factor;
  }
  override forward(input: Tensor): Tensor {
    const { size, mode, align_corners, recompute_scale_factor } = this;
    const scale_factor = typeof this.scale_factor === 'number' ? [this.scale_factor] : this.scale_factor;
    return functional.interpolate(input, { size, scale_factor, mode, align_corners, recompute_scale_factor });
  }
  override extra_repr(): string {
    const { size, scale_factor, mode } = this;
    const floats = typeof scale_factor === 'number' ? floatRepr(scale_factor) : scale_factor?.map(floatRepr);
    const shown = Array.isArray(floats) ? `(${floats.join(', ')}${floats.length === 1 ? ',' : ''})` : floats;
    return `${scale_factor === null ? `size=${givenRepr(size)}` : `scale_factor=${shown}`}, mode=${repr(mode)}`;
  }
}

const sized = signature('UpsamplingNearest2d', (size: Size | null = null, scale_factor: Size | null = null) => ({
  size,
  scale_factor,
}));
/**
 * Upsample of (n, c, h, w) that copies the nearest element.
 * @example
 * new torch.nn.UpsamplingNearest2d({ scale_factor: 2 })(torch.ones(1, 1, 3, 3)).shape; // [1, 1, 6, 6]
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(...args: ArgsOf<typeof sized>) {
    super({ ...sized.bind(args), mode: 'nearest' });
  }
}
/**
 * Upsample of (n, c, h, w) that blends bilinearly and keeps the corners.
 * @example
 * new torch.nn.UpsamplingBilinear2d({ scale_factor: 2 })(torch.ones(1, 1, 3, 3)).shape; // [1, 1, 6, 6]
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...args: ArgsOf<typeof sized>) {
    super({ ...sized.bind(args, 'UpsamplingBilinear2d'), mode: 'bilinear', align_corners: true });
  }
}

const up = signature('PixelShuffle', (upscale_factor: number) => ({ upscale_factor }));
/**
 * Elements of r * r channels become r x r places of one: (*, c r r, h, w) to (*, c, h r, w r).
 * @example
 * new torch.nn.PixelShuffle(2)(torch.ones(1, 4, 3, 3)).shape; // [1, 1, 6, 6]
 */
export class PixelShuffle extends Module {
  readonly upscale_factor: number;

  constructor(...args: ArgsOf<typeof up>) {
    super();
    this.upscale_factor = up.bind(args).upscale_factor;
  }
  override forward(input: Tensor): Tensor {
    return functional.pixel_shuffle(input, this.upscale_factor);
  }
  override extra_repr(): string {
    return `upscale_factor=${repr(this.upscale_factor)}`;
  }
}

const down = signature('PixelUnshuffle', (downscale_factor: number) => ({ downscale_factor }));
/**
 * Undoes PixelShuffle: (*, c, h r, w r) to (*, c r r, h, w).
 * @example
 * new torch.nn.PixelUnshuffle(2)(torch.ones(1, 1, 6, 6)).shape; // [1, 4, 3, 3]
 */
export class PixelUnshuffle extends Module {
  readonly downscale_factor: number;

  constructor(...args: ArgsOf<typeof down>) {
    super();
    this.downscale_factor = down.bind(args).downscale_factor;
  }
  override forward(input: Tensor): Tensor {
    return functional.pixel_unshuffle(input, this.downscale_factor);
  }
  override extra_repr(): string {
    return `downscale_factor=${repr(this.downscale_factor)}`;
  }
}

const shuffle = signature('ChannelShuffle', (groups: number) => ({ groups }));
/**
 * Channels of `groups` groups dealt out anew: the first of each, then the second of each, and so on.
 * @example
 * new torch.nn.ChannelShuffle(2)(torch.arange(4).reshape(1, 4, 1, 1)).flatten(); // tensor([0., 2., 1., 3.])
 */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(...args: ArgsOf<typeof shuffle>) {
    super();
    this.groups = shuffle.bind(args).groups;
  }
  override forward(input: Tensor): Tensor {
    return functional.channel_shuffle(input, this.groups);
  }
  override extra_repr(): string {
    return `groups=${repr(this.groups)}`;
  }
}

const unfold = signature('Unfold', (kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) => ({
  kernel_size,
  dilation,
  padding,
  stride,
}));
/**
 * The elements of each window as a column: (n, c, h, w) to (n, c kh kw, windows).
 * @example
 * new torch.nn.Unfold(3)(torch.ones(1, 2, 4, 4)).shape; // [1, 18, 4]
 */
export class Unfold extends Module {
  readonly kernel_size: Size;
  readonly dilation: Size;
  readonly padding: Size;
  readonly stride: Size;

  constructor(...args: ArgsOf<typeof unfold>) {
    super();
    const { kernel_size, dilation, padding, stride } = unfold.bind(args);
    this.kernel_size = kernel_size;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }
  override forward(input: Tensor): Tensor {
    return functional.unfold(input, this.kernel_size, this.dilation, this.padding, this.stride);
  }
  override extra_repr(): string {
    const { kernel_size, dilation, padding, stride } = this;
    return `kernel_size=${givenRepr(kernel_size)}, dilation=${givenRepr(dilation)}, padding=${givenRepr(padding)}, stride=${givenRepr(stride)}`;
  }
}

const fold = signature(
  'Fold',
  (output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) => ({
    output_size,
    kernel_size,
    dilation,
    padding,
    stride,
  }),
);
/**
 * Adds up windows in columns where they came from: (n, c kh kw, windows) to (n, c, ...output_size).
 * @example
 * new torch.nn.Fold([4, 4], 3)(torch.ones(1, 9, 4)).shape; // [1, 1, 4, 4]
 */
export class Fold extends Module {
  readonly output_size: Size;
  readonly kernel_size: Size;
  readonly dilation: Size;
  readonly padding: Size;
  readonly stride: Size;

  constructor(...args: ArgsOf<typeof fold>) {
    super();
    const { output_size, kernel_size, dilation, padding, stride } = fold.bind(args);
    this.output_size = output_size;
    this.kernel_size = kernel_size;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }
  override forward(input: Tensor): Tensor {
    return functional.fold(input, this.output_size, this.kernel_size, this.dilation, this.padding, this.stride);
  }
  override extra_repr(): string {
    const { output_size, kernel_size, dilation, padding, stride } = this;
    return (
      `output_size=${givenRepr(output_size)}, kernel_size=${givenRepr(kernel_size)}, dilation=${givenRepr(dilation)}, ` +
      `padding=${givenRepr(padding)}, stride=${givenRepr(stride)}`
    );
  }
}
