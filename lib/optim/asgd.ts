import { type ArgsOf, signature } from '../nn/signature.js';
import { zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import {
  advance,
  type CommonOptions,
  checkLearningRate,
  checkNotNegative,
  counter,
  refuseDifferentiable,
} from './checks.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface ASGDOptions extends CommonOptions {
  lambd: number;
  alpha: number;
  t0: number;
}

interface ASGDState {
  step: Tensor;
  eta: Tensor;
  mu: Tensor;
  ax: Tensor;
}

const asgd = signature(
  'ASGD',
  (
    params: Params<ASGDOptions>,
    lr: number | Tensor = 1e-2,
    lambd: number = 1e-4,
    alpha: number = 0.75,
    t0: number = 1e6,
    weight_decay: number = 0,
    foreach: boolean | null = null,
    maximize: boolean = false,
    differentiable: boolean = false,
    capturable: boolean = false,
  ) => ({ params, lr, lambd, alpha, t0, weight_decay, foreach, maximize, differentiable, capturable }),
);

/**
 * Averaged stochastic gradient descent (Polyak and Juditsky, 1992): steps of lr / (1 + lambd lr step)^alpha; the state's
 * `ax` is the average of the parameters from step `t0` on. Negative lr and weight_decay are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.ASGD(net.parameters());
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class ASGD extends Optimizer<ASGDOptions> {
  constructor(...args: ArgsOf<typeof asgd>) {
    const { params, ...options } = asgd.bind(args);
    checkLearningRate(options.lr);
    checkNotNegative({ weight_decay: options.weight_decay });
    refuseDifferentiable('ASGD', options);
    super(params, options);
  }

  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<ASGDOptions>): void {
    const { lambd, alpha, t0, weight_decay } = group;
    const lr = scalar(group.lr);
    const state = this._state_of<ASGDState>(param, () => ({
      step: counter(0),
      eta: counter(lr),
      mu: counter(1),
      ax: zeros_like(param),
    }));
    const step = advance(state.step);
    const grad = weight_decay === 0 ? gradient : gradient.add(param, { alpha: weight_decay });
    const eta = scalar(state.eta);
    param.mul_(1 - lambd * eta).add_(grad, { alpha: -eta });
    const mu = scalar(state.mu);
    if (mu === 1) state.ax.copy_(param);
    else state.ax.add_(param.sub(state.ax).mul_(mu));
    state.eta.fill_(lr / (1 + lambd * lr * step) ** alpha);
    state.mu.fill_(1 / Math.max(1, step - t0));
  }
}
