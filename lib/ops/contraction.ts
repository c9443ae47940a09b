/** Sums of products over chosen dimensions: inner, tensordot, einsum, and products of more than two matrices. */
import { RuntimeError, TypeError } from '../errors.js';
import { Tensor } from '../tensor.js';
import { compose, op } from './define.js';
import { dot, mm } from './matmul.js';
import { wrapDim } from './natives.js';
import { isOptions } from './schema.js';
import { tensorsOf } from './tensors.js';

const size = (shape: readonly number[]): number => shape.reduce((x, y) => x * y, 1);
const sizesOf = (t: Tensor): string => `[${t.shape.join(', ')}]`;

/**
 * Over the last dimensions of both: (*, m) and (+, m) give (*, +); with a number the product with it.
 * @example
 * torch.inner(torch.tensor([1, 2]), torch.tensor([3, 4])); // tensor(11.)
 */
export const inner = op('inner(Tensor self, Tensor other)');
compose(inner, (self, other) => {
  if (self.dim() === 0 || other.dim() === 0) return self.mul(other);
  if (self.dtype !== other.dtype) throw new RuntimeError('both inputs should have same dtype');
  if (self.shape[self.dim() - 1] !== other.shape[other.dim() - 1]) {
    throw new RuntimeError(
      `inner() the last dimension must match on both input tensors but got shapes ${sizesOf(self)} and ${sizesOf(other)}`,
    );
  }
  return contract(self, other, [-1], [-1]);
});

/**
 * Sums the products of `a` and `b` over `dims`: the last so many of a with the first of b, or those of the two lists.
 * @example
 * torch.tensordot(torch.ones(2, 3, 4), torch.ones(4, 3), [[1, 2], [1, 0]]).shape; // [2]
 */
export const tensordot = op('tensordot(Tensor a, Tensor b, any dims=2)', { method: false });
compose(tensordot, (a, b, given) => {
  // A last object of keywords arrives as `dims` itself, which may be anything.
  const value = isOptions(given) ? (given.dims ?? 2) : given;
  const dims = value instanceof Tensor ? value.tolist() : value;
  if (typeof dims === 'number') {
    if (dims < 0) throw new RuntimeError(`tensordot expects dims >= 0, but got dims=${dims}`);
    if (dims > Math.min(a.dim(), b.dim()))
      throw new RuntimeError(`tensordot expects dims < ndim_a or ndim_b, but got dims=${dims}`);
    const count = Array.from({ length: dims }, (_, i) => i);
    return contract(
      a,
      b,
      count.map((i) => i - dims),
      count,
    );
  }
  if (!Array.isArray(dims) || dims.length !== 2)
    throw new TypeError('tensordot expects dims to be int or two lists of dimensions');
  const [left, right] = dims.map((d) => (Array.isArray(d) ? d : [d])) as [number[], number[]];
  if (left.length !== right.length) throw new RuntimeError('both dimension lists should have same length');
  return contract(a, b, left, right);
});

function contract(first: Tensor, second: Tensor, dims1: readonly number[], dims2: readonly number[]): Tensor {
  let a = first;
  let b = second;
  const left = dims1.map((d) => wrapDim(d, a.dim()));
  const right = dims2.map((d) => wrapDim(d, b.dim()));
  let summed = 1;
  left.forEach((d, i) => {
    const e = right[i] as number;
    const n = first.shape[d] as number;
    const m = second.shape[e] as number;
    if (m === 1) a = a.sum(d, true, { dtype: a.dtype });
    else if (n === 1) b = b.sum(e, true, { dtype: b.dtype });
    else if (n !== m) {
      throw new RuntimeError(
        `contracted dimensions need to match, but first has size ${n} in dim ${dims1[i]} and second has size ${m} in dim ${dims2[i]}`,
      );
    } else summed *= n;
  });
  const keptA = a.shape.map((_, d) => d).filter((d) => !left.includes(d));
  const keptB = b.shape.map((_, d) => d).filter((d) => !right.includes(d));
  const shape = [...keptA.map((d) => a.shape[d] as number), ...keptB.map((d) => b.shape[d] as number)];
  const rows = size(keptA.map((d) => a.shape[d] as number));
  const columns = size(keptB.map((d) => b.shape[d] as number));
  if (a.dtype !== b.dtype) throw new RuntimeError('both inputs should have same dtype');
  const x = a.permute([...keptA, ...left]);
  const y = b.permute([...right, ...keptB]);
  if (shape.length === 0) return dot(x.reshape([summed]), y.reshape([summed]));
  return mm(x.reshape([rows, summed]), y.reshape([summed, columns])).reshape(shape);
}

