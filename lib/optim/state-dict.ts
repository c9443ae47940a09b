import { KeyError, TypeError, ValueError } from '../errors.js';
import { numbered } from '../io/storages.js';
import { typeName } from '../nn/repr.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';
import type { ParamState } from './optimizer.js';

type SavedGroup = { params: number[]; [option: string]: unknown };

/** The state of an optimizer without its parameters, which are numbered through all groups. */
export interface OptimizerState {
  state: Record<number, ParamState>;
  param_groups: SavedGroup[];
}

interface LiveGroup {
  params: Tensor[];
  param_names?: string[];
}

export function packState(groups: LiveGroup[], state: Map<Tensor, ParamState>): OptimizerState {
  const numbers = new Map<Tensor, number>();
  let start = 0;
  const param_groups = groups.map(({ params, ...options }) => {
    for (const [index, param] of params.entries()) {
      if (!numbers.has(param)) numbers.set(param, start + index);
    }
    start += params.length;
    return { ...options, params: params.map((param) => numbers.get(param) as number) };
  });
  const packed = [...state].map(([param, value]) => [numbers.get(param), value] as const);
  return { state: numbered(Object.fromEntries(packed)), param_groups };
}

export function unpackState(
  saved: OptimizerState,
  groups: LiveGroup[],
): { state: Map<Tensor, ParamState>; groups: LiveGroup[] } {
  const savedGroups = listIn(saved, 'param_groups').map((group) => asObject(group) as SavedGroup);
  if (groups.length !== savedGroups.length) {
    throw new ValueError('loaded state dict has a different number of parameter groups');
  }
  if (groups.some((group, index) => group.params.length !== listIn(savedGroups[index], 'params').length)) {
    throw new ValueError(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
  }
  const numbers = savedGroups.flatMap((group) => group.params);
  const params = groups.flatMap((group) => group.params);
  const byNumber = new Map(numbers.map((number, index) => [String(number), params[index] as Tensor]));
  const state = new Map<Tensor, ParamState>();
  for (const [number, value] of Object.entries(asObject(field(saved, 'state')))) {
    const param = byNumber.get(number);
    if (param !== undefined) state.set(param, cast(param, asObject(value)));
  }
  return { state, groups: savedGroups.map((group, index) => adoptGroup(groups[index] as LiveGroup, group)) };
}

/** The saved options with the live parameters, which keep their names unless the saved ones have some. */
function adoptGroup(live: LiveGroup, saved: SavedGroup): LiveGroup {
  const names = live.param_names === undefined ? {} : { param_names: live.param_names };
  const options = Object.entries(saved).map(([name, value]) => [name, copyOf(value)]);
  return { ...names, ...Object.fromEntries(options), params: live.params };
}

const copyOf = (value: unknown): unknown => {
  if (value instanceof Tensor) return value.clone();
  return Array.isArray(value) ? value.map(copyOf) : value;
};

/** Tensors of a state take the dtype of their parameter; the count of steps keeps its own. */
function cast(param: Tensor, state: ParamState): ParamState {
  const convert = ([key, value]: [string, unknown]): [string, unknown] => {
    const follows = value instanceof Tensor && key !== 'step' && param.dtype.is_floating_point;
    return [key, follows ? value.to(param.dtype) : value];
  };
  return Object.fromEntries(Object.entries(state).map(convert));
}

function field(saved: unknown, name: string): unknown {
  const value = asObject(saved)[name];
  if (value === undefined) throw new KeyError(`'${name}'`);
  return value;
}

function listIn(saved: unknown, name: string): readonly unknown[] {
  const list = field(saved, name);
  if (!Array.isArray(list)) throw new TypeError(`'${name}' of a state dict must be a list, not ${typeName(list)}`);
  return list;
}

/** Dictionaries of checkpoints may come as a Map. */
function asObject(value: unknown): Record<string, unknown> {
  if (value instanceof Map) return Object.fromEntries(value);
  return isOptions(value) ? value : {};
}
