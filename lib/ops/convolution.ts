/** Convolutions over one to three dimensions, and their transposes. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op, overload } from './define.js';
import { constant_pad_nd } from './padding.js';

/** What places the windows: as `convolution` takes it. */
interface Windows {
  readonly stride: number[];
  readonly padding: number[];
  readonly dilation: number[];
  readonly groups: number;
}

const zeros = (like: readonly unknown[]): number[] => like.map(() => 0);

/** The convolution of x with w, of which `shape` is wanted: more may fit where a transposed one has output padding. */
function forward(
  x: Tensor,
  w: Tensor,
  { stride, padding, dilation, groups }: Windows,
  shape: readonly number[],
): Tensor {
  let y = convolution(x, w, null, stride, padding, dilation, false, zeros(stride), groups);
  for (let d = 2; d < shape.length; d++) if (y.shape[d] !== shape[d]) y = y.narrow(d, 0, shape[d] as number);
  return y;
}
const toInput = (g: Tensor, w: Tensor, s: Windows, shape: readonly number[]): Tensor =>
  conv_input_gradient(g, w, shape, s.stride, s.padding, s.dilation, s.groups);
const toWeight = (x: Tensor, g: Tensor, s: Windows, shape: readonly number[]): Tensor =>
  conv_weight_gradient(x, g, shape, s.stride, s.padding, s.dilation, s.groups);

/**
 * The convolution of `input` (n, c, ...) with `weight` (out, c / groups, ...), or the transposed one, which is its
 * gradient by the input, with `weight` (c, out / groups, ...); lists have one number per dimension.
 * @example
 * torch.convolution(torch.ones(1, 1, 5), torch.ones(2, 1, 3), null, [1], [1], [1], false, [0], 1).shape; // [1, 2, 5]
 */
export const convolution = op(
  'convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups)',
  { method: false },
);
derive(convolution, {
  input: ['weight', (g, s) => (s.transposed ? forward : toInput)(g, s.weight, s, s.shapeOf('input'))],
  weight: [
    'input',
    (g, s) =>
      s.transposed ? toWeight(g, s.input, s, s.shapeOf('weight')) : toWeight(s.input, g, s, s.shapeOf('weight')),
  ],
  bias: (g) => g.sum(g.shape.map((_, d) => d).filter((d) => d !== 1)),
});

/** The gradient of a convolution by its input of `shape`. @internal */
export const conv_input_gradient = op(
  'conv_input_gradient(Tensor grad, Tensor weight, int[] shape, int[] stride, int[] padding, int[] dilation, int groups)',
  { method: false, backward: 'ConvolutionBackwardBackward0' },
);
derive(conv_input_gradient, {
  grad: ['weight', (g, s) => forward(g, s.weight, s, s.shapeOf('grad'))],
  weight: ['grad', (g, s) => toWeight(g, s.grad, s, s.shapeOf('weight'))],
});

/** The gradient of a convolution by its weight of `shape`. @internal */
export const conv_weight_gradient = op(
  'conv_weight_gradient(Tensor input, Tensor grad, int[] shape, int[] stride, int[] padding, int[] dilation, int groups)',
  { method: false, backward: 'ConvolutionBackwardBackward0' },
);
derive(conv_weight_gradient, {
  input: ['grad', (g, s) => toInput(s.grad, g, s, s.shapeOf('input'))],
  grad: ['input', (g, s) => forward(s.input, g, s, s.shapeOf('grad'))],
});

/** One number for each of `n` dimensions. */
function perDimension(name: string, values: readonly number[], n: number): number[] {
  if (values.length === n) return [...values];
  if (values.length === 1) return new Array(n).fill(values[0]);
  throw new RuntimeError(
    `expected ${name} to be a single integer value or a list of ${n} values to match the convolution dimensions, ` +
      `but got ${name}=[${values.join(', ')}]`,
  );
}

/** Runs `body` on a batch, which an input of `n` + 1 dimensions is made to be for the time. */
function batched(name: string, n: number, input: Tensor, body: (x: Tensor) => Tensor): Tensor {
  const dim = input.dim();
  if (dim === n + 2) return body(input);
  if (dim === n + 1) return body(input.unsqueeze(0)).squeeze(0);
  throw new RuntimeError(
    `Expected ${n + 1}D (unbatched) or ${n + 2}D (batched) input to ${name}, but got input of size: [${input.shape.join(', ')}]`,
  );
}

type Lists = readonly number[];
type Convolve = (
  x: Tensor,
  w: Tensor,
  b: Tensor | null,
  stride: Lists,
  padding: Lists,
  dilation: Lists,
  groups: number,
) => Tensor;

const convolve =
  (n: number): Convolve =>
  (input, weight, bias, stride, padding, dilation, groups) =>
    batched(`conv${n}d`, n, input, (x) => {
      const k = Math.max(weight.dim() - 2, 1);
      return convolution(
        x,
        weight,
        bias,
        perDimension('stride', stride, k),
        perDimension('padding', padding, k),
        perDimension('dilation', dilation, k),
        false,
        new Array(k).fill(0),
        groups,
      );
    });

