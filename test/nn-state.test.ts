import * as torch from 'strided';
import { thrown } from './refusals.js';

const { nn } = torch;

describe('copies', () => {
  test('deepcopy gives a module of its own, with hooks, and keeps what is shared shared', () => {
    class Tied extends nn.Module {
      a = new nn.Linear(2, 2);
      b = new nn.Linear(2, 2);
      constructor() {
        super();
        this.b.weight = this.a.weight;
      }
      override forward(x: torch.Tensor): torch.Tensor {
        return this.b(this.a(x));
      }
    }
    const net = new Tied();
    let calls = 0;
    net.register_forward_hook(() => void calls++);
    const copy = torch.deepcopy(net);
    expect(copy).toBeInstanceOf(Tied);
    expect(copy.a.weight).toBe(copy.b.weight);
    const x = torch.ones(1, 2);
    expect(copy(x).equal(net(x))).toBe(true);
    expect(calls).toBe(2);
    torch.no_grad(() => copy.a.weight.zero_());
    expect(net.a.weight.abs().sum().item()).toBeGreaterThan(0);
  });

  test('deepcopy of a state keeps the best of several epochs', () => {
    const net = new nn.Linear(2, 1);
    const best = torch.deepcopy(net.state_dict());
    const before = net.weight.tolist();
    nn.init.zeros_(net.weight);
    expect(String(net.load_state_dict(best))).toBe('<All keys matched successfully>');
    expect(net.weight.tolist()).toEqual(before);
  });

  test('deepcopy of tensors copies gradients, and refuses results', () => {
    const w = torch.ones(2, { requires_grad: true });
    w.sum().backward();
    const copy = torch.deepcopy([w])[0] as torch.Tensor;
    expect([copy.requires_grad, copy.grad?.tolist(), copy.grad === w.grad]).toEqual([true, [1, 1], false]);
    expect(thrown(() => torch.deepcopy(w.mul(2)))).toMatch(
      /^RuntimeError: Only Tensors created explicitly by the user/,
    );
  });

  test('stacks of transformer layers draw no random numbers for their copies, and take layers of any class', () => {
    torch.manual_seed(0);
    const transformer = new nn.Transformer({ d_model: 16, nhead: 2, dim_feedforward: 32, num_encoder_layers: 2 });
    // What PyTorch draws next, and the sum of its parameters.
    expect(torch.rand(1).item()).toBeCloseTo(0.150369, 5);
    const sum = transformer.parameters().reduce((total, p) => total + p.double().sum().item(), 0);
    expect(sum).toBeCloseTo(440.52112, 3);
    class Doubling extends nn.Module {
      override forward(x: torch.Tensor): torch.Tensor {
        return x.mul(2);
      }
    }
    expect(new nn.TransformerEncoder(new Doubling(), 3)(torch.ones(1)).item()).toBe(8);
  });
});

