/** torch.memory: what tensors hold, and handing it back. */
import { ValueError } from './errors.js';
import { binary } from './native.js';

export interface MemoryStats {
  /** Bytes in live tensors, of the whole process. */
  readonly liveBytes: number;
  /** The most that liveBytes has been. */
  readonly peakBytes: number;
  /** Bytes kept for reuse. */
  readonly pooledBytes: number;
  /** What setLimit() set; 0: none. */
  readonly limitBytes: number;
  readonly allocations: number;
  /** Tensors that this thread's JavaScript holds or that wait to be collected. */
  readonly tensors: number;
  /** Collections that strided asked V8 for, and how many of them were full ones. */
  readonly collections: number;
  readonly fullCollections: number;
}

/**
 * Counts of this process's tensor memory.
 * @example
 * const x = torch.ones(1000);
 * torch.memory.stats().liveBytes >= x.nbytes; // true
 */
export function stats(): MemoryStats {
  return binary.stats() as unknown as MemoryStats;
}

/**
 * Refuses (RuntimeError) to hold more than `bytes` in tensors and pool together; 0 lifts the limit.
 * @example
 * torch.memory.setLimit(2 ** 30);
 * torch.memory.setLimit(0);
 */
export function setLimit(bytes: number): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0)
    throw new ValueError(`setLimit(): bytes must be a whole number >= 0, got ${bytes}`);
  binary.setLimit(bytes);
}

/**
 * Hands pooled memory back to the system.
 * @example
 * torch.memory.emptyCache();
 */
export function emptyCache(): void {
  binary.emptyCache();
}

/**
 * Collects garbage now, with V8's full collection, and releases the memory of all tensors that are no longer reachable.
 * @example
 * torch.memory.collect();
 */
export function collect(): void {
  binary.collect();
}

/**
 * Starts counting peakBytes anew.
 * @example
 * torch.memory.resetPeak();
 * torch.memory.stats().peakBytes === torch.memory.stats().liveBytes; // true
 */
export function resetPeak(): void {
  binary.resetPeak();
}

/**
 * Tells the pacer that a training step has ended: what it made is garbage now. @internal
 * @example
 * torch.memory.stepEnded();
 */
export function stepEnded(): void {
  binary.hint();
}
