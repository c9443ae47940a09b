/** torch.nn.utils.parametrize, parametrizations and spectral_norm: PyTorch's numbers, texts and errors. */

import * as torch from 'strided';

const { nn } = torch;
const { parametrizations: P, parametrize: Z } = nn.utils;
const t = torch.tensor;

const near = (got: torch.Tensor, want: unknown): void => {
  expect(torch.allclose(got, t(want as number[]), { rtol: 1e-5, atol: 3e-6 })).toBe(true);
};
const originalOf = (module: torch.nn.Module): torch.nn.Parameter =>
  module.get_parameter('parametrizations.weight.original');
const linear = (inputs: number, outputs: number): torch.nn.Linear => {
  torch.manual_seed(0);
  return new nn.Linear(inputs, outputs);
};
const ortho = (inputs: number, outputs: number, map: string | null = null, trivial = true): torch.nn.Linear => {
  const layer = linear(inputs, outputs);
  P.orthogonal(layer, { orthogonal_map: map, use_trivialization: trivial });
  return layer;
};

/** Whether a weight that is read twice is one tensor. */
const readsSame = (layer: torch.nn.Linear): boolean => {
  const first = layer.weight;
  return first === layer.weight;
};

class Symmetric extends nn.Module {
  override forward(x: torch.Tensor): torch.Tensor {
    return x.triu().add(x.triu(1).mT);
  }
  right_inverse(a: torch.Tensor): torch.Tensor {
    return a.triu();
  }
}
class Exponential extends nn.Module {
  override forward(x: torch.Tensor): torch.Tensor {
    return x.exp();
  }
}
class First extends nn.Module {
  override forward(x: torch.Tensor): torch.Tensor {
    return x.select(0, 0);
  }
}
class Double extends nn.Module {
  override forward(x: torch.Tensor): torch.Tensor {
    return x.double();
  }
}
class RankOne extends nn.Module {
  override forward(x: torch.Tensor, y: torch.Tensor): torch.Tensor {
    return x.unsqueeze(-1).matmul(y.unsqueeze(-2));
  }
  right_inverse(z: torch.Tensor): torch.Tensor[] {
    return [z.select(1, 0), z.select(0, 0)];
  }
}

