import { inspect } from 'node:util';
import { enable_grad, recording } from '../autograd/modes.js';
import { KeyError, NotImplementedError, RuntimeError, TypeError, ValueError } from '../errors.js';
import { stepEnded } from '../memory.js';
import { HookList, type RemovableHandle } from '../nn/hooks.js';
import { clearGrad } from '../nn/module.js';
import { floatRepr, listRepr, repr, typeName } from '../nn/repr.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';
import { untidied } from '../tidy.js';
import { counter } from './checks.js';
import { type OptimizerState, packState, unpackState } from './state-dict.js';

/** A parameter, alone or with its name. */
export type Param = Tensor | readonly [name: string, param: Tensor];
/** Parameters that share options: those not given are the defaults of the optimizer. */
export type ParamGroup<O> = O & { params: Tensor[]; param_names?: string[] };
export type ParamGroupInit<O> = Partial<O> & { params: Tensor | Iterable<Param>; [option: string]: unknown };
/** What an optimizer optimizes: parameters, named parameters, or groups of them with options of their own. */
export type Params<O> = Iterable<Param> | Iterable<ParamGroupInit<O>>;
/** What an optimizer remembers about one parameter. */
export type ParamState = Record<string, unknown>;

/** Called before a step with the arguments of `step()`; what it returns, if anything, replaces them. */
export type StepPreHook = (optimizer: Optimizer<any>, args: unknown[]) => unknown[] | null | undefined | void;
/** Called after a step with the arguments of `step()`. */
export type StepPostHook = (optimizer: Optimizer<any>, args: unknown[]) => void;
export type StatePreHook = (optimizer: Optimizer<any>) => void;
/** Called with what `state_dict()` gives or `load_state_dict()` takes; what it returns, if anything, replaces it. */
export type StateHook = (
  optimizer: Optimizer<any>,
  state_dict: OptimizerState,
) => OptimizerState | null | undefined | void;

const everyStep = { before: new HookList<StepPreHook>(), after: new HookList<StepPostHook>() };

/**
 * Calls `hook` before each step of every optimizer.
 * @example
 * let steps = 0;
 * const handle = torch.optim.register_optimizer_step_pre_hook(() => void steps++);
 * new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 }).step();
 * handle.remove();
 * steps; // 1
 */
export function register_optimizer_step_pre_hook(hook: StepPreHook): RemovableHandle {
  return everyStep.before.add(hook);
}
/**
 * Calls `hook` after each step of every optimizer.
 * @example
 * let steps = 0;
 * const handle = torch.optim.register_optimizer_step_post_hook(() => void steps++);
 * new torch.optim.SGD([new torch.nn.Parameter(torch.ones(1))], { lr: 0.1 }).step();
 * handle.remove();
 * steps; // 1
 */
export function register_optimizer_step_post_hook(hook: StepPostHook): RemovableHandle {
  return everyStep.after.add(hook);
}

/**
 * Base class of all optimizers: parameter groups with their options, and a state for each parameter.
 * A derived class implements `_update` for one parameter or `_step_group` for all of a group, which run without gradients
 * being recorded.
 * @example
 * const w = new torch.nn.Parameter(torch.ones(1));
 * const optimizer = new torch.optim.SGD([w], { lr: 0.1 });
 * w.mul(3).sum().backward();
 * optimizer.step();
 * w.item().toFixed(4); // '0.7000'
 */
