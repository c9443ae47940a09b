/** Divergences between two distributions of one family. */
import { NotImplementedError, ValueError } from '../errors.js';
import { solve_triangular } from '../linalg.js';
import { broadcast_shapes } from '../ops/index.js';
import { Binomial, Poisson } from './counts.js';
import { Beta, Dirichlet, Gamma } from './gamma.js';
import { register_kl } from './kl.js';
import { halfLogDeterminant, MultivariateNormal, mahalanobis } from './multivariate-normal.js';

register_kl(
  Gamma,
  Gamma,
)((p, q) => {
  const rates = q.concentration.mul(p.rate.div(q.rate).log());
  const normalization = q.concentration.lgamma().sub(p.concentration.lgamma());
  const shapes = p.concentration.sub(q.concentration).mul(p.concentration.digamma());
  const means = q.rate.sub(p.rate).mul(p.concentration.div(p.rate));
  return rates.add(normalization).add(shapes).add(means);
});

register_kl(
  Beta,
  Beta,
)((p, q) => {
  const [total, other] = [p.concentration1.add(p.concentration0), q.concentration1.add(q.concentration0)];
  const first = q.concentration1.lgamma().add(q.concentration0.lgamma()).add(total.lgamma());
  const second = p.concentration1.lgamma().add(p.concentration0.lgamma()).add(other.lgamma());
  return first
    .sub(second)
    .add(p.concentration1.sub(q.concentration1).mul(p.concentration1.digamma()))
    .add(p.concentration0.sub(q.concentration0).mul(p.concentration0.digamma()))
    .add(other.sub(total).mul(total.digamma()));
});

register_kl(
  Dirichlet,
  Dirichlet,
)((p, q) => {
  const [total, other] = [p.concentration.sum(-1), q.concentration.sum(-1)];
  const parts = p.concentration.lgamma().sub(q.concentration.lgamma()).sum(-1);
  const logs = p.concentration.digamma().sub(total.digamma().unsqueeze(-1));
  return total.lgamma().sub(other.lgamma()).sub(parts).add(p.concentration.sub(q.concentration).mul(logs).sum(-1));
});

register_kl(Poisson, Poisson)((p, q) => p.rate.mul(p.rate.log().sub(q.rate.log())).sub(p.rate.sub(q.rate)));

register_kl(
  Binomial,
  Binomial,
)((p, q) => {
  if (p.total_count.lt(q.total_count).any().item()) {
    throw new NotImplementedError('KL between Binomials where q.total_count > p.total_count is not implemented');
  }
  const misses = p.probs.neg().log1p().sub(q.probs.neg().log1p());
  const each = p.probs.mul(p.logits.sub(q.logits)).add(misses);
  return p.total_count.mul(each).masked_fill(p.total_count.gt(q.total_count), Number.POSITIVE_INFINITY);
});

register_kl(
  MultivariateNormal,
  MultivariateNormal,
)((p, q) => {
  const n = p.event_shape[0] as number;
  if (n !== q.event_shape[0]) {
    throw new ValueError(
      'KL-divergence between two Multivariate Normals with different event shapes cannot be computed',
    );
  }
  const [own, other] = [p._unbroadcasted_scale_tril, q._unbroadcasted_scale_tril];
  const shape = [...broadcast_shapes(own.shape.slice(0, -2), other.shape.slice(0, -2)), n, n];
  const ratio = solve_triangular(other.expand(shape), own.expand(shape), { upper: false }).pow(2).sum([-2, -1]);
  const distance = mahalanobis(other, q.loc.sub(p.loc));
  return halfLogDeterminant(other).sub(halfLogDeterminant(own)).add(ratio.add(distance).sub(n).mul(0.5));
});
