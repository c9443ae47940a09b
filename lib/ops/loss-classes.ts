/** Losses of predicted classes: nll_loss and cross_entropy. */
import { RuntimeError, ValueError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, op } from './define.js';
import { addNumber, bracketed, divNumber, MEAN, mulNumber, NONE, reductionCode, SUM } from './loss-reduction.js';

const _nllFlat = op(
  '_nll_loss(Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index) -> (output, total_weight)',
  {
    native: 'nll_loss',
    method: false,
    backward: 'NllLossBackward0',
  },
);
const _nllSpatial = op(
  '_nll_loss2d(Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index) -> (output, total_weight)',
  {
    native: 'nll_loss',
    method: false,
    backward: 'NllLoss2DBackward0',
  },
);
/** The gradient of nll_loss with respect to its input. @internal */
export const nll_loss_backward = op(
  'nll_loss_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index, Tensor total_weight)',
  { method: false },
);
derive(nll_loss_backward, {
  grad_output: [
    ['target', 'weight'],
    (g, s) => (g.dim() === 4 ? _nllSpatial : _nllFlat)(g, s.target, s.weight, s.reduction, s.ignore_index)[0],
  ],
  self: (g) => g.new_zeros([...g.shape]),
});
for (const flat of [_nllFlat, _nllSpatial]) {
  derive(flat, {
    self: [
      ['self', 'target', 'weight', 'total_weight'],
      (gs, s) =>
        nll_loss_backward(gs[0] as Tensor, s.self, s.target, s.weight, s.reduction, s.ignore_index, s.total_weight),
    ],
  });
}

/**
 * Minus the log probability of each sample's class, weighted by that of the class: `input` (C), (N, C) or (N, C, ...)
 * and class indices `target` of that shape without C. The mean is over the weights. Samples of class `ignore_index` do
 * not count.
 * @example
 * torch.nn.functional.nll_loss(torch.tensor([[-0.5, -1]]), torch.tensor([0n])); // tensor(0.5000)
 */
export const nll_loss = op(
  "nll_loss(Tensor input, Tensor target, Tensor? weight=None, bool? size_average=None, int ignore_index=-100, bool? reduce=None, str reduction='mean')",
  { native: '', method: false },
);
compose(nll_loss, (input, target, weight, size_average, ignore_index, reduce, reduction) =>
  nll(input, target, weight, ignore_index, reductionCode(reduction, size_average, reduce)),
);

function nll(input: Tensor, target: Tensor, weight: Tensor | null, ignored: number, reduction: number): Tensor {
  const n = input.dim();
  if (n < 1) throw new ValueError(`Expected 1 or more dimensions (got ${n})`);
  if (n !== 1 && input.shape[0] !== target.shape[0]) {
    throw new ValueError(
      `Expected input batch_size (${input.shape[0]}) to match target batch_size (${target.shape[0] ?? 0}).`,
    );
  }
  if (n <= 2) return _nllFlat(input, target, weight, reduction, ignored)[0];
  if (n === 4) return _nllSpatial(input, target, weight, reduction, ignored)[0];
  const [count, classes, ...inner] = input.shape as readonly number[] as [number, number, ...number[]];
  if (!sameShape(target.shape.slice(1), inner)) {
    throw new RuntimeError(`Expected target size [${[count, ...inner].join(', ')}], got ${bracketed(target)}`);
  }
  const rest = input.numel() > 0 ? [1, inner.reduce((a, b) => a * b, 1)] : [0, 0];
  const flat = _nllSpatial(
    input.contiguous().view([count, classes, ...rest]),
    target.contiguous().view([count, ...rest]),
    weight,
    reduction,
    ignored,
  )[0];
  return reduction === NONE ? flat.view([count, ...inner]) : flat;
}

/**
 * nll_loss of log_softmax over the classes: `input` holds unnormalised logits (C), (N, C) or (N, C, ...), `target`
 * class indices or, in the shape of `input`, the probability of each class. `label_smoothing` mixes that much of the
 * uniform distribution in.
 * @example
 * torch.nn.functional.cross_entropy(torch.zeros(1, 2), torch.tensor([0n])); // tensor(0.6931)
 */
export const cross_entropy = op(
  "cross_entropy(Tensor input, Tensor target, Tensor? weight=None, bool? size_average=None, int ignore_index=-100, bool? reduce=None, str reduction='mean', float label_smoothing=0.0)",
  { method: false },
);
compose(cross_entropy, (input, target, weight, size_average, ignore_index, reduce, reduction, smoothing) => {
  const code = reductionCode(reduction, size_average, reduce);
  if (sameShape(input.shape, target.shape)) {
    if (!target.dtype.is_floating_point) {
      throw new RuntimeError(
        `Expected floating point type for target with class probabilities, got ${target.dtype.scalarName}`,
      );
    }
    if (ignore_index >= 0) throw new RuntimeError('ignore_index is not supported for floating point target');
    checkSmoothing(smoothing);
    return ofProbabilities(input, target, weight, code, smoothing);
  }
  if (!(smoothing > 0)) return nll(input.log_softmax(classDim(input)), target, weight, ignore_index, code);
  checkSmoothing(smoothing);
  return smoothed(input, target, weight, ignore_index, code, smoothing);
});

const classDim = (input: Tensor): number => (input.dim() === 1 ? 0 : 1);

function checkSmoothing(value: number): void {
  if (value > 1) throw new RuntimeError(`label_smoothing must be between 0.0 and 1.0. Got: ${value}`);
}

/** A weight per class in a shape that broadcasts with `input`. */
function perClass(weight: Tensor, input: Tensor): Tensor {
  return weight.view(input.shape.map((_, d) => (d === classDim(input) ? (weight.shape[0] as number) : 1)));
}

function ofProbabilities(
  input: Tensor,
  probabilities: Tensor,
  weight: Tensor | null,
  reduction: number,
  smoothing: number,
): Tensor {
  const dim = classDim(input);
  const classes = input.shape[dim] as number;
  if (weight !== null && (weight.dim() !== 1 || weight.numel() !== classes)) {
    throw new RuntimeError(
      `cross_entropy: weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${bracketed(weight)}`,
    );
  }
  const logs = input.log_softmax(dim);
  const target =
    smoothing > 0 ? addNumber(mulNumber(probabilities, 1 - smoothing), smoothing / classes) : probabilities;
  const product = logs.mul(target);
  const each = weight === null ? product : product.mul(perClass(weight, input));
  if (reduction === NONE) return each.sum(dim).neg();
  const sum = each.sum().neg();
  return reduction === SUM ? sum : divNumber(sum, input.numel() === 0 ? 0 : input.numel() / classes);
}

function smoothed(
  input: Tensor,
  target: Tensor,
  weight: Tensor | null,
  ignored: number,
  reduction: number,
  smoothing: number,
): Tensor {
  const dim = classDim(input);
  const logs = input.log_softmax(dim);
  const loss = nll(logs, target, weight, ignored, reduction);
  const skipped = target.eq(ignored);
  const uniform = (weight === null ? logs : logs.mul(perClass(weight, input))).sum(dim).neg().masked_fill(skipped, 0);
  let rest = uniform;
  if (reduction !== NONE) rest = uniform.sum();
  if (reduction === MEAN) {
    const counted = skipped.logical_not();
    rest = rest.div(
      weight === null
        ? counted.sum()
        : weight.gather(0, target.masked_select(counted).to(target.dtype).flatten()).sum(),
    );
  }
  return mulNumber(loss, 1 - smoothing).add(mulNumber(rest, smoothing / (input.shape[dim] as number)));
}