/**
 * Sums of products by Einstein's notation: letters name dimensions, those that the output lacks are summed over.
 * Without `->` the output has the letters that occur once, in alphabetical order; `...` stands for dimensions that are
 * broadcast.
 * @example
 * torch.einsum('ij,jk->ik', torch.ones(2, 3), torch.ones(3, 4)).shape; // [2, 4]
 */
export function einsum(equation: string, ...given: (Tensor | readonly Tensor[])[]): Tensor {
  const operands = given.flat() as Tensor[];
  if (typeof equation !== 'string') throw new TypeError('einsum(): the first argument must be a string, the equation');
  if (operands.length === 0) throw new RuntimeError('einsum(): must provide at least one operand');
  const plan = parse(equation, operands);
  const aligned = operands.map((t, i) => align(t, i, plan));
  const { output, labels } = plan;
  const lastUse = labels.map((_, d) => aligned.reduce((last, t, i) => (t.shape[d] === 1 ? last : i), -1));
  let result = aligned[0] as Tensor;
  const summedHere = (i: number): number[] =>
    labels.flatMap((_, d) => (d >= output.length && (lastUse[d] as number) <= i ? [d] : []));
  const done = new Set<number>();
  for (let i = 1; i < aligned.length; i++) {
    const dims = summedHere(i).filter((d) => !done.has(d));
    result = multiplyPair(result, aligned[i] as Tensor, dims);
    for (const d of dims) done.add(d);
  }
  const left = summedHere(aligned.length).filter((d) => !done.has(d));
  if (left.length > 0) result = result.sum(left, true);
  return result.reshape(result.shape.slice(0, output.length));
}

interface Plan {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
  /** Output labels first, then those that are summed over. '.0', '.1' … are dimensions of the ellipsis. */
  readonly labels: readonly string[];
  readonly sizes: ReadonlyMap<string, number>;
}

const fail = (text: string): never => {
  throw new RuntimeError(`einsum(): ${text}`);
};

/** The labels of one term; `dims` dimensions stand for its ellipsis. */
function labelsOf(term: string, ellipsis: (rest: number) => readonly string[], where: string): string[] {
  const letters = term.replaceAll(' ', '');
  const parts = letters.split('...');
  if (parts.length > 2) fail(`found '.' ${where} for which an ellipsis was already found`);
  for (const c of parts.join('')) {
    if (c === '.') fail(`found '.' ${where} that is not part of any ellipsis`);
    if (!/[A-Za-z]/.test(c))
      fail(
        `invalid subscript given at index ${letters.indexOf(c)} in the equation string, subscripts must be in [a-zA-Z]`,
      );
  }
  const [before, after] = parts as [string, string?];
  if (after === undefined) return [...before];
  return [...before, ...ellipsis(before.length + after.length), ...after];
}

