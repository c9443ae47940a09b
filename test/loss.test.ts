/** Losses and activations: values and gradients as PyTorch's, reductions, the graph, error texts. */

import * as torch from 'strided';

const F = torch.nn.functional;
type Loss = (x: torch.Tensor) => torch.Tensor;

/** Values of `f` at `data`, and the gradient of their sum. */
function check(f: Loss, data: number[] | number[][], values: number | number[], gradient: number[], digits = 5): void {
  const x = torch.tensor(data, { requires_grad: true });
  const y = f(x);
  y.sum().backward();
  const flat = (t: torch.Tensor) => t.detach().reshape(-1).tolist() as number[];
  const near = (got: number[], expected: number[]) => {
    expect(got).toHaveLength(expected.length);
    for (const [i, v] of got.entries()) expect(v).toBeCloseTo(expected[i] as number, digits);
  };
  near(flat(y), Array.isArray(values) ? values : [values]);
  near(flat(x.grad as torch.Tensor), gradient);
}

const logits = [
  [1, 2, 3],
  [0, -1, 2],
];
const classes = torch.tensor([2n, 0n]);
const weight = torch.tensor([0.5, 1, 2]);

describe('classification', () => {
  test('cross_entropy of class indices', () => {
    const gradient = [0.0450153, 0.1223642, -0.1673795, -0.4429024, 0.021005, 0.4218974];
    check((x) => F.cross_entropy(x, classes), logits, 1.288726, gradient);
    const twice = gradient.map((v) => 2 * v);
    check((x) => F.cross_entropy(x, classes, { reduction: 'sum' }), logits, 2.577452, twice);
    check((x) => F.cross_entropy(x, classes, { reduction: 'none' }), logits, [0.407606, 2.169846], twice);
    check(
      (x) => F.cross_entropy(x, classes, weight),
      logits,
      0.760054,
      [0.0720245, 0.1957828, -0.2678072, -0.177161, 0.008402, 0.1687589],
    );
  });

  test('samples of the ignored class do not count', () => {
    check(
      (x) => F.cross_entropy(x, torch.tensor([2n, -100n])),
      logits,
      0.407606,
      [0.0900306, 0.2447285, -0.334759, 0, 0, 0],
    );
    const all = torch.tensor([1n, 1n]);
    expect(F.cross_entropy(torch.tensor(logits), all, { ignore_index: 1 }).item()).toBeNaN();
    expect(F.cross_entropy(torch.tensor(logits), all, { ignore_index: 1, reduction: 'sum' }).item()).toBe(0);
    expect(F.nll_loss(torch.ones(0, 3), torch.zeros(0, { dtype: torch.int64 })).item()).toBeNaN();
  });

  test('label smoothing', () => {
    check(
      (x) => F.cross_entropy(x, classes, { label_smoothing: 0.3 }),
      logits,
      1.388726,
      [-0.0049847, 0.0723642, -0.0673795, -0.3429024, -0.028995, 0.3718973],
    );
    const options = { weight, label_smoothing: 0.3, ignore_index: 1 };
    check(
      (x) => F.cross_entropy(x, torch.tensor([2n, 1n]), options),
      logits,
      0.4566552,
      [0.0537768, 0.1641374, -0.2179141, 0, 0, 0],
    );
  });

  test('class probabilities', () => {
    const target = torch.tensor([
      [0.2, 0.3, 0.5],
      [1, 0, 0],
    ]);
    check(
      (x) => F.cross_entropy(x, target, { weight, label_smoothing: 0.1 }),
      logits,
      1.1036918,
      [0.0086377, 0.0167881, -0.0254258, -0.200978, -0.0047638, 0.2057418],
    );
  });

  test('nll_loss of samples, of one sample, of images', () => {
    check((x) => F.nll_loss(x, classes, { weight }), logits, -2.4, [0, 0, -0.8, -0.2, 0, 0]);
    check((x) => F.nll_loss(x, torch.tensor(2n)), [1, 2, 3], -3, [0, 0, -1]);
    const image = torch.arange(12, { dtype: torch.float32 }).view(1, 3, 2, 2);
    const target = torch.tensor([
      [
        [0n, 1n],
        [2n, -100n],
      ],
    ]);
    expect(F.nll_loss(image, target).item()).toBe(-5);
    expect(F.nll_loss(image.transpose(2, 3), target.transpose(1, 2)).item()).toBe(-5);
    expect(F.nll_loss(image, target, { reduction: 'none' }).abs().tolist()).toEqual([
      [
        [0, 5],
        [10, 0],
      ],
    ]);
    expect(F.nll_loss(image.view(1, 3, 4), target.view(1, 4), { reduction: 'none' }).shape).toEqual([1, 4]);
  });

  test('half precision and bytes as classes', () => {
    const x = torch.tensor(logits, { dtype: torch.float16, requires_grad: true });
    const loss = F.cross_entropy(x, classes.to(torch.uint8));
    loss.backward();
    expect(loss.dtype).toBe(torch.float16);
    expect(loss.item()).toBeCloseTo(1.2887, 2);
    expect(x.grad?.dtype).toBe(torch.float16);
  });

  test('the graph', () => {
    const x = torch.tensor(logits, { requires_grad: true });
    const loss = F.cross_entropy(x, classes);
    expect(loss.grad_fn?.name()).toBe('NllLossBackward0');
    expect(loss.grad_fn?.next_functions[0]?.[0]?.name()).toBe('LogSoftmaxBackward0');
    expect(F.mse_loss(x, torch.zeros(2, 3)).grad_fn?.name()).toBe('MseLossBackward0');
  });
});

