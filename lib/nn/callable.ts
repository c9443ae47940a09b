import { isOptions } from '../ops/schema.js';

/**
 * Base of objects that can be called: `new` gives a function that hands its arguments to `_call_impl`.
 * Class fields and private fields of derived classes land on that function, and `instanceof` works.
 */
export abstract class Callable {
  constructor() {
    const self = ((...args: unknown[]) =>
      self._call_impl(args.length === 1 && isOptions(args[0]) ? self._in_order(args[0]) : args)) as unknown as this;
    // A function's own `name` and `length` would hide those of the class and make assigning to them fail.
    Reflect.deleteProperty(self, 'name');
    Reflect.deleteProperty(self, 'length');
    // biome-ignore lint/correctness/noConstructorReturn: what `new` gives must be the function
    return Object.setPrototypeOf(self, new.target.prototype);
  }

  abstract _call_impl(args: unknown[]): unknown;

  /** The arguments of a call that gave all of them by name: net({ input: x }), since most have that one alone. */
  _in_order(given: Record<string, unknown>): unknown[] {
    return Object.keys(given).join() === 'input' ? [given.input] : [given];
  }
}
