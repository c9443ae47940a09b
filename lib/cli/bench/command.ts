/** `strided bench`: chooses workloads, measures them one after the other and prints what came out. */
import * as torch from '../../index.js';
import { UsageError } from '../usage-error.js';
import { describeMachine, type Limits, measureCopies, measurePeak } from './machine.js';
import { measureProcess, measureWorkload } from './measure.js';
import { parseOptions, USAGE } from './options.js';
import { comparison, HEADER, row } from './report.js';
import { type Result, readResults, toLine } from './results.js';
import { lacking, type ProcessWorkload, type Workload } from './workload.js';
import { autograd } from './workloads/autograd.js';
import { elementwise } from './workloads/elementwise.js';
import { factorizations } from './workloads/factorizations.js';
import { memory } from './workloads/memory.js';
import { overhead } from './workloads/overhead.js';
import { products } from './workloads/products.js';
import { threads } from './workloads/threads.js';
import { training } from './workloads/training.js';

type Any = Workload | ProcessWorkload;

const workloads: Any[] = [
  ...overhead,
  ...autograd,
  ...elementwise,
  ...products,
  ...factorizations,
  ...training,
  ...memory,
  ...threads,
];

/** Runs the command and returns the exit code: 1 if a workload failed, not if the library lacks its op. */
export function bench(args: string[]): number {
  const options = parseOptions(args);
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const chosen = choose(options.only);
  if (options.list) return list(chosen);
  // Read before anything is measured: a wrong name should not cost minutes.
  const theirs = options.compare === undefined ? undefined : select(readResults(options.compare), options.only);
  if (theirs && options.from !== undefined) {
    print(comparison(select(readResults(options.from), options.only), theirs, hasColor(process.stdout)));
    return 0;
  }
  if (options.threads > 0) torch.set_num_threads(options.threads);

  const aside = options.json ? console.error : console.log;
  aside(describeMachine());
  const limits = options.json || theirs ? {} : measureLimits(chosen);
  if (!options.json && !theirs) print(HEADER);
  const ours = new Map<string, Result>();
  const failed = measureAll(theirs ? chosen.filter(({ name }) => theirs.has(name)) : chosen, aside, (result) => {
    if (options.json) print(toLine(result));
    else if (!theirs) print(row(result, limits));
    ours.set(result.name, result);
  });
  if (theirs) print(comparison(ours, theirs, hasColor(process.stdout)));
  return failed > 0 ? 1 : 0;
}

/** Measures each, hands on its result and says why where there is none; returns how many failed. */
function measureAll(chosen: Any[], aside: (text: string) => void, done: (result: Result) => void): number {
  let failed = 0;
  chosen.forEach((workload, i) => {
    const reason = whySkipped(workload);
    if (reason) return aside(`${workload.name}: ${reason}`);
    progress(`[${i + 1}/${chosen.length}] ${workload.name}`);
    try {
      const result = measure(workload);
      progress('');
      done(result);
    } catch (error) {
      progress('');
      failed++;
      aside(`${workload.name}: failed: ${(error as Error).message}`);
    }
  });
  return failed;
}

function measure(workload: Any): Result {
  const { name } = workload;
  if ('setup' in workload) return { name, unit: 'us', ...measureWorkload(workload), work: workload.work };
  return { name, unit: workload.unit, ...measureProcess(workload) };
}

function choose(only: string[]): Any[] {
  const chosen = workloads.filter(({ name }) => matches(name, only));
  if (chosen.length > 0) return chosen;
  throw new UsageError(
    `strided bench: no workload has ${only.map((word) => `'${word}'`).join(' or ')} in its name; strided bench --list shows them`,
  );
}

function select(results: Map<string, Result>, only: string[]): Map<string, Result> {
  return new Map([...results].filter(([name]) => matches(name, only)));
}

function matches(name: string, only: string[]): boolean {
  return only.length === 0 || only.some((word) => name.includes(word));
}

function list(chosen: Any[]): number {
  for (const workload of chosen) print([workload.name, whySkipped(workload)].filter(Boolean).join(': '));
  return 0;
}

/** Why a workload cannot run with this version of the library; empty if it can. */
function whySkipped(workload: Any): string {
  const names = 'setup' in workload ? lacking(workload) : [];
  return names.length > 0 ? `skipped, the library lacks ${names.map((name) => `torch.${name}`).join(', ')}` : '';
}

/** What copies and multiplications reach, where there are rates to be held against it. */
function measureLimits(chosen: Any[]): Limits {
  const has = (key: string) => chosen.some((workload) => 'work' in workload && key in workload.work);
  const limits: Limits = {};
  progress('measuring the machine');
  if (has('bytes')) limits.copies = measureCopies();
  if (has('flop')) limits.peak = measurePeak();
  progress('');
  if (limits.copies) {
    const { small, large } = limits.copies;
    print(`a copy reaches ${small.toFixed(1)} GB/s with 4 MB, ${large.toFixed(1)} GB/s with 64 MB`);
  }
  if (limits.peak) print(`a loop in registers reaches ${limits.peak.toFixed(1)} GFLOP/s in float32: the peak`);
  return limits;
}

/** The line that says what is being measured, on a terminal only; an empty text clears it. */
function progress(text: string): void {
  if (process.stderr.isTTY && !process.env.CI) process.stderr.write(`\r${text}\x1b[K`);
}

function hasColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR;
}

function print(text: string): void {
  console.log(text);
}
