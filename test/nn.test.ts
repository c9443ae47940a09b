/** torch.nn: modules that are called, found, printed, saved, loaded and initialised as in PyTorch. */

import { inspect } from 'node:util';
import * as torch from 'strided';

const { nn } = torch;

class Net extends nn.Module {
  fc = new nn.Linear(2, 3);
  inner = new nn.Module();
  override forward(x: torch.Tensor): torch.Tensor {
    return this.fc(x).relu();
  }
}

const values = (x: torch.Tensor): number[] => x.detach().reshape(-1).tolist() as number[];

function expectClose(x: torch.Tensor, expected: number[], tolerance = 2e-7): void {
  const got = values(x);
  expect(got).toHaveLength(expected.length);
  const off = got.map((value, i) => Math.abs(value - (expected[i] as number)) / Math.max(1, Math.abs(value)));
  expect(Math.max(...off)).toBeLessThanOrEqual(tolerance);
}

describe('calling a module', () => {
  test('runs forward, on this module', () => {
    const net = new Net();
    const x = torch.ones(4, 2);
    expect(values(net(x))).toEqual(values(net.forward(x)));
    expect(net).toBeInstanceOf(nn.Module);
    expect(net).toBeInstanceOf(Net);
    expect(net.fc).toBeInstanceOf(nn.Linear);
  });

  test('without forward says so', () => {
    const message = 'Module [Module] is missing the required "forward" function';
    expect(() => new nn.Module()(1)).toThrow(new torch.NotImplementedError(message));
  });

  test('passes all arguments and any result', () => {
    class Pair extends nn.Module {
      override forward(a: number, b: string): [number, string] {
        return [a, b];
      }
    }
    const [a, b]: [number, string] = new Pair()(1, 'two');
    expect([a, b]).toEqual([1, 'two']);
  });

  test('properties may have the names that functions use for themselves', () => {
    class Named extends nn.Module {
      override name = 'mine';
      override length = 7;
      apply_count = 0;
    }
    const module = new Named();
    module.name += '!';
    expect([module.name, module.length, Object.keys(module)]).toEqual([
      'mine!',
      7,
      ['training', 'name', 'length', 'apply_count'],
    ]);
    const plain = new nn.Module() as unknown as Record<string, unknown>;
    plain.name = 'set';
    plain.length = 2;
    expect([plain.name, plain.length]).toEqual(['set', 2]);
  });

  test('hooks see and replace arguments and results until they are removed', () => {
    const net = new nn.Identity();
    const seen: string[] = [];
    const pre = net.register_forward_pre_hook((module, [x]) => {
      seen.push('pre');
      expect(module).toBe(net);
      return (x as torch.Tensor).add(1);
    });
    const post = net.register_forward_hook((_, [x], y) => {
      seen.push('post');
      expect(y).toBe(x);
      return (y as torch.Tensor).mul(10);
    });
    const first = net.register_forward_hook(() => void seen.push('first'), { prepend: true });
    expect(values(net(torch.ones(1)))).toEqual([20]);
    expect(seen).toEqual(['pre', 'first', 'post']);
    for (const handle of [pre, post, first]) handle.remove();
    expect(values(net(torch.ones(1)))).toEqual([1]);
  });
});