describe('register_parametrization', () => {
  test('computes a weight from its original, prints, trains and saves it', () => {
    const layer = linear(3, 3);
    const { weight } = layer;
    Z.register_parametrization(layer, 'weight', new Symmetric());
    expect(layer.weight.equal(layer.weight.mT)).toBe(true);
    expect(originalOf(layer)).toBe(weight);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'parametrizations.weight.original']);
    expect(layer.parameters().length).toBe(2);
    layer(torch.ones(1, 3)).sum().backward();
    expect(weight.grad?.shape).toEqual([3, 3]);
    Z.register_parametrization(layer, 'weight', new Exponential());
    expect(String(layer)).toBe(
      'ParametrizedLinear(\n  in_features=3, out_features=3, bias=True\n  (parametrizations): ModuleDict(\n' +
        '    (weight): ParametrizationList(\n      (0): Symmetric()\n      (1): Exponential()\n    )\n  )\n)',
    );
    expect(layer.weight.gt(0).all().item()).toBe(true);
    expect(Z.type_before_parametrizations(layer)).toBe(nn.Linear);
    expect([Z.is_parametrized(layer), Z.is_parametrized(layer, 'bias')]).toEqual([true, false]);
    expect(() => {
      layer.weight = new nn.Parameter(torch.ones(3, 3));
    }).toThrow('parametrization Exponential does not implement right_inverse.');
  });

  test('assigning sets the original, in the same parameter', () => {
    const layer = linear(3, 3);
    Z.register_parametrization(layer, 'weight', new Symmetric());
    const original = originalOf(layer);
    const A = t([
      [1, 2, 3],
      [2, 4, 5],
      [3, 5, 6],
    ]);
    Reflect.set(layer, 'weight', A);
    expect(layer.weight.equal(A)).toBe(true);
    expect(originalOf(layer)).toBe(original);
    expect(original.tolist()).toEqual([
      [1, 2, 3],
      [0, 4, 5],
      [0, 0, 6],
    ]);
  });

  test('of several tensors', () => {
    const layer = linear(3, 2);
    Z.register_parametrization(layer, 'weight', new RankOne());
    expect(Object.keys(layer.state_dict())).toEqual([
      'bias',
      'parametrizations.weight.original0',
      'parametrizations.weight.original1',
    ]);
    expect(torch.linalg.matrix_rank(layer.weight).item()).toBe(1);
    expect(() => Z.remove_parametrizations(layer, 'weight', { leave_parametrized: false })).toThrow(
      'Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of tensors.',
    );
    const value = layer.weight.tolist();
    Z.remove_parametrizations(layer, 'weight');
    expect(layer.weight).toBeInstanceOf(nn.Parameter);
    expect(layer.weight.tolist()).toEqual(value);
  });

  test('buffers stay buffers, and dtypes follow the module', () => {
    const norm = new nn.BatchNorm1d(2);
    Z.register_parametrization(norm, 'running_mean', new Exponential());
    expect(norm.running_mean?.tolist()).toEqual([1, 1]);
    expect(norm.parameters().length).toBe(2);
    norm.double();
    expect(norm.running_mean?.dtype).toBe(torch.float64);
  });

  test('a loaded state is computed with', () => {
    const [a, b] = [linear(2, 2), new nn.Linear(2, 2)];
    for (const layer of [a, b]) Z.register_parametrization(layer, 'weight', new Symmetric());
    b.load_state_dict(a.state_dict());
    expect(b.weight.equal(a.weight)).toBe(true);
  });

  test('removal leaves the value or the original', () => {
    const layer = linear(3, 3);
    const { weight } = layer;
    Z.register_parametrization(layer, 'weight', new Symmetric());
    const value = layer.weight.detach().clone();
    Z.remove_parametrizations(layer, 'weight');
    expect(layer.weight).toBe(weight);
    expect(layer.weight.equal(value)).toBe(true);
    expect(String(layer)).toBe('Linear(in_features=3, out_features=3, bias=True)');
    Z.register_parametrization(layer, 'weight', new Exponential());
    Z.remove_parametrizations(layer, 'weight', false);
    expect(layer.weight.equal(value)).toBe(true);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight']);
  });

  test('cached computes once, in its scope and nowhere else', async () => {
    const layer = ortho(3, 3);
    expect(readsSame(layer)).toBe(false);
    expect(Z.cached(() => readsSame(layer))).toBe(true);
    const guard = Z.cached();
    expect(readsSame(layer)).toBe(true);
    guard.dispose();
    const inside = Z.cached(async () => {
      await null;
      return readsSame(layer);
    });
    expect(readsSame(layer)).toBe(false);
    expect(await inside).toBe(true);
  });

  // biome-ignore format: a table
  const refused: [() => unknown, string][] = [
    [() => Z.register_parametrization(linear(2, 2), 'weight', new First()), 'Registering a parametrization may not change the shape of the tensor, unless `unsafe` flag is enabled.\nunparametrized shape: torch.Size([2, 2])\nparametrized shape: torch.Size([2])'],
    [() => Z.register_parametrization(linear(2, 2), 'weight', new Double()), 'Registering a parametrization may not change the dtype of the tensor, unless `unsafe` flag is enabled.\nunparametrized dtype: torch.float32\nparametrized dtype: torch.float64'],
    [() => Z.register_parametrization(ortho(2, 2), 'weight', new First()), 'Registering a parametrization may not change the shape of the tensor, unless the `unsafe` flag is enabled.\nmodule.weight.shape: torch.Size([2, 2])\nparametrization(module.weight).shape: torch.Size([2])'],
    [() => Z.register_parametrization(linear(2, 2), 'foo', new Double()), "Module 'Linear(in_features=2, out_features=2, bias=True)' does not have a parameter, a buffer, or a parametrized element with name 'foo'"],
    [() => Z.remove_parametrizations(linear(2, 2), 'weight'), 'Module Linear(in_features=2, out_features=2, bias=True) does not have a parametrization on weight'],
    [() => P.orthogonal(linear(3, 3), 'bias'), 'Expected a matrix or batch of matrices. Got a tensor of 1 dimensions.'],
    [() => ortho(3, 3, 'x'), 'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: x'],
    [() => P.orthogonal(linear(3, 3), 'foo'), "Module 'Linear(in_features=3, out_features=3, bias=True)' has no parameter or buffer with name 'foo'"],
    [() => P.spectral_norm(linear(3, 3), { n_power_iterations: 0 }), 'Expected n_power_iterations to be positive, but got n_power_iterations=0'],
    [() => P.spectral_norm(linear(3, 3), { dim: 3 }), 'Dimension out of range (expected to be in range of [-2, 1] but got 3)'],
    [() => nn.utils.remove_spectral_norm(linear(2, 2)), "spectral_norm of 'weight' not found in Linear(in_features=2, out_features=2, bias=True)"],
  ];
  test.each(refused)('%s is refused', (call, text) => {
    expect(call).toThrow(text);
  });
});

