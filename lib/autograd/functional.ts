/** torch.autograd.functional: products with Jacobians and Hessians, and those themselves. */
import { AssertionError, NotImplementedError, RuntimeError, TypeError } from '../errors.js';
import { ones_like, stack, zeros_like } from '../ops/index.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { grad } from './backward.js';
import { recording } from './modes.js';

export type Tensors = Tensor | readonly Tensor[];
type Func = (...inputs: any[]) => Tensors;

export interface ProductOptions {
  /** Whether the result can be differentiated itself; false. */
  create_graph?: boolean;
  /** Whether an output that does not depend on an input is an error instead of zeros; false. */
  strict?: boolean;
}
export interface MatrixOptions extends ProductOptions {
  /** Accepted: rows are computed one by one in any case. */
  vectorize?: boolean;
  /** Accepted, and 'forward-mode' only together with `vectorize`, as in PyTorch. */
  strategy?: 'reverse-mode' | 'forward-mode';
}

function listOf(value: unknown, what: string, name: string): Tensor[] {
  const list = Array.isArray(value) ? value : [value];
  for (const t of list) {
    if (t instanceof Tensor) continue;
    throw new TypeError(
      `The ${what} given to ${name} must be either a Tensor or a tuple of Tensors but the given ${what} has type ${typeof t}.`,
    );
  }
  return list;
}

/** The results as they were asked for: one, or a list. */
const like = <T>(list: readonly T[], template: unknown): any => (Array.isArray(template) ? list : list[0]);
const settle = (list: readonly Tensor[], create: boolean): Tensor[] => list.map((t) => (create ? t : t.detach()));

interface Evaluated {
  readonly inputs: Tensor[];
  readonly outputs: Tensor[];
  readonly single: boolean;
}

/** Evaluates `func` at fresh copies of the inputs, or at the inputs themselves where the graph goes on. */
function evaluate(name: string, func: Func, given: Tensors, { create_graph, strict }: ProductOptions): Evaluated {
  const inputs = listOf(given, 'inputs', name).map((t) =>
    create_graph && t.requires_grad ? t.view([...t.shape]) : t.detach().requires_grad_(),
  );
  const result = func(...inputs);
  const outputs = listOf(result, 'outputs of the user-provided function', name);
  outputs.forEach((o, i) => {
    if (strict && !o.requires_grad) {
      throw new RuntimeError(
        `Output ${i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from ` +
          'the input when running in strict mode.',
      );
    }
  });
  return { inputs, outputs, single: !Array.isArray(result) };
}

/** The vectors of a product, or ones where there is but one element. */
function vectors(v: Tensors | null | undefined, like: readonly Tensor[], name: string, what: string): Tensor[] {
  if (v === null || v === undefined) {
    if (like.length === 1 && like[0]?.numel() === 1) return [ones_like(like[0].detach())];
    throw new RuntimeError(`The vector v can only be None if ${what} a single Tensor with a single element.`);
  }
  const list = listOf(v, 'v', name);
  if (list.length !== like.length) {
    throw new RuntimeError(`v is a tuple of invalid length: should be ${like.length} but got ${list.length}.`);
  }
  list.forEach((t, i) => {
    const wanted = (like[i] as Tensor).shape;
    if (sameShape(t.shape, wanted)) return;
    const where = list.length > 1 ? `Entry ${i} in ` : '';
    throw new RuntimeError(
      `${where}v has invalid size: should be torch.Size([${wanted.join(', ')}]) but got torch.Size([${t.shape.join(', ')}]).`,
    );
  });
  return list;
}

const OUTPUT = 'the user-provided function returns';
const INPUT = 'the input to the user-provided function is';

/**
 * The gradients with zeros for what does not depend, which strict mode refuses with `text(i)`. `fixed`: what may not be the
 * same whatever the inputs are, in strict mode where the graph goes on.
 */
function gradients(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  vs: readonly Tensor[],
  create_graph: boolean,
  text: ((i: number) => string) | null,
  fixed: 'jacobian' | 'hessian' | null = null,
): Tensor[] {
  const pairs = outputs.map((o, i) => [o, vs[i] as Tensor] as const).filter(([o]) => o.requires_grad);
  const found =
    pairs.length === 0
      ? inputs.map(() => null)
      : grad(
          pairs.map(([o]) => o),
          inputs,
          pairs.map(([, v]) => v),
          { create_graph, retain_graph: true, allow_unused: true },
        );
  return found.map((g, i) => {
    if (g !== null) {
      if (fixed === null || text === null || !create_graph || g.requires_grad) return g;
      throw new RuntimeError(
        `The ${fixed} of the user-provided function is independent of input ${i}. This is not allowed in strict mode when create_graph=True.`,
      );
    }
    if (text !== null) throw new RuntimeError(text(i));
    return zeros_like((inputs[i] as Tensor).detach());
  });
}

