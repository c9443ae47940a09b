/** threads/*: what sharing work between threads costs, idle and on a busy machine; each in a process of its own. */
import { spawn } from 'node:child_process';
import * as torch from '../../../index.js';
import type { ProcessWorkload } from '../workload.js';

const REGIONS = 10_000;

/** Microseconds of a parallel region in which every thread has nothing to do. */
function region(): number[] {
  return Array.from({ length: 15 }, () => {
    const start = performance.now();
    torch._C.binary.emptyRegions(REGIONS);
    return ((performance.now() - start) * 1e3) / REGIONS;
  });
}

/** Time of `call` with the threads set divided by that with one, best of twenty turns, beside two busy processes. */
function beside(call: () => unknown, times: number): number[] {
  const threads = torch.get_num_threads();
  const busy = [0, 1].map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  try {
    const best = new Map<number, number>();
    for (let turn = 0; turn <= 20; turn++) {
      for (const count of [1, threads]) {
        torch.set_num_threads(count);
        const start = performance.now();
        for (let i = 0; i < times; i++) call();
        if (turn > 0) best.set(count, Math.min(best.get(count) ?? Infinity, performance.now() - start));
      }
    }
    return [best.get(threads)! / best.get(1)!];
  } finally {
    for (const child of busy) child.kill('SIGKILL');
    torch.set_num_threads(threads);
  }
}

export const threads: ProcessWorkload[] = [
  { name: 'threads/region', unit: 'us', run: region },
  {
    name: 'threads/busy_exp_262144',
    unit: 'x',
    run: () => {
      const x = torch.randn(1 << 18);
      return beside(() => x.exp(), 200);
    },
  },
  {
    name: 'threads/busy_matmul_512',
    unit: 'x',
    run: () => {
      const [a, b] = [torch.randn(512, 512), torch.randn(512, 512)];
      return beside(() => a.mm(b), 20);
    },
  },
];
