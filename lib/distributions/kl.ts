/** Kullback-Leibler divergences in closed form. */
import { NotImplementedError } from '../errors.js';
import { softplus } from '../nn/functional.js';
import type { Tensor } from '../tensor.js';
import { Exponential, Laplace, Normal, Uniform } from './continuous.js';
import { Bernoulli, Categorical } from './discrete.js';
import type { Distribution } from './distribution.js';

type Kind<D> = new (...args: any[]) => D;
type Divergence<P, Q> = (p: P, q: Q) => Tensor;

const known: { p: Kind<Distribution>; q: Kind<Distribution>; divergence: Divergence<never, never> }[] = [];

/**
 * Teaches `kl_divergence` a pair of classes.
 * @example
 * const { Normal, register_kl } = torch.distributions;
 * class Unit extends Normal {}
 * register_kl(Unit, Unit)((p, q) => p.loc.sub(q.loc).square());
 */
export function register_kl<P extends Distribution, Q extends Distribution>(
  type_p: Kind<P>,
  type_q: Kind<Q>,
): <F extends Divergence<P, Q>>(divergence: F) => F {
  return (divergence) => {
    // Later ones come first, so that a pair of derived classes goes before that of their bases.
    known.unshift({ p: type_p, q: type_q, divergence: divergence as Divergence<never, never> });
    return divergence;
  };
}

/**
 * The Kullback-Leibler divergence of q from p, sum or integral of p log(p / q); a NotImplementedError for pairs of
 * classes that have no closed form here.
 * @example
 * const { kl_divergence, Normal } = torch.distributions;
 * kl_divergence(new Normal(0, 1), new Normal(1, 1)).item(); // 0.5
 */
export function kl_divergence(p: Distribution, q: Distribution): Tensor {
  const found = known.find((pair) => p instanceof pair.p && q instanceof pair.q);
  if (found === undefined) {
    const names = `p type ${p.constructor.name} and q type ${q.constructor.name}`;
    throw new NotImplementedError(`No KL(p || q) is implemented for ${names}`);
  }
  return found.divergence(p as never, q as never);
}

register_kl(
  Normal,
  Normal,
)((p, q) => {
  const ratio = p.scale.div(q.scale).pow(2);
  const shift = p.loc.sub(q.loc).div(q.scale).pow(2);
  return ratio.add(shift).sub(1).sub(ratio.log()).mul(0.5);
});

register_kl(
  Laplace,
  Laplace,
)((p, q) => {
  const ratio = p.scale.div(q.scale);
  const distance = p.loc.sub(q.loc).abs();
  const mixed = ratio.mul(distance.neg().div(p.scale).exp());
  return ratio.log().neg().add(distance.div(q.scale)).add(mixed).sub(1);
});

register_kl(
  Exponential,
  Exponential,
)((p, q) => {
  const ratio = q.rate.div(p.rate);
  return ratio.log().neg().add(ratio).sub(1);
});

register_kl(
  Uniform,
  Uniform,
)((p, q) => {
  const outside = q.low.gt(p.low).logical_or(q.high.lt(p.high));
  return q.high.sub(q.low).div(p.high.sub(p.low)).log().masked_fill(outside, Number.POSITIVE_INFINITY);
});

register_kl(
  Bernoulli,
  Bernoulli,
)((p, q) => {
  const ones = p.probs.mul(softplus(q.logits.neg()).sub(softplus(p.logits.neg())));
  const zeros = p.probs
    .neg()
    .add(1)
    .mul(softplus(q.logits).sub(softplus(p.logits)));
  const infinite = Number.POSITIVE_INFINITY;
  return ones
    .masked_fill(q.probs.eq(0), infinite)
    .masked_fill(p.probs.eq(0), 0)
    .add(zeros.masked_fill(q.probs.eq(1), infinite).masked_fill(p.probs.eq(1), 0));
});

register_kl(
  Categorical,
  Categorical,
)((p, q) => {
  const terms = p.probs.mul(p.logits.sub(q.logits));
  return terms.masked_fill(q.probs.eq(0), Number.POSITIVE_INFINITY).masked_fill(p.probs.eq(0), 0).sum(-1);
});
