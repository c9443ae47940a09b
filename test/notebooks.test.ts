/** The ported notebooks print what PyTorch prints, cell by cell and character by character. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as torch from 'strided';
import { type Cell, print, repr } from '../examples/notebooks/python';

interface Output {
  stdout: string;
  result: string | null;
}

const root = join(__dirname, '..', '..');
const expectations = join(root, 'test', 'notebooks');
const compiled = join(root, 'build', 'examples', 'notebooks');
const names = readdirSync(expectations).map((file) => basename(file, '.json'));

/** What PyTorch showed for each cell, with our version where it printed its own. */
function expected(name: string): Output[] {
  const text = readFileSync(join(expectations, `${name}.json`), 'utf8');
  return JSON.parse(text.replaceAll('VERSION', torch.__version__)).cells;
}

/** Object addresses differ from run to run. */
function normalized(text: string): string {
  return text.replaceAll(/ at 0x[0-9a-f]+>/g, ' at 0xADDRESS>');
}

/** Everything written to the standard output while the function runs. */
function captured(run: () => void): string {
  let text = '';
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  try {
    run();
  } finally {
    write.mockRestore();
  }
  return normalized(text);
}

function runCell(cell: Cell): Output {
  let value: unknown;
  const stdout = captured(() => {
    value = cell();
  });
  return { stdout, result: value === null || value === undefined ? null : normalized(repr(value)) };
}

test('all five notebooks are compared', () => {
  const ported = readdirSync(compiled).filter((file) => /^\d+-.*\.js$/.test(file));
  expect(ported.map((file) => basename(file, '.js')).sort()).toEqual([...names].sort());
  expect(names).toHaveLength(5);
});

test.each(names)('%s', (name) => {
  const { cells } = require(join(compiled, `${name}.js`)) as { cells: Cell[] };
  torch.manual_seed(0);
  expect(cells.map(runCell)).toEqual(expected(name));
});

test.each(names)('%s as a program', (name) => {
  const stdout = execFileSync(process.execPath, [join(compiled, `${name}.js`)], { encoding: 'utf8' });
  const cells = expected(name).map(({ stdout, result }) => stdout + (result === null ? '' : `${result}\n`));
  expect(normalized(stdout)).toBe(cells.join(''));
});

test('print separates by blanks and leaves strings alone', () => {
  expect(captured(() => print('a', '\n', 'b', 1, true, null))).toBe('a \n b 1 True None\n');
});

test.each([
  [undefined, 'None'],
  [false, 'False'],
  [3n, '3'],
  [0.5, '0.5'],
  [[], '()'],
  [[1], '(1,)'],
  [[2, [2, null]], '(2, (2, None))'],
  [{ x: 3, c: [true] }, "{'x': 3, 'c': (True,)}"],
  [new Map([[1, 'one']]), "{1: 'one'}"],
  ["it's", '"it\'s"'],
  ['say "it\'s"', "'say \"it\\'s\"'"],
  ['a\n"b"\\', '\'a\\n"b"\\\\\''],
])('repr of %p', (value, text) => {
  expect(repr(value)).toBe(text);
});
