/** The command `strided bench`: what it prints, and what it says about wrong command lines. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(require.resolve('strided'), '..', 'cli', 'main.js');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function strided(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const bench = (...args: string[]) => strided('bench', ...args);

/** Writes lines of --json with these minima and returns the file's name. */
function figures(name: string, minima: Record<string, number>): string {
  const file = join(folder, name);
  const lines = Object.entries(minima).map(([workload, min]) =>
    JSON.stringify({ name: workload, unit: 'us', min, median: min + 1, work: { calls: 1 } }),
  );
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

test('--json prints a line a workload, and nothing else on standard output', () => {
  const { status, stdout, stderr } = bench('--only', 'overhead/add,sum/1024', '--threads', '1', '--json');
  expect(status).toBe(0);
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(results).toEqual(
    [
      ['overhead/add', { calls: 1 }],
      ['overhead/add_grad', { calls: 1 }],
      ['sum/1024', { bytes: 4096 }],
    ].map(([name, work]) => ({ name, unit: 'us', min: expect.any(Number), median: expect.any(Number), work })),
  );
  for (const { min, median } of results) expect(median).toBeGreaterThanOrEqual(min);
  expect(stderr).toMatch(/^.+, \d+ cores, \w+ kernels, 1 thread, strided [\d.]+, Node [\d.]+, .+\n$/);
});

test('without --json it prints the machine and a row a workload', () => {
  const { status, stdout } = bench('matmul/32');
  expect(status).toBe(0);
  const [machine, peak, header, row] = stdout.split('\n');
  expect(machine).toContain(`Node ${process.versions.node}`);
  expect(peak).toMatch(/^a loop in registers reaches [\d.]+ GFLOP\/s in float32: the peak$/);
  expect(header).toMatch(/^ +min +median$/);
  expect(row).toMatch(/^matmul\/32 +[\d.,]+ us +[\d.,]+ us +[\d.]+ GFLOP\/s +\d+ % of the peak$/);
});

test('--compare holds our figures against theirs, by groups', () => {
  const ours = figures('ours.jsonl', { 'overhead/add': 0.5, 'overhead/view': 2, 'matmul/64': 1250, 'sum/1024': 1 });
  const theirs = figures('theirs.jsonl', { 'overhead/add': 2, 'overhead/view': 2, 'matmul/64': 1000, 'exp/1024': 1 });
  const { status, stdout, stderr } = bench('--compare', theirs, '--from', ours);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['overhead', 'ours', 'theirs', 'ratio'],
    ['overhead/add', '0.500 us', '2.00 us', '4.00'],
    ['overhead/view', '2.00 us', '2.00 us', '1.00'],
    ['geometric mean', '2.00'],
    [''],
    ['products', 'ours', 'theirs', 'ratio'],
    ['matmul/64', '1,250 us', '1,000 us', '0.80'],
    ['geometric mean', '0.80'],
    [''],
    ['only ours: sum/1024'],
    [''],
    ['only theirs: exp/1024'],
    [''],
  ]);
});

test('--compare measures what is not given, as far as there is something to hold it against', () => {
  const theirs = figures('theirs.jsonl', { 'overhead/view': 2 });
  const { status, stdout } = bench('--only', 'overhead', '--compare', theirs);
  expect(status).toBe(0);
  expect(stdout).toMatch(/\noverhead\/view +[\d.]+ us +2\.00 us +[\d.]+\ngeometric mean +[\d.]+\n$/);
});

test('--list names the workloads, those that cannot run too', () => {
  const { status, stdout } = bench('--list');
  expect(status).toBe(0);
  const names = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(': ')[0]);
  expect(names).toEqual(expect.arrayContaining(['overhead/add', 'train/lstm_2x256_t64_b32_adam', 'memory/held_time']));
  expect(new Set(names).size).toBe(names.length);
  for (const line of stdout.trimEnd().split('\n')) {
    expect(line).toMatch(/^\w+\/\w+(: skipped, the library lacks torch\.[\w., ]+)?$/);
  }
});

test('--help and wrong command lines', () => {
  expect(bench('--help').stdout).toContain('Usage: strided bench [options] [SUBSTRING...]');
  expect(strided('--help').stdout).toContain('Usage: strided <command> [options]');
  const hint = '; strided bench --help lists the options\n';
  const broken = join(folder, 'broken.jsonl');
  writeFileSync(broken, '{"name": "overhead/add"}\n');
  const wrong: [string[], string][] = [
    [['--onyl', 'add'], `strided bench: unknown option '--onyl'${hint}`],
    [['--threads', '0'], `strided bench: --threads must be a whole number from 1 to 4096, got '0'${hint}`],
    [['--from', 'x'], `strided bench: --from is for --compare: give both${hint}`],
    [['--compare', broken], `strided bench: ${broken}:1 is no line of --json: {"name": "overhead/add"}\n`],
    [['nothing_such'], `strided bench: no workload has 'nothing_such' in its name; strided bench --list shows them\n`],
  ];
  for (const [args, message] of wrong) {
    expect(bench(...args)).toEqual({ status: 2, stdout: '', stderr: message });
  }
  expect(strided('brench').stderr).toBe(`strided: unknown command 'brench'; strided --help lists them\n`);
});
