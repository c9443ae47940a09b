/** A plain synchronous loop does not leak; what is given back when; running out. */
import * as torch from 'strided';
import { inChild } from './child';

const MB = 2 ** 20;
const LIVE = 80 * MB;

/** 100 steps that hold 20 temporaries of 4 MB each. */
const heldTemporaries = (t: typeof torch, { grown }: { grown(): number }): number => {
  const x = t.ones(2 ** 20);
  for (let step = 0; step < 100; step++) {
    const held: torch.Tensor[] = [];
    for (let i = 0; i < 20; i++) held.push(x.add(i));
    if (held[19]?.[7].item() !== 20) throw new Error('wrong values');
  }
  return grown();
};

describe('a synchronous loop that disposes of nothing', () => {
  test('holds its temporaries and little else', async () => {
    expect(await inChild(heldTemporaries)).toBeLessThan(1.5 * LIVE + 256 * MB);
  });

  test('also where V8 gives no collector away', async () => {
    const { grown, full } = await inChild(
      (t, { grown }) => {
        const x = t.ones(2 ** 20);
        for (let step = 0; step < 60; step++) {
          const held: torch.Tensor[] = [];
          for (let i = 0; i < 20; i++) held.push(x.add(i));
        }
        const { collections, fullCollections } = t.memory.stats();
        return { grown: grown(), full: fullCollections > 0 && fullCollections >= collections };
      },
      { env: { STRIDED_NO_GC: '1' } },
    );
    expect(full).toBe(true);
    expect(grown).toBeLessThan(1.5 * LIVE + 256 * MB);
  });

  test('with autograd', async () => {
    const grown = await inChild((t, { grown }) => {
      const w = t.ones(2 ** 20, { requires_grad: true });
      for (let step = 0; step < 60; step++) {
        let y = w;
        for (let i = 0; i < 20; i++) y = y.sin();
        y.sum().backward();
        w.grad = null;
      }
      return grown();
    });
    expect(grown).toBeLessThan(1.5 * LIVE + 256 * MB);
  });

  test('beside a large JavaScript heap', async () => {
    const grown = await inChild((t, { grown }) => {
      const heap = Array.from({ length: 2e6 }, (_, i) => ({ i, next: [i] }));
      const before = process.memoryUsage().rss;
      const start = grown();
      const x = t.ones(2 ** 20);
      for (let step = 0; step < 60; step++) {
        const held: torch.Tensor[] = [];
        for (let i = 0; i < 20; i++) held.push(x.add(i));
      }
      if (heap.length !== 2e6 || before < 100e6) throw new Error('no large heap');
      return grown() - start;
    });
    expect(grown).toBeLessThan(1.5 * LIVE + 256 * MB);
  });

  test('goes round in a few buffers, also after much has lived long', async () => {
    const buffers = await inChild((t) =>
      [2 ** 22, 2 ** 20].map((length) => {
        const held = Array.from({ length: 10 }, () => t.ones(length));
        const used = new Set<number>();
        for (let i = 0; i < 400; i++) {
          const y = held[i % 10].add(i);
          if (i >= 340) used.add(y.data_ptr());
        }
        return used.size;
      }),
    );
    expect(buffers[0]).toBeLessThanOrEqual(2);
    expect(buffers[1]).toBeLessThanOrEqual(4);
  });

  test('of 3 million small ops', async () => {
    const grown = await inChild((t, { grown }) => {
      let x = t.zeros(4);
      for (let i = 0; i < 3e6; i++) x = x.add(1);
      if (x[3].item() !== 3e6) throw new Error('wrong values');
      return grown();
    });
    expect(grown).toBeLessThan(64 * MB);
  });

  test('of 10,000 steps of a small model', async () => {
    const grown = await inChild((t, { grown }) => {
      const model = new t.nn.Sequential(new t.nn.Linear(8, 16), new t.nn.ReLU(), new t.nn.Linear(16, 1));
      const optimizer = new t.optim.SGD(model.parameters(), { lr: 0.01 });
      const x = t.ones(4, 8);
      const step = () => {
        optimizer.zero_grad();
        model(x).pow(2).mean().backward();
        optimizer.step();
      };
      for (let i = 0; i < 2000; i++) step();
      const start = grown();
      for (let i = 0; i < 10000; i++) step();
      return grown() - start;
    });
    expect(grown).toBeLessThan(32 * MB);
  });
});

