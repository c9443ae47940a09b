/** torch.autograd.backward and torch.autograd.grad: arguments, checks, and the run. */
import { RuntimeError, TypeError, ValueError } from '../errors.js';
import { binary } from '../native.js';
import { stack } from '../ops/join.js';
import { isOptions } from '../ops/schema.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { type Root, run } from './engine.js';

export interface BackwardOptions {
  gradient?: Tensor | null;
  /** Keep what was saved, for another backward through the same graph. */
  retain_graph?: boolean | null;
  /** Record the backward pass itself, for higher derivatives. */
  create_graph?: boolean;
  /** Accumulate into these only. */
  inputs?: Tensor | readonly Tensor[] | null;
}

export interface GradOptions {
  grad_outputs?: Tensor | readonly (Tensor | null)[] | null;
  retain_graph?: boolean | null;
  create_graph?: boolean;
  /** An input that the outputs do not depend on gets null instead of an error. */
  allow_unused?: boolean | null;
  /** An input that the outputs do not depend on gets zeros. */
  materialize_grads?: boolean;
  /** The first dimension of each of `grad_outputs` counts cotangents; so does that of the results. */
  is_grads_batched?: boolean;
}

function rootOf(output: Tensor, given: Tensor | null | undefined): Root {
  const node = output.gradientNode();
  if (node === null) {
    throw new RuntimeError('element 0 of tensors does not require grad and does not have a grad_fn');
  }
  let grad = given ?? null;
  if (grad === null) {
    if (output.numel() !== 1) throw new RuntimeError('grad can be implicitly created only for scalar outputs');
    if (!output.dtype.is_floating_point) {
      throw new RuntimeError(`grad can be implicitly created only for real scalar outputs but got ${output.dtype}`);
    }
    grad = output.detach().new_ones([...output.shape]);
  } else if (!(grad instanceof Tensor)) {
    throw new TypeError(`gradients can be either Tensors or None, but got ${typeof grad}`);
  } else if (!sameShape(grad.shape, output.shape)) {
    throw new RuntimeError(
      `Mismatch in shape: grad_output[0] has a shape of torch.Size([${grad.shape.join(', ')}]) and output[0] has a shape of ` +
        `torch.Size([${output.shape.join(', ')}]).`,
    );
  }
  if (grad.dtype !== output.dtype) grad = grad.to(output.dtype);
  return { node, result: output.output_nr, grad };
}

function rootsOf(outputs: readonly Tensor[], given: readonly (Tensor | null)[]): Root[] {
  if (given.length > 0 && given.length !== outputs.length)
    throw new RuntimeError(`got ${outputs.length} tensors and ${given.length} gradients`);
  return outputs.map((o, i) => rootOf(o, given[i]));
}

const listOf = <T>(x: T | readonly T[]): readonly T[] => (Array.isArray(x) ? x : [x as T]);

/**
 * tensor.backward(gradient, retain_graph, create_graph, inputs), the options by name.
 * @example
 * const x = torch.ones(2, { requires_grad: true });
 * torch.autograd.backward(x.mul(3).sum());
 * x.grad; // tensor([3., 3.])
 */
export function backward(roots: Tensor | readonly Tensor[], grads?: unknown, retain?: unknown, create?: unknown): void {
  const named = isOptions(grads) ? grads : isOptions(retain) ? retain : isOptions(create) ? create : {};
  const options = named as BackwardOptions & { grad_tensors?: unknown };
  const known = ['gradient', 'grad_tensors', 'retain_graph', 'create_graph', 'inputs', 'retain_variables'];
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      throw new TypeError(
        `backward() got an unexpected keyword argument '${key}'; it takes ${known.slice(0, 5).join(', ')}`,
      );
  }
  const positional = (v: unknown) => (v === undefined || isOptions(v) ? undefined : v);
  const gradient = (positional(grads) ?? options.gradient ?? options.grad_tensors ?? null) as
    | Tensor
    | readonly (Tensor | null)[]
    | null;
  const createGraph = (positional(create) ?? options.create_graph ?? false) as boolean;
  const retainGraph = (positional(retain) ?? options.retain_graph ?? createGraph) as boolean;
  const outputs = listOf(roots);
  const given = gradient === null ? [] : listOf(gradient);
  const starts = rootsOf(outputs, given);
  const inputs = options.inputs == null ? null : listOf(options.inputs);
  if (inputs?.length === 0) throw new RuntimeError('`inputs` argument to `backward()` cannot be empty.');
  for (const t of inputs ?? []) t.retain_grad();
  const captures = inputs?.map(captureOf) ?? null;
  run(starts, { retainGraph, createGraph, captures, accumulate: inputs !== null });
  binary.hint();
}

