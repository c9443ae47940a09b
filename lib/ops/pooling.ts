/** Maxima and means of windows. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op } from './define.js';
import { named } from './encode.js';

type List = readonly number[];

/** One number for each of `n` dimensions. */
function perDimension(name: string, values: List, n: number): number[] {
  if (values.length === n) return [...values];
  if (values.length === 1) return new Array(n).fill(values[0]);
  const word = n === 1 ? 'a single int' : `a single int, or a tuple of ${n} ints`;
  throw new RuntimeError(`${name} must either be ${word}, but got [${values.join(', ')}]`);
}
const strideOr = (stride: List | null, kernel: List): List =>
  stride === null || stride.length === 0 ? kernel : stride;

// What is done along one dimension is done along two of which one has one element.
const wide = (values: List, one: number): List => (values.length > 0 ? [one, values[0] as number] : values);

/** The gradient of max pooling: each element at the place of its maximum. @internal */
export const max_pool_backward = op('max_pool_backward(Tensor grad, Tensor self, Tensor places, int n)', {
  method: false,
});
derive(max_pool_backward, {
  grad: ['places', (g, s) => g.flatten(-s.n).gather(-1, s.places.flatten(-s.n)).view(s.shapeOf('grad'))],
  self: (g, s) => g.new_zeros([...s.shapeOf('self')]),
});

const maxima2d = op(
  'max_pool2d_with_indices(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> (values, indices)',
  { method: false, native: 'max_pool' },
);
derive(maxima2d, { self: [['self', 'indices'], ([g], s) => g && max_pool_backward(g, s.self, s.indices, 2)] });
const maxima3d = op(
  'max_pool3d_with_indices(Tensor self, int[] kernel_size, int[] stride, int[] padding, int[] dilation, bool ceil_mode) -> (values, indices)',
  { method: false, native: 'max_pool' },
);
derive(maxima3d, { self: [['self', 'indices'], ([g], s) => g && max_pool_backward(g, s.self, s.indices, 3)] });

function maxPool(
  n: number,
  x: Tensor,
  kernel: List,
  stride: List | null,
  padding: List,
  dilation: List,
  ceil: boolean,
) {
  return (n === 3 ? maxima3d : maxima2d)(
    x,
    perDimension('kernel_size', kernel, n),
    perDimension('stride', strideOr(stride, kernel), n),
    perDimension('padding', padding, n),
    perDimension('dilation', dilation, n),
    ceil,
  );
}

