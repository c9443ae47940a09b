/** What all losses share: their reductions, and PyTorch's warnings about shapes. */
import { ValueError } from '../errors.js';
import { broadcastShapes, sameShape } from '../size.js';
import type { Tensor } from '../tensor.js';
import { warnOnce } from '../warn.js';
import { derive, op } from './define.js';

/** Codes of 'none', 'mean' and 'sum'. */
export const NONE = 0;
export const MEAN = 1;
export const SUM = 2;

/** '[2, 3]' */
export const bracketed = (t: Tensor): string => `[${t.shape.join(', ')}]`;
export const torchSize = (t: Tensor): string => `torch.Size(${bracketed(t)})`;

/** The number of a reduction; PyTorch's older flags, where given, win over its name. */
export function reductionCode(
  name: string,
  size_average: boolean | null = null,
  reduce: boolean | null = null,
): number {
  if (size_average !== null || reduce !== null) return reduce === false ? NONE : size_average === false ? SUM : MEAN;
  const code = ['none', 'mean', 'sum'].indexOf(name);
  if (code < 0) throw new ValueError(`${name} is not a valid value for reduction`);
  return code;
}

/** `loss`, element by element, reduced. */
export function reduced(loss: Tensor, reduction: number): Tensor {
  return reduction === NONE ? loss : reduction === MEAN ? loss.mean() : loss.sum();
}

/** What each element's loss is multiplied by, from the gradient of the reduced one. */
export function share(g: Tensor, reduction: number, input: Tensor): Tensor {
  return reduction === MEAN ? g.div(input.numel()) : g;
}

/** Both broadcast together, with PyTorch's warning where their shapes differ. */
export function together(input: Tensor, target: Tensor): [Tensor, Tensor] {
  if (sameShape(input.shape, target.shape)) return [input, target];
  warnOnce(
    `Using a target size (${torchSize(target)}) that is different to the input size (${torchSize(input)}). This will likely lead to ` +
      'incorrect results due to broadcasting. Please ensure they have the same size.',
  );
  const shape = broadcastShapes(input.shape, target.shape);
  const fit = (t: Tensor) => (sameShape(t.shape, shape) ? t : t.expand(shape));
  return [fit(input), fit(target)];
}

/** The parameters that PyTorch's losses have besides their own; the first two are older than the third. */
export const LEGACY = "bool? size_average=None, bool? reduce=None, str reduction='mean'";

// With a number of C++; PyTorch tells these nodes from those of tensors.
export const addNumber = op('_add_number(Tensor self, Scalar other)', {
  native: 'add',
  method: false,
  backward: 'AddBackward1',
});
derive(addNumber, { self: (g) => g });
export const mulNumber = op('_mul_number(Tensor self, Scalar other)', {
  native: 'mul',
  method: false,
  backward: 'MulBackward1',
});
derive(mulNumber, { self: (g, s) => g.mul(s.other) });
export const divNumber = op('_div_number(Tensor self, Scalar other)', {
  native: 'div',
  method: false,
  backward: 'DivBackward1',
});
derive(divNumber, { self: (g, s) => g.div(s.other) });
