/** What people read: the rows of a run, and the table of a comparison. */
import type { Limits } from './machine.js';
import { groupOf, type Result } from './results.js';

/** Bytes from which on a copy of 64 MB is what a rate is held against. */
const LARGE = 32e6;
const NAME = 36;

/** 0.31 us, 12.4 us, 1,138 us: three digits that count. */
export function figure(value: number, unit: string): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.01 ? 3 : 5;
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

export const HEADER = columns('', ['min', 'median']);

/** A row of a run: the figures of a call, and the rate beside what a copy, or a loop in registers, reaches. */
export function row(result: Result, limits: Limits = {}): string {
  const { name, unit, min, median } = result;
  return `${columns(name, [figure(min, unit), figure(median, unit)])}  ${rate(result, limits)}`.trimEnd();
}

function rate({ work, min }: Result, { copies, peak }: Limits): string {
  if (!work) return '';
  if ('flop' in work) {
    const reached = work.flop / (min * 1e3);
    const text = `${reached.toFixed(1).padStart(7)} GFLOP/s`;
    return peak ? `${text}  ${Math.round((100 * reached) / peak)} % of the peak` : text;
  }
  if (!('bytes' in work)) return '';
  const reached = work.bytes / (min * 1e3);
  const text = `${reached.toFixed(1).padStart(7)} GB/s`;
  if (!copies) return text;
  const copy = work.bytes >= LARGE ? copies.large : copies.small;
  return `${text}  ${Math.round((100 * reached) / copy)} % of a copy`;
}

/**
 * The table of two runs, by groups: both minima and theirs divided by ours, above 1 where we are faster, with the
 * geometric mean of each group; then what only one side has.
 */
export function comparison(ours: Map<string, Result>, theirs: Map<string, Result>, color: boolean): string {
  const groups = new Map<string, { name: string; row: string; ratio: number }[]>();
  for (const [name, { min, unit }] of ours) {
    const other = theirs.get(name);
    if (!other) continue;
    const ratio = other.min / min;
    const text = columns(name, [figure(min, unit), figure(other.min, other.unit), painted(ratio, color)]);
    const rows = groups.get(groupOf(name)) ?? [];
    rows.push({ name, row: text, ratio });
    groups.set(groupOf(name), rows);
  }
  const blocks = [...groups].map(([group, rows]) => {
    const mean = Math.exp(rows.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / rows.length);
    const head = columns(group, ['ours', 'theirs', 'ratio']);
    return [head, ...rows.map((each) => each.row), columns('geometric mean', ['', '', painted(mean, color)])].join(
      '\n',
    );
  });
  const alone = [lacking('only ours', ours, theirs), lacking('only theirs', theirs, ours)].filter(Boolean);
  return [...blocks, ...alone].join('\n\n');
}

function lacking(title: string, here: Map<string, Result>, there: Map<string, Result>): string {
  const names = [...here.keys()].filter((name) => !there.has(name));
  return names.length > 0 ? `${title}: ${names.join(', ')}` : '';
}

/** A ratio in green from 1 on, else in red. */
function painted(ratio: number, color: boolean): string {
  const text = ratio.toFixed(2).padStart(8);
  return color ? `\x1b[${ratio >= 1 ? 32 : 31}m${text}\x1b[0m` : text;
}

function columns(name: string, cells: string[]): string {
  return `${name.padEnd(NAME)}${cells.map((cell) => cell.padStart(15)).join('')}`;
}
