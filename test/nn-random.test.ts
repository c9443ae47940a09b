/** Initializers of matrices and fractional max pooling: PyTorch's numbers for a seed. */

import * as torch from 'strided';

const { init } = torch.nn;
const { FractionalMaxPool2d, FractionalMaxPool3d } = torch.nn;
const { fractional_max_pool2d, fractional_max_pool3d } = torch.nn.functional;

const near = (got: torch.Tensor, want: unknown): void => {
  expect(torch.allclose(got, torch.tensor(want as number[]), { rtol: 1e-5, atol: 1e-6 })).toBe(true);
};

beforeEach(() => {
  torch.manual_seed(0);
});

test('orthogonal_', () => {
  const wide = init.orthogonal_(torch.empty(2, 3));
  near(wide, [
    [0.5739809274673462, -0.10929460823535919, -0.8115421533584595],
    [-0.3454151153564453, -0.9308826923370361, -0.11893554031848907],
  ]);
  torch.manual_seed(0);
  const tall = init.orthogonal_(torch.empty(3, 2, 1), { gain: 2 });
  near(tall.squeeze(-1), [
    [1.0699050426483154, -0.3398601710796356],
    [-1.5127216577529907, 0.680367648601532],
    [-0.7529779672622681, -1.8497554063796997],
  ]);
  expect(init.orthogonal_(torch.empty(0, 2)).shape).toEqual([0, 2]);
  expect(() => init.orthogonal_(torch.empty(3))).toThrow('Only tensors with 2 or more dimensions are supported');
  const leaf = torch.empty(2, 2, { requires_grad: true });
  expect(init.orthogonal_(leaf)).toBe(leaf);
  expect(leaf.is_leaf).toBe(true);
});

test('sparse_', () => {
  near(init.sparse_(torch.empty(4, 2), 0.3, { std: 1 }), [
    [0, -0.293428897857666],
    [0, 0],
    [-1.0845223665237427, -1.3985953523086548],
    [0.40334683656692505, 0],
  ]);
  expect(() => init.sparse_(torch.empty(2), 0.5)).toThrow('Only tensors with 2 dimensions are supported');
});

test('dirac_', () => {
  const weight = init.dirac_(torch.empty(4, 2, 3), 2);
  expect(weight.nonzero().tolist()).toEqual([
    [0, 0, 1],
    [1, 1, 1],
    [2, 0, 1],
    [3, 1, 1],
  ]);
  const x = torch.randn(1, 3, 5, 5);
  const same = torch.nn.functional.conv2d(x, init.dirac_(torch.empty(3, 3, 3, 3)), { padding: 1 });
  expect(same.equal(x)).toBe(true);
  expect(() => init.dirac_(torch.empty(3, 2))).toThrow('Only tensors with 3, 4, or 5 dimensions are supported');
  expect(() => init.dirac_(torch.empty(3, 2, 1), 2)).toThrow('dim 0 must be divisible by groups');
});

test('initializers draw from a generator of their own', () => {
  const generator = new torch.Generator().manual_seed(1);
  near(init.xavier_normal_(torch.empty(2, 2), { generator }), [
    [0.46764659881591797, 0.18874384462833405],
    [0.04361240938305855, 0.43933770060539246],
  ]);
});

