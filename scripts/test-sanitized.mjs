// npm run test:sanitized: the native tests, and every op with whatever fits its schema, under AddressSanitizer and
// UndefinedBehaviorSanitizer of GCC. node scripts/test-sanitized.mjs [seed] [calls per op]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BuildError, hasProgram, root, runQuietly } from './build/run.mjs';
import { build } from './build.mjs';

const folder = join(root, 'build', 'sanitized');
const [seed = '1', calls = '20'] = process.argv.slice(2);

try {
  if (process.platform !== 'linux' || !hasProgram('g++'))
    throw new BuildError('sanitized: not tried, this takes Linux and g++');
  await build(['test']);
  const cmakeJs = createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js');
  const options = ['--out', folder, '--CDSTRIDED_SANITIZE=ON', '--CDCMAKE_CXX_COMPILER=g++'];
  console.log('sanitized: builds (the first time takes many minutes)');
  await runQuietly(process.execPath, [cmakeJs, 'build', ...options], 'sanitized: the build failed; see above');
  // An error of either sanitizer ends the process: where the binary tells, what it did is in what it wrote.
  const fuzz = join(root, 'build', 'test', 'hostile', 'program.js');
  const passed = [
    watched('native tests', join(folder, 'strided_test'), []),
    watched('ops', process.execPath, [fuzz, seed, calls, join(folder, 'call')], preloaded()),
  ];
  process.exitCode = passed.every(Boolean) ? 0 : 1;
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** Node is not compiled so, and has to load the sanitizers' runtimes, and what they wrap, before anything else. */
function preloaded() {
  const path = (name) => spawnSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim();
  return {
    LD_PRELOAD: ['libasan.so', 'libubsan.so', 'libstdc++.so.6'].map(path).join(' '),
    STRIDED_BINARY: join(folder, 'Release', 'strided.node'),
  };
}

function watched(what, program, args, more = {}) {
  const env = {
    ...process.env,
    ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
    ...more,
  };
  const { status, signal, stdout } = spawnSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  const wrong = stdout.split('\n').slice(0, -2);
  const fine = status === 0 && (args.length === 0 || wrong.length === 0);
  console.log(fine ? `sanitized: ${what} passed` : `${stdout}\nsanitized: ${what} failed (${signal ?? status})`);
  return fine;
}
