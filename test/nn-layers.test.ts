/** torch.nn: containers, layers, losses and initialisation. */

import * as torch from 'strided';

const { nn } = torch;

const values = (x: torch.Tensor): number[] => x.detach().reshape(-1).tolist() as number[];

function expectClose(x: torch.Tensor, expected: number[], tolerance = 2e-7): void {
  const got = values(x);
  expect(got).toHaveLength(expected.length);
  const off = got.map((value, i) => Math.abs(value - (expected[i] as number)) / Math.max(1, Math.abs(value)));
  expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
}

describe('containers', () => {
  test('Sequential: index, length, iteration, append, insert, pop, slice', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU());
    net.append(new nn.Tanh()).insert(1, new nn.Identity()).extend([new nn.Sigmoid()]);
    expect([...net].map((module) => module.constructor.name)).toEqual([
      'Linear',
      'Identity',
      'ReLU',
      'Tanh',
      'Sigmoid',
    ]);
    expect(net.length).toBe(5);
    expect(net[2]).toBeInstanceOf(nn.ReLU);
    expect(net.at(-1)).toBeInstanceOf(nn.Sigmoid);
    expect(() => net.at(99)).toThrow(new torch.IndexError('index 99 is out of range'));
    expect(() => net.insert(9, new nn.ReLU())).toThrow(new torch.IndexError('Index out of range: 9'));
    expect(net.pop(1)).toBeInstanceOf(nn.Identity);
    net[1] = new nn.GELU();
    expect(String(net.slice(1, 3))).toBe("Sequential(\n  (1): GELU(approximate='none')\n  (2): Tanh()\n)");
    expect(() => new nn.Sequential(3 as never)).toThrow(new torch.TypeError('int is not a Module subclass'));
    expect(() => new nn.Sequential([new nn.ReLU()] as never)).toThrow('list is not a Module subclass');
  });

  test('Sequential with names', () => {
    const net = new nn.Sequential({ first: new nn.Linear(1, 1), second: new nn.Flatten(0) });
    expect(Object.keys(net.state_dict())).toEqual(['first.weight', 'first.bias']);
    expect(net(torch.ones(3, 1)).shape).toEqual([3]);
    expect(net.length).toBe(2);
  });

  test('ModuleList and ModuleDict own what they hold', () => {
    const list = new nn.ModuleList([new nn.Linear(1, 1), new nn.Linear(1, 1, false)]);
    expect(list.named_parameters().map(([name]) => name)).toEqual(['0.weight', '0.bias', '1.weight']);
    const dict = new nn.ModuleDict(new Map([['act', new nn.ReLU()]]));
    dict.set('fc', new nn.Linear(1, 1));
    expect([dict.length, dict.keys(), [...dict], dict.has('act')]).toEqual([2, ['act', 'fc'], ['act', 'fc'], true]);
    expect(() => dict.get('b')).toThrow(new torch.KeyError("'b'"));
    expect(dict.pop('act')).toBeInstanceOf(nn.ReLU);
    expect(dict.items().map(([name]) => name)).toEqual(['fc']);
    expect(() => dict.set('keys', new nn.ReLU())).toThrow("attribute 'keys' already exists");
    expect(() => new nn.ModuleList([3 as never])).toThrow('int is not a Module subclass');
  });
});

