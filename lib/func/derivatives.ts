/** Backward: grad, grad_and_value, vjp. */
import { grad as gradients } from '../autograd/backward.js';
import { recording } from '../autograd/modes.js';
import { RuntimeError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';
import { type Argnums, checkOutputs, evaluate, type Fn, placesOf, settled, settledAux, takeAux } from './evaluate.js';
import { flatten, kindOf, specText, unflatten } from './tree.js';

export interface GradOptions {
  /** Which arguments to differentiate by: a number, or a list for several; 0. */
  argnums?: Argnums;
  /** Whether the function returns [output, aux], of which aux is handed on; false. */
  has_aux?: boolean;
}

export const argumentsOf = (options: GradOptions | Argnums, has_aux = false): Required<GradOptions> =>
  isOptions(options)
    ? { argnums: (options as GradOptions).argnums ?? 0, has_aux: (options as GradOptions).has_aux ?? false }
    : { argnums: options as Argnums, has_aux };

/** The gradients with zeros for inputs that nothing depends on. */
export function pull(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  vs: readonly Tensor[],
  create_graph: boolean,
): Tensor[] {
  const used = outputs.map((o, i) => [o, vs[i] as Tensor] as const).filter(([o]) => o.requires_grad);
  if (used.length === 0) return inputs.map((t) => t.detach().new_zeros([...t.shape]));
  const options = { create_graph, retain_graph: true, materialize_grads: true };
  return gradients(
    used.map(([o]) => o),
    inputs,
    used.map(([, v]) => v),
    options,
  ) as Tensor[];
}

/**
 * A function that gives the gradient of `func`, which returns one element, and its value: [gradient, value], with
 * `has_aux` [gradient, [value, aux]]. Arguments may hold their tensors in lists and objects; so do the gradients.
 *
 * @example
 * const [gradient, value] = torch.func.grad_and_value((x) => x.mul(x).sum())(torch.ones(2));
 */
export function grad_and_value(func: Fn, options: GradOptions | Argnums = {}, hasAux = false): Fn {
  const { argnums, has_aux } = argumentsOf(options, hasAux);
  const api = 'grad_and_value(f)(*args)';
  return (...args) =>
    recording(true, () => {
      const at = evaluate(api, func, args, placesOf(argnums, args.length), has_aux);
      const output = unflatten(at.outputShape, at.outputs);
      if (!(output instanceof Tensor))
        throw new RuntimeError(`${api}: Expected f(*args) to return a Tensor, got ${kindOf(output)}`);
      if (output.dim() !== 0) {
        throw new RuntimeError(
          `${api}: Expected f(*args) to return a scalar Tensor, got tensor with ${output.dim()} dims. Maybe you wanted to use the vjp or ` +
            'jacrev APIs instead?',
        );
      }
      const found = unflatten(at.inputShape, pull([output], at.inputs, [output.detach().new_ones([])], at.keep));
      const value = settled(output, at.keep);
      const own = Array.isArray(argnums) ? found : found[0];
      return [own, has_aux ? [value, settledAux(at.aux, at.keep)] : value];
    });
}

/**
 * A function that gives the gradient of `func`, which returns one element; with `has_aux` [gradient, aux]. It can be
 * differentiated again.
 *
 * @example
 * torch.func.grad(torch.func.grad((x) => x.pow(3)))(torch.tensor(2)); // tensor(12.)
 */
export function grad(func: Fn, options: GradOptions | Argnums = {}, hasAux = false): Fn {
  const { argnums, has_aux } = argumentsOf(options, hasAux);
  const both = grad_and_value(func, { argnums, has_aux });
  return (...args) => {
    const [found, value] = both(...args);
    return has_aux ? [found, value[1]] : found;
  };
}

/**
 * `func(...primals)` and a function that gives the products of a cotangent, shaped as the output, with its Jacobians: one
 * per primal, in a list. With a last argument `{ has_aux: true }` the function returns [output, aux], and aux comes third.
 *
 * @example
 * const [output, product] = torch.func.vjp((x) => x.sin(), torch.zeros(3));
 * product(torch.ones(3)); // [tensor([1., 1., 1.])]
 */
export function vjp(func: Fn, ...given: any[]): [any, (cotangents: any) => any[], any?] {
  const primals = [...given];
  const has_aux = takeAux(primals);
  const at = recording(true, () => evaluate('vjp(f, *primals)', func, primals, null, has_aux));
  checkOutputs('vjp(f, *primals): expected f(*primals)', at.outputs);
  const product = (cotangents: unknown): any[] => {
    const { leaves, shape } = flatten(cotangents);
    if (specText(shape) !== specText(at.outputShape)) {
      throw new RuntimeError(
        'Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. ' +
          `cotangents: ${brief(shape)}, primal output: ${brief(at.outputShape)}`,
      );
    }
    const keep = at.keep || leaves.some((v) => (v as Tensor).requires_grad);
    return unflatten(at.inputShape, pull(at.outputs, at.inputs, leaves as Tensor[], keep));
  };
  const output = unflatten(
    at.outputShape,
    at.outputs.map((o) => settled(o, at.keep)),
  );
  return has_aux ? [output, product, settledAux(at.aux, at.keep)] : [output, product];
}

/** A structure in parentheses: (*, *). */
function brief(shape: unknown): string {
  if (shape === null) return '*';
  const inner = Object.entries(shape as object);
  if (Array.isArray(shape)) return `(${inner.map(([, s]) => brief(s)).join(', ')}${inner.length === 1 ? ',' : ''})`;
  return `{${inner.map(([key, s]) => `'${key}': ${brief(s)}`).join(', ')}}`;
}
