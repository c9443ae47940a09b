import * as torch from 'strided';

const { float64, int32, int64, uint8 } = torch;
const samples = (make: () => torch.Tensor): unknown => {
  torch.manual_seed(0);
  return make().tolist();
};

describe('the stream of PyTorch, seed 0', () => {
  const exact: [string, () => torch.Tensor, unknown][] = [
    ['rand', () => torch.rand(4), [0.49625658988952637, 0.7682217955589294, 0.08847743272781372, 0.13203048706054688]],
    ['rand of float64', () => torch.rand(2, { dtype: float64 }), [0.9700530018065531, 0.707819864399788]],
    ['randint', () => torch.randint(10, [6]), [4, 9, 3, 0, 3, 9]],
    ['randint from', () => torch.randint(-3, 3, [6], { dtype: int32 }), [-1, 0, 2, -3, -2, 0]],
    ['randint of 63 bits', () => torch.randint(2n ** 63n - 1n, [2]), [900450186894289456n, 3969543146641149121n]],
    ['randperm', () => torch.randperm(8), [4, 0, 7, 3, 2, 5, 1, 6]],
    [
      'uniform_',
      () => torch.zeros(3).uniform_(-1, 1),
      [-0.007486820220947266, 0.5364435911178589, -0.8230451345443726],
    ],
    ['random_ from', () => torch.zeros(4).random_(1, 7), [3, 4, 6, 1]],
    ['random_', () => torch.zeros(4, { dtype: uint8 }).random_(), [172, 47, 117, 192]],
    ['geometric_', () => torch.zeros(6).geometric_(0.3), [1, 1, 3, 1, 2, 1]],
    ['bernoulli', () => torch.bernoulli(torch.full([8], 0.5)), [1, 0, 1, 1, 1, 0, 1, 0]],
    ['bernoulli_ of a tensor', () => torch.zeros(8).bernoulli_(torch.full([1], 0.25)), [0, 0, 1, 1, 0, 0, 0, 0]],
    ['multinomial', () => torch.multinomial(torch.tensor([1, 2, 3, 4]), 6, true), [3, 3, 2, 3, 3, 3]],
    ['poisson', () => torch.poisson(torch.full([6], 4)), [7, 3, 5, 4, 6, 3]],
    [
      'a transposed tensor, in the order of its memory',
      () => torch.rand_like(torch.zeros(2, 3).t()),
      [
        [0.49625658988952637, 0.13203048706054688],
        [0.7682217955589294, 0.30742281675338745],
        [0.08847743272781372, 0.6340786814689636],
      ],
    ],
    [
      'a column',
      () => torch.zeros(4, 2).select(1, 0).uniform_(),
      [0.49625658988952637, 0.7682217955589294, 0.08847743272781372, 0.13203048706054688],
    ],
  ];
  test.each(exact)('%s', (_, make, expected) => {
    expect(samples(make)).toEqual(expected);
  });

  const close: [string, () => torch.Tensor, number[]][] = [
    ['randn of few', () => torch.randn(3), [1.5409960746765137, -0.293428897857666, -2.1787893772125244]],
    [
      'randn of many',
      () => torch.randn(17).narrow(0, 14, 3),
      [0.946298360824585, -0.843676745891571, 0.9318265914916992],
    ],
    ['normal', () => torch.normal(1, 2, [3]), [4.081992149353027, 0.4131421744823456, -3.357578754425049]],
    [
      'normal around a tensor',
      () => torch.normal(torch.arange(3), 2),
      [3.081992149353027, 0.41314220428466797, -2.357578754425049],
    ],
    [
      'normal_ of a column',
      () => torch.zeros(20, 2).select(1, 0).normal_().narrow(0, 0, 2),
      [1.5409960746765137, -0.293428897857666],
    ],
    ['cauchy_', () => torch.zeros(3).cauchy_(), [10.597729682922363, 0.7647672891616821, -0.12829934060573578]],
    [
      'log_normal_',
      () => torch.zeros(3).log_normal_(0, 1),
      [4.669239044189453, 0.7457022070884705, 0.11317846179008484],
    ],
  ];
  test.each(close)('%s', (_, make, expected) => {
    const got = samples(make) as number[];
    expect(got).toHaveLength(expected.length);
    got.forEach((value, i) => expect(value).toBeCloseTo(expected[i] as number, 5));
  });
});

