/** Schedules that move the learning rate and, against it, the momentum. */
import { ValueError } from '../../errors.js';
import { repr } from '../../nn/repr.js';
import { type ArgsOf, signature } from '../../nn/signature.js';
import { cosine, power } from '../exact.js';
import { type AnyOptimizer, byGroup, type Group, groupsOf, LRScheduler, setRate } from './base.js';

type ByGroup = number | readonly number[];

/** Whether an optimizer's momentum is `betas[0]` or `momentum`; a ValueError where it has neither. */
function usesBeta1(optimizer: AnyOptimizer): boolean {
  const { defaults } = optimizer;
  if (!('momentum' in defaults || 'betas' in defaults)) {
    throw new ValueError('optimizer must support momentum or beta1 with `cycle_momentum` option enabled');
  }
  return 'betas' in defaults;
}

function setMomentum(group: Group, momentum: number, useBeta1: boolean): void {
  if (useBeta1) group.betas = [momentum, ...(group.betas as number[]).slice(1)];
  else group.momentum = momentum;
}

/** Starts the momenta of all groups at their highest. */
function startMomenta(optimizer: AnyOptimizer, bases: number[], highest: number[], useBeta1: boolean): void {
  for (const [i, group] of groupsOf(optimizer).entries()) {
    setMomentum(group, highest[i] as number, useBeta1);
    Object.assign(group, { max_momentum: highest[i], base_momentum: bases[i] });
  }
}

const cyclic = signature(
  'CyclicLR',
  (
    optimizer: AnyOptimizer,
    base_lr: ByGroup,
    max_lr: ByGroup,
    step_size_up: number = 2000,
    step_size_down: number | null = null,
    mode: 'triangular' | 'triangular2' | 'exp_range' = 'triangular',
    gamma: number = 1,
    scale_fn: ((x: number) => number) | null = null,
    scale_mode: 'cycle' | 'iterations' = 'cycle',
    cycle_momentum: boolean = true,
    base_momentum: ByGroup = 0.8,
    max_momentum: ByGroup = 0.9,
    last_epoch: number = -1,
  ) => ({
    optimizer,
    base_lr,
    max_lr,
    step_size_up,
    step_size_down,
    mode,
    gamma,
    scale_fn,
    scale_mode,
    cycle_momentum,
    base_momentum,
    max_momentum,
    last_epoch,
  }),
);

/**
 * Learning rates that go up and down in lines between `base_lr` and `max_lr` (Smith, 2017), with every batch; `mode` or
 * `scale_fn` say how the cycles shrink. The momentum goes the other way.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1, momentum: 0.9 });
 * const scheduler = new torch.optim.lr_scheduler.CyclicLR(optimizer, { base_lr: 0.01, max_lr: 0.1 });
 */
export class CyclicLR extends LRScheduler {
  declare max_lrs: number[];
  declare total_size: number;
  declare step_ratio: number;
  declare mode: 'triangular' | 'triangular2' | 'exp_range';
  declare gamma: number;
  declare _scale_fn_custom: ((x: number) => number) | null;
  declare scale_mode: 'cycle' | 'iterations';
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;
  declare base_momentums: number[];
  declare max_momentums: number[];

  constructor(...args: ArgsOf<typeof cyclic>) {
    const { optimizer, last_epoch, mode, gamma, scale_fn, cycle_momentum, ...given } = cyclic.bind(args);
    const base_lrs = byGroup('base_lr', optimizer, given.base_lr);
    if (last_epoch === -1) {
      for (const [i, group] of groupsOf(optimizer).entries()) setRate(group, base_lrs[i] as number);
    }
    const max_lrs = byGroup('max_lr', optimizer, given.max_lr);
    const total_size = given.step_size_up + (given.step_size_down ?? given.step_size_up);
    if (!['triangular', 'triangular2', 'exp_range'].includes(mode) && scale_fn === null) {
      throw new ValueError('mode is invalid and scale_fn is None');
    }
    const own = {
      max_lrs,
      total_size,
      step_ratio: given.step_size_up / total_size,
      mode,
      gamma,
      _scale_fn_custom: scale_fn,
      scale_mode: scale_fn === null ? (mode === 'exp_range' ? 'iterations' : 'cycle') : given.scale_mode,
      cycle_momentum,
    };
    let momenta = {};
    if (cycle_momentum) {
      const use_beta1 = usesBeta1(optimizer);
      const base_momentums = byGroup('base_momentum', optimizer, given.base_momentum);
      const max_momentums = byGroup('max_momentum', optimizer, given.max_momentum);
      if (last_epoch === -1) startMomenta(optimizer, base_momentums, max_momentums, use_beta1);
      momenta = { use_beta1, base_momentums, max_momentums };
    }
    super(optimizer, last_epoch, { ...own, ...momenta });
    this.base_lrs = base_lrs;
  }

