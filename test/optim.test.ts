/** torch.optim: the same steps as PyTorch's, its groups, state and messages. */

import { inspect } from 'node:util';
import * as torch from 'strided';

const { nn, optim } = torch;

type Net = torch.nn.Sequential;

/** The losses of 20 steps on a small net whose weights are set, not drawn. */
function losses(make: (net: Net) => torch.optim.Optimizer<never>): number[] {
  const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 1)).to(torch.float64);
  const x = torch.linspace(-1, 1, 24, { dtype: torch.float64 }).reshape(8, 3);
  const y = x.sum({ dim: 1, keepdim: true }).sin();
  for (const [i, param] of net.parameters().entries()) {
    const start = torch.linspace(-0.5, 0.5 + 0.1 * i, param.numel(), { dtype: torch.float64 });
    torch.no_grad(() => param.copy_(start.reshape(param.shape)));
  }
  const optimizer = make(net);
  return Array.from({ length: 20 }, () => {
    optimizer.zero_grad();
    const loss = nn.functional.mse_loss(net(x), y);
    loss.backward();
    optimizer.step();
    return Number(loss.item());
  });
}

/** A parameter with a gradient. */
function param(values: number[], grad: number[] | null = null): torch.nn.Parameter {
  const made = new nn.Parameter(torch.tensor(values));
  if (grad) made.grad = torch.tensor(grad);
  return made;
}

const as = (optimizer: unknown): torch.optim.Optimizer<never> => optimizer as torch.optim.Optimizer<never>;

describe('20 steps give the losses of PyTorch', () => {
  // biome-ignore format: a table of the losses before steps 1, 2, 10 and 20
  const cases: [string, (net: Net) => unknown, number[]][] = [
    ['SGD', (net) => new optim.SGD(net.parameters(), { lr: 0.1 }),
      [0.17833674653145593, 0.17401703475115554, 0.1653607020138022, 0.16114847422841153]],
    ['SGD by position', (net) => new optim.SGD(net.parameters(), 0.1, 0.9, 0.1, 0.01),
      [0.17833674653145593, 0.1737916350488603, 0.15907220480938594, 0.12832065261476763]],
    ['SGD nesterov', (net) => new optim.SGD(net.parameters(), { lr: 0.05, momentum: 0.8, nesterov: true, weight_decay: 0.1 }),
      [0.17833674653145593, 0.17241427291047826, 0.16297662923235268, 0.1506664531183795]],
    ['SGD maximize', (net) => new optim.SGD(net.parameters(), { lr: 0.01, maximize: true }),
      [0.17833674653145593, 0.17883693356543862, 0.18391642064456282, 0.19437904447099744]],
    ['SGD with groups', (net) => new optim.SGD([{ params: net[0]?.parameters() ?? [], lr: 0.2 }, { params: net[2]?.parameters() ?? [] }], { lr: 0.05, momentum: 0.5 }),
      [0.17833674653145593, 0.17458964936164734, 0.1604675111906526, 0.1489208708087342]],
    ['Adam', (net) => new optim.Adam(net.parameters(), { lr: 0.01 }),
      [0.17833674653145593, 0.17230359801374603, 0.16107546666359146, 0.1449212715306527]],
    ['Adam with everything', (net) => new optim.Adam(net.named_parameters(), 0.02, [0.8, 0.95], 1e-6, 0.1, true),
      [0.17833674653145593, 0.1683483209760213, 0.16414491999284203, 0.1468041506155629]],
    ['AdamW', (net) => new optim.AdamW(net.parameters(), { lr: 0.01, weight_decay: 0.1 }),
      [0.17833674653145593, 0.17210661281176814, 0.1608239436956829, 0.14443154896777322]],
    ['RMSprop lr momentum centered weight_decay', (net) => new optim.RMSprop(net.parameters(), { lr: 0.01, momentum: 0.5, centered: true, weight_decay: 0.1 }),
      [0.17833674653145593, 0.18784840759206733, 0.13272199277753122, 0.12924098775949835]],
    ['RMSprop', (net) => new optim.RMSprop(net.parameters()),
      [0.17833674653145593, 0.23695863523548324, 0.1242984312359868, 0.06991420101063175]],
    ['Adagrad lr lr_decay initial_accumulator_value weight_decay', (net) => new optim.Adagrad(net.parameters(), { lr: 0.1, lr_decay: 0.01, initial_accumulator_value: 0.1, weight_decay: 0.01 }),
      [0.17833674653145593, 0.16868055896526143, 0.15735408368974968, 0.14603286744759775]],
    ['Adadelta rho weight_decay', (net) => new optim.Adadelta(net.parameters(), { rho: 0.8, weight_decay: 0.1 }),
      [0.17833674653145593, 0.17685721738944926, 0.16820812860134693, 0.16393078412086975]],
    ['Adamax weight_decay', (net) => new optim.Adamax(net.parameters(), { weight_decay: 0.1 }),
      [0.17833674653145593, 0.17700898647228572, 0.16944539359017138, 0.1653050729355903]],
    ['NAdam', (net) => new optim.NAdam(net.parameters()),
      [0.17833674653145593, 0.17680650307349569, 0.1707958691193473, 0.16632237185449267]],
    ['NAdam weight_decay decoupled_weight_decay', (net) => new optim.NAdam(net.parameters(), { weight_decay: 0.1, decoupled_weight_decay: true }),
      [0.17833674653145593, 0.17675435743553164, 0.1705040104795559, 0.16597499349458966]],
    ['RAdam lr', (net) => new optim.RAdam(net.parameters(), { lr: 0.1 }),
      [0.17833674653145593, 0.17401703475115554, 0.1652916209004479, 0.15571520365047747]],
    ['RAdam weight_decay', (net) => new optim.RAdam(net.parameters(), { weight_decay: 0.1 }),
      [0.17833674653145593, 0.17825966789422965, 0.17786010461349105, 0.17741995412130196]],
    ['Rprop', (net) => new optim.Rprop(net.parameters()),
      [0.17833674653145593, 0.17230359688374608, 0.1502979906706791, 0.07868714339680007]],
    ['ASGD t0 weight_decay', (net) => new optim.ASGD(net.parameters(), { t0: 5, weight_decay: 0.1 }),
      [0.17833674653145593, 0.17757718113114884, 0.17282281363305485, 0.16912355008115376]],
  ];
  test.each(cases)('%s', (_, make, expected) => {
    const all = losses((net) => as(make(net)));
    const got = [0, 1, 9, 19].map((step) => all[step] as number);
    const off = got.map((loss, i) => Math.abs(loss / (expected[i] as number) - 1));
    expect(Math.max(...off)).toBeLessThan(1e-10);
  });
});

