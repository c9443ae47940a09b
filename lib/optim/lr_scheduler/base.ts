import { KeyError, NotImplementedError, TypeError, ValueError } from '../../errors.js';
import { typeName } from '../../nn/repr.js';
import { Tensor } from '../../tensor.js';
import { warnOnce } from '../../warn.js';
import { Optimizer } from '../optimizer.js';
import { scalar } from '../scalar.js';

/** A learning rate, which is a tensor where the option of the optimizer is one. */
export type Rate = number | Tensor;
/** A group as schedulers see it. */
export type Group = { lr: Rate; [option: string]: unknown };
export type AnyOptimizer = Optimizer<any>;

const HOW_TO = 'https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate';
const EPOCH_DEPRECATED =
  'The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use ' +
  '`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form ' +
  'is used instead of the new chainable form, where available. Please open an issue if you are unable to replicate ' +
  'your use case: https://github.com/pytorch/pytorch/issues/new/choose.';

export const copyOf = (rate: Rate): Rate => (rate instanceof Tensor ? rate.clone() : rate);

export const groupsOf = (optimizer: AnyOptimizer): Group[] => optimizer.param_groups as Group[];

/** Sets a learning rate, in place where it is a tensor. */
export function setRate(group: Group, lr: number): void {
  if (group.lr instanceof Tensor) group.lr.fill_(lr);
  else group.lr = lr;
}

/** The value for each group of an option that is given once or by group. */
export function byGroup<T>(name: string, optimizer: AnyOptimizer, given: T | readonly T[]): T[] {
  const groups = optimizer.param_groups.length;
  if (!Array.isArray(given)) return new Array<T>(groups).fill(given as T);
  if (given.length === groups) return [...given];
  throw new ValueError(
    `${name} must have the same length as optimizer.param_groups. ` +
      `${name} has ${given.length} values, param_groups has ${groups}.`,
  );
}

export const warnOfEpoch = (): void => warnOnce(EPOCH_DEPRECATED);

// Which `step` functions tell that they were called, and which optimizers were.
const watched = new WeakSet<object>();
const stepped = new WeakSet<AnyOptimizer>();

function watchSteps(optimizer: AnyOptimizer): void {
  const step: (...args: never[]) => unknown = optimizer.step;
  if (watched.has(step)) return;
  const watching = (...args: never[]): unknown => {
    stepped.add(optimizer);
    return step.apply(optimizer, args);
  };
  watched.add(watching);
  Object.defineProperty(optimizer, 'step', { value: watching, configurable: true, writable: true });
}

/**
 * Base class of the schedulers of learning rates: `step()` sets those of all groups of the optimizer to what `get_lr()`
 * gives for the next epoch. A class of your own hands what its `get_lr` reads to `super(optimizer, last_epoch, { … })`,
 * which makes properties of it, because the first learning rates are computed there.
 *
 * @example
 * class Halving extends torch.optim.lr_scheduler.LRScheduler {
 *   get_lr() {
 *     return this.base_lrs.map((lr) => Number(lr) * 0.5 ** this.last_epoch);
 *   }
 * }
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 1 });
 * const scheduler = new Halving(optimizer);
 * optimizer.step();
 * scheduler.step();
 * scheduler.get_last_lr(); // [0.5]
 */
export class LRScheduler {
  declare readonly optimizer: AnyOptimizer;
  declare base_lrs: Rate[];
  declare last_epoch: number;
  declare _step_count: number;
  declare _is_initial: boolean;
  declare _get_lr_called_within_step: boolean;
  declare _last_lr: Rate[];

  constructor(optimizer: AnyOptimizer, last_epoch: number = -1, own: object = {}) {
    if (!(optimizer instanceof Optimizer)) throw new TypeError(`${typeName(optimizer)} is not an Optimizer`);
    Object.defineProperty(this, 'optimizer', { value: optimizer, enumerable: false });
    Object.assign(this, own);
    this._start(last_epoch);
  }

  /** Takes over the learning rates and computes the first ones. */
  _start(last_epoch: number): void {
    for (const [i, group] of groupsOf(this.optimizer).entries()) {
      if (last_epoch === -1) group.initial_lr ??= copyOf(group.lr);
      else if (group.initial_lr === undefined) {
        throw new KeyError(
          `param 'initial_lr' is not specified in param_groups[${i}] when resuming scheduler with last_epoch >= 0.\n` +
            'This typically happens when:\n' +
            "1. You're trying to resume training from a checkpoint but haven't properly loaded the optimizer state\n" +
            "2. You're using last_epoch >= 0 for a fresh training run (not recommended)",
        );
      }
    }
    this.base_lrs = groupsOf(this.optimizer).map((group) => copyOf(group.initial_lr as Rate));
    this.last_epoch = last_epoch;
    watchSteps(this.optimizer);
    this._initial_step();
  }

  _initial_step(): void {
    this._step_count = 0;
    this._is_initial = true;
    try {
      this.step();
    } finally {
      this._is_initial = false;
    }
  }

  /** What `load_state_dict` takes: all properties but the optimizer and functions. */
  state_dict(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this).filter(([, value]) => typeof value !== 'function'));
  }

  load_state_dict(state_dict: Record<string, unknown>): void {
    Object.assign(this, state_dict);
  }

  /** The learning rates of all groups as the last step set them. */
  get_last_lr(): Rate[] {
    return this._last_lr;
  }

  /** The learning rates for `last_epoch`; call `get_last_lr()` to read them. */
  get_lr(): number[] {
    throw new NotImplementedError(`${this.constructor.name} does not implement get_lr`);
  }

  /** Sets the learning rates of the next epoch; call it after `optimizer.step()`. */
  step(epoch: number | null = null): void {
    if (this._step_count === 1) this.#checkOrder();
    this._step_count += 1;
    if (epoch !== null) warnOfEpoch();
    this._update_lr(epoch);
  }

  #checkOrder(): void {
    if (!watched.has(this.optimizer.step)) {
      warnOnce(
        'Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, make ' +
          `sure to call \`optimizer.step()\` before \`lr_scheduler.step()\`. See more details at ${HOW_TO}`,
      );
    } else if (!stepped.has(this.optimizer)) {
      warnOnce(
        'Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call ' +
          'them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will ' +
          `result in PyTorch skipping the first value of the learning rate schedule. See more details at ${HOW_TO}`,
      );
    }
  }

  /** Sets the learning rates of the next epoch, or by the closed form, where there is one, those of `epoch`. */
  _update_lr(epoch: number | null = null): void {
    this.last_epoch = epoch ?? this.last_epoch + 1;
    this._set_rates(() => (epoch === null ? this.get_lr() : (this._get_closed_form_lr() ?? this.get_lr())));
  }

  _set_rates(rates: () => number[]): void {
    this._get_lr_called_within_step = true;
    let values: number[];
    try {
      values = rates();
    } finally {
      this._get_lr_called_within_step = false;
    }
    for (const [i, group] of groupsOf(this.optimizer).entries()) setRate(group, values[i] as number);
    this._last_lr = groupsOf(this.optimizer).map((group) => copyOf(group.lr));
  }

  /** The learning rates as a function of `last_epoch` alone, if the scheduler knows it. */
  _get_closed_form_lr(): number[] | null {
    return null;
  }

  /** What the groups have now. */
  _current(): number[] {
    if (!this._get_lr_called_within_step) {
      warnOnce('To get the last learning rate computed by the scheduler, please use `get_last_lr()`.');
    }
    return groupsOf(this.optimizer).map((group) => scalar(group.lr));
  }

  _bases(): number[] {
    return this.base_lrs.map(scalar);
  }
}
