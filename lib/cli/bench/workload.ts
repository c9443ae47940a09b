/** What a workload is, and the way to operations that a version of the library may lack. */
import * as torch from '../../index.js';

/** A call to be timed. */
export interface Workload {
  readonly name: string;
  /** What one call does: floating point operations, bytes read and written, or calls of the library. */
  readonly work: Work;
  /** Timed with gradients recorded. */
  readonly grad: boolean;
  /** Dotted names of what a version of the library may lack: the workload is skipped then. */
  readonly needs: string[];
  readonly setup: Setup;
}

/** Prepares the operands and returns the call; gets what the workload needs, untyped since it may not be there. */
export type Setup = (...needed: any[]) => () => unknown;

export type Work = { readonly flop: number } | { readonly bytes: number } | { readonly calls: number };

/** Something that is measured in a process of its own, since what is read is the whole process's memory, or other processes run beside. */
export interface ProcessWorkload {
  readonly name: string;
  readonly unit: 'MB' | 'x' | 'us';
  /** Returns the samples. */
  run(): number[];
}

/** What of a workload's needs the library lacks. */
export function lacking({ needs }: Workload): string[] {
  return needs.filter((path) => named(path) === undefined);
}

/** Prepares the operands of a workload whose needs are all there, and returns the call to be timed. */
export function prepare({ needs, setup }: Workload): () => unknown {
  return setup(...needs.map(named));
}

/** What the library has by a dotted name. */
function named(path: string): any {
  let value: any = torch;
  for (const name of path.split('.')) value = value?.[name];
  return value;
}

/** A workload timed without gradients. */
export function workload(name: string, work: Work, setup: Setup, needs: string[] = []): Workload {
  return { name, work, grad: false, needs, setup };
}

/** A workload timed with gradients recorded. */
export function recorded(name: string, work: Work, setup: Setup, needs: string[] = []): Workload {
  return { name, work, grad: true, needs, setup };
}

/** One step of training: gradients cleared, loss, gradients, update. */
export function trainStep(optimizer: { zero_grad(): void; step(): unknown }, lossOf: () => torch.Tensor): () => void {
  return () => {
    optimizer.zero_grad();
    lossOf().backward();
    optimizer.step();
  };
}