describe('fractional max pooling', () => {
  const x = torch.arange(40).view(1, 2, 4, 5);
  test('two dimensions', () => {
    const pool = new FractionalMaxPool2d(2, { output_size: [2, 3], return_indices: true });
    const [values, indices] = pool(x) as unknown as torch.Tensor[];
    expect(values?.tolist()).toEqual([
      [
        [
          [6, 8, 9],
          [16, 18, 19],
        ],
        [
          [26, 27, 29],
          [36, 37, 39],
        ],
      ],
    ]);
    expect(indices?.select(1, 1).tolist()).toEqual([
      [
        [6, 7, 9],
        [16, 17, 19],
      ],
    ]);
    expect(String(pool)).toBe('FractionalMaxPool2d()');
  });
  test('three dimensions with samples of its own, which the state has', () => {
    const samples = torch.full([1, 1, 3], 0.5);
    const pool = new FractionalMaxPool3d(2, { output_ratio: 0.5, _random_samples: samples });
    expect(
      pool(torch.arange(125).view(1, 5, 5, 5))
        .flatten()
        .tolist(),
    ).toEqual([31, 34, 46, 49, 106, 109, 121, 124]);
    expect(Object.keys(pool.state_dict())).toEqual(['_random_samples']);
  });
  test('gradients go to the maxima', () => {
    const input = x.clone().requires_grad_();
    const y = fractional_max_pool2d(input, 2, [2, 3]);
    expect(y.grad_fn?.name()).toBe('FractionalMaxPool2DBackward0');
    y.mul(torch.arange(12).view(1, 2, 2, 3))
      .sum()
      .backward();
    const grad = (input.grad as torch.Tensor).flatten();
    expect(grad.nonzero().flatten().tolist()).toEqual([8, 9, 16, 18, 19, 26, 27, 29, 36, 37, 39]);
    expect(grad[grad.nonzero().flatten().select(0, 0).item() as number].item()).toBe(1);
  });
  test('NaN is the largest, and batches may be empty', () => {
    const nan = torch.ones(1, 1, 3, 3).fill_(Number.NaN);
    expect(fractional_max_pool2d(nan, 2, 1).isnan().all().item()).toBe(true);
    expect(fractional_max_pool2d(torch.ones(0, 1, 5, 5), 3, 2).shape).toEqual([0, 1, 2, 2]);
    expect(fractional_max_pool2d(torch.ones(1, 1, 5, 5).bfloat16(), 3, 2).dtype).toBe(torch.bfloat16);
  });
  const y = torch.ones(1, 1, 5, 5, 5);
  const z = torch.ones(1, 5, 5);
  // biome-ignore format: a table
  const refused: [() => unknown, string][] = [
    [() => fractional_max_pool2d(z, 3), 'fractional_max_pool2d requires specifying either an output_size or an output_ratio'],
    [() => fractional_max_pool2d(z, 3, 4), 'fractional_max_pool2d(): pool height 3 too large relative to input height 5'],
    [() => fractional_max_pool3d(y, 3, 3), 'fractional_max_pool3d_out(): pool time 3 too large relative to input time 5'],
    [() => fractional_max_pool3d(y, 3, [2, 2, 3]), 'fractional_max_pool3d_out(): pool width 3 too large relative to input width 5'],
    [() => fractional_max_pool2d(torch.ones(1, 0, 5, 5), 2, 2), 'fractional_max_pool2d(): Expected input to have non-zero size for non-batch dimensions, but got[1, 0, 5, 5] with dimension 1 being empty.'],
    [() => fractional_max_pool2d(z, 2, { output_size: 2, _random_samples: torch.rand(1, 2) }), 'Expect _random_samples to have 3 dimensions, got 2'],
    [() => fractional_max_pool2d(z, 2, { output_size: 2, _random_samples: torch.rand(1, 2, 2) }), 'Expect _random_samples.size(1) equals to input channel size.'],
    [() => fractional_max_pool2d(z, 2, { output_size: 2, _random_samples: torch.rand(1, 1, 3) }), 'Expect _random_samples.size(2) equals to 2; got 3.'],
    [() => fractional_max_pool2d(z, 2, { output_size: 2, _random_samples: torch.rand(1, 1, 2).double() }), 'Expect _random_samples to have the same dtype as input'],
    [() => new FractionalMaxPool2d(2), 'FractionalMaxPool2d requires specifying either an output size, or a pooling ratio'],
    [() => new FractionalMaxPool2d(2, 3, 0.5), 'only one of output_size and output_ratio may be specified'],
    [() => new FractionalMaxPool2d(2, { output_ratio: 1.5 }), 'output_ratio must be between 0 and 1 (got 1.5)'],
    [() => new FractionalMaxPool3d(0, 3), 'kernel_size must be greater than 0, but got 0'],
  ];
  test.each(refused)('%s is refused', (call, text) => {
    expect(call).toThrow(text);
  });
});

test('options that PyTorch keeps as they were given print arrays as lists', () => {
  const { nn } = torch;
  expect(String(new nn.AdaptiveAvgPool2d([1, null]))).toBe('AdaptiveAvgPool2d(output_size=[1, None])');
  expect(String(new nn.Unflatten(1, [2, 5]))).toBe('Unflatten(dim=1, unflattened_size=[2, 5])');
  expect(String(new nn.Upsample([2, 3]))).toBe("Upsample(size=[2, 3], mode='nearest')");
  expect(String(new nn.MaxPool2d([2, 3]))).toContain('kernel_size=[2, 3], stride=[2, 3], padding=0');
  expect(String(new nn.Conv2d(1, 1, [2, 3]))).toContain('kernel_size=(2, 3)');
});