describe('steps', () => {
  test('skip parameters without gradient and record nothing', () => {
    const [a, b] = [param([1], [0.5]), param([1])];
    const optimizer = new optim.SGD([a, b], { lr: 1, momentum: 0.9 });
    expect(optimizer.step()).toBeNull();
    expect([a.tolist(), b.tolist(), a.is_leaf, a.requires_grad]).toEqual([[0.5], [1], true, true]);
    expect(optimizer.state.size).toBe(1);
    expect([...optimizer.state.keys()][0]).toBe(a);
  });

  test('a closure computes the loss with gradients, also inside no_grad, and step returns it', () => {
    const a = param([2]);
    const optimizer = new optim.SGD([a], { lr: 0.25 });
    const loss = torch.no_grad(() =>
      optimizer.step(() => {
        const value = a.mul(a).sum();
        value.backward();
        return value;
      }),
    );
    expect([loss.item(), a.tolist()]).toEqual([4, [1]]);
  });

  test('zero_grad forgets gradients or fills them with zeros', () => {
    const a = param([1], [3]);
    const optimizer = new optim.SGD([a]);
    optimizer.zero_grad({ set_to_none: false });
    expect(a.grad?.tolist()).toEqual([0]);
    optimizer.zero_grad();
    expect(a.grad).toBeNull();
  });

  test('options of a group may change between steps', () => {
    const a = param([1], [1]);
    const optimizer = new optim.SGD([a], { lr: 0.5 });
    for (const group of optimizer.param_groups) group.lr = 0.25;
    optimizer.step();
    expect(a.tolist()).toEqual([0.75]);
  });

  test('a learning rate may be a tensor', () => {
    const a = param([1], [1]);
    new optim.SGD([a], { lr: torch.tensor(0.5) }).step();
    expect(a.tolist()).toEqual([0.5]);
  });
});

