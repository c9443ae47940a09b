/** Ops that change a tensor in the binary, with the form that works on a copy: scatter_ and scatter. */
import type { Tensor } from '../tensor.js';
import { implement, type Op, op } from './define.js';
import { runNative } from './encode.js';
import type { Flags, OpSpec } from './spec.js';

const changers = new Map<OpSpec, unknown>();

/**
 * Declares `name(…)` and `name_(…)`, of which the second runs the native op `flags.changes` (name_ where nothing is
 * said). The first is native where `flags.native` names an op, else a clone that was changed. Formulas given to the
 * first hold for both.
 */
export function pair<const S extends string, const F extends Flags & { changes?: string }>(
  schema: S,
  flags: F,
): Op<S, F & { inplace: true }> {
  const copy = op(schema, { ...flags, native: flags.native ?? '' });
  const native = flags.changes ?? `${copy.spec.name}_`;
  const change = op(schema.replace(/^\w+/, '$&_'), { ...flags, native, mutates: true });
  if (flags.native === undefined) {
    implement(copy, ((self: Tensor, ...rest: unknown[]) => changed(copy, self.clone(), ...rest)) as never);
  }
  copy.spec.twin = change.spec;
  changers.set(copy.spec, change);
  return copy as never;
}

/** The op that changes its first argument. */
export function changing<O extends { readonly spec: OpSpec }>(copy: O): O {
  return changers.get(copy.spec) as O;
}

/** Runs the changing op on a tensor that nobody has seen yet: neither its history nor its version takes part. */
export function changed(copy: { readonly spec: OpSpec }, fresh: Tensor, ...rest: unknown[]): Tensor {
  const { spec } = changing(copy);
  runNative(spec.code, spec.schema, [fresh, ...rest], false, fresh);
  return fresh;
}