test('a collection between any two lines takes nothing that an op still reads', async () => {
  const wrong = await inChild(
    (t) => {
      let bad = 0;
      for (let i = 0; i < 3000; i++) {
        const sum = t
          .full([8], i)
          .add(t.full([8], 1))
          .mul(t.full([8], 2).sub(1))
          .split(4);
        const joined = t.cat([t.stack(sum).view(-1), t.full([8], i).neg()]).sum();
        if (joined.item() !== 8) bad++;
      }
      const w = t.full([64], 2, { requires_grad: true });
      for (let i = 0; i < 300; i++) {
        w.mul(w).exp().log().mul(w.add(1)).sum().backward();
        if (Math.abs((w.grad?.[5].item() as number) - 16) > 1e-4) bad++;
        w.grad = null;
      }
      return bad;
    },
    { flags: ['--gc-interval=97', '--stress-scavenge=50'] },
  );
  expect(wrong).toBe(0);
});

test('memory.collect() takes what has lived through many collections too', async () => {
  const { kept, left } = await inChild((t) => {
    const held = Array.from({ length: 100 }, () => t.ones(1000));
    for (let i = 0; i < 5; i++) t.memory.collect();
    const kept = t.memory.stats();
    held.length = 0;
    t.memory.collect();
    return { kept, left: t.memory.stats() };
  });
  expect(kept.tensors - left.tensors).toBe(100);
  expect(kept.liveBytes - left.liveBytes).toBeGreaterThanOrEqual(100 * 4000);
  expect(left.fullCollections - kept.fullCollections).toBe(1);
});

describe('gradients', () => {
  const live = () => torch.memory.stats().liveBytes;
  const parameter = () => torch.ones(2 ** 18, { requires_grad: true });

  test('zero_grad gives their memory back at once where nobody was handed them', () => {
    const x = parameter();
    const optimizer = new torch.optim.SGD([x], { lr: 1 });
    x.mul(2).sum().backward();
    const before = live();
    optimizer.zero_grad();
    expect(live()).toBe(before - 2 ** 20);
    expect(x.grad).toBeNull();
  });

  test('those that were handed out live on', () => {
    const x = parameter();
    const optimizer = new torch.optim.SGD([x], { lr: 1 });
    x.mul(2).sum().backward();
    const { grad } = x;
    optimizer.zero_grad();
    expect(grad?.[0].item()).toBe(2);
    let hooked: torch.Tensor | null = null;
    x.register_post_accumulate_grad_hook((p) => {
      hooked = p.grad;
    });
    x.mul(3).sum().backward();
    optimizer.zero_grad();
    expect((hooked as torch.Tensor | null)?.[0].item()).toBe(3);
    expect(x.grad).toBeNull();
  });

  test('what a hook was given lives on, though the pass goes on without it', () => {
    const x = parameter();
    const seen: torch.Tensor[] = [];
    const y = x.exp();
    y.register_hook((g) => {
      seen.push(g);
    });
    const z = y.mul(2);
    z.retain_grad();
    const w = z.mul(y);
    w.grad_fn?.register_hook((inputs, outputs) => {
      for (const g of [...inputs, ...outputs]) if (g) seen.push(g);
    });
    w.mul(1).sum().backward();
    expect(seen.length).toBeGreaterThan(2);
    for (const g of [...seen, z.grad as torch.Tensor]) expect(g.isfinite().all().item()).toBe(true);
  });

  test('sums go into one buffer, and those of the steps in between are free when they are used', () => {
    const x = parameter();
    let y: torch.Tensor = x;
    for (let i = 0; i < 16; i++) y = y.mul(1.01);
    const loss = y.sum();
    torch.memory.collect();
    torch.memory.resetPeak();
    const before = live();
    loss.backward();
    // The gradient in hand, the next one and what a formula makes on the way: not sixteen.
    expect(torch.memory.stats().peakBytes - before).toBeLessThanOrEqual(4 * 2 ** 20);
    loss.detach();
    const first = x.grad?.data_ptr();
    x.mul(2).sum().backward();
    expect(x.grad?.data_ptr()).toBe(first);
  });

  test('a graph that is dropped without a backward pass is freed', async () => {
    const grown = await inChild((t, { grown }) => {
      const x = t.ones(2 ** 18, { requires_grad: true });
      for (let i = 0; i < 2000; i++) x.exp().mul(x).sin().sum();
      return grown();
    });
    expect(grown).toBeLessThan(200 * MB);
  });
});

