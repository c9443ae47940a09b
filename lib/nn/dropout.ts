import { ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const dropout = signature('Dropout', (p: number = 0.5, inplace: boolean = false) => ({ p, inplace }));

/**
 * In training, sets each element to zero with probability `p` and scales the others by 1 / (1 - p); otherwise identity.
 * A `p` outside [0, 1] is a ValueError.
 *
 * @example
 * new torch.nn.Dropout(0.2).eval()(torch.ones(2)).tolist(); // [1, 1]
 */
export class Dropout extends Module {
  p: number;
  inplace: boolean;

  constructor(...args: ArgsOf<typeof dropout>) {
    super();
    const { p, inplace } = dropout.bind(args, new.target.name);
    if (!(p >= 0 && p <= 1)) {
      throw new ValueError(`dropout probability has to be between 0 and 1, but got ${repr(p)}`);
    }
    this.p = p;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return functional.dropout(input, this.p, this.training, this.inplace);
  }

  override extra_repr(): string {
    return `p=${repr(this.p)}, inplace=${repr(this.inplace)}`;
  }
}

/**
 * Dropout of whole channels of (N, C, L) or (C, L).
 * @example
 * new torch.nn.Dropout1d(0.2)(torch.ones(4, 3, 5)).shape; // [4, 3, 5]
 */
export class Dropout1d extends Dropout {
  override forward(input: Tensor): Tensor {
    return functional.dropout1d(input, this.p, this.training, this.inplace);
  }
}
/**
 * Dropout of whole channels of (N, C, H, W) or (C, H, W).
 * @example
 * new torch.nn.Dropout2d(0.2)(torch.ones(4, 3, 5, 5)).shape; // [4, 3, 5, 5]
 */
export class Dropout2d extends Dropout {
  override forward(input: Tensor): Tensor {
    return functional.dropout2d(input, this.p, this.training, this.inplace);
  }
}
/**
 * Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W).
 * @example
 * new torch.nn.Dropout3d(0.2)(torch.ones(4, 3, 5, 5, 5)).shape; // [4, 3, 5, 5, 5]
 */
export class Dropout3d extends Dropout {
  override forward(input: Tensor): Tensor {
    return functional.dropout3d(input, this.p, this.training, this.inplace);
  }
}
/**
 * Dropout that keeps mean and variance of standardised inputs: what is dropped takes SELU's lower bound.
 * @example
 * new torch.nn.AlphaDropout(0.2).eval()(torch.ones(2)); // tensor([1., 1.])
 */
export class AlphaDropout extends Dropout {
  override forward(input: Tensor): Tensor {
    return functional.alpha_dropout(input, this.p, this.training);
  }
}
/**
 * AlphaDropout of whole channels.
 * @example
 * new torch.nn.FeatureAlphaDropout(0.2)(torch.ones(4, 3, 5)).shape; // [4, 3, 5]
 */
export class FeatureAlphaDropout extends Dropout {
  override forward(input: Tensor): Tensor {
    return functional.feature_alpha_dropout(input, this.p, this.training);
  }
}
