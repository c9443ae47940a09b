/** Max pooling whose windows begin where random samples say (Graham, 2014). */
import { TypeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { rand } from './create-random.js';
import { derive, op } from './define.js';
import { max_pool_backward, perDimension } from './pooling.js';
import { typeName } from './schema.js';

/** A number for all dimensions, or one for each. */
export type PerDimension = number | readonly number[];

const maxima2d = op(
  'fractional_max_pool2d(Tensor self, int[] kernel_size, int[] output_size, Tensor random_samples) -> (output, indices)',
  { method: false, native: 'fractional_max_pool', backward: 'FractionalMaxPool2DBackward0' },
);
derive(maxima2d, { self: [['self', 'indices'], ([g], s) => g && max_pool_backward(g, s.self, s.indices, 2)] });
const maxima3d = op(
  'fractional_max_pool3d(Tensor self, int[] kernel_size, int[] output_size, Tensor random_samples) -> (output, indices)',
  { method: false, native: 'fractional_max_pool', backward: 'FractionalMaxPool3DBackward0' },
);
derive(maxima3d, { self: [['self', 'indices'], ([g], s) => g && max_pool_backward(g, s.self, s.indices, 3)] });

export interface Fractional {
  input: Tensor;
  kernel_size: PerDimension;
  output_size: PerDimension | null;
  output_ratio: PerDimension | null;
  _random_samples: Tensor | null;
}

function listOf(value: PerDimension): readonly number[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.every((each) => typeof each === 'number')) return list;
  throw new TypeError(
    `fractional_max_pool: sizes and ratios must be numbers or lists of numbers, not ${typeName(value)}`,
  );
}

/** [values, indices] of the largest elements of random windows over the last `n` dimensions. @internal */
export function fractionalMaxima(n: 2 | 3, given: Fractional): Tensor[] {
  const { input, kernel_size, output_size, output_ratio } = given;
  const name = `fractional_max_pool${n}d`;
  const sizeOf = (dim: number): number => input.size(dim) as number;
  if (output_size === null && output_ratio === null) {
    throw new ValueError(`${name} requires specifying either an output_size or an output_ratio`);
  }
  const size =
    output_size !== null
      ? perDimension('output_size', listOf(output_size), n)
      : perDimension('output_ratio', listOf(output_ratio as PerDimension), n).map((ratio, d) =>
          Math.trunc(sizeOf(d - n) * ratio),
        );
  const batch = input.dim() === n + 1 ? 1 : sizeOf(0);
  const samples = given._random_samples ?? rand([batch, sizeOf(-n - 1), n], { dtype: input.dtype });
  return (n === 2 ? maxima2d : maxima3d)(input, perDimension('kernel_size', listOf(kernel_size), n), size, samples);
}
