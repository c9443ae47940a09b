/** Matrix products, convolutions and attention. */
import * as torch from '../../../index.js';
import { recorded, type Workload, workload } from '../workload.js';

const SIZES = [32, 64, 128, 256, 512, 1024, 2048];

/** Batch, channels in and out, height and width, kernel, stride, padding. */
// biome-ignore format: table
const CONVOLUTIONS: Record<string, [number, number, number, number, number, number, number]> = {
  '3x3_64_56':      [ 8,  64,  64,  56, 3, 1, 1],
  '1x1_256_14':     [ 8, 256, 256,  14, 1, 1, 0],
  '3x3s2_128_28':   [ 8, 128, 256,  28, 3, 2, 1],
  '7x7s2_3_112':    [ 4,   3,  64, 112, 7, 2, 3],
  '3x3_1_28_lenet': [64,   1,  32,  28, 3, 1, 1],
};

function convolution(key: string): Workload[] {
  const [n, ci, co, size, k, stride, padding] = CONVOLUTIONS[key]!;
  const out = Math.floor((size + 2 * padding - k) / stride) + 1;
  const flop = 2 * n * co * ci * k * k * out * out;
  const needs = ['nn.functional.conv2d'];
  return [
    workload(
      `conv2d/${key}`,
      { flop },
      (conv2d) => {
        const [x, w] = [torch.randn(n, ci, size, size), torch.randn(co, ci, k, k)];
        return () => conv2d(x, w, null, stride, padding);
      },
      needs,
    ),
    recorded(
      `conv2d_train/${key}`,
      { flop: 3 * flop },
      (conv2d) => {
        const x = torch.randn(n, ci, size, size, { requires_grad: true });
        const w = torch.randn(co, ci, k, k, { requires_grad: true });
        return () => {
          x.grad = w.grad = null;
          conv2d(x, w, null, stride, padding).sum().backward();
        };
      },
      needs,
    ),
  ];
}

export const products: Workload[] = [
  ...SIZES.map((n) =>
    workload(`matmul/${n}`, { flop: 2 * n ** 3 }, () => {
      const [a, b] = [torch.randn(n, n), torch.randn(n, n)];
      return () => a.matmul(b);
    }),
  ),
  workload('matmul_tn/1024', { flop: 2 * 1024 ** 3 }, () => {
    const [a, b] = [torch.randn(1024, 1024).t(), torch.randn(1024, 1024)];
    return () => a.matmul(b);
  }),
  workload('linear/128x784x512', { flop: 2 * 128 * 784 * 512 }, () => {
    const [x, w, b] = [torch.randn(128, 784), torch.randn(512, 784), torch.randn(512)];
    return () => torch.nn.functional.linear(x, w, b);
  }),
  workload('matvec/4096', { flop: 2 * 4096 ** 2 }, () => {
    const [a, x] = [torch.randn(4096, 4096), torch.randn(4096)];
    return () => a.matmul(x);
  }),
  workload('bmm/64x128x64x128', { flop: 2 * 64 * 128 * 64 * 128 }, () => {
    const [a, b] = [torch.randn(64, 128, 64), torch.randn(64, 64, 128)];
    return () => torch.bmm(a, b);
  }),
  workload('matmul_f64/512', { flop: 2 * 512 ** 3 }, () => {
    const [a, b] = [torch.randn(512, 512).double(), torch.randn(512, 512).double()];
    return () => a.matmul(b);
  }),
  workload('matmul_bf16/1024', { flop: 2 * 1024 ** 3 }, () => {
    const [a, b] = [torch.randn(1024, 1024).bfloat16(), torch.randn(1024, 1024).bfloat16()];
    return () => a.matmul(b);
  }),
  ...Object.keys(CONVOLUTIONS).flatMap(convolution),
  workload(
    'attention/8x4x256x64',
    { flop: 4 * 8 * 4 * 256 * 256 * 64 },
    (attention) => {
      const [q, k, v] = [0, 1, 2].map(() => torch.randn(8, 4, 256, 64));
      return () => attention(q, k, v, { is_causal: true });
    },
    ['nn.functional.scaled_dot_product_attention'],
  ),
];
