import type { Tensor } from '../tensor.js';
import { Module } from './module.js';
import { givenRepr } from './repr.js';
import { type ArgsOf, signature } from './signature.js';

const flatten = signature('Flatten', (start_dim: number = 1, end_dim: number = -1) => ({ start_dim, end_dim }));

/**
 * Joins the dimensions start_dim to end_dim into one.
 *
 * @example
 * new torch.nn.Flatten()(torch.ones(32, 1, 5, 5)).shape; // [32, 25]
 */
export class Flatten extends Module {
  start_dim: number;
  end_dim: number;

  constructor(...args: ArgsOf<typeof flatten>) {
    super();
    const { start_dim, end_dim } = flatten.bind(args);
    this.start_dim = start_dim;
    this.end_dim = end_dim;
  }

  override forward(input: Tensor): Tensor {
    return input.flatten(this.start_dim, this.end_dim);
  }

  override extra_repr(): string {
    return `start_dim=${this.start_dim}, end_dim=${this.end_dim}`;
  }
}

const unflatten = signature('Unflatten', (dim: number, unflattened_size: number[]) => ({ dim, unflattened_size }));

/**
 * Splits the dimension `dim` into the sizes `unflattened_size`, one of which may be -1.
 *
 * @example
 * new torch.nn.Unflatten(1, [2, 5])(torch.ones(3, 10)).shape; // [3, 2, 5]
 */
export class Unflatten extends Module {
  dim: number;
  unflattened_size: number[];

  constructor(...args: ArgsOf<typeof unflatten>) {
    super();
    const { dim, unflattened_size } = unflatten.bind(args);
    this.dim = dim;
    this.unflattened_size = unflattened_size;
  }

  override forward(input: Tensor): Tensor {
    return input.unflatten(this.dim, this.unflattened_size);
  }

  override extra_repr(): string {
    return `dim=${this.dim}, unflattened_size=${givenRepr(this.unflattened_size)}`;
  }
}
