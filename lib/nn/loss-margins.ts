/** Losses of margins, counts, variances and sequences. */
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Loss, PlainLoss, type Reduction, WeightedLoss } from './loss.js';
import { Module } from './module.js';
import { type ArgsOf, signature } from './signature.js';

type Flag = boolean | null;

/**
 * Squared below `beta`, absolute above it.
 * @example
 * new torch.nn.SmoothL1Loss()(torch.tensor([0, 3]), torch.tensor([0, 0])); // tensor(1.2500)
 */
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
/**
 * Squared below `delta`, linear above it.
 * @example
 * new torch.nn.HuberLoss()(torch.tensor([0, 3]), torch.tensor([0, 0])); // tensor(1.2500)
 */
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
/**
 * The Kullback-Leibler divergence of log probabilities `input` from `target`.
 * @example
 * const [p, q] = [torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])];
 * new torch.nn.KLDivLoss({ reduction: 'sum' })(q.log(), p); // tensor(0.1438)
 */
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
/**
 * max(0, -target (input1 - input2) + margin)
 * @example
 * new torch.nn.MarginRankingLoss()(torch.tensor([1, 2]), torch.tensor([2, 1]), torch.tensor([1, 1])); // tensor(0.5000)
 */
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
/**
 * 1 - cos(input1, input2) where the target is 1, max(0, cos - margin) where it is -1.
 * @example
 * new torch.nn.CosineEmbeddingLoss()(torch.eye(2), torch.ones(2, 2), torch.tensor([1, -1])); // tensor(0.5000)
 */
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
/**
 * x where the target is 1, max(0, margin - x) where it is -1.
 * @example
 * new torch.nn.HingeEmbeddingLoss()(torch.tensor([0.5, 0.2]), torch.tensor([1, -1])); // tensor(0.6500)
 */
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

/**
 * log(1 + exp(-target input))
 * @example
 * new torch.nn.SoftMarginLoss()(torch.tensor([0, 0]), torch.tensor([1, -1])); // tensor(0.6931)
 */
export class SoftMarginLoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.soft_margin_loss(input, target, { reduction: this.reduction });
  }
}
/**
 * How far the scores of other classes come within 1 of those of the targets, of which there may be several.
 * @example
 * new torch.nn.MultiLabelMarginLoss()(torch.tensor([0.1, 0.2, 0.4]), torch.tensor([2n, -1n, 0n])); // tensor(0.5000)
 */
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
/**
 * Binary cross entropy of logits, averaged over the classes.
 * @example
 * new torch.nn.MultiLabelSoftMarginLoss()(torch.zeros(1, 3), torch.ones(1, 3)); // tensor(0.6931)
 */
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
/**
 * How far other classes' scores come within `margin` of the target's, to the power p (1 or 2).
 * @example
 * new torch.nn.MultiMarginLoss()(torch.tensor([[0.1, 0.2, 0.7]]), torch.tensor([2n])); // tensor(0.3000)
 */
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
/**
 * Binary cross entropy of logits, and of targets in [0, 1].
 * @example
 * new torch.nn.BCEWithLogitsLoss()(torch.tensor([0, 2]), torch.tensor([1, 1])); // tensor(0.4100)
 */
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
/**
 * The negative log likelihood of counts `target` with the Poisson distribution of (log) rate `input`.
 * @example
 * new torch.nn.PoissonNLLLoss()(torch.zeros(2), torch.ones(2)); // tensor(1.)
 */
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
/**
 * The negative log likelihood of `target` with the normal distribution of mean `input` and variance `variance`.
 * @example
 * new torch.nn.GaussianNLLLoss()(torch.zeros(2), torch.ones(2), torch.ones(2)); // tensor(0.5000)
 */
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

const ctc = signature(
  'CTCLoss',
  (blank: number = 0, reduction: Reduction = 'mean', zero_infinity: boolean = false) => ({
    blank,
    reduction,
    zero_infinity,
  }),
);
/**
 * The connectionist temporal classification loss (Graves and others, 2006) of log probabilities (T, N, C).
 * @example
 * const log_probs = torch.zeros(5, 1, 3).log_softmax(2);
 * new torch.nn.CTCLoss()(log_probs, torch.tensor([[1n, 2n]]), [5], [2]); // tensor(0.9689)
 */
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
  override forward(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | readonly number[],
    target_lengths: Tensor | readonly number[],
  ): Tensor {
    const { blank, reduction, zero_infinity } = this;
    return functional.ctc_loss(log_probs, targets, input_lengths, target_lengths, { blank, reduction, zero_infinity });
  }
}