describe('orthogonal', () => {
  // biome-ignore format: a table
  const cases: [map: string, inputs: number, outputs: number, trivial: boolean, weight: unknown, grad: unknown][] = [
    ['matrix_exp', 2, 4, true, [[-0.0082367659, 0.48412067], [-0.905487, -0.22833544], [-0.42373407, 0.44147986], [-0.021797804, 0.72012872]], [[0, 0], [10.625973, 0], [-3.3271546, -3.056514], [-0.085671425, 0.17923093]]],
    ['matrix_exp', 2, 4, false, [[0.80537188, 0.53850842], [-0.48270601, 0.67597473], [-0.30419019, 0.091694169], [-0.16074641, 0.4946301]], [[0, 0], [5.4567389, 0], [4.548213, 3.182518], [6.5283046, 2.5582564]]],
    ['matrix_exp', 4, 2, true, [[-0.0060991049, 0.43700957, -0.67048723, -0.59952694], [-0.45261896, 0.48839188, -0.2915982, 0.68671679]], [[0, 8.0243063, -1.2006278, 1.1798968], [0, 0, -4.9278126, 7.1692133]]],
    ['matrix_exp', 4, 2, false, [[0.81876105, 0.31271714, -0.3877722, -0.28543133], [-0.17712362, 0.8892749, 0.033768002, 0.42032975]], [[0, -1.0755627, 0.96625239, 1.0915544], [0, 0, 6.8827205, 5.6314836]]],
    ['cayley', 2, 4, true, [[-0.0082367659, 0.48412067], [-0.905487, -0.22833544], [-0.42373407, 0.44147986], [-0.021797804, 0.72012872]], [[0, 0], [10.625973, 0], [-3.3271546, -3.056514], [-0.085671425, 0.17923093]]],
    ['cayley', 2, 4, false, [[0.82440829, 0.51308882], [-0.46318656, 0.70869279], [-0.29234821, 0.092129007], [-0.14262453, 0.47540149]], [[0, 0], [4.7604122, 0], [4.1420712, 3.2331917], [6.2054825, 2.7899585]]],
    ['cayley', 4, 2, true, [[-0.0060991049, 0.43700957, -0.67048723, -0.59952694], [-0.45261896, 0.48839188, -0.2915982, 0.68671679]], [[0, 8.0243073, -1.2006278, 1.1798968], [0, 0, -4.9278126, 7.1692128]]],
    ['cayley', 4, 2, false, [[0.83102524, 0.29872662, -0.37823382, -0.27766639], [-0.17381549, 0.89598387, 0.026373135, 0.40780574]], [[0, -1.1467768, 0.99907804, 1.2473979], [0, 0, 6.6669788, 5.3298693]]],
    ['householder', 2, 4, true, [[-0.0082367659, 0.48412067], [-0.905487, -0.22833544], [-0.42373407, 0.44147986], [-0.021797804, 0.72012872]], [[0, 0], [21.251945, 0], [-6.6543093, -6.113028], [-0.17134285, 0.35846186]]],
    ['householder', 2, 4, false, [[-0.0082366467, 0.48412082], [-0.90548688, -0.22833553], [-0.42373401, 0.44147992], [-0.021797802, 0.72012877]], [[0, 0], [4.097959, 0], [-2.7184429, -1.8795943], [-6.8991594, -4.7324839]]],
    ['householder', 4, 2, true, [[-0.0060991049, 0.43700957, -0.67048723, -0.59952694], [-0.45261896, 0.48839188, -0.2915982, 0.68671679]], [[0, 16.048615, -2.4012556, 2.3597937], [0, 0, -9.8556252, 14.338426]]],
    ['householder', 4, 2, false, [[-0.0060989857, 0.43700951, -0.67048717, -0.59952688], [-0.4526189, 0.488392, -0.29159817, 0.68671691]], [[0, -9.3629446, 0.017285347, -11.474037], [0, 0, -1.0398688, -11.189708]]],
  ];
  test.each(cases)('by %s from %i to %i, trivialized: %s', (map, inputs, outputs, trivial, weight, grad) => {
    const layer = ortho(inputs, outputs, map, trivial);
    near(layer.weight, weight);
    layer.weight.mul(torch.arange(8).view(outputs, inputs)).sum().backward();
    near(originalOf(layer).grad as torch.Tensor, grad);
  });
  test('of a square matrix, which stays orthogonal in training', () => {
    const layer = ortho(3, 3);
    near(layer.weight, [
      [-0.01016891, 0.55810219, -0.82971001],
      [-0.99958611, -0.028004348, -0.0065861344],
      [-0.026911167, 0.82929957, 0.55815589],
    ]);
    const optimizer = new torch.optim.SGD(layer.parameters(), { lr: 0.5 });
    layer.weight.mul(torch.arange(9).view(3, 3)).sum().backward();
    near(originalOf(layer).grad as torch.Tensor, [
      [0, 0, 0],
      [9.0886765, 0, 0],
      [8.5627346, -4.5595427, 0],
    ]);
    optimizer.step();
    near(layer.weight.matmul(layer.weight.mT), torch.eye(3).tolist());
  });
});

