/** Leaves and gradients: accumulation, a view's gradient, results under `no_grad`, and changing `.data`. */

import * as torch from 'strided';
import { notebook, print } from './python';

let x: torch.Tensor;
let y: torch.Tensor;
let z: torch.Tensor;
let a: torch.Tensor;
let b: torch.Tensor;
let v: torch.Tensor;
let y1: torch.Tensor;
let y2: torch.Tensor;
let y3: torch.Tensor;
let out: torch.Tensor;
let out2: torch.Tensor;
let out3: torch.Tensor;

export const cells = notebook(module, [
  () => {
    // import torch: above
    print(torch.__version__);
  },
  () => {
    x = torch.ones(2, 2, { requires_grad: true });
    print(x);
    print(x.grad_fn);
  },
  () => {
    y = x.add(2);
    print(y);
    print(y.grad_fn);
  },
  () => {
    print(x.is_leaf, y.is_leaf);
  },
  () => {
    z = y.mul(y).mul(3);
    out = z.mean();
    print(z, out);
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
    out2 = x.sum();
    out2.backward();
    print(x.grad);

    out3 = x.sum();
    x.grad?.data.zero_();
    out3.backward();
    print(x.grad);
  },
  () => {
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], { requires_grad: true });
    y = torch.mul(2, x);
    z = y.view(2, 2);
    print(z);
  },
  () => {
    v = torch.tensor(
      [
        [1.0, 0.1],
        [0.01, 0.001],
      ],
      { dtype: torch.float },
    );
    z.backward(v);

    print(x.grad);
  },
  () => {
    x = torch.tensor(1.0, { requires_grad: true });
    y1 = x.pow(2);
    torch.no_grad(() => {
      y2 = x.pow(3);
    });
    y3 = y1.add(y2);

    print(x, x.requires_grad);
    print(y1, y1.requires_grad);
    print(y2, y2.requires_grad);
    print(y3, y3.requires_grad);
  },
  () => {
    y3.backward();
    print(x.grad);
  },
  () => {
    x = torch.ones(1, { requires_grad: true });

    print(x.data);
    print(x.data.requires_grad);

    y = torch.mul(2, x);
    x.data.mul_(100); // x.data *= 100

    y.backward();
    print(x);
    print(x.grad);
  },
]);
