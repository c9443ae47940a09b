/**
 * How an op is declared: its schema as PyTorch writes it, and beside it its gradient formulas or the ops it is made of.
 * Everything else follows: function, method, in-place and out forms, keyword arguments, types, checks, recording.
 */

import { exposeSaved } from '../autograd/op-node.js';
import { RuntimeError, TypeError } from '../errors.js';
import { binary, nativeNames, opCode } from '../native.js';
import { Tensor } from '../tensor.js';
import { execute, executeInto } from './execute.js';
import { executeOut, takeOut } from './out.js';
import { bind, parseSchema, type Schema, tryBind } from './schema.js';
import type { BodyArguments, FunctionOf, MethodOf, NamesOf, ResultNames, Saved } from './schema-types.js';
import { type Derivative, type Flags, type Formula, OpSpec } from './spec.js';

/** Carries an op's types; never there at run time. */
declare const METHOD: unique symbol;
declare const SCHEMA: unique symbol;
declare const INPLACE: unique symbol;
declare const FORMULAS: unique symbol;
declare const BODY: unique symbol;

/** An op as a public function, torch.f(...). */
export type Op<S extends string = string, F extends Flags = Flags> = FunctionOf<S> & {
  readonly spec: OpSpec;
  readonly [METHOD]: F['method'] extends false ? never : MethodOf<S>;
  readonly [SCHEMA]: S;
  readonly [INPLACE]: F['inplace'];
  // Looked up through the op, so that TypeScript knows the arguments of a formula before it reads it.
  readonly [FORMULAS]: Formulas<S>;
  readonly [BODY]: (...args: BodyArguments<S>) => unknown;
};
type AnyOp = { readonly spec: OpSpec; readonly [FORMULAS]: unknown; readonly [BODY]: unknown };
/** Several ops under one name, told apart by their arguments. */
export type Overloaded<Fn, Method, InPlace = undefined> = Fn & {
  readonly specs: readonly OpSpec[];
  readonly [METHOD]: Method;
  readonly [INPLACE]: InPlace;
};
/** The methods that a module of ops gives Tensor. */
export type Methods<M> = { [K in keyof M]: M[K] extends { readonly [METHOD]: infer F } ? F : never };
/** Its in-place methods: add_ of add. */
export type InPlaceMethods<M> = {
  [K in keyof M as M[K] extends { readonly [INPLACE]: true } ? `${K & string}_` : never]: M[K] extends {
    readonly [METHOD]: infer F;
  }
    ? F
    : never;
};

/** All ops by name, overloads as 'sum.dim': what tests and documentation are made from. */
export const registry = new Map<string, { readonly spec: OpSpec; readonly call: (...args: unknown[]) => unknown }>();
const used = new Set<string>();

type AnyFunction = (...args: unknown[]) => unknown;
type AnyMethod = (this: Tensor, ...args: unknown[]) => unknown;
/** An op with the arguments of a call, one per parameter. */
interface Bound {
  readonly spec: OpSpec;
  readonly values: unknown[];
}
type AnyFormula = Derivative['formula'];

const isOperand = (x: unknown): boolean => x instanceof Tensor || typeof x === 'number';

/**
 * The function and the method form of an op: any arguments at all through `general`, the two shapes of most calls at
 * once.
 */
function forms(
  schema: Schema,
  spec: OpSpec,
  general: (args: readonly unknown[]) => unknown,
): { fn: AnyFunction; method: AnyMethod } {
  const [a, b] = schema.params;
  if (schema.params.length === 1 && a?.type === 'Tensor' && !a.list) {
    return {
      fn: function (x) {
        return arguments.length === 1 && x instanceof Tensor ? execute(spec, [x]) : general([...arguments]);
      },
      method: function () {
        return arguments.length === 0 ? execute(spec, [this]) : general([this, ...arguments]);
      },
    };
  }
  if (schema.params.length === 2 && a?.type === 'Tensor|Scalar' && b?.type === 'Tensor|Scalar') {
    return {
      fn: function (x, y) {
        const plain = x instanceof Tensor ? isOperand(y) : typeof x === 'number' && y instanceof Tensor;
        return arguments.length === 2 && plain ? execute(spec, [x, y]) : general([...arguments]);
      },
      method: function (y) {
        return arguments.length === 1 && isOperand(y) ? execute(spec, [this, y]) : general([this, ...arguments]);
      },
    };
  }
  return {
    fn: (...args) => general(args),
    method: function (...args) {
      return general([this, ...args]);
    },
  };
}

function install(name: string, method: AnyMethod): void {
  Object.defineProperty(Tensor.prototype, name, { value: method, writable: true, configurable: true });
}

/** The in-place form: the first tensor takes the result. */
const inPlace = (choose: (args: readonly unknown[]) => Bound): AnyMethod =>
  function (...args) {
    const { spec, values } = choose([this, ...args]);
    return executeInto(spec, values, this);
  };

