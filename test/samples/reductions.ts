import { abovezero, literal, over, type Sample, type Samples, without } from './sample.js';

type Run = (x: any) => any;

/** All elements, one dimension, several, kept; 0-d and empty inputs. */
function overDims(f: (options?: object) => Run): Sample[] {
  return [
    ...over(f(), '2x3', '.', '0x3'),
    ...over(f({ dim: 0 }), '2x3', '.', '2x0'),
    ...over(f({ dim: -1, keepdim: true }), '2x3'),
    ...over(f({ dim: [0, 2] }), '2x2x3'),
  ];
}

/** One dimension at most, and no empty reduction. */
function overDim(f: (options?: object) => Run): Sample[] {
  return [
    ...over(f(), '2x3', '.'),
    ...over(f({ dim: 0 }), '2x3', '.', '2x0'),
    ...over(f({ dim: -1, keepdim: true }), '2x3'),
  ];
}

const given = (options?: object): object[] => (options ? [options] : []);

export const reductionSamples: Samples = {
  sum: () => overDims((o) => (x) => x.sum(...given(o))),
  mean: () => overDims((o) => (x) => x.mean(...given(o))),
  nansum: () => overDims((o) => (x) => x.nansum(...given(o))),
  // The mean of nothing is not a number, and neither are the second gradients.
  nanmean: () => [
    ...overDim((o) => (x) => x.nanmean(...given(o))),
    ...over((x) => x.nanmean({ dim: [0, 2] }), '2x2x3'),
  ],
  prod: () => [
    ...overDim((o) => (x) => x.prod(...given(o))),
    // With one zero and with two the gradient cannot be result / x.
    { run: (x) => x.prod(), inputs: [literal([1.5, 0, -0.5])] },
    { run: (x) => x.prod(), inputs: [literal([1.5, 0, 0])] },
    { run: (x) => x.reshape([2, 2]).prod({ dim: 1 }), inputs: [literal([1.5, 0, 2, 0.5])] },
    ...over((x) => x.prod(), '0x3'),
  ],
  amax: () => [...over((x) => x.amax(), '2x3', '.'), ...over((x) => x.amax({ dim: 0 }), '2x3', '2x0')],
  amin: () => [...over((x) => x.amin(), '2x3', '.'), ...over((x) => x.amin({ dim: 0 }), '2x3', '2x0')],
  aminmax: () => over((x) => x.aminmax({ dim: 0 }), '2x3', '.', '2x0'),
  max: () => overDim((o) => (x) => x.max(...given(o))),
  min: () => overDim((o) => (x) => x.min(...given(o))),
  var: () => [
    ...overDims((o) => (x) => x.var({ correction: 0, ...o })),
    ...over((x) => x.var(), '2x3'),
    ...over((x) => x.var({ dim: 1, correction: 0.5 }), '2x3'),
  ],
  // Where all elements are equal, as along an expanded dimension, the standard deviation has a kink.
  std: () =>
    without(
      [...over((x) => x.std(), '2x3'), ...over((x) => x.std({ dim: 1, keepdim: true }), '2x3', '0x3')],
      'expanded',
    ),
  var_mean: () => over((x) => x.var_mean({ dim: 1, correction: 0 }), '2x3', '0x3'),
  std_mean: () =>
    without(
      over((x) => x.std_mean({ dim: 1, correction: 0 }), '2x3', '0x3'),
      'expanded',
    ),
  norm: () => [
    ...overDims((o) => (x) => x.norm({ p: 2, ...o })),
    ...over((x) => x.norm(), '2x3'),
    ...over((x) => x.norm(1), '2x3'),
    ...over((x) => x.norm({ p: 3, dim: 1 }), '2x3'),
    ...over((x) => x.norm(Number.POSITIVE_INFINITY), '2x3'),
  ],
  logsumexp: () => [
    ...over((x) => x.logsumexp(0), '2x3', '.', '2x0'),
    ...over((x) => x.logsumexp({ dim: -1, keepdim: true }), '2x3'),
  ],
  cumsum: () => over((x) => x.cumsum(-1), '2x3', '.', '0x3'),
  cumprod: () => [
    ...abovezero(over((x) => x.cumprod(-1), '2x3', '.', '0x3')),
    { run: (x) => x.cumprod(0), inputs: [literal([1.5, 0, -0.5, 2])] },
    { run: (x) => x.cumprod(0), inputs: [literal([0, 1.5, 0])] },
  ],
  logcumsumexp: () => over((x) => x.logcumsumexp(-1), '2x3', '.', '0x3'),
  cummax: () => over((x) => x.cummax(-1), '2x3', '.', '0x3'),
  cummin: () => over((x) => x.cummin(-1), '2x3', '.', '0x3'),
  softmax: () => over((x) => x.softmax(-1), '2x3', '.', '0x3'),
  log_softmax: () => over((x) => x.log_softmax(-1), '2x3', '.', '0x3'),
};
