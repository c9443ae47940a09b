import * as torch from 'strided';
import { normSamples } from './norms.js';
import { input, longs, over, type Sample, type Samples } from './sample.js';

/** By name: what is called here is checked by its gradients, not by its types. */
const F = torch.nn.functional as unknown as Record<string, (...args: any[]) => any>;

/** The same elements are dropped in every run. */
function dropped(name: string): Sample[] {
  const drop: Sample['run'] = (x) => {
    torch.manual_seed(0);
    const f = (torch as unknown as typeof F)[name];
    return f?.(name.endsWith('_') ? x.clone() : x, 0.4, true);
  };
  // Features are what follows the first two dimensions.
  return name.includes('feature') ? over(drop, '2x3x2', '0x3x2') : over(drop, '2x3', '.', '0x3');
}

/** Activations and layers of torch.nn.functional. */
export const nnSamples: Samples = {
  scaled_dot_product_attention: () => [
    ...over((q, k, v) => F.scaled_dot_product_attention(q, k, v), '2x3 4x3 4x2', '2x2x3 2x4x3 2x4x3', '0x3 2x3 2x3'),
    ...over((q, k, v) => F.scaled_dot_product_attention(q, k, v, { is_causal: true }), '3x3 3x3 3x2'),
    ...over((q, k, v, mask) => F.scaled_dot_product_attention(q, k, v, mask), '2x3 4x3 4x3 2x4'),
    ...over((q, k, v) => F.scaled_dot_product_attention(q, k, v, { enable_gqa: true }), '4x2x3 2x2x3 2x2x3'),
  ],
  ctc_loss: () => [
    ...['mean', 'sum', 'none'].map(
      (reduction): Sample => ({
        run: (x) => {
          const targets = longs([1, 2, 2, 2, 1, 0], 2, 3);
          return F.ctc_loss(x.log_softmax(2), targets, [5, 4], [3, 2], { reduction });
        },
        inputs: [input([5, 2, 3])],
        once: true,
      }),
    ),
  ],
  embedding: () =>
    ['3x2', '3x0'].flatMap((shape) => [
      ...over((w) => torch.embedding(w, longs([2, 0, 2])), shape),
      ...over((w) => torch.embedding(w, longs([2, 0, 2]), 1), shape),
    ]),
  ...Object.fromEntries(
    ['silu', 'mish', 'hardsigmoid', 'hardswish', 'logsigmoid', 'softplus', 'elu', 'celu', 'selu', 'relu6']
      .concat(['leaky_relu', 'hardtanh', 'softsign', 'tanhshrink', 'hardshrink', 'softshrink'])
      .map((name) => [name, () => over((x) => F[name]?.(x), '2x3', '.', '0x3')]),
  ),
  gelu: () => [
    ...over((x) => F.gelu?.(x), '2x3', '.', '0x3'),
    ...over((x) => F.gelu?.(x, { approximate: 'tanh' }), '2x3'),
  ],
  rrelu: () => over((x) => F.rrelu?.(x), '2x3', '.', '0x3'),
  threshold: () => over((x) => F.threshold?.(x, 0.2, 3), '2x3', '.', '0x3'),
  glu: () => over((x) => F.glu?.(x, 1), '2x4', '0x4').concat(over((x) => F.glu?.(x), '4')),
  prelu: () => over((x, w) => F.prelu?.(x, w), '2x3 3', '2x3 1', '. 1', '0x3 3'),
  ...normSamples,
  softmin: () => over((x) => F.softmin?.(x, { dim: -1 }), '2x3', '.', '0x3'),
  bilinear: () =>
    over((x, y, w) => F.bilinear?.(x, y, w), '2x3 2x2 2x3x2', '0x3 0x2 2x3x2').concat(
      over((x, y, w, b) => F.bilinear?.(x, y, w, b), '2x3 2x2 2x3x2 2'),
    ),
  ...Object.fromEntries(
    ['alpha_dropout', 'feature_dropout', 'feature_alpha_dropout', 'dropout_', 'alpha_dropout_', 'feature_dropout_']
      .concat('feature_alpha_dropout_')
      .map((name) => [name, () => dropped(name)]),
  ),
  dropout: () =>
    over(
      (x) => {
        torch.manual_seed(0);
        return F.dropout?.(x, { p: 0.4, training: true });
      },
      '2x3',
      '.',
      '0x3',
    ),
};
