/** class Tensor: what is known of a tensor in JavaScript. Its ops are merged in from lib/ops. */
import { inspect } from 'node:util';
import type { BackwardOptions } from './autograd/backward.js';
import { checkGrad } from './autograd/check-grad.js';
import * as modes from './autograd/modes.js';
import { AccumulateGrad, type Node, RETAIN_HOOK, removable, TENSOR_HOOK } from './autograd/node.js';
import { arrayOf, type DType, float32, type TypedArray } from './dtype.js';
import { fromNative, RuntimeError, TypeError } from './errors.js';
import { formatTensor } from './format.js';
import { type Layout, strided } from './memory-format.js';
import { binary } from './native.js';
import { nest } from './nested.js';
import type { InPlaceMethods, Methods } from './ops/define.js';
import type * as ops from './ops/methods.js';
import { type SharedTensor, share } from './sharing.js';
import { NO_DIMENSIONS } from './size.js';
import type { CoreMethods } from './tensor-core.js';
import { watcher } from './watch.js';

/** What `tolist()` gives: numbers (bigints beyond 2^53) or booleans, nested as the shape is. */
export type Nested = number | bigint | boolean | Nested[];

/** Counts in-place changes; shared by all views of a tensor and by what `detach()` gives. */
interface Version {
  count: number;
}

/**
 * Numbers of one dtype in any number of dimensions, a view of memory that other tensors may share. Every op with a
 * first argument `self` is a method too; those that end in `_` change the tensor itself.
 * @example
 * const x = torch.tensor([[1, 2], [3, 4]], { requires_grad: true });
 * x.pow(2).sum().backward();
 * x.grad; // tensor([[2., 4.], [6., 8.]])
 */
export interface Tensor extends Methods<typeof ops>, InPlaceMethods<typeof ops>, CoreMethods {
  /** x[1]: the slice at an index of the first dimension; assigning writes into it. */
  [index: number]: any;
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the ops are installed on the prototype by lib/ops/define.ts
export class Tensor {
  /** Its number in the binary. Every field is declared: none may reach the trap of lib/subscript-trap.ts. @internal */
  id = -1;
  /** What keeps it alive in the binary where it does not do so itself. @internal */
  token: object | null = null;
  /** The sizes of all dimensions. */
  shape = NO_DIMENSIONS;
  dtype: DType = float32;
  /** @internal */
  requiresGrad = false;
  /** The node that made it, and the number of this result. @internal */
  node: Node | null = null;
  /** Which result of `grad_fn` this is. */
  output_nr = 0;
  /** @internal */
  gradient: Tensor | null = null;
  /** Whether somebody may hold `.grad` who got it from here. @internal */
  gradSeen = false;
  /** @internal */
  counter: Version | null = modes.newCounter();
  /** The tensor that this is a view of. @internal */
  base: Tensor | null = null;
  /** @internal */
  viewKind: 'plain' | 'multi' | 'no_grad' | 'inference' | 'function' | null = null;
  /** The version of the base that `node` belongs to. @internal */
  nodeVersion = 0;
  /** @internal */
  accumulator: AccumulateGrad | null = null;
  /** @internal */
  postAccumulateHooks: ((t: Tensor) => void)[] | null = null;
  /** What ends the keeping of `.grad` although this is no leaf. @internal */
  retained: { remove(): void } | null = null;

  constructor() {
    if (watcher !== null) watcher.made(this);
  }

  /** Whether gradients flow to this tensor. Setting it is possible for leaves only. */
  get requires_grad(): boolean {
    return this.requiresGrad || this.node !== null || (this.base?.requires_grad ?? false);
  }
  set requires_grad(value: boolean) {
    this.setRequiresGrad(value, 'floating point and complex');
  }

  /** Sets `requires_grad` of a leaf. Throws RuntimeError for integers and for tensors that an op made. */
  requires_grad_(value = true): this {
    return this.setRequiresGrad(value, 'floating point');
  }
  private setRequiresGrad(value: boolean, kinds: string): this {
    if (!this.isLeaf && !value) {
      throw new RuntimeError(
        'you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that ' +
          "doesn't require differentiation use var_no_grad = var.detach().",
      );
    }
    if (value && !this.dtype.is_floating_point)
      throw new RuntimeError(`only Tensors of ${kinds} dtype can require gradients`);
    if (value && this.is_inference() && !modes.is_inference_mode_enabled())
      throw new RuntimeError('Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.');
    if (this.isLeaf) this.requiresGrad = value;
    return this;
  }

  /** The node that made this tensor; null for leaves. */
  get grad_fn(): Node | null {
    return this.currentNode();
  }
  /** @internal */
  get isLeaf(): boolean {
    return this.currentNode() === null;
  }
  /** True for tensors that no recorded op made. */
  get is_leaf(): boolean {
    return this.isLeaf;
  }

