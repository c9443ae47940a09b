/** torch.nn.utils.prune: parameters some of whose elements a mask keeps at zero. */
import { no_grad } from '../../autograd/modes.js';
import { int64 } from '../../dtype.js';
import { RuntimeError, TypeError, ValueError } from '../../errors.js';
import { vector_norm } from '../../linalg.js';
import { cat, rand, rand_like, split, tensor } from '../../ops/index.js';
import type { Tensor } from '../../tensor.js';
import type { Module } from '../module.js';
import type { Parameter } from '../parameter.js';
import { repr } from '../repr.js';
import { withKeywords } from '../signature.js';
import { applyMask, hooks, isPruned, stateOf } from './prune-masks.js';

/** A share in [0, 1], rounded as Python does, or a whole number, of `count` things. */
function countOf(amount: number, count: number): number {
  if (typeof amount !== 'number') {
    throw new TypeError(`Invalid type for amount: ${repr(amount)}. Must be int or float.`);
  }
  const whole = Number.isInteger(amount);
  if (amount < 0 || (!whole && amount > 1)) {
    throw new ValueError(
      `amount=${repr(amount)} should either be a float in the range [0, 1] or a non-negative integer`,
    );
  }
  if (whole && amount > count) {
    throw new ValueError(`amount=${repr(amount)} should be smaller than the number of parameters to prune=${count}`);
  }
  if (whole) return amount;
  const product = amount * count;
  const below = Math.floor(product);
  if (product - below === 0.5) return below + (below % 2);
  return Math.round(product);
}

const numbers = (t: Tensor): number[] => t.reshape(-1).tolist() as number[];

/** `mask` without the `count` elements of it that have the lowest scores. */
function maskLowest(mask: Tensor, scores: number[], count: number): Tensor {
  const values = numbers(mask);
  const alive = values.flatMap((value, i) => (value === 0 ? [] : [i]));
  alive.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
  for (const i of alive.slice(0, count)) values[i] = 0;
  return tensor(values, { dtype: mask.dtype }).reshape(mask.shape);
}

const remaining = (mask: Tensor): number => numbers(mask).filter((value) => value !== 0).length;

