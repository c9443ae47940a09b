// The functions of torch.nn.functional: ops under their names, and those whose arguments differ from the op's.

import type { DType } from '../dtype.js';
import { ValueError } from '../errors.js';
import * as ops from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { repr } from './repr.js';
import { withKeywords } from './signature.js';

export {
  binary_cross_entropy,
  cross_entropy,
  gelu,
  l1_loss,
  linear,
  mse_loss,
  nll_loss,
  sigmoid,
  tanh,
} from '../ops/index.js';

/** max(0, x), element by element; in `input` itself with `inplace`. */
export const relu = withKeywords(
  'relu',
  (input: Tensor, inplace: boolean = false) => ({ input, inplace }),
  ({ input, inplace }) => (inplace ? input.relu_() : input.relu()),
);

/** x where it is positive, otherwise negative_slope x. */
export const leaky_relu = withKeywords(
  'leaky_relu',
  (input: Tensor, negative_slope: number = 0.01, inplace: boolean = false) => ({ input, negative_slope, inplace }),
  ({ input, negative_slope, inplace }) => maybeInPlace(input, inplace, (x) => ops.leaky_relu(x, negative_slope)),
);

/** Zeroes elements with probability `p` and scales the others by 1 / (1 - p), when `training`. */
export const dropout = withKeywords(
  'dropout',
  (input: Tensor, p: number = 0.5, training: boolean = true, inplace: boolean = false) => ({
    input,
    p,
    training,
    inplace,
  }),
  ({ input, p, training, inplace }) => {
    if (!(p >= 0 && p <= 1)) {
      throw new ValueError(`dropout probability has to be between 0 and 1, but got ${repr(p)}`);
    }
    return maybeInPlace(input, inplace, (x) => ops.dropout(x, p, training));
  },
);

const overDim = (input: Tensor, dim: number | null = null, _stacklevel: number = 3, dtype: DType | null = null) => ({
  input,
  dim,
  _stacklevel,
  dtype,
});

/** exp(x) / sum(exp(x)) along `dim`, computed in `dtype`. */
export const softmax = withKeywords('softmax', overDim, ({ input, dim, dtype }) =>
  ops.softmax(input, dim ?? implicitDim('softmax', input), dtype),
);

/** log(softmax(x)) along `dim`, computed in `dtype`. */
export const log_softmax = withKeywords('log_softmax', overDim, ({ input, dim, dtype }) =>
  ops.log_softmax(input, dim ?? implicitDim('log_softmax', input), dtype),
);

// Through a copy, because backward may need the values that the result overwrites.
const maybeInPlace = (input: Tensor, inplace: boolean, fn: (x: Tensor) => Tensor): Tensor =>
  inplace ? input.copy_(fn(input.clone())) : fn(input);

function implicitDim(name: string, input: Tensor): number {
  process.emitWarning(
    `Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`,
    'UserWarning',
  );
  return [0, 1, 3].includes(input.dim()) ? 0 : 1;
}
