import * as torch from 'strided';
import { refuses, text } from './refusals.js';

const longs = (values: number[]) => torch.tensor(values, { dtype: torch.int64 });

describe('sort', () => {
  test('puts NaN last, takes -0 and 0 for equal, keeps the order of equal elements', () => {
    const x = torch.tensor([3, Number.NaN, -0, 0, 1, -5, Number.POSITIVE_INFINITY]);
    expect(text(x.sort().indices)).toBe('[5,2,3,4,0,6,1]');
    expect(text(x.sort(-1, true).indices)).toBe('[1,6,0,4,2,3,5]');
    expect(Object.is(x.sort().values.tolist()[1], -0)).toBe(true);
    expect(text(torch.sort(x, { stable: true, descending: true }).indices)).toBe('[1,6,0,4,2,3,5]');
  });

  const { uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64 } = torch;
  const dtypes = [uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64];
  // A length for each way: insertion, merges, digits; the native tests have longer ones.
  test.each([1, 11, 100, 384, 385, 1000])('orders %i elements of each dtype as JavaScript does', (n) => {
    torch.manual_seed(n);
    for (const dtype of dtypes) {
      const x = torch.randint(dtype === uint8 ? 0 : -100, 100, [n]).to(dtype);
      const values = x.tolist() as (number | bigint)[];
      for (const descending of [false, true]) {
        const sign = descending ? -1 : 1;
        const order = values.map((_, i) => i).sort((i, j) => sign * (Number(values[i]) - Number(values[j])));
        const found = x.sort({ descending });
        expect(found.indices.equal(longs(order))).toBe(true);
        expect(found.values.equal(x.take(longs(order)))).toBe(true);
      }
    }
  });

  test('takes any strides and keeps them', () => {
    const x = torch.randn(4, 6).t();
    expect(x.sort(0).values.stride()).toEqual([1, 6]);
    expect(x.sort(0).values.equal(x.contiguous().sort(0).values)).toBe(true);
    expect(text(torch.tensor([3, 2, 1]).expand(2, 3).sort(1).indices)).toBe('[[2,1,0],[2,1,0]]');
  });

  test('0-d and empty', () => {
    expect(text(torch.tensor(3).sort().indices)).toBe('0');
    expect(torch.empty(0, 3).sort(0).values.shape).toEqual([0, 3]);
    expect(text(torch.tensor([2, 1]).argsort())).toBe('[1,0]');
    expect(
      text(
        torch
          .tensor([
            [2, 1],
            [1, 3],
          ])
          .msort(),
      ),
    ).toBe('[[1,1],[2,3]]');
  });

  test('the gradient goes to where elements came from', () => {
    const x = torch.tensor([3, 1, 2], { requires_grad: true });
    const { values } = x.sort();
    expect(values.grad_fn?.name()).toBe('SortBackward0');
    values
      .mul(torch.tensor([1, 2, 3]))
      .sum()
      .backward();
    expect(text(x.grad as torch.Tensor)).toBe('[3,1,2]');
  });
});

describe('elements by rank', () => {
  test.each([1, 10, 64, 200, 900])('topk of %i among 1000 agrees with sort', (k) => {
    torch.manual_seed(k);
    const x = torch.randn(3, 1000);
    for (const largest of [true, false]) {
      const sorted = x.sort(1, largest);
      const found = x.topk(k, 1, largest);
      expect(found.values.equal(sorted.values.narrow(1, 0, k))).toBe(true);
      expect(found.indices.equal(sorted.indices.narrow(1, 0, k))).toBe(true);
    }
  });

  test('medians, kthvalue and mode', () => {
    const x = torch.tensor([4, 1, Number.NaN, 2, 1]);
    expect(x.median().item()).toBeNaN();
    expect(text(x.median(0).indices)).toBe('2');
    expect(x.nanmedian().item()).toBe(1);
    expect(x.kthvalue(3).values.item()).toBe(2);
    expect(x.mode().values.item()).toBe(1);
    expect(text(x.mode().indices)).toBe('4');
    expect(torch.empty(0).median().item()).toBeNaN();
  });

  test('quantile interpolates, by row and for several at once', () => {
    const x = torch.tensor([
      [0, 1, 2, 3],
      [4, 5, 6, Number.NaN],
    ]);
    expect(text(x.quantile(torch.tensor([0, 0.5]), 1))).toBe('[[0,null],[1.5,null]]');
    expect(text(x.nanquantile(0.5, 1))).toBe('[1.5,5]');
    expect(x.select(0, 0).quantile(0.5, { interpolation: 'lower' }).item()).toBe(1);
  });
});

describe('distinct elements, places and counts', () => {
  test('unique', () => {
    const parts = longs([2, 1, 2]).unique(true, true, true) as torch.Tensor[];
    expect(parts.map(text)).toEqual(['[1,2]', '[1,0,1]', '[1,2]']);
    const rows = torch
      .tensor([
        [1, 2],
        [0, 5],
        [1, 2],
      ])
      .unique({ dim: 0, return_counts: true }) as torch.Tensor[];
    expect(rows.map(text)).toEqual(['[[0,5],[1,2]]', '[1,2]']);
    expect(text(longs([1, 1, 2, 1]).unique_consecutive() as torch.Tensor)).toBe('[1,2,1]');
    expect((torch.empty(0).unique() as torch.Tensor).shape).toEqual([0]);
  });

  test('searchsorted, bucketize, isin', () => {
    const sorted = longs([1, 3, 3, 5]);
    expect(text(torch.searchsorted(sorted, longs([0, 3, 9])))).toBe('[0,1,4]');
    expect(text(torch.searchsorted(sorted, longs([0, 3, 9]), { side: 'right' }))).toBe('[0,3,4]');
    expect(torch.bucketize(longs([3]), sorted, { out_int32: true }).dtype).toBe(torch.int32);
    expect(text(torch.isin(longs([1, 2, 3]), longs([3, 1, 7])))).toBe('[true,false,true]');
    expect(text(torch.isin(longs([1, 2]), 2, { invert: true }))).toBe('[true,false]');
  });

  test('bincount and histc', () => {
    expect(text(longs([1, 1, 3]).bincount())).toBe('[0,2,0,1]');
    expect(text(longs([1, 1]).bincount(torch.tensor([0.5, 1]), 3))).toBe('[0,1.5,0]');
    expect(text(torch.tensor([0, 1, 2, 4]).histc(4))).toBe('[1,1,1,1]');
  });
});

describe('refusals', () => {
  refuses([
    [() => torch.randn(3).topk(4), 'RuntimeError: selected index k out of range'],
    [() => torch.randn(3).kthvalue(4), 'RuntimeError: kthvalue(): selected number k out of range for dimension 0'],
    [() => torch.ones(3).bool().median(), 'NotImplementedError: "median_cpu" not implemented for \'Bool\''],
    [() => torch.randn(2).bincount(), 'NotImplementedError: "bincount_cpu" not implemented for \'Float\''],
    [() => torch.randn(2).quantile(2), 'RuntimeError: quantile() q must be in the range [0, 1] but got 2'],
  ]);
});
