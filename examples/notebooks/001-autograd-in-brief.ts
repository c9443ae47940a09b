/** Autograd in brief: the tutorial's steps in fewer cells, and `detach()`. */

import * as torch from 'strided';
import { notebook, print } from './python';

let x: torch.Tensor;
let y: torch.Tensor;
let z: torch.Tensor;
let a: torch.Tensor;
let b: torch.Tensor;
let v: torch.Tensor;
let out: torch.Tensor;

export const cells = notebook(module, [
  () => {
    // import torch: above
  },
  () => {
    x = torch.ones(2, 2, { requires_grad: true });
    print(x);
  },
  () => {
    y = x.add(2);
    print(y);
    print(y.grad_fn);
  },
  () => {
    z = y.mul(y).mul(3);
    out = z.mean();

    print(z, '\n', out);
  },
  () => {
    a = torch.randn(2, 2);
    a = a.mul(3).div(a.sub(1));
    print(a.requires_grad);
    a.requires_grad_(true);
    print(a.requires_grad);
    b = a.mul(a).sum();
    print(b.grad_fn);
  },
  () => {
    out.backward();
    print(x.grad);
  },
  () => {
    x = torch.randn(3, { requires_grad: true });

    y = x.mul(2);
    // while y.data.norm() < 1000:
    while (y.data.norm().item() < 1000) {
      y = y.mul(2);
    }

    print(y);

    v = torch.tensor([0.1, 1.0, 0.0001], { dtype: torch.float });
    y.backward(v);

    print(x.grad);
  },
  () => {
    print(x.requires_grad);
    print(x.pow(2).requires_grad);

    torch.no_grad(() => {
      print(x.pow(2).requires_grad);
    });
  },
  () => {
    print(x.requires_grad);
    y = x.detach();
    print(y.requires_grad);
    print(x.eq(y).all());
  },
]);
