// Gradients by finite differences beside those of backward, as torch/autograd/gradcheck.py does it in its slow mode.

import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { rand, tensor, zeros, zeros_like } from '../ops/index.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { grad } from './backward.js';

/**
 * A gradient that differs from the finite differences, or breaks another rule of backward.
 * @example
 * class Wrong extends torch.autograd.Function {
 *   static forward(ctx, x) {
 *     return x.mul(2);
 *   }
 *   static backward(ctx, grad) {
 *     return grad;
 *   }
 * }
 * const x = torch.ones(1, { dtype: torch.float64, requires_grad: true });
 * torch.autograd.gradcheck((x) => Wrong.apply(x), [x], { raise_exception: false }); // false
 */
export class GradcheckError extends RuntimeError {}
Object.defineProperty(GradcheckError.prototype, 'name', {
  value: 'GradcheckError',
  writable: true,
  configurable: true,
});

export interface GradcheckOptions {
  /** Perturbation of the finite differences; 1e-6. */
  eps?: number;
  /** Absolute tolerance; 1e-5. */
  atol?: number;
  /** Relative tolerance; 1e-3. */
  rtol?: number;
  /** Whether a failed check throws instead of returning false; true. */
  raise_exception?: boolean;
  /** How far two runs of the same backward may differ; 0. */
  nondet_tol?: number;
  /** Whether outputs that receive no gradient must count as zero; true. */
  check_undefined_grad?: boolean;
  /** Whether a gradient must have the dtype of its input; false. */
  check_grad_dtypes?: boolean;
  /** PyTorch compares products with random vectors then; here whole Jacobians are compared all the same. */
  fast_mode?: boolean;
}

/** What is checked: a function of tensors (and of anything else in `inputs`) to one tensor or several. */
export type Checked = (...inputs: any[]) => Tensor | Iterable<Tensor>;

/** Rows are elements of the input, columns those of the output. */
type Jacobian = number[][];

const kDefaults: Required<GradcheckOptions> = {
  eps: 1e-6,
  atol: 1e-5,
  rtol: 1e-3,
  raise_exception: true,
  nondet_tol: 0,
  check_undefined_grad: true,
  check_grad_dtypes: false,
  fast_mode: false,
};

function withDefaults(name: string, options: GradcheckOptions): Required<GradcheckOptions> {
  const unknown = Object.keys(options).find((key) => !(key in kDefaults));
  if (unknown === undefined) return { ...kDefaults, ...options };
  const known = Object.keys(kDefaults).join(', ');
  throw new TypeError(`${name}() got an unexpected keyword argument '${unknown}' (known: ${known})`);
}

const isTensor = (x: unknown): x is Tensor => x instanceof Tensor;
const needsGrad = (x: unknown): x is Tensor => isTensor(x) && x.requires_grad;
function asList<T>(x: T | Iterable<T>): T[] {
  if (isTensor(x)) return [x as T];
  if (typeof (x as Iterable<T> | null)?.[Symbol.iterator] === 'function') return [...(x as Iterable<T>)];
  throw new TypeError(`gradcheck expects func to return a Tensor or several of them, but got ${typeof x}`);
}
const valuesOf = (t: Tensor): number[] => t.detach().reshape([-1]).tolist() as number[];

function checkInputs(inputs: readonly unknown[]): void {
  for (const [i, x] of inputs.entries()) {
    if (!needsGrad(x)) continue;
    if (x.dtype.name !== 'float64') {
      process.emitWarning(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will ` +
          'likely fail if all the inputs are not of double precision floating point or complex. ',
      );
    }
    if (x.stride().some((s, d) => s === 0 && (x.shape[d] as number) > 1)) {
      throw new RuntimeError(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to ` +
          'be able to compute the numerical gradients correctly. You should call .contiguous on the input before ' +
          'passing it to gradcheck.',
      );
    }
  }
  if (!inputs.some(needsGrad)) {
    throw new ValueError(
      'gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.',
    );
  }
}

/** Each element of `x` as a 0-d view that may be written: `.data` leaves the version of `x` alone. */
function* elementsOf(x: Tensor): Generator<Tensor> {
  const data = x.data;
  const [shape, strides] = [data.shape, data.stride()];
  for (let flat = 0; flat < data.numel(); flat++) {
    let rest = flat;
    let offset = data.storage_offset();
    for (let d = shape.length - 1; d >= 0; d--) {
      const n = shape[d] as number;
      offset += (rest % n) * (strides[d] as number);
      rest = Math.floor(rest / n);
    }
    yield data.as_strided([], [], offset);
  }
}

