/** torch.distributions: gamma, Dirichlet and what is made of them, counts, vectors. Numbers are PyTorch's. */

import * as torch from 'strided';

const { Bernoulli, Beta, Binomial, Dirichlet, Exponential, Gamma, kl_divergence, Laplace, MultivariateNormal, Normal } =
  torch.distributions;
const { Poisson, Uniform } = torch.distributions;
type Any = torch.distributions.Distribution;
const t = torch.tensor;
const f64 = { dtype: torch.float64 };

const near = (got: torch.Tensor, want: unknown, rtol = 1e-5): void => {
  const expected = t(want as number[], f64);
  expect(got.shape).toEqual(expected.shape);
  expect(torch.allclose(got.to(torch.float64), expected, { rtol, atol: 1e-6 })).toBe(true);
};

describe('text, samples with seed 3, their log probabilities, entropy, mean and variance', () => {
  // biome-ignore format: a table
  const cases: [string, () => Any, unknown, unknown, unknown, unknown, unknown][] = [
    ['Gamma(concentration: torch.Size([2]), rate: torch.Size([2]))', () => new Gamma(t([0.5, 2]), t([1, 3])), [[0.737749875, 1.63409817], [0.2410191, 1.11415088], [0.28999719, 0.332635373]], [[-1.15803957, -2.21397901], [-0.101944476, -1.03713536], [-0.243420094, 0.0986101627]], [0.0906094909, 0.478603482], [0.5, 0.666666687], [0.5, 0.222222224]],
    ['Gamma(concentration: 2.0, rate: 3.0)', () => new Gamma(2, 3), [0.977881849, 0.634239256, 0.575667202], [-0.758787394, -0.160822272, -0.0820026398], 0.478603482, 0.666666687, 0.222222224],
    ['Beta()', () => new Beta(0.5, 2), [0.130805686, 0.0672585443, 0.225170016], [0.589150548, 0.992296338, 0.20265609], -0.765279174, 0.200000003, 0.0457142852],
    ['Beta()', () => new Beta(t([0.5, 3]), t([2, 4])), [[0.130805686, 0.394988209], [0.022849435, 0.492466658], [0.0020115939, 0.289872974]], [[0.589150548, 0.729023933], [1.57861793, 0.643108845], [2.81471825, 0.590785265]], [-0.765279174, -0.344343662], [0.200000003, 0.428571433], [0.0457142852, 0.0306122452]],
    ['Dirichlet(concentration: torch.Size([3]))', () => new Dirichlet(t([0.5, 0.7, 3])), [[0.16091606, 0.128755644, 0.710328281], [0.0371807143, 0.0463348441, 0.916484416], [0.124568939, 0.17864643, 0.696784616]], [1.36650801, 2.91529679, 1.3577702], -2.14190054, [0.119047627, 0.166666672, 0.714285731], [0.0201683268, 0.0267094057, 0.0392464697]],
    ['Poisson(rate: torch.Size([2]))', () => new Poisson(t([0.5, 40])), [[0, 36], [0, 45], [0, 39]], [[-0.5, -2.92002869], [-0.5, -3.12435913], [-0.5, -2.76545715]], null, [0.5, 40], [0.5, 40]],
    ['Binomial(total_count: torch.Size([2]), probs: torch.Size([2]))', () => new Binomial(10, t([0.5, 0.1])), [[3, 2], [5, 0], [4, 0]], [[-2.14398003, -1.64139175], [-1.40204239, -1.05360508], [-1.58436394, -1.05360508]], [1.87595391, 1.27790725], [5, 1], [2.5, 0.899999976]],
    ['Binomial(total_count: torch.Size([2]), probs: torch.Size([2]), logits: torch.Size([2]))', () => new Binomial(4, { logits: t([0.5, 0.1]) }), [[4, 2], [2, 2], [3, 2]], [[-1.89630795, -0.985827208], [-1.10454845, -0.985827208], [-1.01001358, -0.985827208]], [1.36701798, 1.40589201], [2.48983741, 2.0999167], [0.940014839, 0.997504175]],
    ['MultivariateNormal(loc: torch.Size([2]), covariance_matrix: torch.Size([2, 2]))', () => new MultivariateNormal(torch.zeros(2), t([[2, 0.5], [0.5, 1]])), [[1.13600385, 0.447542608], [0.125834033, -0.542622149], [0.0653118491, -1.26356137]], [-2.4555943, -2.30996823, -3.05481791], 3.11768484, [0, 0], [1.99999988, 1]],
    ['MultivariateNormal(loc: torch.Size([2, 2]), scale_tril: torch.Size([2, 2, 2]))', () => new MultivariateNormal(t([[1, 2], [3, 4]]), { scale_tril: t([[2, 0], [0.5, 1]]) }), [[[2.60655212, 2.57647133], [3.1779561, 3.43077087]], [[1.09236491, 0.654832006], [3.67499018, 5.17986345]], [[-1.87035871, 2.25984216], [4.04409981, 5.49894142]]], [[-2.86893368, -2.72330785], [-3.46815729, -3.09915352], [-4.03858089, -3.43351078]], [3.53102422, 3.53102422], [[1, 2], [3, 4]], [[4, 1.25], [4, 1.25]]],
    ['MultivariateNormal(loc: torch.Size([2]), precision_matrix: torch.Size([2, 2]))', () => new MultivariateNormal(t([1, 2]), { precision_matrix: t([[2, 0.5], [0.5, 1]]) }), [[1.6072197, 1.87122357], [1.0672611, 1.35265136], [1.03491068, 0.614285469]], [-1.89597893, -1.75035262, -2.4952023], 2.55806923, [1, 2], [0.571428657, 1.14285719]],
  ];
  test.each(cases)('%s', (text, make, sample, logProb, entropy, mean, variance) => {
    torch.manual_seed(3);
    const distribution = make();
    const got = distribution.sample([3]);
    expect(String(distribution)).toBe(text);
    near(got, sample, 1e-6);
    near(distribution.log_prob(got), logProb, 2e-5);
    near(distribution.mean, mean);
    near(distribution.variance, variance);
    if (entropy !== null) near(distribution.entropy(), entropy);
    else expect(() => distribution.entropy()).toThrow(torch.NotImplementedError);
  });
});

