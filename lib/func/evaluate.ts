/** What all of torch.func shares: a call at fresh inputs, whose outputs stay in the graph. */
import { RuntimeError, ValueError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import { Tensor } from '../tensor.js';
import { flatten, kindOf, type Shape, unflatten } from './tree.js';

export type Fn = (...args: any[]) => any;
export type Argnums = number | readonly number[];

export interface Evaluated {
  /** The leaves to differentiate by, and where they are in the arguments that were named. */
  readonly inputs: Tensor[];
  readonly inputShape: Shape;
  readonly outputs: Tensor[];
  readonly outputShape: Shape;
  readonly aux: unknown;
  /** Whether what is computed stays in the graph: some argument belongs to one, such as that of an outer grad(). */
  readonly keep: boolean;
}

/** The places that `argnums` names, counted from the front. */
export function placesOf(argnums: Argnums, count: number): number[] {
  const list = Array.isArray(argnums) ? (argnums as readonly number[]) : [argnums as number];
  if (list.some((n) => !Number.isInteger(n)))
    throw new RuntimeError(
      `argnums must be int or Tuple[int, ...], got: ${kindOf(list.find((n) => !Number.isInteger(n)))}`,
    );
  if (list.length === 0) throw new RuntimeError('argnums must be non-empty');
  const places = list.map((n) => (n < 0 ? n + count : n));
  const wrong = places.find((n) => n < 0 || n >= count);
  if (wrong !== undefined) throw new RuntimeError(`Got argnum=${wrong}, but only ${count} positional inputs`);
  if (new Set(places).size < places.length)
    throw new RuntimeError(`argnums elements must be unique, got (${list.join(', ')})`);
  return places;
}

/** Leaves that share the history of what was given. */
function fresh(leaf: unknown): Tensor {
  if (!(leaf instanceof Tensor))
    throw new ValueError(`Thing passed to transform API must be Tensor, got ${kindOf(leaf)}`);
  if (leaf.requires_grad) return leaf.view([...leaf.shape]);
  if (!leaf.dtype.is_floating_point)
    throw new RuntimeError('only Tensors of floating point dtype can require gradients');
  return leaf.detach().requires_grad_();
}

/** Calls `func` with fresh inputs in `places` (null: all arguments); `api` begins the errors. */
export function evaluate(
  api: string,
  func: Fn,
  args: readonly unknown[],
  places: readonly number[] | null,
  has_aux: boolean,
): Evaluated {
  const wanted = places ?? args.map((_, i) => i);
  const { leaves, shape } = flatten(wanted.map((i) => args[i]));
  const inputs = leaves.map(fresh);
  const own = [...args];
  (unflatten(shape, inputs) as unknown[]).forEach((value, k) => {
    own[wanted[k] as number] = value;
  });
  const keep = flatten(args).leaves.some((a) => a instanceof Tensor && a.requires_grad);
  const result = func(...own);
  if (has_aux && !(Array.isArray(result) && result.length === 2))
    throw new RuntimeError(`${api}: output of function f should be a tuple: (output, aux) if has_aux is True`);
  const [output, aux] = has_aux ? result : [result];
  const out = flatten(output);
  return { inputs, inputShape: shape, outputs: out.leaves as Tensor[], outputShape: out.shape, aux, keep };
}

/** Refuses outputs that are no tensors. */
export function checkOutputs(text: string, outputs: readonly unknown[]): void {
  const other = outputs.find((o) => !(o instanceof Tensor));
  if (other === undefined && outputs.length > 0) return;
  throw new RuntimeError(`${text} to return only tensors, got unsupported type ${kindOf(other)}`);
}

export const settled = (t: Tensor, keep: boolean): Tensor => (keep ? t : t.detach());
export const settledAux = (aux: unknown, keep: boolean): unknown => {
  const { leaves, shape } = flatten(aux);
  return unflatten(
    shape,
    leaves.map((t) => (t instanceof Tensor ? settled(t, keep) : t)),
  );
};

/** Options that came as a last argument, an object with no other keys than `has_aux`. */
export function takeAux(args: unknown[]): boolean {
  const last = args.at(-1);
  if (!isOptions(last) || Object.keys(last).join() !== 'has_aux') return false;
  args.pop();
  return Boolean(last.has_aux);
}
