/** Tensor.new_tensor, which creates like torch.tensor. */
import { compose, op } from './define.js';
import { make, OPTIONS } from './factory.js';
import { copyOf } from './from-values.js';

/**
 * A tensor with a copy of `data`, of this tensor's dtype where none is given.
 * @example
 * torch.ones(1).double().new_tensor([1, 2]).dtype; // torch.float64
 */
export const new_tensor = op(`new_tensor(Tensor self, any data, *, ${OPTIONS})`);
compose(new_tensor, (self, data, ...options) => make((dtype) => copyOf(data, dtype), options, self.dtype));
