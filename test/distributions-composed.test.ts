import * as torch from 'strided';
import { expected, type Numbers } from './distributions-table.js';
import { thrown } from './refusals.js';

const D = torch.distributions;
const { transforms: T } = D;
const t = torch.tensor;
const {
  Cauchy,
  HalfCauchy,
  HalfNormal,
  LogNormal,
  Chi2,
  StudentT,
  Gumbel,
  Weibull,
  Pareto,
  Geometric,
  NegativeBinomial,
} = D;
const { Multinomial, OneHotCategorical, OneHotCategoricalStraightThrough, Independent, MixtureSameFamily } = D;
const { Categorical, Normal, RelaxedBernoulli, RelaxedOneHotCategorical, TransformedDistribution, Uniform } = D;

const cases: Record<string, (p: torch.Tensor) => torch.distributions.Distribution> = {
  Cauchy: (p) => new Cauchy(p, p),
  HalfCauchy: (p) => new HalfCauchy(p),
  HalfNormal: (p) => new HalfNormal(p),
  LogNormal: (p) => new LogNormal(p, p),
  Chi2: (p) => new Chi2(p),
  StudentT: (p) => new StudentT(p.mul(2), p, p),
  Gumbel: (p) => new Gumbel(p, p),
  Weibull: (p) => new Weibull(p, p),
  Pareto: (p) => new Pareto(p, p.mul(2)),
  Geometric: (p) => new Geometric(p.div(3)),
  Geometric2: (p) => new Geometric({ logits: p }),
  NegativeBinomial: (p) => new NegativeBinomial(3, p.div(3)),
  NegativeBinomial2: (p) => new NegativeBinomial(t(4), { logits: p }),
  Multinomial: (p) => new Multinomial(6, p),
  OneHot: (p) => new OneHotCategorical(p),
  STE: (p) => new OneHotCategoricalStraightThrough({ logits: p }),
  Independent: (p) => new Independent(new Normal(p, p), 1),
  Mixture: (p) => new MixtureSameFamily(new Categorical(p), new Normal(p, p.mul(2))),
  MixInd: (p) =>
    new MixtureSameFamily(new Categorical(p.index(':2')), new Independent(new Normal(p.expand(2, 3), p), 1)),
  RelaxedBernoulli: (p) => new RelaxedBernoulli(t(0.7), p.div(3)),
  RelaxedOneHot: (p) => new RelaxedOneHotCategorical(t(0.7), { logits: p }),
  TD: (p) => new TransformedDistribution(new Normal(p, 1), [new T.AffineTransform(1, -2), new T.SigmoidTransform()]),
  TD2: (p) => new TransformedDistribution(new Normal(p, 1), [new T.TanhTransform()]),
  TD3: (p) =>
    new TransformedDistribution(new Uniform(0.1, 0.9), [new T.SigmoidTransform().inv, new T.AffineTransform(p, 2)]),
  TD4: (p) => new TransformedDistribution(new Normal(p, 1), [new T.SoftplusTransform(), new T.PowerTransform(2.0)]),
};

const close = (got: torch.Tensor, want: Numbers): void => {
  const numbers = got.detach().reshape(-1).tolist() as number[];
  expect(numbers.length).toBe(want.length);
  for (const [i, value] of want.entries()) {
    const number = numbers[i] as number;
    if (value === null) expect(number).toBeNaN();
    else if (!Number.isFinite(value)) expect(number).toBe(value);
    else expect(Math.abs(number - value)).toBeLessThanOrEqual(2e-4 * Math.max(1, Math.abs(value)));
  }
};