describe('state', () => {
  test('state_dict has the format of PyTorch', () => {
    const [a, b] = [param([1], [1]), param([1, 2])];
    const sgd = new optim.SGD([{ params: [b] }, { params: a, lr: 0.5 }], { lr: 0.1, momentum: 0.9 });
    sgd.step();
    const { state, param_groups } = sgd.state_dict();
    expect(Object.keys(state)).toEqual(['1']);
    expect((state[1]!.momentum_buffer as torch.Tensor).tolist()).toEqual([1]);
    expect(param_groups[1]).toEqual({
      lr: 0.5,
      momentum: 0.9,
      dampening: 0,
      weight_decay: 0,
      nesterov: false,
      maximize: false,
      foreach: null,
      differentiable: false,
      fused: null,
      params: [1],
    });
    const adam = new optim.Adam([a], { amsgrad: true });
    adam.step();
    expect(Object.keys(adam.state_dict().state[0] ?? {})).toEqual(['step', 'exp_avg', 'exp_avg_sq', 'max_exp_avg_sq']);
    expect(String(adam.state_dict().state[0]?.step)).toBe('tensor(1.)');
    expect(Object.keys(adam.state_dict().param_groups[0] ?? {})).toEqual(
      'lr betas eps weight_decay amsgrad maximize foreach capturable differentiable fused decoupled_weight_decay params'.split(
        ' ',
      ),
    );
  });

  test('a loaded optimizer goes on as the saved one', () => {
    const steps = (values: torch.nn.Parameter, optimizer: torch.optim.Adam, count: number): void => {
      for (let i = 0; i < count; i++) {
        values.grad = values.detach().mul(2);
        optimizer.step();
      }
    };
    const a = param([1, -2]);
    const first = new optim.Adam([a], { lr: 0.1 });
    steps(a, first, 3);
    const b = new nn.Parameter(a.detach().clone());
    const second = new optim.Adam([b]);
    const saved = first.state_dict();
    second.load_state_dict({
      state: {
        0: Object.fromEntries(Object.entries(saved.state[0] ?? {}).map(([k, v]) => [k, (v as torch.Tensor).clone()])),
      },
      param_groups: saved.param_groups,
    });
    steps(a, first, 3);
    steps(b, second, 3);
    expect(b.tolist()).toEqual(a.tolist());
    expect(second.param_groups[0]?.lr).toBe(0.1);
    expect(second.param_groups[0]?.params[0]).toBe(b);
  });

  test('loaded tensors take the dtype of their parameter, the count of steps does not', () => {
    const a = new nn.Parameter(torch.ones(1, { dtype: torch.float64 }));
    const optimizer = new optim.Adam([a]);
    const state = { 0: { step: 3, exp_avg: torch.ones(1), exp_avg_sq: torch.ones(1) } };
    optimizer.load_state_dict(
      new Map<string, unknown>([
        ['state', new Map([[0, state[0]]])],
        ['param_groups', [{ params: [0], lr: 1 }]],
      ]) as never,
    );
    const loaded = optimizer.state.get(a) as Record<string, torch.Tensor>;
    expect([loaded.exp_avg?.dtype, String(loaded.step)]).toEqual([torch.float64, 'tensor(3.)']);
    expect([optimizer.param_groups[0]?.lr, optimizer.param_groups[0]?.eps]).toEqual([1, 1e-8]);
  });

  test('loading checks the groups', () => {
    const optimizer = new optim.SGD([param([1])]);
    expect(() => optimizer.load_state_dict({ state: {}, param_groups: [] })).toThrow(
      new torch.ValueError('loaded state dict has a different number of parameter groups'),
    );
    expect(() => optimizer.load_state_dict({ state: {}, param_groups: [{ params: [0, 1] }] })).toThrow(
      "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
    );
    expect(() => optimizer.load_state_dict({} as never)).toThrow("'param_groups'");
  });
});

