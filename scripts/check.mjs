// npm run check [-- names]: what the compilers do not see. Types are checked by the build before it.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './build/run.mjs';
import { readCode } from './check/files.mjs';
import { cpp, script } from './check/format.mjs';
import { glibc } from './check/glibc.mjs';
import { kernels } from './check/kernels.mjs';
import { layers } from './check/layers.mjs';
import { lines } from './check/lines.mjs';
import { lockfile } from './check/lockfile.mjs';

const { values, positionals } = parseArgs({
  options: { root: { type: 'string', default: root } },
  allowPositionals: true,
});
const folder = resolve(values.root);
const files = readCode(folder);

const checks = {
  layers: () => layers(files),
  kernels: () => kernels(folder),
  glibc: () => glibc(folder),
  lines: () => lines(files),
  lockfile: () => lockfile(folder),
  cpp: () => cpp(folder, files),
  script: () => script(folder),
};

const names = positionals.length > 0 ? positionals : Object.keys(checks);
let failed = 0;
for (const name of names) {
  const failures = checks[name]();
  if (failures.length > 0) failed++;
  for (const failure of failures) console.error(`${name}: ${failure}`);
}
console.log(`check: ${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