describe('regression', () => {
  const target = torch.tensor([0, 1, 0.3]);
  const data = [0.1, 0.9, 0.5];
  test.each<[string, Loss, number, number[]]>([
    ['mse_loss', (x) => F.mse_loss(x, target), 0.02, [0.0666667, -0.0666667, 0.1333333]],
    ['l1_loss', (x) => F.l1_loss(x, target), 0.1333333, [0.3333333, -0.3333333, 0.3333333]],
    [
      'smooth_l1_loss',
      (x) => F.smooth_l1_loss(x, target, { beta: 0.15 }),
      0.0638889,
      [0.2222222, -0.2222223, 0.3333333],
    ],
    ['huber_loss', (x) => F.huber_loss(x, target, { delta: 0.15 }), 0.0095833, [0.0333333, -0.0333333, 0.05]],
    ['binary_cross_entropy', (x) => F.binary_cross_entropy(x, target), 0.3012894, [0.3703704, -0.3703704, 0.2666667]],
    [
      'binary_cross_entropy_with_logits',
      (x) => F.binary_cross_entropy_with_logits(x, target, { pos_weight: torch.tensor([1, 2, 3]) }),
      0.8450758,
      [0.1749931, -0.1927003, 0.0319783],
    ],
    ['kl_div', (x) => F.kl_div(x, target, { reduction: 'batchmean' }), -0.4703973, [0, -0.3333333, -0.1]],
  ])('%s', (_, f, value, gradient) => check(f, data, value, gradient));

  test('logarithms of 0 count as -100', () => {
    expect(F.binary_cross_entropy(torch.tensor([0, 1]), torch.tensor([1, 0]), { reduction: 'sum' }).item()).toBe(200);
  });

  test('shapes that differ are broadcast, with a warning', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    expect(F.mse_loss(torch.ones(2, 1), torch.zeros(3), { reduction: 'none' }).shape).toEqual([2, 3]);
    expect(warn).toHaveBeenCalledWith(
      'Using a target size (torch.Size([3])) that is different to the input size (torch.Size([2, 1])). This will likely lead to ' +
        'incorrect results due to broadcasting. Please ensure they have the same size.',
      'UserWarning',
    );
    warn.mockRestore();
  });
});

