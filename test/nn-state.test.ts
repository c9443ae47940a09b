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