test.each(Object.keys(cases))('%s', (name) => {
  const want = expected[name] as (typeof expected)[string];
  const p = t([0.5, 1.5, 2.5], { requires_grad: true });
  const d = (cases[name] as (p: torch.Tensor) => torch.distributions.Distribution)(p);
  expect(String(d)).toBe(want.text);
  torch.manual_seed(0);
  const x = d.sample([2]);
  expect(x.requires_grad).toBe(false);
  close(x, want.sample);
  const density = d.log_prob(x);
  close(density, want.log_prob);
  const keep = { retain_graph: true };
  close(torch.autograd.grad([density.sum()], [p], keep)[0] as torch.Tensor, want.grad);
  for (const what of ['mean', 'variance', 'mode'] as const) {
    if (want[what] === undefined) expect(() => d[what]).toThrow(torch.NotImplementedError);
    else close(d[what], want[what]);
  }
  const share = t(0.3).expand(d.batch_shape);
  const calls = { entropy: () => d.entropy(), cdf: () => d.cdf(x), icdf: () => d.icdf(share) };
  for (const what of ['entropy', 'cdf', 'icdf'] as const) {
    if (want[what] === undefined) expect(calls[what]).toThrow(torch.NotImplementedError);
    else close(calls[what](), want[what]);
  }
  expect(d.has_rsample).toBe(want.rgrad !== undefined);
  if (want.rgrad !== undefined) {
    torch.manual_seed(1);
    const loss = d.rsample().mul(torch.arange(1, 4)).sum();
    close(torch.autograd.grad([loss], [p], keep)[0] as torch.Tensor, want.rgrad);
  }
  const larger = d.expand([2, ...d.batch_shape]);
  expect([larger.constructor, larger.event_shape]).toEqual([d.constructor, d.event_shape]);
  close(larger.log_prob(x), want.log_prob);
});

test('expand gives views of the same distributions', () => {
  const normal = new Normal(t([0, 1]), 1).expand([3, 2]);
  expect(String(normal)).toBe('Normal(loc: torch.Size([3, 2]), scale: torch.Size([3, 2]))');
  expect(normal.sample([4]).shape).toEqual([4, 3, 2]);
  const beta = new D.Beta(t([1, 2]), 2).expand([3, 2]);
  expect([beta.batch_shape, beta.mean.shape]).toEqual([
    [3, 2],
    [3, 2],
  ]);
  const vectors = new D.MultivariateNormal(torch.zeros(2), torch.eye(2)).expand([5]);
  expect([vectors.batch_shape, vectors.event_shape]).toEqual([[5], [2]]);
  expect(String(new Normal(0, 1).arg_constraints.scale)).toBe('GreaterThan(lower_bound=0.0)');
});

test('what is computed once keeps its gradient, also when a sample was first', () => {
  const logits = torch.zeros(3, { requires_grad: true });
  const bits = new D.Bernoulli({ logits });
  bits.sample();
  expect(bits.probs.requires_grad).toBe(true);
  const classes = new OneHotCategorical({ logits });
  torch.no_grad(() => classes.probs);
  expect(classes.entropy().requires_grad).toBe(true);
});

test('divergences', () => {
  const pairs: [torch.distributions.Distribution, torch.distributions.Distribution, number][] = [
    [new Geometric(t(0.3)), new Geometric(t(0.5)), 0.2743],
    [new HalfNormal(1), new HalfNormal(2), 0.3181],
    [new LogNormal(0, 1), new LogNormal(1, 2), 0.4431],
    [new OneHotCategorical(t([0.2, 0.8])), new OneHotCategorical(t([0.5, 0.5])), 0.1927],
    [new Independent(new Normal(torch.zeros(2), 1), 1), new Independent(new Normal(torch.ones(2), 2), 1), 0.8863],
    [new Cauchy(0, 1), new Cauchy(1, 2), 0.2231],
    [new Gumbel(0, 1), new Gumbel(1, 2), 0.3657],
    [new Pareto(1, 2), new Pareto(0.5, 3), 2.174],
  ];
  for (const [p, q, value] of pairs) expect(D.kl_divergence(p, q).item()).toBeCloseTo(value, 4);
  expect(D.kl_divergence(new Pareto(0.5, 2), new Pareto(1, 3)).item()).toBe(Number.POSITIVE_INFINITY);
  const other = new TransformedDistribution(new Normal(0, 1), [new T.TanhTransform()]);
  expect(() => D.kl_divergence(new LogNormal(0, 1), other)).toThrow(torch.NotImplementedError);
  const [one, two] = [1, 2].map((n) => new Independent(new Normal(torch.zeros(2, 2), 1), n));
  expect(() => D.kl_divergence(one as never, two as never)).toThrow(torch.NotImplementedError);
});