test('samplers draw as PyTorch does, in both precisions', () => {
  for (const dtype of [torch.float32, torch.float64]) {
    const rtol = dtype === torch.float32 ? 2e-7 : 1e-14;
    torch.manual_seed(3);
    near(
      torch._standard_gamma(t([0.3, 1, 2.5, 9, 100], { dtype })),
      [0.5600706879677687, 3.185458997004563, 1.490668615864887, 7.491703134431569, 100.81545911987423],
      rtol,
    );
    torch.manual_seed(3);
    const [count, p] = [t([10, 100, 1000, 5, 50, 50], { dtype }), t([0.5, 0.3, 0.9, 0.1, 0.99, 0.4], { dtype })];
    expect(torch.binomial(count, p).tolist()).toEqual([3, 34, 909, 0, 49, 21]);
  }
  expect(() => torch.binomial(t([3n]), t([1]))).toThrow(
    'binomial only supports floating-point dtypes for count, got: Long',
  );
  expect(() => torch._standard_gamma(t([3n]))).toThrow(`"gamma_cpu" not implemented for 'Long'`);
  expect(() => torch.poisson(t([-1]))).toThrow('invalid Poisson rate, expected rate to be non-negative');
});

test('how samples move with their parameters, in every range of the formulas', () => {
  const alpha = t([0.3, 1, 2.5, 7, 9, 20, 100], f64);
  const x = t([0.2, 0.5, 3, 8, 9.1, 10, 130], f64);
  near(
    torch._standard_gamma_grad(alpha, x),
    [
      1.2120372671214263, 0.8069784920049818, 1.1692164760887411, 1.0939975960236237, 1.0242880007797315,
      0.6988779184588811, 1.138812469044453,
    ],
    1e-12,
  );
  const part = t([0.01, 0.3, 0.5, 0.9, 0.999, 0.45, 0.5, 0.48], f64);
  const own = t([0.5, 2, 3, 8, 2, 20, 20, 7], f64);
  const total = t([2, 5, 7, 10, 2.5, 40, 40, 11], f64);
  near(
    torch._dirichlet_grad(part, own, total),
    [
      0.08556140754715777, 0.19929845136598934, 0.17131413750307278, 0.11209153448718595, 0.560451681285444,
      0.02409814542493388, 0.025418403680122426, 0.08289955801145328,
    ],
    1e-12,
  );
});

