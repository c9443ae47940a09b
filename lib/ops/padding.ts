/** Padding of the last dimensions; `pad` counts from the last one on: left, right, top, bottom, front, back. */
import { NotImplementedError, RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { compose, derive, implement, op } from './define.js';

/**
 * `self` with `pad` many elements of `value` before and after each of its last dimensions; negative numbers cut off.
 * @example
 * torch.constant_pad_nd(torch.ones(2), [1, 0]); // tensor([0., 1., 1.])
 */
export const constant_pad_nd = op('constant_pad_nd(Tensor self, int[] pad, Scalar value=0)', { method: false });
derive(constant_pad_nd, {
  self: (g, s) =>
    constant_pad_nd(
      g,
      s.pad.map((n) => -n),
    ),
});

const REFLECT = 0;
const REPLICATE = 1;
const CIRCULAR = 2;

/** The gradient of padding that repeats elements, by the input of `shape`. @internal */
export const pad_circular_backward = op('pad_circular_backward(Tensor grad, int[] shape, int[] pad, int mode)', {
  method: false,
  native: 'pad_from_inside_backward',
});
derive(pad_circular_backward, { grad: (g, s) => repeated(g, s.pad, s.mode) });
/** The same, which PyTorch takes to depend on the input, if in no way that shows. @internal */
export const pad_from_inside_backward = op('pad_from_inside_backward(Tensor grad, Tensor self, int[] pad, int mode)', {
  method: false,
  native: '_pad_from_inside_backward',
});
implement(pad_from_inside_backward, (grad, self, sizes, mode) => pad_circular_backward(grad, self.shape, sizes, mode));
derive(pad_from_inside_backward, {
  grad: (g, s) => repeated(g, s.pad, s.mode),
  self: (g, s) => g.new_zeros([...s.shapeOf('self')]),
});

/** Padding of one kind and rank, under the name of its node. */
function repeating(kind: string, rank: number, mode: number) {
  const schema = `${kind}${rank}d(Tensor self, int[] padding, int mode=${mode})`;
  const pad = op(schema as '_pad(Tensor self, int[] padding, int mode=0)', {
    method: false,
    native: 'pad_from_inside',
  });
  if (mode === CIRCULAR) derive(pad, { self: (g, s) => pad_circular_backward(g, s.shape, s.padding, s.mode) });
  else derive(pad, { self: ['self', (g, s) => pad_from_inside_backward(g, s.self, s.padding, s.mode)] });
  return pad;
}
const OPS = [
  [1, 2, 3].map((n) => repeating('reflection_pad', n, REFLECT)),
  [1, 2, 3].map((n) => repeating('replication_pad', n, REPLICATE)),
  [1, 2, 3].map((n) => repeating('_pad_circular', n, CIRCULAR)),
];
const repeated = (x: Tensor, pad: readonly number[], mode: number): Tensor => {
  const op = OPS[mode]?.[pad.length / 2 - 1];
  if (op === undefined) throw new RuntimeError('pad: only the last 1, 2 or 3 dimensions can be padded in this mode');
  return op(x, pad);
};

function checkReflection(x: Tensor, pad: readonly number[]): void {
  for (let d = 0; d < pad.length / 2; d++) {
    const at = x.dim() - 1 - d;
    const [left, right] = [pad[2 * d] as number, pad[2 * d + 1] as number];
    if (left < x.size(at) && right < x.size(at)) continue;
    throw new RuntimeError(
      `Argument #${4 + 2 * d}: Padding size should be less than the corresponding input dimension, but got: ` +
        `padding (${left}, ${right}) at dimension ${at} of input [${x.shape.join(', ')}]`,
    );
  }
}

function checkCircular(x: Tensor, pad: readonly number[]): void {
  for (let d = 0; d < pad.length / 2; d++) {
    const size = x.size(x.dim() - 1 - d);
    const [left, right] = [pad[2 * d] as number, pad[2 * d + 1] as number];
    if (left > size || right > size) throw new RuntimeError('Padding value causes wrapping around more than once.');
    if (size + left + right < 0) throw new RuntimeError('Negative padding value is resulting in an empty dimension');
  }
}

function checkFilled(x: Tensor, pad: readonly number[], name: string): void {
  const lead = x.dim() - pad.length / 2 - 1;
  const filled = x.shape.every((n, d) => (lead > 0 && d === 0) || n > 0);
  const positive = pad.every(
    (_, i) => i % 2 || x.size(x.dim() - 1 - i / 2) + (pad[i] as number) + (pad[i + 1] as number) > 0,
  );
  if (filled && positive) return;
  throw new RuntimeError(
    `${name}${pad.length / 2}d: expected an input whose dimensions but the batch are not empty, before and after padding by ` +
      `[${pad.join(', ')}], but got: [${x.shape.join(', ')}]`,
  );
}

/**
 * `input` padded by `pad`: with `value` ('constant', all dimensions), or along up to three last dimensions with
 * elements from inside: mirrored at the border ('reflect'), the outermost ones ('replicate'), or those from the other
 * end ('circular').
 * @example
 * torch.nn.functional.pad(torch.tensor([[1, 2, 3]]), [1, 1], 'reflect'); // tensor([[2., 1., 2., 3., 2.]])
 */
export const pad = op("pad(Tensor input, int[] pad, str mode='constant', Scalar? value=None)", { method: false });
compose(pad, (input, sizes, mode, value) => {
  const dim = input.dim();
  if (sizes.length % 2) throw new RuntimeError('Padding length must be divisible by 2');
  if (sizes.length > 2 * dim)
    throw new RuntimeError(
      'Padding length should be less than or equal to two times the input dimension but got padding length ' +
        `${sizes.length} and input of dimension ${dim}`,
    );
  if (mode === 'constant') return constant_pad_nd(input, sizes, value ?? 0);
  const code = ['reflect', 'replicate', 'circular'].indexOf(mode);
  if (code < 0) throw new NotImplementedError(`Unrecognised padding mode ${mode}`);
  if (value !== null && Number(value) !== 0)
    throw new RuntimeError(`Padding mode "${mode}" doesn't take in value argument`);
  const rank = sizes.length / 2;
  if (rank < 1 || rank > 3 || (dim !== rank + 1 && dim !== rank + 2))
    throw new NotImplementedError('Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now');
  if (code === CIRCULAR) checkCircular(input, sizes);
  else {
    if (code === REFLECT) checkReflection(input, sizes);
    checkFilled(input, sizes, code === REFLECT ? 'reflection_pad' : 'replication_pad');
  }
  return repeated(input, sizes, code);
});
