import { enable_grad, recording } from '../autograd/modes.js';
import { float64 } from '../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { stepEnded } from '../memory.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { cat } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { untidied } from '../tidy.js';
import { checkLearningRate } from './checks.js';
import { strongWolfe } from './line-search.js';
import { Optimizer, type ParamGroup, type Params } from './optimizer.js';
import { scalar } from './scalar.js';

export interface LBFGSOptions {
  lr: number | Tensor;
  max_iter: number;
  max_eval: number;
  tolerance_grad: number;
  tolerance_change: number;
  history_size: number;
  line_search_fn: 'strong_wolfe' | null;
}

interface LBFGSState {
  func_evals: number;
  n_iter: number;
  al?: (number | null)[];
  d?: Tensor;
  t?: number;
  old_dirs?: Tensor[];
  old_stps?: Tensor[];
  ro?: number[];
  H_diag?: number;
  prev_flat_grad?: Tensor;
  prev_loss?: number;
}

const lbfgs = signature(
  'LBFGS',
  (
    params: Params<LBFGSOptions>,
    lr: number | Tensor = 1,
    max_iter: number = 20,
    max_eval: number | null = null,
    tolerance_grad: number = 1e-7,
    tolerance_change: number = 1e-9,
    history_size: number = 100,
    line_search_fn: 'strong_wolfe' | null = null,
  ) => ({ params, lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size, line_search_fn }),
);

const largest = (t: Tensor): number => Number(t.abs().max().item());
const dot = (a: Tensor, b: Tensor): number => Number(a.dot(b).item());

