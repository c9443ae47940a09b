import { abovezero, each, literal, type Sample, type Samples, without } from './sample.js';

type Run = (x: any) => any;

/** All elements, one dimension, several, kept; 0-d and empty inputs. */
function overDims(f: (options?: object) => Run): Sample[] {
  return [
    ...each(f(), [2, 3], [], [0, 3]),
    ...each(f({ dim: 0 }), [2, 3], [], [2, 0]),
    ...each(f({ dim: -1, keepdim: true }), [2, 3]),
    ...each(f({ dim: [0, 2] }), [2, 2, 3]),
  ];
}

/** One dimension at most, and no empty reduction. */
function overDim(f: (options?: object) => Run): Sample[] {
  return [
    ...each(f(), [2, 3], []),
    ...each(f({ dim: 0 }), [2, 3], [], [2, 0]),
    ...each(f({ dim: -1, keepdim: true }), [2, 3]),
  ];
}

const given = (options?: object): object[] => (options ? [options] : []);

export const reductionSamples: Samples = {
  sum: () => overDims((o) => (x) => x.sum(...given(o))),
  mean: () => overDims((o) => (x) => x.mean(...given(o))),
  nansum: () => overDims((o) => (x) => x.nansum(...given(o))),
  prod: () => [
    ...overDim((o) => (x) => x.prod(...given(o))),
    // With one zero and with two the gradient cannot be result / x.
    { run: (x) => x.prod(), inputs: [literal([1.5, 0, -0.5])] },
    { run: (x) => x.prod(), inputs: [literal([1.5, 0, 0])] },
    { run: (x) => x.reshape([2, 2]).prod({ dim: 1 }), inputs: [literal([1.5, 0, 2, 0.5])] },
    ...each((x) => x.prod(), [0, 3]),
  ],
  amax: () => [...each((x) => x.amax(), [2, 3], []), ...each((x) => x.amax({ dim: 0 }), [2, 3], [2, 0])],
  amin: () => [...each((x) => x.amin(), [2, 3], []), ...each((x) => x.amin({ dim: 0 }), [2, 3], [2, 0])],
  max: () => overDim((o) => (x) => x.max(...given(o))),
  min: () => overDim((o) => (x) => x.min(...given(o))),
  median: () => overDim((o) => (x) => x.median(...given(o))),
  nanmedian: () => overDim((o) => (x) => x.nanmedian(...given(o))),
  mode: () => each((x) => x.mode(), [2, 3], []),
  var: () => [
    ...overDims((o) => (x) => x.var({ correction: 0, ...o })),
    ...each((x) => x.var(), [2, 3]),
    ...each((x) => x.var({ dim: 1, correction: 0.5 }), [2, 3]),
  ],
  // Where all elements are equal, as along an expanded dimension, the standard deviation has a kink.
  std: () =>
    without(
      [...each((x) => x.std(), [2, 3]), ...each((x) => x.std({ dim: 1, keepdim: true }), [2, 3], [0, 3])],
      'expanded',
    ),
  var_mean: () => each((x) => x.var_mean({ dim: 1 }), [2, 3]),
  std_mean: () =>
    without(
      each((x) => x.std_mean({ dim: 1 }), [2, 3]),
      'expanded',
    ),
  norm: () => [
    ...overDims((o) => (x) => x.norm({ p: 2, ...o })),
    ...each((x) => x.norm(), [2, 3]),
    ...each((x) => x.norm(1), [2, 3]),
    ...each((x) => x.norm({ p: 3, dim: 1 }), [2, 3]),
    ...each((x) => x.norm(Number.POSITIVE_INFINITY), [2, 3]),
  ],
  logsumexp: () => [
    ...each((x) => x.logsumexp(0), [2, 3], [], [2, 0]),
    ...each((x) => x.logsumexp({ dim: -1, keepdim: true }), [2, 3]),
  ],
  cumsum: () => each((x) => x.cumsum(-1), [2, 3], [], [0, 3]),
  cumprod: () => [
    ...abovezero(each((x) => x.cumprod(-1), [2, 3], [], [0, 3])),
    { run: (x) => x.cumprod(0), inputs: [literal([1.5, 0, -0.5, 2])] },
    { run: (x) => x.cumprod(0), inputs: [literal([0, 1.5, 0])] },
  ],
  logcumsumexp: () => each((x) => x.logcumsumexp(-1), [2, 3], [], [0, 3]),
  cummax: () => each((x) => x.cummax(-1), [2, 3], [], [0, 3]),
  cummin: () => each((x) => x.cummin(-1), [2, 3], [], [0, 3]),
  sort: () => each((x) => x.sort(-1), [2, 3], [], [0, 3]),
  topk: () => each((x) => x.topk(2), [2, 3]),
  kthvalue: () => each((x) => x.kthvalue(2), [2, 3]),
  msort: () => each((x) => x.msort(), [3, 2], [0, 3]),
  diff: () => each((x) => x.diff(), [2, 3], [0, 3]),
  softmax: () => each((x) => x.softmax(-1), [2, 3], [], [0, 3]),
  log_softmax: () => each((x) => x.log_softmax(-1), [2, 3], [], [0, 3]),
};
