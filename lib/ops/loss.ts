/** Losses of numbers, and of probabilities of one thing each. */
import { RuntimeError, ValueError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { log_sigmoid, refuseIntegers } from './activation.js';
import { compose, derive, implement, op } from './define.js';
import { LEGACY, MEAN, NONE, reduced, reductionCode, SUM, share, together, torchSize } from './loss-reduction.js';

const squared = op('_squared_difference(Tensor self, Tensor target)', { native: 'squared_difference', method: false });
derive(squared, 'none');
const _mse = op('_mse_loss(Tensor self, Tensor target, int reduction)', {
  native: '',
  method: false,
  backward: 'MseLossBackward0',
});
implement(_mse, (self, target, reduction) => reduced(squared(self, target), reduction));
derive(_mse, {
  self: [['self', 'target'], (g, s) => mseSlope(g, s.self, s.target, s.reduction)],
  target: [['self', 'target'], (g, s) => mseSlope(g, s.target, s.self, s.reduction)],
});
const mseSlope = (g: Tensor, x: Tensor, y: Tensor, reduction: number): Tensor =>
  x.sub(y).mul(g.mul(reduction === MEAN ? 2 / x.numel() : 2));

/** The weighted mean, sum or elements of a loss. */
function weighed(loss: Tensor, weight: Tensor, input: Tensor, reduction: number): Tensor {
  if (!sameShape(weight.shape, input.shape)) throw new ValueError('Weights and input must have the same size.');
  const each = loss.mul(weight);
  return reduction === NONE ? each : reduction === SUM ? each.sum() : each.sum().div(weight.sum());
}

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

/**
 * |input - target|
 * @example
 * torch.nn.functional.l1_loss(torch.tensor([1, 2]), torch.tensor([1, 4])); // tensor(1.)
 */
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

const _smoothL1 = op('_smooth_l1_loss(Tensor self, Tensor target, int reduction, float beta)', {
  native: '',
  method: false,
  backward: 'SmoothL1LossBackward0',
});
implement(_smoothL1, (self, target, reduction, beta) => reduced(smoothNative(self, target, beta), reduction));
const smoothSlope = (g: Tensor, x: Tensor, y: Tensor, reduction: number, beta: number) =>
  x
    .sub(y)
    .div(beta)
    .clamp(-1, 1)
    .mul(share(g, reduction, x));
derive(_smoothL1, {
  self: [['self', 'target'], (g, s) => smoothSlope(g, s.self, s.target, s.reduction, s.beta)],
  target: [['self', 'target'], (g, s) => smoothSlope(g, s.target, s.self, s.reduction, s.beta)],
});
/**
 * With d = |input - target|: d²/(2 beta) where d < beta, else d - beta/2.
 * @example
 * torch.nn.functional.smooth_l1_loss(torch.tensor([0, 3]), torch.tensor([0, 0])); // tensor(1.2500)
 */
export const smooth_l1_loss = op(`smooth_l1_loss(Tensor input, Tensor target, ${LEGACY}, float beta=1.0)`, {
  method: false,
});
compose(smooth_l1_loss, (input, target, size_average, reduce, reduction, beta) => {
  const code = reductionCode(reduction, size_average, reduce);
  const [x, y] = together(input, target);
  if (beta < 0) throw new RuntimeError('smooth_l1_loss does not support negative values for beta.');
  if (beta === 0) return reduced(x.sub(y).abs(), code);
  refuseIntegers(x, 'smooth_l1_cpu');
  return _smoothL1(x, y, code, beta);
});

const _huber = op('_huber_loss(Tensor self, Tensor target, int reduction, float delta)', {
  native: '',
  method: false,
  backward: 'HuberLossBackward0',
});
implement(_huber, (self, target, reduction, delta) => reduced(huberNative(self, target, delta), reduction));
const huberSlope = (g: Tensor, x: Tensor, y: Tensor, reduction: number, delta: number) =>
  x
    .sub(y)
    .clamp(-delta, delta)
    .mul(share(g, reduction, x));
derive(_huber, {
  self: [['self', 'target'], (g, s) => huberSlope(g, s.self, s.target, s.reduction, s.delta)],
  target: [['self', 'target'], (g, s) => huberSlope(g, s.target, s.self, s.reduction, s.delta)],
});
/**
 * With d = |input - target|: d²/2 where d <= delta, else delta (d - delta/2).
 * @example
 * torch.nn.functional.huber_loss(torch.tensor([0, 3]), torch.tensor([0, 0])); // tensor(1.2500)
 */
export const huber_loss = op(
  "huber_loss(Tensor input, Tensor target, str reduction='mean', float delta=1.0, Tensor? weight=None)",
  { method: false },
);
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
  native: '',
  method: false,
  backward: 'BinaryCrossEntropyBackward0',
});
const scaled = (t: Tensor, weight: Tensor | null): Tensor => (weight === null ? t : t.mul(weight));
implement(_bce, (self, target, weight, reduction) => reduced(scaled(bceNative(self, target), weight), reduction));
// The denominators stay away from zero, as PyTorch's do.
const EPSILON = 1e-12;
derive(_bce, {
  self: [
    ['self', 'target', 'weight'],
    (g, s) => {
      const slope = s.self.sub(s.target).div(s.self.neg().add(1).mul(s.self).clamp_min(EPSILON));
      return scaled(slope.mul(share(g, s.reduction, s.self)), s.weight);
    },
  ],
  target: [
    ['self', 'weight'],
    (g, s) => {
      const slope = s.self.neg().log1p().clamp_min(-100).sub(s.self.log().clamp_min(-100));
      return scaled(slope.mul(share(g, s.reduction, s.self)), s.weight);
    },
  ],
});
/**
 * -(target log(input) + (1 - target) log(1 - input)), logarithms not below -100, for probabilities `input`. Throws
 * RuntimeError where an element of `input` is not in [0, 1].
 * @example
 * torch.nn.functional.binary_cross_entropy(torch.tensor([0.5, 0.5]), torch.tensor([1, 0])); // tensor(0.6931)
 */