describe('an idle event loop', () => {
  test('releases what is garbage, and ends', async () => {
    const live = await inChild(async (t, { sleep }) => {
      (() => {
        for (let i = 0; i < 3; i++) t.ones(2 ** 20).add(i);
      })();
      const busy = t.memory.stats().liveBytes;
      await sleep(400);
      return { busy, idle: t.memory.stats().liveBytes };
    });
    expect(live.busy).toBeGreaterThan(8 * MB);
    expect(live.idle).toBeLessThan(MB);
  });

  test('hears of collections that V8 makes by itself', async () => {
    const tensors = await inChild(
      async (t, { sleep }) => {
        for (let i = 0; i < 1000; i++) t.ones(4);
        const before = t.memory.stats();
        (globalThis as { gc?: () => void }).gc?.();
        await sleep(100);
        const after = t.memory.stats();
        return { before: before.tensors, after: after.tensors, asked: after.collections + after.fullCollections };
      },
      { flags: ['--expose-gc'] },
    );
    expect(tensors.before).toBeGreaterThan(1000);
    expect(tensors.after).toBeLessThan(100);
    expect(tensors.asked).toBe(0);
  });
});

describe('memory.setLimit', () => {
  test('collects before it refuses', async () => {
    const peak = await inChild((t) => {
      t.memory.setLimit(24 * 2 ** 20);
      for (let i = 0; i < 100; i++) t.ones(2 ** 20).mul(2);
      return t.memory.stats().peakBytes;
    });
    expect(peak).toBeLessThanOrEqual(24 * MB);
  });

  test('refuses with the op and both figures, and the process goes on', async () => {
    const { message, name, sum } = await inChild((t) => {
      t.memory.setLimit(10 * 2 ** 20);
      const x = t.ones(2 ** 20);
      const y = t.ones(2 ** 20);
      let error = new Error('nothing thrown');
      try {
        x.add(y);
      } catch (e) {
        error = e as Error;
      }
      const sum = x.add_(y).sum().item();
      t.memory.setLimit(0);
      return {
        message: error.message,
        name: error instanceof t.RuntimeError ? error.name : '',
        sum: sum + x.add(y)[0].item(),
      };
    });
    expect(name).toBe('RuntimeError');
    expect(message).toMatch(
      /^add\(\): out of memory: tried to allocate 4194304 bytes with 8\d{6} bytes live in tensors/,
    );
    expect(message).toContain('and a limit of 10485760 set by torch.memory.setLimit(). Drop references to tensors');
    expect(sum).toBe(2 * 2 ** 20 + 3);
  });

  test('what the system cannot give is a RuntimeError too', () => {
    expect(() => torch.empty(2 ** 44)).toThrow(torch.RuntimeError);
    expect(() => torch.empty(2 ** 44)).toThrow(
      /^empty\(\): out of memory: tried to allocate 70368744177664 bytes with \d+ bytes live in tensors\. Drop/,
    );
  });
});

describe('dispose', () => {
  const GONE = 'this tensor was disposed of; it can no longer be used';

  test('gives memory back at once, twice does no harm', () => {
    const x = torch.ones(2 ** 20);
    const before = torch.memory.stats().liveBytes;
    x.dispose();
    x[Symbol.dispose]();
    expect(torch.memory.stats().liveBytes).toBe(before - 4 * MB);
  });

  test('every use afterwards is refused', () => {
    const x = torch.ones(1);
    x.dispose();
    const uses: (() => unknown)[] = [
      () => x.item(),
      () => x.tolist(),
      () => x.toTypedArray(),
      () => String(x),
      () => x.add(1),
      () => x.add_(1),
      () => torch.ones(1).mul(x),
      () => torch.cat([x, x]),
      () => x.t(),
      () => x[0],
      () => x.stride(),
      () => x.share(),
      () => x.detach(),
      () => [...x],
    ];
    for (const use of uses) {
      expect(use).toThrow(GONE);
      expect(use).toThrow(torch.RuntimeError);
    }
    expect(x.shape).toEqual(torch.ones(1).shape);
  });

  test('a view keeps the memory of what it was made from', () => {
    const x = torch.arange(6);
    const view = x.view(2, 3);
    x.dispose();
    expect(view.tolist()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  test('a saved tensor that was disposed of is missed by backward', () => {
    const x = torch.ones(2, { requires_grad: true });
    const y = x.exp();
    const loss = y.sum();
    y.dispose();
    expect(() => loss.backward()).toThrow(GONE);
  });
});
