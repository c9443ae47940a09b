import * as torch from 'strided';

const leaf = (values: number[]) => torch.tensor(values, { requires_grad: true });
const list = (x: torch.Tensor | null) => (x === null ? null : x.tolist());

describe('backward', () => {
  test('fills .grad of leaves and leaves others alone', () => {
    const x = leaf([1, 2, 3]);
    const y = x.mul(x);
    y.sum().backward();
    expect(list(x.grad)).toEqual([2, 4, 6]);
    expect(y.grad).toBeNull();
  });

  test('accumulates', () => {
    const x = leaf([1, 2]);
    x.sum().backward();
    x.mul(3).sum().backward();
    expect(list(x.grad)).toEqual([4, 4]);
  });

  test('takes a gradient for a result of several elements', () => {
    const x = leaf([1, 2]);
    x.mul(2).backward(torch.tensor([1, 10]));
    expect(list(x.grad)).toEqual([2, 20]);
    const y = leaf([1, 2]);
    y.mul(2).backward({ gradient: torch.tensor([3, 4]) });
    expect(list(y.grad)).toEqual([6, 8]);
  });

  test('refuses a result of several elements without one', () => {
    expect(() => leaf([1, 2]).mul(2).backward()).toThrow('grad can be implicitly created only for scalar outputs');
  });

  test('refuses a gradient of another shape', () => {
    expect(() => leaf([1, 2]).mul(2).backward(torch.ones(3))).toThrow(
      'Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2]).',
    );
  });

  test('refuses what does not require grad', () => {
    expect(() => torch.ones(1).backward()).toThrow(
      'element 0 of tensors does not require grad and does not have a grad_fn',
    );
  });

  test('refuses a second pass through a freed graph, and allows it where the graph is retained', () => {
    const x = leaf([2]);
    const y = x.mul(x);
    y.backward();
    expect(() => y.backward()).toThrow(/^Trying to backward through the graph a second time/);
    const z = x.mul(x);
    z.backward({ retain_graph: true });
    z.backward();
    expect(list(x.grad)).toEqual([12]);
  });

  test('sums the gradient of what was broadcast', () => {
    const x = leaf([1, 2, 3]);
    const s = torch.tensor(2, { requires_grad: true });
    torch.ones(4, 3).mul(x).mul(s).sum().backward();
    expect(list(x.grad)).toEqual([8, 8, 8]);
    expect(s.grad?.item()).toBe(24);
    expect(s.grad?.shape).toEqual([]);
  });

  test('casts gradients to the dtype of the leaf', () => {
    const x = leaf([1, 2]);
    x.double().mul(3).sum().backward();
    expect(x.grad?.dtype).toBe(torch.float32);
    expect(list(x.grad)).toEqual([3, 3]);
  });

  test('adds up where a tensor is used several times', () => {
    const x = leaf([3]);
    const y = x.add(x);
    y.mul(x).add(y).backward();
    expect(list(x.grad)).toEqual([14]);
  });

  test('two leaves never share the memory of their gradients', () => {
    const [a, b] = [leaf([1, 2]), leaf([3, 4])];
    const g = torch.ones(2);
    a.add(b).backward(g);
    a.grad?.add_(5);
    expect(list(b.grad)).toEqual([1, 1]);
    expect(list(g)).toEqual([1, 1]);
  });

  test('a graph of 100,000 nodes does not overflow the stack', () => {
    const x = leaf([1]);
    let y = x.add(0);
    for (let i = 0; i < 100_000; i++) y = y.add(0.5);
    y.backward();
    expect(list(x.grad)).toEqual([1]);
  });

  test('is recorded with create_graph, for higher derivatives', () => {
    const x = leaf([2]);
    const [g] = torch.autograd.grad(x.pow(3), x, { create_graph: true });
    const [h] = torch.autograd.grad(g as torch.Tensor, x, { create_graph: true });
    const [third] = torch.autograd.grad(h as torch.Tensor, x);
    expect([list(g as torch.Tensor), list(h as torch.Tensor), list(third as torch.Tensor)]).toEqual([[12], [12], [6]]);
  });
});

