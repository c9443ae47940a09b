/** autograd/*: what a graph costs per node; in a process of its own. */
import * as torch from '../../../index.js';
import type { ProcessWorkload } from '../workload.js';

const NODES = 1_000_000;

/** Microseconds per node of a chain of additions, forward and backward together. */
function chain(): number[] {
  const x = torch.ones(1, { requires_grad: true });
  return Array.from({ length: 4 }, () => {
    x.grad = null;
    const start = performance.now();
    let y: torch.Tensor = x;
    for (let i = 0; i < NODES; i++) y = y.add(0.1);
    y.backward();
    return ((performance.now() - start) * 1000) / NODES;
  });
}

export const autograd: ProcessWorkload[] = [{ name: 'autograd/chain_1000000', unit: 'us', run: chain }];
