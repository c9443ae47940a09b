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
import { Batches, fused } from './fused.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface RMSpropOptions extends CommonOptions {
  alpha: number;
  eps: number;
  momentum: number;
  centered: boolean;
}

interface RMSpropState {
  step: Tensor;
  square_avg: Tensor;
  momentum_buffer?: Tensor;
  grad_avg?: Tensor;
}

const rmsprop = signature(
  'RMSprop',
  (
    params: Params<RMSpropOptions>,
    lr: number | Tensor = 1e-2,
    alpha: number = 0.99,
    eps: number = 1e-8,
    weight_decay: number = 0,
    momentum: number = 0,
    centered: boolean = false,
    capturable: boolean = false,
    foreach: boolean | null = null,
    maximize: boolean = false,
    differentiable: boolean = false,
  ) => ({
    params,
    lr,
    alpha,
    eps,
    weight_decay,
    momentum,
    centered,
    capturable,
    foreach,
    maximize,
    differentiable,
  }),
);

/**
 * RMSprop (Hinton): steps of lr g / (sqrt(v) + eps), with a running average v of the squared gradient; `centered` takes
 * the variance instead. Options may be given by group; negative ones are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.RMSprop(net.parameters(), { lr: 0.01, momentum: 0.9 });
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(...args: ArgsOf<typeof rmsprop>) {
    const { params, ...options } = rmsprop.bind(args);
    checkLearningRate(options.lr);
    const { eps, momentum, weight_decay, alpha } = options;
    checkNotNegative({ epsilon: eps, momentum, weight_decay, alpha });
    refuseDifferentiable('RMSprop', options);
    super(params, options);
  }

  #stateOf(param: Tensor, { momentum, centered }: RMSpropOptions): RMSpropState {
    return this._state_of(param, () => ({
      step: counter(0),
      square_avg: zeros_like(param),
      ...(momentum > 0 ? { momentum_buffer: zeros_like(param) } : {}),
      ...(centered ? { grad_avg: zeros_like(param) } : {}),
    }));
  }

  override _step_group(group: ParamGroup<RMSpropOptions>): void {
    const { alpha, eps, momentum, weight_decay, centered } = group;
    const batches = new Batches();
    for (const param of group.params) {
      const { gradient } = param;
      if (!gradient) continue;
      const state = this.#stateOf(param, group);
      advance(state.step);
      const { grad_avg, momentum_buffer } = state;
      const states = [state.square_avg, centered ? grad_avg : undefined, momentum > 0 ? momentum_buffer : undefined];
      if (!batches.take(0, param, gradient, states)) this._update(param, gradient, group);
    }
    const sign = group.maximize ? -1 : 1;
    for (const batch of batches) fused.rmsprop(batch, sign, scalar(group.lr), alpha, eps, weight_decay, momentum);
  }

  // For one parameter that the native kernels cannot take.
  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<RMSpropOptions>): void {
    const { alpha, eps, momentum, weight_decay, centered } = group;
    const state = this.#stateOf(param, group);
    let grad = group.maximize ? gradient.neg() : gradient;
    if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
    let average = state.square_avg.mul_(alpha).addcmul_(grad, grad, { value: 1 - alpha });
    if (centered && state.grad_avg) {
      const mean = state.grad_avg.lerp_(grad, 1 - alpha);
      average = average.addcmul(mean, mean, { value: -1 });
    }
    const root = average.sqrt().add_(eps);
    const lr = scalar(group.lr);
    if (momentum > 0 && state.momentum_buffer) {
      param.add_(state.momentum_buffer.mul_(momentum).addcdiv_(grad, root), { alpha: -lr });
    } else {
      param.addcdiv_(grad, root, { value: -lr });
    }
  }
}
