/** Second names, older constructors, queries and switches. */
import * as torch from 'strided';

const functions: Record<string, (...args: never[]) => torch.Tensor> = torch as never;
const call = (name: string, ...args: unknown[]): torch.Tensor =>
  (functions[name] as (...args: unknown[]) => torch.Tensor)(...args);

const x = torch.tensor([0.25, 0.5]);

test.each([
  ['arccos', 'acos'],
  ['arcsin', 'asin'],
  ['arcsinh', 'asinh'],
  ['arctan', 'atan'],
  ['arctanh', 'atanh'],
] as const)('%s is %s', (alias, name) => {
  expect(call(alias, x).tolist()).toEqual(call(name, x).tolist());
  expect(x[alias]().tolist()).toEqual(x[name]().tolist());
  expect(x.clone()[`${alias}_`]().tolist()).toEqual(x[name]().tolist());
});

test.each([
  ['greater', 'gt'],
  ['greater_equal', 'ge'],
  ['less', 'lt'],
  ['less_equal', 'le'],
  ['not_equal', 'ne'],
] as const)('%s is %s', (alias, name) => {
  expect(call(alias, x, 0.5).tolist()).toEqual(call(name, x, 0.5).tolist());
  expect(x[alias](0.5).dtype).toBe(torch.bool);
});

test('arctan2 and arccosh', () => {
  expect(torch.arctan2(x, x).tolist()).toEqual(torch.atan2(x, x).tolist());
  expect(torch.tensor([2]).arccosh().tolist()).toEqual(torch.tensor([2]).acosh().tolist());
});

describe('windows', () => {
  // What PyTorch gives in float64.
  test.each([
    ['hann', [0, 0.3454915028125263, 0.9045084971874737], [0, 0.5, 1]],
    ['hamming', [0.08, 0.3978521825875242, 0.9121478174124757], [0.08, 0.54, 1]],
    ['blackman', [0, 0.20077014326253045, 0.8492298567374694], [0, 0.34, 1]],
    ['bartlett', [0, 0.4, 0.8], [0, 0.5, 1]],
    [
      'kaiser',
      [5.2773441320097665e-5, 0.10171968770956323, 0.7929398341014605],
      [5.2773441320097665e-5, 0.2156727447589671, 1],
    ],
  ] as const)('%s', (name, periodic, symmetric) => {
    const window = (...args: unknown[]) => call(`${name}_window`, ...args);
    const first = (w: torch.Tensor) => w.narrow(0, 0, 3);
    const near = (w: torch.Tensor, want: readonly number[]) =>
      expect(
        first(w)
          .sub(torch.tensor([...want], { dtype: torch.float64 }))
          .abs()
          .max()
          .item(),
      ).toBeLessThan(1e-12);
    near(window(5, { dtype: torch.float64 }), periodic);
    near(window(5, false, { dtype: torch.float64 }), symmetric);
    expect(window(0).shape).toEqual([0]);
    expect(window(1).tolist()).toEqual([1]);
    expect(window(3, { requires_grad: true }).requires_grad).toBe(true);
    expect(() => window(-1)).toThrow(`${name}_window requires non-negative window_length, got window_length=-1`);
    expect(() => window(2, { dtype: torch.int64 })).toThrow(`${name}_window expects floating point dtypes, got: Long`);
  });

  test('have parameters', () => {
    expect(torch.hamming_window(4, true, 0.5, 0.5).tolist()).toEqual(torch.hann_window(4).tolist());
    expect(torch.kaiser_window(4, true, 8)[1]?.item()).toBeCloseTo(0.369, 4);
  });
});

test('constructors by dtype', () => {
  expect(torch.LongTensor([1, 2]).dtype).toBe(torch.int64);
  expect(torch.FloatTensor([[1, 2]]).tolist()).toEqual([[1, 2]]);
  expect(torch.DoubleTensor(2, 3).shape).toEqual([2, 3]);
  expect(torch.ByteTensor().shape).toEqual([0]);
});

