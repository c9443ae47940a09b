/** Distances, and the losses of triplets that compare them. */
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Loss, type Reduction } from './loss.js';
import { Module } from './module.js';
import { type ArgsOf, signature } from './signature.js';

type Flag = boolean | null;

const triplets = signature(
  'TripletMarginLoss',
  (
    margin: number = 1,
    p: number = 2,
    eps: number = 1e-6,
    swap: boolean = false,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ) => ({ margin, p, eps, swap, size_average, reduce, reduction }),
);
/**
 * max(0, |anchor - positive| - |anchor - negative| + margin), with p-norms.
 * @example
 * const [anchor, near, far] = [torch.zeros(1, 2), torch.ones(1, 2), torch.ones(1, 2).mul(5)];
 * new torch.nn.TripletMarginLoss({ margin: 10 })(anchor, near, far); // tensor(4.3431)
 */
export class TripletMarginLoss extends Module {
  margin: number;
  p: number;
  eps: number;
  swap: boolean;
  reduction: Reduction;
  constructor(...args: ArgsOf<typeof triplets>) {
    super();
    const { margin, p, eps, swap, size_average, reduce, reduction } = triplets.bind(args);
    this.margin = margin;
    this.p = p;
    this.eps = eps;
    this.swap = swap;
    this.reduction = Loss.legacy(reduction, size_average, reduce);
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    const { margin, p, eps, swap, reduction } = this;
    return functional.triplet_margin_loss(anchor, positive, negative, { margin, p, eps, swap, reduction });
  }
}

/**
 * The same with a distance of one's own.
 * @example
 * const distance_function = (x: torch.Tensor, y: torch.Tensor) => x.sub(y).abs().sum(1);
 * const loss = new torch.nn.TripletMarginWithDistanceLoss({ distance_function });
 * loss(torch.zeros(1, 2), torch.ones(1, 2), torch.ones(1, 2)); // tensor(1.)
 */
export class TripletMarginWithDistanceLoss extends Module {
  readonly options: {
    distance_function?: ((x: Tensor, y: Tensor) => Tensor) | null;
    margin?: number;
    swap?: boolean;
    reduction?: Reduction;
  };
  constructor(options: TripletMarginWithDistanceLoss['options'] = {}) {
    super();
    this.options = options;
  }
  override forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return functional.triplet_margin_with_distance_loss(anchor, positive, negative, this.options);
  }
}

const similar = signature('CosineSimilarity', (dim: number = 1, eps: number = 1e-8) => ({ dim, eps }));
/**
 * The cosine of the angle between two tensors along `dim`.
 * @example
 * new torch.nn.CosineSimilarity(1)(torch.eye(2), torch.ones(2, 2)); // tensor([0.7071, 0.7071])
 */
export class CosineSimilarity extends Module {
  dim: number;
  eps: number;
  constructor(...args: ArgsOf<typeof similar>) {
    super();
    const { dim, eps } = similar.bind(args);
    this.dim = dim;
    this.eps = eps;
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return functional.cosine_similarity(x1, x2, this.dim, this.eps);
  }
}

const pairs = signature('PairwiseDistance', (p: number = 2, eps: number = 1e-6, keepdim: boolean = false) => ({
  p,
  eps,
  keepdim,
}));
/**
 * The p-norm of x1 - x2 + eps along the last dimension.
 * @example
 * new torch.nn.PairwiseDistance({ eps: 0 })(torch.zeros(1, 2), torch.tensor([[3, 4]])); // tensor([5.])
 */
export class PairwiseDistance extends Module {
  norm: number;
  eps: number;
  keepdim: boolean;
  constructor(...args: ArgsOf<typeof pairs>) {
    super();
    const { p, eps, keepdim } = pairs.bind(args);
    this.norm = p;
    this.eps = eps;
    this.keepdim = keepdim;
  }
  override forward(x1: Tensor, x2: Tensor): Tensor {
    return functional.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim);
  }
}
