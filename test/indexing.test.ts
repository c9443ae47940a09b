import * as torch from 'strided';

const long = (values: number | number[] | number[][]) => torch.tensor(values, { dtype: torch.int64 });
const cube = () => torch.arange(24).reshape(2, 3, 4);
const matrix = () => torch.arange(6).reshape(2, 3);
const first = long([0, 1]);
const column = long([[0], [1]]);
const mask = () => cube().index(':', ':', 0).gt(4);

/** What a call throws, as "IndexError: text". */
function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  return 'nothing was thrown';
}

/** One test per call, named by what it is to throw. */
function refuses(calls: readonly [() => unknown, string][]): void {
  test.each(calls.map(([call, text]) => ({ call, text })))('$text', ({ call, text }) => {
    expect(thrown(call)).toBe(text);
  });
}

describe('index', () => {
  // Expected values are those of PyTorch.
  test.each<[string, () => torch.Tensor, unknown]>([
    ['x[-1, 0]', () => cube().index(-1, 0), [12, 13, 14, 15]],
    [
      'x[:, 1:, ::2]',
      () => cube().index(':', '1:', '::2'),
      [
        [
          [4, 6],
          [8, 10],
        ],
        [
          [16, 18],
          [20, 22],
        ],
      ],
    ],
    [
      'x[..., -1]',
      () => cube().index('...', -1),
      [
        [3, 7, 11],
        [15, 19, 23],
      ],
    ],
    [
      'x[-2:, -2:, -1]',
      () => cube().index('-2:', torch.slice(-2, null), -1),
      [
        [7, 11],
        [19, 23],
      ],
    ],
    [
      'x[:, i, i]',
      () => cube().index(':', first, first),
      [
        [0, 5],
        [12, 17],
      ],
    ],
    [
      'x[i, :, i]',
      () => cube().index(first, ':', first),
      [
        [0, 4, 8],
        [13, 17, 21],
      ],
    ],
    [
      'x[i[:, None], i]',
      () => cube().index(column, first),
      [
        [
          [0, 1, 2, 3],
          [4, 5, 6, 7],
        ],
        [
          [12, 13, 14, 15],
          [16, 17, 18, 19],
        ],
      ],
    ],
    ['x[mask, 0]', () => cube().index(mask(), 0), [8, 12, 16, 20]],
    [
      'x[0, :, [3, 0]]',
      () => cube().index(0, ':', [3, 0]),
      [
        [3, 0],
        [7, 4],
        [11, 8],
      ],
    ],
    [
      'x[:, [True, False, True], 1]',
      () => cube().index(':', [true, false, true], 1),
      [
        [1, 9],
        [13, 21],
      ],
    ],
    ['int32 indices', () => matrix().index(torch.tensor([1, 0], { dtype: torch.int32 }), -1), [5, 2]],
  ])('%s', (_, call, expected) => {
    expect(call().tolist()).toEqual(expected);
  });

  test.each<[string, () => torch.Tensor, number[]]>([
    ['x[:, None, 0]', () => cube().index(':', null, 0), [2, 1, 4]],
    [
      'x[[[0, 1], [1, 0]], 0]',
      () =>
        cube().index(
          [
            [0, 1],
            [1, 0],
          ],
          0,
        ),
      [2, 2, 4],
    ],
    ['x[True]', () => cube().index(true), [1, 2, 3, 4]],
    ['x[False]', () => cube().index(false), [0, 2, 3, 4]],
    ['x[mask, None]', () => cube().index(mask(), null), [4, 1, 4]],
    ['x[tensor(1)]', () => cube().index(long(1)), [3, 4]],
    ['x[[]]', () => cube().index([]), [0, 3, 4]],
    ['x[5:]', () => cube().index('5:'), [0, 3, 4]],
  ])('%s has the right shape', (_, call, shape) => {
    expect([...call().shape]).toEqual(shape);
  });

  test('numbers are numeric properties', () => {
    const x = matrix();
    expect(x[1].tolist()).toEqual([3, 4, 5]);
    expect(x[1][2].item()).toBe(5);
    x[0] = 9;
    x[1][0] = torch.tensor(7);
    expect(x.tolist()).toEqual([
      [9, 9, 9],
      [7, 4, 5],
    ]);
  });

  test('basic keys give views, index tensors copies; each says so in the graph', () => {
    const x = torch.zeros(3, 2, { requires_grad: true });
    const name = (t: torch.Tensor) => t.grad_fn?.name();
    expect(name(x[0])).toBe('SelectBackward0');
    expect(name(x.index(':'))).toBe('SliceBackward0');
    expect(name(x.index(null))).toBe('UnsqueezeBackward0');
    expect(name(x.index('...'))).toBe('AliasBackward0');
    expect(name(x.index([0, 1]))).toBe('IndexBackward0');
    const y = torch.zeros(3, 2);
    y.index('1:', 0).add_(4);
    y.index([0, 1]).add_(9);
    expect(y.tolist()).toEqual([
      [0, 0],
      [4, 0],
      [4, 0],
    ]);
  });

  refuses([
    [() => cube()[5], 'IndexError: index 5 is out of bounds for dimension 0 with size 2'],
    [() => cube().index(0, -4), 'IndexError: index -4 is out of bounds for dimension 1 with size 3'],
    [() => cube().index(':', [5]), 'IndexError: index 5 is out of bounds for dimension 0 with size 3'],
    [() => matrix().index(0, 0, 0), 'IndexError: too many indices for tensor of dimension 2'],
    [
      () => matrix().index(torch.tensor([1])),
      'IndexError: tensors used as indices must be long, int, byte or bool tensors',
    ],
    [
      () => cube().index(':', mask()),
      'IndexError: The shape of the mask [2, 3] at index 0 does not match the shape of the indexed tensor [2, 3, 4] at index 1',
    ],
    [
      () => cube().index(first, long([0, 1, 2])),
      'IndexError: shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]',
    ],
    [() => torch.zeros(0, 2).index([0]), 'IndexError: index is out of bounds for dimension with size 0'],
    [
      () => torch.tensor(3).index(0),
      'IndexError: invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number',
    ],
    [() => matrix().index('::0'), 'ValueError: slice step cannot be zero'],
    [() => matrix().index('::-1'), 'ValueError: step must be greater than zero'],
    [
      () => matrix().index('a:b'),
      "IndexError: cannot read the index 'a:b'; write a slice like '1:3', '::2', ':-1' or ':', or '...'",
    ],
    [
      () => matrix().index(1.5),
      'TypeError: only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got 1.5); round it ' +
        'first, for instance with Math.floor',
    ],
  ]);
});

