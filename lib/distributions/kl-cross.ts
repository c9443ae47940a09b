/** Divergences between distributions of two families. */
import { full_like, xlogy } from '../ops/index.js';
import type { Tensor } from '../tensor.js';
import { Exponential, Laplace, Normal, Uniform } from './continuous.js';
import { Binomial, Poisson } from './counts.js';
import { Bernoulli } from './discrete.js';
import type { Distribution } from './distribution.js';
import { Beta, Gamma } from './gamma.js';
import { register_kl } from './kl.js';

const kEulerGamma = 0.5772156649015329;
const infinite = (x: Tensor): Tensor => full_like(x, Number.POSITIVE_INFINITY);
const xLogX = (x: Tensor): Tensor => xlogy(x, x);

type Kind = new (...args: any[]) => Distribution;
const bounded: Kind[] = [Beta, Uniform];
const positive: Kind[] = [Exponential, Gamma];

// Where q has no density but p has: infinite.
for (const q of bounded) {
  register_kl(Exponential, q)((p) => infinite(p.rate));
  register_kl(Gamma, q)((p) => infinite(p.concentration));
}
for (const q of [...bounded, ...positive]) {
  register_kl(Laplace, q)((p) => infinite(p.loc));
  register_kl(Normal, q)((p) => infinite(p.loc));
}
register_kl(Poisson, Bernoulli)((p) => infinite(p.rate));
register_kl(Poisson, Binomial)((p) => infinite(p.rate));

register_kl(Bernoulli, Poisson)((p, q) => p.entropy().neg().sub(p.probs.mul(q.rate.log()).sub(q.rate)));

const meanOfBeta = ({ concentration1, concentration0 }: Beta): Tensor =>
  concentration1.div(concentration1.add(concentration0));

register_kl(
  Beta,
  Exponential,
)((p, q) =>
  p
    .entropy()
    .neg()
    .sub(q.rate.log())
    .add(q.rate.mul(meanOfBeta(p))),
);
register_kl(
  Beta,
  Gamma,
)((p, q) => {
  const total = p.concentration1.add(p.concentration0);
  const shape = q.concentration.sub(1).mul(p.concentration1.digamma().sub(total.digamma()));
  return p
    .entropy()
    .neg()
    .add(q.concentration.lgamma().sub(q.concentration.mul(q.rate.log())))
    .sub(shape)
    .add(q.rate.mul(p.concentration1).div(total));
});
register_kl(
  Beta,
  Normal,
)((p, q) => {
  const mean = meanOfBeta(p);
  const variance = q.scale.pow(2);
  const total = p.concentration1.add(p.concentration0);
  const square = mean.mul(mean.neg().add(1)).div(total.add(1)).add(mean.pow(2)).mul(0.5);
  return p
    .entropy()
    .neg()
    .add(
      variance
        .mul(2 * Math.PI)
        .log()
        .mul(0.5),
    )
    .add(square.sub(q.loc.mul(mean)).add(q.loc.pow(2).mul(0.5)).div(variance));
});
register_kl(
  Beta,
  Uniform,
)((p, q) => {
  const outside = q.low.gt(0).logical_or(q.high.lt(1));
  return p.entropy().neg().add(q.high.sub(q.low).log()).masked_fill(outside, Number.POSITIVE_INFINITY);
});

register_kl(
  Exponential,
  Gamma,
)((p, q) => {
  const ratio = q.rate.div(p.rate);
  return q.concentration
    .neg()
    .mul(ratio.log())
    .add(ratio)
    .add(q.concentration.lgamma())
    .add(q.concentration.mul(kEulerGamma))
    .sub(1 + kEulerGamma);
});
register_kl(
  Exponential,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const square = p.rate.pow(2);
  const log = square
    .mul(variance)
    .mul(2 * Math.PI)
    .log()
    .mul(0.5);
  const moments = square.reciprocal().sub(q.loc.div(p.rate)).add(q.loc.pow(2).mul(0.5));
  return log.sub(1).add(moments.div(variance));
});

