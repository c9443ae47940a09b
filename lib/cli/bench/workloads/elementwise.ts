/** Element-wise ops, reductions and the movement of memory. */
import * as torch from '../../../index.js';
import { type Workload, workload } from '../workload.js';

const SIZES = [1 << 10, 1 << 16, 1 << 20, 1 << 24];
const ROWS = 4 * 4096 * 1024;
const SQUARE = 4 * 2048 * 2048;
const CHAIN = 1 << 22;

/** One op at every size; `tensors`: how many of that size it reads and writes. */
function pointwise(name: string, n: number, tensors: number, make: (n: number) => () => unknown): Workload {
  return workload(`${name}/${n}`, { bytes: 4 * n * tensors }, () => make(n));
}

/** Rows of 4096 x 1024; `passes`: how often that much memory is read or written. */
function rows(name: string, passes: number, make: (a: torch.Tensor) => () => unknown): Workload {
  return workload(`${name}/4096x1024`, { bytes: passes * ROWS }, () => make(torch.randn(4096, 1024)));
}

export const elementwise: Workload[] = [
  ...SIZES.flatMap((n) => [
    pointwise('add', n, 3, () => {
      const [a, b] = [torch.randn(n), torch.randn(n)];
      return () => a.add(b);
    }),
    pointwise('exp', n, 2, () => {
      const a = torch.randn(n);
      return () => a.exp();
    }),
    pointwise('tanh', n, 2, () => {
      const a = torch.randn(n);
      return () => a.tanh();
    }),
    pointwise('gelu', n, 2, () => {
      const a = torch.randn(n);
      return () => torch.nn.functional.gelu(a);
    }),
    pointwise('sum', n, 1, () => {
      const a = torch.randn(n);
      return () => a.sum();
    }),
  ]),
  workload('add_transposed/2048', { bytes: 3 * SQUARE }, () => {
    const [a, b] = [torch.randn(2048, 2048), torch.randn(2048, 2048).t()];
    return () => a.add(b);
  }),
  rows('add_broadcast_row', 2, (a) => {
    const b = torch.randn(1024);
    return () => a.add(b);
  }),
  workload('contiguous_of_transpose/2048', { bytes: 2 * SQUARE }, () => {
    const a = torch.randn(2048, 2048).t();
    return () => a.contiguous();
  }),
  rows('sum_dim0', 1, (a) => () => a.sum(0)),
  rows('sum_dim1', 1, (a) => () => a.sum(1)),
  rows('softmax', 2, (a) => () => a.softmax(-1)),
  workload(
    'layer_norm/4096x1024',
    { bytes: 2 * ROWS },
    (layerNorm) => {
      const [a, weight, bias] = [torch.randn(4096, 1024), torch.randn(1024), torch.randn(1024)];
      return () => layerNorm(a, [1024], weight, bias);
    },
    ['nn.functional.layer_norm'],
  ),
  workload(`chain8_pointwise/${CHAIN}`, { bytes: 2 * 4 * CHAIN }, () => {
    const [a, b] = [torch.randn(CHAIN), torch.randn(CHAIN)];
    return () => a.mul(b).add(a).tanh().mul(0.5).add(b).sigmoid().mul(a).sub(b);
  }),
  workload(
    'sort/1000000',
    { calls: 1 },
    (sort) => {
      const a = torch.randn(1000000);
      return () => sort(a);
    },
    ['sort'],
  ),
  workload(
    'topk/4096x1024_k10',
    { calls: 1 },
    (topk) => {
      const a = torch.randn(4096, 1024);
      return () => topk(a, 10);
    },
    ['topk'],
  ),
  rows('cumsum', 2, (a) => () => a.cumsum(1)),
  workload('gather_rows/50000x256', { bytes: 2 * 4 * 8192 * 256 }, () => {
    const [table, chosen] = [torch.randn(50000, 256), torch.randint(0, 50000, [8192])];
    return () => table.index(chosen);
  }),
  workload('randn/1048576', { bytes: 4 << 20 }, () => () => torch.randn(1 << 20)),
];
