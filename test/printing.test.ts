/** Printing: `String(x)`, a template literal and `console.log(x)` show what PyTorch shows, character by character. */

import { inspect } from 'node:util';
import * as torch from 'strided';

/** What is shown, how it is made, and the lines of its text. */
type Case = [title: string, make: () => torch.Tensor, ...lines: string[]];

function shows(_title: string, make: () => torch.Tensor, ...lines: string[]): void {
  expect(String(make())).toBe(lines.join('\n'));
}

afterEach(() => torch.set_printoptions({ profile: 'default' }));

describe('integers and booleans', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['int64 has no suffix', () => torch.tensor([1n, 2n, 3n]), 'tensor([1, 2, 3])'],
    ['a sign widens the column', () => torch.tensor([-1n, 10n, -100n]), 'tensor([  -1,   10, -100])'],
    ['the widest number of all rows decides', () => torch.tensor([[1n, 20n], [300n, 4000n]]),
      'tensor([[   1,   20],',
      '        [ 300, 4000]])'],
    ['int64 is exact beyond 2 ** 53', () => torch.tensor([9223372036854775807n, -9007199254740993n]),
      'tensor([9223372036854775807,   -9007199254740993])'],
    ['other integers name their dtype', () => torch.tensor([255, 0], { dtype: torch.uint8 }),
      'tensor([255,   0], dtype=torch.uint8)'],
    ['int32 in rows', () => torch.tensor([[-7, 8], [9, 10]], { dtype: torch.int32 }),
      'tensor([[-7,  8],',
      '        [ 9, 10]], dtype=torch.int32)'],
    ['booleans as Python writes them', () => torch.tensor([true, false]), 'tensor([ True, False])'],
    ['a comparison', () => torch.tensor([1, 2, 3]).gt(1.5), 'tensor([False,  True,  True])'],
    ['0-d integer', () => torch.tensor(7n), 'tensor(7)'],
    ['0-d boolean', () => torch.tensor(true), 'tensor(True)'],
  ];
  test.each(cases)('%s', shows);
});

describe('floating-point numbers', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['whole numbers end in a point', () => torch.tensor([1, -2, 30]), 'tensor([ 1., -2., 30.])'],
    ['one fraction gives all four digits', () => torch.tensor([1, 2.5]), 'tensor([1.0000, 2.5000])'],
    ['0-d', () => torch.tensor(2.5), 'tensor(2.5000)'],
    ['0-d whole number', () => torch.tensor(-3), 'tensor(-3.)'],
    ['zeros', () => torch.zeros(2, 3), 'tensor([[0., 0., 0.],', '        [0., 0., 0.]])'],
    ['negative zero keeps its sign', () => torch.tensor([-0, 1]), 'tensor([-0., 1.])'],
    ['an exact tie goes to the even digit', () => torch.tensor([0.03125, 0.09375]), 'tensor([0.0312, 0.0938])'],
    ['rounding up may widen the column', () => torch.tensor([9.99999, 1.5]), 'tensor([10.0000,  1.5000])'],
    ['float64', () => torch.tensor([Math.PI], { dtype: torch.float64 }), 'tensor([3.1416], dtype=torch.float64)'],
    ['float16 shows its rounding', () => torch.tensor([0.1, 1000.5], { dtype: torch.float16 }),
      'tensor([9.9976e-02, 1.0005e+03], dtype=torch.float16)'],
    ['bfloat16 shows its rounding', () => torch.tensor([0.1, 3], { dtype: torch.bfloat16 }),
      'tensor([0.1001, 3.0000], dtype=torch.bfloat16)'],
    ['a view is read through its strides', () => torch.arange(6).view(2, 3).t(),
      'tensor([[0., 3.],',
      '        [1., 4.],',
      '        [2., 5.]])'],
  ];
  test.each(cases)('%s', shows);
});