/** `mask` without the `count` slices along `dim` that have the lowest scores. */
function maskSlices(mask: Tensor, dim: number, scores: number[], count: number): Tensor {
  const places = scores.map((_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
  return count === 0 ? mask : mask.index_fill(dim, tensor(places.slice(0, count), { dtype: int64 }), 0);
}

const unstructured = (module: Module, name: string, amount: number) => ({ module, name, amount });

/**
 * Prunes nothing: the parameter gets a mask of ones.
 * @example
 * const layer = new torch.nn.Linear(2, 1);
 * torch.nn.utils.prune.identity(layer, 'weight');
 * torch.nn.utils.prune.is_pruned(layer); // true
 */
export const identity = withKeywords(
  'identity',
  (module: Module, name: string) => ({ module, name }),
  ({ module, name }): Module => applyMask(module, name, stateOf(module, name).mask),
);

/**
 * Prunes elements at random: a share of those that are left, or a number of them.
 * @example
 * torch.nn.utils.prune.random_unstructured(new torch.nn.Linear(4, 2), 'weight', { amount: 0.5 });
 */
export const random_unstructured = withKeywords('random_unstructured', unstructured, (given): Module => {
  const { module, name, amount } = given;
  const { mask } = stateOf(module, name);
  const count = countOf(amount, remaining(mask));
  if (count === 0) return applyMask(module, name, mask);
  // The highest numbers go, as in PyTorch.
  const scores = numbers(rand_like(mask)).map((score) => -score);
  return applyMask(module, name, maskLowest(mask, scores, count));
});

/**
 * Prunes the elements of lowest absolute value, or of lowest `importance_scores`: a share of those that are left, or a
 * number of them.
 * @example
 * const layer = new torch.nn.Linear(2, 1);
 * torch.nn.utils.prune.l1_unstructured(layer, 'weight', { amount: 1 });
 * Object.keys(layer.state_dict()); // ['bias', 'weight_orig', 'weight_mask']
 */
export const l1_unstructured = withKeywords(
  'l1_unstructured',
  (module: Module, name: string, amount: number, importance_scores: Tensor | null = null) => ({
    module,
    name,
    amount,
    importance_scores,
  }),
  ({ module, name, amount, importance_scores }): Module => {
    const { weight, mask } = stateOf(module, name);
    const scores = numbers((importance_scores ?? weight).abs());
    return applyMask(module, name, maskLowest(mask, scores, countOf(amount, remaining(mask))));
  },
);

/**
 * Prunes slices along `dim` at random.
 * @example
 * torch.nn.utils.prune.random_structured(new torch.nn.Linear(4, 2), 'weight', { amount: 1, dim: 1 });
 */
export const random_structured = withKeywords(
  'random_structured',
  (module: Module, name: string, amount: number, dim: number) => ({ module, name, amount, dim }),
  ({ module, name, amount, dim }): Module => {
    const { mask } = stateOf(module, name);
    const slices = mask.size(dim) as number;
    return applyMask(module, name, maskSlices(mask, dim, numbers(rand(slices)), countOf(amount, slices)));
  },
);

/**
 * Prunes the slices along `dim` whose norms of order `n` are lowest.
 * @example
 * torch.nn.utils.prune.ln_structured(new torch.nn.Linear(4, 2), 'weight', { amount: 0.5, n: 2, dim: 0 });
 */
export const ln_structured = withKeywords(
  'ln_structured',
  (module: Module, name: string, amount: number, n: number, dim: number, importance_scores: Tensor | null = null) => ({
    module,
    name,
    amount,
    n,
    dim,
    importance_scores,
  }),
  ({ module, name, amount, n, dim, importance_scores }): Module => {
    const { weight, mask } = stateOf(module, name);
    const slices = mask.size(dim) as number;
    const rows = (importance_scores ?? weight).transpose(0, dim).reshape(slices, -1);
    const norms = numbers(vector_norm(rows, n, { dim: 1 }));
    return applyMask(module, name, maskSlices(mask, dim, norms, countOf(amount, slices)));
  },
);

/**
 * Prunes by a mask of the parameter's shape: 1 keeps an element, 0 does not.
 * @example
 * torch.nn.utils.prune.custom_from_mask(new torch.nn.Linear(2, 1), 'weight', torch.tensor([[0, 1]]));
 */
export const custom_from_mask = withKeywords(
  'custom_from_mask',
  (module: Module, name: string, mask: Tensor) => ({ module, name, mask }),
  ({ module, name, mask: given }): Module => {
    const { mask } = stateOf(module, name);
    return applyMask(module, name, mask.mul(given.to(mask.dtype)));
  },
);

export { BasePruningMethod } from './prune-method.js';

/** PyTorch's classes of methods; `apply` is the function of that name. */
export const Identity = { apply: identity } as const;
export const RandomUnstructured = { apply: random_unstructured } as const;
export const L1Unstructured = { apply: l1_unstructured } as const;
export const RandomStructured = { apply: random_structured } as const;
export const LnStructured = { apply: ln_structured } as const;
export const CustomFromMask = { apply: custom_from_mask } as const;

/** A parameter: its module and its name there. */
export type Place = readonly [module: Module, name: string];

/** A way to prune all parameters as one. */
export type GlobalMethod =
  | typeof L1Unstructured
  | typeof RandomUnstructured
  | typeof l1_unstructured
  | typeof random_unstructured;

/**
 * Prunes a share of all the elements of several parameters together, or a number of them, by `L1Unstructured` or
 * `RandomUnstructured`. `importance_scores`, a list of pairs, stand for the values of those parameters that they are given for.
 * @example
 * const { global_unstructured, L1Unstructured } = torch.nn.utils.prune;
 * const net = new torch.nn.Sequential(new torch.nn.Linear(4, 3), new torch.nn.Linear(3, 2));
 * global_unstructured([[net.at(0), 'weight'], [net.at(1), 'weight']], L1Unstructured, { amount: 0.5 });
 */
export const global_unstructured = withKeywords(
  'global_unstructured',
  (
    parameters: readonly Place[],
    pruning_method: GlobalMethod,
    amount: number,
    importance_scores: Iterable<readonly [place: Place, scores: Tensor]> | null = null,
  ) => ({ parameters, pruning_method, amount, importance_scores }),
  ({ parameters, pruning_method, amount, importance_scores }): void => {
    const given = [...(importance_scores ?? [])];
    const scoresOf = ([module, name]: Place): Tensor | undefined =>
      given.find(([place]) => place[0] === module && place[1] === name)?.[1];
    const byValue = pruning_method === L1Unstructured || pruning_method === l1_unstructured;
    if (!byValue && pruning_method !== RandomUnstructured && pruning_method !== random_unstructured) {
      throw new RuntimeError('global_unstructured expects L1Unstructured or RandomUnstructured as its method');
    }
    no_grad(() => {
      const states = parameters.map(([module, name]) => stateOf(module, name));
      const mask = cat(states.map((state) => state.mask.reshape(-1)));
      const weights = cat(states.map(({ weight }, i) => (scoresOf(parameters[i] as Place) ?? weight).reshape(-1)));
      const scores = byValue ? numbers(weights.abs()) : numbers(rand_like(mask)).map((score) => -score);
      const all = maskLowest(mask, scores, countOf(amount, remaining(mask)));
      const sizes = states.map((state) => state.mask.numel());
      for (const [i, part] of split(all, sizes).entries()) {
        const [module, name] = parameters[i] as Place;
        applyMask(module, name, part.reshape((states[i] as { mask: Tensor }).mask.shape).clone());
      }
    });
  },
);

/**
 * Makes a pruning permanent: the parameter is one again, with zeros where the mask had them.
 * @example
 * const { l1_unstructured, remove } = torch.nn.utils.prune;
 * const layer = l1_unstructured(new torch.nn.Linear(2, 1), 'weight', { amount: 1 });
 * remove(layer, 'weight').parameters().length; // 2
 */
export const remove = withKeywords(
  'remove',
  (module: Module, name: string) => ({ module, name }),
  ({ module, name }): Module => {
    if (!isPruned(module, name)) {
      throw new ValueError(`Parameter '${name}' of module ${module} has to be pruned before pruning can be removed`);
    }
    const { weight, mask } = stateOf(module, name);
    const original = module.get_parameter(`${name}_orig`);
    original.data = weight.mul(mask);
    hooks.get(module)?.get(name)?.remove();
    hooks.get(module)?.delete(name);
    for (const gone of [name, `${name}_orig`, `${name}_mask`]) Reflect.deleteProperty(module, gone);
    module.register_parameter(name, original as Parameter);
    return module;
  },
);

/**
 * Whether a parameter of the module, or of a module below it, is pruned.
 * @example
 * torch.nn.utils.prune.is_pruned(new torch.nn.Linear(2, 2)); // false
 */
export function is_pruned(module: Module): boolean {
  return module.modules().some((part) => (hooks.get(part)?.size ?? 0) > 0);
}
