import * as torch from 'strided';
import { refuses, text } from './refusals.js';

const long = (values: number | number[] | number[][]) => torch.tensor(values, { dtype: torch.int64 });
const matrix = () => torch.arange(6).reshape(2, 3);

describe('along one dimension', () => {
  const twice = long([
    [0, 0],
    [2, 2],
  ]);
  test.each<[string, () => torch.Tensor, string]>([
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
      '[[2,0],[4,4]]',
    ],
    ['scatter a tensor', () => matrix().scatter(1, long([[2], [0]]), torch.tensor([[9], [8]])), '[[0,1,9],[8,4,5]]'],
    ['scatter a number', () => matrix().scatter(0, long([[1, 0, 1]]), 9), '[[0,9,2],[9,4,9]]'],
    [
      'scatter, adding',
      () => matrix().scatter(1, twice, matrix().index(':', ':2'), { reduce: 'add' }),
      '[[1,1,2],[3,4,12]]',
    ],
    ['scatter, multiplying', () => matrix().scatter(1, twice, 3, { reduce: 'multiply' }), '[[0,1,2],[3,4,45]]'],
    ['scatter_add', () => matrix().scatter_add(1, twice, torch.ones(2, 2)), '[[2,1,2],[3,4,7]]'],
    ['index_reduce', () => matrix().index_reduce(0, long([1, 1]), matrix().add(1), 'prod'), '[[0,1,2],[12,40,90]]'],
    ['index_add', () => matrix().index_add(0, long([1, 1]), torch.ones(2, 3), { alpha: 2 }), '[[0,1,2],[7,8,9]]'],
    ['index_copy', () => matrix().index_copy(1, long([2, 0]), torch.ones(2, 2).mul(9)), '[[9,1,9],[9,4,9]]'],
    ['index_fill', () => matrix().index_fill(1, long([-1]), 9), '[[0,1,9],[3,4,9]]'],
    ['index_select', () => matrix().index_select(1, long([2, 0])), '[[2,0],[5,3]]'],
    [
      'take',
      () =>
        matrix().take(
          long([
            [0, -1],
            [3, 2],
          ]),
        ),
      '[[0,5],[3,2]]',
    ],
    ['put', () => matrix().put(long([0, -1]), torch.tensor([9, 8])), '[[9,1,2],[3,4,8]]'],
    ['take_along_dim', () => matrix().take_along_dim(long([[2], [-1]]), 1), '[[2],[5]]'],
    ['masked_fill', () => matrix().masked_fill(matrix().gt(3), -1), '[[0,1,2],[3,-1,-1]]'],
    ['masked_select', () => matrix().masked_select(matrix().gt(3)), '[4,5]'],
    ['masked_scatter', () => matrix().masked_scatter(matrix().gt(3), torch.tensor([7, 8, 9])), '[[0,1,2],[3,7,8]]'],
    ['nonzero', () => matrix().nonzero(), '[[0,1],[0,2],[1,0],[1,1],[1,2]]'],
    ['argwhere', () => torch.argwhere(matrix().gt(3)), '[[1,1],[1,2]]'],
  ])('%s', (_, call, expected) => {
    expect(text(call())).toBe(expected);
  });

  test.each<[string, boolean, string]>([
    ['sum', true, '[[3,4,2],[3,4,20]]'],
    ['sum', false, '[[3,3,2],[3,4,15]]'],
    ['prod', true, '[[0,3,2],[3,4,600]]'],
    ['prod', false, '[[2,3,2],[3,4,120]]'],
    ['mean', true, '[[1,2,2],[3,4,5]]'],
    ['mean', false, '[[1.5,3,2],[3,4,5]]'],
    ['amax', true, '[[2,3,2],[3,4,6]]'],
    ['amin', true, '[[0,1,2],[3,4,4]]'],
    ['amin', false, '[[1,3,2],[3,4,4]]'],
  ])('scatter_reduce %s, include_self %s', (reduce, include_self, expected) => {
    const index = long([
      [0, 0, 1],
      [2, 2, 2],
    ]);
    expect(text(matrix().scatter_reduce(1, index, matrix().add(1), reduce, { include_self }))).toBe(expected);
    expect(text(matrix().scatter_reduce_(1, index, matrix().add(1), reduce, { include_self }))).toBe(expected);
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
