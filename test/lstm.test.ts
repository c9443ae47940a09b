/** nn.LSTM runs whole layers as one op: it has to be what its cells do step by step. */
import * as torch from 'strided';

const { nn } = torch;
type Tensor = torch.Tensor;

interface Case {
  readonly input: number;
  readonly hidden: number;
  readonly steps: number;
  readonly batch: number;
  readonly bias?: boolean;
  readonly dtype?: torch.DType;
}

/** The outputs, gradients and second gradients of one layer in one direction, by LSTM and by LSTMCell. */
function compare({ input, hidden, steps, batch, bias = true, dtype = torch.float64 }: Case, reverse: boolean): void {
  torch.manual_seed(3);
  const layer = new nn.LSTM(input, hidden, { bias, bidirectional: reverse, dtype });
  const cell = new nn.LSTMCell(input, hidden, { bias, dtype });
  const suffix = reverse ? '_l0_reverse' : '_l0';
  const names = ['weight_ih', 'weight_hh', ...(bias ? ['bias_ih', 'bias_hh'] : [])];
  torch.no_grad(() => {
    for (const name of names) (cell as any)[name].copy_((layer as any)[name + suffix]);
  });
  const x = torch.randn(steps, batch, input, { dtype, requires_grad: true });
  const start = [0, 1].map(() => torch.randn(reverse ? 2 : 1, batch, hidden, { dtype, requires_grad: true }));
  const [h0, c0] = start as [Tensor, Tensor];
  const [output, [hn, cn]] = layer(x, [h0, c0]);
  const whole = [output.narrow(2, reverse ? hidden : 0, hidden), hn.select(0, -1), cn.select(0, -1)];

  let states: [Tensor, Tensor] = [h0.select(0, -1), c0.select(0, -1)];
  const outputs: Tensor[] = [];
  for (let k = 0; k < steps; k++) {
    const t = reverse ? steps - 1 - k : k;
    states = cell(x.select(0, t), states) as [Tensor, Tensor];
    outputs[t] = states[0];
  }
  const stepwise = [torch.stack(outputs), ...states];

  const close = (a: Tensor | null, b: Tensor | null) => {
    if (a === null || b === null) throw new Error('no gradient');
    const scale = Math.max(1, b.abs().max().item() as number);
    const off = a.sub(b).abs().max().item() as number;
    expect(off / scale).toBeLessThan(dtype === torch.float64 ? 1e-12 : 3e-5);
  };
  whole.forEach((a, i) => {
    close(a, stepwise[i] as Tensor);
  });
  const weigh = (results: Tensor[]) => {
    torch.manual_seed(5);
    return results.map((r) => r.mul(torch.randn_like(r)).sum()).reduce((a, b) => a.add(b));
  };
  const ours = [x, h0, c0, ...names.map((name) => (layer as any)[name + suffix] as Tensor)];
  const theirs = [x, h0, c0, ...names.map((name) => (cell as any)[name] as Tensor)];
  const first = torch.autograd.grad(weigh(whole), ours, { retain_graph: true });
  const second = torch.autograd.grad(weigh(stepwise), theirs, { retain_graph: true });
  first.forEach((g, i) => {
    close(g, second[i] ?? null);
  });
  const slope = (results: Tensor[], inputs: Tensor[]) => {
    const grads = torch.autograd.grad(weigh(results), inputs, { create_graph: true }) as Tensor[];
    return torch.autograd.grad(weigh(grads), inputs);
  };
  const higher = slope(stepwise, theirs);
  slope(whole, ours).forEach((g, i) => {
    close(g, higher[i] ?? null);
  });
}

test.each<Case>([
  { input: 3, hidden: 5, steps: 4, batch: 2 },
  { input: 3, hidden: 5, steps: 4, batch: 2, bias: false },
  { input: 1, hidden: 1, steps: 1, batch: 1 },
  { input: 2, hidden: 33, steps: 3, batch: 19, dtype: torch.float32 },
  { input: 2, hidden: 400, steps: 2, batch: 3, dtype: torch.float32 },
])('a layer of LSTM does what its cells do, forward and backward in time: %j', (sizes) => {
  compare(sizes, false);
  compare(sizes, true);
});

test('only what is used has a gradient: the last cells alone, or frozen weights', () => {
  const layer = new nn.LSTM(2, 3);
  const x = torch.randn(4, 1, 2, { requires_grad: true });
  const [, [, cn]] = layer(x);
  cn.sum().backward();
  expect(x.grad?.abs().sum().item()).toBeGreaterThan(0);
  expect((layer as any).weight_hh_l0.grad.abs().sum().item()).toBeGreaterThan(0);
  layer.requires_grad_(false);
  expect((layer(torch.randn(4, 1, 2))[0] as Tensor).requires_grad).toBe(false);
});

test('the number of threads does not show', () => {
  const before = torch.get_num_threads();
  const [x, layer] = [torch.randn(6, 40, 24), new nn.LSTM(24, 120)];
  const results = [1, 2].map((threads) => {
    torch.set_num_threads(threads);
    layer.zero_grad();
    const output = layer(x)[0] as Tensor;
    output.sum().backward();
    return [output, (layer as any).weight_hh_l0.grad as Tensor];
  });
  torch.set_num_threads(before);
  results[0]?.forEach((one, i) => {
    expect(torch.equal(one, results[1]?.[i] as Tensor)).toBe(true);
  });
});

test('outputs are printed with the nodes of PyTorch, and batch_first gives a view', () => {
  const x = torch.randn(5, 2, 3);
  const nodeOf = (options: object) => (new nn.LSTM(3, 4, options)(x)[0] as Tensor).grad_fn?.name();
  expect(nodeOf({})).toBe('MkldnnRnnLayerBackward0');
  expect(nodeOf({ bidirectional: true })).toBe('CatBackward0');
  expect(nodeOf({ batch_first: true })).toBe('TransposeBackward0');
  expect((new nn.GRU(3, 4)(x)[0] as Tensor).grad_fn?.name()).toBe('StackBackward0');
  expect((new nn.LSTM(3, 4, { batch_first: true })(x)[0] as Tensor).stride()).toEqual([4, 20, 1]);
});
