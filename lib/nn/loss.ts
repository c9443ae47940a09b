import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { type ArgsOf, signature } from './signature.js';

/** How a loss is reduced: 'mean', 'sum' or 'none'. */
export type Reduction = 'mean' | 'sum' | 'none';

/** A loss of a prediction `input` and a `target`, reduced over all elements. */
export abstract class Loss extends Module {
  reduction: Reduction;

  constructor(reduction: Reduction, size_average: boolean | null, reduce: boolean | null) {
    super();
    this.reduction = Loss.legacy(reduction, size_average, reduce);
  }

  /** The two flags came before `reduction` in PyTorch's signatures and win over it where given. @internal */
  static legacy(reduction: Reduction, size_average: boolean | null, reduce: boolean | null): Reduction {
    if (size_average === null && reduce === null) return reduction;
    if (reduce === false) return 'none';
    return size_average === false ? 'sum' : 'mean';
  }

  abstract override forward(input: Tensor, target: Tensor): Tensor;
}

/** A loss with a weight for each class or element, kept as a buffer. */
export abstract class WeightedLoss extends Loss {
  weight: Tensor | null = null;

  constructor(weight: Tensor | null, reduction: Reduction, size_average: boolean | null, reduce: boolean | null) {
    super(reduction, size_average, reduce);
    this.register_buffer('weight', weight);
  }
}

const plain = signature(
  'Loss',
  (size_average: boolean | null = null, reduce: boolean | null = null, reduction: Reduction = 'mean') => ({
    size_average,
    reduce,
    reduction,
  }),
);

export abstract class PlainLoss extends Loss {
  constructor(...args: ArgsOf<typeof plain>) {
    const { reduction, size_average, reduce } = plain.bind(args, new.target.name);
    super(reduction, size_average, reduce);
  }
}

/**
 * Squared difference of two tensors of one shape, averaged by default.
 *
 * @example
 * new torch.nn.MSELoss()(torch.ones(2), torch.zeros(2)).item(); // 1
 */
export class MSELoss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.mse_loss(input, target, { reduction: this.reduction });
  }
}

/**
 * Absolute difference of two tensors of one shape, averaged by default.
 * @example
 * new torch.nn.L1Loss()(torch.tensor([1, 2]), torch.tensor([1, 4])); // tensor(1.)
 */
export class L1Loss extends PlainLoss {
  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.l1_loss(input, target, { reduction: this.reduction });
  }
}

const weighted = signature(
  'BCELoss',
  (
    weight: Tensor | null = null,
    size_average: boolean | null = null,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
  ) => ({ weight, size_average, reduce, reduction }),
);

/**
 * Binary cross entropy of probabilities `input` and `target`s in [0, 1].
 * @example
 * new torch.nn.BCELoss()(torch.tensor([0.5, 0.5]), torch.tensor([1, 0])); // tensor(0.6931)
 */
export class BCELoss extends WeightedLoss {
  constructor(...args: ArgsOf<typeof weighted>) {
    const { weight, size_average, reduce, reduction } = weighted.bind(args);
    super(weight, reduction, size_average, reduce);
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    return functional.binary_cross_entropy(input, target, { weight: this.weight, reduction: this.reduction });
  }
}

const nll = signature(
  'NLLLoss',
  (
    weight: Tensor | null = null,
    size_average: boolean | null = null,
    ignore_index: number = -100,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
  ) => ({ weight, size_average, ignore_index, reduce, reduction }),
);

/**
 * Negative log likelihood of log probabilities (N, C, ...) and class indices (N, ...).
 * @example
 * new torch.nn.NLLLoss()(torch.tensor([[-0.5, -1]]), torch.tensor([0n])); // tensor(0.5000)
 */
export class NLLLoss extends WeightedLoss {
  ignore_index: number;

  constructor(...args: ArgsOf<typeof nll>) {
    const { weight, size_average, ignore_index, reduce, reduction } = nll.bind(args);
    super(weight, reduction, size_average, reduce);
    this.ignore_index = ignore_index;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction } = this;
    return functional.nll_loss(input, target, { weight, ignore_index, reduction });
  }
}

const crossEntropy = signature(
  'CrossEntropyLoss',
  (
    weight: Tensor | null = null,
    size_average: boolean | null = null,
    ignore_index: number = -100,
    reduce: boolean | null = null,
    reduction: Reduction = 'mean',
    label_smoothing: number = 0,
  ) => ({ weight, size_average, ignore_index, reduce, reduction, label_smoothing }),
);

/**
 * Cross entropy of logits (N, C, ...) and class indices (N, ...) or class probabilities (N, C, ...).
 *
 * @example
 * const loss = new torch.nn.CrossEntropyLoss();
 * loss(torch.zeros(1, 2), torch.tensor([0n])).item(); // 0.6931471824645996
 */
export class CrossEntropyLoss extends WeightedLoss {
  ignore_index: number;
  label_smoothing: number;

  constructor(...args: ArgsOf<typeof crossEntropy>) {
    const { weight, size_average, ignore_index, reduce, reduction, label_smoothing } = crossEntropy.bind(args);
    super(weight, reduction, size_average, reduce);
    this.ignore_index = ignore_index;
    this.label_smoothing = label_smoothing;
  }

  override forward(input: Tensor, target: Tensor): Tensor {
    const { weight, ignore_index, reduction, label_smoothing } = this;
    return functional.cross_entropy(input, target, { weight, ignore_index, reduction, label_smoothing });
  }
}
