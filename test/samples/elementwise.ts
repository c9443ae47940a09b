import * as torch from 'strided';
import { type Input, input, over, type Sample, type Samples } from './sample.js';

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
  arcsin: [[-0.9, 0.9]],
  arccos: [[-0.9, 0.9]],
  arctanh: [[-0.9, 0.9]],
  arccosh: [[1.2, 3]],
  erfinv: [[-0.8, 0.8]],
  tan: [[-1.2, 1.2]],
  logit: [[0.1, 0.9]],
  special_entr: [[0.2, 3]],
  special_ndtri: [[0.1, 0.9]],
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

const SHAPES: Record<number, readonly string[]> = {
  1: ['2x3', '.', '0x3'],
  2: ['2x3 2x3', '2x3 3', '2x1 3', '. 2x2', '2x2 .', '. .', '0x3 3'],
  3: ['2x3 2x3 2x3', '2x3 3 2x1', '. . .', '0x3 3 .'],
};

/** Inside of all intervals of second operands. */
const kScalar = 0.65;

/**
 * Element-wise functions of tensors only: same shapes, broadcast ones, 0-d and empty ones; with a number in place of
 * each operand that may be one (`scalars`), and in place on the first.
 */
export function elementwise(name: string, scalars: readonly boolean[], run: Sample['run'], inplace: boolean): Sample[] {
  const shapes = SHAPES[scalars.length] ?? [];
  const found: Sample[] = over(run, ...shapes).map((s) => ({
    run,
    inputs: s.inputs.map(({ shape }, i) => smooth(name, i, shape)),
  }));
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

const positive = (run: Sample['run'], ...shapes: string[]): Sample[] =>
  over(run, ...shapes).map(({ inputs }) => ({ run, inputs: inputs.map((i) => input(i.shape, 0.6, 3)) }));

/** Functions of two numbers with a gradient in the second alone. */
const inSecond = (f: (order: any, x: torch.Tensor) => torch.Tensor): Sample[] =>
  positive((x) => f(torch.full_like(x, 1.6, { requires_grad: false }), x), '2x3', '.', '0x3');

/** Element-wise functions with other arguments than tensors, or where values matter. */
export const elementwiseSamples: Samples = {
  // In place only; the gradient of what is overwritten is zero.
  copy_: () => over((x, y) => x.clone().copy_(y), '2x3 2x3', '2x3 3', '. .', '0x3 3'),
  vander: () => over((x) => torch.vander(x, { N: 3 }), '3', '0'),
  fill_diagonal_: () => over((x) => x.mul(2).fill_diagonal_(3, true), '2x3', '5x2', '0x3'),
  fill_: () => [...over((x) => x.mul(2).fill_(3), '2x3', '.', '0x3'), ...over((x, v) => x.mul(2).fill_(v), '2x3 .')],
  zero_: () => over((x) => x.mul(2).zero_(), '2x3', '.', '0x3'),
  add: () => [
    ...elementwise('add', [true, true], torch.add, true),
    ...over((x, y) => torch.add(x, y, { alpha: -2 }), '2x3 3', '. .'),
  ],
  sub: () => [
    ...elementwise('sub', [true, true], torch.sub, true),
    ...over((x, y) => torch.sub(x, y, { alpha: -2 }), '2x3 3', '. .'),
  ],
  div: () => [
    ...elementwise('div', [true, true], torch.div, true),
    ...['trunc', 'floor'].map(
      (rounding_mode): Sample => ({
        run: (x, y) => torch.div(x, y, { rounding_mode }),
        inputs: [input([2, 3], 0.2, 1.9), input([3], 2.2, 2.9)],
      }),
    ),
  ],
  where: () => [...over((x, y) => torch.where(x.detach().gt(0), x, y), '2x3 2x3', '2x3 3', '. .', '0x3 3')],
  clamp: () => [
    ...over((x) => x.clamp(-1, 1), '2x3', '.', '0x3'),
    ...over((x) => x.clamp({ min: 0 }), '2x3'),
    ...over((x, low, high) => x.clamp(low.mul(0.2).sub(0.6), high.mul(0.2).add(0.6)), '2x3 2x3 3'),
  ],
  clamp_min: () => over((x) => x.clamp_min(0), '2x3', '.', '0x3'),
  clamp_max: () => over((x) => x.clamp_max(0), '2x3', '.', '0x3'),
  clip: () => over((x) => x.clip(-1, 1), '2x3', '.', '0x3'),
  lerp: () => [
    ...over((x, y) => x.lerp(y, 0.3), '2x3 2x3', '2x3 3', '. .', '0x3 3'),
    ...over((x, y, w) => x.lerp(y, w), '2x3 2x3 2x3', '2x3 3 2x1'),
  ],
  polygamma: () => [
    ...[0, 1, 2, 3].flatMap((n) => positive((x) => torch.polygamma(n, x), '2x3', '.', '0x3')),
    ...positive((x) => x.clone().polygamma_(1), '2x3'),
    { run: (x) => x.polygamma(1), inputs: [input([2, 3], -1.8, -1.2)] },
  ],
  mvlgamma: () => [
    ...positive((x) => x.add(1).mvlgamma(3), '2x3', '.', '0x3'),
    ...positive((x) => x.clone().mvlgamma_(1), '2x3'),
  ],
  igamma: () => [...inSecond(torch.igamma), ...inSecond((a, x) => a.igamma_(x))],
  igammac: () => [...inSecond(torch.igammac), ...inSecond((a, x) => a.igammac_(x))],
  special_gammainc: () => inSecond(torch.special.gammainc),
  special_gammaincc: () => inSecond(torch.special.gammaincc),
  special_zeta: () => [
    ...inSecond((s, x) => torch.special.zeta(s, x)),
    ...positive((x) => torch.special.zeta(2.5, x), '2x3'),
  ],
  masked_fill: () => [
    ...over((x) => x.masked_fill(x.detach().gt(0), 2), '2x3', '.', '0x3'),
    ...over((x, v) => x.masked_fill(x.detach().gt(0), v), '2x3 .'),
  ],
};
