/** torch.signal.windows: weights of `M` samples that fall off to the sides. */
import { type DType, get_default_dtype } from '../dtype.js';
import { TypeError, ValueError } from '../errors.js';
import { empty, linspace, ones } from '../ops/create.js';
import { compose, op } from '../ops/define.js';
import { i0 } from '../ops/rare.js';
import type { Tensor } from '../tensor.js';

const WINDOW = 'bool sym=True, dtype? dtype=None, any layout=None, any device=None, bool requires_grad=False';
type Window = [sym: boolean, dtype: DType | null, layout: unknown, device: unknown, requires_grad: boolean];
const FUNCTION = { native: '', method: false } as const;

interface Samples {
  readonly sym: boolean;
  readonly dtype: DType;
  /** M numbers from `start` on, `step` apart. */
  line(start: number, step: number, end?: number): Tensor;
}

/** Checks what all windows share; those of no sample, and of one where `single` says so, need no formula. */
function windowOf(
  name: string,
  M: number,
  given: Window,
  formula: (samples: Samples) => Tensor,
  single: boolean = true,
): Tensor {
  const [sym, dtype, layout, device, requires_grad] = given;
  const chosen = dtype ?? get_default_dtype();
  if (M < 0) throw new ValueError(`${name} requires non-negative window length, got M=${M}`);
  if (layout !== null && String(layout) !== 'torch.strided')
    throw new ValueError(`${name} is implemented for strided tensors only, got: ${layout}`);
  if (chosen.name !== 'float32' && chosen.name !== 'float64')
    throw new ValueError(`${name} expects float32 or float64 dtypes, got: ${chosen}`);
  const options = { dtype: chosen, device, requires_grad };
  if (M === 0) return empty([0], options);
  if (M === 1 && single) return ones([1], options);
  const line: Samples['line'] = (start, step, end = start + (M - 1) * step) => linspace(start, end, M, options);
  return formula({ sym, dtype: chosen, line });
}

/** Steps from end to end: a periodic window ends a step before it would begin again. */
const span = (M: number, sym: boolean): number => (sym ? M - 1 : M);
const spanOfMany = (M: number, sym: boolean): number => (M > 1 ? span(M, sym) : M - 1);

/**
 * exp(-|n - center| / tau); the center of a symmetric window is its middle.
 * @example
 * torch.signal.windows.exponential(3); // tensor([0.3679, 1.0000, 0.3679])
 */
export const exponential = op(
  `signal_windows_exponential(int M, *, float? center=None, float tau=1.0, ${WINDOW})`,
  FUNCTION,
);
compose(exponential, (M, center, tau, ...given) => {
  if (tau <= 0) throw new ValueError(`Tau must be positive, got: ${tau} instead.`);
  if (given[0] && center !== null) throw new ValueError('Center must be None for symmetric windows');
  const formula = ({ sym, line }: Samples): Tensor => {
    const middle = center ?? spanOfMany(M, sym) / 2;
    return line(-middle / tau, 1 / tau)
      .abs()
      .neg()
      .exp();
  };
  return windowOf('exponential', M, given, formula, false);
});

/**
 * sin(pi (n + 1/2) / M), half a wave.
 * @example
 * torch.signal.windows.cosine(3); // tensor([0.5000, 1.0000, 0.5000])
 */
export const cosine = op(`signal_windows_cosine(int M, *, ${WINDOW})`, FUNCTION);
compose(cosine, (M, ...given) => {
  const formula = ({ sym, line }: Samples): Tensor => {
    const step = Math.PI / (!sym && M > 1 ? M + 1 : M);
    return line(step / 2, step).sin();
  };
  return windowOf('cosine', M, given, formula, false);
});

/**
 * exp(-(n - center)^2 / (2 std^2))
 * @example
 * torch.signal.windows.gaussian(3); // tensor([0.6065, 1.0000, 0.6065])
 */
export const gaussian = op(`signal_windows_gaussian(int M, *, float std=1.0, ${WINDOW})`, FUNCTION);
compose(gaussian, (M, std, ...given) => {
  if (std <= 0) throw new ValueError(`Standard deviation must be positive, got: ${std} instead.`);
  const formula = ({ sym, line }: Samples): Tensor => {
    const step = 1 / (std * Math.SQRT2);
    return line((-spanOfMany(M, sym) / 2) * step, step)
      .pow(2)
      .neg()
      .exp();
  };
  return windowOf('gaussian', M, given, formula, false);
});

