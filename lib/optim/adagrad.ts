import { type ArgsOf, signature } from '../nn/signature.js';
import { full_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { advance, checkLearningRate, checkNotNegative, counter, refuseDifferentiable } from './checks.js';
import { Batches, fused } from './fused.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface AdagradOptions {
  lr: number | Tensor;
  lr_decay: number;
  eps: number;
  weight_decay: number;
  initial_accumulator_value: number;
  foreach: boolean | null;
  maximize: boolean;
  differentiable: boolean;
  fused: boolean | null;
}

interface AdagradState {
  step: Tensor;
  sum: Tensor;
}

const adagrad = signature(
  'Adagrad',
  (
    params: Params<AdagradOptions>,
    lr: number | Tensor = 1e-2,
    lr_decay: number = 0,
    weight_decay: number = 0,
    initial_accumulator_value: number = 0,
    eps: number = 1e-10,
    foreach: boolean | null = null,
    maximize: boolean = false,
    differentiable: boolean = false,
    fused: boolean | null = null,
  ) => ({
    params,
    lr,
    lr_decay,
    weight_decay,
    initial_accumulator_value,
    eps,
    foreach,
    maximize,
    differentiable,
    fused,
  }),
);

/**
 * Adagrad (Duchi, Hazan and Singer, 2011): steps of lr g / (sqrt(s) + eps), with the sum s of all squared gradients;
 * `lr_decay` shrinks lr to lr / (1 + (step - 1) lr_decay). Negative options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Adagrad(net.parameters(), { lr: 0.1 });
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(...args: ArgsOf<typeof adagrad>) {
    const { params, ...options } = adagrad.bind(args);
    checkLearningRate(options.lr);
    const { lr_decay, weight_decay, initial_accumulator_value, eps } = options;
    checkNotNegative({ lr_decay, weight_decay, initial_accumulator_value, epsilon: eps });
    refuseDifferentiable('Adagrad', options);
    super(params, options);
    // Unlike other optimizers, this one has its state from the start.
    for (const group of this.param_groups) for (const param of group.params) this.#stateOf(param, group);
  }

  #stateOf(param: Tensor, group: AdagradOptions): AdagradState {
    return this._state_of(param, () => ({
      step: counter(0),
      sum: full_like(param, group.initial_accumulator_value).requires_grad_(false),
    }));
  }

  override _step_group(group: ParamGroup<AdagradOptions>): void {
    const { weight_decay, eps, maximize } = group;
    const batches = new Batches();
    for (const param of group.params) {
      const { gradient } = param;
      if (!gradient) continue;
      const state = this.#stateOf(param, group);
      const step = advance(state.step);
      if (batches.take(step, param, gradient, [state.sum])) continue;
      // A parameter that the native kernels cannot take.
      let grad = maximize ? gradient.neg() : gradient;
      if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
      const root = state.sum.addcmul_(grad, grad, { value: 1 }).sqrt().add_(eps);
      param.addcdiv_(grad, root, { value: -rateAt(step, group) });
    }
    const sign = maximize ? -1 : 1;
    for (const batch of batches) fused.adagrad(batch, sign, rateAt(batch.key, group), weight_decay, eps);
  }
}

const rateAt = (step: number, { lr, lr_decay }: AdagradOptions): number => scalar(lr) / (1 + (step - 1) * lr_decay);