const independent = (strict: boolean | undefined, output = 'The output') =>
  strict
    ? (i: number) =>
        `${output} of the user-provided function is independent of input ${i}. This is not allowed in strict mode.`
    : null;
const linear = (strict: boolean | undefined) =>
  strict
    ? (i: number) =>
        `While computing the hessian, found that the jacobian of the user-provided function with respect to input ${i} is independent of ` +
        'the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the ' +
        'jacobian depends on the inputs (this would be violated by a linear function for example).'
    : null;

/**
 * `func(inputs)` and the product of `v` with its Jacobian. `v` may be left out for one output of one element.
 *
 * @example
 * const [y, product] = torch.autograd.functional.vjp((x) => x.exp(), torch.zeros(2), torch.ones(2));
 */
export function vjp(func: Func, inputs: Tensors, v?: Tensors | null, options: ProductOptions = {}): [any, any] {
  const create = options.create_graph ?? false;
  return recording(true, () => {
    const at = evaluate('vjp', func, inputs, options);
    const vs = vectors(v, at.outputs, 'vjp', OUTPUT);
    const products = gradients(at.outputs, at.inputs, vs, create, independent(options.strict), 'jacobian');
    const outputs = settle(at.outputs, create);
    return [at.single ? outputs[0] : outputs, like(settle(products, create), inputs)];
  });
}

/** The products of a Jacobian with `vs`, as the gradient of its products with vectors of no importance. */
function forwardProducts(at: Evaluated, vs: readonly Tensor[], create: boolean, strict: boolean | undefined): Tensor[] {
  const dummies = at.outputs.map((o) => zeros_like(o.detach()).requires_grad_());
  const back = gradients(at.outputs, at.inputs, dummies, true, independent(strict));
  return gradients(back, dummies, vs, create, null);
}

/**
 * `func(inputs)` and the product of its Jacobian with `v`, computed by differentiating backward twice.
 *
 * @example
 * const [y, product] = torch.autograd.functional.jvp((x) => x.exp(), torch.zeros(2), torch.ones(2));
 */
export function jvp(func: Func, inputs: Tensors, v?: Tensors | null, options: ProductOptions = {}): [any, any] {
  const create = options.create_graph ?? false;
  return recording(true, () => {
    const vs = vectors(v, listOf(inputs, 'inputs', 'jvp'), 'jvp', INPUT);
    const at = evaluate('jvp', func, inputs, options);
    const products = settle(forwardProducts(at, vs, create, options.strict), create);
    const outputs = settle(at.outputs, create);
    return at.single ? [outputs[0], products[0]] : [outputs, products];
  });
}

/** PyTorch cannot have all of these together; we could, but a script shall not depend on it. */
function checkOptions({ strict, vectorize, strategy = 'reverse-mode', create_graph }: MatrixOptions): void {
  if (strategy !== 'reverse-mode' && strategy !== 'forward-mode') {
    throw new AssertionError(
      'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than inputs, ' +
        '"forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".',
    );
  }
  if (strategy === 'forward-mode' && create_graph) {
    throw new NotImplementedError(
      'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). Please ' +
        'either set `create_graph=False` or `strategy="reverse-mode"`.',
    );
  }
  if (strategy === 'forward-mode' && !vectorize) {
    throw new NotImplementedError(
      'Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for `vectorize=True`.',
    );
  }
  if (!strict || !vectorize) return;
  throw new RuntimeError(
    'torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set ' +
      '`strict=False` or `vectorize=False`.',
  );
}

/** The Jacobian of each output by each input: the shape of the output, then that of the input. */
function jacobians(
  at: Evaluated,
  create: boolean,
  text: (k: number) => ((i: number) => string) | null,
  fixed: 'jacobian' | 'hessian',
): Tensor[][] {
  return at.outputs.map((output, k) => {
    const rows: Tensor[][] = at.inputs.map(() => []);
    const count = output.numel();
    for (let j = 0; j < count; j++) {
      const element = output.reshape([-1]).select(0, j);
      const found = gradients([element], at.inputs, [ones_like(element.detach())], create, text(k), fixed);
      found.forEach((g, i) => {
        (rows[i] as Tensor[]).push(g);
      });
    }
    return rows.map((list, i) => {
      const shape = [...output.shape, ...(at.inputs[i] as Tensor).shape];
      return list.length === 0 ? output.detach().new_zeros(shape) : stack(list).reshape(shape);
    });
  });
}

