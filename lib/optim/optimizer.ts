import { inspect } from 'node:util';
import { enable_grad, recording } from '../autograd/modes.js';
import { NotImplementedError, TypeError, ValueError } from '../errors.js';
import { stepEnded } from '../memory.js';
import { clearGrad } from '../nn/module.js';
import { listRepr, repr, typeName } from '../nn/repr.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';
import { untidied } from '../tidy.js';
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

/**
 * Base class of all optimizers: parameter groups with their options, and a state for each parameter.
 * A derived class implements `_step_group`, which runs without gradients being recorded.
 */
export class Optimizer<O extends object = Record<string, unknown>> {
  readonly defaults: O;
  param_groups: ParamGroup<O>[] = [];
  /** What is remembered about each parameter, such as its momentum. */
  state = new Map<Tensor, ParamState>();

  constructor(params: Params<O>, defaults: O) {
    this.defaults = defaults;
    if (params instanceof Tensor) {
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
    const loss = closure ? enable_grad(closure) : null;
    // What is remembered here outlives a tidy() around the step.
    untidied(() =>
      recording(false, () => {
        for (const group of this.param_groups) this._step_group(group);
      }),
    );
    stepEnded();
    return loss;
  }

  /** Updates the parameters of one group. */
  _step_group(_group: ParamGroup<O>): void {
    throw new NotImplementedError(`${this.constructor.name} does not implement _step_group`);
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
    return packState(this.param_groups, this.state);
  }

  /** Takes over what `state_dict` gave; the groups must have as many parameters as those of this optimizer. */
  load_state_dict(state_dict: OptimizerState): void {
    const { state, groups } = unpackState(state_dict, this.param_groups);
    this.state = state;
    // Options that a saved group lacks, because it is older than they are, have their defaults.
    this.param_groups = groups.map((group) => ({ ...this.defaults, ...group }) as ParamGroup<O>);
  }

  toString(): string {
    const option = ([name, value]: [string, unknown]): string =>
      `    ${name}: ${name === 'param_names' ? listRepr(value as string[]) : repr(value)}`;
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

/** Names, where given, and tensors of what a group holds. */
function separate(given: Tensor | Iterable<Param>): { names: string[]; params: Tensor[] } {
  if (given instanceof Tensor) return { names: [], params: [given] };
  if (given instanceof Set) {
    throw new TypeError(
      'optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets will ' +
        'change between runs. Please use a list instead.',
    );
  }
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