export class Optimizer<O extends object = Record<string, unknown>> {
  readonly defaults: O;
  param_groups: ParamGroup<O>[] = [];
  /** What is remembered about each parameter, such as its momentum. */
  state = new Map<Tensor, ParamState>();
  readonly #hooks = {
    beforeStep: new HookList<StepPreHook>(),
    afterStep: new HookList<StepPostHook>(),
    beforeState: new HookList<StatePreHook>(),
    afterState: new HookList<StateHook>(),
    beforeLoad: new HookList<StateHook>(),
    afterLoad: new HookList<StatePreHook>(),
  };

  constructor(params: Params<O>, defaults: O) {
    this.defaults = defaults;
    if (params instanceof Tensor || !isIterable(params)) {
      const wanted = 'params argument given to the optimizer should be an iterable of Tensors or dicts';
      throw new TypeError(`${wanted}, but got ${typeName(params)}`);
    }
    const given: unknown[] = [...(params as Iterable<unknown>)];
    if (given.length === 0) throw new ValueError('optimizer got an empty parameter list');
    const groups = isOptions(given[0]) ? given : [{ params: given }];
    for (const group of groups) this.add_param_group(group as ParamGroupInit<O>);
  }

  /** Adds parameters with options of their own; the group itself becomes part of `param_groups`. */
  add_param_group(param_group: ParamGroupInit<O>): void {
    if (!isOptions(param_group)) {
      throw new TypeError(`param_group must be a dict, but got <class '${typeName(param_group)}'>`);
    }
    if (param_group.params === undefined) throw new KeyError("'params'");
    const { names, params } = separate(param_group.params as Tensor | Iterable<Param>);
    for (const param of params) {
      if (!(param instanceof Tensor)) {
        throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typeName(param)}`);
      }
      if (!param.is_leaf) throw new ValueError("can't optimize a non-leaf Tensor");
    }
    const options = Object.entries(this.defaults).filter(([name]) => param_group[name] === undefined);
    const group = Object.assign(param_group, { params }, Object.fromEntries(options)) as unknown as ParamGroup<O>;
    if (names.length > 0) group.param_names = names;
    this.#checkAgainstOthers(group);
    this.param_groups.push(group);
  }

  #checkAgainstOthers(group: ParamGroup<O>): void {
    const named = group.param_names !== undefined;
    for (const other of this.param_groups) {
      if ((other.param_names !== undefined) === named) continue;
      const kind = named ? 'with names' : 'without names';
      throw new ValueError(
        `all optimizer param groups should be with/without names. cannot add param group ${kind} to the optimizer`,
      );
    }
    if (new Set(group.params).size < group.params.length) {
      process.emitWarning('optimizer contains a parameter group with duplicate parameters', 'UserWarning');
    }
    const taken = new Set(this.param_groups.flatMap((other) => other.params));
    if (group.params.some((param) => taken.has(param))) {
      throw new ValueError('some parameters appear in more than one parameter group');
    }
  }

  /** Forgets the gradients of all parameters, or fills them with zeros. */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    const forget = typeof set_to_none === 'boolean' ? set_to_none : (set_to_none.set_to_none ?? true);
    for (const { params } of this.param_groups) {
      for (const param of params) clearGrad(param, forget);
    }
  }

  /** Updates all parameters that have a gradient; `closure`, if given, computes the loss first, which is returned. */
  step(): null;
  step<L>(closure: () => L): L;
  step<L>(closure?: () => L): L | null {
    return this._hooked([closure], ([given]) => {
      const loss = given ? enable_grad(given as () => L) : null;
      // What is remembered here outlives a tidy() around the step.
      untidied(() =>
        recording(false, () => {
          for (const group of this.param_groups) this._step_group(group);
        }),
      );
      stepEnded();
      return loss;
    });
  }

  /** Runs `body`, which is a step, between the hooks. */
  _hooked<R>(given: unknown[], body: (args: unknown[]) => R): R {
    let args = given;
    for (const hook of [...everyStep.before, ...this.#hooks.beforeStep]) {
      const changed = hook(this, args) ?? args;
      if (!Array.isArray(changed)) {
        const wanted = 'must return None or a tuple of (new_args, new_kwargs)';
        throw new RuntimeError(`${hook.name} ${wanted}, but got ${repr(changed)}.`);
      }
      args = changed;
    }
    const result = body(args);
    for (const hook of [...this.#hooks.afterStep, ...everyStep.after]) hook(this, args);
    return result;
  }

  /** Updates the parameters of one group. */
  _step_group(group: ParamGroup<O>): void {
    const { maximize } = group as { maximize?: boolean };
    for (const param of group.params) {
      const { gradient } = param;
      if (gradient) this._update(param, maximize ? gradient.neg() : gradient, group);
    }
  }

  /** Updates one parameter; `gradient` is what it shall descend along, negated already for `maximize`. */
  _update(_param: Tensor, _gradient: Tensor, _group: ParamGroup<O>): void {
    throw new NotImplementedError(`${this.constructor.name} implements neither _update nor _step_group`);
  }

  /** Calls `hook(optimizer, args)` before each step. */
  register_step_pre_hook(hook: StepPreHook): RemovableHandle {
    return this.#hooks.beforeStep.add(hook);
  }

  /** Calls `hook(optimizer, args)` after each step. */
  register_step_post_hook(hook: StepPostHook): RemovableHandle {
    return this.#hooks.afterStep.add(hook);
  }

  /** Calls `hook(optimizer)` before `state_dict()` reads the state. */
  register_state_dict_pre_hook(hook: StatePreHook, prepend: boolean = false): RemovableHandle {
    return this.#hooks.beforeState.add(hook, prepend);
  }

  /** Calls `hook(optimizer, state_dict)` with what `state_dict()` will return, or instead of it what the hook does. */
  register_state_dict_post_hook(hook: StateHook, prepend: boolean = false): RemovableHandle {
    return this.#hooks.afterState.add(hook, prepend);
  }

  /** Calls `hook(optimizer, state_dict)` with what `load_state_dict()` was given, or shall load instead. */
  register_load_state_dict_pre_hook(hook: StateHook, prepend: boolean = false): RemovableHandle {
    return this.#hooks.beforeLoad.add(hook, prepend);
  }

  /** Calls `hook(optimizer)` after `load_state_dict()`. */
  register_load_state_dict_post_hook(hook: StatePreHook, prepend: boolean = false): RemovableHandle {
    return this.#hooks.afterLoad.add(hook, prepend);
  }

  /** The state of `param`, made by `create` when there is none. */
  _state_of<S extends object>(param: Tensor, create: () => S): S {
    let state = this.state.get(param);
    if (state === undefined) {
      state = create() as ParamState;
      this.state.set(param, state);
    }
    return state as S;
  }

  /** State and groups, with parameters replaced by their numbers: what PyTorch's optimizers give. */
  state_dict(): OptimizerState {
    for (const hook of this.#hooks.beforeState) hook(this);
    let packed = packState(this.param_groups, this.state);
    for (const hook of this.#hooks.afterState) packed = hook(this, packed) ?? packed;
    return packed;
  }

  /** Takes over what `state_dict` gave; the groups must have as many parameters as those of this optimizer. */
  load_state_dict(state_dict: OptimizerState): void {
    let given = state_dict;
    for (const hook of this.#hooks.beforeLoad) given = hook(this, given) ?? given;
    const { state, groups } = unpackState(given, this.param_groups);
    this.state = state;
    // Checkpoints of old versions count the steps with a plain number.
    for (const values of state.values()) {
      if (typeof values.step === 'number') values.step = counter(values.step);
    }
    // Options that a saved group lacks, because it is older than they are, have their defaults.
    this.param_groups = groups.map((group) => ({ ...this.defaults, ...group }) as ParamGroup<O>);
    for (const hook of this.#hooks.afterLoad) hook(this);
  }

  /** Whole numbers that are ints where they stand for the default in PyTorch, and print as such. @internal */
  get _int_defaults(): Readonly<Record<string, number>> {
    return NO_DECAY;
  }

  toString(): string {
    const shown = (name: string, value: unknown): string => {
      if (name === 'param_names') return listRepr(value as string[]);
      const isFloat = FLOATS.has(name) && value !== this._int_defaults[name];
      return isFloat ? floatsRepr(value) : str(value);
    };
    const option = ([name, value]: [string, unknown]): string => `    ${name}: ${shown(name, value)}`;
    const groups = this.param_groups.map(({ params: _, ...options }, index) => {
      const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
      return [`Parameter Group ${index}`, ...sorted.map(option)].join('\n');
    });
    return `${this.constructor.name} (\n${groups.join('\n\n')}\n)`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** Options that are floats in PyTorch: whole ones print with a point. */
const FLOATS = new Set(
  (
    'lr initial_lr min_lr max_lr swa_lr base_momentum max_momentum betas eps weight_decay momentum dampening lr_decay ' +
    'initial_accumulator_value rho alpha lambd t0 momentum_decay etas beta2_decay d tolerance_grad ' +
    'tolerance_change ns_coefficients'
  ).split(' '),
);
const NO_DECAY = { weight_decay: 0, momentum: 0, dampening: 0, lr_decay: 0, initial_accumulator_value: 0 };

/** What Python's format() gives for floats, or for a tensor without dimensions. */
function floatsRepr(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(floatsRepr).join(', ')})`;
  if (value instanceof Tensor && value.dim() === 0) return floatRepr(Number(value.item()));
  return typeof value === 'number' ? floatRepr(value) : str(value);
}

/** What Python's str() gives for an option. */
const str = (value: unknown): string => (typeof value === 'string' ? value : repr(value));

const isIterable = (x: unknown): boolean => typeof (x as Iterable<unknown> | null)?.[Symbol.iterator] === 'function';

/** Names, where given, and tensors of what a group holds. */
function separate(given: Tensor | Iterable<Param>): { names: string[]; params: Tensor[] } {
  if (given instanceof Tensor) return { names: [], params: [given] };
  if (given instanceof Set) {
    throw new TypeError(
      'optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will ' +
        'change between runs. Please use a list instead.',
    );
  }
  if (!isIterable(given)) throw new TypeError(`params must be tensors, but got ${typeName(given)}`);
  const names: string[] = [];
  const params: Tensor[] = [];
  for (const entry of given) {
    const named = Array.isArray(entry) && typeof entry[0] === 'string';
    if (named) names.push(entry[0]);
    params.push((named ? entry[1] : entry) as Tensor);
  }
  if (names.length > 0 && names.length < params.length) {
    throw new ValueError('all optimizer params should be with/without names. Some param names are missing');
  }
  return { names, params };
}
