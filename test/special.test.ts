import * as torch from 'strided';

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
type Special = Record<string, (...x: torch.Tensor[]) => torch.Tensor>;
const special = torch.special as unknown as Special;
const f64 = (...x: number[]) => torch.tensor(x, { dtype: torch.float64 });

/** Arguments and the value, from 50 digits. */
// biome-ignore format: table
const KNOWN: Record<string, readonly (readonly number[])[]> = {
  i0: [[0.5, 1.0634833707413236], [-3, 4.8807925858650245], [9.9, 2560.963353256044], [10.1, 3095.9756707889824],
    [700, 1.5295933476718737e+302]],
  i1: [[0.5, 0.2578943053908963], [-3, -3.9533702174026093], [9.9, 2427.958312950946], [-10.1, -2938.4655597279148],
    [700, 1.5285003902339006e+302]],
  i0e: [[-2, 0.30850832255367105], [30, 0.0731459464822373]],
  i1e: [[-2, -0.21526928924893765], [30, 0.07191633059864755]],
  modified_bessel_i0: [[2.5, 3.289839144050123]],
  modified_bessel_i1: [[2.5, 2.5167162452886984]],
  modified_bessel_k0: [[1e-05, 11.628856980944363], [0.7, 0.6605198599151016], [1.4, 0.24365506118154193],
    [1.6, 0.1879547519693323], [20, 5.741237815336525e-10]],
  modified_bessel_k1: [[1e-05, 99999.99993935571], [0.7, 1.050283535312918], [1.4, 0.3208359022298758],
    [1.6, 0.24063391135761183], [20, 5.883057969557038e-10]],
  scaled_modified_bessel_k0: [[0.3, 1.8526273007720142], [300, 0.0723300317396073]],
  scaled_modified_bessel_k1: [[0.3, 4.12515776224447], [300, 0.07245048166725841]],
  bessel_j0: [[0.1, 0.99750156206604], [-3, -0.26005195490193345], [7.9, 0.19436184484127825],
    [8.1, 0.14751745404437766], [100.5, 0.054436573814413594]],
  bessel_j1: [[0.1, 0.049937526036242], [-3, -0.3390589585259365], [7.9, 0.2191793999217512],
    [-8.1, -0.24760776698159287], [100.5, -0.05779112399693202]],
  bessel_y0: [[0.1, -1.5342386513503667], [3, 0.3768500100127904], [7.9, 0.20652094814437577],
    [8.1, 0.23809132870223482], [100.5, -0.05806122757035575]],
  bessel_y1: [[0.1, -6.4589510947020266], [3, 0.3246744247918], [7.9, -0.18172107728057313],
    [8.1, -0.13314879595249593], [100.5, -0.05472610209468349]],
  spherical_bessel_j0: [[1e-09, 1], [-2.5, 0.2393888576415826]],
  airy_ai: [[-20.25, -0.25609535403377043], [-5.5, 0.017781541276574976], [-4.5, 0.2921527810559595],
    [0, 0.3550280538878172], [0.5, 0.23169360648083348], [1.5, 0.07174949700810541], [30, 3.2082175915504954e-49]],
  erfcx: [[-3, 16205.988853999586], [0, 1], [0.5, 0.6156903441929259], [4, 0.13699945762506138],
    [10000000000, 5.641895835477563e-11]],
  log_ndtr: [[-100000, -5000000012.431864], [-2, -3.783184333682032], [0.3, -0.4814101615884812],
    [3, -0.0013508099647481938], [12, -1.776482112077679e-33]],
  ndtri: [[1e-300, -37.0470962993612], [0.001, -3.0902323061678136], [0.2, -0.8416212335729142],
    [0.55, 0.12566134685507416], [0.999, 3.090232306167813]],
  entr: [[0.3, 0.3611918412977808], [2, -1.3862943611198906]],
  ndtr: [[-4, 3.1671241833119924e-05], [0.2, 0.579259709439103], [3, 0.9986501019683699]],
  gammainc: [[0.5, 0.1, 0.345279153981423], [3, 7, 0.9703638361194782], [0.001, 2, 0.999951023082169],
    [150, 160, 0.7956261882343224], [5000, 4900, 0.07794495622651391], [60, 20, 4.233284694712903e-13]],
  gammaincc: [[0.5, 0.1, 0.654720846018577], [1e-06, 0.9, 2.601841851662104e-07], [3, 7, 0.029636163880521777],
    [150, 160, 0.20437381176567754], [5000, 4900, 0.9220550437734861], [2, 700, 6.911633257175599e-302]],
  zeta: [[2, 1, 1.6449340668482264], [1.5, 0.25, 10.213055360466601], [30.5, 20, 2.7071961287948844e-40],
    [3, -4.25, -61.99063218366379], [1.01, 1000, 93.32589678539831]],
  chebyshev_polynomial_t: [[0.3, 4, 0.34480000000000005], [0.3, 30, 0.9599427952716779], [-1.5, 9, -2889]],
  chebyshev_polynomial_u: [[0.3, 4, 0.04960000000000006], [0.3, 30, 1.0480603783204168], [-1.5, 9, -6765]],
  chebyshev_polynomial_v: [[0.3, 4, 1.0336], [0.3, 30, 0.7543351014912874], [-1.5, 9, -9349]],
  chebyshev_polynomial_w: [[0.3, 4, -0.9343999999999999], [0.3, 30, 1.3417856551495464], [-1.5, 9, -4181]],
  hermite_polynomial_h: [[0.7, 6, 125.08153599999999], [-2, 11, 121216]],
  hermite_polynomial_he: [[0.7, 6, 3.566148999999998], [-2, 11, 3342]],
  laguerre_polynomial_l: [[0.7, 6, -0.5265109319444444], [9, 11, 16.802378246753246]],
  legendre_polynomial_p: [[0.7, 6, -0.12528631249999986], [-0.2, 11, 0.17431533568]],
};

