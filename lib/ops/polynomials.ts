/** Orthogonal polynomials in x, of degree n; 0 where n is below 0. Like in PyTorch they have no gradient. */
import { derive, op } from './define.js';

/**
 * Chebyshev's polynomial of the first kind: cos(n a) at x = cos(a).
 * @example
 * torch.special.chebyshev_polynomial_t(torch.tensor([0.5, 2]), 3); // tensor([-1., 26.])
 */
export const special_chebyshev_polynomial_t = op('special_chebyshev_polynomial_t(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'chebyshev_polynomial_t',
  method: false,
});
derive(special_chebyshev_polynomial_t, 'none');
/**
 * Chebyshev's polynomial of the second kind: sin((n + 1) a) / sin(a) at x = cos(a).
 * @example
 * torch.special.chebyshev_polynomial_u(torch.tensor([0.5, 2]), 3); // tensor([-1., 56.])
 */
export const special_chebyshev_polynomial_u = op('special_chebyshev_polynomial_u(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'chebyshev_polynomial_u',
  method: false,
});
derive(special_chebyshev_polynomial_u, 'none');
/**
 * Chebyshev's polynomial of the third kind: cos((n + 1/2) a) / cos(a / 2) at x = cos(a).
 * @example
 * torch.special.chebyshev_polynomial_v(torch.tensor([0.5, 2]), 3); // tensor([-1., 41.])
 */
export const special_chebyshev_polynomial_v = op('special_chebyshev_polynomial_v(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'chebyshev_polynomial_v',
  method: false,
});
derive(special_chebyshev_polynomial_v, 'none');
/**
 * Chebyshev's polynomial of the fourth kind: sin((n + 1/2) a) / sin(a / 2) at x = cos(a).
 * @example
 * torch.special.chebyshev_polynomial_w(torch.tensor([0.5, 2]), 3); // tensor([-1., 71.])
 */
export const special_chebyshev_polynomial_w = op('special_chebyshev_polynomial_w(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'chebyshev_polynomial_w',
  method: false,
});
derive(special_chebyshev_polynomial_w, 'none');
/**
 * chebyshev_polynomial_t at 2 x - 1.
 * @example
 * torch.special.shifted_chebyshev_polynomial_t(torch.tensor([0.5, 2]), 3); // tensor([-0., 99.])
 */
export const special_shifted_chebyshev_polynomial_t = op(
  'special_shifted_chebyshev_polynomial_t(Tensor|Scalar x, Tensor|Scalar n)',
  {
    native: 'shifted_chebyshev_polynomial_t',
    method: false,
  },
);
derive(special_shifted_chebyshev_polynomial_t, 'none');
/**
 * chebyshev_polynomial_u at 2 x - 1.
 * @example
 * torch.special.shifted_chebyshev_polynomial_u(torch.tensor([0.5, 2]), 3); // tensor([ -0., 204.])
 */
export const special_shifted_chebyshev_polynomial_u = op(
  'special_shifted_chebyshev_polynomial_u(Tensor|Scalar x, Tensor|Scalar n)',
  {
    native: 'shifted_chebyshev_polynomial_u',
    method: false,
  },
);
derive(special_shifted_chebyshev_polynomial_u, 'none');
/**
 * chebyshev_polynomial_v at 2 x - 1.
 * @example
 * torch.special.shifted_chebyshev_polynomial_v(torch.tensor([0.5, 2]), 3); // tensor([  1., 169.])
 */
export const special_shifted_chebyshev_polynomial_v = op(
  'special_shifted_chebyshev_polynomial_v(Tensor|Scalar x, Tensor|Scalar n)',
  {
    native: 'shifted_chebyshev_polynomial_v',
    method: false,
  },
);
derive(special_shifted_chebyshev_polynomial_v, 'none');
/**
 * chebyshev_polynomial_w at 2 x - 1.
 * @example
 * torch.special.shifted_chebyshev_polynomial_w(torch.tensor([0.5, 2]), 3); // tensor([ -1., 239.])
 */
export const special_shifted_chebyshev_polynomial_w = op(
  'special_shifted_chebyshev_polynomial_w(Tensor|Scalar x, Tensor|Scalar n)',
  {
    native: 'shifted_chebyshev_polynomial_w',
    method: false,
  },
);
derive(special_shifted_chebyshev_polynomial_w, 'none');
/**
 * Hermite's polynomial as physicists define it, with the leading coefficient 2^n.
 * @example
 * torch.special.hermite_polynomial_h(torch.tensor([0.5, 2]), 3); // tensor([-5., 40.])
 */
export const special_hermite_polynomial_h = op('special_hermite_polynomial_h(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'hermite_polynomial_h',
  method: false,
});
derive(special_hermite_polynomial_h, 'none');
/**
 * Hermite's polynomial as statisticians define it, with the leading coefficient 1.
 * @example
 * torch.special.hermite_polynomial_he(torch.tensor([0.5, 2]), 3); // tensor([-1.3750,  2.0000])
 */
export const special_hermite_polynomial_he = op('special_hermite_polynomial_he(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'hermite_polynomial_he',
  method: false,
});
derive(special_hermite_polynomial_he, 'none');
/**
 * Laguerre's polynomial, 1 at 0.
 * @example
 * torch.special.laguerre_polynomial_l(torch.tensor([0.5, 2]), 3); // tensor([-0.1458, -0.3333])
 */
export const special_laguerre_polynomial_l = op('special_laguerre_polynomial_l(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'laguerre_polynomial_l',
  method: false,
});
derive(special_laguerre_polynomial_l, 'none');
/**
 * Legendre's polynomial, 1 at 1.
 * @example
 * torch.special.legendre_polynomial_p(torch.tensor([0.5, 2]), 3); // tensor([-0.4375, 17.0000])
 */
export const special_legendre_polynomial_p = op('special_legendre_polynomial_p(Tensor|Scalar x, Tensor|Scalar n)', {
  native: 'legendre_polynomial_p',
  method: false,
});
derive(special_legendre_polynomial_p, 'none');
