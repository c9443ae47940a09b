/** PyTorch's exception classes, for `catch (e) { if (e instanceof torch.RuntimeError) … }`. */

import { userStack } from './user-stack.js';

const GlobalTypeError = globalThis.TypeError;

function named<T extends new (...args: never[]) => Error>(cls: T): T {
  Object.defineProperty(cls.prototype, 'name', { value: cls.name, writable: true, configurable: true });
  return cls;
}

/** Errors show where the user's code called, not the library's own frames. */
function shownToUser(error: Error): void {
  const frames = userStack(error.constructor as () => Error);
  if (frames) error.stack = `${error}\n${frames}`;
}

/**
 * An op was asked for something it cannot do: shapes that do not fit, memory that ran out, a graph that is gone.
 * @example
 * torch.ones(2).add(torch.ones(3));
 * // throws RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0
 */
export class RuntimeError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    shownToUser(this);
  }
}
/**
 * An argument has the right type and a value that makes no sense.
 * @example
 * new torch.nn.Dropout(2); // throws ValueError: dropout probability has to be between 0 and 1, but got 2
 */
export class ValueError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    shownToUser(this);
  }
}
/**
 * An index or a dimension is out of range.
 * @example
 * torch.ones(2).index(5); // throws IndexError: index 5 is out of bounds for dimension 0 with size 2
 */
export class IndexError extends RangeError {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    shownToUser(this);
  }
}
/**
 * An argument is of the wrong type, missing, or unknown by name.
 * @example
 * torch.ones(2).sum({ axes: 0 } as never);
 * // throws TypeError: sum() got an unexpected keyword argument 'axes'; it takes input, dim, keepdim, dtype
 */
export class TypeError extends GlobalTypeError {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    shownToUser(this);
  }
}
/**
 * There is no member of that name.
 * @example
 * new torch.AttributeError('no such name').name; // 'AttributeError'
 */
export class AttributeError extends Error {}
/**
 * A dictionary has no such key, or a name cannot be used.
 * @example
 * new torch.nn.ModuleDict().pop('head'); // throws KeyError: 'head'
 */
export class KeyError extends Error {}
/**
 * Something that must hold for the arguments does not.
 * @example
 * new torch.AssertionError('x is empty') instanceof Error; // true
 */
export class AssertionError extends Error {}
/**
 * The op exists, but not for this dtype or case.
 * @example
 * new torch.nn.Module()(torch.ones(1));
 * // throws NotImplementedError: Module [Module] is missing the required "forward" function
 */
export class NotImplementedError extends RuntimeError {}
/**
 * A matrix is singular, or not positive definite, or does not converge: torch.linalg.LinAlgError.
 * @example
 * torch.linalg.inv(torch.zeros(2, 2));
 * // throws LinAlgError: linalg.inv: The diagonal element 1 is zero, the inversion could not be completed
 */
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

/** An error of the binary (a plain Error with its class in `code`) as an error of ours. */
export function fromNative(error: unknown): unknown {
  const code = (error as { code?: string } | null)?.code;
  const cls = code === undefined ? undefined : CLASSES[code];
  if (!cls) return error;
  return new cls((error as Error).message);
}