describe('messages', () => {
  const p = () => [param([1])];
  // biome-ignore format: a table
  test.each<[string, () => unknown]>([
    ['Invalid learning rate: -1', () => new optim.SGD(p(), { lr: -1 })],
    ['Invalid learning rate: -0.5', () => new optim.Adam(p(), -0.5)],
    ['Invalid momentum value: -1', () => new optim.SGD(p(), { momentum: -1 })],
    ['Invalid weight_decay value: -0.2', () => new optim.SGD(p(), { weight_decay: -0.2 })],
    ['Nesterov momentum requires a momentum and zero dampening', () => new optim.SGD(p(), { nesterov: true })],
    ['Invalid beta parameter at index 0: 1', () => new optim.Adam(p(), { betas: [1, 0] })],
    ['Invalid beta parameter at index 1: -0.1', () => new optim.AdamW(p(), { betas: [0.9, -0.1] })],
    ['Invalid epsilon value: -1', () => new optim.Adam(p(), { eps: -1 })],
    ['optimizer got an empty parameter list', () => new optim.SGD([])],
    ["can't optimize a non-leaf Tensor", () => new optim.SGD([param([1]).mul(2)])],
    ['optimizer can only optimize Tensors, but one of the params is int', () => new optim.SGD([3 as never])],
    ['params argument given to the optimizer should be an iterable of Tensors or dicts, but got torch.FloatTensor', () => new optim.SGD(param([1]) as never)],
    ['all optimizer params should be with/without names. Some param names are missing', () => new optim.SGD([param([1]), ['b', param([1])]])],
    ['all optimizer param groups should be with/without names. cannot add param group with names to the optimizer', () => new optim.SGD([{ params: p() }, { params: [['b', param([1])]] }])],
    ["param_group must be a dict, but got <class 'int'>", () => new optim.SGD(p()).add_param_group(3 as never)],
    ["SGD() got an unexpected keyword argument 'lrr'; it takes params, lr, momentum, dampening, weight_decay, nesterov, maximize, foreach, differentiable, fused", () => new optim.SGD(p(), { lrr: 1 } as never)],
  ])('%s', (message, act) => {
    expect(act).toThrow(message);
  });

  test('a parameter belongs to one group', () => {
    const a = param([1]);
    expect(() => new optim.SGD([{ params: a }, { params: [a] }])).toThrow(
      new torch.ValueError('some parameters appear in more than one parameter group'),
    );
  });

  test('an optimizer prints its groups', () => {
    const named: [string, torch.nn.Parameter][] = [['weight', param([1])]];
    const text = `AdamW (
Parameter Group 0
    amsgrad: False
    betas: (0.9, 0.999)
    capturable: False
    decoupled_weight_decay: True
    differentiable: False
    eps: 1e-08
    foreach: None
    fused: None
    lr: 0.1
    maximize: False
    weight_decay: 0.01

Parameter Group 1
    amsgrad: False
    betas: (0.9, 0.999)
    capturable: False
    decoupled_weight_decay: True
    differentiable: False
    eps: 1e-08
    foreach: None
    fused: None
    lr: 0.001
    maximize: False
    weight_decay: 0.01
)`;
    expect(inspect(new optim.AdamW([{ params: [param([1])], lr: 0.1 }, { params: param([1]) }]))).toBe(text);
    expect(String(new optim.Adam(named))).toContain("\n    param_names: ['weight']\n");
  });
});

