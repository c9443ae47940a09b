/** Divergences of distributions with heavy tails, over classes, or made of others. */
import { NotImplementedError } from '../errors.js';
import { Cauchy, Gumbel, Pareto } from './heavy-tails.js';
import { Independent } from './independent.js';
import { kl_divergence, register_kl } from './kl.js';
import { Geometric, OneHotCategorical } from './more-counts.js';
import { sumRightmost } from './sums.js';
import { HalfNormal, TransformedDistribution } from './transformed.js';
import type { Transform } from './transforms.js';

const EULER = 0.57721566490153286;

const isSame = (a: Transform, b: Transform | undefined): boolean =>
  a.constructor === b?.constructor && Object.keys(a).every((key) => Reflect.get(a, key) === Reflect.get(b, key));

register_kl(
  TransformedDistribution,
  TransformedDistribution,
)((p, q) => {
  const same = p.transforms.length === q.transforms.length && p.transforms.every((t, i) => isSame(t, q.transforms[i]));
  if (!same || p.event_shape.join() !== q.event_shape.join()) {
    throw new NotImplementedError('No KL(p || q) is implemented for transformed distributions of other transforms');
  }
  return kl_divergence(p.base_dist, q.base_dist);
});

register_kl(HalfNormal, HalfNormal)((p, q) => kl_divergence(p.base_dist, q.base_dist));

register_kl(
  Independent,
  Independent,
)((p, q) => {
  if (p.reinterpreted_batch_ndims !== q.reinterpreted_batch_ndims) {
    throw new NotImplementedError('No KL(p || q) is implemented for events of other dimensions');
  }
  return sumRightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims);
});

register_kl(OneHotCategorical, OneHotCategorical)((p, q) => kl_divergence(p._categorical, q._categorical));

register_kl(Geometric, Geometric)((p, q) => p.entropy().neg().sub(q.probs.neg().log1p().div(p.probs)).sub(q.logits));

register_kl(
  Cauchy,
  Cauchy,
)((p, q) => {
  const distance = p.scale.add(q.scale).pow(2).add(p.loc.sub(q.loc).pow(2));
  return distance.log().sub(p.scale.mul(q.scale).mul(4).log());
});

register_kl(
  Gumbel,
  Gumbel,
)((p, q) => {
  const ratio = p.scale.div(q.scale);
  const shift = q.loc.sub(p.loc).div(q.scale);
  const last = shift.add(ratio.add(1).lgamma()).exp();
  return ratio
    .log()
    .neg()
    .sub(shift)
    .add(ratio.mul(EULER))
    .add(last)
    .sub(1 + EULER);
});

register_kl(
  Pareto,
  Pareto,
)((p, q) => {
  const ratio = q.alpha.div(p.alpha);
  const inside = q.alpha.mul(p.scale.div(q.scale).log()).sub(ratio.log()).add(ratio).sub(1);
  return inside.masked_fill(p.scale.lt(q.scale), Number.POSITIVE_INFINITY);
});
