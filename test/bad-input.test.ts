/** Sizes, indices and layouts that no memory and no window can follow are refused before anything is computed. */
import * as torch from 'strided';
import { refuses, text, thrown } from './refusals.js';

const F = torch.nn.functional;
const image = () => torch.ones(1, 1, 4, 4);
const volume = () => torch.ones(1, 1, 4, 4, 4);
const row = () => torch.arange(3).reshape(1, 3);

describe('sizes whose product overflows', () => {
  refuses([
    [
      () => torch.zeros(0).view(2 ** 32, 2 ** 32),
      'RuntimeError: numel: integer multiplication overflow in a shape of [4294967296, 4294967296]',
    ],
    [
      () => torch.ones(1).expand(2 ** 40, 2 ** 40),
      'RuntimeError: numel: integer multiplication overflow in a shape of [1099511627776, 1099511627776]',
    ],
    [
      () => torch.ones(4).as_strided([2], [2 ** 62]),
      'RuntimeError: shape [2], strides [4611686018427387904] and storage offset 0 reach beyond any storage',
    ],
    [
      () => torch.ones(4).as_strided([2, 2], [2 ** 62, 2 ** 62], 2 ** 62),
      'RuntimeError: shape [2, 2], strides [4611686018427387904, 4611686018427387904] and storage offset ' +
        '4611686018427387904 reach beyond any storage',
    ],
    [
      () => torch.empty_strided([2], [2 ** 62]),
      'RuntimeError: shape [2], strides [4611686018427387904] and storage offset 0 reach beyond any storage',
    ],
    [() => F.pad(row(), [2 ** 62, 3], 'replicate'), 'RuntimeError: pad: 4611686018427387904 is out of range'],
  ]);
});

describe('integers beyond 64 bits', () => {
  refuses([
    [() => torch.zeros(2n ** 70n), 'ValueError: Overflow when unpacking long long'],
    [() => torch.ones(3).roll(1e300, 0), 'ValueError: Overflow when unpacking long long'],
  ]);

  test('those of 64 bits are exact enough to clamp by', () => {
    expect(text(torch.arange(4).index('1:9223372036854775807'))).toBe('[1,2,3]');
    expect(text(torch.arange(4).reshape(2, 2).tril(-9223372036854775808n))).toBe('[[0,0],[0,0]]');
    expect(thrown(() => torch.arange(4).narrow(0, 1, 9223372036854775807n))).toBe(
      'RuntimeError: start (1) + length (9223372036854775807) exceeds dimension size (4).',
    );
  });
});

describe('windows of pooling', () => {
  refuses([
    [
      () => F.max_pool2d(image(), 2, 1, 0, 0),
      'RuntimeError: dilation should be greater than zero, but got dilationH: 0 dilationW: 0',
    ],
    [() => F.max_pool2d(image(), 2, -1), 'RuntimeError: stride should be greater than zero, but got dH: -1 dW: -1'],
    [() => F.max_pool2d(image(), -1), 'RuntimeError: kernel size should be greater than zero, but got kH: -1 kW: -1'],
    [
      () => F.max_pool3d(volume(), 2, [1, 2, -1]),
      'RuntimeError: stride should be greater than zero, but got dT: 1 dH: 2 dW: -1',
    ],
    [
      () => F.avg_pool3d(volume(), -1, 1),
      'RuntimeError: kernel size should be greater than zero, but got kT: -1 kH: -1 kW: -1',
    ],
    [() => F.max_pool2d(image(), 2 ** 40), 'RuntimeError: value cannot be converted to type int without overflow'],
  ]);
});

test('padding beyond the row that it goes round is refused', () => {
  expect(thrown(() => F.pad(row(), [-5, 3], 'circular'))).toBe(
    'RuntimeError: pad: padding by (-5, 3) leads out of dimension 1 of an input of shape [1, 3]',
  );
});

