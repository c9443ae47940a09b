import { absent, numbers, type Value } from './api.js';
import { type Comparison, checkMeta, need } from './compare.js';

const product = (xs: number[]): number => xs.reduce((a, b) => a * b, 1);

/** The row-major numbers of an encoded tensor to build. */
function logical(v: Value): number[] {
  const n = product(v.shape);
  if (!v.stride) return v.storage.map(Number);
  return Array.from({ length: n }, (_, flat) => {
    let rest = flat;
    let at = v.offset ?? 0;
    for (let d = v.shape.length - 1; d >= 0; d--) {
      at += (rest % v.shape[d]) * v.stride[d];
      rest = Math.floor(rest / v.shape[d]);
    }
    return Number(v.storage[at]);
  });
}

/** `topk` and `kthvalue` take k before the dimension. */
function dimOf(r: Value, path: string): number {
  const place = path === 'topk' || path === 'kthvalue' ? 2 : 1;
  const given = r.kwargs.dim ?? r.args[place] ?? -1;
  return typeof given === 'number' ? given : -1;
}

/** Values and the indices they come from, where equal elements may be taken in any order. */
function checkTies(r: Value, path: string, outs: Value[], cmp: Comparison): void {
  const [wantValues, wantIndices] = r.out.v;
  cmp.tensor(wantValues, outs[0], 'values');
  checkMeta(wantIndices, outs[1], 'indices');
  const shape: number[] = r.args[0].shape;
  const dim = (dimOf(r, path) + shape.length) % Math.max(shape.length, 1);
  const input = logical(r.args[0]);
  const length = shape[dim] ?? 1;
  const inner = product(shape.slice(dim + 1));
  const indices = numbers(outs[1]).map(Number);
  const values = logical({ shape: wantValues.shape, storage: wantValues.data });
  const perSlice = product(shape) === 0 ? 1 : (indices.length * length) / product(shape);
  for (const [i, index] of indices.entries()) {
    const outer = Math.floor(i / (perSlice * inner));
    const source = input[(outer * length + index) * inner + (i % inner)];
    need(
      Object.is(source, values[i]) || source === values[i],
      () => `index ${i} points at ${source}, want ${values[i]}`,
    );
  }
}

/** The slices of row-major numbers along `dim`, each as text; single numbers where there is no `dim`. */
function slicesOf(values: readonly Value[], shape: readonly number[], dim: number | null): string[] {
  if (dim === null) return values.map(String);
  const d = (dim + shape.length) % shape.length;
  const slices: Value[][] = Array.from({ length: shape[d] as number }, () => []);
  const inner = product(shape.slice(d + 1));
  for (const [at, value] of values.entries()) slices[Math.floor(at / inner) % (shape[d] as number)]?.push(value);
  return slices.map(String);
}

/** Distinct slices in any order; inverse indices and counts, where given, must belong to ours. */
function checkOrder(r: Value, outs: Value[]): void {
  const wants: Value[] = r.out.$ === 't' ? [r.out] : r.out.v;
  for (const [i, want] of wants.entries()) checkMeta(want, outs[i], `result ${i}`);
  const dim = (r.kwargs.dim ?? null) as number | null;
  const shape: number[] = wants[0].shape;
  const wanted = slicesOf(wants[0].data.map(Number), shape, dim);
  const got = slicesOf(numbers(outs[0]).map(Number), shape, dim);
  const place = wanted.map((slice) => got.indexOf(slice));
  need(!place.includes(-1), () => `${wanted[place.indexOf(-1)]} is missing among ${got}`);
  need(new Set(place).size === got.length, () => `${got} repeats itself`);
  for (const [i, want] of wants.slice(1).entries()) {
    const given = numbers(outs[i + 1]).map(Number);
    const isInverse = i === 0 && r.kwargs.return_inverse;
    for (const [j, w] of want.data.map(Number).entries()) {
      const right = isInverse ? given[j] === place[w] : given[place[j] as number] === w;
      need(right, () => `${isInverse ? 'inverse' : 'count'} ${j} is ${given[j]}`);
    }
  }
}

const T = (m: Value): Value => m.transpose(-2, -1);
/** What the factors of a matrix multiply to, by the names of the results; null where they do not tell. */
function multiplied(names: readonly string[], factors: Value[]): Value | null {
  const [a, b, c] = factors;
  if (names[0] === 'eigenvalues') return b.mul(a.unsqueeze(-2)).matmul(T(b));
  if (names[0] === 'Q') return a.numel() === 0 && b.numel() > 0 ? null : a.matmul(b);
  const k = b.shape.at(-1);
  const right = names[2] === 'V' ? T(c) : c;
  return a
    .narrow(-1, 0, k)
    .mul(b.unsqueeze(-2))
    .matmul(right.narrow(-2, 0, k));
}

/** Eigenvalues and singular values; vectors by what they multiply to. */
function checkVectors(r: Value, outs: Value[], cmp: Comparison): void {
  const wants: Value[] = r.out.v;
  for (const [i, want] of wants.entries()) checkMeta(want, outs[i], `result ${i}`);
  for (const [i, name] of (r.out.names as string[]).entries())
    if (name === 'eigenvalues' || name === 'S') cmp.tensor(wants[i], outs[i], name);
  const given = wants.map((want) =>
    outs[0].new_tensor(want.data.map(Number), { dtype: outs[0].dtype }).reshape([...want.shape]),
  );
  const want = multiplied(r.out.names, given);
  const got = multiplied(r.out.names, outs);
  if (want && got)
    cmp.tensor({ ...wants[0], stride: undefined, shape: [...want.shape], data: numbers(want) }, got, 'the product');
  else for (const [i, w] of wants.entries()) cmp.tensor(w, outs[i], `result ${i}`);
}

/** Results that have more than one right answer; packed ones are to be LAPACK's. */
export function checkNonunique(r: Value, path: string, out: Value, cmp: Comparison): void {
  if (r.nonunique === 'meta' || cmp.ill) return;
  if (r.nonunique === 'ties') checkTies(r, path, [...out], cmp);
  else if (r.nonunique === 'order') checkOrder(r, r.out.$ === 't' ? [out] : [...out]);
  else if (r.nonunique === 'vectors') checkVectors(r, [...out], cmp);
  else if (r.nonunique === 'lapack')
    r.out.v.forEach((want: Value, i: number) => cmp.tensor(want, out[i], `result ${i}`));
  else absent(`a comparison of results that are not unique (${r.nonunique})`);
}
