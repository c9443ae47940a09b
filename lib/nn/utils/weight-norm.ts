import { RuntimeError, ValueError } from '../../errors.js';
import { vector_norm } from '../../linalg.js';
import type { Tensor } from '../../tensor.js';
import type { RemovableHandle } from '../hooks.js';
import type { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { withKeywords } from '../signature.js';

interface Applied {
  dim: number | null;
  handle: RemovableHandle;
}

const applied = new WeakMap<Module, Map<string, Applied>>();

/** The norms along all dimensions but `dim`, in a shape that broadcasts; of the whole where there is none. */
export function normExcept(v: Tensor, dim: number | null): Tensor {
  if (dim === null) return vector_norm(v);
  const kept = dim < 0 ? dim + v.dim() : dim;
  const others = v.shape.map((_, d) => d).filter((d) => d !== kept);
  return others.length === 0 ? v.abs() : vector_norm(v, { dim: others, keepdim: true });
}

function weightOf(module: Module, name: string, dim: number | null): Tensor {
  const [g, v] = [module.get_parameter(`${name}_g`), module.get_parameter(`${name}_v`)];
  return v.mul(g.div(normExcept(v, dim)));
}

/**
 * Splits a parameter into its length `name_g` and its direction `name_v` (Salimans and Kingma, 2016): before each forward
 * pass it becomes g v / |v|, with norms along all dimensions but `dim`. A RuntimeError where that was done before.
 * @example
 * const layer = torch.nn.utils.weight_norm(new torch.nn.Linear(4, 2));
 * Object.keys(layer.state_dict()); // ['bias', 'weight_g', 'weight_v']
 */
export const weight_norm = withKeywords(
  'weight_norm',
  (module: Module, name: string = 'weight', dim: number | null = 0) => ({ module, name, dim }),
  ({ module, name, dim }): Module => {
    const others = applied.get(module) ?? new Map<string, Applied>();
    if (others.has(name)) {
      throw new RuntimeError(`Cannot register two weight_norm hooks on the same parameter ${name}`);
    }
    const weight = module.get_parameter(name);
    const whole = dim === -1 ? null : dim;
    Reflect.deleteProperty(module, name);
    module.register_parameter(`${name}_g`, new Parameter(normExcept(weight.detach(), whole)));
    module.register_parameter(`${name}_v`, new Parameter(weight.detach()));
    const compute = (): void => void Object.assign(module, { [name]: weightOf(module, name, whole) });
    compute();
    applied.set(module, others.set(name, { dim: whole, handle: module.register_forward_pre_hook(compute) }));
    return module;
  },
);

/**
 * Takes `weight_norm` away: the parameter is one again, with the value it has. A ValueError where there is none.
 * @example
 * const layer = torch.nn.utils.weight_norm(new torch.nn.Linear(4, 2));
 * torch.nn.utils.remove_weight_norm(layer).parameters().length; // 2
 */
export function remove_weight_norm(module: Module, name: string = 'weight'): Module {
  const found = applied.get(module)?.get(name);
  if (found === undefined) throw new ValueError(`weight_norm of '${name}' not found in ${module}`);
  const weight = weightOf(module, name, found.dim).detach();
  found.handle.remove();
  applied.get(module)?.delete(name);
  for (const gone of [name, `${name}_g`, `${name}_v`]) Reflect.deleteProperty(module, gone);
  module.register_parameter(name, new Parameter(weight));
  return module;
}