register_kl(
  Gamma,
  Exponential,
)((p, q) => p.entropy().neg().sub(q.rate.log()).add(q.rate.mul(p.concentration).div(p.rate)));
register_kl(
  Gamma,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const square = p.rate.pow(2);
  const { concentration } = p;
  const log = square
    .mul(variance)
    .mul(2 * Math.PI)
    .log()
    .mul(0.5);
  const second = concentration.pow(2).add(concentration).div(square).mul(0.5);
  const moments = second.sub(q.loc.mul(concentration).div(p.rate)).add(q.loc.pow(2).mul(0.5));
  return log
    .sub(concentration)
    .sub(concentration.lgamma())
    .add(concentration.sub(1).mul(concentration.digamma()))
    .add(moments.div(variance));
});

register_kl(
  Laplace,
  Normal,
)((p, q) => {
  const variance = q.scale.pow(2);
  const ratio = p.scale.pow(2).div(variance);
  const moments = p.loc.pow(2).mul(0.5).sub(p.loc.mul(q.loc)).add(q.loc.pow(2).mul(0.5));
  return ratio
    .mul(2 / Math.PI)
    .log()
    .mul(-0.5)
    .add(ratio)
    .add(moments.div(variance))
    .sub(1);
});
register_kl(
  Normal,
  Laplace,
)((p, q) => {
  const distance = p.loc.sub(q.loc);
  const ratio = p.scale.div(q.scale);
  const z = distance.div(p.scale);
  const density = z
    .pow(2)
    .mul(-0.5)
    .exp()
    .mul(p.scale)
    .mul(Math.sqrt(2 / Math.PI));
  const inside = distance.mul(z.mul(Math.SQRT1_2).erf());
  return ratio
    .log()
    .neg()
    .add(density.add(inside).div(q.scale))
    .sub(0.5 + 0.5 * Math.log(0.5 * Math.PI));
});

register_kl(
  Uniform,
  Beta,
)((p, q) => {
  const width = p.high.sub(p.low);
  const [below, above] = [p.low.neg().add(1), p.high.neg().add(1)];
  const first = xLogX(p.high).sub(xLogX(p.low)).sub(width).mul(q.concentration1.sub(1)).div(width);
  const second = xLogX(above).sub(xLogX(below)).add(width).mul(q.concentration0.sub(1)).div(width);
  const total = q.concentration1.add(q.concentration0);
  return second
    .add(q.concentration1.lgamma().add(q.concentration0.lgamma()).sub(total.lgamma()))
    .sub(width.log())
    .sub(first)
    .masked_fill(p.high.gt(1).logical_or(p.low.lt(0)), Number.POSITIVE_INFINITY);
});
register_kl(
  Uniform,
  Exponential,
)((p, q) => {
  const mean = q.rate.mul(p.high.add(p.low)).div(2);
  return mean.sub(p.high.sub(p.low).mul(q.rate).log()).masked_fill(p.low.lt(0), Number.POSITIVE_INFINITY);
});
register_kl(
  Uniform,
  Gamma,
)((p, q) => {
  const width = p.high.sub(p.low);
  const log = xLogX(p.high).sub(xLogX(p.low)).sub(width).mul(q.concentration.neg().add(1)).div(width);
  return width
    .log()
    .neg()
    .add(q.concentration.lgamma().sub(q.concentration.mul(q.rate.log())))
    .add(log)
    .add(q.rate.mul(p.high.add(p.low)).div(2))
    .masked_fill(p.low.lt(0), Number.POSITIVE_INFINITY);
});
register_kl(
  Uniform,
  Normal,
)((p, q) => {
  const width = p.high.sub(p.low);
  const middle = p.high.add(p.low).sub(q.loc.mul(2)).div(2).pow(2);
  const log = q.scale
    .mul(Math.sqrt(2 * Math.PI))
    .div(width)
    .log();
  return log.add(width.pow(2).div(12).add(middle).mul(0.5).div(q.scale.pow(2)));
});