function parse(equation: string, tensors: readonly Tensor[]): Plan {
  const [inputs, target] = equation.split('->') as [string, string?];
  const terms = inputs.split(',');
  if (terms.length > tensors.length) fail('fewer operands were provided than specified in the equation');
  if (terms.length < tensors.length) fail('more operands were provided than specified in the equation');
  let depth = 0;
  // Dimensions of an ellipsis are numbered from the back, where broadcasting begins.
  const dots = (count: number) => Array.from({ length: count }, (_, i) => `.${count - 1 - i}`);
  const operands = terms.map((term, i) => {
    const n = (tensors[i] as Tensor).dim();
    const labels = labelsOf(
      term,
      (letters) => {
        const count = Math.max(n - letters, 0);
        depth = Math.max(depth, count);
        return dots(count);
      },
      `for operand ${i}`,
    );
    if (labels.length !== n) {
      fail(
        `the number of subscripts in the equation (${labels.length}) ${term.includes('...') ? 'is more than' : 'does not match'} the number of ` +
          `dimensions (${n}) for operand ${i}${term.includes('...') ? '' : ' and no ellipsis was given'}`,
      );
    }
    return labels;
  });
  const all = operands.flat();
  const unique = [...new Set(all)];
  const once = unique.filter((l) => !l.startsWith('.') && all.indexOf(l) === all.lastIndexOf(l)).sort();
  const output = target === undefined ? [...dots(depth), ...once] : labelsOf(target, () => dots(depth), 'for output');
  for (const [i, l] of output.entries()) {
    if (output.indexOf(l) !== i) fail(`output subscript ${l} appears more than once in the output`);
    if (!l.startsWith('.') && !unique.includes(l))
      fail(`output subscript ${l} does not appear in the equation for any input operand`);
  }
  const sizes = new Map<string, number>();
  operands.forEach((labels, i) =>
    labels.forEach((l, d) => {
      const n = (tensors[i] as Tensor).shape[d] as number;
      const before = sizes.get(l) ?? 1;
      if (labels.indexOf(l) !== d && (tensors[i] as Tensor).shape[labels.indexOf(l)] !== n) {
        fail(
          `subscript ${l} is repeated for operand ${i} but the sizes don't match, ${n} != ${(tensors[i] as Tensor).shape[labels.indexOf(l)]}`,
        );
      }
      if (n !== 1 && before !== 1 && n !== before) {
        fail(
          `subscript ${l} has size ${n} for operand ${i} which does not broadcast with previously seen size ${before}`,
        );
      }
      sizes.set(l, before === 1 ? n : before);
    }),
  );
  return { operands, output, labels: [...output, ...unique.filter((l) => !output.includes(l))], sizes };
}

/** `t` with one dimension per label of the plan, of size 1 where it has none; of repeated labels the diagonal. */
function align(t: Tensor, i: number, plan: Plan): Tensor {
  const labels = [...(plan.operands[i] as readonly string[])];
  let out = t;
  for (let d = 0; d < labels.length; d++) {
    const again = labels.lastIndexOf(labels[d] as string);
    if (again === d) continue;
    out = out.diagonal(0, d, again).movedim(-1, d);
    labels.splice(again, 1);
    d--;
  }
  const missing = plan.labels.filter((l) => !labels.includes(l));
  for (const l of missing) {
    out = out.unsqueeze(-1);
    labels.push(l);
  }
  return out.permute(plan.labels.map((l) => labels.indexOf(l)));
}

/** The product of two tensors of equally many dimensions, broadcast, summed over `dims`, which stay as size 1. */
function multiplyPair(first: Tensor, second: Tensor, dims: readonly number[]): Tensor {
  let a = first;
  let b = second;
  const both: number[] = [];
  const onlyA: number[] = [];
  const onlyB: number[] = [];
  const summed: number[] = [];
  for (let d = 0; d < first.dim(); d++) {
    const inA = first.shape[d] !== 1;
    const inB = second.shape[d] !== 1;
    if (dims.includes(d)) {
      if (inA && inB) summed.push(d);
      else if (inA) a = a.sum(d, true);
      else if (inB) b = b.sum(d, true);
      if (!(inA && inB)) onlyB.push(d);
    } else (inA && inB ? both : inA ? onlyA : onlyB).push(d);
  }
  const product = (t: Tensor, of: readonly number[]) => size(of.map((d) => t.shape[d] as number));
  const batch = product(a, both);
  const x = a.permute([...both, ...onlyA, ...summed, ...onlyB]).reshape([batch, product(a, onlyA), product(a, summed)]);
  const y = b.permute([...both, ...summed, ...onlyB, ...onlyA]).reshape([batch, product(b, summed), product(b, onlyB)]);
  const order = [...both, ...onlyA, ...summed, ...onlyB];
  const shape = [...both, ...onlyA]
    .map((d) => a.shape[d] as number)
    .concat(
      summed.map(() => 1),
      onlyB.map((d) => b.shape[d] as number),
    );
  return x
    .bmm(y)
    .view(shape)
    .permute(first.shape.map((_, d) => order.indexOf(d)));
}

/**
 * The product of matrices in the cheapest order; the first and the last may be vectors.
 * @example
 * torch.linalg.multi_dot([torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 5)]).shape; // [2, 5]
 */
