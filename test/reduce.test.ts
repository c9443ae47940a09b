/** Reductions, scans and the softmax family: results, dtypes, ties, empty inputs, gradients and error texts. */

import * as torch from 'strided';

const list = (x: torch.Tensor): unknown => x.tolist();
const close = (x: torch.Tensor, expected: readonly number[], digits = 5): void => {
  const got = x.detach().reshape(-1).tolist() as number[];
  expect(got).toHaveLength(expected.length);
  for (const [i, v] of got.entries()) expect(v).toBeCloseTo(expected[i] as number, digits);
};
const matrix = () =>
  torch.tensor([
    [1, 5, 2],
    [7, 0, 2],
  ]);
const gradientOf = (f: (x: torch.Tensor) => torch.Tensor, values: number[] | number[][]): unknown => {
  const x = torch.tensor(values, { requires_grad: true });
  f(x).sum().backward();
  return list(x.grad as torch.Tensor);
};

describe('sums, products and means', () => {
  test('over all elements, one dimension, several, none kept or kept', () => {
    const x = torch.ones(2, 3, 4);
    expect(x.sum().item()).toBe(24);
    expect(torch.sum(x, 1).shape).toEqual([2, 4]);
    expect(x.sum([0, -1]).tolist()).toEqual([8, 8, 8]);
    expect(x.sum({ dim: [0, 2], keepdim: true }).shape).toEqual([1, 3, 1]);
    expect(x.sum([]).item()).toBe(24);
    expect(x.transpose(0, 2).sum(0).stride()).toEqual([2, 1]);
    expect(x.mean(1, true).shape).toEqual([2, 1, 4]);
    expect(list(matrix().prod(1))).toEqual([10, 0]);
  });

  test('result dtypes', () => {
    expect(torch.tensor([true, true]).sum().dtype).toBe(torch.int64);
    expect(torch.ones(2, { dtype: torch.int8 }).prod().dtype).toBe(torch.int64);
    expect(torch.ones(2, { dtype: torch.float16 }).sum().dtype).toBe(torch.float16);
    expect(torch.ones(2).sum({ dtype: torch.float64 }).dtype).toBe(torch.float64);
    expect(torch.tensor([1.5, 1.5]).sum({ dtype: torch.int32 }).item()).toBe(2);
    expect(torch.tensor([1n, 2n]).mean({ dtype: torch.float32 }).item()).toBe(1.5);
  });

  test('integers overflow in int64 only', () => {
    const x = torch.full([300], 127, { dtype: torch.int8 });
    expect(x.sum().item()).toBe(38100);
    expect(x.sum({ dtype: torch.int8 }).item()).toBe((38100 % 256) - 256);
  });

  test('no elements', () => {
    const x = torch.zeros(0, 3);
    expect(x.sum().item()).toBe(0);
    expect(x.prod().item()).toBe(1);
    expect(x.mean().item()).toBeNaN();
    expect(list(x.sum(0))).toEqual([0, 0, 0]);
    expect(x.sum(1).shape).toEqual([0]);
  });

  test('NaN left out', () => {
    const x = torch.tensor([1, NaN, 3]);
    expect(x.nansum().item()).toBe(4);
    expect(x.nanmean().item()).toBe(2);
  });

  test('a float32 sum of ten million numbers keeps its digits', () => {
    expect(torch.full([10_000_000], 0.1).sum().item()).toBeCloseTo(1000000.0149, 0);
  });

  test('the same for any number of threads', () => {
    const x = torch.arange(3_000_000).mul(0.001).reshape(1000, 3000);
    const before = torch.get_num_threads();
    const results = [1, 2, 3].map((n) => {
      torch.set_num_threads(n);
      return [x.sum().item(), x.mean(0).sum().item(), x.std().item(), x.norm().item(), x.softmax(1).amax().item()];
    });
    torch.set_num_threads(before);
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test('errors', () => {
    const x = torch.ones(2, 3);
    const range = 'Dimension out of range (expected to be in range of [-2, 1], but got 2)';
    expect(() => x.sum(2)).toThrow(new torch.IndexError(range));
    expect(() => x.sum([0, 0])).toThrow(new torch.RuntimeError('dim 0 appears multiple times in the list of dims'));
    const dtype =
      'mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long';
    expect(() => torch.tensor([1n]).mean()).toThrow(new torch.RuntimeError(dtype));
    expect(() => x.mean({ dtype: torch.int32 })).toThrow(
      new torch.RuntimeError(dtype.replace('Input', 'Optional').replace('Long', 'Int')),
    );
    expect(() => (x as any).sum({ keepdim: true })).toThrow(torch.TypeError);
    expect(() => (x as any).prod([0, 1])).toThrow(torch.TypeError);
  });

  test('the gradient of a product with zeros', () => {
    expect(gradientOf((x) => x.prod(), [2, 3, 4])).toEqual([12, 8, 6]);
    expect(gradientOf((x) => x.prod(), [2, 0, 4])).toEqual([0, 8, 0]);
    expect(gradientOf((x) => x.prod(), [2, 0, 0])).toEqual([0, 0, 0]);
    expect(
      gradientOf(
        (x) => x.prod(1),
        [
          [2, 0],
          [3, 5],
        ],
      ),
    ).toEqual([
      [0, 2],
      [5, 3],
    ]);
  });
});

describe('extremes', () => {
  test('values and indices along a dimension, by place and by name', () => {
    const { values, indices } = matrix().max(1);
    expect(list(values)).toEqual([5, 7]);
    expect(list(indices)).toEqual([1, 0]);
    const [low, where] = torch.min(matrix(), 0, true);
    expect([low.shape, list(low), list(where)]).toEqual([[1, 3], [[1, 0, 2]], [[0, 1, 0]]]);
    expect(indices.dtype).toBe(torch.int64);
  });

  test('of everything, and of two tensors', () => {
    expect(matrix().max().item()).toBe(7);
    expect(list(matrix().max(torch.tensor([3, 3, 3])))).toEqual([
      [3, 5, 3],
      [7, 3, 3],
    ]);
    expect(list(matrix().amin([0, 1]))).toBe(0);
    expect(torch.tensor([true, false]).max().item()).toBe(true);
    const { min, max } = matrix().aminmax({ dim: 0 });
    expect([list(min), list(max)]).toEqual([
      [1, 0, 2],
      [7, 5, 2],
    ]);
  });

  test('the first of equal elements, and NaN before all', () => {
    expect(torch.tensor([1, 3, 3, 2]).argmax().item()).toBe(1);
    expect(torch.tensor([1, NaN, 3, NaN]).argmax().item()).toBe(1);
    expect(torch.tensor([1, NaN, 3]).min().item()).toBeNaN();
    expect(
      torch
        .tensor([
          [1, 9],
          [9, 1],
        ])
        .t()
        .argmax()
        .item(),
    ).toBe(1);
    expect(matrix().argmin(1, true).shape).toEqual([2, 1]);
    expect(matrix().argmax({ keepdim: true }).shape).toEqual([1, 1]);
  });

  test('errors', () => {
    const none = torch.zeros(0, 3);
    const text =
      "(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.";
    expect(() => none.max()).toThrow(new torch.RuntimeError(`max${text}`));
    expect(() => none.amin()).toThrow(new torch.RuntimeError(`amin${text}`));
    expect(() => none.min(0)).toThrow(new torch.IndexError('min(): Expected reduction dim 0 to have non-zero size.'));
    expect(() => none.argmax()).toThrow(
      new torch.IndexError('argmax(): Expected reduction dim to be specified for input.numel() == 0.'),
    );
    expect(() => torch.tensor([true]).argmax()).toThrow(
      new torch.RuntimeError('argmax(): does not support bool input'),
    );
    expect(none.max(1).values.shape).toEqual([0]);
  });

  test('gradients are shared by ties, or follow the index', () => {
    expect(gradientOf((x) => x.max(), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
    expect(gradientOf((x) => x.amax(0), [3, 1, 3])).toEqual([0.5, 0, 0.5]);
    expect(gradientOf((x) => x.max(0).values, [3, 1, 3])).toEqual([1, 0, 0]);
    expect(
      gradientOf(
        (x) => x.min(1).values,
        [
          [2, 1],
          [0, 4],
        ],
      ),
    ).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});

describe('truth', () => {
  test('any, all and count_nonzero', () => {
    const x = torch.tensor([
      [0, 2],
      [0, 0],
    ]);
    expect(list(x.any(1))).toEqual([true, false]);
    expect(x.all().item()).toBe(false);
    expect(torch.zeros(0).all().item()).toBe(true);
    expect(torch.tensor([NaN]).any().item()).toBe(true);
    expect(x.to(torch.uint8).any().dtype).toBe(torch.uint8);
    expect(x.any().dtype).toBe(torch.bool);
    expect(x.all({ dim: [0, 1], keepdim: true }).shape).toEqual([1, 1]);
    expect(x.count_nonzero().item()).toBe(1);
    expect(list(x.count_nonzero(0))).toEqual([0, 1]);
  });
});

describe('moments and norms', () => {
  const x = () =>
    torch.tensor([
      [1, 2, 4],
      [8, 16, 32],
    ]);

  test('variance by every way of saying the correction', () => {
    close(x().var(), [140.7], 4);
    close(torch.var(x(), false), [117.25]);
    close(torch.var(x(), 1), [2.333333, 149.333333], 4);
    close(x().var(1, false), [1.555556, 99.555556], 4);
    close(x().var({ dim: 1, correction: 0.5, keepdim: true }), [1.866667, 119.466667], 4);
    close(x().std([0, 1], true), [11.861703]);
    expect(x().var({ correction: 6 }).item()).toBe(Infinity);
    expect(torch.tensor([5]).var().item()).toBeNaN();
  });

  test('with the mean', () => {
    const [v, m] = torch.var_mean(x(), 1);
    close(v, [2.333333, 149.333333], 4);
    close(m, [2.333333, 18.666667]);
    close(x().std_mean()[0], [11.861703]);
  });

  test('the variance of large numbers loses nothing', () => {
    const y = torch.tensor([1e8, 1e8 + 1, 1e8 + 2], { dtype: torch.float64 });
    expect(y.var().item()).toBe(1);
  });

  test('norms', () => {
    const y = torch.tensor([
      [3, -4],
      [0, 12],
    ]);
    expect([y.norm().item(), y.norm('fro').item(), y.norm(1).item(), y.norm(0).item()]).toEqual([13, 13, 19, 3]);
    expect([y.norm(Infinity).item(), y.norm(-Infinity).item()]).toEqual([12, 0]);
    expect(list(y.norm({ p: 2, dim: 1 }))).toEqual([5, 12]);
    close(torch.norm(y, 3, 1, true), [4.497941, 12]);
    expect(y.norm({ dtype: torch.float64 }).dtype).toBe(torch.float64);
  });

  test('gradients', () => {
    expect(gradientOf((y) => y.norm(), [3, 4])).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)]);
    expect(gradientOf((y) => y.norm(), [0, 0])).toEqual([0, 0]);
    expect(gradientOf((y) => y.norm(Infinity), [2, -2])).toEqual([0.5, -0.5]);
    expect(gradientOf((y) => y.std(), [2, 2])).toEqual([0, 0]);
    expect(gradientOf((y) => y.var({ correction: 0 }), [1, 3])).toEqual([-1, 1]);
  });

  test('errors', () => {
    const long = torch.tensor([1n, 2n]);
    expect(() => long.var()).toThrow(
      new torch.RuntimeError('std and var only support floating point and complex dtypes'),
    );
    expect(() => torch.std_mean(long)).toThrow(
      new torch.RuntimeError('std_mean only support floating point and complex dtypes'),
    );
    expect(() => long.norm()).toThrow(
      new torch.RuntimeError('linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long'),
    );
    expect(() => torch.zeros(0).norm(Infinity)).toThrow(
      new torch.RuntimeError(
        'linalg.vector_norm cannot compute the inf norm on an empty tensor because the operation does not have an identity',
      ),
    );
    expect(() => long.norm('x')).toThrow(new torch.RuntimeError('linalg.matrix_norm: Order x not supported.'));
  });

  test('logsumexp neither overflows nor turns infinities into NaN', () => {
    close(torch.tensor([1000, 1000]).logsumexp(0), [1000.693147], 3);
    expect(torch.tensor([-Infinity, -Infinity]).logsumexp(0).item()).toBe(-Infinity);
    expect(torch.tensor([Infinity, 1]).logsumexp(0).item()).toBe(Infinity);
    expect(list(torch.zeros(0, 2).logsumexp(0))).toEqual([-Infinity, -Infinity]);
    close(torch.tensor([1n, 2n]).logsumexp(0), [2.313262]);
  });
});

describe('scans', () => {
  test('sums and products up to each element', () => {
    expect(list(matrix().cumsum(1))).toEqual([
      [1, 6, 8],
      [7, 7, 9],
    ]);
    expect(list(matrix().cumprod(0))).toEqual([
      [1, 5, 2],
      [7, 0, 4],
    ]);
    expect(torch.tensor([true, true]).cumsum(0).dtype).toBe(torch.int64);
    expect(torch.tensor([1, 2]).cumsum(0, { dtype: torch.int32 }).dtype).toBe(torch.int32);
    expect(list(torch.tensor([1, 2]).cumsum_(0))).toEqual([1, 3]);
    expect(torch.tensor(3).cumsum(0).item()).toBe(3);
    expect(() => matrix().cumsum(2)).toThrow(torch.IndexError);
  });

  test('extremes up to each element: the last of equal ones, NaN for good', () => {
    const { values, indices } = torch.tensor([1, 3, 2, 3]).cummax(0);
    expect([list(values), list(indices)]).toEqual([
      [1, 3, 3, 3],
      [0, 1, 1, 3],
    ]);
    const low = torch.tensor([2, NaN, 1]).cummin(0);
    expect([list(low.values), list(low.indices)]).toEqual([
      [2, NaN, NaN],
      [0, 1, 1],
    ]);
  });

  test('gradients, with zeros too', () => {
    expect(gradientOf((x) => x.cumsum(0), [1, 2, 3])).toEqual([3, 2, 1]);
    expect(gradientOf((x) => x.cumprod(0), [2, 3, 4])).toEqual([16, 10, 6]);
    expect(gradientOf((x) => x.cumprod(0), [2, 0, 4])).toEqual([1, 10, 0]);
    expect(gradientOf((x) => x.cummax(0).values, [1, 3, 2])).toEqual([1, 2, 0]);
  });
});

describe('softmax', () => {
  test('along any dimension', () => {
    close(
      torch
        .tensor([
          [0, Math.log(3)],
          [0, 0],
        ])
        .softmax(1),
      [0.25, 0.75, 0.5, 0.5],
    );
    close(
      torch
        .tensor([
          [0, 1],
          [Math.log(3), 1],
        ])
        .softmax(0),
      [0.25, 0.5, 0.75, 0.5],
    );
    close(torch.log_softmax(torch.tensor([0, Math.log(3)]), -1), [Math.log(0.25), Math.log(0.75)]);
    expect(torch.tensor(5).softmax(0).item()).toBe(1);
    expect(torch.zeros(0, 3).softmax(1).shape).toEqual([0, 3]);
  });

  test('large and infinite elements', () => {
    expect(list(torch.tensor([1e4, 0]).softmax(0))).toEqual([1, 0]);
    expect(list(torch.tensor([1e4, 0]).log_softmax(0))).toEqual([0, -1e4]);
    expect(list(torch.tensor([0, -Infinity]).softmax(0))).toEqual([1, 0]);
    expect(list(torch.tensor([NaN, 0]).softmax(0))).toEqual([NaN, NaN]);
  });

  test('dtypes', () => {
    expect(torch.tensor([1n, 1n]).softmax(0, { dtype: torch.float64 }).dtype).toBe(torch.float64);
    expect(torch.ones(3, { dtype: torch.bfloat16 }).softmax(0).dtype).toBe(torch.bfloat16);
    expect(() => torch.tensor([1n]).softmax(0)).toThrow(
      new torch.NotImplementedError(`"softmax_lastdim_kernel_impl" not implemented for 'Long'`),
    );
    expect(() => torch.ones(2, 2, { dtype: torch.int32 }).log_softmax(0)).toThrow(
      new torch.NotImplementedError(`"log_softmax_kernel_impl" not implemented for 'Int'`),
    );
  });

  test.each(['softmax', 'log_softmax'] as const)('%s: first and second gradients', (name) => {
    const x = torch.tensor(
      [
        [0.3, -1.2, 0.8],
        [2, 0.1, -0.4],
      ],
      { dtype: torch.float64, requires_grad: true },
    );
    for (const dim of [0, 1]) {
      expect(torch.autograd.gradcheck((y: torch.Tensor) => y[name](dim), [x])).toBe(true);
      expect(torch.autograd.gradgradcheck((y: torch.Tensor) => y[name](dim), [x])).toBe(true);
    }
  });
});
