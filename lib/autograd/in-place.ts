/**
 * What an in-place op does to the graph: which it refuses, and how the history of a base follows a change of its view.
 */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { maker, Node } from './node.js';
import { FREED } from './saved.js';
import { asStridedBackward, type Geometry } from './strided.js';

/**
 * Refuses in-place changes that would make gradients wrong, with PyTorch's texts. `recorded`: the op will be part of
 * the graph.
 */
export function checkInPlace(target: Tensor, recorded: boolean): void {
  if (!recorded) return;
  const { base } = target;
  if (base !== null) {
    checkView(target, 'is being modified inplace');
    if (target.requires_grad && base.isLeaf) {
      throw new RuntimeError('a view of a leaf Variable that requires grad is being used in an in-place operation.');
    }
  }
  if (target.requires_grad && target.isLeaf) {
    throw new RuntimeError('a leaf Variable that requires grad is being used in an in-place operation.');
  }
}

/** Refuses a view whose history cannot follow a change: made without grad mode, or as one of several. */
export function checkView(view: Tensor, change: string): void {
  const { node, viewKind } = view;
  if (viewKind === 'function') {
    throw new RuntimeError(
      `Output ${view.output_nr} of ${maker(node)} is a view and ${change}. This view was created inside a custom ` +
        'Function (or because an input was returned as-is) and the autograd logic to handle view+inplace would override the custom ' +
        'backward associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix this by ' +
        'cloning the output of the custom Function.',
    );
  }
  if (viewKind === 'no_grad' || viewKind === 'inference' || (viewKind === 'multi' && node === null)) {
    const [mode, block, now] =
      viewKind === 'inference'
        ? ['inference mode', 'inference_mode', 'in normal mode']
        : ['no_grad mode', 'no_grad', 'with grad mode enabled'];
    const prefix = node
      ? `Output ${view.output_nr} of ${maker(node)} is a view of a view which was created in`
      : 'A view was created in';
    throw new RuntimeError(
      `${prefix} ${mode} and ${change} ${now}. Given that this use case is ambiguous and error-prone, it is forbidden. You can ` +
        `clarify your code by moving both the view and the inplace either both inside the ${block} block (if you don't ` +
        'want the inplace to be tracked) or both outside (if you want the inplace to be tracked).',
    );
  }
  if (viewKind === 'multi') {
    throw new RuntimeError(
      `Output ${view.output_nr} of ${maker(node)} is a view and ${change}. This view is the output of a function that returns multiple ` +
        'views. Such functions do not allow the output views to be modified inplace. You should replace the inplace operation by an ' +
        'out-of-place one.',
    );
  }
}

/**
 * Makes `node` the history of `target`; where that is a view, its base gets a history in which this slice was replaced.
 * `edge`: which of the inputs of `node` the target was.
 */
export function rebase(target: Tensor, node: Node, edge = 0): void {
  const { base } = target;
  if (base === null) {
    target.setHistory(node, 0);
    if (target.retained !== null) target.retainAnew();
    return;
  }
  base.setHistory(new CopySlices(base, target, node, edge), 0);
  if (base.retained !== null) base.retainAnew();
  target.regenerateHistory();
}

const geometryOf = (t: Tensor): Geometry => ({ shape: t.shape, stride: t.stride(), offset: t.storage_offset() });

/** The history of a base of which a part was replaced by what `fn` computes. */
export class CopySlices extends Node {
  private readonly view: Geometry;
  private readonly baseStride: readonly number[];
  private readonly baseOffset: number;
  private freed = false;

  constructor(
    base: Tensor,
    view: Tensor,
    private readonly fn: Node,
    private readonly own: number,
  ) {
    super();
    this.view = geometryOf(view);
    this.baseStride = base.stride();
    this.baseOffset = base.storage_offset();
    // In place of fn's edge to the view, one leads to what the base was.
    this.reserve(fn.edges.length);
    this.setInput(own, base);
    for (let i = 0; i < fn.edges.length; i++) {
      if (i !== own) this.setEdge(i, fn.edges[i] as Node | null, fn.edgeResults[i] as number);
    }
    this.describe([base]);
    fn.describe([view]);
  }

  name(): string {
    return 'CopySlices';
  }

  apply(grads: readonly (Tensor | null)[], wanted: (edge: number) => boolean): (Tensor | null)[] {
    if (this.freed) throw new RuntimeError(FREED);
    const g = grads[0] as Tensor;
    const { shape, stride, offset } = this.view;
    const whole = g.new_empty_strided(g.shape, this.baseStride).copy_(g);
    const slice = whole.as_strided(shape, stride, offset - this.baseOffset);
    const { own, fn } = this;
    const inner = fn.apply([slice.clone()], (e) => (e === own ? fn.edges[own] !== null : wanted(e)));
    const out: (Tensor | null)[] = [...inner];
    const before = inner[own] ?? null;
    if (before) slice.copy_(before.shape.length === shape.length ? before : before.sum_to_size([...shape]));
    else slice.zero_();
    out[own] = this.edges[own] === null ? null : whole;
    return out;
  }

  override release(): void {
    this.freed = true;
    this.fn.release();
  }
}

/** The history of a view whose base was changed in place since it was made. */
export class AsStridedBackward extends Node {
  private readonly view: Geometry;
  private readonly base: Geometry;

  constructor(base: Tensor, view: Tensor) {
    super();
    this.view = geometryOf(view);
    this.base = geometryOf(base);
    this.reserve(1);
    this.setInput(0, base);
    this.describe([view]);
  }

  name(): string {
    return 'AsStridedBackward0';
  }

  apply(grads: readonly (Tensor | null)[]): (Tensor | null)[] {
    return [asStridedBackward(grads[0] as Tensor, this.base, this.view)];
  }
}