/** Runs what `choose` finds for a call, into `out` where that is given. */
const general = (choose: (args: readonly unknown[]) => Bound) => (args: readonly unknown[]) => {
  const out = takeOut(args);
  const { spec, values } = choose(args);
  return out === null ? execute(spec, values) : executeOut(spec, values, out);
};

/**
 * Declares an op. The schema is PyTorch's, with `Tensor|Scalar` for operands that may be numbers and `int...` for sizes
 * that may be given one by one. Without compose() or implement() it runs the native op of the same name.
 * @example
 * export const exp = op('exp(Tensor self)', { inplace: true });
 * derive(exp, { self: ['result', (g, s) => g.mul(s.result)] });
 */
export function op<const S extends string, const F extends Flags = Record<never, never>>(
  schema: S,
  flags: F = {} as F,
): Op<S, F> {
  const parsed = parseSchema(schema);
  const native = flags.native ?? parsed.name;
  const code = opCode(native);
  if (code !== undefined) used.add(native);
  const spec = new OpSpec(parsed, flags, code, code !== undefined && code < binary.elementwise);
  exposeSaved(spec);
  const choose = (args: readonly unknown[]) => ({ spec, values: bind(parsed, args) });
  const { fn, method } = forms(parsed, spec, general(choose));
  Object.defineProperty(fn, 'spec', { value: spec });
  Object.defineProperty(fn, 'name', { value: parsed.name });
  registry.set(parsed.overload ? `${parsed.name}.${parsed.overload}` : parsed.name, { spec, call: fn });
  if (flags.method !== false && !parsed.overload) install(parsed.name, method);
  if (flags.inplace && !parsed.overload) install(`${parsed.name}_`, inPlace(choose));
  return fn as unknown as Op<S, F>;
}

type GradOf<S extends string> = S extends `${string}) -> Tensor`
  ? Tensor
  : S extends `${string}) -> ${string}`
    ? readonly (Tensor | null)[]
    : Tensor;
type Savable<S extends string> = NamesOf<S> | ResultNames<S>;
type FormulaOf<S extends string> = (g: GradOf<S>, s: Saved<S>) => ReturnType<Formula>;
/** A formula, or a formula behind the names of the inputs and results that it reads: only those are saved. */
type Formulas<S extends string> = {
  [P in NamesOf<S>]?: FormulaOf<S> | readonly [Savable<S> | readonly Savable<S>[], FormulaOf<S>];
};

/**
 * Gives an op its gradient formulas, by input name, or says that it has none. A formula is written with public ops and
 * knows nothing of broadcasting and dtypes: the engine sums and casts what it returns. null stands for zero. What it
 * reads beside the gradient is named before it and saved: `{ self: ['other', (g, s) => g.mul(s.other)] }`.
 */
export function derive<O extends AnyOp>(target: O, formulas: O[typeof FORMULAS] | 'none'): void {
  const { spec } = target;
  if (formulas === 'none') {
    spec.notDifferentiable = true;
    return;
  }
  const gradients = gradientsOf(spec, formulas as object);
  Object.assign(spec, gradients);
  if (spec.twin) Object.assign(spec.twin, gradients);
}

/** The same for the in-place form alone: results that cannot have a gradient get one where they replace what had. */
export function deriveInPlace<O extends AnyOp>(target: O, formulas: O[typeof FORMULAS]): void {
  target.spec.inPlaceForm = Object.assign(Object.create(target.spec), gradientsOf(target.spec, formulas as object));
}

/** Records an op that PyTorch has no formula for: whoever wants its gradient gets an error. */
export function refuseGradients(target: AnyOp, name = target.spec.name): void {
  const refuse = () => {
    throw new RuntimeError(`derivative for aten::${name} is not implemented`);
  };
  const tensors = target.spec.tensorParams.map((i) => [target.spec.schema.params[i]?.name, refuse]);
  target.spec.notDifferentiable = true;
  Object.assign(target.spec, gradientsOf(target.spec, Object.fromEntries(tensors)));
}

