/** Ops that change a tensor in the binary, with the form that works on a copy: scatter_ and scatter. */
import { derive, implement, type Op, op } from './define.js';
import type { Flags, OpSpec } from './spec.js';
import type { Tensor } from '../tensor.js';

type AnyOp = Op<string, Flags> & ((...args: unknown[]) => Tensor);
const changers = new Map<OpSpec, AnyOp>();

/**
 * Declares `name(…)` and `name_(…)`, of which the second runs the native op `flags.changes` (name_ where nothing is said). The
 * first is native where `flags.native` names an op, else a clone that was changed.
 */
export function pair<const S extends string, const F extends Flags & { changes?: string }>(schema: S, flags: F): Op<S, F & { inplace: true }> {
  const copy = op(schema, { ...flags, native: flags.native ?? '' });
  const native = flags.changes ?? `${copy.spec.name}_`;
  const change = op(schema.replace(/^\w+/, '$&_'), { ...flags, native, mutates: true }) as AnyOp;
  if (flags.native === undefined) implement(copy, ((self: Tensor, ...rest: unknown[]) => change(self.clone(), ...rest)) as never);
  changers.set(copy.spec, change);
  return copy as never;
}

/** The op that changes its first argument. */
export function changing<S extends string, F extends Flags>(copy: Op<S, F>): Op<S, F> {
  return changers.get(copy.spec) as never;
}

/** Gives both the same formulas. */
export function derivePair<S extends string, F extends Flags>(copy: Op<S, F>, formulas: Parameters<typeof derive<S, F>>[1]): void {
  derive(copy, formulas);
  derive(changing(copy), formulas);
}
