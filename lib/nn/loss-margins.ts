/** Losses of distances, margins, counts and variances. */
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Loss, PlainLoss, type Reduction, WeightedLoss } from './loss.js';
import { Module } from './module.js';
import { type ArgsOf, signature } from './signature.js';

type Flag = boolean | null;

/** Squared below `beta`, absolute above it. */
export class SmoothL1Loss extends Loss {
  beta: number;
  constructor(...args: ArgsOf<typeof smooth>) {
    const { size_average, reduce, reduction, beta } = smooth.bind(args);
    super(reduction, size_average, reduce);
    this.beta = beta;
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.smooth_l1_loss(input, target, { reduction: this.reduction, beta: this.beta });
  }
}
const smooth = signature(
  'SmoothL1Loss',
  (size_average: Flag = null, reduce: Flag = null, reduction: Reduction = 'mean', beta: number = 1) => ({
    size_average,
    reduce,
    reduction,
    beta,
  }),
);

const huber = signature('HuberLoss', (reduction: Reduction = 'mean', delta: number = 1) => ({ reduction, delta }));
/** Squared below `delta`, linear above it. */
export class HuberLoss extends Loss {
  delta: number;
  constructor(...args: ArgsOf<typeof huber>) {
    const { reduction, delta } = huber.bind(args);
    super(reduction, null, null);
    this.delta = delta;
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.huber_loss(input, target, { reduction: this.reduction, delta: this.delta });
  }
}

const divergence = signature(
  'KLDivLoss',
  (size_average: Flag = null, reduce: Flag = null, reduction: string = 'mean', log_target: boolean = false) => ({
    size_average,
    reduce,
    reduction,
    log_target,
  }),
);
/** The Kullback-Leibler divergence of log probabilities `input` from `target`. */
export class KLDivLoss extends Loss {
  log_target: boolean;
  constructor(...args: ArgsOf<typeof divergence>) {
    const { size_average, reduce, reduction, log_target } = divergence.bind(args);
    super(reduction as Reduction, size_average, reduce);
    this.log_target = log_target;
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.kl_div(input, target, { reduction: this.reduction, log_target: this.log_target });
  }
}

const margins = signature(
  'MarginRankingLoss',
  (margin: number = 0, size_average: Flag = null, reduce: Flag = null, reduction: Reduction = 'mean') => ({
    margin,
    size_average,
    reduce,
    reduction,
  }),
);
/** max(0, -target (input1 - input2) + margin) */
export class MarginRankingLoss extends Module {
  margin: number;
  reduction: Reduction;
  constructor(...args: ArgsOf<typeof margins>) {
    super();
    const { margin, size_average, reduce, reduction } = margins.bind(args, new.target.name);
    this.margin = margin;
    this.reduction = Loss.legacy(reduction, size_average, reduce);
  }
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return functional.margin_ranking_loss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}
/** 1 - cos(input1, input2) where the target is 1, max(0, cos - margin) where it is -1. */
export class CosineEmbeddingLoss extends MarginRankingLoss {
  override forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return functional.cosine_embedding_loss(input1, input2, target, { margin: this.margin, reduction: this.reduction });
  }
}

const hinge = signature(
  'HingeEmbeddingLoss',
  (margin: number = 1, size_average: Flag = null, reduce: Flag = null, reduction: Reduction = 'mean') => ({
    margin,
    size_average,
    reduce,
    reduction,
  }),
);
/** x where the target is 1, max(0, margin - x) where it is -1. */
export class HingeEmbeddingLoss extends Loss {
  margin: number;
  constructor(...args: ArgsOf<typeof hinge>) {
    const { margin, size_average, reduce, reduction } = hinge.bind(args);
    super(reduction, size_average, reduce);
    this.margin = margin;
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.hinge_embedding_loss(input, target, { margin: this.margin, reduction: this.reduction });
  }
}

/** log(1 + exp(-target input)) */
export class SoftMarginLoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.soft_margin_loss(input, target, { reduction: this.reduction });
  }
}
/** How far the scores of other classes come within 1 of those of the targets, of which there may be several. */
export class MultiLabelMarginLoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.multilabel_margin_loss(input, target, { reduction: this.reduction });
  }
}

const weights = signature(
  'MultiLabelSoftMarginLoss',
  (weight: Tensor | null = null, size_average: Flag = null, reduce: Flag = null, reduction: Reduction = 'mean') => ({
    weight,
    size_average,
    reduce,
    reduction,
  }),
);
/** Binary cross entropy of logits, averaged over the classes. */
export class MultiLabelSoftMarginLoss extends WeightedLoss {
  constructor(...args: ArgsOf<typeof weights>) {
    const { weight, size_average, reduce, reduction } = weights.bind(args);
    super(weight, reduction, size_average, reduce);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction } = this;
    return functional.multilabel_soft_margin_loss(input, target, { weight, reduction });
  }
}

