import * as torch from 'strided';
import { over, type Samples } from './sample.js';

/** Sums of products. */
export const productSamples: Samples = {
  matmul: () =>
    over(
      (a, b) => a.matmul(b),
      [
        [2, 3],
        [3, 2],
      ],
      [[3], [3]],
      [[2, 3], [3]],
      [[3], [3, 2]],
      [
        [2, 2, 3],
        [3, 2],
      ],
      [
        [2, 3],
        [2, 3, 2],
      ],
      [
        [2, 1, 2, 3],
        [2, 3, 2],
      ],
      [
        [0, 3],
        [3, 2],
      ],
      [
        [2, 0],
        [0, 2],
      ],
    ),
  mm: () =>
    over(
      (a, b) => a.mm(b),
      [
        [2, 3],
        [3, 2],
      ],
      [
        [0, 3],
        [3, 2],
      ],
      [
        [2, 0],
        [0, 2],
      ],
    ),
  mv: () => over((a, b) => a.mv(b), [[2, 3], [3]], [[0, 3], [3]]),
  dot: () => over((a, b) => a.dot(b), [[3], [3]], [[0], [0]]),
  vdot: () => over((a, b) => a.vdot(b), [[3], [3]], [[0], [0]]),
  inner: () =>
    over(
      (a, b) => a.inner(b),
      [
        [2, 3],
        [2, 3],
      ],
      [[3], [3]],
      [[], []],
    ),
  outer: () => over((a, b) => a.outer(b), [[2], [3]], [[0], [3]]),
  bmm: () =>
    over(
      (a, b) => a.bmm(b),
      [
        [2, 2, 3],
        [2, 3, 2],
      ],
      [
        [0, 2, 3],
        [0, 3, 2],
      ],
    ),
  addmm: () => [
    ...over(
      (c, a, b) => c.addmm(a, b),
      [
        [2, 2],
        [2, 3],
        [3, 2],
      ],
      [[2], [2, 3], [3, 2]],
      [[], [2, 3], [3, 2]],
    ),
    ...over(
      (c, a, b) => c.addmm(a, b, { beta: 0.5, alpha: 2 }),
      [
        [2, 2],
        [2, 3],
        [3, 2],
      ],
      [[2], [0, 3], [3, 2]],
    ),
  ],
  addmv: () => over((c, a, b) => c.addmv(a, b, { beta: 0.5, alpha: 2 }), [[2], [2, 3], [3]]),
  addbmm: () =>
    over(
      (c, a, b) => c.addbmm(a, b),
      [
        [2, 2],
        [2, 2, 3],
        [2, 3, 2],
      ],
    ),
  baddbmm: () =>
    over(
      (c, a, b) => c.baddbmm(a, b, { beta: 0.5, alpha: 2 }),
      [
        [2, 2, 2],
        [2, 2, 3],
        [2, 3, 2],
      ],
    ),
  addr: () => over((c, a, b) => c.addr(a, b), [[2, 3], [2], [3]]),
  einsum: () =>
    over(
      (a, b) => torch.einsum('ij,jk->ki', a, b),
      [
        [2, 3],
        [3, 2],
      ],
    ),
  tensordot: () =>
    over(
      (a, b) => torch.tensordot(a, b, 1),
      [
        [2, 3],
        [3, 2],
      ],
    ),
  kron: () =>
    over(
      (a, b) => a.kron(b),
      [
        [2, 2],
        [2, 3],
      ],
    ),
  linear: () => [
    ...over(
      (x, w) => torch.nn.functional.linear(x, w),
      [
        [2, 3],
        [2, 3],
      ],
      [[3], [2, 3]],
      [
        [0, 3],
        [2, 3],
      ],
    ),
    ...over((x, w, b) => torch.nn.functional.linear(x, w, b), [[2, 3], [2, 3], [2]], [[2, 2, 3], [2, 3], [2]]),
    ...over((x, w, b) => torch.nn.functional.linear(x, w, b), [[2, 3], [3], []]),
  ],
};
