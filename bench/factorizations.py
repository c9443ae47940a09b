"""PyTorch's side of the workloads linalg/*: python factorizations.py THREADS prints lines as --json does."""
import json
import statistics
import sys
import time

import torch

torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
L = torch.linalg
FACTORS = {
    "cholesky": lambda a, positive, b: L.cholesky(positive),
    "lu_factor": lambda a, positive, b: L.lu_factor(a),
    "solve": lambda a, positive, b: L.solve(a, b),
    "inv": lambda a, positive, b: L.inv(a),
    "solve_triangular": lambda a, positive, b: L.solve_triangular(a, b, upper=True),
    "qr": lambda a, positive, b: L.qr(a),
    "lstsq": lambda a, positive, b: L.lstsq(a, b),
    "eigh": lambda a, positive, b: L.eigh(positive),
    "svd": lambda a, positive, b: L.svd(a),
    "pinv": lambda a, positive, b: L.pinv(a),
}


def measure(call):
    call()
    start = time.perf_counter()
    call()
    batch = max(1, int(0.02 / max(time.perf_counter() - start, 1e-9)))
    samples = []
    for _ in range(15):
        start = time.perf_counter()
        for _ in range(batch):
            call()
        samples.append((time.perf_counter() - start) / batch * 1e6)
    return min(samples), statistics.median(samples)


for name, run in FACTORS.items():
    for size, shape in (("1000x8x8", (1000, 8, 8)), ("64", (64, 64)), ("512", (512, 512))):
        a, b = torch.randn(*shape), torch.randn(*shape)
        eye = torch.eye(shape[-1]) * shape[-1]
        positive, regular = a @ a.mT + eye, a + eye
        with torch.no_grad():
            least, median = measure(lambda: run(regular, positive, b))
        print(json.dumps({"name": f"linalg/{name}_{size}", "unit": "us", "min": least, "median": median}), flush=True)