describe('hooks', () => {
  test('run around steps, those of all optimizers outermost', () => {
    const calls: string[] = [];
    const optimizer = new optim.SGD([param([1], [1])], { lr: 1 });
    const handles = [
      optim.register_optimizer_step_pre_hook(() => void calls.push('every before')),
      optim.register_optimizer_step_post_hook(() => void calls.push('every after')),
      optimizer.register_step_pre_hook((given) => void calls.push(`before ${given === as(optimizer)}`)),
      optimizer.register_step_post_hook((_, args) => void calls.push(`after ${args.length}`)),
    ];
    optimizer.step();
    expect(calls).toEqual(['every before', 'before true', 'after 1', 'every after']);
    for (const handle of handles) handle.remove();
    optimizer.step();
    expect(calls).toHaveLength(4);
  });

  test('may replace the arguments of a step and nothing else', () => {
    const optimizer = new optim.SGD([param([1], [1])], { lr: 1 });
    using _ = optimizer.register_step_pre_hook(() => [() => 7]);
    expect(optimizer.step()).toBe(7);
    optimizer.register_step_pre_hook((() => 3) as never);
    expect(() => optimizer.step()).toThrow('must return None or a tuple of (new_args, new_kwargs), but got 3.');
  });

  test('may replace states that are saved and loaded', () => {
    const optimizer = new optim.SGD([param([1], [1])], { lr: 1, momentum: 0.5 });
    optimizer.register_state_dict_post_hook((_, state) => ({ ...state, extra: 1 }) as never);
    optimizer.register_load_state_dict_pre_hook(
      (_, state) => ({ ...state, param_groups: [{ ...state.param_groups[0], lr: 3 }] }) as never,
    );
    const state = optimizer.state_dict();
    expect(Object.keys(state)).toEqual(['state', 'param_groups', 'extra']);
    optimizer.load_state_dict(state);
    expect(optimizer.param_groups[0]?.lr).toBe(3);
  });
});

describe('one native pass', () => {
  const optimizers: [string, (params: torch.Tensor[]) => unknown][] = [
    ['SGD', (p) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, weight_decay: 0.1, nesterov: true })],
    ['Adam', (p) => new optim.Adam(p, { lr: 0.1, amsgrad: true, weight_decay: 0.1 })],
    ['AdamW', (p) => new optim.AdamW(p, { lr: 0.1, maximize: true })],
    ['RMSprop', (p) => new optim.RMSprop(p, { lr: 0.1, momentum: 0.5, centered: true, weight_decay: 0.1 })],
    ['Adagrad', (p) => new optim.Adagrad(p, { lr: 0.1, lr_decay: 0.1, weight_decay: 0.1 })],
  ];
  test.each(optimizers)('%s: parameters that it cannot take get the same values', (_, build) => {
    const values = torch.linspace(-1, 1, 60).reshape(6, 10);
    const contiguous = new nn.Parameter(values.clone());
    const transposed = new nn.Parameter(values.t().contiguous().t());
    const optimizer = as(build([contiguous, transposed]));
    for (let i = 0; i < 3; i++) {
      for (const p of [contiguous, transposed]) p.grad = values.mul(i + 1).cos();
      optimizer.step();
    }
    expect(transposed.is_contiguous()).toBe(false);
    expect(contiguous.sub(transposed).abs().max().item()).toBeLessThan(1e-6);
  });

  test('counts as a change in place', () => {
    const a = param([1], [1]);
    const product = a.mul(a);
    new optim.Adam([a]).step();
    expect(a._version).toBe(1);
    expect(() => product.backward()).toThrow('has been modified by an inplace operation');
  });

  test('float16 parameters', () => {
    const a = new nn.Parameter(torch.ones(2, { dtype: torch.float16 }));
    a.grad = torch.ones(2, { dtype: torch.float16 });
    new optim.SGD([a], { lr: 0.5 }).step();
    expect([a.dtype, a.tolist()]).toEqual([torch.float16, [0.5, 0.5]]);
  });
});

test('LBFGS finds a minimum with few evaluations', () => {
  const x = new nn.Parameter(torch.tensor([-1.5, 2]));
  const optimizer = new optim.LBFGS([x], { line_search_fn: 'strong_wolfe', max_iter: 50 });
  let evaluations = 0;
  const rosenbrock = (): torch.Tensor => {
    optimizer.zero_grad();
    evaluations++;
    const [a, b] = [x.select(0, 0), x.select(0, 1)];
    const loss = a.sub(1).square().add(b.sub(a.square()).square().mul(100));
    loss.backward();
    return loss;
  };
  optimizer.step(rosenbrock);
  expect(evaluations).toBeLessThan(63);
  expect(x.sub(1).abs().max().item()).toBeLessThan(1e-2);
  expect(() => optimizer.step()).toThrow("LBFGS.step() missing 1 required positional argument: 'closure'");
});