describe('members', () => {
  test('parameters, buffers and modules are found in the order of assignment', () => {
    class Net2 extends nn.Module {
      b = new nn.Linear(1, 1);
      w = new nn.Parameter(torch.ones(2));
      a = new nn.Linear(1, 1, { bias: false });
      shared = this.b;
      steps = new nn.Buffer(torch.zeros(1));
      cache = new nn.Buffer(torch.zeros(1), false);
      note = torch.ones(1);
      constructor() {
        super();
        this.register_buffer('mean', torch.zeros(2));
        this.register_parameter('late', new nn.Parameter(torch.ones(1)));
      }
    }
    const net = new Net2();
    expect(net.named_parameters().map(([name]) => name)).toEqual(['w', 'late', 'b.weight', 'b.bias', 'a.weight']);
    expect(net.parameters({ recurse: false })).toHaveLength(2);
    expect(net.named_parameters({ prefix: 'p', recurse: false }).map(([name]) => name)).toEqual(['p.w', 'p.late']);
    expect(net.named_parameters({ remove_duplicate: false }).map(([name]) => name)).toContain('shared.weight');
    expect(net.named_buffers().map(([name]) => name)).toEqual(['steps', 'cache', 'mean']);
    expect(net.named_children().map(([name]) => name)).toEqual(['b', 'a']);
    expect(net.named_modules().map(([name]) => name)).toEqual(['', 'b', 'a']);
    expect(net.modules()[0]).toBe(net);
    expect(Object.keys(net.state_dict())).toEqual([
      'w',
      'late',
      'steps',
      'mean',
      'b.weight',
      'b.bias',
      'a.weight',
      'shared.weight',
      'shared.bias',
    ]);
  });

  test('a Parameter shares memory, requires grad and is a leaf', () => {
    const data = torch.ones(2);
    const param = torch.no_grad(() => new nn.Parameter(data));
    expect([param.requires_grad, param.is_leaf, param instanceof torch.Tensor]).toEqual([true, true, true]);
    torch.no_grad(() => param.mul_(3));
    expect(values(data)).toEqual([3, 3]);
    expect(String(param)).toBe('Parameter containing:\ntensor([3., 3.], requires_grad=True)');
    expect(inspect(new nn.Parameter(torch.ones(1), false))).toBe('Parameter containing:\ntensor([1.])');
    const int = torch.ones(2, { dtype: torch.int64 });
    const message = 'Only Tensors of floating point and complex dtype can require gradients';
    expect(() => new nn.Parameter(int)).toThrow(new torch.RuntimeError(message));
  });

  test('are reached by dotted names', () => {
    const net = new nn.Sequential(new Net());
    expect(net.get_submodule('0.fc')).toBe((net[0] as Net).fc);
    expect(net.get_submodule('')).toBe(net);
    expect(net.get_parameter('0.fc.bias')).toBe((net[0] as Net).fc.bias);
    expect(() => net.get_submodule('0.x')).toThrow('Net has no attribute `x`');
    expect(() => net.get_submodule('0.fc.weight')).toThrow('`weight` is not an nn.Module');
    expect(() => net.get_parameter('0.fc')).toThrow('`fc` is not an nn.Parameter');
    expect(() => net.get_parameter('0.fc.q')).toThrow('Linear has no attribute `q`');
    expect(() => net.get_buffer('0.fc.weight')).toThrow('`weight` is not a buffer');
  });

  const wrong: unknown = 3;
  test.each<[string, (net: Net) => void]>([
    ["attribute 'fc' already exists", (net) => net.register_buffer('fc', null)],
    ['buffer name can\'t contain "."', (net) => net.register_buffer('a.b', null)],
    ['buffer name can\'t be empty string ""', (net) => net.register_buffer('', null)],
    ['buffer name should be a string. Got int', (net) => net.register_buffer(wrong as string, null)],
    [
      "cannot assign 'int' object to buffer 'q' (torch Tensor or None required)",
      (net) => net.register_buffer('q', wrong as null),
    ],
    ["attribute 'fc' already exists", (net) => net.register_parameter('fc', null)],
    [
      "cannot assign 'torch.FloatTensor' object to parameter 'q' (torch.nn.Parameter or None required)",
      (net) => net.register_parameter('q', torch.zeros(2)),
    ],
    ['module name can\'t contain ".", got: fc.q', (net) => net.add_module('fc.q', null)],
    ['int is not a Module subclass', (net) => net.add_module('q', wrong as null)],
    ["attribute 'forward' already exists", (net) => net.register_module('forward', new nn.ReLU())],
  ])('%s', (message, act) => {
    expect(() => act(new Net())).toThrow(message);
  });

  test('apply goes from the leaves to the root', () => {
    const names: string[] = [];
    const net = new nn.Sequential(new nn.ReLU(), new nn.Sequential(new nn.Tanh()));
    expect(net.apply((module) => void names.push(module.constructor.name))).toBe(net);
    expect(names).toEqual(['ReLU', 'Tanh', 'Sequential', 'Sequential']);
  });

  test('train and eval reach every module; requires_grad_ and zero_grad every parameter', () => {
    const net = new nn.Sequential(new nn.Dropout(), new nn.Linear(2, 1));
    expect(
      net
        .eval()
        .modules()
        .map((module) => module.training),
    ).toEqual([false, false, false]);
    expect(
      net
        .train()
        .modules()
        .every((module) => module.training),
    ).toBe(true);
    expect(() => net.train('x' as never)).toThrow(new torch.ValueError('training mode is expected to be boolean'));
    net(torch.ones(1, 2)).sum().backward();
    net.zero_grad(false);
    expect(values(net.parameters()[1]?.grad as torch.Tensor)).toEqual([0]);
    net.zero_grad();
    expect(net.parameters().map((param) => param.grad)).toEqual([null, null]);
    expect(
      net
        .requires_grad_(false)
        .parameters()
        .some((param) => param.requires_grad),
    ).toBe(false);
  });

  test('to converts floating point parameters, their gradients and buffers in place', () => {
    const net = new nn.Linear(2, 1);
    const weight = net.weight;
    net.register_buffer('count', torch.tensor([1n]));
    net.register_buffer('mean', torch.ones(1));
    net(torch.ones(1, 2)).sum().backward();
    expect(net.to(torch.float64)).toBe(net);
    expect(net.weight).toBe(weight);
    expect([weight.dtype, weight.grad?.dtype]).toEqual([torch.float64, torch.float64]);
    expect(net.buffers().map((buffer) => buffer.dtype)).toEqual([torch.int64, torch.float64]);
    expect(net.half().weight.dtype).toBe(torch.float16);
    expect(net.to({ dtype: torch.float32 }).weight.dtype).toBe(torch.float32);
    expect(net.to('cpu')).toBe(net);
    expect(() => net.to(torch.int64)).toThrow(
      'nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64',
    );
    expect(() => net.to('cuda')).toThrow("expected device 'cpu', which is the only one, got 'cuda'");
  });
});

