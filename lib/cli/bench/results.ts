/** Results: the lines of --json, and reading them back. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../usage-error.js';
import type { Work } from './workload.js';

export interface Result {
  name: string;
  unit: string;
  min: number;
  median: number;
  work?: Work;
}

/** A line of --json: numbers to six digits. */
export function toLine({ name, unit, min, median, work }: Result): string {
  return JSON.stringify({ name, unit, min: rounded(min), median: rounded(median), work });
}

/** Reads such lines from a file; of a name that comes again the last counts. */
export function readResults(file: string): Map<string, Result> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`strided bench: cannot read ${file}: ${(error as Error).message}`);
  }
  const results = new Map<string, Result>();
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const result = parse(line);
    if (!result) throw new UsageError(`strided bench: ${file}:${i + 1} is no line of --json: ${line.slice(0, 60)}`);
    results.set(result.name, result);
  });
  return results;
}

function parse(line: string): Result | undefined {
  try {
    const result = JSON.parse(line) as Partial<Result> | null;
    const whole =
      typeof result?.name === 'string' && typeof result.min === 'number' && typeof result.median === 'number';
    return whole ? (result as Result) : undefined;
  } catch {
    return undefined;
  }
}

const GROUPS: [RegExp, string][] = [
  [/^(add|exp|tanh|gelu|sum)\/16777216$/, 'element-wise, sum: 16,777,216'],
  [/^(add|exp|tanh|gelu|sum)\//, 'element-wise, sum: to 1,048,576'],
  [/^(sort|topk)\//, 'sort, topk'],
  [/^(matmul\w*|linear|matvec|bmm)\//, 'products'],
  [/^conv2d/, 'convolutions'],
  [/^(overhead|attention|linalg|train|memory)\//, ''],
];

/** What a workload is summed up with: those whose figures have the same limits. */
export function groupOf(name: string): string {
  const group = GROUPS.find(([pattern]) => pattern.test(name));
  if (!group) return 'rows and movement';
  return group[1] || name.slice(0, name.indexOf('/'));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
