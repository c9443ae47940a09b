/** Linear algebra beyond products; bench/factorizations.py is PyTorch's side. */
import * as torch from '../../../index.js';
import { type Workload, workload } from '../workload.js';

const SIZES = [64, 512];
const BATCH = 1000;

const { linalg } = torch;
type Factor = (A: torch.Tensor, positive: torch.Tensor, B: torch.Tensor) => unknown;
const FACTORS: Record<string, Factor> = {
  cholesky: (_, positive) => linalg.cholesky(positive),
  lu_factor: (A) => linalg.lu_factor(A),
  solve: (A, _, B) => linalg.solve(A, B),
  inv: (A) => linalg.inv(A),
  solve_triangular: (A, _, B) => linalg.solve_triangular(A, B, { upper: true }),
  qr: (A) => linalg.qr(A),
  lstsq: (A, _, B) => linalg.lstsq(A, B),
  eigh: (_, positive) => linalg.eigh(positive),
  svd: (A) => linalg.svd(A),
  pinv: (A) => linalg.pinv(A),
};

function factorization(name: string, run: Factor, size: string, shape: number[]): Workload {
  const n = shape.at(-1) as number;
  return workload(`linalg/${name}_${size}`, { calls: 1 }, () => {
    const [A, B] = [torch.randn(...shape), torch.randn(...shape)];
    const eye = torch.eye(n).mul(n);
    const positive = A.matmul(A.mT).add(eye);
    const regular = A.add(eye);
    return () => run(regular, positive, B);
  });
}

export const factorizations: Workload[] = Object.entries(FACTORS).flatMap(([name, run]) => [
  factorization(name, run, `${BATCH}x8x8`, [BATCH, 8, 8]),
  ...SIZES.map((n) => factorization(name, run, String(n), [n, n])),
]);