describe('rsample has gradients with seed 5', () => {
  const weighted = (make: (...parameters: torch.Tensor[]) => Any, ...values: unknown[]) => {
    const parameters = values.map((value) => t(value as number[], { requires_grad: true }));
    const sample = make(...parameters).rsample([2]);
    const weights = torch.arange(1, sample.numel() + 1).view(sample.shape);
    sample.mul(weights).sum().backward();
    return { sample, grads: parameters.map((p) => p.grad as torch.Tensor) };
  };
  test('gamma, beta, Dirichlet, normal vectors, one after the other', () => {
    torch.manual_seed(5);
    const gamma = weighted((a, b) => new Gamma(a as torch.Tensor, b as torch.Tensor), [0.5, 20], [1, 3]);
    near(gamma.grads[0] as torch.Tensor, [0.792756796, 1.95607662]);
    near(gamma.grads[1] as torch.Tensor, [-0.155744776, -12.6908989]);
    const beta = weighted((a, b) => new Beta(a as torch.Tensor, b as torch.Tensor), [0.5, 20], [1, 30]);
    near(beta.grads[0] as torch.Tensor, [2.49753618, 0.0720034838]);
    near(beta.grads[1] as torch.Tensor, [-1.25921762, -0.0493646339]);
    const dirichlet = weighted((a) => new Dirichlet(a as torch.Tensor), [0.5, 2, 7]);
    expect(dirichlet.sample.grad_fn?.name()).toBe('_DirichletBackward');
    near(dirichlet.grads[0] as torch.Tensor, [-0.356330693, -0.139495641, 0.0598351955]);
    const vectors = weighted(
      (loc, L) => new MultivariateNormal(loc as torch.Tensor, { scale_tril: L as torch.Tensor }),
      [1, 2],
      [
        [1, 0],
        [0.5, 2],
      ],
    );
    near(vectors.grads[0] as torch.Tensor, [4, 6]);
    near(vectors.grads[1] as torch.Tensor, [
      [-1.84193087, 3.23431921],
      [-3.63587618, 4.1039834],
    ]);
  });
  test('a gradient of the gradient is refused, not wrong, and so is that of counts', () => {
    const p = t([0.5], { requires_grad: true });
    expect(() => torch.binomial(t([3]), p).backward()).toThrow('derivative for aten::binomial is not implemented');
    const alpha = t([2], { requires_grad: true });
    const [slope] = torch.autograd.grad([torch._standard_gamma(alpha).sum()], [alpha], null, { create_graph: true });
    expect(() => slope?.sum().backward()).toThrow('derivative for aten::_standard_gamma_grad is not implemented');
  });
});

test('modes, supports, matrices', () => {
  near(new Gamma(t([0.5, 2]), t([1, 3])).mode, [0, 1 / 3]);
  near(new Beta(t([0.5, 3]), t([2, 4])).mode, [0, 0.4]);
  near(
    new Dirichlet(
      t([
        [0.5, 0.7],
        [2, 4],
      ]),
    ).mode,
    [
      [1, 0],
      [0.25, 0.75],
    ],
  );
  near(new Poisson(2.5).mode, 2);
  near(new Binomial(3, t([0.5, 0.1])).mode, [2, 0]);
  near(new Binomial(2, 0.25).enumerate_support(), [0, 1, 2]);
  expect(String(new Binomial(t([3, 5]), 0.5).support)).toBe(
    'IntegerInterval(lower_bound=0, upper_bound=tensor([3., 5.]))',
  );
  const vectors = new MultivariateNormal(torch.zeros(2), {
    precision_matrix: t([
      [2, 0.5],
      [0.5, 1],
    ]),
  });
  near(vectors.covariance_matrix.matmul(vectors.precision_matrix), [
    [1, 0],
    [0, 1],
  ]);
  near(vectors.scale_tril.matmul(vectors.scale_tril.mT), vectors.covariance_matrix.tolist());
  expect(String(vectors.support)).toBe('IndependentConstraint(Real(), 1)');
});

