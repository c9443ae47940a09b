/** torch.autocast: PyTorch's lists for the CPU, its losses, scopes. */

import * as torch from 'strided';

const { nn } = torch;
const F = nn.functional;
const x = torch.ones(2, 2);
const half = torch.ones(2, 2).bfloat16();
const names = (call: () => torch.Tensor): string =>
  String(torch.autocast('cpu', { dtype: torch.bfloat16 }, call).dtype);
const volume = torch.ones(1, 1, 4, 4, 4).bfloat16();

// biome-ignore format: a table
const lower: [string, () => torch.Tensor][] = [
  ['mm', () => x.mm(x)], ['matmul', () => x.matmul(x)], ['bmm', () => x.view(1, 2, 2).bmm(x.view(1, 2, 2))],
  ['addmm', () => torch.addmm(x, x, x)], ['baddbmm', () => torch.baddbmm(x, x.view(1, 2, 2), x.view(1, 2, 2))],
  ['linear', () => F.linear(x, x)], ['einsum', () => torch.einsum('ij,jk->ik', x, x)], ['tensordot', () => torch.tensordot(x, x, 1)],
  ['conv2d', () => F.conv2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))], ['conv1d', () => F.conv1d(torch.ones(1, 1, 3), torch.ones(1, 1, 2))],
  ['conv_transpose2d', () => F.conv_transpose2d(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))], ['prelu', () => F.prelu(x, torch.ones(1))],
  ['attention', () => F.scaled_dot_product_attention(x.view(1, 1, 2, 2), x.view(1, 1, 2, 2), x.view(1, 1, 2, 2))],
  ['nn.MultiheadAttention', () => new nn.MultiheadAttention(2, 1)(x, x, x)[0] as torch.Tensor],
  ['linalg.multi_dot', () => torch.linalg.multi_dot([x, x, x])], ['of bfloat16 and float32', () => x.mm(half)],
];
test.each(lower)('%s is computed in bfloat16', (_, call) => expect(names(call)).toBe('torch.bfloat16'));

// biome-ignore format: a table
const single: [string, () => torch.Tensor][] = [
  ['mse_loss', () => F.mse_loss(half, half)], ['l1_loss', () => F.l1_loss(half, half)], ['huber_loss', () => F.huber_loss(half, half)],
  ['smooth_l1_loss', () => F.smooth_l1_loss(half, half)], ['cross_entropy', () => F.cross_entropy(half, torch.tensor([0n, 1n]))],
  ['nll_loss', () => F.nll_loss(half, torch.tensor([0n, 1n]))], ['kl_div', () => F.kl_div(half, half)],
  ['binary_cross_entropy', () => F.binary_cross_entropy(half, half)], ['with logits', () => F.binary_cross_entropy_with_logits(half, half)],
  ['soft_margin_loss', () => F.soft_margin_loss(half, half)], ['margin_ranking_loss', () => F.margin_ranking_loss(half, half, half)],
  ['triplet_margin_loss', () => F.triplet_margin_loss(half, half, half)], ['poisson_nll_loss', () => F.poisson_nll_loss(half, half)],
  ['prod', () => half.prod()], ['trace', () => half.trace()], ['cdist', () => torch.cdist(half, half)], ['quantile', () => torch.quantile(half, 0.5)],
  ['cholesky', () => torch.linalg.cholesky(torch.eye(2).bfloat16())], ['svdvals', () => torch.linalg.svdvals(half)],
  ['max_pool3d', () => F.max_pool3d(volume, 2)], ['avg_pool3d', () => F.avg_pool3d(volume, 2)],
  ['fractional_max_pool2d', () => F.fractional_max_pool2d(torch.ones(1, 4, 4).bfloat16(), 2, 2)],
  ['reflection pad', () => F.pad(torch.ones(1, 4).bfloat16(), [1, 1], { mode: 'reflect' })],
  ['grid_sample', () => F.grid_sample(torch.ones(1, 1, 2, 2).bfloat16(), torch.zeros(1, 1, 1, 2).bfloat16())],
];
test.each(single)('%s is computed in float32', (_, call) => expect(names(call)).toBe('torch.float32'));

// biome-ignore format: a table
const asGiven: [string, string, () => torch.Tensor][] = [
  ['softmax', 'torch.bfloat16', () => half.softmax(0)], ['gelu', 'torch.bfloat16', () => F.gelu(half)], ['layer_norm', 'torch.bfloat16', () => F.layer_norm(half, [2])],
  ['batch_norm', 'torch.float32', () => new nn.BatchNorm1d(2)(x)], ['add', 'torch.float32', () => x.add(half)], ['embedding', 'torch.float32', () => F.embedding(torch.tensor([0n]), x)],
  ['exp', 'torch.float32', () => x.exp()], ['mm of float64', 'torch.float64', () => x.double().mm(x.double())], ['mv', 'torch.float32', () => x.mv(torch.ones(2))],
  ['cat of one dtype', 'torch.bfloat16', () => torch.cat([half, half])], ['stack of two', 'torch.float32', () => torch.stack([half, x])], ['hstack of two', 'torch.float32', () => torch.hstack([half, x])],
  ['index_copy', 'torch.float32', () => torch.index_copy(x, 0, torch.tensor([0n]), half.narrow(0, 0, 1))],
];
test.each(asGiven)('%s gives %s', (_, dtype, call) => expect(names(call)).toBe(dtype));

