/** Runs a function in a process of its own: its peak memory is its own too. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type * as strided from 'strided';

export const library = join(__dirname, '..', '..', 'dist', 'index.js');

export interface Helpers {
  readonly library: string;
  /** Bytes of memory that the process had at its peak beyond what it has when this is called first. */
  grown(): number;
  sleep(ms: number): Promise<void>;
}

type Body<T> = (torch: typeof strided, helpers: Helpers) => T | Promise<T>;

/** What `body`, which may use its arguments and globals only, returns in a fresh process (as JSON). */
export function inChild<T>(
  body: Body<T>,
  options: { flags?: string[]; env?: Record<string, string> } = {},
): Promise<T> {
  const script = `
    const torch = require(${JSON.stringify(library)});
    torch.ones(10).add(1);
    const start = process.memoryUsage().rss;
    const helpers = {
      library: ${JSON.stringify(library)},
      grown: () => process.resourceUsage().maxRSS * 1024 - start,
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    };
    Promise.resolve((${body})(torch, helpers)).then((result) => {
      require('node:fs').writeSync(1, 'RESULT' + JSON.stringify(result ?? null));
    });`;
  const child = spawn(process.execPath, [...(options.flags ?? []), '-e', script], {
    env: { ...process.env, ...options.env },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const result = output.split('RESULT')[1];
      if (code !== 0 || result === undefined)
        reject(new Error(`exit code ${code}, signal ${signal}: ${errors}${output}`));
      else resolve(JSON.parse(result) as T);
    });
  });
}