describe('printing', () => {
  test('a tree of modules', () => {
    const net = new nn.Sequential(
      new nn.Linear(2, 3),
      new nn.ReLU(),
      new nn.Sequential(new nn.Dropout(0.5), new nn.Flatten()),
      new nn.ModuleList([new nn.Linear(2, 2, false), new nn.Linear(2, 2, { bias: false }), new nn.ReLU()]),
      new nn.ModuleDict({ a: new nn.Tanh(), b: new nn.GELU() }),
      new nn.CrossEntropyLoss(),
      new nn.Softmax({ dim: 1 }),
      new nn.LogSoftmax(),
      new nn.LeakyReLU(),
      new nn.ReLU(true),
      new nn.Unflatten(1, [2, 3]),
      new nn.Identity(),
      new nn.Dropout(0.1, true),
      new nn.GELU('tanh'),
    );
    const text = `Sequential(
  (0): Linear(in_features=2, out_features=3, bias=True)
  (1): ReLU()
  (2): Sequential(
    (0): Dropout(p=0.5, inplace=False)
    (1): Flatten(start_dim=1, end_dim=-1)
  )
  (3): ModuleList(
    (0-1): 2 x Linear(in_features=2, out_features=2, bias=False)
    (2): ReLU()
  )
  (4): ModuleDict(
    (a): Tanh()
    (b): GELU(approximate='none')
  )
  (5): CrossEntropyLoss()
  (6): Softmax(dim=1)
  (7): LogSoftmax(dim=None)
  (8): LeakyReLU(negative_slope=0.01)
  (9): ReLU(inplace=True)
  (10): Unflatten(dim=1, unflattened_size=(2, 3))
  (11): Identity()
  (12): Dropout(p=0.1, inplace=True)
  (13): GELU(approximate='tanh')
)`;
    expect(String(net)).toBe(text);
    expect(inspect(net)).toBe(text);
    expect(inspect([new nn.Sequential()])).toBe('[ Sequential() ]');
  });

  test('a class of the user, with extra_repr', () => {
    class Scaled extends Net {
      override extra_repr(): string {
        return 'scale=1e-05\nmode=fast';
      }
    }
    expect(String(new Scaled())).toBe(`Scaled(
  scale=1e-05
  mode=fast
  (fc): Linear(in_features=2, out_features=3, bias=True)
  (inner): Module()
)`);
  });
});