type Window1d = readonly [kernel: number, stride: number, padding: number, dilation: number];
function checkMaxPool1d(length: number, [kernel, stride, padding, dilation]: Window1d, ceil: boolean): void {
  const refuse = (text: string): never => {
    throw new RuntimeError(`max_pool1d() ${text}`);
  };
  if (kernel <= 0) refuse(`kernel_size must be greater than zero, but got ${kernel}`);
  if (stride <= 0) refuse(`stride must be greater than zero, but got ${stride}`);
  if (padding < 0) refuse(`padding must be non-negative, but got ${padding}`);
  if (padding > kernel / 2)
    refuse(`padding should be at most half of kernel size, but got padding=${padding} and kernel_size=${kernel}`);
  if (dilation <= 0) refuse(`dilation must be greater than zero, but got ${dilation}`);
  const steps = (length + 2 * padding - dilation * (kernel - 1) - 1) / stride;
  const windows = (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  if (windows <= 0) refuse(`Invalid computed output size: ${windows}`);
}

function maxPool1d(x: Tensor, kernel: List, stride: List | null, padding: List, dilation: List, ceil: boolean) {
  if (x.dim() !== 2 && x.dim() !== 3) {
    throw new RuntimeError(`max_pool1d() Expected 2D or 3D input tensor, but got [${x.shape.join(', ')}]`);
  }
  const steps = stride && stride.length > 0 ? wide(stride, 1) : null;
  const window = [kernel, strideOr(stride, kernel), padding, dilation].flat();
  if (window.length === 4 && x.size(-1) > 0) checkMaxPool1d(x.size(-1), window as unknown as Window1d, ceil);
  const [values, indices] = maxPool(
    2,
    x.unsqueeze(-2),
    wide(kernel, 1),
    steps,
    wide(padding, 0),
    wide(dilation, 1),
    ceil,
  ) as [Tensor, Tensor];
  return named(['values', 'indices'], [values.squeeze(-2), indices.squeeze(-2)]);
}

/** Either the maxima alone or, as PyTorch does where it is asked to, where they stand as well. */
const chosen = (both: Tensor[], return_indices: boolean): Tensor => (return_indices ? both : both[0]) as Tensor;

/**
 * The largest element of each window of `input` (n, c, length), or one without n: (n, c, length'); [values, indices]
 * with `return_indices`. See max_pool2d.
 * @example
 * torch.nn.functional.max_pool1d(torch.tensor([[1, 2, 4, 3]]), 2); // tensor([[2., 4.]])
 */
export const max_pool1d = op(
  'max_pool1d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=[0], int[] dilation=[1], bool ceil_mode=False, bool return_indices=False)',
  { method: false },
);
compose(max_pool1d, (x, kernel, stride, padding, dilation, ceil, indices) =>
  chosen(maxPool1d(x, kernel, stride, padding, dilation, ceil), indices),
);
/**
 * The largest element of each window of `input` (n, c, h, w), or one without n: (n, c, h', w'); windows begin
 * `stride` apart (as large as they are where that is left out). [values, indices] with `return_indices`, the places
 * counted over (h, w).
 * @example
 * torch.nn.functional.max_pool2d(torch.tensor([[[1, 2], [4, 3]]]), 2); // tensor([[[4.]]])
 */
export const max_pool2d = op(
  'max_pool2d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=[0], int[] dilation=[1], bool ceil_mode=False, bool return_indices=False)',
  { method: false },
);
compose(max_pool2d, (x, kernel, stride, padding, dilation, ceil, indices) =>
  chosen(maxPool(2, x, kernel, stride, padding, dilation, ceil), indices),
);
/**
 * The largest element of each window of `input` (n, c, d, h, w), or one without n; see max_pool2d.
 * @example
 * torch.nn.functional.max_pool3d(torch.ones(1, 1, 4, 4, 4), 2).shape; // [1, 1, 2, 2, 2]
 */
export const max_pool3d = op(
  'max_pool3d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=[0], int[] dilation=[1], bool ceil_mode=False, bool return_indices=False)',
  { method: false },
);
compose(max_pool3d, (x, kernel, stride, padding, dilation, ceil, indices) =>
  chosen(maxPool(3, x, kernel, stride, padding, dilation, ceil), indices),
);

/**
 * [values, indices] of max_pool1d, by the name that says so.
 * @example
 * torch.nn.functional.max_pool1d_with_indices(torch.tensor([[1, 2, 4, 3]]), 2)[1]; // tensor([[1, 2]])
 */
export const max_pool1d_with_indices = (x: Tensor, ...rest: MaxArguments): Tensor[] =>
  max_pool1d(x, ...withIndices(rest)) as unknown as Tensor[];
/**
 * [values, indices] of max_pool2d.
 * @example
 * torch.nn.functional.max_pool2d_with_indices(torch.tensor([[[1, 2], [4, 3]]]), 2)[1]; // tensor([[[2]]])
 */
export const max_pool2d_with_indices = (x: Tensor, ...rest: MaxArguments): Tensor[] =>
  max_pool2d(x, ...withIndices(rest)) as unknown as Tensor[];
/**
 * [values, indices] of max_pool3d.
 * @example
 * torch.nn.functional.max_pool3d_with_indices(torch.ones(1, 1, 4, 4, 4), 2)[1].shape; // [1, 1, 2, 2, 2]
 */
export const max_pool3d_with_indices = (x: Tensor, ...rest: MaxArguments): Tensor[] =>
  max_pool3d(x, ...withIndices(rest)) as unknown as Tensor[];

type Size = number | List;
type MaxArguments = [kernel_size: Size, stride?: Size | null, padding?: Size, dilation?: Size, ceil_mode?: boolean];
type AllMaxArguments = [Size, Size | null, Size, Size, boolean, boolean];
const withIndices = ([
  kernel,
  stride = null,
  padding = 0,
  dilation = 1,
  ceil = false,
]: MaxArguments): AllMaxArguments => [kernel, stride, padding, dilation, ceil, true];

/** The gradient of average pooling. @internal */
export const avg_pool_backward = op(
  'avg_pool_backward(Tensor grad, Tensor self, int[] kernel_size, int[] stride, int[] padding, bool count_include_pad, int? divisor)',
  { method: false },
);
derive(avg_pool_backward, {
  grad: (g, s) => {
    // As many windows as there were: rounding sizes up may have given one more.
    const run = (ceil: boolean) =>
      means(g, s.kernel_size, s.stride, s.padding, ceil, s.count_include_pad, s.divisor as number | null);
    const shape = s.shapeOf('grad');
    const down = run(false);
    return down.shape.every((n, d) => n === shape[d]) ? down : run(true);
  },
  self: (g, s) => g.new_zeros([...s.shapeOf('self')]),
});
const means2d = op(
  '_avg_pool2d(Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor)',
  { method: false, native: 'avg_pool', backward: 'AvgPool2DBackward0' },
);
derive(means2d, {
  self: [
    'self',
    (g, s) =>
      avg_pool_backward(g, s.self, s.kernel_size, s.stride, s.padding, s.count_include_pad, s.divisor as number | null),
  ],
});
const means3d = op(
  '_avg_pool3d(Tensor self, int[] kernel_size, int[] stride, int[] padding, bool ceil_mode, bool count_include_pad, int? divisor)',
  { method: false, native: 'avg_pool', backward: 'AvgPool3DBackward0' },
);
derive(means3d, {
  self: [
    'self',
    (g, s) =>
      avg_pool_backward(g, s.self, s.kernel_size, s.stride, s.padding, s.count_include_pad, s.divisor as number | null),
  ],
});
const means = (
  x: Tensor,
  kernel: List,
  stride: List,
  padding: List,
  ceil: boolean,
  include: boolean,
  divisor: number | null,
): Tensor => (kernel.length === 3 ? means3d : means2d)(x, kernel, stride, padding, ceil, include, divisor);

function avgPool(
  n: number,
  x: Tensor,
  kernel: List,
  stride: List | null,
  padding: List,
  ceil: boolean,
  include: boolean,
  divisor: number | null,
): Tensor {
  const steps = perDimension('stride', strideOr(stride, kernel), n);
  return means(
    x,
    perDimension('kernel_size', kernel, n),
    steps,
    perDimension('padding', padding, n),
    ceil,
    include,
    divisor,
  );
}

/**
 * The mean of each window of `input` (n, c, length), or one without n; see avg_pool2d.
 * @example
 * torch.nn.functional.avg_pool1d(torch.tensor([[1, 2, 3, 4]]), 2); // tensor([[1.5000, 3.5000]])
 */
export const avg_pool1d = op(
  'avg_pool1d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=[0], bool ceil_mode=False, bool count_include_pad=True)',
  { method: false },
);
compose(avg_pool1d, (x, kernel, stride, padding, ceil, include) => {
  if (x.dim() !== 2 && x.dim() !== 3) {
    throw new RuntimeError(`avg_pool1d() Expected 2D or 3D input tensor, but got [${x.shape.join(', ')}]`);
  }
  const steps = wide(strideOr(stride, kernel), 1);
  return avgPool(2, x.unsqueeze(-2), wide(kernel, 1), steps, wide(padding, 0), ceil, include, null).squeeze(-2);
});
/**
 * The mean of each window of `input` (n, c, h, w), or one without n: (n, c, h', w'). Zeros of the padding count
 * unless `count_include_pad` is false; `divisor_override` divides the sums instead of the number of elements.
 * @example
 * torch.nn.functional.avg_pool2d(torch.tensor([[[1, 2], [4, 3]]]), 2); // tensor([[[2.5000]]])
 */
export const avg_pool2d = op(
  'avg_pool2d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=[0], bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None)',
  { method: false },
);
compose(avg_pool2d, (x, kernel, stride, padding, ceil, include, divisor) =>
  avgPool(2, x, kernel, stride, padding, ceil, include, divisor as number | null),
);
/**
 * The mean of each window of `input` (n, c, d, h, w), or one without n; see avg_pool2d.
 * @example
 * torch.nn.functional.avg_pool3d(torch.ones(1, 1, 4, 4, 4), 2).shape; // [1, 1, 2, 2, 2]
 */
export const avg_pool3d = op(
  'avg_pool3d(Tensor input, int[] kernel_size, int[]? stride=None, int[] padding=[0], bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None)',
  { method: false },
);
compose(avg_pool3d, (x, kernel, stride, padding, ceil, include, divisor) =>
  avgPool(3, x, kernel, stride, padding, ceil, include, divisor as number | null),
);

/** input ** p, summed over windows and taken to the power of 1 / p again. */
function lpPool(input: Tensor, p: number, elements: number, mean: (x: Tensor) => Tensor): Tensor {
  const out = mean(input.pow(p));
  return out
    .sign()
    .mul(out.abs().relu())
    .mul(elements)
    .pow(1 / p);
}
/**
 * The p-norm of each window of `input` (n, c, length); see avg_pool1d.
 * @example
 * torch.nn.functional.lp_pool1d(torch.tensor([[3, 4, 6, 8]]), 2, 2); // tensor([[ 5., 10.]])
 */
export const lp_pool1d = op(
  'lp_pool1d(Tensor input, float norm_type, int[] kernel_size, int[]? stride=None, bool ceil_mode=False)',
  { method: false },
);
compose(lp_pool1d, (x, p, kernel, stride, ceil) =>
  lpPool(x, p, kernel[0] as number, (y) => avg_pool1d(y, kernel, stride, 0, ceil)),
);
/**
 * The p-norm of each window of `input` (n, c, h, w); see avg_pool2d.
 * @example
 * torch.nn.functional.lp_pool2d(torch.ones(1, 1, 4, 4), 2, 2).shape; // [1, 1, 2, 2]
 */
export const lp_pool2d = op(
  'lp_pool2d(Tensor input, float norm_type, int[] kernel_size, int[]? stride=None, bool ceil_mode=False)',
  { method: false },
);
compose(lp_pool2d, (x, p, kernel, stride, ceil) => {
  const elements = perDimension('kernel_size', kernel, 2).reduce((a, b) => a * b);
  return lpPool(x, p, elements, (y) => avg_pool2d(y, kernel, stride, 0, ceil));
});
/**
 * The p-norm of each window of `input` (n, c, d, h, w); see avg_pool3d.
 * @example
 * torch.nn.functional.lp_pool3d(torch.ones(1, 1, 4, 4, 4), 2, 2).shape; // [1, 1, 2, 2, 2]
 */
export const lp_pool3d = op(
  'lp_pool3d(Tensor input, float norm_type, int[] kernel_size, int[]? stride=None, bool ceil_mode=False)',
  { method: false },
);
compose(lp_pool3d, (x, p, kernel, stride, ceil) => {
  const elements = perDimension('kernel_size', kernel, 3).reduce((a, b) => a * b);
  return lpPool(x, p, elements, (y) => avg_pool3d(y, kernel, stride, 0, ceil));
});

export { perDimension };