test('weight_norm', () => {
  const layer = linear(3, 2);
  P.weight_norm(layer);
  near(layer.weight, [
    [-0.0043225181, 0.30971587, -0.47518539],
    [-0.4248946, -0.22236897, 0.15482073],
  ]);
  expect(Object.keys(layer.state_dict())).toEqual([
    'bias',
    'parametrizations.weight.original0',
    'parametrizations.weight.original1',
  ]);
  expect(layer.get_parameter('parametrizations.weight.original0').shape).toEqual([2, 1]);
});

describe('spectral_norm', () => {
  test('as a parametrization', () => {
    const layer = linear(3, 2);
    P.spectral_norm(layer);
    near(layer.weight, [
      [-0.0065728566, 0.4709565, -0.72257078],
      [-0.64609832, -0.33813614, 0.23542169],
    ]);
    near(layer.weight, [
      [-0.0065728566, 0.4709565, -0.72257078],
      [-0.64609832, -0.33813614, 0.23542169],
    ]);
    layer.weight.sum().backward();
    near(originalOf(layer).grad as torch.Tensor, [
      [1.9952902, 2.217365, 0.66251284],
      [1.1467606, 0.97185981, 2.1964238],
    ]);
    expect(Object.keys(layer.state_dict())).toEqual([
      'bias',
      'parametrizations.weight.original',
      'parametrizations.weight.0._u',
      'parametrizations.weight.0._v',
    ]);
    torch.manual_seed(0);
    const transposed = new nn.ConvTranspose2d(2, 3, 2);
    P.spectral_norm(transposed, { n_power_iterations: 2 });
    transposed.eval();
    near(transposed.weight.flatten().narrow(0, 0, 4), [-0.0039068605, 0.2799333, -0.4294911, -0.38403636]);
  });
  test('as a hook', () => {
    const layer = linear(3, 2);
    nn.utils.spectral_norm(layer);
    const x = torch.ones(1, 3);
    near(layer(x), [[-0.46002382, -0.84324211]]);
    near(layer(x), [[-0.45939577, -0.84142035]]);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight_orig', 'weight_u', 'weight_v']);
    layer.eval();
    const still = [[-0.45939577, -0.84142035]];
    near(layer(x), still);
    expect(() => nn.utils.spectral_norm(layer)).toThrow(
      'Cannot register two spectral_norm hooks on the same parameter weight',
    );
    nn.utils.remove_spectral_norm(layer);
    near(layer(x), still);
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight']);
  });
});
