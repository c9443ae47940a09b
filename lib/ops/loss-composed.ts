/** Losses that are a few public ops each, and the distances they need. */
import { no_grad } from '../autograd/modes.js';
import { get_default_dtype } from '../dtype.js';
import { RuntimeError, ValueError } from '../errors.js';
import { broadcastShapes, sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { log_sigmoid } from './activation.js';
import { sub } from './binary.js';
import { compose, derive, implement, op } from './define.js';
import { addNumber, bracketed, LEGACY, reduced, reductionCode, together } from './loss-reduction.js';
import { _norm } from './reduce.js';
import { _where } from './ternary.js';

const positive = (t: Tensor): Tensor => t.clamp_min(0);

/**
 * target (log(target) - input), or exp(target) (target - input) with `log_target`; 'batchmean': the sum over the batch.
 * @example
 * const [p, q] = [torch.tensor([0.5, 0.5]), torch.tensor([0.25, 0.75])];
 * torch.nn.functional.kl_div(q.log(), p, { reduction: 'sum' }); // tensor(0.1438)
 */
export const kl_div = op(`kl_div(Tensor input, Tensor target, ${LEGACY}, bool log_target=False)`, { method: false });
compose(kl_div, (input, target, size_average, reduce, reduction, log_target) => {
  const batch = reduction === 'batchmean' && size_average === null && reduce === null;
  const code = batch ? reductionCode('sum') : reductionCode(reduction, size_average, reduce);
  if (!batch && code === reductionCode('mean')) {
    warnOnce(
      "reduction: 'mean' divides the total loss by both the batch size and the support size." +
        "'batchmean' divides only by the batch size, and aligns with the KL div math definition." +
        "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
    );
  }
  const each = log_target ? target.exp().mul(target.sub(input)) : entropy(target).sub(target.mul(input));
  const loss = reduced(each, code);
  return batch && input.dim() !== 0 ? loss.div(input.shape[0] as number) : loss;
});
/** t log(t), 0 where t is. */
const entropy = (t: Tensor): Tensor => t.mul(_where(t.eq(0), 1, t).log());

/**
 * exp(input) - target input, or input - target log(input + eps) without `log_input`; `full` adds Stirling's term.
 * @example
 * torch.nn.functional.poisson_nll_loss(torch.zeros(2), torch.ones(2)); // tensor(1.)
 */
export const poisson_nll_loss = op(
  "poisson_nll_loss(Tensor input, Tensor target, bool log_input=True, bool full=False, bool? size_average=None, float eps=1e-8, bool? reduce=None, str reduction='mean')",
  { method: false },
);
compose(poisson_nll_loss, (input, target, log_input, full, size_average, eps, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  let each = log_input ? input.exp().sub(target.mul(input)) : input.sub(target.mul(input.add(eps).log()));
  if (full) {
    const stirling = target
      .mul(target.log())
      .sub(target)
      .add(
        target
          .mul(2 * Math.PI)
          .log()
          .mul(0.5),
      );
    each = each.add(stirling.masked_fill(target.le(1), 0));
  }
  return reduced(each, code);
});

/**
 * (log(var) + (input - target)² / var) / 2, var not below `eps`; `full` adds the constant log(2 π) / 2.
 * @example
 * torch.nn.functional.gaussian_nll_loss(torch.zeros(2), torch.ones(2), torch.ones(2)); // tensor(0.5000)
 */
export const gaussian_nll_loss = op(
  "gaussian_nll_loss(Tensor input, Tensor target, Tensor|Scalar var, bool full=False, float eps=1e-6, str reduction='mean')",
  { method: false },
);
compose(gaussian_nll_loss, (input, target, given, full, eps, reduction) => {
  if (!(given instanceof Tensor) && Number(given) < 0) throw new ValueError('var has negative entry/entries');
  let variance = given instanceof Tensor ? given : input.new_full([...input.shape], given);
  if (variance.lt(0).any().item()) throw new ValueError('var has negative entry/entries');
  if (!sameShape(variance.shape, input.shape)) {
    const differing = variance.shape.filter((n, d) => n !== input.shape[d]);
    if (sameShape(input.shape.slice(0, -1), variance.shape)) variance = variance.unsqueeze(-1);
    else if (variance.dim() !== input.dim() || differing.reduce((x, y) => x + y, 0) !== 1)
      throw new ValueError('var is of incorrect size');
  }
  if (!['none', 'mean', 'sum'].includes(reduction)) throw new ValueError(`${reduction} is not valid`);
  // Kept away from zero without touching its gradient.
  const kept = variance.clone();
  no_grad(() => kept.clamp_min_(eps));
  const each = kept.log().add(input.sub(target).pow(2).div(kept)).mul(0.5);
  return reduced(full ? each.add(0.5 * Math.log(2 * Math.PI)) : each, reductionCode(reduction));
});

/**
 * x where target is 1, max(0, margin - x) where it is -1.
 * @example
 * torch.nn.functional.hinge_embedding_loss(torch.tensor([0.5, 0.2]), torch.tensor([1, -1])); // tensor(0.6500)
 */
export const hinge_embedding_loss = op(
  `hinge_embedding_loss(Tensor input, Tensor target, float margin=1.0, ${LEGACY})`,
  { method: false },
);
compose(hinge_embedding_loss, (input, target, margin, size_average, reduce, reduction) => {
  const apart = _where(target.ne(1), positive(sub(margin, input)), 0);
  return reduced(apart.add(_where(target.ne(-1), input, 0)), reductionCode(reduction, size_average, reduce));
});

/**
 * max(0, -target (input1 - input2) + margin)
 * @example
 * torch.nn.functional.margin_ranking_loss(torch.tensor([1, 2]), torch.tensor([2, 1]), torch.tensor([1, 1]));
 * // tensor(0.5000)
 */
export const margin_ranking_loss = op(
  `margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0, ${LEGACY})`,
  { method: false },
);
compose(margin_ranking_loss, (input1, input2, target, margin, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  if (input1.dim() !== input2.dim() || input1.dim() !== target.dim()) {
    throw new RuntimeError(
      `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: torch.Size(${bracketed(input1)}), ` +
        `input2: torch.Size(${bracketed(input2)}), target: torch.Size(${bracketed(target)}) `,
    );
  }
  // The margin is a floating number even where it is whole.
  const apart = target.neg().mul(input1.sub(input2));
  return reduced(
    positive(addNumber(apart.dtype.is_floating_point ? apart : apart.to(get_default_dtype()), margin)),
    code,
  );
});

const _softMargin = op('_soft_margin_loss(Tensor self, Tensor target, int reduction)', { native: '', method: false });
implement(_softMargin, (self, target, reduction) => reduced(target.neg().mul(self).exp().log1p(), reduction));
derive(_softMargin, {
  self: [
    ['self', 'target'],
    (g, s) => {
      const slope = s.target.neg().mul(s.target.mul(s.self).neg().sigmoid());
      return slope.mul(s.reduction === reductionCode('mean') ? g.div(s.self.numel()) : g);
    },
  ],
});
/**
 * log(1 + exp(-target input)) for targets 1 and -1.
 * @example
 * torch.nn.functional.soft_margin_loss(torch.tensor([0, 0]), torch.tensor([1, -1])); // tensor(0.6931)
 */
export const soft_margin_loss = op(`soft_margin_loss(Tensor input, Tensor target, ${LEGACY})`, {
  native: '',
  method: false,
});
compose(soft_margin_loss, (input, target, size_average, reduce, reduction) =>
  _softMargin(...together(input, target), reductionCode(reduction, size_average, reduce)),
);

/**
 * 1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1.
 * @example
 * torch.nn.functional.cosine_embedding_loss(torch.eye(2), torch.ones(2, 2), torch.tensor([1, -1])); // tensor(0.5000)
 */
export const cosine_embedding_loss = op(
  `cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0, ${LEGACY})`,
  { method: false },
);
compose(cosine_embedding_loss, (x1, x2, target, margin, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  const n = target.dim();
  if (n > 1) throw new RuntimeError('0D or 1D target tensor expected, multi-target not supported');
  if (x1.dim() !== n + 1 || x2.dim() !== n + 1) {
    throw new RuntimeError(
      `${n}D target tensor expects ${n + 1}D input tensors, but found inputs with sizes ${bracketed(x1)} and ${bracketed(x2)}.`,
    );
  }
  const tiny = 1e-12;
  const length = (x: Tensor) => x.mul(x).sum(n).add(tiny);
  const cosine = x1
    .mul(x2)
    .sum(n)
    .div(length(x1).mul(length(x2)).sqrt());
  const close = _where(target.eq(1), cosine.neg().add(1), 0);
  return reduced(close.add(_where(target.eq(-1), positive(cosine.sub(margin)), 0)), code);
});

/**
 * The p-norm of x1 - x2 + eps along the last dimension.
 * @example
 * torch.nn.functional.pairwise_distance(torch.zeros(1, 2), torch.tensor([[3, 4]]), { eps: 0 }); // tensor([5.])
 */
export const pairwise_distance = op(
  'pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-6, bool keepdim=False)',
  { method: false },
);
compose(pairwise_distance, (x1, x2, p, eps, keepdim) => {
  // Broadcast first: the norm is over the last dimension of the longer one.
  const difference =
    x1.dim() >= x2.dim() ? x1.sub(x2.expand([...x1.shape.slice(0, x1.dim() - x2.dim()), ...x2.shape])) : x1.sub(x2);
  return _norm(addNumber(difference, eps), p, [-1], keepdim);
});

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin); with `swap` d(positive, negative) where that is smaller.
 * @example
 * const [anchor, near, far] = [torch.zeros(1, 2), torch.ones(1, 2), torch.ones(1, 2).mul(5)];
 * torch.nn.functional.triplet_margin_loss(anchor, near, far, { margin: 10 }); // tensor(4.3431)
 */
