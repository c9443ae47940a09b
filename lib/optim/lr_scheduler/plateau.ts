import { RuntimeError, ValueError } from '../../errors.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { scalar } from '../scalar.js';
import { type AnyOptimizer, copyOf, groupsOf, LRScheduler, setRate, warnOfEpoch } from './base.js';

const plateau = signature(
  'ReduceLROnPlateau',
  (
    optimizer: AnyOptimizer,
    mode: 'min' | 'max' = 'min',
    factor: number = 0.1,
    patience: number = 10,
    threshold: number = 1e-4,
    threshold_mode: 'rel' | 'abs' = 'rel',
    cooldown: number = 0,
    min_lr: number | readonly number[] = 0,
    eps: number = 1e-8,
  ) => ({ optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps }),
);

/**
 * Multiplies the learning rate by `factor` when a metric, which `step(metric)` takes, has not improved by `threshold`
 * for more than `patience` epochs, then waits for `cooldown` epochs. Unknown modes and a factor >= 1 are a ValueError.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, { patience: 3 });
 * scheduler.step(torch.tensor(0.7));
 */
export class ReduceLROnPlateau extends LRScheduler {
  declare factor: number;
  declare default_min_lr: number | null;
  declare min_lrs: number[];
  declare patience: number;
  declare cooldown: number;
  declare eps: number;
  declare best: number;
  declare cooldown_counter: number;
  declare num_bad_epochs: number;
  declare mode_worse: number;
  declare mode: 'min' | 'max';
  declare threshold: number;
  declare threshold_mode: 'rel' | 'abs';

  constructor(...args: ArgsOf<typeof plateau>) {
    const { optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr, eps } = plateau.bind(args);
    if (factor >= 1) throw new ValueError('Factor should be < 1.0.');
    const groups = optimizer.param_groups?.length;
    if (Array.isArray(min_lr) && min_lr.length !== groups) {
      throw new ValueError(`expected ${groups} min_lrs, got ${min_lr.length}`);
    }
    if (mode !== 'min' && mode !== 'max') throw new ValueError(`mode ${mode} is unknown!`);
    if (threshold_mode !== 'rel' && threshold_mode !== 'abs') {
      throw new ValueError(`threshold mode ${threshold_mode} is unknown!`);
    }
    const given = Array.isArray(min_lr);
    super(optimizer, 0, {
      factor,
      default_min_lr: given ? null : min_lr,
      min_lrs: given ? [...min_lr] : new Array(groups).fill(min_lr),
      patience,
      cooldown,
      eps,
      mode,
      threshold,
      threshold_mode,
      mode_worse: mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY,
    });
  }

  override _start(last_epoch: number): void {
    this.last_epoch = last_epoch;
    this._remember();
    this._reset();
  }

  _remember(): void {
    this._last_lr = groupsOf(this.optimizer).map((group) => copyOf(group.lr));
  }

  /** Forgets all metrics. */
  _reset(): void {
    this.best = this.mode_worse;
    this.cooldown_counter = 0;
    this.num_bad_epochs = 0;
  }

  /** Takes the metric of an epoch, a number or a tensor of one element. */
  override step(metrics?: unknown, epoch: number | null = null): void {
    const current = Number(metrics);
    if (epoch !== null) warnOfEpoch();
    this.last_epoch = epoch ?? this.last_epoch + 1;
    if (this._is_better(current, this.best)) {
      this.best = current;
      this.num_bad_epochs = 0;
    } else {
      this.num_bad_epochs += 1;
    }
    if (this.in_cooldown) {
      this.cooldown_counter -= 1;
      this.num_bad_epochs = 0;
    }
    if (this.num_bad_epochs > this.patience) {
      this.#reduce();
      this.cooldown_counter = this.cooldown;
      this.num_bad_epochs = 0;
    }
    this._remember();
  }

  #reduce(): void {
    const groups = groupsOf(this.optimizer);
    if (groups.length !== this.min_lrs.length) {
      if (this.default_min_lr === null) {
        throw new RuntimeError(
          `The number of param groups in the \`optimizer\` (${groups.length}) differs from when \`ReduceLROnPlateau\` ` +
            `was initialized (${this.min_lrs.length}), usually due to a new param group being added to the optimizer. ` +
            'Please modify the `min_lrs` field to match the length of the `optimizer` param groups.',
        );
      }
      this.min_lrs = new Array<number>(groups.length).fill(this.default_min_lr);
    }
    for (const [i, group] of groups.entries()) {
      const old = scalar(group.lr);
      const next = Math.max(old * this.factor, this.min_lrs[i] as number);
      if (old - next > this.eps) setRate(group, next);
    }
  }

  /** Whether the learning rate was reduced less than `cooldown` epochs ago. */
  get in_cooldown(): boolean {
    return this.cooldown_counter > 0;
  }

  _is_better(a: number, best: number): boolean {
    const { mode, threshold, threshold_mode } = this;
    if (mode === 'min') return a < (threshold_mode === 'rel' ? best * (1 - threshold) : best - threshold);
    return a > (threshold_mode === 'rel' ? best * (threshold + 1) : best + threshold);
  }
}