  /** The factor of the height of a cycle, or with `scale_mode` 'iterations' of an iteration. */
  scale_fn(x: number): number {
    if (this._scale_fn_custom !== null) return this._scale_fn_custom(x);
    if (this.mode === 'triangular') return 1;
    return this.mode === 'triangular2' ? 1 / 2 ** (x - 1) : power(this.gamma, x);
  }

  override get_lr(): number[] {
    this._current();
    const { last_epoch, total_size, step_ratio } = this;
    const cycle = Math.floor(1 + last_epoch / total_size);
    const x = 1 + last_epoch / total_size - cycle;
    const height = x <= step_ratio ? x / step_ratio : (x - 1) / (step_ratio - 1);
    const scale = this.scale_fn(this.scale_mode === 'cycle' ? cycle : last_epoch);
    if (this.cycle_momentum) {
      for (const [i, group] of groupsOf(this.optimizer).entries()) {
        const highest = this.max_momentums[i] as number;
        setMomentum(group, highest - (highest - (this.base_momentums[i] as number)) * height * scale, this.use_beta1);
      }
    }
    return this._bases().map((base, i) => base + ((this.max_lrs[i] as number) - base) * height * scale);
  }

  override state_dict(): Record<string, unknown> {
    return { ...super.state_dict(), _scale_fn_custom: null };
  }

  override load_state_dict(state_dict: Record<string, unknown>): void {
    const { _scale_fn_custom: _, ...state } = state_dict;
    super.load_state_dict(state);
  }
}

interface Phase {
  end_step: number;
  start_lr: string;
  end_lr: string;
  start_momentum: string;
  end_momentum: string;
}

const oneCycle = signature(
  'OneCycleLR',
  (
    optimizer: AnyOptimizer,
    max_lr: ByGroup,
    total_steps: number | null = null,
    epochs: number | null = null,
    steps_per_epoch: number | null = null,
    pct_start: number = 0.3,
    anneal_strategy: 'cos' | 'linear' = 'cos',
    cycle_momentum: boolean = true,
    base_momentum: ByGroup = 0.85,
    max_momentum: ByGroup = 0.95,
    div_factor: number = 25,
    final_div_factor: number = 1e4,
    three_phase: boolean = false,
    last_epoch: number = -1,
  ) => ({
    optimizer,
    max_lr,
    total_steps,
    epochs,
    steps_per_epoch,
    pct_start,
    anneal_strategy,
    cycle_momentum,
    base_momentum,
    max_momentum,
    div_factor,
    final_div_factor,
    three_phase,
    last_epoch,
  }),
);

const positive = (value: number): boolean => Number.isInteger(value) && value > 0;

function stepsOf(total: number | null, epochs: number | null, perEpoch: number | null): number {
  if (total !== null) {
    if (positive(total)) return total;
    throw new ValueError(`Expected positive integer total_steps, but got ${repr(total)}`);
  }
  if (epochs === null || perEpoch === null) {
    throw new ValueError('You must define either total_steps OR (epochs AND steps_per_epoch)');
  }
  if (!positive(epochs)) throw new ValueError(`Expected positive integer epochs, but got ${repr(epochs)}`);
  if (!positive(perEpoch)) {
    throw new ValueError(`Expected positive integer steps_per_epoch, but got ${repr(perEpoch)}`);
  }
  return epochs * perEpoch;
}

