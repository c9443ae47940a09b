/** The dropouts of torch.nn.functional, and other functions of it that sample. */
import { float64 } from '../dtype.js';
import { RuntimeError, ValueError } from '../errors.js';
import { _rrelu, refuseIntegers } from '../ops/activation.js';
import { executeInto } from '../ops/execute.js';
import * as ops from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { repr } from './repr.js';
import { withKeywords } from './signature.js';

type Drop = (input: Tensor, p: number, train: boolean) => Tensor;

function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${repr(p)}`);
}

/** A dropout that also works in place. `always`: whether it drops where nothing is said of training. */
function dropoutOf(name: string, always: boolean, copy: Drop, change: Drop) {
  return withKeywords(
    name,
    (input: Tensor, p: number = 0.5, training: boolean = always, inplace: boolean = false) => ({
      input,
      p,
      training,
      inplace,
    }),
    ({ input, p, training, inplace }) => {
      checkProbability(p);
      return (inplace ? change : copy)(input, p, training);
    },
  );
}

/**
 * Zeroes elements with probability `p` and scales the others by 1 / (1 - p), when `training`.
 * @example
 * torch.nn.functional.dropout(torch.ones(2), 0.5, false); // tensor([1., 1.])
 */
export const dropout = dropoutOf('dropout', true, ops.dropout, ops.dropout_);
/**
 * Sets elements to the value that selu tends to and rescales, so that mean and variance stay, when `training`.
 * @example
 * torch.nn.functional.alpha_dropout(torch.ones(2), 0.5, false); // tensor([1., 1.])
 */
export const alpha_dropout = dropoutOf('alpha_dropout', false, ops.alpha_dropout, ops.alpha_dropout_);
/**
 * alpha_dropout of whole channels (dimension 1).
 * @example
 * torch.nn.functional.feature_alpha_dropout(torch.ones(2, 3, 4), 0.5, true).shape; // [2, 3, 4]
 */
export const feature_alpha_dropout = dropoutOf(
  'feature_alpha_dropout',
  false,
  ops.feature_alpha_dropout,
  ops.feature_alpha_dropout_,
);

/**
 * Dropout of whole channels, of which `spatial` dimensions follow; `unbatched`: fewer dimensions lack the batch, not a
 * spatial one.
 */
function channelDropout(spatial: 1 | 2 | 3, unbatched: boolean) {
  const name = `dropout${spatial}d`;
  const [few, many] = [spatial + 1, spatial + 2];
  const purpose =
    `Note that ${name} exists to provide channel-wise dropout on inputs with ${spatial} spatial dimension${spatial > 1 ? 's' : ''}, a channel ` +
    `dimension, and an optional batch dimension (i.e. ${few}D or ${many}D inputs).`;
  const refuse = (n: number) => {
    if (spatial === 1)
      throw new RuntimeError(`${name}: Expected ${few}D or ${many}D input, but received a ${n}D input. ${purpose}`);
    warnOnce(
      `${name}: Received a ${n}-D input to ${name}, which is deprecated and will result in an error in a future release. To retain the ` +
        `behavior and silence this warning, please use dropout instead. ${purpose}`,
    );
  };
  return (drop: Drop): Drop =>
    (input, p, train) => {
      const n = input.dim();
      if (n !== few && n !== many) refuse(n);
      if (spatial === 2 && n === 3) {
        warnOnce(
          'dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as ' +
            'shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without ' +
            'a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.',
        );
      }
      return n !== many && unbatched ? drop(input.unsqueeze(0), p, train).squeeze(0) : drop(input, p, train);
    };
}
const forms = (spatial: 1 | 2 | 3, unbatched: boolean) => {
  const form = channelDropout(spatial, unbatched);
  return dropoutOf(`dropout${spatial}d`, true, form(ops.feature_dropout), form(ops.feature_dropout_));
};
/**
 * dropout of whole channels: (N, C, L) or (C, L).
 * @example
 * torch.nn.functional.dropout1d(torch.ones(2, 3, 4), 0.5).shape; // [2, 3, 4]
 */
export const dropout1d = forms(1, true);
/**
 * dropout of whole channels: (N, C, H, W), or (N, C, L) as dropout1d.
 * @example
 * torch.nn.functional.dropout2d(torch.ones(2, 3, 4, 4), 0.5).shape; // [2, 3, 4, 4]
 */
export const dropout2d = forms(2, false);
/**
 * dropout of whole channels: (N, C, D, H, W) or (C, D, H, W).
 * @example
 * torch.nn.functional.dropout3d(torch.ones(2, 3, 4, 4, 4), 0.5).shape; // [2, 3, 4, 4, 4]
 */
export const dropout3d = forms(3, true);

/**
 * leaky_relu with a slope sampled from [lower, upper) for each element, or their mean when not `training`.
 * @example
 * torch.nn.functional.rrelu(torch.tensor([-48, 2])); // tensor([-11.,   2.])
 */
export const rrelu = withKeywords(
  'rrelu',
  (
    input: Tensor,
    lower: number = 1 / 8,
    upper: number = 1 / 3,
    training: boolean = false,
    inplace: boolean = false,
  ) => ({
    input,
    lower,
    upper,
    training,
    inplace,
  }),
  ({ input, lower, upper, training, inplace }) => {
    refuseIntegers(input, 'leaky_relu_cpu');
    if (lower > upper) throw new RuntimeError(`Lower bound should be less than or equal to the upper bound`);
    const slopes = slopesOf(input.detach(), lower, upper, training);
    return (inplace ? executeInto(_rrelu.spec, [input, slopes], input) : _rrelu(input, slopes)) as Tensor;
  },
);
/**
 * rrelu, in `input` itself.
 * @example
 * torch.nn.functional.rrelu_(torch.tensor([-48, 2])); // tensor([-11.,   2.])
 */
export const rrelu_ = (input: Tensor, lower = 1 / 8, upper = 1 / 3, training = false): Tensor =>
  rrelu(input, lower, upper, training, true);

/** A slope per element; only those that are not positive take a sample. */
function slopesOf(x: Tensor, lower: number, upper: number, training: boolean): Tensor {
  if (!training) return x.new_full([...x.shape], (lower + upper) / 2);
  const low = x.le(0);
  const samples = x.new_empty([Number(low.sum().item())], { dtype: float64 }).uniform_(lower, upper);
  return x.new_ones([...x.shape]).masked_scatter(low, samples.to(x.dtype));
}

/**
 * softmax of (logits + Gumbel noise) / tau along `dim`; with `hard` a one-hot row, through which the soft one's
 * gradient flows.
 * @example
 * torch.nn.functional.gumbel_softmax(torch.zeros(2, 3), { hard: true }).sum(1); // tensor([1., 1.])
 */
export const gumbel_softmax = withKeywords(
  'gumbel_softmax',
  (logits: Tensor, tau: number = 1, hard: boolean = false, _eps: number = 1e-10, dim: number = -1) => ({
    logits,
    tau,
    hard,
    _eps,
    dim,
  }),
  ({ logits, tau, hard, dim }) => {
    const noise = ops.empty_like(logits).exponential_().log().neg();
    const soft = logits.add(noise).div(tau).softmax(dim);
    if (!hard) return soft;
    const index = soft.detach().argmax(dim, true);
    const chosen = soft
      .detach()
      .new_zeros([...soft.shape])
      .scatter(dim, index, 1);
    return chosen.sub(soft.detach()).add(soft);
  },
);