describe('layers', () => {
  test('arguments by position and by name', () => {
    const texts = [
      new nn.Linear(2, 3, false),
      new nn.Linear(2, 3, { bias: false }),
      new nn.Linear(2, { out_features: 3, bias: false }),
      new nn.Linear({ in_features: 2, out_features: 3, bias: false }),
    ].map(String);
    expect(new Set(texts)).toEqual(new Set(['Linear(in_features=2, out_features=3, bias=False)']));
    const make = (...args: unknown[]): unknown => Reflect.construct(nn.Linear, args);
    expect(() => make(2, 3, { biass: false })).toThrow(
      new torch.TypeError(
        "Linear() got an unexpected keyword argument 'biass'; it takes in_features, out_features, bias, device, dtype",
      ),
    );
    expect(() => make(2)).toThrow(new torch.TypeError('Linear() missing required arguments: out_features'));
    expect(() => make(2, 3, { in_features: 2 })).toThrow("Linear() got multiple values for argument 'in_features'");
    expect(() => make(1, 2, true, null, null, 6)).toThrow('Linear() takes at most 5 arguments but 6 were given');
    expect(new nn.Linear(2, 3, { dtype: torch.float64 }).weight.dtype).toBe(torch.float64);
  });

  test('Linear starts as in PyTorch', () => {
    torch.manual_seed(0);
    const { weight, bias } = new nn.Linear(3, 2);
    expect(values(weight)).toEqual([
      -0.004322517663240433, 0.3097158372402191, -0.4751853346824646, -0.4248946011066437, -0.2223689705133438,
      0.15482072532176971,
    ]);
    expect(values(bias as torch.Tensor)).toEqual([-0.011439144611358643, 0.45777493715286255]);
  });

  test.each<[string, torch.nn.Module, number[]]>([
    ['ReLU', new nn.ReLU(), [0, 0, 2]],
    ['Tanh', new nn.Tanh(), [-0.7615941762924194, 0, 0.9640275835990906]],
    ['Sigmoid', new nn.Sigmoid(), [0.2689414322376251, 0.5, 0.8807970285415649]],
    ['GELU', new nn.GELU(), [-0.15865525603294373, 0, 1.9544997215270996]],
    ['GELU tanh', new nn.GELU({ approximate: 'tanh' }), [-0.15880799293518066, 0, 1.9545977115631104]],
    ['LeakyReLU', new nn.LeakyReLU({ negative_slope: 0.1 }), [-0.10000000149011612, 0, 2]],
    ['Softmax', new nn.Softmax(0), [0.04201006516814232, 0.11419519782066345, 0.8437947034835815]],
    ['LogSoftmax', new nn.LogSoftmax(0), [-3.1698460578918457, -2.1698460578918457, -0.16984604299068451]],
    ['Identity', new nn.Identity(54, { unused: true }), [-1, 0, 2]],
    ['Dropout in evaluation', new nn.Dropout().eval(), [-1, 0, 2]],
  ])('%s', (_, module, expected) => {
    expectClose(module(torch.tensor([-1, 0, 2])) as torch.Tensor, expected, 3e-7);
  });

  test('in place where asked for', () => {
    const x = torch.tensor([-1, 2]);
    expect(new nn.ReLU(true)(x)).toBe(x);
    expect(values(x)).toEqual([0, 2]);
  });

  test('Flatten and Unflatten', () => {
    expect(new nn.Flatten()(torch.ones(2, 3, 4)).shape).toEqual([2, 12]);
    expect(new nn.Unflatten(1, [2, -1])(torch.ones(2, 12)).shape).toEqual([2, 2, 6]);
  });

  test('Dropout keeps a fraction and scales it', () => {
    torch.manual_seed(0);
    const kept = values(new nn.Dropout(0.25)(torch.ones(4000)));
    expect(new Set(kept.map((value) => value.toFixed(4)))).toEqual(new Set(['0.0000', '1.3333']));
    expect(kept.filter((value) => value > 0).length / 4000).toBeCloseTo(0.75, 1);
    const message = 'dropout probability has to be between 0 and 1, but got 2';
    expect(() => new nn.Dropout(2)).toThrow(new torch.ValueError(message));
  });
});

describe('losses', () => {
  const logits = torch.tensor([
    [1, 2, 3],
    [1, 0, -1],
  ]);
  const target = torch.tensor([2n, 1n]);
  test.each<[string, () => torch.Tensor, number[]]>([
    ['CrossEntropyLoss', () => new nn.CrossEntropyLoss()(logits, target), [0.9076058864593506]],
    [
      'CrossEntropyLoss with weight and smoothing',
      () =>
        new nn.CrossEntropyLoss({ weight: torch.tensor([1, 2, 3]), label_smoothing: 0.1, reduction: 'sum' })(
          logits,
          target,
        ),
      [4.197268962860107],
    ],
    [
      'CrossEntropyLoss by position',
      () => new nn.CrossEntropyLoss(null, null, 1, null, 'none')(logits, target),
      [0.40760597586631775, 0],
    ],
    ['NLLLoss', () => new nn.NLLLoss()(logits, target), [-1.5]],
    ['MSELoss', () => new nn.MSELoss()(logits, torch.zeros(2, 3)), [2.6666667461395264]],
    ['MSELoss with a flag of old', () => new nn.MSELoss(false)(logits, torch.zeros(2, 3)), [16]],
    ['L1Loss', () => new nn.L1Loss({ reduction: 'sum' })(logits, torch.zeros(2, 3)), [8]],
  ])('%s', (_, make, expected) => expectClose(make(), expected));
});

