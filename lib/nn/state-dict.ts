import { inspect } from 'node:util';
import { no_grad } from '../autograd/modes.js';
import { RuntimeError, TypeError } from '../errors.js';
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

/** Adds the state of `module` to `into`: its own first, then that of its sub-modules. */
export function saveStateDict(
  module: Module,
  prefix: string,
  keepVars: boolean,
  into: Record<string, Tensor>,
): Record<string, Tensor> {
  for (const [name, tensor] of Object.entries(ownState(module))) {
    into[prefix + name] = keepVars ? tensor : tensor.detach();
  }
  for (const [name, child] of Object.entries(module._modules))
    saveStateDict(child, `${prefix}${name}.`, keepVars, into);
  return into;
}

/** Copies `state` into `root`, or lets it hold the very tensors of `state` with `assign`. */
export function loadStateDict(root: Module, state: StateDict, strict: boolean, assign: boolean): IncompatibleKeys {
  const given = new Map(entriesOf(state));
  const [missing, unexpected, problems]: [string[], string[], string[]] = [[], [], []];
  const visit = (module: Module, prefix: string, keys: string[]): void => {
    const own = ownState(module);
    const children = module._modules;
    for (const [name, tensor] of Object.entries(own)) {
      const key = prefix + name;
      if (given.has(key)) problems.push(...loadOne(module, name, tensor, key, given.get(key), assign));
      else missing.push(key);
    }
    for (const key of keys) {
      const [name, ...deeper] = key.slice(prefix.length).split('.') as [string, ...string[]];
      if (!Object.hasOwn(deeper.length > 0 ? children : own, name)) unexpected.push(key);
    }
    for (const [name, child] of Object.entries(children)) {
      const path = `${prefix}${name}.`;
      visit(
        child,
        path,
        keys.filter((key) => key.startsWith(path)),
      );
    }
  };
  visit(root, '', [...given.keys()]);
  if (strict) problems.unshift(...listed('Missing', missing), ...listed('Unexpected', unexpected));
  if (problems.length > 0) {
    throw new RuntimeError(`Error(s) in loading state_dict for ${root.constructor.name}:\n\t${problems.join('\n\t')}`);
  }
  return new IncompatibleKeys(missing, unexpected);
}

const ownState = (module: Module): Record<string, Tensor> => ({ ...module._parameters, ...module._persistent_buffers });

const listed = (kind: string, keys: string[]): string[] =>
  keys.length === 0 ? [] : [`${kind} key(s) in state_dict: ${keys.map((key) => `"${key}"`).join(', ')}. `];

function entriesOf(state: StateDict): Iterable<readonly [string, Tensor]> {
  if (typeof state !== 'object' || state === null || state instanceof Tensor) {
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
