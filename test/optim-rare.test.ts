/** Optimizers of PyTorch's that few use: Adafactor and Muon; whole defaults that print as floats. */

import * as torch from 'strided';

const { Adafactor, Muon } = torch.optim;
type Make = (params: torch.Tensor[]) => torch.optim.Optimizer<any>;

// biome-ignore format: a table
const cases: [string, Make, number[], number[]][] = [
  ['Adafactor of a matrix', (p) => new Adafactor(p), [3, 4], [1.54099607, -0.323356926, -2.14933395, 0.513021171, -1.11436331, -1.40883017, 0.346535027, 0.797917306, -0.762353778, -0.448056877, -0.6338709, 0.141327426]],
  ['Adafactor of a vector', (p) => new Adafactor(p, { lr: 0.5, weight_decay: 0.1, maximize: true, d: 1.5 }), [5], [1.25515091, 1.46658814, -4.70652294, 1.68336678, 1.52400684]],
  ['Adafactor of matrices', (p) => new Adafactor(p, { lr: 0.1 }), [2, 3, 4], [-1.12583983, -1.24038315, -0.923573911, -0.905086696, 0.51273334, 0.295601308, -1.06137526, -1.88063884, 0.0374073833, -0.557873964, 1.31052542, -0.158162206, -0.215626881, 0.539753914, -0.616247237, -0.499334544, 0.564546525, 1.02051282, 2.35498357, -0.465184927, 0.172011212, -0.889469922, -1.18277621, -2.03158545]],
  ['Muon of a wide matrix', (p) => new Muon(p), [3, 4], [1.54108763, -0.293365449, -2.1758635, 0.565856516, -1.08379221, -1.39600122, 0.400721043, 0.836451054, -0.72022748, -0.405400574, -0.597211003, 0.18061623]],
  ['Muon of a tall matrix', (p) => new Muon(p, { lr: 0.1, nesterov: false, adjust_lr_fn: 'match_rms_adamw' }), [4, 2], [1.50229025, -0.32069245, -1.99395299, 0.41626513, -1.0888052, -1.3376317, 0.294786274, 0.73936218]],
];
test.each(cases)('four steps of %s', (_, make, shape, want) => {
  torch.manual_seed(0);
  const p = torch.randn(shape, { requires_grad: true });
  const optimizer = make([p]);
  for (let i = 0; i < 4; i++) {
    optimizer.zero_grad();
    p.sin().mul(torch.arange(p.numel()).view(shape)).sum().backward();
    optimizer.step();
    // A state that was saved goes on as if nothing had been.
    optimizer.load_state_dict(optimizer.state_dict());
  }
  expect(torch.allclose(p.flatten(), torch.tensor(want), { rtol: 1e-5, atol: 1e-6 })).toBe(true);
});

const p = [torch.zeros(2, { requires_grad: true })];
// biome-ignore format: a table
const refused: [() => unknown, string][] = [
  [() => new Adafactor(p, { lr: -1.5 }), 'Learning rate should be >= 0 but is: -1.5'],
  [() => new Adafactor(p, { beta2_decay: 1.5 }), 'beta2_decay should be <= 0 but is: 1.5'],
  [() => new Adafactor(p, { eps: [null, -1.5] }), 'epsilon2 should be >= 0 but is: -1.5'],
  [() => new Adafactor(p, { d: 0.5 }), 'Clipping threshold d should be >= 1 but is: 0.5'],
  [() => new Muon(p), 'Muon only supports 2D parameters whereas we found a parameter with size: torch.Size([2])'],
  [() => new Muon(p, { lr: -1.5 }), 'Learning rate should be >= 0 but is: -1.5'],
  [() => new Muon(p, { momentum: -1.5 }), 'momentum should be >= 0 but is: -1.5'],
  [() => new Muon(p, { weight_decay: -1.5 }), 'weight decay should be >= 0 but is: -1.5'],
  [() => new Muon(p, { adjust_lr_fn: 'x' }), 'Adjust learning rate function x is not supported'],
];
test.each(refused)('%s is refused', (call, text) => {
  expect(call).toThrow(new torch.ValueError(text));
});

test('whole options that are floats in PyTorch print as floats', () => {
  expect(String(new torch.optim.Adadelta(p))).toContain('    lr: 1.0\n');
  expect(String(new torch.optim.ASGD(p))).toContain('    t0: 1000000.0\n');
  expect(String(new Adafactor(p))).toBe(
    'Adafactor (\nParameter Group 0\n    beta2_decay: -0.8\n    d: 1.0\n    eps: (None, 0.001)\n    foreach: None\n' +
      '    lr: 0.01\n    maximize: False\n    weight_decay: 0.0\n)',
  );
  const sgd = new torch.optim.SGD(p, { lr: 1, momentum: 1 });
  new torch.optim.lr_scheduler.StepLR(sgd, 5);
  expect(String(sgd)).toBe(
    'SGD (\nParameter Group 0\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n' +
      '    initial_lr: 1.0\n    lr: 1.0\n    maximize: False\n    momentum: 1.0\n    nesterov: False\n    weight_decay: 0\n)',
  );
  expect(String(new torch.optim.Adam(p, { betas: [0, 0.5] }))).toContain('    betas: (0.0, 0.5)\n');
  expect(String(new torch.optim.SGD(p, { lr: torch.tensor(0.5) }))).toContain('    lr: 0.5\n');
  const lbfgs = String(new torch.optim.LBFGS(p));
  expect(lbfgs).toContain('    history_size: 100\n    line_search_fn: None\n    lr: 1\n    max_eval: 25\n');
  expect(String(new torch.optim.Rprop(p))).toContain('    etas: (0.5, 1.2)\n');
});
