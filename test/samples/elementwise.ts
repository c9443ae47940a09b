import { each, type Input, input, over, type Sample, type Samples } from './sample.js';

type Interval = readonly [number, number];

/** Where element-wise functions are smooth, by input; the others are tried on (-2, 2). */
const INTERVALS: Record<string, readonly Interval[]> = {
  log: [[0.2, 3]],
  log2: [[0.2, 3]],
  log10: [[0.2, 3]],
  log1p: [[-0.7, 2]],
  sqrt: [[0.2, 3]],
  rsqrt: [[0.2, 3]],
  reciprocal: [[0.3, 2]],
  asin: [[-0.9, 0.9]],
  acos: [[-0.9, 0.9]],
  atanh: [[-0.9, 0.9]],
  acosh: [[1.2, 3]],
  erfinv: [[-0.8, 0.8]],
  tan: [[-1.2, 1.2]],
  logit: [[0.1, 0.9]],
  lgamma: [[0.3, 3]],
  digamma: [[0.3, 3]],
  relu6: [[-2, 8]],
  hardsigmoid: [[-4, 4]],
  hardswish: [[-4, 4]],
  hardtanh: [[-2, 2]],
  div: [
    [-2, 2],
    [0.4, 2],
  ],
  true_divide: [
    [-2, 2],
    [0.4, 2],
  ],
  pow: [
    [0.3, 2],
    [-2, 2],
  ],
  float_power: [
    [0.3, 2],
    [-2, 2],
  ],
  fmod: [
    [-1.9, 1.9],
    [2.2, 2.9],
  ],
  remainder: [
    [0.2, 1.9],
    [2.2, 2.9],
  ],
  xlogy: [
    [-2, 2],
    [0.3, 2],
  ],
  xlog1py: [
    [-2, 2],
    [-0.6, 2],
  ],
  atan2: [
    [0.2, 2],
    [0.2, 2],
  ],
  addcdiv: [
    [-2, 2],
    [-2, 2],
    [0.4, 2],
  ],
};

/** Values in `shape` where the function is smooth in its input number `which`. */
export function smooth(name: string, which: number, shape: readonly number[]): Input {
  const interval = INTERVALS[name]?.[which];
  return interval ? input(shape, ...interval) : input(shape);
}

const SHAPES: Record<number, readonly (readonly (readonly number[])[])[]> = {
  1: [[[2, 3]], [[]], [[0, 3]]],
  2: [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [[2, 1], [3]],
    [[], [2, 2]],
    [[2, 2], []],
    [[], []],
    [[0, 3], [3]],
  ],
  3: [
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3], [2, 1]],
    [[], [], []],
    [[0, 3], [3], []],
  ],
};

/** Inside of all intervals of second operands. */
const kScalar = 0.65;

/**
 * Element-wise functions of tensors only: same shapes, broadcast ones, 0-d and empty ones; with a number in place of
 * each operand that may be one (`scalars`), and in place on the first.
 */
export function elementwise(name: string, scalars: readonly boolean[], run: Sample['run'], inplace: boolean): Sample[] {
  const shapes = SHAPES[scalars.length] ?? [];
  const found: Sample[] = shapes.map((list) => ({ run, inputs: list.map((shape, i) => smooth(name, i, shape)) }));
  for (const [at, scalar] of scalars.entries()) {
    if (!scalar || scalars.length !== 2) continue;
    const call: Sample['run'] = (x) => (at === 0 ? run(kScalar, x) : run(x, kScalar));
    for (const shape of [[2, 3], []]) found.push({ run: call, inputs: [smooth(name, 1 - at, shape)] });
  }
  if (inplace) {
    const call: Sample['run'] = (x, ...rest) => x.clone()[`${name}_`](...rest);
    const list = scalars.map((_, i) => smooth(name, i, i === 0 ? [2, 3] : [3]));
    found.push({ run: call, inputs: list });
  }
  return found;
}

/** Element-wise functions with other arguments than tensors, or where values matter. */
export const elementwiseSamples: Samples = {
  where: () => [
    ...over(
      (x, y) => x.where(x.detach().gt(0), y),
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], [3]],
      [[], []],
      [[0, 3], [3]],
    ),
  ],
  clamp: () => [
    ...each((x) => x.clamp(-1, 1), [2, 3], [], [0, 3]),
    ...each((x) => x.clamp({ min: 0 }), [2, 3]),
    ...over((x, low, high) => x.clamp(low.mul(0.2).sub(0.6), high.mul(0.2).add(0.6)), [[2, 3], [2, 3], [3]]),
  ],
  clamp_min: () => each((x) => x.clamp_min(0), [2, 3], [], [0, 3]),
  clamp_max: () => each((x) => x.clamp_max(0), [2, 3], [], [0, 3]),
  clip: () => each((x) => x.clip(-1, 1), [2, 3], [], [0, 3]),
  lerp: () => [
    ...over(
      (x, y) => x.lerp(y, 0.3),
      [
        [2, 3],
        [2, 3],
      ],
      [[2, 3], [3]],
      [[], []],
      [[0, 3], [3]],
    ),
    ...over(
      (x, y, w) => x.lerp(y, w),
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
      [[2, 3], [3], [2, 1]],
    ),
  ],
  masked_fill: () => [
    ...each((x) => x.masked_fill(x.detach().gt(0), 2), [2, 3], [], [0, 3]),
    ...over((x, v) => x.masked_fill(x.detach().gt(0), v), [[2, 3], []]),
  ],
};
