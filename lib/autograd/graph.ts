/** torch.autograd.graph: what is saved for backward, and where gradients go. */
import { RuntimeError, ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { currentRun, isPartOfRun } from './engine.js';
import { ModeGuard, within } from './modes.js';
import type { Node } from './node.js';

/**
 * What `pack_hook` returns for a tensor that an op saves for backward is kept in its place, and `unpack_hook` makes a
 * tensor of it again when backward reads it. Holds for the ops in `fn`, or until the guard that is returned without
 * `fn` is disposed of.
 *
 * @example
 * const x = torch.ones(3, { requires_grad: true });
 * const y = torch.autograd.graph.saved_tensors_hooks((t) => t.half(), (t) => t.float(), () => x.mul(x));
 * y.sum().backward();
 */
export function saved_tensors_hooks<P>(pack_hook: (tensor: Tensor) => P, unpack_hook: (packed: P) => Tensor): ModeGuard;
export function saved_tensors_hooks<P, T>(
  pack_hook: (tensor: Tensor) => P,
  unpack_hook: (packed: P) => Tensor,
  fn: () => T,
): T;
export function saved_tensors_hooks<P, T>(
  pack_hook: (tensor: Tensor) => P,
  unpack_hook: (packed: P) => Tensor,
  fn?: () => T,
): T | ModeGuard {
  const hooks = { pack: pack_hook, unpack: unpack_hook };
  return fn ? within({ hooks }, fn) : new ModeGuard({ hooks });
}

/** Where the gradient of a tensor goes: a node and the number of its result. */
export interface GradientEdge {
  readonly node: Node;
  readonly output_nr: number;
}

/**
 * Where the gradient of `tensor` goes. Throws RuntimeError where it requires none.
 *
 * @example
 * const x = torch.ones(1, { requires_grad: true });
 * torch.autograd.graph.get_gradient_edge(x).node.name(); // 'AccumulateGrad'
 */
export function get_gradient_edge(tensor: Tensor): GradientEdge {
  const node = tensor.gradientNode();
  if (node === null)
    throw new RuntimeError('It is not possible to get the gradient edge for a Tensor that does not require gradients');
  return { node, output_nr: tensor.output_nr };
}

/**
 * Keeps what is saved for backward in main memory. Here all tensors are there, so that this is there for scripts that
 * ask for it.
 *
 * @example
 * const x = torch.ones(3, { requires_grad: true });
 * torch.autograd.graph.save_on_cpu(() => x.mul(x)).sum().backward();
 */
export function save_on_cpu(): ModeGuard;
export function save_on_cpu<T>(fn: () => T): T;
export function save_on_cpu<T>(fn?: () => T): T | ModeGuard {
  const same = (t: Tensor): Tensor => t;
  return fn ? saved_tensors_hooks(same, same, fn) : saved_tensors_hooks(same, same);
}

/**
 * Calls `fn` in each backward pass when the gradients of all `tensors` that take part in it are known, with those (null for
 * the others); with mode 'any' as soon as one is, with that one. `remove()` of the result ends that.
 *
 * @example
 * const [a, b] = [torch.ones(1, { requires_grad: true }), torch.ones(1, { requires_grad: true })];
 * torch.autograd.graph.register_multi_grad_hook([a, b], (grads) => console.log(grads.length));
 * a.mul(b).backward(); // 2
 */
export function register_multi_grad_hook(
  tensors: readonly Tensor[],
  fn: (grads: any) => void,
  { mode = 'all' }: { mode?: 'all' | 'any' } = {},
): { remove(): void } {
  if (mode !== 'all' && mode !== 'any')
    throw new ValueError(`Expects mode to be one of ('all', 'any') but got ${String(mode)}`);
  if (tensors.some((t) => !t.requires_grad))
    throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
  const nodes = tensors.map((t) => t.gradientNode() as Node);
  let run: object | null = null;
  let left = 0;
  let grads: (Tensor | null)[] = [];
  const arrived = (i: number, grad: Tensor): void => {
    if (run !== currentRun()) {
      run = currentRun();
      left = mode === 'all' ? nodes.filter(isPartOfRun).length : 1;
      grads = new Array(tensors.length).fill(null);
    }
    grads[i] = grad;
    if (--left === 0) fn(mode === 'all' ? grads : grad);
  };
  const handles = tensors.map((t, i) => t.register_hook((grad) => arrived(i, grad)));
  return {
    remove() {
      for (const handle of handles) handle.remove();
    },
  };
}

/**
 * Counts a change in place of `tensor` that autograd cannot see, such as one through its typed array.
 * @example
 * const x = torch.ones(2);
 * torch.autograd.graph.increment_version(x);
 * x._version; // 1
 */
export function increment_version(tensor: Tensor | Iterable<Tensor>): void {
  for (const t of 'shape' in tensor ? [tensor] : tensor) t.bump();
}

export { Node } from './node.js';
