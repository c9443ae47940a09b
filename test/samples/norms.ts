import * as torch from 'strided';
import { over, type Samples } from './sample.js';

/** By name: what is called here is checked by its gradients, not by its types. */
const F = torch.nn.functional as unknown as Record<string, (...args: any[]) => any>;
const T = torch as unknown as typeof F;

const running = () => [
  torch.tensor([0.3, -0.2], { dtype: torch.float64 }),
  torch.tensor([0.5, 1.5], { dtype: torch.float64 }),
];

/** Each with and without weight and bias; planes, columns and rows where the kernels differ. */
export const normSamples: Samples = {
  layer_norm: () => [
    ...over((x) => F.layer_norm?.(x, [3]), '2x3', '3', '0x3'),
    ...over((x, w, b) => F.layer_norm?.(x, [2, 3], w, b), '2x2x3 2x3 2x3'),
    ...over((x, w) => F.layer_norm?.(x, [3], w), '4x3 3'),
    ...over((x, b) => F.layer_norm?.(x, [3], null, b, 0.1), '4x3 3'),
  ],
  native_layer_norm: () => over((x, w, b) => T.native_layer_norm?.(x, [3], w, b, 0.1)[0], '2x3 3 3', '0x3 3 3'),
  rms_norm: () => [
    ...over((x) => F.rms_norm?.(x, [3]), '2x3', '0x3'),
    ...over((x, w) => F.rms_norm?.(x, [2, 3], w, 0.1), '2x2x3 2x3'),
  ],
  batch_norm: () => [
    ...over((x) => F.batch_norm?.(x, null, null, { training: true }), '3x2', '3x2x2', '0x2'),
    ...over((x, w, b) => F.batch_norm?.(x, null, null, w, b, true), '4x2 2 2', '2x2x3 2 2'),
    ...over((x, w, b) => F.batch_norm?.(x, ...running(), w, b), '3x2 2 2', '2x2x3 2 2'),
    ...over((x) => F.batch_norm?.(x, ...running(), { eps: 0.1 }), '3x2x2'),
  ],
  native_batch_norm: () =>
    over((x, w, b) => T.native_batch_norm?.(x, w, b, null, null, true, 0.1, 1e-5)[0], '3x2x2 2 2', '4x2 2 2'),
  instance_norm: () => [
    ...over((x) => F.instance_norm?.(x), '2x2x3'),
    ...over((x, w, b) => F.instance_norm?.(x, null, null, w, b), '2x2x3 2 2'),
    ...over((x, w) => F.instance_norm?.(x, ...running(), w, { use_input_stats: false }), '2x2x3 2'),
  ],
  group_norm: () => [
    ...over((x) => F.group_norm?.(x, 2), '2x4x3', '2x4', '0x4'),
    ...over((x, w, b) => F.group_norm?.(x, 2, w, b), '2x4x2 4 4', '3x4 4 4'),
    ...over((x, w) => F.group_norm?.(x, 1, w, { eps: 0.1 }), '2x2x2x2 2'),
  ],
  native_group_norm: () => over((x, w, b) => T.native_group_norm?.(x, w, b, 2, 4, 3, 2, 1e-5)[0], '2x4x3 4 4'),
  local_response_norm: () => [
    ...over((x) => F.local_response_norm?.(x, 2), '2x3x2', '0x3x2'),
    ...over((x) => F.local_response_norm?.(x, 3, { alpha: 0.5, beta: 0.3, k: 2 }), '1x4x2x2'),
  ],
};