describe('activations', () => {
  const data = [-2, -0.5, 0, 0.5, 2, 7];
  test.each<[string, Loss, number[], number[]]>([
    ['gelu', (x) => F.gelu(x), [-0.0455, -0.15427, 0, 0.34573, 1.9545, 7], [-0.08523, 0.1325, 0.5, 0.8675, 1.08523, 1]],
    [
      'gelu, tanh',
      (x) => F.gelu(x, { approximate: 'tanh' }),
      [-0.0454, -0.15429, 0, 0.34571, 1.9546, 7],
      [-0.0861, 0.13263, 0.5, 0.86737, 1.0861, 1],
    ],
    [
      'silu',
      (x) => F.silu(x),
      [-0.23841, -0.18877, 0, 0.31123, 1.76159, 6.99362],
      [-0.09078, 0.26004, 0.5, 0.73996, 1.09078, 1.00546],
    ],
    ['leaky_relu', (x) => F.leaky_relu(x), [-0.02, -0.005, 0, 0.5, 2, 7], [0.01, 0.01, 0.01, 1, 1, 1]],
    ['elu', (x) => F.elu(x), [-0.86466, -0.39347, 0, 0.5, 2, 7], [0.13534, 0.60653, 1, 1, 1, 1]],
    [
      'selu',
      (x) => F.selu(x),
      [-1.52017, -0.69176, 0, 0.52535, 2.1014, 7.35491],
      [0.23793, 1.06634, 1.7581, 1.0507, 1.0507, 1.0507],
    ],
    [
      'softplus',
      (x) => F.softplus(x),
      [0.12693, 0.47408, Math.LN2, 0.97408, 2.12693, 7.00091],
      [0.1192, 0.37754, 0.5, 0.62246, 0.8808, 0.99909],
    ],
    ['relu6', (x) => F.relu6(x), [0, 0, 0, 0.5, 2, 6], [0, 0, 0, 1, 1, 0]],
    ['hardtanh', (x) => F.hardtanh(x), [-1, -0.5, 0, 0.5, 1, 1], [0, 1, 1, 1, 0, 0]],
    [
      'logsigmoid',
      (x) => F.logsigmoid(x),
      [-2.12693, -0.97408, -Math.LN2, -0.47408, -0.12693, -0.00091],
      [0.8808, 0.62246, 0.5, 0.37754, 0.1192, 0.00091],
    ],
    [
      'hardswish',
      (x) => F.hardswish(x),
      [-0.33333, -0.20833, 0, 0.29167, 1.66667, 7],
      [-0.16667, 0.33333, 0.5, 0.66667, 1.16667, 1],
    ],
    [
      'mish',
      (x) => F.mish(x),
      [-0.2525, -0.22074, 0, 0.37525, 1.94396, 6.99999],
      [-0.10836, 0.28951, 0.6, 0.88642, 1.06932, 1.00002],
    ],
    [
      'softsign',
      (x) => F.softsign(x),
      [-0.66667, -0.33333, 0, 0.33333, 0.66667, 0.875],
      [0.11111, 0.44444, 1, 0.44444, 0.11111, 0.01562],
    ],
    ['hardshrink', (x) => F.hardshrink(x), [-2, 0, 0, 0, 2, 7], [1, 0, 0, 0, 1, 1]],
    ['softshrink', (x) => F.softshrink(x), [-1.5, 0, 0, 0, 1.5, 6.5], [1, 0, 0, 0, 1, 1]],
  ])('%s', (_, f, values, gradient) => check(f, data, values, gradient, 4));

  test.each([
    'relu',
    'silu',
    'mish',
    'hardswish',
    'hardsigmoid',
    'elu',
    'celu',
    'selu',
    'relu6',
    'leaky_relu',
    'hardtanh',
  ] as const)('%s in place', (name) => {
    const x = torch.tensor(data, { requires_grad: true });
    const f = F[name] as (x: torch.Tensor, options?: { inplace: boolean }) => torch.Tensor;
    const copy = x.mul(1);
    const changed = f(copy, { inplace: true });
    expect(changed).toBe(copy);
    expect(changed.tolist()).toEqual(f(x).tolist());
    const [a] = torch.autograd.grad(changed.sum(), x) as [torch.Tensor];
    const [b] = torch.autograd.grad(f(x).sum(), x) as [torch.Tensor];
    expect(a.tolist()).toEqual(b.tolist());
  });

  test('one_hot', () => {
    expect(F.one_hot(torch.tensor([0n, 2n])).tolist()).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ]);
    expect(F.one_hot(torch.tensor([[1n]]), 4).shape).toEqual([1, 1, 4]);
  });

  test('embedding shortens rows that are too long, in place', () => {
    const table = torch.tensor([
      [3, 4],
      [0.3, 0.4],
    ]);
    expect(F.embedding(torch.tensor([0n, 0n, 1n]), table, { max_norm: 1 }).shape).toEqual([3, 2]);
    expect(
      table
        .norm(2, 1)
        .tolist()
        .map((v: number) => Number(v.toFixed(4))),
    ).toEqual([1, 0.5]);
  });
});