const POLYNOMIALS = Object.keys(KNOWN).filter((name) => name.includes('polynomial'));

describe('torch.special', () => {
  test.each(Object.entries(KNOWN))('%s is exact to 14 digits', (name, rows) => {
    for (const row of rows) {
      const want = row[row.length - 1] as number;
      const got = special[name]?.(...row.slice(0, -1).map((x) => f64(x))).item() as number;
      expect(Math.abs(got - want)).toBeLessThanOrEqual(Math.abs(want) * 2e-14);
    }
  });

  test('float32 is computed in double precision', () => {
    expect(torch.special.airy_ai(torch.tensor([1.5])).item()).toBe(Math.fround(0.07174949700810541));
    expect(torch.igamma(torch.tensor([3]), torch.tensor([7])).item()).toBe(Math.fround(0.9703638361194782));
  });

  test('poles, infinities and NaN', () => {
    const ends = f64(0, -0.5, inf, nan);
    expect(torch.special.bessel_y0(ends).tolist()).toEqual([-inf, nan, nan, nan]);
    expect(torch.special.modified_bessel_k1(ends).tolist()).toEqual([inf, nan, 0, nan]);
    expect(torch.special.scaled_modified_bessel_k0(ends).tolist()).toEqual([inf, nan, 0, nan]);
    expect(torch.special.i1e(f64(0, -inf, nan)).tolist()).toEqual([0, -0, nan]);
    expect(torch.special.entr(ends).tolist()).toEqual([0, -inf, -inf, nan]);
    expect(torch.special.ndtri(f64(0, 1, -0.1, nan)).tolist()).toEqual([-inf, inf, nan, nan]);
    expect(torch.special.log_ndtr(f64(-inf, inf, nan)).tolist()).toEqual([-inf, -0, nan]);
    expect(torch.special.erfcx(f64(-30, inf, nan)).tolist()).toEqual([inf, 0, nan]);
    expect(torch.special.spherical_bessel_j0(f64(0, inf, nan)).tolist()).toEqual([1, 0, nan]);
    expect(torch.special.zeta(f64(1, 0.5, 2, 3, 2.5), f64(2, 2, -3, 0, -1.5)).tolist()).toEqual([
      inf,
      nan,
      inf,
      inf,
      nan,
    ]);
  });

  test('incomplete gamma functions at the ends', () => {
    const a = f64(0, 0, 2, 2, inf, inf, -1, 2);
    const x = f64(0, 3, 0, inf, 3, inf, 3, -1);
    expect(torch.igamma(a, x).tolist()).toEqual([nan, 1, 0, 1, 0, nan, nan, nan]);
    expect(torch.igammac(a, x).tolist()).toEqual([nan, 0, 1, 0, 1, nan, nan, nan]);
    const large = f64(1e3, 1e5, 1e9);
    const sum = torch.igamma(large, large).add(torch.igammac(large, large));
    expect(sum.tolist()).toEqual([1, 1, 1]);
  });

  test.each(POLYNOMIALS)('%s of degrees that are none, 0 and not whole', (name) => {
    const f = special[name] as (...x: torch.Tensor[]) => torch.Tensor;
    const degrees = f64(-1, 0, nan, inf);
    expect(f(f64(0.4).expand(4), degrees).tolist()).toEqual([0, 1, 0, 0]);
    expect(f(f64(0.4), f64(3.9)).item()).toBe(f(f64(0.4), f64(3)).item());
    expect(f(f64(nan), f64(3)).item()).toBeNaN();
  });

  test('polynomials of Chebyshev are the same by the recurrence and by the angle', () => {
    const x = torch.linspace(-0.99, 0.99, 41, { dtype: torch.float64 });
    for (const kind of 'tuvw') {
      const f = special[`chebyshev_polynomial_${kind}`] as (...x: unknown[]) => torch.Tensor;
      const next = x.mul(2).mul(f(x, 9)).sub(f(x, 8));
      expect(next.sub(f(x, 10)).abs().max().item() as number).toBeLessThan(1e-12);
    }
  });

  test('numbers as operands, broadcasting, integers', () => {
    expect(torch.special.zeta(2, torch.tensor([1n, 2n])).dtype).toBe(torch.float32);
    expect(torch.special.hermite_polynomial_he(torch.ones(2, 1), torch.arange(3)).tolist()).toEqual([
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect(torch.special.legendre_polynomial_p(torch.tensor([2, 3]), 2).tolist()).toEqual([5.5, 13]);
    expect(torch.i0(torch.tensor([0n])).tolist()).toEqual([1]);
  });

  test('dtypes that PyTorch does not take', () => {
    const half = torch.ones(2, { dtype: torch.float16 });
    expect(torch.i0(half).dtype).toBe(torch.float16);
    expect(torch.igamma(half, half).dtype).toBe(torch.float16);
    expect(() => torch.special.bessel_j0(half)).toThrow('"bessel_j0_cpu" not implemented for \'Half\'');
    expect(() => torch.special.zeta(half, half)).toThrow('"zeta_cpu" not implemented for \'Half\'');
    const whole = torch.tensor([1n]);
    expect(() => torch.igamma(whole, whole)).toThrow('"igamma_cpu" not implemented for \'Long\'');
  });

  test('in place and into out', () => {
    const x = f64(1, 2);
    expect(x.i0_()).toBe(x);
    expect(x.tolist()).toEqual(torch.special.i0(f64(1, 2)).tolist());
    const a = f64(2, 3);
    expect(a.igamma_(f64(1, 1))).toBe(a);
    const out = torch.zeros(2);
    expect(torch.special.erfcx(torch.tensor([0, 0]), { out })).toBe(out);
    expect(out.tolist()).toEqual([1, 1]);
  });

  test('nodes, and what has no gradient', () => {
    const x = f64(0.5).requires_grad_();
    expect(torch.i0(x).grad_fn?.name()).toBe('I0Backward0');
    expect(torch.special.i0e(x).grad_fn?.name()).toBe('SpecialI0EBackward0');
    expect(torch.special.log_ndtr(x).grad_fn?.name()).toBe('SpecialLogNdtrBackward0');
    expect(torch.special.zeta(2, x).grad_fn?.name()).toBe('SpecialZetaBackward0');
    expect(torch.special.gammainc(f64(2), x).grad_fn?.name()).toBe('IgammaBackward0');
    expect(torch.special.airy_ai(x).requires_grad).toBe(false);
    expect(() => torch.igamma(x, f64(2)).backward()).toThrow("the derivative for 'igamma: input' is not implemented.");
    const zero = f64(0).requires_grad_();
    torch.special.i1(zero).backward();
    expect(zero.grad?.item()).toBe(0.5);
  });
});
