/** Schedulers made of schedulers. */
import { TypeError, ValueError } from '../../errors.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { scalar } from '../scalar.js';
import { type AnyOptimizer, copyOf, groupsOf, LRScheduler, type Rate, setRate } from './base.js';
import { ReduceLROnPlateau } from './plateau.js';

function check(name: string, optimizer: AnyOptimizer, schedulers: readonly LRScheduler[]): void {
  for (const [i, scheduler] of schedulers.entries()) {
    if (!(scheduler instanceof LRScheduler)) {
      throw new TypeError(`${name} at index ${i} should have \`optimizer\` as its attribute.`);
    }
    if (scheduler instanceof ReduceLROnPlateau) {
      throw new ValueError(
        `${name} does not support \`ReduceLROnPlateau\` scheduler as it requires additional kwargs to be specified ` +
          `when calling \`step\`, but got one at index ${i} in the given schedulers sequence.`,
      );
    }
    if (scheduler.optimizer !== optimizer) {
      throw new ValueError(
        `${name} expects all schedulers to belong to the same optimizer, but got scheduler ` +
          `${scheduler.constructor.name} at index ${i} has ${String(scheduler.optimizer)}, which is different from ` +
          `${optimizer.constructor.name}.`,
      );
    }
  }
}

abstract class Composed extends LRScheduler {
  declare _schedulers: LRScheduler[];

  override state_dict(): Record<string, unknown> {
    const { _schedulers: _, ...state } = super.state_dict();
    return { ...state, _schedulers: this._schedulers.map((scheduler) => scheduler.state_dict()) };
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    const { _schedulers: states, ...state } = state_dict;
    super.load_state_dict(state);
    for (const [i, own] of (states as Record<string, unknown>[]).entries()) this._schedulers[i]?.load_state_dict(own);
  }
}

const sequential = signature(
  'SequentialLR',
  (optimizer: AnyOptimizer, schedulers: LRScheduler[], milestones: number[], last_epoch: number = -1) => ({
    optimizer,
    schedulers,
    milestones,
    last_epoch,
  }),
);

/**
 * One scheduler after the other; `milestones` are the epochs at which the next one takes over.
 *
 * @example
 * const { ConstantLR, ExponentialLR, SequentialLR } = torch.optim.lr_scheduler;
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const first = new ConstantLR(optimizer, { factor: 0.1, total_iters: 2 });
 * const second = new ExponentialLR(optimizer, { gamma: 0.9 });
 * const scheduler = new SequentialLR(optimizer, [first, second], { milestones: [2] });
 */
export class SequentialLR extends Composed {
  declare _milestones: number[];

  constructor(...args: ArgsOf<typeof sequential>) {
    const { optimizer, schedulers, milestones, last_epoch } = sequential.bind(args);
    if (schedulers.length < 1) {
      throw new ValueError('SequentialLR expects at least one scheduler, but got no scheduler.');
    }
    check('SequentialLR', optimizer, schedulers);
    if (milestones.length !== schedulers.length - 1) {
      throw new ValueError(
        'Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone ' +
          `points, but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ` +
          `${milestones.length}`,
      );
    }
    super(optimizer, last_epoch, { _schedulers: schedulers, _milestones: milestones });
  }

  override _start(last_epoch: number): void {
    this.last_epoch = last_epoch + 1;
    for (const group of groupsOf(this.optimizer)) setRate(group, scalar(group.initial_lr as Rate));
    // All have made their first step; only the one whose turn it is shall have.
    for (const scheduler of this._schedulers) stepBack(scheduler);
    const current = this._schedulers[this._turn(0)] as LRScheduler;
    current._initial_step();
    this._last_lr = current.get_last_lr();
  }

  _turn(epoch: number): number {
    return this._milestones.filter((milestone) => milestone <= epoch).length;
  }

  override step(): void {
    this.last_epoch += 1;
    const turn = this._turn(this.last_epoch);
    const scheduler = this._schedulers[turn] as LRScheduler;
    if (turn > 0 && this._milestones[turn - 1] === this.last_epoch) scheduler._update_lr(0);
    else scheduler.step();
    this._last_lr = scheduler.get_last_lr();
  }
}

function stepBack(scheduler: LRScheduler): void {
  if (scheduler instanceof Composed) for (const inner of scheduler._schedulers) stepBack(inner);
  else scheduler.last_epoch -= 1;
}

const chained = signature(
  'ChainedScheduler',
  (schedulers: readonly LRScheduler[], optimizer: AnyOptimizer | null = null) => ({ schedulers, optimizer }),
);

/**
 * Several schedulers that all step at once, each changing what the others left.
 *
 * @example
 * const { ChainedScheduler, ConstantLR, ExponentialLR } = torch.optim.lr_scheduler;
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const parts = [new ConstantLR(optimizer, { factor: 0.1 }), new ExponentialLR(optimizer, { gamma: 0.9 })];
 * const scheduler = new ChainedScheduler(parts, { optimizer });
 */
export class ChainedScheduler extends Composed {
  constructor(...args: ArgsOf<typeof chained>) {
    const { schedulers, optimizer: given } = chained.bind(args);
    const [first] = schedulers;
    if (first === undefined) {
      throw new ValueError('ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.');
    }
    const optimizer = given ?? first.optimizer;
    check('ChainedScheduler', optimizer, schedulers);
    super(optimizer, -1, { _schedulers: [...schedulers] });
  }

  override _start(): void {
    this._last_lr = groupsOf(this.optimizer).map((group) => copyOf(group.lr));
  }

  override step(): void {
    for (const scheduler of this._schedulers) scheduler.step();
    this._last_lr = groupsOf(this.optimizer).map((group) => copyOf(group.lr));
  }
}