describe('divergences', () => {
  // biome-ignore format: a table
  const pairs = new Map<unknown, [Any, Any]>([
    [Gamma, [new Gamma(t([0.5, 2]), t([1, 3])), new Gamma(t([1.5, 3]), t([2, 1]))]],
    [Beta, [new Beta(t([0.5, 3]), t([2, 4])), new Beta(t([1.5, 2]), t([1, 5]))]],
    [Dirichlet, [new Dirichlet(t([0.5, 0.7, 3])), new Dirichlet(t([1.5, 2, 1]))]],
    [Poisson, [new Poisson(t([0.5, 40])), new Poisson(t([1.5, 30]))]],
    [Binomial, [new Binomial(4, t([0.5, 0.1])), new Binomial(4, t([0.3, 0.2]))]],
    [MultivariateNormal, [new MultivariateNormal(torch.zeros(2), t([[2, 0.5], [0.5, 1]])),
      new MultivariateNormal(t([[1, 2], [3, 4]]), { scale_tril: t([[2, 0], [0.5, 1]]) })]],
    [Normal, [new Normal(t([0.5, 1]), t([1, 2])), new Normal(t([0, 2]), t([2, 3]))]],
    [Laplace, [new Laplace(t([0.5, 1]), t([1, 2])), new Laplace(t([0, 2]), t([2, 3]))]],
    [Uniform, [new Uniform(t([0.25, 0]), t([0.75, 2])), new Uniform(t([-1, 0]), t([2, 3]))]],
    [Exponential, [new Exponential(t([0.5, 1])), new Exponential(t([2, 3]))]],
    [Bernoulli, [new Bernoulli(t([0.5, 0.25])), new Bernoulli(t([0.125, 0.75]))]],
  ]);
  const inf = Number.POSITIVE_INFINITY;
  // biome-ignore format: a table
  const cases: [unknown, unknown, unknown][] = [
  [Gamma, Gamma, [0.730642915, 2.23286629]],
  [Gamma, Beta, null],
  [Gamma, Normal, [1.61522627, 1.65005839]],
  [Gamma, Uniform, null],
  [Gamma, Exponential, [0.216243327, 0.422784209]],
  [Beta, Gamma, [1.33810997, 3.36606264]],
  [Beta, Beta, [1.6931479, 0.359814167]],
  [Beta, Normal, [2.38807917, 2.50078321]],
  [Beta, Uniform, [1.86389148, 1.44295597]],
  [Beta, Exponential, [0.472131997, 0.531445622]],
  [Poisson, Poisson, [0.450693846, 1.50728226]],
  [Poisson, Binomial, null],
  [Poisson, Bernoulli, null],
  [Binomial, Binomial, [0.348706841, 0.146760046]],
  [MultivariateNormal, MultivariateNormal, [1.75708926, 6.50708914]],
  [Normal, Gamma, null],
  [Normal, Beta, null],
  [Normal, Laplace, [0.415152431, 0.276735783]],
  [Normal, Uniform, null],
  [Normal, Exponential, null],
  [Laplace, Gamma, null],
  [Laplace, Beta, null],
  [Laplace, Normal, [0.200188637, 0.131256461]],
  [Laplace, Uniform, null],
  [Laplace, Exponential, null],
  [Uniform, Gamma, [0.901832104, 1.61370564]],
  [Uniform, Beta, [0.656870067, inf]],
  [Uniform, Normal, [2.33908725, 1.39847767]],
  [Uniform, Exponential, [1, 1.20824051]],
  [Exponential, Gamma, [1.08838415, 1.84757853]],
  [Exponential, Beta, null],
  [Exponential, Normal, [0.918938518, 1.12866187]],
  [Exponential, Uniform, null],
  [Bernoulli, Poisson, [0.604120255, 28.5873642]],
  ];
  test.each(cases)('%p from %p', (p, q, want) => {
    const got = kl_divergence((pairs.get(p) as Any[])[0] as Any, (pairs.get(q) as Any[])[1] as Any);
    near(got, want ?? new Array(got.numel()).fill(inf), 3e-5);
  });
});

