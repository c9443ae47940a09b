/** torch.distributions: PyTorch's samples, densities, divergences and messages. */

import * as torch from 'strided';

const { Bernoulli, Categorical, Exponential, kl_divergence, Laplace, Normal, Uniform } = torch.distributions;
const t = torch.tensor;

const near = (got: torch.Tensor, want: unknown): void => {
  const expected = t(want as number[]);
  expect(got.shape).toEqual(expected.shape);
  expect(torch.allclose(got.to(torch.float32), expected, { rtol: 1e-5, atol: 1e-6 })).toBe(true);
};

describe('samples and their log probabilities with seed 3', () => {
  // biome-ignore format: a table
  const cases: [string, torch.distributions.Distribution, unknown, unknown, unknown][] = [
    ['Normal', new Normal(0.5, 2), [2.1065521240234375, 0.8496667742729187, 0.677956223487854], [-1.9347119331359863, -1.6273690462112427, -1.616044282913208], 2.1120858192443848],
    ['Laplace', new Laplace(0, 1), [-4.764499187469482, -1.5552393198013306, -0.5591670870780945], [-5.457646369934082, -2.2483863830566406, -1.2523143291473389], 1.6931471824645996],
    ['Uniform', new Uniform(t([0, 1]), 2), [[0.008527040481567383, 1.1055693626403809], [0.5716849565505981, 1.0269548892974854], [0.9432287216186523, 1.0601162910461426]], [[-0.6931471824645996, 0], [-0.6931471824645996, 0], [-0.6931471824645996, 0]], [0.6931471824645996, 0]],
    ['Exponential', new Exponential(2), [0.017351727932691574, 0.1689547896385193, 0.7412153482437134], [0.6584437489509583, 0.35523760318756104, -0.7892835140228271], 0.3068528175354004],
    ['Bernoulli', new Bernoulli(t([0.3, 0.8])), [[1, 1], [1, 1], [0, 1]], [[-1.2039728164672852, -0.2231435477733612], [-1.2039728164672852, -0.2231435477733612], [-0.3566749691963196, -0.2231435477733612]], [0.6108643412590027, 0.5004023909568787]],
    ['Bernoulli of logits', new Bernoulli({ logits: t([0.3]) }), [[1], [1], [1]], [[-0.5543552041053772], [-0.5543552041053772], [-0.5543552041053772]], [0.6820224523544312]],
    ['Categorical', new Categorical(t([[1, 2, 3], [3, 1, 1]])), [[0, 0], [1, 1], [2, 1]], [[-1.7917594909667969, -0.5108255743980408], [-1.0986123085021973, -1.6094379425048828], [-0.6931471824645996, -1.6094379425048828]], [1.011404275894165, 0.9502705335617065]],
    ['Categorical of logits', new Categorical({ logits: t([0, 1, 2]) }), [0, 1, 2], [-2.4076058864593506, -1.4076058864593506, -0.4076058864593506], 0.8323954939842224],
  ];
  test.each(cases)('%s', (_, distribution, sample, logProb, entropy) => {
    torch.manual_seed(3);
    const got = distribution.sample([3]);
    near(got, sample);
    near(distribution.log_prob(got), logProb);
    near(distribution.entropy(), entropy);
    expect(kl_divergence(distribution, distribution).abs().max().item()).toBeLessThan(1e-6);
  });
});

test('reparametrized samples have gradients', () => {
  const [loc, scale] = [t(1, { requires_grad: true }), t(2, { requires_grad: true })];
  const sample = new Normal(loc, scale).rsample();
  sample.backward();
  expect(loc.grad?.item()).toBe(1);
  expect(scale.grad?.item()).toBeCloseTo((sample.item() - 1) / 2, 5);
  expect(new Normal(loc, scale).sample().requires_grad).toBe(false);
});

test('divergences', () => {
  const half = new Bernoulli(0.5);
  expect(kl_divergence(new Normal(0, 1), new Normal(1, 2)).item()).toBeCloseTo(0.4431, 4);
  expect(kl_divergence(new Laplace(0, 1), new Laplace(1, 2)).item()).toBeCloseTo(0.3771, 4);
  expect(kl_divergence(new Exponential(1), new Exponential(3)).item()).toBeCloseTo(0.9014, 4);
  expect(kl_divergence(new Uniform(0, 1), new Uniform(0.5, 2)).item()).toBe(Number.POSITIVE_INFINITY);
  expect(kl_divergence(new Bernoulli(1), half).item()).toBeCloseTo(Math.log(2), 5);
  expect(() => kl_divergence(half, new Normal(0, 1))).toThrow(
    'No KL(p || q) is implemented for p type Bernoulli and q type Normal',
  );
});

// biome-ignore format: a table
const refused: [() => unknown, string][] = [
  [() => new Normal(0, -1), 'Expected parameter scale (Tensor of shape ()) of distribution Normal(loc: 0.0, scale: -1.0) to satisfy the constraint GreaterThan(lower_bound=0.0), but found invalid values:\n-1.0'],
  [() => new Normal(torch.zeros(2), t([1, -1])), 'Expected parameter scale (Tensor of shape (2,)) of distribution Normal(loc: torch.Size([2]), scale: torch.Size([2])) to satisfy the constraint GreaterThan(lower_bound=0.0), but found invalid values:\ntensor([ 1., -1.])'],
  [() => new Uniform(2, 1), 'Expected parameter low (Tensor of shape ()) of distribution Uniform(low: 2.0, high: 1.0) to satisfy the constraint LessThan(upper_bound=1.0), but found invalid values:\n2.0'],
  [() => new Bernoulli(), 'Either `probs` or `logits` must be specified, but not both.'],
  [() => new Normal(torch.zeros(2), 1).log_prob(torch.zeros(3)), 'Value is not broadcastable with batch_shape+event_shape: torch.Size([3]) vs torch.Size([2]).'],
  [() => new Categorical(torch.ones(3)).log_prob(t(3n)), 'Expected value argument (Tensor of shape ()) to be within the support (IntegerInterval(lower_bound=0, upper_bound=2)) of the distribution Categorical(probs: torch.Size([3])), but found invalid values:\n3'],
];
test.each(refused)('%s is refused', (call, text) => {
  expect(call).toThrow(new torch.ValueError(text));
});

test('arguments are not checked with validate_args: false', () => {
  expect(new Normal(0, -1, { validate_args: false }).loc.item()).toBe(0);
});