describe('generators', () => {
  test('manual_seed returns the default generator, which knows its seed', () => {
    expect(torch.manual_seed(42)).toBe(torch.default_generator);
    expect(torch.initial_seed()).toBe(42);
    expect(torch.default_generator.manual_seed(-1).initial_seed()).toBe(2n ** 64n - 1n);
    expect(() => torch.manual_seed(1.5)).toThrow(new torch.RuntimeError('manual_seed expected a long, but got float'));
    expect(() => torch.manual_seed(2n ** 64n)).toThrow(new torch.ValueError('Overflow when unpacking long long'));
  });

  test('a generator is a stream of its own', () => {
    const generator = new torch.Generator();
    expect(generator.initial_seed()).toBe(67280421310721);
    expect(generator.device).toBe('cpu');
    const expected = samples(() => torch.rand(3));
    torch.manual_seed(5);
    const before = torch.get_rng_state().tolist();
    generator.manual_seed(0);
    expect([torch.rand(1, { generator }).item(), ...torch.rand(2, { generator }).tolist()]).toEqual(expected);
    expect(torch.get_rng_state().tolist()).toEqual(before);
  });

  test('every random op takes a generator', () => {
    const from = (seed: number) => new torch.Generator().manual_seed(seed);
    const x = torch.full([64], 0.5);
    const draws: ((generator: torch.Generator) => torch.Tensor)[] = [
      (generator) => torch.randn(64, { generator }),
      (generator) => torch.randint(1000, [64], { generator }),
      (generator) => torch.randperm(64, { generator }),
      (generator) => torch.rand_like(x, { generator }),
      (generator) => torch.randint_like(x, 5, 1000, { generator }),
      (generator) => torch.normal(x, 1, { generator }),
      (generator) => torch.bernoulli(x, { generator }),
      (generator) => torch.multinomial(x, 32, false, { generator }),
      (generator) => torch.poisson(x, generator),
      (generator) => x.clone().exponential_(2, { generator }),
      (generator) => x.clone().bernoulli_(0.5, { generator }),
      (generator) => x.clone().random_({ generator }),
    ];
    for (const draw of draws) {
      expect(draw(from(3)).tolist()).toEqual(draw(from(3)).tolist());
      expect(draw(from(3)).tolist()).not.toEqual(draw(from(4)).tolist());
    }
    expect(() => torch.rand(2, { generator: 3 as never })).toThrow(
      "rand(): argument 'generator' must be Generator, not int",
    );
  });

  test('a state brings a stream back, the normal sample that was left over included', () => {
    torch.manual_seed(0);
    torch.randn(3);
    const state = torch.get_rng_state();
    expect([String(state.dtype), ...state.shape]).toEqual(['torch.uint8', 5056]);
    const next = torch.randn(3).tolist();
    expect(next[0]).toBeCloseTo(0.5684312582015991, 5);
    torch.set_rng_state(state);
    expect(torch.randn(3).tolist()).toEqual(next);
    const generator = new torch.Generator().set_state(state);
    expect(torch.randn(3, { generator }).tolist()).toEqual(next);
    expect(() => torch.set_rng_state(torch.zeros(3))).toThrow(
      new torch.TypeError('RNG state must be a torch.ByteTensor'),
    );
    expect(() => generator.set_state(torch.zeros(3, { dtype: uint8 }))).toThrow(
      'Expected a CPUGeneratorImplState of size 5056 but found the input RNG state size to be 3',
    );
  });

  test('seed() cannot be foreseen and starts a stream', () => {
    const seed = torch.seed();
    expect(torch.initial_seed()).toBe(seed);
    const drawn = torch.rand(2).tolist();
    torch.manual_seed(seed);
    expect(torch.rand(2).tolist()).toEqual(drawn);
    expect(torch.seed()).not.toBe(seed);
  });
});

describe('torch.random.fork_rng', () => {
  test('puts the generator back', async () => {
    torch.manual_seed(0);
    const drawn = torch.random.fork_rng(() => torch.rand(2).tolist());
    const later = torch.random.fork_rng(async () => {
      await null;
      return torch.rand(2).tolist();
    });
    expect(await later).toEqual(drawn);
    const guard = torch.random.fork_rng();
    torch.rand(5);
    guard[Symbol.dispose]();
    expect(() =>
      torch.random.fork_rng(() => {
        torch.rand(5);
        throw new Error('mine');
      }),
    ).toThrow('mine');
    expect(torch.rand(2).tolist()).toEqual(drawn);
  });
});

