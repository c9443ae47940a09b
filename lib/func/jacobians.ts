/** Whole Jacobians: jacrev, jacfwd, hessian. */
import { recording } from '../autograd/modes.js';
import { ValueError } from '../errors.js';
import { stack } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { argumentsOf, type GradOptions, pull } from './derivatives.js';
import {
  type Argnums,
  checkOutputs,
  type Evaluated,
  evaluate,
  type Fn,
  placesOf,
  settled,
  settledAux,
} from './evaluate.js';
import { pushThrough } from './forward.js';
import { unflatten } from './tree.js';

export interface JacobianOptions extends GradOptions {
  /** Accepted: rows are computed one by one in any case. */
  chunk_size?: number | null;
}

/** The tensors of the shape of `t` that are one in one place and else zero. */
function units(t: Tensor): Tensor[] {
  return Array.from({ length: t.numel() }, (_, i) => {
    const unit = t.detach().new_zeros([t.numel()]);
    unit[i] = 1;
    return unit.view([...t.shape]);
  });
}

/** The Jacobian of each output by each input from backward passes, one per element of the outputs. */
function byRows(at: Evaluated): Tensor[][] {
  return at.outputs.map((output) => {
    const rows = units(output).map((unit) => pull([output], at.inputs, [unit], at.keep));
    return at.inputs.map((input, k) => {
      const shape = [...output.shape, ...input.shape];
      return rows.length === 0
        ? output.detach().new_zeros(shape)
        : stack(rows.map((r) => r[k] as Tensor)).reshape(shape);
    });
  });
}

/** The same from products with tangents, one per element of the inputs. */
function byColumns(at: Evaluated): Tensor[][] {
  const push = pushThrough(at);
  const zeros = at.inputs.map((t) => t.detach().new_zeros([...t.shape]));
  const columns = at.inputs.map((input, k) =>
    units(input).map((unit) =>
      push(
        zeros.map((z, j) => (j === k ? unit : z)),
        at.keep,
      ),
    ),
  );
  return at.outputs.map((output, o) =>
    at.inputs.map((input, k) => {
      const shape = [...output.shape, ...input.shape];
      const list = columns[k] as Tensor[][];
      return list.length === 0
        ? output.detach().new_zeros(shape)
        : stack(
            list.map((c) => c[o] as Tensor),
            -1,
          ).reshape(shape);
    }),
  );
}

function jacobians(
  api: string,
  text: string,
  compute: (at: Evaluated) => Tensor[][],
  func: Fn,
  options: JacobianOptions | Argnums,
): Fn {
  const { argnums, has_aux } = argumentsOf(options);
  const chunk = (options as JacobianOptions).chunk_size ?? null;
  if (chunk !== null && !(chunk > 0)) throw new ValueError(`${api}: \`chunk_size\` should be greater than 0.`);
  return (...args) =>
    recording(true, () => {
      const at = evaluate(text.replace(/: .*/, ''), func, args, placesOf(argnums, args.length), has_aux);
      checkOutputs(text, at.outputs);
      const blocks = compute(at).map((row) => {
        const own = unflatten(
          at.inputShape,
          row.map((t) => settled(t, at.keep)),
        );
        return Array.isArray(argnums) ? own : own[0];
      });
      const result = unflatten(at.outputShape, blocks);
      return has_aux ? [result, settledAux(at.aux, at.keep)] : result;
    });
}

/**
 * A function that gives the Jacobian of `func` by the arguments `argnums`, row by row: the shape of the output, then of
 * the argument, nested as outputs and arguments are; with `has_aux` [Jacobian, aux].
 *
 * @example
 * torch.func.jacrev((x) => x.mul(x))(torch.ones(2)); // tensor([[2., 0.], [0., 2.]])
 */
export function jacrev(func: Fn, options: JacobianOptions | Argnums = {}): Fn {
  return jacobians('jacrev', 'vjp(f, *primals): expected f(*primals)', byRows, func, options);
}

/**
 * The same, column by column: cheaper where there are fewer inputs than outputs.
 *
 * @example
 * torch.func.jacfwd((x) => x.mul(x))(torch.ones(2)); // tensor([[2., 0.], [0., 2.]])
 */
export function jacfwd(func: Fn, options: JacobianOptions | Argnums = {}): Fn {
  return jacobians('jacfwd', 'jvp(f, primals, tangents): expected f(*primals)', byColumns, func, options);
}

/**
 * A function that gives the Hessian of `func` by the arguments `argnums`.
 *
 * @example
 * torch.func.hessian((x) => x.pow(3).sum())(torch.ones(2)); // tensor([[6., 0.], [0., 6.]])
 */
export function hessian(func: Fn, options: GradOptions | Argnums = {}): Fn {
  return jacrev(jacrev(func, options), options);
}
