/** A flat typed array as nested arrays of numbers or booleans: what tolist() gives. */
import type { TypedArray } from './dtype.js';

const safeInteger = (v: bigint): number | bigint =>
  v >= Number.MIN_SAFE_INTEGER && v <= Number.MAX_SAFE_INTEGER ? Number(v) : v;

/** Nests `flat` by `shape`; `booleans`: its elements are 0 or 1 and mean false or true. */
export function nest(flat: TypedArray, shape: readonly number[], booleans: boolean): unknown {
  const convert = booleans ? Boolean : flat instanceof BigInt64Array ? safeInteger : null;
  let at = 0;
  const build = (d: number): unknown => {
    const n = shape[d];
    if (n === undefined) {
      const v = flat[at++];
      return convert ? convert(v as never) : v;
    }
    const out = new Array(n);
    for (let i = 0; i < n; i++) out[i] = build(d + 1);
    return out;
  };
  return build(0);
}