/**
 * L-BFGS (Liu and Nocedal, 1989): quasi-Newton steps from the last `history_size` changes of the gradient, up to
 * `max_iter` of them in one `step(closure)`, of length lr or, with 'strong_wolfe', of a length that is searched for. The
 * closure clears the gradients, computes the loss, calls backward and returns the loss. There is one group only.
 *
 * @example
 * const x = new torch.nn.Parameter(torch.tensor([3, -2]));
 * const optimizer = new torch.optim.LBFGS([x], { line_search_fn: 'strong_wolfe' });
 * optimizer.step(() => {
 *   optimizer.zero_grad();
 *   const loss = x.square().sum();
 *   loss.backward();
 *   return loss;
 * });
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  constructor(...args: ArgsOf<typeof lbfgs>) {
    const { params, max_eval, ...options } = lbfgs.bind(args);
    checkLearningRate(options.lr);
    const { lr, max_iter, ...rest } = options;
    super(params, { lr, max_iter, max_eval: max_eval ?? Math.floor((max_iter * 5) / 4), ...rest });
    if (this.param_groups.length !== 1) {
      throw new ValueError("LBFGS doesn't support per-parameter options (parameter groups)");
    }
  }

  override get _int_defaults(): Record<string, number> {
    return { lr: 1 };
  }

  get #group(): ParamGroup<LBFGSOptions> {
    return this.param_groups[0] as ParamGroup<LBFGSOptions>;
  }

  /** The state of the whole, kept with the first parameter. */
  get #own(): LBFGSState {
    return this._state_of<LBFGSState>(this.#group.params[0] as Tensor, () => ({ func_evals: 0, n_iter: 0 }));
  }

  #flatGradient(): Tensor {
    return cat(this.#group.params.map((p) => p.gradient?.reshape(-1) ?? p.new_zeros(p.numel())));
  }

  #move(step: number, direction: Tensor): void {
    let offset = 0;
    for (const param of this.#group.params) {
      const part = direction.narrow(0, offset, param.numel());
      param.add_(part.view(param.shape), { alpha: step });
      offset += param.numel();
    }
  }

  /** Minimizes for up to `max_iter` iterations; returns what the closure gave the first time. */
  override step(): null;
  override step<L>(closure: () => L): L;
  override step<L>(closure?: () => L): L | null {
    if (closure === undefined) throw new TypeError("LBFGS.step() missing 1 required positional argument: 'closure'");
    return this._hooked([closure], () => {
      const loss = untidied(() => recording(false, () => this.#minimize(() => enable_grad(closure))));
      stepEnded();
      return loss;
    });
  }

  #minimize<L>(closure: () => L): L {
    const group = this.#group;
    const { max_iter, max_eval, tolerance_grad, tolerance_change } = group;
    const lr = scalar(group.lr);
    const state = this.#own;
    // Where PyTorch computes with tensors of one element, in their precision.
    const round = group.params[0]?.dtype === float64 ? (x: number) => x : Math.fround;

    const first = closure();
    let loss = Number(first);
    let evaluations = 1;
    state.func_evals++;
    let gradient = this.#flatGradient();
    if (largest(gradient) <= tolerance_grad) return first;

    for (let iteration = 1; iteration <= max_iter; iteration++) {
      state.n_iter++;
      this.#direct(state, gradient, round);
      const direction = state.d as Tensor;
      const previousLoss = loss;
      state.prev_flat_grad = gradient;
      state.prev_loss = loss;

      let t = lr;
      if (state.n_iter === 1) t = round(Math.min(1, round(1 / Number(gradient.abs().sum().item()))) * lr);
      state.t = t;
      const slope = dot(gradient, direction);
      if (slope > -tolerance_change) break;

      let used = 0;
      let solved = false;
      if (group.line_search_fn !== null) {
        const found = this.#search(closure, { loss, gradient, slope }, t, max_eval - evaluations);
        ({ loss, gradient, t, evaluations: used } = found);
        state.t = t;
        this.#move(t, direction);
        solved = largest(gradient) <= tolerance_grad;
      } else {
        this.#move(t, direction);
        if (iteration !== max_iter) {
          loss = Number(closure());
          gradient = this.#flatGradient();
          solved = largest(gradient) <= tolerance_grad;
          used = 1;
        }
      }
      evaluations += used;
      state.func_evals += used;
      if (evaluations >= max_eval || solved) break;
      if (iteration !== max_iter && largest(direction.mul(t)) <= tolerance_change) break;
      if (Math.abs(loss - previousLoss) < tolerance_change) break;
    }
    return first;
  }

  /** Sets the direction of the next step from the gradient and the history, which it extends. */
  #direct(state: LBFGSState, gradient: Tensor, round: (x: number) => number): void {
    if (state.n_iter === 1 || !state.d || !state.prev_flat_grad) {
      Object.assign(state, { d: gradient.neg(), old_dirs: [], old_stps: [], ro: [], H_diag: 1 });
      return;
    }
    const { old_dirs: changes = [], old_stps: steps = [], ro = [] } = state;
    const change = gradient.sub(state.prev_flat_grad);
    const step = state.d.mul(state.t as number);
    const curvature = dot(change, step);
    if (curvature > 1e-10) {
      if (changes.length === this.#group.history_size) for (const list of [changes, steps, ro]) list.shift();
      changes.push(change);
      steps.push(step);
      ro.push(round(1 / curvature));
      state.H_diag = round(curvature / dot(change, change));
    }
    // Two loops through the history multiply the gradient by the inverse of the approximate Hessian.
    const direction = gradient.neg();
    state.al ??= new Array(this.#group.history_size).fill(null);
    const weights = state.al as number[];
    for (let i = changes.length - 1; i >= 0; i--) {
      weights[i] = round(dot(steps[i] as Tensor, direction) * (ro[i] as number));
      direction.add_(changes[i] as Tensor, { alpha: -(weights[i] as number) });
    }
    direction.mul_(state.H_diag as number);
    for (const [i, past] of steps.entries()) {
      const correction = round(dot(changes[i] as Tensor, direction) * (ro[i] as number));
      direction.add_(past, { alpha: round((weights[i] as number) - correction) });
    }
    state.d = direction;
  }

  #search(closure: () => unknown, start: { loss: number; gradient: Tensor; slope: number }, t: number, limit: number) {
    const group = this.#group;
    if (group.line_search_fn !== 'strong_wolfe') throw new RuntimeError("only 'strong_wolfe' is supported");
    const direction = this.#own.d as Tensor;
    const before = group.params.map((param) => param.clone());
    const evaluate = (step: number) => {
      this.#move(step, direction);
      const loss = Number(closure());
      const gradient = this.#flatGradient();
      for (const [i, param] of group.params.entries()) param.copy_(before[i] as Tensor);
      return { loss, gradient };
    };
    return strongWolfe(evaluate, start, t, direction, group.tolerance_change, limit);
  }
}
