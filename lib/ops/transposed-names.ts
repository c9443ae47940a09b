/** Transposes that refuse vectors. */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { transpose } from './views.js';

/** The transpose of each matrix, under one of its many names. */
export function transposed(self: Tensor, name: string): Tensor {
  const rank = self.dim();
  if (rank === 0) return self;
  if (rank === 1) {
    throw new RuntimeError(
      `tensor.${name} is only supported on matrices or batches of matrices. Got ${rank}-D tensor.`,
    );
  }
  return transpose(self, -2, -1);
}
