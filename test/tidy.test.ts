/** torch.tidy() gives back all but what is returned, and what that needs. */
import * as torch from 'strided';

const gone = (t: torch.Tensor | undefined) => {
  try {
    t?.stride();
    return false;
  } catch {
    return true;
  }
};

test('keeps tensors in the result, wherever they are', () => {
  let inside: torch.Tensor[] = [];
  const result = torch.tidy(() => {
    const [a, b, c, d, e] = [torch.ones(1), torch.ones(2), torch.ones(3), torch.ones(4), torch.ones(5)];
    inside = [a, b, c, d, e] as torch.Tensor[];
    return { a, list: [b], map: new Map([['c', c]]), set: new Set([d]) };
  });
  expect(inside.map(gone)).toEqual([false, false, false, false, true]);
  expect(result.list[0]?.tolist()).toEqual([1, 1]);
});

test('tensors from outside stay, also where they are changed inside', () => {
  const x = torch.ones(2);
  expect(torch.tidy(() => x.add_(1).sum().item())).toBe(4);
  expect(x.tolist()).toEqual([2, 2]);
});

test('nests: the outer one takes what the inner one returns', () => {
  let inner: torch.Tensor | undefined;
  const kept = torch.tidy(() => {
    inner = torch.tidy(() => torch.ones(2).mul(3));
    expect(gone(inner)).toBe(false);
    return inner.add(1);
  });
  expect(gone(inner)).toBe(true);
  expect(kept.tolist()).toEqual([4, 4]);
});

test('an error disposes of everything and passes through', () => {
  let made: torch.Tensor | undefined;
  const fail = () => {
    made = torch.ones(2);
    throw new Error('no');
  };
  expect(() => torch.tidy(fail)).toThrow('no');
  expect(gone(made)).toBe(true);
  const after = torch.ones(1);
  expect(gone(after)).toBe(false);
});

test('a returned graph keeps what it saved', () => {
  const w = torch.tensor([1, 2], { requires_grad: true });
  const loss = torch.tidy(() => {
    const scale = torch.tensor([3, 4], { requires_grad: true });
    return w.mul(scale).exp().log().mul(w).sum();
  });
  loss.backward();
  expect(w.grad?.tolist().map(Math.round)).toEqual([6, 16]);
});

test('gradients of parameters and the state of optimizers stay', () => {
  const w = torch.ones(3, { requires_grad: true });
  const optimizer = new torch.optim.Adam([w], { lr: 0.1 });
  const losses = [0, 1, 2].map(() =>
    torch.tidy(() => {
      optimizer.zero_grad();
      const loss = w.mul(w).sum();
      loss.backward();
      optimizer.step();
      return loss.item();
    }),
  );
  expect(losses[2]).toBeLessThan(losses[0] as number);
  expect(w.grad?.tolist()[0]).toBeCloseTo(2 * 0.8, 2);
});

test('a returned module keeps its parameters and buffers', () => {
  const model = torch.tidy(() => {
    torch.ones(100);
    return new torch.nn.Sequential(new torch.nn.Linear(2, 3), new torch.nn.Linear(3, 1));
  });
  expect(model(torch.ones(1, 2)).shape).toEqual(torch.ones(1, 1).shape);
});

test('tensors that are dropped inside are held until the end, then gone', () => {
  const { tensors } = torch.memory.stats();
  torch.tidy(() => {
    for (let i = 0; i < 100; i++) torch.ones(2).add(i);
    torch.memory.collect();
    expect(torch.memory.stats().tensors).toBeGreaterThanOrEqual(200);
  });
  torch.memory.collect();
  expect(torch.memory.stats().tensors).toBeLessThanOrEqual(tensors);
});

test('an async function is tidied when it ends, and nothing of other tasks', async () => {
  let before: torch.Tensor | undefined;
  let after: torch.Tensor | undefined;
  const task = torch.tidy(async () => {
    before = torch.ones(2);
    await new Promise((done) => setTimeout(done, 10));
    after = before.add(1);
    await Promise.resolve();
    return after.mul(2);
  });
  const foreign = torch.ones(4);
  await Promise.resolve();
  const later = foreign.add(1);
  const result = await task;
  expect([before, after, foreign, later, result].map(gone)).toEqual([true, true, false, false, false]);
  expect(result.tolist()).toEqual([4, 4]);
});

test('an async error disposes as well', async () => {
  let made: torch.Tensor | undefined;
  await expect(
    torch.tidy(async () => {
      made = torch.ones(2);
      await Promise.resolve();
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(gone(made)).toBe(true);
});
