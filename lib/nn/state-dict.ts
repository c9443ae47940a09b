import { inspect } from 'node:util';
import { no_grad } from '../autograd/modes.js';
import { AssertionError, RuntimeError, TypeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import type { Module } from './module.js';
import { Parameter } from './parameter.js';
import { listRepr, sizeRepr, typeName } from './repr.js';

/** Tensors by dotted name. */
export type StateDict = Record<string, Tensor> | Iterable<readonly [string, Tensor]>;

/** The names that a state dict lacked and had too many; prints as PyTorch's named tuple. */
export class IncompatibleKeys {
  readonly missing_keys: string[];
  readonly unexpected_keys: string[];

  constructor(missing_keys: string[], unexpected_keys: string[]) {
    this.missing_keys = missing_keys;
    this.unexpected_keys = unexpected_keys;
  }

  *[Symbol.iterator](): Iterator<string[]> {
    yield this.missing_keys;
    yield this.unexpected_keys;
  }

  toString(): string {
    const { missing_keys: missing, unexpected_keys: unexpected } = this;
    if (missing.length === 0 && unexpected.length === 0) return '<All keys matched successfully>';
    return `_IncompatibleKeys(missing_keys=${listRepr(missing)}, unexpected_keys=${listRepr(unexpected)})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

export interface StateDictOptions {
  /** What the state is added to; a new object. */
  destination?: Record<string, Tensor>;
  /** Put before all names. */
  prefix?: string;
  /** Whether the very parameters are given, not tensors detached from them; false. */
  keep_vars?: boolean;
}

/** What `_load_from_state_dict` and the hooks before it get. */
export type LoadArgs = [
  state_dict: Record<string, any>,
  prefix: string,
  local_metadata: { assign_to_params_buffers?: boolean },
  strict: boolean,
  missing_keys: string[],
  unexpected_keys: string[],
  error_msgs: string[],
];

const EXTRA = '_extra_state';

export const extraStateText = (method: 'get_extra_state' | 'set_extra_state'): string =>
  `Reached a code path in Module.${method}() that should never be called. Please file an issue at ` +
  'https://github.com/pytorch/pytorch/issues/new?template=bug-report.yml to report this bug.';

/** Whether a class between that of `module` and Module, whose own method throws, implements `method`. */
function overrides(module: Module, method: 'get_extra_state' | 'set_extra_state'): boolean {
  const found: unknown[] = [];
  for (let at = Object.getPrototypeOf(module); at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, method)) found.push(at);
  }
  return found.length > 1;
}

/** Adds the state of `module` to `into`: its own first, then that of its sub-modules. */
export function saveStateDict(
  module: Module,
  into: Record<string, Tensor>,
  prefix: string,
  keepVars: boolean,
): Record<string, Tensor> {
  const hooks = module._state_hooks;
  for (const hook of hooks?.beforeSave ?? []) hook(module, prefix, keepVars);
  module._save_to_state_dict(into, prefix, keepVars);
  for (const [name, child] of Object.entries(module._modules)) {
    child.state_dict({ destination: into, prefix: `${prefix}${name}.`, keep_vars: keepVars });
  }
  let result = into;
  for (const hook of hooks?.afterSave ?? []) result = hook(module, result, prefix, {}) ?? result;
  return result;
}

export function saveOwn(module: Module, into: Record<string, Tensor>, prefix: string, keepVars: boolean): void {
  for (const [name, tensor] of Object.entries(ownState(module))) {
    into[prefix + name] = keepVars ? tensor : tensor.detach();
  }
  if (overrides(module, 'get_extra_state')) into[prefix + EXTRA] = module.get_extra_state() as Tensor;
}

/** Copies `state` into `root`, or lets it hold the very tensors of `state` with `assign`. */
export function loadStateDict(root: Module, state: StateDict, strict: boolean, assign: boolean): IncompatibleKeys {
  const [missing, unexpected, problems]: [string[], string[], string[]] = [[], [], []];
  const incompatible = new IncompatibleKeys(missing, unexpected);
  const metadata = assign ? { assign_to_params_buffers: true } : {};
  const visit = (module: Module, part: Record<string, unknown>, prefix: string): void => {
    module._load_from_state_dict(part, prefix, { ...metadata }, true, missing, unexpected, problems);
    for (const [name, child] of Object.entries(module._modules)) {
      const path = `${prefix}${name}.`;
      visit(child, Object.fromEntries(Object.entries(part).filter(([key]) => key.startsWith(path))), path);
    }
    for (const hook of module._state_hooks?.afterLoad ?? []) {
      if ((hook(module, incompatible) ?? null) !== null) throw new AssertionError(HOOK_RETURNED);
    }
  };
  visit(root, Object.fromEntries(entriesOf(state)), '');
  if (strict) problems.unshift(...listed('Missing', missing), ...listed('Unexpected', unexpected));
  if (problems.length > 0) {
    throw new RuntimeError(`Error(s) in loading state_dict for ${root.constructor.name}:\n\t${problems.join('\n\t')}`);
  }
  return incompatible;
}

const HOOK_RETURNED =
  'Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new values, if ' +
  'incompatible_keys need to be modified, it should be done inplace.';

export function loadOwn(module: Module, ...args: LoadArgs): void {
  const [state, prefix, metadata, strict, missing, unexpected, problems] = args;
  for (const hook of module._state_hooks?.beforeLoad ?? []) hook(module, ...args);
  const own = ownState(module);
  const children = module._modules;
  const assign = metadata.assign_to_params_buffers ?? false;
  for (const [name, tensor] of Object.entries(own)) {
    const key = prefix + name;
    if (Object.hasOwn(state, key)) problems.push(...loadOne(module, name, tensor, key, state[key], assign));
    else if (strict) missing.push(key);
  }
  const extra = prefix + EXTRA;
  const takesExtra = overrides(module, 'set_extra_state');
  if (takesExtra && Object.hasOwn(state, extra)) module.set_extra_state(state[extra]);
  else if (takesExtra && strict) missing.push(extra);
  if (!strict) return;
  for (const key of Object.keys(state)) {
    if (!key.startsWith(prefix) || (key === extra && takesExtra)) continue;
    const [name, ...deeper] = key.slice(prefix.length).split('.') as [string, ...string[]];
    if (!Object.hasOwn(deeper.length > 0 ? children : own, name)) unexpected.push(key);
  }
}

const ownState = (module: Module): Record<string, Tensor> => ({ ...module._parameters, ...module._persistent_buffers });

const listed = (kind: string, keys: string[]): string[] =>
  keys.length === 0 ? [] : [`${kind} key(s) in state_dict: ${keys.map((key) => `"${key}"`).join(', ')}. `];

function entriesOf(state: StateDict): Iterable<readonly [string, Tensor]> {
  const entries = !Array.isArray(state) || state.every(Array.isArray);
  if (typeof state !== 'object' || state === null || state instanceof Tensor || !entries) {
    throw new TypeError(`Expected state_dict to be dict-like, got <class '${typeName(state)}'>.`);
  }
  return Symbol.iterator in state ? (state as Iterable<readonly [string, Tensor]>) : Object.entries(state);
}

/** Loads one tensor; returns what went wrong, so that all problems can be reported together. */
function loadOne(module: Module, name: string, target: Tensor, key: string, given: unknown, assign: boolean): string[] {
  if (!(given instanceof Tensor)) {
    const wanted = 'expected torch.Tensor or Tensor-like object from checkpoint';
    return [`While copying the parameter named "${key}", ${wanted} but received <class '${typeName(given)}'>`];
  }
  // Checkpoints of PyTorch before 0.4 hold scalars as tensors of one element.
  const source = target.dim() === 0 && given.dim() === 1 && given.numel() === 1 ? given.reshape([]) : given;
  const [want, have] = [sizeRepr(target.shape), sizeRepr(source.shape)];
  if (want !== have) {
    const found = `copying a param with shape ${have} from checkpoint`;
    return [`size mismatch for ${key}: ${found}, the shape in current model is ${want}.`];
  }
  try {
    if (assign) Object.assign(module, { [name]: adopt(target, source) });
    else no_grad(() => target.copy_(source));
    return [];
  } catch (error) {
    const sizes = `whose dimensions in the model are ${want} and whose dimensions in the checkpoint are ${have}`;
    const cause = `('${error instanceof Error ? error.message : String(error)}',)`;
    return [`While copying the parameter named "${key}", ${sizes}, an exception occurred : ${cause}.`];
  }
}

/** `source` in the role of `target`: a parameter with the same requires_grad, or a buffer. */
function adopt(target: Tensor, source: Tensor): Tensor {
  if (!(target instanceof Parameter)) return source;
  if (source instanceof Parameter) return source.requires_grad_(target.requires_grad);
  return new Parameter(source, target.requires_grad);
}