/** The same with padding that is named: none, or as much as makes the result as large as the input. */
const convolveNamed =
  (n: number) =>
  (
    input: Tensor,
    weight: Tensor,
    bias: Tensor | null,
    stride: Lists,
    padding: string,
    dilation: Lists,
    groups: number,
  ) => {
    const run = convolve(n);
    if (padding === 'valid') return run(input, weight, bias, stride, [0], dilation, groups);
    if (padding !== 'same') throw new RuntimeError(`Invalid padding string: '${padding}'`);
    const kernel = weight.shape.slice(2);
    if (stride.some((s) => s !== 1)) throw new RuntimeError("padding='same' is not supported for strided convolutions");
    const steps = perDimension('dilation', dilation, Math.max(kernel.length, 1));
    const total = kernel.map((size, d) => (steps[d] as number) * (size - 1));
    const half = total.map((t) => Math.floor(t / 2));
    const fits = input.dim() >= weight.dim() - 1;
    if (!fits || total.every((t) => t % 2 === 0)) return run(input, weight, bias, stride, half, dilation, groups);
    // One more on the right, from the last dimension on.
    const odd = total.map((t) => t % 2).reverse();
    return run(
      constant_pad_nd(
        input,
        odd.flatMap((right) => [0, right]),
      ),
      weight,
      bias,
      stride,
      half,
      dilation,
      groups,
    );
  };

const conv1dPadding = op(
  'conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], str padding, int[] dilation=[1], int groups=1)',
  { method: false },
);
const conv1dNumbers = op(
  'conv1d.numbers(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], int[] padding=[0], int[] dilation=[1], int groups=1)',
  { method: false },
);
compose(conv1dPadding, convolveNamed(1));
compose(conv1dNumbers, convolve(1));
/**
 * Slides `weight` (out, c / groups, k) along `input` (n, c, length), or one without n, padded with zeros by numbers or
 * as 'same' or 'valid' says: (n, out, length').
 * @example
 * torch.nn.functional.conv1d(torch.ones(1, 1, 5), torch.ones(2, 1, 3), { padding: 'same' }).shape; // [1, 2, 5]
 */
export const conv1d = overload('conv1d', [conv1dPadding, conv1dNumbers], { method: false });

const conv2dPadding = op(
  'conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], str padding, int[] dilation=[1], int groups=1)',
  { method: false },
);
const conv2dNumbers = op(
  'conv2d.numbers(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], int[] padding=[0], int[] dilation=[1], int groups=1)',
  { method: false },
);
compose(conv2dPadding, convolveNamed(2));
compose(conv2dNumbers, convolve(2));
/**
 * Slides `weight` (out, c / groups, kh, kw) over `input` (n, c, h, w), or one without n: (n, out, h', w'), each size
 * floor((size + 2 padding - dilation (k - 1) - 1) / stride) + 1.
 * @example
 * torch.nn.functional.conv2d(torch.ones(1, 3, 8, 8), torch.ones(4, 3, 3, 3), null, 2, 1).shape; // [1, 4, 4, 4]
 */
export const conv2d = overload('conv2d', [conv2dPadding, conv2dNumbers], { method: false });

const conv3dPadding = op(
  'conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], str padding, int[] dilation=[1], int groups=1)',
  { method: false },
);
const conv3dNumbers = op(
  'conv3d.numbers(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], int[] padding=[0], int[] dilation=[1], int groups=1)',
  { method: false },
);
compose(conv3dPadding, convolveNamed(3));
compose(conv3dNumbers, convolve(3));
/**
 * Slides `weight` (out, c / groups, kd, kh, kw) through `input` (n, c, d, h, w); see conv2d.
 * @example
 * torch.nn.functional.conv3d(torch.ones(1, 1, 4, 4, 4), torch.ones(2, 1, 3, 3, 3)).shape; // [1, 2, 2, 2, 2]
 */
export const conv3d = overload('conv3d', [conv3dPadding, conv3dNumbers], { method: false });

const transposed =
  (n: number) =>
  (
    input: Tensor,
    weight: Tensor,
    bias: Tensor | null,
    stride: Lists,
    padding: Lists,
    output_padding: Lists,
    groups: number,
    dilation: Lists,
  ) =>
    batched(`conv_transpose${n}d`, n, input, (x) => {
      const k = Math.max(weight.dim() - 2, 1);
      return convolution(
        x,
        weight,
        bias,
        perDimension('stride', stride, k),
        perDimension('padding', padding, k),
        perDimension('dilation', dilation, k),
        true,
        perDimension('output_padding', output_padding, k),
        groups,
      );
    });

/**
 * The transpose of conv1d, with `weight` (c, out / groups, k); see conv_transpose2d.
 * @example
 * torch.nn.functional.conv_transpose1d(torch.ones(1, 1, 4), torch.ones(1, 2, 2), { stride: 2 }).shape; // [1, 2, 8]
 */
export const conv_transpose1d = op(
  'conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], int[] padding=[0], int[] output_padding=[0], int groups=1, int[] dilation=[1])',
  { method: false },
);
compose(conv_transpose1d, transposed(1));
/**
 * The transpose of conv2d, its gradient by the input: (n, c, h, w) and `weight` (c, out / groups, kh, kw) give
 * (n, out, h', w'), each size (size - 1) stride - 2 padding + dilation (k - 1) + output_padding + 1.
 * @example
 * const x = torch.ones(1, 1, 2, 2);
 * torch.nn.functional.conv_transpose2d(x, x, { stride: 2 }).shape; // [1, 1, 4, 4]
 */
export const conv_transpose2d = op(
  'conv_transpose2d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], int[] padding=[0], int[] output_padding=[0], int groups=1, int[] dilation=[1])',
  { method: false },
);
compose(conv_transpose2d, transposed(2));
/**
 * The transpose of conv3d, with `weight` (c, out / groups, kd, kh, kw); see conv_transpose2d.
 * @example
 * torch.nn.functional.conv_transpose3d(torch.ones(1, 1, 2, 2, 2), torch.ones(1, 1, 2, 2, 2)).shape; // [1, 1, 3, 3, 3]
 */
export const conv_transpose3d = op(
  'conv_transpose3d(Tensor input, Tensor weight, Tensor? bias=None, int[] stride=[1], int[] padding=[0], int[] output_padding=[0], int groups=1, int[] dilation=[1])',
  { method: false },
);
compose(conv_transpose3d, transposed(3));
