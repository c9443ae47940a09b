import { empty } from '../ops/index.js';
import { Tensor } from '../tensor.js';

// A base class whose `super(made)` makes `made`, a tensor that exists already, the object under construction.
function takeMade(made: Tensor): Tensor {
  return made;
}
takeMade.prototype = Tensor.prototype;
const Made = takeMade as unknown as new (made: Tensor) => Tensor;

/**
 * A tensor that a Module lists among its parameters as soon as it is one of its properties.
 * It shares memory with `data` and is a leaf that requires grad unless told otherwise, also inside `no_grad`.
 *
 * @example
 * const scale = new torch.nn.Parameter(torch.ones(3));
 * scale.requires_grad; // true
 */
export class Parameter extends Made {
  constructor(data: Tensor | null = null, requires_grad: boolean | { requires_grad?: boolean } = true) {
    const wanted = typeof requires_grad === 'boolean' ? requires_grad : (requires_grad.requires_grad ?? true);
    super(Tensor._make_subclass(new.target, data ?? empty(0), wanted));
  }
}

const persistence = new WeakMap<Tensor, boolean>();

/** Whether a buffer is saved; undefined for a tensor that was not made with `new Buffer`. */
export const persistenceOf = (tensor: Tensor): boolean | undefined => persistence.get(tensor);

/**
 * A tensor that a Module lists among its buffers as soon as it is one of its properties: state that moves and is saved
 * with the module but is not trained. `persistent: false` keeps it out of `state_dict`.
 *
 * @example
 * class Counter extends torch.nn.Module {
 *   steps = new torch.nn.Buffer(torch.zeros(1));
 * }
 * Object.keys(new Counter().state_dict()); // ['steps']
 */
export class Buffer extends Made {
  constructor(data: Tensor | null = null, persistent: boolean | { persistent?: boolean } = true) {
    const source = data ?? empty(0);
    // As in PyTorch the result is a plain tensor with a mark.
    super(source.detach().requires_grad_(source.requires_grad));
    persistence.set(this, typeof persistent === 'boolean' ? persistent : (persistent.persistent ?? true));
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Tensor && persistence.has(value);
  }
}