describe('results of a size that takes no memory, or more than there is', () => {
  test.each([
    ['adaptive_avg_pool2d', (x: torch.Tensor) => F.adaptive_avg_pool2d(x, [2 ** 40, 1])],
    ['adaptive_max_pool2d', (x: torch.Tensor) => F.adaptive_max_pool2d(x, [2 ** 40, 1])],
    ['interpolate', (x: torch.Tensor) => F.interpolate(x, [2 ** 40, 1])],
  ] as const)('%s', (_, resize) => {
    const out = resize(torch.ones(0, 1, 4, 4)) as torch.Tensor;
    expect([...out.shape]).toEqual([0, 1, 2 ** 40, 1]);
    expect(thrown(() => resize(torch.ones(2 ** 7, 1, 4, 4)))).toMatch(
      /^RuntimeError: .*(out of memory|cannot allocate)/,
    );
  });
});

test('group_norm of groups that do not divide the channels', () => {
  expect(thrown(() => F.group_norm(torch.ones(2, 6, 2), 0))).toBe(
    'RuntimeError: Expected num groups to be greater than 0, got 0',
  );
  expect(thrown(() => torch.native_group_norm(torch.ones(2, 6), null, null, 2, 6, 1, 4, 1e-5))).toBe(
    'RuntimeError: Expected number of channels in input to be divisible by num_groups, but got input of shape [2, 6] ' +
      'and num_groups=4',
  );
});

test('geqrf takes matrices', () => {
  expect(thrown(() => torch.geqrf(torch.ones(0)))).toBe(
    'RuntimeError: torch.geqrf: input must have at least 2 dimensions.',
  );
});

test('index_put without keys puts everywhere', () => {
  expect(text(torch.zeros(2).index_put([], torch.tensor([1, 2])))).toBe('[1,2]');
});

test('a generator is one of torch.Generator', () => {
  const generator = { get_state: 1 } as unknown as torch.Generator;
  expect(thrown(() => torch.ones(3).uniform_(0, 1, { generator }))).toBe(
    "TypeError: uniform_(): argument 'generator' must be Generator, not Object",
  );
});

describe('a graph whose tensors have changed since', () => {
  const recorded = (f: (x: torch.Tensor) => torch.Tensor) => {
    const x = torch.ones(1, 1, 8, 8, { requires_grad: true });
    return { x, y: f(x) };
  };
  const backwards = {
    max_pool2d: (x: torch.Tensor) => F.max_pool2d(x, 2),
    avg_pool2d: (x: torch.Tensor) => F.avg_pool2d(x, 2),
    conv2d: (x: torch.Tensor) => F.conv2d(x, torch.ones(2, 1, 3, 3)),
    layer_norm: (x: torch.Tensor) => F.layer_norm(x, [8]),
    interpolate: (x: torch.Tensor) => F.interpolate(x, [9, 9], { mode: 'bilinear' }),
    mul: (x: torch.Tensor) => x.mul(x),
  };

  test.each(Object.entries(backwards))('%s refuses a leaf of another shape', (_, f) => {
    const { x, y } = recorded(f);
    x.data = torch.ones(1);
    expect(thrown(() => y.sum().backward())).toMatch(
      /^RuntimeError: \w+Backward0 was recorded with a leaf of another shape: its data was replaced since, and is of /,
    );
    expect(x.grad).toBeNull();
    x.mul(3).sum().backward();
    expect(text(x.grad as torch.Tensor)).toBe('[3]');
  });

  test.each(Object.entries(backwards))('%s refuses a gradient that a hook has given another shape', (_, f) => {
    const { y } = recorded(f);
    y.register_hook(function shrink() {
      return torch.ones(1);
    });
    expect(thrown(() => y.sum().backward())).toBe("RuntimeError: hook 'shrink' has changed the size of value");
  });

  test('a saved tensor must come back as it was', () => {
    const { y } = torch.autograd.graph.saved_tensors_hooks(
      (t) => t,
      () => torch.ones(1),
      () => recorded(backwards.avg_pool2d),
    );
    expect(thrown(() => y.sum().backward())).toBe(
      'RuntimeError: a tensor saved for backward was torch.float32 of shape [1, 1, 8, 8], and what its unpack hook ' +
        'returned is torch.float32 of shape [1]',
    );
    const a = torch.ones(2, { requires_grad: true });
    const other = torch.ones(2);
    const product = a.mul(other);
    other.data = torch.ones(3);
    expect(thrown(() => product.sum().backward())).toBe(
      'RuntimeError: a tensor saved for backward was torch.float32 of shape [2], and its data now is torch.float32 of ' +
        'shape [3]',
    );
  });

  refuses([
    [
      () => hooked((node) => node.register_prehook(() => [torch.ones(2).double()])),
      "RuntimeError: hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)",
    ],
    [
      () => hooked((node) => node.register_hook(() => [torch.ones(2)])),
      "RuntimeError: hook '<lambda>' has returned an incorrect number of values (got 1, but expected 2)",
    ],
    [
      () => hooked((node) => node.register_prehook(() => [3])),
      "TypeError: expected Variable, but hook returned 'number'",
    ],
  ]);
});