  /** The node of this tensor now: that of a view is made anew after its base was changed in place. @internal */
  currentNode(): Node | null {
    const { base } = this;
    if (base === null || this.version === this.nodeVersion) return this.node;
    if (this.node === null && !base.requires_grad) return null;
    this.regenerateHistory();
    return this.node;
  }
  /** @internal */
  regenerateHistory(): void {
    const { base } = this;
    if (base === null) return;
    this.node = Tensor.viewNode(base, this);
    this.nodeVersion = this.version;
    this.output_nr = 0;
    if (this.retained !== null) this.retainAnew();
  }
  /** Makes the history of a view from that of its base, or refuses; set by lib/autograd/index.ts. @internal */
  static viewNode: (base: Tensor, view: Tensor) => Node;

  /** Where the gradient of this tensor goes: its node, or what accumulates into `.grad`. @internal */
  gradientNode(): Node | null {
    const node = this.currentNode();
    if (node !== null || !this.requiresGrad) return node;
    this.accumulator ??= new AccumulateGrad(this);
    return this.accumulator;
  }
  /** @internal */
  setHistory(node: Node, result: number): void {
    this.node = node;
    this.output_nr = result;
    if (this.base !== null) this.nodeVersion = this.version;
  }
  /** @internal */
  becomeViewOf(source: Tensor, kind: 'plain' | 'multi'): void {
    if (source.counter === modes.UNCOUNTED) {
      this.counter = modes.UNCOUNTED;
      return;
    }
    const made = modes.gradEnabled() ? kind : modes.newCounter() === null ? 'no_grad' : 'inference';
    this.base = source.base ?? source;
    this.viewKind = made === 'plain' ? (source.viewKind ?? made) : made;
    source.counter ??= { count: 0 };
    this.counter = source.counter;
    this.nodeVersion = this.counter.count;
  }
  /** A result is new to the outside, by whatever views and changes it was computed. @internal */
  forgetOrigin(): void {
    this.base = null;
    this.viewKind = null;
    this.counter = modes.newCounter();
  }
  /** Another tensor over the same memory with a given history. @internal */
  aliasWithHistory(node: Node, result: number): Tensor {
    const out = modes.recording(false, () => this.detach());
    out.setHistory(node, result);
    return out;
  }

  /** How often this memory was changed in place through this tensor, its views or `detach()`. */
  get _version(): number {
    if (this.counter === modes.UNCOUNTED) throw new RuntimeError('Inference tensors do not track version counter.');
    return this.version;
  }
  /** @internal */
  get version(): number {
    return this.counter === null ? 0 : this.counter.count;
  }
  /** Whether this was made in `torch.inference_mode`, from nothing that was made outside. */
  is_inference(): boolean {
    return this.counter === modes.UNCOUNTED;
  }
  /** @internal */
  bump(): void {
    if (this.counter === modes.UNCOUNTED) return modes.checkUncountedChange();
    this.counter ??= { count: 0 };
    this.counter.count++;
  }
  /** The tensor this is a view of; null where it is none. */
  get _base(): Tensor | null {
    return this.base;
  }

  /** The gradient accumulated by backward(); null before. */
  get grad(): Tensor | null {
    this.gradSeen = true;
    return this.gradient;
  }
  set grad(value: Tensor | null) {
    if (value !== null && value !== undefined) checkGrad(this, value);
    this.setGradient(value ?? null, true);
  }
  /** Forgets `.grad`, whose memory is given back at once where nobody was handed it. @internal */
  dropGrad(): void {
    if (!this.gradSeen) this.gradient?.dispose();
    this.setGradient(null, false);
  }
  /** `seen`: whether somebody else has the value, too. @internal */
  setGradient(value: Tensor | null, seen: boolean): void {
    this.gradient = value;
    this.gradSeen = seen;
    if (watcher !== null) watcher.gradSet(this);
  }

  /**
   * The same memory without history: changes through it are not seen by autograd. Assigning makes this tensor use other
   * memory.
   */
  get data(): Tensor {
    const out = modes.recording(false, () => this.detach());
    out.forgetOrigin();
    out.counter = this.is_inference() ? modes.UNCOUNTED : null;
    return out;
  }
  set data(value: Tensor) {
    if (!(value instanceof Tensor)) throw new TypeError('data must be a Tensor');
    this.useMemoryOf(value);
  }

