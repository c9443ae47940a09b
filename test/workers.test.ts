/** Threads: the library loads in any number of them, they end at any time, and hand tensors to each other. */
import { spawn, spawnSync } from 'node:child_process';
import * as torch from 'strided';
import { inChild, library } from './child';

test('workers compute side by side', async () => {
  const sums = await inChild(async (_, { library }) => {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const code = `
      const torch = require(${JSON.stringify(library)});
      let x = torch.zeros(1000);
      for (let i = 0; i < 3000; i++) x = x.add(1);
      const a = torch.ones(200, 200);
      require('node:worker_threads').parentPort.postMessage(x.sum().item() + a.matmul(a).sum().item());`;
    const work = () =>
      new Promise((resolve, reject) => {
        new Worker(code, { eval: true }).on('message', resolve).on('error', reject);
      });
    return Promise.all(Array.from({ length: 8 }, work));
  });
  expect(sums).toEqual(new Array(8).fill(3e6 + 8e6));
});

test('workers are terminated in the middle of an op, round after round', async () => {
  const sum = await inChild(async (t, { library, sleep }) => {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const code = `
      const torch = require(${JSON.stringify(library)});
      const x = torch.ones(300, 300, { requires_grad: true });
      const view = new Float32Array(1000);
      const over = torch.fromTypedArray(view), out = torch.ones(10).toTypedArray();
      torch.ones(10).share();
      require('node:worker_threads').parentPort.postMessage('ready');
      for (;;) { x.matmul(x).exp().sum().backward(); over.add(1); }`;
    for (let round = 0; round < 5; round++) {
      const workers = Array.from({ length: 4 }, () => new Worker(code, { eval: true }));
      await Promise.all(workers.map((worker) => new Promise((ready) => worker.once('message', ready))));
      await sleep(10 + 7 * round);
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    return t.ones(100, 100).matmul(t.ones(100, 100)).sum().item();
  });
  expect(sum).toBe(1e6);
});

test('many workers load the addon at the same moment, before the main thread, and end by themselves', () => {
  const count = 12;
  const work = `
    const { workerData: { gate, index }, parentPort } = require('node:worker_threads');
    if (Atomics.add(gate, 0, 1) === ${count - 1}) Atomics.notify(gate, 0);
    for (let seen; (seen = Atomics.load(gate, 0)) < ${count}; ) Atomics.wait(gate, 0, seen, 10);
    const torch = require(${JSON.stringify(library)});
    const w = torch.full([50, 50], index, { dtype: torch.float32, requires_grad: true });
    for (let i = 0; i < 20; i++) w.matmul(w).sum().backward();
    parentPort.postMessage(w.grad.sum().item());`;
  const script = `
    const { Worker } = require('node:worker_threads');
    const gate = new Int32Array(new SharedArrayBuffer(4));
    const start = (_, index) => new Promise((done) => {
      const worker = new Worker(${JSON.stringify(work)}, { eval: true, workerData: { gate, index } });
      let sum;
      worker.on('message', (value) => { sum = value; });
      worker.on('exit', (code) => done([sum, code]));
    });
    Promise.all(Array.from({ length: ${count} }, start)).then((results) => console.log(JSON.stringify(results)));`;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  // d sum(w w) / d w is 2 n w in every place where all of w are alike.
  const sums = Array.from({ length: count }, (_, index) => [20 * 2 * 50 * index * 2500, 0]);
  expect(JSON.parse(stdout)).toEqual(sums);
});

describe('the memory of a worker is given back', () => {
  test.each([
    ['that ends by itself', '', 0],
    ['that calls process.exit()', 'process.exit(3);', 3],
    ['that fails', "throw new Error('over');", 1],
    ['that is terminated while it waits', 'setInterval(() => {}, 1e6);', 1],
    ['that is terminated in the middle of an op', 'for (;;) held[0].add(1);', 1],
  ])('%s', async (_, end, exitCode) => {
    const { codes, held, left } = await inChild(
      async (t, { library, sleep }) => {
        const { Worker } = process.getBuiltinModule('node:worker_threads');
        const end = process.env.WORKER_END as string;
        const code = `
          const torch = require(${JSON.stringify(library)});
          const { parentPort } = require('node:worker_threads');
          const x = torch.ones(2 ** 20, { requires_grad: true });
          globalThis.held = [x.exp().sin(), torch.ones(2 ** 20), torch.ones(2 ** 20).toTypedArray()];
          held[0].sum().backward({ retain_graph: true });
          parentPort.once('message', () => { ${end} });
          parentPort.postMessage('ready');`;
        const codes: number[] = [];
        const before = t.memory.stats().liveBytes;
        let held = Number.POSITIVE_INFINITY;
        for (let round = 0; round < 3; round++) {
          const worker = new Worker(code, { eval: true });
          const exit = new Promise<number>((done) => worker.once('exit', done));
          worker.on('error', () => {});
          await new Promise((ready) => worker.once('message', ready));
          held = Math.min(held, t.memory.stats().liveBytes - before);
          worker.postMessage('go');
          if (/set|for/.test(end)) await sleep(30).then(() => worker.terminate());
          codes.push(await exit);
        }
        return { codes, held, left: t.memory.stats().liveBytes - before };
      },
      { env: { WORKER_END: end } },
    );
    expect(codes).toEqual([exitCode, exitCode, exitCode]);
    // x, its gradient, both of the graph's results, and the two others.
    expect(held).toBeGreaterThanOrEqual(6 * 2 ** 22);
    expect(left).toBe(0);
  });
});

test('an interrupt ends a process in the middle of long ops', async () => {
  const script = `
    const torch = require(${JSON.stringify(library)});
    const x = torch.ones(500, 500);
    process.stdout.write('ready');
    for (;;) x.matmul(x);`;
  const child = spawn(process.execPath, ['-e', script]);
  child.stdout.once('data', () => child.kill('SIGINT'));
  const signal = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)));
  expect(signal).toBe('SIGINT');
});

