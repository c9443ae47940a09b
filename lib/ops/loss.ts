/** Losses: how far a prediction is from a target. Each reduces over all elements by 'mean' or 'sum', or not at all by 'none'. */
import { RuntimeError, ValueError } from '../errors.js';
import { broadcastShapes, sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { log_sigmoid, refuseIntegers } from './activation.js';
import { compose, derive, implement, op } from './define.js';

const NONE = 0;
const MEAN = 1;
const SUM = 2;

const bracketed = (t: Tensor): string => `[${t.shape.join(', ')}]`;
const torchSize = (t: Tensor): string => `torch.Size(${bracketed(t)})`;

/** The number of a reduction; PyTorch's older flags, where given, win over its name. */
export function reductionCode(name: string, size_average: boolean | null = null, reduce: boolean | null = null): number {
  if (size_average !== null || reduce !== null) return reduce === false ? NONE : size_average === false ? SUM : MEAN;
  const code = ['none', 'mean', 'sum'].indexOf(name);
  if (code < 0) throw new ValueError(`${name} is not a valid value for reduction`);
  return code;
}

/** `loss`, element by element, reduced. */
export function reduced(loss: Tensor, reduction: number): Tensor {
  return reduction === NONE ? loss : reduction === MEAN ? loss.mean() : loss.sum();
}

/** What each element's loss is multiplied by, from the gradient of the reduced one. */
function share(g: Tensor, reduction: number, input: Tensor): Tensor {
  return reduction === MEAN ? g.div(input.numel()) : g;
}

/** Both broadcast together, with PyTorch's warning where their shapes differ. */
export function together(input: Tensor, target: Tensor): [Tensor, Tensor] {
  if (sameShape(input.shape, target.shape)) return [input, target];
  process.emitWarning(
    `Using a target size (${torchSize(target)}) that is different to the input size (${torchSize(input)}). This will likely lead to ` +
      'incorrect results due to broadcasting. Please ensure they have the same size.',
    'UserWarning',
  );
  const shape = broadcastShapes(input.shape, target.shape);
  const fit = (t: Tensor) => (sameShape(t.shape, shape) ? t : t.expand(shape));
  return [fit(input), fit(target)];
}

// With a number of C++; PyTorch tells these nodes from those of tensors.
/** @internal */
export const addNumber = op('_add_number(Tensor self, Scalar other)', { native: 'add', method: false, backward: 'AddBackward1' });
derive(addNumber, { self: (g) => g });
const mulNumber = op('_mul_number(Tensor self, Scalar other)', { native: 'mul', method: false, backward: 'MulBackward1' });
derive(mulNumber, { self: (g, s) => g.mul(s.other) });
const divNumber = op('_div_number(Tensor self, Scalar other)', { native: 'div', method: false, backward: 'DivBackward1' });
derive(divNumber, { self: (g, s) => g.div(s.other) });

const _nllFlat = op('_nll_loss(Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index) -> (output, total_weight)', {
  native: 'nll_loss', method: false, backward: 'NllLossBackward0',
});
const _nllSpatial = op('_nll_loss2d(Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index) -> (output, total_weight)', {
  native: 'nll_loss', method: false, backward: 'NllLoss2DBackward0',
});
/** The gradient of nll_loss with respect to its input. @internal */
export const nll_loss_backward = op(
  'nll_loss_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight, int reduction, int ignore_index, Tensor total_weight)',
  { method: false },
);
derive(nll_loss_backward, {
  grad_output: [['target', 'weight'], (g, s) => (g.dim() === 4 ? _nllSpatial : _nllFlat)(g, s.target, s.weight, s.reduction, s.ignore_index)[0]],
  self: (g) => g.new_zeros([...g.shape]),
});
for (const flat of [_nllFlat, _nllSpatial]) {
  derive(flat, {
    self: [['self', 'target', 'weight', 'total_weight'], (gs, s) =>
      nll_loss_backward(gs[0] as Tensor, s.self, s.target, s.weight, s.reduction, s.ignore_index, s.total_weight)],
  });
}

/**
 * Minus the log probability of each sample's class, weighted by that of the class: `input` (C), (N, C) or (N, C, ...) and class
 * indices `target` of that shape without C. The mean is over the weights. Samples of class `ignore_index` do not count.
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
    throw new ValueError(`Expected input batch_size (${input.shape[0]}) to match target batch_size (${target.shape[0] ?? 0}).`);
  }
  if (n <= 2) return _nllFlat(input, target, weight, reduction, ignored)[0];
  if (n === 4) return _nllSpatial(input, target, weight, reduction, ignored)[0];
  const [count, classes, ...inner] = input.shape as [number, number, ...number[]];
  if (!sameShape(target.shape.slice(1), inner)) {
    throw new RuntimeError(`Expected target size [${[count, ...inner].join(', ')}], got ${bracketed(target)}`);
  }
  const rest = input.numel() > 0 ? [1, inner.reduce((a, b) => a * b, 1)] : [0, 0];
  const flat = _nllSpatial(input.contiguous().view([count, classes, ...rest]), target.contiguous().view([count, ...rest]), weight, reduction, ignored)[0];
  return reduction === NONE ? flat.view([count, ...inner]) : flat;
}

/**
 * nll_loss of log_softmax over the classes: `input` holds unnormalised logits (C), (N, C) or (N, C, ...), `target` class indices or,
 * in the shape of `input`, the probability of each class. `label_smoothing` mixes that much of the uniform distribution in.
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
      throw new RuntimeError(`Expected floating point type for target with class probabilities, got ${target.dtype.scalarName}`);
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

function ofProbabilities(input: Tensor, probabilities: Tensor, weight: Tensor | null, reduction: number, smoothing: number): Tensor {
  const dim = classDim(input);
  const classes = input.shape[dim] as number;
  if (weight !== null && (weight.dim() !== 1 || weight.numel() !== classes)) {
    throw new RuntimeError(
      `cross_entropy: weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${bracketed(weight)}`,
    );
  }
  const logs = input.log_softmax(dim);
  const target = smoothing > 0 ? addNumber(mulNumber(probabilities, 1 - smoothing), smoothing / classes) : probabilities;
  const product = logs.mul(target);
  const each = weight === null ? product : product.mul(perClass(weight, input));
  if (reduction === NONE) return each.sum(dim).neg();
  const sum = each.sum().neg();
  return reduction === SUM ? sum : divNumber(sum, input.numel() === 0 ? 0 : input.numel() / classes);
}

function smoothed(input: Tensor, target: Tensor, weight: Tensor | null, ignored: number, reduction: number, smoothing: number): Tensor {
  const dim = classDim(input);
  const logs = input.log_softmax(dim);
  const loss = nll(logs, target, weight, ignored, reduction);
  const skipped = target.eq(ignored);
  const uniform = (weight === null ? logs : logs.mul(perClass(weight, input))).sum(dim).neg().masked_fill(skipped, 0);
  let rest = uniform;
  if (reduction !== NONE) rest = uniform.sum();
  if (reduction === MEAN) {
    const counted = skipped.logical_not();
    rest = rest.div(weight === null ? counted.sum() : weight.gather(0, target.masked_select(counted).to(target.dtype).flatten()).sum());
  }
  return mulNumber(loss, 1 - smoothing).add(mulNumber(rest, smoothing / (input.shape[dim] as number)));
}

const squared = op('_squared_difference(Tensor self, Tensor target)', { native: 'squared_difference', method: false });
derive(squared, 'none');
const _mse = op('_mse_loss(Tensor self, Tensor target, int reduction)', { native: '', method: false, backward: 'MseLossBackward0' });
implement(_mse, (self, target, reduction) => reduced(squared(self, target), reduction));
derive(_mse, {
  self: [['self', 'target'], (g, s) => mseSlope(g, s.self, s.target, s.reduction)],
  target: [['self', 'target'], (g, s) => mseSlope(g, s.target, s.self, s.reduction)],
});
const mseSlope = (g: Tensor, x: Tensor, y: Tensor, reduction: number): Tensor => x.sub(y).mul(g.mul(reduction === MEAN ? 2 / x.numel() : 2));

/** The weighted mean, sum or elements of a loss. */
function weighed(loss: Tensor, weight: Tensor, input: Tensor, reduction: number): Tensor {
  if (!sameShape(weight.shape, input.shape)) throw new ValueError('Weights and input must have the same size.');
  const each = loss.mul(weight);
  return reduction === NONE ? each : reduction === SUM ? each.sum() : each.sum().div(weight.sum());
}

const LEGACY = "bool? size_average=None, bool? reduce=None, str reduction='mean'";

/**
 * (input - target)²
 * @example
 * torch.nn.functional.mse_loss(torch.tensor([1, 3]), torch.tensor([1, 1])); // tensor(2.)
 */
export const mse_loss = op(`mse_loss(Tensor input, Tensor target, ${LEGACY}, Tensor? weight=None)`, { method: false });
compose(mse_loss, (input, target, size_average, reduce, reduction, weight) => {
  const code = reductionCode(reduction, size_average, reduce);
  const [x, y] = together(input, target);
  if (weight !== null) return weighed(x.sub(y).pow(2), weight, input, code);
  if (!y.dtype.is_floating_point) refuseIntegers(x, 'mse_cpu');
  return _mse(x, y, code);
});

/** |input - target| */
export const l1_loss = op(`l1_loss(Tensor input, Tensor target, ${LEGACY}, Tensor? weight=None)`, { method: false });
compose(l1_loss, (input, target, size_average, reduce, reduction, weight) => {
  const code = reductionCode(reduction, size_average, reduce);
  const [x, y] = together(input, target);
  const each = x.sub(y).abs();
  return weight === null ? reduced(each, code) : weighed(each, weight, input, code);
});

const smoothNative = op('_smooth_l1(Tensor self, Tensor target, Scalar beta)', { native: 'smooth_l1', method: false });
const huberNative = op('_huber(Tensor self, Tensor target, Scalar delta)', { native: 'huber', method: false });
derive(smoothNative, 'none');
derive(huberNative, 'none');

const _smoothL1 = op('_smooth_l1_loss(Tensor self, Tensor target, int reduction, float beta)', { native: '', method: false, backward: 'SmoothL1LossBackward0' });
implement(_smoothL1, (self, target, reduction, beta) => reduced(smoothNative(self, target, beta), reduction));
const smoothSlope = (g: Tensor, x: Tensor, y: Tensor, reduction: number, beta: number) => x.sub(y).div(beta).clamp(-1, 1).mul(share(g, reduction, x));
derive(_smoothL1, {
  self: [['self', 'target'], (g, s) => smoothSlope(g, s.self, s.target, s.reduction, s.beta)],
  target: [['self', 'target'], (g, s) => smoothSlope(g, s.target, s.self, s.reduction, s.beta)],
});
/** With d = |input - target|: d²/(2 beta) where d < beta, else d - beta/2. */
export const smooth_l1_loss = op(`smooth_l1_loss(Tensor input, Tensor target, ${LEGACY}, float beta=1.0)`, { method: false });
compose(smooth_l1_loss, (input, target, size_average, reduce, reduction, beta) => {
  const code = reductionCode(reduction, size_average, reduce);
  const [x, y] = together(input, target);
  if (beta < 0) throw new RuntimeError('smooth_l1_loss does not support negative values for beta.');
  if (beta === 0) return reduced(x.sub(y).abs(), code);
  refuseIntegers(x, 'smooth_l1_cpu');
  return _smoothL1(x, y, code, beta);
});

const _huber = op('_huber_loss(Tensor self, Tensor target, int reduction, float delta)', { native: '', method: false, backward: 'HuberLossBackward0' });
implement(_huber, (self, target, reduction, delta) => reduced(huberNative(self, target, delta), reduction));
const huberSlope = (g: Tensor, x: Tensor, y: Tensor, reduction: number, delta: number) => x.sub(y).clamp(-delta, delta).mul(share(g, reduction, x));
derive(_huber, {
  self: [['self', 'target'], (g, s) => huberSlope(g, s.self, s.target, s.reduction, s.delta)],
  target: [['self', 'target'], (g, s) => huberSlope(g, s.target, s.self, s.reduction, s.delta)],
});
/** With d = |input - target|: d²/2 where d <= delta, else delta (d - delta/2). */
export const huber_loss = op("huber_loss(Tensor input, Tensor target, str reduction='mean', float delta=1.0, Tensor? weight=None)", { method: false });
compose(huber_loss, (input, target, reduction, delta, weight) => {
  const code = reductionCode(reduction);
  const [x, y] = together(input, target);
  if (!(delta > 0)) throw new RuntimeError('huber_loss does not support non-positive values for delta.');
  refuseIntegers(x, 'huber_cpu');
  if (weight === null) return _huber(x, y, code, delta);
  if (!sameShape(weight.shape, input.shape)) throw new ValueError('Weights and input must have the same size.');
  return reduced(_huber(x, y, NONE, delta).mul(weight), code);
});

const bceNative = op('_bce(Tensor self, Tensor target)', { native: 'binary_cross_entropy', method: false });
derive(bceNative, 'none');
const _bce = op('_binary_cross_entropy(Tensor self, Tensor target, Tensor? weight, int reduction)', {
  native: '', method: false, backward: 'BinaryCrossEntropyBackward0',
});
const scaled = (t: Tensor, weight: Tensor | null): Tensor => (weight === null ? t : t.mul(weight));
implement(_bce, (self, target, weight, reduction) => reduced(scaled(bceNative(self, target), weight), reduction));
// The denominators stay away from zero, as PyTorch's do.
const EPSILON = 1e-12;
derive(_bce, {
  self: [['self', 'target', 'weight'], (g, s) => {
    const slope = s.self.sub(s.target).div(s.self.neg().add(1).mul(s.self).clamp_min(EPSILON));
    return scaled(slope.mul(share(g, s.reduction, s.self)), s.weight);
  }],
  target: [['self', 'weight'], (g, s) => {
    const slope = s.self.neg().log1p().clamp_min(-100).sub(s.self.log().clamp_min(-100));
    return scaled(slope.mul(share(g, s.reduction, s.self)), s.weight);
  }],
});
/**
 * -(target log(input) + (1 - target) log(1 - input)), logarithms not below -100, for probabilities `input`. Throws RuntimeError
 * where an element of `input` is not in [0, 1].
 */
export const binary_cross_entropy = op(`binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, ${LEGACY})`, { native: '', method: false });
compose(binary_cross_entropy, (input, target, weight, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  if (!sameShape(input.shape, target.shape)) {
    throw new ValueError(
      `Using a target size (${torchSize(target)}) that is different to the input size (${torchSize(input)}) is deprecated. Please ensure they have the same size.`,
    );
  }
  if (target.dtype !== input.dtype) throw new RuntimeError(`Found dtype ${target.dtype.scalarName} but expected ${input.dtype.scalarName}`);
  refuseIntegers(input, 'binary_cross_entropy');
  const probabilities = input.detach();
  if (!probabilities.ge(0).logical_and(probabilities.le(1)).all().item()) throw new RuntimeError('all elements of input should be between 0 and 1');
  return _bce(input, target, weight === null ? null : weight.expand([...input.shape]), code);
});

const _bceLogits = op('_bce_with_logits(Tensor self, Tensor target, Tensor? weight, Tensor? pos_weight, int reduction)', {
  native: '', method: false, backward: 'BinaryCrossEntropyWithLogitsBackward0',
});
implement(_bceLogits, (self, target, weight, pos_weight, reduction) => {
  const logs = log_sigmoid(self);
  const positive = pos_weight === null ? logs : logs.mul(pos_weight.sub(1).mul(target).add(1));
  return reduced(scaled(target.neg().add(1).mul(self).sub(positive), weight), reduction);
});
derive(_bceLogits, {
  self: [['self', 'target', 'weight', 'pos_weight'], (g, s) => {
    const { self, target, weight, pos_weight } = s;
    const yes = pos_weight === null ? target : pos_weight.mul(target);
    const slope = pos_weight === null ? self.sigmoid().sub(target) : yes.add(1).sub(target).mul(self.sigmoid()).sub(yes);
    return scaled(slope.mul(share(g, s.reduction, self)), weight);
  }],
  target: [['self', 'weight', 'pos_weight'], (g, s) => {
    const slope = s.pos_weight === null ? s.self.neg() : log_sigmoid(s.self.neg()).sub(s.pos_weight.mul(log_sigmoid(s.self)));
    return scaled(slope.mul(share(g, s.reduction, s.self)), s.weight);
  }],
});
/** binary_cross_entropy of sigmoid(input), without overflow; `pos_weight` scales the losses of positive targets. */
export const binary_cross_entropy_with_logits = op(
  `binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, ${LEGACY}, Tensor? pos_weight=None)`,
  { method: false },
);
compose(binary_cross_entropy_with_logits, (input, target, weight, size_average, reduce, reduction, pos_weight) => {
  const code = reductionCode(reduction, size_average, reduce);
  if (!sameShape(input.shape, target.shape)) {
    throw new ValueError(`Target size (${torchSize(target)}) must be the same as input size (${torchSize(input)})`);
  }
  return _bceLogits(input, target, weight, pos_weight, code);
});