describe('init', () => {
  const fill = (init: (w: torch.Tensor) => torch.Tensor): torch.Tensor => {
    torch.manual_seed(0);
    const w = torch.empty(3, 4);
    expect(init(w)).toBe(w);
    return w;
  };
  const { init } = nn;

  // biome-ignore format: a table of the first four values in PyTorch
  test.each<[string, (w: torch.Tensor) => torch.Tensor, number[]]>([
    ['uniform_', (w) => init.uniform_(w, -1, 1), [-0.007486820220947266, 0.5364435911178589, -0.8230451345443726, -0.7359390258789062]],
    ['normal_', (w) => init.normal_(w, { mean: 1, std: 2 }), [4.081992149353027, 0.4131421744823456, -3.357578754425049, 2.1368625164031982]],
    ['xavier_uniform_', (w) => init.xavier_uniform_(w, init.calculate_gain('relu')), [-0.009802548214793205, 0.7023695111274719, -1.0776190757751465, -0.9635703563690186]],
    ['xavier_normal_', (w) => init.xavier_normal_(w), [0.8236970901489258, -0.1568443477153778, -1.1646119356155396, 0.3038392961025238]],
    ['kaiming_uniform_', (w) => init.kaiming_uniform_(w, { mode: 'fan_out', nonlinearity: 'relu' }), [-0.010587962344288826, 0.75864577293396, -1.1639615297317505, -1.040774941444397]],
    ['kaiming_normal_', (w) => init.kaiming_normal_(w), [1.0896488428115845, -0.20748557150363922, -1.5406367778778076, 0.40194159746170044]],
    ['trunc_normal_', (w) => init.trunc_normal_(w), [1.5409960746765137, -0.293428897857666, -1.0711873769760132, 0.5684312582015991]],
    ['trunc_normal_ of the middle', (w) => init.trunc_normal_(w, 0, 1, -0.5, 0.9), [0.19186942279338837, -0.293428897857666, 0.2733677327632904, 0.5684312582015991]],
    ['trunc_normal_ of a tail', (w) => init.trunc_normal_(w, 0, 1, { a: 2, b: 3 }), [2.4962565898895264, 2.2629613876342773, 2.088477373123169, 2.132030487060547]],
    ['eye_', (w) => init.eye_(w), [1, 0, 0, 0]],
    ['constant_', (w) => init.constant_(w, 0.5), [0.5, 0.5, 0.5, 0.5]],
    ['ones_', (w) => init.ones_(w), [1, 1, 1, 1]],
    ['zeros_', (w) => init.zeros_(w), [0, 0, 0, 0]],
  ])('%s', (_, make, expected) => expectClose(fill(make)[0] as torch.Tensor, expected, 3e-7));

  test('gains, fans and what they refuse', () => {
    expect(init.calculate_gain('leaky_relu', 0.2)).toBe(Math.sqrt(2 / 1.04));
    expect(init.calculate_gain('tanh')).toBe(5 / 3);
    expect(() => init.calculate_gain('swish')).toThrow(new torch.ValueError('Unsupported nonlinearity swish'));
    expect(init._calculate_fan_in_and_fan_out(torch.empty(5, 4, 3, 3))).toEqual([36, 45]);
    expect(() => init.xavier_normal_(torch.empty(3))).toThrow(
      'Fan in and fan out can not be computed for tensor with fewer than 2 dimensions',
    );
    expect(() => init.kaiming_normal_(torch.empty(3, 3), 0, 'fan')).toThrow(
      "Mode fan not supported, please use one of ['fan_in', 'fan_out']",
    );
    expect(() => init.eye_(torch.empty(3))).toThrow('Only tensors with 2 dimensions are supported');
  });

  test('records no gradient', () => {
    const { weight } = new nn.Linear(2, 2);
    init.ones_(weight);
    expect([weight.is_leaf, weight.requires_grad, ...values(weight)]).toEqual([true, true, 1, 1, 1, 1]);
  });
});
