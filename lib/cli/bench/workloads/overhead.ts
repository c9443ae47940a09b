/** overhead/*: what a call costs when its work is next to nothing. */
import * as torch from '../../../index.js';
import { recorded, trainStep, type Workload } from '../workload.js';

const { nn, optim } = torch;

/** SGD on a network 2-16-1 with a batch of 4. */
export function microMlpStep(): () => void {
  const model = new nn.Sequential(new nn.Linear(2, 16), new nn.ReLU(), new nn.Linear(16, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.01 });
  const [x, y] = [torch.randn(4, 2), torch.randn(4, 1)];
  return trainStep(optimizer, () => nn.functional.mse_loss(model(x), y));
}

export const overhead: Workload[] = [
  recorded('overhead/add', { calls: 1 }, () => {
    const x = torch.randn(4);
    return () => x.add(2);
  }),
  recorded('overhead/add_grad', { calls: 1 }, () => {
    const x = torch.randn(4, { requires_grad: true });
    return () => x.add(2);
  }),
  recorded('overhead/view', { calls: 1 }, () => {
    const x = torch.randn(4, 4);
    return () => x.t();
  }),
  recorded('overhead/item', { calls: 1 }, () => {
    const x = torch.randn(1);
    return () => x.item();
  }),
  recorded('overhead/shape', { calls: 1 }, () => {
    const x = torch.randn(4, 4);
    return () => x.shape;
  }),
  recorded('overhead/chain20_backward', { calls: 40 }, () => {
    const x = torch.randn(4, { requires_grad: true });
    return () => {
      x.grad = null;
      let y = x;
      for (let i = 0; i < 10; i++) y = y.mul(1.01).add(0.1);
      y.sum().backward();
    };
  }),
  recorded('overhead/micro_mlp_step', { calls: 1 }, microMlpStep),
];