describe('state_dict', () => {
  test('is detached, shares memory and loads into another module', () => {
    const [net, other] = [new Net(), new Net()];
    const state = net.state_dict();
    expect(Object.keys(state)).toEqual(['fc.weight', 'fc.bias']);
    expect(Object.values(state).some((tensor) => tensor.requires_grad)).toBe(false);
    expect(Object.keys(net.state_dict({ prefix: 'net.' }))).toEqual(['net.fc.weight', 'net.fc.bias']);
    expect(net.state_dict({ keep_vars: true })['fc.weight']).toBe(net.fc.weight);
    const weight = other.fc.weight;
    expect(String(other.load_state_dict(new Map(Object.entries(state))))).toBe('<All keys matched successfully>');
    expect(other.fc.weight).toBe(weight);
    expect(values(weight)).toEqual(values(net.fc.weight));
    torch.no_grad(() => net.fc.weight.zero_());
    expect(values(state['fc.weight'] as torch.Tensor)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(values(weight)).not.toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('missing and unexpected keys', () => {
    const net = new Net();
    expect(() => net.load_state_dict({})).toThrow(
      new torch.RuntimeError(
        'Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: "fc.weight", "fc.bias". ',
      ),
    );
    const zeros = (...shape: number[]): torch.Tensor => torch.zeros(shape);
    const state = { 'fc.weight': zeros(2, 2), 'fc.w.w': zeros(1), x: zeros(2), 'fc.bias': zeros(3), 'y.z': zeros(1) };
    expect(() => net.load_state_dict(state)).toThrow(
      new torch.RuntimeError(
        'Error(s) in loading state_dict for Net:\n\tUnexpected key(s) in state_dict: "x", "y.z", "fc.w.w". \n\t' +
          'size mismatch for fc.weight: copying a param with shape torch.Size([2, 2]) from checkpoint, ' +
          'the shape in current model is torch.Size([3, 2]).',
      ),
    );
    const result = net.load_state_dict({ x: zeros(1) }, { strict: false });
    const [missing, unexpected] = result;
    expect([missing, unexpected]).toEqual([['fc.weight', 'fc.bias'], ['x']]);
    expect(inspect(result)).toBe("_IncompatibleKeys(missing_keys=['fc.weight', 'fc.bias'], unexpected_keys=['x'])");
    expect(() => net.load_state_dict(3 as never)).toThrow(
      new torch.TypeError("Expected state_dict to be dict-like, got <class 'int'>."),
    );
    expect(() => net.load_state_dict({ 'fc.weight': 3 as never }, false)).toThrow(
      'While copying the parameter named "fc.weight", expected torch.Tensor or Tensor-like object from checkpoint ' +
        "but received <class 'int'>",
    );
  });

  test('assign takes over the tensors themselves', () => {
    const net = new nn.Linear(2, 1, { bias: false });
    const weight = torch.ones(1, 2, { dtype: torch.float64 });
    net.load_state_dict({ weight }, { assign: true });
    torch.no_grad(() => weight.mul_(5));
    expect([net.weight.dtype, net.weight.requires_grad, ...values(net.weight)]).toEqual([torch.float64, true, 5, 5]);
    expect(net.parameters()).toHaveLength(1);
    expect(net.parameters()[0]).toBe(net.weight);
  });
});

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
