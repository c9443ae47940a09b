/** Threads: the library loads in any number of them, they end at any time, and hand tensors to each other. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as torch from 'strided';
import { inChild } from './child';

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

test('an interrupt ends a process in the middle of long ops', async () => {
  const script = `
    const torch = require(${JSON.stringify(join(__dirname, '..', '..', 'dist', 'index.js'))});
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
