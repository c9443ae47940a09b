/** Arguments and results that hold tensors: lists and plain objects, nested; everything else is a leaf. */
import { isOptions, typeName } from '../ops/schema.js';
import { Tensor } from '../tensor.js';

/** Where the leaves of a value were; null is a leaf. */
export type Shape = null | readonly Shape[] | { readonly [key: string]: Shape };

/** The leaves of `value` from left to right, and where they were. */
export function flatten(value: unknown): { leaves: unknown[]; shape: Shape } {
  const leaves: unknown[] = [];
  const visit = (v: unknown): Shape => {
    if (Array.isArray(v)) return v.map(visit);
    if (isOptions(v)) return Object.fromEntries(Object.entries(v).map(([key, inner]) => [key, visit(inner)]));
    leaves.push(v);
    return null;
  };
  return { shape: visit(value), leaves };
}

/** Puts leaves back where they were. */
export function unflatten(shape: Shape, leaves: readonly unknown[]): any {
  let next = 0;
  const visit = (s: Shape): unknown => {
    if (s === null) return leaves[next++];
    if (Array.isArray(s)) return s.map(visit);
    return Object.fromEntries(Object.entries(s).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(shape);
}

/** The same value with other leaves. */
export function mapLeaves(value: unknown, fn: (leaf: unknown) => unknown): any {
  const { leaves, shape } = flatten(value);
  return unflatten(shape, leaves.map(fn));
}

const keysOf = (s: Shape): string => (s === null ? '*' : Array.isArray(s) ? `[${s.length}]` : Object.keys(s).join());

/** A value for each leaf of `shape` from one given per leaf, or per part for all leaves in it; null where they do not fit. */
export function spread(given: unknown, shape: Shape): unknown[] | null {
  if (shape === null) return Array.isArray(given) || isOptions(given) ? null : [given];
  if (!Array.isArray(given) && !isOptions(given)) return flatten(unflatten(shape, [])).leaves.map(() => given);
  if (keysOf(flattenOnce(given)) !== keysOf(shape)) return null;
  const parts = Object.entries(shape).map(([key, inner]) => spread((given as Record<string, unknown>)[key], inner));
  return parts.some((p) => p === null) ? null : parts.flatMap((p) => p as unknown[]);
}
const flattenOnce = (value: unknown): Shape =>
  Array.isArray(value) ? value.map(() => null) : Object.fromEntries(Object.keys(value as object).map((k) => [k, null]));

/** A structure as PyTorch writes it. */
export function specText(shape: Shape): string {
  if (shape === null) return '*';
  const inner = Object.values(shape).map(specText).join(',\n').replaceAll('\n', '\n  ');
  const keys = Array.isArray(shape)
    ? 'tuple, None'
    : `dict, [${Object.keys(shape)
        .map((k) => `'${k}'`)
        .join(', ')}]`;
  return `TreeSpec(${keys}, [${inner}])`;
}

/** How a leaf is named in an error. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "<class 'NoneType'>";
  return `<class '${value instanceof Tensor ? 'Tensor' : typeName(value)}'>`;
}
