import * as torch from 'strided';
import { refuses, text } from './refusals.js';

const long = (values: number | number[] | number[][]) => torch.tensor(values, { dtype: torch.int64 });
const matrix = () => torch.arange(6).reshape(2, 3);

describe('joining and rearranging', () => {
  const pair = () => [torch.tensor([1, 2]), torch.tensor([3, 4])] as const;
  test.each<[string, () => torch.Tensor, string]>([
    ['cat promotes', () => torch.cat([matrix(), long([[7, 8, 9]])]), '[[0,1,2],[3,4,5],[7,8,9]]'],
    ['cat passes over empty vectors', () => torch.cat([torch.zeros(0), matrix()], 1), '[[0,1,2],[3,4,5]]'],
    ['stack', () => torch.stack([matrix()[0], matrix()[1]], -1), '[[0,3],[1,4],[2,5]]'],
    ['hstack', () => torch.hstack([torch.tensor([1, 2]), torch.tensor(3)]), '[1,2,3]'],
    ['vstack', () => torch.vstack(pair()), '[[1,2],[3,4]]'],
    ['dstack', () => torch.dstack(pair()), '[[[1,3],[2,4]]]'],
    ['column_stack', () => torch.column_stack(pair()), '[[1,3],[2,4]]'],
    ['repeat', () => torch.tensor([1, 2]).repeat(2, 2), '[[1,2,1,2],[1,2,1,2]]'],
    ['tile', () => matrix().tile(2), '[[0,1,2,0,1,2],[3,4,5,3,4,5]]'],
    ['roll', () => matrix().roll(1), '[[5,0,1],[2,3,4]]'],
    ['roll of two', () => matrix().roll([1, -1], [0, 1]), '[[4,5,3],[1,2,0]]'],
    ['flip', () => matrix().flip(0, 1), '[[5,4,3],[2,1,0]]'],
    ['tril', () => torch.ones(3, 3).tril(-1), '[[0,0,0],[1,0,0],[1,1,0]]'],
    ['triu', () => torch.ones(2, 3).triu(1), '[[0,1,1],[0,0,1]]'],
    ['tril_indices', () => torch.tril_indices(3, 3, -1), '[[1,2,2],[0,0,1]]'],
    ['repeat_interleave by a tensor', () => torch.tensor([1, 2]).repeat_interleave(long([2, 1])), '[1,1,2]'],
    ['repeat_interleave by a number', () => matrix().repeat_interleave(2, 1), '[[0,0,1,1,2,2],[3,3,4,4,5,5]]'],
    ['repeat_interleave of counts', () => torch.repeat_interleave(long([1, 0, 2])), '[0,2,2]'],
  ])('%s', (_, call, expected) => {
    expect(text(call())).toBe(expected);
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
