import * as torch from 'strided';
import { input, over, type Sample, type Samples } from './sample.js';

const far = (shape: readonly number[]) => input(shape, 2, 4);
const metrics = (run: (p: number) => Sample['run'], ...shapes: string[]): Sample[] =>
  [0.5, 1, 2, 3].flatMap((p) => over(run(p), ...shapes));

/** Pieces, differences, areas and distances. */
export const analysisSamples: Samples = {
  tensor_split: () => [
    ...over((x) => x.tensor_split(2, -1), '2x3', '3', '0x3'),
    ...over((x) => x.tensor_split([1, 2], -1), '2x3'),
    ...over((x) => x.tensor_split(torch.tensor([1, -1]), -1), '2x3'),
  ],
  hsplit: () => [...over((x) => x.hsplit(3), '2x3', '3', '0x3'), ...over((x) => x.hsplit([1]), '2x3')],
  vsplit: () => [...over((x) => x.vsplit(2), '2x3', '0x3'), ...over((x) => x.vsplit([1]), '2x3')],
  dsplit: () => [...over((x) => x.dsplit(2), '2x3x2', '0x3x2'), ...over((x) => x.dsplit([1]), '2x3x2')],
  unsafe_chunk: () => over((x) => x.unsafe_chunk(2, -1), '2x3', '0x3'),
  unsafe_split: () => [
    ...over((x) => x.unsafe_split(2, -1), '2x3', '0x3'),
    ...over((x) => x.unsafe_split([1, 2], -1), '2x3'),
  ],
  unsafe_split_with_sizes: () => over((x) => x.unsafe_split_with_sizes([1, 2], -1), '2x3', '0x3'),
  broadcast_to: () => [
    ...over((x) => x.broadcast_to([2, 2, 3]), '2x3', '.'),
    ...over((x) => x.broadcast_to([2, 0, 3]), '0x3'),
  ],
  diff: () => [
    ...over((x) => x.diff(), '2x3', '3', '0x3'),
    ...over((x) => x.diff({ n: 2, dim: 0 }), '3x2'),
    ...over((x, y) => x.diff({ prepend: y, append: y }), '2x3 2x1'),
  ],
  trapezoid: () => [
    ...over((y) => torch.trapezoid(y, { dx: 0.5 }), '2x3', '0x3'),
    ...over((y, x) => torch.trapezoid(y, x), '2x3 3', '2x3 2x3'),
  ],
  trapz: () => [...over((y) => torch.trapz(y), '2x3', '0x3'), ...over((y, x) => torch.trapz(y, x), '2x3 3')],
  cumulative_trapezoid: () => [
    ...over((y) => torch.cumulative_trapezoid(y), '2x3', '0x3'),
    ...over((y, x) => torch.cumulative_trapezoid(y, x), '2x3 3'),
  ],
  cdist: () => [
    ...metrics((p) => (x, y) => torch.cdist(x, y, p), '2x3 4x3', '2x2x3 3x3'),
    ...over((x, y) => torch.cdist(x, y), '0x3 2x3'),
  ],
  pdist: () => [
    ...metrics((p) => (x) => torch.nn.functional.pdist(x, p), '3x2'),
    ...over((x) => torch.nn.functional.pdist(x), '0x3'),
  ],
  linalg_multi_dot: () => over((...xs) => torch.linalg.multi_dot(xs), '2x3 3x2', '0x3 3x2'),
  dist: () => metrics((p) => (x, y) => x.dist(y, p), '2x3 2x3', '. .', '0x3 3'),
  renorm: () => [
    ...[1, 2, 3, Infinity].map((p): Sample => ({ run: (x) => x.renorm(p, 0, 1), inputs: [far([2, 3])] })),
    ...over((x) => x.renorm(2, 1, 0.5), '0x3'),
    ...over((x) => x.mul(1).renorm_(2, 1, 0.5), '2x3'),
  ],
  special_xlog1py: () => [
    ...over((x, y) => torch.special.xlog1py(x, y.mul(0.3)), '2x3 2x3', '2x3 3', '. .', '0x3 3'),
    ...over((x) => torch.special.xlog1py(x, 0.5), '2x3'),
    ...over((x) => torch.special.xlog1py(0.5, x.mul(0.3)), '2x3'),
  ],
  logit: () => [
    { run: (x) => x.logit(), inputs: [input([2, 3], 0.1, 0.9)] },
    { run: (x) => x.logit(0.3), inputs: [input([2, 3], 0.05, 0.95)] },
    { run: (x) => x.mul(1).logit_(), inputs: [input([], 0.1, 0.9)] },
    { run: (x) => x.logit(0.3), inputs: [input([0, 3], 0.1, 0.9)] },
  ],
};