function captureOf(input: Tensor) {
  const node = input.gradientNode();
  if (!input.requires_grad) throw new RuntimeError('One of the differentiated Tensors does not require grad');
  return { node, result: input.output_nr };
}

/**
 * The gradients of `outputs` with respect to `inputs`, without touching any `.grad`.
 * @example
 * const x = torch.tensor(3, { requires_grad: true });
 * const [g] = torch.autograd.grad(x.mul(x), x); // tensor(6.)
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  grad_outputs?: Tensor | readonly (Tensor | null)[] | null | GradOptions,
  options: GradOptions = {},
): (Tensor | null)[] {
  const o: GradOptions = isOptions(grad_outputs) ? (grad_outputs as GradOptions) : options;
  const cotangents = (isOptions(grad_outputs) ? o.grad_outputs : grad_outputs) as
    | Tensor
    | readonly (Tensor | null)[]
    | null
    | undefined;
  const given = cotangents == null ? [] : listOf(cotangents as Tensor | readonly Tensor[]);
  if (o.is_grads_batched) return batched(listOf(outputs), inputs, given, o);
  const targets = listOf(inputs);
  if (targets.length === 0) throw new RuntimeError('`inputs` argument to `grad()` cannot be empty.');
  if (o.materialize_grads && o.allow_unused === false) {
    throw new ValueError(
      'Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False.',
    );
  }
  const starts = rootsOf(listOf(outputs), given);
  const createGraph = o.create_graph ?? false;
  const allowUnused = o.allow_unused ?? o.materialize_grads ?? false;
  const found = run(starts, {
    retainGraph: o.retain_graph ?? createGraph,
    createGraph,
    captures: targets.map(captureOf),
  });
  binary.hint();
  return found.map((g, i) => {
    if (g !== null) return g;
    if (o.materialize_grads) return (targets[i] as Tensor).detach().new_zeros([...(targets[i] as Tensor).shape]);
    if (allowUnused) return null;
    throw new RuntimeError(
      `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`,
    );
  });
}

/** grad() for each of several cotangents, whose results are stacked. */
function batched(
  outputs: readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  given: readonly (Tensor | null)[],
  options: GradOptions,
): (Tensor | null)[] {
  given.forEach((v, i) => {
    const wanted = (outputs[i] as Tensor).shape;
    if (v === null || sameShape(v.shape.slice(1), wanted)) return;
    throw new RuntimeError(
      'If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of the remaining ' +
        `dimensions are expected to match the shape of corresponding output, but a mismatch was detected: grad_output[${i}] has a shape of ` +
        `torch.Size([${v.shape.join(', ')}]) and output[${i}] has a shape of torch.Size([${wanted.join(', ')}]). If you only want some tensors in ` +
        '`grad_output` to be considered batched, consider using vmap.',
    );
  });
  const count = given.find((v) => v !== null)?.shape[0] ?? 0;
  const last = options.retain_graph ?? options.create_graph ?? false;
  const rows = Array.from({ length: count }, (_, b) => {
    const cotangents = given.map((v) => v?.select(0, b) ?? null);
    return grad(outputs, inputs, cotangents, {
      ...options,
      is_grads_batched: false,
      retain_graph: last || b < count - 1,
    });
  });
  return listOf(inputs).map((t, k) => {
    if (count === 0) return t.detach().new_zeros([0, ...t.shape]);
    const column = rows.map((row) => row[k] as Tensor | null);
    return column[0] === null ? null : stack(column as Tensor[]);
  });
}
