/** Transposes inside products, of tensors that nobody else sees. */
import { derive, op } from './define.js';

/** The transpose of a new matrix: no view, so that the engine may keep it as a gradient instead of a copy of it. */
export const newTransposed = op('_transposed(Tensor self)', { native: 't', method: false, backward: 'TBackward0' });
derive(newTransposed, { self: (g) => newTransposed(g) });

/** weight.t() as an operand of one product. Its gradient comes from that product alone, so it is new as well. */
export const weightTransposed = op('_weight_transposed(Tensor self)', {
  native: 't',
  view: true,
  method: false,
  backward: 'TBackward0',
});
derive(weightTransposed, { self: (g) => newTransposed(g) });