function gradientsOf(spec: OpSpec, formulas: object) {
  const { params, output } = spec.schema;
  const results = typeof output === 'string' ? ['result'] : output;
  const index = (names: readonly string[], of: readonly string[]) =>
    names.map((n) => of.indexOf(n)).filter((i) => i >= 0);
  const derivatives = params.map((p): Derivative | null => {
    const given = (
      formulas as unknown as Record<string, AnyFormula | readonly [string | readonly string[], AnyFormula] | undefined>
    )[p.name];
    if (given === undefined) return null;
    if (typeof given === 'function') return { formula: given, params: [], results: [] };
    const names = typeof given[0] === 'string' ? [given[0]] : given[0];
    const unknown = names.filter((n) => !results.includes(n) && !params.some((q) => q.name === n));
    if (unknown.length) throw new Error(`derive(${spec.name}): no input or result is called ${unknown.join(', ')}`);
    return {
      formula: given[1],
      params: index(
        names,
        params.map((q) => q.name),
      ),
      results: index(names, results),
    };
  });
  for (const name of Object.keys(formulas)) {
    if (!params.some((p) => p.name === name)) throw new Error(`derive(${spec.name}): no input is called ${name}`);
  }
  const inputs = derivatives.flatMap((d, i) => (d ? [i] : []));
  const lists = inputs.some((i) => params[i]?.list);
  return {
    derivatives,
    inputs,
    edgeOf: lists ? null : params.map((_, i) => inputs.indexOf(i)),
    readsParams: derivatives.some((d) => d !== null && d.params.length > 0),
    readsResults: derivatives.some((d) => d !== null && d.results.length > 0),
  };
}

/** Gives an op the formulas of another one that has the same inputs. */
export function deriveLike(target: AnyOp, other: AnyOp): void {
  const { derivatives, inputs, edgeOf, readsParams, readsResults } = other.spec;
  Object.assign(target.spec, { derivatives, inputs, edgeOf, readsParams, readsResults });
}

/**
 * Makes an op of other public ops, each of which records itself; `inPlace` does it in the memory of the first argument.
 */
export function compose<O extends AnyOp>(target: O, body: O[typeof BODY], inPlace?: O[typeof BODY]): void {
  target.spec.body = body as never;
  target.spec.inPlaceBody = inPlace as never;
}

/** The in-place form of an op that is no method: the first argument takes the result. */
export function inPlaceOf<O extends AnyOp>(target: O): O[typeof BODY] {
  const { spec } = target;
  return ((...values: unknown[]) => executeInto(spec, values, values[0] as Tensor)) as O[typeof BODY];
}

/** Makes an op of other public ops, recorded as one node of its own: it needs derive() as well. */
export function implement<O extends AnyOp>(target: O, body: O[typeof BODY]): void {
  target.spec.forward = body as never;
}

// Intersections member by member: TypeScript never has to compare two of them.
type Functions<L extends readonly unknown[]> = L extends readonly [infer O, ...infer R]
  ? (O extends { readonly [SCHEMA]: infer S extends string } ? FunctionOf<S> : unknown) & Functions<R>
  : unknown;
type MethodsOf<L extends readonly unknown[]> = L extends readonly [infer O, ...infer R]
  ? (O extends { readonly [SCHEMA]: infer S extends string } ? MethodOf<S> : unknown) & MethodsOf<R>
  : unknown;

/** One public name for several ops: the first whose schema takes the arguments is called. */
export function overload<
  const O extends readonly { readonly spec: OpSpec }[],
  const F extends Flags = Record<never, never>,
>(name: string, ops: O, flags: F = {} as F): Overloaded<Functions<O>, MethodsOf<O>, F['inplace']> {
  const specs = ops.map((o) => o.spec);
  const choose = (args: readonly unknown[]): Bound => {
    for (const spec of specs) {
      const values = tryBind(spec.schema, args, true);
      if (values) return { spec, values };
    }
    if (specs.length === 2 && args.length > 1) bind((specs[1] as OpSpec).schema, args);
    bind((specs[0] as OpSpec).schema, args);
    throw new TypeError(
      `${name}(): no overload takes these arguments; there are ${specs.map((s) => s.schema.text).join(' and ')}`,
    );
  };
  const first = specs[0] as OpSpec;
  const { fn, method } = forms(first.schema, first, general(choose));
  Object.defineProperty(fn, 'specs', { value: specs });
  Object.defineProperty(fn, 'name', { value: name });
  if (flags.method !== false) install(name, method);
  if (flags.inplace) install(`${name}_`, inPlace(choose));
  return fn as never;
}

/** Marks native ops as in use that no const of lib/ops names. */
export function alsoUsed(...names: string[]): void {
  for (const name of names) used.add(name);
}

/** Compares the ops of the binary with those declared, both ways; throws where one is missing. */
export function verifyRegistry(): void {
  const problems: string[] = [];
  for (const { spec } of registry.values()) {
    if (spec.code < 0 && !spec.body && !spec.forward) problems.push(`${spec.name} is declared but not in the binary`);
    if (!spec.derivatives && !spec.notDifferentiable && !spec.body)
      problems.push(`${spec.name} says nothing of its gradient`);
  }
  for (const name of nativeNames())
    if (!used.has(name)) problems.push(`${name} is in the binary but not declared in lib/ops`);
  if (problems.length)
    throw new RuntimeError(
      'strided: library and binary are not of the same version, or the build was not finished. Where STRIDED_BINARY is set ' +
        `it names the binary of another version; else run npm run build, or install the package again:\n  ${problems.join('\n  ')}`,
    );
}
