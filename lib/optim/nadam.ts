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

export interface NAdamOptions extends CommonOptions {
  betas: readonly [number, number];
  eps: number;
  momentum_decay: number;
  decoupled_weight_decay: boolean;
}

interface NAdamState {
  step: Tensor;
  mu_product: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
}

const nadam = signature(
  'NAdam',
  (
    params: Params<NAdamOptions>,
    lr: number | Tensor = 2e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps: number = 1e-8,
    weight_decay: number = 0,
    momentum_decay: number = 4e-3,
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
    momentum_decay,
    decoupled_weight_decay,
    foreach,
    maximize,
    capturable,
    differentiable,
  }),
);

/**
 * Adam with Nesterov momentum (Dozat, 2016), whose momentum grows towards beta1 as `momentum_decay` says. Invalid
 * options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.NAdam(net.parameters(), { lr: 0.002 });
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class NAdam extends Optimizer<NAdamOptions> {
  constructor(...args: ArgsOf<typeof nadam>) {
    const { params, ...options } = nadam.bind(args);
    const { weight_decay, momentum_decay } = options;
    checkLearningRate(options.lr);
    checkNotNegative({ epsilon: options.eps });
    checkBetas(options.betas);
    checkNotNegative({ weight_decay, momentum_decay });
    refuseDifferentiable('NAdam', options);
    super(params, options);
  }

  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<NAdamOptions>): void {
    const { eps, weight_decay, momentum_decay } = group;
    const [beta1, beta2] = group.betas;
    const lr = scalar(group.lr);
    const state = this._state_of<NAdamState>(param, () => ({
      step: counter(0),
      mu_product: counter(1),
      exp_avg: zeros_like(param),
      exp_avg_sq: zeros_like(param),
    }));
    const step = advance(state.step);
    let grad = gradient;
    if (weight_decay !== 0 && group.decoupled_weight_decay) param.mul_(1 - lr * weight_decay);
    else if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });

    const momentumAt = (at: number): number => beta1 * (1 - 0.5 * 0.96 ** (at * momentum_decay));
    const [mu, next] = [momentumAt(step), momentumAt(step + 1)];
    const product = scalar(state.mu_product.mul_(mu));
    state.exp_avg.lerp_(grad, 1 - beta1);
    state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
    const denominator = state.exp_avg_sq
      .div(1 - beta2 ** step)
      .sqrt()
      .add_(eps);
    param.addcdiv_(grad, denominator, { value: (-lr * (1 - mu)) / (1 - product) });
    param.addcdiv_(state.exp_avg, denominator, { value: (-lr * next) / (1 - product * next) });
  }
}
