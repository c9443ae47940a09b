import * as torch from 'strided';
import { over, type Samples } from './sample.js';

/** Sums of products. */
export const productSamples: Samples = {
  matmul: () =>
    over(
      (a, b) => a.matmul(b),
      '2x3 3x2',
      '3 3',
      '2x3 3',
      '3 3x2',
      '2x2x3 3x2',
      '2x3 2x3x2',
      '2x1x2x3 2x3x2',
      '0x3 3x2',
      '2x0 0x2',
    ),
  mm: () => over((a, b) => a.mm(b), '2x3 3x2', '0x3 3x2', '2x0 0x2'),
  mv: () => over((a, b) => a.mv(b), '2x3 3', '0x3 3'),
  dot: () => over((a, b) => a.dot(b), '3 3', '0 0'),
  vdot: () => over((a, b) => a.vdot(b), '3 3', '0 0'),
  outer: () => over((a, b) => a.outer(b), '2 3', '0 3'),
  inner: () => over((a, b) => a.inner(b), '2x3 2x3', '3 3', '. .', '0x3 2x3'),
  tensordot: () => over((a, b) => torch.tensordot(a, b, 1), '2x3 3x2', '0x3 3x2'),
  ger: () => over((a, b) => a.ger(b), '2 3', '0 3'),
  bmm: () => over((a, b) => a.bmm(b), '2x2x3 2x3x2', '0x2x3 0x3x2'),
  addmm: () => [
    ...over((c, a, b) => c.addmm(a, b), '2x2 2x3 3x2', '2 2x3 3x2', '. 2x3 3x2'),
    ...over((c, a, b) => c.addmm(a, b, { beta: 0.5, alpha: 2 }), '2x2 2x3 3x2', '2 0x3 3x2'),
  ],
  addmv: () => over((c, a, b) => c.addmv(a, b, { beta: 0.5, alpha: 2 }), '2 2x3 3', '. 0x3 3'),
  addbmm: () => over((c, a, b) => c.addbmm(a, b), '2x2 2x2x3 2x3x2', '2x2 0x2x3 0x3x2', '2 0x2x3 0x3x2'),
  baddbmm: () => over((c, a, b) => c.baddbmm(a, b, { beta: 0.5, alpha: 2 }), '2x2x2 2x2x3 2x3x2', '2 0x2x3 0x3x2'),
  addr: () => over((c, a, b) => c.addr(a, b), '2x3 2 3', '. 0 3'),
  linear: () => [
    ...over((x, w) => torch.nn.functional.linear(x, w), '2x3 2x3', '3 2x3', '0x3 2x3'),
    ...over((x, w, b) => torch.nn.functional.linear(x, w, b), '2x3 2x3 2', '2x2x3 2x3 2'),
    ...over((x, w) => torch.nn.functional.linear(x, w), '2x3 3'),
  ],
};