// biome-ignore format: a table
const refused: [() => unknown, new (text: string) => Error, string][] = [
  [() => new Gamma(-1, 1), torch.ValueError, 'Expected parameter concentration (Tensor of shape ()) of distribution Gamma(concentration: -1.0, rate: 1.0) to satisfy the constraint GreaterThan(lower_bound=0.0), but found invalid values:\n-1.0'],
  [() => new Beta(-1, 1), torch.ValueError, 'Expected parameter concentration (Tensor of shape (2,)) of distribution Dirichlet(concentration: torch.Size([2])) to satisfy the constraint IndependentConstraint(GreaterThan(lower_bound=0.0), 1), but found invalid values:\ntensor([-1.,  1.])'],
  [() => new Dirichlet(t(1)), torch.ValueError, '`concentration` parameter must be at least one-dimensional.'],
  [() => new Poisson(-1), torch.ValueError, 'Expected parameter rate (Tensor of shape ()) of distribution Poisson(rate: -1.0) to satisfy the constraint GreaterThanEq(lower_bound=0.0), but found invalid values:\n-1.0'],
  [() => new Binomial(3), torch.ValueError, 'Either `probs` or `logits` must be specified, but not both.'],
  [() => new Binomial(3, 1.5), torch.ValueError, 'Expected parameter probs (Tensor of shape ()) of distribution Binomial(total_count: 3.0, probs: 1.5) to satisfy the constraint Interval(lower_bound=0.0, upper_bound=1.0), but found invalid values:\n1.5'],
  [() => new MultivariateNormal(t(1), torch.eye(1)), torch.ValueError, 'loc must be at least one-dimensional.'],
  [() => new MultivariateNormal(torch.zeros(2)), torch.ValueError, 'Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.'],
  [() => new MultivariateNormal(torch.zeros(2), torch.eye(2).neg()), torch.ValueError, 'Expected parameter covariance_matrix (Tensor of shape (2, 2)) of distribution MultivariateNormal(loc: torch.Size([2]), covariance_matrix: torch.Size([2, 2])) to satisfy the constraint PositiveDefinite(), but found invalid values:\ntensor([[-1., -0.],\n        [-0., -1.]])'],
  [() => new MultivariateNormal(torch.zeros(2), torch.zeros(2)), torch.ValueError, 'covariance_matrix must be at least two-dimensional, with optional leading batch dimensions'],
  [() => new MultivariateNormal(torch.zeros(2), { scale_tril: torch.ones(2, 2) }), torch.ValueError, 'Expected parameter scale_tril (Tensor of shape (2, 2)) of distribution MultivariateNormal(loc: torch.Size([2]), scale_tril: torch.Size([2, 2])) to satisfy the constraint LowerCholesky(), but found invalid values:\ntensor([[1., 1.],\n        [1., 1.]])'],
  [() => new Poisson(1).log_prob(t(0.5)), torch.ValueError, 'Expected value argument (Tensor of shape ()) to be within the support (IntegerGreaterThan(lower_bound=0)) of the distribution Poisson(rate: 1.0), but found invalid values:\n0.5'],
  [() => new Beta(1, 1).log_prob(t(2)), torch.ValueError, 'Expected value argument (Tensor of shape ()) to be within the support (Interval(lower_bound=0.0, upper_bound=1.0)) of the distribution Beta(), but found invalid values:\n2.0'],
  [() => new Binomial(3, 0.5).log_prob(t(4)), torch.ValueError, 'Expected value argument (Tensor of shape ()) to be within the support (IntegerInterval(lower_bound=0, upper_bound=3.0)) of the distribution Binomial(total_count: 3.0, probs: 0.5), but found invalid values:\n4.0'],
  [() => new Dirichlet(torch.ones(2)).log_prob(t([0.5, 0.6])), torch.ValueError, 'Expected value argument (Tensor of shape (2,)) to be within the support (Simplex()) of the distribution Dirichlet(concentration: torch.Size([2])), but found invalid values:\ntensor([0.5000, 0.6000])'],
  [() => new Gamma(1, 1).log_prob(t(-1)), torch.ValueError, 'Expected value argument (Tensor of shape ()) to be within the support (GreaterThanEq(lower_bound=0.0)) of the distribution Gamma(concentration: 1.0, rate: 1.0), but found invalid values:\n-1.0'],
  [() => kl_divergence(new Binomial(3, 0.5), new Binomial(4, 0.5)), torch.NotImplementedError, 'KL between Binomials where q.total_count > p.total_count is not implemented'],
  [() => new MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(t([1, 2, 3])), torch.ValueError, 'The right-most size of value must match event_shape: torch.Size([3]) vs torch.Size([2]).'],
  [() => new MultivariateNormal(torch.zeros(2), torch.ones(2, 3)), torch.ValueError, 'Expected parameter covariance_matrix (Tensor of shape (2, 3)) of distribution MultivariateNormal(loc: torch.Size([2]), covariance_matrix: torch.Size([2, 3])) to satisfy the constraint PositiveDefinite(), but found invalid values:\ntensor([[1., 1., 1.],\n        [1., 1., 1.]])'],
];
test.each(refused)('%s is refused', (call, kind, text) => {
  expect(call).toThrow(new kind(text));
});