export const multi_dot = op('linalg_multi_dot(Tensor[] tensors)', { method: false });
compose(multi_dot, (tensors) => {
  const n = tensors.length;
  if (n < 2) throw new RuntimeError(`multi_dot(): expected at least 2 tensors but got ${n}`);
  const first = tensors[0] as Tensor;
  const last = tensors[n - 1] as Tensor;
  for (const [at, t] of [
    [0, first],
    [n - 1, last],
  ] as const) {
    if (t.dim() !== 1 && t.dim() !== 2)
      throw new RuntimeError(
        `multi_dot(): ${at === 0 ? 'the first' : 'the last'} tensor must be 1D or 2D but got ${t.dim()}D`,
      );
  }
  const matrices = [...tensors];
  if (first.dim() === 1) matrices[0] = first.unsqueeze(0);
  if (last.dim() === 1) matrices[n - 1] = last.unsqueeze(-1);
  matrices.forEach((t, i) => {
    if (t.dim() !== 2) throw new RuntimeError(`multi_dot(): tensor ${i} must be 2D but got ${t.dim()}D`);
    if (t.dtype !== first.dtype)
      throw new RuntimeError(
        `multi_dot(): all tensors must have be the same dtype but tensor 0 is ${first.dtype.scalarName} and tensor ${i} ${t.dtype.scalarName}`,
      );
    const before = matrices[i - 1];
    if (before && before.shape[1] !== t.shape[0]) {
      throw new RuntimeError(
        `multi_dot(): tensors ${i - 1} and ${i} with shapes ${sizesOf(before)} and ${sizesOf(t)} cannot be multiplied`,
      );
    }
  });
  const shape = [
    ...(first.dim() === 2 ? [first.shape[0] as number] : []),
    ...(last.dim() === 2 ? [last.shape[1] as number] : []),
  ];
  return chain(matrices, bestSplits(matrices), 0, n - 1).view(shape);
});

/** Where to cut the chain from i to j, by the textbook's dynamic programme. */
function bestSplits(matrices: readonly Tensor[]): number[][] {
  const n = matrices.length;
  const edge = [(matrices[0] as Tensor).shape[0] as number, ...matrices.map((t) => t.shape[1] as number)];
  const cost = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const cut = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let length = 1; length < n; length++) {
    for (let i = 0; i + length < n; i++) {
      const j = i + length;
      (cost[i] as number[])[j] = Infinity;
      for (let k = i; k < j; k++) {
        const c =
          (cost[i]?.[k] as number) +
          (cost[k + 1]?.[j] as number) +
          (edge[i] as number) * (edge[k + 1] as number) * (edge[j + 1] as number);
        if (c < (cost[i]?.[j] as number)) {
          (cost[i] as number[])[j] = c;
          (cut[i] as number[])[j] = k;
        }
      }
    }
  }
  return cut;
}
function chain(matrices: readonly Tensor[], cut: readonly number[][], i: number, j: number): Tensor {
  if (i === j) return matrices[i] as Tensor;
  const k = cut[i]?.[j] as number;
  return mm(chain(matrices, cut, i, k), chain(matrices, cut, k + 1, j));
}

/**
 * The product of matrices, as multi_dot; one matrix is itself.
 * @example
 * torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 4), torch.ones(4, 5)).shape; // [2, 5]
 */
export function chain_matmul(...given: Tensor[]): Tensor {
  const matrices = tensorsOf('chain_matmul', given);
  for (const m of matrices)
    if (m.dim() !== 2) throw new RuntimeError(`Tensor dimension is ${m.dim()}, expected 2 instead.`);
  return matrices.length === 1 ? (matrices[0] as Tensor) : multi_dot(matrices);
}

/**
 * The sums of products along `dim`, the other dimensions broadcast.
 * @example
 * torch.linalg.vecdot(torch.tensor([[1, 2], [3, 4]]), torch.tensor([1, 1])); // tensor([3., 7.])
 */
export const vecdot = op('linalg_vecdot(Tensor x, Tensor y, *, int dim=-1)', { method: false });
compose(vecdot, (x, y, dim) => {
  if (!x.dtype.is_floating_point)
    throw new RuntimeError(
      `linalg.vecdot: Expected a floating point or complex tensor as input. Got ${x.dtype.scalarName}`,
    );
  return x.mul(y).sum(dim);
});
