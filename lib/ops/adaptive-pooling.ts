/** Pooling whose windows follow from the size of the result, and the way back from max pooling. */
import { IndexError, RuntimeError, ValueError } from '../errors.js';
import { channels_last } from '../memory-format.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op } from './define.js';
import { named } from './encode.js';
import { liesAs } from './memory-formats.js';
import { max_pool_backward, perDimension } from './pooling.js';

/** A size for all dimensions, or one for each; null keeps that of the input. */
export type Sizes = number | readonly (number | null)[] | null;

/** The gradient of adaptive average pooling over `n` dimensions. @internal */
export const adaptive_avg_pool_backward = op('adaptive_avg_pool_backward(Tensor grad, Tensor self, int n)', {
  method: false,
});
derive(adaptive_avg_pool_backward, {
  grad: (g, s) => (s.n === 3 ? means3d : means2d)(g, s.shapeOf('grad').slice(-s.n)),
  self: (g, s) => g.new_zeros([...s.shapeOf('self')]),
});
const means2d = op('_adaptive_avg_pool2d(Tensor self, int[] output_size)', {
  method: false,
  native: 'adaptive_avg_pool',
  backward: 'AdaptiveAvgPool2DBackward0',
});
derive(means2d, { self: ['self', (g, s) => adaptive_avg_pool_backward(g, s.self, 2)] });
const means3d = op('_adaptive_avg_pool3d(Tensor self, int[] output_size)', {
  method: false,
  native: 'adaptive_avg_pool',
  backward: 'AdaptiveAvgPool3DBackward0',
});
derive(means3d, { self: ['self', (g, s) => adaptive_avg_pool_backward(g, s.self, 3)] });
const maxima2d = op('adaptive_max_pool2d(Tensor self, int[] output_size) -> (values, indices)', {
  method: false,
  native: 'adaptive_max_pool',
});
derive(maxima2d, { self: [['self', 'indices'], ([g], s) => g && max_pool_backward(g, s.self, s.indices, 2)] });
const maxima3d = op('adaptive_max_pool3d(Tensor self, int[] output_size) -> (values, indices)', {
  method: false,
  native: 'adaptive_max_pool',
});
derive(maxima3d, { self: [['self', 'indices'], ([g], s) => g && max_pool_backward(g, s.self, s.indices, 3)] });

/** The wanted size of the last `n` dimensions; null keeps one. */
function wantedSize(name: string, x: Tensor, size: Sizes, n: number): number[] {
  if (typeof size === 'number') return checked(x, new Array(n).fill(size), n);
  const list = size ?? new Array(n).fill(null);
  if (x.dim() <= list.length) throw new ValueError(`Input dimension should be at least ${list.length + 1}`);
  if (list.length !== n) throw new RuntimeError(`${name}(): internal error: output_size.size() must be ${n}`);
  return checked(
    x,
    list.map((v, i) => v ?? (x.shape[x.dim() - n + i] as number)),
    n,
  );
}
function checked(x: Tensor, size: number[], n: number): number[] {
  const dim = x.dim();
  if (dim < n)
    throw new IndexError(`Dimension out of range (expected to be in range of [${-dim}, ${dim - 1}], but got ${-n})`);
  const negative = size.find((v) => v < 0);
  if (negative === undefined) return size;
  const shape = [...x.shape.slice(0, -n), ...size].join(', ');
  throw new RuntimeError(`Trying to create tensor with negative dimension ${negative}: [${shape}]`);
}
function checkInput(name: string, x: Tensor, n: number): void {
  const dim = x.dim();
  if (dim !== n + 1 && dim !== n + 2)
    throw new RuntimeError(`${name}(): Expected ${n + 1}D or ${n + 2}D tensor, but got [${x.shape.join(', ')}]`);
  const empty = x.shape.findIndex((v, d) => d >= dim - n && v === 0);
  if (empty < 0) return;
  throw new RuntimeError(
    `${name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ` +
      `[${x.shape.join(', ')}] with dimension ${empty} being empty`,
  );
}

/** The means of `size` windows over the last `n` dimensions. @internal */
export function adaptiveMeans(n: number, x: Tensor, size: Sizes): Tensor {
  const name = `adaptive_avg_pool${n}d`;
  const wanted = wantedSize(name, x, size, n);
  checkInput(name, x, n);
  // One window is the mean of all, as in PyTorch.
  if (wanted.every((v) => v === 1)) {
    const dims = wanted.map((_, d) => d - n);
    return n === 1 ? x.unsqueeze(-2).mean([-2, -1], true).squeeze(-2) : x.mean(dims, true);
  }
  if (n === 1) return means2d(x.unsqueeze(-2), [1, ...wanted]).squeeze(-2);
  if (wanted.every((v) => v === 1))
    return x.mean(
      wanted.map((_, d) => d - n),
      true,
    );
  return (n === 3 ? means3d : means2d)(x, wanted);
}
/** [values, indices]: the maxima of `size` windows over the last `n` dimensions. @internal */
export function adaptiveMaxima(n: number, x: Tensor, size: Sizes): Tensor[] {
  const name = `adaptive_max_pool${n}d`;
  const wanted = wantedSize(name, x, size, n);
  checkInput(name, x, n);
  if (n > 1) return (n === 3 ? maxima3d : maxima2d)(x, wanted);
  const both = maxima2d(x.unsqueeze(-2), [1, ...wanted]);
  return named(
    ['values', 'indices'],
    both.map((t) => t.squeeze(-2)),
  );
}

