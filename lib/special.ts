/** torch.special. */

export { digamma, digamma as psi, lgamma as gammaln, mvlgamma as multigammaln, polygamma } from './ops/gamma.js';
export {
  special_chebyshev_polynomial_t as chebyshev_polynomial_t,
  special_chebyshev_polynomial_u as chebyshev_polynomial_u,
  special_chebyshev_polynomial_v as chebyshev_polynomial_v,
  special_chebyshev_polynomial_w as chebyshev_polynomial_w,
  special_hermite_polynomial_h as hermite_polynomial_h,
  special_hermite_polynomial_he as hermite_polynomial_he,
  special_laguerre_polynomial_l as laguerre_polynomial_l,
  special_legendre_polynomial_p as legendre_polynomial_p,
  special_shifted_chebyshev_polynomial_t as shifted_chebyshev_polynomial_t,
  special_shifted_chebyshev_polynomial_u as shifted_chebyshev_polynomial_u,
  special_shifted_chebyshev_polynomial_v as shifted_chebyshev_polynomial_v,
  special_shifted_chebyshev_polynomial_w as shifted_chebyshev_polynomial_w,
} from './ops/polynomials.js';
export {
  i0,
  special_airy_ai as airy_ai,
  special_bessel_j0 as bessel_j0,
  special_bessel_j1 as bessel_j1,
  special_bessel_y0 as bessel_y0,
  special_bessel_y1 as bessel_y1,
  special_entr as entr,
  special_erfcx as erfcx,
  special_gammainc as gammainc,
  special_gammaincc as gammaincc,
  special_i0e as i0e,
  special_i1 as i1,
  special_i1e as i1e,
  special_log_ndtr as log_ndtr,
  special_modified_bessel_i0 as modified_bessel_i0,
  special_modified_bessel_i1 as modified_bessel_i1,
  special_modified_bessel_k0 as modified_bessel_k0,
  special_modified_bessel_k1 as modified_bessel_k1,
  special_ndtr as ndtr,
  special_ndtri as ndtri,
  special_scaled_modified_bessel_k0 as scaled_modified_bessel_k0,
  special_scaled_modified_bessel_k1 as scaled_modified_bessel_k1,
  special_spherical_bessel_j0 as spherical_bessel_j0,
  special_zeta as zeta,
} from './ops/rare.js';
export { logsumexp } from './ops/reduce.js';
export { log_softmax, softmax } from './ops/softmax.js';
export { erfinv, logit, sinc, special_xlog1py as xlog1py, xlogy } from './ops/special.js';
export { erf, erfc, exp2, expm1, log1p, round, sigmoid as expit } from './ops/unary.js';
