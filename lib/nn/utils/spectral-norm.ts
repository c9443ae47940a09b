import { no_grad } from '../../autograd/modes.js';
import { RuntimeError, ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import { normalize } from '../functional.js';
import type { RemovableHandle } from '../hooks.js';
import type { Module } from '../module.js';
import { Parameter } from '../parameter.js';
import { withKeywords } from '../signature.js';
import { asMatrix, checkIterations, outputDim, sigmaOf } from './spectral-parametrization.js';

interface Applied {
  readonly value: (iterations: number) => Tensor;
  readonly handle: RemovableHandle;
}

const applied = new WeakMap<Module, Map<string, Applied>>();

/**
 * Before each forward pass, divides a weight by its largest singular value, which `n_power_iterations` steps of the
 * power method follow in training (Miyato et al., 2018). What is trained is `name_orig`.
 * @example
 * const layer = torch.nn.utils.spectral_norm(new torch.nn.Linear(4, 2));
 * Object.keys(layer.state_dict()); // ['bias', 'weight_orig', 'weight_u', 'weight_v']
 */
export const spectral_norm = withKeywords(
  'spectral_norm',
  (
    module: Module,
    name: string = 'weight',
    n_power_iterations: number = 1,
    eps: number = 1e-12,
    dim: number | null = null,
  ) => ({ module, name, n_power_iterations, eps, dim }),
  ({ module, name, n_power_iterations, eps, dim: given }): Module => {
    const others = applied.get(module) ?? new Map<string, Applied>();
    if (others.has(name)) {
      throw new RuntimeError(`Cannot register two spectral_norm hooks on the same parameter ${name}`);
    }
    checkIterations(n_power_iterations);
    const weight = module.get_parameter(name);
    const dim = given ?? outputDim(module);
    const drawn = no_grad(() =>
      asMatrix(weight, dim).shape.map((n) => normalize(weight.new_empty([n]).normal_(0, 1), { dim: 0, eps })),
    );
    Reflect.deleteProperty(module, name);
    module.register_parameter(`${name}_orig`, weight);
    Object.assign(module, { [name]: weight.data });
    module.register_buffer(`${name}_u`, drawn[0] as Tensor);
    module.register_buffer(`${name}_v`, drawn[1] as Tensor);
    const value = (iterations: number): Tensor => {
      const original = module.get_parameter(`${name}_orig`);
      const [u, v] = [module.get_buffer(`${name}_u`), module.get_buffer(`${name}_v`)];
      const matrix = asMatrix(original, dim);
      no_grad(() => {
        for (let i = 0; i < iterations; i++) {
          v.copy_(normalize(matrix.t().mv(u), { dim: 0, eps }));
          u.copy_(normalize(matrix.mv(v), { dim: 0, eps }));
        }
      });
      return original.div(sigmaOf(matrix, u, v));
    };
    const handle = module.register_forward_pre_hook(() => {
      Object.assign(module, { [name]: value(module.training ? n_power_iterations : 0) });
    });
    applied.set(module, others.set(name, { value, handle }));
    return module;
  },
);

/**
 * Takes `spectral_norm` away: the weight is a parameter again, with the value it has. A ValueError where there is none.
 * @example
 * const layer = torch.nn.utils.spectral_norm(new torch.nn.Linear(4, 2));
 * torch.nn.utils.remove_spectral_norm(layer).parameters().length; // 2
 */
export function remove_spectral_norm(module: Module, name: string = 'weight'): Module {
  const found = applied.get(module)?.get(name);
  if (found === undefined) throw new ValueError(`spectral_norm of '${name}' not found in ${module}`);
  const weight = no_grad(() => found.value(0));
  found.handle.remove();
  applied.get(module)?.delete(name);
  for (const gone of ['', '_u', '_v', '_orig']) Reflect.deleteProperty(module, name + gone);
  module.register_parameter(name, new Parameter(weight.detach()));
  return module;
}