/** The Jacobians by input and output: (f(x + eps) - f(x - eps)) / (2 eps), element by element. */
function numericalJacobians(evaluate: () => Tensor[], inputs: Tensor[], eps: number): Jacobian[][] {
  return inputs.map((x) => {
    const count = evaluate().length;
    const jacobians: Jacobian[] = Array.from({ length: count }, () => []);
    for (const element of elementsOf(x)) {
      const original = element.item() as number;
      element.fill_(original - eps);
      const below = evaluate().map(valuesOf);
      element.fill_(original + eps);
      const above = evaluate().map(valuesOf);
      element.fill_(original);
      for (const [k, jacobian] of jacobians.entries()) {
        const [low, high] = [below[k] as number[], above[k] as number[]];
        jacobian.push(high.map((h, j) => (h - (low[j] as number)) / (2 * eps)));
      }
    }
    return jacobians;
  });
}

/** The Jacobians of one output by input: one backward for each of its elements. */
function analyticalJacobians(output: Tensor, inputs: Tensor[], checkDtypes: boolean): Jacobian[] {
  const jacobians: Jacobian[] = inputs.map((x) => Array.from({ length: x.numel() }, () => []));
  for (let j = 0; j < output.numel(); j++) {
    const direction = zeros([output.numel()], { dtype: output.dtype });
    direction.narrow(0, j, 1).fill_(1);
    const options = { retain_graph: true, allow_unused: true };
    const grads = grad(output, inputs, direction.reshape([...output.shape]), options);
    for (const [i, g] of grads.entries()) {
      const x = inputs[i] as Tensor;
      if (g && !sameShape(g.shape, x.shape)) throw new GradcheckError('Analytical gradient has incorrect size');
      if (g && checkDtypes && g.dtype !== x.dtype) throw new GradcheckError('Gradient has dtype mismatch');
      const values = g ? valuesOf(g) : null;
      for (const [k, row] of (jacobians[i] as Jacobian).entries()) row.push(values ? (values[k] as number) : 0);
    }
  }
  return jacobians;
}

function every(a: Jacobian, b: Jacobian, near: (x: number, y: number) => boolean): boolean {
  return a.every((row, i) => row.every((x, j) => near(x, (b[i] as number[])[j] as number)));
}

function checkJacobians(
  output: Tensor,
  k: number,
  inputs: Tensor[],
  numerical: Jacobian[][],
  o: typeof kDefaults,
): void {
  const analytical = analyticalJacobians(output, inputs, o.check_grad_dtypes);
  const again = analyticalJacobians(output, inputs, o.check_grad_dtypes);
  if (!analytical.every((a, i) => every(a, again[i] as Jacobian, (x, y) => !(Math.abs(x - y) > o.nondet_tol)))) {
    throw new GradcheckError(
      'Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives ' +
        'different values, although analytical gradient matches numerical gradient.' +
        `The tolerance for nondeterminism was ${o.nondet_tol}.`,
    );
  }
  for (const [i, a] of analytical.entries()) {
    const n = (numerical[i] as Jacobian[])[k] as Jacobian;
    if (every(a, n, (x, y) => x === y || Math.abs(x - y) <= o.atol + o.rtol * Math.abs(y))) continue;
    const [numericalText, analyticalText] = [n, a].map((rows) => String(tensor(rows, { dtype: output.dtype })));
    throw new GradcheckError(
      `Jacobian mismatch for output ${k} with respect to input ${i},\n` +
        `numerical:${numericalText}\nanalytical:${analyticalText}\n`,
    );
  }
}

const isZero = (g: Tensor | null): boolean => g === null || valuesOf(g).every((v) => v === 0);

/** Gradients of zero give zero, in the type and size of their input. */
function checkZeroGradients(outputs: Tensor[], inputs: Tensor[]): void {
  const grads = grad(
    outputs,
    inputs,
    outputs.map((o) => zeros_like(o)),
    { allow_unused: true },
  );
  for (const [i, g] of grads.entries()) {
    if (g === null) continue;
    if (!isZero(g)) throw new GradcheckError('backward not multiplied by grad_output');
    const x = inputs[i] as Tensor;
    if (g.dtype !== x.dtype) throw new GradcheckError('grad is incorrect type');
    if (!sameShape(g.shape, x.shape)) throw new GradcheckError('grad is incorrect size');
  }
}

