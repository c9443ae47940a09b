/** torch.nn.modules. */
import type { RemovableHandle } from './hooks.js';
import {
  type BackwardHook,
  type BackwardPreHook,
  everyModule,
  type ForwardHook,
  type ForwardPreHook,
  type HookOptions,
} from './module-hooks.js';

/** torch.nn.modules.module: hooks of all modules, which run before a module's own. */
export const module = {
  /** Calls `hook(module, args)` before every forward of any module. */
  register_module_forward_pre_hook: (hook: ForwardPreHook): RemovableHandle => everyModule.addPre(hook, {}),
  /** Calls `hook(module, args, output)` after every forward of any module. */
  register_module_forward_hook: (hook: ForwardHook, options: HookOptions = {}): RemovableHandle =>
    everyModule.addForward(hook, options),
  /** Calls `hook(module, grad_output)` before the backward pass of any module's call. */
  register_module_full_backward_pre_hook: (hook: BackwardPreHook): RemovableHandle => everyModule.backwardPre.add(hook),
  /** Calls `hook(module, grad_input, grad_output)` after the backward pass of any module's call. */
  register_module_full_backward_hook: (hook: BackwardHook): RemovableHandle => everyModule.backward.add(hook),
};