describe('scientific notation', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['for a ratio above 1000', () => torch.tensor([1000.5, 1]), 'tensor([1.0005e+03, 1.0000e+00])'],
    ['not for a ratio of exactly 1000', () => torch.tensor([1000, 1]), 'tensor([1000.,    1.])'],
    ['above 1e8', () => torch.tensor([1.5e9]), 'tensor([1.5000e+09])'],
    ['not at 1e8', () => torch.tensor([1e8]), 'tensor([100000000.])'],
    ['below 1e-4', () => torch.tensor([5e-5]), 'tensor([5.0000e-05])'],
    ['zeros do not count', () => torch.tensor([0, 0.001]), 'tensor([0.0000, 0.0010])'],
    ['a three-digit exponent', () => torch.tensor([1e-300, 1e300], { dtype: torch.float64 }),
      'tensor([1.0000e-300, 1.0000e+300], dtype=torch.float64)'],
    ['whole numbers too', () => torch.tensor([123456, -1]), 'tensor([ 1.2346e+05, -1.0000e+00])'],
    ['an exact tie goes to the even digit', () => torch.tensor([10000.5, 1]), 'tensor([1.0000e+04, 1.0000e+00])'],
  ];
  test.each(cases)('%s', shows);
});

describe('nan and infinity', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['beside whole numbers', () => torch.tensor([1, Infinity, -Infinity, NaN]), 'tensor([1., inf, -inf, nan])'],
    ['beside fractions', () => torch.tensor([0.5, NaN]), 'tensor([0.5000,    nan])'],
    ['in scientific notation', () => torch.tensor([-Infinity, 1e-6]), 'tensor([      -inf, 1.0000e-06])'],
    ['alone', () => torch.tensor(NaN), 'tensor(nan)'],
  ];
  test.each(cases)('%s', shows);
});

describe('shapes and long lines', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['one empty line between matrices', () => torch.arange(8n).view(2, 2, 2),
      'tensor([[[0, 1],',
      '         [2, 3]],',
      '',
      '        [[4, 5],',
      '         [6, 7]]])'],
    ['two between stacks of matrices', () => torch.ones(2, 1, 1, 2),
      'tensor([[[[1., 1.]]],',
      '',
      '',
      '        [[[1., 1.]]]])'],
    ['a line ends before column 80', () => torch.arange(30n),
      'tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,',
      '        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])'],
    ['rows are wrapped one by one', () => torch.arange(24).view(2, 12).mul(0.5),
      'tensor([[ 0.0000,  0.5000,  1.0000,  1.5000,  2.0000,  2.5000,  3.0000,  3.5000,',
      '          4.0000,  4.5000,  5.0000,  5.5000],',
      '        [ 6.0000,  6.5000,  7.0000,  7.5000,  8.0000,  8.5000,  9.0000,  9.5000,',
      '         10.0000, 10.5000, 11.0000, 11.5000]])'],
    ['empty', () => torch.tensor([]), 'tensor([])'],
    ['an empty matrix names its size', () => torch.zeros(0, 3), 'tensor([], size=(0, 3))'],
    ['empty and not float32', () => torch.zeros(0, { dtype: torch.int64 }), 'tensor([], dtype=torch.int64)'],
    ['empty in the middle', () => torch.zeros(2, 0, 3, { dtype: torch.float64 }),
      'tensor([], size=(2, 0, 3), dtype=torch.float64)'],
  ];
  test.each(cases)('%s', shows);
});

describe('summaries of more than 1000 elements', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['a vector', () => torch.arange(1001n), 'tensor([   0,    1,    2,  ...,  998,  999, 1000])'],
    ['only shown values decide the notation', () => torch.arange(1001).eq(500).to(torch.float32).mul(1.5e9),
      'tensor([0., 0., 0.,  ..., 0., 0., 0.])'],
    ['a matrix', () => torch.arange(1200).view(30, 40),
      'tensor([[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 3.7000e+01, 3.8000e+01,',
      '         3.9000e+01],',
      '        [4.0000e+01, 4.1000e+01, 4.2000e+01,  ..., 7.7000e+01, 7.8000e+01,',
      '         7.9000e+01],',
      '        [8.0000e+01, 8.1000e+01, 8.2000e+01,  ..., 1.1700e+02, 1.1800e+02,',
      '         1.1900e+02],',
      '        ...,',
      '        [1.0800e+03, 1.0810e+03, 1.0820e+03,  ..., 1.1170e+03, 1.1180e+03,',
      '         1.1190e+03],',
      '        [1.1200e+03, 1.1210e+03, 1.1220e+03,  ..., 1.1570e+03, 1.1580e+03,',
      '         1.1590e+03],',
      '        [1.1600e+03, 1.1610e+03, 1.1620e+03,  ..., 1.1970e+03, 1.1980e+03,',
      '         1.1990e+03]])'],
    ['few rows, many columns', () => torch.zeros(2, 600),
      'tensor([[0., 0., 0.,  ..., 0., 0., 0.],',
      '        [0., 0., 0.,  ..., 0., 0., 0.]])'],
    ['many rows, few columns', () => torch.ones(400, 3, { dtype: torch.bool }),
      'tensor([[True, True, True],',
      '        [True, True, True],',
      '        [True, True, True],',
      '        ...,',
      '        [True, True, True],',
      '        [True, True, True],',
      '        [True, True, True]])'],
    ['three dimensions', () => torch.zeros(8, 1, 200),
      'tensor([[[0., 0., 0.,  ..., 0., 0., 0.]],',
      '',
      '        [[0., 0., 0.,  ..., 0., 0., 0.]],',
      '',
      '        [[0., 0., 0.,  ..., 0., 0., 0.]],',
      '',
      '        ...,',
      '',
      '        [[0., 0., 0.,  ..., 0., 0., 0.]],',
      '',
      '        [[0., 0., 0.,  ..., 0., 0., 0.]],',
      '',
      '        [[0., 0., 0.,  ..., 0., 0., 0.]]])'],
    ['a suffix after a summary', () => torch.zeros(2000, { dtype: torch.float64 }),
      'tensor([0., 0., 0.,  ..., 0., 0., 0.], dtype=torch.float64)'],
  ];
  test.each(cases)('%s', shows);
});

