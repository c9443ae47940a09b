/** Forward: products of Jacobians with tangents, computed by differentiating backward twice. */
import { recording } from '../autograd/modes.js';
import { RuntimeError } from '../errors.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { pull } from './derivatives.js';
import { checkOutputs, type Evaluated, evaluate, type Fn, settled, settledAux } from './evaluate.js';
import { flatten, specText, unflatten } from './tree.js';

/** The products of the Jacobian at `at` with tangents; linear in them, so that it is made once. */
export function pushThrough(at: Evaluated): (tangents: readonly Tensor[], create: boolean) => Tensor[] {
  const dummies = at.outputs.map((o) =>
    o
      .detach()
      .new_zeros([...o.shape])
      .requires_grad_(),
  );
  const back = recording(true, () => pull(at.outputs, at.inputs, dummies, true));
  return (tangents, create) => pull(back, dummies, tangents, create);
}

const API = 'jvp(f, primals, tangents)';

function checkTangents(inputs: readonly Tensor[], tangents: readonly unknown[]): void {
  inputs.forEach((t, i) => {
    const v = tangents[i] as Tensor;
    if (v instanceof Tensor && sameShape(v.shape, t.shape)) return;
    throw new RuntimeError(
      'Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is of ' +
        `size [${t.shape.join(', ')}] while the given forward gradient is of size [${v?.shape?.join(', ')}].`,
    );
  });
}

/**
 * `func(...primals)` and the product of its Jacobian with `tangents`, a list like `primals`; with `has_aux` the function
 * returns [output, aux], and aux comes third.
 *
 * @example
 * const [output, product] = torch.func.jvp((x) => x.sin(), [torch.zeros(3)], [torch.ones(3)]);
 */
export function jvp(
  func: Fn,
  primals: readonly any[],
  tangents: readonly any[],
  { has_aux = false }: { has_aux?: boolean } = {},
): [any, any, any?] {
  if (!Array.isArray(primals))
    throw new RuntimeError(`${API}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).`);
  const [given, directions] = [flatten(primals), flatten(tangents)];
  if (specText(given.shape) !== specText(directions.shape)) {
    throw new RuntimeError(
      `${API}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, tangents ` +
        `also must be. Got primals with structure ${specText(given.shape)} and tangents with structure ${specText(directions.shape)}`,
    );
  }
  if (given.leaves.length === 0) throw new RuntimeError(`${API}: Expected primals to contain at least one Tensor.`);
  const at = recording(true, () => evaluate(API, func, primals, null, has_aux));
  checkOutputs(`${API}: expected f(*primals)`, at.outputs);
  checkTangents(at.inputs, directions.leaves);
  const vs = directions.leaves as Tensor[];
  const keep = at.keep || vs.some((v) => v.requires_grad);
  const products = pushThrough(at)(vs, keep);
  const like = (list: readonly Tensor[]) => unflatten(at.outputShape, list);
  const output = like(at.outputs.map((o) => settled(o, at.keep)));
  const product = like(products.map((p) => settled(p, keep)));
  return has_aux ? [output, product, settledAux(at.aux, at.keep)] : [output, product];
}

/**
 * `func(...primals)` and the linear function that approximates it there: its products with tangents, without another call.
 *
 * @example
 * const [output, along] = torch.func.linearize((x) => x.sin(), torch.zeros(3));
 * along(torch.ones(3)); // tensor([1., 1., 1.])
 */
export function linearize(func: Fn, ...primals: any[]): [any, (...tangents: any[]) => any] {
  const at = recording(true, () => evaluate('linearize(f, *primals)', func, primals, null, false));
  checkOutputs('linearize(f, *primals): expected f(*primals)', at.outputs);
  const push = pushThrough(at);
  const along = (...tangents: unknown[]) => {
    const vs = flatten(tangents).leaves as Tensor[];
    checkTangents(at.inputs, vs);
    return unflatten(at.outputShape, push(vs, at.keep || vs.some((v) => v.requires_grad)));
  };
  return [
    unflatten(
      at.outputShape,
      at.outputs.map((o) => settled(o, at.keep)),
    ),
    along,
  ];
}