describe('index_put_', () => {
  type Write = (y: torch.Tensor) => unknown;
  test.each<[string, Write, number[][]]>([
    [
      'y[0] = 5',
      (y) => {
        y[0] = 5;
      },
      [
        [5, 5, 5],
        [0, 0, 0],
      ],
    ],
    [
      'y[:, 1] = [1, 2]',
      (y) => y.index_put_([':', 1], torch.tensor([1, 2])),
      [
        [0, 1, 0],
        [0, 2, 0],
      ],
    ],
    [
      'y[[0, 1], [2, 0]] = 7',
      (y) =>
        y.index_put_(
          [
            [0, 1],
            [2, 0],
          ],
          7,
        ),
      [
        [0, 0, 7],
        [7, 0, 0],
      ],
    ],
    [
      'y[mask] = values',
      (y) => y.index_put_([y.eq(0)], torch.tensor([1, 2, 3, 4, 5, 6])),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
    [
      'y[..., ::2] = ones(1, 1, 2, 2)',
      (y) => y.index_put_(['...', '::2'], torch.ones(1, 1, 2, 2)),
      [
        [1, 0, 1],
        [1, 0, 1],
      ],
    ],
    [
      'y[1, [2, 0]] = [3, 4]',
      (y) => y.index_put_([1, [2, 0]], torch.tensor([3, 4])),
      [
        [0, 0, 0],
        [4, 0, 3],
      ],
    ],
    [
      'y[:, [0, 2]] = column',
      (y) => y.index_put_([':', [0, 2]], torch.tensor([[1], [2]])),
      [
        [1, 0, 1],
        [2, 0, 2],
      ],
    ],
    [
      'y[True] = 3',
      (y) => y.index_put_([true], 3),
      [
        [3, 3, 3],
        [3, 3, 3],
      ],
    ],
    [
      'accumulate',
      (y) =>
        y.index_put_(
          [
            [1, 1],
            [0, 0],
          ],
          torch.tensor([2, 3]),
          { accumulate: true },
        ),
      [
        [0, 0, 0],
        [5, 0, 0],
      ],
    ],
    [
      'accumulate into a view',
      (y) => y.index_put_([0], torch.ones(3), true),
      [
        [1, 1, 1],
        [0, 0, 0],
      ],
    ],
  ])('%s', (_, write, expected) => {
    const y = torch.zeros(2, 3);
    write(y);
    expect(y.tolist()).toEqual(expected);
  });

  test('integers stay integers, a float value is cut', () => {
    const y = torch.zeros(3, { dtype: torch.int64 });
    y.index_put_([[0]], 2.7);
    y[1] = 2.7;
    expect(String(y)).toBe('tensor([2, 2, 0])');
  });

  test.each<[string, Write]>([
    [
      'RuntimeError: Index put requires the source and destination dtypes match, got Float for the destination and Long for the source.',
      (y) => y.index_put_([[0]], long([1, 2, 3])),
    ],
    [
      'RuntimeError: shape mismatch: value tensor of shape [2] cannot be broadcast to indexing result of shape [1, 3]',
      (y) => y.index_put_([[0]], torch.ones(2)),
    ],
    ['IndexError: index 7 is out of bounds for dimension 0 with size 2', (y) => y.index_put_([[0, 7]], 1)],
    [
      "TypeError: can't assign a str to a torch.FloatTensor",
      (y) => {
        y[0] = 'a';
      },
    ],
  ])('%s, and nothing is written', (text, write) => {
    const y = torch.zeros(2, 3);
    expect(thrown(() => write(y))).toBe(text);
    expect(y.sum().item()).toBe(0);
  });

  test('history: index tensors make an IndexPutBackward0, views a CopySlices', () => {
    const leaf = torch.zeros(3, { requires_grad: true });
    const y = leaf.mul(2);
    y.index_put_([[0]], 5);
    expect(y.grad_fn?.name()).toBe('IndexPutBackward0');
    const z = leaf.mul(2);
    z[0] = 5;
    expect(z.grad_fn?.name()).toBe('CopySlices');
    y.add(z).sum().backward();
    expect(leaf.grad?.tolist()).toEqual([0, 4, 4]);
    expect(
      thrown(() => {
        leaf[0] = 1;
      }),
    ).toBe('RuntimeError: a view of a leaf Variable that requires grad is being used in an in-place operation.');
    expect(thrown(() => leaf.index_put_([[0]], 1))).toBe(
      'RuntimeError: a leaf Variable that requires grad is being used in an in-place operation.',
    );
  });
});

describe('along one dimension', () => {
  const twice = long([
    [0, 0],
    [2, 2],
  ]);
  test.each<[string, () => torch.Tensor, unknown]>([
    [
      'gather',
      () =>
        matrix().gather(
          1,
          long([
            [2, 0],
            [1, 1],
          ]),
        ),
      [
        [2, 0],
        [4, 4],
      ],
    ],
    [
      'scatter a tensor',
      () => matrix().scatter(1, long([[2], [0]]), torch.tensor([[9], [8]])),
      [
        [0, 1, 9],
        [8, 4, 5],
      ],
    ],
    [
      'scatter a number',
      () => matrix().scatter(0, long([[1, 0, 1]]), 9),
      [
        [0, 9, 2],
        [9, 4, 9],
      ],
    ],
    [
      'scatter, adding',
      () => matrix().scatter(1, twice, matrix().index(':', ':2'), { reduce: 'add' }),
      [
        [1, 1, 2],
        [3, 4, 12],
      ],
    ],
    [
      'scatter, multiplying',
      () => matrix().scatter(1, twice, 3, { reduce: 'multiply' }),
      [
        [0, 1, 2],
        [3, 4, 45],
      ],
    ],
    [
      'scatter_add',
      () => matrix().scatter_add(1, twice, torch.ones(2, 2)),
      [
        [2, 1, 2],
        [3, 4, 7],
      ],
    ],
    [
      'index_reduce',
      () => matrix().index_reduce(0, long([1, 1]), matrix().add(1), 'prod'),
      [
        [0, 1, 2],
        [12, 40, 90],
      ],
    ],
    [
      'index_add',
      () => matrix().index_add(0, long([1, 1]), torch.ones(2, 3), { alpha: 2 }),
      [
        [0, 1, 2],
        [7, 8, 9],
      ],
    ],
    [
      'index_copy',
      () => matrix().index_copy(1, long([2, 0]), torch.ones(2, 2).mul(9)),
      [
        [9, 1, 9],
        [9, 4, 9],
      ],
    ],
    [
      'index_fill',
      () => matrix().index_fill(1, long([-1]), 9),
      [
        [0, 1, 9],
        [3, 4, 9],
      ],
    ],
    [
      'index_select',
      () => matrix().index_select(1, long([2, 0])),
      [
        [2, 0],
        [5, 3],
      ],
    ],
    [
      'take',
      () =>
        matrix().take(
          long([
            [0, -1],
            [3, 2],
          ]),
        ),
      [
        [0, 5],
        [3, 2],
      ],
    ],
    [
      'put',
      () => matrix().put(long([0, -1]), torch.tensor([9, 8])),
      [
        [9, 1, 2],
        [3, 4, 8],
      ],
    ],
    ['take_along_dim', () => matrix().take_along_dim(long([[2], [-1]]), 1), [[2], [5]]],
    [
      'masked_fill',
      () => matrix().masked_fill(matrix().gt(3), -1),
      [
        [0, 1, 2],
        [3, -1, -1],
      ],
    ],
    ['masked_select', () => matrix().masked_select(matrix().gt(3)), [4, 5]],
    [
      'masked_scatter',
      () => matrix().masked_scatter(matrix().gt(3), torch.tensor([7, 8, 9])),
      [
        [0, 1, 2],
        [3, 7, 8],
      ],
    ],
    [
      'nonzero',
      () => matrix().nonzero(),
      [
        [0, 1],
        [0, 2],
        [1, 0],
        [1, 1],
        [1, 2],
      ],
    ],
    [
      'argwhere',
      () => torch.argwhere(matrix().gt(3)),
      [
        [1, 1],
        [1, 2],
      ],
    ],
  ])('%s', (_, call, expected) => {
    expect(call().tolist()).toEqual(expected);
  });

  test.each<[string, boolean, number[][]]>([
    [
      'sum',
      true,
      [
        [3, 4, 2],
        [3, 4, 20],
      ],
    ],
    [
      'sum',
      false,
      [
        [3, 3, 2],
        [3, 4, 15],
      ],
    ],
    [
      'prod',
      true,
      [
        [0, 3, 2],
        [3, 4, 600],
      ],
    ],
    [
      'prod',
      false,
      [
        [2, 3, 2],
        [3, 4, 120],
      ],
    ],
    [
      'mean',
      true,
      [
        [1, 2, 2],
        [3, 4, 5],
      ],
    ],
    [
      'mean',
      false,
      [
        [1.5, 3, 2],
        [3, 4, 5],
      ],
    ],
    [
      'amax',
      true,
      [
        [2, 3, 2],
        [3, 4, 6],
      ],
    ],
    [
      'amin',
      true,
      [
        [0, 1, 2],
        [3, 4, 4],
      ],
    ],
    [
      'amin',
      false,
      [
        [1, 3, 2],
        [3, 4, 4],
      ],
    ],
  ])('scatter_reduce %s, include_self %s', (reduce, include_self, expected) => {
    const index = long([
      [0, 0, 1],
      [2, 2, 2],
    ]);
    expect(matrix().scatter_reduce(1, index, matrix().add(1), reduce, { include_self }).tolist()).toEqual(expected);
    expect(matrix().scatter_reduce_(1, index, matrix().add(1), reduce, { include_self }).tolist()).toEqual(expected);
  });

  test('in-place forms change this tensor and return it', () => {
    const x = torch.zeros(3);
    expect(x.scatter_(0, long([1]), 2)).toBe(x);
    expect(x.index_add_(0, long([0]), torch.ones(1))).toBe(x);
    expect(x.masked_fill_(x.eq(0), 7)).toBe(x);
    expect(x.tolist()).toEqual([1, 2, 7]);
  });

  test('nonzero and where as one vector for each dimension', () => {
    const both = matrix().gt(3);
    expect(both.nonzero({ as_tuple: true }).map((t) => t.tolist())).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(
      matrix()
        .index(...torch.where(both))
        .tolist(),
    ).toEqual([4, 5]);
  });

  refuses([
    [() => matrix().gather(0, long([[-1]])), 'RuntimeError: index -1 is out of bounds for dimension 0 with size 2'],
    [
      () => matrix().gather(1, long([0])),
      'RuntimeError: Index tensor must have the same number of dimensions as input tensor',
    ],
    [
      () => matrix().scatter(0, long([[0]]), long([[1]])),
      'RuntimeError: scatter(): Expected self.dtype to be equal to src.dtype',
    ],
    [
      () => matrix().scatter(0, long([[0]]), 1, { reduce: 'x' }),
      'RuntimeError: reduce argument must be either add or multiply.',
    ],
    [() => matrix().index_select(0, long([5])), 'IndexError: index out of range in self'],
    [
      () => matrix().index_add(0, long([5]), torch.ones(1, 3)),
      'RuntimeError: index 5 is out of bounds for dimension 0 with size 2',
    ],
    [
      () => matrix().index_copy(0, long([0]), torch.ones(1, 4)),
      'RuntimeError: index_copy_(): Source/destination tensor must have same slice shapes. Destination slice shape: 3 at dimension 0 and source slice shape: 4 at dimension 0.',
    ],
    [() => matrix().take(long([6])), 'IndexError: out of range: tried to access index 6 on a tensor of 6 elements.'],
    [() => matrix().masked_select(torch.ones(3)), 'RuntimeError: masked_select: expected BoolTensor for mask'],
    [
      () => matrix().masked_fill(long([1, 0, 1]), 0),
      'RuntimeError: masked_fill_ only supports boolean masks, but got mask with dtype long int',
    ],
    [
      () => torch.zeros(1, { dtype: torch.uint8 }).masked_fill(torch.tensor([true]), 300),
      'RuntimeError: value cannot be converted to type uint8_t without overflow',
    ],
  ]);
});

describe('joining and rearranging', () => {
  const pair = () => [torch.tensor([1, 2]), torch.tensor([3, 4])] as const;
  test.each<[string, () => torch.Tensor, unknown]>([
    [
      'cat promotes',
      () => torch.cat([matrix(), long([[7, 8, 9]])]),
      [
        [0, 1, 2],
        [3, 4, 5],
        [7, 8, 9],
      ],
    ],
    [
      'cat passes over empty vectors',
      () => torch.cat([torch.zeros(0), matrix()], 1),
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [
      'stack',
      () => torch.stack([matrix()[0], matrix()[1]], -1),
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    ['hstack', () => torch.hstack([torch.tensor([1, 2]), torch.tensor(3)]), [1, 2, 3]],
    [
      'vstack',
      () => torch.vstack(pair()),
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [
      'dstack',
      () => torch.dstack(pair()),
      [
        [
          [1, 3],
          [2, 4],
        ],
      ],
    ],
    [
      'column_stack',
      () => torch.column_stack(pair()),
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [
      'repeat',
      () => torch.tensor([1, 2]).repeat(2, 2),
      [
        [1, 2, 1, 2],
        [1, 2, 1, 2],
      ],
    ],
    [
      'tile',
      () => matrix().tile(2),
      [
        [0, 1, 2, 0, 1, 2],
        [3, 4, 5, 3, 4, 5],
      ],
    ],
    [
      'roll',
      () => matrix().roll(1),
      [
        [5, 0, 1],
        [2, 3, 4],
      ],
    ],
    [
      'roll of two',
      () => matrix().roll([1, -1], [0, 1]),
      [
        [4, 5, 3],
        [1, 2, 0],
      ],
    ],
    [
      'flip',
      () => matrix().flip(0, 1),
      [
        [5, 4, 3],
        [2, 1, 0],
      ],
    ],
    [
      'tril',
      () => torch.ones(3, 3).tril(-1),
      [
        [0, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
      ],
    ],
    [
      'triu',
      () => torch.ones(2, 3).triu(1),
      [
        [0, 1, 1],
        [0, 0, 1],
      ],
    ],
    [
      'tril_indices',
      () => torch.tril_indices(3, 3, -1),
      [
        [1, 2, 2],
        [0, 0, 1],
      ],
    ],
    ['repeat_interleave by a tensor', () => torch.tensor([1, 2]).repeat_interleave(long([2, 1])), [1, 1, 2]],
    [
      'repeat_interleave by a number',
      () => matrix().repeat_interleave(2, 1),
      [
        [0, 0, 1, 1, 2, 2],
        [3, 3, 4, 4, 5, 5],
      ],
    ],
    ['repeat_interleave of counts', () => torch.repeat_interleave(long([1, 0, 2])), [0, 2, 2]],
  ])('%s', (_, call, expected) => {
    expect(call().tolist()).toEqual(expected);
  });

  refuses([
    [() => torch.cat([]), 'ValueError: torch.cat(): expected a non-empty list of Tensors'],
    [
      () => torch.cat([torch.tensor(1)]),
      'RuntimeError: zero-dimensional tensor (at position 0) cannot be concatenated',
    ],
    [
      () => torch.cat([matrix(), torch.ones(2)]),
      'RuntimeError: Tensors must have same number of dimensions: got 2 and 1',
    ],
    [
      () => torch.cat([matrix(), torch.ones(2, 2)]),
      'RuntimeError: Sizes of tensors must match except in dimension 0. Expected size 3 but got size 2 for tensor number 1 in the list.',
    ],
    [
      () => torch.stack([matrix(), torch.ones(3)]),
      'RuntimeError: stack expects each tensor to be equal size, but got [2, 3] at entry 0 and [3] at entry 1',
    ],
    [() => torch.hstack([]), 'RuntimeError: hstack expects a non-empty TensorList'],
    [() => matrix().roll([1, 2], [0]), 'RuntimeError: shifts and dimensions must align. shifts: 2, dims:1'],
    [() => torch.ones(3).tril(), 'RuntimeError: tril: input tensor must have at least 2 dimensions'],
  ]);

  test('each joined tensor gets its part of the gradient', () => {
    const a = torch.ones(1, 2, { requires_grad: true });
    const b = torch.ones(2, 2);
    const c = torch.ones(1, 2, { requires_grad: true });
    const joined = torch.cat([a, b, c]);
    expect(joined.grad_fn?.name()).toBe('CatBackward0');
    joined.mul(torch.arange(8).reshape(4, 2)).sum().backward();
    expect([a.grad?.tolist(), c.grad?.tolist()]).toEqual([[[0, 1]], [[6, 7]]]);
  });
});