const [V, R, I] = [torch.ValueError, torch.RuntimeError, torch.IndexError];
const long = (values: unknown) => torch.tensor(values as number[], { dtype: torch.int64 });
test.each<[new (text: string) => Error, () => unknown, string]>([
  [
    V,
    () => F.cross_entropy(torch.ones(3, 4), long([0, 1])),
    'Expected input batch_size (3) to match target batch_size (2).',
  ],
  [I, () => F.cross_entropy(torch.ones(2, 4), long([0, 4])), 'Target 4 is out of bounds.'],
  [
    R,
    () => F.cross_entropy(torch.ones(3, 4), torch.ones(3, 3)),
    '0D or 1D target tensor expected, multi-target not supported',
  ],
  [
    R,
    () => F.cross_entropy(torch.ones(3, 4), long([0, 1, 2]), torch.ones(3)),
    'weight tensor should be defined either for all 4 classes or no classes but got weight tensor of shape: [3]',
  ],
  [
    R,
    () => F.cross_entropy(torch.ones(1, 4), long([0]), { label_smoothing: 1.5 }),
    'label_smoothing must be between 0.0 and 1.0. Got: 1.5',
  ],
  [
    R,
    () => F.cross_entropy(torch.ones(1, 4), long([[0, 1, 2, 3]])),
    'Expected floating point type for target with class probabilities, got Long',
  ],
  [R, () => F.nll_loss(torch.ones(1, 4), torch.ones(1)), 'expected target dtype to be Long or Byte, but got Float'],
  [R, () => F.nll_loss(torch.ones(3, 4, 5), torch.zeros(3, 6)), 'Expected target size [3, 5], got [3, 6]'],
  [V, () => F.mse_loss(torch.ones(3), torch.ones(3), { reduction: 'avg' }), 'avg is not a valid value for reduction'],
  [torch.NotImplementedError, () => F.mse_loss(long([1]), long([2])), '"mse_cpu" not implemented for \'Long\''],
  [
    R,
    () => F.binary_cross_entropy(torch.tensor([2]), torch.ones(1)),
    'all elements of input should be between 0 and 1',
  ],
  [
    V,
    () => F.binary_cross_entropy_with_logits(torch.ones(3), torch.ones(2)),
    'Target size (torch.Size([2])) must be the same as input size (torch.Size([3]))',
  ],
  [
    R,
    () => F.smooth_l1_loss(torch.ones(3), torch.ones(3), { beta: -1 }),
    'smooth_l1_loss does not support negative values for beta.',
  ],
  [
    R,
    () => F.huber_loss(torch.ones(3), torch.ones(3), { delta: 0 }),
    'huber_loss does not support non-positive values for delta.',
  ],
  [torch.NotImplementedError, () => F.gelu(long([1])), '"GeluKernelImpl" not implemented for \'Long\''],
  [R, () => F.gelu(torch.ones(1), { approximate: 'x' }), 'approximate argument must be either none or tanh.'],
  [V, () => F.hardtanh(torch.ones(1), 1, -1), 'min_val cannot be greater than max_val'],
  [R, () => F.glu(torch.ones(3)), 'Halving dimension must be even, but dimension 0 is size 3'],
  [
    R,
    () => F.prelu(torch.ones(2, 3), torch.ones(2)),
    'Mismatch of parameter numbers and input channel size. Found parameter numbers = 2 and channel size = 3.',
  ],
  [V, () => F.dropout(torch.ones(2), 1.5), 'dropout probability has to be between 0 and 1, but got 1.5'],
])('refuses %#', (cls, call, text) => {
  expect(call).toThrow(cls);
  expect(call).toThrow(new Error(text));
});
