import { Callable } from './callable.js';
import type { RemovableHandle } from './hooks.js';
import type { Module } from './module.js';
import * as around from './module-hooks.js';

/** What modules have of hooks: those around their calls, and around saving and loading their state. */
export abstract class Hooked extends Callable {
  #hooks: around.ModuleHooks | null = null;

  abstract forward(...args: any[]): any;

  override _call_impl(args: unknown[]): unknown {
    return this.#hooks === null && around.everyModule.size === 0
      ? this.forward(...args)
      : around.callWithHooks(this as unknown as Module, this.#hooks, args);
  }

  /** Calls `hook(module, args)` before every forward; what it returns replaces the arguments. */
  register_forward_pre_hook(hook: around.ForwardPreHook, options: around.HookOptions = {}): RemovableHandle {
    return this.#made.addPre(hook, options);
  }
  /** Calls `hook(module, args, output)` after every forward; what it returns replaces the output. */
  register_forward_hook(hook: around.ForwardHook, options: around.HookOptions = {}): RemovableHandle {
    return this.#made.addForward(hook, options);
  }
  /** Calls `hook(module, grad_output)` when the gradients of the outputs are known; what it returns replaces them. */
  register_full_backward_pre_hook(hook: around.BackwardPreHook, { prepend = false } = {}): RemovableHandle {
    return this.#made.backwardPre.add(hook, prepend);
  }
  /** Calls `hook(module, grad_input, grad_output)` when both are known; what it returns replaces those of the inputs. */
  register_full_backward_hook(hook: around.BackwardHook, { prepend = false } = {}): RemovableHandle {
    return this.#made.backward.add(hook, prepend);
  }

  /** Calls `hook(module, prefix, keep_vars)` before the state of this module is saved. */
  register_state_dict_pre_hook(hook: around.SavePreHook): RemovableHandle {
    return this.#made.beforeSave.add(hook);
  }
  /** Calls `hook(module, state_dict, prefix, local_metadata)` after the state of this module was saved. */
  register_state_dict_post_hook(hook: around.SaveHook): RemovableHandle {
    return this.#made.afterSave.add(hook);
  }
  /**
   * Calls `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)` before this
   * module takes its part of a state: the hook may change `state_dict` and the lists.
   */
  register_load_state_dict_pre_hook(hook: around.LoadPreHook): RemovableHandle {
    return this.#made.beforeLoad.add(hook);
  }
  /** Calls `hook(module, incompatible_keys)`, which may change them, after this module and those below it were loaded. */
  register_load_state_dict_post_hook(hook: around.LoadHook): RemovableHandle {
    return this.#made.afterLoad.add(hook);
  }

  /** The hooks, if any, that run around saving and loading. @internal */
  get _state_hooks(): around.StateHooks | null {
    return this.#hooks;
  }

  /** Takes over the hooks of a module of which this one is a copy. @internal */
  _copy_hooks(original: Hooked): void {
    this.#hooks = original.#hooks?.copy() ?? null;
  }

  get #made(): around.ModuleHooks {
    this.#hooks ??= new around.ModuleHooks();
    return this.#hooks;
  }
}