  /**
   * Calls `hook` with this tensor's gradient when it is known; what it returns replaces it. `remove()` of the result
   * ends that.
   */
  register_hook(hook: (grad: Tensor) => Tensor | null | undefined | void): { remove(): void } {
    const node = this.gradientNode();
    if (node === null) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
    return node.addPreHook({ result: this.output_nr, hook, rank: TENSOR_HOOK });
  }
  /** Calls `hook` with this leaf each time its `.grad` was added to. */
  register_post_accumulate_grad_hook(hook: (t: Tensor) => void): { remove(): void } {
    if (!this.requires_grad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
    if (!this.isLeaf) throw new RuntimeError('post accumulate grad hooks cannot be registered on non-leaf tensors');
    this.postAccumulateHooks ??= [];
    return removable(this.postAccumulateHooks, hook);
  }
  /** Keeps the gradient of this tensor in `.grad` although it is no leaf. */
  retain_grad(): void {
    if (!this.requires_grad) throw new RuntimeError("can't retain_grad on Tensor that has requires_grad=False");
    if (this.isLeaf || this.retains_grad) return;
    this.retainAnew();
  }
  /** Whether `.grad` is kept although this is no leaf. */
  get retains_grad(): boolean {
    return this.retained !== null && !this.isLeaf;
  }
  /** Keeps the gradient that arrives at the node that this tensor has now. @internal */
  retainAnew(): void {
    this.retained?.remove();
    // A copy, since the engine goes on with what arrives.
    const hook = (grad: Tensor) => this.setGradient(this.gradient?.add(grad) ?? grad.clone(), true);
    this.retained = (this.node as Node).addPreHook({ result: this.output_nr, hook, rank: RETAIN_HOOK });
  }

  /**
   * Computes the gradients of all leaves below this tensor. `gradient` may be left out for a tensor of one element.
   * @example
   * const x = torch.ones(2, { requires_grad: true });
   * x.mul(3).sum().backward();
   * x.grad; // tensor([3., 3.])
   */
  backward(options?: BackwardOptions): void;
  backward(gradient?: Tensor | null, options?: BackwardOptions): void;
  backward(gradient?: Tensor | null, retain_graph?: boolean | null, create_graph?: boolean): void;
  backward(...args: unknown[]): void {
    Tensor.runBackward(this, ...args);
  }
  /** Set by lib/autograd/index.ts. @internal */
  static runBackward: (root: Tensor, ...args: unknown[]) => void;

  /** The number of dimensions. */
  dim(): number {
    return this.shape.length;
  }
  get ndim(): number {
    return this.shape.length;
  }
  /** The number of elements. */
  numel(): number {
    let n = 1;
    for (const size of this.shape) n *= size;
    return n;
  }
  element_size(): number {
    return this.dtype.itemsize;
  }
  get itemsize(): number {
    return this.dtype.itemsize;
  }
  get nbytes(): number {
    return this.numel() * this.dtype.itemsize;
  }
  get layout(): Layout {
    return strided;
  }
  get device(): 'cpu' {
    return 'cpu';
  }
  is_floating_point(): boolean {
    return this.dtype.is_floating_point;
  }
  is_complex(): boolean {
    return false;
  }

  /** The value of a tensor of one element: a number, a boolean, or a bigint for an int64 beyond 2^53. */
  item(): number {
    try {
      return binary.item(this.id) as number;
    } catch (error) {
      throw fromNative(Object.assign(error as Error, { code: 'RuntimeError' }));
    }
  }

  /** The elements as a typed array, sharing memory where this tensor is contiguous; 16-bit floats as their bits. */
  toTypedArray(): TypedArray {
    if (this.requires_grad && modes.gradEnabled()) {
      throw new RuntimeError(
        "Can't call toTypedArray() on Tensor that requires grad. Use tensor.detach().toTypedArray() instead.",
      );
    }
    return this.elements();
  }
  /** @internal */
  elements(): TypedArray {
    const dense = modes.recording(false, () => this.detach().contiguous());
    return arrayOf(dense.dtype, binary.toArrayBuffer(dense.id), 0, dense.numel());
  }

  /** The elements as numbers (bigints beyond 2^53) or booleans, nested as the shape is. */
  tolist(): any {
    const isHalf = this.dtype.is_floating_point && this.dtype.itemsize === 2;
    const source = isHalf ? modes.recording(false, () => this.to(float32)) : this;
    const flat = source.elements();
    return nest(flat, this.shape, this.dtype.name === 'bool');
  }

  /**
   * Gives the memory back now instead of when the garbage collector finds this tensor unreachable; it cannot be used
   * after that.
   */
  dispose(): void {
    binary.dispose(this.id);
  }
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * A handle for another thread, which makes a tensor over the same memory of it with `torch.fromShared(handle)`, once:
   * call share() again for each further thread. Nothing is copied and nothing locks: while one thread writes elements,
   * no other may read or write them; messages between the threads are the way to agree on that. Changes by other
   * threads are not counted for autograd. Throws RuntimeError for memory of a typed array.
   * @example
   * const handle = torch.ones(2).share(); // for worker.postMessage(handle)
   * torch.fromShared(handle); // tensor([1., 1.])
   */
  share(): SharedTensor {
    return share(this);
  }

  toString(): string {
    return formatTensor(this);
  }
  [inspect.custom](): string {
    return formatTensor(this);
  }
  [Symbol.toPrimitive](hint: string): string | number | bigint | boolean {
    return hint === 'string' || this.numel() !== 1 ? formatTensor(this) : this.item();
  }
  *[Symbol.iterator](): Iterator<Tensor> {
    if (this.shape.length === 0) throw new TypeError('iteration over a 0-d tensor');
    yield* this.unbind(0);
  }

  /** `data` as an instance of `cls`, with its own gradient: how nn.Parameter is made. @internal */
  static _make_subclass<T extends Tensor>(cls: new () => T, data: Tensor, requires_grad = false): T {
    if (requires_grad && !data.dtype.is_floating_point) {
      throw new RuntimeError('Only Tensors of floating point and complex dtype can require gradients');
    }
    return Object.setPrototypeOf(data.data, cls.prototype).requires_grad_(requires_grad) as T;
  }
}
