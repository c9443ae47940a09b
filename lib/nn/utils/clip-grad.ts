/** Norms of all gradients together, and limits for them. */
import { no_grad } from '../../autograd/modes.js';
import { RuntimeError } from '../../errors.js';
import { vector_norm } from '../../linalg.js';
import { stack, tensor } from '../../ops/index.js';
import { Tensor } from '../../tensor.js';
import { floatRepr } from '../repr.js';
import { withKeywords } from '../signature.js';

/** A tensor or several of them. */
export type Tensors = Tensor | Iterable<Tensor>;

const listOf = (given: Tensors): Tensor[] => (given instanceof Tensor ? [given] : [...given]);

/** Gradients that belong to the optimizer's side: reading them here does not count as handing them out. */
function gradientsOf(parameters: Tensors): Tensor[] {
  return listOf(parameters)
    .map((parameter) => parameter.gradient)
    .filter((gradient) => gradient !== null);
}

function totalNorm(tensors: Tensor[], order: number | 'inf', errorIfNonFinite: boolean): Tensor {
  if (tensors.length === 0) return tensor(0);
  const type = Number(order === 'inf' ? Infinity : order);
  const norms = tensors.map((t) => vector_norm(t, type));
  const total = vector_norm(stack(norms), type);
  if (errorIfNonFinite && !Number.isFinite(total.item())) {
    throw new RuntimeError(
      `The total norm of order ${floatRepr(type)} for gradients from \`parameters\` is ` +
        'non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm ' +
        'anyway, set `error_if_nonfinite=False`',
    );
  }
  return total;
}

function scaleTo(gradients: Tensor[], maxNorm: number, total: Tensor): void {
  const factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp({ max: 1 });
  for (const gradient of gradients) gradient.mul_(factor);
}

/**
 * The norm of order `norm_type` of all tensors as one vector, a tensor of one element; a RuntimeError with
 * `error_if_nonfinite` where it is none.
 * @example
 * torch.nn.utils.get_total_norm([torch.tensor([3]), torch.tensor([4])]).item(); // 5
 */
export const get_total_norm = withKeywords(
  'get_total_norm',
  (
    tensors: Tensors,
    norm_type: number | 'inf' = 2,
    error_if_nonfinite: boolean = false,
    foreach: boolean | null = null,
  ) => ({
    tensors,
    norm_type,
    error_if_nonfinite,
    foreach,
  }),
  ({ tensors, norm_type, error_if_nonfinite }) =>
    no_grad(() => totalNorm(listOf(tensors), norm_type, error_if_nonfinite)),
);

/**
 * Scales the gradients of the parameters, in place, so that their total norm is at most `max_norm`; returns the norm
 * that they had.
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * net(torch.ones(4, 2)).sum().backward();
 * torch.nn.utils.clip_grad_norm_(net.parameters(), 1);
 */
export const clip_grad_norm_ = withKeywords(
  'clip_grad_norm_',
  (
    parameters: Tensors,
    max_norm: number,
    norm_type: number | 'inf' = 2,
    error_if_nonfinite: boolean = false,
    foreach: boolean | null = null,
  ) => ({ parameters, max_norm, norm_type, error_if_nonfinite, foreach }),
  ({ parameters, max_norm, norm_type, error_if_nonfinite }) =>
    no_grad(() => {
      const gradients = gradientsOf(parameters);
      const total = totalNorm(gradients, norm_type, error_if_nonfinite);
      scaleTo(gradients, max_norm, total);
      return total;
    }),
);

/**
 * Scales the gradients of the parameters, in place, by `max_norm / total_norm` where that is below 1.
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * net(torch.ones(4, 2)).sum().backward();
 * torch.nn.utils.clip_grads_with_norm_(net.parameters(), 1, torch.tensor(2));
 */
export const clip_grads_with_norm_ = withKeywords(
  'clip_grads_with_norm_',
  (parameters: Tensors, max_norm: number, total_norm: Tensor, foreach: boolean | null = null) => ({
    parameters,
    max_norm,
    total_norm,
    foreach,
  }),
  ({ parameters, max_norm, total_norm }): void => no_grad(() => scaleTo(gradientsOf(parameters), max_norm, total_norm)),
);

/**
 * Limits every element of the gradients of the parameters, in place, to [-clip_value, clip_value].
 * @example
 * const net = new torch.nn.Linear(2, 1);
 * net(torch.ones(4, 2)).sum().backward();
 * torch.nn.utils.clip_grad_value_(net.parameters(), 0.5);
 */
export const clip_grad_value_ = withKeywords(
  'clip_grad_value_',
  (parameters: Tensors, clip_value: number, foreach: boolean | null = null) => ({ parameters, clip_value, foreach }),
  ({ parameters, clip_value }): void =>
    no_grad(() => {
      for (const gradient of gradientsOf(parameters)) gradient.clamp_(-clip_value, clip_value);
    }),
);
