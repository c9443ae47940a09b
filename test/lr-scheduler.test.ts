/** torch.optim.lr_scheduler and swa_utils: the very numbers of PyTorch, its order of calls, state and messages. */

import * as torch from 'strided';

const { nn, optim } = torch;
const { lr_scheduler, swa_utils } = optim;

const make = (): torch.optim.SGD => new optim.SGD([new nn.Parameter(torch.ones(1))], { lr: 0.1, momentum: 0.9 });
const rate = (optimizer: torch.optim.SGD): number => Number(optimizer.param_groups[0]?.lr);

type Scheduler = torch.optim.lr_scheduler.LRScheduler;

/** The learning rates before each of `steps` steps. */
function rates(build: (o: torch.optim.SGD) => Scheduler, steps: number): number[] {
  const optimizer = make();
  const scheduler = build(optimizer);
  return Array.from({ length: steps }, () => {
    const now = rate(optimizer);
    optimizer.step();
    scheduler.step();
    return now;
  });
}

describe('learning rates are equal to the last bit', () => {
  // biome-ignore format: a table of those of steps 1, 2, 8, 14 and 30, and of the closed form at epoch 11
  const cases: [string, (o: torch.optim.SGD) => Scheduler, number[], number][] = [
    ['StepLR', (o) => new lr_scheduler.StepLR(o, { step_size: 3, gamma: 0.7 }),
      [0.1, 0.1, 0.048999999999999995, 0.024009999999999997, 0.0028247524899999983], 0.03429999999999999],
    ['MultiStepLR', (o) => new lr_scheduler.MultiStepLR(o, { milestones: [2, 5, 5, 9], gamma: 0.3 }),
      [0.1, 0.03, 0.0026999999999999997, 0.0008099999999999998, 0.0008099999999999998], 0.00081],
    ['ConstantLR', (o) => new lr_scheduler.ConstantLR(o, { factor: 0.3, total_iters: 4 }),
      [0.03, 0.03, 0.1, 0.1, 0.1], 0.1],
    ['LinearLR', (o) => new lr_scheduler.LinearLR(o, { start_factor: 0.2, end_factor: 0.9, total_iters: 7 }),
      [0.030000000000000006, 0.04000000000000001, 0.09000000000000002, 0.09000000000000002, 0.09000000000000002], 0.09],
    ['ExponentialLR', (o) => new lr_scheduler.ExponentialLR(o, { gamma: 0.93 }),
      [0.09300000000000001, 0.08649000000000001, 0.05595818096650403, 0.036204393768990796, 0.011336747050630029],
      0.0450103545676743],
    ['PolynomialLR', (o) => new lr_scheduler.PolynomialLR(o, { total_iters: 17, power: 2.0 }),
      [0.08858131487889274, 0.07785467128027683, 0.02802768166089967, 0.003114186851211076, 0.0], 0.012456747404844289],
    ['PolynomialLR', (o) => new lr_scheduler.PolynomialLR(o, { total_iters: 17, power: 0.7 }),
      [0.09584506205260947, 0.09161142453678896, 0.06407011619958217, 0.029694131901593656, 0.0], 0.04823825958957516],
    ['CosineAnnealingLR', (o) => new lr_scheduler.CosineAnnealingLR(o, { T_max: 7, eta_min: 0.001 }),
      [0.09509795896116975, 0.08136274519200731, 0.005902041038830253, 0.10000000000000002, 0.08136274519200815],
      0.06151478623083752],
    ['CosineAnnealingLR', (o) => new lr_scheduler.CosineAnnealingLR(o, { T_max: 40 }),
      [0.0998458666866564, 0.0993844170297569, 0.09045084971874737, 0.07269952498697733, 0.014644660940672625],
      0.0824724024165092],
    ['CosineAnnealingWarmRestarts', (o) => new lr_scheduler.CosineAnnealingWarmRestarts(o, { T_0: 4, T_mult: 2, eta_min: 0.003 }),
      [0.08579467888754756, 0.051500000000000004, 0.051500000000000004, 0.09630815732679741, 0.09906808609955668],
      0.006691842673202593],
    ['CosineAnnealingWarmRestarts', (o) => new lr_scheduler.CosineAnnealingWarmRestarts(o, { T_0: 5 }),
      [0.09045084971874738, 0.06545084971874737, 0.03454915028125263, 0.009549150281252633, 0.1], 0.09045084971874738],
    ['OneCycleLR', (o) => new lr_scheduler.OneCycleLR(o, { max_lr: 0.3, total_steps: 40 }),
      [0.017833011799512355, 0.03485949127230992, 0.25029994568812103, 0.29158253321625693, 0.07019610774194544], 0.3],
    ['OneCycleLR', (o) => new lr_scheduler.OneCycleLR(o, { max_lr: 0.3, total_steps: 40, anneal_strategy: "linear", three_phase: true }),
      [0.03818181818181818, 0.06436363636363636, 0.22145454545454546, 0.22145454545454546, 0.006353505882352941], 0.3],
    ['CyclicLR', (o) => new lr_scheduler.CyclicLR(o, { base_lr: 0.01, max_lr: 0.2, step_size_up: 5, step_size_down: 7 }),
      [0.047999999999999966, 0.08600000000000002, 0.11857142857142862, 0.08600000000000013, 0.17285714285714288],
      0.03714285714285719],
    ['CyclicLR', (o) => new lr_scheduler.CyclicLR(o, { base_lr: 0.01, max_lr: 0.2, step_size_up: 5, mode: "triangular2" }),
      [0.048000000000000036, 0.08599999999999998, 0.08599999999999998, 0.08599999999999998, 0.01], 0.02900000000000002],
    ['CyclicLR', (o) => new lr_scheduler.CyclicLR(o, { base_lr: 0.01, max_lr: 0.2, step_size_up: 5, mode: "exp_range", gamma: 0.95 }),
      [0.04610000000000003, 0.07858999999999998, 0.06041995277796872, 0.08412659682556047, 0.01], 0.03161440350650549],
  ];
  test.each(cases)('%s', (_, build, expected, closed) => {
    const all = rates(build, 31);
    expect([1, 2, 8, 14, 30].map((step) => all[step])).toEqual(expected);
    const optimizer = make();
    build(optimizer).step(11);
    expect(rate(optimizer)).toBe(closed);
  });

  test('functions of the epoch', () => {
    expect(rates((o) => new lr_scheduler.LambdaLR(o, (epoch) => 0.95 ** epoch), 4)).toEqual([
      0.1, 0.095, 0.09025, 0.0857375,
    ]);
    expect(rates((o) => new lr_scheduler.MultiplicativeLR(o, [(epoch) => 1 / (epoch + 1)]), 4)).toEqual([
      0.1, 0.05, 0.016666666666666666, 0.004166666666666667,
    ]);
  });

  test('one after the other, and several at once', () => {
    const { ChainedScheduler, ConstantLR, CosineAnnealingLR, ExponentialLR, SequentialLR } = lr_scheduler;
    const sequence = (o: torch.optim.SGD): Scheduler =>
      new SequentialLR(
        o,
        [
          new ConstantLR(o, { factor: 0.1, total_iters: 2 }),
          new ExponentialLR(o, { gamma: 0.9 }),
          new CosineAnnealingLR(o, { T_max: 5 }),
        ],
        { milestones: [2, 5] },
      );
    expect(rates(sequence, 9)).toEqual([
      0.010000000000000002, 0.010000000000000002, 0.1, 0.09000000000000001, 0.08100000000000002, 0.1,
      0.09045084971874738, 0.06545084971874737, 0.03454915028125263,
    ]);
    const chain = (o: torch.optim.SGD): Scheduler =>
      new ChainedScheduler([new ConstantLR(o, { factor: 0.1, total_iters: 4 }), new ExponentialLR(o, { gamma: 0.9 })]);
    expect(rates(chain, 6)).toEqual([
      0.010000000000000002, 0.009000000000000003, 0.008100000000000003, 0.007290000000000003, 0.06561000000000003,
      0.059049000000000025,
    ]);
  });

  test('SWALR', () => {
    expect(rates((o) => new swa_utils.SWALR(o, { swa_lr: 0.05, anneal_epochs: 4 }), 6)).toEqual([
      0.1, 0.09267766952966369, 0.075, 0.057322330470336316, 0.05, 0.05,
    ]);
  });

  test('ReduceLROnPlateau', () => {
    const optimizer = make();
    const options = { factor: 0.5, patience: 1, cooldown: 1, min_lr: 0.02 };
    const scheduler = new lr_scheduler.ReduceLROnPlateau(optimizer, options);
    const metrics = [1, 0.9, 0.95, 0.99, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9];
    const got = metrics.map((metric) => {
      scheduler.step(torch.tensor(metric));
      return rate(optimizer);
    });
    expect(got).toEqual([0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025, 0.025, 0.02, 0.02]);
    expect(scheduler.state_dict()).toEqual({
      factor: 0.5,
      default_min_lr: 0.02,
      min_lrs: [0.02],
      patience: 1,
      cooldown: 1,
      eps: 1e-8,
      last_epoch: 11,
      _last_lr: [0.02],
      mode_worse: Number.POSITIVE_INFINITY,
      mode: 'min',
      threshold: 0.0001,
      threshold_mode: 'rel',
      best: 0.8999999761581421,
      cooldown_counter: 0,
      num_bad_epochs: 0,
    });
  });
});

