/**
 * Automatic differentiation: gradients that accumulate, non-scalar results, `detach()`, and gradients of control flow.
 */

import * as torch from 'strided';
import { notebook } from './python';

let x: torch.Tensor;
let y: torch.Tensor;
let u: torch.Tensor;
let z: torch.Tensor;
let a: torch.Tensor;
let d: torch.Tensor;
let f: (a: torch.Tensor) => torch.Tensor;

export const cells = notebook(module, [
  () => {
    // import torch: above
  },
  () => {
    x = torch.arange(4.0);
  },
  () => x,
  () => x.requires_grad_(true),
  () => x.grad,
  () => {
    y = torch.mul(2, torch.dot(x, x)); // y = 2 * torch.dot(x, x)
  },
  () => y,
  () => y.backward(),
  () => x.grad,
  () => x.grad?.eq(torch.mul(4, x)), // x.grad == 4 * x
  () => x.grad?.zero_(),
  () => x,
  () => {
    y = x.sum();
  },
  () => y.backward(),
  () => x.grad,
  () => x,
  () => x.grad?.zero_(),
  () => {
    y = x.mul(x);
  },
  () => y.backward({ gradient: torch.ones(y.size(0)) }), // y.backward(gradient=torch.ones(len(y)))
  () => x.grad,
  () => x.grad?.zero_(),
  () => {
    y = x.mul(x);
  },
  () => {
    u = y.detach();
  },
  () => {
    z = u.mul(x);
  },
  () => z.sum().backward(),
  () => x.grad,
  () => x.grad?.eq(u), // x.grad == u
  () => x.grad?.zero_(),
  () => y.sum().backward(),
  () => x.grad,
  () => x.grad?.eq(torch.mul(2, x)),
  () => {
    f = (a) => {
      let b = a.mul(2);

      // while b.norm() < 1000:
      while (b.norm().item() < 1000) {
        b = b.mul(2);
      }

      // if b.sum() > 0:
      let c: torch.Tensor;
      if (b.sum().item() > 0) {
        c = b;
      } else {
        c = torch.mul(100, b);
      }

      return c;
    };
  },
  () => {
    a = torch.randn({ size: [], requires_grad: true });
  },
  () => {
    d = f(a);
  },
  () => d.backward(),
  () => d,
  () => a,
  () => a.grad,
  () => a.grad?.eq(d.div(a)), // a.grad == d / a
]);
