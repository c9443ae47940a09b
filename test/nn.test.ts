/** torch.nn: modules that are called, found, printed, saved, and loaded as in PyTorch. */

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
  (10): Unflatten(dim=1, unflattened_size=[2, 3])
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
