/** The machine: what it is, how fast it copies, and how fast it multiplies. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import * as torch from '../../index.js';
import { timeCall } from './measure.js';

/** One line: processor, cores, kernels, threads, versions, and how busy the machine is already. */
export function describeMachine(): string {
  const threads = torch.get_num_threads();
  return [
    cpus()[0]?.model.trim() || 'unknown processor',
    `${availableParallelism()} cores`,
    `${torch._C.binary.isa} kernels`,
    `${threads} thread${threads === 1 ? '' : 's'}`,
    `strided ${torch.__version__}`,
    `Node ${process.versions.node}`,
    `${process.platform}-${process.arch}`,
    `load ${loadavg()[0]!.toFixed(1)}`,
  ].join(', ');
}

/** GB/s of a copy, reads and writes counted, of 4 MB (from and to the cache, on most machines) and of 64 MB. */
export interface CopyRates {
  small: number;
  large: number;
}

export function measureCopies(): CopyRates {
  const rate = (elements: number) => {
    const [to, from] = [torch.zeros(elements), torch.ones(elements)];
    return (8 * elements) / (timeCall(() => to.copy_(from)).min * 1e3);
  };
  return { small: rate(1 << 20), large: rate(1 << 24) };
}

/** GFLOP/s of float32 that a loop in registers alone reaches, with the threads in use. */
export function measurePeak(): number {
  return torch._C.binary.peakFlops() / 1e9;
}

/** What a run's rates are held against; a side that no workload needs is not measured. */
export interface Limits {
  copies?: CopyRates;
  peak?: number;
}

/** The most that this process has held so far, in bytes. */
export function peakRss(): number {
  if (process.platform === 'linux') {
    // Not maxRSS: there it starts with what the parent process held.
    const line = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line) return Number(line[1]) * 1024;
  }
  return process.resourceUsage().maxRSS * 1024;
}