// Each phase is named by the options of a group between which it moves.
function phasesOf(steps: number, pctStart: number, three: boolean): Phase[] {
  const phase = (end_step: number, lr: [string, string], momentum: [string, string]): Phase => ({
    end_step,
    start_lr: lr[0],
    end_lr: lr[1],
    start_momentum: momentum[0],
    end_momentum: momentum[1],
  });
  const up = phase(pctStart * steps - 1, ['initial_lr', 'max_lr'], ['max_momentum', 'base_momentum']);
  const down = ['base_momentum', 'max_momentum'] satisfies [string, string];
  if (!three) return [up, phase(steps - 1, ['max_lr', 'min_lr'], down)];
  return [
    up,
    phase(2 * pctStart * steps - 2, ['max_lr', 'initial_lr'], down),
    phase(steps - 1, ['initial_lr', 'min_lr'], ['max_momentum', 'max_momentum']),
  ];
}

/**
 * One cycle over all batches (Smith and Topin, 2018): from `max_lr / div_factor` up to `max_lr` within the share
 * `pct_start` of the steps, then down to `max_lr / (div_factor final_div_factor)`. The momentum goes the other way.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1, momentum: 0.9 });
 * const scheduler = new torch.optim.lr_scheduler.OneCycleLR(optimizer, { max_lr: 0.1, total_steps: 100 });
 */
export class OneCycleLR extends LRScheduler {
  declare total_steps: number;
  declare _schedule_phases: Phase[];
  declare _anneal_func_type: 'cos' | 'linear';
  declare cycle_momentum: boolean;
  declare use_beta1: boolean;

  constructor(...args: ArgsOf<typeof oneCycle>) {
    const { optimizer, last_epoch, cycle_momentum, anneal_strategy, pct_start, ...given } = oneCycle.bind(args);
    const total_steps = stepsOf(given.total_steps, given.epochs, given.steps_per_epoch);
    if (!(pct_start >= 0 && pct_start <= 1)) {
      throw new ValueError(`Expected float between 0 and 1 pct_start, but got ${repr(pct_start)}`);
    }
    if (anneal_strategy !== 'cos' && anneal_strategy !== 'linear') {
      throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${anneal_strategy}`);
    }
    const max_lrs = byGroup('max_lr', optimizer, given.max_lr);
    if (last_epoch === -1) {
      for (const [i, group] of groupsOf(optimizer).entries()) {
        const initial_lr = (max_lrs[i] as number) / given.div_factor;
        Object.assign(group, { initial_lr, max_lr: max_lrs[i], min_lr: initial_lr / given.final_div_factor });
      }
    }
    let momenta = {};
    if (cycle_momentum) {
      const use_beta1 = usesBeta1(optimizer);
      const highest = byGroup('max_momentum', optimizer, given.max_momentum);
      const bases = byGroup('base_momentum', optimizer, given.base_momentum);
      if (last_epoch === -1) startMomenta(optimizer, bases, highest, use_beta1);
      momenta = { use_beta1 };
    }
    super(optimizer, last_epoch, {
      total_steps,
      _schedule_phases: phasesOf(total_steps, pct_start, given.three_phase),
      _anneal_func_type: anneal_strategy,
      cycle_momentum,
      ...momenta,
    });
  }

  _anneal(group: Group, from: string, to: string, share: number): number {
    const [start, end] = [group[from] as number, group[to] as number];
    if (this._anneal_func_type === 'linear') return (end - start) * share + start;
    return end + ((start - end) / 2) * (cosine(Math.PI * share) + 1);
  }

  override get_lr(): number[] {
    this._current();
    const step = this.last_epoch;
    if (step > this.total_steps) {
      const total = `The specified number of total steps is ${this.total_steps}`;
      throw new ValueError(`Tried to step ${step} times. ${total}`);
    }
    const phases = this._schedule_phases;
    const found = phases.findIndex((phase) => step <= phase.end_step);
    const at = found < 0 ? phases.length - 1 : found;
    const phase = phases[at] as Phase;
    const start = phases[at - 1]?.end_step ?? 0;
    const share = (step - start) / (phase.end_step - start);
    return groupsOf(this.optimizer).map((group) => {
      const lr = this._anneal(group, phase.start_lr, phase.end_lr, share);
      if (this.cycle_momentum) {
        setMomentum(group, this._anneal(group, phase.start_momentum, phase.end_momentum, share), this.use_beta1);
      }
      return lr;
    });
  }
}
