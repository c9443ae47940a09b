import * as torch from 'strided';
import { refuses, text, thrown } from './refusals.js';

const long = (values: number | number[] | number[][]) => torch.tensor(values, { dtype: torch.int64 });
const cube = () => torch.arange(24).reshape(2, 3, 4);
const matrix = () => torch.arange(6).reshape(2, 3);
const first = long([0, 1]);
const column = long([[0], [1]]);
const mask = () => cube().index(':', ':', 0).gt(4);

describe('index', () => {
  // Expected values are those of PyTorch.
  test.each<[string, () => torch.Tensor, string]>([
    ['x[-1, 0]', () => cube().index(-1, 0), '[12,13,14,15]'],
    ['x[:, 1:, ::2]', () => cube().index(':', '1:', '::2'), '[[[4,6],[8,10]],[[16,18],[20,22]]]'],
    ['x[..., -1]', () => cube().index('...', -1), '[[3,7,11],[15,19,23]]'],
    ['x[-2:, -2:, -1]', () => cube().index('-2:', torch.slice(-2, null), -1), '[[7,11],[19,23]]'],
    ['x[:, i, i]', () => cube().index(':', first, first), '[[0,5],[12,17]]'],
    ['x[i, :, i]', () => cube().index(first, ':', first), '[[0,4,8],[13,17,21]]'],
    ['x[i[:, None], i]', () => cube().index(column, first), '[[[0,1,2,3],[4,5,6,7]],[[12,13,14,15],[16,17,18,19]]]'],
    ['x[mask, 0]', () => cube().index(mask(), 0), '[8,12,16,20]'],
    ['x[0, :, [3, 0]]', () => cube().index(0, ':', [3, 0]), '[[3,0],[7,4],[11,8]]'],
    ['x[:, [True, False, True], 1]', () => cube().index(':', [true, false, true], 1), '[[1,9],[13,21]]'],
    ['int32 indices', () => matrix().index(torch.tensor([1, 0], { dtype: torch.int32 }), -1), '[5,2]'],
  ])('%s', (_, call, expected) => {
    expect(text(call())).toBe(expected);
  });

  test.each<[string, () => torch.Tensor, string]>([
    ['x[:, None, 0]', () => cube().index(':', null, 0), '[2,1,4]'],
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
      '[2,2,4]',
    ],
    ['x[True]', () => cube().index(true), '[1,2,3,4]'],
    ['x[False]', () => cube().index(false), '[0,2,3,4]'],
    ['x[mask, None]', () => cube().index(mask(), null), '[4,1,4]'],
    ['x[tensor(1)]', () => cube().index(long(1)), '[3,4]'],
    ['x[[]]', () => cube().index([]), '[0,3,4]'],
    ['x[5:]', () => cube().index('5:'), '[0,3,4]'],
  ])('%s has the right shape', (_, call, shape) => {
    expect(JSON.stringify(call().shape)).toBe(shape);
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
  test.each<[string, Write, string]>([
    [
      'y[0] = 5',
      (y) => {
        y[0] = 5;
      },
      '[[5,5,5],[0,0,0]]',
    ],
    ['y[:, 1] = [1, 2]', (y) => y.index_put_([':', 1], torch.tensor([1, 2])), '[[0,1,0],[0,2,0]]'],
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
      '[[0,0,7],[7,0,0]]',
    ],
    ['y[mask] = values', (y) => y.index_put_([y.eq(0)], torch.tensor([1, 2, 3, 4, 5, 6])), '[[1,2,3],[4,5,6]]'],
    [
      'y[..., ::2] = ones(1, 1, 2, 2)',
      (y) => y.index_put_(['...', '::2'], torch.ones(1, 1, 2, 2)),
      '[[1,0,1],[1,0,1]]',
    ],
    ['y[1, [2, 0]] = [3, 4]', (y) => y.index_put_([1, [2, 0]], torch.tensor([3, 4])), '[[0,0,0],[4,0,3]]'],
    ['y[:, [0, 2]] = column', (y) => y.index_put_([':', [0, 2]], torch.tensor([[1], [2]])), '[[1,0,1],[2,0,2]]'],
    ['y[True] = 3', (y) => y.index_put_([true], 3), '[[3,3,3],[3,3,3]]'],
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
      '[[0,0,0],[5,0,0]]',
    ],
    ['accumulate into a view', (y) => y.index_put_([0], torch.ones(3), true), '[[1,1,1],[0,0,0]]'],
  ])('%s', (_, write, expected) => {
    const y = torch.zeros(2, 3);
    write(y);
    expect(text(y)).toBe(expected);
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
