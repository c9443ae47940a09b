// Runs the native tests and jest; with words, only the jest files that they name.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './build/run.mjs';

const words = process.argv.slice(2);
const nativeTests = join(root, 'build', 'strided_test');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

const passed = [words.length > 0 || succeeds(nativeTests, []), succeeds(process.execPath, [jest, ...words])];
process.exitCode = passed.every(Boolean) ? 0 : 1;

function succeeds(program, args) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status === 0;
}
