/** Schedules by factors: functions, steps, milestones, lines, powers. */
import { TypeError, ValueError } from '../../errors.js';
import { typeName } from '../../nn/repr.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { power } from '../exact.js';
import { type AnyOptimizer, LRScheduler } from './base.js';

/** A function of the epoch that gives a factor, one for all groups or one for each. */
export type Factor = (epoch: number) => number;

function factorsOf(optimizer: AnyOptimizer, given: Factor | readonly Factor[]): Factor[] {
  const groups = optimizer.param_groups.length;
  if (typeof given === 'function' || !Array.isArray(given)) return new Array<Factor>(groups).fill(given as Factor);
  if (given.length !== groups) throw new ValueError(`Expected ${groups} lr_lambdas, but got ${given.length}`);
  return [...given];
}

/** Functions are no state: only how many there are is. */
abstract class ByFunction extends LRScheduler {
  declare lr_lambdas: Factor[];

  override state_dict(): Record<string, unknown> {
    const { lr_lambdas: _, ...state } = super.state_dict();
    return { ...state, lr_lambdas: this.lr_lambdas.map(() => null) };
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    const { lr_lambdas: _, ...state } = state_dict;
    super.load_state_dict(state);
  }
}

const byFunction = signature(
  'LambdaLR',
  (optimizer: AnyOptimizer, lr_lambda: Factor | readonly Factor[], last_epoch: number = -1) => ({
    optimizer,
    lr_lambda,
    last_epoch,
  }),
);

/**
 * The initial learning rate times a function of the epoch: one function, or one for each group.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.LambdaLR(optimizer, (epoch) => 0.95 ** epoch);
 * optimizer.step();
 * scheduler.step();
 */
export class LambdaLR extends ByFunction {
  constructor(...args: ArgsOf<typeof byFunction>) {
    const { optimizer, lr_lambda, last_epoch } = byFunction.bind(args);
    super(optimizer, last_epoch, { lr_lambdas: factorsOf(optimizer, lr_lambda) });
  }

  override get_lr(): number[] {
    this._current();
    return this._bases().map((lr, i) => lr * Number(this.lr_lambdas[i]?.(this.last_epoch)));
  }
}

/**
 * The learning rate times a function of the epoch, again with every step.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.MultiplicativeLR(optimizer, () => 0.95);
 */
export class MultiplicativeLR extends ByFunction {
  constructor(...args: ArgsOf<typeof byFunction>) {
    const { optimizer, lr_lambda, last_epoch } = byFunction.bind(args, 'MultiplicativeLR');
    const lr_lambdas = factorsOf(optimizer, lr_lambda);
    for (const factor of lr_lambdas) {
      if (typeof factor !== 'function') {
        throw new TypeError(`lr_lambda should be a function, but got ${typeName(factor)}`);
      }
    }
    super(optimizer, last_epoch, { lr_lambdas });
  }

  override get_lr(): number[] {
    const current = this._current();
    if (this._is_initial) return current;
    return current.map((lr, i) => lr * Number(this.lr_lambdas[i]?.(this.last_epoch)));
  }
}

const stepLR = signature(
  'StepLR',
  (optimizer: AnyOptimizer, step_size: number, gamma: number = 0.1, last_epoch: number = -1) => ({
    optimizer,
    step_size,
    gamma,
    last_epoch,
  }),
);

/**
 * Multiplies the learning rate by `gamma` every `step_size` epochs.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.StepLR(optimizer, { step_size: 30, gamma: 0.1 });
 */
export class StepLR extends LRScheduler {
  declare step_size: number;
  declare gamma: number;

  constructor(...args: ArgsOf<typeof stepLR>) {
    const { optimizer, last_epoch, ...own } = stepLR.bind(args);
    super(optimizer, last_epoch, own);
  }

  override get_lr(): number[] {
    const current = this._current();
    if (this.last_epoch === 0 || this.last_epoch % this.step_size !== 0) return current;
    return current.map((lr) => lr * this.gamma);
  }

  override _get_closed_form_lr(): number[] {
    return this._bases().map((lr) => lr * power(this.gamma, Math.floor(this.last_epoch / this.step_size)));
  }
}

const multiStep = signature(
  'MultiStepLR',
  (optimizer: AnyOptimizer, milestones: Iterable<number>, gamma: number = 0.1, last_epoch: number = -1) => ({
    optimizer,
    milestones,
    gamma,
    last_epoch,
  }),
);

/**
 * Multiplies the learning rate by `gamma` at each of the epochs `milestones`.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 80], { gamma: 0.1 });
 */
export class MultiStepLR extends LRScheduler {
  /** How often each epoch was named. */
  declare milestones: Record<number, number>;
  declare gamma: number;

  constructor(...args: ArgsOf<typeof multiStep>) {
    const { optimizer, milestones, gamma, last_epoch } = multiStep.bind(args);
    const counts: Record<number, number> = {};
    for (const epoch of milestones) counts[epoch] = (counts[epoch] ?? 0) + 1;
    super(optimizer, last_epoch, { milestones: counts, gamma });
  }

  override get_lr(): number[] {
    const times = this.milestones[this.last_epoch] ?? 0;
    const current = this._current();
    return times === 0 ? current : current.map((lr) => lr * power(this.gamma, times));
  }

  override _get_closed_form_lr(): number[] {
    let passed = 0;
    for (const [epoch, times] of Object.entries(this.milestones)) if (Number(epoch) <= this.last_epoch) passed += times;
    return this._bases().map((lr) => lr * power(this.gamma, passed));
  }
}