describe('gradients and parameters', () => {
  // biome-ignore format: a table
  const cases: Case[] = [
    ['a leaf', () => torch.tensor([1, 2], { requires_grad: true }), 'tensor([1., 2.], requires_grad=True)'],
    ['dtype comes first', () => torch.tensor(1.5, { dtype: torch.float64, requires_grad: true }),
      'tensor(1.5000, dtype=torch.float64, requires_grad=True)'],
    ['a result', () => torch.tensor([1, 2], { requires_grad: true }).mul(2),
      'tensor([2., 4.], grad_fn=<MulBackward0>)'],
    ['after several rows', () => torch.tensor([[1, 2], [3, 4]], { requires_grad: true }).add(0.5),
      'tensor([[1.5000, 2.5000],',
      '        [3.5000, 4.5000]], grad_fn=<AddBackward0>)'],
    ['a detached result', () => torch.tensor([1, 2], { requires_grad: true }).mul(2).detach(), 'tensor([2., 4.])'],
    ['a suffix that no longer fits goes to a line of its own', () => torch.ones(7).mul(0.5).requires_grad_().mul(1.5),
      'tensor([0.7500, 0.7500, 0.7500, 0.7500, 0.7500, 0.7500, 0.7500],',
      '       grad_fn=<MulBackward0>)'],
    ['only the last suffix moves', () => torch.ones(6, { dtype: torch.float64 }).mul(0.5).requires_grad_().add(0.25),
      'tensor([0.7500, 0.7500, 0.7500, 0.7500, 0.7500, 0.7500], dtype=torch.float64,',
      '       grad_fn=<AddBackward0>)'],
    ['empty with a gradient', () => torch.zeros(3, 0, { requires_grad: true }),
      'tensor([], size=(3, 0), requires_grad=True)'],
    ['a parameter', () => new torch.nn.Parameter(torch.tensor([[1, 2.5]])),
      'Parameter containing:',
      'tensor([[1.0000, 2.5000]], requires_grad=True)'],
    ['a frozen parameter', () => new torch.nn.Parameter(torch.ones(2), { requires_grad: false }),
      'Parameter containing:',
      'tensor([1., 1.])'],
  ];
  test.each(cases)('%s', shows);
});

/** As above, with the print options in force. */
type OptionCase = [title: string, options: Options, make: () => torch.Tensor, ...lines: string[]];
type Options = Partial<torch.PrintOptions> & { profile?: torch.PrintProfile };