export const triplet_margin_loss = op(
  "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.0, float p=2, float eps=1e-6, bool swap=False, bool? size_average=None, bool? reduce=None, str reduction='mean')",
  { method: false },
);
compose(triplet_margin_loss, (anchor, near, far, margin, p, eps, swap, size_average, reduce, reduction) =>
  triplet(
    [anchor, near, far],
    (x, y) => pairwise_distance(x, y, p, eps),
    margin,
    swap,
    reductionCode(reduction, size_average, reduce),
  ),
);

/** The triplet margin loss by any distance of two tensors. */
export function triplet(
  [anchor, near, far]: readonly [Tensor, Tensor, Tensor],
  distance: (x: Tensor, y: Tensor) => Tensor,
  margin: number,
  swap: boolean,
  reduction: number,
): Tensor {
  if (margin <= 0) throw new ValueError(`margin must be greater than 0, got ${margin}`);
  const [a, b, c] = [anchor.dim(), near.dim(), far.dim()];
  if (a !== b || a !== c) {
    throw new RuntimeError(
      `The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ${a}D, positive ${b}D, and negative ${c}D inputs`,
    );
  }
  const close = distance(anchor, near);
  let apart = distance(anchor, far);
  if (swap) apart = apart.minimum(distance(near, far));
  return reduced(positive(addNumber(close, margin).sub(apart)), reduction);
}