describe('saving and loading', () => {
  test('hooks run around them', () => {
    const net = new nn.Sequential(new nn.Linear(1, 1, { bias: false }));
    const log: string[] = [];
    net.register_state_dict_pre_hook((_m, prefix, keep_vars) => log.push(`save '${prefix}' ${keep_vars}`));
    net.at(0).register_state_dict_post_hook((_m, state, prefix) => {
      log.push(`saved '${prefix}' ${Object.keys(state)}`);
      state[`${prefix}more`] = torch.ones(1);
    });
    const state = net.state_dict();
    expect(Object.keys(state)).toEqual(['0.weight', '0.more']);
    const before = net.at(0).register_load_state_dict_pre_hook((_m, part, prefix, _meta, _strict, missing) => {
      log.push(`load '${prefix}' ${Object.keys(part)} ${missing.length}`);
      delete part[`${prefix}more`];
    });
    net.register_load_state_dict_post_hook((_m, keys) => log.push(`loaded ${keys}`) as unknown as void);
    expect(thrown(() => net.load_state_dict(state))).toMatch(/^AssertionError: Hooks registered with/);
    before.remove();
    expect(log).toEqual([
      "save '' false",
      "saved '0.' 0.weight",
      "load '0.' 0.weight,0.more 0",
      'loaded <All keys matched successfully>',
    ]);
  });

  test('a post hook may forgive missing keys', () => {
    const net = new nn.Linear(1, 1);
    net.register_load_state_dict_post_hook((_m, keys) => void keys.missing_keys.splice(0));
    expect(String(net.load_state_dict({ weight: torch.ones(1, 1) }))).toBe('<All keys matched successfully>');
  });

  test('classes add to their state, and read old ones', () => {
    class Counting extends nn.Module {
      weight = new nn.Parameter(torch.ones(1));
      seen = 3;
      override get_extra_state() {
        return { seen: this.seen };
      }
      override set_extra_state(state: { seen: number }) {
        this.seen = state.seen;
      }
    }
    const state = new nn.Sequential(new Counting()).state_dict();
    expect(Object.keys(state)).toEqual(['0.weight', '0._extra_state']);
    const net = new nn.Sequential(new Counting());
    (net.at(0) as Counting).seen = 0;
    net.load_state_dict(state);
    expect((net.at(0) as Counting).seen).toBe(3);
    expect(thrown(() => new Counting().load_state_dict({ weight: torch.ones(1) }))).toBe(
      'RuntimeError: Error(s) in loading state_dict for Counting:\n\tMissing key(s) in state_dict: "_extra_state". ',
    );
    expect(thrown(() => new nn.Linear(1, 1).get_extra_state())).toMatch(/^RuntimeError: Reached a code path in/);

    class Renamed extends nn.Linear {
      override _load_from_state_dict(...args: Parameters<torch.nn.Module['_load_from_state_dict']>) {
        const [state, prefix] = args;
        if (`${prefix}w` in state) {
          state[`${prefix}weight`] = state[`${prefix}w`];
          delete state[`${prefix}w`];
        }
        super._load_from_state_dict(...args);
      }
      override _save_to_state_dict(destination: Record<string, torch.Tensor>, prefix: string, keep_vars: boolean) {
        super._save_to_state_dict(destination, prefix, keep_vars);
        destination[`${prefix}scale`] = torch.ones(1);
      }
    }
    const layer = new nn.Sequential(new Renamed(1, 1, { bias: false }));
    layer.load_state_dict({ '0.w': torch.full([1, 1], 5) });
    expect(layer.at(0).state_dict()).toEqual({ weight: expect.anything(), scale: expect.anything() });
    expect((layer.at(0) as Renamed).weight.item()).toBe(5);
  });

  test('state_dict adds to a destination', () => {
    const all: Record<string, torch.Tensor> = {};
    new nn.Linear(1, 1).state_dict({ destination: all, prefix: 'a.' });
    expect(Object.keys(all)).toEqual(['a.weight', 'a.bias']);
  });
});

describe('devices', () => {
  test('a script that looks for others first finds none', () => {
    const device = torch.device(torch.cuda.is_available() ? 'cuda' : torch.backends.mps.is_available() ? 'mps' : 'cpu');
    const net = new nn.Linear(2, 1).to(device).cpu().share_memory();
    expect(net(torch.ones(1, 2, { device }).to(device)).device).toBe(device);
    expect(torch.cuda.device_count() + torch.accelerator.device_count()).toBe(0);
    torch.cuda.manual_seed_all(1);
  });

  test('names are checked, and others than the CPU refused where they are used', () => {
    expect(torch.device('cuda', 1)).toBe('cuda:1');
    expect(thrown(() => torch.device('gpu'))).toMatch(/^RuntimeError: Expected one of cpu, cuda, .*string: gpu$/);
    expect(thrown(() => torch.device('cuda:x'))).toBe("RuntimeError: Invalid device string: 'cuda:x'");
    expect(thrown(() => torch.device('cuda:0', 1))).toMatch(/must not include an index because index was passed/);
    expect(thrown(() => torch.ones(2, { device: torch.device('cuda') }))).toMatch(
      /^RuntimeError: strided has one device/,
    );
  });

  test('type converts integers too', () => {
    const net = new nn.BatchNorm1d(2).type(torch.float64);
    expect([net.running_mean?.dtype, net.num_batches_tracked?.dtype]).toEqual([torch.float64, torch.float64]);
  });
});