/** The elements of `self` at their places in planes of `output_size`, zeros elsewhere. */
function unpooled(n: number, self: Tensor, indices: Tensor, size: readonly number[]): Tensor {
  const lead = self.shape.slice(0, -n);
  const result = self
    .new_zeros([...lead, size.reduce((a, b) => a * b, 1)])
    .scatter(-1, indices.flatten(-n), self.flatten(-n))
    .view([...lead, ...size]);
  const last = n === 2 && self.dim() === 4 && liesAs(self, channels_last) && !self.is_contiguous();
  return last ? result.contiguous({ memory_format: channels_last }) : result;
}

function maxUnpool(
  n: number,
  x: Tensor,
  indices: Tensor,
  kernel: readonly number[],
  stride: readonly number[] | null,
  padding: readonly number[],
  output_size: readonly number[] | null,
): Tensor {
  const windows = perDimension('kernel_size', kernel, n);
  const steps = stride === null || stride.length === 0 ? windows : perDimension('stride', stride, n);
  const borders = perDimension('padding', padding, n);
  const usual = windows.map(
    (k, d) => ((x.shape[x.dim() - n + d] as number) - 1) * (steps[d] as number) + k - 2 * (borders[d] as number),
  );
  const size = output_size === null ? usual : unpoolSize(output_size, usual, steps, x.dim());
  const shown = (t: Tensor) => `[${[...t.shape, ...(n === 1 ? [1] : [])].join(', ')}]`;
  if (indices.dtype.name !== 'int64')
    throw new RuntimeError(`elements in indices should be type int64 but got: ${indices.dtype.scalarName}`);
  if (indices.shape.length !== x.dim() || indices.shape.some((v, d) => v !== x.shape[d]))
    throw new RuntimeError(
      `Expected shape of indices to be same as that of the input tensor (${shown(x)}) but got indices tensor with shape: ${shown(indices)}`,
    );
  return unpooled(n, x, indices, size);
}

function unpoolSize(
  given: readonly number[],
  usual: readonly number[],
  steps: readonly number[],
  dim: number,
): number[] {
  const n = usual.length;
  const size = given.length === dim ? given.slice(-n) : [...given];
  if (size.length !== n)
    throw new ValueError(
      `output_size should be a sequence containing ${n} or ${n + 2} elements, but it has a length of '${given.length}'`,
    );
  size.forEach((v, d) => {
    const [low, high] = [(usual[d] as number) - (steps[d] as number), (usual[d] as number) + (steps[d] as number)];
    if (low < v && v < high) return;
    throw new ValueError(`invalid output_size "[${size.join(', ')}]" (dim ${d} must be between ${low} and ${high})`);
  });
  return size;
}

/**
 * Puts the maxima that max_pool1d found back to their places; see max_unpool2d.
 * @example
 * torch.nn.functional.max_unpool1d(torch.tensor([[2, 4]]), torch.tensor([[1n, 2n]]), 2); // tensor([[0., 2., 4., 0.]])
 */
export const max_unpool1d = op(
  'max_unpool1d(Tensor input, Tensor indices, int[] kernel_size, int[]? stride=None, int[] padding=[0], int[]? output_size=None)',
  { method: false },
);
compose(max_unpool1d, (x, indices, kernel, stride, padding, size) =>
  maxUnpool(1, x, indices, kernel, stride, padding, size),
);
/**
 * Puts the maxima that max_pool2d found back to their places, among zeros, in planes of `output_size` or the smallest
 * size that pooling would make so many of.
 * @example
 * torch.nn.functional.max_unpool2d(torch.tensor([[[7]]]), torch.tensor([[[3n]]]), 2); // tensor([[[0., 0.], [0., 7.]]])
 */
export const max_unpool2d = op(
  'max_unpool2d(Tensor input, Tensor indices, int[] kernel_size, int[]? stride=None, int[] padding=[0], int[]? output_size=None)',
  { method: false },
);
compose(max_unpool2d, (x, indices, kernel, stride, padding, size) =>
  maxUnpool(2, x, indices, kernel, stride, padding, size),
);
/**
 * Puts the maxima that max_pool3d found back to their places; see max_unpool2d.
 * @example
 * torch.nn.functional.max_unpool3d(torch.ones(1, 1, 1, 1, 1), torch.zeros(1, 1, 1, 1, 1).long(), 2).shape;
 * // [1, 1, 2, 2, 2]
 */
export const max_unpool3d = op(
  'max_unpool3d(Tensor input, Tensor indices, int[] kernel_size, int[]? stride=None, int[] padding=[0], int[]? output_size=None)',
  { method: false },
);
compose(max_unpool3d, (x, indices, kernel, stride, padding, size) =>
  maxUnpool(3, x, indices, kernel, stride, padding, size),
);
