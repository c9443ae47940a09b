/** What may be assigned to `.grad`. */
import { RuntimeError, TypeError } from '../errors.js';
import { sameShape } from '../size.js';
import { Tensor } from '../tensor.js';

/** Refuses what cannot be the `.grad` of `owner`. */
export function checkGrad(owner: Tensor, value: Tensor): void {
  if (!(value instanceof Tensor))
    throw new TypeError(`assigned grad expected to be a Tensor or None but got grad of type ${typeof value}`);
  if (value === owner) throw new RuntimeError("can't assign Variable as its own grad");
  if (value.dtype !== owner.dtype) {
    throw new RuntimeError(
      `attempting to assign a gradient with dtype '${value.dtype.scalarName}' to a tensor with dtype '${owner.dtype.scalarName}'. ` +
        'Please ensure that the gradient and the tensor have the same dtype',
    );
  }
  if (!sameShape(value.shape, owner.shape)) {
    throw new RuntimeError(
      `attempting to assign a gradient of size '[${value.shape.join(', ')}]' to a tensor of size '[${owner.shape.join(', ')}]'. ` +
        'Please ensure that the gradient and the tensor are the same size',
    );
  }
}
