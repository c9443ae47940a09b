import { ValueError } from '../errors.js';
import { repr } from '../nn/repr.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { full_like, where, zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { advance, checkLearningRate, counter, refuseDifferentiable } from './checks.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface RpropOptions {
  lr: number | Tensor;
  etas: readonly [number, number];
  step_sizes: readonly [number, number];
  capturable: boolean;
  foreach: boolean | null;
  maximize: boolean;
  differentiable: boolean;
}

interface RpropState {
  step: Tensor;
  prev: Tensor;
  step_size: Tensor;
}

const rprop = signature(
  'Rprop',
  (
    params: Params<RpropOptions>,
    lr: number | Tensor = 1e-2,
    etas: readonly [number, number] = [0.5, 1.2],
    step_sizes: readonly [number, number] = [1e-6, 50],
    capturable: boolean = false,
    foreach: boolean | null = null,
    maximize: boolean = false,
    differentiable: boolean = false,
  ) => ({ params, lr, etas, step_sizes, capturable, foreach, maximize, differentiable }),
);

/**
 * Resilient backpropagation (Riedmiller and Braun, 1993), for full batches: each element steps by a size of its own
 * against the sign of its gradient; the size is multiplied by `etas[1]` while the sign stays and by `etas[0]` where it
 * turned, within `step_sizes`. Invalid options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Rprop(net.parameters());
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Rprop extends Optimizer<RpropOptions> {
  constructor(...args: ArgsOf<typeof rprop>) {
    const { params, ...options } = rprop.bind(args);
    checkLearningRate(options.lr);
    const [minus, plus] = options.etas;
    if (!(0 < minus && minus < 1 && 1 < plus)) {
      throw new ValueError(`Invalid eta values: ${repr(minus)}, ${repr(plus)}`);
    }
    refuseDifferentiable('Rprop', options);
    super(params, options);
  }

  override _update(param: Tensor, gradient: Tensor, group: ParamGroup<RpropOptions>): void {
    const [minus, plus] = group.etas;
    const [smallest, largest] = group.step_sizes;
    const state = this._state_of<RpropState>(param, () => ({
      step: counter(0),
      prev: zeros_like(param),
      step_size: full_like(gradient, scalar(group.lr)),
    }));
    advance(state.step);
    const agreement = gradient.mul(state.prev);
    const turned = agreement.lt(0);
    const one = full_like(agreement, 1);
    const factor = where(turned, one.mul(minus), where(agreement.gt(0), one.mul(plus), one));
    state.step_size.mul_(factor).clamp_(smallest, largest);
    // Where the sign turned, this step is left out and the next one counts as agreeing with neither.
    const grad = gradient.masked_fill(turned, 0);
    param.addcmul_(grad.sign(), state.step_size, { value: -1 });
    state.prev.copy_(grad);
  }
}
