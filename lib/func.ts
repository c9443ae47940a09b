/** torch.func: functions to functions that give their derivatives. */

import { grad as gradients } from './autograd/backward.js';
import { jacobian } from './autograd/functional.js';
import { recording } from './autograd/modes.js';
import { RuntimeError } from './errors.js';
import { zeros_like } from './ops/index.js';
import { Tensor } from './tensor.js';

type Fn = (...args: any[]) => any;

export interface GradOptions {
  /** Which arguments to differentiate by: a number, or a list for several; 0. */
  argnums?: number | readonly number[];
  /** Whether the function returns [output, aux], of which aux is handed on; false. */
  has_aux?: boolean;
}

const one = 'grad_and_value(f)(*args): ';

/** The arguments with fresh leaves in the places of `argnums`, which share the history of what was given. */
function prepare(args: readonly unknown[], argnums: number | readonly number[]) {
  const places = (Array.isArray(argnums) ? argnums : [argnums]).map((n: number) => (n < 0 ? n + args.length : n));
  const wrong = places.find((n) => n < 0 || n >= args.length);
  if (wrong !== undefined) throw new RuntimeError(`Got argnum=${wrong}, but only ${args.length} positional inputs`);
  const own = [...args];
  const inputs = places.map((n) => {
    const t = args[n] as Tensor;
    const input = t.requires_grad ? t.view([...t.shape]) : t.detach().requires_grad_();
    own[n] = input;
    return input;
  });
  return { own, inputs };
}

/** Whether what is computed has to stay in the graph: some argument belongs to one, such as that of an outer grad(). */
const nested = (args: readonly unknown[]): boolean => args.some((a) => a instanceof Tensor && a.requires_grad);
const settled = (t: Tensor, keep: boolean): Tensor => (keep ? t : t.detach());

/**
 * A function that gives the gradient of `func`, which returns one element, and its value: [gradient, value], with
 * `has_aux` [gradient, [value, aux]].
 *
 * @example
 * const [gradient, value] = torch.func.grad_and_value((x) => x.mul(x).sum())(torch.ones(2));
 */
export function grad_and_value(func: Fn, { argnums = 0, has_aux = false }: GradOptions = {}): Fn {
  return (...args) =>
    recording(true, () => {
      const { own, inputs } = prepare(args, argnums);
      const result = func(...own);
      if (has_aux && !(Array.isArray(result) && result.length === 2)) {
        throw new RuntimeError(`${one}output of function f should be a tuple: (output, aux) if has_aux is True`);
      }
      const [output, aux] = has_aux ? result : [result];
      if (!(output instanceof Tensor)) {
        throw new RuntimeError(`${one}Expected f(*args) to return a Tensor, got ${typeof output}`);
      }
      if (output.dim() !== 0) {
        throw new RuntimeError(
          `${one}Expected f(*args) to return a scalar Tensor, got tensor with ${output.dim()} dims. Maybe you wanted to use the vjp or ` +
            'jacrev APIs instead?',
        );
      }
      const keep = nested(args);
      const found = output.requires_grad
        ? gradients(output, inputs, { create_graph: keep, materialize_grads: true })
        : inputs.map((t) => zeros_like(t.detach()));
      const value = settled(output, keep);
      const rest = aux instanceof Tensor ? settled(aux, keep) : aux;
      return [Array.isArray(argnums) ? found : found[0], has_aux ? [value, rest] : value];
    });
}

/**
 * A function that gives the gradient of `func`, which returns one element; with `has_aux` [gradient, aux]. It can be
 * differentiated again.
 *
 * @example
 * torch.func.grad(torch.func.grad((x) => x.pow(3)))(torch.tensor(2)); // tensor(12.)
 */
export function grad(func: Fn, options: GradOptions = {}): Fn {
  const both = grad_and_value(func, options);
  return (...args) => {
    const [found, value] = both(...args);
    return options.has_aux ? [found, value[1]] : found;
  };
}

/**
 * A function that gives the Jacobian of `func` by the argument `argnums`: the shape of the output, then of the argument.
 *
 * @example
 * torch.func.jacrev((x) => x.mul(x))(torch.ones(2)); // tensor([[2., 0.], [0., 2.]])
 */
export function jacrev(func: Fn, { argnums = 0 }: { argnums?: number } = {}): Fn {
  return (...args) => {
    const at = (x: Tensor) => func(...args.map((a, i) => (i === argnums ? x : a)));
    const rows = jacobian(at, args[argnums], { create_graph: true });
    const keep = nested(args);
    return Array.isArray(rows) ? rows.map((t) => settled(t, keep)) : settled(rows, keep);
  };
}

/**
 * A function that gives the Hessian of `func` by the argument `argnums`.
 *
 * @example
 * torch.func.hessian((x) => x.pow(3).sum())(torch.ones(2)); // tensor([[6., 0.], [0., 6.]])
 */
export function hessian(func: Fn, options: { argnums?: number } = {}): Fn {
  return jacrev(jacrev(func, options), options);
}