const constantLR = signature(
  'ConstantLR',
  (optimizer: AnyOptimizer, factor: number = 1 / 3, total_iters: number = 5, last_epoch: number = -1) => ({
    optimizer,
    factor,
    total_iters,
    last_epoch,
  }),
);

/**
 * The learning rate times `factor` until epoch `total_iters`, then as it is. A factor outside [0, 1] is a ValueError.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.ConstantLR(optimizer, { factor: 0.5, total_iters: 4 });
 */
export class ConstantLR extends LRScheduler {
  declare factor: number;
  declare total_iters: number;

  constructor(...args: ArgsOf<typeof constantLR>) {
    const { optimizer, last_epoch, ...own } = constantLR.bind(args);
    if (own.factor > 1 || own.factor < 0) {
      throw new ValueError('Constant multiplicative factor expected to be between 0 and 1.');
    }
    super(optimizer, last_epoch, own);
  }

  override get_lr(): number[] {
    const current = this._current();
    if (this.last_epoch === 0) return current.map((lr) => lr * this.factor);
    return this.last_epoch === this.total_iters ? current.map((lr) => lr * (1 / this.factor)) : current;
  }

  override _get_closed_form_lr(): number[] {
    const done = this.last_epoch >= this.total_iters ? 1 : 0;
    return this._bases().map((lr) => lr * (this.factor + done * (1 - this.factor)));
  }
}

const linearLR = signature(
  'LinearLR',
  (
    optimizer: AnyOptimizer,
    start_factor: number = 1 / 3,
    end_factor: number = 1,
    total_iters: number = 5,
    last_epoch: number = -1,
  ) => ({ optimizer, start_factor, end_factor, total_iters, last_epoch }),
);

/**
 * A factor that goes in a line from `start_factor` to `end_factor` within `total_iters` epochs. Factors outside (0, 1]
 * and [0, 1] are a ValueError.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const warmUp = new torch.optim.lr_scheduler.LinearLR(optimizer, { start_factor: 0.5, total_iters: 4 });
 */
export class LinearLR extends LRScheduler {
  declare start_factor: number;
  declare end_factor: number;
  declare total_iters: number;

  constructor(...args: ArgsOf<typeof linearLR>) {
    const { optimizer, last_epoch, ...own } = linearLR.bind(args);
    if (own.start_factor > 1 || own.start_factor <= 0) {
      throw new ValueError('Starting multiplicative factor expected to be greater than 0 and less or equal to 1.');
    }
    if (own.end_factor > 1 || own.end_factor < 0) {
      throw new ValueError('Ending multiplicative factor expected to be between 0 and 1.');
    }
    super(optimizer, last_epoch, own);
  }

  override get_lr(): number[] {
    const { start_factor, end_factor, total_iters, last_epoch } = this;
    const current = this._current();
    if (last_epoch === 0) return current.map((lr) => lr * start_factor);
    if (this._is_initial || last_epoch > total_iters) return current;
    const slope = end_factor - start_factor;
    return current.map((lr) => lr * (1 + slope / (total_iters * start_factor + (last_epoch - 1) * slope)));
  }

  override _get_closed_form_lr(): number[] {
    const { start_factor, end_factor, total_iters } = this;
    const epoch = Math.min(total_iters, this.last_epoch);
    return this._bases().map((lr) => lr * (start_factor + ((end_factor - start_factor) * epoch) / total_iters));
  }
}

const exponentialLR = signature('ExponentialLR', (optimizer: AnyOptimizer, gamma: number, last_epoch: number = -1) => ({
  optimizer,
  gamma,
  last_epoch,
}));

/**
 * Multiplies the learning rate by `gamma` every epoch.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.ExponentialLR(optimizer, { gamma: 0.9 });
 */
export class ExponentialLR extends LRScheduler {
  declare gamma: number;

  constructor(...args: ArgsOf<typeof exponentialLR>) {
    const { optimizer, gamma, last_epoch } = exponentialLR.bind(args);
    super(optimizer, last_epoch, { gamma });
  }

  override get_lr(): number[] {
    const current = this._current();
    return this._is_initial ? current : current.map((lr) => lr * this.gamma);
  }

  override _get_closed_form_lr(): number[] {
    return this._bases().map((lr) => lr * power(this.gamma, this.last_epoch));
  }
}

const polynomialLR = signature(
  'PolynomialLR',
  (optimizer: AnyOptimizer, total_iters: number = 5, power: number = 1, last_epoch: number = -1) => ({
    optimizer,
    total_iters,
    power,
    last_epoch,
  }),
);

/**
 * The initial learning rate times (1 - epoch / total_iters)^power, which is 0 from epoch `total_iters` on.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.PolynomialLR(optimizer, { total_iters: 4, power: 2 });
 */
export class PolynomialLR extends LRScheduler {
  declare total_iters: number;
  declare power: number;

  constructor(...args: ArgsOf<typeof polynomialLR>) {
    const { optimizer, last_epoch, ...own } = polynomialLR.bind(args);
    super(optimizer, last_epoch, own);
  }

  override get_lr(): number[] {
    const { total_iters, last_epoch } = this;
    const current = this._current();
    if (this._is_initial || last_epoch > total_iters) return current;
    const factor = power((1 - last_epoch / total_iters) / (1 - (last_epoch - 1) / total_iters), this.power);
    return current.map((lr) => lr * factor);
  }

  override _get_closed_form_lr(): number[] {
    const left = 1 - Math.min(this.total_iters, this.last_epoch) / this.total_iters;
    return this._bases().map((lr) => lr * power(left, this.power));
  }
}
