/** Graphs as large as a training run makes them by mistake, and what becomes of them. */
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import * as torch from 'strided';
import { inChild, library } from './child';

type Tensor = torch.Tensor;

test('a chain of a million nodes runs forward and backward in a flat stack', () => {
  const x = torch.ones(1, { requires_grad: true });
  let y: Tensor = x;
  for (let i = 0; i < 1_000_000; i++) y = y.add(0.1);
  y.backward();
  expect(x.grad?.item()).toBe(1);
  const [second] = torch.autograd.grad(y.mul(y), x, { create_graph: true });
  expect(second?.grad_fn).not.toBeNull();
}, 120_000);

test('a graph of a million nodes that is dropped without backward is freed', async () => {
  const { held, left, tensors } = await inChild(
    (t) => {
      const gc = (globalThis as any).gc as () => void;
      gc();
      const before = process.memoryUsage().heapUsed;
      const alive = t.memory.stats().tensors;
      let held = 0;
      (() => {
        let y: any = t.ones(1, { requires_grad: true });
        for (let i = 0; i < 1_000_000; i++) y = y.add(0.1);
        gc();
        held = process.memoryUsage().heapUsed - before;
        return y.numel();
      })();
      t.memory.collect();
      gc();
      return { held, left: process.memoryUsage().heapUsed - before, tensors: t.memory.stats().tensors - alive };
    },
    { flags: ['--expose-gc'] },
  );
  expect(held).toBeGreaterThan(100e6); // the graph was there
  expect(left).toBeLessThan(5e6);
  expect(tensors).toBeLessThan(100);
}, 120_000);

test('cycles through hooks do not leak', async () => {
  const grown = await inChild((t, { grown }) => {
    for (let i = 0; i < 600; i++) {
      const x = t.ones(2 ** 18, { requires_grad: true }); // 1 MB
      const y = x.mul(2);
      const z = y.mul(y);
      // Each hook holds the tensors that hold its node.
      y.register_hook((g) => (z.numel() > 0 ? g : g.mul(0)));
      x.register_post_accumulate_grad_hook(() => void z.numel());
      y.grad_fn?.register_hook(() => void z.numel());
      y.retain_grad();
      if (i % 2 === 0) z.sum().backward();
    }
    return grown();
  });
  expect(grown).toBeLessThan(400e6); // 600 rounds make 3 GB
}, 120_000);

const tick = () => new Promise<void>((done) => setImmediate(done));
const hooks = { pack: (t: Tensor) => ({ t }), unpack: (kept: { t: Tensor }) => kept.t };
/** Whether tensors saved now pass through hooks. */
const packs = () =>
  torch.inference_mode(false, () => {
    const x = torch.ones(1, { requires_grad: true });
    return x.mul(x).grad_fn?._saved_self !== x;
  });
const modes = () => ({
  grad: torch.is_grad_enabled(),
  inference: torch.is_inference_mode_enabled(),
  anomaly: torch.autograd.is_anomaly_enabled(),
  hooks: packs(),
});
const usual = { grad: true, inference: false, anomaly: false, hooks: false };

test.each<[string, (fn: () => Promise<unknown>) => Promise<unknown>, Partial<typeof usual>]>([
  ['no_grad', (fn) => torch.no_grad(fn), { grad: false }],
  ['set_grad_enabled', (fn) => torch.set_grad_enabled(false, fn), { grad: false }],
  ['inference_mode', (fn) => torch.inference_mode(fn), { grad: false, inference: true }],
  ['detect_anomaly', (fn) => torch.autograd.detect_anomaly(fn), { anomaly: true }],
  [
    'saved_tensors_hooks',
    (fn) => torch.autograd.graph.saved_tensors_hooks(hooks.pack, hooks.unpack, fn),
    { hooks: true },
  ],
])('%s holds for its task across await, and for no other task or thread', async (_, enter, change) => {
  const inside: unknown[] = [];
  const task = enter(async () => {
    inside.push(modes());
    await tick();
    inside.push(modes());
    await Promise.all([tick(), tick()]);
    inside.push(modes());
    const script = `const t = require(${JSON.stringify(library)});
      require('node:worker_threads').parentPort.postMessage([t.is_grad_enabled(), t.is_inference_mode_enabled(), t.autograd.is_anomaly_enabled()]);`;
    const worker = new Worker(script, { eval: true });
    inside.push(await new Promise((done, failed) => worker.on('message', done).on('error', failed)));
  });
  const outside: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    outside.push(modes());
    await tick();
  }
  await task;
  const wanted = { ...usual, ...change };
  expect(inside).toEqual([wanted, wanted, wanted, [true, false, false]]);
  expect(outside).toEqual(new Array(4).fill(usual));
  expect(modes()).toEqual(usual);
});

test('tensors of inference mode are made in its task only', async () => {
  const task = torch.inference_mode(async () => {
    await tick();
    return torch.ones(1).is_inference();
  });
  const other = (async () => {
    await tick();
    return torch.ones(1).is_inference();
  })();
  expect([await task, await other, torch.ones(1).is_inference()]).toEqual([true, false, false]);
});

/** The statements of a picture that are nodes or edges, as Graphviz's grammar has them. */
const STATEMENT = /^ {2}\w+( -> \w+)?( \[(\w+="(\\.|[^"\\])*"|\w+=\w+)(, (\w+="(\\.|[^"\\])*"|\w+=\w+))*\])?;$/;

test('graphviz draws the picture of a graph', () => {
  const net = new torch.nn.Linear(2, 1);
  const loss = net(torch.ones(3, 2)).relu().sum();
  const dot = torch.utils.graphviz(loss, { params: [...net.named_parameters(), ['a "name"\\', torch.ones(1)]] });
  const [first, , ...rest] = dot.trimEnd().split('\n');
  expect([first, rest.pop()]).toEqual(['digraph {', '}']);
  expect(rest.filter((line) => !STATEMENT.test(line))).toEqual([]);
  const { error, status, stdout, stderr } = spawnSync('dot', ['-Tplain'], { input: dot, encoding: 'utf8' });
  if (error) {
    // .ci/run installs Graphviz where it can, and says so where it cannot.
    expect((error as NodeJS.ErrnoException).code).toBe('ENOENT');
    expect(process.env.STRIDED_NEEDS_DOT).toBeUndefined();
    return;
  }
  expect([status, stderr]).toEqual([0, '']);
  for (const label of ['SumBackward0', 'ReluBackward0', 'weight\\n(1, 2)', 'bias\\n(1)'])
    expect(stdout).toContain(label);
  expect(stdout.match(/^edge /gm)?.length).toBe(dot.match(/ -> /g)?.length);
});
