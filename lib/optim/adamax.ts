import { type ArgsOf, signature } from '../nn/signature.js';
import { maximum, zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import {
  advance,
  type CommonOptions,
  checkBetas,
  checkLearningRate,
  checkNotNegative,
  counter,
  refuseDifferentiable,
} from './checks.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface AdamaxOptions extends CommonOptions {
  betas: readonly [number, number];
  eps: number;
}

interface AdamaxState {
  step: Tensor;
  exp_avg: Tensor;
  exp_inf: Tensor;
}

const adamax = signature(
  'Adamax',
  (
    params: Params<AdamaxOptions>,
    lr: number | Tensor = 2e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps: number = 1e-8,
    weight_decay: number = 0,
    foreach: boolean | null = null,
    maximize: boolean = false,
    differentiable: boolean = false,
    capturable: boolean = false,
  ) => ({ params, lr, betas, eps, weight_decay, foreach, maximize, differentiable, capturable }),
);

/**
 * Adamax (Kingma and Ba, 2015): Adam with the infinity norm, steps of lr m / u, where u = max(beta2 u, |g| + eps).
 * Invalid options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Adamax(net.parameters());
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(...args: ArgsOf<typeof adamax>) {
    const { params, ...options } = adamax.bind(args);
    checkLearningRate(options.lr);
    checkNotNegative({ epsilon: options.eps });
    checkBetas(options.betas);
    checkNotNegative({ weight_decay: options.weight_decay });
    refuseDifferentiable('Adamax', options);
    super(params, options);
  }

  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<AdamaxOptions>): void {
    const { eps, weight_decay } = group;
    const [beta1, beta2] = group.betas;
    const state = this._state_of<AdamaxState>(param, () => ({
      step: counter(0),
      exp_avg: zeros_like(param),
      exp_inf: zeros_like(param),
    }));
    const step = advance(state.step);
    const grad = weight_decay === 0 ? gradient : gradient.add(param, { alpha: weight_decay });
    state.exp_avg.lerp_(grad, 1 - beta1);
    state.exp_inf.copy_(maximum(state.exp_inf.mul_(beta2), grad.abs().add_(eps)));
    param.addcdiv_(state.exp_avg, state.exp_inf, { value: -(scalar(group.lr) / (1 - beta1 ** step)) });
  }
}