test.each([
  [
    () => new Cauchy(0, -1),
    'ValueError: Expected parameter scale (Tensor of shape ()) of distribution Cauchy(loc: 0.0, scale: -1.0) to satisfy ' +
      'the constraint GreaterThan(lower_bound=0.0), but found invalid values:\n-1.0',
  ],
  [
    () => new Geometric(t([0, 0.5])),
    'ValueError: Expected parameter probs (Tensor of shape (2,)) of distribution Geometric(probs: torch.Size([2])) to be ' +
      'positive but found invalid values:\ntensor([0.])',
  ],
  [
    () => new HalfNormal(-1),
    'ValueError: Expected parameter scale (Tensor of shape ()) of distribution HalfNormal() to satisfy the constraint ' +
      'GreaterThan(lower_bound=0.0), but found invalid values:\n-1.0',
  ],
  [
    () => new StudentT(-1),
    'ValueError: Expected parameter df (Tensor of shape ()) of distribution Chi2() to satisfy the constraint ' +
      'GreaterThan(lower_bound=0.0), but found invalid values:\n-1.0',
  ],
  [
    () => new Independent(new Normal(0, 1), 1),
    'ValueError: Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual 1 vs 0',
  ],
  [
    () => new MixtureSameFamily(new Categorical(torch.ones(3)), new Normal(torch.zeros(2), 1)),
    'ValueError: `mixture_distribution component` (3) does not equal `component_distribution.batch_shape[-1]` (2)',
  ],
  [
    () => new OneHotCategorical(t([0.5, 0.5])).log_prob(t([1, 1])),
    'ValueError: Expected value argument (Tensor of shape (2,)) to be within the support (OneHot()) of the distribution ' +
      'OneHotCategorical(), but found invalid values:\ntensor([1., 1.])',
  ],
  [
    () => new Multinomial(3, t([0.5, 0.5])).log_prob(t([4, 1])),
    'ValueError: Expected value argument (Tensor of shape (2,)) to be within the support (Multinomial()) of the ' +
      'distribution Multinomial(), but found invalid values:\ntensor([4., 1.])',
  ],
])('%s is refused', (call, text) => {
  expect(thrown(call)).toBe(text);
});

test('transforms and supports print as in PyTorch', () => {
  const both = new T.ComposeTransform([new T.ExpTransform(), new T.AffineTransform(1, 2)]);
  expect(String(both)).toBe('ComposeTransform(\n    ExpTransform(),\n    AffineTransform()\n)');
  expect(both(t(0)).item()).toBe(3);
  expect(both.inv(t(3)).item()).toBe(0);
  expect(both.log_abs_det_jacobian(t(0.5), both(t(0.5))).item()).toBeCloseTo(0.5 + Math.log(2), 5);
  expect(String(new T.ExpTransform().inv)).toBe('_InverseTransform(ExpTransform())');
  expect(String(new Independent(new Normal(torch.zeros(2), 1), 1).support)).toBe('IndependentConstraint(Real(), 1)');
  const mixture = new MixtureSameFamily(new Categorical(torch.ones(2)), new Normal(torch.zeros(2), 1));
  expect(String(mixture.support)).toBe('MixtureSameFamilyConstraint(Real())');
  expect(new T.SoftmaxTransform()(torch.zeros(2)).tolist()).toEqual([0.5, 0.5]);
  expect(() => new T.SoftmaxTransform().log_abs_det_jacobian(t([0]), t([1]))).toThrow(torch.NotImplementedError);
  expect(() => new T.AbsTransform().sign).toThrow(torch.NotImplementedError);
});
