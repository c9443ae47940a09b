/** torch.optim.swa_utils: averages of the parameters of a model over the steps of its training. */
import { no_grad } from '../autograd/modes.js';
import { int64 } from '../dtype.js';
import { AssertionError, ValueError } from '../errors.js';
import { deepcopy } from '../nn/copy.js';
import { Module } from '../nn/module.js';
import { type ArgsOf, signature } from '../nn/signature.js';
import { tensor } from '../ops/index.js';
import { Tensor } from '../tensor.js';
import { cosine } from './exact.js';
import { type AnyOptimizer, byGroup, groupsOf, LRScheduler } from './lr_scheduler/base.js';
import { scalar } from './scalar.js';

/** The new average of one parameter. */
export type AverageFn = (average: Tensor, current: Tensor, num_averaged: Tensor | number) => Tensor;
/** Updates the averages of several parameters in place. */
export type MultiAverageFn = (averages: Tensor[], currents: Tensor[], num_averaged: Tensor | number) => void;

function checkDecay(decay: number): void {
  if (decay >= 0 && decay <= 1) return;
  throw new ValueError(`Invalid decay value ${decay} provided. Please provide a value in [0,1] range.`);
}

/** Moves each average towards the current value by `weight` of the difference. */
function approach(averages: Tensor[], currents: Tensor[], weight: number): void {
  for (const [i, average] of averages.entries()) {
    const current = currents[i] as Tensor;
    if (average.dtype.is_floating_point) average.lerp_(current, weight);
    else average.copy_(average.mul(1 - weight).add(current.mul(weight)));
  }
}

/**
 * An update of exponential moving averages: decay average + (1 - decay) current. A decay outside [0, 1] is a
 * ValueError.
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const { AveragedModel, get_ema_multi_avg_fn } = torch.optim.swa_utils;
 * const average = new AveragedModel(net, { multi_avg_fn: get_ema_multi_avg_fn(0.99) });
 * average.update_parameters(net);
 */
export function get_ema_multi_avg_fn(decay: number = 0.999): MultiAverageFn {
  checkDecay(decay);
  return (averages, currents) => no_grad(() => approach(averages, currents, 1 - decay));
}

/**
 * An update of the mean of all values so far.
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const { AveragedModel, get_swa_multi_avg_fn } = torch.optim.swa_utils;
 * new AveragedModel(net, { multi_avg_fn: get_swa_multi_avg_fn() }).update_parameters(net);
 */
export function get_swa_multi_avg_fn(): MultiAverageFn {
  return (averages, currents, count) => no_grad(() => approach(averages, currents, 1 / (scalar(count) + 1)));
}

/**
 * The exponential moving average of one parameter: decay average + (1 - decay) current.
 * @example
 * torch.optim.swa_utils.get_ema_avg_fn(0.9)(torch.zeros(1), torch.ones(1), torch.tensor(1)); // tensor([0.1000])
 */
export function get_ema_avg_fn(decay: number = 0.999): AverageFn {
  checkDecay(decay);
  return (average, current) => no_grad(() => average.mul(decay).add(current.mul(1 - decay)));
}

/**
 * The mean of all values of one parameter so far.
 * @example
 * torch.optim.swa_utils.get_swa_avg_fn()(torch.zeros(1), torch.ones(1), torch.tensor(1)); // tensor([0.5000])
 */
export function get_swa_avg_fn(): AverageFn {
  return (average, current, count) => no_grad(() => average.add(current.sub(average).div(scalar(count) + 1)));
}

const averaged = signature(
  'AveragedModel',
  (
    model: Module,
    device: string | null = null,
    avg_fn: AverageFn | null = null,
    multi_avg_fn: MultiAverageFn | null = null,
    use_buffers: boolean = false,
  ) => ({ model, device, avg_fn, multi_avg_fn, use_buffers }),
);

/**
 * A copy of a model whose parameters are averages over those that `update_parameters(model)` is called with: their mean,
 * or what `avg_fn` or `multi_avg_fn` computes. Buffers are copied, or averaged with `use_buffers`.
 *
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * const average = new torch.optim.swa_utils.AveragedModel(net);
 * average.update_parameters(net);
 * average(torch.ones(1, 2)); // tensor([[…]], grad_fn=<AddmmBackward0>)
 */
export class AveragedModel extends Module {
  module: Module;
  declare n_averaged: Tensor;
  readonly avg_fn: AverageFn | null;
  readonly multi_avg_fn: MultiAverageFn | null;
  readonly use_buffers: boolean;

  constructor(...args: ArgsOf<typeof averaged>) {
    super();
    const { model, device, avg_fn, multi_avg_fn, use_buffers } = averaged.bind(args);
    if (avg_fn !== null && multi_avg_fn !== null) {
      throw new AssertionError('Only one of avg_fn and multi_avg_fn should be provided');
    }
    this.module = deepcopy(model);
    if (device !== null) this.module.to(device);
    this.register_buffer('n_averaged', tensor(0n, { dtype: int64 }));
    this.avg_fn = avg_fn;
    this.multi_avg_fn = multi_avg_fn;
    this.use_buffers = use_buffers;
  }