/**
 * How far other classes' scores come within `margin` of the target's, to the power p (1 or 2), over the classes.
 * @example
 * torch.nn.functional.multi_margin_loss(torch.tensor([[0.1, 0.2, 0.7]]), torch.tensor([2n])); // tensor(0.3000)
 */
export const multi_margin_loss = op(
  "multi_margin_loss(Tensor input, Tensor target, int p=1, float margin=1.0, Tensor? weight=None, bool? size_average=None, bool? reduce=None, str reduction='mean')",
  { method: false },
);
compose(multi_margin_loss, (input, target, p, margin, weight, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  if (p !== 1 && p !== 2) throw new ValueError('only p == 1 and p == 2 supported');
  checkClasses(input, target, weight);
  const single = input.dim() < 2;
  const x = single ? input.reshape([1, -1]) : input;
  const classes = target.reshape([-1, 1]);
  let over = positive(x.sub(x.gather(1, classes)).add(margin));
  if (p === 2) over = over.mul(over);
  if (weight !== null) over = over.mul(weight.index_select(0, classes.reshape(-1)).unsqueeze(1));
  const each = over
    .scatter(1, classes, 0)
    .sum(1)
    .div(x.shape[1] as number);
  return reduced(single && target.dim() === 0 ? each.squeeze(0) : each, code);
});

function checkClasses(input: Tensor, target: Tensor, weight: Tensor | null): void {
  const n = input.dim();
  const classes = input.shape[n - 1] ?? 1;
  const samples = n === 2 ? (input.shape[0] as number) : 1;
  if (n > 2 || classes === 0) {
    throw new RuntimeError(
      `Expected non-empty vector or matrix with optional 0-dim batch size, but got: ${bracketed(input)}`,
    );
  }
  if (target.dim() > 1 || target.numel() !== samples) {
    throw new RuntimeError(
      'multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). ' +
        `Expected target size [${samples}], but got ${bracketed(target)}. Input has shape ${bracketed(input)}.`,
    );
  }
  if (weight !== null) {
    if (weight.dim() !== 1) throw new ValueError('weight must be one-dimensional');
    if (weight.numel() !== classes)
      throw new RuntimeError(`inconsistent weight size, expected ${classes} but got ${bracketed(weight)}`);
  }
  checkIndices(target, 0, classes, 'target out of range');
}

