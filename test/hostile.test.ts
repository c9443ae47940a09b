/** No argument crashes the process, hangs it, leaves it with a tensor that cannot be, or changes what it should not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CALLS_PER_OP = 20;

test('every public op survives whatever fits its schema', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strided-'));
  try {
    const status = join(folder, 'call');
    const program = join(__dirname, 'hostile', 'program.js');
    const run = spawnSync(process.execPath, [program, '1', String(CALLS_PER_OP), status], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    const last = readFileSync(status, 'utf8').trim();
    if (run.status !== 0) throw new Error(`${run.signal ?? run.status} in ${last}\n${run.stderr}`);
    const lines = run.stdout.trim().split('\n');
    expect(lines.slice(0, -1)).toEqual([]);
    expect(Number.parseInt(lines.at(-1) as string, 10)).toBeGreaterThan(700 * CALLS_PER_OP);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
