/** `npm run bench [-- words]`: how long ops take, best of several runs; with words, the cases whose name contains one. */

import { cpus } from 'node:os';
import * as torch from 'strided';

interface Case {
  name: string;
  /** What one call does, for the last column: bytes moved or floating point operations. */
  work?: { amount: number; unit: 'B' | 'FLOP' };
  /** Prepares the operands and returns the call to be timed. */
  prepare(): () => unknown;
}

const MB = 4 * 1024 * 1024;

function square(n: number, count = 2): torch.Tensor[] {
  return Array.from({ length: count }, () => torch.randn(n, n));
}

const cases: Case[] = [
  {
    name: 'x.add(2), 4 elements',
    prepare() {
      const x = torch.ones(4);
      return () => x.add(2);
    },
  },
  {
    name: 'x.add(2), 4 elements, with grad',
    prepare() {
      const x = torch.ones(4, { requires_grad: true });
      return () => x.add(2);
    },
  },
  {
    name: 'x.t()',
    prepare() {
      const x = torch.ones(4, 4);
      return () => x.t();
    },
  },
  {
    name: 'x.mul(2).sum().backward(), 4 elements',
    prepare() {
      const x = torch.ones(4, { requires_grad: true });
      return () => x.mul(2).sum().backward();
    },
  },
  ...[MB / 64, MB * 4].map((n) => ({
    name: `x.add(y), ${n} elements`,
    work: { amount: 12 * n, unit: 'B' as const },
    prepare() {
      const [x, y] = [torch.randn(n), torch.randn(n)];
      return () => x.add(y);
    },
  })),
  {
    name: `x.exp(), ${MB} elements`,
    work: { amount: 8 * MB, unit: 'B' },
    prepare() {
      const x = torch.randn(MB);
      return () => x.exp();
    },
  },
  {
    name: `x.sum(), ${MB * 4} elements`,
    work: { amount: 16 * MB, unit: 'B' },
    prepare() {
      const x = torch.randn(MB * 4);
      return () => x.sum();
    },
  },
  ...[64, 256, 1024].map((n) => ({
    name: `x.matmul(y), ${n} x ${n}`,
    work: { amount: 2 * n ** 3, unit: 'FLOP' as const },
    prepare() {
      const [x, y] = square(n);
      return () => x.matmul(y);
    },
  })),
  {
    name: 'a training step, 784-512-256-10, batch 128, SGD',
    work: { amount: 6 * 128 * (784 * 512 + 512 * 256 + 256 * 10), unit: 'FLOP' },
    prepare() {
      const { Sequential, Linear, ReLU } = torch.nn;
      const net = new Sequential(
        new Linear(784, 512),
        new ReLU(),
        new Linear(512, 256),
        new ReLU(),
        new Linear(256, 10),
      );
      const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.01 });
      const x = torch.randn(128, 784);
      const y = torch.randint(0, 10, [128]);
      return () => {
        optimizer.zero_grad();
        torch.nn.functional.cross_entropy(net(x), y).backward();
        optimizer.step();
      };
    },
  },
];

/** Seconds of one call: the best of rounds that together take about half a second. */
function time(call: () => unknown): number {
  let calls = 1;
  let best = Infinity;
  for (let spent = 0; spent < 0.5; ) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) call();
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    spent += seconds;
    best = Math.min(best, seconds / calls);
    // Rounds long enough for the clock.
    if (seconds < 0.01) calls *= 2;
  }
  return best;
}

function duration(seconds: number): string {
  if (seconds < 1e-6) return `${(seconds * 1e9).toFixed(0)} ns`;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(2)} us`;
  return `${(seconds * 1e3).toFixed(2)} ms`;
}

const words = process.argv.slice(2);
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, ${torch.get_num_threads()} threads, Node ${process.versions.node}`);
for (const { name, work, prepare } of cases) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  const seconds = time(prepare());
  const rate = work ? `${(work.amount / seconds / 1e9).toFixed(1).padStart(8)} G${work.unit}/s` : '';
  console.log(`${name.padEnd(50)} ${duration(seconds).padStart(12)} ${rate}`.trimEnd());
}
