import { no_grad } from '../autograd/modes.js';
import { float64 } from '../dtype.js';
import { ValueError } from '../errors.js';
import { empty_like, eye, tensor as makeTensor, where } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { withKeywords } from './signature.js';

const LINEAR_FUNCTIONS = [
  'linear',
  'conv1d',
  'conv2d',
  'conv3d',
  'conv_transpose1d',
  'conv_transpose2d',
  'conv_transpose3d',
];

/** The gain that keeps the variance of activations after a nonlinearity; `param` is the slope of 'leaky_relu'. */
export const calculate_gain = withKeywords(
  'calculate_gain',
  (nonlinearity: string, param: number | null = null) => ({ nonlinearity, param }),
  ({ nonlinearity, param }) => {
    if (LINEAR_FUNCTIONS.includes(nonlinearity) || nonlinearity === 'sigmoid') return 1;
    if (nonlinearity === 'tanh') return 5 / 3;
    if (nonlinearity === 'relu') return Math.sqrt(2);
    if (nonlinearity === 'selu') return 3 / 4;
    if (nonlinearity !== 'leaky_relu') throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`);
    if (param !== null && typeof param !== 'number') throw new ValueError(`negative_slope ${param} not a valid number`);
    return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
  },
);

/** The numbers of values that flow into and out of one unit of a weight (out, in, ...). */
export function _calculate_fan_in_and_fan_out(tensor: Tensor): [fan_in: number, fan_out: number] {
  const [outputs, inputs, ...field] = tensor.shape;
  if (outputs === undefined || inputs === undefined) {
    throw new ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
  }
  const size = field.reduce((a, b) => a * b, 1);
  return [inputs * size, outputs * size];
}

/** Fills `tensor` from the uniform distribution over [a, b). */
export const uniform_ = withKeywords(
  'uniform_',
  (tensor: Tensor, a: number = 0, b: number = 1) => ({ tensor, a, b }),
  ({ tensor, a, b }) => no_grad(() => tensor.uniform_(a, b)),
);

/** Fills `tensor` from the normal distribution. */
export const normal_ = withKeywords(
  'normal_',
  (tensor: Tensor, mean: number = 0, std: number = 1) => ({ tensor, mean, std }),
  ({ tensor, mean, std }) => no_grad(() => tensor.normal_(mean, std)),
);

/** Fills `tensor` with `val`. */
export const constant_ = withKeywords(
  'constant_',
  (tensor: Tensor, val: number) => ({ tensor, val }),
  ({ tensor, val }) => no_grad(() => tensor.fill_(val)),
);

/** Fills `tensor` with ones. */
export const ones_ = (tensor: Tensor): Tensor => no_grad(() => tensor.fill_(1));

/** Fills `tensor` with zeros. */
export const zeros_ = (tensor: Tensor): Tensor => no_grad(() => tensor.zero_());

/** Makes a 2-d `tensor` the identity matrix. */
export function eye_(tensor: Tensor): Tensor {
  const [rows, columns] = tensor.shape;
  if (rows === undefined || columns === undefined || tensor.dim() !== 2) {
    throw new ValueError('Only tensors with 2 dimensions are supported');
  }
  return no_grad(() => tensor.copy_(eye(rows, columns, { dtype: tensor.dtype })));
}

function xavierStd(tensor: Tensor, gain: number): number {
  const [fan_in, fan_out] = _calculate_fan_in_and_fan_out(tensor);
  return gain * Math.sqrt(2 / (fan_in + fan_out));
}

/** Fills `tensor` uniformly within ±gain sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010). */
export const xavier_uniform_ = withKeywords(
  'xavier_uniform_',
  (tensor: Tensor, gain: number = 1) => ({ tensor, gain }),
  ({ tensor, gain }) => {
    const bound = Math.sqrt(3) * xavierStd(tensor, gain);
    return uniform_(tensor, -bound, bound);
  },
);

/** Fills `tensor` from the normal distribution with deviation gain sqrt(2 / (fan_in + fan_out)). */
export const xavier_normal_ = withKeywords(
  'xavier_normal_',
  (tensor: Tensor, gain: number = 1) => ({ tensor, gain }),
  ({ tensor, gain }) => normal_(tensor, 0, xavierStd(tensor, gain)),
);

const kaimingArguments = (
  tensor: Tensor,
  a: number = 0,
  mode: string = 'fan_in',
  nonlinearity: string = 'leaky_relu',
) => ({ tensor, a, mode, nonlinearity });

/** The deviation gain / sqrt(fan), or null, with a warning, where there is nothing to fill. */
function kaimingStd({ tensor, a, mode, nonlinearity }: ReturnType<typeof kaimingArguments>): number | null {
  if (tensor.shape.includes(0)) {
    process.emitWarning('Initializing zero-element tensors is a no-op', 'UserWarning');
    return null;
  }
  const side = ['fan_in', 'fan_out'].indexOf(mode.toLowerCase());
  if (side < 0) throw new ValueError(`Mode ${mode} not supported, please use one of ['fan_in', 'fan_out']`);
  const fan = _calculate_fan_in_and_fan_out(tensor)[side] as number;
  return calculate_gain(nonlinearity, a) / Math.sqrt(fan);
}

/** Fills `tensor` uniformly within ±gain sqrt(3 / fan) (He et al., 2015); `a` is the slope of 'leaky_relu'. */
export const kaiming_uniform_ = withKeywords('kaiming_uniform_', kaimingArguments, (args) => {
  const std = kaimingStd(args);
  if (std === null) return args.tensor;
  const bound = Math.sqrt(3) * std;
  return uniform_(args.tensor, -bound, bound);
});

/** Fills `tensor` from the normal distribution with deviation gain / sqrt(fan). */
export const kaiming_normal_ = withKeywords('kaiming_normal_', kaimingArguments, (args) => {
  const std = kaimingStd(args);
  return std === null ? args.tensor : normal_(args.tensor, 0, std);
});

/** Fills `tensor` from the normal distribution cut off outside [a, b]. */
export const trunc_normal_ = withKeywords(
  'trunc_normal_',
  (tensor: Tensor, mean: number = 0, std: number = 1, a: number = -2, b: number = 2) => ({ tensor, mean, std, a, b }),
  (args) => no_grad(() => (chanceWithin(args) > 0.3 ? redrawTails(args) : rejectFromUniform(args))),
);

interface TruncatedNormal {
  tensor: Tensor;
  mean: number;
  std: number;
  a: number;
  b: number;
}

function chanceWithin({ mean, std, a, b }: TruncatedNormal): number {
  const cdf = (x: number): number =>
    (1 +
      Number(
        makeTensor(x / Math.SQRT2, { dtype: float64 })
          .erf()
          .item(),
      )) /
    2;
  return cdf((b - mean) / std) - cdf((a - mean) / std);
}

function redrawTails({ tensor, mean, std, a, b }: TruncatedNormal): Tensor {
  const round = (x: number): number => Number(makeTensor(x, { dtype: tensor.dtype }).item());
  const [low, high] = [round(a), round(b)];
  const outside = (x: Tensor): Tensor => x.lt(low).logical_or(x.gt(high));
  let result = tensor.normal_(mean, std);
  for (let mask = outside(result); mask.any().item(); mask = outside(result)) {
    result = where(mask, empty_like(result).normal_(mean, std), result);
  }
  return result === tensor ? tensor : tensor.copy_(result);
}

/** Rejection sampling with a uniform proposal, for an interval that holds little of the distribution. */
function rejectFromUniform({ tensor, mean, std, a, b }: TruncatedNormal): Tensor {
  const peak = -0.5 * ((Math.max(a, Math.min(mean, b)) - mean) / std) ** 2;
  const candidates = empty_like(tensor);
  const chance = empty_like(tensor);
  const rejected = (): Tensor => {
    candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak);
    return chance.uniform_().log_().gt(candidates);
  };
  candidates.copy_(tensor.uniform_(a, b));
  let result = tensor;
  let pending = rejected();
  while (pending.any().item()) {
    candidates.uniform_(a, b);
    result = where(pending, candidates, result);
    pending = where(pending, rejected(), pending);
  }
  return result === tensor ? tensor : tensor.copy_(result);
}
