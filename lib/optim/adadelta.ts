import { ValueError } from '../errors.js';
import { repr } from '../nn/repr.js';
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

export interface AdadeltaOptions extends CommonOptions {
  rho: number;
  eps: number;
}

interface AdadeltaState {
  step: Tensor;
  square_avg: Tensor;
  acc_delta: Tensor;
}

const adadelta = signature(
  'Adadelta',
  (
    params: Params<AdadeltaOptions>,
    lr: number | Tensor = 1,
    rho: number = 0.9,
    eps: number = 1e-6,
    weight_decay: number = 0,
    foreach: boolean | null = null,
    capturable: boolean = false,
    maximize: boolean = false,
    differentiable: boolean = false,
  ) => ({ params, lr, rho, eps, weight_decay, foreach, capturable, maximize, differentiable }),
);

/**
 * Adadelta (Zeiler, 2012): steps of lr g sqrt(u + eps) / sqrt(v + eps), with running averages v of the squared gradient
 * and u of the squared steps. Invalid options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Adadelta(net.parameters());
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(...args: ArgsOf<typeof adadelta>) {
    const { params, ...options } = adadelta.bind(args);
    const { rho, eps, weight_decay } = options;
    checkLearningRate(options.lr);
    if (!(rho >= 0 && rho <= 1)) throw new ValueError(`Invalid rho value: ${repr(rho)}`);
    checkNotNegative({ epsilon: eps, weight_decay });
    refuseDifferentiable('Adadelta', options);
    super(params, options);
  }

  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<AdadeltaOptions>): void {
    const { rho, eps, weight_decay } = group;
    const state = this._state_of<AdadeltaState>(param, () => ({
      step: counter(0),
      square_avg: zeros_like(param),
      acc_delta: zeros_like(param),
    }));
    advance(state.step);
    const grad = weight_decay === 0 ? gradient : gradient.add(param, { alpha: weight_decay });
    state.square_avg.mul_(rho).addcmul_(grad, grad, { value: 1 - rho });
    const root = state.square_avg.add(eps).sqrt();
    const delta = state.acc_delta.add(eps).sqrt().div_(root).mul_(grad);
    state.acc_delta.mul_(rho).addcmul_(delta, delta, { value: 1 - rho });
    param.add_(delta, { alpha: -scalar(group.lr) });
  }
}