test('training in mixed precision gives the losses of PyTorch, and gradients in float32', () => {
  torch.manual_seed(0);
  const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 2));
  const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
  const [input, target] = [torch.randn(6, 4), torch.tensor([0n, 1n, 0n, 1n, 1n, 0n])];
  for (const want of [0.6857428550720215, 0.6791123747825623, 0.67303865, 0.6667344570159912]) {
    optimizer.zero_grad();
    const loss = torch.autocast('cpu', torch.bfloat16, () => F.cross_entropy(net(input), target));
    loss.backward();
    optimizer.step();
    expect(Math.abs(loss.item() - want)).toBeLessThan(1e-6);
    expect(net.parameters().every((p) => p.grad?.dtype === torch.float32)).toBe(true);
  }
});

test('a weight is converted once in a region', () => {
  const w = torch.ones(2, 2, { requires_grad: true });
  const casts = (...options: [boolean?]): (string | undefined)[] => {
    const y = torch.autocast('cpu', { cache_enabled: options[0] ?? true }, () => w.mm(w));
    const nodes = (y.grad_fn?.next_functions ?? []).map(([node]) => node);
    return [String(new Set(nodes).size), nodes[0]?.name()];
  };
  expect(casts()).toEqual(['1', 'ToCopyBackward0']);
  expect(casts(false)).toEqual(['2', 'ToCopyBackward0']);
  const seen = torch.autocast('cpu', () => {
    const before = w.mm(w);
    torch.no_grad(() => w.fill_(2));
    const kept = w.mm(w);
    torch.clear_autocast_cache();
    return [before, kept, w.mm(w)].map((y) => y.select(0, 0).select(0, 0).item());
  });
  expect(seen).toEqual([2, 2, 8]);
  // What was converted without a graph is not used with one.
  const made = torch.autocast('cpu', () => [torch.no_grad(() => w.mm(w)), w.mm(w)]);
  expect(made.map((y) => y.requires_grad)).toEqual([false, true]);
});

describe('regions', () => {
  const dtype = (): string => x.mm(x).dtype.name;
  test('nest, and one may be switched off', () => {
    torch.autocast('cpu', torch.float16, () => {
      expect([dtype(), torch.get_autocast_dtype('cpu').name]).toEqual(['float16', 'float16']);
      torch.autocast('cpu', { enabled: false }, () => {
        expect([dtype(), torch.is_autocast_enabled('cpu')]).toEqual(['float32', false]);
        torch.autocast('cpu', torch.bfloat16, () => expect(dtype()).toBe('bfloat16'));
      });
      expect(torch.is_autocast_enabled('cpu')).toBe(true);
    });
    expect([dtype(), torch.is_autocast_enabled('cpu')]).toEqual(['float32', false]);
    expect(torch.is_autocast_enabled()).toBe(false);
    expect(torch.amp.autocast).toBe(torch.autocast);
  });
  test('end when a guard is disposed of, or the function throws', () => {
    const guard = torch.autocast('cpu');
    expect(dtype()).toBe('bfloat16');
    guard.dispose();
    expect(dtype()).toBe('float32');
    expect(() =>
      torch.autocast('cpu', () => {
        throw new Error('out');
      }),
    ).toThrow('out');
    expect(dtype()).toBe('float32');
  });
  test('hold for an async function and nobody else', async () => {
    const inside = torch.autocast('cpu', async () => {
      await null;
      return dtype();
    });
    expect(dtype()).toBe('float32');
    await null;
    expect([await inside, dtype()]).toEqual(['bfloat16', 'float32']);
  });
  test('hold together with no_grad', () => {
    const w = torch.ones(2, 2, { requires_grad: true });
    const y = torch.autocast('cpu', () => torch.no_grad(() => w.mm(w)));
    expect([y.dtype, y.requires_grad]).toEqual([torch.bfloat16, false]);
  });
  test('results written into given tensors keep their dtype', () => {
    const out = torch.zeros(2, 2);
    torch.autocast('cpu', () => torch.mm(x, x, { out }));
    expect(out.tolist()).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });
  test('convert what recurrent networks are given', () => {
    const sequence = torch.ones(3, 2, 2, { requires_grad: true });
    const dtypes: Record<string, string[]> = { LSTM: ['bfloat16'], GRU: ['float32'], RNN: ['bfloat16'] };
    for (const [name, [wanted]] of Object.entries(dtypes)) {
      const net: torch.nn.Module = new (torch.nn as any)[name as string](2, 3);
      const [out, last] = torch.autocast('cpu', () => net(sequence)) as [torch.Tensor, any];
      const states: torch.Tensor[] = name === 'LSTM' ? last : [last];
      expect([out, ...states].map((t) => t.dtype.name)).toEqual(Array(states.length + 1).fill(wanted));
      out.float().sum().backward();
      expect([...net.parameters()].map((p) => p.grad?.dtype.name)).toEqual(Array(4).fill('float32'));
    }
    const lstm = new torch.nn.LSTM(2, 3);
    const [exact] = lstm(sequence);
    const [rounded] = torch.autocast('cpu', () => lstm(sequence));
    expect(rounded.grad_fn?.name()).toBe('MkldnnRnnLayerBackward0');
    expect(rounded.float().sub(exact).abs().max().item()).toBeLessThan(0.01);
  });
  test('of other devices are refused', () => {
    expect(() => torch.autocast('foo')).toThrow("User specified an unsupported autocast device_type 'foo'");
    expect(() => torch.autocast(3 as never)).toThrow("Expected `device_type` of type `str`, got: `<class 'int'>`");
  });
});