const powers = signature(
  'MultiMarginLoss',
  (
    p: number = 1,
    margin: number = 1,
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ) => ({ p, margin, weight, size_average, reduce, reduction }),
);
/** How far other classes' scores come within `margin` of the target's, to the power p (1 or 2). */
export class MultiMarginLoss extends WeightedLoss {
  p: number;
  margin: number;
  constructor(...args: ArgsOf<typeof powers>) {
    const { p, margin, weight, size_average, reduce, reduction } = powers.bind(args);
    super(weight, reduction, size_average, reduce);
    this.p = p;
    this.margin = margin;
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { p, margin, weight, reduction } = this;
    return functional.multi_margin_loss(input, target, { p, margin, weight, reduction });
  }
}

const logits = signature(
  'BCEWithLogitsLoss',
  (
    weight: Tensor | null = null,
    size_average: Flag = null,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
    pos_weight: Tensor | null = null,
  ) => ({ weight, size_average, reduce, reduction, pos_weight }),
);
/** Binary cross entropy of logits, and of targets in [0, 1]. */
export class BCEWithLogitsLoss extends WeightedLoss {
  pos_weight: Tensor | null = null;
  constructor(...args: ArgsOf<typeof logits>) {
    const { weight, size_average, reduce, reduction, pos_weight } = logits.bind(args);
    super(weight, reduction, size_average, reduce);
    this.register_buffer('pos_weight', pos_weight);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, reduction, pos_weight } = this;
    return functional.binary_cross_entropy_with_logits(input, target, { weight, reduction, pos_weight });
  }
}

const counts = signature(
  'PoissonNLLLoss',
  (
    log_input: boolean = true,
    full: boolean = false,
    size_average: Flag = null,
    eps: number = 1e-8,
    reduce: Flag = null,
    reduction: Reduction = 'mean',
  ) => ({ log_input, full, size_average, eps, reduce, reduction }),
);
/** The negative log likelihood of counts `target` with the Poisson distribution of (log) rate `input`. */
export class PoissonNLLLoss extends Loss {
  log_input: boolean;
  full: boolean;
  eps: number;
  constructor(...args: ArgsOf<typeof counts>) {
    const { log_input, full, size_average, eps, reduce, reduction } = counts.bind(args);
    super(reduction, size_average, reduce);
    this.log_input = log_input;
    this.full = full;
    this.eps = eps;
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    const { log_input, full, eps, reduction } = this;
    return functional.poisson_nll_loss(input, target, { log_input, full, eps, reduction });
  }
}

const variances = signature(
  'GaussianNLLLoss',
  (full: boolean = false, eps: number = 1e-6, reduction: Reduction = 'mean') => ({ full, eps, reduction }),
);
/** The negative log likelihood of `target` with the normal distribution of mean `input` and variance `variance`. */
export class GaussianNLLLoss extends Module {
  full: boolean;
  eps: number;
  reduction: Reduction;
  constructor(...args: ArgsOf<typeof variances>) {
    super();
    const { full, eps, reduction } = variances.bind(args);
    this.full = full;
    this.eps = eps;
    this.reduction = reduction;
  }
  override forward(input: Tensor, target: Tensor, variance: Tensor | number): Tensor {
    const { full, eps, reduction } = this;
    return functional.gaussian_nll_loss(input, target, variance, { full, eps, reduction });
  }
}

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
/** max(0, |anchor - positive| - |anchor - negative| + margin), with p-norms. */
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

/** The same with a distance of one's own. */
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

const ctc = signature(
  'CTCLoss',
  (blank: number = 0, reduction: Reduction = 'mean', zero_infinity: boolean = false) => ({
    blank,
    reduction,
    zero_infinity,
  }),
);
/** The connectionist temporal classification loss (Graves and others, 2006) of log probabilities (T, N, C). */
export class CTCLoss extends Module {
  blank: number;
  reduction: Reduction;
  zero_infinity: boolean;
  constructor(...args: ArgsOf<typeof ctc>) {
    super();
    const { blank, reduction, zero_infinity } = ctc.bind(args);
    this.blank = blank;
    this.reduction = reduction;
    this.zero_infinity = zero_infinity;
  }
  override forward(log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor): Tensor {
    const { blank, reduction, zero_infinity } = this;
    return functional.ctc_loss(log_probs, targets, input_lengths, target_lengths, { blank, reduction, zero_infinity });
  }
}

const similar = signature('CosineSimilarity', (dim: number = 1, eps: number = 1e-8) => ({ dim, eps }));
/** The cosine of the angle between two tensors along `dim`. */
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
/** The p-norm of x1 - x2 + eps along the last dimension. */
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
