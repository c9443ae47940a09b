/** What ops on matrices refuse, and small matrices that they need. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';

/** Refuses tensors without two dimensions. */
export function checkMatrix(A: Tensor, name: string, argument = 'A'): void {
  if (A.dim() < 2) throw new RuntimeError(`${name}: The input tensor ${argument} must have at least 2 dimensions.`);
}

/** Refuses matrices that are not square. */
export function checkSquare(A: Tensor, name: string, argument = 'A'): void {
  checkMatrix(A, name, argument);
  const [m, n] = A.shape.slice(-2);
  if (m !== n)
    throw new RuntimeError(
      `${name}: ${argument} must be batches of square matrices, but they are ${m} by ${n} matrices`,
    );
}

/** Refuses integers, and the short floats that no factorization takes. */
export function checkPrecise(A: Tensor, name: string): void {
  if (!A.dtype.is_floating_point)
    throw new RuntimeError(`${name}: Expected a floating point or complex tensor as input. Got ${A.dtype.scalarName}`);
  if (A.dtype.itemsize < 4)
    throw new RuntimeError(`${name}: Low precision dtypes not supported. Got ${A.dtype.scalarName}`);
}

/** Identity matrices, as many and as large as the square matrices of `A`. */
export const eyeLike = (A: Tensor): Tensor => {
  const ones = A.detach().new_ones([...A.shape]);
  return ones.tril().triu();
};
/** The transposes of matrices. */
export const T = (A: Tensor): Tensor => A.transpose(-2, -1);
/** A copy of matrices whose columns lie one after another, as factorizations are returned. */
export const inColumns = (A: Tensor): Tensor => T(T(A).contiguous());
