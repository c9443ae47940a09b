import { TypeError } from '../errors.js';
import { isOptions } from '../ops/schema.js';
import { tensorOf } from '../ops/tensors.js';

/** The arguments `P` in order, or the first few of them followed by one plain object with the rest by name. */
export type Args<P extends unknown[], O> = P | WithKeywords<Required<P>, Partial<O>>;

type WithKeywords<P extends unknown[], O> =
  | [...P, keywords: O]
  | (P extends [...infer First, unknown] ? WithKeywords<First, O> : never);

/** What a constructor or function declares with `...args: ArgsOf<typeof itsSignature>`. */
export type ArgsOf<S> = S extends Signature<infer P, infer O> ? Args<P, O> : never;

export interface Signature<P extends unknown[], O> {
  /** `name` stands in error messages for that of the declaration, where several functions share one. */
  bind(args: Args<P, O>, name?: string): O;
}

/**
 * Declares the arguments of `name` once: order, types and defaults are those of the parameters of `collect`, which
 * returns them by name in that order.
 * For example:
 *
 * const scale = signature('scale', (x: number, by: number = 2) => ({ x, by }));
 * scale.bind([3, { by: 4 }]); // { x: 3, by: 4 }
 */
export function signature<P extends unknown[], O extends object>(
  name: string,
  collect: (...args: P) => O,
): Signature<P, O> {
  // Read when they are first wanted: there are hundreds of signatures, of which a program uses a few.
  let names: string[] | null = null;
  const required = collect.length;
  return {
    bind(args, caller = name) {
      names ??= Object.keys(collect(...([] as unknown as P)));
      return collect(...(place(caller, names, required, args) as P));
    },
  };
}

/** A function that takes its arguments as `signature` describes; one named `input` is a tensor. */
export function withKeywords<P extends unknown[], O extends object, R>(
  name: string,
  collect: (...args: P) => O,
  body: (args: O) => R,
): (...args: Args<P, O>) => R {
  const declared = signature(name, collect);
  return (...args) => {
    const given = declared.bind(args);
    const { input } = given as { input?: unknown };
    if ('input' in given) tensorOf(input, name, 'input', Object.keys(given).indexOf('input') + 1);
    return body(given);
  };
}

/** Arguments in the order of `names`, undefined where the default applies. */
function place(name: string, names: string[], required: number, args: unknown[]): unknown[] {
  const last = args.at(-1);
  if (!isOptions(last) && args.length === required) return args;
  const placed = isOptions(last) ? args.slice(0, -1) : args.slice();
  const keywords = isOptions(last) ? last : {};
  if (placed.length > names.length) {
    throw new TypeError(`${name}() takes at most ${names.length} arguments but ${placed.length} were given`);
  }
  for (const [key, value] of Object.entries(keywords)) {
    const at = names.indexOf(key);
    if (at < 0) {
      throw new TypeError(`${name}() got an unexpected keyword argument '${key}'; it takes ${names.join(', ')}`);
    }
    if (placed[at] !== undefined) throw new TypeError(`${name}() got multiple values for argument '${key}'`);
    placed[at] = value;
  }
  const missing = names.slice(0, required).filter((_, at) => placed[at] === undefined);
  if (missing.length > 0) throw new TypeError(`${name}() missing required arguments: ${missing.join(', ')}`);
  return placed;
}
