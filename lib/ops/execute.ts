/** The way of every op: run, record, link views, write into given tensors. */

import { checkInPlace, rebase } from '../autograd/in-place.js';
import { gradEnabled, recording } from '../autograd/modes.js';
import { OpNode } from '../autograd/op-node.js';
import { RuntimeError } from '../errors.js';
import { binary, opCode } from '../native.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { runNative } from './encode.js';
import { parseSchema } from './schema.js';
import type { OpSpec } from './spec.js';

/** Where the result of an op goes. */
export interface Target {
  readonly tensor: Tensor;
  readonly kind: 'in-place' | 'out';
}

/**
 * The node that will stand for this call in the graph; null where nothing is to be recorded. Made before the op runs.
 */
function prepare(spec: OpSpec, values: readonly unknown[]): OpNode | null {
  if (!gradEnabled()) return null;
  if (spec.derivatives === undefined) return null;
  for (const i of spec.inputs) {
    const v = values[i];
    if (v instanceof Tensor) {
      if (v.requires_grad) return new OpNode(spec, values);
    } else if (Array.isArray(v) && v.some((t) => t instanceof Tensor && t.requires_grad)) {
      return new OpNode(spec, values);
    }
  }
  return null;
}

function forward(spec: OpSpec, values: unknown[]): unknown {
  if (spec.forward) {
    const result = recording(false, () => (spec.forward as (...v: unknown[]) => unknown)(...values));
    for (const t of result instanceof Tensor ? [result] : (result as Tensor[]))
      if (!values.includes(t)) t.forgetOrigin();
    return result;
  }
  return runNative(spec.code, spec.schema, values, spec.elementwise, null);
}

/** Runs an op on bound arguments. */
export function execute(spec: OpSpec, values: unknown[]): unknown {
  if (spec.body) return (spec.body as (...v: unknown[]) => unknown)(...values);
  if (spec.flags.mutates) return executeInto(spec, values, { tensor: values[0] as Tensor, kind: 'in-place' });
  const node = prepare(spec, values);
  const result = forward(spec, values);
  if (spec.flags.view) linkView(result, values[0] as Tensor);
  if (node !== null) node.attach(result);
  return result;
}

function linkView(result: unknown, source: Tensor): void {
  if (result instanceof Tensor) result.becomeViewOf(source, 'plain');
  else for (const t of result as Tensor[]) t.becomeViewOf(source, 'multi');
}

const COPY = parseSchema('copy_(Tensor self, Tensor src)');
const SET_DATA = parseSchema('set_data(Tensor self, Tensor data)');

function write(to: Tensor, from: Tensor): void {
  runNative(opCode('copy_') as number, COPY, [to, from], false, to);
}

/** Runs an op whose result goes into a tensor that exists: x.add_(y), torch.add(x, y, { out }). */
export function executeInto(spec: OpSpec, values: unknown[], { tensor, kind }: Target): unknown {
  if (kind === 'out') return executeOut(spec, values, tensor);
  if (spec.inPlaceBody) return (spec.inPlaceBody as (...v: unknown[]) => unknown)(...values);
  if (spec.body) {
    const result = (spec.body as (...v: unknown[]) => Tensor)(...values);
    checkFits(spec, result, tensor);
    return tensor.copy_(result);
  }
  const node = prepare(spec, values);
  checkInPlace(tensor, node !== null);
  node?.copySelf();
  if (spec.flags.view) replace(tensor, forward(spec, values) as Tensor);
  else if (spec.flags.mutates || spec.elementwise) runNative(spec.code, spec.schema, values, spec.elementwise, tensor);
  else writeResult(spec, forward(spec, values) as Tensor, tensor);
  tensor.bump();
  if (node !== null) {
    node.dropInputs();
    rebase(tensor, node);
    node.attachInPlace(tensor);
  }
  return tensor;
}

function writeResult(spec: OpSpec, result: Tensor, to: Tensor): void {
  checkFits(spec, result, to);
  write(to, result);
}

function checkCast(result: Tensor, to: Tensor): void {
  const rank = (t: Tensor) => (t.dtype.is_floating_point ? 2 : t.dtype.name === 'bool' ? 0 : 1);
  if (result.dtype !== to.dtype && rank(result) > rank(to)) {
    throw new RuntimeError(
      `result type ${result.dtype.scalarName} can't be cast to the desired output type ${to.dtype.scalarName}`,
    );
  }
}

function checkFits(spec: OpSpec, result: Tensor, to: Tensor): void {
  checkCast(result, to);
  if (!sameShape(result.shape, to.shape)) {
    throw new RuntimeError(
      `${spec.name}_(): output with shape [${to.shape.join(', ')}] doesn't match the broadcast shape [${result.shape.join(', ')}]`,
    );
  }
}

/** Refuses memory that a result and an input share. */
function checkApart(out: Tensor, input: Tensor): void {
  if (out.numel() === 0 || input.numel() === 0) return;
  const reach = (t: Tensor): number =>
    t.stride().reduce((n, step, d) => n + step * ((t.shape[d] as number) - 1), 1) * t.dtype.itemsize;
  const [a, b] = [out.data_ptr(), input.data_ptr()];
  if (out.untyped_storage().data_ptr() !== input.untyped_storage().data_ptr()) return;
  if (a >= b + reach(input) || b >= a + reach(out)) return;
  throw new RuntimeError(
    'unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory ' +
      'location. Please clone() the tensor before performing the operation.',
  );
}

function executeOut(spec: OpSpec, values: unknown[], out: Tensor): Tensor {
  const inputs = [out, ...spec.tensorParams.flatMap((i) => values[i] as Tensor | Tensor[])];
  if (gradEnabled() && inputs.some((t) => t instanceof Tensor && t.requires_grad)) {
    throw new RuntimeError(
      `${spec.name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.`,
    );
  }
  if (spec.flags.apart) for (const t of inputs.slice(1)) if (t instanceof Tensor) checkApart(out, t);
  const result = recording(false, () => execute(spec, values)) as Tensor;
  if (!(result instanceof Tensor))
    throw new RuntimeError(`${spec.name}(): out= is not supported for ops with several results`);
  checkCast(result, out);
  if (sameShape(result.shape, out.shape)) write(out, result);
  else replace(out, result.dtype === out.dtype ? result : result.to(out.dtype));
  out.bump();
  return out;
}

/** Points `tensor` at the memory of `data`: x.data = y, and results of another shape than their out=. */
export function replace(tensor: Tensor, data: Tensor): void {
  runNative(opCode('set_data') as number, SET_DATA, [tensor, data], false, tensor);
  binary.bind(tensor.id, tensor); // its memory may be large now
  tensor.shape = data.shape;
  tensor.dtype = data.dtype;
}
