/** memory/*: what loops that dispose of nothing hold and cost; each in a process of its own. */
import * as torch from '../../../index.js';
import { peakRss } from '../machine.js';
import type { ProcessWorkload } from '../workload.js';
import { microMlpStep } from './overhead.js';

const MB = 1e6;
const ELEMENTS = 1 << 20;
const HELD = 20;

/** The most that the process held while `body` ran, over what it holds now, in MB. */
function growth(body: () => void): number {
  const before = process.memoryUsage.rss();
  body();
  return Math.max(0, peakRss() - before) / MB;
}

/** A step that holds 20 temporaries of 4 MB until its end, and then may dispose of them. */
function heldStep(): (dispose: boolean) => void {
  const x = torch.randn(ELEMENTS);
  return (dispose) => {
    const held: torch.Tensor[] = [];
    for (let i = 0; i < HELD; i++) held.push(x.add(i));
    if (dispose) for (const tensor of held) tensor.dispose();
  };
}

/** The same with 20 recorded ops and a backward pass. */
function recordedStep(): (dispose: boolean) => void {
  const x = torch.randn(ELEMENTS, { requires_grad: true });
  return (dispose) => {
    const held: torch.Tensor[] = [];
    x.grad = null;
    let y: torch.Tensor = x;
    for (let i = 0; i < HELD; i++) {
      y = y.mul(0.99);
      held.push(y);
    }
    y.sum().backward();
    if (dispose) for (const tensor of held) tensor.dispose();
  };
}

/** Time of steps that leave everything to the collector, divided by that of steps that dispose: best of five each. */
function timeRatio(step: (dispose: boolean) => void): number[] {
  const best = [Infinity, Infinity];
  // In turns, so that a busy neighbour disturbs both alike; the first round warms up.
  for (let round = 0; round <= 5; round++) {
    [false, true].forEach((dispose, i) => {
      const start = performance.now();
      repeat(40, () => step(dispose));
      if (round > 0) best[i] = Math.min(best[i]!, performance.now() - start);
    });
  }
  return [best[0]! / best[1]!];
}

/** About 140 MB of small JavaScript objects. */
function javaScriptHeap(): object[] {
  const objects: object[] = [];
  while (process.memoryUsage().heapUsed < 140 * MB) {
    for (let i = 0; i < 10_000; i++) objects.push({ i, next: objects.at(-1) });
  }
  return objects;
}

/** A million small tensors, made in 50 bursts, until the memory of all is free again: microseconds of each. */
function life(): number[] {
  const [bursts, burst] = [50, 20_000];
  const x = torch.randn(4);
  const before = torch.memory.stats().liveBytes;
  return Array.from({ length: 5 }, () => {
    const start = performance.now();
    for (let i = 0; i < bursts; i++) repeat(burst, () => x.add(1));
    // A handful of the last ones may wait for their neighbours.
    while (torch.memory.stats().liveBytes > before + 1024) torch.memory.collect();
    return ((performance.now() - start) * 1e3) / (bursts * burst);
  });
}

/** A million small tensors that are alive together, and the memory of those before them is used again. */
function lifeTogether(): number[] {
  const count = 1_000_000;
  const x = torch.randn(4);
  return Array.from({ length: 5 }, () => {
    const start = performance.now();
    const alive: torch.Tensor[] = [];
    for (let i = 0; i < count; i++) alive.push(x.add(1));
    return ((performance.now() - start) * 1e3) / count;
  });
}

export const memory: ProcessWorkload[] = [
  {
    name: 'memory/held_500x20x4MB',
    unit: 'MB',
    run: () => {
      const step = heldStep();
      return [growth(() => repeat(500, () => step(false)))];
    },
  },
  { name: 'memory/held_time', unit: 'x', run: () => timeRatio(heldStep()) },
  { name: 'memory/held_time_recorded', unit: 'x', run: () => timeRatio(recordedStep()) },
  {
    name: 'memory/held_time_beside_140MB_heap',
    unit: 'x',
    run: () => {
      const objects = javaScriptHeap();
      const ratios = timeRatio(heldStep());
      // Still in use here, so the collector had to trace them all along.
      return objects.length > 0 ? ratios : [];
    },
  },
  { name: 'memory/life_of_1000000', unit: 'us', run: life },
  { name: 'memory/life_of_1000000_together', unit: 'us', run: lifeTogether },
  {
    name: 'memory/small_adds_30000000',
    unit: 'MB',
    run: () => {
      const x = torch.randn(4);
      return [growth(() => repeat(30_000_000, () => x.add(2)))];
    },
  },
  {
    name: 'memory/micro_mlp_100000',
    unit: 'MB',
    run: () => {
      const step = microMlpStep();
      return [growth(() => repeat(100_000, step))];
    },
  },
];

function repeat(times: number, call: () => unknown): void {
  for (let i = 0; i < times; i++) call();
}
