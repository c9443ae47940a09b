/** Results that go where the caller says: torch.add(x, y, { out }), torch.max(x, 1, { out: [values, indices] }). */

import { gradEnabled, recording } from '../autograd/modes.js';
import { RuntimeError, TypeError } from '../errors.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { named, runNative } from './encode.js';
import { checkOverlap, execute, replace, write } from './execute.js';
import { checkOutDtype, writesDirectly } from './out-rules.js';
import { isOptions } from './schema.js';
import type { OpSpec } from './spec.js';

/** One tensor, or one for each of several results. */
export type Out = Tensor | readonly Tensor[];

/** Takes `out` from the keyword arguments of a call. */
export function takeOut(args: readonly unknown[]): Out | null {
  const last = args[args.length - 1];
  const out = isOptions(last) ? last.out : undefined;
  if (out === undefined || out === null) return null;
  if (out instanceof Tensor) return out;
  if (Array.isArray(out) && out.every((t) => t instanceof Tensor)) return out;
  throw new TypeError('out must be a Tensor, or an array of them where there are several results');
}

const storageOf = (t: Tensor): number => t.untyped_storage().data_ptr();
const reach = (t: Tensor): number =>
  t.stride().reduce((n, step, d) => n + step * ((t.shape[d] as number) - 1), 1) * t.dtype.itemsize;

/** Refuses a result of which several elements are one. */
function checkDistinct(out: Tensor): void {
  const shared = out.stride().some((step, d) => step === 0 && (out.shape[d] as number) > 1);
  if (!shared) return;
  throw new RuntimeError(
    'unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
      'Please clone() the tensor before performing the operation.',
  );
}

/** Refuses memory that an input and `out`, once it has the shape of the result, share. */
function checkApart(out: Tensor, input: Tensor, result: Tensor): void {
  if (result.numel() === 0) return;
  if (out !== input) {
    if (input.numel() === 0) return;
    if (storageOf(out) !== storageOf(input)) return;
    const size = sameShape(out.shape, result.shape) ? reach(out) : result.numel() * out.dtype.itemsize;
    const [a, b] = [out.data_ptr(), input.data_ptr()];
    if (a >= b + reach(input) || b >= a + size) return;
  }
  throw new RuntimeError(
    'unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory ' +
      'location. Please clone() the tensor before performing the operation.',
  );
}

/** Whether tensors among `values`, broadcast together, have just this shape. */
function broadcastTo(shape: readonly number[], values: readonly unknown[]): boolean {
  const reached = shape.map(() => 1);
  let rank = 0;
  for (const v of values) {
    if (!(v instanceof Tensor)) continue;
    const first = shape.length - v.shape.length;
    if (first < 0) return false;
    rank = Math.max(rank, v.shape.length);
    for (const [d, size] of v.shape.entries()) {
      if (size === 1) continue;
      if (size !== shape[first + d]) return false;
      reached[first + d] = size;
    }
  }
  return rank === shape.length && reached.every((size, d) => size === shape[d]);
}

function place(result: Tensor, out: Tensor, inputs: readonly Tensor[]): void {
  const fits = sameShape(result.shape, out.shape);
  if (!fits && out.numel() > 0) {
    warnOnce(
      `An output with one or more elements was resized since it had shape [${out.shape.join(', ')}], which does not ` +
        `match the required output shape [${result.shape.join(', ')}]. This behavior is deprecated, and in a future ` +
        'PyTorch release outputs will not be resized unless they have zero elements. You can explicitly reuse an out ' +
        'tensor t by resizing it, inplace, to zero elements with t.resize_(0).',
    );
  }
  if (fits) write(out, result);
  else if (result.dtype !== out.dtype) replace(out, result.to(out.dtype));
  else replace(out, inputs.some((t) => storageOf(t) === storageOf(result)) ? result.clone() : result);
  out.bump();
}

/** Runs an op, outside the graph, into the tensors of `out`, which take the shapes of the results; returns those. */
export function executeOut(spec: OpSpec, values: unknown[], out: Out): unknown {
  const outs = out instanceof Tensor ? [out] : out;
  const inputs = spec.tensorParams.flatMap((i) => values[i] as unknown).filter((t) => t instanceof Tensor);
  if (gradEnabled() && !spec.notDifferentiable && [...outs, ...inputs].some((t) => t.requires_grad)) {
    throw new RuntimeError(
      `${spec.name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad.`,
    );
  }
  // The kernel writes where it is to go, without a copy.
  if (
    out instanceof Tensor &&
    spec.elementwise &&
    broadcastTo(out.shape, values) &&
    writesDirectly(spec, values, out)
  ) {
    runNative(spec.code, spec.schema, values, true, out);
    out.bump();
    return out;
  }
  const result = recording(false, () => execute(spec, values)) as Out;
  const results = result instanceof Tensor ? [result] : result;
  if (result instanceof Tensor !== out instanceof Tensor || results.length !== outs.length) {
    const wanted = result instanceof Tensor ? 'one tensor' : `an array of ${results.length} tensors`;
    throw new TypeError(
      `${spec.name}(): out= takes ${wanted}, but got ${out instanceof Tensor ? 'one' : `an array of ${out.length}`}`,
    );
  }
  for (const [i, r] of results.entries()) {
    const to = outs[i] as Tensor;
    checkOutDtype(spec, r.dtype, to.dtype, out instanceof Tensor);
    if (spec.elementwise && inputs.includes(to) && !sameShape(to.shape, r.shape)) {
      throw new RuntimeError(
        `output with shape [${to.shape.join(', ')}] doesn't match the broadcast shape [${r.shape.join(', ')}]`,
      );
    }
    if (spec.flags.iterated && sameShape(r.shape, to.shape)) checkOverlap(to, inputs);
    if (spec.flags.apart) {
      checkDistinct(to);
      for (const t of inputs) checkApart(to, t, r);
    }
  }
  for (const [i, r] of results.entries()) place(r, outs[i] as Tensor, inputs);
  if (out instanceof Tensor) return out;
  const names = Object.keys(result).filter((key) => !/^\d+$/.test(key));
  return names.length > 0 ? named(names, outs) : [...outs];
}
