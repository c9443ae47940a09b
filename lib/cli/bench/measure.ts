/** How a figure is taken. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as torch from '../../index.js';
import { type ProcessWorkload, prepare, type Workload } from './workload.js';

export interface Figures {
  min: number;
  median: number;
}

/** Milliseconds that a batch of calls takes, about. */
const TARGET = 20;
const REPEATS = 15;

/** Milliseconds until the compiler has seen calls of less than a millisecond often enough. */
const WARM_UP = 600;

/** Microseconds of one call: batches of about 20 ms, 15 times. */
export function timeCall(call: () => unknown): Figures {
  call();
  const end = performance.now() + WARM_UP;
  let spent = elapsed(call, 1);
  while (spent < 1 && performance.now() < end) spent = elapsed(call, 50) / 50;
  // Grown step by step: the first calls run before the compiler has seen them, and would give a batch far too small.
  let batch = 1;
  for (let spent = elapsed(call, 1); spent < TARGET / 2; spent = elapsed(call, batch)) {
    batch = Math.ceil(batch * Math.min(10, TARGET / spent));
  }
  return summary(Array.from({ length: REPEATS }, () => (elapsed(call, batch) / batch) * 1e3));
}

export function measureWorkload(workload: Workload): Figures {
  // What earlier workloads left neither counts nor helps.
  torch.memory.collect();
  torch.memory.emptyCache();
  const call = prepare(workload);
  return torch.set_grad_enabled(workload.grad, () => timeCall(call));
}

/** Runs a workload in a process of its own. */
export function measureProcess({ name }: ProcessWorkload): Figures {
  const args = [join(__dirname, 'workload-process.js'), name, String(torch.get_num_threads())];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`its process ended with ${signal ?? `code ${status}`}: ${stderr.trim()}`);
  return summary(JSON.parse(stdout) as number[]);
}

export function summary(samples: number[]): Figures {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { min: sorted[0]!, median };
}

function elapsed(call: () => unknown, times: number): number {
  const start = performance.now();
  for (let i = 0; i < times; i++) call();
  return performance.now() - start;
}
