/** Native ops for the library's own use: no keyword arguments, no checks, no history. */
import { opCode } from '../native.js';
import type { Tensor } from '../tensor.js';
import { alsoUsed } from './define.js';
import { runNative } from './encode.js';
import { parseSchema } from './schema.js';

/** The native op of that name, as a function of one value per parameter. */
export function nativeCall<T>(schema: string): (...values: unknown[]) => T {
  const parsed = parseSchema(schema);
  const code = opCode(parsed.name) as number;
  alsoUsed(parsed.name);
  return (...values) => runNative(code, parsed, values, false, null) as T;
}

/** The same for one that changes its first argument, which is returned; its version stays. */
export function nativeChange(schema: string): (self: Tensor, ...values: unknown[]) => Tensor {
  const parsed = parseSchema(schema);
  const code = opCode(parsed.name) as number;
  alsoUsed(parsed.name);
  return (self, ...values) => {
    runNative(code, parsed, [self, ...values], false, self);
    return self;
  };
}
