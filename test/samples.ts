import { elementwiseSamples } from './samples/elementwise.js';
import { nnSamples } from './samples/nn.js';
import { productSamples } from './samples/products.js';
import { reductionSamples } from './samples/reductions.js';
import type { Samples } from './samples/sample.js';
import { shapeSamples } from './samples/shapes.js';

export { elementwise } from './samples/elementwise.js';

/** How to call the differentiable ops whose arguments do not say it themselves, by name. */
export const samples: Samples = {
  ...elementwiseSamples,
  ...reductionSamples,
  ...shapeSamples,
  ...productSamples,
  ...nnSamples,
};

const kinds = (names: string[], ...without: string[]): Record<string, readonly string[]> =>
  Object.fromEntries(names.map((name) => [name, without]));

/** Kinds of input that an op does not take. */
export const unfit: Record<string, readonly string[]> = {
  ...kinds(
    ['narrow', 'unbind', 'chunk', 'split', 'split_with_sizes', 'select', 'diagonal', 'tril', 'triu', 'cat'],
    '0-d',
  ),
  ...kinds(['matmul', 'mm', 'mv', 'dot', 'bmm', 'unfold', 'index_select', 'scatter', 'flip', 'roll'], '0-d'),
};