describe('autograd.grad', () => {
  test('returns gradients and touches no .grad', () => {
    const [x, y] = [leaf([2]), leaf([5])];
    const [gx, gy] = torch.autograd.grad(x.mul(y), [x, y]);
    expect([list(gx as torch.Tensor), list(gy as torch.Tensor)]).toEqual([[5], [2]]);
    expect(x.grad).toBeNull();
  });

  test('of a tensor in the middle', () => {
    const x = leaf([2]);
    const y = x.mul(3);
    const [g] = torch.autograd.grad(y.mul(y), y);
    expect(list(g as torch.Tensor)).toEqual([12]);
  });

  test('refuses an unused input, or gives null or zeros where told to', () => {
    const [x, y] = [leaf([2]), leaf([5])];
    expect(() => torch.autograd.grad(x.mul(2), y)).toThrow(
      /appears to not have been used in the graph. Set allow_unused=True/,
    );
    expect(torch.autograd.grad(x.mul(2), y, { allow_unused: true })).toEqual([null]);
    expect(list(torch.autograd.grad(x.mul(2), y, { materialize_grads: true })[0] as torch.Tensor)).toEqual([0]);
  });
});

describe('what is a leaf', () => {
  test('flags and names', () => {
    const x = leaf([1]);
    const y = x.add(2);
    expect([x.is_leaf, x.requires_grad, x.grad_fn]).toEqual([true, true, null]);
    expect([y.is_leaf, y.requires_grad, y.grad_fn?.name()]).toEqual([false, true, 'AddBackward0']);
    expect(String(y.grad_fn)).toMatch(/^<AddBackward0 object at 0x[0-9a-f]+>$/);
    expect(y.grad_fn?.next_functions[0]?.[0]?.name()).toBe('AccumulateGrad');
  });

  test('requires_grad can be set on leaves of floating point only', () => {
    expect(() => torch.ones(2, { dtype: torch.int64 }).requires_grad_()).toThrow(
      'only Tensors of floating point dtype can require gradients',
    );
    expect(() => {
      leaf([1]).mul(2).requires_grad = false;
    }).toThrow(/you can only change requires_grad flags of leaf variables/);
  });

  test('no_grad records nothing, enable_grad inside it does', () => {
    const x = leaf([1]);
    expect(torch.no_grad(() => x.mul(2)).requires_grad).toBe(false);
    expect(torch.no_grad(() => torch.enable_grad(() => x.mul(2))).requires_grad).toBe(true);
    const guard = torch.no_grad();
    expect(x.mul(2).requires_grad).toBe(false);
    guard.dispose();
    expect(x.mul(2).requires_grad).toBe(true);
  });

  test('no_grad around an async function holds for its task and no other', async () => {
    const x = leaf([1]);
    const seen: boolean[] = [];
    const task = torch.no_grad(async () => {
      await null;
      seen.push(x.mul(2).requires_grad);
      await null;
      seen.push(torch.is_grad_enabled());
    });
    seen.push(x.mul(2).requires_grad);
    await null;
    seen.push(torch.is_grad_enabled());
    await task;
    expect(seen.filter((on) => on)).toHaveLength(2);
    expect(torch.is_grad_enabled()).toBe(true);
  });
});