describe('schedulers', () => {
  test('a state goes into another scheduler', () => {
    const [a, b] = [make(), make()];
    const first = new lr_scheduler.StepLR(a, { step_size: 2, gamma: 0.5 });
    for (let i = 0; i < 3; i++) {
      a.step();
      first.step();
    }
    const second = new lr_scheduler.StepLR(b, { step_size: 7 });
    b.load_state_dict(a.state_dict());
    second.load_state_dict(first.state_dict());
    b.step();
    second.step();
    expect([second.step_size, second.last_epoch, rate(b), second.get_last_lr()]).toEqual([2, 4, 0.025, [0.025]]);
  });

  test('a learning rate that is a tensor stays one', () => {
    const lr = torch.tensor(0.5);
    const optimizer = new optim.SGD([new nn.Parameter(torch.ones(1))], { lr });
    const scheduler = new lr_scheduler.ExponentialLR(optimizer, { gamma: 0.5 });
    optimizer.step();
    scheduler.step();
    expect([optimizer.param_groups[0]?.lr === lr, lr.item()]).toEqual([true, 0.25]);
  });

  test('momentum goes the other way', () => {
    const optimizer = new optim.Adam([new nn.Parameter(torch.ones(1))], { lr: 0.1 });
    const scheduler = new lr_scheduler.OneCycleLR(optimizer, { max_lr: 0.1, total_steps: 10 });
    optimizer.step();
    scheduler.step();
    const [group] = optimizer.param_groups;
    expect(Number(group?.betas[0])).toBeLessThan(0.95);
    expect(group?.betas[1]).toBe(0.999);
  });

  // biome-ignore format: a table
  const refused: [() => unknown, string][] = [
    [() => new lr_scheduler.StepLR({} as never, 1), 'dict is not an Optimizer'],
    [() => new lr_scheduler.ConstantLR(make(), { factor: 2 }), 'Constant multiplicative factor expected to be between 0 and 1.'],
    [() => new lr_scheduler.LambdaLR(make(), [(e) => e, (e) => e]), 'Expected 1 lr_lambdas, but got 2'],
    [() => new lr_scheduler.OneCycleLR(make(), { max_lr: 1 }), 'You must define either total_steps OR (epochs AND steps_per_epoch)'],
    [() => new lr_scheduler.CosineAnnealingWarmRestarts(make(), { T_0: 0 }), 'Expected positive integer T_0, but got 0'],
    [() => new lr_scheduler.ReduceLROnPlateau(make(), { factor: 1 }), 'Factor should be < 1.0.'],
    [() => new lr_scheduler.CyclicLR(new optim.Adagrad([new nn.Parameter(torch.ones(1))]), 0.1, 1), 'optimizer must support momentum or beta1 with `cycle_momentum` option enabled'],
    [() => new lr_scheduler.SequentialLR(make(), [], []), 'SequentialLR expects at least one scheduler, but got no scheduler.'],
  ];
  test.each(refused)('%s is refused', (build, text) => {
    expect(build).toThrow(text);
  });
});

test('AveragedModel: means, exponential averages, and a copy of its own', () => {
  const net = new nn.Linear(2, 1);
  torch.no_grad(() => {
    net.weight.copy_(torch.tensor([[1, 2]]));
  });
  const mean = new swa_utils.AveragedModel(net);
  const moving = new swa_utils.AveragedModel(net, { multi_avg_fn: swa_utils.get_ema_multi_avg_fn(0.9) });
  for (let i = 0; i < 4; i++) {
    mean.update_parameters(net);
    moving.update_parameters(net);
    torch.no_grad(() => net.weight.mul_(2));
  }
  const weight = (model: torch.nn.Module): unknown => model.get_parameter('module.weight').tolist();
  expect([weight(mean), weight(moving)]).toEqual([[[3.75, 7.5]], [[2.0510001182556152, 4.1020002365112305]]]);
  expect(Object.keys(mean.state_dict()).sort()).toEqual(['module.bias', 'module.weight', 'n_averaged']);
  expect((mean(torch.ones(3, 2)) as torch.Tensor).shape).toEqual([3, 1]);
});
