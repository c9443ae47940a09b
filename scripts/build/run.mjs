import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/** The project's folder. */
export const root = dirname(dirname(import.meta.dirname));

/** A failure that its message explains; shown without a stack. */
export class BuildError extends Error {}

/** Whether `name` is a program in PATH. */
export function hasProgram(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return (process.env.PATH ?? '').split(delimiter).some((folder) =>
    endings.some((ending) => {
      try {
        accessSync(join(folder, name + ending), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

/** Runs a program in the project's folder, hands each line it writes to `onLine`, and returns its exit code. */
export function run(program, args, onLine, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) onLine(line);
      });
      stream.on('end', () => rest && onLine(rest));
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}

/** Runs a program to its end and shows what it wrote only when it fails. */
export async function runQuietly(program, args, failure) {
  const lines = [];
  const code = await run(program, args, (line) => lines.push(line));
  if (code !== 0) throw new BuildError([...lines, failure].join('\n'));
  return lines;
}