describe('copies of modules with machinery of their own', () => {
  test('padding, parametrizations and averages', () => {
    const conv = new nn.Conv2d(1, 1, 3, { padding: 1, padding_mode: 'circular' });
    const x = torch.ones(1, 1, 4, 4);
    expect(torch.deepcopy(conv)(x).equal(conv(x))).toBe(true);
    const layer = nn.utils.parametrizations.weight_norm(new nn.Linear(3, 2)) as torch.nn.Linear;
    const copy = torch.deepcopy(layer);
    expect(copy.weight.equal(layer.weight)).toBe(true);
    torch.no_grad(() => copy.get_parameter('parametrizations.weight.original0').zero_());
    expect([copy.weight.abs().sum().item(), layer.weight.abs().sum().item() > 0]).toEqual([0, true]);
    expect(new torch.optim.swa_utils.AveragedModel(layer)(torch.ones(1, 3))).toBeInstanceOf(torch.Tensor);
  });
});

describe('arguments by name in calls', () => {
  test('bags, transposed convolutions and unpooling', () => {
    const bag = nn.EmbeddingBag.from_pretrained(torch.arange(12).view(4, 3), { mode: 'sum' });
    const rows = torch.tensor([
      [0n, 1n],
      [2n, 3n],
    ]);
    const per_sample_weights = torch.tensor([
      [1, 2],
      [0.5, 0],
    ]);
    expect(bag(rows, { per_sample_weights }).tolist()).toEqual([
      [6, 9, 12],
      [3, 3.5, 4],
    ]);
    expect(bag(torch.tensor([0n, 1n, 2n]), { offsets: torch.tensor([0n, 2n]) }).tolist()).toEqual([
      [3, 5, 7],
      [6, 7, 8],
    ]);
    expect(bag.weight.requires_grad).toBe(false);
    expect(nn.EmbeddingBag.from_pretrained(torch.ones(2, 2), false).weight.requires_grad).toBe(true);
    expect(thrown(() => nn.EmbeddingBag.from_pretrained(torch.ones(2)))).toBe(
      'AssertionError: Embeddings parameter is expected to be 2-dimensional',
    );
    const up = new nn.ConvTranspose2d(1, 1, 3, { stride: 2, padding: 1 });
    expect(up(torch.ones(1, 1, 6, 6), { output_size: [12, 12] }).shape).toEqual([1, 1, 12, 12]);
    const [pooled, indices] = nn.functional.max_pool1d(torch.arange(5).view(1, 5), 2, {
      return_indices: true,
    }) as unknown as [torch.Tensor, torch.Tensor];
    expect(new nn.MaxUnpool1d(2)(pooled, indices, { output_size: [1, 5] }).tolist()).toEqual([[0, 1, 0, 3, 0]]);
  });

  test('packed sequences print as named tuples', () => {
    const packed = nn.utils.rnn.pack_sequence([torch.tensor([1, 2]), torch.tensor([3])]);
    expect(String(packed)).toBe(
      'PackedSequence(data=tensor([1., 3., 2.]), batch_sizes=tensor([2, 1]), sorted_indices=None, unsorted_indices=None)',
    );
  });
});

