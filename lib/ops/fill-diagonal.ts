/** x.fill_diagonal_(). */
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, op } from './define.js';

/** The elements with the same index in all dimensions. */
function mainDiagonal(x: Tensor): Tensor {
  const step = x.stride().reduce((sum, s) => sum + s, 0);
  return x.as_strided([Math.min(...x.shape)], [step], x.storage_offset());
}

/**
 * Writes a number to the main diagonal, in place; of a tall matrix again below it, a row apart, where `wrap` says so.
 * Throws RuntimeError for vectors, and where more than two dimensions differ in size.
 * @example
 * torch.zeros(2, 2).fill_diagonal_(5); // tensor([[5., 0.], [0., 5.]])
 */
export const fill_diagonal_ = op('fill_diagonal_(Tensor self, Scalar fill_value, bool wrap=False)');
compose(fill_diagonal_, (self, value, wrap) => {
  if (self.dim() < 2) throw new RuntimeError('dimensions must larger than 1');
  const [rows, columns] = self.shape as readonly number[] as [number, number];
  if (self.dim() > 2 && self.shape.some((size) => size !== rows))
    throw new RuntimeError('all dimensions of input must be of equal length');
  const step = wrap && self.dim() === 2 && rows > columns ? columns + 1 : Math.max(rows, 1);
  for (let first = 0; first < rows; first += step) {
    mainDiagonal(first === 0 ? self : self.narrow(0, first, rows - first)).fill_(value);
  }
  return self;
});
