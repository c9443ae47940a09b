/** A node that is an error for whoever wants a gradient through it. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { Node } from './node.js';

/** Stands for a backward that cannot be differentiated. */
export class DelayedError extends Node {
  constructor(
    private readonly message: string,
    inputs: readonly Tensor[],
    private readonly kind = 'Error',
  ) {
    super();
    this.reserve(inputs.length);
    inputs.forEach((t, i) => {
      this.setInput(i, t);
    });
  }
  name(): string {
    return this.kind;
  }
  apply(): never {
    throw new RuntimeError(this.message);
  }
}
