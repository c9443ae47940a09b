import { bfloat16 } from '../dtype.js';
import { ValueError } from '../errors.js';
import { repr, sizeRepr } from '../nn/repr.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { addmm, zeros_like } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface MuonOptions {
  lr: number | Tensor;
  weight_decay: number;
  momentum: number;
  nesterov: boolean;
  ns_coefficients: readonly [number, number, number];
  eps: number;
  ns_steps: number;
  adjust_lr_fn: string | null;
}

const muon = signature(
  'Muon',
  (
    params: Params<MuonOptions>,
    lr: number | Tensor = 1e-3,
    weight_decay: number = 0.1,
    momentum: number = 0.95,
    nesterov: boolean = true,
    ns_coefficients: readonly [number, number, number] = [3.4445, -4.775, 2.0315],
    eps: number = 1e-7,
    ns_steps: number = 5,
    adjust_lr_fn: string | null = null,
  ) => ({ params, lr, weight_decay, momentum, nesterov, ns_coefficients, eps, ns_steps, adjust_lr_fn }),
);

const must = (holds: boolean, what: string, value: number | Tensor): void => {
  if (!holds) throw new ValueError(`${what} should be >= 0 but is: ${repr(value)}`);
};

/**
 * Muon (Jordan, 2024) for the matrices of hidden layers: the gradient's momentum, made nearly orthogonal by `ns_steps`
 * of Newton and Schulz's iteration in bfloat16, is the step. Parameters that are no matrices are a ValueError.
 *
 * @example
 * const layer = new torch.nn.Linear(2, 1, { bias: false });
 * const optimizer = new torch.optim.Muon(layer.parameters(), { lr: 0.01 });
 * layer(torch.ones(4, 2)).sum().backward();
 * optimizer.step();
 */
export class Muon extends Optimizer<MuonOptions> {
  constructor(...args: ArgsOf<typeof muon>) {
    const { params, ...options } = muon.bind(args);
    const { lr, momentum, weight_decay, adjust_lr_fn } = options;
    if (typeof lr !== 'number' && lr.numel() !== 1) throw new ValueError('Tensor lr must be 1-element');
    must(scalar(lr) >= 0, 'Learning rate', lr);
    must(momentum >= 0, 'momentum', momentum);
    must(weight_decay >= 0, 'weight decay', weight_decay);
    if (adjust_lr_fn !== null && !['original', 'match_rms_adamw'].includes(adjust_lr_fn)) {
      throw new ValueError(`Adjust learning rate function ${adjust_lr_fn} is not supported`);
    }
    super(params, options);
    for (const group of this.param_groups) {
      const other = group.params.find((param) => param.dim() !== 2);
      if (other === undefined) continue;
      const found = `whereas we found a parameter with size: ${sizeRepr(other.shape)}`;
      throw new ValueError(`Muon only supports 2D parameters ${found}`);
    }
  }

  override _update(param: Tensor, grad: Tensor, group: ParamGroup<MuonOptions>): void {
    const { momentum, nesterov } = group;
    const state = this._state_of(param, () => ({ momentum_buffer: zeros_like(grad) }));
    state.momentum_buffer.lerp_(grad, 1 - momentum);
    const step = nesterov ? grad.lerp(state.momentum_buffer, momentum) : state.momentum_buffer;
    const lr = scalar(group.lr);
    param.mul_(1 - lr * group.weight_decay);
    param.add_(orthogonalized(step, group), { alpha: -adjusted(lr, group.adjust_lr_fn, param) });
  }
}

/** The matrix with its singular values all near 1. */
function orthogonalized(matrix: Tensor, { ns_coefficients, ns_steps, eps }: MuonOptions): Tensor {
  if (ns_steps >= 100) throw new ValueError('Number of steps must be less than 100 for computational efficiency');
  const [a, b, c] = ns_coefficients;
  const tall = (matrix.size(0) as number) > (matrix.size(1) as number);
  let X = matrix.to(bfloat16);
  if (tall) X = X.t();
  X = X.div(X.norm().clamp({ min: eps }));
  for (let i = 0; i < ns_steps; i++) {
    const gram = X.matmul(X.t());
    X = addmm(X, addmm(gram, gram, gram, { beta: b, alpha: c }), X, { beta: a });
  }
  return tall ? X.t() : X;
}

function adjusted(lr: number, how: string | null, param: Tensor): number {
  const [rows, columns] = param.shape as readonly number[] as [number, number];
  if (how === 'match_rms_adamw') return lr * 0.2 * Math.sqrt(Math.max(rows, columns));
  return lr * Math.sqrt(Math.max(1, rows / columns));
}
