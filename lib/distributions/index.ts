/** torch.distributions. */
export * as constraints from './constraints.js';
export { Exponential, Laplace, Normal, Uniform } from './continuous.js';
export { Binomial, Poisson } from './counts.js';
export { Bernoulli, Categorical } from './discrete.js';
export { Distribution } from './distribution.js';
export { Beta, Dirichlet, Gamma } from './gamma.js';
export { Cauchy, Chi2, Gumbel, HalfCauchy, Pareto, StudentT, Weibull } from './heavy-tails.js';
export { Independent, MixtureSameFamily } from './independent.js';
export { kl_divergence, register_kl } from './kl.js';
export {
  Geometric,
  Multinomial,
  NegativeBinomial,
  OneHotCategorical,
  OneHotCategoricalStraightThrough,
} from './more-counts.js';
export { MultivariateNormal } from './multivariate-normal.js';
export { RelaxedBernoulli, RelaxedOneHotCategorical } from './relaxed.js';
export { HalfNormal, LogNormal, TransformedDistribution } from './transformed.js';
export * as transforms from './transforms.js';
export {
  AbsTransform,
  AffineTransform,
  ComposeTransform,
  ExpTransform,
  PowerTransform,
  SigmoidTransform,
  SoftmaxTransform,
  SoftplusTransform,
  TanhTransform,
  Transform,
} from './transforms.js';

import './kl-composed.js';
import './kl-cross.js';
import './kl-families.js';
