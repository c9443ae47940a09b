/**
 * torch.autograd.forward_ad: tangents that travel with their tensors. They are computed when they are asked for, by
 * differentiating backward twice: what was recorded from dual tensors is linear in a cotangent, and so in tangents.
 */
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { named } from '../ops/encode.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { grad } from './backward.js';
import { recording } from './modes.js';
import { Node } from './node.js';

/** A tensor that was made dual: where gradients by it are caught, and its tangent. */
interface Dual {
  readonly source: Tensor;
  readonly tangent: Tensor;
}

interface Level {
  readonly duals: Dual[];
}

let level: Level | null = null;

/** Hands gradients on: makes a dual tensor one that an op made, which may be changed in place. */
class DualNode extends Node {
  constructor(source: Tensor) {
    super();
    this.reserve(1);
    this.setInput(0, source);
    this.describe([source]);
  }
  name(): string {
    return 'MakeDualBackward';
  }
  apply(grads: readonly (Tensor | null)[]): (Tensor | null)[] {
    return [...grads];
  }
}

/**
 * Begins to follow tangents, and says at which level: there is one. End it by exit_dual_level().
 * @example
 * torch.autograd.forward_ad.enter_dual_level(); // 0
 * torch.autograd.forward_ad.exit_dual_level();
 */
export function enter_dual_level(): number {
  if (level !== null) throw new RuntimeError('Nested forward mode AD is not supported at the moment');
  level = { duals: [] };
  return 0;
}

/**
 * Ends what enter_dual_level() began: tensors lose their tangents.
 * @example
 * torch.autograd.forward_ad.enter_dual_level();
 * torch.autograd.forward_ad.exit_dual_level();
 */
export function exit_dual_level(): void {
  if (level === null) throw new RuntimeError('Dual level must be a positive number.');
  level = null;
}

/** Ends a level: `using _ = dual_level()`, or call `dispose()`. */
interface LevelGuard {
  dispose(): void;
  [Symbol.dispose](): void;
}

/**
 * Follows tangents while `fn` runs, which is not async; without a function it returns a guard and does so until disposed
 * of.
 * @example
 * const { dual_level, make_dual, unpack_dual } = torch.autograd.forward_ad;
 * const x = torch.tensor([1, 2]);
 * dual_level(() => unpack_dual(make_dual(x, torch.ones(2)).pow(2)).tangent); // tensor([2., 4.])
 */
export function dual_level<T>(fn: () => T): T;
export function dual_level(): LevelGuard;
export function dual_level<T>(fn?: () => T): T | LevelGuard {
  enter_dual_level();
  const own = level;
  const dispose = () => {
    if (level === own) level = null;
  };
  if (fn === undefined) return { dispose, [Symbol.dispose]: dispose };
  try {
    return fn();
  } finally {
    dispose();
  }
}

/**
 * A view of `tensor` that carries `tangent`, of the same shape. What is computed from it, with grad mode on, carries
 * tangents too, and is recorded: it requires grad, unlike in PyTorch. Throws RuntimeError outside of a level.
 * @example
 * const { dual_level, make_dual } = torch.autograd.forward_ad;
 * dual_level(() => make_dual(torch.ones(2), torch.ones(2)).tolist()); // [1, 1]
 */
export function make_dual(tensor: Tensor, tangent: Tensor): Tensor {
  if (level === null) {
    throw new RuntimeError(
      'Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.',
    );
  }
  for (const [what, t] of [
    ['primal', tensor],
    ['tangent', tangent],
  ] as const) {
    if (!(t instanceof Tensor)) throw new TypeError(`Expected ${what} to be a Tensor, but got ${typeof t}`);
    if (!t.dtype.is_floating_point)
      throw new ValueError(`Expected ${what} to be floating point or complex, but got: ${t.dtype}`);
  }
  if (!sameShape(tensor.shape, tangent.shape)) {
    throw new RuntimeError(
      'Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of ' +
        `size [${tensor.shape.join(', ')}] while the given forward gradient is of size [${tangent.shape.join(', ')}].`,
    );
  }
  if (level.duals.some(({ source }) => tensor.node?.edges[0] === source.gradientNode())) {
    throw new RuntimeError(
      'Making a dual Tensor based on a Tensor that already has a forward gradient at the same level 0 is not supported.',
    );
  }
  const source = tensor.requires_grad
    ? recording(true, () => tensor.view([...tensor.shape]))
    : tensor.detach().requires_grad_();
  level.duals.push({ source, tangent });
  return tensor.aliasWithHistory(new DualNode(source), 0);
}

/** What unpack_dual() gives: [primal, tangent], also by these names. */
export type UnpackedDualTensor = [primal: Tensor, tangent: Tensor | null] & {
  readonly primal: Tensor;
  readonly tangent: Tensor | null;
};

const unpacked = (primal: Tensor, tangent: Tensor | null): UnpackedDualTensor =>
  named(['primal', 'tangent'], [primal, tangent] as Tensor[]) as unknown as UnpackedDualTensor;

/**
 * What `tensor` is without its tangent, and the tangent: null where it depends on no dual tensor, or outside of a level.
 * Both require grad where something beside the dual tensors does.
 * @example
 * const { dual_level, make_dual, unpack_dual } = torch.autograd.forward_ad;
 * dual_level(() => unpack_dual(make_dual(torch.zeros(2), torch.ones(2)).sin()).tangent); // tensor([1., 1.])
 */
export function unpack_dual(tensor: Tensor): UnpackedDualTensor {
  const duals = level?.duals ?? [];
  const node = tensor.gradientNode();
  if (node === null || duals.length === 0) return unpacked(tensor, null);
  const { reached, others } = leavesOf(
    node,
    duals.map(({ source }) => source.gradientNode()),
  );
  const met = duals.filter((_, i) => reached.has(i));
  if (met.length === 0) return unpacked(tensor, null);
  const kept = others || met.some(({ tangent }) => tangent.requires_grad);
  return unpacked(others ? tensor : tensor.detach(), push(tensor, met, kept));
}

/** Which of the nodes of dual tensors lie below `root`, and whether anything else that wants a gradient does. */
function leavesOf(root: Node, ends: readonly (Node | null)[]): { reached: Set<number>; others: boolean } {
  const places = new Map(ends.map((end, i) => [end, i]));
  const reached = new Set<number>();
  const seen = new Set<Node>([root]);
  let others = false;
  for (const node of seen) {
    const place = places.get(node);
    if (place !== undefined) reached.add(place);
    const below = node.edges.filter((next) => next !== null);
    if (below.length === 0 && place === undefined) others = true;
    for (const next of below) seen.add(next);
  }
  return { reached, others };
}

/** The product of the Jacobian of `tensor` by dual tensors with their tangents. */
function push(tensor: Tensor, duals: readonly Dual[], keep: boolean): Tensor {
  const unit = recording(false, () => tensor.new_zeros([...tensor.shape])).requires_grad_();
  const sources = duals.map(({ source }) => source);
  const pulled = recording(true, () =>
    grad([tensor], sources, [unit], { create_graph: true, retain_graph: true, allow_unused: true }),
  );
  const linear = pulled.flatMap((g, i) => (g?.requires_grad ? [{ g, tangent: (duals[i] as Dual).tangent }] : []));
  if (linear.length === 0) return unit.detach();
  const options = { create_graph: keep, retain_graph: true, materialize_grads: true };
  const [found] = grad(
    linear.map(({ g }) => g),
    unit,
    linear.map(({ tangent }) => tangent),
    options,
  );
  return found as Tensor;
}
