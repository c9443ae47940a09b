/** Hooks around the forward and backward pass of modules, of one module or of all. */
import { AutogradFunction } from '../autograd/function.js';
import { gradEnabled } from '../autograd/modes.js';
import type { Node } from '../autograd/node.js';
import { RuntimeError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { HookList, type RemovableHandle } from './hooks.js';
import type { Module } from './module.js';
import { typeName } from './repr.js';
import type { IncompatibleKeys, LoadArgs } from './state-dict.js';

type Grads = readonly (Tensor | null)[];
type Replaced = Tensor | null | undefined | void | Grads;
/** Called before every forward; what it returns, if anything, replaces the arguments. */
export type ForwardPreHook = (module: Module, args: any[], kwargs?: any) => unknown;
/** Called after every forward, with the output last; what it returns, if anything, replaces the output. */
export type ForwardHook = (module: Module, args: any[], ...output: any[]) => unknown;
/** Called with the gradients of the inputs and of the outputs; what it returns replaces those of the inputs. */
export type BackwardHook = (module: Module, grad_input: any, grad_output: any) => Replaced;
/** Called with the gradients of the outputs; what it returns replaces them. */
export type BackwardPreHook = (module: Module, grad_output: any) => Replaced;

export interface HookOptions {
  /** Ahead of the hooks that are there; false. */
  prepend?: boolean;
  /** Whether the hook gets the named arguments (a last plain object) apart, after the others; false. */
  with_kwargs?: boolean;
  /** Whether a forward hook runs although forward threw; false. */
  always_call?: boolean;
}

interface Registered<Hook> {
  readonly hook: Hook;
  readonly kwargs: boolean;
  readonly always: boolean;
}

/** Called before the state of a module is saved. */
export type SavePreHook = (module: Module, prefix: string, keep_vars: boolean) => unknown;
/** Called after the state of a module was saved; what it returns, if anything, replaces the state. */
export type SaveHook = (module: Module, state_dict: any, prefix: string, local_metadata: object) => any;
/** Called before a module takes its part of a state. */
export type LoadPreHook = (module: Module, ...args: LoadArgs) => unknown;
/** Called after a module was loaded. */
export type LoadHook = (module: Module, incompatible_keys: IncompatibleKeys) => unknown;

export interface StateHooks {
  readonly beforeSave: Iterable<SavePreHook>;
  readonly afterSave: Iterable<SaveHook>;
  readonly beforeLoad: Iterable<LoadPreHook>;
  readonly afterLoad: Iterable<LoadHook>;
}

export class ModuleHooks implements StateHooks {
  readonly beforeSave = new HookList<SavePreHook>();
  readonly afterSave = new HookList<SaveHook>();
  readonly beforeLoad = new HookList<LoadPreHook>();
  readonly afterLoad = new HookList<LoadHook>();
  readonly pre = new HookList<Registered<ForwardPreHook>>();
  readonly forward = new HookList<Registered<ForwardHook>>();
  readonly backwardPre = new HookList<BackwardPreHook>();
  readonly backward = new HookList<BackwardHook>();

  addPre(hook: ForwardPreHook, { prepend = false, with_kwargs = false }: HookOptions): RemovableHandle {
    return this.pre.add({ hook, kwargs: with_kwargs, always: false }, prepend);
  }
  addForward(
    hook: ForwardHook,
    { prepend = false, with_kwargs = false, always_call = false }: HookOptions,
  ): RemovableHandle {
    return this.forward.add({ hook, kwargs: with_kwargs, always: always_call }, prepend);
  }
  copy(): ModuleHooks {
    const result = new ModuleHooks();
    for (const kind of Object.keys(this) as (keyof ModuleHooks)[]) {
      const [from, to] = [this[kind], result[kind]] as unknown as [Iterable<unknown>, HookList<unknown>];
      for (const hook of from) to.add(hook);
    }
    return result;
  }
  get size(): number {
    return this.pre.size + this.forward.size + this.backwardPre.size + this.backward.size;
  }
}

/** Those of all modules, which run before a module's own. */
export const everyModule = new ModuleHooks();

const named = (args: readonly unknown[]): boolean => isOptions(args.at(-1));

function runPre(module: Module, all: readonly Registered<ForwardPreHook>[], given: unknown[]): unknown[] {
  let args = given;
  for (const { hook, kwargs } of all) {
    if (!kwargs) {
      const changed = hook(module, args) ?? args;
      args = Array.isArray(changed) ? changed : [changed];
      continue;
    }
    const [own, rest] = named(args) ? [args.slice(0, -1), args.at(-1)] : [args, {}];
    const changed = hook(module, own, rest);
    if (changed === null || changed === undefined) continue;
    if (!(Array.isArray(changed) && changed.length === 2)) {
      throw new RuntimeError(
        `forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got ${typeName(changed)}.`,
      );
    }
    const [positional, keywords] = changed as [unknown[], Record<string, unknown>];
    args = Object.keys(keywords).length > 0 ? [...positional, keywords] : [...positional];
  }
  return args;
}

function runAfter({ hook, kwargs }: Registered<ForwardHook>, module: Module, args: unknown[], output: unknown) {
  if (!kwargs) return hook(module, args, output) ?? output;
  return (
    (named(args) ? hook(module, args.slice(0, -1), args.at(-1), output) : hook(module, args, {}, output)) ?? output
  );
}

/** Calls `forward` of a module with all hooks that are due. */
export function callWithHooks(module: Module, own: ModuleHooks | null, given: unknown[]): unknown {
  const both = <T>(list: (hooks: ModuleHooks) => Iterable<T>): T[] => [...list(everyModule), ...(own ? list(own) : [])];
  const after = both((h) => h.forward);
  const done = new Set<Registered<ForwardHook>>();
  let args = given;
  let output: unknown;
  try {
    args = runPre(
      module,
      both((h) => h.pre),
      given,
    );
    const [pre, post] = [both((h) => h.backwardPre), both((h) => h.backward)];
    const watch = pre.length + post.length > 0 ? new BackwardWatch(module, pre, post) : null;
    output = module.forward(...(watch ? watch.inputs(args) : args));
    for (const entry of after) {
      done.add(entry);
      output = runAfter(entry, module, args, output);
    }
    return watch ? watch.outputs(output) : output;
  } catch (error) {
    for (const entry of after)
      if (entry.always && !done.has(entry)) ignoringErrors(() => runAfter(entry, module, args, output));
    throw error;
  }
}

/** What goes wrong in a hook after an error does not hide that error. */
function ignoringErrors(fn: () => unknown): void {
  try {
    fn();
  } catch (error) {
    warnOnce(`module forward hook with \`always_call=True\` raised an exception that was silenced: ${String(error)}`);
  }
}

/** Hands its arguments on: its node tells when gradients pass. */
class BackwardHookFunction extends AutogradFunction {
  static override forward(_ctx: unknown, ...args: Tensor[]): Tensor[] {
    return args;
  }
  static override backward(_ctx: unknown, ...grads: Tensor[]): Tensor[] {
    return grads;
  }
}

/** Watches the gradients at the inputs and outputs of one call of a module. */
class BackwardWatch {
  private gradOutputs: Grads | null = null;
  private count = 0;
  /** The places of the inputs that are tensors; null where none of them wants a gradient. */
  private places: number[] | null = null;

  constructor(
    private readonly module: Module,
    private readonly pre: readonly BackwardPreHook[],
    private readonly post: readonly BackwardHook[],
  ) {}

  inputs(args: unknown[]): unknown[] {
    this.count = args.length;
    const { values, places, node } = pass(args);
    if (node === null) return values;
    this.places = places;
    node.register_hook((grads) => {
      const seen = this.gradOutputs;
      if (seen === null) return undefined; // the output was not part of this backward
      const replaced = this.runPost(spreadTo(grads, places, this.count), seen);
      this.gradOutputs = null;
      return places.map((i) => replaced[i] ?? null);
    });
    return values;
  }

  outputs(result: unknown): unknown {
    if (!(result instanceof Tensor || Array.isArray(result))) {
      warnOnce(
        `For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received ${typeName(result)}`,
      );
      return result;
    }
    const list: unknown[] = Array.isArray(result) ? result : [result];
    const { values, places, node } = pass(list);
    node?.register_prehook((grads) => {
      const seen = this.runPre(spreadTo(grads, places, list.length));
      this.gradOutputs = seen;
      if (this.places === null) this.withoutInputs(seen);
      return places.map((i) => seen[i] ?? null);
    });
    return Array.isArray(result) ? values : values[0];
  }

  private runPre(given: Grads): Grads {
    let grads = given;
    for (const hook of this.pre) {
      const replaced = hook(this.module, grads);
      if (replaced === null || replaced === undefined) continue;
      grads = checked('Backward pre hook', 'grad_output', replaced, given.length);
    }
    return grads;
  }
  private runPost(given: Grads, seen: Grads): Grads {
    let grads = given;
    for (const hook of this.post) {
      const replaced = hook(this.module, grads, seen);
      if (replaced === null || replaced === undefined) continue;
      grads = checked('Backward hook', 'grad_input', replaced, given.length);
    }
    return grads;
  }
  private withoutInputs(seen: Grads): void {
    const none: Grads = new Array(this.count).fill(null);
    for (const hook of this.post) {
      const replaced = hook(this.module, none, seen);
      if (Array.isArray(replaced) ? replaced.every((g) => g === null) : replaced === null || replaced === undefined)
        continue;
      throw new RuntimeError(
        'Backward hook for Modules where no input requires gradient should always return None or None for all gradients.',
      );
    }
    this.gradOutputs = null;
  }
}

/** The tensors in `list` behind one node, where gradients are wanted. */
function pass(list: readonly unknown[]): { values: unknown[]; places: number[]; node: Node | null } {
  const places = list.flatMap((v, i) => (v instanceof Tensor ? [i] : []));
  const values = [...list];
  const tensors = places.map((i) => list[i] as Tensor);
  if (!gradEnabled() || !tensors.some((t) => t.requires_grad)) return { values, places, node: null };
  const through = BackwardHookFunction.apply(...tensors) as Tensor[];
  places.forEach((i, k) => {
    values[i] = through[k];
  });
  const node = through.find((t) => t.grad_fn !== null)?.grad_fn ?? null;
  if (node === null)
    throw new RuntimeError(
      'Error while setting up backward hooks. Please open an issue with a code sample to reproduce this.',
    );
  return { values, places, node };
}

function spreadTo(grads: Grads, places: readonly number[], count: number): Grads {
  const all: (Tensor | null)[] = new Array(count).fill(null);
  places.forEach((i, k) => {
    all[i] = grads[k] ?? null;
  });
  return all;
}

function checked(hook: string, what: string, replaced: Tensor | Grads, expected: number): Grads {
  const list = Array.isArray(replaced) ? (replaced as Grads) : [replaced as Tensor];
  if (list.length === expected) return list;
  throw new RuntimeError(`${hook} returned an invalid number of ${what}, got ${list.length}, but expected ${expected}`);
}
