/** A tensor kept for the backward pass, with what tells whether it is still what it was. */
import type { DType } from '../dtype.js';
import { RuntimeError, TypeError } from '../errors.js';
import { sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { recording, type SavedHooks, savedHooks, UNCOUNTED } from './modes.js';
import { type AccumulateGrad, maker, type Node } from './node.js';

/** What pack hooks made of a tensor, and its place in the graph. */
interface Packed {
  readonly value: unknown;
  readonly hooks: SavedHooks;
  readonly node: Node | null;
  readonly leaf: boolean;
  readonly result: number;
}

function pack(tensor: Tensor, hooks: SavedHooks): Packed {
  const data = recording(false, () => tensor.detach());
  const before = data.version;
  const value = recording(false, () => hooks.pack(data));
  if (data.version !== before) {
    throw new RuntimeError(
      'A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by in-place ' +
        'operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on ' +
        'the input to a pack hook.',
    );
  }
  const leaf = tensor.isLeaf;
  return { value, hooks, node: tensor.gradientNode(), leaf, result: tensor.output_nr };
}

function unpack({ value, hooks, node, leaf, result }: Packed): Tensor {
  const data = recording(false, () => hooks.unpack(value));
  if (typeof (data as Tensor | null)?.detach !== 'function') {
    throw new TypeError(
      `Output of saved tensor unpack_hook expected to be a Tensor but got result of type ${data === null ? 'null' : typeof data}`,
    );
  }
  const out = recording(false, () => data.detach());
  if (node !== null && leaf) {
    out.requiresGrad = true;
    out.accumulator = node as AccumulateGrad;
  } else if (node !== null) out.setHistory(node, result);
  return out;
}

export class SavedTensor {
  readonly version: number;
  readonly node: Node | null;
  private readonly packed: Packed | null;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Null where hooks keep something else in its place. */
  readonly tensor: Tensor | null;

  constructor(
    tensor: Tensor,
    /** The number of the result this is, where the node that saves it made it. */
    readonly result = -1,
  ) {
    if (tensor.counter === UNCOUNTED) throw new RuntimeError(INFERENCE);
    this.version = tensor.version;
    this.shape = tensor.shape;
    this.dtype = tensor.dtype;
    this.node = tensor.requires_grad && !tensor.isLeaf ? tensor.gradientNode() : null;
    const hooks = savedHooks();
    this.packed = hooks === null ? null : pack(tensor, hooks);
    this.tensor = hooks === null ? tensor : null;
  }

  /** A copy of its own, for an op that is about to write into the tensor. */
  copied(): SavedTensor {
    return this.tensor === null ? this : new SavedTensor(this.tensor.clone());
  }

  /** The tensor; throws where it was changed in place since, or is of another shape or dtype. */
  unpack(): Tensor {
    const { tensor } = this;
    if (tensor === null) return this.checked(unpack(this.packed as Packed), 'what its unpack hook returned');
    if (tensor.version !== this.version) throw new RuntimeError(this.modified(tensor));
    if (tensor.shape !== this.shape || tensor.dtype !== this.dtype) this.checked(tensor, 'its data now');
    // Detached in place since: the graph still wants the tensor that was.
    if (this.node !== null && tensor.isLeaf) return tensor.aliasWithHistory(this.node, Math.max(this.result, 0));
    return tensor;
  }

  // Native formulas rely on shapes that fit together.
  private checked(tensor: Tensor, what: string): Tensor {
    if (sameShape(tensor.shape, this.shape) && tensor.dtype === this.dtype) return tensor;
    const shown = (t: Tensor | SavedTensor) => `${t.dtype} of shape [${t.shape.join(', ')}]`;
    throw new RuntimeError(`a tensor saved for backward was ${shown(this)}, and ${what} is ${shown(tensor)}`);
  }

  private modified(tensor: Tensor): string {
    const node = this.result >= 0 ? this.node : tensor.grad_fn;
    const kind = `torch.${this.dtype.scalarName}Tensor`;
    const from = node
      ? `, which is output ${this.result >= 0 ? this.result : tensor.output_nr} of ${maker(node)},`
      : '';
    return (
      `one of the variables needed for gradient computation has been modified by an inplace operation: ` +
      `[${kind} [${this.shape.join(', ')}]]${from} is at version ${tensor._version}; expected version ${this.version} instead. ` +
      'Hint: enable anomaly detection to find the operation that failed to compute its gradient, with ' +
      'torch.autograd.set_detect_anomaly(True, check_nan=False).'
    );
  }
}

const INFERENCE =
  'Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in computation tracked by ' +
  'autograd. To work around this, you can make a clone to get a normal tensor and use it in autograd, or use `torch.no_grad()` instead ' +
  'of `torch.inference_mode()`.';

export const FREED =
  'Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). ' +
  'Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you ' +
  'need to backward through the graph a second time or if you need to access saved tensors after calling backward.';
