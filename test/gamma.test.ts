import * as torch from 'strided';

const inf = Number.POSITIVE_INFINITY;
const f64 = (x: number[]) => torch.tensor(x, { dtype: torch.float64 });
const near = (got: torch.Tensor, want: number[]): void => {
  const values = got.tolist() as number[];
  expect(values).toHaveLength(want.length);
  for (const [i, y] of want.entries()) expect(Math.abs((values[i] as number) / y - 1)).toBeLessThan(1e-15);
};
const x = f64([0.001, 0.5, 2.5, 16.25, 1000.5, -0.5, -3.25]);

describe('the gamma function', () => {
  test('lgamma and its derivatives, on both sides of zero', () => {
    near(
      x.lgamma(),
      [
        6.907178885383853, 0.5723649429247001, 0.2846828704729192, 28.58652940490194, 5908.674175848678,
        1.2655121234846454, -0.6231534513209986,
      ],
    );
    near(
      x.digamma(),
      [
        -1000.5755719318103, -1.9635100260214235, 0.7031566406452432, 2.7570082154480957, 6.907755320648796,
        0.03648997397857652, 4.46627587235028,
      ],
    );
    near(
      torch.polygamma(1, x),
      [
        1000001.6425331958, 4.934802200544679, 0.49035775610023485, 0.06347076416753623, 0.0009999999166666958,
        8.934802200544679, 19.474085068082154,
      ],
    );
    near(
      torch.polygamma(3, x),
      [
        6000000000006.469, 97.40909103400244, 0.22390584881725206, 0.0005108755761479783, 1.999999000000875e-9,
        193.40909103400244, 1558.508802818279,
      ],
    );
  });

  test('where they end', () => {
    const ends = f64([0, -0, -1, inf, -inf]);
    expect(ends.lgamma().tolist()).toEqual([inf, inf, inf, inf, inf]);
    expect(ends.digamma().tolist()).toEqual([-inf, inf, Number.NaN, inf, Number.NaN]);
    expect(ends.polygamma(1).tolist()).toEqual([inf, inf, inf, 0, Number.NaN]);
    expect(ends.polygamma(2).tolist()).toEqual([-inf, -inf, -inf, Number.NaN, -inf]);
    expect(f64([1e300]).polygamma(1).item()).toBe(1e-300);
  });

  test('lgamma is 0 at 1 and 2', () => {
    expect(torch.tensor([1, 2]).lgamma().tolist()).toEqual([0, 0]);
    expect(f64([1, 2]).lgamma().tolist()).toEqual([0, 0]);
  });

  test('names, forms and nodes', () => {
    const y = torch.tensor([1.5, 3], { requires_grad: true });
    expect(torch.special.gammaln(y).grad_fn?.name()).toBe('LgammaBackward0');
    expect(torch.special.psi(y).grad_fn?.name()).toBe('DigammaBackward0');
    expect(torch.special.polygamma(2, y).grad_fn?.name()).toBe('PolygammaBackward0');
    expect(torch.special.multigammaln(y, 2).grad_fn?.name()).toBe('MvlgammaBackward0');
    expect(torch.tensor([3]).polygamma(1).dtype).toBe(torch.float32);
    const z = f64([2]);
    expect(z.polygamma_(1)).toBe(z);
    expect(z.item()).toBe(torch.polygamma(1, f64([2])).item());
  });

  test('refuses orders and dimensions that are none', () => {
    expect(() => torch.polygamma(-1, x)).toThrow('polygamma(n, x) does not support negative n.');
    expect(() => torch.mvlgamma(x, 0)).toThrow('p has to be greater than or equal to 1');
    expect(() => torch.mvlgamma(torch.tensor([true]), 1)).toThrow('The input tensor may not be a boolean tensor.');
  });
});
