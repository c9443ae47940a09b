/** torch.autograd.graph: what is saved for backward, and where gradients go. */
import { ValueError } from '../errors.js';
import type { Tensor } from '../tensor.js';
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
 * Where the gradient of `tensor` goes. Throws ValueError where it requires none.
 *
 * @example
 * const x = torch.ones(1, { requires_grad: true });
 * torch.autograd.graph.get_gradient_edge(x).node.name(); // 'AccumulateGrad'
 */
export function get_gradient_edge(tensor: Tensor): GradientEdge {
  const node = tensor.gradientNode();
  if (node === null)
    throw new ValueError('It is not possible to get the gradient edge for a Tensor that does not require gradients');
  return { node, output_nr: tensor.output_nr };
}

export { Node } from './node.js';
