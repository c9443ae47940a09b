"""PyTorch's side of the workload autograd/chain_1000000: microseconds per node, forward and backward together."""
import time

import torch

torch.set_num_threads(1)
NODES = 1_000_000
x = torch.ones(1, requires_grad=True)
best = float("inf")
for _ in range(4):
    x.grad = None
    start = time.perf_counter()
    y = x
    for _ in range(NODES):
        y = y.add(0.1)
    y.backward()
    best = min(best, (time.perf_counter() - start) * 1e6 / NODES)
    del y
print(f"autograd/chain_1000000 {best:.3f} us per node, forward and backward")
