/** PyTorch's exception classes, for `catch (e) { if (e instanceof torch.RuntimeError) … }`. */

const GlobalTypeError = globalThis.TypeError;

function named<T extends new (...args: never[]) => Error>(cls: T): T {
  Object.defineProperty(cls.prototype, 'name', { value: cls.name, writable: true, configurable: true });
  return cls;
}

/** An op was asked for something it cannot do: shapes that do not fit, memory that ran out, a graph that is gone. */
export class RuntimeError extends Error {}
/** An argument has the right type and a value that makes no sense. */
export class ValueError extends Error {}
/** An index or a dimension is out of range. */
export class IndexError extends RangeError {}
/** An argument is of the wrong type, missing, or unknown by name. */
export class TypeError extends GlobalTypeError {}
/** There is no member of that name. */
export class AttributeError extends Error {}
/** A dictionary has no such key, or a name cannot be used. */
export class KeyError extends Error {}
/** Something that must hold for the arguments does not. */
export class AssertionError extends Error {}
/** The op exists, but not for this dtype or case. */
export class NotImplementedError extends RuntimeError {}
/** A matrix is singular, or not positive definite, or does not converge: torch.linalg.LinAlgError. */
export class LinAlgError extends RuntimeError {}

for (const cls of [
  RuntimeError,
  ValueError,
  IndexError,
  TypeError,
  AttributeError,
  KeyError,
  AssertionError,
  NotImplementedError,
  LinAlgError,
])
  named(cls);

const CLASSES: Record<string, new (message: string) => Error> = {
  RuntimeError,
  ValueError,
  IndexError,
  TypeError,
  NotImplementedError,
};

/** An error of the binary (a plain Error with its class in `code`) as an error of ours, with the stack of the call. */
export function fromNative(error: unknown): unknown {
  const code = (error as { code?: string } | null)?.code;
  const cls = code === undefined ? undefined : CLASSES[code];
  if (!cls) return error;
  const mine = new cls((error as Error).message);
  Error.captureStackTrace?.(mine, fromNative);
  return mine;
}
