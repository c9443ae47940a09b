import { finfo } from '../dtype-info.js';
import { ValueError } from '../errors.js';
import { repr } from '../nn/repr.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { advance, counter } from './checks.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface AdafactorOptions {
  lr: number | Tensor;
  beta2_decay: number;
  eps: readonly [number | null, number];
  d: number;
  weight_decay: number;
  foreach: boolean | null;
  maximize: boolean;
}

interface AdafactorState {
  step: Tensor;
  row_var?: Tensor;
  col_var?: Tensor;
  variance?: Tensor;
}

const adafactor = signature(
  'Adafactor',
  (
    params: Params<AdafactorOptions>,
    lr: number | Tensor = 1e-2,
    beta2_decay: number = -0.8,
    eps: readonly [number | null, number] = [null, 1e-3],
    d: number = 1,
    weight_decay: number = 0,
    foreach: boolean | null = null,
    maximize: boolean = false,
  ) => ({ params, lr, beta2_decay, eps, d, weight_decay, foreach, maximize }),
);

const must = (holds: boolean, what: string, rule: string, value: number | Tensor): void => {
  if (!holds) throw new ValueError(`${what} should be ${rule} but is: ${repr(value)}`);
};

const norm = (x: Tensor): number => Number(x.norm(2).item());

/**
 * Adafactor (Shazeer and Stern, 2018): of the average squared gradient of a matrix it keeps the means of rows and
 * columns only, and it steps in proportion to the size of a parameter. Invalid options are a ValueError.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const optimizer = new torch.optim.Adafactor(net.parameters());
 * net(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Adafactor extends Optimizer<AdafactorOptions> {
  constructor(...args: ArgsOf<typeof adafactor>) {
    const { params, ...options } = adafactor.bind(args);
    const { lr, beta2_decay, eps, d, weight_decay } = options;
    if (typeof lr !== 'number' && lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
    must(scalar(lr) >= 0, 'Learning rate', '>= 0', lr);
    must(beta2_decay <= 0, 'beta2_decay', '<= 0', beta2_decay);
    must(eps[0] === null || eps[0] >= 0, 'epsilon1', '>= 0', eps[0] ?? 0);
    must(eps[1] >= 0, 'epsilon2', '>= 0', eps[1]);
    must(d >= 1, 'Clipping threshold d', '>= 1', d);
    must(weight_decay >= 0, 'weight_decay', '>= 0', weight_decay);
    super(params, options);
  }

  override get _int_defaults(): Record<string, number> {
    return {};
  }

  override _update(param: Tensor, grad: Tensor, group: ParamGroup<AdafactorOptions>): void {
    const state = this._state_of<AdafactorState>(param, () => startState(grad));
    const step = advance(state.step);
    const lr = scalar(group.lr);
    const eps = group.eps[0] ?? finfo(param.dtype).eps;
    const size = Math.max(group.eps[1], norm(param) / Math.sqrt(param.numel()));
    const alpha = size * Math.min(lr, 1 / Math.sqrt(step));
    if (group.weight_decay !== 0) param.mul_(1 - lr * group.weight_decay);
    const update = averageSquare(state, grad, step ** group.beta2_decay, eps)
      .clamp_({ min: eps * eps })
      .rsqrt_()
      .mul_(grad);
    const clip = Math.max(1, norm(update) / (Math.sqrt(update.numel()) * group.d));
    param.add_(update, { alpha: -alpha / clip });
  }
}

function startState(grad: Tensor): AdafactorState {
  const step = counter(0);
  if (grad.dim() < 2) return { step, variance: zeros_like(grad) };
  const one = (dim: number): number[] => grad.shape.map((n, d) => (d === grad.dim() + dim ? 1 : n));
  return { step, row_var: grad.new_zeros(one(-1)), col_var: grad.new_zeros(one(-2)) };
}

/** Averages on, with `weight` for the new gradient; a tensor that may be written to. */
function averageSquare(state: AdafactorState, grad: Tensor, weight: number, eps: number): Tensor {
  const { row_var, col_var, variance } = state;
  if (row_var === undefined || col_var === undefined) {
    return (variance as Tensor).lerp_(grad.mul(grad), weight).clone();
  }
  const meanSquare = (dim: number): Tensor =>
    grad
      .norm({ dim, keepdim: true })
      .square_()
      .div_(grad.size(dim) as number);
  row_var.lerp_(meanSquare(-1), weight);
  col_var.lerp_(meanSquare(-2), weight);
  return row_var.matmul(col_var).div_(row_var.mean(-2, true).clamp_({ min: eps }));
}