/** Any one of several outputs may receive no gradient at all. */
function checkUndefinedGradients(outputsOf: () => Tensor[], inputs: Tensor[]): void {
  const count = outputsOf().length;
  for (let left = 0; count > 1 && left < count; left++) {
    const outputs = outputsOf().filter((_, k) => k !== left);
    const cotangents = outputs.map((o) => zeros_like(o));
    let grads: readonly (Tensor | null)[];
    try {
      grads = grad(outputs, inputs, cotangents, { allow_unused: true });
    } catch (cause) {
      if (!(cause instanceof RuntimeError)) throw cause;
      throw new GradcheckError(`Expected backward function to handle undefined output grads. (${cause.message})`);
    }
    if (!grads.every(isZero)) {
      throw new GradcheckError(
        'Expected all input grads to be undefined or zero when all output grads are undefined or zero.',
      );
    }
  }
}

function check(func: Checked, args: readonly unknown[], options: Required<GradcheckOptions>): void {
  checkInputs(args);
  const inputs = args.filter(needsGrad);
  const all = (): Tensor[] => asList(func(...args)).filter((o) => isTensor(o) && o.dtype.is_floating_point);
  const differentiable = (): Tensor[] => all().filter(needsGrad);
  const outputs = differentiable();
  if (outputs.length === 0) {
    const jacobians = numericalJacobians(all, inputs, options.eps).flat(3);
    if (jacobians.every((v) => v === 0)) return;
    throw new GradcheckError('Numerical gradient for function expected to be zero');
  }
  const numerical = numericalJacobians(differentiable, inputs, options.eps);
  for (const [k, output] of outputs.entries()) checkJacobians(output, k, inputs, numerical, options);
  checkZeroGradients(outputs, inputs);
  if (options.check_undefined_grad) checkUndefinedGradients(differentiable, inputs);
}

/**
 * Compares the gradients of `func` at `inputs` with finite differences. Returns true where they agree.
 *
 * `inputs` are a tensor or an array; those that require grad should be float64 and must not overlap themselves. A
 * difference throws a GradcheckError that shows both Jacobians, or returns false with `raise_exception: false`.
 *
 * @example
 * const x = torch.tensor([0.5, 1.5], { dtype: torch.float64, requires_grad: true });
 * torch.autograd.gradcheck((x) => x.mul(x).sum(), [x]); // true
 */
export function gradcheck(func: Checked, inputs: Tensor | readonly unknown[], options: GradcheckOptions = {}): boolean {
  const full = withDefaults('gradcheck', options);
  try {
    check(func, isTensor(inputs) ? [inputs] : inputs, full);
  } catch (e) {
    if (full.raise_exception || !(e instanceof GradcheckError)) throw e;
    return false;
  }
  return true;
}

/** Numbers in [-1, 1) of the shape of `x`, which require grad. */
function randomLike(x: Tensor): Tensor {
  const uniform = rand([...x.shape], { dtype: x.dtype });
  return uniform.mul(2).sub(1).requires_grad_();
}

/**
 * Compares the gradients of the gradients of `func` with finite differences, with respect to `inputs` and to the
 * gradients `grad_outputs` of its outputs (random ones by default). Otherwise like `gradcheck`.
 *
 * @example
 * const x = torch.tensor([0.5, 1.5], { dtype: torch.float64, requires_grad: true });
 * torch.autograd.gradgradcheck((x) => x.mul(x), [x]); // true
 */
export function gradgradcheck(
  func: Checked,
  inputs: Tensor | readonly unknown[],
  grad_outputs?: Tensor | readonly Tensor[] | GradcheckOptions | null,
  options: GradcheckOptions = {},
): boolean {
  const given = isTensor(grad_outputs) ? [grad_outputs] : Array.isArray(grad_outputs) ? grad_outputs : null;
  const full = withDefaults('gradgradcheck', given || !grad_outputs ? options : (grad_outputs as GradcheckOptions));
  const args: readonly unknown[] = isTensor(inputs) ? [inputs] : inputs;
  const outputsOf = (values: readonly unknown[]): Tensor[] => asList(func(...values)).filter(needsGrad);
  const cotangents: Tensor[] = given ?? outputsOf(args).map(randomLike);
  const gradients = (...values: unknown[]): Tensor[] => {
    const own = values.slice(0, args.length);
    const cots = values.slice(args.length) as Tensor[];
    const grads = grad(outputsOf(own), own.filter(needsGrad), cots, { create_graph: true, allow_unused: true });
    return grads.filter((g) => g !== null);
  };
  return gradcheck(gradients, [...args, ...cotangents], full);
}
