/** Checks of the tensors that functions without a schema are given. */
import { TypeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { typeName } from './schema.js';

/** `x`, the argument at `position`, which must be a tensor. */
export function tensorOf(x: unknown, name: string, argument = 'input', position = 1): Tensor {
  if (x instanceof Tensor) return x;
  throw new TypeError(`${name}(): argument '${argument}' (position ${position}) must be Tensor, not ${typeName(x)}`);
}

/** The tensors of f(a, b) and of f([a, b]). */
export function tensorsOf(name: string, args: readonly unknown[]): readonly Tensor[] {
  const list = (args.length === 1 && Array.isArray(args[0]) ? args[0] : args) as readonly unknown[];
  const at = list.findIndex((x) => !(x instanceof Tensor));
  if (at < 0) return list as readonly Tensor[];
  throw new TypeError(`${name}(): expected Tensor as element ${at} of 'tensors', but got ${typeName(list[at])}`);
}