function checkIndices(target: Tensor, low: number, end: number, text: string): void {
  if (target.dtype.name !== 'int64')
    throw new RuntimeError(`expected scalar type Long but found ${target.dtype.scalarName}`);
  if (target.lt(low).logical_or(target.ge(end)).any().item()) throw new RuntimeError(text);
}

/**
 * For rows of classes that a -1 ends: how far the scores of the others come within 1 of theirs, over the classes.
 * @example
 * torch.nn.functional.multilabel_margin_loss(torch.tensor([0.1, 0.2, 0.4]), torch.tensor([2n, -1n, 0n]));
 * // tensor(0.5000)
 */
export const multilabel_margin_loss = op(`multilabel_margin_loss(Tensor input, Tensor target, ${LEGACY})`, {
  method: false,
});
compose(multilabel_margin_loss, (input, target, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  const classes = input.shape[input.dim() - 1] ?? 1;
  if (input.dim() > 2 || (input.numel() === 0 && (input.dim() < 2 || classes === 0)))
    throw new RuntimeError(
      `Expected non-empty vector or matrix with optional 0-dim batch size, but got: ${bracketed(input)}`,
    );
  if (!sameShape(input.shape, target.shape)) {
    throw new RuntimeError(`inconsistent target size: ${bracketed(target)} for input of size: ${bracketed(input)}`);
  }
  checkIndices(target, -1, classes, "argument #2 'target' is out of range");
  const x = input.reshape([-1, classes]);
  const given = target.reshape([-1, classes]);
  const counted = given.lt(0).cumsum(1).eq(0);
  const index = _where(counted, given, 0);
  const isTarget = x
    .detach()
    .new_zeros([...x.shape])
    .scatter_add(1, index, counted.to(x.dtype))
    .ne(0);
  // [row, target, other]
  const over = positive(x.unsqueeze(1).sub(x.gather(1, index).unsqueeze(2)).add(1));
  const each = over.mul(counted.unsqueeze(2)).mul(isTarget.logical_not().unsqueeze(1)).sum([1, 2]).div(classes);
  return reduced(input.dim() < 2 ? each.squeeze(0) : each, code);
});

/**
 * The binary cross entropy of each class's logit, averaged over the classes.
 * @example
 * torch.nn.functional.multilabel_soft_margin_loss(torch.zeros(1, 3), torch.ones(1, 3)); // tensor(0.6931)
 */
export const multilabel_soft_margin_loss = op(
  "multilabel_soft_margin_loss(Tensor input, Tensor target, Tensor? weight=None, bool? size_average=None, bool? reduce=None, str reduction='mean')",
  { method: false },
);
compose(multilabel_soft_margin_loss, (input, target, weight, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  const no = target.neg().add(1).mul(log_sigmoid(input.neg()));
  const each = target.mul(log_sigmoid(input)).add(no).neg();
  const loss = weight === null ? each : each.mul(weight);
  return reduced(loss.sum(-1).div(input.shape[input.dim() - 1] as number), code);
});

/**
 * The cosine of the angle between x1 and x2 along `dim`; lengths count as at least `eps`.
 * @example
 * torch.nn.functional.cosine_similarity(torch.eye(2), torch.ones(2, 2)); // tensor([0.7071, 0.7071])
 */
export const cosine_similarity = op('cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-8)', {
  method: false,
});
compose(cosine_similarity, (x1, x2, dim, eps) => {
  const common = x1.new_empty([0]).add(x2.new_empty([0])).dtype;
  if (!common.is_floating_point)
    throw new RuntimeError(`expected common dtype to be floating point, yet common dtype is ${common.scalarName}`);
  const [a, b] = broadcast(x1.to(common), x2.to(common));
  const unit = (x: Tensor) => {
    const length = x.norm(2, dim, true).clone();
    // Kept away from zero without touching its gradient.
    no_grad(() => length.clamp_min_(eps));
    return x.div(length);
  };
  return unit(a).mul(unit(b)).sum(dim);
});
function broadcast(a: Tensor, b: Tensor): [Tensor, Tensor] {
  const shape = broadcastShapes(a.shape, b.shape);
  const fit = (t: Tensor) => (sameShape(t.shape, shape) ? t : t.expand(shape));
  return [fit(a), fit(b)];
}

/**
 * input / max(its p-norm along `dim`, eps)
 * @example
 * torch.nn.functional.normalize(torch.tensor([[3, 4]])); // tensor([[0.6000, 0.8000]])
 */
export const normalize = op('normalize(Tensor input, float p=2.0, int dim=1, float eps=1e-12)', { method: false });
compose(normalize, (input, p, dim, eps) =>
  input.div(
    input
      .norm(p, dim, true)
      .clamp_min(eps)
      .expand([...input.shape]),
  ),
);