describe('aliases', () => {
  test('.data shares memory, has no history and its own version', () => {
    const x = leaf([1, 2]);
    x.data.mul_(100);
    expect(list(x.detach())).toEqual([100, 200]);
    expect([x.data.requires_grad, x._version]).toEqual([false, 0]);
  });

  test('detach() shares memory and version', () => {
    const x = leaf([1, 2]);
    x.detach().mul_(2);
    expect([list(x.detach()), x._version]).toEqual([[2, 4], 1]);
  });

  test('x.data = y uses the memory of y', () => {
    const x = leaf([1, 2]);
    const y = torch.tensor([5, 6, 7]);
    x.data = y;
    y.add_(1);
    expect([list(x.detach()), x.shape, x.requires_grad]).toEqual([[6, 7, 8], [3], true]);
  });

  test('views share memory and version with their base', () => {
    const x = torch.zeros(2, 3);
    const row = x.select(0, 1);
    row.add_(1);
    expect(x.tolist()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect([x._version, row._version, row._base === x, x._base]).toEqual([1, 1, true, null]);
  });
});

describe('in-place ops', () => {
  test('are refused on leaves that require grad, and on their views', () => {
    const x = leaf([1, 2]);
    expect(() => x.add_(1)).toThrow('a leaf Variable that requires grad is being used in an in-place operation.');
    expect(() => x.view(2).add_(1)).toThrow(
      'a view of a leaf Variable that requires grad is being used in an in-place operation.',
    );
    torch.no_grad(() => x.add_(1));
    expect(list(x.detach())).toEqual([2, 3]);
  });

  test('on a tensor in the graph continue its history', () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    y.mul_(3);
    expect(y.grad_fn?.name()).toBe('MulBackward0');
    y.sum().backward();
    expect(list(x.grad)).toEqual([6, 6]);
  });

  test('on a view change the history of the base', () => {
    const x = leaf([1, 2, 3]);
    const y = x.mul(2);
    const part = y.narrow(0, 0, 2);
    part.mul_(10);
    expect([y.grad_fn?.name(), part.grad_fn?.name()]).toEqual(['CopySlices', 'AsStridedBackward0']);
    y.sum().backward();
    expect(list(x.grad)).toEqual([20, 20, 2]);
  });

  test('of a value that backward needs are found', () => {
    const x = leaf([1, 2]);
    const y = x.exp();
    y.add_(1);
    expect(() => y.sum().backward()).toThrow(
      'one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], ' +
        'which is output 0 of Exp, is at version 1; expected version 0 instead.',
    );
  });

  test('of one output of several views are refused', () => {
    const y = leaf([1, 2]).mul(2);
    const [a] = y.unbind();
    expect(() => a?.add_(1)).toThrow(/is the output of a function that returns multiple views/);
  });
});

describe('hooks', () => {
  test('see and replace a gradient', () => {
    const x = leaf([1, 2]);
    const seen: unknown[] = [];
    const handle = x.register_hook((g) => {
      seen.push(g.tolist());
      return g.mul(10);
    });
    x.sum().backward();
    handle.remove();
    x.sum().backward();
    expect([seen, list(x.grad)]).toEqual([[[1, 1]], [11, 11]]);
  });

  test('retain_grad keeps the gradient of a tensor in the middle', () => {
    const x = leaf([2]);
    const y = x.mul(3);
    y.retain_grad();
    y.mul(y).backward();
    expect(list(y.grad)).toEqual([12]);
  });

  test('after accumulation', () => {
    const x = leaf([2]);
    const seen: unknown[] = [];
    x.register_post_accumulate_grad_hook((t) => void seen.push(list(t.grad)));
    x.mul(3).backward();
    x.mul(4).backward();
    expect(seen).toEqual([[3], [7]]);
  });
});

describe('memory', () => {
  test('what backward has used is given back although the loss is still held', () => {
    const x = torch.ones(1 << 18, { requires_grad: true });
    torch.memory.collect();
    const before = torch.memory.stats().liveBytes;
    // In a function of its own: the frame of this one would keep the steps in between alive.
    const loss = (() => x.exp().exp().exp().exp().sum())();
    torch.memory.collect();
    const held = torch.memory.stats().liveBytes - before;
    loss.backward();
    torch.memory.collect();
    const left = torch.memory.stats().liveBytes - before;
    expect(held).toBeGreaterThanOrEqual(4 << 20);
    expect(left).toBeLessThan(2 << 20); // the gradient of x alone
    expect(loss.item()).toBeGreaterThan(0);
  });
});
