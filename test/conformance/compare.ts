import { type Dict, dtypeName, isIterable, isTensor, numbers, type Value } from './api.js';

/** Thrown when the package answers something else than PyTorch. */
export class Differs extends Error {}

export function need(ok: Value, why: () => string): void {
  if (!ok) throw new Differs(why());
}

/** Relative and absolute tolerance. */
export type Tolerance = readonly [number, number];

const text = (v: Value): string => (Object.is(v, -0) ? '-0' : String(v));
const list = (v: Iterable<Value>): string => `[${[...v].join(', ')}]`;

/** Mantissa bits, exponent of the smallest normal number, and from where values round to infinity. */
const HALVES: Record<string, readonly [number, number, number]> = {
  float16: [10, -14, 65520],
  bfloat16: [7, -126, (2 - 2 ** -8) * 2 ** 127],
};

/** The number of a floating dtype that is nearest to a double. */
export function roundTo(dtype: string, x: number): number {
  const half = HALVES[dtype];
  if (!half) return dtype === 'float32' ? Math.fround(x) : x;
  const [bits, lowest, overflow] = half;
  if (x === 0 || !Number.isFinite(x)) return x;
  if (Math.abs(x) >= overflow) return x * Infinity;
  const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), lowest) - bits);
  const units = x / unit;
  const down = Math.floor(units);
  const up = units - down > 0.5 || (units - down === 0.5 && down % 2 !== 0);
  return (up ? down + 1 : down) * unit;
}

function equal(want: number | string, got: number | bigint, dtype: string, [rtol, atol]: Tolerance): boolean {
  if (!dtype.includes('float')) return BigInt(want) === BigInt(got);
  const w = roundTo(dtype, Number(want));
  const g = Number(got);
  if (Number.isNaN(w)) return Number.isNaN(g);
  return w === g || (Number.isFinite(w) && Math.abs(g - w) <= atol + rtol * Math.abs(w));
}

/** Why two lists of numbers differ, or null; `want` as encoded. */
export function difference(
  want: (number | string)[],
  got: (number | bigint)[],
  dtype: string,
  tol: Tolerance = [0, 0],
): string | null {
  if (want.length !== got.length) return `${got.length} values instead of ${want.length}`;
  const wrong = want.flatMap((w, i) => (equal(w, got[i] as number, dtype, tol) ? [] : [i]));
  const first = wrong[0];
  if (first === undefined) return null;
  return `${wrong.length} of ${want.length} values differ: [${first}] is ${text(got[first])}, want ${text(want[first])}`;
}

function rowMajor(shape: number[]): number[] {
  let step = 1;
  const strides: number[] = [];
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= Math.max(shape[d] as number, 1);
  }
  return strides;
}

export function checkMeta(want: Value, got: Value, where: string): void {
  need(isTensor(got), () => `${where} is no tensor but ${text(got)}`);
  need(dtypeName(got.dtype) === want.dtype, () => `${where} has dtype ${dtypeName(got.dtype)}, want ${want.dtype}`);
  need(list(got.shape) === list(want.shape), () => `${where} has shape ${list(got.shape)}, want ${list(want.shape)}`);
}

/** Strides mean nothing for empty tensors and along dimensions of one element. */
export function checkStrides(want: Value, got: Value, where: string): void {
  if (want.shape.includes(0)) return;
  const wanted: number[] = want.stride ?? rowMajor(want.shape);
  const have: number[] = [...got.stride()];
  const same = wanted.every((s, d) => want.shape[d] <= 1 || s === have[d]);
  need(same, () => `${where} has strides ${list(have)}, want ${list(wanted)}`);
}

interface Policy {
  /** Tolerance by dtype, or one for all. */
  tols: Record<string, Tolerance> | Tolerance;
  factor?: number;
  /** Where PyTorch's own result takes another branch than float64, numbers are not compared. */
  ill?: boolean;
}

/** Compares values within one policy. */
export class Comparison {
  constructor(private readonly policy: Policy) {}

  get ill(): boolean {
    return this.policy.ill === true;
  }

  /** This policy, widened by a record's `tolx` and by `least` at least. */
  widened(tolx: number | 'ill' | undefined, least = 1): Comparison {
    const factor = Math.max(this.policy.factor ?? 1, least) * (typeof tolx === 'number' ? tolx : 1);
    return new Comparison({ ...this.policy, factor, ill: tolx === 'ill' });
  }

  tolerance(dtype: string): Tolerance {
    const { tols, factor = 1 } = this.policy;
    const [rtol, atol] = Array.isArray(tols) ? (tols as Tolerance) : ((tols as Dict)[dtype] ?? [0, 0]);
    return [rtol * factor, atol * factor];
  }

  values(want: Value, got: Value, where: string): void {
    if (this.ill || want.data === undefined) return;
    const why = difference(want.data, numbers(got), want.dtype, this.tolerance(want.dtype));
    need(why === null, () => `${where}: ${why}`);
  }

  tensor(want: Value, got: Value, where: string): void {
    checkMeta(want, got, where);
    this.values(want, got, where);
  }

  /** A number, bool, text, dtype … of Python. */
  scalar(want: Value, got: Value, where: string): void {
    const plain = typeof want === 'object' && want !== null ? want.v : want;
    const kind = want?.$;
    const wrong = () => `${where} is ${text(got)}, want ${text(plain)}`;
    if (kind === 'dtype') need(dtypeName(got) === plain, wrong);
    else if (kind === 'device' || kind === 'int') need(String(got) === plain, wrong);
    else if (kind === 'float' || typeof plain === 'number') {
      const numeric = typeof got === 'number' || typeof got === 'bigint';
      need(numeric && equal(plain, Number(got), 'float64', this.scalarTolerance()), wrong);
    } else need((got ?? null) === plain, wrong);
  }

  private scalarTolerance(): Tolerance {
    const { tols, factor = 1 } = this.policy;
    return Array.isArray(tols) ? this.tolerance('') : [1e-5 * factor, 1e-7 * factor];
  }

  /** Either of the two. */
  leaf(want: Value, got: Value, where: string): void {
    if (want?.$ === 't') this.values(want, got, where);
    else this.scalar(want, got, where);
  }
}

type Visit = (want: Value, got: Value, where: string) => void;

/** Calls `visit` for every leaf of a nested result and checks the nesting and the field names on the way. */
export function walk(want: Value, got: Value, visit: Visit, where = 'result'): void {
  const wanted: Value[] | null = Array.isArray(want) ? want : want?.$ === 'tuple' || want?.$ === 'size' ? want.v : null;
  if (!wanted) {
    visit(want, got, where);
    return;
  }
  need(isIterable(got) && !isTensor(got), () => `${where} is ${text(got)}, want a list of ${wanted.length}`);
  const items = [...got];
  need(items.length === wanted.length, () => `${where} has ${items.length} items, want ${wanted.length}`);
  for (const [i, name] of (want.names ?? []).entries()) {
    need(isTensor(got[name]) || got[name] === items[i], () => `${where} has no field ${name}`);
  }
  for (const [i, w] of wanted.entries()) walk(w, items[i], visit, `${where}[${i}]`);
}

/** `walk` for tensors only. */
export function walkTensors(want: Value, got: Value, visit: Visit): void {
  walk(want, got, (w, g, where) => {
    if (w?.$ === 't') visit(w, g, where);
  });
}
