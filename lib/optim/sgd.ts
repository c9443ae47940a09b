import { ValueError } from '../errors.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { empty_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { checkLearningRate, checkNotNegative, refuseDifferentiable } from './checks.js';
import { Batches, fused } from './fused.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface SGDOptions {
  lr: number | Tensor;
  momentum: number;
  dampening: number;
  weight_decay: number;
  nesterov: boolean;
  maximize: boolean;
  foreach: boolean | null;
  differentiable: boolean;
  fused: boolean | null;
}

interface SGDState {
  momentum_buffer: Tensor | null;
}

const sgd = signature(
  'SGD',
  (
    params: Params<SGDOptions>,
    lr: number | Tensor = 1e-3,
    momentum: number = 0,
    dampening: number = 0,
    weight_decay: number = 0,
    nesterov: boolean = false,
    maximize: boolean = false,
    foreach: boolean | null = null,
    differentiable: boolean = false,
    fused: boolean | null = null,
  ) => ({ params, lr, momentum, dampening, weight_decay, nesterov, maximize, foreach, differentiable, fused }),
);

/**
 * Stochastic gradient descent, with momentum: b = momentum b + (1 - dampening) g, p = p - lr b.
 * Options may be given by group. Negative ones, and nesterov without momentum, are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.01, momentum: 0.9 });
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 * optimizer.zero_grad();
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(...args: ArgsOf<typeof sgd>) {
    const { params, ...options } = sgd.bind(args);
    checkLearningRate(options.lr);
    const { momentum, weight_decay } = options;
    checkNotNegative({ momentum, weight_decay });
    if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0)) {
      throw new ValueError('Nesterov momentum requires a momentum and zero dampening');
    }
    refuseDifferentiable('SGD', options);
    super(params, options);
  }

  override _step_group(group: ParamGroup<SGDOptions>): void {
    const { momentum, dampening, weight_decay, nesterov } = group;
    const batches = new Batches();
    for (const param of group.params) {
      const { gradient } = param;
      if (!gradient) continue;
      const state = momentum === 0 ? null : this._state_of<SGDState>(param, () => ({ momentum_buffer: null }));
      // The momentum starts as the first gradient.
      const first = state !== null && !state.momentum_buffer;
      const buffer = first ? empty_like(param) : (state?.momentum_buffer ?? undefined);
      if (!batches.take(first ? 1 : 0, param, gradient, [buffer])) updateSGD(param, gradient, state, group);
      else if (first) state.momentum_buffer = buffer as Tensor;
    }
    const [sign, lr] = [group.maximize ? -1 : 1, scalar(group.lr)];
    for (const batch of batches) {
      fused.sgd(batch, sign, lr, weight_decay, momentum, dampening, nesterov, batch.key === 1);
    }
  }
}

/** The same for one parameter that the native kernels cannot take. */
function updateSGD(param: Tensor, gradient: Tensor, state: SGDState | null, group: SGDOptions): void {
  const { momentum, weight_decay } = group;
  let grad = group.maximize ? gradient.neg() : gradient;
  if (weight_decay !== 0) grad = grad.add(param, { alpha: weight_decay });
  if (state !== null) {
    state.momentum_buffer =
      state.momentum_buffer?.mul_(momentum).add_(grad, { alpha: 1 - group.dampening }) ?? grad.detach().clone();
    grad = group.nesterov ? grad.add(state.momentum_buffer, { alpha: momentum }) : state.momentum_buffer;
  }
  param.add_(grad, { alpha: -scalar(group.lr) });
}
