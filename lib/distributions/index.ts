/** torch.distributions. */
export * as constraints from './constraints.js';
export { Exponential, Laplace, Normal, Uniform } from './continuous.js';
export { Binomial, Poisson } from './counts.js';
export { Bernoulli, Categorical } from './discrete.js';
export { Distribution } from './distribution.js';
export { Beta, Dirichlet, Gamma } from './gamma.js';
export { kl_divergence, register_kl } from './kl.js';
export { MultivariateNormal } from './multivariate-normal.js';

import './kl-cross.js';
import './kl-families.js';