describe('pruning', () => {
  const { prune } = nn.utils;

  test('scores stand for the values of parameters they are given for', () => {
    const [a, b] = [new nn.Linear(4, 3), new nn.Linear(3, 2)];
    torch.no_grad(() => b.weight.fill_(2.5));
    prune.global_unstructured(
      [
        [a, 'weight'],
        [b, 'weight'],
      ],
      prune.L1Unstructured,
      { amount: 4, importance_scores: [[[a, 'weight'], torch.arange(12).view(3, 4)]] },
    );
    expect(a.get_buffer('weight_mask').sum(1).tolist()).toEqual([1, 4, 4]);
    expect(b.get_buffer('weight_mask').sum().item()).toBe(5);
  });

  test('methods of one’s own see what earlier ones left', () => {
    class First extends prune.BasePruningMethod {
      constructor(readonly count: number) {
        super();
      }
      override compute_mask(_t: torch.Tensor, default_mask: torch.Tensor) {
        const mask = default_mask.clone();
        mask.view(-1).index_put_([`:${this.count}`], 0);
        return mask;
      }
    }
    class FirstSlice extends First {
      override PRUNING_TYPE = 'structured' as const;
      override dim = 1;
    }
    const layer = new nn.Linear(3, 2);
    First.apply(layer, 'weight', 1);
    First.apply(layer, 'weight', 2);
    const mask = () => layer.get_buffer('weight_mask').tolist();
    expect(mask()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    FirstSlice.apply(layer, 'weight', 3);
    expect(mask()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(thrown(() => prune.BasePruningMethod.apply(layer, 'bias'))).toMatch(/^NotImplementedError/);
  });
});

test('fused layers compute what both do', () => {
  const [conv, bn] = [new nn.Conv2d(2, 3, 3, { bias: false }), new nn.BatchNorm2d(3)];
  bn(torch.randn(4, 3, 5, 5).mul(3));
  expect(thrown(() => nn.utils.fuse_conv_bn_eval(conv, bn))).toBe('AssertionError: Fusion only for eval!');
  const x = torch.randn(1, 2, 5, 5);
  const fused = nn.utils.fuse_conv_bn_eval(conv.eval(), bn.eval());
  expect(torch.allclose(fused(x), bn(conv(x)), { atol: 1e-6 })).toBe(true);
  const [linear, norm] = [new nn.Linear(2, 3), new nn.BatchNorm1d(3)];
  norm(torch.randn(4, 3));
  const both = nn.utils.fuse_linear_bn_eval(linear.eval(), norm.eval());
  const y = torch.randn(2, 2);
  expect(torch.allclose(both(y), norm(linear(y)), { atol: 1e-6 })).toBe(true);
  const other = new nn.BatchNorm1d(2).eval();
  expect(thrown(() => nn.utils.fuse_linear_bn_eval(linear, other))).toMatch(/^AssertionError: To fuse, linear/);
  const up = new nn.ConvTranspose2d(2, 3, 2).eval();
  expect(torch.allclose(nn.utils.fuse_conv_bn_eval(up, bn, true)(x), bn(up(x)), { atol: 1e-6 })).toBe(true);
});

test('errors of PyTorch', () => {
  const p = new nn.Parameter(torch.ones(2));
  const { SGD, Adam, LBFGS } = torch.optim;
  expect(thrown(() => new nn.Linear(1, 1).load_state_dict([1] as never))).toBe(
    "TypeError: Expected state_dict to be dict-like, got <class 'list'>.",
  );
  expect(thrown(() => new SGD([p], { lr: -1 }))).toBe('ValueError: Invalid learning rate: -1.0');
  expect(thrown(() => new Adam([p], { betas: [1, 0] }))).toBe('ValueError: Invalid beta parameter at index 0: 1.0');
  expect(thrown(() => new SGD([p], { lr: 1 }).add_param_group({} as never))).toBe("KeyError: 'params'");
  expect(thrown(() => (new LBFGS([p]) as unknown as { step(): void }).step())).toBe(
    "TypeError: LBFGS.step() missing 1 required positional argument: 'closure'",
  );
  p.grad = torch.tensor([3, 4]);
  expect(nn.utils.clip_grad_norm_(p, 1, { norm_type: 'inf' }).item()).toBe(4);
});
