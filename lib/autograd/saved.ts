/** A tensor kept for the backward pass, with what tells whether it is still what it was. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import type { Node } from './node.js';

export class SavedTensor {
  readonly version: number;
  readonly node: Node | null;

  constructor(
    readonly tensor: Tensor,
    /** The number of the result this is, where the node that saves it made it. */
    readonly result = -1,
  ) {
    this.version = tensor._version;
    this.node = tensor.requires_grad && !tensor.isLeaf ? tensor.gradientNode() : null;
  }

  /** The tensor; throws where it was changed in place since. */
  unpack(): Tensor {
    const { tensor } = this;
    if (tensor._version !== this.version) throw new RuntimeError(this.modified());
    // Detached in place since: the graph still wants the tensor that was.
    if (this.node !== null && tensor.isLeaf) return tensor.aliasWithHistory(this.node, Math.max(this.result, 0));
    return tensor;
  }

  private modified(): string {
    const { tensor } = this;
    const node = this.result >= 0 ? this.node : tensor.grad_fn;
    const kind = `torch.${tensor.dtype.scalarName}Tensor`;
    const from = node
      ? `, which is output ${this.result >= 0 ? this.result : tensor.output_nr} of ${node.name()},`
      : '';
    return (
      `one of the variables needed for gradient computation has been modified by an inplace operation: ` +
      `[${kind} [${tensor.shape.join(', ')}]]${from} is at version ${tensor._version}; expected version ${this.version} instead. ` +
      'Hint: enable anomaly detection to find the operation that failed to compute its gradient, with ' +
      'torch.autograd.set_detect_anomaly(True, check_nan=False).'
    );
  }
}

export const FREED =
  'Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). ' +
  'Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you ' +
  'need to backward through the graph a second time or if you need to access saved tensors after calling backward.';