/**
 * I0(beta sqrt(1 - x^2)) / I0(beta), x from -1 to 1; I0 is the modified Bessel function.
 * @example
 * torch.signal.windows.kaiser(3, { beta: 1 }); // tensor([0.7898, 1.0000, 0.7898])
 */
export const kaiser = op(`signal_windows_kaiser(int M, *, float beta=12.0, ${WINDOW})`, FUNCTION);
compose(kaiser, (M, beta, ...given) => {
  if (beta < 0) throw new ValueError(`beta must be non-negative, got: ${beta} instead.`);
  const formula = ({ sym, dtype, line }: Samples): Tensor => {
    // In the precision of the dtype, so that the square root is one of no negative number.
    const b = dtype.name === 'float32' ? Math.fround(beta) : beta;
    const step = (2 * b) / span(M, sym);
    const x = line(-b, step, Math.min(b, -b + (M - 1) * step));
    const radius = x
      .pow(2)
      .neg()
      .add(b * b)
      .clamp_min(0)
      .sqrt();
    return i0(radius).div(i0(x.detach().new_full([], b)));
  };
  return windowOf('kaiser', M, given, formula);
});

/**
 * 1 - |x|, x from -1 to 1.
 * @example
 * torch.signal.windows.bartlett(5); // tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
 */
export const bartlett = op(`signal_windows_bartlett(int M, *, ${WINDOW})`, FUNCTION);
compose(bartlett, (M, ...given) =>
  windowOf('bartlett', M, given, ({ sym, line }) =>
    line(-1, 2 / span(M, sym))
      .abs()
      .neg()
      .add(1),
  ),
);

function cosines(name: string, M: number, a: readonly number[], given: Window): Tensor {
  return windowOf(name, M, given, ({ sym, line }) => {
    if (!Array.isArray(a)) throw new TypeError('Coefficients must be a list/tuple');
    if (a.length === 0) throw new ValueError('Coefficients cannot be empty');
    const k = line(0, (2 * Math.PI) / span(M, sym));
    const terms = a.map((w, i) =>
      k
        .mul(i)
        .cos()
        .mul(i % 2 ? -w : w),
    );
    return terms.reduce((sum, term) => sum.add(term));
  });
}
/**
 * The sum of (-1)^i a[i] cos(i x), x from 0 to 2 pi.
 * @example
 * torch.signal.windows.general_cosine(3, { a: [0.5, 0.5] }); // tensor([0., 1., 0.])
 */
export const general_cosine = op(`signal_windows_general_cosine(int M, *, float[] a, ${WINDOW})`, FUNCTION);
compose(general_cosine, (M, a, ...given) => cosines('general_cosine', M, a, given));

/**
 * alpha - (1 - alpha) cos(x), x from 0 to 2 pi.
 * @example
 * torch.signal.windows.general_hamming(3); // tensor([0.0800, 1.0000, 0.0800])
 */
export const general_hamming = op(`signal_windows_general_hamming(int M, *, float alpha=0.54, ${WINDOW})`, FUNCTION);
compose(general_hamming, (M, alpha, ...given) => cosines('general_hamming', M, [alpha, 1 - alpha], given));

/**
 * general_hamming with alpha 0.54.
 * @example
 * torch.signal.windows.hamming(3); // tensor([0.0800, 1.0000, 0.0800])
 */
export const hamming = op(`signal_windows_hamming(int M, *, ${WINDOW})`, FUNCTION);
compose(hamming, (M, ...given) => cosines('hamming', M, [0.54, 0.46], given));

/**
 * general_hamming with alpha 0.5.
 * @example
 * torch.signal.windows.hann(3); // tensor([0., 1., 0.])
 */
export const hann = op(`signal_windows_hann(int M, *, ${WINDOW})`, FUNCTION);
compose(hann, (M, ...given) => cosines('hann', M, [0.5, 0.5], given));

/**
 * general_cosine with 0.42, 0.5 and 0.08.
 * @example
 * torch.signal.windows.blackman(5)[2]; // tensor(1.0000)
 */
export const blackman = op(`signal_windows_blackman(int M, *, ${WINDOW})`, FUNCTION);
compose(blackman, (M, ...given) => cosines('blackman', M, [0.42, 0.5, 0.08], given));

/**
 * general_cosine with Nuttall's four coefficients.
 * @example
 * torch.signal.windows.nuttall(5)[2]; // tensor(1.0000)
 */
export const nuttall = op(`signal_windows_nuttall(int M, *, ${WINDOW})`, FUNCTION);
compose(nuttall, (M, ...given) => cosines('nuttall', M, [0.3635819, 0.4891775, 0.1365995, 0.0106411], given));
