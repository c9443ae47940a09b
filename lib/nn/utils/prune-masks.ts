/** What prunings leave of parameters: masks as buffers, and hooks that apply them before each forward pass. */
import { ones_like } from '../../ops/index.js';
import type { Tensor } from '../../tensor.js';
import type { RemovableHandle } from '../hooks.js';
import type { Module } from '../module.js';

/** The hooks of pruned modules by the name of the parameter. */
export const hooks = new WeakMap<Module, Map<string, RemovableHandle>>();

/** Multiplies a parameter by `mask`, and by that of an earlier pruning, now and before each forward pass. */
export function applyMask(module: Module, name: string, mask: Tensor): Module {
  const present = hooks.get(module) ?? new Map<string, RemovableHandle>();
  if (!present.has(name)) {
    const original = module.get_parameter(name);
    Reflect.deleteProperty(module, name);
    module.register_parameter(`${name}_orig`, original);
    module.register_buffer(`${name}_mask`, mask);
    const compute = (): void => {
      const value = module.get_parameter(`${name}_orig`).mul(module.get_buffer(`${name}_mask`));
      Object.assign(module, { [name]: value });
    };
    compute();
    hooks.set(module, present.set(name, module.register_forward_pre_hook(compute)));
    return module;
  }
  Object.assign(module, { [`${name}_mask`]: mask });
  Object.assign(module, { [name]: module.get_parameter(`${name}_orig`).mul(mask) });
  return module;
}

/** Whether the parameter `name` is pruned. */
export const isPruned = (module: Module, name: string): boolean => hooks.get(module)?.has(name) ?? false;

/** A parameter before pruning, and what earlier prunings left of it. */
export function stateOf(module: Module, name: string): { weight: Tensor; mask: Tensor } {
  if (isPruned(module, name)) {
    return { weight: module.get_parameter(`${name}_orig`).detach(), mask: module.get_buffer(`${name}_mask`) };
  }
  const weight = module.get_parameter(name).detach();
  return { weight, mask: ones_like(weight) };
}
