import type { Tensor } from '../tensor.js';
import { type Size, tuple } from './conv.js';
import * as functional from './functional.js';
import { Module } from './module.js';
import { repr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const sized = signature('Pad', (padding: Size) => ({ padding }));
const valued = signature('ConstantPad', (padding: Size, value: number) => ({ padding, value }));

/** Padding of `n` last dimensions by one of pad's modes. */
abstract class Pad extends Module {
  /** Left, right, top, bottom, front, back. */
  readonly padding: number[];
  private readonly mode: string;

  constructor(padding: Size, n: number, mode: string) {
    super();
    this.padding = tuple(padding, 2 * n);
    this.mode = mode;
  }
  override forward(input: Tensor): Tensor {
    return functional.pad(input, this.padding, this.mode);
  }
  override extra_repr(): string {
    return repr(this.padding);
  }
}

abstract class ConstantPad extends Pad {
  readonly value: number;

  constructor(padding: Size, value: number, n: number) {
    super(padding, n, 'constant');
    this.value = value;
  }
  override forward(input: Tensor): Tensor {
    return functional.pad(input, this.padding, 'constant', this.value);
  }
  override extra_repr(): string {
    return `padding=${repr(this.padding)}, value=${repr(this.value)}`;
  }
}

/**
 * Puts `value` before and after the last dimension.
 * @example
 * new torch.nn.ConstantPad1d([1, 0], 7)(torch.tensor([[1, 2, 3]])); // tensor([[7., 1., 2., 3.]])
 */
export class ConstantPad1d extends ConstantPad {
  constructor(...args: ArgsOf<typeof valued>) {
    const { padding, value } = valued.bind(args, 'ConstantPad1d');
    super(padding, value, 1);
  }
}
/**
 * Puts `value` around the last two dimensions: [left, right, top, bottom], or one number for all.
 *
 * @example
 * new torch.nn.ConstantPad2d(1, 3.5)(torch.ones(1, 2, 2)).shape; // [1, 4, 4]
 */
export class ConstantPad2d extends ConstantPad {
  constructor(...args: ArgsOf<typeof valued>) {
    const { padding, value } = valued.bind(args, 'ConstantPad2d');
    super(padding, value, 2);
  }
}
/**
 * Puts `value` around the last three dimensions.
 * @example
 * new torch.nn.ConstantPad3d(1, 7)(torch.ones(1, 1, 3, 3, 3)).shape; // [1, 1, 5, 5, 5]
 */
export class ConstantPad3d extends ConstantPad {
  constructor(...args: ArgsOf<typeof valued>) {
    const { padding, value } = valued.bind(args, 'ConstantPad3d');
    super(padding, value, 3);
  }
}

abstract class ZeroPad extends ConstantPad {
  constructor(padding: Size, n: number) {
    super(padding, 0, n);
  }
  override extra_repr(): string {
    return repr(this.padding);
  }
}
/**
 * Puts zeros before and after the last dimension.
 * @example
 * new torch.nn.ZeroPad1d(1)(torch.tensor([[1, 2, 3]])); // tensor([[0., 1., 2., 3., 0.]])
 */
export class ZeroPad1d extends ZeroPad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ZeroPad1d').padding, 1);
  }
}
/**
 * Puts zeros around the last two dimensions.
 * @example
 * new torch.nn.ZeroPad2d([1, 1, 2, 0])(torch.ones(1, 1, 3, 3)).shape; // [1, 1, 5, 5]
 */
export class ZeroPad2d extends ZeroPad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ZeroPad2d').padding, 2);
  }
}
/**
 * Puts zeros around the last three dimensions.
 * @example
 * new torch.nn.ZeroPad3d(1)(torch.ones(1, 1, 3, 3, 3)).shape; // [1, 1, 5, 5, 5]
 */
export class ZeroPad3d extends ZeroPad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ZeroPad3d').padding, 3);
  }
}

/**
 * Continues the last dimension by its mirror image.
 * @example
 * new torch.nn.ReflectionPad1d(1)(torch.tensor([[1, 2, 3]])); // tensor([[2., 1., 2., 3., 2.]])
 */
export class ReflectionPad1d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ReflectionPad1d').padding, 1, 'reflect');
  }
}
/**
 * Continues the last two dimensions by their mirror images.
 * @example
 * new torch.nn.ReflectionPad2d(1)(torch.ones(1, 1, 3, 3)).shape; // [1, 1, 5, 5]
 */
export class ReflectionPad2d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ReflectionPad2d').padding, 2, 'reflect');
  }
}
/**
 * Continues the last three dimensions by their mirror images.
 * @example
 * new torch.nn.ReflectionPad3d(1)(torch.ones(1, 1, 3, 3, 3)).shape; // [1, 1, 5, 5, 5]
 */
export class ReflectionPad3d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ReflectionPad3d').padding, 3, 'reflect');
  }
}

/**
 * Continues the last dimension by its outermost elements.
 * @example
 * new torch.nn.ReplicationPad1d(1)(torch.tensor([[1, 2, 3]])); // tensor([[1., 1., 2., 3., 3.]])
 */
export class ReplicationPad1d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ReplicationPad1d').padding, 1, 'replicate');
  }
}
/**
 * Continues the last two dimensions by their outermost elements.
 * @example
 * new torch.nn.ReplicationPad2d(1)(torch.ones(1, 1, 3, 3)).shape; // [1, 1, 5, 5]
 */
export class ReplicationPad2d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ReplicationPad2d').padding, 2, 'replicate');
  }
}
/**
 * Continues the last three dimensions by their outermost elements.
 * @example
 * new torch.nn.ReplicationPad3d(1)(torch.ones(1, 1, 3, 3, 3)).shape; // [1, 1, 5, 5, 5]
 */
export class ReplicationPad3d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'ReplicationPad3d').padding, 3, 'replicate');
  }
}

/**
 * Continues the last dimension from its other end.
 * @example
 * new torch.nn.CircularPad1d(1)(torch.tensor([[1, 2, 3]])); // tensor([[3., 1., 2., 3., 1.]])
 */
export class CircularPad1d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'CircularPad1d').padding, 1, 'circular');
  }
}
/**
 * Continues the last two dimensions from their other ends.
 * @example
 * new torch.nn.CircularPad2d(1)(torch.ones(1, 1, 3, 3)).shape; // [1, 1, 5, 5]
 */
export class CircularPad2d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'CircularPad2d').padding, 2, 'circular');
  }
}
/**
 * Continues the last three dimensions from their other ends.
 * @example
 * new torch.nn.CircularPad3d(1)(torch.ones(1, 1, 3, 3, 3)).shape; // [1, 1, 5, 5, 5]
 */
export class CircularPad3d extends Pad {
  constructor(...args: ArgsOf<typeof sized>) {
    super(sized.bind(args, 'CircularPad3d').padding, 3, 'circular');
  }
}
