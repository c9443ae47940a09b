import { type ArgsOf, signature } from '../nn/signature.js';
import { maximum, zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { advance, checkBetas, checkLearningRate, checkNotNegative, counter, refuseDifferentiable } from './checks.js';
import { type Batch, Batches, fused } from './fused.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface AdamOptions {
  lr: number | Tensor;
  betas: readonly [number, number];
  eps: number;
  weight_decay: number;
  amsgrad: boolean;
  maximize: boolean;
  foreach: boolean | null;
  capturable: boolean;
  differentiable: boolean;
  fused: boolean | null;
  decoupled_weight_decay: boolean;
}

interface AdamState {
  step: Tensor;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
  max_exp_avg_sq?: Tensor;
}

const adam = signature(
  'Adam',
  (
    params: Params<AdamOptions>,
    lr: number | Tensor = 1e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps: number = 1e-8,
    weight_decay: number = 0,
    amsgrad: boolean = false,
    maximize: boolean = false,
    foreach: boolean | null = null,
    capturable: boolean = false,
    differentiable: boolean = false,
    fused: boolean | null = null,
    decoupled_weight_decay: boolean = false,
  ) => ({
    params,
    lr,
    betas,
    eps,
    weight_decay,
    amsgrad,
    maximize,
    foreach,
    capturable,
    differentiable,
    fused,
    decoupled_weight_decay,
  }),
);

/**
 * Adam (Kingma and Ba, 2015): steps of lr m / (sqrt(v) + eps), with running averages m of the gradient and v of its
 * square, both corrected for their start at zero. Options may be given by group; invalid ones are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(...args: ArgsOf<typeof adam>) {
    const { params, ...options } = adam.bind(args);
    checkLearningRate(options.lr);
    checkNotNegative({ epsilon: options.eps });
    checkBetas(options.betas);
    checkNotNegative({ weight_decay: options.weight_decay });
    refuseDifferentiable(new.target.name, options);
    super(params, options);
  }

  override _step_group(group: ParamGroup<AdamOptions>): void {
    const batches = new Batches();
    for (const param of group.params) {
      const { gradient } = param;
      if (!gradient) continue;
      const state = this._state_of(param, () => startState(param, group.amsgrad));
      const step = advance(state.step);
      const { exp_avg, exp_avg_sq } = state;
      const largest = group.amsgrad ? state.max_exp_avg_sq : undefined;
      if (!batches.take(step, param, gradient, [exp_avg, exp_avg_sq, largest])) {
        updateAdam(param, gradient, state, group, step);
      }
    }
    for (const batch of batches) updateBatch(batch, group, batch.key);
  }
}

const adamw = signature(
  'AdamW',
  (
    params: Params<AdamOptions>,
    lr: number | Tensor = 1e-3,
    betas: readonly [number, number] = [0.9, 0.999],
    eps: number = 1e-8,
    weight_decay: number = 1e-2,
    amsgrad: boolean = false,
    maximize: boolean = false,
    foreach: boolean | null = null,
    capturable: boolean = false,
    differentiable: boolean = false,
    fused: boolean | null = null,
  ) => ({ params, lr, betas, eps, weight_decay, amsgrad, maximize, foreach, capturable, differentiable, fused }),
);

/**
 * Adam whose weight decay shrinks the parameters directly, p = (1 - lr weight_decay) p, instead of adding to the
 * gradient (Loshchilov and Hutter, 2019).
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.AdamW(net.parameters(), { lr: 0.001, weight_decay: 0.1 });
 */
export class AdamW extends Adam {
  constructor(...args: ArgsOf<typeof adamw>) {
    super({ ...adamw.bind(args), decoupled_weight_decay: true });
  }
}

function startState(param: Tensor, amsgrad: boolean): AdamState {
  return {
    step: counter(0),
    exp_avg: zeros_like(param),
    exp_avg_sq: zeros_like(param),
    ...(amsgrad ? { max_exp_avg_sq: zeros_like(param) } : {}),
  };
}

/** The constants of a step, which PyTorch computes in double precision. */
function constantsOf(group: AdamOptions, step: number) {
  const [beta1, beta2] = group.betas;
  const lr = scalar(group.lr);
  const decoupled = group.decoupled_weight_decay && group.weight_decay !== 0;
  return {
    beta1,
    beta2,
    shrink: decoupled ? 1 - lr * group.weight_decay : 1,
    decay: decoupled ? 0 : group.weight_decay,
    stepSize: lr / (1 - beta1 ** step),
    rootCorrection: Math.sqrt(1 - beta2 ** step),
  };
}

function updateBatch(batch: Batch, group: AdamOptions, step: number): void {
  const { beta1, beta2, shrink, decay, stepSize, rootCorrection } = constantsOf(group, step);
  const sign = group.maximize ? -1 : 1;
  fused.adam(batch, sign, beta1, beta2, shrink, decay, stepSize, rootCorrection, group.eps);
}

/** The same for one parameter that the native kernels cannot take. */
function updateAdam(param: Tensor, gradient: Tensor, state: AdamState, group: AdamOptions, step: number): void {
  const { beta1, beta2, shrink, decay, stepSize, rootCorrection } = constantsOf(group, step);
  let grad = group.maximize ? gradient.neg() : gradient;
  if (shrink !== 1) param.mul_(shrink);
  if (decay !== 0) grad = grad.add(param, { alpha: decay });
  state.exp_avg.lerp_(grad, 1 - beta1);
  state.exp_avg_sq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 });
  let square = state.exp_avg_sq;
  if (group.amsgrad && state.max_exp_avg_sq) square = state.max_exp_avg_sq.copy_(maximum(state.max_exp_avg_sq, square));
  const denominator = square.sqrt().div(rootCorrection).add_(group.eps);
  param.addcdiv_(state.exp_avg, denominator, { value: -stepSize });
}