describe('random ops in the graph', () => {
  const a = () => torch.ones(3, { requires_grad: true });
  test.each<[string, () => torch.Tensor]>([
    ['UniformBackward0', () => a().clone().uniform_()],
    ['NormalBackward0', () => a().clone().normal_()],
    ['NormalBackward1', () => torch.normal(a(), 1)],
    ['NormalBackward2', () => torch.normal(0, a())],
    ['NormalBackward3', () => torch.normal(a(), a())],
    ['RandomBackward0', () => a().clone().random_(1, 5)],
    ['RandomBackward1', () => a().clone().random_(5)],
    ['RandomBackward2', () => a().clone().random_()],
    ['BernoulliBackward0', () => torch.bernoulli(a())],
    ['BernoulliBackward1', () => torch.ones(3).bernoulli_(a())],
    ['BernoulliBackward2', () => a().clone().bernoulli_()],
    ['ExponentialBackward0', () => a().clone().exponential_()],
    ['PoissonBackward0', () => torch.poisson(a())],
    ['MulBackward0', () => torch.dropout(a(), 0.5, true)],
    ['AddBackward0', () => torch.alpha_dropout(a(), 0.5, true)],
  ])('%s', (name, make) => {
    expect(make().grad_fn?.name()).toBe(name);
  });

  test('samples do not depend on what they replaced', () => {
    const x = a();
    x.mul(2).uniform_().sum().backward();
    expect(x.grad?.tolist()).toEqual([0, 0, 0]);
  });

  test('in-place ops count as changes and are refused on leaves', () => {
    const x = torch.zeros(2).normal_();
    expect(x._version).toBe(1);
    expect(torch.randn(2)._version).toBe(0);
    expect(() => a().bernoulli_()).toThrow(
      'a leaf Variable that requires grad is being used in an in-place operation.',
    );
  });

  test('dropout keeps, scales and passes gradients on', () => {
    torch.manual_seed(1);
    const x = torch.ones(1000, { requires_grad: true });
    const y = torch.dropout(x, 0.2, true);
    y.sum().backward();
    expect(new Set(y.tolist())).toEqual(new Set([0, 1.25]));
    expect(x.grad?.tolist()).toEqual(y.tolist());
    expect(Math.abs(y.mean().item() - 1)).toBeLessThan(0.1);
    expect(torch.dropout(x, 0.2, false)).toBe(x);
    expect(torch.dropout(x, 1, true).sum().item()).toBe(0);
    const channels = torch.feature_dropout(torch.ones(2, 8, 3, 3), 0.5, true);
    for (const channel of channels.reshape(16, 9).tolist()) expect(new Set(channel).size).toBe(1);
    expect(() => torch.dropout(x, 2, true)).toThrow('dropout probability has to be between 0 and 1, but got 2');
  });
});

describe('what random ops refuse', () => {
  const { RuntimeError, NotImplementedError, TypeError } = torch;
  const x = torch.ones(2);
  test.each<[() => unknown, Error]>([
    [
      () => torch.rand(2, { dtype: int64 }),
      new NotImplementedError('"check_uniform_bounds" not implemented for \'Long\''),
    ],
    [
      () => torch.randn(2, { dtype: int64 }),
      new NotImplementedError('"normal_kernel_cpu" not implemented for \'Long\''),
    ],
    [
      () => torch.randint(3, 3, [2]),
      new RuntimeError("random_ expects 'from' to be less than 'to', but got from=3 >= to=3"),
    ],
    [() => torch.randint(1.5, [2]), new TypeError("randint(): argument 'high' must be int, not float")],
    [() => torch.randperm(-1), new RuntimeError('Trying to create tensor with negative dimension -1: [-1]')],
    [() => torch.normal(x, -1), new RuntimeError('normal expects std >= 0.0, but found std -1')],
    [() => torch.normal(0, x.neg()), new RuntimeError('normal expects all elements of std >= 0.0')],
    [
      () => x.clone().uniform_(2, 1),
      new RuntimeError('uniform_ expects to return a [from, to) range, but found from=2 > to=1'),
    ],
    [() => x.clone().bernoulli_(2), new RuntimeError('bernoulli_ expects p to be in [0, 1], but got p=2')],
    [() => x.clone().geometric_(2), new RuntimeError('geometric_ expects p to be in (0, 1), but got p=2')],
    [() => torch.poisson(x.neg()), new RuntimeError('invalid Poisson rate, expected rate to be non-negative')],
    [
      () => torch.multinomial(x, 3),
      new RuntimeError('cannot sample n_sample > prob_dist.size(-1) samples without replacement'),
    ],
    [() => torch.multinomial(torch.ones([]), 1), new RuntimeError('prob_dist must be 1 or 2 dim')],
    [
      () => torch.ones(1).expand(3).uniform_(),
      new RuntimeError(
        'unsupported operation: more than one element of the written-to tensor refers to a single memory location. ' +
          'Please clone() the tensor before performing the operation.',
      ),
    ],
  ])('%s', (call, error) => {
    expect(call).toThrow(error);
    expect(call).toThrow(error.constructor as never);
  });
});
