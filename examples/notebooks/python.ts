/** What the ported notebooks need of Python: `print`, `repr`, and cells that run in order. */

import * as torch from 'strided';

/** One cell of a notebook; what it returns is shown, as Jupyter shows the value of a cell's last expression. */
export type Cell = () => unknown;

/** Writes values as Python's `print` does: separated by blanks, strings as they are, anything else by `repr`. */
export function print(...values: unknown[]): void {
  const texts = values.map((value) => (typeof value === 'string' ? value : repr(value)));
  process.stdout.write(`${texts.join(' ')}\n`);
}

/**
 * The text that Python's `repr` gives for the counterpart of a JavaScript value: an array is a tuple, an object a dict.
 */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `(${value.map(repr).join(', ')}${value.length === 1 ? ',' : ''})`;
  if (value instanceof Map) return dict([...value]);
  if (isPlainObject(value)) return dict(Object.entries(value));
  return String(value);
}

/**
 * Returns the cells, and runs them when the notebook's file is the program: seeded, so that every run prints the same.
 */
export function notebook(file: NodeJS.Module, cells: Cell[]): Cell[] {
  if (require.main === file) {
    torch.manual_seed(0);
    for (const cell of cells) {
      const result = cell();
      if (result !== null && result !== undefined) print(repr(result));
    }
  }
  return cells;
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  if (!text.includes("'")) return `'${escaped}'`;
  return text.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}

function dict(entries: [unknown, unknown][]): string {
  return `{${entries.map(([key, value]) => `${repr(key)}: ${repr(value)}`).join(', ')}}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