  override forward(...args: unknown[]): unknown {
    return this.module(...args);
  }

  /** Takes the parameters of `model` into the averages; the first ones are copied. */
  update_parameters(model: Module): void {
    const membersOf = (module: Module): Tensor[] =>
      (this.use_buffers ? [...module.parameters(), ...module.buffers()] : module.parameters()).map((t) => t.detach());
    const [averages, currents] = [membersOf(this.module), membersOf(model)];
    const count = scalar(this.n_averaged);
    no_grad(() => {
      if (count === 0) for (const [i, average] of averages.entries()) average.copy_(currents[i] as Tensor);
      else this.average(averages, currents);
      if (!this.use_buffers) {
        const source = model.buffers();
        for (const [i, buffer] of this.module.buffers().entries()) buffer.detach().copy_(source[i] as Tensor);
      }
      this.n_averaged.add_(1);
    });
  }

  private average(averages: Tensor[], currents: Tensor[]): void {
    const { avg_fn } = this;
    if (avg_fn !== null) {
      for (const [i, average] of averages.entries()) {
        average.copy_(avg_fn(average, currents[i] as Tensor, this.n_averaged));
      }
      return;
    }
    const update = this.multi_avg_fn ?? get_swa_multi_avg_fn();
    for (const dtype of new Set(averages.map((average) => average.dtype))) {
      const alike = (_: Tensor, i: number): boolean => averages[i]?.dtype === dtype;
      update(averages.filter(alike), currents.filter(alike), this.n_averaged);
    }
  }
}

/** What update_bn has to know of a layer that normalizes by statistics of the batches. */
type BatchNorm = Module & { momentum: number | null; reset_running_stats(): void };

const isBatchNorm = (module: Module): module is BatchNorm => 'reset_running_stats' in module && 'momentum' in module;

/**
 * Computes the running statistics of all batch normalizations of `model` anew, over one pass through `loader`, whose
 * elements are inputs or arrays that begin with one.
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * torch.optim.swa_utils.update_bn([torch.ones(4, 2)], net);
 */
export function update_bn(loader: Iterable<Tensor | readonly Tensor[]>, model: Module, _device?: string | null): void {
  const layers = model.modules().filter(isBatchNorm);
  if (layers.length === 0) return;
  const momenta = layers.map((layer) => layer.momentum);
  const { training } = model;
  no_grad(() => {
    model.train();
    for (const layer of layers) {
      layer.reset_running_stats();
      layer.momentum = null;
    }
    for (const batch of loader) model(batch instanceof Tensor ? batch : batch[0]);
    for (const [i, layer] of layers.entries()) layer.momentum = momenta[i] as number | null;
    model.train(training);
  });
}

const swaLR = signature(
  'SWALR',
  (
    optimizer: AnyOptimizer,
    swa_lr: number | readonly number[],
    anneal_epochs: number = 10,
    anneal_strategy: 'cos' | 'linear' = 'cos',
    last_epoch: number = -1,
  ) => ({ optimizer, swa_lr, anneal_epochs, anneal_strategy, last_epoch }),
);

/**
 * Moves the learning rate to `swa_lr` within `anneal_epochs` epochs, along half a cosine or a line, and keeps it there.
 *
 * @example
 * const optimizer = new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 });
 * const scheduler = new torch.optim.swa_utils.SWALR(optimizer, { swa_lr: 0.05 });
 */
export class SWALR extends LRScheduler {
  declare _anneal_strategy: 'cos' | 'linear';
  declare anneal_epochs: number;

  constructor(...args: ArgsOf<typeof swaLR>) {
    const { optimizer, swa_lr, anneal_epochs, anneal_strategy, last_epoch } = swaLR.bind(args);
    const rates = byGroup('swa_lr', optimizer, swa_lr);
    for (const [i, group] of groupsOf(optimizer).entries()) group.swa_lr = rates[i];
    if (anneal_strategy !== 'cos' && anneal_strategy !== 'linear') {
      throw new ValueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${anneal_strategy}`);
    }
    if (!(Number.isInteger(anneal_epochs) && anneal_epochs >= 0)) {
      throw new ValueError(`anneal_epochs must be equal or greater than 0, got ${anneal_epochs}`);
    }
    super(optimizer, last_epoch, { _anneal_strategy: anneal_strategy, anneal_epochs });
  }

  /** How far from the initial rate to `swa_lr` a step is. */
  _share(step: number): number {
    const t = Math.max(0, Math.min(1, step / Math.max(1, this.anneal_epochs)));
    return this._anneal_strategy === 'linear' ? t : (1 - cosine(Math.PI * t)) / 2;
  }

  override get_lr(): number[] {
    const current = this._current();
    const step = Math.max(this._step_count - 1, this.anneal_epochs === 0 ? 1 : Number.NEGATIVE_INFINITY);
    const [before, now] = [this._share(step - 1), this._share(step)];
    return groupsOf(this.optimizer).map((group, i) => {
      const target = group.swa_lr as number;
      const lr = current[i] as number;
      const initial = before === 1 ? target : (lr - before * target) / (1 - before);
      return target * now + initial * (1 - now);
    });
  }
}
