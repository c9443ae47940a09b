import { type ArgsOf, signature } from '../nn/signature.js';
import { zeros_like } from '../ops/index.js';
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

export interface RAdamOptions extends CommonOptions {
  betas: readonly [number, number];
  eps: number;
  decoupled_weight_decay: boolean;
}

interface RAdamState {
  step: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

const radam = signature(
  'RAdam',
  (
    params: Params<RAdamOptions>,
    lr: number | Tensor = 1e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps: number = 1e-8,
    weight_decay: number = 0,
    decoupled_weight_decay: boolean = false,
    foreach: boolean | null = null,
    maximize: boolean = false,
    capturable: boolean = false,
    differentiable: boolean = false,
  ) => ({
    params,
    lr,
    betas,
    eps,
    weight_decay,
    decoupled_weight_decay,
    foreach,
    maximize,
    capturable,
    differentiable,
  }),
);

/**
 * Rectified Adam (Liu and others, 2020): plain momentum until the variance of the step size is known well enough
 * (rho > 5), then Adam with a factor that rectifies it. Invalid options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.RAdam(net.parameters());
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(...args: ArgsOf<typeof radam>) {
    const { params, ...options } = radam.bind(args);
    checkLearningRate(options.lr);
    checkNotNegative({ epsilon: options.eps });
    checkBetas(options.betas);
    checkNotNegative({ weight_decay: options.weight_decay });
    refuseDifferentiable('RAdam', options);
    super(params, options);
  }

  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<RAdamOptions>): void {
    const { eps, weight_decay } = group;
    const [beta1, beta2] = group.betas;
    const lr = scalar(group.lr);
    const state = this._state_of<RAdamState>(param, () => ({
      step: counter(0),
      exp_avg: zeros_like(param),
      exp_avg_sq: zeros_like(param),
    }));
    const step = advance(state.step);
    let grad = gradient;
    if (weight_decay !== 0 && group.decoupled_weight_decay) param.mul_(1 - lr * weight_decay);
    else if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });

    state.exp_avg.lerp_(grad, 1 - beta1);
    state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
    const correction2 = 1 - beta2 ** step;
    const update = state.exp_avg.div(1 - beta1 ** step).mul_(lr);
    // The length of the average that has the variance of this one, at the limit and now.
    const limit = 2 / (1 - beta2) - 1;
    const rho = limit - (2 * step * beta2 ** step) / correction2;
    if (rho > 5) {
      const rectify = Math.sqrt(((rho - 4) * (rho - 2) * limit) / ((limit - 4) * (limit - 2) * rho));
      const adaptive = state.exp_avg_sq.sqrt().add_(eps).reciprocal_().mul_(Math.sqrt(correction2));
      update.mul_(adaptive).mul_(rectify);
    }
    param.add_(update, { alpha: -1 });
  }
}
