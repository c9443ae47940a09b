import { no_grad } from '../autograd/modes.js';
import { float64 } from '../dtype.js';
import { ValueError } from '../errors.js';
import { empty_like, eye, tensor as makeTensor, qr, randperm, where } from '../ops/index.js';
import type { Generator } from '../random.js';
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

/**
 * The gain that keeps the variance of activations after a nonlinearity; `param` is the slope of 'leaky_relu'.
 * @example
 * torch.nn.init.calculate_gain('leaky_relu', 0.2); // 1.3867504905630728
 */
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

/**
 * The numbers of values that flow into and out of one unit of a weight (out, in, ...).
 * @example
 * torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(8, 3, 5, 5)); // [ 75, 200 ]
 */
export function _calculate_fan_in_and_fan_out(tensor: Tensor): [fan_in: number, fan_out: number] {
  const [outputs, inputs, ...field] = tensor.shape;
  if (outputs === undefined || inputs === undefined) {
    throw new ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions');
  }
  const size = field.reduce((a, b) => a * b, 1);
  return [inputs * size, outputs * size];
}

/**
 * Fills `tensor` from the uniform distribution over [a, b).
 * @example
 * torch.nn.init.uniform_(torch.empty(100), 2, 3).min().item() >= 2; // true
 */
export const uniform_ = withKeywords(
  'uniform_',
  (tensor: Tensor, a: number = 0, b: number = 1, generator: Generator | null = null) => ({ tensor, a, b, generator }),
  ({ tensor, a, b, generator }) => no_grad(() => tensor.uniform_(a, b, { generator })),
);

/**
 * Fills `tensor` from the normal distribution.
 * @example
 * torch.nn.init.normal_(torch.empty(3, 5), { std: 0.02 }).shape; // [3, 5]
 */
export const normal_ = withKeywords(
  'normal_',
  (tensor: Tensor, mean: number = 0, std: number = 1, generator: Generator | null = null) => ({
    tensor,
    mean,
    std,
    generator,
  }),
  ({ tensor, mean, std, generator }) => no_grad(() => tensor.normal_(mean, std, { generator })),
);

/**
 * Fills `tensor` with `val`.
 * @example
 * torch.nn.init.constant_(torch.empty(2), 0.3); // tensor([0.3000, 0.3000])
 */
export const constant_ = withKeywords(
  'constant_',
  (tensor: Tensor, val: number) => ({ tensor, val }),
  ({ tensor, val }) => no_grad(() => tensor.fill_(val)),
);

/**
 * Fills `tensor` with ones.
 * @example
 * torch.nn.init.ones_(torch.empty(2)); // tensor([1., 1.])
 */
export const ones_ = (tensor: Tensor): Tensor => no_grad(() => tensor.fill_(1));

/**
 * Fills `tensor` with zeros.
 * @example
 * torch.nn.init.zeros_(torch.empty(2)); // tensor([0., 0.])
 */
export const zeros_ = (tensor: Tensor): Tensor => no_grad(() => tensor.zero_());

/**
 * Makes a 2-d `tensor` the identity matrix.
 * @example
 * torch.nn.init.eye_(torch.empty(2, 2)); // tensor([[1., 0.], [0., 1.]])
 */
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

/**
 * Fills `tensor` uniformly within ±gain sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).
 * @example
 * torch.nn.init.xavier_uniform_(torch.empty(3, 5), { gain: torch.nn.init.calculate_gain('relu') }).shape; // [3, 5]
 */
export const xavier_uniform_ = withKeywords(
  'xavier_uniform_',
  (tensor: Tensor, gain: number = 1, generator: Generator | null = null) => ({ tensor, gain, generator }),
  ({ tensor, gain, generator }) => {
    const bound = Math.sqrt(3) * xavierStd(tensor, gain);
    return uniform_(tensor, -bound, bound, generator);
  },
);

