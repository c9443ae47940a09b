/** torch.special. */

export { digamma, digamma as psi, lgamma as gammaln, mvlgamma as multigammaln, polygamma } from './ops/gamma.js';
export { logsumexp } from './ops/reduce.js';
export { log_softmax, softmax } from './ops/softmax.js';
export { erfinv, logit, sinc, special_xlog1py as xlog1py, xlogy } from './ops/special.js';
export { erf, erfc, exp2, expm1, log1p, round, sigmoid as expit } from './ops/unary.js';