test('fill_diagonal_', () => {
  expect(torch.zeros(5, 2).fill_diagonal_(1).sum().item()).toBe(2);
  expect(torch.zeros(5, 2).fill_diagonal_(1, true).tolist()).toEqual([
    [1, 0],
    [0, 1],
    [0, 0],
    [1, 0],
    [0, 1],
  ]);
  expect(torch.zeros(3, 3, 3).fill_diagonal_(2).nonzero().tolist()).toEqual([
    [0, 0, 0],
    [1, 1, 1],
    [2, 2, 2],
  ]);
  expect(() => torch.zeros(3).fill_diagonal_(1)).toThrow('dimensions must larger than 1');
  expect(() => torch.zeros(2, 3, 2).fill_diagonal_(1)).toThrow('all dimensions of input must be of equal length');
  const leaf = torch.ones(2, 2, { requires_grad: true });
  leaf.mul(2).fill_diagonal_(0).sum().backward();
  expect(leaf.grad?.tolist()).toEqual([
    [0, 2],
    [2, 0],
  ]);
});

test('vander', () => {
  const v = torch.tensor([1, 2, 3]);
  expect(torch.vander(v).tolist()).toEqual([
    [1, 1, 1],
    [4, 2, 1],
    [9, 3, 1],
  ]);
  expect(torch.vander(v, 2, true).tolist()).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
  ]);
  expect(torch.vander(v, { N: 0 }).shape).toEqual([3, 0]);
  expect(() => torch.vander(torch.ones(2, 2))).toThrow('x must be a one-dimensional tensor.');
});

test('queries', () => {
  expect(torch.is_nonzero(torch.tensor([2]))).toBe(true);
  expect(() => torch.is_nonzero(x)).toThrow('Boolean value of Tensor with more than one value is ambiguous');
  expect(() => torch.is_nonzero(torch.zeros(0))).toThrow('Boolean value of Tensor with no values is ambiguous');
  expect([torch.is_signed(x), torch.tensor([1], { dtype: torch.uint8 }).is_signed()]).toEqual([true, false]);
  expect([torch.can_cast(torch.float64, torch.int32), torch.can_cast(torch.int32, torch.float16)]).toEqual([
    false,
    true,
  ]);
  expect([x.get_device(), x.nelement(), x.ndimension(), x.is_cpu, x.is_cuda]).toEqual([-1, 2, 1, true, false]);
  expect(torch.typename(x)).toBe('torch.FloatTensor');
  expect(torch.asarray(x)).toBe(x);
  expect(torch.asarray(x, { copy: true }).data_ptr()).not.toBe(x.data_ptr());
  expect(x.index(torch.newaxis as never).shape).toEqual([1, 2]);
  expect(torch.tensor([torch.pi, torch.inf, torch.nan]).isfinite().tolist()).toEqual([true, false, false]);
});

test('functions of JavaScript on each element', () => {
  expect(
    torch
      .tensor([1, 2])
      .apply_((v) => v * 10)
      .tolist(),
  ).toEqual([10, 20]);
  expect(
    torch
      .tensor([1, 2])
      .map_(torch.tensor([3, 4]), (a, b) => a - b)
      .tolist(),
  ).toEqual([-2, -2]);
  expect(() => torch.ones(1, { requires_grad: true }).apply_((v) => v)).toThrow(
    "Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.",
  );
});

test('switches', () => {
  torch.use_deterministic_algorithms(true, { warn_only: true });
  expect(torch.are_deterministic_algorithms_enabled()).toBe(true);
  expect(torch.is_deterministic_algorithms_warn_only_enabled()).toBe(true);
  torch.use_deterministic_algorithms(false);
  expect(torch.are_deterministic_algorithms_enabled()).toBe(false);
  torch.set_float32_matmul_precision('medium');
  expect(torch.get_float32_matmul_precision()).toBe('medium');
  expect(() => torch.set_default_device('cuda')).toThrow("strided has one device, 'cpu'");
  expect(torch.get_default_device()).toBe('cpu');
});
