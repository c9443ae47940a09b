import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import * as act from '../ops/activation.js';
import * as bounds from '../ops/activation-bounds.js';
import { executeInto } from '../ops/execute.js';
import * as ops from '../ops/index.js';
import { pairwise_distance, triplet } from '../ops/loss-composed.js';
import { reductionCode } from '../ops/loss-reduction.js';
import type { OpSpec } from '../ops/spec.js';
import { tensorOf } from '../ops/tensors.js';
import type { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { withKeywords } from './signature.js';

export { gelu, glu, log_sigmoid as logsigmoid, prelu, softsign, tanhshrink } from '../ops/activation.js';
export { hardshrink, softplus, softshrink } from '../ops/activation-bounds.js';
export { scaled_dot_product_attention } from '../ops/attention.js';
export { ctc_loss } from '../ops/ctc.js';
export { pdist } from '../ops/distance.js';
export { bilinear, linear } from '../ops/linear.js';
export {
  binary_cross_entropy,
  binary_cross_entropy_with_logits,
  huber_loss,
  l1_loss,
  mse_loss,
  smooth_l1_loss,
} from '../ops/loss.js';
export { cross_entropy, nll_loss } from '../ops/loss-classes.js';
export {
  cosine_embedding_loss,
  cosine_similarity,
  gaussian_nll_loss,
  hinge_embedding_loss,
  kl_div,
  margin_ranking_loss,
  multi_margin_loss,
  multilabel_margin_loss,
  multilabel_soft_margin_loss,
  normalize,
  pairwise_distance,
  poisson_nll_loss,
  soft_margin_loss,
  triplet_margin_loss,
} from '../ops/loss-composed.js';
export { sigmoid, tanh } from '../ops/unary.js';
export { multi_head_attention_forward } from './functional-attention.js';
export * from './functional-dropout.js';
export { embedding } from './functional-embedding.js';
export { embedding_bag } from './functional-embedding-bag.js';
export * from './functional-images.js';
export * from './functional-norm.js';

/** Runs a native op in place of `input`. */
function into(native: { readonly spec: OpSpec }, input: Tensor, ...rest: unknown[]): Tensor {
  return executeInto(native.spec, [input, ...rest], input) as Tensor;
}

const alone = (input: Tensor, inplace: boolean = false) => ({ input, inplace });

/**
 * max(0, x), element by element; in `input` itself with `inplace`.
 * @example
 * torch.nn.functional.relu(torch.tensor([-1, 2])); // tensor([0., 2.])
 */
export const relu = withKeywords('relu', alone, ({ input, inplace }) => {
  if (input.dtype.name === 'bool') throw new RuntimeError('Boolean inputs not supported for relu');
  return inplace ? input.relu_() : input.relu();
});
/**
 * max(0, x), in `input` itself.
 * @example
 * torch.nn.functional.relu_(torch.tensor([-1, 2])); // tensor([0., 2.])
 */
export const relu_ = (input: Tensor): Tensor => relu(input, true);

/** A function of one tensor that may work in place. */
function mayChange(name: string, fn: (x: Tensor) => Tensor, native: { readonly spec: OpSpec }) {
  return withKeywords(name, alone, ({ input, inplace }) =>
    inplace && input.dtype.is_floating_point ? into(native, input) : fn(input),
  );
}
/**
 * x sigmoid(x)
 * @example
 * torch.nn.functional.silu(torch.tensor([-1, 1])); // tensor([-0.2689,  0.7311])
 */
export const silu = mayChange('silu', act.silu, act._silu);
/**
 * x tanh(softplus(x))
 * @example
 * torch.nn.functional.mish(torch.tensor([-1, 1])); // tensor([-0.3034,  0.8651])
 */
export const mish = mayChange('mish', act.mish, act._mish);
/**
 * x hardsigmoid(x)
 * @example
 * torch.nn.functional.hardswish(torch.tensor([-4, 1, 4])); // tensor([-0.0000, 0.6667, 4.0000])
 */
export const hardswish = mayChange('hardswish', act.hardswish, act._hardswish);
/**
 * (x + 3) / 6, kept within [0, 1]
 * @example
 * torch.nn.functional.hardsigmoid(torch.tensor([-4, 0, 4])); // tensor([0.0000, 0.5000, 1.0000])
 */
export const hardsigmoid = mayChange('hardsigmoid', act.hardsigmoid, act._hardsigmoid);

/**
 * x where it is positive, otherwise negative_slope x.
 * @example
 * torch.nn.functional.leaky_relu(torch.tensor([-1, 2]), 0.1); // tensor([-0.1000,  2.0000])
 */
export const leaky_relu = withKeywords(
  'leaky_relu',
  (input: Tensor, negative_slope: number = 0.01, inplace: boolean = false) => ({ input, negative_slope, inplace }),
  ({ input, negative_slope, inplace }) => {
    if (!inplace) return act.leaky_relu(input, negative_slope);
    act.refuseIntegers(input, 'leaky_relu_cpu');
    return into(act._leakyRelu, input, negative_slope);
  },
);
/**
 * leaky_relu, in `input` itself.
 * @example
 * torch.nn.functional.leaky_relu_(torch.tensor([-1, 2]), 0.1); // tensor([-0.1000,  2.0000])
 */
export const leaky_relu_ = (input: Tensor, negative_slope = 0.01): Tensor => leaky_relu(input, negative_slope, true);

const withAlpha = (input: Tensor, alpha: number = 1, inplace: boolean = false) => ({ input, alpha, inplace });
/**
 * x where it is positive, otherwise alpha (exp(x) - 1).
 * @example
 * torch.nn.functional.elu(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export const elu = withKeywords('elu', withAlpha, ({ input, alpha, inplace }) => {
  if (!inplace) return act.elu(input, alpha);
  act.refuseIntegers(input, 'elu_cpu');
  return into(act._elu, input, alpha, 1, 1);
});
/**
 * elu, in `input` itself.
 * @example
 * torch.nn.functional.elu_(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export const elu_ = (input: Tensor, alpha = 1): Tensor => elu(input, alpha, true);
/**
 * x where it is positive, otherwise alpha (exp(x / alpha) - 1).
 * @example
 * torch.nn.functional.celu(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export const celu = withKeywords('celu', withAlpha, ({ input, alpha, inplace }) =>
  inplace ? celu_(input, alpha) : act.celu(input, alpha),
);
/**
 * celu, in `input` itself.
 * @example
 * torch.nn.functional.celu_(torch.tensor([-1, 2])); // tensor([-0.6321,  2.0000])
 */
export function celu_(input: Tensor, alpha = 1): Tensor {
  if (alpha === 0) throw new RuntimeError('ZeroDivisionError: alpha cannot be 0 for CELU');
  act.refuseIntegers(tensorOf(input, 'celu_'), 'elu_cpu');
  return into(act._celu, input, alpha, 1, 1 / alpha);
}
/**
 * elu with the constants that keep mean 0 and variance 1.
 * @example
 * torch.nn.functional.selu(torch.tensor([-1, 1])); // tensor([-1.1113,  1.0507])
 */
export const selu = withKeywords('selu', alone, ({ input, inplace }) => (inplace ? selu_(input) : act.selu(input)));
/**
 * selu, in `input` itself.
 * @example
 * torch.nn.functional.selu_(torch.tensor([-1, 1])); // tensor([-1.1113,  1.0507])
 */
export function selu_(input: Tensor): Tensor {
  act.refuseIntegers(tensorOf(input, 'selu_'), 'elu_cpu');
  return into(act._elu, input, act.SELU_ALPHA, act.SELU_SCALE, 1);
}

/**
 * x kept within [min_val, max_val].
 * @example
 * torch.nn.functional.hardtanh(torch.tensor([-2, 0.5, 2])); // tensor([-1.0000,  0.5000,  1.0000])
 */
export const hardtanh = withKeywords(
  'hardtanh',
  (input: Tensor, min_val: number = -1, max_val: number = 1, inplace: boolean = false) => ({
    input,
    min_val,
    max_val,
    inplace,
  }),
  ({ input, min_val, max_val, inplace }) => {
    if (!inplace || !input.dtype.is_floating_point || min_val > max_val)
      return bounds.hardtanh(input, min_val, max_val);
    return into(bounds._hardtanh, input, min_val, max_val);
  },
);
/**
 * hardtanh, in `input` itself.
 * @example
 * torch.nn.functional.hardtanh_(torch.tensor([-2, 0.5, 2]), -1, 1); // tensor([-1.0000,  0.5000,  1.0000])
 */
export const hardtanh_ = (input: Tensor, min_val = -1, max_val = 1): Tensor => hardtanh(input, min_val, max_val, true);
/**
 * x kept within [0, 6].
 * @example
 * torch.nn.functional.relu6(torch.tensor([-1, 2, 8])); // tensor([0., 2., 6.])
 */
export const relu6 = withKeywords('relu6', alone, ({ input, inplace }) =>
  inplace && input.dtype.is_floating_point ? into(bounds._hardtanh, input, 0, 6) : bounds.relu6(input),
);

/**
 * x where it is above `threshold`, otherwise `value`.
 * @example
 * torch.nn.functional.threshold(torch.tensor([0, 2]), 1, -5); // tensor([-5.,  2.])
 */
export const threshold = withKeywords(
  'threshold',
  (input: Tensor, threshold: number, value: number, inplace: boolean = false) => ({ input, threshold, value, inplace }),
  ({ input, threshold, value, inplace }) =>
    inplace ? into(bounds._threshold, input, threshold, value) : bounds.threshold(input, threshold, value),
);
/**
 * threshold, in `input` itself.
 * @example
 * torch.nn.functional.threshold_(torch.tensor([0, 2]), 1, -5); // tensor([-5.,  2.])
 */
export const threshold_ = (input: Tensor, at: number, value: number): Tensor => threshold(input, at, value, true);

const overDim = (input: Tensor, dim: number | null = null, _stacklevel: number = 3, dtype: DType | null = null) => ({
  input,
  dim,
  _stacklevel,
  dtype,
});

/**
 * exp(x) / sum(exp(x)) along `dim`, computed in `dtype`.
 * @example
 * torch.nn.functional.softmax(torch.zeros(2), 0); // tensor([0.5000, 0.5000])
 */
export const softmax = withKeywords('softmax', overDim, ({ input, dim, dtype }) =>
  ops.softmax(input, dim ?? implicitDim('softmax', input), { dtype }),
);
/**
 * softmax of -x
 * @example
 * torch.nn.functional.softmin(torch.tensor([0, 0]), 0); // tensor([0.5000, 0.5000])
 */
export const softmin = withKeywords('softmin', overDim, ({ input, dim, dtype }) =>
  ops.softmax(input.neg(), dim ?? implicitDim('softmin', input), { dtype }),
);
/**
 * log(softmax(x)) along `dim`, computed in `dtype`.
 * @example
 * torch.nn.functional.log_softmax(torch.tensor([0, 0]), 0); // tensor([-0.6931, -0.6931])
 */
export const log_softmax = withKeywords('log_softmax', overDim, ({ input, dim, dtype }) =>
  ops.log_softmax(input, dim ?? implicitDim('log_softmax', input), { dtype }),
);

function implicitDim(name: string, input: Tensor): number {
  warnOnce(
    `Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`,
  );
  return [0, 1, 3].includes(input.dim()) ? 0 : 1;
}

/**
 * A row of zeros with a 1 at the index of each class: (*) gives (*, num_classes).
 * @example
 * torch.nn.functional.one_hot(torch.tensor([0n, 2n])); // tensor([[1, 0, 0], [0, 0, 1]])
 */
export const one_hot = withKeywords(
  'one_hot',
  (tensor: Tensor, num_classes: number = -1) => ({ tensor, num_classes }),
  ({ tensor, num_classes }) => {
    if (tensor.dtype.name !== 'int64')
      throw new RuntimeError(`one_hot is only applicable to index tensor of type LongTensor.`);
    if (tensor.numel() === 0) {
      if (num_classes <= 0) throw new RuntimeError('Can not infer total number of classes from empty tensor.');
      return tensor.new_zeros([...tensor.shape, num_classes]);
    }
    if (Number(tensor.min().item()) < 0) throw new RuntimeError('Class values must be non-negative.');
    const largest = Number(tensor.max().item());
    if (num_classes === 0 || num_classes < -1) throw new RuntimeError('num_classes should be positive');
    if (num_classes > 0 && largest >= num_classes)
      throw new RuntimeError('Class values must be smaller than num_classes.');
    const classes = num_classes === -1 ? largest + 1 : num_classes;
    return tensor.new_zeros([...tensor.shape, classes]).scatter(-1, tensor.unsqueeze(-1), 1);
  },
);

/**
 * max(0, d(anchor, positive) - d(anchor, negative) + margin) with a distance of one's own; see triplet_margin_loss.
 * @example
 * const [anchor, near, far] = [torch.zeros(1, 2), torch.ones(1, 2), torch.ones(1, 2).mul(5)];
 * torch.nn.functional.triplet_margin_with_distance_loss(anchor, near, far); // tensor(0.)
 */
export function triplet_margin_with_distance_loss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: {
    distance_function?: ((x: Tensor, y: Tensor) => Tensor) | null;
    margin?: number;
    swap?: boolean;
    reduction?: string;
  } = {},
): Tensor {
  const { distance_function, margin = 1, swap = false, reduction = 'mean' } = options;
  return triplet(
    [anchor, positive, negative],
    distance_function ?? pairwise_distance,
    margin,
    swap,
    reductionCode(reduction),
  );
}