function hooked(add: (node: NonNullable<torch.Tensor['grad_fn']>) => unknown): void {
  const x = torch.ones(2, { requires_grad: true });
  const y = x.mul(2);
  add(y.grad_fn as NonNullable<typeof y.grad_fn>);
  y.sum().backward();
}

test('matrices that do not fit together are refused before they are read', () => {
  expect(thrown(() => torch.triangular_solve(torch.ones(2, 2), torch.ones(3, 3).double()))).toBe(
    'RuntimeError: triangular_solve: A (float64 of shape [3, 3]) and B (float32 of shape [2, 2]) do not fit together',
  );
});

test('triangles of nothing take no memory', () => {
  expect([...torch.tril_indices(2 ** 53 - 1, 0).shape]).toEqual([2, 0]);
});

test('combinations of more elements than there are', () => {
  expect([...torch.combinations(torch.ones(3), 2 ** 40).shape]).toEqual([0, 2 ** 40]);
  expect(thrown(() => torch.combinations(torch.ones(3), 65, true))).toBe(
    'RuntimeError: combinations(): cannot combine 65 elements, one dimension for each',
  );
});

test('kernels of no elements', () => {
  expect(thrown(() => F.conv_transpose1d(torch.ones(1, 1, 4), torch.ones(1, 1, 0)))).toBe(
    'RuntimeError: kernel size should be greater than zero, but got kernel_height: 1 kernel_width: 0',
  );
});

test('pivots that are none', () => {
  const A = torch.ones(3, 3);
  const pivots = (...values: number[]) => torch.tensor(values, { dtype: torch.int32 });
  const texts = [pivots(0, 1, 2), pivots(1, 2, 4), pivots(1, 2), torch.ones(3), torch.ones(1, 3).int()];
  expect(texts.map((given) => thrown(() => torch.linalg.lu_solve(A, given, A)))).toEqual([
    'RuntimeError: Pivots given to lu_solve must all be greater or equal to 1. Did you properly pass the result of lu_factor?',
    'RuntimeError: Pivots given to lu_solve must all be smaller or equal to LU.size(-2). Did you properly pass the result of lu_factor?',
    'RuntimeError: linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix',
    'RuntimeError: linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32',
    'RuntimeError: linalg.lu_solve: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape [1, 3] instead',
  ]);
  expect(thrown(() => torch.lu_unpack(A, pivots(1, 2, 4)))).toBe(
    'RuntimeError: pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you properly pass the result of lu_factor?',
  );
});

test('shapes to unravel that are none', () => {
  const at = torch.tensor([5n]);
  expect([{}, [1.5], 'x', [-1]].map((shape) => thrown(() => torch.unravel_index(at, shape)))).toEqual([
    "TypeError: expected 'shape' to be int or sequence of ints, but got Object",
    "TypeError: expected 'shape' sequence to only contain ints, but got float",
    "TypeError: expected 'shape' to be int or sequence of ints, but got str",
    "ValueError: 'shape' cannot have negative values, but got (-1)",
  ]);
});

