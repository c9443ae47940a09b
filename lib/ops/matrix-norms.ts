/** Norms of matrices: torch.linalg.norm and matrix_norm. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, op, overload } from './define.js';
import { checkMatrix } from './matrix-checks.js';
import { wrapDim } from './natives.js';
import { linalg_vector_norm } from './reduce.js';
import { linalg_svdvals } from './spectral.js';

type Dims = number | bigint | readonly (number | bigint)[] | null | undefined;
const listOf = (dim: Dims): number[] | null =>
  dim === null || dim === undefined ? null : ([dim].flat() as (number | bigint)[]).map(Number);

/** The two dimensions of matrices, counted from the front. */
function matrixDims(A: Tensor, dim: Dims): [number, number] {
  checkMatrix(A, 'linalg.matrix_norm');
  const dims = listOf(dim) ?? [-2, -1];
  if (dims.length !== 2) throw new RuntimeError(`linalg.matrix_norm: dim must be a 2-tuple. Got ${dims.join(' ')}`);
  const [row, column] = dims.map((d) => wrapDim(d, A.dim())) as [number, number];
  if (row === column)
    throw new RuntimeError(`linalg.matrix_norm: dims must be different. Got (${dims[0]}, ${dims[1]})`);
  return [row, column];
}

/** What `reduce` makes of the singular values of matrices in two dimensions. */
function ofSingularValues(A: Tensor, dims: [number, number], keepdim: boolean, reduce: (s: Tensor) => Tensor): Tensor {
  const others = A.shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const result = reduce(linalg_svdvals(A.permute([...others, ...dims])));
  if (!keepdim) return result;
  return [...dims].sort((a, b) => a - b).reduce((t, d) => t.unsqueeze(d), result);
}

const matrixNumber = op(
  'linalg_matrix_norm(Tensor A, float ord, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)',
  { method: false },
);
compose(matrixNumber, (A, ord, dim, keepdim, dtype) => {
  const [row, column] = matrixDims(A, dim);
  const size = Math.abs(ord);
  if (size !== 1 && size !== 2 && size !== Infinity)
    throw new RuntimeError(`linalg.matrix_norm: Order ${ord} not supported.`);
  const extreme = (t: Tensor, d: number, keep: boolean): Tensor => (ord > 0 ? t.amax(d, keep) : t.amin(d, keep));
  if (size === 2)
    return ofSingularValues(dtype ? A.to(dtype) : A, [row, column], keepdim, (s) => extreme(s, -1, false));
  const [summed, compared] = size === 1 ? [row, column] : [column, row];
  const sums = linalg_vector_norm(A, 1, [summed], keepdim, { dtype });
  return extreme(sums, !keepdim && summed < compared ? compared - 1 : compared, keepdim);
});
const matrixNamed = op(
  "linalg_matrix_norm.str(Tensor A, str ord='fro', int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)",
  { native: '' },
);
compose(matrixNamed, (A, ord, dim, keepdim, dtype) => {
  const dims = matrixDims(A, dim);
  if (ord === 'fro') return linalg_vector_norm(A, 2, dims, keepdim, { dtype });
  if (ord !== 'nuc') throw new RuntimeError(`linalg.matrix_norm: Order ${ord} not supported.`);
  return ofSingularValues(dtype ? A.to(dtype) : A, dims, keepdim, (s) => s.sum(-1));
});
/**
 * Norms of matrices in the dimensions `dim`, by default the last two: 'fro' sqrt(sum |a|^2), 'nuc' the sum of the
 * singular values, 2 and -2 the largest and smallest, 1 and -1 the largest and smallest column sum of |a|, Infinity and
 * -Infinity row sum.
 * @example
 * torch.linalg.matrix_norm(torch.tensor([[1., -2.], [3., 4.]]), 1); // tensor(6.)
 */
export const linalg_matrix_norm = overload('linalg_matrix_norm', [matrixNumber, matrixNamed], { method: false });

const normNumber = op(
  'linalg_norm(Tensor A, float? ord=None, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)',
  { method: false },
);
compose(normNumber, (A, ord, dim, keepdim, dtype) => {
  const dims = listOf(dim);
  if (dims && ord !== null && ord !== undefined && dims.length !== 1 && dims.length !== 2)
    throw new RuntimeError(`linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dims.join(', ')}]`);
  if (!dims && ord !== null && ord !== undefined && A.dim() !== 1 && A.dim() !== 2)
    throw new RuntimeError(
      `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${A.dim()}D.`,
    );
  if (ord === null || ord === undefined) return linalg_vector_norm(A, 2, dims, keepdim, { dtype });
  if ((dims?.length ?? A.dim()) === 2) return matrixNumber(A, ord, dims, keepdim, { dtype });
  return linalg_vector_norm(A, ord, dims, keepdim, { dtype });
});
const normNamed = op('linalg_norm.str(Tensor A, str ord, int[]? dim=None, bool keepdim=False, *, dtype? dtype=None)', {
  native: '',
});
compose(normNamed, (A, ord, dim, keepdim, dtype) => {
  if (!listOf(dim) && A.dim() !== 1 && A.dim() !== 2)
    throw new RuntimeError(
      `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${A.dim()}D.`,
    );
  return matrixNamed(A, ord, dim, keepdim, { dtype });
});
/**
 * The norm of vectors or matrices: along one dimension `dim`, or of a 1-d tensor, vector_norm; along two, or of a 2-d
 * tensor, matrix_norm; without `ord` the Euclidean norm of all elements.
 * @example
 * torch.linalg.norm(torch.tensor([[3., 0.], [0., 4.]]), 'nuc'); // tensor(7.)
 */
export const linalg_norm = overload('linalg_norm', [normNumber, normNamed], { method: false });