describe('print options', () => {
  // biome-ignore format: a table
  const cases: OptionCase[] = [
    ['precision', { precision: 2 }, () => torch.tensor([1.12345]), 'tensor([1.12])'],
    ['precision 0', { precision: 0 }, () => torch.arange(5).mul(0.37), 'tensor([0, 0, 1, 1, 1])'],
    ['more digits than a float32 has', { precision: 20 }, () => torch.tensor([0.1]),
      'tensor([0.10000000149011611938])'],
    ['threshold', { threshold: 5 }, () => torch.arange(10n), 'tensor([0, 1, 2,  ..., 7, 8, 9])'],
    ['edgeitems', { threshold: 5, edgeitems: 1 }, () => torch.arange(24n).view(4, 6),
      'tensor([[ 0,  ...,  5],',
      '        ...,',
      '        [18,  ..., 23]])'],
    ['no edge items', { threshold: 2, edgeitems: 0 }, () => torch.ones(2, 2), 'tensor([...], size=(2, 2))'],
    ['linewidth', { linewidth: 20 }, () => torch.arange(10n),
      'tensor([0, 1, 2, 3,',
      '        4, 5, 6, 7,',
      '        8, 9])'],
    ['linewidth moves suffixes', { linewidth: 30 }, () => torch.ones(2, { dtype: torch.float64 }),
      'tensor([1., 1.],',
      '       dtype=torch.float64)'],
    ['sci_mode on', { sci_mode: true }, () => torch.tensor([1, 2.5]), 'tensor([1.0000e+00, 2.5000e+00])'],
    ['sci_mode off', { sci_mode: false }, () => torch.tensor([-1e-8, 1e6]), 'tensor([     -0.0000, 1000000.0000])'],
    ['sci_mode off writes large numbers out', { sci_mode: false }, () => torch.tensor([1e22, 1]),
      'tensor([9999999778196308361216.,                      1.])'],
    ['profile short', { profile: 'short' }, () => torch.tensor([0.12345, 12]), 'tensor([ 0.12, 12.00])'],
    ['an option beside a profile wins', { profile: 'short', precision: 3 }, () => torch.tensor([0.12345, 12]),
      'tensor([ 0.123, 12.000])'],
  ];
  test.each(cases)('%s', (title, options, make, ...lines) => {
    torch.set_printoptions(options);
    shows(title, make, ...lines);
  });

  test('1000 elements are shown, all of any number in profile full', () => {
    expect(String(torch.zeros(1000))).not.toContain('...');
    expect(String(torch.zeros(1001))).toContain('...');
    torch.set_printoptions({ profile: 'full' });
    expect(String(torch.zeros(1001))).not.toContain('...');
  });

  test('get_printoptions returns what set_printoptions accepts', () => {
    const defaults = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80, sci_mode: null };
    expect(torch.get_printoptions()).toEqual(defaults);
    torch.set_printoptions({ precision: 6, sci_mode: true });
    const changed = torch.get_printoptions();
    expect(changed).toEqual({ ...defaults, precision: 6, sci_mode: true });
    torch.set_printoptions({ profile: 'default' });
    torch.set_printoptions(changed);
    expect(String(torch.tensor([1.5]))).toBe('tensor([1.500000e+00])');
  });

  test('sci_mode is automatic again unless it is given', () => {
    torch.set_printoptions({ sci_mode: true });
    torch.set_printoptions({ precision: 2 });
    expect(String(torch.tensor([1.5]))).toBe('tensor([1.50])');
  });

  test('the options may be given by position', () => {
    torch.set_printoptions(3, 5, 2);
    expect(torch.get_printoptions()).toMatchObject({ precision: 3, threshold: 5, edgeitems: 2, linewidth: 80 });
  });

  test('an unknown option is a TypeError that names the known ones', () => {
    const set = () => torch.set_printoptions({ digits: 3 } as object);
    expect(set).toThrow(torch.TypeError);
    expect(set).toThrow(
      "set_printoptions() got an unexpected keyword argument 'digits' " +
        '(known: precision, threshold, edgeitems, linewidth, profile, sci_mode)',
    );
  });
});

describe('every way to text', () => {
  const text = 'tensor([[1.0000, 2.5000],\n        [3.0000, 4.0000]], grad_fn=<AddBackward0>)';
  const make = () =>
    torch
      .tensor(
        [
          [0, 1.5],
          [2, 3],
        ],
        { requires_grad: true },
      )
      .add(1);

  test('String, template literals, toString and console.log agree', () => {
    const x = make();
    expect(String(x)).toBe(text);
    expect(`${x}`).toBe(text);
    expect(x.toString()).toBe(text);
    expect(inspect(x)).toBe(text);
  });

  test('the nested lines keep their place inside an object', () => {
    expect(inspect({ x: make() })).toBe(
      '{\n  x: tensor([[1.0000, 2.5000],\n          [3.0000, 4.0000]], grad_fn=<AddBackward0>)\n}',
    );
  });

  test('printing leaves no trace', () => {
    const x = make();
    String(x);
    expect(x.requires_grad).toBe(true);
    expect(x.grad_fn?.name()).toBe('AddBackward0');
    expect(x._version).toBe(0);
  });
});