/**
 * Fills `tensor` from the normal distribution with deviation gain sqrt(2 / (fan_in + fan_out)).
 * @example
 * torch.nn.init.xavier_normal_(torch.empty(3, 5)).shape; // [3, 5]
 */
export const xavier_normal_ = withKeywords(
  'xavier_normal_',
  (tensor: Tensor, gain: number = 1, generator: Generator | null = null) => ({ tensor, gain, generator }),
  ({ tensor, gain, generator }) => normal_(tensor, 0, xavierStd(tensor, gain), generator),
);

const kaimingArguments = (
  tensor: Tensor,
  a: number = 0,
  mode: string = 'fan_in',
  nonlinearity: string = 'leaky_relu',
  generator: Generator | null = null,
) => ({ tensor, a, mode, nonlinearity, generator });

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

/**
 * Fills `tensor` uniformly within ±gain sqrt(3 / fan) (He et al., 2015); `a` is the slope of 'leaky_relu'.
 * @example
 * torch.nn.init.kaiming_uniform_(torch.empty(3, 5), { a: Math.sqrt(5) }).shape; // [3, 5]
 */
export const kaiming_uniform_ = withKeywords('kaiming_uniform_', kaimingArguments, (args) => {
  const std = kaimingStd(args);
  if (std === null) return args.tensor;
  const bound = Math.sqrt(3) * std;
  return uniform_(args.tensor, -bound, bound, args.generator);
});

/**
 * Fills `tensor` from the normal distribution with deviation gain / sqrt(fan).
 * @example
 * torch.nn.init.kaiming_normal_(torch.empty(3, 5), { nonlinearity: 'relu' }).shape; // [3, 5]
 */
export const kaiming_normal_ = withKeywords('kaiming_normal_', kaimingArguments, (args) => {
  const std = kaimingStd(args);
  return std === null ? args.tensor : normal_(args.tensor, 0, std, args.generator);
});

/**
 * Fills `tensor` from the normal distribution cut off outside [a, b].
 * @example
 * torch.nn.init.trunc_normal_(torch.empty(100)).abs().max().item() <= 2; // true
 */
export const trunc_normal_ = withKeywords(
  'trunc_normal_',
  (
    tensor: Tensor,
    mean: number = 0,
    std: number = 1,
    a: number = -2,
    b: number = 2,
    generator: Generator | null = null,
  ) => ({ tensor, mean, std, a, b, generator }),
  (args) => no_grad(() => (chanceWithin(args) > 0.3 ? redrawTails(args) : rejectFromUniform(args))),
);

interface TruncatedNormal {
  tensor: Tensor;
  mean: number;
  std: number;
  a: number;
  b: number;
  generator: Generator | null;
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

function redrawTails({ tensor, mean, std, a, b, generator }: TruncatedNormal): Tensor {
  const round = (x: number): number => Number(makeTensor(x, { dtype: tensor.dtype }).item());
  const [low, high] = [round(a), round(b)];
  const outside = (x: Tensor): Tensor => x.lt(low).logical_or(x.gt(high));
  let result = tensor.normal_(mean, std, { generator });
  for (let mask = outside(result); mask.any().item(); mask = outside(result)) {
    result = where(mask, empty_like(result).normal_(mean, std, { generator }), result);
  }
  return result === tensor ? tensor : tensor.copy_(result);
}

/** Rejection sampling with a uniform proposal, for an interval that holds little of the distribution. */
function rejectFromUniform({ tensor, mean, std, a, b, generator }: TruncatedNormal): Tensor {
  const peak = -0.5 * ((Math.max(a, Math.min(mean, b)) - mean) / std) ** 2;
  const candidates = empty_like(tensor);
  const chance = empty_like(tensor);
  const rejected = (): Tensor => {
    candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak);
    return chance.uniform_(0, 1, { generator }).log_().gt(candidates);
  };
  candidates.copy_(tensor.uniform_(a, b, { generator }));
  let result = tensor;
  let pending = rejected();
  while (pending.any().item()) {
    candidates.uniform_(a, b, { generator });
    result = where(pending, candidates, result);
    pending = where(pending, rejected(), pending);
  }
  return result === tensor ? tensor : tensor.copy_(result);
}

