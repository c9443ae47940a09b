/** torch.distributions. */
export * as constraints from './constraints.js';
export { Exponential, Laplace, Normal, Uniform } from './continuous.js';
export { Bernoulli, Categorical } from './discrete.js';
export { Distribution } from './distribution.js';
export { kl_divergence, register_kl } from './kl.js';
