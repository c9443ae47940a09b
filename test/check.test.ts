/** Each rule of `npm run check`, seen to fail on code that breaks it and to pass on code that does not. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const script = join(__dirname, '..', '..', 'scripts', 'check.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strided-check-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function check(name: string): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--root', folder, name], {
    encoding: 'utf8',
  });
  const failures = stderr.split('\n').filter((line) => line.startsWith(`${name}: `));
  expect(stdout).toBe(failures.length > 0 ? 'check: 0 passed, 1 failed\n' : 'check: 1 passed, 0 failed\n');
  expect(status).toBe(failures.length > 0 ? 1 : 0);
  return failures.map((line) => line.slice(name.length + 2));
}

describe('layers', () => {
  test.each([
    ['native/ops/a.cc', '#include <napi.h>', 'native/addon/a.cc'],
    ['native/core/a.h', '#include <node_api.h>', 'native/addon/a.h'],
    ['native/ops/a.cc', '  #pragma omp parallel for', 'native/core/parallel.cc'],
    ['native/core/a.cc', '#include <omp.h>', 'native/core/parallel.cc'],
    ['native/kernels/a.cc', '#include <immintrin.h>', 'native/kernels/vec/a.h'],
    ['native/core/a.cc', '#include <arm_neon.h>', 'native/kernels/vec/a.h'],
    ['native/kernels/a.cc', '#include <vector>', 'native/core/a.cc'],
    ['native/core/a.cc', '#include "native/ops/a.h"', 'native/ops/a.cc'],
    ['native/ops/a.cc', '#include "native/addon/a.h"', 'native/addon/a.cc'],
    ['lib/nn/a.ts', "import { call } from '../native.js';", 'lib/ops/a.ts'],
  ])('%s may not have %s, %s may', (wrong, line, right) => {
    write(right, `\n${line}\n`);
    expect(check('layers')).toEqual([]);
    write(wrong, `\n${line}\n`);
    expect(check('layers')).toEqual([`${wrong}:2: ${line.trim()}`]);
  });
});

describe('lines', () => {
  test('400 lines of code, 600 of a table', () => {
    write('lib/a.ts', '\n'.repeat(400));
    write('native/ops/a.def', '\n'.repeat(600));
    expect(check('lines')).toEqual([]);
    write('lib/a.ts', '\n'.repeat(401));
    write('native/ops/a.def', '\n'.repeat(601));
    expect(check('lines')).toEqual([
      'native/ops/a.def: 601 lines; at most 600: split it by what belongs together',
      'lib/a.ts: 401 lines; at most 400: split it by what belongs together',
    ]);
  });

  test('120 columns, no tab, no blank at the end, a newline at the end', () => {
    write('lib/a.ts', `${'x'.repeat(121)}\n\tx\nx \nx`);
    expect(check('lines')).toEqual([
      'lib/a.ts: does not end with a newline',
      'lib/a.ts:1: more than 120 columns',
      'lib/a.ts:2: a tab',
      'lib/a.ts:3: blanks at the end of the line',
    ]);
  });
});

describe('kernels', () => {
  const table = 'namespace strided::avx2 { extern const int table[] = {1}; }\n';

  function compile(text: string): void {
    const object = 'CMakeFiles/strided_kernels_avx2.dir/native/kernels/a.cc.o';
    const source = write('native/kernels/a.cc', text);
    write(`build/${object}`, '');
    execFileSync(process.env.CXX ?? 'c++', ['-O0', '-c', source, '-o', join(folder, 'build', object)]);
    write('build/compile_commands.json', JSON.stringify([{ file: source, command: `c++ -o ${object} -c` }]));
  }

  test('a table alone', () => {
    compile(table);
    expect(check('kernels')).toEqual([]);
  });

  const name = 'native/kernels/a.cc [avx2]';
  test.each([
    [
      'a second symbol',
      `${table}void stray() {}`,
      `${name}: exports _Z5strayv, which is not in namespace strided::avx2`,
    ],
    [
      'a shared inline function',
      `${table}inline int f() { return 1; } static int g() { return f(); } auto* h [[gnu::used]] = &g;`,
      `${name}: _Z1fv is a weak symbol (W): an inline function or template without internal linkage`,
    ],
    ['no table', 'static int f() { return 1; }', `${name}: exports 0 symbols of its namespace (); exactly one table`],
    [
      'an allocation',
      `${table}static int* f() { return new int; } static auto g [[gnu::used]] = &f;`,
      `${name}: calls _Znwm; kernels neither allocate, throw nor start threads`,
    ],
    ['state', `${table}static int n [[gnu::used]];`, `${name}: _ZL1n is a static variable; kernels keep no state`],
  ])('%s', (_, text, failure) => {
    compile(text);
    expect(check('kernels')).toContain(failure);
  });

  test('a kernel that was not compiled', () => {
    write(
      'build/compile_commands.json',
      JSON.stringify([{ file: '/native/kernels/b.cc', command: 'c++ -o CMakeFiles/strided_kernels_avx2.dir/b.o' }]),
    );
    expect(check('kernels')).toEqual(['native/kernels/b.cc [avx2]: not compiled; run npm run build']);
  });
});

test('C++ is formatted as .clang-format says', () => {
  write('.clang-format', 'BasedOnStyle: Google\n');
  write('native/core/a.cc', 'int a;\n');
  expect(check('cpp')).toEqual([]);
  write('native/core/a.cc', 'int a;\nint  b;\n');
  expect(check('cpp')).toEqual(['native/core/a.cc:2: not formatted; run npm run format']);
});

test('the lock file names no registry and no platform is left out', () => {
  const packages = {
    'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-other': '1' } },
    'node_modules/a-linux': {},
  };
  write('package-lock.json', JSON.stringify({ packages: { ...packages, 'node_modules/a-other': {} } }));
  expect(check('lockfile')).toEqual([]);
  write('package-lock.json', JSON.stringify({ packages: { ...packages, 'node_modules/b': { resolved: 'x' } } }));
  expect(check('lockfile')).toEqual([
    'package-lock.json: names a registry; npm install with the .npmrc here',
    'package-lock.json: lacks a-other, which node_modules/a may want on another platform',
  ]);
});