describe('share', () => {
  test('hands memory over in both directions without copying it', async () => {
    const result = await inChild(async (t, { library }) => {
      const { Worker } = process.getBuiltinModule('node:worker_threads');
      const code = `
        const torch = require(${JSON.stringify(library)});
        const { parentPort } = require('node:worker_threads');
        parentPort.once('message', (handle) => {
          const x = torch.fromShared(handle);
          x.mul_(10);
          parentPort.postMessage(torch.arange(6).double().view(2, 3).t().share());
        });`;
      const x = t.arange(4).float();
      const worker = new Worker(code, { eval: true });
      const answer = new Promise<torch.SharedTensor>((resolve) => worker.once('message', resolve));
      worker.postMessage(x.share());
      const handle = await answer;
      await worker.terminate();
      t.memory.collect();
      const back = t.fromShared(handle);
      return { x: x.tolist(), back: back.tolist(), dtype: String(back.dtype), stride: back.stride() };
    });
    expect(result).toEqual({
      x: [0, 10, 20, 30],
      back: [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
      dtype: 'torch.float64',
      stride: [1, 3],
    });
  });

  test('a thread that receives much and drops it does not grow', async () => {
    const grown = await inChild(async (t, { library, grown }) => {
      const { Worker } = process.getBuiltinModule('node:worker_threads');
      const code = `
        const torch = require(${JSON.stringify(library)});
        const { parentPort } = require('node:worker_threads');
        parentPort.on('message', () => parentPort.postMessage(torch.ones(2 ** 20).share()));`;
      const worker = new Worker(code, { eval: true });
      for (let i = 0; i < 500; i++) {
        worker.postMessage('next');
        const handle = await new Promise<torch.SharedTensor>((resolve) => worker.once('message', resolve));
        if (t.fromShared(handle)[1].item() !== 1) throw new Error('wrong values');
      }
      await worker.terminate();
      return grown();
    });
    expect(grown).toBeLessThan(400 * 2 ** 20);
  });

  test('a handle survives structured cloning and is received once', () => {
    const x = torch.ones(2, 3);
    const handle = structuredClone(x.share());
    expect(handle.shape).toEqual([2, 3]);
    const y = torch.fromShared(handle);
    expect(y.shape).toEqual(x.shape);
    y.fill_(7);
    expect(x[1][2].item()).toBe(7);
    expect(() => torch.fromShared(handle)).toThrow(
      new torch.RuntimeError(
        'fromShared(): this handle was already received or released; call share() once for each thread that is to have the tensor',
      ),
    );
  });

  test('a handle holds the memory until it is received or released', () => {
    const { liveBytes } = torch.memory.stats();
    const x = torch.ones(2 ** 20);
    const handle = x.share();
    x.dispose();
    expect(torch.memory.stats().liveBytes).toBeGreaterThanOrEqual(liveBytes + 2 ** 22);
    torch.releaseShared(handle);
    torch.releaseShared(handle);
    expect(torch.memory.stats().liveBytes).toBeLessThan(liveBytes + 2 ** 22);
    expect(() => torch.fromShared(handle)).toThrow('already received or released');
  });

  test('memory of a typed array, other processes and other things are refused', () => {
    expect(() => torch.fromTypedArray(new Float32Array(3)).share()).toThrow(
      new torch.RuntimeError(
        'share(): the memory of this tensor belongs to a typed array of this thread; share a clone() of it, or send the ' +
          'SharedArrayBuffer itself',
      ),
    );
    const handle = torch.ones(2).share();
    expect(() => torch.fromShared({ ...handle, pid: handle.pid + 1 })).toThrow(
      'fromShared(): this handle comes from another process',
    );
    for (const wrong of [{ shape: [1e9] }, { shape: [-1] }, { shape: ['x'] }, { shape: [] }, { dtype: 'int32' }])
      expect(() => torch.fromShared({ ...handle, ...wrong } as never)).toThrow(
        new torch.RuntimeError('fromShared(): expected what tensor.share() gave, unchanged'),
      );
    expect(() => torch.fromShared({} as never)).toThrow(
      new torch.TypeError('fromShared(): expected what tensor.share() gave'),
    );
    torch.releaseShared(handle);
  });
});

test('a tensor over a SharedArrayBuffer is seen by all threads, and keeps it alive', async () => {
  const seen = await inChild(async (t, { library }) => {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const code = `
      const torch = require(${JSON.stringify(library)});
      const { workerData, parentPort } = require('node:worker_threads');
      torch.fromTypedArray(new Float32Array(workerData)).add_(5);
      parentPort.postMessage('done');`;
    const over = (() => {
      const buffer = new SharedArrayBuffer(4096);
      return {
        tensor: t.fromTypedArray(new Float32Array(buffer)),
        worker: new Worker(code, { eval: true, workerData: buffer }),
      };
    })();
    await new Promise((resolve) => over.worker.once('message', resolve));
    t.memory.collect();
    for (let i = 0; i < 100; i++) new Float32Array(new SharedArrayBuffer(4096)).fill(9);
    return [over.tensor.sum().item(), over.tensor.toTypedArray()[1023]];
  });
  expect(seen).toEqual([5 * 1024, 5]);
});