test('functions of tensors that get none', () => {
  const none = null as never;
  const calls = [
    () => F.adaptive_max_pool2d(none, 2),
    () => F.threshold_(torch.ones(2), 'x' as never, 1),
    () => torch.atleast_1d(torch.ones(2), none),
    () => torch.meshgrid(torch.ones(2), 1 as never),
    () => torch.is_same_size(torch.ones(2), none),
    () => torch.can_cast(torch.int64, 'x' as never),
    () => torch.result_type(torch.ones(2), 'x' as never),
    () => torch.frombuffer(-1 as never, { dtype: torch.int8 }),
    () => torch.frombuffer(new ArrayBuffer(8), { dtype: none }),
    () => torch.broadcast_shapes([2], 'x' as never),
  ];
  expect(calls.map(thrown)).toEqual([
    "TypeError: adaptive_max_pool2d(): argument 'input' (position 1) must be Tensor, not None",
    'TypeError: expected Tensor or Number, but got str',
    "TypeError: atleast_1d(): expected Tensor as element 1 of 'tensors', but got None",
    "TypeError: meshgrid(): expected Tensor as element 1 of 'tensors', but got int",
    "TypeError: is_same_size(): argument 'other' (position 1) must be Tensor, not None",
    "TypeError: can_cast(): argument 'to' (position 2) must be torch.dtype, not str",
    'TypeError: expected Tensor or Number, but got str',
    "TypeError: frombuffer(): argument 'buffer' must be an ArrayBuffer or a view of one, not int",
    "TypeError: frombuffer(): argument 'dtype' must be torch.dtype, not None",
    'TypeError: broadcast_shapes(): shapes are integers and lists of them, not str',
  ]);
});

test('modules and modes that get none of what they take', () => {
  const none = null as never;
  const calls = [
    () => new torch.nn.Conv2d(1, 1, none),
    () => new torch.nn.LayerNorm('x' as never),
    () => torch.no_grad(torch.ones(1) as never),
    () => torch.histogram(torch.ones(2), 'x' as never),
  ];
  expect(calls.map(thrown)).toEqual([
    'TypeError: expected an int or a list of 2 ints, but got NoneType',
    'TypeError: expected an int or a list of 1 ints, but got str',
    'TypeError: expected a function to run, but got Tensor: write () => f(x) rather than f(x)',
    "TypeError: torch.histogram(): argument 'bins' must be Tensor or int, not str",
  ]);
  expect(torch.histogram(torch.ones(2), 1n as never).hist.tolist()).toEqual([2]);
  expect(String(new torch.nn.ParameterList([0 as never]))).toBe('ParameterList(  (0): Object of type: int)');
});

test('optimizers that get no options and no parameters', () => {
  const parameters = () => [torch.ones(2, { requires_grad: true })];
  const adam = new torch.optim.Adam(parameters());
  const calls = [
    () => new torch.optim.Adam(5 as never),
    () => new torch.optim.Adam([{ params: null as never }]),
    () => new torch.optim.Adam(parameters(), { lr: 'x' as never }),
    () => new torch.optim.Adam(parameters(), { betas: [0.9] as never }),
    () => adam.load_state_dict({ param_groups: 5, state: {} } as never),
    () => adam.load_state_dict({ param_groups: [{}], state: {} } as never),
  ];
  expect(calls.map(thrown)).toEqual([
    'TypeError: params argument given to the optimizer should be an iterable of Tensors or dicts, but got int',
    'TypeError: params must be tensors, but got NoneType',
    'TypeError: expected a number or a tensor of one element, but got str',
    'TypeError: betas must be a list of two numbers, but got (0.9,)',
    "TypeError: 'param_groups' of a state dict must be a list, not int",
    "KeyError: 'params'",
  ]);
});
