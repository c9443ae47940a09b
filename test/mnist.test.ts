/** The training program: its lines, the file it writes, Ctrl-C, and the progress bar. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Progress } from '../examples/mnist/progress';

const program = join(__dirname, '..', 'examples', 'mnist', 'train.js');
let folder: string;
let weights: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mnist-test-'));
  weights = join(folder, 'new', 'weights.safetensors');
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Checks that a safetensors file is whole, and returns its entries and their float32 values. */
function readWeights(path: string) {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: metadata, ...entries } = JSON.parse(bytes.toString('utf8', 8, start));
  expect(metadata).toEqual({ format: 'pt' });
  expect(start % 8).toBe(0);
  let end = 0;
  const values = Object.entries(entries as Record<string, Entry>).map(([name, { dtype, shape, data_offsets }]) => {
    expect(dtype).toBe('F32');
    expect(data_offsets).toEqual([end, end + 4 * shape.reduce((product, size) => product * size, 1)]);
    end = data_offsets[1];
    return {
      name,
      shape,
      data: new Float32Array(new Uint8Array(bytes.subarray(start + data_offsets[0], start + end)).buffer),
    };
  });
  expect(bytes.length).toBe(start + end);
  return values;
}

test('trains, prints plain lines into a pipe and saves the weights', () => {
  const { status, stdout, stderr } = run('--limit', '4000', '--epochs', '1', '--out', weights);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines).toEqual([
    '4,000 images to train with, 10,000 to test with',
    expect.stringMatching(/^784-512-256-10, 535,818 parameters, \d+ threads?$/),
    expect.stringMatching(/^epoch 1\/1 {3}25 % {2}loss \d\.\d{4} {2}[\d,]+ images\/s {2}0:\d\d left$/),
    expect.stringMatching(/^epoch 1\/1 {3}51 % {2}loss \d\.\d{4} {2}[\d,]+ images\/s {2}0:\d\d left$/),
    expect.stringMatching(/^epoch 1\/1 {3}76 % {2}loss \d\.\d{4} {2}[\d,]+ images\/s {2}0:\d\d left$/),
    expect.stringMatching(/^epoch 1\/1 {2}100 % {2}loss \d\.\d{4} {2}[\d,]+ images\/s {2}0:00 left$/),
    expect.stringMatching(/^epoch 1\/1 {2}test accuracy \d\d\.\d\d %$/),
    expect.stringMatching(/^trained in \d+\.\d s; weights saved to .*weights\.safetensors$/),
    '',
  ]);
  expect(Number(lines[6]?.match(/accuracy (.*) %/)?.[1])).toBeGreaterThan(80);

  const saved = readWeights(weights);
  expect(saved.map(({ name, shape }) => [name, shape])).toEqual([
    ['1.weight', [512, 784]],
    ['1.bias', [512]],
    ['3.weight', [256, 512]],
    ['3.bias', [256]],
    ['5.weight', [10, 256]],
    ['5.bias', [10]],
  ]);
  for (const { data } of saved) {
    expect(data.every(Number.isFinite)).toBe(true);
    expect(data.some((value) => value !== 0)).toBe(true);
  }
  expect(readdirSync(join(folder, 'new'))).toEqual(['weights.safetensors']);
}, 60_000);

test('the same seed gives the same weights, another one others', () => {
  const [first, second, other] = ['1', '1', '2'].map((seed) => {
    expect(run('--limit', '256', '--epochs', '1', '--seed', seed, '--out', weights).status).toBe(0);
    return readFileSync(weights);
  });
  expect(first?.equals(second as Buffer)).toBe(true);
  expect(first?.equals(other as Buffer)).toBe(false);
}, 60_000);

test('Ctrl-C stops after the current step, saves the weights and exits with 130', async () => {
  const child = spawn(process.execPath, [program, '--epochs', '1000', '--limit', '2000', '--out', weights]);
  let stdout = '';
  let asked = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (asked > 0 || !stdout.includes('epoch 1/1000')) return;
    child.kill('SIGINT');
    asked = performance.now();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(performance.now() - asked).toBeLessThan(3000);
  expect(stdout).toMatch(/\ninterrupted after [\d,]+ images; weights saved to .*weights\.safetensors\n$/);
  expect(code).toBe(130);
  expect(readWeights(weights)).toHaveLength(6);
}, 60_000);

test.each([
  [['--epochs', '0'], "mnist: --epochs must be a whole number from 1 on, got '0'\n"],
  [['--batch-size', '1.5'], "mnist: --batch-size must be a whole number from 1 on, got '1.5'\n"],
  [['--lr', 'fast'], "mnist: --lr must be a number above 0, got 'fast'\n"],
  [['--epoch', '1'], expect.stringMatching(/^mnist: Unknown option '--epoch'/)],
])('refuses %p', (args, message) => {
  expect(run(...args)).toEqual({ status: 1, stdout: '', stderr: message });
});

test('--help says what there is', () => {
  const { status, stdout } = run('--help', '--out', weights);
  expect(status).toBe(0);
  for (const option of ['epochs', 'batch-size', 'lr', 'seed', 'limit', 'out']) expect(stdout).toContain(`--${option} `);
  expect(existsSync(weights)).toBe(false);
});

describe('Progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** Two epochs of 1,000 images at 500 images/s, ten steps each. */
  function show(output: { isTTY?: boolean; columns?: number }, environment: NodeJS.ProcessEnv, steps = 10) {
    const written: string[] = [];
    const loss = jest.fn(() => 0.5);
    const progress = new Progress(2, 1000, { ...output, write: (text) => written.push(text) }, environment);
    progress.begin();
    for (let seen = 1000 / steps; seen <= 1000; seen += 1000 / steps) {
      jest.advanceTimersByTime(2000 / steps);
      progress.update(1, seen, loss);
    }
    progress.line('done');
    return { written, losses: loss.mock.calls.length };
  }

  const plain = [
    'epoch 1/2   30 %  loss 0.5000  500 images/s  0:04 left\n',
    'epoch 1/2   50 %  loss 0.5000  500 images/s  0:03 left\n',
    'epoch 1/2   80 %  loss 0.5000  500 images/s  0:03 left\n',
    'epoch 1/2  100 %  loss 0.5000  500 images/s  0:02 left\n',
    'done\n',
  ];

  test.each([
    ['a pipe', {}, {}],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }],
    ['CI', { isTTY: true }, { CI: 'true' }],
  ])('four plain lines an epoch: %s', (_, output, environment) => {
    expect(show(output, environment)).toEqual({ written: plain, losses: 4 });
  });

  test('rewrites one line of a terminal', () => {
    const { written } = show({ isTTY: true, columns: 100 }, {});
    expect(written).toHaveLength(11);
    expect(written[4]).toBe('\repoch 1/2  [########--------]   50 %  loss 0.5000  500 images/s  0:03 left\x1b[K');
    expect(written[10]).toBe('\rdone\x1b[K\n');
  });

  test('is drawn at most ten times a second, and the loss read no more often', () => {
    const { written, losses } = show({ isTTY: true, columns: 100 }, {}, 200);
    expect(losses).toBe(20);
    expect(written).toHaveLength(21);
  });

  test('never wraps in a narrow terminal', () => {
    const { written } = show({ isTTY: true, columns: 20 }, {});
    expect(written[4]).toBe('\repoch 1/2  [#######\x1b[K');
  });
});
