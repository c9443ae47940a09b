/** The way of every op: run, record, link views, write into given tensors. */

import { checkInPlace, rebase } from '../autograd/in-place.js';
import { activeAutocast, gradEnabled, recording } from '../autograd/modes.js';
import { OpNode } from '../autograd/op-node.js';
import type { DType } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import { binary, opCode } from '../native.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { underAutocast } from './autocast.js';
import { runNative } from './encode.js';
import { parseSchema } from './schema.js';
import type { OpSpec } from './spec.js';

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
  const region = activeAutocast();
  return region === null ? run(spec, values) : underAutocast(region, spec, values, run);
}

function run(spec: OpSpec, values: unknown[]): unknown {
  if (spec.body) return (spec.body as (...v: unknown[]) => unknown)(...values);
  if (spec.flags.mutates) return executeInto(spec, values, values[0] as Tensor);
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

const CHECK_OVERLAP = parseSchema('check_overlap(Tensor written, Tensor read) -> bool');

/** Refuses inputs among `values` that lie askew on what is written to, with PyTorch's text. */
export function checkOverlap(written: Tensor, values: readonly unknown[]): void {
  for (const v of values) {
    if (!(v instanceof Tensor) || v === written) continue;
    runNative(opCode('check_overlap') as number, CHECK_OVERLAP, [written, v], false, null);
  }
}

export function write(to: Tensor, from: Tensor): void {
  runNative(opCode('copy_') as number, COPY, [to, from], false, to);
}

/** Runs an op in place, as part of the graph: the result goes into `tensor`, x.add_(y). */
export function executeInto(spec: OpSpec, values: unknown[], tensor: Tensor): unknown {
  if (spec.inPlaceBody) return (spec.inPlaceBody as (...v: unknown[]) => unknown)(...values);
  if (spec.body) {
    const result = (spec.body as (...v: unknown[]) => Tensor)(...values);
    checkFits(spec, result, tensor);
    return tensor.copy_(result);
  }
  const records = !spec.flags.intoFloats || tensor.dtype.is_floating_point;
  const node = records ? prepare(spec.inPlaceForm, values) : null;
  checkInPlace(tensor, node !== null);
  node?.copySelf();
  if (spec.flags.view) replace(tensor, forward(spec, values) as Tensor);
  else if (spec.flags.mutates || spec.elementwise) runNative(spec.code, spec.schema, values, spec.elementwise, tensor);
  else {
    if (spec.flags.iterated) checkOverlap(tensor, values);
    writeResult(spec, forward(spec, values) as Tensor, tensor);
  }
  tensor.bump();
  if (node !== null) {
    node.dropInputs();
    // A change of shape is the view's alone.
    if (spec.flags.view) tensor.setHistory(node, 0);
    else rebase(tensor, node);
    node.attachInPlace(tensor);
  }
  return tensor;
}

function writeResult(spec: OpSpec, result: Tensor, to: Tensor): void {
  checkFits(spec, result, to);
  write(to, result);
}

/** Whether the values of one dtype make sense in the other: not floats as integers, nor numbers as bool. */
export function canCast(from: DType, to: DType): boolean {
  const rank = (dtype: DType) => (dtype.is_floating_point ? 2 : dtype.name === 'bool' ? 0 : 1);
  return rank(from) <= rank(to);
}

function checkCast(result: Tensor, to: Tensor): void {
  if (canCast(result.dtype, to.dtype)) return;
  throw new RuntimeError(
    `result type ${result.dtype.scalarName} can't be cast to the desired output type ${to.dtype.scalarName}`,
  );
}

function checkFits(spec: OpSpec, result: Tensor, to: Tensor): void {
  checkCast(result, to);
  if (!sameShape(result.shape, to.shape)) {
    throw new RuntimeError(
      `${spec.name}_(): output with shape [${to.shape.join(', ')}] doesn't match the broadcast shape [${result.shape.join(', ')}]`,
    );
  }
}

/** Points `tensor` at the memory of `data`: x.data = y, and results of another shape than their out=. */
export function replace(tensor: Tensor, data: Tensor): void {
  runNative(opCode('set_data') as number, SET_DATA, [tensor, data], false, tensor);
  binary.bind(tensor.id, tensor); // its memory may be large now
  if (!sameShape(tensor.shape, data.shape)) tensor.accumulator?.noteReshaped();
  tensor.shape = data.shape;
  tensor.dtype = data.dtype;
}