/**
 * Fills `tensor` with a matrix whose rows or columns, whichever are fewer, are orthonormal, times `gain`; dimensions
 * from the second on are one (Saxe et al., 2013).
 * @example
 * const w = torch.nn.init.orthogonal_(torch.empty(2, 3));
 * w.matmul(w.t()); // the identity matrix
 */
export const orthogonal_ = withKeywords(
  'orthogonal_',
  (tensor: Tensor, gain: number = 1, generator: Generator | null = null) => ({ tensor, gain, generator }),
  ({ tensor, gain, generator }): Tensor => {
    if (tensor.dim() < 2) throw new ValueError('Only tensors with 2 or more dimensions are supported');
    if (tensor.numel() === 0) return tensor;
    const rows = tensor.shape[0] as number;
    const columns = tensor.numel() / rows;
    return no_grad(() => {
      const drawn = tensor.new_empty([rows, columns]).normal_(0, 1, { generator });
      const { Q, R } = qr(rows < columns ? drawn.t() : drawn);
      // The signs make it uniform over all such matrices (Mezzadri, 2006).
      const uniform = Q.mul(R.diagonal().sign());
      tensor.view([rows, columns]).copy_(rows < columns ? uniform.t() : uniform);
      return tensor.mul_(gain);
    });
  },
);

/**
 * Fills the 2-d `tensor` from the normal distribution, but for a share `sparsity` of each column: zeros.
 * @example
 * torch.nn.init.sparse_(torch.empty(4, 3), 0.5).count_nonzero().item(); // 6
 */
export const sparse_ = withKeywords(
  'sparse_',
  (tensor: Tensor, sparsity: number, std: number = 0.01, generator: Generator | null = null) => ({
    tensor,
    sparsity,
    std,
    generator,
  }),
  ({ tensor, sparsity, std, generator }): Tensor => {
    const [rows, columns] = tensor.shape;
    if (rows === undefined || columns === undefined || tensor.dim() !== 2) {
      throw new ValueError('Only tensors with 2 dimensions are supported');
    }
    const zeros = Math.ceil(sparsity * rows);
    return no_grad(() => {
      tensor.normal_(0, std, { generator });
      for (let column = 0; column < columns; column++) {
        tensor.select(1, column).index_fill_(0, randperm(rows).narrow(0, 0, Math.min(zeros, rows)), 0);
      }
      return tensor;
    });
  },
);

/**
 * Fills the weight of a convolution (out, in, ...) so that it passes as many channels on unchanged as it can, in each
 * of `groups` groups.
 * @example
 * torch.nn.init.dirac_(torch.empty(2, 2, 3)).nonzero().tolist(); // [[0, 0, 1], [1, 1, 1]]
 */
export const dirac_ = withKeywords(
  'dirac_',
  (tensor: Tensor, groups: number = 1) => ({ tensor, groups }),
  ({ tensor, groups }): Tensor => {
    const [outputs = 0, inputs = 0, ...window] = tensor.shape;
    if (window.length < 1 || window.length > 3) {
      throw new ValueError('Only tensors with 3, 4, or 5 dimensions are supported');
    }
    if (outputs % groups !== 0) throw new ValueError('dim 0 must be divisible by groups');
    const each = outputs / groups;
    return no_grad(() => {
      tensor.zero_();
      for (let group = 0; group < groups; group++) {
        for (let channel = 0; channel < Math.min(each, inputs); channel++) {
          const place = [group * each + channel, channel, ...window.map((size) => Math.floor(size / 2))];
          place.reduce((part, at) => part.select(0, at), tensor).fill_(1);
        }
      }
      return tensor;
    });
  },
);
