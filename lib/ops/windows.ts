/** torch.hann_window and its like: `window_length` weights that fall off to the sides, periodic where nothing is said. */
import { type DType, get_default_dtype } from '../dtype.js';
import { RuntimeError } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { arange } from './create.js';
import { compose, op } from './define.js';
import { make, OPTIONS, type Options } from './factory.js';
import { full_sized } from './natives.js';
import { i0 } from './rare.js';

const FUNCTION = { native: '', method: false } as const;

/** `formula` of the samples 0 to last; a periodic window is a symmetric one of one more, without its end. */
function windowOf(
  name: string,
  length: number,
  periodic: boolean,
  options: Options,
  formula: (n: Tensor, last: number) => Tensor,
): Tensor {
  const dtype = options[0] ?? get_default_dtype();
  if (!dtype.is_floating_point)
    throw new RuntimeError(`${name} expects floating point dtypes, got: ${dtype.scalarName}`);
  if (length < 0) throw new RuntimeError(`${name} requires non-negative window_length, got window_length=${length}`);
  const last = periodic ? length : length - 1;
  const build = (chosen: DType): Tensor =>
    length <= 1 ? full_sized([length], 1, chosen) : formula(arange(length, { dtype: chosen }), last);
  return make(build, [dtype, ...options.slice(1)] as Options);
}

/** a - b cos(2 pi n / last) */
const raisedCosine = (n: Tensor, last: number, a: number, b: number): Tensor =>
  n
    .mul((2 * Math.PI) / last)
    .cos()
    .mul(-b)
    .add(a);

/**
 * 0.5 - 0.5 cos(2 pi n / N), Hann's window; N is window_length, or one less where it is not periodic.
 * @example
 * torch.hann_window(4); // tensor([0.0000, 0.5000, 1.0000, 0.5000])
 */
export const hann_window = op(`hann_window(int window_length, bool periodic=True, *, ${OPTIONS})`, FUNCTION);
compose(hann_window, (length, periodic, ...options) =>
  windowOf('hann_window', length, periodic, options, (n, last) => raisedCosine(n, last, 0.5, 0.5)),
);

/**
 * alpha - beta cos(2 pi n / N), Hamming's window.
 * @example
 * torch.hamming_window(4); // tensor([0.0800, 0.5400, 1.0000, 0.5400])
 */
export const hamming_window = op(
  `hamming_window(int window_length, bool periodic=True, float alpha=0.54, float beta=0.46, *, ${OPTIONS})`,
  FUNCTION,
);
compose(hamming_window, (length, periodic, alpha, beta, ...options) =>
  windowOf('hamming_window', length, periodic, options, (n, last) => raisedCosine(n, last, alpha, beta)),
);

/**
 * 0.42 - 0.5 cos(2 pi n / N) + 0.08 cos(4 pi n / N), Blackman's window.
 * @example
 * torch.blackman_window(4).abs(); // tensor([2.9802e-08, 3.4000e-01, 1.0000e+00, 3.4000e-01])
 */
export const blackman_window = op(`blackman_window(int window_length, bool periodic=True, *, ${OPTIONS})`, FUNCTION);
compose(blackman_window, (length, periodic, ...options) =>
  windowOf('blackman_window', length, periodic, options, (n, last) => {
    const angle = n.mul(Math.PI / last);
    return angle.mul(4).cos().mul(0.08).sub(angle.mul(2).cos().mul(0.5)).add(0.42);
  }),
);

/**
 * 1 - |2 n / N - 1|, Bartlett's triangle.
 * @example
 * torch.bartlett_window(4); // tensor([0.0000, 0.5000, 1.0000, 0.5000])
 */
export const bartlett_window = op(`bartlett_window(int window_length, bool periodic=True, *, ${OPTIONS})`, FUNCTION);
compose(bartlett_window, (length, periodic, ...options) =>
  windowOf('bartlett_window', length, periodic, options, (n, last) =>
    n
      .mul(2 / last)
      .sub(1)
      .abs()
      .neg()
      .add(1),
  ),
);

/**
 * I0(beta sqrt(1 - (2 n / N - 1)^2)) / I0(beta), Kaiser's window.
 * @example
 * torch.kaiser_window(3, false).argmax().item(); // 1
 */
export const kaiser_window = op(
  `kaiser_window(int window_length, bool periodic=True, float beta=12.0, *, ${OPTIONS})`,
  FUNCTION,
);
compose(kaiser_window, (length, periodic, beta, ...options) =>
  windowOf('kaiser_window', length, periodic, options, (n, last) => {
    const side = n.mul(2 / last).sub(1);
    const argument = side.mul(side).neg().add(1).clamp({ min: 0 }).sqrt().mul(beta);
    return i0(argument).div(i0(n.new_full([], beta)));
  }),
);