export const binary_cross_entropy = op(
  `binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, ${LEGACY})`,
  { native: '', method: false },
);
compose(binary_cross_entropy, (input, target, weight, size_average, reduce, reduction) => {
  const code = reductionCode(reduction, size_average, reduce);
  if (!sameShape(input.shape, target.shape)) {
    throw new ValueError(
      `Using a target size (${torchSize(target)}) that is different to the input size (${torchSize(input)}) is deprecated. Please ensure they have the same size.`,
    );
  }
  if (target.dtype !== input.dtype)
    throw new RuntimeError(`Found dtype ${target.dtype.scalarName} but expected ${input.dtype.scalarName}`);
  refuseIntegers(input, 'binary_cross_entropy');
  const probabilities = input.detach();
  if (!probabilities.ge(0).logical_and(probabilities.le(1)).all().item())
    throw new RuntimeError('all elements of input should be between 0 and 1');
  return _bce(input, target, weight === null ? null : weight.expand([...input.shape]), code);
});

const _bceLogits = op(
  '_bce_with_logits(Tensor self, Tensor target, Tensor? weight, Tensor? pos_weight, int reduction)',
  {
    native: '',
    method: false,
    backward: 'BinaryCrossEntropyWithLogitsBackward0',
  },
);
implement(_bceLogits, (self, target, weight, pos_weight, reduction) => {
  const logs = log_sigmoid(self);
  const positive = pos_weight === null ? logs : logs.mul(pos_weight.sub(1).mul(target).add(1));
  return reduced(scaled(target.neg().add(1).mul(self).sub(positive), weight), reduction);
});
derive(_bceLogits, {
  self: [
    ['self', 'target', 'weight', 'pos_weight'],
    (g, s) => {
      const { self, target, weight, pos_weight } = s;
      const yes = pos_weight === null ? target : pos_weight.mul(target);
      const slope =
        pos_weight === null ? self.sigmoid().sub(target) : yes.add(1).sub(target).mul(self.sigmoid()).sub(yes);
      return scaled(slope.mul(share(g, s.reduction, self)), weight);
    },
  ],
  target: [
    ['self', 'weight', 'pos_weight'],
    (g, s) => {
      const slope =
        s.pos_weight === null ? s.self.neg() : log_sigmoid(s.self.neg()).sub(s.pos_weight.mul(log_sigmoid(s.self)));
      return scaled(slope.mul(share(g, s.reduction, s.self)), s.weight);
    },
  ],
});
/**
 * binary_cross_entropy of sigmoid(input), without overflow; `pos_weight` scales the losses of positive targets.
 * @example
 * torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor([0, 2]), torch.tensor([1, 1])); // tensor(0.4100)
 */
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
