/** Resizing of the last dimensions, and other ways to move elements between channels and places. */
import { NotImplementedError, RuntimeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { adaptiveMeans } from './adaptive-pooling.js';
import { compose, derive, implement, op } from './define.js';

const MODES = ['nearest', 'nearest-exact', 'linear', 'cubic', 'linear_aa', 'cubic_aa'] as const;
type Mode = (typeof MODES)[number];

/** The gradient of upsampling to `size` by the input of `shape`. @internal */
export const upsample_backward = op(
  'upsample_backward(Tensor grad, int[] shape, int[] size, int mode, bool align_corners, float? depth, float? height, float? width)',
  { method: false },
);

interface Resizing {
  readonly size: readonly number[];
  readonly align_corners: boolean;
  readonly depth: number | null;
  readonly height: number | null;
  readonly width: number | null;
}

/** Resizing in one way, under the name of its node. */
function resizing(name: string, mode: Mode) {
  const code = MODES.indexOf(mode);
  const schema = `${name}(Tensor self, int[] size, int mode, bool align_corners, float? depth=None, float? height=None, float? width=None)`;
  const resize = op(
    schema as '_resize(Tensor self, int[] size, int mode, bool align_corners, float? depth=None, float? height=None, float? width=None)',
    { method: false, native: 'upsample' },
  );
  derive(resize, {
    self: (g, s) =>
      upsample_backward(
        g,
        s.shape,
        s.size,
        s.mode,
        s.align_corners,
        s.depth as null,
        s.height as null,
        s.width as null,
      ),
  });
  return (x: Tensor, to: Resizing): Tensor => resize(x, to.size, code, to.align_corners, to.depth, to.height, to.width);
}

/** By the number of dimensions that are resized, and by mode. */
const RESIZE: Record<string, (x: Tensor, to: Resizing) => Tensor> = {
  '1 nearest': resizing('upsample_nearest1d', 'nearest'),
  '2 nearest': resizing('upsample_nearest2d', 'nearest'),
  '3 nearest': resizing('upsample_nearest3d', 'nearest'),
  '1 nearest-exact': resizing('_upsample_nearest_exact1d', 'nearest-exact'),
  '2 nearest-exact': resizing('_upsample_nearest_exact2d', 'nearest-exact'),
  '3 nearest-exact': resizing('_upsample_nearest_exact3d', 'nearest-exact'),
  '1 linear': resizing('upsample_linear1d', 'linear'),
  '2 linear': resizing('upsample_bilinear2d', 'linear'),
  '3 linear': resizing('upsample_trilinear3d', 'linear'),
  '2 cubic': resizing('upsample_bicubic2d', 'cubic'),
  '2 linear_aa': resizing('_upsample_bilinear2d_aa', 'linear_aa'),
  '2 cubic_aa': resizing('_upsample_bicubic2d_aa', 'cubic_aa'),
};
derive(upsample_backward, {
  grad: (g, s) =>
    (RESIZE[`${s.size.length} ${MODES[s.mode]}`] as (x: Tensor, to: Resizing) => Tensor)(g, s as unknown as Resizing),
});

/** The mode and the number of dimensions that PyTorch's name of a mode stands for. */
const NAMED: Record<string, readonly [mode: Mode, n: number | null]> = {
  nearest: ['nearest', null],
  'nearest-exact': ['nearest-exact', null],
  linear: ['linear', 1],
  bilinear: ['linear', 2],
  trilinear: ['linear', 3],
  bicubic: ['cubic', 2],
};

const list = (values: readonly number[]): string => `[${values.join(', ')}]`;

/** One of `values` per resized dimension. */
function perDimension(values: readonly number[], n: number, input: Tensor, what: string): number[] {
  if (values.length === n) return [...values];
  if (values.length === 1) return new Array(Math.max(n, 0)).fill(values[0]);
  const wanted = what === 'output size' ? 'output_size in (o1, o2, ...,oK)' : 'scale_factor in (s1, s2, ...,sK)';
  throw new ValueError(
    `Input and ${what === 'output size' ? 'output' : 'scale_factor'} must have the same number of spatial dimensions, but got input with spatial dimensions of ` +
      `${list(input.shape.slice(2))} and ${what} of ${list(values)}. Please provide input tensor in (N, C, d1, d2, ...,dK) format and ${wanted} format.`,
  );
}

function checkModes(align_corners: boolean | null, mode: string, antialias: boolean, dim: number): void {
  if (align_corners !== null && ['nearest', 'area', 'nearest-exact'].includes(mode)) {
    throw new ValueError(
      'align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear',
    );
  }
  if (antialias && !(['bilinear', 'bicubic'].includes(mode) && dim === 4)) {
    throw new ValueError(
      'Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as input',
    );
  }
}

/** The op for `mode`, after PyTorch's checks of what input it takes. */
function resizeFor(input: Tensor, mode: string, antialias: boolean): (x: Tensor, to: Resizing) => Tensor {
  const dim = input.dim();
  const found = NAMED[mode];
  if (found === undefined || dim < 3 || dim > 5) {
    throw new NotImplementedError(
      `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${dim}D) for the modes: nearest | linear | bilinear | ` +
        `bicubic | trilinear | lanczos | area | nearest-exact (got ${mode})`,
    );
  }
  const [kind, n] = found;
  if (n !== null && n !== dim - 2)
    throw new NotImplementedError(`Got ${dim}D input, but ${mode} mode needs ${n + 2}D input`);
  return RESIZE[`${dim - 2} ${kind}${antialias ? '_aa' : ''}`] as (x: Tensor, to: Resizing) => Tensor;
}

/**
 * `input` (n, c, ...) resized to `size`, or by `scale_factor`. `mode`: 'nearest', 'nearest-exact', 'area', 'linear'
 * (3-d), 'bilinear' and 'bicubic' (4-d), 'trilinear' (5-d); `align_corners`: the outermost elements keep their
 * places; `antialias`: a wider filter where the result is smaller.
 * @example
 * torch.nn.functional.interpolate(torch.tensor([[[1, 2]]]), { scale_factor: 2 }); // tensor([[[1., 1., 2., 2.]]])
 */
export const interpolate = op(
  "interpolate(Tensor input, int[]? size=None, float[]? scale_factor=None, str mode='nearest', bool? align_corners=None, bool? recompute_scale_factor=None, bool antialias=False)",
  { method: false },
);
compose(interpolate, (input, size, scale, mode, align, recompute, antialias) => {
  const align_corners = align as boolean | null;
  const factors = scale as readonly number[] | null;
  checkModes(align_corners, mode, false, input.dim());
  const n = input.dim() - 2;
  if (size !== null && factors !== null) throw new ValueError('only one of size or scale_factor should be defined');
  if (size === null && factors === null) throw new ValueError('either size or scale_factor should be defined');
  if (recompute && size !== null)
    throw new ValueError('recompute_scale_factor is not meaningful with an explicit size.');
  let wanted: number[];
  let scales: (number | null)[] = new Array(Math.max(n, 0)).fill(null);
  if (size !== null) wanted = perDimension(size, n, input, 'output size');
  else {
    const each = perDimension(factors as readonly number[], n, input, 'scale_factor');
    wanted = each.map((f, d) => Math.floor((input.shape[d + 2] as number) * f));
    if (!recompute && mode !== 'area') scales = each;
  }
  checkModes(align_corners, mode, antialias, input.dim());
  if (mode === 'area' && n >= 1 && n <= 3) return adaptiveMeans(n, input, wanted);
  const resize = resizeFor(input, mode, antialias);
  const [depth = null, height = null, width = null] = [...new Array(3 - n).fill(null), ...scales];
  return resize(input, { size: wanted, align_corners: align_corners ?? false, depth, height, width });
});

/**
 * `input` (n, c, ...) resized, each element a copy of the nearest one; see interpolate.
 * @example
 * torch.nn.functional.upsample_nearest(torch.ones(1, 1, 3, 3), { scale_factor: 2 }).shape; // [1, 1, 6, 6]
 */
export const upsample_nearest = op('upsample_nearest(Tensor input, int[]? size=None, float[]? scale_factor=None)', {
  method: false,
});
compose(upsample_nearest, (input, size, scale_factor) => interpolate(input, { size, scale_factor }));
/**
 * `input` (n, c, h, w) resized bilinearly, corners kept; see interpolate.
 * @example
 * torch.nn.functional.upsample_bilinear(torch.ones(1, 1, 3, 3), { scale_factor: 2 }).shape; // [1, 1, 6, 6]
 */
export const upsample_bilinear = op('upsample_bilinear(Tensor input, int[]? size=None, float[]? scale_factor=None)', {
  method: false,
});
compose(upsample_bilinear, (input, size, scale_factor) =>
  interpolate(input, { size, scale_factor, mode: 'bilinear', align_corners: true }),
);

/**
 * Elements of r * r channels become r x r places of one: (*, c r r, h, w) gives (*, c, h r, w r).
 * @example
 * torch.pixel_shuffle(torch.ones(1, 9, 4, 4), 3).shape; // [1, 1, 12, 12]
 */
export const pixel_shuffle = op('pixel_shuffle(Tensor self, int upscale_factor)', { native: '', method: false });
implement(pixel_shuffle, (self, r) => {
  if (self.dim() < 3)
    throw new RuntimeError(
      `pixel_shuffle expects input to have at least 3 dimensions, but got input with ${self.dim()} dimension(s)`,
    );
  if (r <= 0) throw new RuntimeError(`pixel_shuffle expects a positive upscale_factor, but got ${r}`);
  const [c, h, w] = self.shape.slice(-3) as [number, number, number];
  if (c % (r * r))
    throw new RuntimeError(
      "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but " +
        `input.size(-3)=${c} is not divisible by ${r * r}`,
    );
  const lead = self.shape.slice(0, -3);
  const n = lead.length;
  return self
    .reshape([...lead, c / (r * r), r, r, h, w])
    .permute([...lead.map((_, d) => d), n, n + 3, n + 1, n + 4, n + 2])
    .clone()
    .reshape([...lead, c / (r * r), h * r, w * r]);
});
/**
 * Undoes pixel_shuffle: (*, c, h r, w r) gives (*, c r r, h, w).
 * @example
 * torch.pixel_unshuffle(torch.ones(1, 1, 12, 12), 3).shape; // [1, 9, 4, 4]
 */
export const pixel_unshuffle = op('pixel_unshuffle(Tensor self, int downscale_factor)', { native: '', method: false });
implement(pixel_unshuffle, (self, r) => {
  if (self.dim() < 3)
    throw new RuntimeError(
      `pixel_unshuffle expects input to have at least 3 dimensions, but got input with ${self.dim()} dimension(s)`,
    );
  if (r <= 0) throw new RuntimeError(`pixel_unshuffle expects a positive downscale_factor, but got ${r}`);
  const [c, h, w] = self.shape.slice(-3) as [number, number, number];
  for (const [what, dim, n] of [
    ['height', -2, h],
    ['width', -1, w],
  ] as const) {
    if (n % r)
      throw new RuntimeError(
        `pixel_unshuffle expects ${what} to be divisible by downscale_factor, but input.size(${dim})=${n} is not divisible by ${r}`,
      );
  }
  const lead = self.shape.slice(0, -3);
  const n = lead.length;
  return self
    .reshape([...lead, c, h / r, r, w / r, r])
    .permute([...lead.map((_, d) => d), n, n + 2, n + 4, n + 1, n + 3])
    .clone()
    .reshape([...lead, c * r * r, h / r, w / r]);
});
derive(pixel_shuffle, { self: (g, s) => pixel_unshuffle(g, s.upscale_factor) });
derive(pixel_unshuffle, { self: (g, s) => pixel_shuffle(g, s.downscale_factor) });
/**
 * Channels (n, c, ...) of `groups` groups dealt out anew: the first of each, then the second of each, and so on.
 * @example
 * torch.nn.functional.channel_shuffle(torch.arange(4).reshape(1, 4, 1, 1), 2).flatten(); // tensor([0., 2., 1., 3.])
 */
export const channel_shuffle = op('channel_shuffle(Tensor self, int groups)', { method: false });
compose(channel_shuffle, (self, groups) => {
  const dim = self.dim();
  if (dim < 3)
    throw new RuntimeError(`channel_shuffle expects input with > 2 dims, but got input with sizes ${list(self.shape)}`);
  if (groups <= 0)
    throw new RuntimeError(`Number of groups to divide channels in must be positive. Value of groups:${groups}`);
  const [n, c, ...places] = self.shape as readonly number[] as [number, number, ...number[]];
  if (c % groups)
    throw new RuntimeError(`Number of channels must be divisible by groups. Got ${c} channels and ${groups} groups.`);
  return self
    .reshape([n, groups, c / groups, ...places])
    .transpose(1, 2)
    .clone()
    .reshape([n, c, ...places]);
});

const pair = (values: readonly number[]): number[] =>
  values.length === 1 ? [values[0] as number, values[0] as number] : [...values];

const im2col = op('im2col(Tensor self, int[] kernel_size, int[] dilation, int[] padding, int[] stride)', {
  method: false,
  backward: 'Im2ColBackward0',
});
const col2im = op(
  'col2im(Tensor self, int[] output_size, int[] kernel_size, int[] dilation, int[] padding, int[] stride)',
  { method: false, backward: 'Col2ImBackward0' },
);
derive(im2col, {
  self: (g, s) => col2im(g, s.shape.slice(-2), s.kernel_size, s.dilation, s.padding, s.stride),
});
derive(col2im, {
  self: (g, s) => im2col(g, s.kernel_size, s.dilation, s.padding, s.stride),
});
/**
 * The elements of each window of `input` (n, c, h, w), or one without n, as a column: (n, c kh kw, windows).
 * @example
 * torch.nn.functional.unfold(torch.ones(1, 2, 4, 4), 3).shape; // [1, 18, 4]
 */
export const im2colUnfold = op(
  'unfold.im2col(Tensor input, int[] kernel_size, int[] dilation=[1], int[] padding=[0], int[] stride=[1])',
  { method: false },
);
compose(im2colUnfold, (x, kernel, dilation, padding, stride) =>
  im2col(x, pair(kernel), pair(dilation), pair(padding), pair(stride)),
);
/**
 * Adds up windows in columns (n, c kh kw, windows) where they came from: (n, c, ...output_size).
 * @example
 * torch.nn.functional.fold(torch.ones(1, 9, 4), [4, 4], 3).shape; // [1, 1, 4, 4]
 */
export const fold = op(
  'fold(Tensor input, int[] output_size, int[] kernel_size, int[] dilation=[1], int[] padding=[0], int[] stride=[1])',
  { method: false },
);
compose(fold, (x, size, kernel, dilation, padding, stride) =>
  col2im(x, pair(size), pair(kernel), pair(dilation), pair(padding), pair(stride)),
);
