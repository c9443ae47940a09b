import { ValueError } from '../../errors.js';
import { repr, typeName } from '../../nn/repr.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { cosine } from '../exact.js';
import { type AnyOptimizer, LRScheduler } from './base.js';

const cosineAnnealing = signature(
  'CosineAnnealingLR',
  (optimizer: AnyOptimizer, T_max: number, eta_min: number = 0, last_epoch: number = -1) => ({
    optimizer,
    T_max,
    eta_min,
    last_epoch,
  }),
);

/**
 * Half a cosine from the initial learning rate down to `eta_min` within `T_max` epochs, and up again after that
 * (Loshchilov and Hutter, 2017).
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, { T_max: 20 });
 */
export class CosineAnnealingLR extends LRScheduler {
  declare T_max: number;
  declare eta_min: number;

  constructor(...args: ArgsOf<typeof cosineAnnealing>) {
    const { optimizer, last_epoch, ...own } = cosineAnnealing.bind(args);
    super(optimizer, last_epoch, own);
  }

  override get_lr(): number[] {
    const { T_max, eta_min, last_epoch } = this;
    const current = this._current();
    if (this._is_initial) return current;
    if (this._step_count === 1 && last_epoch > 0) {
      const factor = 1 + cosine((last_epoch * Math.PI) / T_max);
      return this._bases().map((base) => eta_min + ((base - eta_min) * factor) / 2);
    }
    const bases = this._bases();
    if ((last_epoch - 1 - T_max) % (2 * T_max) === 0) {
      const factor = 1 - cosine(Math.PI / T_max);
      return current.map((lr, i) => lr + (((bases[i] as number) - eta_min) * factor) / 2);
    }
    const ratio = (1 + cosine((Math.PI * last_epoch) / T_max)) / (1 + cosine((Math.PI * (last_epoch - 1)) / T_max));
    return current.map((lr) => ratio * (lr - eta_min) + eta_min);
  }

  override _get_closed_form_lr(): number[] {
    const { T_max, eta_min, last_epoch } = this;
    const factor = 1 + cosine((Math.PI * last_epoch) / T_max);
    return this._bases().map((base) => eta_min + ((base - eta_min) * factor) / 2);
  }
}

const warmRestarts = signature(
  'CosineAnnealingWarmRestarts',
  (optimizer: AnyOptimizer, T_0: number, T_mult: number = 1, eta_min: number = 0, last_epoch: number = -1) => ({
    optimizer,
    T_0,
    T_mult,
    eta_min,
    last_epoch,
  }),
);

/**
 * Half a cosine down to `eta_min` within `T_0` epochs, then a restart at the initial learning rate, each period `T_mult`
 * times as long as the one before (Loshchilov and Hutter, 2017). `step(epoch)` takes fractions of epochs.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, { T_0: 10, T_mult: 2 });
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  declare T_0: number;
  declare T_i: number;
  declare T_mult: number;
  declare eta_min: number;
  declare T_cur: number;

  constructor(...args: ArgsOf<typeof warmRestarts>) {
    const { optimizer, T_0, T_mult, eta_min, last_epoch } = warmRestarts.bind(args);
    if (!(T_0 > 0 && Number.isInteger(T_0)))
      throw new ValueError(`Expected positive integer T_0, but got ${repr(T_0)}`);
    if (!(T_mult >= 1 && Number.isInteger(T_mult))) {
      throw new ValueError(`Expected integer T_mult >= 1, but got ${repr(T_mult)}`);
    }
    if (typeof eta_min !== 'number') {
      const type = `<class '${typeName(eta_min)}'>`;
      throw new ValueError(`Expected float or int eta_min, but got ${String(eta_min)} of type ${type}`);
    }
    super(optimizer, last_epoch, { T_0, T_i: T_0, T_mult, eta_min, T_cur: last_epoch });
  }

  override get_lr(): number[] {
    this._current();
    const { eta_min } = this;
    const factor = 1 + cosine((Math.PI * this.T_cur) / this.T_i);
    return this._bases().map((base) => eta_min + ((base - eta_min) * factor) / 2);
  }

  override step(given: number | null = null): void {
    let epoch = given ?? (this.last_epoch < 0 ? 0 : null);
    if (epoch === null) {
      epoch = this.last_epoch + 1;
      this.T_cur += 1;
      if (this.T_cur >= this.T_i) {
        this.T_cur %= this.T_i;
        this.T_i *= this.T_mult;
      }
    } else {
      if (epoch < 0) throw new ValueError(`Expected non-negative epoch, but got ${repr(epoch)}`);
      this._enter(epoch);
    }
    this.last_epoch = Math.floor(epoch);
    this._set_rates(() => this.get_lr());
  }

  /** Finds the period that holds `epoch`. */
  _enter(epoch: number): void {
    const { T_0, T_mult } = this;
    if (epoch < T_0) {
      this.T_i = T_0;
      this.T_cur = epoch;
    } else if (T_mult === 1) {
      this.T_cur = epoch % T_0;
    } else {
      const period = Math.trunc(Math.log((epoch / T_0) * (T_mult - 1) + 1) / Math.log(T_mult));
      this.T_cur = epoch - (T_0 * (T_mult ** period - 1)) / (T_mult - 1);
      this.T_i = T_0 * T_mult ** period;
    }
  }
}
