import { inspect } from 'node:util';
import { no_grad } from '../autograd/modes.js';
import { bfloat16, type DType, float16, float32, float64 } from '../dtype.js';
import { AttributeError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { type Destination, dtypeOf } from './destination.js';
import { Hooked } from './hooked.js';
import { Parameter, persistenceOf } from './parameter.js';
import { blockRepr, indentRest, typeName } from './repr.js';
import { type ArgsOf, signature } from './signature.js';
import {
  extraStateText,
  type IncompatibleKeys,
  type LoadArgs,
  loadOwn,
  loadStateDict,
  type StateDict,
  type StateDictOptions,
  saveOwn,
  saveStateDict,
} from './state-dict.js';
import { type Named, namedMembers, namedModules } from './traverse.js';

/** A module is called like a function, with the arguments and the result of its `forward`. */
export interface Module {
  // biome-ignore lint/style/useShorthandFunctionType: the interface merges with the class
  (...args: Parameters<this['forward']>): ReturnType<this['forward']>;
}

const recurseOnly = signature('parameters', (recurse: boolean = true) => ({ recurse }));
const members = signature(
  'named_parameters',
  (prefix: string = '', recurse: boolean = true, remove_duplicate: boolean = true) => ({
    prefix,
    recurse,
    remove_duplicate,
  }),
);
const modules = signature(
  'named_modules',
  (memo: Set<Module> | null = null, prefix: string = '', remove_duplicate: boolean = true) => ({
    memo,
    prefix,
    remove_duplicate,
  }),
);

/**
 * Base class of all networks and layers. Parameters, buffers and modules that are properties of a module belong to it,
 * in the order in which they were assigned; private `#fields` cannot be found and do not.
 *
 * @example
 * class Net extends torch.nn.Module {
 *   fc = new torch.nn.Linear(2, 1);
 *   forward(x: torch.Tensor) {
 *     return this.fc(x).relu();
 *   }
 * }
 * const net = new Net();
 * net(torch.ones(4, 2)).shape; // [4, 1]
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call is implemented by Callable
export class Module extends Hooked {
  readonly #bufferNames = new Map<string, { persistent: boolean }>();

  /** False after `eval()`: layers such as dropout then behave differently. */
  training: boolean = true;

  /** The computation. Call the module itself instead: only that runs its hooks. */
  override forward(..._args: any[]): any {
    throw new NotImplementedError(`Module [${this.constructor.name}] is missing the required "forward" function`);
  }

  /** The module's own parameters by name. */
  get _parameters(): Record<string, Parameter> {
    return this.#own((value) => value instanceof Parameter);
  }

  /** The direct sub-modules by name. */
  get _modules(): Record<string, Module> {
    return this.#own((value) => typeof value === 'function' && value instanceof Module);
  }

  /** The module's own buffers by name. */
  get _buffers(): Record<string, Tensor> {
    return this.#own((value, name) => {
      if (!(value instanceof Tensor)) return false;
      const persistent = persistenceOf(value);
      if (persistent !== undefined) this.#bufferNames.set(name, { persistent });
      return this.#bufferNames.has(name);
    });
  }

  /** The own buffers that `state_dict` saves. */
  get _persistent_buffers(): Record<string, Tensor> {
    const persistent = ([name]: [string, Tensor]) => this.#bufferNames.get(name)?.persistent;
    return Object.fromEntries(Object.entries(this._buffers).filter(persistent));
  }

  // Class fields are defined, not set, so nothing can notice their assignment: members are found when asked for.
  #own<T>(isMember: (value: unknown, name: string) => boolean): Record<string, T> {
    const found: Record<string, T> = {};
    for (const name of Object.keys(this)) {
      const value: unknown = Reflect.get(this, name);
      if (isMember(value, name)) found[name] = value as T;
    }
    return found;
  }

  /** Adds a parameter; null reserves the name. */
  register_parameter(name: string, param: Parameter | null): void {
    this.#checkName('parameter', name, (present) => present instanceof Parameter);
    if (param !== null && !(param instanceof Parameter)) {
      const wanted = '(torch.nn.Parameter or None required)';
      throw new TypeError(`cannot assign '${typeName(param)}' object to parameter '${name}' ${wanted}`);
    }
    Object.assign(this, { [name]: param });
  }

  /** Adds a tensor that is converted and, if `persistent`, saved with the module but not trained. */
  register_buffer(name: string, tensor: Tensor | null, options: boolean | { persistent?: boolean } = true): void {
    this.#checkName('buffer', name, () => this.#bufferNames.has(name));
    if (tensor !== null && !(tensor instanceof Tensor)) {
      const wanted = '(torch Tensor or None required)';
      throw new TypeError(`cannot assign '${typeName(tensor)}' object to buffer '${name}' ${wanted}`);
    }
    const persistent = typeof options === 'boolean' ? options : (options.persistent ?? true);
    this.#bufferNames.set(name, { persistent });
    Object.assign(this, { [name]: tensor });
  }

  /** Adds a sub-module; null reserves the name. */
  add_module(name: string, module: Module | null): void {
    if (module !== null && !(module instanceof Module)) {
      throw new TypeError(`${typeName(module)} is not a Module subclass`);
    }
    this.#checkName('module', name, (present) => present instanceof Module);
    Object.assign(this, { [name]: module });
  }

  /** The same as `add_module`. */
  register_module(name: string, module: Module | null): void {
    this.add_module(name, module);
  }

  #checkName(
    kind: 'parameter' | 'buffer' | 'module',
    name: string,
    isReplaceable: (present: unknown) => boolean,
  ): void {
    if (typeof name !== 'string') throw new TypeError(`${kind} name should be a string. Got ${typeName(name)}`);
    if (name === '') throw new KeyError(`${kind} name can't be empty string ""`);
    if (name.includes('.')) {
      throw new KeyError(`${kind} name can't contain "."${kind === 'module' ? `, got: ${name}` : ''}`);
    }
    const present: unknown = Reflect.get(this, name);
    if (present !== undefined && present !== null && !(Object.hasOwn(this, name) && isReplaceable(present))) {
      throw new KeyError(`attribute '${name}' already exists`);
    }
  }

  /** This module and all below it with their dotted names, each module once unless `remove_duplicate` is false. */
  named_modules(...args: ArgsOf<typeof modules>): Named<Module>[] {
    const { memo, prefix, remove_duplicate } = modules.bind(args);
    return namedModules(this, prefix, remove_duplicate, memo ?? new Set());
  }

  /** This module and all below it. */
  modules(): Module[] {
    return namedModules(this, '', true, new Set()).map(([, module]) => module);
  }

  /** The direct sub-modules with their names. */
  named_children(): Named<Module>[] {
    const seen = new Set<Module>();
    return Object.entries(this._modules).filter(([, module]) => !seen.has(module) && seen.add(module));
  }

  /** The direct sub-modules. */
  children(): Module[] {
    return this.named_children().map(([, module]) => module);
  }

  /** All parameters with their dotted names; only the module's own without `recurse`. */
  named_parameters(...args: ArgsOf<typeof members>): Named<Parameter>[] {
    const { prefix, recurse, remove_duplicate } = members.bind(args);
    return namedMembers(this, (module) => module._parameters, prefix, recurse, remove_duplicate);
  }

  /** All parameters; only the module's own without `recurse`. */
  parameters(...args: ArgsOf<typeof recurseOnly>): Parameter[] {
    return this.named_parameters(recurseOnly.bind(args)).map(([, param]) => param);
  }

  /** All buffers with their dotted names; only the module's own without `recurse`. */
  named_buffers(...args: ArgsOf<typeof members>): Named<Tensor>[] {
    const { prefix, recurse, remove_duplicate } = members.bind(args, 'named_buffers');
    return namedMembers(this, (module) => module._buffers, prefix, recurse, remove_duplicate);
  }

  /** All buffers; only the module's own without `recurse`. */
  buffers(...args: ArgsOf<typeof recurseOnly>): Tensor[] {
    return this.named_buffers(recurseOnly.bind(args, 'buffers')).map(([, buffer]) => buffer);
  }

  /** The module at a dotted name, such as 'encoder.layers.0'. */
  get_submodule(target: string): Module {
    let module: Module = this;
    for (const name of target === '' ? [] : target.split('.')) {
      const found = attribute(module, name);
      if (!(found instanceof Module)) throw new AttributeError(`\`${name}\` is not an nn.Module`);
      module = found;
    }
    return module;
  }

  /** The parameter at a dotted name, such as 'fc.weight'. */
  get_parameter(target: string): Parameter {
    const { name, value } = this.#find(target);
    if (!(value instanceof Parameter)) throw new AttributeError(`\`${name}\` is not an nn.Parameter`);
    return value;
  }

  /** The buffer at a dotted name, such as 'norm.running_mean'. */
  get_buffer(target: string): Tensor {
    const { module, name } = this.#find(target);
    const buffer = module._buffers[name];
    if (buffer === undefined) throw new AttributeError(`\`${name}\` is not a buffer`);
    return buffer;
  }

  #find(target: string): { module: Module; name: string; value: unknown } {
    const dot = target.lastIndexOf('.');
    const module = this.get_submodule(target.slice(0, Math.max(dot, 0)));
    const name = target.slice(dot + 1);
    return { module, name, value: attribute(module, name) };
  }

  /** Puts this module and all below it into training mode, or into evaluation mode with `false`. */
  train(mode: boolean = true): this {
    if (typeof mode !== 'boolean') throw new ValueError('training mode is expected to be boolean');
    this.training = mode;
    for (const module of this.children()) module.train(mode);
    return this;
  }

  /** The same as `train(false)`. */
  eval(): this {
    return this.train(false);
  }

  /** Lets gradients be computed for all parameters, or freezes them with `false`. */
  requires_grad_(requires_grad: boolean = true): this {
    for (const param of this.parameters()) param.requires_grad_(requires_grad);
    return this;
  }

  /** Forgets the gradients of all parameters, or fills them with zeros. */
  zero_grad(set_to_none: boolean | { set_to_none?: boolean } = true): void {
    const forget = typeof set_to_none === 'boolean' ? set_to_none : (set_to_none.set_to_none ?? true);
    for (const param of this.parameters()) clearGrad(param, forget);
  }

  /** Calls `fn` with every module below this one and then with this one. */
  apply(fn: (module: Module) => void): this {
    for (const module of this.children()) module.apply(fn);
    fn(this);
    return this;
  }

  /** Replaces the data of every parameter and its gradient, and every buffer, by what `fn` makes of it. */
  _apply(fn: (tensor: Tensor) => Tensor): this {
    for (const module of this.children()) module._apply(fn);
    no_grad(() => {
      for (const param of Object.values(this._parameters)) {
        const grad = param.gradient;
        param.data = fn(param);
        if (grad) grad.data = fn(grad);
      }
      for (const [name, buffer] of Object.entries(this._buffers)) Object.assign(this, { [name]: fn(buffer) });
    });
    return this;
  }

  /** Converts the floating point parameters and buffers to a dtype, in place; the only device is 'cpu'. */
  to(...destination: Destination[]): this {
    const dtype = destination.map(dtypeOf).find((found) => found !== null) ?? null;
    if (dtype === null) return this;
    if (!dtype.is_floating_point && !dtype.is_complex) {
      const wanted = 'nn.Module.to only accepts floating point or complex dtypes';
      throw new TypeError(`${wanted}, but got desired dtype=${String(dtype)}`);
    }
    return this._apply((t) => (t.dtype.is_floating_point ? t.to(dtype) : t));
  }

  /** The same as `to('cpu')`, where all modules are. */
  cpu(): this {
    return this;
  }

  /** Converts all parameters and buffers, integers included. */
  type(dst_type: DType): this {
    return this._apply((t) => t.to(dst_type));
  }

  /** Nothing to do: `share()` of a tensor shares its memory with other threads. */
  share_memory(): this {
    return this;
  }

  float(): this {
    return this.to(float32);
  }

  double(): this {
    return this.to(float64);
  }

  half(): this {
    return this.to(float16);
  }

  bfloat16(): this {
    return this.to(bfloat16);
  }

  /**
   * Parameters and persistent buffers by dotted name, detached unless `keep_vars`; they share memory with the module.
   */
  state_dict({ destination = {}, prefix = '', keep_vars = false }: StateDictOptions = {}): Record<string, Tensor> {
    return saveStateDict(this, destination, prefix, keep_vars);
  }

  /** Copies what `state_dict` gave into this module; with `strict` the names have to be the same. */
  load_state_dict(
    state_dict: StateDict,
    strict: boolean | { strict?: boolean; assign?: boolean } = true,
    assign: boolean = false,
  ): IncompatibleKeys {
    const options = typeof strict === 'boolean' ? { strict, assign } : strict;
    return loadStateDict(this, state_dict, options.strict ?? true, options.assign ?? false);
  }

  /** Writes this module's own state, not that of modules below it, into `destination`; to be extended. */
  _save_to_state_dict(destination: Record<string, Tensor>, prefix: string, keep_vars: boolean): void {
    saveOwn(this, destination, prefix, keep_vars);
  }

  /** Reads this module's own part of `state_dict`, whose names start with `prefix`; what is wrong goes into the lists. */
  _load_from_state_dict(...[state_dict, prefix, local_metadata, strict, missing, unexpected, errors]: LoadArgs): void {
    loadOwn(this, state_dict, prefix, local_metadata, strict, missing, unexpected, errors);
  }

  /** What `state_dict` shall hold of this module beside tensors; a derived class implements it with `set_extra_state`. */
  get_extra_state(): unknown {
    throw new RuntimeError(extraStateText('get_extra_state'));
  }

  /** Takes what `get_extra_state` gave. */
  set_extra_state(_state: unknown): void {
    throw new RuntimeError(extraStateText('set_extra_state'));
  }

  /** What stands between the parentheses when the module is printed. */
  extra_repr(): string {
    return '';
  }

  override toString(): string {
    const child = ([name, module]: [string, Module]) => `(${name}): ${indentRest(module.toString())}`;
    return blockRepr(this.constructor.name, this.extra_repr(), Object.entries(this._modules).map(child));
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function attribute(module: Module, name: string): unknown {
  if (name in module) return Reflect.get(module, name);
  throw new AttributeError(`${module.constructor.name} has no attribute \`${name}\``);
}

/** Forgets the gradient of `param`, or fills it with zeros. */
export function clearGrad(param: Tensor, forget: boolean): void {
  const grad = param.gradient;
  if (grad === null) return;
  if (forget) param.dropGrad();
  else (grad.grad_fn === null ? grad.requires_grad_(false) : grad.detach_()).zero_();
}
