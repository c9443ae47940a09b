import { no_grad } from '../../autograd/modes.js';
import { NotImplementedError, ValueError } from '../../errors.js';
import type { Tensor } from '../../tensor.js';
import type { Module } from '../module.js';
import { repr } from '../repr.js';
import { applyMask, isPruned, stateOf } from './prune-masks.js';

/**
 * Base class of ways to prune: `compute_mask(t, default_mask)` gives a mask of the shape of `t`. After an earlier pruning an
 * 'unstructured' method sees those elements that are left, a 'structured' one those slices along its `dim`, a 'global' one all.
 * @example
 * class EveryOther extends torch.nn.utils.prune.BasePruningMethod {
 *   override compute_mask(_t: torch.Tensor, default_mask: torch.Tensor) {
 *     const mask = default_mask.clone();
 *     mask.view(-1).index_put_(['::2'], 0);
 *     return mask;
 *   }
 * }
 * const layer = new torch.nn.Linear(1, 3);
 * EveryOther.apply(layer, 'bias');
 * layer.get_buffer('bias_mask'); // tensor([0., 1., 0.])
 */
export class BasePruningMethod {
  PRUNING_TYPE: 'unstructured' | 'structured' | 'global' = 'unstructured';
  /** The dimension of the slices of a 'structured' method. */
  dim: number = 0;

  compute_mask(_t: Tensor, _default_mask: Tensor): Tensor {
    throw new NotImplementedError(`${this.constructor.name} is missing compute_mask`);
  }

  /** Prunes a parameter by a method that is made with `args`. */
  static apply<A extends unknown[]>(
    this: new (
      ...args: A
    ) => BasePruningMethod,
    module: Module,
    name: string,
    ...args: A
  ): Module {
    const method = new this(...args);
    const { weight, mask } = stateOf(module, name);
    const combined = no_grad(() =>
      isPruned(module, name) ? method.left(weight, mask) : method.compute_mask(weight, mask),
    );
    return applyMask(module, name, combined.to(weight.dtype));
  }

  /** `mask` after what is left by it was pruned too. */
  private left(weight: Tensor, mask: Tensor): Tensor {
    if (this.PRUNING_TYPE === 'global') return this.compute_mask(weight, mask);
    const result = mask.clone();
    if (this.PRUNING_TYPE === 'unstructured') {
      const alive = mask.eq(1);
      result.index_put_([alive], this.compute_mask(weight.index(alive), mask.index(alive)));
      return result;
    }
    if (this.PRUNING_TYPE !== 'structured')
      throw new ValueError(`Unrecognized PRUNING_TYPE ${repr(this.PRUNING_TYPE)}`);
    const others = mask.shape.map((_, d) => d).filter((d) => d !== this.dim);
    const kept = mask.sum(others).ne(0).nonzero().squeeze(1);
    const seen = (t: Tensor): Tensor => t.index_select(this.dim, kept);
    return result.index_copy(this.dim, kept, this.compute_mask(seen(weight), seen(mask)));
  }
}