/**
 * The Jacobian of `func`: a tensor of the shape of the output followed by that of the input, in a list per output and
 * input where there are several.
 *
 * @example
 * torch.autograd.functional.jacobian((x) => x.mul(x), torch.ones(2)); // tensor([[2., 0.], [0., 2.]])
 */
export function jacobian(func: Func, inputs: Tensors, options: MatrixOptions = {}): any {
  checkOptions(options);
  const create = options.create_graph ?? false;
  return recording(true, () => {
    const at = evaluate('jacobian', func, inputs, options);
    const table = jacobians(at, create, (k) => independent(options.strict, `Output ${k}`), 'jacobian');
    const rows = table.map((row) => like(settle(row, create), inputs));
    return at.single ? rows[0] : rows;
  });
}

function scalarOf(name: string, output: Tensors): Tensor {
  if (!(output instanceof Tensor))
    throw new RuntimeError(`The function given to ${name} should return a single Tensor`);
  if (output.numel() !== 1)
    throw new RuntimeError(`The Tensor returned by the function given to ${name} should contain a single element`);
  return output.reshape([]);
}

/** The value of a scalar function and its gradients, which are recorded. */
function firstOrder(name: string, func: Func, inputs: Tensors, options: ProductOptions): Evaluated & { value: Tensor } {
  const at = evaluate(name, (...xs) => scalarOf(name, func(...xs)), inputs, options);
  const value = at.outputs[0] as Tensor;
  const firsts = gradients([value], at.inputs, [ones_like(value.detach())], true, independent(options.strict));
  if (options.strict)
    firsts.forEach((g, i) => {
      if (!g.requires_grad) throw new RuntimeError(linear(true)?.(i));
    });
  return { inputs: at.inputs, outputs: firsts, single: !Array.isArray(inputs), value };
}

/**
 * The Hessian of `func`, which returns one element: the shape of the input twice, in a list of lists for several inputs.
 *
 * @example
 * torch.autograd.functional.hessian((x) => x.pow(3).sum(), torch.ones(2)); // tensor([[6., 0.], [0., 6.]])
 */
export function hessian(func: Func, inputs: Tensors, options: MatrixOptions = {}): any {
  const create = options.create_graph ?? false;
  return recording(true, () => {
    const at = firstOrder('hessian', func, inputs, options);
    const table = jacobians(at, create, () => linear(options.strict), 'hessian');
    const rows = table.map((row) => like(settle(row, create), inputs));
    return at.single ? rows[0] : rows;
  });
}

/**
 * `func(inputs)`, of one element, and the product of `v` with its Hessian.
 *
 * @example
 * const [y, product] = torch.autograd.functional.vhp((x) => x.pow(3).sum(), torch.ones(2), torch.ones(2));
 */
export function vhp(func: Func, inputs: Tensors, v?: Tensors | null, options: ProductOptions = {}): [any, any] {
  const create = options.create_graph ?? false;
  return recording(true, () => {
    const at = firstOrder('vhp', func, inputs, options);
    const vs = vectors(v, at.inputs, 'vhp', INPUT);
    const products = gradients(at.outputs, at.inputs, vs, create, linear(options.strict), 'hessian');
    return [settle([at.value], create)[0], like(settle(products, create), inputs)];
  });
}

/**
 * `func(inputs)`, of one element, and the product of its Hessian with `v`.
 *
 * @example
 * const [y, product] = torch.autograd.functional.hvp((x) => x.pow(3).sum(), torch.ones(2), torch.ones(2));
 */
export function hvp(func: Func, inputs: Tensors, v?: Tensors | null, options: ProductOptions = {}): [any, any] {
  const create = options.create_graph ?? false;
  return recording(true, () => {
    const at = firstOrder('hvp', func, inputs, options);
    const vs = vectors(v, at.inputs, 'hvp', INPUT);
    // A Hessian is symmetric: v on its other side gives the same.
    const products = gradients(at.outputs, at.inputs, vs, create, linear(options.strict), 'hessian');
    return [settle([at.value], create)[0], like(settle(products, create), inputs)];
  });
}
