import { isOptions } from './ops/schema.js';

type Any = (...args: never[]) => unknown;

/**
 * Returns `model`, a function or a module, as it is: nothing is compiled, every op runs when it is called. The options
 * are accepted so that programs written for PyTorch run, and have no effect; without a model it returns a decorator.
 * @example
 * const f = torch.compile((x: torch.Tensor) => x.sin().add(1));
 * f(torch.zeros(1)).item(); // 1
 */
export function compile<F extends Any>(model: F, options?: Record<string, unknown>): F;
export function compile(options?: Record<string, unknown>): <F extends Any>(model: F) => F;
export function compile(model?: unknown): unknown {
  return model === undefined || isOptions(model) ? (decorated: unknown) => decorated : model;
}
