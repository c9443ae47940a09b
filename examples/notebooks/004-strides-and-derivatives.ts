/** Strides and derivatives: a transposed view that is written through, a numerical limit, and the same by autograd. */

import * as torch from 'strided';
import { notebook, print } from './python';

/** As much of numpy as the notebook uses. */
class NdArray {
  constructor(private readonly values: number[]) {}

  toString(): string {
    return `array([${this.values.join(', ')}])`;
  }
}

const np = {
  array: (values: number[]) => new NdArray(values),
  arange: (start: number, stop: number, step: number) =>
    Array.from({ length: Math.ceil((stop - start) / step) }, (_, i) => start + i * step),
};

let x: torch.Tensor;
let y: torch.Tensor;
let u: torch.Tensor;
let z: torch.Tensor;
let A: torch.Tensor;
let B: torch.Tensor;
let out: torch.Tensor;
let dy_dx: torch.Tensor | null;
let f: (x: number) => number;
let dump: (kwargs: Record<string, unknown>) => unknown;

export const cells = notebook(module, [
  () => {
    // import torch, import numpy as np: above
  },
  () => torch.__version__,
  () => np.array([10]),
  () => {
    x = torch.tensor([2.0], { requires_grad: true });
    y = torch.sin(x);
    y.backward();
    print(x.grad);
  },
  () => x.stride(),
  () => {
    A = torch.ones(10, 10);
    B = A.t();
    print(A.stride(), B.stride());
  },
  () => {
    B[1] = 10;
    return A;
  },
  () => {
    dump = (kwargs) => kwargs; // dump = lambda **kwargs: kwargs
  },
  () => dump({ x: 3, c: 4 }),
  () => {
    f = (x) => 3 * x ** 2 - 4 * x;
  },
  () => {
    // for h in 10**np.arange(-1, -6, -1, dtype=float):
    for (const h of np.arange(-1, -6, -1).map((exponent) => 10 ** exponent)) {
      print(`h=${h.toFixed(5)}, numerical limit= ${((f(1 + h) - f(1)) / h).toFixed(5)}`);
    }
  },
  () => {
    x = torch.arange(4.0, { requires_grad: true });
    y = torch.mul(2, x).matmul(x); // y = 2 * x @ x
    y.backward();
    dy_dx = x.grad;
    return [y, dy_dx];
  },
  () => x.grad?.eq(torch.mul(4, x)), // x.grad == 4*x
  () => {
    x.grad?.zero_();
    y = torch.mul(2, x.sum());
    y.backward();
    return x.grad;
  },
  () => y,
  () => x.sum(),
  () => {
    x.grad?.zero_();
    y = x.mul(x);
    y.backward({ gradient: torch.ones(y.size(0)) }); // y.backward(gradient=torch.ones(len(y)))
    return x.grad;
  },
  () => y,
  () => {
    x.grad?.zero_();
    y = x.mul(x);
    u = y.detach();
    z = u.mul(x);

    out = z.sum();
    out.backward();

    return x.grad?.eq(u); // x.grad == u
  },
]);
